//! Errors, events and the state of the program.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{CacheTag, Code, Error, Reason, WorkspaceId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A failure as a shell sees it. The message is English; the interface translates by the reason,
/// or where there is none by the code, and puts in the params.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WireError {
    pub code: Code,
    pub message: String,
    /// The input that is wrong.
    pub field: Option<String>,
    /// Which of the failures of its code it is; docs/errors.md lists them.
    pub reason: Option<Reason>,
    /// The values of the sentence.
    pub params: BTreeMap<String, String>,
    pub retry_after_ms: Option<u32>,
}

impl From<&Error> for WireError {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.message().to_owned(),
            field: error.field_name().map(str::to_owned),
            reason: error.reason_id(),
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
    /// Another workspace is in use, or none: what is on screen belongs to the one before.
    Switched { workspace: Option<WorkspaceId> },
    /// Stored things changed: what was read from them is stale. In every workspace when none is
    /// named.
    Changed {
        workspace: Option<WorkspaceId>,
        tags: Vec<CacheTag>,
    },
    /// The sync of a workspace moved on.
    Sync {
        workspace: WorkspaceId,
        progress: Box<super::SyncProgress>,
    },
    /// The sign-in of a workspace moved on.
    SignIn {
        workspace: WorkspaceId,
        status: super::SignInStatus,
    },
    /// Meta became reachable or unreachable, or another attempt to reach it failed.
    Network {
        online: bool,
        since: DateTime<Utc>,
        next_try_at: Option<DateTime<Utc>>,
    },
}

/// Asks about this program.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
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
    /// When Rumbo tries by itself to reach Meta again, while it cannot be reached.
    pub next_try_at: Option<DateTime<Utc>>,
    /// The sync interval's next turn.
    pub next_sync_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

/// Tries whether Meta can be reached now.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct TryNetwork {}

/// Whether Meta can be reached, as the last attempt found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NetworkState {
    pub online: bool,
    /// Since when it is so.
    pub since: DateTime<Utc>,
    /// When Rumbo tries again by itself, while Meta cannot be reached.
    pub next_try_at: Option<DateTime<Utc>>,
}

/// Asks for the choices of this machine's person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetPreferences {}

/// Choices of this machine's person. They belong to no workspace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct Preferences {
    /// `en`, `es`, `pt`, or with a region; the system's when null.
    pub language: Option<String>,
    /// `light`, `dark`; the system's when null.
    pub theme: Option<String>,
    /// `compact` or `comfortable`.
    pub density: Option<String>,
    /// How large the window is drawn, in percent from 50 to 300; 100 when null.
    pub zoom: Option<u32>,
    /// The system tells when a template is approved, rejected, paused or disabled, or changes its
    /// category or quality.
    pub notify_templates: bool,
    /// Named states of views (columns, sort, filters), as the interface keeps them.
    pub views: BTreeMap<String, String>,
}

/// Examines this installation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RunDoctor {}

/// One finding of the examination.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DoctorCheck {
    /// Stable name, such as `disk_space`.
    pub name: String,
    /// `ok`, `warning` or `failed`.
    pub outcome: String,
    pub detail: String,
    /// What `detail` says, as docs/errors.md lists it: what the interface translates by.
    pub reason: Option<Reason>,
    /// The values of its sentence.
    pub params: BTreeMap<String, String>,
    /// What to do, when something is wrong.
    pub fix: Option<String>,
    /// The same, as docs/errors.md lists it.
    pub fix_reason: Option<Reason>,
}

/// Nothing to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Done {}
