//! Parts of ad-days: what Meta says of one ad on one day by age, gender, country, placement or
//! device.
//!
//! They have a table and sums of their own, and are added to nothing: the parts of an ad-day may
//! be less than the ad-day, and those of two breakdowns are the same figures twice. Their history
//! is not kept: it would be several times that of the ad-days.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rumbo_base::{AdAccountId, AdId, Breakdown, Currency, DateRange, Error, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use sqlx::QueryBuilder;

use super::actions::{CompiledMap, StoredActions};
use super::ad_day::{AdDay, Figures};
use super::ad_index::AdIndex;
use super::bulk::{CHUNK, Sums, figure_columns, figures_replaced, push_figures};
use super::sum_columns::{sum_columns, summed};
use super::write::{Covers, Slice, SliceCounts, StoredRow, derive_again};
use crate::action_map::ActionMap;

rumbo_db::statements! {
    READ_DAYS = "SELECT day, part_rows, digest FROM breakdown_days \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND breakdown = $3 AND day BETWEEN $4 AND $5";
    EXISTING = "SELECT value, day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, rest, run \
        FROM ad_insight_breakdowns WHERE workspace_id = $1 AND ad_account_id = $2 AND breakdown = $3 \
        AND day BETWEEN $4 AND $5";
    REMOVE = "DELETE FROM ad_insight_breakdowns WHERE workspace_id = $1 AND ad_account_id = $2 \
        AND breakdown = $3 AND day = $4 AND ad_id = $5 AND value = $6";
    CONFIRM = "INSERT INTO breakdown_days (workspace_id, ad_account_id, breakdown, day, part_rows, digest) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace_id, ad_account_id, breakdown, day) \
        DO UPDATE SET part_rows = excluded.part_rows, digest = excluded.digest";
    CLEAR_SUMS = "DELETE FROM account_breakdown_days WHERE workspace_id = $1 AND ad_account_id = $2 \
        AND breakdown = $3 AND day BETWEEN $4 AND $5";
    FILL_SUMS = concat!("INSERT INTO account_breakdown_days (workspace_id, ad_account_id, breakdown, day, value, currency, ", sum_columns!(), ") \
        SELECT i.workspace_id, i.ad_account_id, i.breakdown, i.day, i.value, i.currency, ", summed!(), " \
        FROM ad_insight_breakdowns i WHERE i.workspace_id = $1 AND i.ad_account_id = $2 AND i.breakdown = $3 \
        AND i.day BETWEEN $4 AND $5 GROUP BY i.workspace_id, i.ad_account_id, i.breakdown, i.day, i.value, i.currency");
    STORED_SUMS = concat!("SELECT ad_account_id, breakdown, day, value, currency, ", sum_columns!(), " \
        FROM account_breakdown_days WHERE workspace_id = $1");
    RECOMPUTED_SUMS = concat!("SELECT i.ad_account_id, i.breakdown, i.day, i.value, i.currency, ", summed!(), " \
        FROM ad_insight_breakdowns i WHERE i.workspace_id = $1 \
        GROUP BY i.ad_account_id, i.breakdown, i.day, i.value, i.currency");
    SPANS = "SELECT s.ad_account_id, s.breakdown, MIN(s.day), MAX(s.day) FROM breakdown_days s \
        WHERE s.workspace_id = $1 GROUP BY s.ad_account_id, s.breakdown";
    DERIVED = "UPDATE ad_insight_breakdowns SET meta_leads = $1, meta_purchases = $2, meta_purchase_micros = $3 \
        WHERE workspace_id = $4 AND ad_account_id = $5 AND breakdown = $6 AND day = $7 AND ad_id = $8 AND value = $9";
}

/// What Meta says of one ad on one day in one part of a breakdown.
#[derive(Clone, Debug, PartialEq)]
pub struct AdDayPart {
    /// The part, as Meta writes it: `25-34`, `AR`, or platform and position joined by `/`.
    pub value: Arc<str>,
    /// Its figures.
    pub of: AdDay,
}

/// Fields of a row that tell the part it is of, in the order in which they are joined.
///
/// The device is the platform it is used on: by the kind of device Meta answers only accounts that
/// asked for it, and only a few jobs a day (since 2026-08).
pub fn fields(breakdown: Breakdown) -> &'static [&'static str] {
    match breakdown {
        Breakdown::Age => &["age"],
        Breakdown::Gender => &["gender"],
        Breakdown::Country => &["country"],
        Breakdown::Placement => &["publisher_platform", "platform_position"],
        Breakdown::Device => &["device_platform"],
    }
}

#[derive(sqlx::FromRow)]
struct StoredPart {
    value: String,
    #[sqlx(flatten)]
    row: StoredRow,
}

struct PartRow<'a> {
    day: NaiveDate,
    ad: AdId,
    value: &'a str,
    figures: &'a Figures,
}

/// Brings the parts of `slice.days` to what `rows` say, as [`super::write_slice`] does the ad-days,
/// but without a journal. Every day of the slice then counts as read by the breakdown.
///
/// # Errors
/// `Internal` for a row whose ad is not stored (call [`AdIndex::store_unknown`] first), or as any
/// write.
pub async fn write_parts(
    tx: &mut Tx,
    slice: Slice<'_>,
    breakdown: Breakdown,
    index: &AdIndex,
    mut rows: Vec<AdDayPart>,
) -> Result<SliceCounts> {
    let present = ActionMap::load(tx, slice.workspace).await?;
    if present != *slice.map {
        derive_again(&present, rows.iter_mut().map(|row| &mut row.of))?;
    }
    if rows.iter().any(|row| index.key(row.of.ad).is_none()) {
        return Err(Error::internal("a part of an ad that is not stored"));
    }
    // In the order of the primary key, and the last of two rows that say the same part.
    let place = |row: &AdDayPart| (row.of.day, index.key(row.of.ad).map(|key| key.ad));
    rows.sort_by(|a, b| (place(a), &a.value).cmp(&(place(b), &b.value)));
    rows.reverse();
    rows.dedup_by(|a, b| (place(a), &a.value) == (place(b), &b.value));
    rows.reverse();

    let stored = read_days(tx, slice, breakdown).await?;
    let by_day: BTreeMap<NaiveDate, &[AdDayPart]> = rows
        .chunk_by(|a, b| a.of.day == b.of.day)
        .filter_map(|day| Some((day.first()?.of.day, day)))
        .collect();
    let mut scratch = Vec::with_capacity(512);
    let mut counts = SliceCounts::default();
    let mut changed: BTreeSet<NaiveDate> = BTreeSet::new();
    for day in slice.days.iter() {
        let parts = by_day.get(&day).copied().unwrap_or_default();
        let said = DayRead {
            part_rows: i64::try_from(parts.len()).unwrap_or(i64::MAX),
            digest: digest(parts, index, slice.account.currency, &mut scratch),
        };
        if stored.get(&day) == Some(&said) {
            counts.unchanged += u64::try_from(parts.len()).unwrap_or(u64::MAX);
        } else {
            changed.insert(day);
        }
    }
    let (Some(first), Some(last)) = (changed.first().copied(), changed.last().copied()) else {
        return Ok(counts);
    };
    let span = DateRange {
        from: first,
        to: last,
    };
    let mut existing = if changed.iter().any(|day| stored.contains_key(day)) {
        existing(tx, slice, breakdown, span).await?
    } else {
        HashMap::new()
    };
    let mut kept: BTreeMap<NaiveDate, DayRead> = BTreeMap::new();
    let mut writes = Vec::new();
    for row in rows.iter().filter(|row| changed.contains(&row.of.day)) {
        let Some(key) = index.key(row.of.ad) else {
            continue;
        };
        kept.entry(row.of.day).or_default().count(
            &row.of.figures,
            key.ad,
            &row.value,
            slice.account.currency,
            &mut scratch,
        );
        let old = existing.remove(&(row.of.day, key.ad, row.value.to_string()));
        match old {
            Some(old) if old.same_content(&row.of.figures, slice.account.currency) => {
                counts.unchanged += 1;
                continue;
            }
            Some(_) => counts.changed += 1,
            None => counts.added += 1,
        }
        writes.push(PartRow {
            day: row.of.day,
            ad: key.ad,
            value: &row.value,
            figures: &row.of.figures,
        });
    }
    let mut left: Vec<_> = existing
        .into_iter()
        .filter(|((day, ..), _)| changed.contains(day))
        .collect();
    left.sort_by(|(a, _), (b, _)| a.cmp(b));
    for ((day, ad, value), old) in left {
        // Of an ad that Meta deleted or archived the parts stay, as its days do.
        let gone = index
            .place_of(ad)
            .and_then(|place| index.key(place))
            .is_none_or(|key| key.gone);
        if slice.covers == Covers::Everything && !gone {
            counts.removed += 1;
            on_tx!(tx, |c| sqlx::query(REMOVE)
                .bind(slice.workspace)
                .bind(slice.account.id)
                .bind(breakdown.word())
                .bind(day)
                .bind(ad)
                .bind(&value)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
        } else {
            kept.entry(day).or_default().count(
                &old,
                ad,
                &value,
                slice.account.currency,
                &mut scratch,
            );
        }
    }
    upsert(tx, slice, breakdown, &writes).await?;
    for day in changed {
        let read = kept.remove(&day).unwrap_or_default();
        if stored.get(&day) == Some(&read) {
            continue;
        }
        on_tx!(tx, |c| sqlx::query(CONFIRM)
            .bind(slice.workspace)
            .bind(slice.account.id)
            .bind(breakdown.word())
            .bind(day)
            .bind(read.part_rows)
            .bind(read.digest)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    if counts.added > 0 || counts.changed > 0 || counts.removed > 0 {
        fill_sums(tx, slice.workspace, slice.account.id, breakdown, span).await?;
    }
    Ok(counts)
}

/// What a day of a breakdown says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct DayRead {
    part_rows: i64,
    digest: i64,
}

impl DayRead {
    fn count(
        &mut self,
        figures: &Figures,
        ad: AdId,
        value: &str,
        currency: Currency,
        scratch: &mut Vec<u8>,
    ) {
        self.part_rows += 1;
        let of_figures = figures.digest(ad, currency, scratch);
        scratch.clear();
        scratch.extend_from_slice(&of_figures.to_le_bytes());
        scratch.extend_from_slice(value.as_bytes());
        let digest = xxhash_rust::xxh3::xxh3_64(scratch).to_le_bytes();
        self.digest = self.digest.wrapping_add(i64::from_le_bytes(digest));
    }
}

fn digest(parts: &[AdDayPart], index: &AdIndex, currency: Currency, scratch: &mut Vec<u8>) -> i64 {
    let mut read = DayRead::default();
    for part in parts {
        if let Some(key) = index.key(part.of.ad) {
            read.count(&part.of.figures, key.ad, &part.value, currency, scratch);
        }
    }
    read.digest
}

async fn read_days(
    tx: &mut Tx,
    slice: Slice<'_>,
    breakdown: Breakdown,
) -> Result<HashMap<NaiveDate, DayRead>> {
    let rows: Vec<(NaiveDate, i64, i64)> = on_tx!(tx, |c| sqlx::query_as(READ_DAYS)
        .bind(slice.workspace)
        .bind(slice.account.id)
        .bind(breakdown.word())
        .bind(slice.days.from)
        .bind(slice.days.to)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|(day, part_rows, digest)| (day, DayRead { part_rows, digest }))
        .collect())
}

type Place = (NaiveDate, AdId, String);

async fn existing(
    tx: &mut Tx,
    slice: Slice<'_>,
    breakdown: Breakdown,
    days: DateRange,
) -> Result<HashMap<Place, Figures>> {
    let parts = stored_parts(tx, slice.workspace, slice.account.id, breakdown, days).await?;
    Ok(parts
        .into_iter()
        .map(|part| {
            let place = (part.row.day, part.row.ad_id, part.value);
            (place, part.row.into_figures())
        })
        .collect())
}

async fn stored_parts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    breakdown: Breakdown,
    days: DateRange,
) -> Result<Vec<StoredPart>> {
    on_tx!(tx, |c| sqlx::query_as(EXISTING)
        .bind(workspace)
        .bind(account)
        .bind(breakdown.word())
        .bind(days.from)
        .bind(days.to)
        .fetch_all(c)
        .await)
    .db()
}

const UPSERT: &str = concat!(
    "INSERT INTO ad_insight_breakdowns (workspace_id, ad_account_id, day, ad_id, breakdown, value, ",
    figure_columns!(),
    ", first_run, run) "
);
const UPSERT_END: &str = concat!(
    " ON CONFLICT (workspace_id, ad_account_id, day, ad_id, breakdown, value) ",
    figures_replaced!()
);

async fn upsert(
    tx: &mut Tx,
    slice: Slice<'_>,
    breakdown: Breakdown,
    rows: &[PartRow<'_>],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        on_tx!(tx, |c| {
            let mut query = QueryBuilder::<DB>::new(UPSERT);
            query.push_values(chunk, |mut values, row| {
                let values = values
                    .push_bind(slice.workspace)
                    .push_bind(slice.account.id)
                    .push_bind(row.day)
                    .push_bind(row.ad)
                    .push_bind(breakdown.word())
                    .push_bind(row.value.to_owned());
                push_figures!(values, row.figures, slice.account.currency)
                    .push_bind(slice.run)
                    .push_bind(slice.run);
            });
            query.push(UPSERT_END);
            query
                .build()
                .persistent(chunk.len() == CHUNK)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Sums the parts of some days anew.
async fn fill_sums(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    breakdown: Breakdown,
    days: DateRange,
) -> Result<()> {
    for statement in [CLEAR_SUMS, FILL_SUMS] {
        on_tx!(tx, |c| sqlx::query(statement)
            .bind(workspace)
            .bind(account)
            .bind(breakdown.word())
            .bind(days.from)
            .bind(days.to)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// Derives leads and purchases of every stored part again, and their sums.
pub(super) async fn remap_parts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    map: &CompiledMap,
) -> Result<()> {
    let spans: Vec<(AdAccountId, String, NaiveDate, NaiveDate)> =
        on_tx!(tx, |c| sqlx::query_as(SPANS)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
    for (account, word, first, last) in spans {
        let Some(breakdown) = Breakdown::of_word(&word) else {
            continue;
        };
        // A week at a time, so that memory does not grow with the history.
        let mut from = first;
        while from <= last {
            let to = from.checked_add_days(Days::new(6)).unwrap_or(last);
            let week = DateRange { from, to };
            if remap_days(tx, workspace, account, breakdown, week, map).await? {
                fill_sums(tx, workspace, account, breakdown, week).await?;
            }
            let Some(next) = to.succ_opt() else { break };
            from = next;
        }
    }
    Ok(())
}

/// Whether any part became another.
async fn remap_days(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    breakdown: Breakdown,
    days: DateRange,
    map: &CompiledMap,
) -> Result<bool> {
    let mut any = false;
    for part in stored_parts(tx, workspace, account, breakdown, days).await? {
        let (day, ad) = (part.row.day, part.row.ad_id);
        let figures = part.row.into_figures();
        let Some(actions) = &figures.actions else {
            continue;
        };
        let derived = StoredActions::parse(actions.as_str())?.derive(map);
        if derived == figures.derived() {
            continue;
        }
        any = true;
        on_tx!(tx, |c| sqlx::query(DERIVED)
            .bind(derived.leads)
            .bind(derived.purchases)
            .bind(derived.purchase_value)
            .bind(workspace)
            .bind(account)
            .bind(breakdown.word())
            .bind(day)
            .bind(ad)
            .bind(&part.value)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(any)
}

/// Whose sum it is: the account, the breakdown, the day, the part and the currency.
type SumPlace = (AdAccountId, String, NaiveDate, String, String);

#[derive(sqlx::FromRow)]
struct PartSum {
    ad_account_id: AdAccountId,
    breakdown: String,
    day: NaiveDate,
    value: String,
    currency: String,
    #[sqlx(flatten)]
    sums: Sums,
}

/// Recomputes every sum of parts of the workspace, and says how many differ from what is stored:
/// none, unless something other than this crate wrote to the tables.
///
/// # Errors
/// As any read.
pub async fn check_part_sums(tx: &mut Tx, workspace: WorkspaceId) -> Result<usize> {
    let stored = sums(tx, workspace, STORED_SUMS).await?;
    let recomputed = sums(tx, workspace, RECOMPUTED_SUMS).await?;
    let places: BTreeSet<&SumPlace> = stored.keys().chain(recomputed.keys()).collect();
    Ok(places
        .into_iter()
        .filter(|place| stored.get(*place) != recomputed.get(*place))
        .count())
}

async fn sums(
    tx: &mut Tx,
    workspace: WorkspaceId,
    statement: &'static str,
) -> Result<BTreeMap<SumPlace, Sums>> {
    let rows: Vec<PartSum> = on_tx!(tx, |c| sqlx::query_as(statement)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let place = (
                row.ad_account_id,
                row.breakdown,
                row.day,
                row.value,
                row.currency,
            );
            (place, row.sums)
        })
        .collect())
}
