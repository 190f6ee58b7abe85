//! What Meta says about a token.

use serde::Deserialize;

use crate::error::ErrorBody;

/// The `data` of `debug_token`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenInfo {
    /// The app it was made for.
    pub app_id: Option<String>,
    /// The app's name.
    pub application: Option<String>,
    /// `USER`, `SYSTEM_USER`, `PAGE`, `APP`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whose it is.
    pub user_id: Option<String>,
    /// Whether Meta takes it now.
    pub is_valid: bool,
    /// Granted permissions.
    pub scopes: Vec<String>,
    /// Granted permissions limited to some assets.
    pub granular_scopes: Vec<GranularScope>,
    /// Unix seconds; 0 when it does not run out by time.
    pub expires_at: Option<i64>,
    /// Unix seconds; access to data may run out although the token does not.
    pub data_access_expires_at: Option<i64>,
    /// Unix seconds.
    pub issued_at: Option<i64>,
    /// Why it is not valid.
    pub error: Option<ErrorBody>,
}

/// A permission limited to some assets.
#[derive(Clone, Debug, Deserialize)]
pub struct GranularScope {
    /// The permission.
    pub scope: String,
    /// The assets; all when absent.
    #[serde(default)]
    pub target_ids: Vec<String>,
}

/// One line of `/me/permissions`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Permission {
    /// The permission.
    pub permission: String,
    /// What the person chose.
    pub status: PermissionStatus,
}

/// What became of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionStatus {
    /// Given.
    Granted,
    /// Refused in the dialog.
    Declined,
    /// Not used for 90 days: has to be given again.
    Expired,
    /// A word that is not known.
    #[serde(other)]
    Unknown,
}
