use chrono::{Datelike, Months, NaiveDate};

use crate::history::{History, LEAST_DAYS};
use crate::outlook::{Outlook, outlook};

/// Within so large a part of the budget, 5 %, a month counts as landing on it.
pub const ON_BUDGET: f64 = 0.05;
/// A month is only tried when so many days lie before its day.
const KNOWN_DAYS: usize = LEAST_DAYS * 3;

/// How often the interval held on series that others published (docs/backtests.md): months asked,
/// and those that ended inside. A test works it out again.
pub const PUBLISHED: (u32, u32) = (1580, 1270);

/// How a period will end beside its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The expected end is within 5 % of the budget.
    OnTrack,
    /// Nine times in ten it ends below the budget, and more than 5 % below is expected.
    Under,
    /// Nine times in ten it ends above the budget, and more than 5 % above is expected.
    Over,
    /// The expected end is off, and the budget still lies within the interval.
    Open,
}

/// Where the end of a period lies, beside a budget.
pub fn verdict(end: Outlook, budget: f64) -> Verdict {
    if (end.expected - budget).abs() <= ON_BUDGET * budget {
        Verdict::OnTrack
    } else if end.high < budget {
        Verdict::Under
    } else if end.low > budget {
        Verdict::Over
    } else {
        Verdict::Open
    }
}

/// One month of the past, as it looked on one of its days, and as it ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthTrial {
    /// The last day that was known.
    pub known_until: NaiveDate,
    /// What the month had come to by then.
    pub so_far: f64,
    /// Where it was expected to end.
    pub end: Outlook,
    /// Where it ended.
    pub came: f64,
}

impl MonthTrial {
    /// Whether the month ended between the tenth and the ninetieth percentile.
    pub fn inside(&self) -> bool {
        (self.end.low..=self.end.high).contains(&self.came)
    }
}

/// Every whole month of a history, tried as it looked after its day `day`. Each trial knows only
/// what came before, and is made when it is asked for. Months in which nothing happened, or with too little
/// before them, are left out.
pub fn past_months(
    days: &[(NaiveDate, f64)],
    day: u32,
) -> impl DoubleEndedIterator<Item = MonthTrial> {
    let trials = whole_months(days).into_iter();
    trials.filter_map(move |month| trial(days, month, day))
}

/// The first and the last day of each month that is whole in a history.
fn whole_months(days: &[(NaiveDate, f64)]) -> Vec<(NaiveDate, NaiveDate)> {
    let Some(((first, _), (last, _))) = days.first().zip(days.last()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut month = first.with_day(1);
    while let Some(begins) = month {
        month = begins.checked_add_months(Months::new(1));
        let ends = month.and_then(|after| after.pred_opt());
        let Some(ends) = ends.filter(|ends| ends <= last) else {
            break;
        };
        if begins >= *first {
            found.push((begins, ends));
        }
    }
    found
}

fn trial(
    days: &[(NaiveDate, f64)],
    (begins, ends): (NaiveDate, NaiveDate),
    day: u32,
) -> Option<MonthTrial> {
    let known_until = begins.with_day(day).filter(|day| *day < ends)?;
    let until = |to: NaiveDate| -> f64 {
        let within = days.iter().filter(|(day, _)| (begins..=to).contains(day));
        within.map(|(_, figure)| *figure).sum()
    };
    let (so_far, came) = (until(known_until), until(ends));
    if came <= 0.0 {
        return None;
    }
    let known = days.iter().filter(|(day, _)| *day <= known_until);
    let history = History::until(known_until, known.map(|(_, figure)| *figure));
    let left = u32::try_from((ends - known_until).num_days()).unwrap_or(0);
    let rest = outlook(&history, left).filter(|_| history.len() >= KNOWN_DAYS)?;
    Some(MonthTrial {
        known_until,
        so_far,
        end: Outlook {
            expected: so_far + rest.expected,
            low: so_far + rest.low,
            high: so_far + rest.high,
        },
        came,
    })
}
