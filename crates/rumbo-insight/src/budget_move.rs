//! What moving a daily budget from one ad campaign to another would change.
//!
//! How a campaign answers to what is spent on it comes from its own days ([`rumbo_forecast::learn`]),
//! with what the others tell of its shape. Nothing is said outside of what was observed, nor of a
//! campaign whose own past would have been said wrongly; docs/backtests.md says how often it is
//! right. Nothing is written anywhere: it only tells.

use chrono::{Days, NaiveDate};
use rumbo_base::{AdAccountId, AdCampaignId, Code, Currency, Error, Micros, Reason, Result};
use rumbo_forecast::{Response, Spread, moved};
use rumbo_platform::Scope;

use crate::amount::float;
use crate::attribution::Attribution;
use crate::read::place::Place;

mod answer;
mod read;

use read::{Courses, Observed};

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MoveOutcome {
    #[default]
    Leads,
    Sales,
    Revenue,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub enum BudgetAsk {
    /// To spend so much less a day on one, and so much more on the other. Without an amount only
    /// how both answer is told.
    Move {
        from: AdCampaignId,
        to: AdCampaignId,
        amount: Option<Micros>,
    },
    /// To spend so much a day on one.
    Spend {
        campaign: AdCampaignId,
        daily: Option<Micros>,
    },
}

/// A question about the days from tomorrow on.
#[derive(Clone, Copy, Debug)]
pub struct BudgetMoveRequest {
    pub ask: BudgetAsk,
    pub outcome: MoveOutcome,
    /// How many days are asked about.
    pub days: u32,
    pub attribution: Attribution,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct BudgetMove {
    pub outcome: MoveOutcome,
    pub days: u32,
    /// The one that loses and the one that gains, or the only one.
    pub campaigns: Vec<MovedCampaign>,
    /// What all of it changes. `None` while no amount is asked about.
    pub change: Option<Result<MoveChange, NoChange>>,
}

/// A campaign that money goes to or comes from.
#[derive(Clone, Debug)]
pub struct MovedCampaign {
    pub id: AdCampaignId,
    pub external_id: String,
    pub name: String,
    pub account: AdAccountId,
    pub account_name: String,
    pub currency: Currency,
    /// The last day that is looked at: those after it still settle.
    pub settled_until: Option<NaiveDate>,
    /// The mean of the last seven days that are looked at.
    pub now: Micros,
    /// What would be spent a day; `None` while no amount is asked about.
    pub new: Option<Micros>,
    /// The days with spend that it is learned from, oldest first.
    pub seen: Vec<SeenDay>,
    pub answer: Result<Answering, Unanswered>,
}

/// A day of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenDay {
    pub day: NaiveDate,
    pub spend: Micros,
    /// Decimal text.
    pub outcome: String,
}

/// How a campaign answers to its spend.
#[derive(Clone, Debug)]
pub struct Answering {
    /// What was spent on nine days of ten, each day.
    pub observed: (Micros, Micros),
    /// By how much more comes in for 1 % more spend, at its middle day: percent, 2 decimals.
    pub elasticity: String,
    pub past: PastWeeks,
    /// What a day brings in on average over the days asked about, from the least to the most that
    /// was observed.
    pub curve: Vec<CurvePoint>,
    /// Over all days asked about, with what is spent now.
    pub stays: Result<Estimate, Beyond>,
    /// The same with the new spend.
    pub becomes: Option<Result<Estimate, Beyond>>,
}

/// A place on the curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurvePoint {
    pub daily: Micros,
    pub brings: Estimate,
}

/// What is expected, and what it is less and more than once in ten times each: decimal text, counts
/// with one decimal (on a curve three), money in the currency's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub expected: String,
    pub low: String,
    pub high: String,
}

/// A spend that was not observed: nothing is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    Less,
    More,
}

/// How many weeks of its own past ended inside the interval that would have been said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PastWeeks {
    pub tried: u32,
    pub held: u32,
}

impl PastWeeks {
    /// Of campaigns that others published: docs/backtests.md.
    pub const PUBLISHED: Self = Self {
        tried: rumbo_forecast::PUBLISHED_WEEKS.0,
        held: rumbo_forecast::PUBLISHED_WEEKS.1,
    };
}

/// Why nothing is said of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Nothing of the last two weeks is known.
    NotSynced,
    /// It spent on too few days.
    FewDays { has: u32, needs: u32 },
    /// It spent about the same on nearly all days: between these.
    HardlyVaried(Micros, Micros),
    /// Too few leads or sales.
    FewOutcomes { has: u32, needs: u32 },
    /// It has sales in other currencies than its ad account's.
    OtherCurrency,
    /// Too few weeks of its past can be tried.
    Untried { has: u32, needs: u32 },
    /// Its past would have been said wrongly too often.
    Missed(PastWeeks),
}

/// What a move changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveChange {
    /// More than without it, below zero less. The scatter of the days is not in it: that is there
    /// either way.
    pub change: Estimate,
    /// How probable it is that more comes in: percent, without decimals.
    pub better_percent: String,
}

/// Why nothing is said of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChange {
    SameCampaign,
    /// The accounts are in different currencies.
    CurrenciesDiffer,
    /// Of one of the campaigns nothing is said.
    Unanswered,
    /// A spend of now, or a new one, was not observed.
    Beyond,
}

/// Answers.
///
/// # Errors
/// `NotFound` for a campaign that is not in this workspace.
pub async fn budget_move(scope: &Scope, request: BudgetMoveRequest) -> Result<BudgetMove> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: BudgetMoveRequest) -> Result<BudgetMove> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, None).await?;
    let asked = match request.ask {
        BudgetAsk::Move { from, to, .. } if from == to => vec![from],
        BudgetAsk::Move { from, to, .. } => vec![from, to],
        BudgetAsk::Spend { campaign, .. } => vec![campaign],
    };
    let courses = Courses::read(&mut tx, &place, &asked, &request, scope.now()).await?;
    let mut found = Vec::new();
    for campaign in &asked {
        let observed = courses.of(*campaign).ok_or_else(gone)?;
        found.push(asked_of(&courses, observed, &request));
    }
    let today = place.zone.day_of(scope.now());
    let first = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let spreads: Vec<Option<Spread>> = found
        .iter()
        .map(|(campaign, response)| spread(campaign, response.as_ref().ok()?, first, request.days))
        .collect();
    let campaigns: Vec<MovedCampaign> = found
        .into_iter()
        .map(|(campaign, response)| answer::of(campaign, response, &request, first))
        .collect();
    let change = changed(&request, &campaigns, &spreads);
    Ok(BudgetMove {
        outcome: request.outcome,
        days: request.days,
        campaigns,
        change,
    })
}

fn gone() -> Error {
    Error::new(
        Code::NotFound,
        "This campaign is not in this workspace. Choose another one.",
    )
    .reason(Reason::Gone)
    .param("what", "campaign")
}

/// A campaign as it is asked about, before anything is said of it.
struct Asked<'a> {
    observed: &'a Observed,
    now: Micros,
    new: Option<Micros>,
    past: PastWeeks,
}

/// How a campaign answers, if it does.
fn asked_of<'a>(
    courses: &Courses,
    observed: &'a Observed,
    request: &BudgetMoveRequest,
) -> (Asked<'a>, Result<Response, Unanswered>) {
    let now = observed.now();
    let new = match request.ask {
        BudgetAsk::Move { from, to, amount } => amount.map(|amount| {
            if from == to {
                now
            } else if observed.id == from {
                now - amount
            } else {
                now + amount
            }
        }),
        BudgetAsk::Spend { daily, .. } => daily,
    };
    let mut asked = Asked {
        observed,
        now,
        new,
        past: PastWeeks::default(),
    };
    let response = courses
        .response(observed, request.outcome)
        .and_then(|found| {
            let (response, past) = found;
            asked.past = past;
            let needs = u32::try_from(rumbo_forecast::LEAST_WEEKS).unwrap_or(u32::MAX);
            if past.tried < needs {
                Err(Unanswered::Untried {
                    has: past.tried,
                    needs,
                })
            } else if f64::from(past.held) < rumbo_forecast::LEAST_HELD * f64::from(past.tried) {
                Err(Unanswered::Missed(past))
            } else {
                Ok(response)
            }
        });
    (asked, response)
}

/// What the new spend changes, where both spends were observed.
fn spread(asked: &Asked<'_>, response: &Response, first: NaiveDate, days: u32) -> Option<Spread> {
    let (was, is) = (float(asked.now), float(asked.new?));
    let days = usize::try_from(days).ok()?;
    (response.observed(was) && response.observed(is)).then(|| response.change(was, is, first, days))
}

/// What all of it changes.
fn changed(
    request: &BudgetMoveRequest,
    campaigns: &[MovedCampaign],
    spreads: &[Option<Spread>],
) -> Option<Result<MoveChange, NoChange>> {
    let first = campaigns.first()?;
    let amount = match request.ask {
        BudgetAsk::Move { amount, .. } => amount,
        BudgetAsk::Spend { daily, .. } => daily,
    };
    amount?;
    if matches!(request.ask, BudgetAsk::Move { from, to, .. } if from == to) {
        return Some(Err(NoChange::SameCampaign));
    }
    if campaigns
        .iter()
        .any(|other| other.currency != first.currency)
    {
        return Some(Err(NoChange::CurrenciesDiffer));
    }
    if campaigns.iter().any(|campaign| campaign.answer.is_err()) {
        return Some(Err(NoChange::Unanswered));
    }
    let said = match spreads {
        [Some(only)] => moved(only, &Spread::default()),
        [Some(from), Some(to)] => moved(from, to),
        _ => return Some(Err(NoChange::Beyond)),
    };
    Some(Ok(MoveChange {
        change: answer::estimate(said.change, request.outcome, first.currency),
        // Never quite sure.
        better_percent: format!("{:.0}", (said.better * 100.0).clamp(1.0, 99.0)),
    }))
}
