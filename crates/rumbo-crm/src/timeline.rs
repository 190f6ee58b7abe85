//! Everything that happened with a contact, in one list.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Currency, Micros, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;
use uuid::Uuid;

use crate::touchpoints::Answer;

statements! {
    TOUCHPOINTS = "SELECT t.id, t.occurred_at AS at, t.kind AS title, t.source, \
        COALESCE(a.name, t.campaign_external_id) AS campaign, COALESCE(d.name, t.ad_external_id) AS ad, \
        CASE WHEN (t.ad_external_id IS NOT NULL AND t.ad_id IS NULL) \
            OR (t.ad_set_external_id IS NOT NULL AND t.ad_set_id IS NULL) \
            OR (t.campaign_external_id IS NOT NULL AND t.ad_campaign_id IS NULL) \
            THEN TRUE ELSE FALSE END AS waiting, t.ad_headline AS detail, t.ad_body, t.form_external_id, t.medium, \
        t.cost_micros, t.cost_currency, t.answers \
        FROM touchpoints t \
        LEFT JOIN ad_campaigns a ON a.workspace_id = $1 AND a.id = t.ad_campaign_id \
        LEFT JOIN ads d ON d.workspace_id = $1 AND d.id = t.ad_id \
        WHERE t.workspace_id = $1 AND t.contact_id = $2";
    OPPORTUNITIES = "SELECT o.id, o.opened_at AS at, o.name AS title, o.lost_reason AS detail, \
        o.value_micros AS amount, o.currency, o.state AS status \
        FROM opportunities o WHERE o.workspace_id = $1 AND o.contact_id = $2";
    MOVES = "SELECT m.id, m.moved_at AS at, o.name AS title, s.name AS detail, \
        o.value_micros AS amount, o.currency, o.state AS status \
        FROM opportunity_moves m JOIN opportunities o ON o.workspace_id = $1 AND o.id = m.opportunity_id \
        JOIN pipeline_stages s ON s.workspace_id = $1 AND s.id = m.stage_id \
        WHERE m.workspace_id = $1 AND o.contact_id = $2";
    SALES = "SELECT s.id, COALESCE(s.completed_at, s.occurred_at) AS at, s.reference AS title, \
        CAST(NULL AS TEXT) AS detail, s.gross_micros AS amount, s.currency, s.status \
        FROM sales s WHERE s.workspace_id = $1 AND s.contact_id = $2";
    REFUNDS = "SELECT r.id, r.refunded_at AS at, s.reference AS title, r.reason AS detail, \
        r.amount_micros AS amount, s.currency, s.status \
        FROM sale_refunds r JOIN sales s ON s.workspace_id = $1 AND s.id = r.sale_id \
        WHERE r.workspace_id = $1 AND s.contact_id = $2";
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    Touchpoint,
    Opportunity,
    /// An opportunity came into a stage.
    Stage,
    Sale,
    Refund,
}

impl EntryKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Touchpoint => "touchpoint",
            Self::Opportunity => "opportunity",
            Self::Stage => "stage",
            Self::Sale => "sale",
            Self::Refund => "refund",
        }
    }
}

/// Something that happened with a contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub kind: EntryKind,
    /// The id of the row.
    pub id: Uuid,
    /// The kind of a touchpoint, the name of an opportunity, the reference of a sale.
    pub title: String,
    /// The headline of an ad, the stage entered, the reason of a loss or refund.
    pub detail: Option<String>,
    /// The cost of a touchpoint, the value of an opportunity, the sum of a sale or refund.
    pub amount: Option<(Micros, Currency)>,
    /// State of an opportunity or status of a sale.
    pub status: Option<String>,
    /// What only touchpoints have.
    pub touch: Option<Touch>,
}

/// What a touchpoint adds to its entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    pub source: String,
    /// By name, or by id while it waits for sync.
    pub campaign: Option<String>,
    pub ad: Option<String>,
    pub medium: Option<String>,
    /// What the ad said beside its headline.
    pub ad_body: Option<String>,
    /// Meta's id of the form.
    pub form: Option<String>,
    /// An object it names is not synced yet.
    pub waiting_for_sync: bool,
    pub answers: Vec<Answer>,
}

#[derive(sqlx::FromRow)]
struct TouchRow {
    id: Uuid,
    at: DateTime<Utc>,
    title: String,
    source: String,
    campaign: Option<String>,
    ad: Option<String>,
    waiting: bool,
    detail: Option<String>,
    medium: Option<String>,
    ad_body: Option<String>,
    form_external_id: Option<String>,
    cost_micros: Option<Micros>,
    cost_currency: Option<String>,
    answers: Option<Json<Vec<Answer>>>,
}

#[derive(sqlx::FromRow)]
struct MoneyRow {
    id: Uuid,
    at: DateTime<Utc>,
    title: String,
    detail: Option<String>,
    amount: Option<Micros>,
    #[sqlx(try_from = "String")]
    currency: Currency,
    status: String,
}

/// The timeline of a contact, newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn timeline(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Entry>> {
    let touches: Vec<TouchRow> = on_tx!(tx, |c| sqlx::query_as(TOUCHPOINTS)
        .bind(workspace)
        .bind(contact)
        .fetch_all(c)
        .await)
    .db()?;
    let mut entries: Vec<Entry> = touches
        .into_iter()
        .map(|row| Entry {
            amount: row
                .cost_micros
                .zip(row.cost_currency.and_then(|code| code.parse().ok())),
            at: row.at,
            kind: EntryKind::Touchpoint,
            id: row.id,
            title: row.title,
            detail: row.detail,
            status: None,
            touch: Some(Touch {
                source: row.source,
                campaign: row.campaign,
                ad: row.ad,
                medium: row.medium,
                ad_body: row.ad_body,
                form: row.form_external_id,
                waiting_for_sync: row.waiting,
                answers: row.answers.map(|json| json.0).unwrap_or_default(),
            }),
        })
        .collect();
    for (kind, sql) in [
        (EntryKind::Opportunity, OPPORTUNITIES),
        (EntryKind::Stage, MOVES),
        (EntryKind::Sale, SALES),
        (EntryKind::Refund, REFUNDS),
    ] {
        let rows: Vec<MoneyRow> = on_tx!(tx, |c| sqlx::query_as(sql)
            .bind(workspace)
            .bind(contact)
            .fetch_all(c)
            .await)
        .db()?;
        entries.extend(rows.into_iter().map(|row| Entry {
            at: row.at,
            kind,
            id: row.id,
            title: row.title,
            detail: row.detail,
            amount: row.amount.map(|amount| (amount, row.currency)),
            status: Some(row.status),
            touch: None,
        }));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.kind, entry.id)));
    Ok(entries)
}
