//! Leads and purchases derived again from the stored actions.

use chrono::{Days, NaiveDate};
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};

use super::actions::{CompiledMap, StoredActions};
use super::bulk::{self, BulkRow, Target};
use super::check::rebuild_sums;
use super::parts::remap_parts;
use super::readings::{correct_readings, fill_together};
use super::write::StoredRow;
use crate::JsonText;
use crate::action_map::ActionMap;

rumbo_db::statements! {
    ACCOUNTS = "SELECT a.id, a.currency, MIN(d.day), MAX(d.day) FROM ad_accounts a \
        JOIN account_days d ON d.workspace_id = a.workspace_id AND d.ad_account_id = a.id \
        WHERE a.workspace_id = $1 GROUP BY a.id, a.currency";
    ROWS = "SELECT day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, rest, run \
        FROM ad_insights WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4 \
        AND actions IS NOT NULL";
    JOURNAL = "SELECT ad_account_id, day, ad_id, replaced_by_run, actions FROM ad_insight_journal \
        WHERE workspace_id = $1 AND actions IS NOT NULL";
    JOURNAL_DERIVED = "UPDATE ad_insight_journal \
        SET meta_leads = $1, meta_purchases = $2, meta_purchase_micros = $3 \
        WHERE workspace_id = $4 AND ad_account_id = $5 AND day = $6 AND ad_id = $7 AND replaced_by_run = $8";
}

/// What a changed map did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remapped {
    /// Ad-days looked at.
    pub rows: u64,
    /// Ad-days whose leads, purchases or purchase value became other figures.
    pub changed: u64,
}

/// Keeps a new action map, and derives leads, purchases and purchase value of every stored ad-day
/// (and of its history) from the stored actions. What Meta said is not touched and nothing goes to
/// the journal: Meta has restated nothing. The sums follow in the same transaction.
///
/// # Errors
/// `InvalidInput` for a map that counts something twice, or as any write.
pub async fn remap(tx: &mut Tx, workspace: WorkspaceId, map: &ActionMap) -> Result<Remapped> {
    map.save(tx, workspace).await?;
    let compiled = CompiledMap::from(map);
    let accounts: Vec<(AdAccountId, String, NaiveDate, NaiveDate)> =
        on_tx!(tx, |c| sqlx::query_as(ACCOUNTS)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
    let mut done = Remapped::default();
    for (account, currency, first, last) in &accounts {
        let (account, first, last) = (*account, *first, *last);
        let currency = Currency::of_record(currency)?;
        let target = Target {
            workspace,
            account,
            currency,
        };
        let mut changed = 0;
        // A week at a time, so that memory does not grow with the history.
        let mut from = first;
        while from <= last {
            let to = from.checked_add_days(Days::new(6)).unwrap_or(last);
            let week = DateRange { from, to };
            changed += remap_days(tx, target, week, &compiled, &mut done).await?;
            let Some(next) = to.succ_opt() else { break };
            from = next;
        }
        if changed > 0 {
            rebuild_sums(tx, workspace, account).await?;
        }
    }
    remap_journal(tx, workspace, &compiled).await?;
    remap_parts(tx, workspace, &compiled).await?;
    for (account, ..) in accounts {
        correct_readings(tx, workspace, account).await?;
    }
    fill_together(tx, workspace).await?;
    Ok(done)
}

async fn remap_days(
    tx: &mut Tx,
    target: Target,
    days: DateRange,
    map: &CompiledMap,
    done: &mut Remapped,
) -> Result<u64> {
    let rows: Vec<StoredRow> = on_tx!(tx, |c| sqlx::query_as(ROWS)
        .bind(target.workspace)
        .bind(target.account)
        .bind(days.from)
        .bind(days.to)
        .fetch_all(c)
        .await)
    .db()?;
    let mut changed = Vec::new();
    for row in rows {
        done.rows += 1;
        let (day, ad, run) = (row.day, row.ad_id, row.run);
        let mut figures = row.into_figures();
        let Some(actions) = figures.actions.clone() else {
            continue;
        };
        let derived = StoredActions::parse(actions.as_str())?.derive(map);
        if derived != figures.derived() {
            figures.set_derived(derived);
            changed.push((day, ad, run, figures));
        }
    }
    let writes: Vec<BulkRow<'_>> = changed
        .iter()
        .map(|(day, ad, run, figures)| BulkRow {
            day: *day,
            ad: *ad,
            figures,
            first: *run,
            run: *run,
        })
        .collect();
    bulk::upsert(tx, target, &writes).await?;
    let count = u64::try_from(changed.len()).unwrap_or(u64::MAX);
    done.changed += count;
    Ok(count)
}

async fn remap_journal(tx: &mut Tx, workspace: WorkspaceId, map: &CompiledMap) -> Result<()> {
    type Row = (AdAccountId, NaiveDate, AdId, i64, JsonText);
    let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(JOURNAL)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    for (account, day, ad, replaced_by, actions) in rows {
        let derived = StoredActions::parse(actions.as_str())?.derive(map);
        on_tx!(tx, |c| sqlx::query(JOURNAL_DERIVED)
            .bind(derived.leads)
            .bind(derived.purchases)
            .bind(derived.purchase_value)
            .bind(workspace)
            .bind(account)
            .bind(day)
            .bind(ad)
            .bind(replaced_by)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}
