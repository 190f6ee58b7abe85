//! What moving a daily budget would change.

use rumbo_base::{AdCampaignId, Code, Error, Micros, Reason, Result};
use rumbo_insight::{Answering, BudgetAsk, BudgetMoveRequest, MovedCampaign, Parent, Unanswered};

use super::{attribution, out_of_range, within};
use crate::Context;
use crate::wire::{
    Beyond, BudgetMove, MoveCampaign, MoveCurvePoint, MoveEstimate, MoveMetric, MoveRefusal,
    MoveRefusalReason, MoveSeenDay, NoChange, PastWeeks, SimulateBudgetMove,
};

/// The days asked about when nobody says, and the most: further ahead nothing was tried.
const DAYS: u32 = 14;
const MOST_DAYS: u32 = 28;

/// What a move would change. Nothing is written, here or at Meta.
///
/// # Errors
/// `InvalidInput` for a question without campaigns, an amount that is none or below zero, or too
/// many days; `NotFound` for an id that nothing here has.
pub async fn simulate_budget_move(cx: &Context, req: SimulateBudgetMove) -> Result<BudgetMove> {
    let days = req.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(out_of_range("days", days, 1, MOST_DAYS));
    }
    let ask = match (&req.campaign, &req.from, &req.to) {
        (Some(campaign), None, None) => BudgetAsk::Spend {
            campaign: named(cx, "campaign", campaign).await?,
            daily: amount("daily", req.daily.as_deref())?,
        },
        (None, Some(from), Some(to)) => BudgetAsk::Move {
            from: named(cx, "from", from).await?,
            to: named(cx, "to", to).await?,
            amount: amount("amount", req.amount.as_deref())?,
        },
        (None, None, Some(_)) => return Err(missing("from")),
        (None, Some(_), None) => return Err(missing("to")),
        _ => return Err(missing("campaign")),
    };
    let request = BudgetMoveRequest {
        ask,
        outcome: match req.metric {
            MoveMetric::Leads => rumbo_insight::MoveOutcome::Leads,
            MoveMetric::Sales => rumbo_insight::MoveOutcome::Sales,
            MoveMetric::Revenue => rumbo_insight::MoveOutcome::Revenue,
        },
        days,
        attribution: attribution(cx, req.attribution).await?,
    };
    let found = rumbo_insight::budget_move(cx.scope()?, request).await?;
    let (change, no_change) = match found.change {
        None => (None, None),
        Some(Ok(change)) => (Some(change), None),
        Some(Err(why)) => (None, Some(why)),
    };
    let currency = found.campaigns.first().map(|first| first.currency);
    Ok(BudgetMove {
        metric: req.metric,
        days: found.days,
        currency: currency.map_or_else(String::new, |currency| currency.to_string()),
        campaigns: found.campaigns.into_iter().map(campaign).collect(),
        better_percent: change.as_ref().map(|change| change.better_percent.clone()),
        change: change.map(|change| estimate(change.change)),
        no_change: no_change.map(|why| match why {
            rumbo_insight::NoChange::SameCampaign => NoChange::SameCampaign,
            rumbo_insight::NoChange::CurrenciesDiffer => NoChange::CurrenciesDiffer,
            rumbo_insight::NoChange::Unanswered => NoChange::Refused,
            rumbo_insight::NoChange::Beyond => NoChange::Beyond,
        }),
        published: past(rumbo_insight::PastWeeks::PUBLISHED),
    })
}

fn missing(field: &'static str) -> Error {
    Error::new(
        Code::InvalidInput,
        "Say between which two campaigns the money moves, or of which one the spend changes.",
    )
    .reason(Reason::ValueMissing)
    .field(field)
}

/// An amount that may be left out.
fn amount(field: &'static str, text: Option<&str>) -> Result<Option<Micros>> {
    let Some(text) = text else {
        return Ok(None);
    };
    let amount = Micros::parse(text).map_err(|error| error.field(field))?;
    if amount < Micros::ZERO {
        return Err(Error::new(
            Code::InvalidInput,
            "The amount cannot be below zero. To move money the other way, change the campaigns about.",
        )
        .reason(Reason::AmountNegative)
        .field(field));
    }
    Ok(Some(amount))
}

/// A campaign by either id.
async fn named(cx: &Context, field: &'static str, id: &str) -> Result<AdCampaignId> {
    match within(cx, &[], Some(id), None).await?.parent {
        Some(Parent::Campaign(campaign)) => Ok(campaign),
        _ => Err(missing(field)),
    }
}

fn campaign(of: MovedCampaign) -> MoveCampaign {
    let currency = of.currency;
    let money = |amount: Micros| amount.to_text(currency);
    let (answer, refused) = match of.answer {
        Ok(answer) => (Some(answer), None),
        Err(why) => (None, Some(why)),
    };
    let beyond = |at: Option<&std::result::Result<_, rumbo_insight::Beyond>>| {
        at.and_then(|at| at.as_ref().err()).map(|side| match side {
            rumbo_insight::Beyond::Less => Beyond::Less,
            rumbo_insight::Beyond::More => Beyond::More,
        })
    };
    let known = answer.as_ref();
    let becomes = known.and_then(|known| known.becomes.as_ref());
    let past = match (known, refused) {
        (Some(known), _) => past(known.past),
        (None, Some(Unanswered::Missed(weeks))) => past(weeks),
        (None, _) => PastWeeks { tried: 0, held: 0 },
    };
    MoveCampaign {
        id: of.id.to_string(),
        external_id: of.external_id,
        name: of.name,
        account_id: of.account.to_string(),
        account_name: of.account_name,
        currency: currency.to_string(),
        settled_until: of.settled_until,
        now_daily: money(of.now),
        new_daily: of.new.map(money),
        least_daily: known.map(|known| money(known.observed.0)),
        most_daily: known.map(|known| money(known.observed.1)),
        elasticity: known.map(|known| known.elasticity.clone()),
        past,
        stays: known.and_then(|known| known.stays.clone().ok().map(estimate)),
        becomes: becomes.and_then(|becomes| becomes.clone().ok().map(estimate)),
        now_beyond: beyond(known.map(|known| &known.stays)),
        new_beyond: beyond(becomes),
        curve: answer.map_or_else(Vec::new, |answer| curve(answer, money)),
        seen: of
            .seen
            .into_iter()
            .map(|day| MoveSeenDay {
                day: day.day,
                spend: money(day.spend),
                outcome: day.outcome,
            })
            .collect(),
        refused: refused.map(|why| refusal(why, money)),
    }
}

fn curve(answer: Answering, money: impl Fn(Micros) -> String) -> Vec<MoveCurvePoint> {
    let points = answer.curve.into_iter();
    points
        .map(|point| MoveCurvePoint {
            daily: money(point.daily),
            brings: estimate(point.brings),
        })
        .collect()
}

fn refusal(why: Unanswered, money: impl Fn(Micros) -> String) -> MoveRefusal {
    let plain = |reason, has, needs| MoveRefusal {
        reason,
        has,
        needs,
        least_daily: None,
        most_daily: None,
    };
    match why {
        Unanswered::NotSynced => plain(MoveRefusalReason::NotSynced, None, None),
        Unanswered::OtherCurrency => plain(MoveRefusalReason::OtherCurrency, None, None),
        Unanswered::Missed(_) => plain(MoveRefusalReason::Missed, None, None),
        Unanswered::FewDays { has, needs } => {
            plain(MoveRefusalReason::FewDays, Some(has), Some(needs))
        }
        Unanswered::FewOutcomes { has, needs } => {
            plain(MoveRefusalReason::FewOutcomes, Some(has), Some(needs))
        }
        Unanswered::Untried { has, needs } => {
            plain(MoveRefusalReason::Untried, Some(has), Some(needs))
        }
        Unanswered::HardlyVaried(low, high) => MoveRefusal {
            least_daily: Some(money(low)),
            most_daily: Some(money(high)),
            ..plain(MoveRefusalReason::HardlyVaried, None, None)
        },
    }
}

fn estimate(of: rumbo_insight::Estimate) -> MoveEstimate {
    MoveEstimate {
        expected: of.expected,
        low: of.low,
        high: of.high,
    }
}

fn past(weeks: rumbo_insight::PastWeeks) -> PastWeeks {
    PastWeeks {
        tried: weeks.tried,
        held: weeks.held,
    }
}
