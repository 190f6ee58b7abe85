//! When, how often and with whose consent people are written to.

use chrono::Weekday;
use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use rumbo_channels::ChannelKind;
use rumbo_platform::workspaces::{self, SendingSettings};

use crate::Context;
use crate::wire::{GetSendLimits, SendLimits};

/// When, how often and with whose consent people are written to.
///
/// # Errors
/// When the store cannot be read.
pub async fn get_send_limits(cx: &Context, _req: GetSendLimits) -> Result<SendLimits> {
    let sending = cx.workspace().await?.settings.sending;
    Ok(SendLimits {
        quiet_from: sending.quiet_from,
        quiet_to: sending.quiet_to,
        open_from: sending.open_from,
        open_to: sending.open_to,
        open_days: sending
            .open_days
            .iter()
            .filter_map(|day| u8::try_from(day.number_from_monday()).ok())
            .collect(),
        most_a_day: sending.most_a_day,
        most_a_week: sending.most_a_week,
        ask_consent: sending.ask_consent,
    })
}

/// Changes when, how often and with whose consent people are written to.
///
/// # Errors
/// `InvalidInput` for half a span of hours, a day or a kind that does not exist, and a bound of 0.
pub async fn save_send_limits(cx: &Context, req: SendLimits) -> Result<SendLimits> {
    for (from, to, field) in [
        (req.quiet_from, req.quiet_to, "quiet_to"),
        (req.open_from, req.open_to, "open_to"),
    ] {
        if from.is_some() != to.is_some() {
            return Err(Error::new(
                Code::InvalidInput,
                "A span of hours needs its beginning and its end. Enter both, or neither.",
            )
            .reason(Reason::ValueMissing)
            .field(field));
        }
    }
    for (most, field) in [
        (req.most_a_day, "most_a_day"),
        (req.most_a_week, "most_a_week"),
    ] {
        if most == Some(0) {
            return Err(
                Error::new(Code::InvalidInput, "0 is not possible here. Use 1 to 100.")
                    .reason(Reason::NumberOutOfRange)
                    .field(field)
                    .param("value", 0)
                    .param("least", 1)
                    .param("most", 100),
            );
        }
    }
    for word in &req.ask_consent {
        ChannelKind::read(word).map_err(|error| error.field("ask_consent"))?;
    }
    let mut open_days = Vec::new();
    for day in &req.open_days {
        let before = day
            .checked_sub(1)
            .and_then(|day| Weekday::try_from(day).ok());
        open_days.push(before.ok_or_else(|| {
            Error::new(
                Code::InvalidInput,
                format!("{day} is not possible here. Use 1 to 7."),
            )
            .reason(Reason::NumberOutOfRange)
            .field("open_days")
            .param("value", day)
            .param("least", 1)
            .param("most", 7)
        })?);
    }
    let scope = cx.scope()?;
    let mut workspace = cx.workspace().await?;
    workspace.settings.sending = SendingSettings {
        quiet_from: req.quiet_from,
        quiet_to: req.quiet_to,
        open_from: req.open_from,
        open_to: req.open_to,
        open_days,
        most_a_day: req.most_a_day,
        most_a_week: req.most_a_week,
        ask_consent: req.ask_consent,
    };
    let mut tx = scope.write().await?;
    workspaces::save_settings(
        &mut tx,
        scope.workspace,
        &workspace.settings,
        scope.actor,
        scope.now(),
    )
    .await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Settings, CacheTag::Outbox]);
    get_send_limits(cx, GetSendLimits {}).await
}
