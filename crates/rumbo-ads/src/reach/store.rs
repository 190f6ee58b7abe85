//! Questions and answers in the store.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, DateRange, Error, Reach, ReachQuestionId, Result, Told, UniqueClicks, UserId,
    WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::InsightsLevel;
use rumbo_platform::Scope;
use sqlx::FromRow;
use sqlx::types::Json;

use super::{
    AskedOfAccount, QuestionState, ReachAnswer, ReachQuestion, Trouble, by_account, may_ask,
};
use crate::JsonText;
use crate::objects::AdAccountRow;

rumbo_db::statements! {
    ASKED = "SELECT id, ad_account_id, level, since, until, state, asked_at, asked_by, not_before, settled_at, \
        last_error_code, last_error, last_error_told, state = 'answered' AND EXISTS (SELECT 1 \
        FROM account_day_readings r WHERE r.workspace_id = q.workspace_id AND r.ad_account_id = q.ad_account_id \
        AND r.day BETWEEN q.since AND q.until AND r.run > q.run) AS restated \
        FROM reach_questions q WHERE workspace_id = $1 AND level = $2 AND since = $3 AND until = $4 \
        AND asked_at <= $5 ORDER BY asked_at, id";
    WAITING = "SELECT id, ad_account_id, level, since, until, state, asked_at, asked_by, not_before, settled_at, \
        last_error_code, last_error, last_error_told, FALSE AS restated \
        FROM reach_questions WHERE workspace_id = $1 AND state = 'waiting' ORDER BY asked_at, id";
    ASK = "INSERT INTO reach_questions (workspace_id, id, ad_account_id, level, since, until, state, asked_at, asked_by) \
        VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8) \
        ON CONFLICT (workspace_id, ad_account_id, level, since, until) WHERE state = 'waiting' DO NOTHING";
    HURRY = "UPDATE reach_questions SET not_before = NULL WHERE workspace_id = $1 AND ad_account_id = $2 AND level = $3 \
        AND since = $4 AND until = $5 AND state = 'waiting' AND not_before IS NOT NULL";
    PUT_OFF = "UPDATE reach_questions SET not_before = $3, last_error_code = $4, last_error = $5, last_error_told = $6 \
        WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'";
    SETTLE = "UPDATE reach_questions SET state = $3, settled_at = $4, not_before = NULL, last_error_code = $5, \
        last_error = $6, last_error_told = $7, \
        run = (SELECT COALESCE(MAX(seq), 0) FROM sync_runs WHERE workspace_id = $1) \
        WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'";
    ADD_ANSWER = "INSERT INTO reach_answers (workspace_id, question_id, external_id, impressions, reach, unique_clicks, \
        unique_link_clicks, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ANSWERS = "SELECT external_id, impressions, reach, unique_clicks, unique_link_clicks, raw \
        FROM reach_answers WHERE workspace_id = $1 AND question_id = $2 ORDER BY external_id";
    VERSIONS = "SELECT q.settled_at, a.external_id, a.impressions, a.reach, a.unique_clicks, a.unique_link_clicks, a.raw \
        FROM reach_questions q JOIN reach_answers a ON a.workspace_id = q.workspace_id AND a.question_id = q.id \
        AND a.external_id = $6 WHERE q.workspace_id = $1 AND q.level = $2 AND q.since = $3 AND q.until = $4 \
        AND q.asked_at <= $5 AND q.settled_at <= $5 AND q.state = 'answered' ORDER BY q.settled_at DESC, q.id DESC";
}

#[derive(FromRow)]
struct QuestionRow {
    id: ReachQuestionId,
    ad_account_id: AdAccountId,
    level: String,
    since: NaiveDate,
    until: NaiveDate,
    state: String,
    asked_at: DateTime<Utc>,
    asked_by: Option<UserId>,
    not_before: Option<DateTime<Utc>>,
    settled_at: Option<DateTime<Utc>>,
    last_error_code: Option<String>,
    last_error: Option<String>,
    last_error_told: Option<Json<Told>>,
    restated: bool,
}

impl QuestionRow {
    fn read(self) -> Result<ReachQuestion> {
        let trouble = self.last_error_code.map(|code| Trouble {
            code,
            message: self.last_error.unwrap_or_default(),
            told: self.last_error_told.map(|told| told.0).unwrap_or_default(),
        });
        Ok(ReachQuestion {
            id: self.id,
            account: self.ad_account_id,
            level: InsightsLevel::of_word(&self.level)
                .ok_or_else(|| Error::internal(format!("the level \"{}\"", self.level)))?,
            days: DateRange {
                from: self.since,
                to: self.until,
            },
            state: QuestionState::of_word(&self.state)?,
            asked_at: self.asked_at,
            asked_by: self.asked_by,
            not_before: self.not_before,
            settled_at: self.settled_at,
            trouble,
            restated: self.restated,
        })
    }

    /// As it stood at a moment: what came later had not happened.
    fn read_as_of(self, moment: DateTime<Utc>) -> Result<ReachQuestion> {
        let question = self.read()?;
        if question.settled_at.is_none_or(|at| at <= moment) {
            return Ok(question);
        }
        Ok(ReachQuestion {
            state: QuestionState::Waiting,
            settled_at: None,
            trouble: None,
            restated: false,
            ..question
        })
    }
}

#[derive(FromRow)]
struct AnswerRow {
    external_id: String,
    impressions: Option<i64>,
    reach: Option<Reach>,
    unique_clicks: Option<UniqueClicks>,
    unique_link_clicks: Option<UniqueClicks>,
    raw: JsonText,
}

impl From<AnswerRow> for ReachAnswer {
    fn from(row: AnswerRow) -> Self {
        Self {
            external_id: row.external_id,
            impressions: row.impressions,
            reach: row.reach,
            unique_clicks: row.unique_clicks,
            unique_link_clicks: row.unique_link_clicks,
            raw: row.raw,
        }
    }
}

/// What was asked of these days at one level, by account; as it stood at a moment where one is
/// given.
///
/// # Errors
/// As any read.
pub async fn asked(
    tx: &mut Tx,
    scope: &Scope,
    level: InsightsLevel,
    days: DateRange,
    as_of: Option<DateTime<Utc>>,
) -> Result<BTreeMap<AdAccountId, AskedOfAccount>> {
    let moment = as_of.unwrap_or_else(|| scope.now());
    let rows: Vec<QuestionRow> = on_tx!(tx, |c| sqlx::query_as(ASKED)
        .bind(scope.workspace)
        .bind(level.word())
        .bind(days.from)
        .bind(days.to)
        .bind(moment)
        .fetch_all(c)
        .await)
    .db()?;
    let questions: Vec<ReachQuestion> = rows
        .into_iter()
        .map(|row| match as_of {
            Some(moment) => row.read_as_of(moment),
            None => row.read(),
        })
        .collect::<Result<_>>()?;
    Ok(by_account(questions))
}

/// Questions that Meta may be asked now, the oldest first.
///
/// # Errors
/// As any read.
pub async fn due(tx: &mut Tx, scope: &Scope) -> Result<Vec<ReachQuestion>> {
    let rows: Vec<QuestionRow> = on_tx!(tx, |c| sqlx::query_as(WAITING)
        .bind(scope.workspace)
        .fetch_all(c)
        .await)
    .db()?;
    let now = scope.now();
    rows.into_iter()
        .filter(|row| row.not_before.is_none_or(|at| at <= now))
        .map(QuestionRow::read)
        .collect()
}

/// Whether any question may be asked now.
///
/// # Errors
/// As any read.
pub async fn has_due(tx: &mut Tx, scope: &Scope) -> Result<bool> {
    Ok(!due(tx, scope).await?.is_empty())
}

/// Asks of an account's days. A question that waits already is not asked twice, and is asked of
/// Meta now, whatever it was put off for.
///
/// # Errors
/// `InvalidInput` for days that Meta does not tell of.
pub async fn ask(
    tx: &mut Tx,
    scope: &Scope,
    account: &AdAccountRow,
    level: InsightsLevel,
    days: DateRange,
) -> Result<()> {
    may_ask(account, days, scope.now())?;
    let id: ReachQuestionId = scope.id();
    on_tx!(tx, |c| sqlx::query(ASK)
        .bind(scope.workspace)
        .bind(id)
        .bind(account.id)
        .bind(level.word())
        .bind(days.from)
        .bind(days.to)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(HURRY)
        .bind(scope.workspace)
        .bind(account.id)
        .bind(level.word())
        .bind(days.from)
        .bind(days.to)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Leaves a question waiting, with the reason why.
pub(crate) async fn put_off(
    tx: &mut Tx,
    workspace: WorkspaceId,
    question: ReachQuestionId,
    until: Option<DateTime<Utc>>,
    error: &Error,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(PUT_OFF)
        .bind(workspace)
        .bind(question)
        .bind(until)
        .bind(error.code().word())
        .bind(error.message())
        .bind(Json(error.told()))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Marks a question as refused, with the reason why.
pub(crate) async fn refuse(
    tx: &mut Tx,
    scope: &Scope,
    question: ReachQuestionId,
    error: &Error,
) -> Result<()> {
    settle(tx, scope, question, QuestionState::Refused, Some(error))
        .await
        .map(|_| ())
}

/// Keeps Meta's answer. False where the question was settled meanwhile: that answer stands.
pub(crate) async fn answer(
    tx: &mut Tx,
    scope: &Scope,
    question: ReachQuestionId,
    answers: &[ReachAnswer],
) -> Result<bool> {
    if !settle(tx, scope, question, QuestionState::Answered, None).await? {
        return Ok(false);
    }
    for answer in answers {
        on_tx!(tx, |c| sqlx::query(ADD_ANSWER)
            .bind(scope.workspace)
            .bind(question)
            .bind(&answer.external_id)
            .bind(answer.impressions)
            .bind(answer.reach)
            .bind(answer.unique_clicks)
            .bind(answer.unique_link_clicks)
            .bind(&answer.raw)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(true)
}

async fn settle(
    tx: &mut Tx,
    scope: &Scope,
    question: ReachQuestionId,
    state: QuestionState,
    error: Option<&Error>,
) -> Result<bool> {
    let changed = on_tx!(tx, |c| sqlx::query(SETTLE)
        .bind(scope.workspace)
        .bind(question)
        .bind(state.word())
        .bind(scope.now())
        .bind(error.map(|error| error.code().word()))
        .bind(error.map(Error::message))
        .bind(error.map(|error| Json(error.told())))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    Ok(changed > 0)
}

/// The rows of an answer, by Meta's id.
///
/// # Errors
/// As any read.
pub async fn answers_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    question: ReachQuestionId,
) -> Result<Vec<ReachAnswer>> {
    let rows: Vec<AnswerRow> = on_tx!(tx, |c| sqlx::query_as(ANSWERS)
        .bind(workspace)
        .bind(question)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows.into_iter().map(Into::into).collect())
}

#[derive(FromRow)]
struct VersionRow {
    settled_at: DateTime<Utc>,
    #[sqlx(flatten)]
    answer: AnswerRow,
}

/// Every answer about one object and these days, with its time, the newest first.
///
/// # Errors
/// As any read.
pub async fn versions(
    tx: &mut Tx,
    scope: &Scope,
    level: InsightsLevel,
    days: DateRange,
    as_of: Option<DateTime<Utc>>,
    external_id: &str,
) -> Result<Vec<(DateTime<Utc>, ReachAnswer)>> {
    let rows: Vec<VersionRow> = on_tx!(tx, |c| sqlx::query_as(VERSIONS)
        .bind(scope.workspace)
        .bind(level.word())
        .bind(days.from)
        .bind(days.to)
        .bind(as_of.unwrap_or_else(|| scope.now()))
        .bind(external_id)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|row| (row.settled_at, row.answer.into()))
        .collect())
}
