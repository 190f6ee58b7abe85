//! Works off the questions about people that wait: at Meta's pace, with the waits, tries and
//! refusals of every other read.

use std::time::Duration;

use chrono::TimeDelta;
use rumbo_base::{Error, Result};
use rumbo_meta::error::{ErrorClass, MetaError};
use rumbo_meta::graph::{GraphClient, Pages};
use rumbo_meta::marketing::{self, InsightsQuery};
use rumbo_meta::objects::{InsightRow, InsightsLevel, JobStatus};
use rumbo_platform::Scope;
use serde_json::value::RawValue;

use super::account::{REQUEUES, WAITS};
use super::failure::{Failure, Verdict};
use super::{jobs, plan};
use crate::insights::broken;
use crate::objects::{self, AdAccountRow};
use crate::reach::{self, ReachAnswer, ReachQuestion};

/// What passes by itself is tried again this soon, and what does not pass so soon after this long.
const AGAIN: Duration = Duration::from_secs(10);
const LATER: TimeDelta = TimeDelta::minutes(15);

/// Fields that Meta may refuse without the rest being worth less.
const OPTIONAL: [&str; 2] = ["unique_clicks", "unique_inline_link_clicks"];

/// What became of the questions that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuestionCounts {
    pub answered: u32,
    pub refused: u32,
    /// They wait on, for a reason that is kept with each.
    pub put_off: u32,
}

/// Asks Meta the questions that are due, the oldest first. One that Meta refuses stops none of the
/// others.
///
/// # Errors
/// What ends all of them, such as no network or an ended sign-in: what is not answered waits on.
pub async fn answer_questions(scope: &Scope, graph: &GraphClient) -> Result<QuestionCounts> {
    let mut tx = scope.read().await?;
    let due = reach::due(&mut tx, scope).await?;
    let accounts = if due.is_empty() {
        Vec::new()
    } else {
        objects::accounts(&mut tx, scope.workspace).await?
    };
    drop(tx);
    let mut counts = QuestionCounts::default();
    for question in due {
        let Some(account) = accounts.iter().find(|one| one.id == question.account) else {
            continue;
        };
        let asking = Asking {
            scope,
            graph,
            account,
            question: &question,
        };
        asking.settle(&mut counts).await?;
    }
    Ok(counts)
}

/// A question while it is asked.
struct Asking<'a> {
    scope: &'a Scope,
    graph: &'a GraphClient,
    account: &'a AdAccountRow,
    question: &'a ReachQuestion,
}

impl Asking<'_> {
    async fn settle(&self, counts: &mut QuestionCounts) -> Result<()> {
        let (mut waits, mut tries) = (0, 0);
        loop {
            let failure = match self.read().await {
                Ok(answers) => {
                    let mut tx = self.scope.write().await?;
                    let kept =
                        reach::answer(&mut tx, self.scope, self.question.id, &answers).await?;
                    tx.commit().await?;
                    counts.answered += u32::from(kept);
                    return Ok(());
                }
                Err(failure) => failure,
            };
            let (zone, now) = (self.account.timezone(), self.scope.now());
            if failure.is_beyond_history() {
                let error = reach::too_old(plan::oldest_kept(zone, now));
                return self.refuse(&error, counts).await;
            }
            match failure.verdict() {
                // The others would fail the same way. It says why it waits.
                Verdict::StopRun(error) => {
                    self.put_off(None, &error).await?;
                    return Err(error);
                }
                Verdict::Wait(wait, _) if waits < WAITS => {
                    waits += 1;
                    self.scope.clock.sleep(wait).await;
                }
                Verdict::Later(_) if tries < REQUEUES => {
                    tries += 1;
                    self.scope.clock.sleep(AGAIN).await;
                }
                Verdict::Wait(wait, error) => {
                    counts.put_off += 1;
                    let wait = TimeDelta::from_std(wait).unwrap_or(LATER);
                    return self.put_off(Some(wait), &error).await;
                }
                Verdict::Later(error) => {
                    counts.put_off += 1;
                    return self.put_off(Some(LATER), &error).await;
                }
                Verdict::Smaller(_) => return self.refuse(&reach::too_much(), counts).await,
                Verdict::StopAccount(error) | Verdict::GiveUp(error) => {
                    return self.refuse(&error, counts).await;
                }
            }
        }
    }

    async fn refuse(&self, error: &Error, counts: &mut QuestionCounts) -> Result<()> {
        tracing::warn!(
            account = self.account.external_id,
            cause = error.chain(),
            "not answered"
        );
        counts.refused += 1;
        let mut tx = self.scope.write().await?;
        reach::refuse(&mut tx, self.scope, self.question.id, error).await?;
        tx.commit().await
    }

    async fn put_off(&self, wait: Option<TimeDelta>, error: &Error) -> Result<()> {
        let until = wait.map(|wait| self.scope.now() + wait);
        let mut tx = self.scope.write().await?;
        reach::put_off(
            &mut tx,
            self.scope.workspace,
            self.question.id,
            until,
            error,
        )
        .await?;
        tx.commit().await
    }

    /// Asks at once, by a job where that is too much, and without what Meta refuses to tell.
    async fn read(&self) -> Result<Vec<ReachAnswer>, Failure> {
        let days = self.question.days;
        let mut query = InsightsQuery::people(self.question.level, days.from, days.to);
        let failure = match self.gather(self.at_once(&query)).await {
            Ok(answers) => return Ok(answers),
            Err(failure) => failure,
        };
        let Failure::Meta(error) = &failure else {
            return Err(failure);
        };
        match error.class() {
            ErrorClass::TooMuchData => self.by_job(&query).await,
            ErrorClass::CallerBug if !failure.is_beyond_history() => {
                query
                    .fields
                    .retain(|field| !OPTIONAL.contains(&field.as_str()));
                self.gather(self.at_once(&query)).await.map_err(|_| failure)
            }
            _ => Err(failure),
        }
    }

    fn at_once(&self, query: &InsightsQuery) -> Pages {
        marketing::insights(self.graph, &self.account.act(), query)
    }

    async fn by_job(&self, query: &InsightsQuery) -> Result<Vec<ReachAnswer>, Failure> {
        let act = self.account.act();
        let started = marketing::start_jobs(self.graph, &act, std::slice::from_ref(query)).await?;
        let job = started
            .into_iter()
            .next()
            .ok_or_else(|| Failure::Own(jobs::gave_up()))??;
        let mut look = jobs::FIRST_LOOK;
        loop {
            self.scope.clock.sleep(look).await;
            look = (look * 2).min(jobs::LAST_LOOK);
            let jobs = std::slice::from_ref(&job);
            let answers = marketing::poll_jobs(self.graph, &act, jobs).await?;
            let run = answers
                .into_iter()
                .next()
                .ok_or_else(|| Failure::Own(jobs::gave_up()))??;
            match run.async_status {
                JobStatus::Completed => break,
                JobStatus::Failed | JobStatus::Skipped => {
                    return Err(run.failure().map_or_else(
                        || Failure::Own(jobs::gave_up()),
                        |error| MetaError::from(error).into(),
                    ));
                }
                _ if self.scope.now() - job.started > jobs::LONGEST => {
                    return Err(Failure::Own(jobs::gave_up()));
                }
                _ => {}
            }
        }
        self.gather(marketing::read_job(self.graph, &act, &job))
            .await
    }

    async fn gather(&self, mut pages: Pages) -> Result<Vec<ReachAnswer>, Failure> {
        let mut answers = Vec::new();
        while let Some(page) = pages.next().await? {
            for raw in page.rows::<&RawValue>()? {
                answers.push(self.answer(raw.get())?);
            }
        }
        Ok(answers)
    }

    /// One row of exactly the days asked for.
    fn answer(&self, raw: &str) -> Result<ReachAnswer> {
        let row: InsightRow<'_> = serde_json::from_str(raw).map_err(|e| broken().source(e))?;
        let asked = self.question.days;
        let id = match self.question.level {
            InsightsLevel::Account => &row.account_id,
            InsightsLevel::Campaign => &row.campaign_id,
            InsightsLevel::AdSet => &row.adset_id,
            InsightsLevel::Ad => &row.ad_id,
        };
        // Of a period that is not over Meta names the last day that there is.
        let whole = row.date_start == asked.from && row.date_stop <= asked.to;
        let Some(id) = id.as_deref().filter(|_| whole) else {
            return Err(broken());
        };
        Ok(ReachAnswer {
            external_id: id.to_owned(),
            impressions: row.impressions,
            reach: row.reach.map(rumbo_base::Reach),
            unique_clicks: row.count("unique_clicks").map(rumbo_base::UniqueClicks),
            unique_link_clicks: row
                .count("unique_inline_link_clicks")
                .map(rumbo_base::UniqueClicks),
            raw: canonical(raw)?,
        })
    }
}

fn canonical(raw: &str) -> Result<crate::JsonText> {
    let value: serde_json::Value = serde_json::from_str(raw).map_err(|e| broken().source(e))?;
    Ok(crate::json_text::canonical(&value).into())
}
