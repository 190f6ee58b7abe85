//! Where the month's spend will end.

use rumbo_base::{Code, Currency, Error, Micros, Reason, Result};
use rumbo_insight::{EndingGap, PaceGrain, PacingRequest, Parent, Verdict};

use super::within;
use crate::Context;
use crate::wire::{
    BudgetGap, BudgetSource, ForecastGap, GetPacing, Pace, PaceBy, PaceVerdict, PacingGroup,
    PacingReport, PacingRow, PastMonths,
};

/// The pace of this month.
///
/// # Errors
/// `InvalidInput` for ad sets of no campaign; `NotFound` for an id that nothing here has.
pub async fn get_pacing(cx: &Context, req: GetPacing) -> Result<PacingReport> {
    let part = within(cx, &req.accounts, req.campaign.as_deref(), None).await?;
    let grain = match (req.by, part.parent) {
        (PaceBy::Account, _) => PaceGrain::Account,
        (PaceBy::Campaign, _) => PaceGrain::Campaign,
        (PaceBy::AdSet, Some(Parent::Campaign(campaign))) => PaceGrain::AdSet(campaign),
        (PaceBy::AdSet, _) => return Err(no_campaign()),
    };
    let request = PacingRequest {
        grain,
        accounts: part.accounts,
    };
    let pacing = rumbo_insight::pacing(cx.scope()?, request).await?;
    Ok(PacingReport {
        by: req.by,
        from: pacing.month.from,
        to: pacing.month.to,
        past: past(pacing.past),
        published: past(rumbo_insight::PastMonths::PUBLISHED),
        groups: pacing.groups.into_iter().map(group).collect(),
    })
}

fn no_campaign() -> Error {
    Error::new(
        Code::InvalidInput,
        "Say of which campaign: the pace of ad sets is shown for one campaign at a time.",
    )
    .reason(Reason::ValueMissing)
    .field("campaign")
}

fn group(group: rumbo_insight::PacingGroup) -> PacingGroup {
    let currency = group.currency;
    PacingGroup {
        currency: currency.to_string(),
        rows: group
            .rows
            .into_iter()
            .map(|row| PacingRow {
                id: row.id.to_string(),
                external_id: row.external_id,
                name: row.name,
                status: if row.deleted {
                    Some("deleted".to_owned())
                } else {
                    row.status.map(|status| status.to_lowercase())
                },
                account_id: row.account.to_string(),
                account_name: row.account_name,
                past: past(row.past),
                pace: pace(&row.pace, currency),
            })
            .collect(),
        total: pace(&group.total, currency),
    }
}

fn pace(pace: &rumbo_insight::Pace, currency: Currency) -> Pace {
    let money = |amount: Micros| amount.to_text(currency);
    let budget = pace.budget.ok();
    let end = pace.end.ok();
    Pace {
        known_until: pace.known_until,
        spent: money(pace.spent),
        recent_per_day: money(pace.recent_per_day),
        days_left: pace.days_left,
        budget: budget.map(|budget| money(budget.month)),
        budget_source: budget.map(|budget| match budget.source {
            rumbo_insight::BudgetSource::Daily => BudgetSource::Daily,
            rumbo_insight::BudgetSource::Lifetime => BudgetSource::Lifetime,
            rumbo_insight::BudgetSource::Sum => BudgetSource::Sum,
        }),
        budget_set: budget.and_then(|budget| budget.set).map(money),
        no_budget: pace.budget.err().map(|gap| match gap {
            rumbo_insight::BudgetGap::NotSet => BudgetGap::NotSet,
            rumbo_insight::BudgetGap::OfCampaign => BudgetGap::OfCampaign,
            rumbo_insight::BudgetGap::NoEnd => BudgetGap::NoEnd,
            rumbo_insight::BudgetGap::NotRunning => BudgetGap::NotRunning,
            rumbo_insight::BudgetGap::Partly => BudgetGap::Partly,
        }),
        pace_percent: pace.pace_percent.clone(),
        needed_per_day: pace.needed_per_day.map(money),
        expected: end.map(|end| money(end.expected)),
        low: end.map(|end| money(end.low)),
        high: end.map(|end| money(end.high)),
        no_forecast: pace.end.err().map(|gap| match gap {
            EndingGap::TooYoung(_) => ForecastGap::TooYoung,
            EndingGap::NotSynced => ForecastGap::NotSynced,
        }),
        days_known: match pace.end {
            Err(EndingGap::TooYoung(days)) => u32::try_from(days).ok(),
            _ => None,
        },
        verdict: pace.verdict.map(|verdict| match verdict {
            Verdict::OnTrack => PaceVerdict::OnTrack,
            Verdict::Under => PaceVerdict::Under,
            Verdict::Over => PaceVerdict::Over,
            Verdict::Open => PaceVerdict::Open,
        }),
    }
}

fn past(past: rumbo_insight::PastMonths) -> PastMonths {
    PastMonths {
        tried: past.tried,
        inside: past.inside,
    }
}
