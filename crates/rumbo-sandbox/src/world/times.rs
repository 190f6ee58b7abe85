//! Calendar days of ad accounts.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A calendar day of some account: days since the year 1.
pub(crate) type Day = i32;

/// The day the made-up history is written up to; afterwards it simply goes on. A clock that
/// starts earlier moves the history back with it, so that there is always something recent.
pub(super) fn anchor(now: DateTime<Utc>) -> Day {
    let written = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    written.min(now.date_naive()).num_days_from_ce()
}

pub(crate) fn day_of(date: NaiveDate) -> Day {
    date.num_days_from_ce()
}

pub(crate) fn date_of(day: Day) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(day).unwrap_or_default()
}

/// `2026-11-20`
pub(crate) fn day_text(day: Day) -> String {
    date_of(day).format("%Y-%m-%d").to_string()
}

pub(crate) fn parse_day(text: &str) -> Option<Day> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(day_of)
}

/// The account's calendar day at this moment.
pub(crate) fn local_day(now: DateTime<Utc>, tz: Tz) -> Day {
    day_of(now.with_timezone(&tz).date_naive())
}

/// The moment `seconds` after midnight of a local day; a time the clocks skip slides an hour on.
pub(crate) fn instant(day: Day, seconds: u64, tz: Tz) -> DateTime<Utc> {
    let naive = date_of(day).and_time(chrono::NaiveTime::MIN)
        + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0));
    tz.from_local_datetime(&naive)
        .earliest()
        .or_else(|| {
            tz.from_local_datetime(&(naive + TimeDelta::hours(1)))
                .earliest()
        })
        .map_or_else(
            || Utc.from_utc_datetime(&naive),
            |local| local.with_timezone(&Utc),
        )
}
