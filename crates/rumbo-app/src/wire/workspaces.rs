//! Workspaces and their settings.

use rumbo_base::WorkspaceId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// One workspace in the list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    /// Lower case, unique on this machine: names the workspace on the command line.
    pub slug: String,
    pub name: String,
    /// Whether it is the sample workspace, played by the sandbox.
    pub sample: bool,
    pub locale: String,
    pub timezone: String,
    /// Null until chosen, by hand or by the first ad account.
    pub currency: Option<String>,
    pub archived: bool,
    /// Whether it is the one in use.
    pub current: bool,
}

/// Asks for all workspaces.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListWorkspaces {}

/// Makes a workspace and switches to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct CreateWorkspace {
    pub name: String,
    /// Reporting currency; taken from the first ad account when absent.
    pub currency: Option<String>,
    /// IANA time zone; UTC when absent.
    pub timezone: Option<String>,
    /// `en`, `es`, `pt`, or with a region such as `es-AR`; `en` when absent.
    pub locale: Option<String>,
}

/// Switches to a workspace.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct UseWorkspace {
    /// Its id, slug or exact name.
    pub workspace: String,
}

/// Opens the sample workspace, making it on first use: the sandbox plays Meta on this machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct OpenSampleWorkspace {}

/// Archives a workspace or brings it back. Nothing is deleted.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ArchiveWorkspace {
    pub id: WorkspaceId,
    pub archived: bool,
}

/// Deletes a workspace and everything in it, after making a backup.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct DeleteWorkspace {
    pub id: WorkspaceId,
    /// The workspace's exact name, typed by the person.
    pub confirm: String,
}

/// What deleting a workspace left behind.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DeletedWorkspace {
    /// Where the backup made before lies.
    pub backup: String,
    /// Whether its sign-in was withdrawn at Meta: not when it had none, when Meta could not be
    /// reached, or when another workspace uses the same one.
    pub revoked_at_meta: bool,
}

/// Asks for the settings of the workspace in use.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetWorkspaceSettings {}

/// The settings of the workspace in use.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceSettings {
    pub name: String,
    pub locale: String,
    pub timezone: String,
    pub currency: Option<String>,
    /// ISO 3166 two-letter code, for reading phone numbers written without a prefix.
    pub phone_region: Option<String>,
    /// Minutes between syncs: 240 unless changed, 15 at least.
    pub sync_interval_minutes: u32,
    /// What the sync also reads Meta's figures by, each by calls of its own. None unless asked for.
    #[serde(default)]
    pub breakdowns: Vec<rumbo_base::Breakdown>,
    /// Which of Meta's nested action types counts as a lead, most wanted first: an ad-day takes
    /// the first entry it has any of. Types that never overlap may stand in one entry, joined by
    /// `+`, and are summed. Empty: the default.
    pub lead_actions: Vec<String>,
    /// Which counts as a purchase and gives its value, likewise.
    pub purchase_actions: Vec<String>,
    /// How reports credit when nobody says otherwise.
    pub attribution: super::Attribution,
    /// Somebody else looks at a template before it is submitted.
    #[serde(default)]
    pub template_review: bool,
    /// What whoever asks is called, in every workspace. Stays as it is when absent.
    #[serde(default)]
    pub your_name: Option<String>,
}

/// What the first-run screen needs to know.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct SetupState {
    /// The workspace in use, if there is one.
    pub workspace: Option<WorkspaceRow>,
    pub connected: bool,
    /// Ad accounts chosen.
    pub ad_accounts: u32,
    /// Whether a sync has finished at least once.
    pub synced: bool,
    /// Whether ad figures are there, by sync or by import.
    pub has_insights: bool,
    pub has_contacts: bool,
    pub has_sales: bool,
}

/// Asks how far setting up has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetSetupState {}
