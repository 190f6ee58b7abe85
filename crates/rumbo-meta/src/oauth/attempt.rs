//! One sign-in, from the address of the dialog to the code, used once.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use rumbo_base::{Clock, Code, Entropy, Error, Reason, Secret, WorkspaceId};
use tokio::sync::Mutex;
use url::Url;

use super::challenge::{challenge, unguessable};
use super::exchange::{self, SignIn};
use super::landing::{Landing, mismatch, read_landing};
use super::loopback::Listener;
use super::{RedirectMode, SignInSettings};
use crate::graph::GraphClient;
use crate::scopes::scopes_for;

/// One sign-in of one workspace. Its state, verifier and listener end with it.
#[derive(Debug)]
pub struct Attempt {
    settings: SignInSettings,
    workspace: WorkspaceId,
    redirect_uri: Url,
    state: Secret,
    verifier: Secret,
    expires_at: DateTime<Utc>,
    clock: Clock,
    listener: Mutex<Option<Listener>>,
    answered: AtomicBool,
}

/// A code that was given to an attempt, to be exchanged by it.
#[derive(Debug)]
pub struct AuthorizationCode(pub(super) Secret);

impl Attempt {
    /// Begins a sign-in: takes a port where the redirect needs one, and makes up what cannot be
    /// guessed.
    ///
    /// # Errors
    /// `PortsTaken` when every port of the list is in use; `InvalidInput` for a bounce address
    /// that is not https.
    pub async fn begin(
        settings: SignInSettings,
        workspace: WorkspaceId,
        clock: &Clock,
        entropy: &Entropy,
    ) -> Result<Self, Error> {
        let listener = match settings.redirect {
            RedirectMode::LoginSuccess => None,
            RedirectMode::Loopback | RedirectMode::HttpsBounce(_) => {
                Some(Listener::bind(&settings.ports).await?)
            }
        };
        let random = unguessable(entropy);
        let (redirect_uri, state) = match (&settings.redirect, &listener) {
            (RedirectMode::HttpsBounce(page), Some(listener)) => {
                if page.scheme() != "https" {
                    return Err(Error::new(
                        Code::InvalidInput,
                        "The address of the forwarding page has to begin with https://.",
                    )
                    .reason(Reason::BounceNotHttps)
                    .field("bounce_url"));
                }
                // The page has to know which port to forward to, and only the state comes back.
                (
                    page.clone(),
                    Secret::new(format!("{}.{}", random.expose(), listener.port())),
                )
            }
            (_, Some(listener)) => (listener.redirect_uri()?, random),
            (_, None) => (
                settings
                    .dialog_url
                    .join("/connect/login_success.html")
                    .map_err(Error::internal)?,
                random,
            ),
        };
        let limit = chrono::TimeDelta::from_std(settings.time_limit).map_err(Error::internal)?;
        Ok(Self {
            workspace,
            redirect_uri,
            state,
            verifier: unguessable(entropy),
            expires_at: clock.now() + limit,
            clock: clock.clone(),
            listener: Mutex::new(listener),
            answered: AtomicBool::new(false),
            settings,
        })
    }

    /// The address to open in the browser or in the window. It holds the state: never log it.
    pub fn dialog_url(&self) -> Url {
        let mut url = self.settings.dialog_url.clone();
        if !url.path().ends_with("/dialog/oauth") {
            url.set_path(&format!("/{}/dialog/oauth", self.settings.version));
        }
        let scopes = scopes_for(&self.settings.features).join(",");
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.app_id)
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("state", self.state.expose())
            .append_pair("response_type", "code")
            .append_pair("scope", &scopes)
            .append_pair("code_challenge", &challenge(&self.verifier))
            .append_pair("code_challenge_method", "S256");
        if self.settings.rerequest {
            url.query_pairs_mut().append_pair("auth_type", "rerequest");
        }
        url
    }

    /// The exact address Meta sends the person back to: what has to be registered.
    pub fn redirect_uri(&self) -> &str {
        self.redirect_uri.as_str()
    }

    /// Until when an answer is taken.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// The workspace it was begun for.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Waits for the browser to come back to the loopback address. Dropping the future closes
    /// the port.
    ///
    /// # Errors
    /// `SignInDenied`, `SignInMismatch`, `SignInExpired` (nobody answered in time),
    /// `RedirectNotRegistered`, `MetaRefused`. The attempt is over with each of them.
    pub async fn wait(&self) -> Result<AuthorizationCode, Error> {
        let Some(listener) = self.listener.lock().await.take() else {
            return Err(Error::new(
                Code::Conflict,
                "This sign-in does not wait for the browser, or somebody waits already.",
            )
            .reason(Reason::NoSignInWaiting));
        };
        let state = self.state.clone();
        let redirect_uri = self.redirect_uri.to_string();
        let outcome = listener
            .serve(
                self.settings.language,
                self.expires_at,
                &self.clock,
                move |answer| answer.code_for(&state, &redirect_uri),
            )
            .await;
        self.use_once()?;
        outcome.map(AuthorizationCode)
    }

    /// Takes the address that the in-app window landed on or that the person copied. `None`
    /// means that it is not the redirect address: keep watching.
    ///
    /// # Errors
    /// As [`Attempt::wait`], and `SignInMismatch` for another workspace or a second answer.
    pub fn landed(
        &self,
        workspace: WorkspaceId,
        landed: &Secret,
    ) -> Result<Option<AuthorizationCode>, Error> {
        let Ok(url) = Url::parse(landed.expose().trim()) else {
            return Err(Error::new(
                Code::InvalidInput,
                "This is not an address. Copy the whole address from the browser.",
            )
            .reason(Reason::LandedNotAddress)
            .field("landed_url"));
        };
        let answer = match read_landing(&url, &self.redirect_uri) {
            Landing::NotYet => return Ok(None),
            Landing::Answer(answer) => answer,
        };
        self.use_once()?;
        if workspace != self.workspace {
            return Err(mismatch());
        }
        if self.clock.now() >= self.expires_at {
            return Err(super::loopback::too_late());
        }
        answer
            .code_for(&self.state, self.redirect_uri.as_str())
            .map(|code| Some(AuthorizationCode(code)))
    }

    /// Exchanges the code for a token, makes it long-lived where the app's secret is known, and
    /// asks Meta what the token is worth. `graph` needs no token.
    ///
    /// # Errors
    /// `SignInExpired` when the code ran out or was used before, `RedirectNotRegistered`,
    /// `InvalidInput` for a wrong app id or secret, `ClockSkew`, and what calls can meet.
    pub async fn exchange(
        &self,
        graph: &GraphClient,
        code: AuthorizationCode,
    ) -> Result<SignIn, Error> {
        exchange::exchange(
            graph,
            &self.settings,
            self.redirect_uri.as_str(),
            &code,
            &self.verifier,
        )
        .await
    }

    fn use_once(&self) -> Result<(), Error> {
        if self.answered.swap(true, Ordering::SeqCst) {
            Err(mismatch())
        } else {
            Ok(())
        }
    }
}
