//! SQL of planning: what caps and guards count, and what is written.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, ContactId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::{Scope, workspaces};
use sqlx::types::Json;

use crate::outbox::limits::Limits;
use crate::outbox::message::Message;
use crate::outbox::person::Person;
use crate::outbox::plan::{Line, OneMessage, Plan};
use crate::outbox::sender::Sender;
use crate::outbox::state::State;
use crate::outbox::why::Why;

statements! {
    SWITCHES = "SELECT automation_on, bot_on FROM workspaces WHERE id = $1";
    PLANNED_BEFORE = "SELECT address, state FROM dispatches WHERE workspace_id = $1 AND origin_id = $2 \
        AND step = $3 AND occurrence = $4";
    PEOPLE_RESERVED = "SELECT COUNT(DISTINCT contact_id) FROM dispatches WHERE workspace_id = $1 AND channel_id = $2 \
        AND state IN ('planned', 'held', 'queued', 'claimed', 'sent', 'delivered', 'read', 'unknown') \
        AND due_at > $3 AND created_at > $3";
    PEOPLE_SENT = "SELECT DISTINCT contact_id FROM dispatches WHERE workspace_id = $1 AND channel_id = $2 \
        AND state IN ('sent', 'delivered', 'read', 'unknown') AND due_at > $4 AND sent_at > $3";
    ADDRESS = "SELECT (SELECT s.source FROM suppressions s WHERE s.workspace_id = $1 AND s.kind = $2 \
        AND s.address = $3 AND s.scope = 'all'), (SELECT s.occurred_at FROM suppressions s WHERE s.workspace_id = $1 \
        AND s.kind = $2 AND s.address = $3 AND s.scope = 'all'), (SELECT s.source FROM suppressions s \
        WHERE s.workspace_id = $1 AND s.kind = $2 AND s.address = $3 AND s.scope = 'marketing'), \
        (SELECT v.last_inbound_at FROM conversations v WHERE v.workspace_id = $1 AND v.channel_id = $4 \
        AND v.address = $3)";
    INSERT_ONE = "INSERT INTO dispatches (workspace_id, id, origin, origin_id, step, contact_id, occurrence, \
        channel_id, address, template_id, template_version, purpose, content, rendered, state, reason, due_at, \
        expires_at, attempts, queued_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $20, $5, '', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, $17, $18, $19, \
        $18, $19)";
}

/// Waits until nobody else plans in the workspace: caps are counted and used up in one go.
pub(crate) async fn alone(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    // SQLite has one writer anyway.
    if let Tx::Postgres(c) = tx {
        let (high, low) = workspace.0.as_u64_pair();
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind((high ^ low).cast_signed())
            .execute(&mut **c)
            .await
            .db()?;
    }
    Ok(())
}

/// What the workspace allows itself.
pub(in crate::outbox) async fn limits(tx: &mut Tx, workspace: WorkspaceId) -> Result<Limits> {
    let stored = workspaces::find(tx, workspace)
        .await?
        .ok_or_else(|| crate::outbox::gone("workspace"))?;
    let (automation_on, bot_on): (bool, bool) = on_tx!(tx, |c| sqlx::query_as(SWITCHES)
        .bind(workspace)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(Limits::of(
        &stored.settings,
        stored.timezone,
        automation_on,
        bot_on,
    ))
}

/// Address and state of what the same origin, step and occurrence has planned.
pub(in crate::outbox) async fn planned_before(
    tx: &mut Tx,
    workspace: WorkspaceId,
    plan: &Plan,
) -> Result<Vec<(String, State)>> {
    let rows: Vec<(String, String)> = on_tx!(tx, |c| sqlx::query_as(PLANNED_BEFORE)
        .bind(workspace)
        .bind(plan.origin_id)
        .bind(&plan.step)
        .bind(&plan.occurrence)
        .fetch_all(c)
        .await)
    .db()?;
    rows.into_iter()
        .map(|(address, state)| Ok((address, state.parse()?)))
        .collect()
}

/// How many people a sender has written to or will since an instant.
pub(in crate::outbox) async fn people_reserved(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: ChannelId,
    since: DateTime<Utc>,
) -> Result<i64> {
    on_tx!(tx, |c| sqlx::query_scalar(PEOPLE_RESERVED)
        .bind(workspace)
        .bind(channel)
        .bind(since)
        .fetch_one(c)
        .await)
    .db()
}

/// Whom a sender has written to since an instant.
pub(in crate::outbox) async fn people_sent(
    tx: &mut Tx,
    workspace: WorkspaceId,
    channel: ChannelId,
    since: DateTime<Utc>,
) -> Result<Vec<ContactId>> {
    on_tx!(tx, |c| sqlx::query_scalar(PEOPLE_SENT)
        .bind(workspace)
        .bind(channel)
        .bind(since)
        // What was due long ago may have been sent late.
        .bind(since - TimeDelta::days(30))
        .fetch_all(c)
        .await)
    .db()
}

/// Reads what is known of an address into a person: it is not the one of their contact.
pub(in crate::outbox) async fn read_address(
    tx: &mut Tx,
    workspace: WorkspaceId,
    sender: &Sender,
    address: &str,
    person: &mut Person,
) -> Result<()> {
    type Known = (
        Option<String>,
        Option<DateTime<Utc>>,
        Option<String>,
        Option<DateTime<Utc>>,
    );
    let (all, at, marketing, inbound): Known = on_tx!(tx, |c| sqlx::query_as(ADDRESS)
        .bind(workspace)
        .bind(sender.kind().word())
        .bind(address)
        .bind(sender.id)
        .fetch_one(c)
        .await)
    .db()?;
    person.address = Some(address.to_owned());
    person.suppressed_by = all;
    person.suppressed_at = at;
    person.marketing_suppressed_by = marketing;
    person.last_inbound_at = inbound;
    Ok(())
}

/// Writes what was planned. What is there already stays as it is.
pub(in crate::outbox) async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    plan: &Plan,
    now: DateTime<Utc>,
    lines: &[Line],
) -> Result<()> {
    const COLUMNS: usize = 25;
    let (template_id, template_version) = match &plan.message {
        Message::Text { .. } => (None, None),
        Message::Template(template) => (Some(template.id), Some(template.version)),
    };
    let queued_at = (!plan.waits).then_some(now);
    for chunk in lines.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO dispatches (workspace_id, id, origin, origin_id, step, contact_id, occurrence, \
                 channel_id, address, template_id, template_version, purpose, content, rendered, state, reason, \
                 error_text, due_at, expires_at, attempts, queued_at, created_at, created_by, updated_at, updated_by) ",
            );
            insert.push_values(chunk, |mut row, line| {
                row.push_bind(scope.workspace)
                    .push_bind(line.dispatch_id)
                    .push_bind(plan.origin.word())
                    .push_bind(plan.origin_id)
                    .push_bind(&plan.step)
                    .push_bind(line.contact_id)
                    .push_bind(&plan.occurrence)
                    .push_bind(plan.sender.id)
                    .push_bind(&line.address)
                    .push_bind(template_id)
                    .push_bind(template_version)
                    .push_bind(plan.message.purpose().word())
                    .push_bind(Json(&line.content))
                    .push_bind(&line.rendered)
                    .push_bind(line.state.word())
                    .push_bind(line.why.map(Why::word))
                    .push_bind(&line.detail)
                    .push_bind(line.due_at)
                    .push_bind(plan.expires_at)
                    .push_bind(0_i64)
                    .push_bind(queued_at)
                    .push_bind(now)
                    .push_bind(scope.actor)
                    .push_bind(now)
                    .push_bind(scope.actor);
            });
            insert.push(" ON CONFLICT DO NOTHING");
            insert
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Writes one message that was planned by itself.
pub(in crate::outbox) async fn insert_one(
    tx: &mut Tx,
    scope: &Scope,
    message: &OneMessage,
    step: &str,
    expires_at: DateTime<Utc>,
    line: &Line,
) -> Result<()> {
    let now = scope.now();
    on_tx!(tx, |c| sqlx::query(INSERT_ONE)
        .bind(scope.workspace)
        .bind(line.dispatch_id)
        .bind(message.origin.word())
        .bind(message.origin_id)
        .bind(line.contact_id)
        .bind(message.sender.id)
        .bind(&line.address)
        .bind(message.template.map(|(id, _)| id))
        .bind(message.template.map(|(_, version)| version))
        .bind(message.purpose.word())
        .bind(Json(&line.content))
        .bind(&line.rendered)
        .bind(line.state.word())
        .bind(line.why.map(Why::word))
        .bind(line.due_at)
        .bind(expires_at)
        .bind((line.state == State::Queued).then_some(now))
        .bind(now)
        .bind(scope.actor)
        .bind(step)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
