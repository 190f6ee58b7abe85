//! Where the month's spend will end, beside what the budgets allow.
//!
//! A month is a calendar month of each ad account. What is known are its whole days: the day of
//! the last sync is not over. What the other days will come to is told by [`rumbo_forecast`], and
//! docs/backtests.md says how often that was right.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use rumbo_base::{
    AdAccountId, AdCampaignId, AdSetId, Code, Currency, DateRange, Error, Micros, Reason, Result,
};
use rumbo_db::Tx;
use rumbo_forecast::Verdict;
use rumbo_platform::Scope;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use crate::path::{Grain, Key};
use crate::read::delivered::{self, ad_days::AccountMoney, daily};
use crate::read::directory::Directory;
use crate::read::place::{Account, Place};
use crate::read::spread::InOrder;
use crate::roi::Filter;

mod budget;
mod course;
mod line;
mod read;

pub use budget::{Budget, BudgetGap, BudgetSource};
use course::Course;
use line::Line;
use read::Spender;
pub(crate) use read::{STATEMENTS, known_until};

/// What one row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceGrain {
    Account,
    Campaign,
    /// The ad sets of one campaign.
    AdSet(AdCampaignId),
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct PacingRequest {
    pub grain: PaceGrain,
    /// Only these ad accounts; all when empty.
    pub accounts: Vec<AdAccountId>,
}

/// The pace of everything that runs or spent this month.
#[derive(Clone, Debug)]
pub struct Pacing {
    /// The calendar month that today lies in, by the workspace's time zone.
    pub month: DateRange,
    /// By currency, the workspace's first: amounts of two currencies are never added.
    pub groups: Vec<PacingGroup>,
    /// How often the interval held in the months before, at the same day of the month, of the same
    /// rows.
    pub past: PastMonths,
}

/// Everything in one currency.
#[derive(Clone, Debug)]
pub struct PacingGroup {
    pub currency: Currency,
    /// What may still spend most first.
    pub rows: Vec<PaceRow>,
    pub total: Pace,
}

/// One account, campaign or ad set.
#[derive(Clone, Debug)]
pub struct PaceRow {
    pub id: Uuid,
    pub external_id: String,
    pub name: String,
    /// Meta's effective status; `None` for an account.
    pub status: Option<String>,
    pub deleted: bool,
    pub account: AdAccountId,
    pub account_name: String,
    pub pace: Pace,
    pub past: PastMonths,
}

/// How far one row is, and where it will end.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// The last day that is known whole. `None` when nothing of the account is known yet.
    pub known_until: Option<NaiveDate>,
    /// Spent this month, up to that day.
    pub spent: Micros,
    /// The mean of the last seven days that are known.
    pub recent_per_day: Micros,
    /// Days after that one on which it runs, up to the end of the month.
    pub days_left: u32,
    pub budget: Result<Budget, BudgetGap>,
    /// Spent, of what the budget and the row's own weekdays would have spent by then, in percent.
    pub pace_percent: Option<String>,
    /// What each day left may spend, for the month to land on the budget.
    pub needed_per_day: Option<Micros>,
    pub end: Result<Ending, EndingGap>,
    pub verdict: Option<Verdict>,
}

/// What the month will come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    pub expected: Micros,
    /// One month in ten ends below.
    pub low: Micros,
    /// One month in ten ends above.
    pub high: Micros,
}

/// Why nothing is said of the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndingGap {
    /// It has run for fewer days than [`rumbo_forecast::LEAST_DAYS`]: this many.
    TooYoung(usize),
    /// The days just before today are not known: the last sync is too old.
    NotSynced,
}

/// How often the months before ended inside the interval that would have been shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PastMonths {
    pub tried: u32,
    pub inside: u32,
}

impl PastMonths {
    /// Of the series that others published: docs/backtests.md.
    pub const PUBLISHED: Self = Self {
        tried: rumbo_forecast::PUBLISHED.0,
        inside: rumbo_forecast::PUBLISHED.1,
    };

    fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.inside += other.inside;
    }
}

/// The pace of this month.
///
/// # Errors
/// `NotFound` for a workspace that is gone, or a campaign that is not in it.
pub async fn pacing(scope: &Scope, request: PacingRequest) -> Result<Pacing> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: PacingRequest) -> Result<Pacing> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, None).await?;
    let month = DateRange::month_of(place.zone.day_of(scope.now()));
    let known = known_until(&mut tx, &place, scope.now()).await?;
    let directory = Directory::read(&mut tx, &place, Grain::AdSet).await?;
    let mut months = Months {
        month,
        known,
        place: &place,
        directory: &directory,
        tx: &mut tx,
    };
    let campaigns = months.campaigns(&request).await?;
    let lines = match request.grain {
        PaceGrain::AdSet(_) => {
            let parent = campaigns.into_iter().next().ok_or_else(gone)?;
            months.ad_sets(&parent).await?
        }
        PaceGrain::Account | PaceGrain::Campaign => campaigns,
    };
    let mut past = PastMonths::default();
    let mut by_currency: BTreeMap<String, (Currency, Vec<&Line>)> = BTreeMap::new();
    for line in &lines {
        let group = by_currency.entry(line.currency.to_string());
        let (_, group) = group.or_insert_with(|| (line.currency, Vec::new()));
        group.push(line);
        past.add(line.past);
    }
    let mut groups: Vec<PacingGroup> = by_currency
        .into_values()
        .map(|(currency, lines)| {
            let mut rows = match request.grain {
                PaceGrain::Account => accounts(&lines, month, &place),
                PaceGrain::Campaign | PaceGrain::AdSet(_) => {
                    lines.iter().map(|line| line.row(month)).collect()
                }
            };
            rows.sort_by(|a, b| {
                let most = |row: &PaceRow| {
                    let budget = row.pace.budget.as_ref().ok().map(|budget| budget.month);
                    (row.pace.days_left > 0, budget.max(Some(row.pace.spent)))
                };
                most(b).cmp(&most(a)).then_with(|| a.name.cmp(&b.name))
            });
            PacingGroup {
                currency,
                total: line::together(&lines, month),
                rows,
            }
        })
        .collect();
    groups.sort_by_key(|group| (group.currency != place.main, group.currency.to_string()));
    Ok(Pacing {
        month,
        groups,
        past,
    })
}

fn gone() -> Error {
    Error::new(
        Code::NotFound,
        "This campaign neither runs nor spent anything this month. Choose another one.",
    )
    .reason(Reason::Gone)
    .param("what", "campaign")
}

/// The campaigns of each account, as one row.
fn accounts(lines: &[&Line], month: DateRange, place: &Place) -> Vec<PaceRow> {
    let mut of: BTreeMap<AdAccountId, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        of.entry(line.account).or_default().push(line);
    }
    of.into_iter()
        .filter_map(|(id, lines)| {
            let account = place.account(id)?;
            let mut past = PastMonths::default();
            for line in &lines {
                past.add(line.past);
            }
            Some(PaceRow {
                id: id.0,
                external_id: account.external_id.clone(),
                name: account.name.clone(),
                status: None,
                deleted: account.deleted,
                account: id,
                account_name: account.name.clone(),
                pace: line::together(&lines, month),
                past,
            })
        })
        .collect()
}

/// What campaigns spent, each in the currencies it spent in, on some days.
#[derive(Default)]
struct Spends {
    range: Option<DateRange>,
    of: FxHashMap<(Uuid, Currency), Vec<(NaiveDate, Micros)>>,
}

/// What reading the month needs.
struct Months<'a> {
    month: DateRange,
    /// The last whole day of each account.
    known: BTreeMap<AdAccountId, NaiveDate>,
    place: &'a Place,
    directory: &'a Directory,
    tx: &'a mut Tx,
}

impl Months<'_> {
    /// Every campaign that runs or spent anything this month.
    async fn campaigns(&mut self, request: &PacingRequest) -> Result<Vec<Line>> {
        let spent = self.spenders().await?;
        let mut sets: HashMap<AdCampaignId, Vec<Spender>> = HashMap::new();
        for set in read::ad_sets_with_budget(self.tx, self.place.workspace).await? {
            if let Some(campaign) = set.campaign {
                sets.entry(campaign).or_default().push(set);
            }
        }
        let mut campaigns = read::campaigns(self.tx, self.place.workspace).await?;
        campaigns.retain(|campaign| {
            let id = AdCampaignId(campaign.id);
            let asked = match request.grain {
                // Of its ad sets.
                PaceGrain::AdSet(only) => id == only,
                PaceGrain::Account | PaceGrain::Campaign => true,
            };
            let wanted =
                request.accounts.is_empty() || request.accounts.contains(&campaign.account);
            asked && wanted && (campaign.runs() || spent.contains(&id))
        });
        let spends = self.spends(&campaigns).await?;
        let mut lines = Vec::new();
        for campaign in campaigns {
            let id = AdCampaignId(campaign.id);
            let Some(account) = self.place.account(campaign.account).cloned() else {
                continue;
            };
            let course = self
                .course_of_campaign(&campaign, &account, &spends)
                .await?;
            let budget = self
                .budget(
                    &campaign,
                    sets.remove(&id).unwrap_or_default(),
                    &account,
                    &course,
                )
                .await?;
            lines.push(Line::new(campaign, &account, course, budget, self.month));
        }
        Ok(lines)
    }

    /// The ad sets of a campaign that run or spent anything this month.
    async fn ad_sets(&mut self, campaign: &Line) -> Result<Vec<Line>> {
        let Some(account) = self.place.account(campaign.account).cloned() else {
            return Ok(Vec::new());
        };
        let mut lines = Vec::new();
        for set in
            read::ad_sets_of(self.tx, self.place.workspace, AdCampaignId(campaign.id)).await?
        {
            let course = self.course_of_ad_set(&set, &account).await?;
            if !set.runs() && course.spent(self.month) == Micros::ZERO {
                continue;
            }
            let budget = budget::own(&set, &account, self.month, &course)
                // Its campaign has the budget, and gives to each ad set as it likes.
                .map_err(|gap| match gap {
                    BudgetGap::NotSet if campaign.budget.is_ok() => BudgetGap::OfCampaign,
                    other => other,
                });
            lines.push(Line::new(set, &account, course, budget, self.month));
        }
        Ok(lines)
    }

    /// What these campaigns spent on the days that tell the course of most.
    async fn spends(&mut self, campaigns: &[Spender]) -> Result<Spends> {
        let accounts: BTreeSet<AdAccountId> =
            campaigns.iter().map(|campaign| campaign.account).collect();
        let known = self.known.iter();
        let known = known.filter(|(account, _)| accounts.contains(account));
        let known: Vec<NaiveDate> = known.map(|(_, day)| *day).collect();
        let mut spends = Spends::default();
        let (Some(first), Some(last)) = (known.iter().min(), known.iter().max()) else {
            return Ok(spends);
        };
        let range = DateRange::new(course::enough(*first), *last)?;
        spends.range = Some(range);
        let filter = Filter {
            accounts: accounts.into_iter().collect(),
            parent: None,
        };
        let each = InOrder(|of: &AccountMoney| {
            for ((id, currency), (spend, _)) in of.objects.iter().zip(&of.money) {
                let Some(spend) = *spend else { continue };
                let days = spends.of.entry((*id, *currency)).or_default();
                days.push((of.day, spend));
            }
            Ok(())
        });
        daily::campaign_money(self.tx, self.place, self.directory, range, &filter, each).await?;
        Ok(spends)
    }

    /// Campaigns that spent anything this month.
    async fn spenders(&mut self) -> Result<HashSet<AdCampaignId>> {
        let filter = Filter::default();
        let rows = delivered::read(
            self.tx,
            self.place,
            self.directory,
            self.month,
            Grain::Campaign,
            &filter,
        )
        .await?;
        Ok(rows
            .into_iter()
            .filter(|row| row.figures.spend.is_some_and(|spend| spend > Micros::ZERO))
            .filter_map(|row| row.path.campaign.as_ref().and_then(Key::known))
            .collect())
    }

    /// The month's budget of a campaign: its own, or else those of its ad sets.
    async fn budget(
        &mut self,
        campaign: &Spender,
        sets: Vec<Spender>,
        account: &Account,
        course: &Course,
    ) -> Result<Result<Budget, BudgetGap>> {
        let own = budget::own(campaign, account, self.month, course);
        if own != Err(BudgetGap::NotSet) {
            return Ok(own);
        }
        let mut all = Vec::new();
        for set in sets.iter().filter(|set| set.runs()) {
            // What an ad set had spent before only matters to a budget for its whole life.
            let course = if set.lifetime_budget.is_some() {
                self.course_of_ad_set(set, account).await?
            } else {
                Course::unknown()
            };
            all.push(budget::own(set, account, self.month, &course));
        }
        Ok(budget::sum(all))
    }

    async fn course_of_campaign(
        &mut self,
        spender: &Spender,
        account: &Account,
        spends: &Spends,
    ) -> Result<Course> {
        let Some(known) = self.known.get(&account.id).copied() else {
            return Ok(Course::unknown());
        };
        let range = course::looked_at(spender, account, known)?;
        if spends.range.is_some_and(|read| read.from <= range.from) {
            let days = spends.of.get(&(spender.id, account.currency));
            let days = days.into_iter().flatten();
            return Ok(Course::new(range, days.copied()));
        }
        let id = AdCampaignId(spender.id);
        let rows = delivered::campaign_by_day(
            self.tx,
            self.place,
            self.directory,
            range,
            account.currency,
            id,
        )
        .await?;
        let spends = rows
            .into_iter()
            .map(|(day, figures)| (day, figures.spend.unwrap_or_default()));
        Ok(Course::new(range, spends))
    }

    async fn course_of_ad_set(&mut self, spender: &Spender, account: &Account) -> Result<Course> {
        let Some(known) = self.known.get(&account.id).copied() else {
            return Ok(Course::unknown());
        };
        let range = course::looked_at(spender, account, known)?;
        let set = AdSetId(spender.id);
        let workspace = self.place.workspace;
        let spends = read::ad_set_by_day(self.tx, workspace, range, account.currency, set).await?;
        let spends = spends.into_iter();
        let spends = spends.map(|(day, spend)| (day, spend.unwrap_or_default()));
        Ok(Course::new(range, spends))
    }
}
