//! `--from` and `--to`.

use chrono::{Days, NaiveDate};
use clap::Args;
use rumbo_base::DateRange;

use crate::exit::Failure;
use crate::flags;

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
}

impl PeriodArgs {
    /// The period meant, seen from `today`.
    pub fn range(&self, today: NaiveDate) -> Result<DateRange, Failure> {
        let to = self
            .to
            .unwrap_or_else(|| self.from.map_or(today, |from| from.max(today)));
        let from = self.from.unwrap_or_else(|| {
            to.checked_sub_days(Days::new(DEFAULT_DAYS - 1))
                .unwrap_or(to)
        });
        DateRange::new(from, to).map_err(|error| Failure::flag("to", error.message()))
    }
}

#[cfg(test)]
mod tests;
