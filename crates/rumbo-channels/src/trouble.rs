//! Why a channel cannot be used, as a word that each language has a sentence for.

use serde::{Deserialize, Serialize};

/// Why a channel cannot be used, or what limits it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum TroubleKind {
    /// The number is not paired with a phone: a code has to be scanned.
    NotPaired,
    /// The number was paired, and the phone ended it. The detail is the provider's word.
    SessionLost,
    /// The provider does not take the key, token or password.
    CredentialRefused,
    /// The provider has no such number, instance or page. The detail names it.
    SenderUnknown,
    /// The account at the provider is not in use. The detail is the provider's word for its state.
    AccountInactive,
    /// The number is not in use. The detail is the provider's word for its state.
    SenderInactive,
    /// The page has no Instagram account.
    InstagramMissing,
    /// The provider rates the number's quality as low. It still sends.
    QualityLow,
    /// The server cannot be reached. The detail says how that failed.
    Unreachable,
    /// The provider refuses, in its own words: the detail.
    Refused,
}

/// Why a channel cannot be used, with what the provider said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub kind: TroubleKind,
    /// The provider's own word or words, in its language; without secrets.
    pub detail: Option<String>,
}

impl Trouble {
    /// A refusal in the provider's words.
    pub fn refused(words: impl Into<String>) -> Self {
        Self::with(TroubleKind::Refused, words)
    }

    /// One with what the provider said.
    pub fn with(kind: TroubleKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: Some(detail.into()).filter(|text: &String| !text.trim().is_empty()),
        }
    }
}

impl From<TroubleKind> for Trouble {
    fn from(kind: TroubleKind) -> Self {
        Self { kind, detail: None }
    }
}
