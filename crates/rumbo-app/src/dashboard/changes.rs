//! Why a report changed.

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Currency, DateRange, Error, Reason, Result};
use rumbo_insight::{Cause, Change, ChangedRowsRequest, ChangesRequest, Metric};

use super::passport::{self, Listing};
use super::{attribution, come, convert_to, filter, grain, named, refuse_channels};
use crate::Context;
use crate::wire::{
    Attribution, ChangeGroup, ChangePassport, ChangeRow, Changes, ExplainChange, GetChanges,
    MetricChange, MissingRates,
};

/// Why a report says something else than it said at an earlier moment.
///
/// # Errors
/// As [`super::get_roi`]; `InvalidInput` by channel, and for a moment that does not come before the later one.
pub async fn get_changes(cx: &Context, req: GetChanges) -> Result<Changes> {
    let request = request(cx, &req).await?;
    let (range, before, after) = (request.range, request.attribution_then, request.attribution);
    let GetChanges { report, since, .. } = req;
    let told = rumbo_insight::changes(cx.scope()?, request).await?;
    Ok(Changes {
        by: report.by,
        from: range.from,
        to: range.to,
        since,
        until: report.as_of,
        attribution_then: Attribution::of(before),
        attribution: Attribution::of(after),
        causes: Cause::ALL.into_iter().map(Into::into).collect(),
        groups: told.groups.iter().map(group).collect(),
        exchanged: told.exchanged.as_ref().map(Into::into),
        missing_then: MissingRates::list(&told.missing_then),
        rates: told.rates.iter().map(Into::into).collect(),
    })
}

/// The rows that a cause's part of a figure is made of.
///
/// # Errors
/// As [`get_changes`]; `InvalidInput` for a metric that there is not, and for one that is no sum.
pub async fn explain_change(cx: &Context, req: ExplainChange) -> Result<ChangePassport> {
    let metric = passport::metric(&req.metric)?;
    let currency: Currency = req.currency.parse()?;
    let request = ChangedRowsRequest {
        changes: request(cx, &req.changes).await?,
        cause: req.cause.listed().unwrap_or(Cause::Unexplained),
        currency,
        row: passport::row_of(&req.row)?,
        metric,
        limit: passport::limit(req.limit),
    };
    let found = rumbo_insight::changed_rows(cx.scope()?, request).await?;
    let listing = Listing::of_changes(metric, currency);
    Ok(ChangePassport {
        cause: req.cause,
        currency: req.currency,
        row: req.row,
        metric: req.metric,
        sums: listing.sums(&found.figures),
        ad_days: listing.ad_days(found.ad_days),
        ad_days_count: passport::many(found.ad_days_count),
        outcomes: listing.outcomes(found.outcomes),
        outcomes_count: passport::many(found.outcomes_count),
    })
}

/// The earlier moment comes before the later one.
///
/// # Errors
/// `InvalidInput` where it does not.
pub(super) fn in_order(
    cx: &Context,
    since: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    if since < until.unwrap_or(cx.scope()?.now()) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        "The earlier moment must come before the later one. Choose an earlier one.",
    )
    .reason(Reason::MomentsReversed)
    .field("since"))
}

/// The two reports that are asked about.
async fn request(cx: &Context, req: &GetChanges) -> Result<ChangesRequest> {
    let GetChanges {
        report,
        since,
        attribution_then,
    } = req;
    refuse_channels(report.by)?;
    let range = DateRange::new(report.from, report.to)?;
    in_order(cx, *since, report.as_of)?;
    let after = attribution(cx, report.attribution).await?;
    let before = match attribution_then {
        Some(then) => then.checked()?,
        None => after,
    };
    Ok(ChangesRequest {
        grain: grain(report.by),
        range,
        filter: filter(cx, report).await?,
        attribution_then: before,
        attribution: after,
        since: *since,
        until: come(cx, report.as_of).await?,
        convert_to: convert_to(report.convert_to.as_deref())?,
    })
}

fn group(group: &rumbo_insight::ChangeGroup) -> ChangeGroup {
    let currency = group.currency;
    ChangeGroup {
        currency: currency.to_string(),
        rows: group
            .rows
            .iter()
            .map(|one| ChangeRow {
                row: named(&one.row),
                metrics: metrics(&one.change, currency)
                    .filter(MetricChange::moved)
                    .collect(),
            })
            .collect(),
        unattributed: metrics(&group.unattributed, currency).collect(),
        total: metrics(&group.total, currency).collect(),
    }
}

fn metrics(change: &Change, currency: Currency) -> impl Iterator<Item = MetricChange> + '_ {
    let summed = Metric::ALL.into_iter().filter(|metric| !metric.is_asked());
    summed.map(move |metric| {
        let one = change.of(metric, currency);
        MetricChange {
            metric: metric.definition().id.to_owned(),
            before: one.before,
            after: one.after,
            parts: one.parts,
        }
    })
}
