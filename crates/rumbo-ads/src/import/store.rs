//! A file's rows into the store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, Currency, DateRange, Error, Micros, Reason, Result, TimeZone};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::ActionStat;
use rumbo_platform::table_file::Table;
use rumbo_platform::{Scope, workspaces};

use super::place::{
    Chosen, Place, campaign_names, choose_account, file_account, places, refuse_other_accounts,
};
use super::rows::{FileRow, Named, Parsed};
use super::{AdsDifference, AdsImportReport, AdsMapping, Checked, invalid};
use crate::action_map::ActionMap;
use crate::insights::{
    AccountKey, AdDay, AdIndex, CompiledMap, Covers, Figures, Slice, SliceCounts, encode,
    write_slice,
};
use crate::objects::{AdAccountRow, accounts};
use crate::runs::{self, RunKind, RunState, RunTraffic};
use crate::{JsonText, META};

rumbo_db::statements! {
    ADD_ACCOUNT = "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, \
        status, selected, rest, first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'UNKNOWN', FALSE, $8, $9, $9, $10, $9, $10)";
    SYNCED_DAYS = "SELECT since, until FROM sync_slices WHERE workspace_id = $1 AND scope = $2 \
        AND kind = 'insights' AND state = 'done'";
    STORED_SPEND = "SELECT day, spend_micros FROM account_days WHERE workspace_id = $1 AND ad_account_id = $2 \
        AND day BETWEEN $3 AND $4";
    NAME_CAMPAIGN = "UPDATE ad_campaigns SET name = $3, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND external_id = $2 AND NOT synced AND name <> $3";
    NAME_AD_SET = "UPDATE ad_sets SET name = $3, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND external_id = $2 AND NOT synced AND name <> $3";
    NAME_AD = "UPDATE ads SET name = $3, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND external_id = $2 AND NOT synced AND name <> $3";
    RECORD = "INSERT INTO imports (workspace_id, id, kind, file_name, file_sha256, mapping, started_at, finished_at, \
        rows_read, rows_added, rows_changed, rows_unchanged, rows_rejected, created_by) \
        VALUES ($1, $2, 'ads', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
}

/// Writes the rows, and says what that did. Nothing is committed here.
pub(super) async fn store(
    tx: &mut Tx,
    scope: &Scope,
    mapping: &AdsMapping,
    table: &Table,
    parsed: &Parsed,
    file: &str,
) -> Result<AdsImportReport> {
    let began = scope.now();
    let (account, account_made) = match choose_account(tx, scope, mapping, parsed).await? {
        Chosen::Stored(account) => (*account, false),
        Chosen::New(named) => (make_account(tx, scope, parsed, &named).await?, true),
    };
    let key = AccountKey {
        id: account.id,
        currency: account.currency()?,
    };
    let known = campaign_names(tx, scope, &account).await?;
    let places = places(&parsed.rows, &account, &known)?;
    let days = days(&parsed.rows);
    let mut differences = parsed.differences.clone();
    let mut covered = 0;
    let mut counts = SliceCounts::default();
    let mapping_json = serde_json::to_value(mapping).map_err(Error::internal)?;
    let run = runs::begin(tx, scope, RunKind::AdsImport, "import", days, &mapping_json).await?;
    if let Some(days) = days {
        let synced = synced_days(tx, scope, &account).await?;
        let (kept, left): (Vec<_>, Vec<_>) = parsed
            .rows
            .iter()
            .zip(&places)
            .partition(|(row, _)| !synced.iter().any(|range| range.contains(row.day)));
        covered = count(left.len());
        compare(tx, scope, key.id, days, &left, &mut differences).await?;
        counts = write(tx, scope, key, run, days, &kept).await?;
        name(tx, scope, &kept).await?;
    }
    runs::add_rows(tx, scope.workspace, run, counts).await?;
    let state = if parsed.rejected.is_empty() {
        RunState::Done
    } else {
        RunState::Partly
    };
    let traffic = RunTraffic {
        errors: u64::try_from(parsed.rejected.len()).unwrap_or(u64::MAX),
        ..RunTraffic::default()
    };
    runs::finish(tx, scope, run, state, traffic, &mapping_json).await?;
    record(
        tx,
        scope,
        (file, table, &mapping_json),
        began,
        counts,
        parsed,
    )
    .await?;
    Ok(AdsImportReport {
        dry_run: false,
        run: Some(run),
        account: Some(key.id),
        account_name: account.name.clone(),
        account_made,
        currency: key.currency,
        days,
        rows_read: count(table.rows.len()),
        totals_rows: parsed.totals_rows,
        duplicates: parsed.duplicates,
        covered,
        counts,
        rejected: count(parsed.rejected.len()),
        rejections: parsed
            .rejected
            .iter()
            .take(100)
            .map(|(_, rejection)| rejection.clone())
            .collect(),
        rejected_file: false,
        spend: Micros(parsed.rows.iter().filter_map(|row| row.spend_micros).sum()),
        differences,
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn days(rows: &[FileRow]) -> Option<DateRange> {
    let from = rows.iter().map(|row| row.day).min()?;
    let to = rows.iter().map(|row| row.day).max()?;
    Some(DateRange { from, to })
}

/// An account for files only, until a sign-in at Meta shows it too.
async fn make_account(
    tx: &mut Tx,
    scope: &Scope,
    parsed: &Parsed,
    named: &Named,
) -> Result<AdAccountRow> {
    let workspace = workspaces::find(tx, scope.workspace).await?;
    let own = workspace.as_ref().and_then(|workspace| workspace.currency);
    let currency: Currency = parsed.currency.or(own).ok_or_else(|| {
        invalid(
            "currency",
            Reason::CurrencyNeeded,
            "The file does not say in which currency its money is. Choose the currency.",
        )
    })?;
    let zone = workspace.map_or(TimeZone::UTC, |workspace| workspace.timezone);
    let stored = accounts(tx, scope.workspace).await?;
    let (external, name) = file_account(named, currency, &stored);
    let id = scope.id::<AdAccountId>();
    on_tx!(tx, |c| sqlx::query(ADD_ACCOUNT)
        .bind(scope.workspace)
        .bind(id)
        .bind(META)
        .bind(&external)
        .bind(&name)
        .bind(currency.code())
        .bind(zone.to_string())
        .bind(JsonText("{}".into()))
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    let made = accounts(tx, scope.workspace)
        .await?
        .into_iter()
        .find(|row| row.id == id);
    made.ok_or_else(|| Error::internal("the account that was just made is not there"))
}

async fn synced_days(tx: &mut Tx, scope: &Scope, account: &AdAccountRow) -> Result<Vec<DateRange>> {
    let rows: Vec<(NaiveDate, NaiveDate)> = on_tx!(tx, |c| sqlx::query_as(SYNCED_DAYS)
        .bind(scope.workspace)
        .bind(format!("act:{}", account.external_id))
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|(from, to)| DateRange { from, to })
        .collect())
}

/// Days that a sync has read: what it has stands, and the file is only compared with it.
async fn compare(
    tx: &mut Tx,
    scope: &Scope,
    account: AdAccountId,
    days: DateRange,
    covered: &[(&FileRow, &Place)],
    differences: &mut Vec<AdsDifference>,
) -> Result<()> {
    let mut file: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for (row, _) in covered {
        *file.entry(row.day).or_default() += row.spend_micros.unwrap_or(0);
    }
    if file.is_empty() {
        return Ok(());
    }
    let stored: Vec<(NaiveDate, i64)> = on_tx!(tx, |c| sqlx::query_as(STORED_SPEND)
        .bind(scope.workspace)
        .bind(account)
        .bind(days.from)
        .bind(days.to)
        .fetch_all(c)
        .await)
    .db()?;
    let stored: HashMap<NaiveDate, i64> = stored.into_iter().collect();
    for (day, sum) in file {
        let other = stored.get(&day).copied().unwrap_or(0);
        if other != sum {
            differences.push(AdsDifference {
                day: Some(day),
                figure: Checked::Spend,
                file: sum,
                other,
            });
        }
    }
    Ok(())
}

async fn write(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    run: i64,
    days: DateRange,
    rows: &[(&FileRow, &Place)],
) -> Result<SliceCounts> {
    let map = ActionMap::load(tx, scope.workspace).await?;
    let compiled = CompiledMap::from(&map);
    let mut index = AdIndex::load(tx, scope.workspace, account.id).await?;
    let mut scratch = String::new();
    let placed: Vec<usize> = rows
        .iter()
        .map(|(_, place)| index.place(&place.ad, &place.ad_set, &place.campaign))
        .collect();
    let unknown = rows
        .iter()
        .zip(&placed)
        .filter(|(_, place)| index.key(**place).is_none());
    refuse_other_accounts(tx, scope, account.id, unknown.map(|(row, _)| *row)).await?;
    let ad_days: Vec<AdDay> = rows
        .iter()
        .zip(placed)
        .map(|((row, _), ad)| AdDay {
            day: row.day,
            ad,
            figures: figures(row, &compiled, &mut scratch),
        })
        .collect();
    index
        .store_unknown(
            tx,
            scope.workspace,
            &scope.entropy,
            scope.now(),
            scope.actor,
        )
        .await?;
    let slice = Slice {
        workspace: scope.workspace,
        map: &map,
        run,
        account,
        days,
        covers: Covers::ItsCampaigns,
    };
    write_slice(tx, slice, &index, ad_days).await
}

fn figures(row: &FileRow, map: &CompiledMap, scratch: &mut String) -> Figures {
    let texts = |list: &[(String, i64)]| -> Vec<(String, String)> {
        list.iter()
            .map(|(kind, micros)| (kind.clone(), plain(*micros)))
            .collect()
    };
    let (counts, values) = (texts(&row.counts), texts(&row.values));
    let mut figures = Figures {
        attribution_setting: row.attribution_setting.as_deref().map(Into::into),
        impressions: row.impressions,
        reach: row.reach,
        frequency: row.frequency,
        clicks: row.clicks,
        link_clicks: row.link_clicks,
        spend_micros: row.spend_micros,
        actions: encode(scratch, &mut stats(&counts), &mut stats(&values)),
        ..Figures::default()
    };
    figures.set_derived(map.derive(pairs(&counts), pairs(&values)));
    figures
}

fn stats(list: &[(String, String)]) -> Vec<ActionStat<'_>> {
    list.iter()
        .map(|(kind, value)| ActionStat {
            action_type: kind.as_str().into(),
            value: Some(value.as_str().into()),
            more: Vec::new(),
        })
        .collect()
}

fn pairs(list: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    list.iter()
        .map(|(kind, value)| (kind.as_str(), value.as_str()))
}

/// A plain decimal without needless zeros.
fn plain(micros: i64) -> String {
    let text = Micros(micros).to_string();
    match text.split_once('.') {
        Some((whole, "00")) => whole.to_owned(),
        _ => text,
    }
}

/// Gives objects that no listing has shown the names of the file.
async fn name(tx: &mut Tx, scope: &Scope, rows: &[(&FileRow, &Place)]) -> Result<()> {
    let mut names: BTreeSet<(&'static str, &str, &str)> = BTreeSet::new();
    for (row, place) in rows {
        let campaign = row.campaign.name.as_deref();
        for (statement, id, name) in [
            (NAME_CAMPAIGN, &place.campaign, campaign),
            (
                NAME_AD_SET,
                &place.ad_set,
                row.ad_set.name.as_deref().or(campaign),
            ),
            (
                NAME_AD,
                &place.ad,
                row.ad
                    .name
                    .as_deref()
                    .or(row.ad_set.name.as_deref())
                    .or(campaign),
            ),
        ] {
            names.extend(name.map(|name| (statement, id.as_str(), name)));
        }
    }
    // One name each: the alphabetically last where the file has several.
    let names: BTreeMap<(&'static str, &str), &str> = names
        .into_iter()
        .map(|(statement, id, name)| ((statement, id), name))
        .collect();
    for ((statement, id), name) in names {
        on_tx!(tx, |c| sqlx::query(statement)
            .bind(scope.workspace)
            .bind(id)
            .bind(name)
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

async fn record(
    tx: &mut Tx,
    scope: &Scope,
    (file, table, mapping): (&str, &Table, &serde_json::Value),
    began: DateTime<Utc>,
    counts: SliceCounts,
    parsed: &Parsed,
) -> Result<()> {
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    on_tx!(tx, |c| sqlx::query(RECORD)
        .bind(scope.workspace)
        .bind(scope.entropy.uuid(scope.now()))
        .bind(file)
        .bind(&table.sha256)
        .bind(sqlx::types::Json(mapping))
        .bind(began)
        .bind(scope.now())
        .bind(i64::from(count(table.rows.len())))
        .bind(signed(counts.added))
        .bind(signed(counts.changed + counts.removed))
        .bind(signed(counts.unchanged))
        .bind(i64::from(count(parsed.rejected.len())))
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
