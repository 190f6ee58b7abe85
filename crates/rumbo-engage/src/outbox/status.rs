//! What providers tell of a message, by webhook or when they are asked.

use rumbo_base::{ChannelId, DispatchId, Result};
use rumbo_channels::{Fared, StatusReport};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::record;
use super::sender;
use super::state::{State, Step};
use super::store::{self, Dispatch, Told};
use super::why::Why;
use crate::consent;
use crate::conversations::outgoing;

/// Where a status comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Webhook,
    Poll,
}

impl Source {
    fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Poll => "poll",
        }
    }
}

/// What a status did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// No dispatch of this channel is known by it: it was not sent from here, or not yet.
    NotOurs,
    /// It was told before or too late: kept as history.
    Kept(DispatchId),
    /// It moved the dispatch.
    Moved(DispatchId, State),
}

/// Notes what a provider tells of a message of a channel: the dispatch, its history, its message and
/// the message's statuses, in one transaction. Any order and any repetition lead to the same. An
/// address that can never be reached is marked, and a wish not to be written to is recorded.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_status(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    report: &StatusReport,
    source: Source,
) -> Result<Noted> {
    let Some(dispatch) = named(tx, scope, channel, report).await? else {
        return Ok(Noted::NotOurs);
    };
    let step = step_of(report);
    let failure = report.failure.as_ref();
    let why = match (report.status, failure) {
        (Fared::Cancelled, _) => Some(Why::ProviderWithdrew),
        (Fared::Failed, Some(failure)) if failure.opted_out => Some(Why::OptedOut),
        (Fared::Failed, Some(failure)) if failure.bounced => Some(Why::AddressBounced),
        (Fared::Failed, _) => Some(Why::Refused),
        _ => None,
    };
    let when = |is: bool| is.then_some(report.at);
    let failed = matches!(step, Step::Refuse | Step::Bounce);
    let message_id = Some(report.id.as_str()).filter(|id| !id.is_empty());
    let told = Told {
        message_id,
        why,
        error_code: failure.and_then(|failure| failure.code.as_deref()),
        error_text: failure.map(|failure| failure.text.as_str()),
        // That it was delivered or read says that it was sent, if not when.
        sent_at: when(!failed),
        delivered_at: when(step == Step::Deliver),
        read_at: when(step == Step::See),
        failed_at: when(failed),
    };
    let moved = record::told(tx, scope, &dispatch, step, &told, source.word()).await?;
    let status = match step {
        Step::Accept => "sent",
        Step::Deliver => "delivered",
        Step::See => "read",
        _ => "failed",
    };
    let error = (told.error_code, told.error_text);
    outgoing::keep_status(tx, scope, &dispatch, status, report.at, error).await?;
    if let Some(failure) = failure.filter(|failure| failure.bounced || failure.opted_out) {
        let sender = sender::find(tx, scope.workspace, channel).await?;
        consent::from_refusal(
            tx,
            scope,
            sender.kind(),
            &dispatch.address,
            failure,
            report.at,
        )
        .await?;
    }
    Ok(match moved {
        Some(state) => Noted::Moved(dispatch.id, state),
        None => Noted::Kept(dispatch.id),
    })
}

/// The dispatch that a report is about, which nobody else changes until the transaction ends.
async fn named(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    report: &StatusReport,
) -> Result<Option<Dispatch>> {
    let id = report
        .dispatch_id
        .as_deref()
        .and_then(|text| text.parse::<DispatchId>().ok());
    let id = match id {
        Some(id) => Some(id),
        None => store::by_message(tx, scope.workspace, channel, &report.id)
            .await?
            .map(|dispatch| dispatch.id),
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let found = store::locked(tx, scope.workspace, &[id]).await?;
    // An id that another channel's provider tells is not taken for ours.
    Ok(found
        .into_iter()
        .find(|dispatch| dispatch.channel_id == channel))
}

fn step_of(report: &StatusReport) -> Step {
    match report.status {
        Fared::Accepted | Fared::Sent => Step::Accept,
        Fared::Delivered => Step::Deliver,
        Fared::Read => Step::See,
        Fared::Failed if report.failure.as_ref().is_some_and(|f| f.bounced) => Step::Bounce,
        Fared::Failed | Fared::Cancelled => Step::Refuse,
    }
}
