//! Figures by age, gender, country, placement or device.

use rumbo_ads::sync::plan::months_back;
use rumbo_base::{Currency, DateRange, Result};
use rumbo_insight::{Beside, BreakdownRequest, Comparison, Parent, Within, lookup};

use super::{comparison, unknown, wire_range, within};
use crate::Context;
use crate::wire::{
    AccountZone, BreakdownFigures, BreakdownGroup, BreakdownReport, BreakdownRow, GetBreakdown,
    MetaFigures,
};

/// Meta's figures by parts, with what was left out of them.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins; `NotFound` for an id that nothing here
/// has.
pub async fn get_breakdown(cx: &Context, req: GetBreakdown) -> Result<BreakdownReport> {
    let range = DateRange::new(req.from, req.to)?;
    let request = BreakdownRequest {
        by: req.by,
        range,
        comparison: if req.compare {
            comparison(req.compare_with)
        } else {
            Comparison::None
        },
        within: asked(cx, &req).await?,
    };
    let report = rumbo_insight::breakdown(cx.scope()?, request).await?;
    let workspace = cx.workspace().await?;
    let (zone, now) = (workspace.timezone, cx.scope()?.now());
    Ok(BreakdownReport {
        by: report.by,
        name: report.name,
        from: report.range.from,
        to: report.range.to,
        previous_period: report.previous.map(wire_range),
        synced: workspace.settings.breakdowns.contains(&req.by),
        read_from: months_back(zone, now, crate::sync::part_months(&workspace)),
        groups: report.groups.iter().map(group).collect(),
        unread_days: report.unread_days,
        zones: AccountZone::list(&report.zones),
    })
}

/// Of what: the deepest object that is named.
async fn asked(cx: &Context, req: &GetBreakdown) -> Result<Within> {
    if let Some(id) = &req.ad {
        if let Ok(own) = id.parse() {
            return Ok(Within::Ad(own));
        }
        let scope = cx.scope()?;
        let mut tx = scope.read().await?;
        let found = lookup::ad_of(&mut tx, scope.workspace, id).await?;
        return found.map(Within::Ad).ok_or_else(|| unknown("ad", id));
    }
    let filter = within(
        cx,
        &req.accounts,
        req.campaign.as_deref(),
        req.ad_set.as_deref(),
    )
    .await?;
    Ok(match filter.parent {
        Some(Parent::Campaign(id)) => Within::Campaign(id),
        Some(Parent::AdSet(id)) => Within::AdSet(id),
        None => Within::Accounts(filter.accounts),
    })
}

fn group(group: &rumbo_insight::BreakdownGroup) -> BreakdownGroup {
    let currency = group.currency;
    BreakdownGroup {
        currency: currency.to_string(),
        rows: group
            .parts
            .iter()
            .map(|part| BreakdownRow {
                value: part.value.clone(),
                figures: figures(
                    &Beside {
                        figures: part.figures,
                        previous: part.previous,
                    },
                    currency,
                ),
            })
            .collect(),
        left_out: figures(&group.left_out, currency),
        unread: figures(&group.unread, currency),
        total: figures(&group.total, currency),
    }
}

fn figures(beside: &Beside, currency: Currency) -> BreakdownFigures {
    BreakdownFigures {
        figures: MetaFigures::of(&beside.figures, currency),
        previous: beside
            .previous
            .as_ref()
            .map(|previous| MetaFigures::of(previous, currency)),
    }
}
