//! Rates in the store.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Page, PageRequest, Rate, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::QueryBuilder;

use super::{RateFilter, RateRow, RateSource, RateSpan, ReplacedRate};
use crate::Scope;

/// The rows of a list.
macro_rules! rows {
    ($only:literal) => {
        concat!(
            "SELECT r.base, r.quote, r.day, r.source, r.rate, r.changed_at, u.name FROM exchange_rates r \
             LEFT JOIN users u ON u.id = r.changed_by WHERE r.workspace_id = $1 \
             AND r.day BETWEEN $2 AND $3 AND ",
            $only,
            " ORDER BY r.day DESC, r.base, r.quote, r.source LIMIT $4"
        )
    };
}

statements! {
    LIST = rows!("($5 = '' OR r.base = $5 OR r.quote = $5) AND ($6 = '' OR r.source = $6) \
        AND r.day <= $7 AND (r.day < $7 OR (r.base, r.quote, r.source) > ($8, $9, $10))");
    OF_PAIR = rows!("r.base = $5 AND r.quote = $6 AND r.source = $7");
    IN_DAYS = "SELECT base, quote, day, source, rate FROM exchange_rates \
        WHERE workspace_id = $1 AND day BETWEEN $2 AND $3";
    IN_DAYS_AS_OF = "SELECT base, quote, day, source, rate FROM exchange_rates \
        WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 AND changed_at <= $4 \
        UNION ALL SELECT base, quote, day, source, rate FROM exchange_rate_history \
        WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 AND changed_at <= $4 AND replaced_at > $4";
    HISTORY = "SELECT h.base, h.quote, h.day, h.source, h.rate, h.changed_at, h.replaced_at, u.name \
        FROM exchange_rate_history h LEFT JOIN users u ON u.id = h.replaced_by \
        WHERE h.workspace_id = $1 AND h.day BETWEEN $2 AND $3 ORDER BY h.replaced_at DESC";
    SPANS = "SELECT base, quote, source, COUNT(*) AS days, MIN(day) AS first_day, MAX(day) AS last_day \
        FROM exchange_rates WHERE workspace_id = $1 GROUP BY base, quote, source \
        ORDER BY base, quote, source";
    KEEP_HISTORY = "INSERT INTO exchange_rate_history (workspace_id, base, quote, day, source, replaced_at, \
        replaced_by, rate, changed_at, changed_by) SELECT workspace_id, base, quote, day, source, $5, $6, rate, \
        changed_at, changed_by FROM exchange_rates WHERE workspace_id = $1 AND base = $2 AND quote = $3 \
        AND day = $4 AND source = $7 \
        ON CONFLICT (workspace_id, base, quote, day, source, replaced_at) DO NOTHING";
    REMOVE = "DELETE FROM exchange_rates WHERE workspace_id = $1 AND base = $2 AND quote = $3 AND day = $4 \
        AND source = 'hand'";
}

/// A rate to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub base: Currency,
    pub quote: Currency,
    pub day: NaiveDate,
    pub rate: Rate,
}

/// What keeping rates did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
}

/// A rate as it lies in the store.
pub(super) type Stored = (Currency, Currency, NaiveDate, RateSource, Rate);

/// Every rate of some days.
pub(super) async fn in_days(
    tx: &mut Tx,
    workspace: WorkspaceId,
    days: DateRange,
) -> Result<Vec<Stored>> {
    let rows = on_tx!(tx, |c| {
        sqlx::query_as(IN_DAYS)
            .bind(workspace)
            .bind(days.from)
            .bind(days.to)
            .fetch_all(c)
            .await
    })
    .db()?;
    stored(rows)
}

/// The same as of a moment.
pub(super) async fn in_days_as_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    days: DateRange,
    moment: DateTime<Utc>,
) -> Result<Vec<Stored>> {
    let rows = on_tx!(tx, |c| {
        sqlx::query_as(IN_DAYS_AS_OF)
            .bind(workspace)
            .bind(days.from)
            .bind(days.to)
            .bind(moment)
            .fetch_all(c)
            .await
    })
    .db()?;
    stored(rows)
}

fn stored(rows: Vec<(String, String, NaiveDate, String, String)>) -> Result<Vec<Stored>> {
    rows.into_iter()
        .map(|(base, quote, day, source, rate)| {
            Ok((
                Currency::of_record(&base)?,
                Currency::of_record(&quote)?,
                day,
                source.try_into()?,
                rate.parse()?,
            ))
        })
        .collect()
}

/// Rows a statement.
const CHUNK: usize = 500;

/// Adds rates, or replaces those that differ: what they were goes to the history.
pub(super) async fn keep(
    tx: &mut Tx,
    scope: &Scope,
    source: RateSource,
    entries: Vec<Entry>,
) -> Result<Kept> {
    let days = entries.iter().map(|entry| entry.day);
    let Some((from, to)) = days.clone().min().zip(days.max()) else {
        return Ok(Kept::default());
    };
    let before: HashMap<(Currency, Currency, NaiveDate), Rate> =
        in_days(tx, scope.workspace, DateRange { from, to })
            .await?
            .into_iter()
            .filter(|stored| stored.3 == source)
            .map(|(base, quote, day, _, rate)| ((base, quote, day), rate))
            .collect();
    let mut kept = Kept::default();
    let mut new = Vec::new();
    for entry in entries {
        match before.get(&(entry.base, entry.quote, entry.day)) {
            Some(rate) if *rate == entry.rate => {
                kept.unchanged += 1;
                continue;
            }
            Some(_) => {
                kept.changed += 1;
                to_history(tx, scope, source, &entry).await?;
            }
            None => kept.added += 1,
        }
        new.push(entry);
    }
    for chunk in new.chunks(CHUNK) {
        upsert(tx, scope, source, chunk).await?;
    }
    Ok(kept)
}

/// The text is built, so it is not in the list of prepared ones; tests run it on both databases.
async fn upsert(tx: &mut Tx, scope: &Scope, source: RateSource, chunk: &[Entry]) -> Result<()> {
    on_tx!(tx, |c| {
        let mut query = QueryBuilder::<DB>::new(
            "INSERT INTO exchange_rates (workspace_id, base, quote, day, source, rate, changed_at, changed_by) ",
        );
        query.push_values(chunk, |mut values, entry| {
            values
                .push_bind(scope.workspace)
                .push_bind(entry.base.code().to_owned())
                .push_bind(entry.quote.code().to_owned())
                .push_bind(entry.day)
                .push_bind(source.as_str())
                .push_bind(entry.rate.to_string())
                .push_bind(scope.now())
                .push_bind(scope.actor);
        });
        query.push(
            " ON CONFLICT (workspace_id, base, quote, day, source) DO UPDATE SET rate = excluded.rate, \
             changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        );
        query
            .build()
            .persistent(chunk.len() == CHUNK)
            .execute(c)
            .await
            .map(|_| ())
    })
    .db()
}

async fn to_history(tx: &mut Tx, scope: &Scope, source: RateSource, entry: &Entry) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(KEEP_HISTORY)
        .bind(scope.workspace)
        .bind(entry.base.code())
        .bind(entry.quote.code())
        .bind(entry.day)
        .bind(scope.now())
        .bind(scope.actor)
        .bind(source.as_str())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Takes rates of hand away, and says how many there were.
pub(super) async fn remove(
    tx: &mut Tx,
    scope: &Scope,
    base: Currency,
    quote: Currency,
    days: DateRange,
) -> Result<u64> {
    let of_hand = in_days(tx, scope.workspace, days).await?;
    let mut removed = 0;
    for (_, _, day, _, rate) in of_hand
        .into_iter()
        .filter(|stored| (stored.0, stored.1, stored.3) == (base, quote, RateSource::Hand))
    {
        let entry = Entry {
            base,
            quote,
            day,
            rate,
        };
        to_history(tx, scope, RateSource::Hand, &entry).await?;
        removed += on_tx!(tx, |c| sqlx::query(REMOVE)
            .bind(scope.workspace)
            .bind(base.code())
            .bind(quote.code())
            .bind(day)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .db()?;
    }
    Ok(removed)
}

/// The columns of a list, in their order.
type Columns = (
    String,
    String,
    NaiveDate,
    String,
    String,
    DateTime<Utc>,
    Option<String>,
);

fn row(columns: Columns) -> Result<RateRow> {
    let (base, quote, day, source, rate, changed_at, changed_by) = columns;
    Ok(RateRow {
        base: Currency::of_record(&base)?,
        quote: Currency::of_record(&quote)?,
        day,
        source: source.try_into()?,
        rate: rate.parse()?,
        changed_at,
        changed_by,
        replaced: Vec::new(),
    })
}

/// The rates by hand of a pair, newest day first.
pub(super) async fn of_pair(
    tx: &mut Tx,
    workspace: WorkspaceId,
    base: Currency,
    quote: Currency,
    days: DateRange,
) -> Result<Vec<RateRow>> {
    let rows: Vec<Columns> = on_tx!(tx, |c| {
        sqlx::query_as(OF_PAIR)
            .bind(workspace)
            .bind(days.from)
            .bind(days.to)
            .bind(i64::from(u32::MAX))
            .bind(base.code())
            .bind(quote.code())
            .bind(RateSource::Hand.as_str())
            .fetch_all(c)
            .await
    })
    .db()?;
    with_history(tx, workspace, rows).await
}

/// A place in the list, as text.
struct Cursor {
    day: NaiveDate,
    base: String,
    quote: String,
    source: String,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let day = parts.next()?.parse().ok()?;
        let mut word = || parts.next().map(str::to_owned);
        Some(Self {
            day,
            base: word()?,
            quote: word()?,
            source: word()?,
        })
    }
}

/// One page.
pub(super) async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &RateFilter,
    page: &PageRequest,
) -> Result<Page<RateRow>> {
    let days = filter.days.unwrap_or_else(always);
    let first = Cursor {
        day: days.to,
        base: String::new(),
        quote: String::new(),
        source: String::new(),
    };
    let after = page.place(first, Cursor::parse)?;
    let currency = filter.currency.map_or_else(String::new, |c| c.to_string());
    let rows: Vec<Columns> = on_tx!(tx, |c| {
        sqlx::query_as(LIST)
            .bind(workspace)
            .bind(days.from)
            .bind(days.to)
            .bind(page.wanted())
            .bind(currency)
            .bind(filter.source.map_or("", RateSource::as_str))
            .bind(after.day)
            .bind(after.base)
            .bind(after.quote)
            .bind(after.source)
            .fetch_all(c)
            .await
    })
    .db()?;
    let page = page.cut(rows, |(base, quote, day, source, ..)| {
        format!("{day}|{base}|{quote}|{source}")
    });
    Ok(Page {
        rows: with_history(tx, workspace, page.rows).await?,
        next: page.next,
        total: page.total,
    })
}

/// Days from before all rates to after them.
fn always() -> DateRange {
    DateRange {
        from: NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default(),
        to: NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default(),
    }
}

/// Puts beside each rate what it was before.
async fn with_history(
    tx: &mut Tx,
    workspace: WorkspaceId,
    rows: Vec<Columns>,
) -> Result<Vec<RateRow>> {
    let mut rows = rows.into_iter().map(row).collect::<Result<Vec<_>>>()?;
    let days = rows.iter().map(|row| row.day);
    let Some((first, last)) = days.clone().min().zip(days.max()) else {
        return Ok(rows);
    };
    let history: Vec<HistoryColumns> = on_tx!(tx, |c| {
        sqlx::query_as(HISTORY)
            .bind(workspace)
            .bind(first)
            .bind(last)
            .fetch_all(c)
            .await
    })
    .db()?;
    for (base, quote, day, source, rate, changed_at, replaced_at, replaced_by) in history {
        let of = rows.iter_mut().find(|row| {
            (
                row.base.code(),
                row.quote.code(),
                row.day,
                row.source.as_str(),
            ) == (base.as_str(), quote.as_str(), day, source.as_str())
        });
        if let Some(row) = of {
            row.replaced.push(ReplacedRate {
                rate: rate.parse()?,
                changed_at,
                replaced_at,
                replaced_by,
            });
        }
    }
    Ok(rows)
}

/// The columns of the history, in their order.
type HistoryColumns = (
    String,
    String,
    NaiveDate,
    String,
    String,
    DateTime<Utc>,
    DateTime<Utc>,
    Option<String>,
);

/// What is kept of every pair.
pub(super) async fn spans(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<RateSpan>> {
    let rows: Vec<(String, String, String, i64, NaiveDate, NaiveDate)> =
        on_tx!(tx, |c| sqlx::query_as(SPANS)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
    rows.into_iter()
        .map(|(base, quote, source, days, first_day, last_day)| {
            Ok(RateSpan {
                base: Currency::of_record(&base)?,
                quote: Currency::of_record(&quote)?,
                source: source.try_into()?,
                days,
                first_day,
                last_day,
            })
        })
        .collect()
}
