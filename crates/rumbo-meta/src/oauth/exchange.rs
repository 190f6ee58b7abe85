//! Codes for tokens, tokens for longer ones, and what a token is worth.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, Error, Reason, Secret};
use serde::Deserialize;

use super::SignInSettings;
use super::attempt::AuthorizationCode;
use super::landing::redirect_not_registered;
use crate::error::MetaError;
use crate::graph::{GraphClient, GraphRequest};
use crate::marketing;
use crate::objects::{PermissionStatus, TokenInfo};
use crate::scopes::{Feature, ScopeNeed, missing_scopes};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A person's.
    User,
    /// A business's own, for unattended use.
    SystemUser,
    /// A page's.
    Page,
}

impl TokenKind {
    /// A stable word for storage and the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::SystemUser => "system_user",
            Self::Page => "page",
        }
    }
}

/// A finished sign-in. `token` belongs into the vault and nowhere else.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The token.
    pub token: Secret,
    /// What it is.
    pub token_kind: TokenKind,
    /// The app it was made for.
    pub app_id: String,
    /// Whose it is.
    pub meta_user_id: String,
    /// Their name.
    pub name: String,
    /// When it was made, as far as known.
    pub issued_at: DateTime<Utc>,
    /// `None`: it does not run out by time.
    pub expires_at: Option<DateTime<Utc>>,
    /// Access to data may run out although the token does not.
    pub data_access_expires_at: Option<DateTime<Utc>>,
    /// Granted permissions.
    pub granted: Vec<String>,
    /// Permissions that the person refused.
    pub declined: Vec<String>,
    /// Required permissions of the features that were not granted.
    pub missing: Vec<ScopeNeed>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Secret,
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct Debugged {
    data: TokenInfo,
}

/// Data of one kind of token that the debug call does not give.
struct Fresh {
    token: Secret,
    expires_in: Option<i64>,
}

pub(super) async fn exchange(
    graph: &GraphClient,
    settings: &SignInSettings,
    redirect_uri: &str,
    code: &AuthorizationCode,
    verifier: &Secret,
) -> Result<SignIn, Error> {
    let mut request = GraphRequest::get("oauth/access_token")
        .once()
        .param("client_id", &settings.app_id)
        .param("redirect_uri", redirect_uri)
        .param("code", code.0.expose())
        .param("code_verifier", verifier.expose());
    if let Some(secret) = &settings.app_secret {
        request = request.param("client_secret", secret.expose());
    }
    let answered: Result<TokenAnswer, MetaError> = graph.call(&request).await;
    graph.check_clock(settings.clock_tolerance)?;
    let short = answered.map_err(|error| exchange_error(error, settings, redirect_uri))?;
    let fresh = match &settings.app_secret {
        Some(secret) => lengthen(graph, &settings.app_id, secret, &short.access_token).await?,
        None => Fresh {
            token: short.access_token,
            expires_in: short.expires_in,
        },
    };
    let secret = settings.app_secret.clone();
    let sign_in = examine(
        graph,
        &settings.app_id,
        secret,
        fresh,
        &settings.features,
        None,
    )
    .await?;
    if sign_in.app_id != settings.app_id {
        return Err(super::landing::mismatch());
    }
    Ok(sign_in)
}

/// Looks at a token that was pasted, such as a system user's. `clock_tolerance` as in
/// [`SignInSettings`].
///
/// # Errors
/// `InvalidInput` for a token that Meta does not know or that is of another app than the secret;
/// `NeedsSignIn` for one that is not valid any more; `ClockSkew`.
pub async fn inspect_token(
    graph: &GraphClient,
    app_id: &str,
    app_secret: Option<Secret>,
    token: Secret,
    features: &[Feature],
    clock_tolerance: Option<TimeDelta>,
) -> Result<SignIn, Error> {
    let token = Secret::new(token.expose().trim().to_owned());
    if token.expose().len() < 20 || token.expose().contains(char::is_whitespace) {
        return Err(Error::new(
            Code::InvalidInput,
            "This is not an access token. Copy it whole, without spaces, from Business Settings, \
             System users.",
        )
        .reason(Reason::TokenMalformed)
        .field("token"));
    }
    examine(
        graph,
        app_id,
        app_secret,
        Fresh {
            token,
            expires_in: None,
        },
        features,
        clock_tolerance,
    )
    .await
}

/// Asks Meta what a token that is kept is still worth: its ends and its permissions.
///
/// # Errors
/// `NeedsSignIn` when it is not valid any more, and what calls can meet.
pub async fn check_token(
    graph: &GraphClient,
    app_id: &str,
    app_secret: Option<Secret>,
    token: Secret,
    features: &[Feature],
) -> Result<SignIn, Error> {
    let kept = Fresh {
        token,
        expires_in: None,
    };
    examine(graph, app_id, app_secret, kept, features, None).await
}

/// Makes a token that still works live about 60 days from now. Meta has no refresh token: one
/// that ran out cannot be renewed.
///
/// # Errors
/// `NeedsSignIn` when it ran out or was withdrawn.
pub async fn renew_token(
    graph: &GraphClient,
    app_id: &str,
    app_secret: &Secret,
    token: &Secret,
    features: &[Feature],
) -> Result<SignIn, Error> {
    let fresh = lengthen(graph, app_id, app_secret, token).await?;
    let secret = Some(app_secret.clone());
    examine(graph, app_id, secret, fresh, features, None).await
}

/// Withdraws all permissions at Meta, which ends every token of this person for the app. `graph`
/// speaks with the token.
///
/// # Errors
/// See [`MetaError`]; the token may be deleted here whatever Meta says.
pub async fn revoke(graph: &GraphClient, meta_user_id: &str) -> Result<(), MetaError> {
    let path = format!("{meta_user_id}/permissions");
    graph.send(&GraphRequest::delete(&path)).await.map(|_| ())
}

async fn lengthen(
    graph: &GraphClient,
    app_id: &str,
    app_secret: &Secret,
    token: &Secret,
) -> Result<Fresh, Error> {
    let request = GraphRequest::get("oauth/access_token")
        .param("grant_type", "fb_exchange_token")
        .param("client_id", app_id)
        .param("client_secret", app_secret.expose())
        .param("fb_exchange_token", token.expose());
    let answer: TokenAnswer = graph.call(&request).await?;
    Ok(Fresh {
        token: answer.access_token,
        expires_in: answer.expires_in,
    })
}

async fn examine(
    graph: &GraphClient,
    app_id: &str,
    app_secret: Option<Secret>,
    fresh: Fresh,
    features: &[Feature],
    clock_tolerance: Option<TimeDelta>,
) -> Result<SignIn, Error> {
    // With the secret the app itself asks; without it the token answers for itself.
    let asker = match &app_secret {
        Some(secret) => Secret::new(format!("{app_id}|{}", secret.expose())),
        None => fresh.token.clone(),
    };
    let request = GraphRequest::get("debug_token").param("input_token", fresh.token.expose());
    let debugged: Result<Debugged, MetaError> = graph.with_token(asker, None).call(&request).await;
    // A clock that is wrong explains more than what it makes of the answer.
    graph.check_clock(clock_tolerance)?;
    let info = debugged?.data;
    if !info.is_valid {
        return Err(invalid(info, app_id, app_secret.is_some()));
    }
    let token_app = info.app_id.clone().unwrap_or_else(|| app_id.to_owned());
    let app_secret = app_secret.filter(|_| token_app == app_id);
    let client = graph.with_token(fresh.token.clone(), app_secret);
    let me = marketing::me(&client).await?;
    let token_kind = match info.kind.as_deref() {
        Some("PAGE") => TokenKind::Page,
        Some("SYSTEM_USER") => TokenKind::SystemUser,
        _ => TokenKind::User,
    };
    let (granted, declined) = permissions(&client, token_kind, &info).await?;
    let now = graph.http().clock().now();
    let by_answer = fresh
        .expires_in
        .and_then(TimeDelta::try_seconds)
        .map(|life| now + life);
    Ok(SignIn {
        token: fresh.token,
        token_kind,
        app_id: token_app,
        meta_user_id: me.id,
        name: me.name.unwrap_or_default(),
        issued_at: info.issued_at.and_then(instant).unwrap_or(now),
        expires_at: match info.expires_at {
            Some(0) => None,
            Some(seconds) => instant(seconds),
            None => by_answer,
        },
        data_access_expires_at: info.data_access_expires_at.and_then(instant),
        missing: missing_scopes(features, &granted),
        granted,
        declined,
    })
}

/// The person's own list tells granted from declined; pages and system users have none.
async fn permissions(
    client: &GraphClient,
    kind: TokenKind,
    info: &TokenInfo,
) -> Result<(Vec<String>, Vec<String>), Error> {
    if kind != TokenKind::User {
        return Ok((info.scopes.clone(), Vec::new()));
    }
    let listed = marketing::permissions(client).await?;
    let with = |status: PermissionStatus| -> Vec<String> {
        let chosen = listed.iter().filter(|line| line.status == status);
        chosen.map(|line| line.permission.clone()).collect()
    };
    Ok((
        with(PermissionStatus::Granted),
        with(PermissionStatus::Declined),
    ))
}

fn invalid(info: TokenInfo, app_id: &str, with_secret: bool) -> Error {
    if with_secret && info.app_id.as_deref().is_some_and(|other| other != app_id) {
        return other_app(&info.app_id.unwrap_or_default(), app_id);
    }
    match info.error {
        Some(body) => MetaError::from(crate::error::GraphError::new(
            crate::error::ErrorBody {
                code: body.code.or(Some(190)),
                ..body
            },
            200,
        ))
        .into(),
        None => Error::new(
            Code::NeedsSignIn,
            "Meta says that this token is not valid. Make a new one, or connect again.",
        )
        .reason(Reason::TokenInvalid),
    }
}

fn other_app(theirs: &str, ours: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!(
            "This token was made for the Meta app {theirs}, but the settings name the app {ours}. \
             Use the token's own app id and secret, or make the token with the other app."
        ),
    )
    .reason(Reason::TokenOfOtherApp)
    .field("token")
    .param("token_app_id", theirs)
    .param("app_id", ours)
}

fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    (seconds > 0)
        .then(|| DateTime::from_timestamp(seconds, 0))
        .flatten()
}

/// What the exchange's own numbers mean: 36007 the code ran out, 36008 another redirect address,
/// 36009 the code was used, 101 no such app, 191 redirect address, 1 wrong secret or verifier.
fn exchange_error(error: MetaError, settings: &SignInSettings, redirect_uri: &str) -> Error {
    let Some(graph) = error.graph() else {
        return error.into();
    };
    match (graph.code, graph.subcode) {
        (191, _) | (100, Some(36_008)) => redirect_not_registered(redirect_uri).source(error),
        (100, _) => Error::new(
            Code::SignInExpired,
            "Meta did not take the code of this sign-in: it ran out or was used already. Start \
             the connection again and answer within a few minutes.",
        )
        .reason(Reason::CodeExpired)
        .source(error),
        (101, _) => Error::new(
            Code::InvalidInput,
            format!(
                "Meta knows no app with the id {}. Compare it with the app's dashboard at \
                 developers.facebook.com.",
                settings.app_id
            ),
        )
        .reason(Reason::AppUnknown)
        .field("app_id")
        .param("app_id", &settings.app_id)
        .source(error),
        (1, _) => {
            let (reason, sentence) = if settings.app_secret.is_some() {
                (
                    Reason::AppSecretWrong,
                    "Meta does not accept the app secret. Copy it again from the app's dashboard, \
                     Settings, Basic.",
                )
            } else {
                (
                    Reason::AppSecretNeeded,
                    "Meta wants the app secret for this app. Enter it in the settings, from the \
                     app's dashboard, Settings, Basic.",
                )
            };
            Error::new(Code::InvalidInput, sentence)
                .reason(reason)
                .field("app_secret")
                .source(error)
        }
        _ => error.into(),
    }
}
