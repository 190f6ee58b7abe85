//! The channels through which people come and money goes: an ad platform, messages, word of mouth.
//!
//! What was spent on a channel is what its ad accounts delivered and what the business says it spent
//! there; what came of it is what is credited to touches of the channel, and to people whom no touch
//! stands behind by their lead source.

use std::sync::Arc;

/// A channel, as one word: `meta`, `google_ads`, `sms`, `organic`, or one of the business's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Channel(Arc<str>);

/// The platform of Meta's ad accounts.
const META: &str = "meta";

impl Channel {
    /// Meta's ads, whatever a touch says of them.
    pub(crate) fn meta() -> Self {
        Self(META.into())
    }

    /// The channel of an ad platform's accounts, or of what was spent on a platform.
    pub(crate) fn of_platform(platform: &str) -> Self {
        Self(platform.into())
    }

    /// The channel that a lead source names. `None` for those that only tell how a person came into
    /// Rumbo.
    pub(crate) fn of_source(lead_source: &str) -> Option<Self> {
        match lead_source {
            "META_ADS" | "CLICK_TO_WHATSAPP" => Some(Self::meta()),
            "IMPORT" | "MANUAL" | "UNKNOWN" => None,
            own => Some(Self(own.to_lowercase().into())),
        }
    }

    /// The word.
    pub fn code(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lead_sources_name_the_channels_that_money_is_spent_on() {
        for (source, channel) in [
            ("META_ADS", Some("meta")),
            ("CLICK_TO_WHATSAPP", Some("meta")),
            ("GOOGLE_ADS", Some("google_ads")),
            ("ORGANIC", Some("organic")),
            ("RADIO_790", Some("radio_790")),
            ("IMPORT", None),
            ("MANUAL", None),
            ("UNKNOWN", None),
        ] {
            let found = Channel::of_source(source);
            assert_eq!(found.as_ref().map(Channel::code), channel, "{source}");
        }
    }
}
