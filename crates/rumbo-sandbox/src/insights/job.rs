//! Insights as a job: start, poll, read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::query::Query;
use super::{MOST_IN_A_JOB, page, too_much_data};
use crate::daily::Moment;
use crate::graph::schema::has_field;
use crate::graph::{Context, GraphError, Method, Params, fields};
use crate::world::{Node, day_text};

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fate {
    #[default]
    Complete,
    Fail,
    Skip,
    /// Never gets beyond "Job Running".
    Stick,
    /// Fails because there are too many rows.
    TooMuch,
}

#[derive(Debug)]
pub(crate) struct Job {
    id: u64,
    query: Query,
    params: Params,
    started: DateTime<Utc>,
    /// Figures are those of the moment the job was started.
    moment: Moment,
    polls: AtomicU32,
    /// Polls after which it is done, unless it is done by time before.
    polls_needed: u32,
    seconds_needed: i64,
    fate: Fate,
}

/// `POST /<object>/insights`.
pub(crate) fn start(context: &Context<'_>, node: Node) -> Result<Value, GraphError> {
    let params = context.call.params.clone();
    let query = Query::read(context, node, &params)?;
    let cells = query.cells(context.world);
    let mut ledger = context.app.ledger();
    if query.needs_opt_in() {
        // Since 2026-08-03: at most min(10, ads) such jobs a day for each ad account.
        let ads = context
            .world
            .accounts
            .get(query.account)
            .map_or(0, |it| it.ads.len());
        let day_ago = context.now - TimeDelta::hours(24);
        let recent = ledger
            .opt_in_jobs
            .iter()
            .filter(|(account, at)| *account == query.account && *at > day_ago)
            .count();
        if recent >= ads.min(10) && !ledger.switches.unlimited {
            return Err(crate::usage::throttled(80_000));
        }
        ledger.opt_in_jobs.push((query.account, context.now));
    }
    let fate = match ledger.next_job_fate.take() {
        Some(fate) => fate,
        None if cells > MOST_IN_A_JOB => Fate::TooMuch,
        None => Fate::Complete,
    };
    let weight = u32::try_from(cells / 2_000).unwrap_or(u32::MAX).min(5);
    let serial = ledger.next_serial();
    let id = 900_000_000_000_000
        + context.world.dice.with(11).with(serial).below(99_999_999) * 1_000_000
        + serial;
    let job = Job {
        id,
        query,
        params,
        started: context.now,
        moment: ledger.moment(context.now),
        polls: AtomicU32::new(0),
        polls_needed: 1 + weight,
        seconds_needed: 2 + i64::from(weight) * 10,
        fate,
    };
    ledger.jobs.insert(id, Arc::new(job));
    Ok(json!({ "report_run_id": id.to_string() }))
}

fn find(context: &Context<'_>, id: &str) -> Option<Arc<Job>> {
    let id: u64 = id.parse().ok()?;
    context.app.ledger().jobs.get(&id).cloned()
}

impl Job {
    /// The ad account it is about.
    pub(crate) fn account(&self) -> usize {
        self.query.account
    }

    /// Status and percent after so many polls.
    fn progress(&self, polls: u32, now: DateTime<Utc>) -> (&'static str, u32) {
        let elapsed = (now - self.started).num_seconds();
        let by_time = elapsed.max(0) * 100 / self.seconds_needed.max(1);
        let by_polls = u64::from(polls) * 100 / u64::from(self.polls_needed.max(1));
        let percent = u32::try_from(by_time)
            .unwrap_or(100)
            .max(u32::try_from(by_polls).unwrap_or(100));
        match (percent.min(100), self.fate) {
            (100, Fate::Complete) => ("Job Completed", 100),
            (100, Fate::Fail | Fate::TooMuch) => ("Job Failed", 100),
            (100, Fate::Skip) => ("Job Skipped", 0),
            // 100 % and still running happens at Meta: only the status counts.
            (100, Fate::Stick) => ("Job Running", 100),
            (0, _) => ("Job Not Started", 0),
            (low @ 1..=25, _) => ("Job Started", low),
            (percent, _) => ("Job Running", percent),
        }
    }

    fn field(
        &self,
        context: &Context<'_>,
        field: &str,
        status: &str,
        percent: u32,
    ) -> Option<Value> {
        let failed = status == "Job Failed";
        let account = context.world.accounts.get(self.query.account)?;
        Some(match field {
            "id" => self.id.to_string().into(),
            "account_id" => account.id.to_string().into(),
            "time_ref" => self.started.timestamp().into(),
            "time_completed" if percent == 100 => context.now.timestamp().into(),
            "async_status" => status.into(),
            "async_percent_completion" => percent.into(),
            "is_running" => {
                (!matches!(status, "Job Completed" | "Job Failed" | "Job Skipped")).into()
            }
            "date_start" => day_text(self.query.periods.first()?.0).into(),
            "date_stop" => day_text(self.query.periods.last()?.1).into(),
            // v25.0 says why a job failed.
            "error_code" if failed => (if self.fate == Fate::TooMuch { 100 } else { 2 }).into(),
            "error_subcode" if failed && self.fate == Fate::TooMuch => 1_487_534.into(),
            "error_subcode" if failed => 1_504_044.into(),
            "error_message" if failed && self.fate == Fate::TooMuch => {
                too_much_data().message.into()
            }
            "error_message" if failed => "An unknown error occurred".into(),
            "error_user_title" if failed => "Report failed".into(),
            "error_user_msg" if failed => {
                "The report could not be made. Please try again later.".into()
            }
            _ => return None,
        })
    }
}

/// `GET /<report>`: every read is a poll.
pub(crate) fn node(context: &Context<'_>, id: &str) -> Option<Result<Value, GraphError>> {
    let job = find(context, id)?;
    if context.call.method != Method::Get {
        return Some(Err(GraphError::no_such_object(id, "post")));
    }
    let polls = job.polls.fetch_add(1, Ordering::Relaxed) + 1;
    let (status, percent) = job.progress(polls, context.now);
    let asked = match fields::parse(context.call.params.get("fields").unwrap_or("")) {
        Ok(asked) => asked,
        Err(error) => return Some(Err(error)),
    };
    let names: Vec<&str> = if asked.is_empty() {
        vec![
            "id",
            "account_id",
            "time_ref",
            "time_completed",
            "async_status",
            "async_percent_completion",
            "date_start",
            "date_stop",
            "error_code",
            "error_subcode",
            "error_message",
            "error_user_title",
            "error_user_msg",
        ]
    } else {
        asked
            .iter()
            .map(|field| field.name.as_str())
            .chain(["id"])
            .collect()
    };
    if let Some(unknown) = names.iter().find(|name| !has_field("AdReportRun", name)) {
        return Some(Err(GraphError::nonexisting_field(unknown, "AdReportRun")));
    }
    let answer: Map<String, Value> = names
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), job.field(context, name, status, percent)?)))
        .collect();
    Some(Ok(answer.into()))
}

/// `GET /<report>/insights`.
pub(crate) fn results(
    context: &Context<'_>,
    id: &str,
    edge: &str,
) -> Option<Result<Value, GraphError>> {
    let job = find(context, id)?;
    if edge != "insights" {
        return Some(Err(GraphError::nonexisting_field(edge, "AdReportRun")));
    }
    Some(job_page(context, id, &job))
}

fn job_page(context: &Context<'_>, id: &str, job: &Job) -> Result<Value, GraphError> {
    let (status, _) = job.progress(job.polls.load(Ordering::Relaxed), context.now);
    if status != "Job Completed" {
        return Err(GraphError {
            transient: Some(true),
            ..GraphError::new(
                2601,
                "(#2601) Error loading async report: the report run is not complete",
            )
        }
        .with_subcode(1_815_107));
    }
    let own = [
        "limit",
        "after",
        "before",
        "fields",
        "filtering",
        "sort",
        "default_summary",
    ];
    crate::graph::check_params(context, &own)?;
    let mut query = job.query.clone();
    let asked = fields::parse(context.call.params.get("fields").unwrap_or(""))?;
    if !asked.is_empty() {
        if let Some(other) = asked
            .iter()
            .find(|field| !query.fields.contains(&field.name))
        {
            return Err(GraphError::parameter(format!(
                "{} was not asked for when the report run was created",
                other.name
            )));
        }
        query.fields = asked.into_iter().map(|field| field.name).collect();
    }
    let mut params = context.call.params.clone();
    if let Some(summary) = job.params.get("default_summary") {
        params.set("default_summary", summary.to_owned());
    }
    page(
        context,
        &query,
        &job.moment,
        &format!("{id}/insights"),
        &params,
    )
}
