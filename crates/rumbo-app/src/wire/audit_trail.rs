//! Who did what.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::UserId;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::PageRequest;

/// Which entries: all of them where nothing is given.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields, default)]
pub struct AuditWanted {
    /// The name of a command, such as `submit_template`.
    pub action: Option<String>,
    /// `template`, `bulk_send`, `dispatch`, `conversation`, `contact`, `message`, …
    pub object_kind: Option<String>,
    pub object_id: Option<String>,
    pub actor: Option<UserId>,
    /// Days in UTC, the last one included.
    pub since: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
}

/// What was done, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListAudit {
    #[serde(default)]
    pub wanted: AuditWanted,
    pub page: PageRequest,
}

/// Something that somebody did.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditRow {
    /// Its place: one after the other, without gaps.
    pub seq: String,
    pub at: DateTime<Utc>,
    /// `null` where Rumbo did it by itself.
    pub actor: Option<String>,
    /// The name of the command.
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// What was otherwise before, as JSON in text.
    pub before: Option<String>,
    pub after: Option<String>,
    /// Of the entry and the one before it.
    pub hash: String,
}

/// Holds every entry against its hash.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct VerifyAudit {}

/// Whether the entries are whole.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AuditStanding {
    /// As many as are whole.
    pub entries: String,
    /// The first that is missing, or other than it was; `null` where all are whole.
    pub broken_at: Option<String>,
}

/// Writes entries into a file.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ExportAudit {
    #[serde(default)]
    pub wanted: AuditWanted,
    pub path: String,
    /// Semicolons between cells, for spreadsheets in Spanish and Portuguese.
    #[serde(default)]
    pub semicolon: bool,
}
