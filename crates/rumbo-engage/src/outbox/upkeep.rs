//! What the outbox does besides sending: claims that died, dispatches of which nobody knows whether
//! they were sent, and those that were held until now.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, Result};
use rumbo_channels::Found;
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::outcome;
use super::send::{OpenChannels, Report, Timing};
use super::state::{State, Step};
use super::status::{Noted, Source, note_status};
use super::store::{self, Dispatch, Event, PutBack, Stand};
use super::why::Why;

/// How long somebody is asked about a dispatch at all.
const PATIENCE: TimeDelta = TimeDelta::days(7);

/// When somebody who cannot be asked today is tried again.
const CANNOT: TimeDelta = TimeDelta::days(1);

pub(super) async fn run(
    scope: &Scope,
    channels: &dyn OpenChannels,
    timing: &Timing,
) -> Result<Report> {
    let mut report = Report::default();
    let mut tx = scope.write().await?;
    report.unknown = bury(&mut tx, scope, timing).await?;
    release(&mut tx, scope).await?;
    tx.commit().await?;
    report.settled = ask(scope, channels).await?;
    Ok(report)
}

/// Claims whose time ran out: whoever had them died, and the call may have been made. They are never
/// sent again by that alone.
async fn bury(tx: &mut Tx, scope: &Scope, timing: &Timing) -> Result<u32> {
    let now = scope.now();
    let ask = TimeDelta::from_std(timing.ask_after).unwrap_or_default();
    let mut count = 0;
    let died = store::died(tx, scope.workspace, now).await?;
    let ids: Vec<_> = died.iter().map(|dispatch| dispatch.id).collect();
    for dispatch in store::locked(tx, scope.workspace, &ids).await? {
        let over = dispatch.claimed_until.is_some_and(|until| until <= now);
        if dispatch.state == State::Claimed && over {
            let nothing = (None, None);
            outcome::lose(tx, scope, &dispatch, Why::ClaimerDied, nothing, now + ask).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// What was held until now goes back into the queue: the guards are asked again when it is claimed.
async fn release(tx: &mut Tx, scope: &Scope) -> Result<()> {
    let now = scope.now();
    let held = store::to_release(tx, scope.workspace, now).await?;
    let ids: Vec<_> = held.iter().map(|dispatch| dispatch.id).collect();
    for dispatch in store::locked(tx, scope.workspace, &ids).await? {
        if dispatch.state.after(Step::Release) != Some(State::Queued)
            || dispatch.reason == Some(Why::Paused)
            || dispatch.due_at > now
        {
            continue;
        }
        let stand = Stand {
            state: State::Queued,
            why: None,
            error_code: None,
            error_text: None,
            due_at: dispatch.due_at,
        };
        store::stand(tx, scope, dispatch.id, &stand).await?;
        // The history says for what it had waited.
        let event = Event {
            dispatch: dispatch.id,
            state: State::Queued.word(),
            why: dispatch.reason,
            error_code: None,
            source: "sender",
            at: now,
        };
        store::note(tx, scope, &event).await?;
    }
    Ok(())
}

/// Asks the providers about what is unknown.
async fn ask(scope: &Scope, channels: &dyn OpenChannels) -> Result<u32> {
    let mut tx = scope.read().await?;
    let unknown = store::to_ask(&mut tx, scope.workspace, scope.now()).await?;
    drop(tx);
    let mut by_channel: BTreeMap<ChannelId, Vec<Dispatch>> = BTreeMap::new();
    for dispatch in unknown {
        by_channel
            .entry(dispatch.channel_id)
            .or_default()
            .push(dispatch);
    }
    let mut settled = 0;
    for (id, dispatches) in by_channel {
        let channel = match channels.open(scope, id).await {
            Ok(channel) => channel,
            Err(error) => {
                tracing::warn!(channel = %id, error = error.chain(), "asking what became of messages");
                let mut tx = scope.write().await?;
                for dispatch in &dispatches {
                    store::ask_later(
                        &mut tx,
                        scope.workspace,
                        dispatch.id,
                        again(scope, dispatch),
                    )
                    .await?;
                }
                tx.commit().await?;
                continue;
            }
        };
        for dispatch in dispatches {
            let named = dispatch.id.to_string();
            let known = dispatch.provider_message_id.as_deref();
            let found = channel.find(&named, known, &dispatch.address).await;
            let mut tx = scope.write().await?;
            if answered(&mut tx, scope, &dispatch, found).await? {
                settled += 1;
            }
            tx.commit().await?;
        }
    }
    Ok(settled)
}

/// When a dispatch is asked about again: the older it is, the later.
fn again(scope: &Scope, dispatch: &Dispatch) -> DateTime<Utc> {
    let now = scope.now();
    let age = now - dispatch.updated_at;
    if age > PATIENCE {
        return now + TimeDelta::days(365);
    }
    now + (age / 2).clamp(TimeDelta::minutes(1), TimeDelta::hours(6))
}

/// Writes down what the provider says of an unknown dispatch. Answers whether it is settled.
async fn answered(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    found: Result<Found>,
) -> Result<bool> {
    let now = scope.now();
    match found {
        Ok(Found::Here(mut report)) => {
            report.dispatch_id = Some(dispatch.id.to_string());
            let noted = note_status(tx, scope, dispatch.channel_id, &report, Source::Poll).await?;
            Ok(matches!(noted, Noted::Moved(..)))
        }
        Ok(Found::NeverArrived) => {
            let stored = store::locked(tx, scope.workspace, &[dispatch.id]).await?;
            // A webhook may have told meanwhile that it did arrive.
            let Some(stored) = stored.first().filter(|d| d.state == State::Unknown) else {
                return Ok(false);
            };
            never_arrived(tx, scope, stored, now).await?;
            Ok(true)
        }
        Ok(Found::Cannot) => {
            store::ask_later(tx, scope.workspace, dispatch.id, now + CANNOT).await?;
            Ok(false)
        }
        Err(error) => {
            tracing::warn!(dispatch = %dispatch.id, error = error.chain(), "asking what became of a message");
            store::ask_later(tx, scope.workspace, dispatch.id, again(scope, dispatch)).await?;
            Ok(false)
        }
    }
}

/// The provider is sure that it never had it: it may be sent.
async fn never_arrived(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    now: DateTime<Utc>,
) -> Result<()> {
    // Whoever claimed it died before the call was under way: it was not tried.
    let tried = dispatch.reason != Some(Why::ClaimerDied);
    if tried && dispatch.attempts >= outcome::ATTEMPTS {
        let told = store::Told {
            why: Some(Why::GaveUp),
            error_text: dispatch.error_text.as_deref(),
            failed_at: Some(now),
            ..store::Told::default()
        };
        super::record::told(tx, scope, dispatch, Step::Refuse, &told, "poll").await?;
        return Ok(());
    }
    let back = PutBack {
        why: Some(Why::NeverArrived),
        due_at: now,
        called: tried,
        error_code: None,
        error_text: None,
    };
    store::put_back(tx, scope, dispatch.id, &back).await?;
    let event = Event {
        dispatch: dispatch.id,
        state: State::Queued.word(),
        why: Some(Why::NeverArrived),
        error_code: None,
        source: "poll",
        at: now,
    };
    store::note(tx, scope, &event).await
}
