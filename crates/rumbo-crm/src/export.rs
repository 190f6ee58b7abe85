//! Contacts, opportunities and sales as rows of a table, for CSV. Rows come a page at a time, so
//! that a million of them take no more memory than a thousand.
//!
//! The columns have the names that imports know, and every row names itself and its contact: an
//! exported file imports again without a mapping. Where it came from it changes nothing; in another
//! workspace it makes the same contacts, opportunities and sales, once.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rumbo_base::{Currency, Micros, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Statement, Tx, on_tx, statements};
use rumbo_platform::table_file::Field;
use sqlx::types::Json;
use uuid::Uuid;

use crate::import::ImportKind;

const PAGE: i64 = 1_000;

macro_rules! origin {
    () => {
        "COALESCE(t.campaign_external_id, a.external_id) AS campaign_id, a.name AS campaign, \
         COALESCE(t.ad_external_id, d.external_id) AS ad_id"
    };
}
macro_rules! origin_joins {
    ($touch:literal) => {
        concat!(
            " LEFT JOIN touchpoints t ON t.workspace_id = $1 AND t.id = ",
            $touch,
            " LEFT JOIN ad_campaigns a ON a.workspace_id = $1 AND a.id = t.ad_campaign_id",
            " LEFT JOIN ads d ON d.workspace_id = $1 AND d.id = t.ad_id "
        )
    };
}

/// A contact's id in a system of imports, for files that go elsewhere.
macro_rules! customer_id {
    ($contact:literal) => {
        concat!(
            "(SELECT e.external_id FROM contact_external_ids e WHERE e.workspace_id = $1 AND e.contact_id = ",
            $contact,
            " AND e.platform NOT IN ('phone', 'email') ORDER BY CASE WHEN e.platform = 'import' THEN 0 ELSE 1 END, ",
            "e.platform, e.external_id LIMIT 1) AS customer_id"
        )
    };
}

statements! {
    CONTACTS = concat!("SELECT x.id, ", customer_id!("x.id"), ", x.name, x.phone, x.email, x.kind, x.status, \
        x.lead_source, x.country, x.region, x.city, x.language, x.timezone, x.preferred_channel, x.birth_date, \
        x.birth_year, x.tags, x.notes, x.custom, x.first_seen_at, t.occurred_at AS lead_at, t.click_id, ", origin!(),
        " FROM contacts x", origin_joins!("x.first_touchpoint_id"),
        "WHERE x.workspace_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3");
    OPPORTUNITIES = concat!("SELECT x.id, x.contact_id, ", customer_id!("x.contact_id"), ", \
        k.name AS customer_name, k.phone, k.email, x.name, x.value_micros, \
        x.currency, s.name AS stage, x.state, x.opened_at, x.closed_at, x.expected_close, x.deadline_at, \
        x.lost_reason, ", origin!(), " FROM opportunities x \
        JOIN contacts k ON k.workspace_id = $1 AND k.id = x.contact_id \
        JOIN pipeline_stages s ON s.workspace_id = $1 AND s.id = x.stage_id", origin_joins!("x.touchpoint_id"),
        "WHERE x.workspace_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3");
    SALES = concat!("SELECT x.id, x.contact_id, ", customer_id!("x.contact_id"), ", x.opportunity_id, x.reference, \
        k.name AS customer_name, k.phone, k.email, x.occurred_at, \
        x.completed_at, x.gross_micros, x.refunded_micros, x.refunded_at, x.cost_micros, x.currency, x.status, \
        x.quantity, x.attribution_source, ", origin!(), " FROM sales x \
        JOIN contacts k ON k.workspace_id = $1 AND k.id = x.contact_id", origin_joins!("x.touchpoint_id"),
        "WHERE x.workspace_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3");
    SPEND = "SELECT id, day, platform, campaign, note, amount_micros, currency FROM channel_spend \
        WHERE workspace_id = $1 AND id > $2 AND removed_at IS NULL ORDER BY id LIMIT $3";
}

/// The names of the business's own fields that any contact has.
const CUSTOM: Statement = Statement {
    name: "export::CUSTOM",
    sqlite: "SELECT DISTINCT j.key FROM contacts c, json_each(c.custom) j WHERE c.workspace_id = $1 ORDER BY 1",
    postgres: "SELECT DISTINCT j.key FROM contacts c, jsonb_object_keys(c.custom) AS j(key) \
        WHERE c.workspace_id = $1 ORDER BY 1",
};

/// The SQL texts that the two databases need in different words.
pub const DIALECT_STATEMENTS: &[Statement] = &[CUSTOM];

/// The names of the columns, in order; those of the business's own fields come last.
///
/// # Errors
/// When the store cannot be read.
pub async fn columns(tx: &mut Tx, workspace: WorkspaceId, kind: ImportKind) -> Result<Vec<String>> {
    let fixed = fixed_columns(kind).iter().map(|name| (*name).to_owned());
    let custom = match kind {
        ImportKind::Contacts => custom_names(tx, workspace).await?,
        ImportKind::Opportunities | ImportKind::Sales | ImportKind::Spend => Vec::new(),
    };
    Ok(fixed
        .chain(custom.iter().map(|name| format!("custom.{name}")))
        .collect())
}

async fn custom_names(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<String>> {
    let sql = tx.pick(CUSTOM);
    on_tx!(tx, |c| sqlx::query_scalar(sql)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

fn fixed_columns(kind: ImportKind) -> &'static [&'static str] {
    match kind {
        ImportKind::Contacts => &[
            "rumbo_contact_id",
            "customer_id",
            "name",
            "phone",
            "email",
            "kind",
            "status",
            "source",
            "country",
            "region",
            "city",
            "language",
            "timezone",
            "preferred_channel",
            "birth_date",
            "birth_year",
            "tags",
            "notes",
            "first_seen",
            "lead_date",
            "campaign_id",
            "campaign",
            "ad_id",
            "click_id",
        ],
        ImportKind::Opportunities => &[
            "rumbo_id",
            "rumbo_contact_id",
            "customer_id",
            "customer_name",
            "phone",
            "email",
            "name",
            "value",
            "currency",
            "stage",
            "state",
            "date",
            "closed_date",
            "expected_close",
            "deadline",
            "lost_reason",
            "campaign_id",
            "campaign",
            "ad_id",
        ],
        ImportKind::Sales => &[
            "rumbo_id",
            "rumbo_contact_id",
            "rumbo_opportunity_id",
            "reference",
            "customer_id",
            "customer_name",
            "phone",
            "email",
            "date",
            "completed_date",
            "amount",
            "refunded",
            "refund_date",
            "net",
            "cost",
            "currency",
            "status",
            "quantity",
            "attribution_source",
            "campaign_id",
            "campaign",
            "ad_id",
        ],
        ImportKind::Spend => &[
            "rumbo_id", "day", "platform", "campaign", "amount", "currency", "note",
        ],
    }
}

/// Gives every row of a kind to `sink`, oldest first, with its id and its cells in the order of
/// [`columns`]. Returns how many there were.
///
/// # Errors
/// What `sink` gives, or when the store cannot be read.
pub async fn rows(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: ImportKind,
    sink: &mut (dyn FnMut(Uuid, Vec<Field>) -> Result<()> + Send),
) -> Result<u64> {
    let mut after = Uuid::nil();
    let mut written = 0;
    let custom = match kind {
        ImportKind::Contacts => custom_names(tx, workspace).await?,
        ImportKind::Opportunities | ImportKind::Sales | ImportKind::Spend => Vec::new(),
    };
    loop {
        let page = match kind {
            ImportKind::Contacts => contacts(tx, workspace, after, &custom).await?,
            ImportKind::Opportunities => opportunities(tx, workspace, after).await?,
            ImportKind::Sales => sales(tx, workspace, after).await?,
            ImportKind::Spend => spend(tx, workspace, after).await?,
        };
        let Some((last, _)) = page.last() else {
            return Ok(written);
        };
        after = *last;
        for (id, cells) in page {
            sink(id, cells)?;
            written += 1;
        }
    }
}

type Rows = Vec<(Uuid, Vec<Field>)>;

macro_rules! page {
    ($tx:expr, $sql:expr, $workspace:expr, $after:expr, $row:ty) => {{
        let rows: Vec<$row> = on_tx!($tx, |c| sqlx::query_as($sql)
            .bind($workspace)
            .bind($after)
            .bind(PAGE)
            .fetch_all(c)
            .await)
        .db()?;
        rows
    }};
}

async fn contacts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    after: Uuid,
    custom: &[String],
) -> Result<Rows> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
        customer_id: Option<String>,
        name: String,
        phone: Option<String>,
        email: Option<String>,
        kind: String,
        status: String,
        lead_source: String,
        country: Option<String>,
        region: Option<String>,
        city: Option<String>,
        language: Option<String>,
        timezone: Option<String>,
        preferred_channel: Option<String>,
        birth_date: Option<NaiveDate>,
        birth_year: Option<i64>,
        tags: Json<Vec<String>>,
        notes: Option<String>,
        custom: Json<BTreeMap<String, String>>,
        first_seen_at: DateTime<Utc>,
        lead_at: Option<DateTime<Utc>>,
        click_id: Option<String>,
        campaign_id: Option<String>,
        campaign: Option<String>,
        ad_id: Option<String>,
    }
    let rows = page!(tx, CONTACTS, workspace, after, Row);
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut cells = vec![
                row.id.to_string().into(),
                row.customer_id.into(),
                row.name.into(),
                row.phone.into(),
                row.email.into(),
                row.kind.into(),
                row.status.into(),
                row.lead_source.into(),
                row.country.into(),
                row.region.into(),
                row.city.into(),
                row.language.into(),
                row.timezone.into(),
                row.preferred_channel.into(),
                day(row.birth_date),
                count(row.birth_year),
                row.tags.join(", ").into(),
                row.notes.into(),
                instant(Some(row.first_seen_at)),
                instant(row.lead_at),
                row.campaign_id.into(),
                row.campaign.into(),
                row.ad_id.into(),
                row.click_id.into(),
            ];
            cells.extend(
                custom
                    .iter()
                    .map(|name| row.custom.get(name).cloned().into()),
            );
            (row.id, cells)
        })
        .collect())
}

async fn opportunities(tx: &mut Tx, workspace: WorkspaceId, after: Uuid) -> Result<Rows> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
        contact_id: Uuid,
        customer_id: Option<String>,
        customer_name: String,
        phone: Option<String>,
        email: Option<String>,
        name: String,
        value_micros: Option<Micros>,
        #[sqlx(try_from = "String")]
        currency: Currency,
        stage: String,
        state: String,
        opened_at: DateTime<Utc>,
        closed_at: Option<DateTime<Utc>>,
        expected_close: Option<NaiveDate>,
        deadline_at: Option<DateTime<Utc>>,
        lost_reason: Option<String>,
        campaign_id: Option<String>,
        campaign: Option<String>,
        ad_id: Option<String>,
    }
    let rows = page!(tx, OPPORTUNITIES, workspace, after, Row);
    Ok(rows
        .into_iter()
        .map(|row| {
            let cells = vec![
                row.id.to_string().into(),
                row.contact_id.to_string().into(),
                row.customer_id.into(),
                row.customer_name.into(),
                row.phone.into(),
                row.email.into(),
                row.name.into(),
                amount(row.value_micros, row.currency),
                row.currency.code().into(),
                row.stage.into(),
                row.state.into(),
                instant(Some(row.opened_at)),
                instant(row.closed_at),
                day(row.expected_close),
                instant(row.deadline_at),
                row.lost_reason.into(),
                row.campaign_id.into(),
                row.campaign.into(),
                row.ad_id.into(),
            ];
            (row.id, cells)
        })
        .collect())
}

async fn sales(tx: &mut Tx, workspace: WorkspaceId, after: Uuid) -> Result<Rows> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
        contact_id: Uuid,
        customer_id: Option<String>,
        opportunity_id: Option<Uuid>,
        reference: String,
        customer_name: String,
        phone: Option<String>,
        email: Option<String>,
        occurred_at: DateTime<Utc>,
        completed_at: Option<DateTime<Utc>>,
        gross_micros: Micros,
        refunded_micros: Micros,
        refunded_at: Option<DateTime<Utc>>,
        cost_micros: Option<Micros>,
        #[sqlx(try_from = "String")]
        currency: Currency,
        status: String,
        quantity: Option<i64>,
        attribution_source: String,
        campaign_id: Option<String>,
        campaign: Option<String>,
        ad_id: Option<String>,
    }
    let rows = page!(tx, SALES, workspace, after, Row);
    Ok(rows
        .into_iter()
        .map(|row| {
            let net = row.gross_micros - row.refunded_micros;
            let cells = vec![
                row.id.to_string().into(),
                row.contact_id.to_string().into(),
                row.opportunity_id.map(|id| id.to_string()).into(),
                row.reference.into(),
                row.customer_id.into(),
                row.customer_name.into(),
                row.phone.into(),
                row.email.into(),
                instant(Some(row.occurred_at)),
                instant(row.completed_at),
                amount(Some(row.gross_micros), row.currency),
                amount(Some(row.refunded_micros), row.currency),
                instant(row.refunded_at),
                amount(Some(net), row.currency),
                amount(row.cost_micros, row.currency),
                row.currency.code().into(),
                row.status.into(),
                count(row.quantity),
                row.attribution_source.into(),
                row.campaign_id.into(),
                row.campaign.into(),
                row.ad_id.into(),
            ];
            (row.id, cells)
        })
        .collect())
}

async fn spend(tx: &mut Tx, workspace: WorkspaceId, after: Uuid) -> Result<Rows> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
        day: NaiveDate,
        platform: String,
        campaign: String,
        note: Option<String>,
        amount_micros: Micros,
        #[sqlx(try_from = "String")]
        currency: Currency,
    }
    let rows = page!(tx, SPEND, workspace, after, Row);
    Ok(rows
        .into_iter()
        .map(|row| {
            let cells = vec![
                row.id.to_string().into(),
                day(Some(row.day)),
                row.platform.into(),
                Some(row.campaign).filter(|name| !name.is_empty()).into(),
                amount(Some(row.amount_micros), row.currency),
                row.currency.code().into(),
                row.note.into(),
            ];
            (row.id, cells)
        })
        .collect())
}

fn instant(at: Option<DateTime<Utc>>) -> Field {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        .into()
}

fn count(count: Option<i64>) -> Field {
    count.map_or(Field::Empty, |n| Field::Number(n.to_string()))
}

fn day(day: Option<NaiveDate>) -> Field {
    day.map(|day| day.to_string()).into()
}

fn amount(amount: Option<Micros>, currency: Currency) -> Field {
    amount.map_or(Field::Empty, |amount| {
        Field::Number(amount.to_text(currency))
    })
}
