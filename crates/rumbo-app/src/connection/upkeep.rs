//! What keeps the stored sign-in true: how attempts went, what Meta says it is worth, and its
//! renewal in time.

use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use rumbo_meta::graph::GraphSettings;
use rumbo_meta::oauth::{self, SignIn};
use rumbo_meta::token::renewal_due;
use rumbo_platform::connections::{self, Worth};

use super::{facts, meta_app, required, token};
use crate::Context;

/// Remembers how an attempt went; a sign-in that Meta no longer accepts is marked as such.
pub(crate) async fn remember<T>(
    cx: &Context,
    stored: &connections::Connection,
    attempt: &Result<T>,
) -> Result<()> {
    let scope = cx.scope()?;
    let Some(error) = attempt.as_ref().err() else {
        let mut tx = scope.write().await?;
        connections::set_checked(&mut tx, scope, stored.id, None).await?;
        return tx.commit().await;
    };
    let mut tx = scope.write().await?;
    match (error.code(), error.reason_id()) {
        // Meta has not refused anything.
        (Code::NeedsSignIn, Some(Reason::SignInNotInVault)) => {}
        (Code::NeedsSignIn, Some(Reason::SignInExpired)) => {
            connections::set_expired(&mut tx, scope, stored.id, error).await?;
        }
        (Code::NeedsSignIn, _) => {
            connections::set_revoked(&mut tx, scope, stored.id, error).await?;
        }
        _ => connections::set_checked(&mut tx, scope, stored.id, Some(error)).await?,
    }
    tx.commit().await
}

/// Keeps what Meta says of the token.
pub(super) async fn keep_worth(
    cx: &Context,
    stored: &connections::Connection,
    found: SignIn,
) -> Result<()> {
    let scope = cx.scope()?;
    let features = meta_app::features(&cx.workspace().await?);
    let worth = Worth {
        expires_at: found.expires_at,
        data_access_expires_at: found.data_access_expires_at,
        missing_scopes: meta_app::missing(&features, &found.granted),
        granted_scopes: found.granted,
    };
    let mut tx = scope.write().await?;
    connections::set_worth(&mut tx, scope, stored.id, &worth).await?;
    tx.commit().await
}

/// Takes in how a sync ended, and asks Meta what the token is worth now: a permission may have
/// been withdrawn meanwhile, and an end may have moved.
pub(crate) async fn after_sync(cx: &Context, outcome: &Result<()>) -> Result<()> {
    let stored = required(cx).await?;
    match outcome {
        Err(error) if error.code() == Code::NeedsSignIn => remember(cx, &stored, outcome).await,
        // Meta answered: it is not the sign-in that it refused.
        Ok(()) | Err(_)
            if outcome
                .as_ref()
                .err()
                .is_none_or(|error| error.code() == Code::PermissionMissing) =>
        {
            match ask(cx).await {
                Ok(found) => keep_worth(cx, &stored, found).await,
                Err(error) if error.code() == Code::NeedsSignIn => {
                    remember(cx, &stored, &Err::<(), _>(error)).await
                }
                Err(error) => {
                    // The sync itself went well, and shows that the token is taken.
                    tracing::warn!(error = error.chain(), "what the token is worth");
                    remember(cx, &stored, &Ok(())).await
                }
            }
        }
        // Nothing is known of it: the network, the disk or a person stopped the run.
        _ => Ok(()),
    }
}

async fn ask(cx: &Context) -> Result<SignIn> {
    let app = meta_app::in_force(cx).await?;
    let token = token::token(cx).await?;
    let client = token::bare_client(cx, &app.places, GraphSettings::interactive())?;
    oauth::check_token(&client, &app.app_id, app.app_secret, token, &app.features).await
}

/// Renews a sign-in that ends within seven days, where Meta allows it: once a day at most,
/// whichever program tries. Says whether it did.
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
    // Looked at first: the vault is opened for a renewal that is due, and for no other.
    if stored.token_kind != "user"
        || !renewal_due(&facts(&stored), stored.renewal_tried_at, scope.now())
    {
        return Ok(false);
    }
    // Whatever comes of it, it is not tried again today.
    tried(cx, &stored).await?;
    let app = meta_app::in_force(cx).await?;
    let Some(secret) = app
        .app_secret
        .clone()
        .filter(|_| app.app_id == stored.app_id)
    else {
        return Ok(false);
    };
    let kept = token::token(cx).await?;
    let client = token::bare_client(cx, &app.places, GraphSettings::interactive())?;
    let renewed = oauth::renew_token(&client, &app.app_id, &secret, &kept, &app.features).await;
    cx.app.heard(&renewed);
    match renewed {
        Ok(sign_in) if sign_in.meta_user_id == stored.meta_user_id => {
            let pasted = stored.redirect_mode == "pasted";
            token::keep(cx, &app, sign_in, pasted).await?;
            // Meta may have given the same end again.
            tried(cx, &stored).await?;
            Ok(true)
        }
        Ok(_) => Err(Error::internal("a renewed token belongs to another person")),
        Err(error) => {
            let failed: Result<()> = Err(error);
            remember(cx, &stored, &failed).await?;
            cx.changed(&[CacheTag::Connection]);
            failed.map(|()| false)
        }
    }
}

async fn tried(cx: &Context, stored: &connections::Connection) -> Result<()> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    connections::set_renewal_tried(&mut tx, scope, stored.id).await?;
    tx.commit().await
}
