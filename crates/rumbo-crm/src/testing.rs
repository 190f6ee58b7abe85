//! What the tests of this crate share.

use chrono::{DateTime, Utc};
use rumbo_base::ContactId;
use rumbo_db::{Tx, on_tx};
use rumbo_platform::Scope;
pub use rumbo_platform::testing::{in_both, scope_beside};

use crate::contacts::{self, ContactFields};

/// An ad with its account, campaign `c…`, ad set `s…` and creative, as a sync would write them.
pub async fn synced_ad(scope: &Scope, tx: &mut Tx, number: u32) {
    let now = scope.now();
    let id = || scope.entropy.uuid(now);
    let (account, campaign, set, creative, ad) = (id(), id(), id(), id(), id());
    let n = number.to_string();
    macro_rules! put {
        ($sql:literal $(, $bind:expr)*) => {
            on_tx!(tx, |c| sqlx::query($sql)
                .bind(scope.workspace)
                .bind(&n)
                .bind(now)
                $(.bind($bind))*
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
        };
    }
    put!(
        "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, status, \
         selected, rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $4, 'meta', 'a' || $2, 'Account', 'BRL', 'America/Sao_Paulo', 'ACTIVE', TRUE, '{}', $3, $3, $3)",
        account
    );
    put!(
        "INSERT INTO ad_campaigns (workspace_id, id, platform, external_id, ad_account_id, name, status, synced, \
         rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $4, 'meta', 'c' || $2, $5, 'Campaign ' || $2, 'ACTIVE', TRUE, '{}', $3, $3, $3)",
        campaign,
        account
    );
    put!(
        "INSERT INTO ad_sets (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, name, status, \
         synced, rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $4, 'meta', 's' || $2, $5, $6, 'Set ' || $2, 'ACTIVE', TRUE, '{}', $3, $3, $3)",
        set,
        account,
        campaign
    );
    put!(
        "INSERT INTO ad_creatives (workspace_id, id, platform, external_id, ad_account_id, name, headline, body, \
         synced, rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $4, 'meta', 'k' || $2, $5, 'Creative', 'Headline ' || $2, 'Body', TRUE, '{}', $3, $3, $3)",
        creative,
        account
    );
    put!(
        "INSERT INTO ads (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, ad_set_id, \
         ad_creative_id, name, status, synced, rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $4, 'meta', 'd' || $2, $5, $6, $7, $8, 'Ad ' || $2, 'ACTIVE', TRUE, '{}', $3, $3, $3)",
        ad,
        account,
        campaign,
        set,
        creative
    );
}

/// A contact with a name.
pub async fn contact(scope: &Scope, tx: &mut Tx, name: &str) -> ContactId {
    let fields = ContactFields {
        name: Some(name.to_owned()),
        ..ContactFields::default()
    };
    contacts::create(tx, scope, fields).await.unwrap().id
}

/// An instant written as `2026-11-20T12:00:00Z`.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Every row of the tables that imports and entries write, in order: for comparing two moments.
pub async fn dump(scope: &Scope) -> Vec<String> {
    let mut tx = scope.read().await.unwrap();
    let mut rows = Vec::new();
    for table in [
        "contacts",
        "contact_external_ids",
        "touchpoints",
        "opportunities",
        "opportunity_moves",
        "sales",
        "sale_refunds",
        "channel_spend",
    ] {
        let found: Vec<String> = match &mut tx {
            Tx::Sqlite(c) => {
                let columns: Vec<String> =
                    sqlx::query_scalar("SELECT name FROM pragma_table_info($1) ORDER BY cid")
                        .bind(table)
                        .fetch_all(&mut **c)
                        .await
                        .unwrap();
                let quoted: Vec<String> = columns
                    .iter()
                    .map(|name| format!("quote({name})"))
                    .collect();
                let sql = format!(
                    "SELECT {} FROM {table} ORDER BY 1",
                    quoted.join(" || ',' || ")
                );
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                    .fetch_all(&mut **c)
                    .await
                    .unwrap()
            }
            Tx::Postgres(c) => {
                let sql = format!("SELECT CAST(row_to_json(x) AS TEXT) FROM {table} x ORDER BY 1");
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                    .fetch_all(&mut **c)
                    .await
                    .unwrap()
            }
        };
        rows.extend(found.into_iter().map(|row| format!("{table}: {row}")));
    }
    rows
}
