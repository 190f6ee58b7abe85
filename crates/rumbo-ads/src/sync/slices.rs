//! What was read and when, committed with the rows it brought.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Breakdown, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use sqlx::FromRow;

rumbo_db::statements! {
    LOAD = "SELECT since, until, state, run, rows, confirmed_at FROM sync_slices \
        WHERE workspace_id = $1 AND scope = $2 AND kind = $3 ORDER BY since";
    WRITE = "INSERT INTO sync_slices (workspace_id, scope, kind, since, until, state, attempts, run, rows, \
        confirmed_at, error_code, error) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11) \
        ON CONFLICT (workspace_id, scope, kind, since) DO UPDATE SET until = excluded.until, \
        state = excluded.state, attempts = CASE WHEN excluded.state = 'failed' THEN sync_slices.attempts + 1 ELSE 1 END, \
        run = excluded.run, rows = excluded.rows, confirmed_at = excluded.confirmed_at, \
        error_code = excluded.error_code, error = excluded.error";
    PLAN = "INSERT INTO sync_slices (workspace_id, scope, kind, since, until, state, attempts, run, rows) \
        VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, 0) \
        ON CONFLICT (workspace_id, scope, kind, since) DO NOTHING";
}

/// What a slice is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Campaigns,
    AdSets,
    Ads,
    Creatives,
    Insights,
    /// Parts of ad-days.
    ByAge,
    ByGender,
    ByCountry,
    ByPlacement,
    ByDevice,
    Leads,
}

impl Kind {
    /// The word in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns",
            Self::AdSets => "ad_sets",
            Self::Ads => "ads",
            Self::Creatives => "creatives",
            Self::Insights => "insights",
            Self::ByAge => "by_age",
            Self::ByGender => "by_gender",
            Self::ByCountry => "by_country",
            Self::ByPlacement => "by_placement",
            Self::ByDevice => "by_device",
            Self::Leads => "leads",
        }
    }

    /// What its rows are parts of ad-days by; `None` for everything else.
    pub fn breakdown(self) -> Option<Breakdown> {
        Breakdown::ALL
            .into_iter()
            .find(|breakdown| Self::from(*breakdown) == self)
    }
}

impl From<Breakdown> for Kind {
    fn from(breakdown: Breakdown) -> Self {
        match breakdown {
            Breakdown::Age => Self::ByAge,
            Breakdown::Gender => Self::ByGender,
            Breakdown::Country => Self::ByCountry,
            Breakdown::Placement => Self::ByPlacement,
            Breakdown::Device => Self::ByDevice,
        }
    }
}

/// A stored slice.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SliceRow {
    /// First day, in the account's zone.
    pub since: NaiveDate,
    /// Last day, included.
    pub until: NaiveDate,
    /// `pending`, `done` or `failed`.
    pub state: String,
    /// The run that read it last.
    pub run: i64,
    /// What that read brought: objects, ad-days or leads.
    pub rows: i64,
    /// When the read that it stands for began.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// Listings have no days: their slice is this one.
pub(super) fn no_days() -> DateRange {
    DateRange {
        from: NaiveDate::default(),
        to: NaiveDate::default(),
    }
}

/// How a slice ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome<'a> {
    /// It was read whole; when the read began, and how many rows it had.
    Read { began: DateTime<Utc>, rows: u64 },
    /// It was not.
    Failed { code: &'a str, message: &'a str },
}

pub(crate) async fn load(
    tx: &mut Tx,
    workspace: WorkspaceId,
    scope: &str,
    kind: Kind,
) -> Result<Vec<SliceRow>> {
    on_tx!(tx, |c| sqlx::query_as(LOAD)
        .bind(workspace)
        .bind(scope)
        .bind(kind.word())
        .fetch_all(c)
        .await)
    .db()
}

pub(super) async fn write(
    tx: &mut Tx,
    workspace: WorkspaceId,
    (scope, kind): (&str, Kind),
    days: DateRange,
    run: i64,
    outcome: Outcome<'_>,
) -> Result<()> {
    let (state, rows, confirmed_at, code, message) = match outcome {
        Outcome::Read { began, rows } => (
            "done",
            i64::try_from(rows).unwrap_or(i64::MAX),
            Some(began),
            None,
            None,
        ),
        Outcome::Failed { code, message } => ("failed", 0, None, Some(code), Some(message)),
    };
    on_tx!(tx, |c| sqlx::query(WRITE)
        .bind(workspace)
        .bind(scope)
        .bind(kind.word())
        .bind(days.from)
        .bind(days.to)
        .bind(state)
        .bind(run)
        .bind(rows)
        .bind(confirmed_at)
        .bind(code)
        .bind(message)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Remembers how far back an account is wanted, so that an interrupted first sync goes on as far.
pub(super) async fn plan(
    tx: &mut Tx,
    workspace: WorkspaceId,
    scope: &str,
    days: DateRange,
    run: i64,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(PLAN)
        .bind(workspace)
        .bind(scope)
        .bind(Kind::Insights.word())
        .bind(days.from)
        .bind(days.from)
        .bind(run)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
