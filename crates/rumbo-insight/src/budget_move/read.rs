use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{AdAccountId, AdCampaignId, Currency, DateRange, Micros, Result};
use rumbo_db::Tx;
use rumbo_forecast::{Learned, Response, Spent, Unready, learn, past_weeks, pooled};

use super::{BudgetMoveRequest, MoveOutcome, PastWeeks, SeenDay, Unanswered, answer};
use crate::amount::{figure, float, money};
use crate::attribution::Refunds;
use crate::days::place_of;
use crate::figures::{Figures, Shares};
use crate::pacing::known_until;
use crate::path::{Grain, Key};
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::place::Place;
use crate::read::{delivered, outcome};
use crate::roi::Filter;

/// Days that are read: half a year to learn from, at each of the last 52 weeks' beginnings as far as
/// that goes.
const READ: u64 = 420;
/// The days that a response is learned from, which are shown.
const SHOWN: u64 = 182;
/// Whole days at the end that leads and sales still come to.
const SETTLES_AFTER: u64 = 3;
/// An account that was not synced for so many days says nothing of tomorrow.
const TOO_OLD: i64 = 14;
/// Campaigns that lend their shape: those with most ad-days.
const LENDING: usize = 10;

/// A campaign as it was.
#[derive(Debug)]
pub(super) struct Observed {
    pub id: AdCampaignId,
    pub external_id: String,
    pub name: String,
    pub account: AdAccountId,
    pub account_name: String,
    pub currency: Currency,
    /// `None` where too little is known of the last days.
    pub settled_until: Option<NaiveDate>,
    /// Every day up to that one.
    days: Vec<(NaiveDate, Figures)>,
    /// It has sales in another currency in these days.
    mixed: bool,
}

/// The campaigns that are asked about, and those that lend their shape.
pub(super) struct Courses {
    all: Vec<Observed>,
}

impl Courses {
    pub async fn read(
        tx: &mut Tx,
        place: &Place,
        asked: &[AdCampaignId],
        request: &BudgetMoveRequest,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let directory = Directory::read(tx, place, Grain::Campaign).await?;
        let known = known_until(tx, place, now).await?;
        let today = place.zone.day_of(now);
        let from = today.checked_sub_days(Days::new(READ)).unwrap_or(today);
        let range = DateRange::new(from, today)?;
        let mut wanted = asked.to_vec();
        for campaign in longest_run(tx, place, &directory, today).await? {
            if !wanted.contains(&campaign) && wanted.len() < asked.len() + LENDING {
                wanted.push(campaign);
            }
        }
        let mut all = Vec::new();
        for id in wanted {
            let Some(campaign) = directory.campaigns.get(&id) else {
                continue;
            };
            let Some(account) = place.account(campaign.account) else {
                continue;
            };
            let settled_until = known
                .get(&account.id)
                .filter(|known| (account.zone.day_of(now) - **known).num_days() <= TOO_OLD)
                .and_then(|known| known.checked_sub_days(Days::new(SETTLES_AFTER)));
            let mut days: Vec<(NaiveDate, Figures)> = range
                .iter()
                .take_while(|day| settled_until.is_some_and(|until| *day <= until))
                .map(|day| (day, Figures::default()))
                .collect();
            let rows =
                delivered::campaign_by_day(tx, place, &directory, range, account.currency, id);
            for (day, figures) in rows.await? {
                if let Some((_, sum)) = place_of(range, day).and_then(|at| days.get_mut(at)) {
                    sum.add(&figures)?;
                }
            }
            all.push(Observed {
                id,
                external_id: campaign.external_id.clone(),
                name: campaign.name.clone(),
                account: account.id,
                account_name: account.name.clone(),
                currency: account.currency,
                settled_until,
                days,
                mixed: false,
            });
        }
        let mut courses = Self { all };
        courses
            .add_outcomes(tx, place, &directory, request, range)
            .await?;
        Ok(courses)
    }

    async fn add_outcomes(
        &mut self,
        tx: &mut Tx,
        place: &Place,
        directory: &Directory,
        request: &BudgetMoveRequest,
        range: DateRange,
    ) -> Result<()> {
        let at: HashMap<AdCampaignId, usize> = (self.all.iter().enumerate())
            .map(|(at, observed)| (observed.id, at))
            .collect();
        let origins = Origins::read(tx, place, directory).await?;
        let mut attribution = request.attribution;
        // A day on which more was given back than sold has no place in a response.
        attribution.refunds = Refunds::Accrual;
        let question = outcome::Question {
            place,
            origins: &origins,
            range,
            attribution,
            customers: false,
            by_source: false,
        };
        outcome::read(tx, question, |row| {
            let campaign = row.path.campaign.as_ref().and_then(Key::known);
            let observed = campaign
                .and_then(|campaign| at.get(&campaign))
                .and_then(|at| self.all.get_mut(*at));
            let Some(observed) = observed else {
                return Ok(());
            };
            let foreign = row.currency != observed.currency;
            let Some((_, sum)) =
                place_of(range, row.day).and_then(|day| observed.days.get_mut(day))
            else {
                return Ok(());
            };
            observed.mixed |= foreign;
            let mut figures = row.figures()?;
            if foreign {
                // It counts as a sale. Its money cannot be added.
                figures.revenue = Micros::ZERO;
            }
            sum.add(&figures)
        })
        .await
    }

    pub fn of(&self, campaign: AdCampaignId) -> Option<&Observed> {
        self.all.iter().find(|observed| observed.id == campaign)
    }

    /// How a campaign answers, and how often that would have been right.
    pub fn response(
        &self,
        observed: &Observed,
        outcome: MoveOutcome,
    ) -> Result<(Response, PastWeeks), Unanswered> {
        if observed.settled_until.is_none() {
            return Err(Unanswered::NotSynced);
        }
        if observed.mixed && outcome == MoveOutcome::Revenue {
            return Err(Unanswered::OtherCurrency);
        }
        let days = observed.spent(outcome);
        let own = learn(&days).map_err(|unready| observed.unanswered(unready))?;
        let others: Vec<Vec<Spent>> = self
            .all
            .iter()
            .filter(|other| other.id != observed.id)
            .filter(|other| !(other.mixed && outcome == MoveOutcome::Revenue))
            .map(|other| other.spent(outcome))
            .collect();
        let learned: Vec<Learned> = others.iter().filter_map(|days| learn(days).ok()).collect();
        let all: Vec<&Learned> = std::iter::once(&own).chain(&learned).collect();
        let response = pooled(&all).into_iter().next();
        let response = response.ok_or(Unanswered::FewDays { has: 0, needs: 0 })?;
        let others: Vec<&[Spent]> = others.iter().map(Vec::as_slice).collect();
        let weeks = past_weeks(&days, &others);
        let count = |weeks: usize| u32::try_from(weeks).unwrap_or(u32::MAX);
        let past = PastWeeks {
            tried: count(weeks.len()),
            held: count(weeks.iter().filter(|week| week.held()).count()),
        };
        Ok((response, past))
    }
}

/// The campaigns with most ad-days of late, most first: money of several currencies has no order.
async fn longest_run(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    today: NaiveDate,
) -> Result<Vec<AdCampaignId>> {
    let from = today.checked_sub_days(Days::new(SHOWN)).unwrap_or(today);
    let range = DateRange::new(from, today)?;
    let filter = Filter::default();
    let rows = delivered::read(tx, place, directory, range, Grain::Campaign, &filter).await?;
    let mut ran: Vec<(i64, AdCampaignId)> = rows
        .into_iter()
        .filter_map(|row| {
            let campaign = row.path.campaign.as_ref().and_then(Key::known)?;
            Some((row.figures.ad_days, campaign))
        })
        .collect();
    ran.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    Ok(ran.into_iter().map(|(_, campaign)| campaign).collect())
}

impl Observed {
    /// The mean spend of the last seven days.
    pub fn now(&self) -> Micros {
        let recent: Vec<f64> = (self.days.iter().rev().take(7))
            .map(|(_, day)| float(day.spend.unwrap_or_default()))
            .collect();
        let days = u32::try_from(recent.len()).unwrap_or(u32::MAX).max(1);
        money(recent.iter().sum::<f64>() / f64::from(days), self.currency)
    }

    /// Every day, as it is learned from.
    fn spent(&self, outcome: MoveOutcome) -> Vec<Spent> {
        self.days
            .iter()
            .map(|(day, figures)| {
                let count = shares(match outcome {
                    MoveOutcome::Leads => Shares::whole(figures.leads),
                    MoveOutcome::Sales | MoveOutcome::Revenue => figures.sales,
                });
                Spent {
                    day: *day,
                    spend: float(figures.spend.unwrap_or_default()),
                    outcome: match outcome {
                        MoveOutcome::Leads | MoveOutcome::Sales => count,
                        MoveOutcome::Revenue => float(figures.revenue),
                    },
                    events: count,
                }
            })
            .collect()
    }

    pub fn seen(&self, outcome: MoveOutcome) -> Vec<SeenDay> {
        let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
        let old = self.days.len().saturating_sub(shown);
        self.spent(outcome)
            .into_iter()
            .zip(&self.days)
            .skip(old)
            .filter(|(spent, _)| spent.spend > 0.0)
            .map(|(spent, (day, figures))| SeenDay {
                day: *day,
                spend: figures.spend.unwrap_or_default(),
                outcome: answer::text(spent.outcome, outcome, self.currency),
            })
            .collect()
    }

    fn unanswered(&self, unready: Unready) -> Unanswered {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let whole = |count: f64| {
            let Micros(whole) = crate::amount::whole(count);
            u32::try_from(whole).unwrap_or(u32::MAX)
        };
        match unready {
            Unready::FewDays(days) => Unanswered::FewDays {
                has: count(days),
                needs: count(rumbo_forecast::LEAST_SPENT_DAYS),
            },
            Unready::HardlyVaried(low, high) => {
                Unanswered::HardlyVaried(money(low, self.currency), money(high, self.currency))
            }
            Unready::FewEvents(events) => Unanswered::FewOutcomes {
                // Whole ones: half a sale is none.
                has: whole(events.floor()),
                needs: whole(rumbo_forecast::LEAST_EVENTS),
            },
        }
    }
}

/// A count of parts as a number.
fn shares(shares: Shares) -> f64 {
    figure(shares.0) / figure(Shares::ONE.0)
}
