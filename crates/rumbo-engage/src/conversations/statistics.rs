//! What went in and out of each channel, how fast it was answered, and what it cost (SPEC H4).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use rumbo_base::{
    ChannelId, ConversationId, Currency, DateRange, Micros, Result, TimeZone, WorkspaceId,
};
use rumbo_channels::{ChannelKind, Provider};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

statements! {
    CHANNELS = "SELECT id, name, kind, provider FROM channels WHERE workspace_id = $1 ORDER BY name, id";
    OF_CHANNEL = "SELECT conversation_id, direction, automatic, status, occurred_at, CASE WHEN price_listed \
        AND status IN ('failed', 'cancelled') THEN NULL ELSE price_micros END AS price_micros, currency FROM messages \
        WHERE workspace_id = $1 AND channel_id = $2 AND occurred_at >= $3 AND occurred_at < $4 \
        ORDER BY conversation_id, occurred_at, id";
}

/// A channel in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelFigures {
    pub id: ChannelId,
    pub name: String,
    pub kind: ChannelKind,
    pub provider: Provider,
    pub total: DayFigures,
    /// Conversations with a message in the period: each is one person at this channel.
    pub people: u64,
    /// People who were written to, and of those the ones whom a message is known to have reached.
    pub written: u64,
    pub reached: u64,
    /// Messages that are known to have arrived.
    pub delivered: u64,
    /// Times that we wrote and the person answered.
    pub replies: u64,
    /// Times that somebody wrote and a person of ours answered.
    pub answers: u64,
    /// Seconds from the first message that waited to the answer: the middle one, and the mean.
    /// `None` without an answer.
    pub median_seconds: Option<i64>,
    pub mean_seconds: Option<i64>,
    /// Days with a message, in order, in the workspace's zone.
    pub days: Vec<(NaiveDate, DayFigures)>,
}

/// Counts of a day, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayFigures {
    pub inbound: u64,
    /// What was sent and did not fail.
    pub outbound: u64,
    pub failed: u64,
    /// What the provider charged, or would by the channel's price list where it does not tell; each
    /// currency by itself.
    pub cost: BTreeMap<Currency, Micros>,
}

#[derive(sqlx::FromRow)]
struct Channel {
    id: ChannelId,
    name: String,
    kind: ChannelKind,
    provider: Provider,
}

#[derive(sqlx::FromRow)]
struct Row {
    conversation_id: ConversationId,
    direction: String,
    automatic: bool,
    status: String,
    occurred_at: DateTime<Utc>,
    price_micros: Option<Micros>,
    currency: Option<String>,
}

/// The figures of every channel, by name. An answer counts in the period in which both it and what
/// it answers lie.
///
/// # Errors
/// When the store cannot be read.
pub async fn statistics(
    tx: &mut Tx,
    workspace: WorkspaceId,
    zone: TimeZone,
    period: DateRange,
) -> Result<Vec<ChannelFigures>> {
    let (from, to) = zone.bounds(period);
    let channels: Vec<Channel> = on_tx!(tx, |c| sqlx::query_as(CHANNELS)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    let mut figures = Vec::new();
    for channel in channels {
        let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(OF_CHANNEL)
            .bind(workspace)
            .bind(channel.id)
            .bind(from)
            .bind(to)
            .fetch_all(c)
            .await)
        .db()?;
        figures.push(of_rows(channel, &rows, zone)?);
    }
    Ok(figures)
}

fn of_rows(channel: Channel, rows: &[Row], zone: TimeZone) -> Result<ChannelFigures> {
    let mut total = DayFigures::default();
    let mut days: BTreeMap<NaiveDate, DayFigures> = BTreeMap::new();
    let mut people = BTreeSet::new();
    let (mut written, mut reached) = (BTreeSet::new(), BTreeSet::new());
    let (mut delivered, mut replies) = (0, 0);
    // The conversation in which the last thing that was said is ours.
    let mut ours: Option<ConversationId> = None;
    let mut waits = Vec::new();
    // Since when the person of the conversation at hand waits for an answer.
    let mut waiting: Option<(ConversationId, DateTime<Utc>)> = None;
    for row in rows {
        people.insert(row.conversation_id);
        let day = days.entry(zone.day_of(row.occurred_at)).or_default();
        for sum in [&mut total, day] {
            sum.count(row)?;
        }
        waiting = waiting.filter(|(conversation, _)| *conversation == row.conversation_id);
        if row.direction == "inbound" {
            if ours.take() == Some(row.conversation_id) {
                replies += 1;
            }
        } else {
            written.insert(row.conversation_id);
            if row.has_arrived() {
                delivered += 1;
                reached.insert(row.conversation_id);
            }
            if !row.did_not_go() {
                ours = Some(row.conversation_id);
            }
        }
        if row.direction == "inbound" {
            // Of a time in whole seconds the place is the last moment.
            let since = row.occurred_at.trunc_subsecs(0);
            waiting = waiting.or(Some((row.conversation_id, since)));
        } else if !row.automatic
            && !row.did_not_go()
            && let Some((_, since)) = waiting.take()
        {
            waits.push((row.occurred_at - since).num_seconds());
        }
    }
    waits.sort_unstable();
    let answers = u64::try_from(waits.len()).unwrap_or(u64::MAX);
    let mean = i64::try_from(answers)
        .ok()
        .and_then(|count| waits.iter().sum::<i64>().checked_div(count));
    Ok(ChannelFigures {
        id: channel.id,
        name: channel.name,
        kind: channel.kind,
        provider: channel.provider,
        total,
        people: u64::try_from(people.len()).unwrap_or(u64::MAX),
        written: u64::try_from(written.len()).unwrap_or(u64::MAX),
        reached: u64::try_from(reached.len()).unwrap_or(u64::MAX),
        delivered,
        replies,
        answers,
        median_seconds: waits.get(waits.len() / 2).copied(),
        mean_seconds: mean,
        days: days.into_iter().collect(),
    })
}

impl Row {
    fn has_arrived(&self) -> bool {
        matches!(self.status.as_str(), "delivered" | "read")
    }

    fn did_not_go(&self) -> bool {
        matches!(self.status.as_str(), "failed" | "cancelled")
    }
}

impl DayFigures {
    fn count(&mut self, row: &Row) -> Result<()> {
        match (row.direction.as_str(), row.status.as_str()) {
            ("inbound", _) => self.inbound += 1,
            (_, "failed") => self.failed += 1,
            (_, "cancelled") => {}
            _ => self.outbound += 1,
        }
        if let (Some(price), Some(currency)) = (row.price_micros, &row.currency) {
            let sum = self.cost.entry(Currency::of_record(currency)?).or_default();
            *sum = sum.checked_add(price)?;
        }
        Ok(())
    }
}
