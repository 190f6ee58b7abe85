//! What was kept, made into messages, statuses and whatever else it tells.
//!
//! Everything here may be done twice: a delivery is read again as long as a part of it waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{CacheTag, ChannelId, Result};
use rumbo_channels::{
    ChannelKind, Event, InboundKind, Provider, StatusReport, TemplateEvent, Told, Trouble,
    WebhookRefusal, WebhookRequest,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;

use super::store::{self, Due, PATIENCE, Settled};
use crate::consent;
use crate::conversations::{self, ChannelRef, Noted, Received, channel_of_id, channel_of_sender};
use crate::outbox::{self, Source};
use crate::templates::{self, Heard};

/// Deliveries worked on in one transaction: calls that come in wait for it to end.
const AT_ONCE: usize = 8;

rumbo_db::statements! {
    SESSION = "UPDATE channels SET state = $3, state_reason = $4, state_detail = $7, state_since = $5, updated_at = $6 \
        WHERE workspace_id = $1 AND id = $2 AND state <> $3 AND state_since <= $5 \
        AND NOT (state = 'connecting' AND $3 = 'disconnected')";
}

/// Who can read what a provider sent.
#[async_trait]
pub trait Readers: Send + Sync {
    /// What a call says that was verified when it came, at the address of a channel where one is
    /// named; `None` where the workspace has nobody any more who could read it.
    async fn read(
        &self,
        scope: &Scope,
        provider: Provider,
        channel: Option<ChannelId>,
        request: &WebhookRequest<'_>,
    ) -> Result<Option<Result<Told, WebhookRefusal>>>;
}

/// Who fetches a lead that a page's webhook names.
#[async_trait]
pub trait LeadDesk: Send + Sync {
    /// Fetches the lead at Meta and keeps it. The same lead again changes nothing.
    async fn fetch(&self, scope: &Scope, page_id: &str, leadgen_id: &str) -> Result<()>;
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processed {
    /// Deliveries that are settled.
    pub settled: u32,
    /// Deliveries of which a part waits.
    pub waiting: u32,
    /// Deliveries that were given up.
    pub refused: u32,
    /// What went stale on screen.
    pub changed: BTreeSet<CacheTag>,
}

/// What became of a part of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worked {
    Done,
    /// It changed nothing: it was there, or it is nothing that is kept.
    Nothing,
    /// What it names is not there yet; the word says what.
    Later(&'static str),
}

struct Read {
    due: Due,
    told: Told,
    /// Parts that were worked on outside of a transaction, by their place.
    ahead: HashMap<usize, Worked>,
}

/// Works on what is due, oldest first. One delivery that cannot be worked on holds up no other.
///
/// # Errors
/// When the store cannot be read or written at all.
pub async fn process_due(
    scope: &Scope,
    readers: &dyn Readers,
    leads: &dyn LeadDesk,
    limit: u32,
) -> Result<Processed> {
    let mut tx = scope.read().await?;
    let due = store::due(&mut tx, scope.workspace, scope.now(), i64::from(limit)).await?;
    drop(tx);
    let mut done = Processed::default();
    let mut read = Vec::new();
    let headers = BTreeMap::new();
    for due in due {
        let request = WebhookRequest {
            url: "",
            content_type: &due.content_type,
            headers: &headers,
            body: due.body.as_bytes(),
            received_at: due.received_at,
        };
        let told = readers
            .read(scope, due.provider, due.channel_id, &request)
            .await?;
        match told {
            None => settle_alone(scope, &due, "channel_gone", &mut done).await?,
            Some(Ok(told)) => read.push(ahead(scope, leads, due, told).await),
            Some(Err(refusal)) => give_up(scope, &due, &refusal.to_string(), &mut done).await?,
        }
    }
    for some in read.chunks(AT_ONCE) {
        if let Err(error) = Box::pin(together(scope, some, &mut done)).await {
            tracing::warn!(error = error.chain(), "deliveries are worked on one by one");
            for one in some {
                Box::pin(alone(scope, one, &mut done)).await?;
            }
        }
    }
    Ok(done)
}

/// Does what needs the network, before a transaction is begun.
async fn ahead(scope: &Scope, leads: &dyn LeadDesk, due: Due, told: Told) -> Read {
    let mut ahead = HashMap::new();
    for (place, event) in told.events.iter().enumerate() {
        if let Event::Lead {
            page_id,
            leadgen_id,
            ..
        } = event
        {
            let worked = match leads.fetch(scope, page_id, leadgen_id).await {
                Ok(()) => Worked::Done,
                Err(error) => {
                    tracing::warn!(error = error.chain(), "a lead could not be fetched");
                    Worked::Later("lead_not_fetched")
                }
            };
            ahead.insert(place, worked);
        }
    }
    Read { due, told, ahead }
}

/// Several deliveries in one transaction: all of them, or none.
async fn together(scope: &Scope, some: &[Read], done: &mut Processed) -> Result<()> {
    let mut fresh = Processed::default();
    let mut tx = scope.write().await?;
    for read in some {
        if !store::take(&mut tx, scope.workspace, &read.due).await? {
            continue;
        }
        let mut waits = None;
        for (place, event) in read.told.events.iter().enumerate() {
            let worked = match read.ahead.get(&place) {
                Some(worked) => *worked,
                None => work(&mut tx, scope, &read.due, event).await?,
            };
            note(event, worked, &mut fresh, &mut waits);
        }
        let how = how(scope.now(), &read.due, waits.map(str::to_owned));
        store::settle(&mut tx, scope.workspace, &read.due, &how, scope.now()).await?;
        fresh.count(&how);
    }
    tx.commit().await?;
    done.add(fresh);
    Ok(())
}

/// One delivery, each part of it in a transaction of its own.
async fn alone(scope: &Scope, read: &Read, done: &mut Processed) -> Result<()> {
    let mut waits: Option<String> = None;
    for (place, event) in read.told.events.iter().enumerate() {
        let mut tx = scope.write().await?;
        let worked = match read.ahead.get(&place) {
            Some(worked) => Ok(*worked),
            None => Box::pin(work(&mut tx, scope, &read.due, event)).await,
        };
        match worked {
            Ok(worked) => {
                tx.commit().await?;
                let mut later = None;
                note(event, worked, done, &mut later);
                waits = waits.or(later.map(str::to_owned));
            }
            Err(error) => {
                tracing::warn!(error = error.chain(), "a part of a delivery");
                tx.rollback().await?;
                waits = Some(format!("failed:{}", error.code().word()));
            }
        }
    }
    let mut tx = scope.write().await?;
    if store::take(&mut tx, scope.workspace, &read.due).await? {
        let how = how(scope.now(), &read.due, waits);
        store::settle(&mut tx, scope.workspace, &read.due, &how, scope.now()).await?;
        done.count(&how);
    }
    tx.commit().await
}

async fn settle_alone(scope: &Scope, due: &Due, why: &str, done: &mut Processed) -> Result<()> {
    let mut tx = scope.write().await?;
    if store::take(&mut tx, scope.workspace, due).await? {
        let how = how(scope.now(), due, Some(why.to_owned()));
        store::settle(&mut tx, scope.workspace, due, &how, scope.now()).await?;
        done.count(&how);
    }
    tx.commit().await
}

async fn give_up(scope: &Scope, due: &Due, why: &str, done: &mut Processed) -> Result<()> {
    let mut tx = scope.write().await?;
    if store::take(&mut tx, scope.workspace, due).await? {
        let how = Settled::Refused(why.to_owned());
        store::settle(&mut tx, scope.workspace, due, &how, scope.now()).await?;
        done.count(&how);
    }
    tx.commit().await
}

fn how(now: DateTime<Utc>, due: &Due, waits: Option<String>) -> Settled {
    match waits {
        None => Settled::Processed,
        Some(why) if now - due.received_at > PATIENCE => Settled::Refused(why),
        Some(why) => Settled::Waiting(why),
    }
}

fn note(event: &Event, worked: Worked, done: &mut Processed, waits: &mut Option<&'static str>) {
    match worked {
        Worked::Done => done.changed.extend(stale(event)),
        Worked::Nothing => {}
        Worked::Later(why) => *waits = waits.or(Some(why)),
    }
}

fn stale(event: &Event) -> &'static [CacheTag] {
    match event {
        Event::Message(_) | Event::Lead { .. } => &[CacheTag::Conversations, CacheTag::Contacts],
        Event::Status(_) | Event::UpTo { .. } => &[CacheTag::Conversations, CacheTag::Outbox],
        Event::Template(_) => &[CacheTag::Templates],
        Event::Preference { .. } => &[CacheTag::Contacts],
        Event::Session { .. } => &[CacheTag::Channels],
    }
}

/// Works on what was fetched by asking, in the order it was told. What names something that is not
/// here yet is told as such; nothing is kept of it.
///
/// # Errors
/// When the store cannot be written; nothing of it is kept then.
pub async fn take_polled(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    told: &Told,
) -> Result<Vec<Worked>> {
    let mut worked = Vec::new();
    for event in &told.events {
        worked.push(apply(tx, scope, channel, event, scope.now()).await?);
    }
    Ok(worked)
}

async fn work(tx: &mut Tx, scope: &Scope, due: &Due, event: &Event) -> Result<Worked> {
    let sender = match event {
        // The provider's list for all of the account's numbers.
        Event::Preference {
            sender,
            address,
            marketing,
            at,
        } if sender.is_empty() => {
            return prefers(tx, scope, due.provider.kind(), address, *marketing, *at).await;
        }
        Event::Message(message) => &message.sender,
        Event::Status(report) => &report.sender,
        Event::UpTo { sender, .. }
        | Event::Preference { sender, .. }
        | Event::Session { sender, .. } => sender,
        // The account is the business's, not a channel's.
        Event::Template(told) => return template(tx, scope, told).await,
        Event::Lead { .. } => return Ok(Worked::Nothing),
    };
    let channel = match due.channel_id {
        Some(id) => channel_of_id(tx, scope.workspace, id).await?,
        None => channel_of_sender(tx, scope.workspace, due.provider, sender).await?,
    };
    match channel {
        Some(channel) => apply(tx, scope, channel, event, due.received_at).await,
        None => Ok(Worked::Later("channel_unknown")),
    }
}

async fn prefers(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    marketing: bool,
    at: DateTime<Utc>,
) -> Result<Worked> {
    let at = at.min(scope.now());
    consent::from_preference(tx, scope, kind, address, marketing, at).await?;
    Ok(Worked::Done)
}

async fn apply(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    event: &Event,
    reached: DateTime<Utc>,
) -> Result<Worked> {
    Ok(match event {
        Event::Message(message) => {
            match conversations::receive_at(tx, scope, channel, message, reached).await? {
                Received::New { contact, .. } => {
                    // In a group nobody speaks for themselves alone.
                    if contact.is_some() && !message.echo {
                        let (kind, address) = (channel.kind(), &message.address);
                        let at = message.at.min(scope.now());
                        let pressed = message.kind == InboundKind::Interactive;
                        let body = &message.body;
                        consent::from_message(tx, scope, kind, address, body, pressed, at).await?;
                    }
                    Worked::Done
                }
                Received::Known => Worked::Nothing,
                Received::Later => Worked::Later("being_sent"),
            }
        }
        Event::Status(report) => fared(tx, scope, channel, report).await?,
        Event::UpTo {
            address,
            status,
            until,
            ..
        } => {
            let reports =
                conversations::reports_up_to(tx, scope, channel.id, address, *status, *until)
                    .await?;
            let mut worked = Worked::Nothing;
            for report in reports {
                if fared(tx, scope, channel, &report).await? == Worked::Done {
                    worked = Worked::Done;
                }
            }
            worked
        }
        Event::Session {
            connected,
            trouble,
            at,
            ..
        } => session(tx, scope, channel, *connected, trouble.as_ref(), *at).await?,
        Event::Preference {
            address,
            marketing,
            at,
            ..
        } => prefers(tx, scope, channel.kind(), address, *marketing, *at).await?,
        Event::Template(told) => template(tx, scope, told).await?,
        Event::Lead { .. } => Worked::Nothing,
    })
}

async fn template(tx: &mut Tx, scope: &Scope, told: &TemplateEvent) -> Result<Worked> {
    Ok(match templates::hear(tx, scope, told).await? {
        Heard::Changed => Worked::Done,
        Heard::Nothing => Worked::Nothing,
        Heard::NotHere => Worked::Later("template_unknown"),
    })
}

/// Notes how a message fared: in its conversation, and of the dispatch that it was sent by.
async fn fared(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    report: &StatusReport,
) -> Result<Worked> {
    let noted = conversations::note_status(tx, scope, channel.id, report).await?;
    let sent = outbox::note_status(tx, scope, channel.id, report, Source::Webhook).await?;
    Ok(match (noted, sent) {
        (Noted::Kept(_), _) | (_, outbox::Noted::Moved(..)) => Worked::Done,
        (Noted::Unknown, outbox::Noted::NotOurs) => Worked::Later("message_unknown"),
        _ => Worked::Nothing,
    })
}

async fn session(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    connected: bool,
    trouble: Option<&Trouble>,
    at: DateTime<Utc>,
) -> Result<Worked> {
    let at = at.min(scope.now() + TimeDelta::minutes(5));
    let changed = on_tx!(tx, |c| sqlx::query(SESSION)
        .bind(scope.workspace)
        .bind(channel.id)
        .bind(if connected {
            "connected"
        } else {
            "disconnected"
        })
        .bind(trouble.map(|trouble| trouble.kind))
        .bind(at)
        .bind(scope.now())
        .bind(trouble.and_then(|trouble| trouble.detail.as_deref()))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    Ok(if changed > 0 {
        Worked::Done
    } else {
        Worked::Nothing
    })
}

impl Processed {
    fn count(&mut self, how: &Settled) {
        match how {
            Settled::Processed => self.settled += 1,
            Settled::Waiting(_) => self.waiting += 1,
            Settled::Refused(_) => self.refused += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.settled += other.settled;
        self.waiting += other.waiting;
        self.refused += other.refused;
        self.changed.extend(other.changed);
    }
}
