//! `--from` and `--to`.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use clap::Args;
use rumbo_base::{DateRange, TimeZone};

use crate::exit::Failure;
use crate::flags::{self, Moment};

/// The period when none is given, its last day included.
const DEFAULT_DAYS: u64 = 30;

/// A period of whole days, both ends included.
#[derive(Clone, Debug, Args)]
pub struct PeriodArgs {
    /// First day, such as 2026-03-01; 30 days up to --to when absent
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    pub from: Option<NaiveDate>,
    /// Last day, included; today in the workspace's time zone when absent
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    pub to: Option<NaiveDate>,
    /// Instead of both: so many days, 1 to 36525, up to today, today included
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["from", "to"],
          value_parser = clap::value_parser!(u32).range(1..=36_525))]
    pub last: Option<u32>,
}

impl PeriodArgs {
    /// The period meant, seen from `today`.
    pub fn range(&self, today: NaiveDate) -> Result<DateRange, Failure> {
        let to = self
            .to
            .unwrap_or_else(|| self.from.map_or(today, |from| from.max(today)));
        let days = self.last.map_or(DEFAULT_DAYS, u64::from);
        let from = self
            .from
            .unwrap_or_else(|| to.checked_sub_days(Days::new(days - 1)).unwrap_or(to));
        DateRange::new(from, to).map_err(|error| Failure::flag("to", error.message()))
    }
}

/// `--as-of`.
#[derive(Clone, Copy, Debug, Args)]
pub struct AsOf {
    /// What was known then: an instant such as 2026-03-31T10:00:00-03:00, or the end of a day
    #[arg(long, value_name = "TIME", value_parser = flags::moment)]
    as_of: Option<Moment>,
}

impl AsOf {
    /// The instant meant, in a workspace of this time zone.
    pub fn at(self, zone: TimeZone) -> Option<DateTime<Utc>> {
        Some(end(self.as_of?, zone))
    }
}

/// The instant at which something was known: the one meant, or the end of a day.
pub fn end(moment: Moment, zone: TimeZone) -> DateTime<Utc> {
    match moment {
        Moment::Instant(_) | Moment::Local(_) => moment.at(zone),
        Moment::Day(day) => {
            let (_, next) = zone.bounds(DateRange { from: day, to: day });
            next - TimeDelta::microseconds(1)
        }
    }
}

#[cfg(test)]
mod tests;
