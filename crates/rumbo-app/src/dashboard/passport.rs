//! Where a number comes from.

use rumbo_base::{Code, Currency, DateRange, Error, Micros, Reason, Result};
use rumbo_insight::metric::{BaseSum, Formula};
use rumbo_insight::{Figures, Metric, OutcomeKind, PassportRequest, RoiRequest, RowOf};

use super::{attribution, filter, grain};
use crate::Context;
use crate::wire::{
    Attribution, ExplainNumber, NumberPassport, PassportAdDay, PassportKind, PassportOutcome,
    PassportSum,
};

/// How many rows are listed when nobody says.
const LIMIT: u32 = 1_000;

/// Every row that went into a number, with what it adds.
///
/// # Errors
/// As [`super::get_roi`]; `InvalidInput` for a metric that there is not.
pub async fn explain_number(cx: &Context, req: ExplainNumber) -> Result<NumberPassport> {
    let metric = Metric::by_id(&req.metric).ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "There is no metric of this id. Write one of docs/metrics.md, such as revenue.",
        )
        .reason(Reason::MetricUnknown)
        .field("metric")
    })?;
    super::as_they_are(&req.report)?;
    let range = DateRange::new(req.report.from, req.report.to)?;
    let currency: Currency = req.currency.parse()?;
    let base = attribution(cx, req.report.attribution).await?;
    let limit = usize::try_from(req.limit.unwrap_or(LIMIT)).unwrap_or(usize::MAX);
    let request = PassportRequest {
        report: RoiRequest {
            filter: filter(cx, &req.report).await?,
            attribution: base,
            new_customers: true,
            as_of: req.report.as_of,
            ..RoiRequest::new(grain(req.report.by), range)
        },
        currency,
        row: match req.row.as_str() {
            "total" => RowOf::Total,
            "unattributed" => RowOf::Unattributed,
            key => RowOf::Key(key.to_owned()),
        },
        metric,
        limit,
    };
    let found = rumbo_insight::passport(cx.scope()?, request).await?;
    let sums = sums(metric);
    let adds = |figures: &Figures| -> Vec<Option<String>> {
        sums.iter().map(|sum| sum.text(figures, currency)).collect()
    };
    Ok(NumberPassport {
        id: req.id(),
        metric: req.metric,
        value: metric.text(&found.figures, currency),
        formula: metric.formula_text(),
        by: req.report.by,
        row: req.row,
        from: range.from,
        to: range.to,
        currency: currency.to_string(),
        attribution: Attribution::of(base),
        learned: found.learned.map(Into::into),
        as_of: req.report.as_of,
        sums: sums
            .iter()
            .map(|sum| PassportSum {
                metric: sum.definition().id.to_owned(),
                value: sum.text(&found.figures, currency),
            })
            .collect(),
        ad_days: found
            .ad_days
            .into_iter()
            .map(|entry| PassportAdDay {
                day: entry.day,
                account_id: entry.account.to_string(),
                ad_external_id: entry.ad_external_id,
                ad_name: entry.ad_name,
                campaign_name: entry.campaign_name,
                adds: adds(&entry.figures),
                attribution_setting: entry.attribution_setting,
                run: super::count(entry.run),
                run_started_at: entry.run_started_at,
                actions: entry.actions,
                rest: entry.rest,
            })
            .collect(),
        ad_days_count: many(found.ad_days_count),
        outcomes: found
            .outcomes
            .into_iter()
            .map(|entry| {
                let money = |amount: Micros| match entry.kind {
                    OutcomeKind::Sale | OutcomeKind::Refund => Some(amount.to_text(currency)),
                    OutcomeKind::Lead | OutcomeKind::Opportunity => None,
                };
                PassportOutcome {
                    kind: match entry.kind {
                        OutcomeKind::Lead => PassportKind::Lead,
                        OutcomeKind::Opportunity => PassportKind::Opportunity,
                        OutcomeKind::Sale => PassportKind::Sale,
                        OutcomeKind::Refund => PassportKind::Refund,
                    },
                    id: entry.id.to_string(),
                    contact: entry.contact,
                    reference: entry.reference,
                    day: entry.day,
                    happened_at: entry.happened,
                    gross: money(entry.gross),
                    refunded: money(entry.refunded),
                    adds: adds(&entry.figures),
                }
            })
            .collect(),
        outcomes_count: many(found.outcomes_count),
    })
}

fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The sums that a metric is made of, each as the metric that shows it.
fn sums(metric: Metric) -> Vec<Metric> {
    match metric.definition().formula {
        Formula::Sum(sum) => vec![sum.metric()],
        Formula::Quotient { of, less, by, .. } => {
            let mut sums = vec![of.metric()];
            sums.extend(less.map(BaseSum::metric));
            sums.push(by.metric());
            sums.dedup();
            sums
        }
    }
}
