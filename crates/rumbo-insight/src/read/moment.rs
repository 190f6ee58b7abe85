//! An earlier moment, as of which everything can be read.
//!
//! Rows of the CRM, the objects and the workspace leave the version that a change replaced, with
//! its instant. As of a moment a row is the oldest of its versions that were replaced after it,
//! or, without any, the row itself if it was there already. Meta's figures keep the runs that
//! brought and replaced them: as of a moment those hold that the runs finished by then had
//! brought. While a run goes on its figures are not yet part of any moment.

use chrono::{DateTime, Utc};
use rumbo_base::{Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

/// The second part of [`as_of`]: the versions of rows that are not so any more.
macro_rules! versions_as_of {
    ($columns:expr, $versions:expr, $only:expr, $there:expr, $moment:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $versions,
            " x WHERE x.workspace_id = $1",
            $only,
            $there,
            " AND x.replaced_at > ",
            $moment,
            " AND x.created_at <= ",
            $moment,
            " AND NOT EXISTS (SELECT 1 FROM ",
            $versions,
            " v ",
            "WHERE v.workspace_id = x.workspace_id AND v.id = x.id AND v.replaced_at > ",
            $moment,
            " AND v.replaced_at < x.replaced_at)"
        )
    };
}
pub(crate) use versions_as_of;

/// The rows of a table as of a moment: `$columns` of the rows themselves and of their versions.
/// Both are called `x`; `$there` is only asked of versions.
macro_rules! as_of {
    ($columns:expr, $from:expr, $versions:expr, $only:expr, $there:expr, $moment:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $from,
            " x WHERE x.workspace_id = $1",
            $only,
            " AND x.created_at <= ",
            $moment,
            " AND NOT EXISTS (SELECT 1 FROM ",
            $versions,
            " v ",
            "WHERE v.workspace_id = x.workspace_id AND v.id = x.id AND v.replaced_at > ",
            $moment,
            ") ",
            "UNION ALL ",
            $crate::read::moment::versions_as_of!($columns, $versions, $only, $there, $moment)
        )
    };
}
pub(crate) use as_of;

statements! {
    LAST_RUN = "SELECT COALESCE(MAX(seq), 0) FROM sync_runs WHERE workspace_id = $1 AND finished_at <= $2";
}

/// A row that both databases can be asked for.
pub(crate) trait EitherRow:
    for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
    + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
    + Send
    + Unpin
{
}

impl<R> EitherRow for R where
    R: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>
        + Send
        + Unpin
{
}

/// All rows of a workspace by a question in two texts: `now` takes the workspace, `as_of` the
/// moment too.
pub(crate) async fn rows<R: EitherRow>(
    tx: &mut Tx,
    workspace: WorkspaceId,
    moment: Option<Moment>,
    now: &'static str,
    as_of: &'static str,
) -> Result<Vec<R>> {
    let text = moment.map_or(now, |_| as_of);
    on_tx!(tx, |c| {
        let mut query = sqlx::query_as(text).bind(workspace);
        if let Some(moment) = moment {
            query = query.bind(moment.at);
        }
        query.fetch_all(c).await
    })
    .db()
}

/// Earlier than any row: the first day of the first year.
pub(crate) const EVER: DateTime<Utc> = match DateTime::from_timestamp(-62_135_596_800, 0) {
    Some(at) => at,
    None => DateTime::<Utc>::MIN_UTC,
};

/// Later than any row.
pub(crate) const NEVER: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(at) => at,
    None => DateTime::<Utc>::MAX_UTC,
};

/// An instant, and the last run that was finished by then; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Moment {
    pub at: DateTime<Utc>,
    pub run: i64,
}

impl Moment {
    /// After everything that is known.
    pub const LAST: Self = Self {
        at: NEVER,
        run: i64::MAX,
    };

    pub async fn read(tx: &mut Tx, workspace: WorkspaceId, at: DateTime<Utc>) -> Result<Self> {
        let run = on_tx!(tx, |c| sqlx::query_scalar(LAST_RUN)
            .bind(workspace)
            .bind(at)
            .fetch_one(c)
            .await)
        .db()?;
        Ok(Self { at, run })
    }
}
