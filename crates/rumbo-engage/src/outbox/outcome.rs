//! What calls came to, written down in groups.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::Result;
use rumbo_channels::{Again, NotSent, Outcome, Scope as Reaches, Trouble};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::guards::LOOK_AGAIN_MINUTES;
use super::record;
use super::send::Driver;
use super::sender;
use super::state::{State, Step};
use super::store::{self, Dispatch, Event, PutBack, Stand, Told};
use super::why::Why;
use crate::consent;
use crate::conversations::outgoing::{self, Fate};

/// How often one message is tried.
pub(super) const ATTEMPTS: i64 = 5;

/// The longest wait between two attempts.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// A call that is over.
#[derive(Debug)]
pub(super) struct Landed {
    pub dispatch: Dispatch,
    /// `None` where the provider was not called.
    pub outcome: Option<Outcome>,
    pub at: DateTime<Utc>,
}

/// Writes down what some calls came to.
pub(super) async fn write(driver: &mut Driver<'_>, group: Vec<Landed>) -> Result<()> {
    let scope = driver.scope;
    let mut ids: Vec<_> = group.iter().map(|landed| landed.dispatch.id).collect();
    ids.sort_unstable();
    let mut tx = scope.write().await?;
    let stored = store::locked(&mut tx, scope.workspace, &ids).await?;
    for landed in group {
        // A webhook may have been faster, or somebody took it for dead.
        let Some(now) = stored.iter().find(|d| d.id == landed.dispatch.id) else {
            continue;
        };
        one(driver, &mut tx, now, landed.outcome, landed.at).await?;
    }
    tx.commit().await?;
    // By itself: whoever claims holds the pace first and the rest after it.
    if let Some(until) = driver.pace.held(scope.now()) {
        let mut tx = scope.write().await?;
        store::hold_sender(&mut tx, scope.workspace, driver.sender.id, until).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn one(
    driver: &mut Driver<'_>,
    tx: &mut Tx,
    dispatch: &Dispatch,
    outcome: Option<Outcome>,
    at: DateTime<Utc>,
) -> Result<()> {
    let scope = driver.scope;
    match outcome {
        None if dispatch.state == State::Claimed => {
            driver.report.waiting += 1;
            let back = PutBack {
                why: None,
                due_at: scope.now(),
                called: false,
                error_code: None,
                error_text: None,
            };
            store::put_back(tx, scope, dispatch.id, &back).await
        }
        None => Ok(()),
        Some(Outcome::Accepted(accepted)) => {
            driver.report.sent += 1;
            let told = Told {
                message_id: Some(&accepted.id),
                sent_at: Some(at),
                ..Told::default()
            };
            record::told(tx, scope, dispatch, Step::Accept, &told, "answer").await?;
            Ok(())
        }
        Some(Outcome::Unknown { text, code }) => {
            if dispatch.state != State::Claimed {
                return Ok(());
            }
            driver.report.unknown += 1;
            let ask = TimeDelta::from_std(driver.timing.ask_after).unwrap_or_default();
            lose(
                tx,
                scope,
                dispatch,
                Why::AnswerLost,
                (code.as_deref(), Some(&text)),
                at + ask,
            )
            .await
        }
        Some(Outcome::NotSent(refusal)) => {
            reach(driver, tx, dispatch, &refusal).await?;
            if dispatch.state != State::Claimed {
                return Ok(());
            }
            refused(driver, tx, dispatch, &refusal, at).await
        }
    }
}

/// Nobody can say whether it was sent.
pub(super) async fn lose(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    why: Why,
    error: (Option<&str>, Option<&str>),
    ask_at: DateTime<Utc>,
) -> Result<()> {
    let stand = Stand {
        state: State::Unknown,
        why: Some(why),
        error_code: error.0,
        error_text: error.1,
        due_at: ask_at,
    };
    store::stand(tx, scope, dispatch.id, &stand).await?;
    let event = Event {
        dispatch: dispatch.id,
        state: State::Unknown.word(),
        why: Some(why),
        error_code: error.0,
        source: "sender",
        at: scope.now(),
    };
    store::note(tx, scope, &event).await?;
    let fate = Fate {
        error_code: error.0,
        error_text: error.1,
        ..Fate::default()
    };
    outgoing::tell(tx, scope, dispatch, State::Unknown, &fate).await
}

/// What a refusal means for others than this message.
async fn reach(
    driver: &mut Driver<'_>,
    tx: &mut Tx,
    dispatch: &Dispatch,
    refusal: &NotSent,
) -> Result<()> {
    let scope = driver.scope;
    let now = scope.now();
    match refusal.scope {
        Reaches::Message | Reaches::Pair => {}
        Reaches::Sender => {
            let wait = wait(driver, dispatch, refusal).unwrap_or(TimeDelta::seconds(1));
            driver.pace.hold(now + wait);
        }
        Reaches::Template => {
            if let Some(id) = dispatch.template_id.filter(|id| driver.refused.insert(*id)) {
                let until = now + TimeDelta::minutes(LOOK_AGAIN_MINUTES);
                store::hold_template(tx, scope, id, until).await?;
            }
        }
        Reaches::Channel => {
            driver.stopped = true;
            let trouble = Trouble::refused(&refusal.text);
            sender::stop(tx, scope, driver.sender.id, &trouble).await?;
        }
    }
    if refusal.bounced || refusal.opted_out {
        let kind = driver.sender.kind();
        consent::from_refusal(tx, scope, kind, &dispatch.address, refusal, now).await?;
    }
    Ok(())
}

/// How long until the next attempt; `None` where there is to be none.
fn wait(driver: &Driver<'_>, dispatch: &Dispatch, refusal: &NotSent) -> Option<TimeDelta> {
    match refusal.again {
        Again::Never => None,
        Again::After(wait) => TimeDelta::from_std(wait).ok(),
        Again::Backoff => {
            let tries = u32::try_from(dispatch.attempts.clamp(1, 12)).unwrap_or(1);
            // Meta asks for 4 seconds to the power of the tries for a pair.
            let seconds = if refusal.scope == Reaches::Pair {
                4_i64.saturating_pow(tries)
            } else {
                15_i64.saturating_mul(2_i64.saturating_pow(tries))
            };
            let most = LONGEST_WAIT.num_milliseconds();
            let millis = seconds.saturating_mul(1_000).min(most);
            // Up to a quarter more, so that many do not come back at once.
            let [jitter] = driver.scope.entropy.bytes::<1>().map(i64::from);
            Some(TimeDelta::milliseconds(millis + millis / 4 * jitter / 255))
        }
    }
}

/// The provider says that this one was not sent.
async fn refused(
    driver: &mut Driver<'_>,
    tx: &mut Tx,
    dispatch: &Dispatch,
    refusal: &NotSent,
    at: DateTime<Utc>,
) -> Result<()> {
    let scope = driver.scope;
    let tired = dispatch.attempts >= ATTEMPTS;
    let late = |due: DateTime<Utc>| dispatch.expires_at.is_some_and(|end| due > end);
    let code = refusal.code.as_deref();
    let text = Some(refusal.text.as_str());
    // The template or the channel is at fault, not the message: it waits with the others.
    if refusal.scope == Reaches::Channel {
        driver.report.waiting += 1;
        let back = PutBack {
            why: Some(Why::ChannelStopped),
            due_at: at,
            called: false,
            error_code: code,
            error_text: text,
        };
        store::put_back(tx, scope, dispatch.id, &back).await?;
        return noted(
            tx,
            scope,
            dispatch,
            State::Queued,
            Why::ChannelStopped,
            code,
        )
        .await;
    }
    if refusal.scope == Reaches::Template && !refusal.bounced && !tired {
        let until = at + TimeDelta::minutes(LOOK_AGAIN_MINUTES);
        if !late(until) {
            driver.report.waiting += 1;
            let stand = Stand {
                state: State::Held,
                why: Some(Why::TemplateRefused),
                error_code: code,
                error_text: text,
                due_at: until,
            };
            store::stand(tx, scope, dispatch.id, &stand).await?;
            return noted(tx, scope, dispatch, State::Held, Why::TemplateRefused, code).await;
        }
    }
    let next = wait(driver, dispatch, refusal).map(|wait| at + wait);
    if let Some(due_at) = next.filter(|due| !tired && !late(*due)) {
        driver.report.waiting += 1;
        let back = PutBack {
            why: Some(Why::TriedAgain),
            due_at,
            called: true,
            error_code: code,
            error_text: text,
        };
        store::put_back(tx, scope, dispatch.id, &back).await?;
        return noted(tx, scope, dispatch, State::Queued, Why::TriedAgain, code).await;
    }
    driver.report.failed += 1;
    let (step, why) = if refusal.bounced {
        (Step::Bounce, Why::AddressBounced)
    } else if refusal.opted_out {
        (Step::Refuse, Why::OptedOut)
    } else if next.is_some() || refusal.scope == Reaches::Template {
        (Step::Refuse, Why::GaveUp)
    } else {
        (Step::Refuse, Why::Refused)
    };
    let told = Told {
        why: Some(why),
        error_code: code,
        error_text: text,
        failed_at: Some(at),
        ..Told::default()
    };
    record::told(tx, scope, dispatch, step, &told, "answer").await?;
    Ok(())
}

async fn noted(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    state: State,
    why: Why,
    error_code: Option<&str>,
) -> Result<()> {
    let event = Event {
        dispatch: dispatch.id,
        state: state.word(),
        why: Some(why),
        error_code,
        source: "answer",
        at: scope.now(),
    };
    store::note(tx, scope, &event).await
}
