//! A run from beginning to end.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::{StreamExt as _, TryStreamExt as _};
use rumbo_base::{Breakdown, Code, Error, PageId, Reason, Result, TimeZone, Told};
use rumbo_meta::graph::GraphClient;
use rumbo_platform::Scope;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::failure::Stop;
use super::fields::Refused;
use super::leads::{LeadCounts, LeadSink};
use super::progress::{AccountProgress, Board, StepState, SyncProgress};
use super::report::{KeptReport, RunReport, SyncIssue};
use super::slices::Kind;
use super::{account, adoption, leads, people, plan};
use crate::action_map::ActionMap;
use crate::insights::SliceCounts;
use crate::objects::{self, AdAccountRow, ObjectCounts};
use crate::runs::{self, RunKind, RunState, RunTraffic};

/// An unfinished run this young is gone on with: what it read counts.
const CONTINUE_WITHIN: TimeDelta = TimeDelta::hours(4);

/// A page whose Instant Forms are read, with the page's own token, which the run asks Meta for.
#[derive(Clone, Debug)]
pub struct PageAccess {
    pub id: PageId,
    /// Meta's id.
    pub external_id: String,
    pub name: String,
}

/// What a sync needs.
#[derive(Debug)]
pub struct SyncContext {
    pub scope: Scope,
    /// Signed in.
    pub graph: GraphClient,
    /// Pages whose leads are wanted.
    pub pages: Vec<PageAccess>,
    /// Where leads go.
    pub leads: Arc<dyn LeadSink>,
    /// Told of every step.
    pub progress: Option<watch::Sender<SyncProgress>>,
    /// Stops the run; what was committed stays.
    pub cancel: CancellationToken,
}

/// What to sync.
#[derive(Clone, Debug)]
pub struct SyncOptions {
    /// The first day wanted, in each account's zone; every day from it on is read again. Without
    /// it: as far as it was wanted before, and at first as far as Meta goes, 37 months.
    pub since: Option<NaiveDate>,
    /// Read every day again, not only those that Meta may have restated; with `since`, only the
    /// days from it on are wanted.
    pub full: bool,
    /// How far this machine's clock may be from Meta's: with a wrong one days would be taken for
    /// settled that are not. `None` does not look.
    pub clock_tolerance: Option<TimeDelta>,
    /// Whether leads are read: not where the permission for them is not even asked for.
    pub leads: bool,
    /// What the figures are also read by, each by calls of its own.
    pub breakdowns: Vec<Breakdown>,
    /// How many months back these are read, as far as the figures themselves are wanted.
    pub part_months: u32,
    /// What started it, for the history.
    pub trigger: String,
    /// How many accounts are read at once.
    pub accounts_at_once: usize,
    /// Where pictures of creatives go, named by the creative's id. Without it none are fetched.
    pub pictures: Option<PathBuf>,
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self {
            since: None,
            full: false,
            clock_tolerance: None,
            leads: true,
            breakdowns: Vec::new(),
            part_months: plan::PART_MONTHS,
            trigger: "manual".to_owned(),
            accounts_at_once: 3,
            pictures: None,
        }
    }
}

/// What all parts of a run share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub cx: &'a SyncContext,
    pub options: &'a SyncOptions,
    /// Counts and tells of its calls.
    pub graph: GraphClient,
    pub run: i64,
    pub fresh_run: i64,
    pub fresh_since: DateTime<Utc>,
    /// The first day that has to be read again, whatever was read before this run.
    pub again: Option<NaiveDate>,
    pub map: ActionMap,
    pub refused: Refused,
    pub board: Arc<Board>,
    totals: Mutex<Totals>,
}

#[derive(Debug, Default)]
struct Totals {
    rows: SliceCounts,
    parts: SliceCounts,
    objects: ObjectCounts,
    leads: LeadCounts,
    issues: Vec<SyncIssue>,
    accounts_done: usize,
}

impl Shared<'_> {
    fn totals(&self) -> std::sync::MutexGuard<'_, Totals> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn add_rows(&self, place: usize, counts: SliceCounts) {
        self.totals().rows.add(counts);
        self.board.update(|progress| {
            progress.rows.add(counts);
            if let Some(account) = progress.accounts.get_mut(place) {
                account.rows.add(counts);
                account.kinds.entry(Kind::Insights).or_default().rows +=
                    counts.added + counts.changed + counts.unchanged;
            }
        });
    }

    /// Parts of ad-days are counted apart from them.
    pub fn add_parts(&self, place: usize, kind: Kind, counts: SliceCounts) {
        self.totals().parts.add(counts);
        self.board.kind(place, kind, |progress| {
            progress.rows += counts.added + counts.changed + counts.unchanged;
        });
    }

    pub fn add_objects(&self, counts: ObjectCounts) {
        self.totals().objects.add(counts);
    }

    pub fn add_leads(&self, place: usize, counts: LeadCounts) {
        self.totals().leads.add(counts);
        let read = counts.added + counts.changed + counts.unchanged;
        self.board.update(|progress| {
            progress.leads_added += counts.added;
            if let Some(account) = progress.accounts.get_mut(place) {
                account.leads += read;
                account.kinds.entry(Kind::Leads).or_default().rows += read;
            }
        });
    }

    pub fn account_done(&self) {
        self.totals().accounts_done += 1;
    }

    pub fn issue(&self, issue: SyncIssue) {
        tracing::warn!(scope = issue.scope, code = ?issue.code, message = issue.message, "not read");
        self.totals().issues.push(issue);
    }
}

/// Syncs the selected accounts of the workspace, and the leads of the pages.
///
/// What could be read is committed, whatever becomes of the rest; see [`RunReport::state`].
///
/// # Errors
/// `NotFound` when no account is selected, `InvalidInput` for a `since` in the future: then no run
/// began. Otherwise only when the history itself cannot be written.
pub async fn run(cx: &SyncContext, options: &SyncOptions) -> Result<RunReport> {
    let scope = &cx.scope;
    plan::horizon(TimeZone::UTC, scope.now(), options.since, &[])?;
    let mut tx = scope.write().await?;
    let accounts: Vec<AdAccountRow> = objects::accounts(&mut tx, scope.workspace)
        .await?
        .into_iter()
        .filter(|account| account.selected)
        .collect();
    if accounts.is_empty() {
        return Err(Error::new(
            Code::NotFound,
            "No ad account is selected. Choose the accounts to sync, then sync again.",
        )
        .reason(Reason::NoAccountSelected));
    }
    runs::mark_interrupted(&mut tx, scope.workspace).await?;
    let before = going_on(&mut tx, cx, options).await?;
    let map = ActionMap::load(&mut tx, scope.workspace).await?;
    let run = runs::begin(
        &mut tx,
        scope,
        RunKind::Sync,
        &options.trigger,
        None,
        &serde_json::json!({}),
    )
    .await?;
    let kept = before.unwrap_or_else(|| KeptReport {
        full: options.full && options.since.is_none(),
        since: options.since,
        ..KeptReport::new(run, scope.now())
    });
    runs::keep_report(
        &mut tx,
        scope.workspace,
        run,
        &serde_json::to_value(&kept).map_err(Error::internal)?,
    )
    .await?;
    tx.commit().await?;

    let board = Arc::new(Board::new(scope.clock.clone(), cx.progress.clone()));
    board.update(|progress| {
        progress.run = run;
        progress.started_at = Some(scope.now());
        progress.accounts = accounts
            .iter()
            .map(|account| (account.external_id.clone(), account.name.clone()))
            .chain(
                cx.pages
                    .iter()
                    .map(|page| (page.external_id.clone(), page.name.clone())),
            )
            .map(|(external_id, name)| AccountProgress {
                external_id,
                name,
                ..AccountProgress::default()
            })
            .collect();
    });
    let shared = Shared {
        cx,
        options,
        graph: cx.graph.clone().with_log(board.clone()),
        run,
        fresh_run: kept.fresh_run,
        fresh_since: kept.fresh_since,
        again: if kept.full {
            Some(NaiveDate::MIN)
        } else {
            kept.since
        },
        map,
        refused: Refused::default(),
        board: board.clone(),
        totals: Mutex::new(Totals::default()),
    };
    let outcome = tokio::select! {
        biased;
        () = cx.cancel.cancelled() => Err(Error::new(Code::Cancelled, "The sync was stopped. What was read is kept.")),
        outcome = everything(&shared, &accounts) => outcome,
    };
    let report = conclude(&shared, accounts.len(), outcome);
    let kept = KeptReport {
        objects: report.objects,
        leads: report.leads,
        parts: report.parts,
        removed: report.rows.removed,
        code: report.code,
        issues: serde_json::to_value(&report.issues).map_err(Error::internal)?,
        ..kept
    };
    let kept_json = serde_json::to_value(&kept).map_err(Error::internal)?;
    let traffic = RunTraffic {
        calls: report.calls,
        waits: report.waits,
        waited_ms: u64::try_from(report.waited.as_millis()).unwrap_or(u64::MAX),
        errors: u64::try_from(report.issues.len()).unwrap_or(u64::MAX),
    };
    if let Err(error) = finish(scope, &report, traffic, &kept_json).await {
        // A disk that is full cannot keep the history either: what ended the run is the news.
        let (code, message) = match (report.code, &report.message) {
            (Some(code), Some(message)) if code != Code::Cancelled => (code, message.clone()),
            _ => return Err(error),
        };
        return Err(Error::new(code, message)
            .reason(report.reason)
            .source(error));
    }
    board.update(|progress| {
        progress.finished = true;
        progress.time_left = None;
    });
    Ok(report)
}

async fn finish(
    scope: &Scope,
    report: &RunReport,
    traffic: RunTraffic,
    kept: &serde_json::Value,
) -> Result<()> {
    let mut tx = scope.write().await?;
    runs::finish(&mut tx, scope, report.run, report.state, traffic, kept).await?;
    tx.commit().await
}

/// Whether the run before was cut short not long ago: then its reads count, and this run only
/// reads what it left.
async fn going_on(
    tx: &mut rumbo_db::Tx,
    cx: &SyncContext,
    options: &SyncOptions,
) -> Result<Option<KeptReport>> {
    let latest = runs::runs(tx, cx.scope.workspace, 20).await?;
    let Some(last) = latest.into_iter().find(|run| run.kind == "sync") else {
        return Ok(None);
    };
    let Ok(kept) = serde_json::from_value::<KeptReport>(last.report.0) else {
        return Ok(None);
    };
    let cut_short = match last.state.as_str() {
        "interrupted" | "cancelled" | "failed" => true,
        "partly" => {
            matches!(
                kept.code,
                Some(Code::NeedsSignIn | Code::Offline | Code::DiskFull | Code::DataFolderBusy)
            )
        }
        _ => false,
    };
    let young = (TimeDelta::zero()..CONTINUE_WITHIN).contains(&(cx.scope.now() - kept.fresh_since));
    // Days that are to be read again only now have to be, whatever the other one read.
    let same = match options.since {
        None => kept.full || !options.full,
        Some(since) => kept.full || kept.since.is_some_and(|kept| kept <= since),
    };
    Ok((cut_short && young && same).then(|| KeptReport {
        full: kept.full,
        since: kept.since,
        ..KeptReport::new(kept.fresh_run, kept.fresh_since)
    }))
}

async fn everything(shared: &Shared<'_>, accounts: &[AdAccountRow]) -> Result<()> {
    let accounts = &adoption::settle(shared, accounts).await?;
    futures::stream::iter(accounts.iter().enumerate())
        .map(Ok)
        .try_for_each_concurrent(
            shared.options.accounts_at_once.max(1),
            |(place, row)| async move {
                shared
                    .board
                    .account(place, |account| account.state = StepState::Running);
                let ended = account::sync(shared, place, row).await;
                account::conclude(shared, place, row, ended).await
            },
        )
        .await?;
    // Somebody waits for these.
    people::answer_questions(&shared.cx.scope, &shared.graph).await?;
    if shared.options.leads {
        leads::sync_pages(shared, accounts.len()).await?;
        for (place, row) in accounts.iter().enumerate() {
            leads::heal_account(shared, place, row).await?;
        }
    }
    if shared.options.breakdowns.is_empty() {
        return Ok(());
    }
    // Last, because they are many and nothing waits for them.
    futures::stream::iter(accounts.iter().enumerate())
        .map(Ok)
        .try_for_each_concurrent(shared.options.accounts_at_once.max(1), |(place, row)| {
            account::sync_parts(shared, place, row)
        })
        .await
}

impl From<Stop> for Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Run(error) | Stop::Account(error) => error,
        }
    }
}

fn conclude(shared: &Shared<'_>, accounts: usize, outcome: Result<()>) -> RunReport {
    let mut totals = std::mem::take(&mut *shared.totals());
    let (mut told, mut retry_after) = (Told::default(), None);
    let stats = shared.graph.stats();
    let anything = totals.accounts_done > 0 || totals.rows != SliceCounts::default();
    let (state, code, message) = match outcome {
        Err(error) if error.code() == Code::Cancelled => (
            RunState::Cancelled,
            Some(Code::Cancelled),
            Some(error.message().to_owned()),
        ),
        Err(error) => {
            tracing::error!(cause = error.chain(), "the sync ended early");
            totals
                .issues
                .push(SyncIssue::new("run", None, None, &error));
            told = error.told();
            retry_after = error.wait();
            let state = if anything {
                RunState::Partly
            } else {
                RunState::Failed
            };
            (state, Some(error.code()), Some(error.message().to_owned()))
        }
        Ok(()) => match totals.issues.last() {
            None => (RunState::Done, None, None),
            Some(issue) => {
                let state = if anything {
                    RunState::Partly
                } else {
                    RunState::Failed
                };
                told = issue.told.clone();
                (state, Some(issue.code), Some(issue.message.clone()))
            }
        },
    };
    RunReport {
        run: shared.run,
        state,
        rows: totals.rows,
        parts: totals.parts,
        objects: totals.objects,
        leads: totals.leads,
        accounts_done: totals.accounts_done,
        accounts,
        calls: stats.calls,
        waits: stats.waits,
        waited: stats.waited,
        issues: totals.issues,
        code,
        message,
        reason: told.reason,
        params: told.params,
        retry_after,
    }
}
