//! A turn of the mirror: what is new in Chatwoot, what agents wrote, and what waits here.

use std::time::Duration;

use chrono::TimeDelta;
use rumbo_base::{ChatwootLinkId, Result};
use rumbo_channels::Chatwoot;
use rumbo_platform::Scope;

use super::links::{self, Link, LinkState};
use super::{begun_there, mirror, poll, replies};

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long a claim on a conversation lasts: longer than a call.
    pub lease: Duration,
    /// How long after a call whose answer was lost it is sure that it was taken or not.
    pub settle: Duration,
    /// How often Chatwoot is asked what is new.
    pub poll: TimeDelta,
    /// The same, while its webhooks come.
    pub poll_beside_webhooks: TimeDelta,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(90),
            settle: Duration::from_mins(1),
            poll: TimeDelta::seconds(20),
            poll_beside_webhooks: TimeDelta::minutes(5),
        }
    }
}

/// What a turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Messages that are in Chatwoot now.
    pub mirrored: u32,
    /// Messages that Chatwoot did not accept, and answers that were not sent.
    pub refused: u32,
    /// Statuses that Chatwoot was told.
    pub statuses: u32,
    /// Answers of agents that were heard of by asking.
    pub heard: u32,
    /// Answers of agents that became dispatches.
    pub replies: u32,
    /// Conversations that an agent began there, and that are mirrored now.
    pub begun: u32,
    /// Conversations that were ended there.
    pub resolved: u32,
    /// Chatwoot could not be used.
    pub failed: bool,
}

impl Report {
    pub(super) fn add(&mut self, other: Self) {
        self.mirrored += other.mirrored;
        self.refused += other.refused;
        self.statuses += other.statuses;
        self.heard += other.heard;
        self.replies += other.replies;
        self.begun += other.begun;
        self.resolved += other.resolved;
        self.failed |= other.failed;
    }

    /// Whether anything changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Does what the mirror has to do now. Nothing of it is lost or done twice wherever it ends, and any
/// number of programs may run it on one store.
///
/// # Errors
/// When the store cannot be read or written. That Chatwoot cannot be used is noted at the link.
pub async fn run_once(
    scope: &Scope,
    chatwoot: &Chatwoot,
    id: ChatwootLinkId,
    timing: &Timing,
) -> Result<Report> {
    let mut report = Report::default();
    let mut tx = scope.read().await?;
    let link: Link = links::link_of_id(&mut tx, scope.workspace, id).await?;
    drop(tx);
    if !link.active || link.state != LinkState::Connected {
        return Ok(report);
    }
    // What is stored already needs no network.
    report.add(replies::plan(scope, &link).await?);
    report.add(replies::follow(scope, &link).await?);
    if link.due_at > scope.now() {
        return Ok(report);
    }
    let (asked, failure) = Box::pin(poll::run(scope, chatwoot, &link, timing)).await?;
    report.add(asked);
    let failure = match failure {
        Some(failure) => Some(failure),
        None => {
            let (found, failure) =
                Box::pin(begun_there::run(scope, chatwoot, &link, timing)).await?;
            report.add(found);
            if asked.heard + found.begun > 0 {
                report.add(replies::plan(scope, &link).await?);
            }
            match failure {
                Some(failure) => Some(failure),
                None => {
                    let (done, failure) =
                        Box::pin(mirror::run(scope, chatwoot, &link, timing)).await?;
                    report.add(done);
                    failure
                }
            }
        }
    };
    match failure {
        Some(failure) => {
            report.failed = true;
            mirror::leave_alone(scope, &link, &failure).await?;
        }
        None => {
            let mut tx = scope.write().await?;
            links::worked(&mut tx, scope, id).await?;
            tx.commit().await?;
        }
    }
    Ok(report)
}
