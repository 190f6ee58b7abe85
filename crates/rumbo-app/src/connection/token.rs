//! The token: in the vault, and in a client.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{CacheTag, Code, Error, Reason, Result, Secret, Told};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::oauth::SignIn;
use rumbo_platform::connections;
use rumbo_platform::vault::names::META_TOKEN;

use super::meta_app::{self, InForce, Places};
use crate::Context;
use crate::wire::RedirectMode;

/// A client without a token.
pub(super) fn bare_client(
    cx: &Context,
    places: &Places,
    settings: GraphSettings,
) -> Result<GraphClient> {
    let config = &cx.app.0.config;
    let http = HttpClient::new(
        places.graph_url.clone(),
        HttpSettings::default(),
        config.clock.clone(),
    )?;
    let settings = GraphSettings {
        version: places.version.clone(),
        ..settings
    };
    Ok(GraphClient::new(http, settings, config.entropy.clone()))
}

/// A client that speaks with the workspace's token, for a person who waits.
pub(crate) async fn interactive_client(cx: &Context) -> Result<GraphClient> {
    client(cx, GraphSettings::interactive()).await
}

/// A client that speaks with the workspace's token, for work in the background.
pub(crate) async fn background_client(cx: &Context) -> Result<GraphClient> {
    client(cx, GraphSettings::default()).await
}

async fn client(cx: &Context, settings: GraphSettings) -> Result<GraphClient> {
    let app = meta_app::in_force(cx).await?;
    let token = token(cx).await?;
    Ok(bare_client(cx, &app.places, settings)?.with_token(token, app.app_secret))
}

/// Whether the vault holds the token, as it was last seen. The vault is not asked each time a
/// screen is drawn: a keyring may ask the person in turn.
#[derive(Clone, Debug)]
pub(crate) enum InVault {
    Held,
    /// The vault was emptied or changed by another program.
    Gone,
    /// It could not be looked into, such as a keyring that is locked: why, and when that was.
    Unknown {
        code: Code,
        message: String,
        told: Told,
        at: DateTime<Utc>,
    },
}

/// A vault that could not be looked into is left in peace this long by what runs by itself.
const LEFT_IN_PEACE: TimeDelta = TimeDelta::minutes(10);

impl InVault {
    /// Whether work that nobody asked for may read the token.
    pub(crate) fn may_be_read(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Held => true,
            Self::Gone => false,
            Self::Unknown { at, .. } => now - *at >= LEFT_IN_PEACE,
        }
    }
}

/// Reads the token of the sign-in.
///
/// # Errors
/// `NeedsSignIn` when nobody is signed in, or when the vault does not hold the token any more;
/// `KeyringUnavailable`, `WrongPassphrase` and the like for a vault that cannot be opened.
pub(super) async fn token(cx: &Context) -> Result<Secret> {
    super::required(cx).await?;
    if cx.workspace().await?.sample {
        // The sandbox forgets its tokens when the program ends; the one it always knows goes on
        // for whoever was signed in.
        return match cx.app.0.sign_ins.sample_token() {
            Some(token) => Ok(token),
            None => Ok(Secret::new(cx.app.sample_meta().await?.access_token)),
        };
    }
    let scope = cx.scope()?;
    let (seen, token) = match cx.app.require_secret(cx, META_TOKEN).await {
        Ok(token) => (InVault::Held, Ok(token)),
        Err(error) if is_gone(&error) => (InVault::Gone, Err(gone().source(error))),
        Err(error) => {
            let unknown = InVault::Unknown {
                code: error.code(),
                message: error.message().to_owned(),
                told: error.told(),
                at: scope.now(),
            };
            (unknown, Err(error))
        }
    };
    if cx.app.0.sign_ins.saw(scope.workspace, seen) {
        cx.changed(&[CacheTag::Connection]);
    }
    token
}

/// Whether the vault holds the token, as last seen; looks when nobody has looked yet.
pub(super) async fn in_vault(cx: &Context) -> Result<InVault> {
    let scope = cx.scope()?;
    if cx.workspace().await?.sample {
        return Ok(InVault::Held);
    }
    if let Some(seen) = cx.app.0.sign_ins.seen(scope.workspace) {
        return Ok(seen);
    }
    // What is found is noted there.
    drop(token(cx).await);
    Ok(cx
        .app
        .0
        .sign_ins
        .seen(scope.workspace)
        .unwrap_or(InVault::Held))
}

fn is_gone(error: &Error) -> bool {
    error.code() == Code::NotFound || error.reason_id() == Some(Reason::KeyringChanged)
}

pub(super) fn gone() -> Error {
    Error::new(
        Code::NeedsSignIn,
        "The vault does not hold the Meta sign-in any more: it was emptied or changed by another \
         program. Connect Meta again; what is stored stays.",
    )
    .reason(Reason::SignInNotInVault)
}

/// Keeps a finished sign-in: the token in the vault, the rest in the store.
pub(super) async fn keep(cx: &Context, app: &InForce, sign_in: SignIn, pasted: bool) -> Result<()> {
    let scope = cx.scope()?;
    if cx.workspace().await?.sample {
        cx.app.0.sign_ins.keep_sample_token(sign_in.token.clone());
    } else {
        cx.app
            .set_secret(cx, META_TOKEN, sign_in.token.clone())
            .await?;
        cx.app.0.sign_ins.saw(scope.workspace, InVault::Held);
    }
    let redirect_mode = match app.redirect {
        _ if pasted => "pasted",
        RedirectMode::Loopback => "loopback",
        RedirectMode::LoginSuccess => "login_success",
        RedirectMode::HttpsBounce => "https_bounce",
    };
    let connection = connections::Connection {
        id: scope.id(),
        meta_user_id: sign_in.meta_user_id,
        meta_user_name: sign_in.name,
        token_kind: sign_in.token_kind.word().to_owned(),
        app_id: sign_in.app_id,
        graph_url: app.places.graph_url.to_string(),
        graph_version: app.places.version.clone(),
        redirect_mode: redirect_mode.to_owned(),
        has_app_secret: app.app_secret.is_some(),
        issued_at: sign_in.issued_at,
        expires_at: sign_in.expires_at,
        data_access_expires_at: sign_in.data_access_expires_at,
        last_checked_at: Some(scope.now()),
        last_error_code: None,
        last_error: None,
        last_error_told: None,
        revoked_at: None,
        missing_scopes: meta_app::missing(&app.features, &sign_in.granted),
        granted_scopes: sign_in.granted,
        portfolio_external_id: None,
        portfolio_name: None,
        renewal_tried_at: None,
    };
    let mut tx = scope.write().await?;
    connections::save(&mut tx, scope, &connection).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Connection]);
    Ok(())
}

/// Deletes the token here.
pub(super) async fn forget(cx: &Context) -> Result<()> {
    let workspace = cx.scope()?.workspace;
    if cx.workspace().await?.sample {
        cx.app.0.sign_ins.forget_sample_token();
        return Ok(());
    }
    cx.app.delete_secret(cx, META_TOKEN).await?;
    cx.app.0.sign_ins.forget_vault(workspace);
    Ok(())
}
