//! Leads by ad, where the form is out of reach.

use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rumbo_base::{Error, Result};
use rumbo_db::{DbResultExt, on_tx};
use rumbo_meta::leads;

use super::super::account::{REQUEUES, WAITS};
use super::super::engine::Shared;
use super::super::failure::Verdict;
use super::super::fields::List;
use super::super::progress::StepState;
use super::super::report::SyncIssue;
use super::super::slices::{self, Kind, Outcome, no_days};
use super::{LEADS, LeadBatch, OVERLAP, store_pages};
use crate::objects::AdAccountRow;

rumbo_db::statements! {
    LEAD_ADS = "SELECT a.external_id FROM ads a JOIN ad_insights i ON i.workspace_id = a.workspace_id AND i.ad_id = a.id \
        WHERE a.workspace_id = $1 AND a.ad_account_id = $2 AND i.day >= $3 AND i.meta_leads > 0 \
        GROUP BY a.external_id ORDER BY MAX(i.day) DESC, a.external_id LIMIT 200";
}

/// Ads are asked for their leads this often: only to find those whose form is out of reach.
const HEAL_EVERY: TimeDelta = TimeDelta::hours(20);

/// Ads in a row that give no leads, for whatever reason, after which the others are not asked.
const FAILURES: u32 = 3;

/// Once a day, asks the ads that brought leads lately: the forms of some are on pages that are not
/// connected. Only what ends the whole run is returned.
pub(in crate::sync) async fn heal_account(
    shared: &Shared<'_>,
    place: usize,
    row: &AdAccountRow,
) -> Result<()> {
    let scope = &shared.cx.scope;
    let name = format!("act:{}", row.external_id);
    let began = scope.now();
    let mut tx = scope.read().await?;
    let read = slices::load(&mut tx, scope.workspace, &name, Kind::Leads).await?;
    let last = read
        .iter()
        .filter_map(|slice| slice.confirmed_at.filter(|at| *at <= began))
        .max();
    if last.is_some_and(|last| began - last < HEAL_EVERY) {
        return Ok(());
    }
    let from: NaiveDate = row
        .timezone()
        .day_of(last.unwrap_or(began - TimeDelta::days(90)) - OVERLAP);
    let ads: Vec<String> = on_tx!(&mut tx, |c| sqlx::query_scalar(LEAD_ADS)
        .bind(scope.workspace)
        .bind(row.id)
        .bind(from)
        .fetch_all(c)
        .await)
    .db()?;
    drop(tx);
    shared.board.kind(place, Kind::Leads, |progress| {
        progress.total = u32::try_from(ads.len()).unwrap_or(u32::MAX);
        progress.state = StepState::Running;
    });
    let failure = ask_ads(
        shared,
        (place, &name),
        row,
        ads,
        last.map(|at| at - OVERLAP),
    )
    .await?;
    shared.board.account(place, |account| {
        let kind = account.kinds.entry(Kind::Leads).or_default();
        kind.state = StepState::Done;
        if let Some(error) = &failure {
            kind.state = StepState::Failed;
            kind.error = Some(error.into());
            account.state = StepState::Failed;
            account.error = Some(error.into());
        }
    });
    let code = failure.as_ref().map(|error| error.code().word());
    let outcome = match failure.as_ref().zip(code.as_deref()) {
        Some((error, code)) => Outcome::Failed {
            code,
            message: error.message(),
        },
        None => Outcome::Read {
            began,
            rows: shared.board.leads(place),
        },
    };
    let mut tx = scope.write().await?;
    slices::write(
        &mut tx,
        scope.workspace,
        (&name, Kind::Leads),
        no_days(),
        shared.run,
        outcome,
    )
    .await?;
    tx.commit().await?;
    if let Some(error) = failure {
        shared.issue(SyncIssue::new(&name, Some(Kind::Leads), None, &error));
    }
    Ok(())
}

/// Asks ads for their leads. Ads that are gone, and leads that are not for this person, are no
/// failure: the forms have brought what they could. Returns the last failure of another kind.
async fn ask_ads(
    shared: &Shared<'_>,
    (place, name): (usize, &str),
    row: &AdAccountRow,
    ads: Vec<String>,
    since: Option<DateTime<Utc>>,
) -> Result<Option<Error>> {
    let act = row.act();
    let mut queue: VecDeque<(String, u32)> = ads.into_iter().map(|ad| (ad, 0)).collect();
    let (mut waits, mut in_a_row) = (0, 0);
    let mut failed = None;
    while let Some((ad, tries)) = queue.pop_front() {
        let make = || leads::leads_of_ad(&shared.graph, &act, &ad, since);
        let batch = LeadBatch {
            page: None,
            form: None,
            ad_account: Some(&row.external_id),
            leads: &[],
        };
        let pages = List::new(shared, LEADS, name, make);
        let Err(failure) = store_pages(shared, place, pages, batch).await else {
            in_a_row = 0;
            shared
                .board
                .kind(place, Kind::Leads, |progress| progress.done += 1);
            continue;
        };
        in_a_row += 1;
        let out_of_reach = failure.is_out_of_reach();
        match failure.verdict() {
            Verdict::StopRun(error) => return Err(error),
            Verdict::Wait(wait, _) if waits < WAITS => {
                waits += 1;
                in_a_row -= 1;
                shared.cx.scope.clock.sleep(wait).await;
                queue.push_front((ad, tries));
                continue;
            }
            Verdict::Later(_) if tries < REQUEUES && in_a_row < FAILURES => {
                queue.push_back((ad, tries + 1));
                continue;
            }
            verdict => {
                tracing::info!(ad, ?verdict, "the leads of this ad could not be read");
                if !out_of_reach {
                    failed = Some(verdict.error());
                }
            }
        }
        shared
            .board
            .kind(place, Kind::Leads, |progress| progress.done += 1);
        if in_a_row >= FAILURES {
            break;
        }
    }
    Ok(failed)
}
