//! Signing in at Meta: OAuth 2.0 authorization code with PKCE (RFC 7636) and a loopback redirect
//! (RFC 8252), and the other ways for apps that Meta does not allow loopback.

use rumbo_base::{Code, Error, Language, Reason, Result, Secret};
use url::Url;

use crate::scopes::Feature;

mod attempt;
mod challenge;
mod exchange;
mod landing;
mod loopback;

pub use attempt::{Attempt, AuthorizationCode};
pub use exchange::{SignIn, TokenKind, check_token, inspect_token, renew_token, revoke};
pub use landing::{Answer, Landing, read_landing};
pub use loopback::{CALLBACK_PATH, DEFAULT_PORTS, redirect_uris};

/// Where the dialog is when no setting says otherwise.
pub const DEFAULT_DIALOG_URL: &str = "https://www.facebook.com";

/// How Meta sends the person back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectMode {
    /// To `http://localhost:PORT/oauth/meta`. Meta allows it only while the app is in
    /// development mode.
    Loopback,
    /// To Meta's own `login_success` page, which a window of ours watches.
    LoginSuccess,
    /// To a page of the person's own over https, which forwards to loopback
    /// (`docs/bounce/index.html`).
    HttpsBounce(Url),
}

/// What a sign-in needs to know.
#[derive(Clone, Debug)]
pub struct SignInSettings {
    /// The Meta app.
    pub app_id: String,
    /// With it the token lives about 60 days, without it hours.
    pub app_secret: Option<Secret>,
    /// The origin of the dialog ([`DEFAULT_DIALOG_URL`]), or its whole address.
    pub dialog_url: Url,
    /// Such as `v26.0`.
    pub version: String,
    /// How Meta sends the person back.
    pub redirect: RedirectMode,
    /// Loopback ports to try, in order.
    pub ports: Vec<u16>,
    /// What to ask permission for.
    pub features: Vec<Feature>,
    /// Ask again for what was declined before.
    pub rerequest: bool,
    /// The language of the page in the browser.
    pub language: Language,
    /// How long the person has.
    pub time_limit: std::time::Duration,
    /// How far this machine's clock may be from Meta's before the sign-in is refused: wrong days
    /// and countdowns would follow. `None` does not look.
    pub clock_tolerance: Option<chrono::TimeDelta>,
}

impl SignInSettings {
    /// The usual settings for an app.
    ///
    /// # Errors
    /// `InvalidInput` when the id is not one that Meta gives out.
    pub fn new(app_id: &str, app_secret: Option<Secret>) -> Result<Self> {
        let app_id = app_id.trim().to_owned();
        if app_id.is_empty() || !app_id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::new(
                Code::InvalidInput,
                "The Meta app id is a number. Copy it from the app's dashboard at \
                 developers.facebook.com.",
            )
            .reason(Reason::AppIdInvalid)
            .field("app_id"));
        }
        let dialog_url = Url::parse(DEFAULT_DIALOG_URL).map_err(Error::internal)?;
        Ok(Self {
            app_id,
            app_secret,
            dialog_url,
            version: crate::graph::DEFAULT_VERSION.to_owned(),
            redirect: RedirectMode::Loopback,
            ports: DEFAULT_PORTS.to_vec(),
            features: Feature::ALL.to_vec(),
            rerequest: false,
            language: Language::English,
            time_limit: std::time::Duration::from_mins(5),
            clock_tolerance: Some(crate::graph::CLOCK_TOLERANCE),
        })
    }
}
