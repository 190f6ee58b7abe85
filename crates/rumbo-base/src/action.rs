//! What Meta's actions are, in the words of the store and of the edge alike.

use serde::{Deserialize, Serialize};

/// What happened, as far as a person wants to tell events apart.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    Lead,
    Purchase,
    /// Something was put into a cart.
    Cart,
    /// A checkout was begun, or payment details were given.
    Checkout,
    Registration,
    /// A page of a product or of content was looked at.
    Content,
    Search,
    /// A standard event of the website or app that has no kind of its own: a subscription, an
    /// appointment, a trial.
    Standard,
    /// A conversation.
    Message,
    /// A landing page was loaded.
    Visit,
    Click,
    /// A reaction, a comment, a share, a follow.
    Engagement,
    Video,
    AppInstall,
    /// Made by the business: a custom conversion or a custom event.
    Custom,
    /// A name that is not known.
    Other,
}

/// Where a name looks for its event.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum ActionPlace {
    /// On Facebook, Instagram or WhatsApp: Instant Forms, shops.
    OnMeta,
    /// The website: the pixel and the Conversions API, which Meta deduplicates.
    Website,
    App,
    /// Shops and offices, by offline events.
    Store,
}

impl ActionPlace {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OnMeta, Self::Website, Self::App, Self::Store];
}
