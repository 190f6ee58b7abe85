//! From cohorts to the rows of a report.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use rumbo_base::{Currency, Micros, Result};

use super::gather::{Age, Cohort, Day, Gathered};
use super::payback::payback;
use super::prediction::Histories;
use super::{
    CohortCampaign, CohortCell, CohortGroup, CohortKey, CohortRequest, CohortRow, CohortSums,
    CohortsBy,
};
use crate::figures::plus;
use crate::path::RowKey;

/// Which row a cohort falls into, in the order of the rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Month(chrono::NaiveDate),
    Campaign(RowKey),
    Unattributed,
}

impl Place {
    fn of(by: CohortsBy, cohort: &Cohort) -> Self {
        match (by, &cohort.row) {
            (CohortsBy::Month, _) => Self::Month(cohort.month),
            (CohortsBy::Campaign, Some(key)) => Self::Campaign(key.clone()),
            (CohortsBy::Campaign, None) => Self::Unattributed,
        }
    }

    fn key(&self, named: &impl Fn(&RowKey) -> CohortCampaign) -> CohortKey {
        match self {
            Self::Month(month) => CohortKey::Month(*month),
            Self::Campaign(key) => CohortKey::Campaign(named(key)),
            Self::Unattributed => CohortKey::Unattributed,
        }
    }
}

/// One group for each currency, and the rows that the histories belong to.
pub(super) fn groups(
    gathered: Gathered,
    request: &CohortRequest,
    main: Currency,
    named: &impl Fn(&RowKey) -> CohortCampaign,
) -> Result<(Vec<CohortGroup>, Histories)> {
    let Gathered {
        cohorts,
        mut histories,
    } = gathered;
    let mut by_currency: BTreeMap<Currency, BTreeMap<Place, Vec<&Cohort>>> =
        BTreeMap::from([(main, BTreeMap::new())]);
    for cohort in &cohorts {
        by_currency
            .entry(cohort.currency)
            .or_default()
            .entry(Place::of(request.by, cohort))
            .or_default()
            .push(cohort);
    }
    // The campaign of each cohort is looked up once for all.
    histories.name_rows(
        cohorts
            .iter()
            .map(|it| Place::of(request.by, it).key(named).text()),
    );
    let months = usize::try_from(request.value_months).unwrap_or(usize::MAX);
    let mut groups = Vec::new();
    for (currency, places) in by_currency {
        let mut rows = Vec::with_capacity(places.len());
        let mut all: Vec<Cow<'_, Cohort>> = Vec::new();
        for (place, mut of_row) in places {
            // Sums of floats depend on their order, and the same people make the same report.
            of_row.sort_by(|a, b| (a.month, &a.row).cmp(&(b.month, &b.row)));
            let key = place.key(named);
            rows.push(match request.by {
                CohortsBy::Month => {
                    let whole = joined(&of_row)?;
                    let row = of_one(key, &whole, months)?;
                    all.push(Cow::Owned(whole));
                    row
                }
                CohortsBy::Campaign => {
                    all.extend(of_row.iter().copied().map(Cow::Borrowed));
                    of_several(key, &of_row, months)?
                }
            });
        }
        if request.by == CohortsBy::Campaign {
            rows.sort_by_cached_key(|row| {
                (
                    row.key == CohortKey::Unattributed,
                    Reverse((row.people, row.spend)),
                    row.key.text(),
                )
            });
        }
        let all: Vec<&Cohort> = all.iter().map(AsRef::as_ref).collect();
        groups.push(CohortGroup {
            currency,
            rows,
            average: of_several(CohortKey::Average, &all, months)?,
            other_currency: all.iter().map(|cohort| cohort.other_currency).sum(),
        });
    }
    groups.sort_by_key(|group| (group.currency != main, group.currency));
    Ok((groups, histories))
}

/// The cohorts of one month as one.
fn joined(cohorts: &[&Cohort]) -> Result<Cohort> {
    let mut cohorts = cohorts.iter();
    // A row is made of at least one.
    let mut whole = cohorts.next().map_or_else(nobody, |first| (*first).clone());
    for cohort in cohorts {
        whole.people += cohort.people;
        whole.other_currency += cohort.other_currency;
        whole.spend = added(whole.spend, cohort.spend)?;
        if whole.ages.len() < cohort.ages.len() {
            whole.ages.resize(cohort.ages.len(), Age::default());
        }
        for (sum, more) in whole.ages.iter_mut().zip(&cohort.ages) {
            sum.active += more.active;
            sum.sums.add(&more.sums)?;
        }
        if whole.days.len() < cohort.days.len() {
            whole.days.resize(cohort.days.len(), Day::default());
        }
        for (sum, more) in whole.days.iter_mut().zip(&cohort.days) {
            sum.margin = plus(sum.margin, more.margin)?;
            sum.squares += more.squares;
        }
    }
    Ok(whole)
}

fn nobody() -> Cohort {
    Cohort {
        currency: Currency::NONE,
        month: chrono::NaiveDate::MIN,
        row: None,
        maturity: super::age::Maturity::of(chrono::NaiveDate::MIN, chrono::NaiveDate::MIN),
        people: 0,
        spend: None,
        ages: Vec::new(),
        days: Vec::new(),
        other_currency: 0,
    }
}

fn added(sum: Option<Micros>, more: Option<Micros>) -> Result<Option<Micros>> {
    Ok(match (sum, more) {
        (Some(sum), Some(more)) => Some(sum.checked_add(more)?),
        (sum, more) => sum.or(more),
    })
}

/// The cells of a cohort, as many as have begun.
fn cells(cohort: &Cohort) -> Result<Vec<CohortCell>> {
    let mut cumulative = CohortSums::default();
    let mut ages = cohort.ages.clone();
    ages.resize(cohort.maturity.begun.max(ages.len()), Age::default());
    ages.into_iter()
        .enumerate()
        .map(|(age, Age { active, sums })| {
            cumulative.add(&sums)?;
            Ok(CohortCell {
                mature: age < cohort.maturity.months,
                people: cohort.people,
                spend: cohort.spend,
                active,
                sums,
                cumulative,
            })
        })
        .collect()
}

/// The row of one month: all its cells, those that are not mature marked.
fn of_one(key: CohortKey, cohort: &Cohort, value_months: usize) -> Result<CohortRow> {
    let cells = cells(cohort)?;
    let to_date = cells.last().map(|cell| cell.cumulative).unwrap_or_default();
    Ok(CohortRow {
        key,
        people: cohort.people,
        spend: cohort.spend,
        mature: cohort.maturity.months,
        to_date,
        value: value(&cells, value_months),
        payback: payback(&[cohort]),
        cells,
    })
}

/// The row over several months: at each age the cohorts for which it is mature, and these only.
fn of_several(key: CohortKey, cohorts: &[&Cohort], value_months: usize) -> Result<CohortRow> {
    let mut row = CohortRow {
        key,
        people: 0,
        spend: None,
        cells: Vec::new(),
        mature: 0,
        to_date: CohortSums::default(),
        value: None,
        payback: payback(cohorts),
    };
    for cohort in cohorts {
        row.people += cohort.people;
        row.spend = added(row.spend, cohort.spend)?;
        // Cohorts of nobody tell what was spent on them and nothing else.
        for (age, cell) in cells(cohort)?.iter().enumerate() {
            row.to_date.add(&cell.sums)?;
            if !cell.mature {
                continue;
            }
            if row.cells.len() <= age {
                row.cells.resize(age + 1, CohortCell::default());
            }
            if let Some(sum) = row.cells.get_mut(age) {
                sum.mature = true;
                sum.people += cell.people;
                sum.spend = added(sum.spend, cell.spend)?;
                sum.active += cell.active;
                sum.sums.add(&cell.sums)?;
                sum.cumulative.add(&cell.cumulative)?;
            }
        }
    }
    row.mature = row.cells.len();
    row.value = value(&row.cells, value_months);
    Ok(row)
}

/// The last of so many months, when it is mature.
fn value(cells: &[CohortCell], months: usize) -> Option<CohortCell> {
    let cell = cells.get(months.checked_sub(1)?)?;
    cell.mature.then_some(*cell)
}
