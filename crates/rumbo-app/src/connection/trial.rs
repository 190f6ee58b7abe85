//! Trying the connection against Meta.

use rumbo_ads::objects as ads;
use rumbo_base::{CacheTag, Result};
use rumbo_meta::graph::{GraphClient, GraphRequest, GraphSettings};
use rumbo_meta::marketing;
use rumbo_meta::oauth::{self, SignIn};
use rumbo_meta::objects::AdAccount;
use rumbo_meta::usage::{Reading, Subject};

use super::{meta_app, required, token, upkeep};
use crate::Context;
use crate::wire::{ApiUsage, ConnectionTest, TestConnection};

/// Tries the connection against Meta, and remembers how it went.
///
/// # Errors
/// `NeedsSignIn`, `Offline`, and what calls can meet.
pub async fn test_connection(cx: &Context, _req: TestConnection) -> Result<ConnectionTest> {
    let stored = required(cx).await?;
    let tested = test(cx).await;
    cx.app.heard(&tested);
    let outcome = match tested {
        Ok((test, found)) => {
            upkeep::keep_worth(cx, &stored, found).await?;
            Ok(test)
        }
        Err(error) => {
            let failed = Err(error);
            upkeep::remember(cx, &stored, &failed).await?;
            failed
        }
    };
    cx.changed(&[CacheTag::Connection]);
    outcome
}

async fn test(cx: &Context) -> Result<(ConnectionTest, SignIn)> {
    let app = meta_app::in_force(cx).await?;
    let token = token::token(cx).await?;
    let bare = token::bare_client(cx, &app.places, GraphSettings::interactive())?;
    let client = bare.with_token(token.clone(), app.app_secret.clone());
    let start = std::time::Instant::now();
    let me = marketing::me(&client).await?;
    let round_trip = start.elapsed();
    let (id, secret) = (&app.app_id, app.app_secret);
    let found = oauth::check_token(&bare, id, secret, token, &app.features).await?;
    let listed: Vec<AdAccount> = marketing::my_ad_accounts(&client).collect().await?;
    read_one(cx, &client, &listed).await?;
    let now = cx.app.0.config.clock.now();
    let readings = client.usage().readings();
    let test = ConnectionTest {
        user_name: me.name.unwrap_or(me.id),
        scopes: found.granted.clone(),
        ad_accounts: u32::try_from(listed.len()).unwrap_or(u32::MAX),
        round_trip_ms: u32::try_from(round_trip.as_millis()).unwrap_or(u32::MAX),
        api_tier: readings.iter().find_map(|reading| reading.tier.clone()),
        usage: readings
            .iter()
            .map(|reading| ApiUsage {
                name: match &reading.subject {
                    Subject::App => "app".to_owned(),
                    Subject::Object(id) => id.clone(),
                },
                percent: whole_percent(reading.percent),
                regain_seconds: regain_seconds(reading, now),
            })
            .collect(),
        clock_skew_seconds: client
            .http()
            .skew()
            .and_then(|skew| i32::try_from(-skew.ahead.num_seconds()).ok()),
    };
    Ok((test, found))
}

/// Reads one ad account, a selected one if there is any: only such answers tell the access tier and
/// how much of an account's limits is used. That it is refused is no fault of the connection.
async fn read_one(cx: &Context, client: &GraphClient, listed: &[AdAccount]) -> Result<()> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let selected = ads::accounts(&mut tx, scope.workspace)
        .await?
        .into_iter()
        .find(|account| account.selected)
        .map(|account| account.act());
    drop(tx);
    let Some(account) = selected.or_else(|| listed.first().map(|account| account.id.clone()))
    else {
        return Ok(());
    };
    let request = GraphRequest::get(&account).fields(&["id", "account_status"]);
    if let Err(error) = client.send(&request).await {
        tracing::warn!(%error, "one account, for the test of the connection");
    }
    Ok(())
}

fn regain_seconds(reading: &Reading, now: chrono::DateTime<chrono::Utc>) -> Option<u32> {
    let left = (reading.until? - now).num_seconds();
    u32::try_from(left).ok().filter(|seconds| *seconds > 0)
}

/// A percentage without its fraction, rounded up: nearly full must not look free.
pub(crate) fn whole_percent(percent: f64) -> u32 {
    (0..=1_000)
        .find(|whole| f64::from(*whole) >= percent)
        .unwrap_or(1_000)
}
