//! Cohorts: what becomes of the people who were acquired in the same month.
//!
//! A cohort is the people of one calendar month and one campaign. Each has an age in months of
//! their own, counted from the day they were acquired; a month of age counts for the cohort once
//! it is over for all of its people ("mature"). What is not mature is told and marked, and is in
//! no mean: a row over several cohorts stands, at each age, on those that are that old.
//! docs/metrics.md defines each figure.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rumbo_base::{AdCampaignId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use crate::figures::margin;
use crate::path::{Grain, Key, Path, RowKey};
use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::place::Place;
use crate::read::purchases::{self, Sources};
use crate::roi::Filter;

mod age;
mod gather;
mod payback;
mod prediction;
mod rows;

#[cfg(test)]
mod tests;

use gather::{Gathering, Origin, Spent};
pub use payback::Payback;
pub use prediction::{
    BEST_CUSTOMERS, BestCustomer, Histories, NotPredicted, Predicted, Prediction, WORST_BACKTEST,
};

/// What a row of a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CohortsBy {
    /// Everybody who was acquired in one month.
    Month,
    /// Everybody who was acquired by one campaign.
    Campaign,
}

/// What makes somebody one of a cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CohortStart {
    /// The first sale: the cohort is of customers.
    #[default]
    Sale,
    /// Being seen for the first time: the cohort is of leads, most of whom may never buy.
    Lead,
}

/// Which touch acquired a customer. A person is whole: models of several touches would make parts
/// of people, and a part has no history. A lead is always acquired by the first touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AcquiredBy {
    /// The last one at or before the first sale.
    #[default]
    LastTouch,
    /// The first one of all, at or before the first sale.
    FirstTouch,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct CohortRequest {
    pub by: CohortsBy,
    /// The months in which people were acquired: those that these days touch, whole.
    pub range: DateRange,
    pub start: CohortStart,
    pub acquired_by: AcquiredBy,
    /// Only people acquired by this campaign.
    pub campaign: Option<AdCampaignId>,
    /// Looks no further than the end of this day of the workspace: what was sold later is left out.
    /// Up to now, when absent or not over yet. Refunds and costs are as they are now.
    pub until: Option<NaiveDate>,
    /// What was known at this moment; what is known now without one. It takes longer: every ad-day
    /// and every version is read. "Now" is then that moment.
    pub as_of: Option<DateTime<Utc>>,
    /// How many months of age the value of a row is told at.
    pub value_months: u32,
    /// Whether to keep everybody's purchases, for [`Histories::predict`].
    pub histories: bool,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct CohortReport {
    /// The first and the last month, as the days they span.
    pub range: DateRange,
    /// The day it is: a month of age is over when it was over before this day.
    pub today: NaiveDate,
    /// The workspace's currency first, then by code. Money of two currencies is never added.
    pub groups: Vec<CohortGroup>,
    /// Everybody's purchases, when asked for.
    pub histories: Histories,
}

/// Everything in one currency.
#[derive(Clone, Debug)]
pub struct CohortGroup {
    pub currency: Currency,
    /// By month: oldest first. By campaign: by people, then by spend, largest first; what no
    /// campaign acquired comes last.
    pub rows: Vec<CohortRow>,
    /// Over all cohorts: at each age those that are that old.
    pub average: CohortRow,
    /// Sales of these people in another currency. They are in no cell.
    pub other_currency: i64,
}

/// One month, one campaign, or all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CohortRow {
    pub key: CohortKey,
    /// Customers, or leads.
    pub people: i64,
    /// What Meta says was spent in the months in which they were acquired. `None` when no ad-day
    /// tells it, or the ad account is in another currency.
    pub spend: Option<Micros>,
    /// By month of age. A row of several months has only mature ones.
    pub cells: Vec<CohortCell>,
    /// How many months of age are mature.
    pub mature: usize,
    /// All sales so far, mature or not.
    pub to_date: CohortSums,
    /// The cell that tells the value at the age asked for; `None` while that is not mature.
    pub value: Option<CohortCell>,
    pub payback: Payback,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CohortKey {
    /// The first day of the month.
    Month(NaiveDate),
    Campaign(CohortCampaign),
    /// Acquired by nothing that names an ad.
    Unattributed,
    /// All cohorts.
    Average,
}

/// A campaign that acquired people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CohortCampaign {
    /// Tells it from all others, and stays the same from report to report.
    pub key: String,
    /// Ours; `None` while it is not synced, and for people credited to an ad account alone.
    pub id: Option<Uuid>,
    pub external_id: Option<String>,
    /// Empty for people credited to an ad account alone.
    pub name: String,
    /// Meta's effective status.
    pub status: Option<String>,
    pub deleted: bool,
}

/// One month of age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CohortCell {
    /// Whether it is over for all people behind it.
    pub mature: bool,
    /// Those behind it.
    pub people: i64,
    /// What was spent to acquire them.
    pub spend: Option<Micros>,
    /// Of these people, those who bought in it.
    pub active: i64,
    pub sums: CohortSums,
    /// Of everything these people bought up to and with it.
    pub cumulative: CohortSums,
}

/// Sums over sales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CohortSums {
    pub orders: i64,
    /// Gross less what was refunded so far.
    pub revenue: Micros,
    /// What was refunded so far of these sales.
    pub refunds: Micros,
    /// What they cost, where somebody entered it.
    pub cost: Micros,
    /// Sales without a cost: their margin is their revenue.
    pub without_cost: i64,
}

impl CohortSums {
    /// Revenue less cost.
    pub fn margin(&self) -> Micros {
        margin(self.revenue, self.cost)
    }
}

impl CohortKey {
    /// Tells a row from all others of its report, and stays the same from report to report.
    pub fn text(&self) -> String {
        match self {
            Self::Month(month) => month.format("%Y-%m").to_string(),
            Self::Campaign(campaign) => campaign.key.clone(),
            Self::Unattributed => "unattributed".to_owned(),
            Self::Average => "average".to_owned(),
        }
    }
}

statements! {
    CONTACT_NAME = "SELECT name FROM contacts WHERE workspace_id = $1 AND id = $2";
}

/// So many months of leads are in memory at once.
const MONTHS_AT_ONCE: usize = 3;

/// Makes the report.
///
/// # Errors
/// `NotFound` for a workspace that is gone; `InvalidInput` for a sum that does not fit.
pub async fn cohorts(scope: &Scope, request: CohortRequest) -> Result<CohortReport> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: CohortRequest) -> Result<CohortReport> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, request.as_of).await?;
    let directory = Directory::read(&mut tx, &place, Grain::Campaign).await?;
    let now = scope.now();
    let now = request.as_of.map_or(now, |moment| moment.min(now));
    let seen = Seen::of(&place, now, request.until);
    let origins = Origins::read(&mut tx, &place, &directory).await?;
    let mut sources = Sources::new(origins);
    let bought = purchases::purchases(
        &mut tx,
        &place,
        seen.until,
        request.acquired_by,
        &mut sources,
    )
    .await?;
    let range = months(request.range, seen.today);
    let origin = |path: &Path| {
        let account = path.account.as_ref().and_then(Key::known);
        let account = account.and_then(|id| place.account(id));
        Origin {
            row: path.row(Grain::Campaign).map(RowKey::of_any_account),
            zone: account.map_or(place.zone, |account| account.zone),
            currency: account.map_or(place.main, |account| account.currency),
            wanted: request
                .campaign
                .is_none_or(|id| path.campaign == Some(Key::Known(id))),
        }
    };
    let know = |gathering: &mut Gathering, sources: &Sources| {
        let new = sources.paths().iter().skip(gathering.sources());
        gathering.know(new.map(origin).collect::<Vec<_>>());
    };
    let mut first = bought.iter().map(|purchase| purchase.at).min();
    let mut gathering = match request.start {
        CohortStart::Sale => Gathering::of_customers(bought, range, seen.today),
        CohortStart::Lead => Gathering::of_leads(bought, range, seen.today),
    };
    know(&mut gathering, &sources);
    if request.start == CohortStart::Lead {
        first = None;
        for between in some_months_each(place.instants(range)) {
            let mut leads = purchases::leads(&mut tx, &place, between, &mut sources).await?;
            leads.retain(|lead| lead.at < seen.until);
            let all = first.into_iter().chain(leads.iter().map(|lead| lead.at));
            first = all.min();
            know(&mut gathering, &sources);
            gathering.leads(&leads);
        }
    }
    let months = first_month(first, range);
    let spent = spent(&mut tx, &place, &directory, months, request.campaign).await?;
    let gathered = gathering.finish(spent, request.histories)?;
    let named = |key: &RowKey| campaign(&directory, key);
    let (groups, mut histories) = rows::groups(gathered, &request, place.main, &named)?;
    histories.end_on(seen.last);
    Ok(CohortReport {
        range,
        today: seen.today,
        groups,
        histories,
    })
}

/// The name of a contact that a prediction stands out with.
///
/// # Errors
/// As the database has them.
pub async fn contact_name(
    tx: &mut Tx,
    scope: &Scope,
    id: rumbo_base::ContactId,
) -> Result<Option<String>> {
    on_tx!(tx, |c| sqlx::query_scalar(CONTACT_NAME)
        .bind(scope.workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// How far what happened is looked at.
struct Seen {
    /// The first moment that is not.
    until: DateTime<Utc>,
    /// The day of that moment, in the zone where it is earliest.
    today: NaiveDate,
    /// The last day of which anything is seen.
    last: NaiveDate,
}

impl Seen {
    fn of(place: &Place, now: DateTime<Utc>, until: Option<NaiveDate>) -> Self {
        let today = place
            .accounts
            .iter()
            .map(|account| account.zone.day_of(now))
            .fold(place.zone.day_of(now), NaiveDate::min);
        match until
            .filter(|day| *day < today)
            .and_then(|day| Some((day, day.succ_opt()?)))
        {
            Some((last, after)) => Self {
                until: place.zone.start_of(after),
                today: after,
                last,
            },
            None => Self {
                until: now,
                today,
                last: today,
            },
        }
    }
}

/// Whole months, none of which lies ahead.
fn months(range: DateRange, today: NaiveDate) -> DateRange {
    let to = DateRange::month_of(range.to.min(today)).to;
    DateRange {
        from: DateRange::month_of(range.from.min(to)).from,
        to,
    }
}

/// All of what lies between two instants, some months at once: leads are counted as they come, and are many.
fn some_months_each(
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let days = DateRange {
        from: from.date_naive(),
        to: to.date_naive(),
    };
    let firsts = days.by_month().skip(MONTHS_AT_ONCE).step_by(MONTHS_AT_ONCE);
    let firsts = firsts.map(|month| month.from.and_time(NaiveTime::MIN).and_utc());
    let mut begins = from;
    let mut parts = Vec::new();
    for next in firsts.chain([to]) {
        parts.push((begins, next));
        begins = next;
    }
    parts
}

/// The months from the first one on in which anybody can have been acquired, so that no others are
/// asked for.
fn first_month(first: Option<DateTime<Utc>>, range: DateRange) -> Option<DateRange> {
    // In some zone it was still the day before.
    let day = first?.date_naive().pred_opt()?;
    Some(DateRange {
        from: range.from.max(DateRange::month_of(day).from),
        to: range.to,
    })
}

/// What each campaign spent in each of these months.
async fn spent(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: Option<DateRange>,
    campaign: Option<AdCampaignId>,
) -> Result<Vec<Spent>> {
    let mut spent = Vec::new();
    for month in range.iter().flat_map(DateRange::by_month) {
        let all = Filter::default();
        let rows = delivered::read(tx, place, directory, month, Grain::Campaign, &all).await?;
        let wanted = rows
            .into_iter()
            .filter(|row| campaign.is_none_or(|id| row.path.campaign == Some(Key::Known(id))));
        spent.extend(wanted.filter_map(|row| {
            Some(Spent {
                month: month.from,
                row: row.path.row(Grain::Campaign),
                currency: row.currency,
                spend: row.figures.spend?,
            })
        }));
    }
    // As of a moment they are read in another order.
    spent.sort_by(|a, b| (a.month, &a.row, a.currency).cmp(&(b.month, &b.row, b.currency)));
    Ok(spent)
}

fn campaign(directory: &Directory, key: &RowKey) -> CohortCampaign {
    let mut named = CohortCampaign {
        key: crate::roi::key_text(key),
        id: None,
        external_id: None,
        name: String::new(),
        status: None,
        deleted: false,
    };
    match key {
        RowKey::Object(Key::Waiting(external)) | RowKey::WaitingCampaign(external, _) => {
            named.name.clone_from(external);
            named.external_id = Some(external.clone());
        }
        RowKey::Object(Key::Known(id)) => {
            named.id = Some(*id);
            if let Some(known) = directory.campaigns.get(&AdCampaignId(*id)) {
                named.external_id = Some(known.external_id.clone());
                named.name.clone_from(&known.name);
                named.status = Some(known.status.clone());
                named.deleted = known.deleted;
            }
        }
        RowKey::Remainder(_) | RowKey::Channel(_) => {}
    }
    named
}
