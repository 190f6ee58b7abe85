//! Meta's figures by ad and day, as a CSV file.
//!
//! There may be millions of rows, so they go to the file a few days at a time. The columns have
//! the names of the fields of an ads import: the file comes in again without a mapping.

use chrono::Days;
use rumbo_ads::insights::{NamedAdDay, named};
use rumbo_ads::objects::{AdAccountRow, accounts};
use rumbo_base::{Code, Currency, DateRange, Error, Micros, Reason, Result};
use rumbo_insight::Parent;
use rumbo_platform::table_file::Field;

use super::export::Rows;
use crate::wire::GetRoi;
use crate::{Context, dashboard};

/// Days read at once.
const STEP: u64 = 7;

/// The columns, in their order.
pub(super) const COLUMNS: [&str; 20] = [
    "day",
    "account_id",
    "account_name",
    "campaign_id",
    "campaign_name",
    "adset_id",
    "adset_name",
    "ad_id",
    "ad_name",
    "currency",
    "attribution_setting",
    "spend",
    "impressions",
    "reach",
    "frequency",
    "clicks_all",
    "link_clicks",
    "leads",
    "purchases",
    "purchase_value",
];

/// Writes the ad-days of the report's period and part: the given columns, by account and day.
/// Says how many.
pub(super) async fn write(
    cx: &Context,
    report: &GetRoi,
    columns: &[usize],
    output: &mut dyn Rows,
) -> Result<u32> {
    if report.as_of.is_some() {
        return Err(Error::new(
            Code::InvalidInput,
            "Ad-days are exported as they are known now. Leave the moment out.",
        )
        .reason(Reason::MomentUnfit)
        .field("as_of"));
    }
    let range = DateRange::new(report.from, report.to)?;
    let filter = dashboard::filter(cx, report).await?;
    let (campaign, ad_set) = match filter.parent {
        Some(Parent::Campaign(id)) => (Some(id), None),
        Some(Parent::AdSet(id)) => (None, Some(id)),
        None => (None, None),
    };
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let mut written: u32 = 0;
    for account in accounts(&mut tx, scope.workspace).await? {
        if !filter.accounts.is_empty() && !filter.accounts.contains(&account.id) {
            continue;
        }
        let mut from = range.from;
        while from <= range.to {
            let to = from
                .checked_add_days(Days::new(STEP - 1))
                .map_or(range.to, |to| to.min(range.to));
            let days = DateRange { from, to };
            let rows = named(&mut tx, scope.workspace, account.id, days).await?;
            for row in rows.into_iter().filter(|row| {
                campaign.is_none_or(|id| row.campaign_id == id)
                    && ad_set.is_none_or(|id| row.ad_set_id == id)
            }) {
                let mut fields = fields(&account, row)?;
                let asked = columns.iter().map(|at| {
                    fields
                        .get_mut(*at)
                        .map_or(Field::Empty, |field| std::mem::replace(field, Field::Empty))
                });
                output.add(asked.collect())?;
                written = written.saturating_add(1);
            }
            let Some(next) = to.succ_opt() else { break };
            from = next;
        }
    }
    Ok(written)
}

fn fields(account: &AdAccountRow, row: NamedAdDay) -> Result<[Field; COLUMNS.len()]> {
    let currency: Currency = row.currency.parse()?;
    let count = |n: Option<i64>| n.map_or(Field::Empty, |n| Field::Number(n.to_string()));
    let money = |m: Option<Micros>| m.map_or(Field::Empty, |m| Field::Number(m.to_text(currency)));
    Ok([
        Field::from(row.day.to_string()),
        Field::from(account.external_id.as_str()),
        Field::from(account.name.as_str()),
        Field::from(row.campaign_external_id),
        Field::from(row.campaign_name),
        Field::from(row.ad_set_external_id),
        Field::from(row.ad_set_name),
        Field::from(row.ad_external_id),
        Field::from(row.ad_name),
        Field::from(row.currency),
        Field::from(row.attribution_setting),
        money(row.spend),
        count(row.impressions),
        count(row.reach.map(|reach| reach.0)),
        row.frequency
            .map_or(Field::Empty, |f| Field::Number(f.0.to_string())),
        count(row.clicks),
        count(row.link_clicks),
        count(row.meta_leads),
        count(row.meta_purchases),
        money(row.meta_purchase_value),
    ])
}
