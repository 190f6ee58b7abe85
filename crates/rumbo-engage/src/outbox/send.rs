//! Sending: what is due is claimed, asked about once more, shown in its conversation, and only then
//! handed to the provider. What came of it is written down in groups, so that the provider's pace and
//! not the disk decides how fast it goes.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesUnordered, StreamExt as _};
use rumbo_base::{ChannelId, ContactId, Result, TemplateId};
use rumbo_channels::{Channel, Outcome, Outgoing};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::guards::{Subject, Tally, TemplateNow, Verdict, judge};
use super::limits::Limits;
use super::message::{StoredTemplate, template};
use super::origin::{Origin, Purpose};
use super::outcome::{self, Landed};
use super::pace::Pace;
use super::person::{self, Asked};
use super::sender::{self, Sender};
use super::state::State;
use super::store::{self, Claim, Dispatch, Event, PutBack, Stand};
use super::upkeep;
use super::why::Why;
use crate::bulk_sends::{self, BulkState};
use crate::conversations::outgoing;

/// Opens a workspace's channels, with their secrets.
#[async_trait]
pub trait OpenChannels: Send + Sync {
    /// The channel, ready to send.
    ///
    /// # Errors
    /// When it is gone, or its secret cannot be read.
    async fn open(&self, scope: &Scope, id: ChannelId) -> Result<Arc<dyn Channel>>;
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// A call that takes longer is given up; whether it was sent is not known then.
    pub call: Duration,
    /// How long a claim lasts: longer than a call, or another sender would ask about a message that
    /// is still on its way.
    pub lease: Duration,
    /// How long after that the provider is asked what became of it.
    pub ask_after: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(30),
            lease: Duration::from_secs(90),
            ask_after: Duration::from_mins(1),
        }
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub sent: u32,
    pub failed: u32,
    /// They wait, by a guard or because the provider asked for it.
    pub waiting: u32,
    pub skipped: u32,
    pub unknown: u32,
    /// Unknown ones that were settled by asking.
    pub settled: u32,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.failed += other.failed;
        self.waiting += other.waiting;
        self.skipped += other.skipped;
        self.unknown += other.unknown;
        self.settled += other.settled;
    }

    /// Whether anything changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Messages on their way at once, by sender.
const IN_FLIGHT: usize = 256;

/// Messages of bulk sends that stand in a queue.
const QUEUE: i64 = 1_000;

/// Outcomes written in one transaction.
const GROUP: usize = 256;

/// Does what the outbox has to do now: claims that died become unknown, unknown ones are asked about,
/// what was held is looked at again, and every sender that can sends what is due, side by side. It
/// ends when nothing is due; `stop` ends it sooner, after what is on its way.
///
/// Any number of programs may run it on one store.
///
/// # Errors
/// When the store cannot be read or written. One channel's trouble is in the log and not the others'.
pub async fn run_once(
    scope: &Scope,
    channels: &dyn OpenChannels,
    timing: &Timing,
    stop: &CancellationToken,
) -> Result<Report> {
    let mut report = upkeep::run(scope, channels, timing).await?;
    let mut tx = scope.read().await?;
    let senders = store::senders(&mut tx, scope.workspace, scope.now()).await?;
    drop(tx);
    let runs = senders.into_iter().map(|id| {
        Box::pin(async move {
            let ran = drive(scope, channels, id, timing, stop).await;
            (id, ran)
        })
    });
    for (id, ran) in futures::future::join_all(runs).await {
        match ran {
            Ok(ran) => report.add(ran),
            Err(error) => {
                tracing::warn!(channel = %id, error = error.chain(), "sending");
            }
        }
    }
    let mut tx = scope.write().await?;
    bulk_sends::finish(&mut tx, scope).await?;
    tx.commit().await?;
    Ok(report)
}

/// A sender at work.
pub(super) struct Driver<'a> {
    pub scope: &'a Scope,
    pub sender: Sender,
    pub timing: &'a Timing,
    pub pace: Pace,
    pub pair_gap: Option<TimeDelta>,
    /// Who claims.
    by: Uuid,
    limits: Limits,
    /// Whom it wrote to within 24 hours, where the provider counts them.
    people: Option<HashSet<ContactId>>,
    /// Templates that the provider refuses, while this runs.
    pub refused: HashSet<TemplateId>,
    /// The provider refuses everything.
    pub stopped: bool,
    pub report: Report,
}

/// What was claimed.
#[derive(Default)]
struct Taken {
    /// To be called now.
    calls: Vec<Dispatch>,
    /// There was room, and nothing to use it.
    nothing_due: bool,
}

/// A call under way, and what it came to.
type Flight = BoxFuture<'static, Landed>;

/// Sends what is due of one sender.
async fn drive(
    scope: &Scope,
    channels: &dyn OpenChannels,
    id: ChannelId,
    timing: &Timing,
    stop: &CancellationToken,
) -> Result<Report> {
    let mut tx = scope.read().await?;
    let sender = sender::find(&mut tx, scope.workspace, id).await?;
    if !sender.ready {
        return Ok(Report::default());
    }
    let limits = store::limits(&mut tx, scope.workspace).await?;
    let since = scope.now() - TimeDelta::hours(24);
    let people = match sender.people_a_day {
        Some(_) => Some(
            store::people_sent(&mut tx, scope.workspace, id, since)
                .await?
                .into_iter()
                .collect(),
        ),
        None => None,
    };
    drop(tx);
    let channel = channels.open(scope, id).await?;
    let able = channel.capabilities();
    let per_second = sender
        .per_second
        .map_or(able.per_second, |asked| asked.min(able.per_second));
    let mut driver = Driver {
        scope,
        sender,
        timing,
        pace: Pace::new(per_second, scope.now()),
        pair_gap: able
            .per_pair_minute
            .map(|count| TimeDelta::milliseconds(60_000 / i64::from(count.max(1)))),
        by: scope.entropy.uuid(scope.now()),
        limits,
        people,
        refused: HashSet::new(),
        stopped: false,
        report: Report::default(),
    };
    let mut flights: FuturesUnordered<Flight> = FuturesUnordered::new();
    let mut idle = false;
    loop {
        let now = scope.now();
        let done = idle || driver.stopped || stop.is_cancelled();
        // A provider that asked for a longer pause is not waited for: the next run goes on.
        let paused = driver
            .pace
            .held(now)
            .is_some_and(|until| until - now > TimeDelta::seconds(5));
        if !done && !paused {
            let free = i64::try_from(IN_FLIGHT - flights.len().min(IN_FLIGHT)).unwrap_or(0);
            if driver.pace.room(now).min(free) > 0 {
                let taken = driver.take(free).await?;
                for dispatch in taken.calls {
                    flights.push(fly(scope, Arc::clone(&channel), dispatch, *timing));
                }
                idle = taken.nothing_due;
            }
        }
        if flights.is_empty() && (done || paused || idle) {
            break;
        }
        let landed = if done || idle || paused {
            flights.next().await
        } else {
            let wait = driver.pace.wait(scope.now());
            tokio::select! {
                biased;
                landed = flights.next(), if !flights.is_empty() => landed,
                () = scope.clock.sleep(wait) => None,
            }
        };
        if let Some(landed) = landed {
            let mut group = vec![landed];
            while group.len() < GROUP
                && let Some(Some(landed)) = flights.next().now_or_never()
            {
                group.push(landed);
            }
            outcome::write(&mut driver, group).await?;
        }
    }
    Ok(driver.report)
}

/// Calls the provider. Whatever happens, there is an outcome.
fn fly(scope: &Scope, channel: Arc<dyn Channel>, dispatch: Dispatch, timing: Timing) -> Flight {
    let clock = scope.clock.clone();
    async move {
        let begun = clock.now();
        let call = TimeDelta::from_std(timing.call).unwrap_or(TimeDelta::seconds(30));
        // A machine that slept between the claim and now may have lost it to somebody else.
        let mine = dispatch
            .claimed_until
            .is_some_and(|until| begun + call < until);
        if !mine {
            return Landed {
                dispatch,
                outcome: None,
                at: begun,
            };
        }
        let id = dispatch.id.to_string();
        let message = Outgoing {
            dispatch_id: &id,
            address: &dispatch.address,
            content: &dispatch.content,
            reply_to: None,
            at: dispatch.created_at,
        };
        let outcome = tokio::time::timeout(timing.call, channel.send(&message))
            .await
            .unwrap_or_else(|_| Outcome::Unknown {
                text: "The provider did not answer in time.".to_owned(),
                code: None,
            });
        Landed {
            at: clock.now(),
            outcome: Some(outcome),
            dispatch,
        }
    }
    .boxed()
}

impl Driver<'_> {
    /// Claims as many of what is due as the sender's pace lets go now, and at most `free`; asks the
    /// guards again.
    ///
    /// The claim has reached the disk when this returns: a message whose claim was forgotten would be
    /// sent again.
    async fn take(&mut self, free: i64) -> Result<Taken> {
        let scope = self.scope;
        let (workspace, channel) = (scope.workspace, self.sender.id);
        let mut tx = scope.write_lasting().await?;
        // Before anything else is locked: from here on this is the only one that claims from the sender,
        // and sees what others have claimed.
        let (next, held) = store::hold_pace(&mut tx, workspace, channel, scope.now()).await?;
        let now = scope.now();
        self.pace.read(next, held, now);
        let room = self.pace.room(now).min(free);
        if room <= 0 {
            tx.rollback().await?;
            return Ok(Taken::default());
        }
        store::fill_queue(&mut tx, scope, channel, QUEUE).await?;
        let lease = TimeDelta::from_std(self.timing.lease).unwrap_or(TimeDelta::seconds(90));
        let claim = Claim {
            channel,
            by: self.by,
            now,
            until: now + lease,
            pair_since: self.pair_gap.map(|gap| now - gap),
            most: room,
        };
        let claimed = store::claim(&mut tx, workspace, &claim).await?;
        let nothing_due = claimed.is_empty();
        let calls = self.sort_out(&mut tx, claimed, now).await?;
        let today = self.limits.zone.day_of(now);
        for dispatch in &calls {
            let listed = self
                .sender
                .prices
                .of(dispatch.purpose, &dispatch.address, today);
            outgoing::pending(&mut tx, scope, dispatch, listed).await?;
        }
        if !calls.is_empty() {
            self.pace
                .spend(now, i64::try_from(calls.len()).unwrap_or(room));
            store::use_pace(&mut tx, workspace, channel, self.pace.next()).await?;
        }
        tx.commit().await?;
        Ok(Taken { calls, nothing_due })
    }

    /// What may be called of what was claimed; the rest waits or is left out.
    async fn sort_out(
        &mut self,
        tx: &mut Tx,
        claimed: Vec<Dispatch>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Dispatch>> {
        if claimed.is_empty() {
            return Ok(claimed);
        }
        let scope = self.scope;
        let asked = Asked {
            workspace: scope.workspace,
            sender: &self.sender,
            origin_id: Uuid::nil(),
            step: "",
            occurrence: "",
            now,
            limits: &self.limits,
        };
        let people: BTreeMap<ContactId, person::Person> =
            person::of_list(tx, &asked, &store::contacts_of(&claimed))
                .await?
                .into_iter()
                .map(|person| (person.contact_id, person))
                .collect();
        let mut templates: BTreeMap<TemplateId, Option<StoredTemplate>> = BTreeMap::new();
        for id in claimed.iter().filter_map(|dispatch| dispatch.template_id) {
            if let std::collections::btree_map::Entry::Vacant(place) = templates.entry(id) {
                place.insert(template(tx, scope.workspace, id).await?);
            }
        }
        let mut bulks: BTreeMap<Uuid, Option<BulkState>> = BTreeMap::new();
        for dispatch in claimed.iter().filter(|d| d.origin == Origin::BulkSend) {
            if let std::collections::btree_map::Entry::Vacant(place) =
                bulks.entry(dispatch.origin_id)
            {
                let state = store::bulk_state(tx, scope.workspace, dispatch.origin_id).await?;
                place.insert(state);
            }
        }
        let mut pairs: HashSet<String> = HashSet::new();
        let mut calls = Vec::with_capacity(claimed.len());
        for dispatch in claimed {
            // What was put back or held before it was paused or withdrawn comes by here too.
            match bulks.get(&dispatch.origin_id).copied().flatten() {
                Some(BulkState::Paused) => {
                    self.stand(tx, &dispatch, State::Held, Why::Paused, now)
                        .await?;
                    self.report.waiting += 1;
                    continue;
                }
                Some(BulkState::Cancelled) => {
                    self.stand(tx, &dispatch, State::Skipped, Why::Withdrawn, now)
                        .await?;
                    self.report.skipped += 1;
                    continue;
                }
                _ => {}
            }
            if self.pair_gap.is_some() && !pairs.insert(dispatch.address.clone()) {
                let due_at = now + self.pair_gap.unwrap_or_default();
                self.wait(tx, &dispatch, Why::PairPace, due_at).await?;
                continue;
            }
            let verdict = match people.get(&dispatch.contact_id) {
                None => Verdict::Skip {
                    why: Why::NoAddress,
                    detail: None,
                },
                Some(person) => {
                    let mut person = person.clone();
                    self.judge(tx, &dispatch, &mut person, &templates, now)
                        .await?
                }
            };
            match verdict {
                Verdict::Send => {
                    if let Some(people) = &mut self.people {
                        people.insert(dispatch.contact_id);
                    }
                    calls.push(dispatch);
                }
                Verdict::Hold { until, why } => {
                    self.stand(tx, &dispatch, State::Held, why, until).await?;
                    self.report.waiting += 1;
                }
                Verdict::Skip { why, .. } => {
                    self.stand(tx, &dispatch, State::Skipped, why, now).await?;
                    self.report.skipped += 1;
                }
            }
        }
        Ok(calls)
    }

    async fn judge(
        &self,
        tx: &mut Tx,
        dispatch: &Dispatch,
        person: &mut person::Person,
        templates: &BTreeMap<TemplateId, Option<StoredTemplate>>,
        now: DateTime<Utc>,
    ) -> Result<Verdict> {
        if dispatch
            .template_id
            .is_some_and(|id| self.refused.contains(&id))
        {
            return Ok(Verdict::Hold {
                until: now + TimeDelta::minutes(super::guards::LOOK_AGAIN_MINUTES),
                why: Why::TemplateRefused,
            });
        }
        if person.address.as_deref() != Some(dispatch.address.as_str()) {
            if dispatch.origin.is_automatic() && person.address.is_some() {
                // The number was corrected since: whoever has the old one was not meant.
                return Ok(Verdict::Skip {
                    why: Why::AddressChanged,
                    detail: None,
                });
            }
            let address = dispatch.address.clone();
            store::read_address(tx, self.scope.workspace, &self.sender, &address, person).await?;
        }
        let stored = dispatch
            .template_id
            .map(|id| templates.get(&id).and_then(Option::as_ref));
        let subject = Subject {
            origin: dispatch.origin,
            purpose: dispatch.purpose,
            template: stored.map(|stored| TemplateNow {
                state: stored.map(|template| template.state.as_str()),
                category: stored.map_or(dispatch.purpose, |template| template.category),
            }),
            due_at: dispatch.due_at,
            expires_at: dispatch.expires_at,
            counted: true,
        };
        let mut tally = Tally::default();
        if let (Some(most), Some(people)) = (self.sender.people_a_day, &self.people) {
            let used = i64::try_from(people.len()).unwrap_or(i64::MAX);
            tally.people_left = Some(most - used).filter(|_| dispatch.purpose != Purpose::Service);
            person.known_today = people.contains(&dispatch.contact_id);
        }
        Ok(judge(
            &subject,
            person,
            &self.sender,
            &self.limits,
            &tally,
            now,
        ))
    }

    /// Puts one back that was not called.
    async fn wait(
        &mut self,
        tx: &mut Tx,
        dispatch: &Dispatch,
        why: Why,
        due_at: DateTime<Utc>,
    ) -> Result<()> {
        self.report.waiting += 1;
        let back = PutBack {
            why: Some(why),
            due_at,
            called: false,
            error_code: None,
            error_text: None,
        };
        store::put_back(tx, self.scope, dispatch.id, &back).await
    }

    /// A guard's word on one that was claimed.
    async fn stand(
        &self,
        tx: &mut Tx,
        dispatch: &Dispatch,
        state: State,
        why: Why,
        due_at: DateTime<Utc>,
    ) -> Result<()> {
        let stand = Stand {
            state,
            why: Some(why),
            error_code: None,
            error_text: None,
            due_at,
        };
        store::stand(tx, self.scope, dispatch.id, &stand).await?;
        let event = Event {
            dispatch: dispatch.id,
            state: state.word(),
            why: Some(why),
            error_code: None,
            source: "sender",
            at: self.scope.now(),
        };
        store::note(tx, self.scope, &event).await
    }
}
