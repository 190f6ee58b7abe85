//! The days of an account: cut into slices, read, written.

use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Breakdown, DateRange, Error, Result, TimeZone};
use rumbo_meta::graph::Pages;
use rumbo_meta::marketing::{self, Filter, InsightsQuery};
use rumbo_meta::objects::InsightRow;

use super::account::{Account, REQUEUES, WAITS, give_up};
use super::engine::Shared;
use super::failure::{Failure, Stop, Verdict};
use super::fields::{Asked, Read};
use super::progress::{KindProgress, StepState};
use super::report::SyncIssue;
use super::slices::{self, Kind, Outcome};
use super::{jobs, plan};
use crate::insights::{self, AdIndex, Covers, RowReader, Slice, write_parts, write_slice};
use crate::runs;

/// A slice of about this many rows is read at once, in a few pages.
const ROWS_AT_ONCE: u64 = 3_000;
/// A larger account is read by jobs of about this many rows: few enough to hold in memory.
const ROWS_A_JOB: u64 = 20_000;
/// No slice is longer than this.
const LONGEST: u64 = 60;

/// Without this the figures of deleted and archived ads are missing, and the ads do not add up to
/// the account. These are Meta's `effective_status` values of an ad (Marketing API v25
/// specification).
const EVERY_STATE: [&str; 12] = [
    "ACTIVE",
    "ADSET_PAUSED",
    "ARCHIVED",
    "CAMPAIGN_PAUSED",
    "DELETED",
    "DISAPPROVED",
    "IN_PROCESS",
    "PAUSED",
    "PENDING_BILLING_INFO",
    "PENDING_REVIEW",
    "PREAPPROVED",
    "WITH_ISSUES",
];

/// Some days to read, and how.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub days: DateRange,
    /// By a job of Meta's rather than at once.
    pub by_job: bool,
    /// Times it went back into the queue.
    pub tries: u32,
}

/// The days of one account while they are read.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    /// Ad-days, or parts of them.
    kind: Kind,
    pub shared: &'a Shared<'a>,
    pub account: &'a Account<'a>,
    pub index: AdIndex,
    /// Fields that are asked for: fewer than usual once Meta refused one.
    fields: Vec<&'static str>,
    /// Rows a day that were seen, or that may be expected.
    rows_a_day: u64,
    ranges: Vec<DateRange>,
    pub queue: VecDeque<Piece>,
    waits: u32,
    pub last: Option<Error>,
}

/// How many parts an ad-day has in all likelihood: what the first slice is cut by.
fn usual_parts(breakdown: Breakdown) -> u64 {
    match breakdown {
        Breakdown::Age => 6,
        Breakdown::Gender | Breakdown::Country | Breakdown::Device => 3,
        Breakdown::Placement => 10,
    }
}

/// Reads the ad-days of an account that need it. Returns the last failure of a slice.
pub(super) async fn sync(
    shared: &Shared<'_>,
    account: &Account<'_>,
) -> Result<Option<Error>, Stop> {
    let scope = &shared.cx.scope;
    let zone = account.row.timezone();
    let mut tx = scope.write().await?;
    let stored = slices::load(&mut tx, scope.workspace, &account.scope, Kind::Insights).await?;
    let horizon = horizon(shared, zone, &stored)?;
    if stored.iter().all(|slice| slice.since > horizon.from) {
        slices::plan(
            &mut tx,
            scope.workspace,
            &account.scope,
            horizon,
            shared.run,
        )
        .await?;
    }
    let index = AdIndex::load(&mut tx, scope.workspace, account.key.id).await?;
    tx.commit().await?;
    let rows_a_day = u64::try_from(index.len()).unwrap_or(u64::MAX);
    let ranges = needed(shared, zone, horizon, &stored);
    read(shared, account, Kind::Insights, index, rows_a_day, ranges).await
}

/// Reads the parts of an account's ad-days that need it: as far back as the ad-days are wanted and
/// Meta tells the reach of parts. Returns the last failure of a slice.
pub(super) async fn sync_parts(
    shared: &Shared<'_>,
    account: &Account<'_>,
    breakdown: Breakdown,
) -> Result<Option<Error>, Stop> {
    let kind = Kind::from(breakdown);
    let scope = &shared.cx.scope;
    let zone = account.row.timezone();
    let mut tx = scope.read().await?;
    let whole = slices::load(&mut tx, scope.workspace, &account.scope, Kind::Insights).await?;
    let stored = slices::load(&mut tx, scope.workspace, &account.scope, kind).await?;
    let index = AdIndex::load(&mut tx, scope.workspace, account.key.id).await?;
    drop(tx);
    let mut horizon = horizon(shared, zone, &whole)?;
    let oldest = plan::months_back(zone, scope.now(), shared.options.part_months);
    horizon.from = horizon.from.max(oldest);
    // The last slice of the ad-days tells how many ads there are on a day.
    let rows_a_day = whole
        .iter()
        .rfind(|slice| slice.rows > 0)
        .map_or(index.len().try_into().unwrap_or(u64::MAX), |slice| {
            let days = (slice.until - slice.since).num_days() + 1;
            u64::try_from(slice.rows / days.max(1)).unwrap_or(u64::MAX)
        })
        .saturating_mul(usual_parts(breakdown));
    let ranges = needed(shared, zone, horizon, &stored);
    read(shared, account, kind, index, rows_a_day, ranges).await
}

/// The days an account is wanted for; `stored` are the slices of its ad-days.
fn horizon(shared: &Shared<'_>, zone: TimeZone, stored: &[slices::SliceRow]) -> Result<DateRange> {
    let since = shared.options.since;
    // Everything again, but only from a day on: how far back it was wanted before is no matter.
    let wanted: &[_] = if shared.options.full && since.is_some() {
        &[]
    } else {
        stored
    };
    plan::horizon(zone, shared.cx.scope.now(), since, wanted)
}

fn needed(
    shared: &Shared<'_>,
    zone: TimeZone,
    horizon: DateRange,
    stored: &[slices::SliceRow],
) -> Vec<DateRange> {
    plan::needed(
        horizon,
        zone,
        shared.cx.scope.now(),
        stored,
        shared.fresh_run,
        shared.again,
    )
}

async fn read(
    shared: &Shared<'_>,
    account: &Account<'_>,
    kind: Kind,
    index: AdIndex,
    rows_a_day: u64,
    ranges: Vec<DateRange>,
) -> Result<Option<Error>, Stop> {
    let scope = &shared.cx.scope;
    let zone = account.row.timezone();
    let total: i64 = ranges.iter().map(DateRange::days).sum();
    if let (Some(first), Some(last)) = (ranges.last(), ranges.first()) {
        shared.board.update(|progress| {
            let days = progress.days.get_or_insert(DateRange {
                from: first.from,
                to: last.to,
            });
            days.from = days.from.min(first.from);
            days.to = days.to.max(last.to);
        });
    }
    shared.board.kind(account.place, kind, |progress| {
        *progress = KindProgress {
            done: 0,
            total: u32::try_from(total).unwrap_or(u32::MAX),
            state: StepState::Running,
            ..KindProgress::default()
        };
    });
    let mut reading = Reading {
        kind,
        shared,
        account,
        rows_a_day: rows_a_day.max(1),
        index,
        fields: shared.refused.left(Asked::Of(kind), InsightRow::FIELDS),
        ranges,
        queue: VecDeque::new(),
        waits: 0,
        last: None,
    };
    while let Some(piece) = reading.next() {
        if piece.by_job {
            let more = reading.more_for_jobs();
            jobs::round(&mut reading, std::iter::once(piece).chain(more).collect()).await?;
        } else {
            let began = scope.now();
            match reading.at_once(piece.days).await {
                Ok(rows) => {
                    reading.keep(piece, began, Covers::Everything, rows).await?;
                }
                Err(failure) if failure.is_beyond_history() => {
                    reading.keep_from(plan::oldest_kept(zone, scope.now()), &piece);
                }
                Err(failure) => reading.judge(piece, failure).await?,
            }
        }
    }
    let failed = reading.last.is_some();
    shared.board.kind(account.place, kind, |progress| {
        progress.state = if failed {
            StepState::Failed
        } else {
            StepState::Done
        };
    });
    Ok(reading.last)
}

impl Reading<'_> {
    /// What to read next: what went back into the queue comes after the rest.
    fn next(&mut self) -> Option<Piece> {
        if self.queue.front().is_some_and(|piece| piece.tries == 0) {
            return self.queue.pop_front();
        }
        self.cut().or_else(|| self.queue.pop_front())
    }

    /// Asks for nothing before a day: Meta does not keep it. The part of a refused piece that it
    /// does keep goes back into the queue.
    fn keep_from(&mut self, oldest: NaiveDate, refused: &Piece) {
        let kept = |days: &DateRange| {
            (days.to >= oldest).then(|| DateRange {
                from: days.from.max(oldest),
                to: days.to,
            })
        };
        self.ranges = self.ranges.iter().filter_map(kept).collect();
        if refused.days.from < oldest
            && let Some(days) = kept(&refused.days)
        {
            self.queue.push_back(Piece {
                days,
                by_job: false,
                tries: 0,
            });
        }
    }

    /// Cuts the next slice off the days that are left.
    fn cut(&mut self) -> Option<Piece> {
        let at_once = ROWS_AT_ONCE / self.rows_a_day;
        let by_job = at_once < 3;
        let days = if by_job {
            (ROWS_A_JOB / self.rows_a_day).min(28)
        } else {
            at_once
        };
        let days = plan::take_recent(&mut self.ranges, days.clamp(1, LONGEST))?;
        Some(Piece {
            days,
            by_job,
            tries: 0,
        })
    }

    /// Further slices that Meta can prepare at the same time.
    fn more_for_jobs(&mut self) -> Vec<Piece> {
        let mut more = Vec::new();
        while more.len() + 1 < jobs::AT_ONCE {
            match self.queue.front() {
                Some(piece) if piece.by_job && piece.tries == 0 => {
                    more.extend(self.queue.pop_front());
                }
                Some(piece) if piece.tries == 0 => break,
                _ => match self.cut() {
                    Some(piece) if piece.by_job => more.push(piece),
                    Some(piece) => {
                        self.queue.push_front(piece);
                        break;
                    }
                    None => break,
                },
            }
        }
        more
    }

    pub fn query(&self, days: DateRange, filters: Vec<Filter>) -> InsightsQuery {
        let mut query = InsightsQuery::ad_days(days.from, days.to);
        query.fields = self.fields.iter().map(|f| (*f).to_owned()).collect();
        if let Some(breakdown) = self.kind.breakdown() {
            let by = insights::fields(breakdown);
            query.breakdowns = by.iter().map(|field| (*field).to_owned()).collect();
        }
        query.filters = filters;
        query
            .filters
            .push(Filter::any_of("ad.effective_status", &EVERY_STATE));
        query
    }

    async fn at_once(&mut self, days: DateRange) -> Result<RowReader, Failure> {
        let query = self.query(days, Vec::new());
        let pages = marketing::insights(&self.shared.graph, &self.account.act, &query);
        self.gather(days, pages).await
    }

    /// Takes the rows of some days.
    pub fn reader(&self, days: DateRange) -> RowReader {
        let reader = RowReader::new(&self.shared.map, self.account.key.currency, days);
        match self.kind.breakdown() {
            Some(breakdown) => reader.by(breakdown),
            None => reader,
        }
    }

    /// Reads all pages to the last.
    pub async fn gather(
        &mut self,
        days: DateRange,
        mut pages: Pages,
    ) -> Result<RowReader, Failure> {
        let mut reader = self.reader(days);
        self.gather_into(&mut reader, &mut pages).await?;
        Ok(reader)
    }

    pub async fn gather_into(
        &mut self,
        reader: &mut RowReader,
        pages: &mut Pages,
    ) -> Result<(), Failure> {
        while let Some(page) = pages.next().await? {
            reader.read_rows(page.rows::<InsightRow<'_>>()?, &mut self.index)?;
        }
        Ok(())
    }

    /// Writes what was read and confirms the slice, in one transaction.
    pub async fn keep(
        &mut self,
        piece: Piece,
        began: DateTime<Utc>,
        covers: Covers,
        reader: RowReader,
    ) -> Result<(), Stop> {
        let days = piece.days;
        let (shared, account) = (self.shared, self.account);
        let scope = &shared.cx.scope;
        if reader.unreadable() > 0 {
            tracing::warn!(
                scope = account.scope,
                figures = reader.unreadable(),
                "kept as text"
            );
        }
        let rows = u64::try_from(reader.len()).unwrap_or(u64::MAX);
        let mut tx = match scope.write().await {
            Ok(tx) => tx,
            // Another program may be writing: nothing has changed yet, so it can be read again.
            Err(error) => return self.judge(piece, error.into()).await,
        };
        let bare = self
            .index
            .store_unknown(
                &mut tx,
                scope.workspace,
                &scope.entropy,
                scope.now(),
                scope.actor,
            )
            .await?;
        let slice = Slice {
            workspace: scope.workspace,
            map: &shared.map,
            run: shared.run,
            account: account.key,
            days,
            covers,
        };
        let counts = match self.kind.breakdown() {
            Some(by) => write_parts(&mut tx, slice, by, &self.index, reader.into_parts()).await?,
            None => write_slice(&mut tx, slice, &self.index, reader.into_rows()).await?,
        };
        if bare > 0 {
            shared.cx.leads.link(&mut tx).await?;
        }
        // The history counts ad-days; parts of them are told beside it.
        if self.kind == Kind::Insights {
            runs::add_rows(&mut tx, scope.workspace, shared.run, counts).await?;
        }
        slices::write(
            &mut tx,
            scope.workspace,
            (&account.scope, self.kind),
            days,
            shared.run,
            Outcome::Read { began, rows },
        )
        .await?;
        tx.commit().await?;
        let length = u64::try_from(days.days()).unwrap_or(1).max(1);
        // Half of what was expected at least: one quiet slice must not make the next one too large.
        self.rows_a_day = rows.div_ceil(length).max(self.rows_a_day / 2).max(1);
        if self.kind == Kind::Insights {
            shared.add_rows(account.place, counts);
        } else {
            shared.add_parts(account.place, self.kind, counts);
        }
        shared.board.kind(account.place, self.kind, |progress| {
            progress.done = progress
                .done
                .saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
        });
        Ok(())
    }

    /// What becomes of a slice that could not be read.
    pub async fn judge(&mut self, mut piece: Piece, failure: Failure) -> Result<(), Stop> {
        if failure.refuses_breakdown() {
            // It would refuse every other slice too.
            self.ranges.clear();
            self.queue.clear();
            return self.failed(piece.days, failure.verdict().error()).await;
        }
        let failure = match self.leaves_out(piece.days, &failure).await {
            Ok(true) => {
                self.queue.push_front(piece);
                return Ok(());
            }
            Ok(false) => failure,
            Err(other) => other,
        };
        match failure.verdict() {
            Verdict::Wait(wait, _) if self.waits < WAITS => {
                self.waits += 1;
                self.shared.cx.scope.clock.sleep(wait).await;
                self.queue.push_front(piece);
                Ok(())
            }
            Verdict::Later(_) if piece.tries < REQUEUES => {
                piece.tries += 1;
                self.queue.push_back(piece);
                Ok(())
            }
            Verdict::Smaller(_) if !piece.by_job => {
                piece.by_job = true;
                self.queue.push_front(piece);
                Ok(())
            }
            Verdict::Smaller(error) => match plan::halves(piece.days) {
                Some([late, early]) => {
                    for days in [early, late] {
                        self.queue.push_front(Piece {
                            days,
                            by_job: true,
                            tries: 0,
                        });
                    }
                    Ok(())
                }
                None => self.failed(piece.days, error).await,
            },
            verdict => {
                let error = give_up(verdict)?;
                self.failed(piece.days, error).await
            }
        }
    }

    /// Whether these days can be read with fewer fields.
    async fn leaves_out(&mut self, days: DateRange, failure: &Failure) -> Result<bool, Failure> {
        // One day is enough to see which fields are refused.
        let day = DateRange {
            from: days.to,
            to: days.to,
        };
        let query = self.query(day, Vec::new());
        let list = || marketing::insights(&self.shared.graph, &self.account.act, &query);
        let read = Read {
            asked: Asked::Of(self.kind),
            scope: &self.account.scope,
            days: Some(days),
        };
        let fewer = self
            .shared
            .leaves_out(read, &self.fields, failure, list)
            .await?;
        if fewer {
            self.fields = self
                .shared
                .refused
                .left(Asked::Of(self.kind), InsightRow::FIELDS);
        }
        Ok(fewer)
    }

    /// Notes that a slice could not be read, and goes on.
    pub async fn failed(&mut self, days: DateRange, error: Error) -> Result<(), Stop> {
        let scope = &self.shared.cx.scope;
        self.shared.issue(SyncIssue::new(
            &self.account.scope,
            Some(self.kind),
            Some(days),
            &error,
        ));
        self.shared
            .board
            .kind(self.account.place, self.kind, |progress| {
                progress.error = Some((&error).into());
            });
        let code = error.code().word();
        let mut tx = scope.write().await?;
        slices::write(
            &mut tx,
            scope.workspace,
            (&self.account.scope, self.kind),
            days,
            self.shared.run,
            Outcome::Failed {
                code: &code,
                message: error.message(),
            },
        )
        .await?;
        tx.commit().await?;
        self.last = Some(error);
        Ok(())
    }
}
