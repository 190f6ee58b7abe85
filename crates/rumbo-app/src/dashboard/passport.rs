//! Where a number comes from.

use std::collections::BTreeSet;

use rumbo_base::{Code, Currency, DateRange, Error, Micros, Reason, Result};
use rumbo_insight::metric::{BaseSum, Formula};
use rumbo_insight::{Figures, Listed, Metric, OutcomeKind, PassportRequest, RoiRequest, RowOf};

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
    let limit = place(req.limit.unwrap_or(LIMIT));
    let request = PassportRequest {
        report: RoiRequest {
            filter: filter(cx, &req.report).await?,
            attribution: base,
            new_customers: true,
            as_of: req.report.as_of,
            ..RoiRequest::new(grain(req.report.by), range)
        },
        currency,
        row: row_of(&req.row),
        metric,
        limit,
        listed: match (req.ad_days_from, req.outcomes_from) {
            (None, None) => Listed::First,
            (Some(from), _) => Listed::AdDaysFrom(place(from)),
            (None, Some(from)) => Listed::OutcomesFrom(place(from)),
        },
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
                    contact_id: entry.contact_id.map(|id| id.to_string()),
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

fn place(nth: u32) -> usize {
    usize::try_from(nth).unwrap_or(usize::MAX)
}

fn row_of(row: &str) -> RowOf {
    let keys = |list: &str| -> BTreeSet<String> {
        list.split(',')
            .filter_map(|key| url::form_urlencoded::parse(key.as_bytes()).next())
            .map(|(key, _)| key.into_owned())
            .collect()
    };
    match row {
        "total" => RowOf::Total,
        "unattributed" => RowOf::Unattributed,
        "attributed" => RowOf::AllBut(BTreeSet::new()),
        key => {
            if let Some(list) = key.strip_prefix("rows:") {
                RowOf::Keys(keys(list))
            } else if let Some(list) = key.strip_prefix("but:") {
                RowOf::AllBut(keys(list))
            } else {
                RowOf::Key(key.to_owned())
            }
        }
    }
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
