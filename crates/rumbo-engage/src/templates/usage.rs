//! Where a template is used, and what became of what was sent with it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{BulkSendId, DispatchId, Micros, Result, TemplateId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

statements! {
    BULK_SENDS = "SELECT id, name, state, template_version FROM bulk_sends WHERE workspace_id = $1 AND template_id = $2 \
        AND state IN ('planning', 'running', 'paused') ORDER BY created_at DESC";
    WAITING = "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1 AND template_id = $2 \
        AND state IN ('planned', 'held', 'queued', 'claimed')";
    STATES = "SELECT template_version AS version, state, COUNT(*) AS dispatches FROM dispatches \
        WHERE workspace_id = $1 AND template_id = $2 AND created_at >= $3 AND created_at < $4 \
        GROUP BY template_version, state";
    REPLIES = "SELECT m.template_version AS version, COUNT(*) AS replies FROM messages m \
        WHERE m.workspace_id = $1 AND m.template_id = $2 AND m.direction = 'outbound' \
        AND m.occurred_at >= $3 AND m.occurred_at < $4 AND 'inbound' = (SELECT n.direction FROM messages n \
        WHERE n.workspace_id = $1 AND n.conversation_id = m.conversation_id \
        AND (n.occurred_at, n.id) > (m.occurred_at, m.id) ORDER BY n.occurred_at, n.id LIMIT 1) \
        GROUP BY m.template_version";
    COSTS = "SELECT template_version AS version, currency, CAST(COALESCE(SUM(price_micros), 0) AS BIGINT) AS cost_micros \
        FROM messages WHERE workspace_id = $1 AND template_id = $2 AND direction = 'outbound' \
        AND occurred_at >= $3 AND occurred_at < $4 AND price_micros IS NOT NULL AND currency IS NOT NULL \
        AND NOT (price_listed AND status IN ('failed', 'cancelled')) \
        GROUP BY template_version, currency ORDER BY currency";
    SENDS = "SELECT d.id, d.template_version AS version, d.state, d.reason, d.error_text, d.origin, d.address, \
        c.name AS contact, d.created_at, d.sent_at, d.delivered_at, d.read_at, d.failed_at FROM dispatches d \
        LEFT JOIN contacts c ON c.workspace_id = $1 AND c.id = d.contact_id \
        WHERE d.workspace_id = $1 AND d.template_id = $2 AND ($3 = '' OR d.state = $3) \
        AND ($4 = 0 OR d.template_version = $4) AND (d.created_at, d.id) < ($5, $6) \
        AND ($8 = '' OR d.origin = $8) ORDER BY d.created_at DESC, d.id DESC LIMIT $7";
}

/// A bulk send that is not over.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BulkSendUse {
    pub id: BulkSendId,
    pub name: String,
    /// `planning`, `running` or `paused`.
    pub state: String,
    pub template_version: Option<i64>,
}

/// What would fail without the template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    pub bulk_sends: Vec<BulkSendUse>,
    /// Messages that were planned with it and not sent.
    pub waiting: i64,
}

impl Uses {
    /// Whether anything uses it.
    pub fn is_used(&self) -> bool {
        !self.bulk_sends.is_empty() || self.waiting > 0
    }
}

/// What came of one version's messages in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionUsage {
    /// 0 for messages of which the version is not known.
    pub version: i64,
    /// Still to be sent.
    pub waiting: i64,
    /// Left out, with a reason.
    pub skipped: i64,
    /// Taken by the provider, whatever came of it but failing.
    pub sent: i64,
    /// Delivered or read.
    pub delivered: i64,
    pub read: i64,
    /// Failed or bounced.
    pub failed: i64,
    /// Of which it is not known whether they were sent.
    pub unknown: i64,
    pub cancelled: i64,
    /// Messages that the person answered: the next message of the conversation is theirs.
    pub replies: i64,
    /// What the provider charged, each currency by itself.
    pub costs: Vec<(String, Micros)>,
}

/// One message that was planned with a template.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TemplateSendRow {
    pub id: DispatchId,
    pub version: Option<i64>,
    pub state: String,
    pub reason: Option<String>,
    pub error_text: Option<String>,
    pub origin: String,
    pub address: String,
    pub contact: Option<String>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
}

/// Which messages of a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendFilter<'a> {
    pub state: Option<&'a str>,
    /// What asked for it, such as `bulk_send`.
    pub origin: Option<&'a str>,
    pub version: Option<i64>,
}

/// What uses a template now.
///
/// # Errors
/// When the store cannot be read; so for all here.
pub async fn uses(tx: &mut Tx, workspace: WorkspaceId, id: TemplateId) -> Result<Uses> {
    let bulk_sends = on_tx!(tx, |c| sqlx::query_as(BULK_SENDS)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()?;
    let waiting: i64 = on_tx!(tx, |c| sqlx::query_scalar(WAITING)
        .bind(workspace)
        .bind(id)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(Uses {
        bulk_sends,
        waiting,
    })
}

/// What came of a template's messages of a period (`from` up to and without `to`), by version,
/// newest first.
pub async fn usage(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<VersionUsage>> {
    macro_rules! asked {
        ($sql:expr) => {
            on_tx!(tx, |c| sqlx::query_as($sql)
                .bind(workspace)
                .bind(id)
                .bind(from)
                .bind(to)
                .fetch_all(c)
                .await)
            .db()?
        };
    }
    let states: Vec<(Option<i64>, String, i64)> = asked!(STATES);
    let replies: Vec<(Option<i64>, i64)> = asked!(REPLIES);
    let costs: Vec<(Option<i64>, String, Micros)> = asked!(COSTS);
    let mut found: BTreeMap<i64, VersionUsage> = BTreeMap::new();
    for (version, state, count) in states {
        let of = of_version(&mut found, version);
        match state.as_str() {
            "skipped" => of.skipped += count,
            "sent" => of.sent += count,
            "delivered" => {
                of.sent += count;
                of.delivered += count;
            }
            "read" => {
                of.sent += count;
                of.delivered += count;
                of.read += count;
            }
            "failed" | "bounced" => of.failed += count,
            "unknown" => of.unknown += count,
            "cancelled" => of.cancelled += count,
            _ => of.waiting += count,
        }
    }
    for (version, count) in replies {
        of_version(&mut found, version).replies += count;
    }
    for (version, currency, cost) in costs {
        of_version(&mut found, version).costs.push((currency, cost));
    }
    Ok(found.into_values().rev().collect())
}

fn of_version(found: &mut BTreeMap<i64, VersionUsage>, version: Option<i64>) -> &mut VersionUsage {
    let version = version.unwrap_or(0);
    found.entry(version).or_insert_with(|| VersionUsage {
        version,
        ..VersionUsage::default()
    })
}

/// Messages that were planned with a template, newest first.
pub async fn sends(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
    filter: &SendFilter<'_>,
    before: (DateTime<Utc>, DispatchId),
    limit: i64,
) -> Result<Vec<TemplateSendRow>> {
    on_tx!(tx, |c| sqlx::query_as(SENDS)
        .bind(workspace)
        .bind(id)
        .bind(filter.state.unwrap_or_default())
        .bind(filter.version.unwrap_or(0))
        .bind(before.0)
        .bind(before.1)
        .bind(limit)
        .bind(filter.origin.unwrap_or_default())
        .fetch_all(c)
        .await)
    .db()
}
