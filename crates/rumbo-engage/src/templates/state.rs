//! What a template's state is, by the word the provider gave (docs/states.md).

use serde::{Deserialize, Serialize};

/// What Rumbo makes of a template's state. Only an approved one can be sent.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum TemplateState {
    /// Nothing of it is at the provider.
    Draft,
    /// Somebody else of the workspace looks at it first.
    InReview,
    /// The provider looks at it.
    Pending,
    Approved,
    Rejected,
    /// Not sent for a while, by the provider.
    Paused,
    /// Not sent any more, by the provider.
    Disabled,
    /// Put away by the provider after a year without use.
    Archived,
    /// The provider's word is not known here, or it did not answer. Never guessed.
    Unknown,
}

impl TemplateState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::InReview,
        Self::Pending,
        Self::Approved,
        Self::Rejected,
        Self::Paused,
        Self::Disabled,
        Self::Archived,
        Self::Unknown,
    ];

    /// The word it is stored and written by.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
            Self::Archived => "archived",
            Self::Unknown => "unknown",
        }
    }

    /// What a provider's word comes to.
    pub fn of(word: &str) -> Self {
        PROVIDER_STATUSES
            .iter()
            .find(|status| status.word.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |status| status.state)
    }

    /// Whether Meta lets a template in this state be edited.
    pub fn can_be_edited(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::Paused)
    }
}

/// A provider's word for a state.
#[derive(Clone, Copy, Debug)]
pub struct ProviderStatus {
    /// As Meta and YCloud write it.
    pub word: &'static str,
    pub state: TemplateState,
    /// What it means.
    pub means: &'static str,
}

const fn status(word: &'static str, state: TemplateState, means: &'static str) -> ProviderStatus {
    ProviderStatus { word, state, means }
}

/// Every word that is known; any other is [`TemplateState::Unknown`], and kept as it came.
pub const PROVIDER_STATUSES: &[ProviderStatus] = &[
    status("PENDING", TemplateState::Pending, "under review"),
    status(
        "IN_APPEAL",
        TemplateState::Pending,
        "the rejection is looked at again",
    ),
    status("APPROVED", TemplateState::Approved, "can be sent"),
    status("REINSTATED", TemplateState::Approved, "can be sent again"),
    status(
        "REJECTED",
        TemplateState::Rejected,
        "refused in review, with a reason",
    ),
    status(
        "PAUSED",
        TemplateState::Paused,
        "not sent for a while: its quality fell, or its pace was held",
    ),
    status(
        "DISABLED",
        TemplateState::Disabled,
        "not sent any more: its quality stayed low, or it broke a policy",
    ),
    status(
        "PENDING_DELETION",
        TemplateState::Disabled,
        "being deleted; what was sent may still arrive",
    ),
    status(
        "DELETED",
        TemplateState::Disabled,
        "deleted at the provider",
    ),
    status(
        "ARCHIVED",
        TemplateState::Archived,
        "without use for 12 months; deleted after 28 days more",
    ),
    status(
        "UNARCHIVED",
        TemplateState::Unknown,
        "out of the archive: the next pull says what it is",
    ),
    status(
        "FLAGGED",
        TemplateState::Unknown,
        "at risk of being disabled: the next pull says whether it can be sent",
    ),
    status(
        "LOCKED",
        TemplateState::Unknown,
        "cannot be edited: the next pull says whether it can be sent",
    ),
    status(
        "LIMIT_EXCEEDED",
        TemplateState::Unknown,
        "the account has too many templates: the next pull says what it is",
    ),
];
