//! How long after a person's last message free text may be sent.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_channels::Provider;

/// Hours after the person's last message in which free text may be sent; `None` where there is no
/// such bound. A number paired with Evolution is bound by WhatsApp's app alone.
pub fn window_hours(provider: Provider) -> Option<u32> {
    match provider {
        Provider::WhatsappCloud | Provider::Ycloud | Provider::Messenger | Provider::Instagram => {
            Some(24)
        }
        Provider::Evolution
        | Provider::Twilio
        | Provider::Vonage
        | Provider::Telegram
        | Provider::Smtp => None,
    }
}

/// Until when free text may be sent; `None` where there is no bound. Where nobody has written yet
/// the window was never open: the answer is the beginning of time.
pub fn open_until(
    provider: Provider,
    last_inbound_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let hours = window_hours(provider)?;
    Some(last_inbound_at.map_or(DateTime::UNIX_EPOCH, |last| {
        last + TimeDelta::hours(i64::from(hours))
    }))
}
