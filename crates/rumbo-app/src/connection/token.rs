//! The token: in the vault, in a client, renewed in time.

use rumbo_base::{CacheTag, Code, Error, Result, Secret};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::oauth::SignIn;
use rumbo_meta::token::{TokenState, token_state};
use rumbo_platform::connections;
use rumbo_platform::vault::names::META_TOKEN;

use super::meta_app::{self, InForce};
use super::{FEATURES, facts, not_signed_in};
use crate::Context;
use crate::wire::RedirectMode;

/// A client without a token.
pub(super) fn bare_client(
    cx: &Context,
    app: &InForce,
    settings: GraphSettings,
) -> Result<GraphClient> {
    let config = &cx.app.0.config;
    let http = HttpClient::new(
        app.graph_url.clone(),
        HttpSettings::default(),
        config.clock.clone(),
    )?;
    let settings = GraphSettings {
        version: app.version.clone(),
        ..settings
    };
    Ok(GraphClient::new(http, settings, config.entropy.clone()))
}

/// A client that speaks with the workspace's token, for a person who waits.
pub(super) async fn interactive_client(cx: &Context) -> Result<GraphClient> {
    client(cx, GraphSettings::interactive()).await
}

/// A client that speaks with the workspace's token, for work in the background.
pub(crate) async fn background_client(cx: &Context) -> Result<GraphClient> {
    client(cx, GraphSettings::default()).await
}

async fn client(cx: &Context, settings: GraphSettings) -> Result<GraphClient> {
    let app = meta_app::in_force(cx).await?;
    let token = token(cx).await?.ok_or_else(not_signed_in)?;
    Ok(bare_client(cx, &app, settings)?.with_token(token, app.app_secret))
}

async fn token(cx: &Context) -> Result<Option<Secret>> {
    if !cx.workspace().await?.sample {
        return cx.app.secret(cx, META_TOKEN).await;
    }
    // The sandbox forgets its tokens when the program ends; the one it always knows goes on for
    // whoever was signed in.
    super::required(cx).await?;
    match cx.app.0.sign_ins.sample_token() {
        Some(token) => Ok(Some(token)),
        None => Ok(Some(Secret::new(cx.app.sample_meta().await?.access_token))),
    }
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
        graph_url: app.graph_url.to_string(),
        graph_version: app.version.clone(),
        redirect_mode: redirect_mode.to_owned(),
        has_app_secret: app.app_secret.is_some(),
        issued_at: sign_in.issued_at,
        expires_at: sign_in.expires_at,
        data_access_expires_at: sign_in.data_access_expires_at,
        last_checked_at: Some(scope.now()),
        last_error_code: None,
        last_error: None,
        revoked_at: None,
        granted_scopes: sign_in.granted,
        missing_scopes: sign_in
            .missing
            .iter()
            .map(|need| need.scope.to_owned())
            .collect(),
        portfolio_external_id: None,
        portfolio_name: None,
    };
    let mut tx = scope.write().await?;
    connections::save(&mut tx, scope, &connection).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Connection]);
    Ok(())
}

/// Deletes the token here.
pub(super) async fn forget(cx: &Context) -> Result<()> {
    if cx.workspace().await?.sample {
        cx.app.0.sign_ins.forget_sample_token();
        return Ok(());
    }
    cx.app.delete_secret(cx, META_TOKEN).await
}

/// Remembers how an attempt went; a sign-in that Meta no longer accepts is marked as such.
pub(crate) async fn remember<T>(
    cx: &Context,
    stored: &connections::Connection,
    attempt: &Result<T>,
) -> Result<()> {
    let scope = cx.scope()?;
    let error = attempt.as_ref().err();
    let code = error.map(|e| code_word(e.code()));
    let mut tx = scope.write().await?;
    match (error, &code) {
        (Some(error), Some(code)) if error.code() == Code::NeedsSignIn => {
            let what = (code.as_str(), error.message());
            connections::set_revoked(&mut tx, scope, stored.id, what).await?;
        }
        (Some(error), Some(code)) => {
            let what = Some((code.as_str(), error.message()));
            connections::set_checked(&mut tx, scope, stored.id, what).await?;
        }
        _ => connections::set_checked(&mut tx, scope, stored.id, None).await?,
    }
    tx.commit().await
}

fn code_word(code: Code) -> String {
    serde_json::to_value(code)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Renews a sign-in that ends within seven days, where Meta allows it. Says whether it did.
///
/// # Errors
/// `NeedsSignIn` when it has ended already, and what calls can meet.
pub(crate) async fn renew_if_due(cx: &Context) -> Result<bool> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let Some(stored) = connections::current(&mut tx, scope.workspace).await? else {
        return Ok(false);
    };
    drop(tx);
    let due = token_state(Some(&facts(&stored)), scope.now()) == TokenState::Expiring;
    let app = meta_app::in_force(cx).await?;
    let (Some(secret), true, "user") = (&app.app_secret, due, stored.token_kind.as_str()) else {
        return Ok(false);
    };
    let token = token(cx).await?.ok_or_else(not_signed_in)?;
    let client = bare_client(cx, &app, GraphSettings::default())?;
    let renewed =
        rumbo_meta::oauth::renew_token(&client, &app.app_id, secret, &token, &FEATURES).await;
    cx.app.heard(&renewed);
    match renewed {
        Ok(sign_in) if sign_in.meta_user_id == stored.meta_user_id => {
            keep(cx, &app, sign_in, false).await?;
            Ok(true)
        }
        Ok(_) => Err(Error::internal("a renewed token belongs to another person")),
        Err(error) => {
            let failed: Result<()> = Err(error);
            remember(cx, &stored, &failed).await?;
            failed.map(|()| false)
        }
    }
}
