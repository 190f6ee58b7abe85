//! Who is signed in at Meta for a workspace, and which pages and WhatsApp accounts were chosen.
//!
//! The token lies in the vault and nowhere else; these rows hold what may be seen.

mod assets;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rumbo_base::{ConnectionId, Told};

pub use assets::{
    Page, STATEMENTS as ASSET_STATEMENTS, WhatsAppAccount, pages, select_pages,
    select_whatsapp_accounts, set_page_error, whatsapp_accounts,
};
pub use store::{
    STATEMENTS, choose_portfolio, current, remove, save, set_checked, set_expired,
    set_missing_scopes, set_renewal_tried, set_revoked, set_worth,
};

/// A sign-in at Meta, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    pub id: ConnectionId,
    pub meta_user_id: String,
    pub meta_user_name: String,
    /// `user`, `system_user` or `page`.
    pub token_kind: String,
    pub app_id: String,
    pub graph_url: String,
    pub graph_version: String,
    /// `loopback`, `login_success`, `https_bounce` or `pasted`.
    pub redirect_mode: String,
    /// Whether an app secret stands behind it, so that it can be renewed and signed.
    pub has_app_secret: bool,
    pub issued_at: DateTime<Utc>,
    /// `None` for a token without an end.
    pub expires_at: Option<DateTime<Utc>>,
    pub data_access_expires_at: Option<DateTime<Utc>>,
    pub last_checked_at: Option<DateTime<Utc>>,
    /// The code of the last failure, as `rumbo_base::Code` writes it.
    pub last_error_code: Option<String>,
    pub last_error: Option<String>,
    /// What tells it in another language.
    pub last_error_told: Option<Told>,
    /// When Meta said that it is no longer valid.
    pub revoked_at: Option<DateTime<Utc>>,
    pub granted_scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
    pub portfolio_external_id: Option<String>,
    pub portfolio_name: Option<String>,
    /// When it was last tried to make it live longer; `None` since the last sign-in.
    pub renewal_tried_at: Option<DateTime<Utc>>,
}

/// What Meta says that a token is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// `None` for a token without an end.
    pub expires_at: Option<DateTime<Utc>>,
    pub data_access_expires_at: Option<DateTime<Utc>>,
    pub granted_scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
}
