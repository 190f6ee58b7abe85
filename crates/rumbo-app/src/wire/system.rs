//! Errors, events and the state of the program.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{CacheTag, Code, Error};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A failure as a shell sees it. The message is English; the interface translates by code and
/// params.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WireError {
    pub code: Code,
    pub message: String,
    /// The input that is wrong.
    pub field: Option<String>,
    pub params: BTreeMap<String, String>,
    pub retry_after_ms: Option<u32>,
}

impl From<&Error> for WireError {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.message().to_owned(),
            field: error.field_name().map(str::to_owned),
            params: error.params().clone(),
            retry_after_ms: error
                .wait()
                .map(|w| u32::try_from(w.as_millis()).unwrap_or(u32::MAX)),
        }
    }
}

impl From<Error> for WireError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

/// Something that every open view may care about.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CoreEvent {
    /// Stored things changed: what was read from them is stale.
    Changed { tags: Vec<CacheTag> },
    /// The sync moved on.
    Sync { progress: Box<super::SyncProgress> },
    /// The sign-in moved on.
    SignIn { status: super::SignInStatus },
    /// Meta became reachable or unreachable.
    Network { online: bool, since: DateTime<Utc> },
}

/// Asks about this program.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct GetAppInfo {}

/// This program and its data.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AppInfo {
    pub version: String,
    pub data_dir: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    pub database_bytes: Option<u32>,
    pub schema_version: u32,
    pub log_dir: String,
    pub online: bool,
    /// Since when it is so.
    pub network_since: DateTime<Utc>,
    /// The sync interval's next turn.
    pub next_sync_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

/// Asks for the choices of this machine's person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct GetPreferences {}

/// Choices of this machine's person. They belong to no workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Preferences {
    /// `en`, `es`, `pt`, or with a region; the system's when null.
    pub language: Option<String>,
    /// `light`, `dark`; the system's when null.
    pub theme: Option<String>,
    /// `compact` or `comfortable`.
    pub density: Option<String>,
    /// Named states of views (columns, sort, filters), as the interface keeps them.
    pub views: BTreeMap<String, String>,
}

/// Examines this installation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct RunDoctor {}

/// One finding of the examination.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DoctorCheck {
    /// Stable name, such as `disk_space`.
    pub name: String,
    /// `ok`, `warning` or `failed`.
    pub outcome: String,
    pub detail: String,
    /// What to do, when something is wrong.
    pub fix: Option<String>,
}

/// Nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Done {}
