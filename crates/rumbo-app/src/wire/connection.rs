//! The connection to Meta.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Reason, Secret};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    Connected,
    /// Ends within seven days.
    Expiring,
    Expired,
    /// Withdrawn at Meta, or the password was changed.
    Revoked,
    /// Works, but without some of what is switched on.
    MissingScope,
    /// Nobody is signed in.
    Missing,
}

/// A permission that was not granted, and what does not work without it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MissingPermission {
    /// Meta's name, such as `leads_retrieval`.
    pub scope: String,
    /// The feature that needs it: `ads`, `portfolios`, `leads`, `pages` or `whatsapp`.
    pub feature: String,
}

/// Who is signed in at Meta, until when, and with what.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Connection {
    pub state: ConnectionState,
    pub user_name: Option<String>,
    pub meta_user_id: Option<String>,
    /// `user`, `system_user` or `page`.
    pub token_kind: Option<String>,
    /// Null for a token that has no end.
    pub expires_at: Option<DateTime<Utc>>,
    pub data_access_expires_at: Option<DateTime<Utc>>,
    /// Whole days until it ends.
    pub days_left: Option<u32>,
    /// Whether one click (or Rumbo by itself) can renew it without a new sign-in.
    pub renews_itself: bool,
    pub granted: Vec<String>,
    pub missing: Vec<MissingPermission>,
    pub portfolio: Option<String>,
    pub last_checked_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    /// What kind of failure the last one was.
    pub last_error_code: Option<Code>,
    /// Which of its kind, and the values of its sentence: what the interface translates by.
    pub last_error_reason: Option<Reason>,
    pub last_error_params: BTreeMap<String, String>,
    /// Where the token lies: `keyring`, `passphrase` or `memory`.
    pub vault: String,
}

/// Asks for the connection, as last known. Never waits for a network.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetConnection {}

/// How Meta sends the person back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RedirectMode {
    /// `http://localhost:PORT/oauth/meta`: for apps in development mode only.
    Loopback,
    /// A window inside Rumbo that watches for Meta's `login_success` page.
    LoginSuccess,
    /// A page of the person's own site, over https, that forwards to loopback.
    HttpsBounce,
}

/// The Meta app to sign in with.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MetaApp {
    pub app_id: String,
    /// Whose app id is in force: `workspace`, `global` (kept for every workspace) or
    /// `environment`; null when none is known.
    pub app_id_source: Option<String>,
    /// Whether a secret is kept. It is never shown again.
    pub has_app_secret: bool,
    /// Whose secret is in force, likewise.
    pub app_secret_source: Option<String>,
    /// `https://graph.facebook.com` unless something stands in for it.
    pub graph_url: String,
    /// `https://www.facebook.com` unless something stands in for it.
    pub dialog_url: String,
    /// Such as `v26.0`.
    pub graph_version: String,
    pub redirect_mode: RedirectMode,
    /// For `https_bounce`: the address of the page.
    pub bounce_url: Option<String>,
    /// The loopback ports tried, in order: register the redirect for each.
    pub ports: Vec<u16>,
    /// The exact redirect addresses to register at the Meta app.
    pub redirect_uris: Vec<String>,
    /// What is switched on: `ads`, `portfolios`, `pages`, `leads`, `whatsapp`. What is off asks for
    /// no permission and reads nothing.
    pub features: Vec<String>,
    /// Every permission that the sign-in asks for, and for what.
    pub permissions: Vec<PermissionUse>,
    /// Every field that is read, by kind of object.
    pub fields: Vec<FieldUse>,
}

/// One permission that a feature asks for.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PermissionUse {
    /// Meta's name, such as `leads_retrieval`.
    pub scope: String,
    /// The feature that asks: `ads`, `portfolios`, `pages`, `leads` or `whatsapp`.
    pub feature: String,
    /// Whether the feature does not work at all without it.
    pub required: bool,
}

/// The fields read of one kind of object.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FieldUse {
    /// The feature that asks, as in [`PermissionUse`].
    pub feature: String,
    /// Meta's name of the kind of object, such as `Campaign`.
    pub object: String,
    /// Meta's names of the fields.
    pub fields: Vec<String>,
}

/// Asks for the Meta app in force.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetMetaApp {}

/// Changes the Meta app. Absent fields stay as they are.
#[derive(Clone, Debug, Default, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SaveMetaApp {
    pub app_id: Option<String>,
    /// Goes to the vault. An empty text removes it.
    #[specta(type = Option<String>)]
    pub app_secret: Option<Secret>,
    pub graph_url: Option<String>,
    pub dialog_url: Option<String>,
    pub graph_version: Option<String>,
    pub redirect_mode: Option<RedirectMode>,
    pub bounce_url: Option<String>,
    /// Loopback ports to try, in order. An empty list brings the usual ones back.
    pub ports: Option<Vec<u16>>,
    /// What is to be switched on, `ads` always. An empty list switches everything on.
    pub features: Option<Vec<String>>,
    /// Keep the app id and the secret for every workspace that has none of its own.
    #[serde(default)]
    pub everywhere: bool,
}

/// Begins a sign-in and opens the browser.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct StartSignIn {
    /// Ask Meta again for permissions that were declined.
    pub rerequest: bool,
}

/// A sign-in that waits for the person.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SignInStarted {
    /// The address of Meta's dialog.
    pub url: String,
    /// Whether a browser was opened, or a window of Rumbo's own; when not, the person opens the
    /// address.
    pub opened: bool,
    /// Where the person answers: in the browser, or in a window of Rumbo's own (`login_success`).
    pub redirect_mode: RedirectMode,
    pub redirect_uri: String,
    pub expires_at: DateTime<Utc>,
}

/// Asks how the sign-in stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetSignIn {}

/// How a sign-in stands.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignInStatus {
    /// None was begun.
    Idle,
    /// The browser is open and the person has not answered yet.
    Waiting {
        started: SignInStarted,
    },
    /// Meta answered; the code is being exchanged.
    Exchanging,
    /// Signed in.
    Done,
    Failed {
        error: super::WireError,
    },
}

/// Stops waiting for a sign-in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct CancelSignIn {}

/// Hands over the address on which the in-app window landed, or that the person copied.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct FinishSignIn {
    #[specta(type = String)]
    pub landed_url: Secret,
}

/// Connects with a token made elsewhere, such as a system user's.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct UseAccessToken {
    #[specta(type = String)]
    pub token: Secret,
}

/// A business portfolio at Meta.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Portfolio {
    pub id: String,
    pub name: String,
    pub verified: Option<bool>,
}

/// Asks Meta for the portfolios of the signed-in person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListPortfolios {}

/// Asks Meta for what a portfolio holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListAssets {
    /// Without it: everything the person may use, in no portfolio or any.
    pub portfolio_id: Option<String>,
}

/// An ad account as Meta lists it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AdAccountAsset {
    /// With `act_`.
    pub id: String,
    pub name: String,
    pub currency: String,
    pub timezone: String,
    /// `active`, `disabled`, `unsettled`, `pending`, `closed`.
    pub status: String,
    /// Why it cannot run ads, where Meta says so: `policy`, `review`, `payment`, `closed`,
    /// `compromised`, `grace` (unpaid, and still running) or `unsaid`.
    pub disable_reason: Option<String>,
    /// Owned by the portfolio, shared with it as a client's, or the person's own.
    pub relation: String,
    /// Spend of the last 28 days, where Meta said it.
    pub spent_28_days: Option<String>,
    /// Whether it can be synced.
    pub selectable: bool,
    pub selected: bool,
}

/// A page as Meta lists it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PageAsset {
    pub id: String,
    pub name: String,
    /// Active Instant Forms, where the permission to see them was granted.
    pub active_forms: Option<u32>,
    pub selected: bool,
}

/// A WhatsApp business account as Meta lists it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WhatsAppAsset {
    pub id: String,
    pub name: String,
    pub phone_numbers: Vec<WhatsAppNumber>,
    pub selected: bool,
}

/// A phone number of a WhatsApp business account.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WhatsAppNumber {
    pub id: String,
    pub display: String,
    pub verified_name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`, as Meta says it.
    pub quality: Option<String>,
    pub verified: bool,
}

/// What can be chosen in the wizard.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Assets {
    pub ad_accounts: Vec<AdAccountAsset>,
    pub pages: Vec<PageAsset>,
    pub whatsapp: Vec<WhatsAppAsset>,
    /// Parts that Meta refused, each with its reason; the rest is complete.
    pub problems: Vec<AssetProblem>,
}

/// A part of the list that could not be read.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AssetProblem {
    /// `ad_accounts`, `pages` or `whatsapp`.
    pub part: String,
    pub error: super::WireError,
}

/// Keeps the choice and starts the first sync.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SelectAssets {
    pub portfolio_id: Option<String>,
    pub portfolio_name: Option<String>,
    /// With or without `act_`.
    pub ad_account_ids: Vec<String>,
    pub page_ids: Vec<String>,
    pub whatsapp_ids: Vec<String>,
    /// Whether to start a sync at once.
    pub start_sync: bool,
}

/// Asks for the ad accounts kept here.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListAdAccounts {}

/// An ad account kept here.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AdAccountRow {
    pub id: rumbo_base::AdAccountId,
    /// With `act_`.
    pub external_id: String,
    pub name: String,
    pub currency: String,
    pub timezone: String,
    pub status: String,
    pub selected: bool,
    pub last_synced_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    /// What kind of failure the last one was.
    pub last_error_code: Option<Code>,
    /// Which of its kind, and the values of its sentence: what the interface translates by.
    pub last_error_reason: Option<Reason>,
    pub last_error_params: BTreeMap<String, String>,
}

/// Tries the connection against Meta.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct TestConnection {}

/// What a test of the connection found.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConnectionTest {
    pub user_name: String,
    pub scopes: Vec<String>,
    pub ad_accounts: u32,
    pub round_trip_ms: u32,
    /// As Meta names it, such as `standard_access`.
    pub api_tier: Option<String>,
    pub usage: Vec<ApiUsage>,
    /// Seconds this machine's clock is ahead of Meta's.
    pub clock_skew_seconds: Option<i32>,
}

/// How much of a limit is used.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ApiUsage {
    /// The app, or the ad account or page.
    pub name: String,
    /// 0 to 100 and above.
    pub percent: u32,
    pub regain_seconds: Option<u32>,
}

/// Signs out: revokes at Meta where it can be reached, and deletes the token here in any case.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct Disconnect {}

/// What signing out did.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Disconnected {
    /// False when Meta could not be reached: the token is gone here, and lapses there by itself.
    pub revoked_at_meta: bool,
    /// Another workspace that uses the same sign-in, by its name: withdrawing it at Meta would have
    /// ended that one too, so it was left.
    pub kept_for: Option<String>,
}
