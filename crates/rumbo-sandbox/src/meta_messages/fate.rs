//! What becomes of a message once it was taken: read from the last digits of the number, so that a
//! test can choose.

use chrono::{DateTime, TimeDelta, Utc};

use crate::graph::GraphError;

/// One thing that happens to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Sent,
    Delivered,
    Read,
    /// With Meta's code.
    Failed(i64),
}

/// What decides about a message.
pub(super) struct About<'a> {
    /// Digits alone.
    pub person: &'a str,
    pub is_template: bool,
    pub is_marketing: bool,
    /// A phone number of the United States.
    pub is_american: bool,
    pub window_is_open: bool,
    /// Somebody said so by a switch.
    pub unreachable: bool,
    pub has_stopped: bool,
    /// A file that cannot be fetched.
    pub lost_file: bool,
}

/// Why the message will not arrive, if it will not.
pub(super) fn failure(about: &About<'_>) -> Option<i64> {
    let end = about.person.get(about.person.len().saturating_sub(4)..);
    let marketing = about.is_template && about.is_marketing;
    match end {
        Some("0026") => Some(131_026),
        _ if about.unreachable => Some(131_026),
        Some("0472") => Some(130_472),
        // No marketing template reaches a number of the United States; told as any other limit of a person.
        _ if marketing && about.is_american => Some(131_049),
        Some("0049") if marketing => Some(131_049),
        Some("0050") if marketing => Some(131_050),
        _ if marketing && about.has_stopped => Some(131_050),
        _ if !about.is_template && !about.window_is_open => Some(131_047),
        _ if about.lost_file => Some(131_053),
        _ => None,
    }
}

/// Whether a number, digits alone, is one of the United States: others share their prefix.
pub(super) fn is_american(person: &str) -> bool {
    person.starts_with('1')
        && phonenumber::parse(None, format!("+{person}"))
            .is_ok_and(|number| number.country().id() == Some(phonenumber::country::US))
}

/// Whether Meta holds the message back to look at its quality first.
pub(super) fn is_held(about: &About<'_>) -> bool {
    about.is_template && (about.person.ends_with("0015") || about.person.ends_with("0016"))
}

/// What happens and when; each step `delay` after the one before.
pub(super) fn steps(
    about: &About<'_>,
    now: DateTime<Utc>,
    delay: TimeDelta,
) -> Vec<(DateTime<Utc>, Step)> {
    let steps: &[Step] = match (failure(about), about.person) {
        (Some(code), _) => &[Step::Failed(code)],
        (None, person) if about.is_template && person.ends_with("0015") => &[Step::Failed(132_015)],
        (None, person) if about.is_template && person.ends_with("0016") => {
            &[Step::Sent, Step::Delivered]
        }
        (None, person) if person.ends_with("0001") => &[Step::Sent],
        (None, person) if person.ends_with("0002") => &[Step::Sent, Step::Delivered],
        // Meta tells of reading without telling of delivery, now and then.
        (None, person) if person.ends_with("0003") => &[Step::Sent, Step::Read],
        _ => &[Step::Sent, Step::Delivered, Step::Read],
    };
    let mut due = now;
    steps
        .iter()
        .map(|step| {
            let at = due;
            due += delay;
            (at, *step)
        })
        .collect()
}

/// Meta's title and details of a code, as its answers and statuses have them.
pub(super) fn words(code: i64) -> (&'static str, &'static str) {
    match code {
        130_429 => (
            "Rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number in a short period of time",
        ),
        130_472 => (
            "User's number is part of an experiment",
            "Failed to send message because this user's phone number is part of an experiment",
        ),
        131_026 => ("Message undeliverable", "Message Undeliverable."),
        131_047 => (
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        ),
        131_049 => (
            "This message was not delivered to maintain healthy ecosystem engagement.",
            "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        ),
        131_050 => (
            "User has stopped marketing messages",
            "The recipient has opted out of receiving marketing messages from this business.",
        ),
        131_053 => (
            "Media upload error",
            "Unable to upload the media used in the message.",
        ),
        131_056 => (
            "(Business Account, Consumer Account) pair rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ),
        132_000 => (
            "Number of parameters does not match the expected number of params",
            "",
        ),
        132_001 => ("Template name does not exist in the translation", ""),
        132_005 => ("Translated text too long", ""),
        132_012 => (
            "Parameter format does not match format in the created template",
            "",
        ),
        132_015 => (
            "Template is paused",
            "Template is paused due to low quality.",
        ),
        132_018 => (
            "There's an issue with the parameters in your template",
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ),
        131_021 => (
            "Recipient cannot be sender",
            "The number of the recipient is the sender's own.",
        ),
        132_016 => (
            "Template is disabled",
            "Template is disabled due to low quality.",
        ),
        131_008 => ("Required parameter is missing", ""),
        131_009 => ("Parameter value is not valid", ""),
        131_051 => (
            "Unsupported message type",
            "Message type is not currently supported.",
        ),
        _ => (
            "Something went wrong",
            "Message failed to send because of an unknown error.",
        ),
    }
}

/// One of these as the answer to a call.
pub(super) fn refusal(code: i64, details: Option<&str>) -> GraphError {
    let (title, usual) = words(code);
    let status = match code {
        132_001 => 404,
        130_429 | 131_056 => 429,
        _ => 400,
    };
    GraphError {
        status,
        data: Some(serde_json::json!({
            "messaging_product": "whatsapp",
            "details": details.unwrap_or(usual),
        })),
        ..GraphError::new(code, format!("(#{code}) {title}"))
    }
}
