//! From people and their purchases to cohorts.

use chrono::NaiveDate;
use rumbo_base::{ContactId, Currency, DateRange, Micros, Result, TimeZone};
use rustc_hash::FxHashMap;

use super::CohortSums;
use super::age::{Maturity, age};
use super::prediction::{Histories, History};
use crate::figures::plus;
use crate::lifetime::Purchase;
use crate::lifetime::float::from_whole;
use crate::path::RowKey;
use crate::read::purchases::{Lead, Purchased};

/// Where people come from.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// `None` when nothing of an ad is known.
    pub row: Option<RowKey>,
    /// In which their days are cut.
    pub zone: TimeZone,
    /// In which leads count.
    pub currency: Currency,
    /// Whether it is asked for.
    pub wanted: bool,
}

/// What one campaign spent in one month.
#[derive(Clone, Debug)]
pub(super) struct Spent {
    pub month: NaiveDate,
    pub row: Option<RowKey>,
    pub currency: Currency,
    pub spend: Micros,
}

/// The people of one month and one campaign, in one currency.
#[derive(Clone, Debug)]
pub(super) struct Cohort {
    pub currency: Currency,
    pub month: NaiveDate,
    pub row: Option<RowKey>,
    pub maturity: Maturity,
    pub people: i64,
    pub spend: Option<Micros>,
    /// By month of age, mature or not.
    pub ages: Vec<Age>,
    /// By day after the acquisition, as far as they are over for everybody.
    pub days: Vec<Day>,
    /// Sales in another currency.
    pub other_currency: i64,
}

/// One month of age of one cohort.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Age {
    pub active: i64,
    pub sums: CohortSums,
}

/// One day after the acquisition.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Day {
    /// What came on it.
    pub margin: i64,
    /// By how much the sum of the squares of everybody's margin so far rose on it, in squared units
    /// of the currency. For the interval of the payback.
    pub squares: f64,
}

/// All cohorts, and who is in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub cohorts: Vec<Cohort>,
    pub histories: Histories,
}

/// Somebody who was acquired.
#[derive(Clone, Copy, Debug)]
struct Person {
    born: NaiveDate,
    zone: TimeZone,
    /// The place of the cohort; `None` for somebody who is not asked for.
    cohort: Option<usize>,
}

#[derive(Debug)]
struct Cohorts {
    /// The sources of people, by number.
    origins: Vec<Origin>,
    range: DateRange,
    today: NaiveDate,
    all: Vec<Cohort>,
    places: FxHashMap<(Currency, NaiveDate, Option<RowKey>), usize>,
    /// The first month in which anybody was acquired.
    first: Option<NaiveDate>,
    /// The same by the number of the row, which each source has: there are more sources than rows.
    by_row: FxHashMap<(Currency, NaiveDate, usize), usize>,
    rows: Vec<usize>,
    numbers: FxHashMap<Option<RowKey>, usize>,
}

/// Puts everybody into the cohort of the month and the campaign that acquired them.
#[derive(Debug)]
pub(super) struct Gathering {
    cohorts: Cohorts,
    /// By contact, in the order of time.
    purchases: Vec<Purchased>,
    /// Where the cohorts are of leads: everybody who bought, with their lead as soon as it came. Most leads
    /// never buy.
    buyers: Option<FxHashMap<ContactId, Option<Person>>>,
}

impl Gathering {
    /// Of customers.
    pub fn of_customers(mut purchases: Vec<Purchased>, range: DateRange, today: NaiveDate) -> Self {
        purchases.sort_unstable_by_key(|it| (it.contact, it.at, it.sale));
        Self {
            cohorts: Cohorts {
                origins: Vec::new(),
                range,
                today,
                all: Vec::new(),
                places: FxHashMap::default(),
                first: None,
                by_row: FxHashMap::default(),
                rows: Vec::new(),
                numbers: FxHashMap::default(),
            },
            purchases,
            buyers: None,
        }
    }

    /// Of leads, who are still to come.
    pub fn of_leads(purchases: Vec<Purchased>, range: DateRange, today: NaiveDate) -> Self {
        let mut gathering = Self::of_customers(purchases, range, today);
        let buyers = gathering.purchases.chunk_by(|a, b| a.contact == b.contact);
        let buyers = buyers.filter_map(<[Purchased]>::first);
        gathering.buyers = Some(buyers.map(|first| (first.contact, None)).collect());
        gathering
    }

    /// How many sources are known.
    pub fn sources(&self) -> usize {
        self.cohorts.origins.len()
    }

    /// Tells the next sources, in the order of their numbers.
    pub fn know(&mut self, origins: impl IntoIterator<Item = Origin>) {
        let Cohorts {
            origins: known,
            rows,
            numbers,
            ..
        } = &mut self.cohorts;
        for origin in origins {
            let new = numbers.len();
            rows.push(*numbers.entry(origin.row.clone()).or_insert(new));
            known.push(origin);
        }
    }

    /// Counts some leads, whose sources are known.
    pub fn leads(&mut self, leads: &[Lead]) {
        let Self {
            cohorts, buyers, ..
        } = self;
        for lead in leads {
            let origin = cohorts.origins.get(lead.source);
            let Some(currency) = origin.map(|origin| origin.currency) else {
                continue;
            };
            let Some(person) = cohorts.person(lead.source, lead.at, currency) else {
                continue;
            };
            cohorts.count(&person);
            let buyer = buyers.as_mut().and_then(|of| of.get_mut(&lead.contact));
            if let Some(buyer) = buyer {
                *buyer = Some(person);
            }
        }
    }

    /// What everybody bought, and what was spent.
    pub fn finish(self, spent: Vec<Spent>, histories: bool) -> Result<Gathered> {
        let Self {
            cohorts,
            purchases,
            buyers,
        } = self;
        gathered(cohorts, &purchases, buyers.as_ref(), spent, histories)
    }
}

fn gathered(
    mut cohorts: Cohorts,
    purchases: &[Purchased],
    buyers: Option<&FxHashMap<ContactId, Option<Person>>>,
    spent: Vec<Spent>,
    histories: bool,
) -> Result<Gathered> {
    let mut kept = Histories::default();
    for of_one in purchases.chunk_by(|a, b| a.contact == b.contact) {
        let Some(first) = of_one.first() else {
            continue;
        };
        let person = match buyers {
            Some(buyers) => buyers.get(&first.contact).copied().flatten(),
            None => {
                let person = cohorts.person(first.source, first.at, first.currency);
                if let Some(person) = &person {
                    cohorts.count(person);
                }
                person
            }
        };
        if let Some((person, cohort)) = person.and_then(|it| Some((it, it.cohort?))) {
            cohorts.follow(cohort, person, of_one)?;
        }
        if histories {
            let zone = person
                .map(|person| person.zone)
                .or_else(|| Some(cohorts.origins.get(first.source)?.zone))
                .unwrap_or(TimeZone::UTC);
            let cohort = person.and_then(|person| person.cohort).filter(|at| {
                cohorts
                    .all
                    .get(*at)
                    .is_some_and(|c| c.currency == first.currency)
            });
            let history = history(first.contact, of_one, first.currency, zone, cohort);
            kept.add(first.currency, history);
        }
    }
    // What was spent before anybody came is no cohort.
    let first = cohorts.first;
    for of_month in spent
        .into_iter()
        .filter(|it| first.is_some_and(|first| first <= it.month))
    {
        let at = cohorts.place(of_month.currency, of_month.month, of_month.row);
        if let Some(cohort) = cohorts.all.get_mut(at) {
            let so_far = cohort.spend.unwrap_or_default();
            cohort.spend = Some(so_far.checked_add(of_month.spend)?);
        }
    }
    Ok(Gathered {
        cohorts: cohorts.all,
        histories: kept,
    })
}

fn history(
    contact: ContactId,
    purchases: &[Purchased],
    currency: Currency,
    zone: TimeZone,
    cohort: Option<usize>,
) -> History {
    let purchases = purchases
        .iter()
        .filter(|it| it.currency == currency)
        .map(|it| Purchase {
            day: zone.day_of(it.at),
            amount_micros: margin(it).0,
        })
        .collect();
    History {
        contact,
        cohort,
        purchases,
    }
}

/// That of one sale; of a sale without a cost its revenue.
fn margin(purchase: &Purchased) -> Micros {
    CohortSums::of(purchase).margin()
}

impl Cohorts {
    /// Somebody who was acquired at this moment; `None` when there is no such source.
    fn person(
        &mut self,
        source: usize,
        at: chrono::DateTime<chrono::Utc>,
        currency: Currency,
    ) -> Option<Person> {
        let origin = self.origins.get(source)?;
        let (zone, wanted) = (origin.zone, origin.wanted);
        let born = zone.day_of(at);
        let month = DateRange::month_of(born).from;
        if self.first.is_none_or(|first| month < first) {
            self.first = Some(month);
        }
        let cohort = (wanted && self.range.contains(born)).then(|| {
            let row = self.rows.get(source).copied().unwrap_or(usize::MAX);
            match self.by_row.get(&(currency, month, row)) {
                Some(known) => *known,
                None => {
                    let key = self.origins.get(source);
                    let key = key.and_then(|origin| origin.row.clone());
                    let place = self.place(currency, month, key);
                    self.by_row.insert((currency, month, row), place);
                    place
                }
            }
        });
        Some(Person { born, zone, cohort })
    }

    fn place(&mut self, currency: Currency, month: NaiveDate, row: Option<RowKey>) -> usize {
        let Self {
            all, places, today, ..
        } = self;
        *places
            .entry((currency, month, row.clone()))
            .or_insert_with(|| {
                all.push(Cohort {
                    currency,
                    month,
                    row,
                    maturity: Maturity::of(month, *today),
                    people: 0,
                    spend: None,
                    ages: Vec::new(),
                    days: Vec::new(),
                    other_currency: 0,
                });
                all.len() - 1
            })
    }

    fn count(&mut self, person: &Person) {
        if let Some(cohort) = person.cohort.and_then(|at| self.all.get_mut(at)) {
            cohort.people += 1;
        }
    }

    /// Adds what one person bought, in the order of time.
    fn follow(&mut self, cohort: usize, person: Person, purchases: &[Purchased]) -> Result<()> {
        let Some(cohort) = self.all.get_mut(cohort) else {
            return Ok(());
        };
        let mut active_in = None;
        let mut so_far = 0.0_f64;
        for purchase in purchases {
            if purchase.currency != cohort.currency {
                cohort.other_currency += 1;
                continue;
            }
            let day = person.zone.day_of(purchase.at);
            let age = age(person.born, day);
            if cohort.ages.len() <= age {
                cohort.ages.resize(age + 1, Age::default());
            }
            let Some(cell) = cohort.ages.get_mut(age) else {
                continue;
            };
            // A sale may be older than what its person was acquired by: it counts at once.
            if active_in.is_none_or(|last| last < age) {
                cell.active += 1;
                active_in = Some(age);
            }
            cell.sums.add(&CohortSums::of(purchase))?;
            let after = usize::try_from((day - person.born).num_days()).unwrap_or(0);
            if after >= cohort.maturity.days {
                continue;
            }
            if cohort.days.len() <= after {
                cohort.days.resize(after + 1, Day::default());
            }
            if let Some(of_day) = cohort.days.get_mut(after) {
                let margin = margin(purchase).0;
                let had = so_far;
                so_far += units(margin);
                of_day.margin = plus(of_day.margin, margin)?;
                of_day.squares += so_far * so_far - had * had;
            }
        }
        Ok(())
    }
}

/// Units of the currency.
pub(super) fn units(micros: i64) -> f64 {
    from_whole(micros.into()) / 1e6
}

impl CohortSums {
    pub(super) fn of(purchase: &Purchased) -> Self {
        Self {
            orders: 1,
            revenue: purchase.gross - purchase.refunded,
            refunds: purchase.refunded,
            cost: purchase.cost.unwrap_or_default(),
            without_cost: i64::from(purchase.cost.is_none()),
        }
    }

    /// Adds another sum.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        for (sum, more) in [
            (&mut self.orders, other.orders),
            (&mut self.revenue.0, other.revenue.0),
            (&mut self.refunds.0, other.refunds.0),
            (&mut self.cost.0, other.cost.0),
            (&mut self.without_cost, other.without_cost),
        ] {
            *sum = plus(*sum, more)?;
        }
        Ok(())
    }
}
