//! Access tokens and the permissions they carry.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

/// Every permission the sandbox's app has been given the right to ask for.
pub(crate) const SCOPES: &[&str] = &[
    "public_profile",
    "email",
    "ads_read",
    "ads_management",
    "business_management",
    "leads_retrieval",
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_metadata",
    "pages_manage_ads",
    "pages_messaging",
    "instagram_basic",
    "instagram_manage_messages",
    "read_insights",
    "whatsapp_business_management",
    "whatsapp_business_messaging",
];

/// Life of a long-lived user token in seconds, as Meta's page shows it.
pub(crate) const LONG_LIFE: i64 = 5_183_944;
/// Life of a short-lived user token in seconds.
pub(crate) const SHORT_LIFE: i64 = 5_400;
/// How long data may be read after the person last signed in, in days.
pub(crate) const DATA_ACCESS_DAYS: i64 = 90;

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    User,
    SystemUser,
    App,
    Page(usize),
}

/// Why a token stopped working before its time: Meta's `error_subcode` beside code 190.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    AppRemoved,
    Checkpoint,
    PasswordChanged,
    Expired,
    Unconfirmed,
    Invalid,
    PageRoleLost,
    /// Nobody signed in with the person's account for 90 days.
    DataAccessExpired,
}

impl Death {
    pub(crate) const ALL: [Self; 8] = [
        Self::AppRemoved,
        Self::Checkpoint,
        Self::PasswordChanged,
        Self::Expired,
        Self::Unconfirmed,
        Self::Invalid,
        Self::PageRoleLost,
        Self::DataAccessExpired,
    ];

    pub(crate) fn subcode(self) -> i64 {
        match self {
            Self::AppRemoved => 458,
            Self::Checkpoint => 459,
            Self::PasswordChanged => 460,
            Self::Expired => 463,
            Self::Unconfirmed => 464,
            Self::Invalid => 467,
            Self::PageRoleLost => 492,
            // hello.js issue 548 quotes Meta's answer whole.
            Self::DataAccessExpired => 493,
        }
    }

    pub(crate) fn of(subcode: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|death| death.subcode() == subcode)
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::AppRemoved => {
                "Error validating access token: The user has not authorized application."
            }
            Self::Checkpoint => {
                "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions given."
            }
            Self::PasswordChanged => {
                "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."
            }
            Self::Expired => "Error validating access token: Session has expired.",
            Self::Unconfirmed => {
                "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user."
            }
            Self::Invalid => {
                "Error validating access token: The session is invalid because the user logged out."
            }
            Self::PageRoleLost => {
                "Error validating access token: The user must be an administrator, editor, or moderator of the page in order to impersonate it."
            }
            Self::DataAccessExpired => {
                "The access token is invalid since the user hasn't engaged the app in longer than 90 days."
            }
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub holder: Holder,
    pub granted: BTreeSet<String>,
    pub declined: BTreeSet<String>,
    pub issued: DateTime<Utc>,
    /// `None` never expires by itself.
    pub expires: Option<DateTime<Utc>>,
    pub data_access_expires: Option<DateTime<Utc>>,
    pub dead: Option<Death>,
}

impl Token {
    pub(crate) fn user(granted: BTreeSet<String>, now: DateTime<Utc>, life: i64) -> Self {
        Self {
            holder: Holder::User,
            granted,
            declined: BTreeSet::new(),
            issued: now,
            expires: Some(now + TimeDelta::seconds(life)),
            data_access_expires: Some(now + TimeDelta::days(DATA_ACCESS_DAYS)),
            dead: None,
        }
    }

    /// Why it does not work at this moment, if it does not.
    pub(crate) fn trouble(&self, now: DateTime<Utc>) -> Option<Death> {
        let over = |end: Option<DateTime<Utc>>| end.is_some_and(|end| end <= now);
        self.dead
            .or_else(|| over(self.expires).then_some(Death::Expired))
            .or_else(|| over(self.data_access_expires).then_some(Death::DataAccessExpired))
    }
}

pub(crate) fn all_scopes() -> BTreeSet<String> {
    SCOPES.iter().map(|&scope| scope.to_owned()).collect()
}
