//! Kinds of channels and who provides them.

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
