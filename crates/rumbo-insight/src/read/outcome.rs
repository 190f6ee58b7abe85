//! What came of it: leads, opportunities and sales, each counted on its own.

use rumbo_base::{AdAccountId, AdCampaignId, AdId, AdSetId, Currency, Micros, Result};
use rumbo_db::{DbResultExt, Statement, Tx, on_tx};
use sqlx::types::Json;

use crate::figures::{Figures, WithoutSpend};
use crate::path::{Grain, Key, Path};
use crate::read::bucket::Buckets;
use crate::read::directory::Directory;
use crate::read::place::Place;

/// The days as a table, in each database's own words. They come first and in this order of
/// joins, so that each day is one step into the index on the instants.
macro_rules! sqlite_days {
    () => {
        "SELECT value ->> 'n' AS n, value ->> 'zone' AS zone, value ->> 'day' AS day, \
         value ->> 'starts' AS starts, value ->> 'ends' AS ends FROM json_each($2)"
    };
}
macro_rules! postgres_days {
    () => {
        "SELECT * FROM jsonb_to_recordset($2) AS d \
         (n BIGINT, zone TEXT, day DATE, starts TIMESTAMPTZ, ends TIMESTAMPTZ)"
    };
}

/// The question itself, the same for both databases and all three tables. `$1` workspace, `$2`
/// days, `$3` whether one zone serves all, `$4` the workspace's zone, `$5` the depth of
/// [`Grain::depth`], `$6` whether to look up what was spent that day.
///
/// Every join is a lookup by a primary key (or picks one row): a row of the table is counted once.
macro_rules! outcomes {
    (days: $days:expr, table: $table:literal, touch: $touch:literal, at: $at:literal,
     only: $only:literal, class: $class:literal, net: $net:literal) => {
        concat!(
            "WITH days AS (", $days, "), credited AS (",
            "SELECT b.n, b.day, b.zone, ", $class, " AS class, ", $net, " AS net_micros, ",
            "COALESCE(t.ad_campaign_id, ",
            "(SELECT a.ad_campaign_id FROM ads a WHERE a.workspace_id = t.workspace_id AND a.id = t.ad_id), ",
            "(SELECT s.ad_campaign_id FROM ad_sets s WHERE s.workspace_id = t.workspace_id AND s.id = t.ad_set_id)",
            ") AS campaign_id, ",
            "t.ad_set_id, t.ad_id, t.ad_account_external_id, t.campaign_external_id, ",
            "t.ad_set_external_id, t.ad_external_id ",
            "FROM days b CROSS JOIN ", $table, " x ",
            "LEFT JOIN touchpoints t ON t.workspace_id = x.workspace_id AND t.id = x.", $touch, " ",
            "WHERE x.workspace_id = $1 AND x.", $at, " >= b.starts AND x.", $at, " < b.ends", $only,
            "), placed AS (",
            "SELECT r.*, CASE WHEN r.campaign_id IS NULL THEN ",
            "(SELECT a.id FROM ad_accounts a WHERE a.workspace_id = $1 AND a.external_id = r.ad_account_external_id ",
            "ORDER BY a.platform, a.first_seen_at, a.id LIMIT 1) ELSE ",
            "(SELECT c.ad_account_id FROM ad_campaigns c WHERE c.workspace_id = $1 AND c.id = r.campaign_id) END AS account_id ",
            "FROM credited r) ",
            "SELECT p.n, p.class, p.account_id, ",
            "CASE WHEN p.account_id IS NULL THEN p.ad_account_external_id END AS account_external, ",
            "CASE WHEN $5 >= 1 THEN p.campaign_id END AS campaign_id, ",
            "CASE WHEN p.campaign_id IS NULL THEN p.campaign_external_id END AS campaign_external, ",
            "CASE WHEN $5 >= 2 THEN COALESCE(p.ad_set_id, ",
            "(SELECT a.ad_set_id FROM ads a WHERE a.workspace_id = $1 AND a.id = p.ad_id)) END AS ad_set_id, ",
            "CASE WHEN p.ad_set_id IS NULL AND p.ad_id IS NULL AND ($5 >= 2 OR p.campaign_id IS NULL) ",
            "THEN p.ad_set_external_id END AS ad_set_external, ",
            "CASE WHEN $5 >= 3 THEN p.ad_id END AS ad_id, ",
            "CASE WHEN p.ad_id IS NULL AND ($5 >= 3 OR p.campaign_id IS NULL) THEN p.ad_external_id END AS ad_external, ",
            "CASE WHEN p.campaign_id IS NULL OR NOT $6 THEN NULL WHEN EXISTS (SELECT 1 FROM campaign_days d ",
            "WHERE d.workspace_id = $1 AND d.day = p.day AND d.ad_campaign_id = p.campaign_id AND d.spend_micros <> 0) ",
            "THEN TRUE ELSE FALSE END AS spent, ",
            "COUNT(*) AS count, CAST(COALESCE(SUM(p.net_micros), 0) AS BIGINT) AS net_micros ",
            "FROM placed p ",
            "WHERE $3 OR p.zone = COALESCE((SELECT a.timezone FROM ad_accounts a ",
            "WHERE a.workspace_id = $1 AND a.id = p.account_id), $4) ",
            "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"
        )
    };
}

macro_rules! leads {
    ($days:expr) => {
        outcomes!(days: $days, table: "contacts", touch: "first_touchpoint_id",
            at: "first_seen_at", only: "", class: "CASE WHEN x.lead_source IN ('META_ADS', 'CLICK_TO_WHATSAPP') THEN 'meta' \
                WHEN x.lead_source = 'UNKNOWN' THEN 'unknown' ELSE 'other' END", net: "0")
    };
}
macro_rules! opportunities {
    ($days:expr) => {
        outcomes!(days: $days, table: "opportunities", touch: "touchpoint_id",
            at: "opened_at", only: "", class: "''", net: "0")
    };
}
macro_rules! sales {
    ($days:expr) => {
        outcomes!(days: $days, table: "sales", touch: "touchpoint_id", at: "completed_at",
            only: " AND x.status IN ('completed', 'refunded')", class: "x.currency",
            net: "x.gross_micros - x.refunded_micros")
    };
}

const LEADS: Statement = Statement {
    name: concat!(module_path!(), "::LEADS"),
    sqlite: leads!(sqlite_days!()),
    postgres: leads!(postgres_days!()),
};
const OPPORTUNITIES: Statement = Statement {
    name: concat!(module_path!(), "::OPPORTUNITIES"),
    sqlite: opportunities!(sqlite_days!()),
    postgres: opportunities!(postgres_days!()),
};
const SALES: Statement = Statement {
    name: concat!(module_path!(), "::SALES"),
    sqlite: sales!(sqlite_days!()),
    postgres: sales!(postgres_days!()),
};

/// Every SQL text of this module.
pub(crate) const STATEMENTS: &[Statement] = &[LEADS, OPPORTUNITIES, SALES];

#[derive(sqlx::FromRow)]
struct OutcomeRow {
    n: i64,
    class: String,
    account_id: Option<AdAccountId>,
    account_external: Option<String>,
    campaign_id: Option<AdCampaignId>,
    campaign_external: Option<String>,
    ad_set_id: Option<AdSetId>,
    ad_set_external: Option<String>,
    ad_id: Option<AdId>,
    ad_external: Option<String>,
    spent: Option<bool>,
    count: i64,
    net_micros: i64,
}

/// Where a lead came from, by its lead source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeadClass {
    Meta,
    Other,
    Unknown,
}

/// Leads, opportunities or sales of one day (or of the whole period) and one place.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The bucket it fell into.
    pub n: i64,
    pub path: Path,
    pub currency: Currency,
    /// Of leads only.
    pub lead_class: Option<LeadClass>,
    pub figures: Figures,
    pub without_spend: WithoutSpend,
}

#[derive(Clone, Copy)]
enum Kind {
    Lead,
    Opportunity,
    Sale,
}

/// How a report asks for outcomes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub grain: Grain,
    /// Whether to tell what fell on days without spend; costs a lookup a row.
    pub without_spend: bool,
}

/// Everything that came of it in these days.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    buckets: &Buckets,
    ask: Ask,
) -> Result<Vec<Outcome>> {
    let mut all = Vec::new();
    for (kind, statement) in
        [(Kind::Lead, LEADS), (Kind::Opportunity, OPPORTUNITIES), (Kind::Sale, SALES)]
    {
        for row in rows(tx, place, buckets, ask, statement).await? {
            all.push(row.into_outcome(kind, place, directory)?);
        }
    }
    Ok(all)
}

async fn rows(
    tx: &mut Tx,
    place: &Place,
    buckets: &Buckets,
    ask: Ask,
    statement: Statement,
) -> Result<Vec<OutcomeRow>> {
    let text = tx.pick(statement);
    on_tx!(tx, |c| {
        sqlx::query_as(text)
            .bind(place.workspace)
            .bind(Json(&buckets.rows))
            .bind(buckets.one_zone)
            .bind(place.zone.to_string())
            .bind(ask.grain.depth())
            .bind(ask.without_spend)
            .fetch_all(c)
            .await
    })
    .db()
}

impl OutcomeRow {
    fn into_outcome(self, kind: Kind, place: &Place, directory: &Directory) -> Result<Outcome> {
        let account = self.account_id.and_then(|id| place.account(id));
        let (mut figures, mut without_spend) = (Figures::default(), WithoutSpend::default());
        let nothing_spent = self.spent == Some(false);
        let counted = |wanted: bool| if wanted { self.count } else { 0 };
        let mut currency = account.map_or(place.main, |a| a.currency);
        let mut lead_class = None;
        match kind {
            Kind::Lead => {
                figures.leads = self.count;
                without_spend.leads = counted(nothing_spent);
                lead_class = Some(match self.class.as_str() {
                    "meta" => LeadClass::Meta,
                    "unknown" => LeadClass::Unknown,
                    _ => LeadClass::Other,
                });
            }
            Kind::Opportunity => {
                figures.opportunities = self.count;
                without_spend.opportunities = counted(nothing_spent);
            }
            Kind::Sale => {
                currency = self.class.parse()?;
                figures.sales = self.count;
                figures.revenue = Micros(self.net_micros);
                if nothing_spent {
                    without_spend.sales = self.count;
                    without_spend.revenue = Micros(self.net_micros);
                }
            }
        }
        let path = Path {
            account: Key::of(self.account_id, self.account_external),
            campaign: Key::of(self.campaign_id, self.campaign_external),
            ad_set: Key::of(self.ad_set_id, self.ad_set_external),
            creative: self.ad_id.and_then(|id| directory.ads.get(&id)?.creative),
            ad: Key::of(self.ad_id, self.ad_external),
        };
        Ok(Outcome { n: self.n, path, currency, lead_class, figures, without_spend })
    }
}
