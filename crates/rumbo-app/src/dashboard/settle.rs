//! How much of a day is there while Meta still restates it.

use rumbo_base::{Error, Result};
use rumbo_insight::settle::{LEAST_SETTLED_DAYS, NOMINAL, SETTLED_AT, TOLERANCE};
use rumbo_insight::{MetricSettling, SettleRequest, settle_curves};

use super::{come, within};
use crate::Context;
use crate::wire::{
    DayCompleteness, GetSettleCurve, SettleAge, SettleHeld, SettleMetric, SettleReport,
};

/// How figures settle, by age.
///
/// # Errors
/// `InvalidInput` for a currency that is none; `NotFound` for an account that nothing here has.
pub async fn get_settle_curve(cx: &Context, req: GetSettleCurve) -> Result<SettleReport> {
    let part = within(cx, req.account.as_slice(), None, None).await?;
    let request = SettleRequest {
        currency: req.currency.as_deref().map(str::parse).transpose()?,
        account: part.accounts.first().copied(),
        as_of: come(cx, req.as_of).await?,
    };
    let report = settle_curves(cx.scope()?, request).await?;
    Ok(SettleReport {
        currency: report.currency.to_string(),
        accounts: report.accounts,
        known_on: report.known_on,
        nominal_percent: format!("{:.0}", NOMINAL * 100.0),
        tolerance_percent: format!("{:.0}", TOLERANCE * 100.0),
        least_days: u32::try_from(LEAST_SETTLED_DAYS).map_err(Error::internal)?,
        settled_at: SETTLED_AT,
        metrics: report.metrics.iter().map(metric).collect(),
    })
}

fn metric(of: &MetricSettling) -> SettleMetric {
    let percent = |part: f64| format!("{:.1}", part * 100.0);
    let held = of.curve.held;
    let ages = of.curve.ages.iter().filter_map(|(age, known)| {
        let known = (*known)?;
        let between = of.interval(&known);
        Some(SettleAge {
            age: *age,
            percent: percent(known.median),
            low: between.map(|(low, _)| percent(low)),
            high: between.map(|(_, high)| percent(high)),
            days: known.days,
            settled: known.is_settled(),
        })
    });
    SettleMetric {
        metric: of.metric.definition().id.to_owned(),
        happened: of.happened,
        settled_from: of.curve.settled_from(),
        held: SettleHeld {
            inside: held.inside,
            tried: held.tried,
            shown: held.holds(),
        },
        ages: ages.collect(),
    }
}

/// What a day of home says of how much is there.
pub(super) fn complete(day: &rumbo_insight::DayPoint) -> Vec<DayCompleteness> {
    let known = day.complete.iter().map(|known| DayCompleteness {
        metric: known.metric.definition().id.to_owned(),
        percent: known.percent.clone(),
        low: known.between.as_ref().map(|(low, _)| low.clone()),
        high: known.between.as_ref().map(|(_, high)| high.clone()),
    });
    known.collect()
}
