//! The connection to Meta: which app, who is signed in, what was chosen.

mod assets;
mod meta_app;
mod sign_in;
mod token;

use chrono::{DateTime, Utc};
use rumbo_base::{CacheTag, Code, Error, Result};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::marketing;
use rumbo_meta::scopes::{Feature, SCOPES};
use rumbo_meta::token::{TokenFacts, TokenState, days_left, token_state};
use rumbo_meta::usage::Subject;
use rumbo_platform::connections;

pub use assets::{list_ad_accounts, list_assets, list_portfolios, select_assets};
pub use meta_app::{get_meta_app, save_meta_app};
pub(crate) use sign_in::SignIns;
pub use sign_in::{
    cancel_sign_in, finish_sign_in, get_sign_in, is_answer, start_sign_in, use_access_token,
};
pub(crate) use token::{background_client, remember, renew_if_due};

use crate::Context;
use crate::wire::{
    ApiUsage, Connection, ConnectionState, ConnectionTest, Disconnect, Disconnected, GetConnection,
    MissingPermission, TestConnection,
};

/// What every workspace asks permission for.
pub(crate) const FEATURES: [Feature; 5] = Feature::ALL;

/// The connection, as last known. Never waits for a network.
pub async fn get_connection(cx: &Context, _req: GetConnection) -> Result<Connection> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let stored = connections::current(&mut tx, scope.workspace).await?;
    drop(tx);
    Ok(shown(cx, stored.as_ref()))
}

pub(crate) fn facts(stored: &connections::Connection) -> TokenFacts {
    TokenFacts {
        expires_at: stored.expires_at,
        data_access_expires_at: stored.data_access_expires_at,
        revoked: stored.revoked_at.is_some(),
        misses_scope: !stored.missing_scopes.is_empty(),
    }
}

fn shown(cx: &Context, stored: Option<&connections::Connection>) -> Connection {
    let now: DateTime<Utc> = cx.app.0.config.clock.now();
    let facts = stored.map(facts);
    let state = match token_state(facts.as_ref(), now) {
        TokenState::Connected => ConnectionState::Connected,
        TokenState::Expiring => ConnectionState::Expiring,
        TokenState::Expired => ConnectionState::Expired,
        TokenState::Revoked => ConnectionState::Revoked,
        TokenState::MissingScope => ConnectionState::MissingScope,
        TokenState::Missing => ConnectionState::Missing,
    };
    let missing = stored.map_or(&[][..], |s| s.missing_scopes.as_slice());
    Connection {
        state,
        user_name: stored.map(|s| s.meta_user_name.clone()),
        meta_user_id: stored.map(|s| s.meta_user_id.clone()),
        token_kind: stored.map(|s| s.token_kind.clone()),
        expires_at: stored.and_then(|s| s.expires_at),
        data_access_expires_at: stored.and_then(|s| s.data_access_expires_at),
        days_left: facts.as_ref().and_then(|f| days_left(f, now)),
        renews_itself: stored.is_some_and(|s| s.has_app_secret && s.token_kind == "user"),
        granted: stored.map(|s| s.granted_scopes.clone()).unwrap_or_default(),
        missing: missing
            .iter()
            .map(|scope| MissingPermission {
                scope: scope.clone(),
                feature: SCOPES
                    .iter()
                    .find(|need| need.scope == scope)
                    .map_or("ads", |need| need.feature.word())
                    .to_owned(),
            })
            .collect(),
        portfolio: stored.and_then(|s| s.portfolio_name.clone()),
        last_checked_at: stored.and_then(|s| s.last_checked_at),
        last_error: stored.and_then(|s| s.last_error.clone()),
        last_error_code: stored.and_then(|s| code_of(s.last_error_code.as_deref())),
        vault: cx.app.vault_kind().to_owned(),
    }
}

/// The kind of failure that a stored word names.
pub(crate) fn code_of(word: Option<&str>) -> Option<Code> {
    serde_json::from_value(word?.into()).ok()
}

/// The sign-in in force.
///
/// # Errors
/// `NeedsSignIn` when there is none.
pub(crate) async fn required(cx: &Context) -> Result<connections::Connection> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    connections::current(&mut tx, scope.workspace)
        .await?
        .ok_or_else(not_signed_in)
}

fn not_signed_in() -> Error {
    Error::new(
        Code::NeedsSignIn,
        "Nobody is signed in at Meta. Connect Meta first; what is stored stays.",
    )
}

/// Asks Meta for anything, without a token: whatever comes back came over the network.
pub(crate) async fn reach(cx: &Context) -> Result<()> {
    let app = meta_app::in_force(cx).await?;
    let client = token::bare_client(cx, &app, GraphSettings::interactive())?;
    cx.app
        .heard(&marketing::me(&client).await.map_err(Error::from));
    Ok(())
}

/// Tries the connection against Meta, and remembers how it went.
///
/// # Errors
/// `NeedsSignIn`, `Offline`, and what calls can meet.
pub async fn test_connection(cx: &Context, _req: TestConnection) -> Result<ConnectionTest> {
    let stored = required(cx).await?;
    let client = token::interactive_client(cx).await?;
    let tested = test(&client).await;
    cx.app.heard(&tested);
    token::remember(cx, &stored, &tested).await?;
    cx.changed(&[CacheTag::Connection]);
    tested
}

async fn test(client: &GraphClient) -> Result<ConnectionTest> {
    let start = std::time::Instant::now();
    let me = marketing::me(client).await?;
    let round_trip = start.elapsed();
    let permissions = marketing::permissions(client).await?;
    let accounts: Vec<rumbo_meta::objects::AdAccount> =
        marketing::my_ad_accounts(client).collect().await?;
    let readings = client.usage().readings();
    Ok(ConnectionTest {
        user_name: me.name.unwrap_or(me.id),
        scopes: permissions
            .into_iter()
            .filter(|p| p.status == rumbo_meta::objects::PermissionStatus::Granted)
            .map(|p| p.permission)
            .collect(),
        ad_accounts: u32::try_from(accounts.len()).unwrap_or(u32::MAX),
        round_trip_ms: u32::try_from(round_trip.as_millis()).unwrap_or(u32::MAX),
        api_tier: readings.iter().find_map(|r| r.tier.clone()),
        usage: readings
            .iter()
            .map(|reading| ApiUsage {
                name: match &reading.subject {
                    Subject::App => "app".to_owned(),
                    Subject::Object(id) => id.clone(),
                },
                percent: whole_percent(reading.percent),
                regain_seconds: None,
            })
            .collect(),
        clock_skew_seconds: client
            .http()
            .skew()
            .and_then(|skew| i32::try_from(-skew.ahead.num_seconds()).ok()),
    })
}

/// A percentage without its fraction, rounded up: nearly full must not look free.
pub(crate) fn whole_percent(percent: f64) -> u32 {
    (0..=1_000)
        .find(|whole| f64::from(*whole) >= percent)
        .unwrap_or(1_000)
}

/// Signs out: revokes at Meta where it can be reached, and deletes the token here in any case.
///
/// # Errors
/// When the store cannot be written, or the vault cannot be opened.
pub async fn disconnect(cx: &Context, _req: Disconnect) -> Result<Disconnected> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let stored = connections::current(&mut tx, scope.workspace).await?;
    drop(tx);
    crate::sync::stop(cx).await;
    let revoked_at_meta = match (&stored, token::interactive_client(cx).await) {
        (Some(stored), Ok(client)) => rumbo_meta::oauth::revoke(&client, &stored.meta_user_id)
            .await
            .is_ok(),
        _ => false,
    };
    token::forget(cx).await?;
    let mut tx = scope.write().await?;
    connections::remove(&mut tx, scope.workspace).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Connection, CacheTag::AdAccounts]);
    Ok(Disconnected { revoked_at_meta })
}
