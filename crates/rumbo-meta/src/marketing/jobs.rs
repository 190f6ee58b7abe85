//! Asynchronous insight jobs: start, ask how far they are, read.

use chrono::{DateTime, TimeDelta, Utc};

use super::{INSIGHT_LIMIT, InsightsQuery};
use crate::error::{GraphError, MetaError};
use crate::graph::{GraphClient, GraphRequest, Pages};
use crate::objects::{JobStarted, JobStatus, ReportRun};

/// A job that Meta has just made may be unknown to Meta for a moment (100/33).
const UNKNOWN_AT_FIRST: TimeDelta = TimeDelta::minutes(2);

/// A started job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Meta's id of the report.
    pub id: String,
    /// When it was started.
    pub started: DateTime<Utc>,
}

/// Starts jobs of one account, in batches; each has its own result.
///
/// # Errors
/// The outer result when a whole batch failed; the inner ones are each job's own.
pub async fn start_jobs(
    client: &GraphClient,
    account: &str,
    queries: &[InsightsQuery],
) -> Result<Vec<Result<Job, MetaError>>, MetaError> {
    let edge = format!("{account}/insights");
    let requests: Vec<GraphRequest> = queries
        .iter()
        .map(|query| query.apply(GraphRequest::post(&edge)))
        .collect();
    let answers = client.batch(&requests).await?;
    let started = client.http().clock().now();
    Ok(answers
        .into_iter()
        .map(|answer| {
            let job: JobStarted = answer?.parse()?;
            Ok(Job {
                id: job.report_run_id,
                started,
            })
        })
        .collect())
}

/// Asks how far jobs of one account are, in batches.
///
/// # Errors
/// As [`start_jobs`].
pub async fn poll_jobs(
    client: &GraphClient,
    account: &str,
    jobs: &[Job],
) -> Result<Vec<Result<ReportRun, MetaError>>, MetaError> {
    let requests: Vec<GraphRequest> = jobs
        .iter()
        .map(|job| {
            GraphRequest::get(&job.id)
                .fields(ReportRun::FIELDS)
                .about(account)
                .counted_as_insights()
        })
        .collect();
    let answers = client.batch(&requests).await?;
    let now = client.http().clock().now();
    Ok(answers
        .into_iter()
        .zip(jobs)
        .map(|(answer, job)| match answer {
            Ok(answer) => answer.parse(),
            Err(error)
                if error.graph().is_some_and(GraphError::is_unknown_object)
                    && now - job.started < UNKNOWN_AT_FIRST =>
            {
                Ok(ReportRun {
                    id: job.id.clone(),
                    async_status: JobStatus::NotStarted,
                    async_percent_completion: None,
                    error_code: None,
                    error_subcode: None,
                    error_message: None,
                    error_user_title: None,
                    error_user_msg: None,
                })
            }
            Err(error) => Err(error),
        })
        .collect())
}

/// The rows of a completed job. Read the pages as [`crate::objects::InsightRow`].
pub fn read_job(client: &GraphClient, account: &str, job: &Job) -> Pages {
    let request = GraphRequest::get(&format!("{}/insights", job.id)).about(account);
    client.pages(request, INSIGHT_LIMIT)
}
