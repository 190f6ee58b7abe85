//! Who may do what: permissions by module and action, and what the built-in roles have of them.

use std::collections::BTreeSet;

use rumbo_base::{Result, UserId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;

statements! {
    ROLE = "SELECT r.name, r.level, r.built_in, r.permissions FROM memberships m \
            JOIN roles r ON r.workspace_id = m.workspace_id AND r.id = m.role_id \
            WHERE m.workspace_id = $1 AND m.user_id = $2";
}

/// The roles every workspace has, with their levels (SPEC U1). They cannot be edited or deleted.
pub const BUILT_IN_ROLES: [(&str, i64); 6] = [
    ("super_admin", 100),
    ("admin", 80),
    ("manager", 60),
    ("agent", 40),
    ("analyst", 30),
    ("viewer", 10),
];

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $grants:expr;)*) => {
        /// One thing that a role may allow.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name, `module.action`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Which of [`BUILT_IN_ROLES`] have it, in their order.
            fn grants(self) -> [bool; 6] {
                match self { $(Self::$name => $grants.map(|grant: u8| grant == 1),)* }
            }
        }
    };
}

// The columns are super_admin, admin, manager, agent, analyst, viewer.
permissions! {
    /// Figures: home, campaigns, creatives, the age of the data, sync runs.
    AnalyticsView     = "analytics.view",     [1, 1, 1, 1, 1, 1];
    /// Keeping, changing and removing views of figures.
    ViewsManage       = "views.manage",       [1, 1, 1, 1, 1, 0];
    /// Contacts with their history.
    ContactsView      = "contacts.view",      [1, 1, 1, 1, 1, 0];
    /// Adding, changing and merging contacts, and their touchpoints.
    ContactsManage    = "contacts.manage",    [1, 1, 1, 1, 0, 0];
    /// Conversations, and what each messaging channel sent and received.
    ConversationsView = "conversations.view", [1, 1, 1, 1, 1, 0];
    /// Answering, assigning and ending conversations, and their notes.
    ConversationsManage = "conversations.manage", [1, 1, 1, 1, 0, 0];
    /// The board of opportunities.
    PipelineView      = "pipeline.view",      [1, 1, 1, 1, 1, 1];
    /// Adding, changing and moving opportunities.
    PipelineManage    = "pipeline.manage",    [1, 1, 1, 1, 0, 0];
    /// The stages of the board.
    PipelineConfigure = "pipeline.configure", [1, 1, 1, 0, 0, 0];
    /// Sales.
    SalesView         = "sales.view",         [1, 1, 1, 1, 1, 1];
    /// Adding, completing, cancelling and refunding sales.
    SalesManage       = "sales.manage",       [1, 1, 1, 1, 0, 0];
    /// Entering, correcting and removing what was spent outside the ad accounts.
    SpendManage       = "spend.manage",       [1, 1, 1, 0, 0, 0];
    /// WhatsApp templates, what happened to them and how they fare; reading them from the provider.
    TemplatesView     = "templates.view",     [1, 1, 1, 1, 1, 1];
    /// Writing, submitting and deleting WhatsApp templates.
    TemplatesManage   = "templates.manage",   [1, 1, 1, 0, 0, 0];
    /// The outbox, bulk sends and what became of each message.
    OutboxView        = "outbox.view",        [1, 1, 1, 1, 1, 0];
    /// Writing to many: starting, pausing and withdrawing bulk sends, and settling messages.
    MessagesSend      = "messages.send",      [1, 1, 1, 0, 0, 0];
    /// Bringing in files and comparing them, and their mappings.
    ImportsRun        = "imports.run",        [1, 1, 1, 0, 0, 0];
    /// Writing files.
    ExportsRun        = "exports.run",        [1, 1, 1, 0, 1, 0];
    /// Starting and stopping a sync.
    SyncRun           = "sync.run",           [1, 1, 1, 0, 0, 0];
    /// Saying that a changed setting at Meta was meant.
    SettingChangesMark = "setting_changes.mark", [1, 1, 1, 0, 0, 0];
    /// Who is signed in at Meta, and what that reaches.
    ConnectionView    = "connection.view",    [1, 1, 1, 1, 1, 1];
    /// Signing in and out at Meta, and choosing ad accounts and pages.
    ConnectionManage  = "connection.manage",  [1, 1, 0, 0, 0, 0];
    /// The settings of the workspace, as they are.
    SettingsView      = "settings.view",      [1, 1, 1, 1, 1, 1];
    /// Changing them, and archiving the workspace.
    SettingsManage    = "settings.manage",    [1, 1, 0, 0, 0, 0];
    /// Who did what.
    AuditView         = "audit.view",        [1, 1, 1, 0, 0, 0];
    /// Deleting the workspace.
    WorkspacesDelete  = "workspaces.delete",  [1, 0, 0, 0, 0, 0];
    /// Examining the installation.
    DiagnosticsRun    = "diagnostics.run",    [1, 1, 1, 0, 0, 0];
}

/// What one person may do in one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The role's name.
    pub role: String,
    /// 1 to 100; nobody grants a level above their own.
    pub level: i64,
    granted: BTreeSet<&'static str>,
}

impl Access {
    /// What a built-in role may do; `None` when there is no such role.
    pub fn of_built_in(role: &str) -> Option<Self> {
        let (place, (name, level)) = BUILT_IN_ROLES
            .iter()
            .enumerate()
            .find(|(_, (name, _))| *name == role)?;
        Some(Self {
            role: (*name).to_owned(),
            level: *level,
            granted: Permission::ALL
                .iter()
                .filter(|p| p.grants().get(place).copied().unwrap_or(false))
                .map(|p| p.name())
                .collect(),
        })
    }

    /// Whether it is allowed.
    pub fn allows(&self, permission: Permission) -> bool {
        self.granted.contains(permission.name())
    }
}

/// What a person may do in a workspace: nothing when they are no member of it.
///
/// # Errors
/// When the store cannot be read.
pub async fn access(tx: &mut Tx, workspace: WorkspaceId, user: UserId) -> Result<Option<Access>> {
    type Role = (String, i64, bool, Json<Vec<String>>);
    let role: Option<Role> = on_tx!(tx, |c| sqlx::query_as(ROLE)
        .bind(workspace)
        .bind(user)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(role.and_then(|(name, level, built_in, Json(permissions))| {
        if built_in {
            return Access::of_built_in(&name);
        }
        Some(Access {
            role: name,
            level,
            granted: Permission::ALL
                .iter()
                .map(|p| p.name())
                .filter(|name| permissions.iter().any(|p| p == name))
                .collect(),
        })
    }))
}

#[cfg(test)]
mod tests;
