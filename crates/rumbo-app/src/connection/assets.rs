//! What Meta offers, and what was chosen of it.

use std::collections::BTreeMap;

use rumbo_ads::objects as ads;
use rumbo_base::{CacheTag, Currency, Error, Micros, Result};
use rumbo_meta::error::ErrorClass;
use rumbo_meta::error::MetaError;
use rumbo_meta::graph::{GraphClient, GraphRequest};
use rumbo_meta::marketing;
use rumbo_meta::objects::{AdAccount, WhatsAppAccount, WhatsAppPhone};
use rumbo_meta::scopes::Feature;
use rumbo_platform::{connections, workspaces};
use serde::Deserialize;

use super::token::interactive_client;
use super::{is_on, required};
use crate::Context;
use crate::wire::{
    AdAccountAsset, AdAccountRow, AssetProblem, Assets, ListAdAccounts, ListAssets, ListPortfolios,
    PageAsset, Portfolio, SelectAssets, StartSync, WhatsAppAsset, WhatsAppNumber, WireError,
};

/// The portfolios of the signed-in person.
///
/// # Errors
/// `NeedsSignIn`, `PermissionMissing`, `Offline`, and what calls can meet.
pub async fn list_portfolios(cx: &Context, _req: ListPortfolios) -> Result<Vec<Portfolio>> {
    if !is_on(cx, Feature::Portfolios).await? {
        return Ok(Vec::new());
    }
    let client = interactive_client(cx).await?;
    let found = marketing::businesses(&client).await.map_err(Error::from);
    cx.app.heard(&found);
    Ok(found?
        .into_iter()
        .map(|business| Portfolio {
            name: business.name.unwrap_or_else(|| business.id.clone()),
            id: business.id,
            verified: business
                .verification_status
                .map(|status| status == "verified"),
        })
        .collect())
}

/// What a portfolio holds. A part that Meta refuses is named; the rest is complete.
///
/// # Errors
/// `NeedsSignIn`, `Offline`: when nothing can be read at all.
pub async fn list_assets(cx: &Context, req: ListAssets) -> Result<Assets> {
    let scope = cx.scope()?;
    let client = interactive_client(cx).await?;
    let portfolio = req.portfolio_id.as_deref();
    let mut problems = Vec::new();
    let listed = ad_accounts(&client, portfolio).await.map_err(Error::from);
    cx.app.heard(&listed);
    let listed = part("ad_accounts", listed, &mut problems)?;
    let leads = is_on(cx, Feature::Leads).await?;
    let pages = if leads || is_on(cx, Feature::Pages).await? {
        let read = pages(&client, portfolio, leads).await;
        part("pages", read, &mut problems)?
    } else {
        Vec::new()
    };
    let whatsapp = if is_on(cx, Feature::WhatsApp).await? {
        let read = whatsapp(&client, portfolio).await;
        part("whatsapp", read, &mut problems)?
    } else {
        Vec::new()
    };

    let mut tx = scope.read().await?;
    let stored = ads::accounts(&mut tx, scope.workspace).await?;
    let kept_pages = connections::pages(&mut tx, scope.workspace).await?;
    let kept_whatsapp = connections::whatsapp_accounts(&mut tx, scope.workspace).await?;
    drop(tx);

    let spent = spent_28_days(&client, &listed).await;
    let ad_accounts = listed
        .into_iter()
        .map(|(account, relation)| {
            let bare = bare_id(&account.id).to_owned();
            let selected = stored
                .iter()
                .any(|row| row.external_id == bare && row.selected);
            account_asset(account, relation, selected, spent.get(&bare))
        })
        .collect();
    let pages = pages
        .into_iter()
        .map(|(id, name, active_forms)| PageAsset {
            selected: kept_pages
                .iter()
                .any(|page| page.external_id == id && page.selected),
            id,
            name,
            active_forms,
        })
        .collect();
    let whatsapp = whatsapp
        .into_iter()
        .map(|(id, name, phones)| WhatsAppAsset {
            selected: kept_whatsapp
                .iter()
                .any(|kept| kept.external_id == id && kept.selected),
            id,
            name,
            phone_numbers: phones.into_iter().map(number).collect(),
        })
        .collect();
    Ok(Assets {
        ad_accounts,
        pages,
        whatsapp,
        problems,
    })
}

/// Takes what was read, or notes why it was not. A dead sign-in or network ends the whole list.
fn part<T>(name: &str, read: Result<Vec<T>>, problems: &mut Vec<AssetProblem>) -> Result<Vec<T>> {
    use rumbo_base::Code;
    match read {
        Ok(rows) => Ok(rows),
        Err(error) if matches!(error.code(), Code::NeedsSignIn | Code::Offline) => Err(error),
        Err(error) => {
            tracing::warn!(part = name, error = error.chain());
            problems.push(AssetProblem {
                part: name.to_owned(),
                error: WireError::from(error),
            });
            Ok(Vec::new())
        }
    }
}

async fn ad_accounts(
    client: &GraphClient,
    portfolio: Option<&str>,
) -> Result<Vec<(AdAccount, &'static str)>, MetaError> {
    let Some(business) = portfolio else {
        let mine: Vec<AdAccount> = marketing::my_ad_accounts(client).collect().await?;
        return Ok(mine
            .into_iter()
            .map(|account| (account, "person"))
            .collect());
    };
    let owned: Vec<AdAccount> = marketing::owned_ad_accounts(client, business)
        .collect()
        .await?;
    let shared: Vec<AdAccount> = marketing::client_ad_accounts(client, business)
        .collect()
        .await?;
    Ok(owned
        .into_iter()
        .map(|account| (account, "owned"))
        .chain(shared.into_iter().map(|account| (account, "client")))
        .collect())
}

async fn pages(
    client: &GraphClient,
    portfolio: Option<&str>,
    with_forms: bool,
) -> Result<Vec<(String, String, Option<u32>)>> {
    // Only these carry the page's own token, which reading its forms takes.
    let mine = marketing::my_pages(client).await?;
    let wanted: Option<Vec<String>> = match portfolio {
        None => None,
        Some(business) => {
            let mut ids = Vec::new();
            for page in marketing::owned_pages(client, business).await? {
                ids.push(page.id);
            }
            for page in marketing::client_pages(client, business).await? {
                ids.push(page.id);
            }
            Some(ids)
        }
    };
    let mut found = Vec::new();
    for page in mine {
        if wanted.as_ref().is_some_and(|ids| !ids.contains(&page.id)) {
            continue;
        }
        let forms = match page.access_token {
            Some(token) if with_forms => {
                let page_client = client.with_other_token(token);
                rumbo_meta::leads::forms(&page_client, &page.id).await.ok()
            }
            _ => None,
        };
        let active = forms.map(|forms| {
            let active = forms
                .iter()
                .filter(|f| f.status.as_deref() == Some("ACTIVE"))
                .count();
            u32::try_from(active).unwrap_or(u32::MAX)
        });
        let name = page.name.unwrap_or_else(|| page.id.clone());
        found.push((page.id, name, active));
    }
    Ok(found)
}

async fn whatsapp(
    client: &GraphClient,
    portfolio: Option<&str>,
) -> Result<Vec<(String, String, Vec<WhatsAppPhone>)>> {
    // Meta lists WhatsApp accounts under a portfolio only: without a choice, under each there is.
    let businesses = match portfolio {
        Some(business) => vec![business.to_owned()],
        None => match marketing::businesses(client).await {
            Ok(all) => all.into_iter().map(|business| business.id).collect(),
            Err(error) if error.class() == ErrorClass::Permission => Vec::new(),
            Err(error) => return Err(error.into()),
        },
    };
    let mut accounts: Vec<WhatsAppAccount> = Vec::new();
    for business in &businesses {
        let owned = marketing::owned_whatsapp_accounts(client, business).await?;
        let shared = marketing::client_whatsapp_accounts(client, business).await?;
        for account in owned.into_iter().chain(shared) {
            if !accounts.iter().any(|known| known.id == account.id) {
                accounts.push(account);
            }
        }
    }
    let mut found = Vec::new();
    for account in accounts {
        let phones = marketing::whatsapp_phones(client, &account.id).await?;
        let name = account.name.unwrap_or_else(|| account.id.clone());
        found.push((account.id, name, phones));
    }
    Ok(found)
}

fn number(phone: WhatsAppPhone) -> WhatsAppNumber {
    WhatsAppNumber {
        verified: phone.status.as_deref() == Some("CONNECTED"),
        display: phone
            .display_phone_number
            .unwrap_or_else(|| phone.id.clone()),
        id: phone.id,
        verified_name: phone.verified_name,
        quality: phone.quality_rating,
    }
}

fn bare_id(id: &str) -> &str {
    id.strip_prefix("act_").unwrap_or(id)
}

fn account_asset(
    account: AdAccount,
    relation: &str,
    selected: bool,
    spent: Option<&String>,
) -> AdAccountAsset {
    let (status, reason) = match account.account_status {
        Some(1) => ("active", None),
        Some(2) => ("disabled", Some(disable_reason(account.disable_reason))),
        Some(3) => ("unsettled", Some("payment")),
        Some(7 | 8) => ("pending", Some("review")),
        Some(9) => ("unsettled", Some("grace")),
        Some(100 | 101) => ("closed", Some("closed")),
        _ => ("unknown", None),
    };
    AdAccountAsset {
        name: account.name.unwrap_or_else(|| account.id.clone()),
        currency: account.currency.unwrap_or_default(),
        timezone: account.timezone_name.unwrap_or_else(|| "UTC".to_owned()),
        status: status.to_owned(),
        disable_reason: reason.map(str::to_owned),
        relation: relation.to_owned(),
        spent_28_days: spent.cloned(),
        // A closed or disabled account still has its history, and Meta still gives it.
        selectable: true,
        selected,
        id: account.id,
    }
}

/// Meta's number of a reason ("Ad Account", `disable_reason`) as a word for the wire.
fn disable_reason(number: Option<i64>) -> &'static str {
    match number {
        Some(1 | 11 | 12) => "policy",
        Some(2 | 5 | 6 | 14) => "review",
        Some(3) => "payment",
        Some(4 | 7..=10) => "closed",
        Some(15) => "compromised",
        _ => "unsaid",
    }
}

/// What the accounts spent lately, for telling them apart: the first 25, and only what Meta says.
async fn spent_28_days(
    client: &GraphClient,
    accounts: &[(AdAccount, &'static str)],
) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Spend {
        spend: Option<String>,
    }
    let asked = accounts.iter().take(25).map(|(account, _)| async {
        let request = GraphRequest::get(&format!("{}/insights", account.id))
            .fields(&["spend"])
            .param("date_preset", "last_28d");
        let rows: Vec<Spend> = client.pages(request, 1).collect().await.ok()?;
        let currency: Currency = account.currency.as_deref()?.parse().ok()?;
        let spend = Micros::parse(rows.first()?.spend.as_deref()?).ok()?;
        Some((bare_id(&account.id).to_owned(), spend.to_text(currency)))
    });
    futures::future::join_all(asked)
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// Keeps the choice, and starts the first sync when asked to.
///
/// # Errors
/// `NotFound` naming an account that Meta does not offer; nothing is changed then.
pub async fn select_assets(cx: &Context, req: SelectAssets) -> Result<Vec<AdAccountRow>> {
    let scope = cx.scope()?;
    let connection = required(cx).await?;
    let client = interactive_client(cx).await?;
    let portfolio = req.portfolio_id.as_deref();
    let listed = ad_accounts(&client, portfolio).await.map_err(Error::from);
    cx.app.heard(&listed);
    let listed: Vec<AdAccount> = listed?.into_iter().map(|(account, _)| account).collect();
    let offered_pages = if req.page_ids.is_empty() {
        Vec::new()
    } else {
        pages(&client, portfolio, false).await?
    };
    let offered_whatsapp = if req.whatsapp_ids.is_empty() {
        Vec::new()
    } else {
        whatsapp(&client, portfolio).await?
    };
    let chosen_pages: Vec<(String, String)> = offered_pages
        .into_iter()
        .filter(|(id, _, _)| req.page_ids.contains(id))
        .map(|(id, name, _)| (id, name))
        .collect();
    let chosen_whatsapp: Vec<(String, String, serde_json::Value)> = offered_whatsapp
        .into_iter()
        .filter(|(id, _, _)| req.whatsapp_ids.contains(id))
        .map(|(id, name, phones)| {
            let numbers: Vec<_> = phones
                .into_iter()
                .map(|p| {
                    serde_json::json!({
                        "id": p.id,
                        "display": p.display_phone_number,
                        "verified_name": p.verified_name,
                    })
                })
                .collect();
            (id, name, serde_json::Value::from(numbers))
        })
        .collect();

    let mut tx = scope.write().await?;
    ads::store_accounts(&mut tx, scope, connection.id, portfolio, &listed).await?;
    ads::select_accounts(&mut tx, scope, &req.ad_account_ids).await?;
    connections::choose_portfolio(
        &mut tx,
        scope,
        connection.id,
        portfolio,
        req.portfolio_name.as_deref(),
    )
    .await?;
    connections::select_pages(&mut tx, scope, connection.id, &chosen_pages).await?;
    connections::select_whatsapp_accounts(&mut tx, scope, connection.id, &chosen_whatsapp).await?;
    let first = ads::accounts(&mut tx, scope.workspace)
        .await?
        .into_iter()
        .find(|row| row.selected);
    if let Some(first) = first {
        workspaces::set_currency(&mut tx, scope.workspace, first.currency()?, scope.now()).await?;
    }
    tx.commit().await?;
    cx.changed(&[
        CacheTag::Connection,
        CacheTag::AdAccounts,
        CacheTag::Workspaces,
        CacheTag::Settings,
    ]);
    if req.start_sync {
        crate::sync::start_sync(cx, StartSync::default()).await?;
    }
    list_ad_accounts(cx, ListAdAccounts {}).await
}

/// The ad accounts kept here.
pub async fn list_ad_accounts(cx: &Context, _req: ListAdAccounts) -> Result<Vec<AdAccountRow>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let rows = ads::accounts(&mut tx, scope.workspace).await?;
    rows.into_iter()
        .map(|row| {
            let told = row.last_error_told.clone().unwrap_or_default().0;
            Ok(AdAccountRow {
                id: row.id,
                external_id: row.act(),
                currency: row.currency()?.to_string(),
                timezone: row.timezone().to_string(),
                status: row.status.to_lowercase(),
                selected: row.selected,
                last_synced_at: row.last_synced_at,
                last_error_code: super::code_of(row.last_error_code.as_deref()),
                last_error: row.last_error.clone(),
                last_error_reason: told.reason,
                last_error_params: told.params,
                name: row.name,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(status: i64, reason: i64) -> (String, Option<String>) {
        let account = AdAccount {
            account_status: Some(status),
            disable_reason: Some(reason),
            ..AdAccount::default()
        };
        let asset = account_asset(account, "owned", false, None);
        (asset.status, asset.disable_reason)
    }

    #[test]
    fn an_account_that_cannot_run_ads_says_why() {
        let word = |status: &str, reason: &str| (status.to_owned(), Some(reason.to_owned()));
        assert_eq!(asset(1, 0), ("active".to_owned(), None));
        assert_eq!(asset(2, 1), word("disabled", "policy"));
        assert_eq!(asset(2, 3), word("disabled", "payment"));
        assert_eq!(asset(2, 99), word("disabled", "unsaid"));
        assert_eq!(asset(9, 0), word("unsettled", "grace"));
        assert_eq!(asset(101, 0), word("closed", "closed"));
    }
}
