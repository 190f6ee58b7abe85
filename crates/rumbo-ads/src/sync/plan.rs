//! Which days have to be read. Pure: time and stored slices come in, days come out.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use rumbo_base::{Code, DateRange, Error, Reason, Result, TimeZone};

use super::slices::SliceRow;

/// Meta restates a day for this long ("insights do not change after 28 days of being reported").
pub const RESTATEMENT_DAYS: u64 = 28;

/// Meta keeps insights for this many months.
pub const HISTORY_MONTHS: u32 = 37;

/// Meta tells how many people a part reached for this many months. Parts are read no further back:
/// they cost several times what the ad-days cost.
pub const PART_MONTHS: u32 = 13;

/// Meta's own clock decides where its 37 months begin: days so close to the edge may be refused.
const EDGE_DAYS: u64 = 2;

/// The days an account is wanted for: from `since` (or as far as it was wanted before, or as far
/// as Meta goes) to today in the account's zone. Today is still going on. Only a `since` may lie
/// before what Meta keeps as a rule.
///
/// # Errors
/// `InvalidInput` when `since` lies in the future.
pub fn horizon(
    zone: TimeZone,
    now: DateTime<Utc>,
    since: Option<NaiveDate>,
    stored: &[SliceRow],
) -> Result<DateRange> {
    let today = zone.day_of(now);
    if let Some(since) = since {
        // A day that has begun somewhere is no mistake of the person.
        if since > today.checked_add_days(Days::new(1)).unwrap_or(today) {
            return Err(Error::new(
                Code::InvalidInput,
                format!("{since} lies in the future. Give a day up to {today} to sync from."),
            )
            .reason(Reason::DayInFuture)
            .param("day", since)
            .field("since"));
        }
    }
    let wanted = stored.iter().map(|slice| slice.since).min();
    let oldest = oldest_kept(zone, now);
    let from = match (since, wanted) {
        // What is asked for is asked of Meta, whose answer decides how far it keeps things.
        (Some(since), Some(wanted)) => since.min(wanted.max(oldest)),
        (Some(since), None) => since,
        (None, Some(wanted)) => wanted.max(oldest),
        (None, None) => oldest,
    };
    Ok(DateRange {
        from: from.min(today),
        to: today,
    })
}

/// The first day that Meta still keeps, as a rule.
pub fn oldest_kept(zone: TimeZone, now: DateTime<Utc>) -> NaiveDate {
    months_back(zone, now, HISTORY_MONTHS)
}

/// The first day that counts as within so many months, a little inside their edge.
pub fn months_back(zone: TimeZone, now: DateTime<Utc>, months: u32) -> NaiveDate {
    let today = zone.day_of(now);
    today
        .checked_sub_months(Months::new(months))
        .and_then(|day| day.checked_add_days(Days::new(EDGE_DAYS)))
        .unwrap_or(today)
}

/// The days of the horizon that must be read, as ranges, the most recent first.
///
/// A day needs no reading when a read of it began after Meta had stopped restating it, or when it
/// was read by a run from `fresh_run` on: this one, or the unfinished ones it goes on with. From
/// `again` on only the latter counts. A read that this clock says is still to come was timed by a
/// clock that was wrong: it does not count.
pub fn needed(
    horizon: DateRange,
    zone: TimeZone,
    now: DateTime<Utc>,
    stored: &[SliceRow],
    fresh_run: i64,
    again: Option<NaiveDate>,
) -> Vec<DateRange> {
    let done: Vec<(DateRange, i64, NaiveDate)> = stored
        .iter()
        .filter_map(|slice| {
            let at = slice.confirmed_at.filter(|at| *at <= now)?;
            let days = DateRange {
                from: slice.since,
                to: slice.until,
            };
            Some((days, slice.run, zone.day_of(at)))
        })
        .collect();
    let settled = |day: NaiveDate, read_on: NaiveDate| {
        day.checked_add_days(Days::new(RESTATEMENT_DAYS))
            .is_some_and(|until| read_on > until)
    };
    let read = |day: NaiveDate| {
        done.iter().any(|(days, run, read_on)| {
            days.contains(day)
                && (*run >= fresh_run
                    || (again.is_none_or(|again| day < again) && settled(day, *read_on)))
        })
    };
    let mut ranges: Vec<DateRange> = Vec::new();
    for day in horizon.iter().filter(|day| !read(*day)) {
        match ranges.last_mut() {
            Some(last) if last.to.succ_opt() == Some(day) => last.to = day,
            _ => ranges.push(DateRange { from: day, to: day }),
        }
    }
    ranges.reverse();
    ranges
}

/// Takes the most recent `days` days off the ranges.
pub fn take_recent(ranges: &mut Vec<DateRange>, days: u64) -> Option<DateRange> {
    let first = ranges.first_mut()?;
    let from = first
        .to
        .checked_sub_days(Days::new(days.max(1) - 1))
        .map_or(first.from, |from| from.max(first.from));
    let taken = DateRange { from, to: first.to };
    match from.pred_opt().filter(|_| from > first.from) {
        Some(left) => first.to = left,
        None => {
            ranges.remove(0);
        }
    }
    Some(taken)
}

/// Two halves, the more recent first; `None` for a single day.
pub fn halves(days: DateRange) -> Option<[DateRange; 2]> {
    let half = u64::try_from(days.days() / 2)
        .ok()
        .filter(|half| *half > 0)?;
    let middle = days.from.checked_add_days(Days::new(half))?;
    Some([
        DateRange {
            from: middle,
            to: days.to,
        },
        DateRange {
            from: days.from,
            to: middle.pred_opt()?,
        },
    ])
}

#[cfg(test)]
mod tests;
