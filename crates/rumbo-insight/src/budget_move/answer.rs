use chrono::NaiveDate;
use rumbo_base::{Currency, Micros};
use rumbo_forecast::{Outlook, Response};

use super::{
    Answering, Asked, Beyond, BudgetMoveRequest, CurvePoint, Estimate, MoveOutcome, MovedCampaign,
    Unanswered,
};
use crate::amount::{float, money};

/// Places on a curve.
const PLACES: u32 = 25;

/// What is told of a campaign.
pub(super) fn of(
    asked: Asked<'_>,
    response: Result<Response, Unanswered>,
    request: &BudgetMoveRequest,
    first: NaiveDate,
) -> MovedCampaign {
    let observed = asked.observed;
    let currency = observed.currency;
    let outcome = request.outcome;
    let days = usize::try_from(request.days).unwrap_or(usize::MAX);
    let over = |response: &Response, daily: Micros| {
        let (low, high) = response.range();
        let daily = float(daily);
        if daily < low {
            Err(Beyond::Less)
        } else if daily > high {
            Err(Beyond::More)
        } else {
            Ok(estimate(response.at(daily, first, days), outcome, currency))
        }
    };
    let answer = response.map(|response| {
        let (low, high) = response.range();
        let curve = (0..PLACES).map(|at| {
            let daily = low + (high - low) * f64::from(at) / f64::from(PLACES - 1);
            let said = response.at(daily, first, days);
            let a_day = |sum: f64| sum / f64::from(request.days.max(1));
            let said = Outlook {
                expected: a_day(said.expected),
                low: a_day(said.low),
                high: a_day(said.high),
            };
            CurvePoint {
                daily: money(daily, currency),
                brings: estimate_with(said, |figure| match outcome {
                    MoveOutcome::Revenue => text(figure, outcome, currency),
                    // A day has few of them: with one decimal the curve would be a stair.
                    MoveOutcome::Leads | MoveOutcome::Sales => format!("{figure:.3}"),
                }),
            }
        });
        Answering {
            observed: coins_within(low, high, currency),
            elasticity: format!("{:.2}", response.elasticity()),
            past: asked.past,
            curve: curve.collect(),
            stays: over(&response, asked.now),
            becomes: asked.new.map(|new| over(&response, new)),
        }
    });
    MovedCampaign {
        id: observed.id,
        external_id: observed.external_id.clone(),
        name: observed.name.clone(),
        account: observed.account,
        account_name: observed.account_name.clone(),
        currency,
        settled_until: observed.settled_until,
        now: asked.now,
        new: asked.new,
        seen: observed.seen(outcome),
        answer,
    }
}

/// The least and the most that can be asked about, in whole coins.
fn coins_within(low: f64, high: f64, currency: Currency) -> (Micros, Micros) {
    let coin = Micros(10_i64.pow(6_u32.saturating_sub(currency.exponent())));
    let (mut least, mut most) = (money(low, currency), money(high, currency));
    if float(least) < low {
        least += coin;
    }
    if float(most) > high {
        most = most - coin;
    }
    (least, most)
}

pub(super) fn estimate(said: Outlook, outcome: MoveOutcome, currency: Currency) -> Estimate {
    estimate_with(said, |figure| text(figure, outcome, currency))
}

fn estimate_with(said: Outlook, text: impl Fn(f64) -> String) -> Estimate {
    Estimate {
        expected: text(said.expected),
        low: text(said.low),
        high: text(said.high),
    }
}

/// Counts with one decimal, money as it is written in its currency.
pub(super) fn text(figure: f64, outcome: MoveOutcome, currency: Currency) -> String {
    match outcome {
        MoveOutcome::Revenue => money(figure, currency).to_text(currency),
        // Without a minus before nothing.
        MoveOutcome::Leads | MoveOutcome::Sales => {
            format!("{:.1}", (figure * 10.0).round() / 10.0 + 0.0)
        }
    }
}
