//! The sync's progress as the wire shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_ads::sync::{AccountProgress, KindProgress, StepState, SyncProgress as Inside, Trouble};
use rumbo_meta::graph::GraphClient;
use rumbo_meta::usage::Subject;

use crate::connection::whole_percent;
use crate::wire::{
    PacePoint, SyncKindProgress, SyncProgress, SyncScopeProgress, SyncState, WireError,
};

/// What a run is asked for and how it ended, beside what the engine tells.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub first: bool,
    /// The days meant, until the engine knows which ones it reads.
    pub since: NaiveDate,
    pub until: NaiveDate,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub end: Option<SyncState>,
    pub error: Option<WireError>,
    pub pace: Vec<PacePoint>,
    /// The ad accounts of the run by their bare number; everything else is a page.
    pub currencies: BTreeMap<String, String>,
}

/// From this use on Meta's limits slow the sync down.
const SLOWED_FROM: u32 = 75;

pub(super) fn shown(
    inside: &Inside,
    frame: &Frame,
    graph: &GraphClient,
    now: DateTime<Utc>,
) -> SyncProgress {
    let waiting = inside
        .waiting_until
        .and_then(|until| u32::try_from((until - now).num_seconds()).ok())
        .filter(|seconds| *seconds > 0);
    let readings = graph.usage().readings();
    let scopes: Vec<SyncScopeProgress> = inside
        .accounts
        .iter()
        .map(|account| {
            let bare = account.external_id.trim_start_matches("act_");
            let usage = readings
                .iter()
                .filter(|r| matches!(&r.subject, Subject::Object(id) if id == bare))
                .map(|r| whole_percent(r.percent))
                .max();
            let over = frame.end.is_some();
            scope(account, frame.currencies.get(bare), usage, waiting, over)
        })
        .collect();
    let kinds = || {
        inside
            .accounts
            .iter()
            .flat_map(|account| account.kinds.values())
    };
    let state = frame.end.unwrap_or(if waiting.is_some() {
        SyncState::Slowed
    } else {
        SyncState::Running
    });
    SyncProgress {
        run: u32::try_from(inside.run).unwrap_or_default(),
        state,
        first: frame.first,
        since: inside.days.map_or(frame.since, |days| days.from),
        until: inside.days.map_or(frame.until, |days| days.to),
        started_at: inside.started_at.unwrap_or(frame.started_at),
        finished_at: frame.finished_at,
        slices_done: kinds().map(|kind| kind.done.min(kind.total)).sum(),
        slices_total: kinds().map(|kind| kind.total).sum(),
        rows_added: small(inside.rows.added),
        rows_changed: small(inside.rows.changed),
        rows_unchanged: small(inside.rows.unchanged),
        rows_per_minute: inside.rows_per_second.map_or(0, per_minute),
        seconds_left_low: inside.time_left.map(|(low, _)| small(low.as_secs())),
        seconds_left_high: inside.time_left.map(|(_, high)| small(high.as_secs())),
        calls: small(inside.calls),
        waits: small(inside.waits),
        errors: small(inside.errors),
        scopes,
        pace: frame.pace.clone(),
        error: frame.error.clone(),
    }
}

/// Rows a minute, to the nearest sixty: the rate is an estimate.
fn per_minute(rows_per_second: f64) -> u32 {
    std::time::Duration::try_from_secs_f64(rows_per_second.max(0.0))
        .map_or(0, |whole| small(whole.as_secs().saturating_mul(60)))
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn state(step: StepState) -> SyncState {
    match step {
        StepState::Waiting => SyncState::Waiting,
        StepState::Running => SyncState::Running,
        StepState::Done => SyncState::Done,
        StepState::Failed => SyncState::Failed,
    }
}

fn scope(
    account: &AccountProgress,
    currency: Option<&String>,
    usage: Option<u32>,
    waiting: Option<u32>,
    over: bool,
) -> SyncScopeProgress {
    let done: u32 = account
        .kinds
        .values()
        .map(|kind| kind.done.min(kind.total))
        .sum();
    let total: u32 = account.kinds.values().map(|kind| kind.total).sum();
    let slowed = account.state == StepState::Running
        && (waiting.is_some() || usage.is_some_and(|percent| percent >= SLOWED_FROM));
    SyncScopeProgress {
        scope: match currency {
            Some(_) => format!("act:{}", account.external_id),
            None => format!("page:{}", account.external_id),
        },
        name: account.name.clone(),
        currency: currency.cloned(),
        state: match account.state {
            // The run ended before this was read whole.
            StepState::Running if over && done > 0 => SyncState::Partly,
            StepState::Running if over => SyncState::Waiting,
            _ if slowed => SyncState::Slowed,
            step => state(step),
        },
        percent: if account.state == StepState::Done {
            100
        } else {
            (done * 100).checked_div(total).unwrap_or(0).min(99)
        },
        rows: small(match currency {
            Some(_) => account.rows.added + account.rows.changed + account.rows.unchanged,
            None => account.leads,
        }),
        usage_percent: usage,
        waiting_seconds: waiting.filter(|_| slowed),
        kinds: account
            .kinds
            .iter()
            .map(|(kind, progress)| kind_progress(kind.word(), progress, over))
            .collect(),
        error: account.error.as_ref().map(trouble),
    }
}

fn trouble(trouble: &Trouble) -> WireError {
    WireError {
        code: trouble.code,
        message: trouble.message.clone(),
        field: None,
        reason: trouble.told.reason,
        params: trouble.told.params.clone(),
        retry_after_ms: None,
    }
}

fn kind_progress(kind: &str, progress: &KindProgress, over: bool) -> SyncKindProgress {
    SyncKindProgress {
        kind: kind.to_owned(),
        state: match progress.state {
            StepState::Running if over && progress.done > 0 => SyncState::Partly,
            StepState::Running if over => SyncState::Waiting,
            step => state(step),
        },
        done: progress.done,
        total: progress.total,
        rows: small(progress.rows),
        error: progress.error.as_ref().map(trouble),
    }
}

#[cfg(test)]
mod tests {
    use rumbo_ads::sync::{AccountProgress, Kind, KindProgress, StepState, Trouble};
    use rumbo_base::{Code, Error};

    use super::scope;
    use crate::wire::SyncState;

    #[test]
    fn what_a_run_did_not_come_to_is_not_running_when_it_is_over() {
        let mut account = AccountProgress {
            external_id: "7".to_owned(),
            state: StepState::Running,
            ..AccountProgress::default()
        };
        let shown = |account: &AccountProgress, over| scope(account, None, None, None, over);
        assert_eq!(shown(&account, false).state, SyncState::Running);
        assert_eq!(shown(&account, true).state, SyncState::Waiting);
        let leads = KindProgress {
            done: 2,
            total: 5,
            rows: 31,
            state: StepState::Running,
            error: Some(Trouble::from(&Error::new(
                Code::Throttled,
                "Meta asks to wait.",
            ))),
        };
        account.kinds.insert(Kind::Leads, leads);
        account.leads = 31;
        let cut = shown(&account, true);
        assert_eq!(
            (cut.scope.as_str(), cut.state, cut.rows),
            ("page:7", SyncState::Partly, 31)
        );
        let [leads] = cut.kinds.as_slice() else {
            panic!("one kind")
        };
        assert_eq!((leads.state, leads.rows), (SyncState::Partly, 31));
        assert_eq!(
            leads.error.as_ref().map(|error| error.code),
            Some(Code::Throttled)
        );
    }
}
