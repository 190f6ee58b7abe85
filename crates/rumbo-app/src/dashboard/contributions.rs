//! Which rows moved a number of the whole.

use rumbo_base::Result;
use rumbo_insight::{ContributionsRequest, Earlier};

use super::changes::in_order;
use super::{comparison, named, passport, roi_request, wire_range};
use crate::Context;
use crate::wire::{
    Attribution, ContributionGroup, ContributionRow, Contributions, GetContributions,
};

/// Which rows moved a number of the whole, against another period or against an earlier moment.
///
/// # Errors
/// As [`super::get_roi`]; `InvalidInput` for a metric that there is not or that is asked of Meta, and for
/// a moment that does not come before the later one.
pub async fn get_contributions(cx: &Context, req: GetContributions) -> Result<Contributions> {
    let metric = passport::metric(&req.metric)?;
    let earlier = match req.since {
        Some(since) => {
            in_order(cx, since, req.report.as_of)?;
            Earlier::Moment(since)
        }
        None => Earlier::Period(comparison(req.report.compare_with)),
    };
    let request = ContributionsRequest {
        report: roi_request(cx, &req.report).await?,
        earlier,
        metric,
    };
    let told = rumbo_insight::contributions(cx.scope()?, request).await?;
    let report = told.report;
    Ok(Contributions {
        by: req.report.by,
        from: report.range.from,
        to: report.range.to,
        compared: wire_range(told.compared),
        since: req.since,
        as_of: req.report.as_of,
        attribution: Attribution::of(report.attribution),
        metric: req.metric,
        groups: told.groups.into_iter().map(group).collect(),
        exchanged: report.exchanged.as_ref().map(Into::into),
    })
}

fn group(group: rumbo_insight::ContributionGroup) -> ContributionGroup {
    ContributionGroup {
        currency: group.currency.to_string(),
        whole: group.whole.into(),
        rows: group
            .rows
            .into_iter()
            .map(|one| ContributionRow {
                row: named(&one.row),
                moved: one.contribution.into(),
            })
            .collect(),
        unattributed: group.unattributed.map(Into::into),
    }
}
