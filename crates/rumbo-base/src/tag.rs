//! What a read is made of and what a write makes stale. The interface derives its cache from this.

use serde::{Deserialize, Serialize};

/// A kind of stored thing that can go stale on screen.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum CacheTag {
    Workspaces,
    Connection,
    AdAccounts,
    AdObjects,
    Insights,
    SyncRuns,
    /// What was asked of Meta about the people of a period.
    Reach,
    Contacts,
    Opportunities,
    Sales,
    /// What was spent outside the ad accounts.
    ChannelSpend,
    Imports,
    Settings,
    ExchangeRates,
    /// Ways to reach people.
    Channels,
    Templates,
    /// Conversations and their messages.
    Conversations,
    /// Dispatches and bulk sends.
    Outbox,
    /// Views kept under a name.
    SavedViews,
    /// The choices of this machine's person, which belong to no workspace.
    Preferences,
}

impl CacheTag {
    /// Every tag: what goes stale when it is not known what changed.
    pub const ALL: [Self; 20] = [
        Self::Workspaces,
        Self::Connection,
        Self::AdAccounts,
        Self::AdObjects,
        Self::Insights,
        Self::SyncRuns,
        Self::Reach,
        Self::Contacts,
        Self::Opportunities,
        Self::Sales,
        Self::ChannelSpend,
        Self::Imports,
        Self::Settings,
        Self::ExchangeRates,
        Self::Channels,
        Self::Templates,
        Self::Conversations,
        Self::Outbox,
        Self::SavedViews,
        Self::Preferences,
    ];
}
