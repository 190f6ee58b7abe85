//! Kinds of channels and who provides them.

use rumbo_base::{Code, Error, Reason, Result};
use serde::{Deserialize, Serialize};

/// What people use to talk: one kind may have several providers.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    specta::Type,
    sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ChannelKind {
    Whatsapp,
    Sms,
    Telegram,
    Email,
    Messenger,
    Instagram,
}

impl ChannelKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Whatsapp,
        Self::Sms,
        Self::Telegram,
        Self::Email,
        Self::Messenger,
        Self::Instagram,
    ];

    /// The word it is stored and written by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Sms => "sms",
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
        }
    }

    /// The kind that goes by a word.
    ///
    /// # Errors
    /// `InvalidInput` naming the words there are.
    pub fn read(word: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| {
                let choices = Self::ALL.map(Self::word).join(", ");
                Error::new(
                    Code::InvalidInput,
                    format!("\"{word}\" is not a kind of channel. Use one of: {choices}."),
                )
                .reason(Reason::ValueUnknown)
                .field("kind")
                .param("value", word)
                .param("choices", choices)
            })
    }
}

/// Who carries the messages.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    specta::Type,
    sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Provider {
    /// Meta's WhatsApp Cloud API.
    WhatsappCloud,
    Ycloud,
    /// Evolution API: a number paired by QR, or a Cloud API number behind it.
    Evolution,
    Twilio,
    Vonage,
    /// Telegram's Bot API.
    Telegram,
    Smtp,
    Messenger,
    Instagram,
}

impl Provider {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::WhatsappCloud,
        Self::Ycloud,
        Self::Evolution,
        Self::Twilio,
        Self::Vonage,
        Self::Telegram,
        Self::Smtp,
        Self::Messenger,
        Self::Instagram,
    ];

    /// The kind of channel it carries.
    pub fn kind(self) -> ChannelKind {
        match self {
            Self::WhatsappCloud | Self::Ycloud | Self::Evolution => ChannelKind::Whatsapp,
            Self::Twilio | Self::Vonage => ChannelKind::Sms,
            Self::Telegram => ChannelKind::Telegram,
            Self::Smtp => ChannelKind::Email,
            Self::Messenger => ChannelKind::Messenger,
            Self::Instagram => ChannelKind::Instagram,
        }
    }

    /// The word it is stored and written by.
    pub fn word(self) -> &'static str {
        match self {
            Self::WhatsappCloud => "whatsapp_cloud",
            Self::Ycloud => "ycloud",
            Self::Evolution => "evolution",
            Self::Twilio => "twilio",
            Self::Vonage => "vonage",
            Self::Telegram => "telegram",
            Self::Smtp => "smtp",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
        }
    }
}
