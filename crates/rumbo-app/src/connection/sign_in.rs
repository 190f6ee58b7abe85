//! Signing in: one attempt a workspace, in the browser, in a window, or with a pasted token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rumbo_base::{Code, Error, Language, Reason, Result, Secret, WorkspaceId};
use rumbo_meta::graph::{CLOCK_TOLERANCE, GraphSettings};
use rumbo_meta::oauth::{self, Attempt, AuthorizationCode, Landing, SignInSettings};
use tokio::task::AbortHandle;
use url::Url;

use super::meta_app::{self, InForce};
use super::token::InVault;
use super::{get_connection, token};
use crate::Context;
use crate::wire::{
    CancelSignIn, Connection, CoreEvent, Done, FinishSignIn, GetConnection, GetSignIn,
    RedirectMode, SignInStarted, SignInStatus, StartSignIn, UseAccessToken, WireError,
};

/// The sign-ins that wait for somebody.
#[derive(Debug, Default)]
pub(crate) struct SignIns(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    slots: HashMap<WorkspaceId, Slot>,
    sample_token: Option<Secret>,
    in_vault: HashMap<WorkspaceId, InVault>,
}

#[derive(Debug)]
struct Slot {
    attempt: Arc<Attempt>,
    app: InForce,
    status: SignInStatus,
    waiting: Option<AbortHandle>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(task) = &self.waiting {
            task.abort();
        }
    }
}

impl SignIns {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sample_token(&self) -> Option<Secret> {
        self.lock().sample_token.clone()
    }

    pub(super) fn keep_sample_token(&self, token: Secret) {
        self.lock().sample_token = Some(token);
    }

    pub(super) fn forget_sample_token(&self) {
        self.lock().sample_token = None;
    }

    /// Whether the vault holds the token of a workspace, as last seen.
    pub(crate) fn seen(&self, workspace: WorkspaceId) -> Option<InVault> {
        self.lock().in_vault.get(&workspace).cloned()
    }

    /// Notes what the vault was seen to hold. Says whether that is news.
    pub(super) fn saw(&self, workspace: WorkspaceId, seen: InVault) -> bool {
        let held = matches!(seen, InVault::Held);
        let before = self.lock().in_vault.insert(workspace, seen);
        before.is_some_and(|before| matches!(before, InVault::Held) != held)
    }

    /// Forgets what the vault was seen to hold.
    pub(super) fn forget_vault(&self, workspace: WorkspaceId) {
        self.lock().in_vault.remove(&workspace);
    }

    /// Drops a sign-in that waits.
    pub(super) fn drop_waiting(&self, workspace: WorkspaceId) -> bool {
        self.lock().slots.remove(&workspace).is_some()
    }

    fn status(&self, workspace: WorkspaceId) -> SignInStatus {
        self.lock()
            .slots
            .get(&workspace)
            .map_or(SignInStatus::Idle, |slot| slot.status.clone())
    }

    /// Moves an attempt on, unless another one has taken its place meanwhile.
    fn set(&self, workspace: WorkspaceId, attempt: &Arc<Attempt>, status: SignInStatus) -> bool {
        let mut state = self.lock();
        match state.slots.get_mut(&workspace) {
            Some(slot) if Arc::ptr_eq(&slot.attempt, attempt) => {
                slot.status = status;
                true
            }
            _ => false,
        }
    }
}

fn language(cx: &Context, locale: &str) -> Language {
    let chosen = cx.app.0.state.get().preferences.language;
    Language::of(chosen.as_deref().unwrap_or(locale))
}

/// Begins a sign-in and opens the browser. One that waited before is dropped.
///
/// # Errors
/// `InvalidInput` when no app id is known, `PortsTaken`.
pub async fn start_sign_in(cx: &Context, req: StartSignIn) -> Result<SignInStarted> {
    let scope = cx.scope()?;
    let workspace = scope.workspace;
    let app = meta_app::in_force(cx).await?;
    if app.app_id.is_empty() {
        return Err(Error::new(
            Code::InvalidInput,
            "Rumbo signs in through a Meta app. Enter the app id first; docs/meta-app.md shows where it is.",
        )
        .reason(Reason::AppIdNeeded)
        .field("app_id"));
    }
    let mut settings = SignInSettings::new(&app.app_id, app.app_secret.clone())?;
    settings.dialog_url = app.places.dialog_url.clone();
    settings.version = app.places.version.clone();
    settings.features.clone_from(&app.features);
    settings.ports.clone_from(&app.ports);
    settings.rerequest = req.rerequest;
    settings.language = language(cx, &cx.workspace().await?.locale);
    settings.redirect = match (app.redirect, &app.bounce_url) {
        (RedirectMode::Loopback, _) => oauth::RedirectMode::Loopback,
        (RedirectMode::LoginSuccess, _) => oauth::RedirectMode::LoginSuccess,
        (RedirectMode::HttpsBounce, Some(url)) => oauth::RedirectMode::HttpsBounce(url.clone()),
        (RedirectMode::HttpsBounce, None) => {
            return Err(Error::new(
                Code::InvalidInput,
                "Enter the https address of your forwarding page first.",
            )
            .reason(Reason::BounceNeeded)
            .field("bounce_url"));
        }
    };
    // The port of an attempt that still waits is needed again.
    cx.app.0.sign_ins.drop_waiting(workspace);
    tokio::task::yield_now().await;
    let attempt =
        Arc::new(Attempt::begin(settings, workspace, &scope.clock, &scope.entropy).await?);
    let url = attempt.dialog_url();
    let in_browser = app.redirect != RedirectMode::LoginSuccess;
    let config = &cx.app.0.config;
    let opened = if in_browser {
        config.open_browser && open::that_detached(url.as_str()).is_ok()
    } else {
        config.sign_in_window
    };
    let started = SignInStarted {
        url: url.to_string(),
        opened,
        redirect_mode: app.redirect,
        redirect_uri: attempt.redirect_uri().to_owned(),
        expires_at: attempt.expires_at(),
    };
    let status = SignInStatus::Waiting {
        started: started.clone(),
    };
    let slot = Slot {
        attempt: attempt.clone(),
        app: app.clone(),
        status: status.clone(),
        waiting: None,
    };
    cx.app.0.sign_ins.lock().slots.insert(workspace, slot);
    cx.app.emit(CoreEvent::SignIn { workspace, status });
    if in_browser {
        let task = tokio::spawn({
            let (cx, attempt) = (cx.clone(), attempt.clone());
            async move {
                match attempt.wait().await {
                    Ok(code) => drop(exchange(&cx, &attempt, &app, code).await),
                    Err(error) => fail(&cx, &attempt, &error),
                }
            }
        });
        if let Some(slot) = cx.app.0.sign_ins.lock().slots.get_mut(&workspace) {
            slot.waiting = Some(task.abort_handle());
        }
    }
    Ok(started)
}

fn moved(cx: &Context, attempt: &Arc<Attempt>, status: SignInStatus) {
    let workspace = attempt.workspace();
    if cx.app.0.sign_ins.set(workspace, attempt, status.clone()) {
        cx.app.emit(CoreEvent::SignIn { workspace, status });
    }
}

fn fail(cx: &Context, attempt: &Arc<Attempt>, error: &Error) {
    tracing::warn!(error = error.chain(), "sign-in failed");
    moved(
        cx,
        attempt,
        SignInStatus::Failed {
            error: WireError::from(error),
        },
    );
}

async fn exchange(
    cx: &Context,
    attempt: &Arc<Attempt>,
    app: &InForce,
    code: AuthorizationCode,
) -> Result<()> {
    moved(cx, attempt, SignInStatus::Exchanging);
    let done = async {
        let client = token::bare_client(cx, &app.places, GraphSettings::interactive())?;
        let sign_in = attempt.exchange(&client, code).await;
        cx.app.heard(&sign_in);
        token::keep(cx, app, sign_in?, false).await
    };
    match done.await {
        Ok(()) => {
            moved(cx, attempt, SignInStatus::Done);
            Ok(())
        }
        Err(error) => {
            fail(cx, attempt, &error);
            Err(error)
        }
    }
}

/// How the sign-in stands.
pub async fn get_sign_in(cx: &Context, _req: GetSignIn) -> Result<SignInStatus> {
    Ok(cx.app.0.sign_ins.status(cx.scope()?.workspace))
}

/// Stops waiting for a sign-in.
pub async fn cancel_sign_in(cx: &Context, _req: CancelSignIn) -> Result<Done> {
    let workspace = cx.scope()?.workspace;
    if cx.app.0.sign_ins.drop_waiting(workspace) {
        cx.app.emit(CoreEvent::SignIn {
            workspace,
            status: SignInStatus::Idle,
        });
    }
    Ok(Done {})
}

/// Whether a window that watches a sign-in has come to the redirect address, with an answer in it.
pub fn is_answer(address: &str, redirect_uri: &str) -> bool {
    match (Url::parse(address), Url::parse(redirect_uri)) {
        (Ok(landed), Ok(redirect)) => {
            matches!(oauth::read_landing(&landed, &redirect), Landing::Answer(_))
        }
        _ => false,
    }
}

/// Takes the address on which the in-app window landed, or that the person copied.
///
/// # Errors
/// `Conflict` when no sign-in waits, and everything a sign-in can end with.
pub async fn finish_sign_in(cx: &Context, req: FinishSignIn) -> Result<Connection> {
    let workspace = cx.scope()?.workspace;
    let waiting = cx
        .app
        .0
        .sign_ins
        .lock()
        .slots
        .get(&workspace)
        .map(|slot| (slot.attempt.clone(), slot.app.clone()));
    let (attempt, app) = waiting.ok_or_else(|| {
        Error::new(Code::Conflict, "No sign-in is waiting. Begin one first.")
            .reason(Reason::NoSignInWaiting)
    })?;
    match attempt.landed(workspace, &req.landed_url) {
        Ok(Some(code)) => exchange(cx, &attempt, &app, code).await?,
        Ok(None) => {
            return Err(Error::new(
                Code::InvalidInput,
                format!(
                    "This is not the address of the answer. It begins with {}.",
                    attempt.redirect_uri()
                ),
            )
            .reason(Reason::LandedElsewhere)
            .field("landed_url")
            .param("redirect_uri", attempt.redirect_uri()));
        }
        Err(error) => {
            fail(cx, &attempt, &error);
            return Err(error);
        }
    }
    get_connection(cx, GetConnection {}).await
}

/// Connects with a token made elsewhere, such as a system user's.
///
/// # Errors
/// `InvalidInput` for a text that is no token, `NeedsSignIn` for one that is not valid any more.
pub async fn use_access_token(cx: &Context, req: UseAccessToken) -> Result<Connection> {
    let app = meta_app::in_force(cx).await?;
    let client = token::bare_client(cx, &app.places, GraphSettings::interactive())?;
    let secret = app.app_secret.clone();
    let tolerance = (!cx.workspace().await?.sample).then_some(CLOCK_TOLERANCE);
    let found = oauth::inspect_token(
        &client,
        &app.app_id,
        secret,
        req.token,
        &app.features,
        tolerance,
    )
    .await;
    cx.app.heard(&found);
    token::keep(cx, &app, found?, true).await?;
    get_connection(cx, GetConnection {}).await
}
