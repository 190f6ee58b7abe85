//! Slices that Meta prepares in the background: several at once, asked after in one batch.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, DateRange, Error, Reason, Result};
use rumbo_meta::error::ErrorClass;
use rumbo_meta::marketing::{self, Filter, Job};
use rumbo_meta::objects::JobStatus;

use super::days::{Piece, Reading};
use super::failure::{Failure, Stop, Verdict};
use super::plan;
use crate::insights::{Covers, RowReader};

/// Jobs of one account at the same time.
pub(super) const AT_ONCE: usize = 5;

/// Meta says that a job takes up to an hour, its own retries included.
pub(super) const LONGEST: TimeDelta = TimeDelta::minutes(60);

/// First wait between two looks at the jobs; it doubles up to the other.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(1);
pub(super) const LAST_LOOK: Duration = Duration::from_secs(20);

struct Open {
    piece: Piece,
    job: Job,
    began: DateTime<Utc>,
}

/// What became of a job.
enum Ended {
    Ready,
    Failed(Failure),
    /// Meta gave up without saying why, or too late: it may be the size.
    Unknown(Error),
}

/// Starts jobs for the pieces, waits for them, reads and writes what they bring.
pub(super) async fn round(reading: &mut Reading<'_>, pieces: Vec<Piece>) -> Result<(), Stop> {
    let mut open = start(reading, pieces).await?;
    let mut look = FIRST_LOOK;
    while !open.is_empty() {
        reading.shared.cx.scope.clock.sleep(look).await;
        look = (look * 2).min(LAST_LOOK);
        let jobs: Vec<Job> = open.iter().map(|open| open.job.clone()).collect();
        let answers =
            match marketing::poll_jobs(&reading.shared.graph, &reading.account.act, &jobs).await {
                Ok(answers) => answers,
                Err(error) => {
                    match Verdict::of_meta(error) {
                        Verdict::Wait(wait, _) => reading.shared.cx.scope.clock.sleep(wait).await,
                        Verdict::Later(_) => return put_back(reading, open).await,
                        verdict => {
                            let error = super::account::give_up(verdict)?;
                            for open in open {
                                reading
                                    .failed(open.piece.days, super::failure::again(&error))
                                    .await?;
                            }
                            return Ok(());
                        }
                    }
                    continue;
                }
            };
        let now = reading.shared.cx.scope.now();
        let mut still = Vec::new();
        for (mut waiting, answer) in open.into_iter().zip(answers) {
            let ended = match answer {
                Err(error) => Some(Ended::Failed(error.into())),
                Ok(run) => match run.async_status {
                    JobStatus::Completed => Some(Ended::Ready),
                    JobStatus::Failed | JobStatus::Skipped => Some(match run.failure() {
                        Some(error) => {
                            Ended::Failed(rumbo_meta::error::MetaError::from(error).into())
                        }
                        None => Ended::Unknown(gave_up()),
                    }),
                    _ if now - waiting.job.started > LONGEST => Some(Ended::Unknown(gave_up())),
                    _ => None,
                },
            };
            match ended {
                None => still.push(waiting),
                Some(Ended::Ready) => {
                    let pages = marketing::read_job(
                        &reading.shared.graph,
                        &reading.account.act,
                        &waiting.job,
                    );
                    match reading.gather(waiting.piece.days, pages).await {
                        Ok(rows) => {
                            reading
                                .keep(waiting.piece, waiting.began, Covers::Everything, rows)
                                .await?;
                        }
                        Err(failure) => judge(reading, waiting.piece, failure).await?,
                    }
                }
                Some(Ended::Failed(failure)) => judge(reading, waiting.piece, failure).await?,
                Some(Ended::Unknown(error)) if waiting.piece.tries == 0 => {
                    tracing::warn!(cause = error.chain(), "trying the job again later");
                    waiting.piece.tries += 1;
                    reading.queue.push_back(waiting.piece);
                }
                Some(Ended::Unknown(error)) => match plan::halves(waiting.piece.days) {
                    Some([late, early]) => {
                        for days in [early, late] {
                            reading.queue.push_front(Piece {
                                days,
                                by_job: true,
                                tries: 0,
                            });
                        }
                    }
                    None => reading.failed(waiting.piece.days, error).await?,
                },
            }
        }
        open = still;
    }
    Ok(())
}

/// The jobs are lost sight of: their days are read anew.
async fn put_back(reading: &mut Reading<'_>, open: Vec<Open>) -> Result<(), Stop> {
    for mut open in open {
        open.piece.tries += 1;
        if open.piece.tries > super::account::REQUEUES {
            reading.failed(open.piece.days, gave_up()).await?;
        } else {
            reading.queue.push_back(open.piece);
        }
    }
    Ok(())
}

async fn start(reading: &mut Reading<'_>, pieces: Vec<Piece>) -> Result<Vec<Open>, Stop> {
    let queries: Vec<_> = pieces
        .iter()
        .map(|piece| reading.query(piece.days, Vec::new()))
        .collect();
    let began = reading.shared.cx.scope.now();
    match marketing::start_jobs(&reading.shared.graph, &reading.account.act, &queries).await {
        Ok(started) => {
            let mut open = Vec::new();
            for (piece, job) in pieces.into_iter().zip(started) {
                match job {
                    Ok(job) => open.push(Open { piece, job, began }),
                    Err(error) => judge(reading, piece, error.into()).await?,
                }
            }
            Ok(open)
        }
        Err(error) => {
            let class = error.class();
            let mut pieces = pieces.into_iter();
            if let Some(first) = pieces.next() {
                reading.judge(first, error.into()).await?;
            }
            for mut piece in pieces {
                piece.tries += u32::from(class == ErrorClass::Transient);
                reading.queue.push_back(piece);
            }
            Ok(Vec::new())
        }
    }
}

/// As [`Reading::judge`], but a single day that is too much is read in parts of its ads.
async fn judge(reading: &mut Reading<'_>, piece: Piece, failure: Failure) -> Result<(), Stop> {
    let too_much =
        matches!(&failure, Failure::Meta(error) if error.class() == ErrorClass::TooMuchData);
    if !too_much || plan::halves(piece.days).is_some() {
        return reading.judge(piece, failure).await;
    }
    let began = reading.shared.cx.scope.now();
    match in_parts(reading, piece.days).await {
        Ok(rows) => reading.keep(piece, began, Covers::Some, rows).await,
        Err(failure) => match failure.verdict() {
            Verdict::Smaller(error) => reading.failed(piece.days, error).await,
            verdict => {
                let error = super::account::give_up(verdict)?;
                reading.failed(piece.days, error).await
            }
        },
    }
}

/// One day by groups of campaigns, halved until Meta answers, and a single campaign by groups of
/// its ads.
async fn in_parts(reading: &mut Reading<'_>, days: DateRange) -> Result<RowReader, Failure> {
    let mut reader = reading.reader(days);
    let scope = &reading.shared.cx.scope;
    let mut tx = scope.read().await?;
    let ads =
        crate::insights::ads_by_campaign(&mut tx, scope.workspace, reading.account.key.id).await?;
    drop(tx);
    let campaigns: Vec<String> = ads.keys().cloned().collect();
    let mut parts: Vec<(&str, Vec<String>)> = halve("campaign.id", campaigns);
    while let Some((field, ids)) = parts.pop() {
        let query = reading.query(days, vec![Filter::any_of(field, &ids)]);
        let mut pages = marketing::insights(&reading.shared.graph, &reading.account.act, &query);
        let before = reader.len();
        let Err(failure) = reading.gather_into(&mut reader, &mut pages).await else {
            continue;
        };
        let too_much =
            matches!(&failure, Failure::Meta(error) if error.class() == ErrorClass::TooMuchData);
        if !too_much {
            return Err(failure);
        }
        reader.truncate(before);
        match ids.as_slice() {
            [campaign] if field == "campaign.id" => {
                parts.extend(halve(
                    "ad.id",
                    ads.get(campaign).cloned().unwrap_or_default(),
                ));
            }
            [] | [_] => return Err(failure),
            _ => parts.extend(halve(field, ids)),
        }
    }
    Ok(reader)
}

fn halve(field: &'static str, mut ids: Vec<String>) -> Vec<(&'static str, Vec<String>)> {
    let late = ids.split_off(ids.len() / 2);
    [ids, late]
        .into_iter()
        .filter(|ids| !ids.is_empty())
        .map(|ids| (field, ids))
        .collect()
}

pub(super) fn gave_up() -> Error {
    Error::new(
        Code::MetaUnavailable,
        "Meta did not finish preparing these days. The next sync asks again.",
    )
    .reason(Reason::DaysUnfinished)
}
