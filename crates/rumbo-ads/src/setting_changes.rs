//! What is set otherwise at Meta than at the sync before.
//!
//! Rumbo reads ads and never changes them, so whatever is set otherwise was set by somebody or
//! something else: a colleague in Ads Manager, an automated rule, or Meta itself, which is known to
//! turn "enhancements" on again when an ad is edited. Each listing that a sync stores is compared
//! with what the store had, field by field, and each difference is kept as a row in the same
//! transaction. A person marks those that were meant; the others want attention.
//!
//! Only fields that were asked for both times are compared: a field that a newer Rumbo asks for,
//! or that Meta refused in one run, is no change. What is compared, and what never is, stands in
//! `watched` and docs/setting-changes.md.

mod compare;
mod list;
mod record;
mod watched;

pub use list::{
    MarkedChanges, SettingChange, SettingChangeFilter, Unexpected, list, mark, unexpected,
};
pub(crate) use record::{Of, Watch, settle_replaced_creatives};
pub(crate) use watched::MINOR_UNITS;
pub use watched::is_list;

/// What a difference is about: how it is filtered and named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SettingKind {
    /// A creative enhancement of Meta's: its pictures and texts are altered, or not any more.
    Enhancement,
    /// An automatism of Meta's decides on people or places, or not any more.
    Automation,
    Budget,
    /// Bids, and what is bid for.
    Bidding,
    Status,
    Audience,
    Placement,
    /// What counts as a result, and what links tell the website.
    Measurement,
    Schedule,
    /// What an ad says and shows.
    Creative,
    Other,
}

impl SettingKind {
    /// In the order in which they are offered.
    pub const ALL: [Self; 11] = [
        Self::Enhancement,
        Self::Automation,
        Self::Budget,
        Self::Bidding,
        Self::Status,
        Self::Audience,
        Self::Placement,
        Self::Measurement,
        Self::Schedule,
        Self::Creative,
        Self::Other,
    ];

    /// As it is stored, and its name in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enhancement => "enhancement",
            Self::Automation => "automation",
            Self::Budget => "budget",
            Self::Bidding => "bidding",
            Self::Status => "status",
            Self::Audience => "audience",
            Self::Placement => "placement",
            Self::Measurement => "measurement",
            Self::Schedule => "schedule",
            Self::Creative => "creative",
            Self::Other => "other",
        }
    }

    /// The kind of this word; `Other` for one of a newer Rumbo.
    pub(crate) fn of(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .unwrap_or(Self::Other)
    }
}

/// How much a difference may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Money, or Meta deciding: budgets, bids, something running again, an enhancement or an
    /// automatism turned on.
    High,
    /// Who sees what, and what counts as a result.
    Medium,
    /// Something of Meta's turned off.
    Low,
}

impl Severity {
    /// As it is stored, and its name in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        match word {
            "high" => Self::High,
            "low" => Self::Low,
            _ => Self::Medium,
        }
    }
}

/// Which of Meta's objects a setting is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SettingLevel {
    Campaign,
    AdSet,
    Ad,
    Creative,
}

impl SettingLevel {
    /// Its name in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::AdSet => "ad_set",
            Self::Ad => "ad",
            Self::Creative => "creative",
        }
    }
}

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![list::STATEMENTS, record::STATEMENTS]
}

#[cfg(test)]
mod tests;
