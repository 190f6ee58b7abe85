//! Contacts, opportunities and sales as rows of a table, for CSV. Rows come a page at a time, so
//! that a million of them take no more memory than a thousand.
//!
//! The columns have the names that imports know: an exported file imports again.

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rumbo_base::{Currency, Micros, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
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

statements! {
    CONTACTS = concat!("SELECT x.id, x.name, x.phone, x.email, x.status, x.lead_source, x.country, x.region, \
        x.city, x.language, x.birth_date, x.tags, x.notes, x.first_seen_at, ", origin!(),
        " FROM contacts x", origin_joins!("x.first_touchpoint_id"),
        "WHERE x.workspace_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3");
    OPPORTUNITIES = concat!("SELECT x.id, k.name AS customer_name, k.phone, k.email, x.name, x.value_micros, \
        x.currency, s.name AS stage, x.state, x.opened_at, x.closed_at, x.expected_close, x.deadline_at, \
        x.lost_reason, ", origin!(), " FROM opportunities x \
        JOIN contacts k ON k.workspace_id = $1 AND k.id = x.contact_id \
        JOIN pipeline_stages s ON s.workspace_id = $1 AND s.id = x.stage_id", origin_joins!("x.touchpoint_id"),
        "WHERE x.workspace_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3");
    SALES = concat!("SELECT x.id, x.reference, k.name AS customer_name, k.phone, k.email, x.occurred_at, \
        x.completed_at, x.gross_micros, x.refunded_micros, x.refunded_at, x.cost_micros, x.currency, x.status, \
        x.quantity, x.attribution_source, ", origin!(), " FROM sales x \
        JOIN contacts k ON k.workspace_id = $1 AND k.id = x.contact_id", origin_joins!("x.touchpoint_id"),
        "WHERE x.workspace_id = $1 AND x.id > $2 ORDER BY x.id LIMIT $3");
}

/// The names of the columns, in order.
pub fn columns(kind: ImportKind) -> &'static [&'static str] {
    match kind {
        ImportKind::Contacts => &[
            "name",
            "phone",
            "email",
            "status",
            "source",
            "country",
            "region",
            "city",
            "language",
            "birth_date",
            "tags",
            "notes",
            "first_seen",
            "campaign_id",
            "campaign",
            "ad_id",
        ],
        ImportKind::Opportunities => &[
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
            "reference",
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
    loop {
        let page = match kind {
            ImportKind::Contacts => contacts(tx, workspace, after).await?,
            ImportKind::Opportunities => opportunities(tx, workspace, after).await?,
            ImportKind::Sales => sales(tx, workspace, after).await?,
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

async fn contacts(tx: &mut Tx, workspace: WorkspaceId, after: Uuid) -> Result<Rows> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
        name: String,
        phone: Option<String>,
        email: Option<String>,
        status: String,
        lead_source: String,
        country: Option<String>,
        region: Option<String>,
        city: Option<String>,
        language: Option<String>,
        birth_date: Option<NaiveDate>,
        tags: Json<Vec<String>>,
        notes: Option<String>,
        first_seen_at: DateTime<Utc>,
        campaign_id: Option<String>,
        campaign: Option<String>,
        ad_id: Option<String>,
    }
    let rows = page!(tx, CONTACTS, workspace, after, Row);
    Ok(rows
        .into_iter()
        .map(|row| {
            let cells = vec![
                row.name.into(),
                row.phone.into(),
                row.email.into(),
                row.status.into(),
                row.lead_source.into(),
                row.country.into(),
                row.region.into(),
                row.city.into(),
                row.language.into(),
                day(row.birth_date),
                row.tags.join(", ").into(),
                row.notes.into(),
                instant(Some(row.first_seen_at)),
                row.campaign_id.into(),
                row.campaign.into(),
                row.ad_id.into(),
            ];
            (row.id, cells)
        })
        .collect())
}

async fn opportunities(tx: &mut Tx, workspace: WorkspaceId, after: Uuid) -> Result<Rows> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
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
                row.reference.into(),
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
                row.quantity
                    .map_or(Field::Empty, |n| Field::Number(n.to_string())),
                row.attribution_source.into(),
                row.campaign_id.into(),
                row.campaign.into(),
                row.ad_id.into(),
            ];
            (row.id, cells)
        })
        .collect())
}

fn instant(at: Option<DateTime<Utc>>) -> Field {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        .into()
}

fn day(day: Option<NaiveDate>) -> Field {
    day.map(|day| day.to_string()).into()
}

fn amount(amount: Option<Micros>, currency: Currency) -> Field {
    amount.map_or(Field::Empty, |amount| {
        Field::Number(amount.to_text(currency))
    })
}
