//! The connection to Meta: which app, who is signed in, what was chosen.

mod assets;
mod meta_app;
mod sign_in;
mod token;
mod trial;
mod upkeep;

use chrono::{DateTime, Utc};
use rumbo_base::{CacheTag, Code, Error, Reason, Result, Told};
use rumbo_meta::graph::GraphSettings;
use rumbo_meta::marketing;
use rumbo_meta::scopes::{Feature, SCOPES};
use rumbo_meta::token::{TokenFacts, TokenState, days_left, token_state};
use rumbo_platform::audit::{self, Deed};
use rumbo_platform::{connections, workspaces};

pub use assets::{list_ad_accounts, list_assets, list_portfolios, select_assets};
pub use meta_app::{get_meta_app, save_meta_app};
pub(crate) use sign_in::SignIns;
pub use sign_in::{
    cancel_sign_in, finish_sign_in, get_sign_in, is_answer, start_sign_in, use_access_token,
};
use token::InVault;
pub(crate) use token::{background_client, interactive_client};
pub use trial::test_connection;
pub(crate) use trial::whole_percent;
pub(crate) use upkeep::{after_sync, renew_if_due};

use crate::Context;
use crate::wire::{
    Connection, ConnectionState, Disconnect, Disconnected, GetConnection, MissingPermission,
};

/// The connection, as last known. Never waits for a network.
pub async fn get_connection(cx: &Context, _req: GetConnection) -> Result<Connection> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let stored = connections::current(&mut tx, scope.workspace).await?;
    drop(tx);
    let in_vault = match &stored {
        Some(_) => token::in_vault(cx).await?,
        None => InVault::Held,
    };
    Ok(shown(cx, stored.as_ref(), &in_vault))
}

/// Looks into the vault again, and gives the connection as it is then.
pub(crate) async fn look_again(cx: &Context) -> Result<Connection> {
    // What is found is noted, and shown.
    drop(token::token(cx).await);
    get_connection(cx, GetConnection {}).await
}

/// The secret of the Meta app in force: what it signs its webhooks with.
pub(crate) async fn app_secret(cx: &Context) -> Result<Option<rumbo_base::Secret>> {
    // The sample's app calls nobody.
    if cx.workspace().await?.sample {
        return Ok(None);
    }
    Ok(meta_app::in_force(cx).await?.app_secret)
}

/// Whether work that nobody asked for may use the sign-in, as far as the vault goes: a token that
/// is gone cannot be read, and a keyring that is locked asks the person each time.
pub(crate) fn vault_may_be_read(cx: &Context) -> bool {
    let seen = cx
        .scope()
        .ok()
        .and_then(|scope| cx.app.0.sign_ins.seen(scope.workspace));
    seen.is_none_or(|seen| seen.may_be_read(cx.app.0.config.clock.now()))
}

/// Whether a feature is switched on in the workspace in use.
pub(crate) async fn is_on(cx: &Context, feature: Feature) -> Result<bool> {
    Ok(meta_app::features(&cx.workspace().await?).contains(&feature))
}

pub(crate) fn facts(stored: &connections::Connection) -> TokenFacts {
    TokenFacts {
        expires_at: stored.expires_at,
        data_access_expires_at: stored.data_access_expires_at,
        revoked: stored.revoked_at.is_some(),
        misses_scope: !stored.missing_scopes.is_empty(),
    }
}

fn shown(cx: &Context, stored: Option<&connections::Connection>, in_vault: &InVault) -> Connection {
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
    let state = match in_vault {
        InVault::Gone => ConnectionState::Missing,
        InVault::Held | InVault::Unknown { .. } => state,
    };
    // A vault that cannot be read stands in the way of everything else.
    let trouble = match in_vault {
        InVault::Held => stored.and_then(|s| {
            let code = code_of(s.last_error_code.as_deref());
            let told = s.last_error_told.clone().unwrap_or_default();
            s.last_error.clone().map(|sentence| (code, sentence, told))
        }),
        InVault::Gone => {
            let gone = token::gone();
            Some((Some(gone.code()), gone.message().to_owned(), gone.told()))
        }
        InVault::Unknown {
            code,
            message,
            told,
            ..
        } => Some((Some(*code), message.clone(), told.clone())),
    };
    let (last_error_code, last_error, told) = match trouble {
        Some((code, sentence, told)) => (code, Some(sentence), told),
        None => (None, None, Told::default()),
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
        renews_itself: stored.is_some_and(|s| s.has_app_secret && s.token_kind == "user")
            && facts.is_some_and(|facts| !facts.data_access_ends_first()),
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
        last_error,
        last_error_code,
        last_error_reason: told.reason,
        last_error_params: told.params,
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

/// Whether somebody is signed in at Meta.
///
/// # Errors
/// When the store cannot be read.
pub(crate) async fn is_there(cx: &Context) -> Result<bool> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let current = connections::current(&mut tx, scope.workspace).await?;
    Ok(current.is_some())
}

fn not_signed_in() -> Error {
    Error::new(
        Code::NeedsSignIn,
        "Nobody is signed in at Meta. Connect Meta first; what is stored stays.",
    )
    .reason(Reason::NotSignedIn)
}

/// Asks Meta for anything, without a token: whatever comes back came over the network.
pub(crate) async fn reach(cx: &Context) -> Result<()> {
    let places = meta_app::places(cx).await?;
    let client = token::bare_client(cx, &places, GraphSettings::interactive())?;
    cx.app
        .heard(&marketing::me(&client).await.map_err(Error::from));
    Ok(())
}

/// The id of the app that is signed in with.
pub(crate) async fn app_id(cx: &Context) -> Result<String> {
    Ok(meta_app::in_force(cx).await?.app_id)
}

/// Signs out: revokes at Meta where it can be reached, and deletes the token here in any case.
///
/// # Errors
/// When the store cannot be written, or the vault cannot be opened.
pub async fn disconnect(cx: &Context, _req: Disconnect) -> Result<Disconnected> {
    let scope = cx.scope()?;
    crate::sync::stop(cx).await;
    let (revoked_at_meta, kept_for) = withdraw(cx).await?;
    token::forget(cx).await?;
    let mut tx = scope.write().await?;
    connections::remove(&mut tx, scope.workspace).await?;
    let deed = Deed {
        action: "disconnect_meta",
        object_kind: "meta_connection",
        ..Deed::default()
    };
    audit::record(&mut tx, scope, &deed).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Connection, CacheTag::AdAccounts]);
    Ok(Disconnected {
        revoked_at_meta,
        kept_for,
    })
}

/// Ends what a workspace that is being deleted has with Meta, and forgets its secrets. Says whether
/// Meta withdrew the sign-in.
///
/// # Errors
/// When the vault cannot be opened although the workspace has a sign-in in it.
pub(crate) async fn leave(cx: &Context) -> Result<bool> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let signed_in = connections::current(&mut tx, scope.workspace)
        .await?
        .is_some();
    drop(tx);
    cx.app.0.sign_ins.drop_waiting(scope.workspace);
    let (revoked, _) = withdraw(cx).await?;
    if cx.workspace().await?.sample {
        token::forget(cx).await?;
        return Ok(revoked);
    }
    match cx.app.forget_secrets(cx).await {
        // A machine without a keyring keeps nothing in it.
        Err(error) if !signed_in => {
            tracing::warn!(error = error.chain(), "forgetting a workspace's secrets");
        }
        other => other?,
    }
    cx.app.0.sign_ins.forget_vault(scope.workspace);
    Ok(revoked)
}

/// Withdraws the sign-in at Meta, as far as it can be reached and no other workspace uses the same
/// one: Meta ends all tokens of a person for an app at once. Says whether it did, and which
/// workspace it was left for.
async fn withdraw(cx: &Context) -> Result<(bool, Option<String>)> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let stored = connections::current(&mut tx, scope.workspace).await?;
    drop(tx);
    let Some(stored) = stored else {
        return Ok((false, None));
    };
    let mut tx = scope.db.read_registry().await?;
    let all = workspaces::list(&mut tx).await?;
    drop(tx);
    for other in all.into_iter().filter(|w| w.id != scope.workspace) {
        let mut tx = scope.db.read(other.id).await?;
        let same = connections::current(&mut tx, other.id)
            .await?
            .is_some_and(|theirs| {
                theirs.meta_user_id == stored.meta_user_id
                    && theirs.app_id == stored.app_id
                    && theirs.graph_url == stored.graph_url
            });
        if same {
            return Ok((false, Some(other.name)));
        }
    }
    let revoked = match token::interactive_client(cx).await {
        Ok(client) => rumbo_meta::oauth::revoke(&client, &stored.meta_user_id)
            .await
            .is_ok(),
        Err(_) => false,
    };
    Ok((revoked, None))
}
