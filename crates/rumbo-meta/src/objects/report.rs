//! An asynchronous insights job.

use serde::Deserialize;

use super::wire::Count;
use crate::error::{ErrorBody, GraphError};

/// The answer to starting a job.
#[derive(Clone, Debug, Deserialize)]
pub struct JobStarted {
    /// The job's id.
    pub report_run_id: String,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum JobStatus {
    /// Waiting.
    #[serde(rename = "Job Not Started")]
    NotStarted,
    /// Begun.
    #[serde(rename = "Job Started")]
    Started,
    /// Under way, also at 100 %.
    #[serde(rename = "Job Running")]
    Running,
    /// Rows can be read.
    #[serde(rename = "Job Completed")]
    Completed,
    /// Over, without rows.
    #[serde(rename = "Job Failed")]
    Failed,
    /// Over, without rows: Meta gave up on it. Counts as failed.
    #[serde(rename = "Job Skipped")]
    Skipped,
    /// A word that is not known: taken as under way, the time limit ends it.
    #[serde(other)]
    Unknown,
}

impl JobStatus {
    /// Whether it will not change any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Skipped)
    }
}

/// A job as Meta reports it. The percentage is for show: it may be 100 while the job runs.
#[derive(Clone, Debug, Deserialize)]
pub struct ReportRun {
    /// The job's id.
    pub id: String,
    /// How far it is.
    pub async_status: JobStatus,
    /// 0 to 100.
    pub async_percent_completion: Option<Count>,
    /// Since v25.
    pub error_code: Option<i64>,
    /// Since v25.
    pub error_subcode: Option<i64>,
    /// Since v25.
    pub error_message: Option<String>,
    /// Since v25.
    pub error_user_title: Option<String>,
    /// Since v25.
    pub error_user_msg: Option<String>,
}

impl ReportRun {
    /// The fields asked for.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "async_status",
        "async_percent_completion",
        "error_code",
        "error_subcode",
        "error_message",
        "error_user_title",
        "error_user_msg",
    ];

    /// Why the job failed, where it did and Meta says why. Many fail without a reason: then it
    /// is split or tried again.
    pub fn failure(&self) -> Option<GraphError> {
        if !matches!(self.async_status, JobStatus::Failed | JobStatus::Skipped) {
            return None;
        }
        let code = self.error_code.filter(|code| *code != 0)?;
        Some(GraphError::new(
            ErrorBody {
                code: Some(code),
                error_subcode: self.error_subcode.filter(|subcode| *subcode != 0),
                message: self.error_message.clone(),
                error_user_title: self.error_user_title.clone(),
                error_user_msg: self.error_user_msg.clone(),
                ..ErrorBody::default()
            },
            200,
        ))
    }
}
