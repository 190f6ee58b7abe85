//! Days and the zones they belong to.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveDateTime, NaiveTime, Utc,
};
use serde::{Deserialize, Serialize};

use crate::{Code, Error, Reason};

/// Refuses a day that has not come.
pub fn day_in_future(day: NaiveDate) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("{day} lies in the future. Choose an earlier day."),
    )
    .reason(Reason::DayInFuture)
    .param("day", day)
}

/// Whole days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
pub struct DateRange {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
}

impl DateRange {
    /// # Errors
    /// `InvalidInput` when the range ends before it begins.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, Error> {
        if to < from {
            return Err(Error::new(
                Code::InvalidInput,
                format!("The period ends on {to}, before it begins on {from}. Swap the two dates."),
            )
            .reason(Reason::PeriodReversed)
            .param("from", from)
            .param("to", to)
            .field("to"));
        }
        Ok(Self { from, to })
    }

    /// The days of the calendar month that a day is in.
    pub fn month_of(day: NaiveDate) -> Self {
        let from = day.with_day(1).unwrap_or(day);
        let next = from.checked_add_months(Months::new(1));
        let to = next.and_then(|next| next.pred_opt());
        Self {
            from,
            to: to.unwrap_or(NaiveDate::MAX),
        }
    }

    /// Its part of each calendar month, in order.
    pub fn by_month(&self) -> impl Iterator<Item = Self> + use<> {
        let Self { from, to } = *self;
        let first = (from <= to).then_some(from);
        std::iter::successors(first, move |day| {
            Self::month_of(*day)
                .to
                .succ_opt()
                .filter(|next| *next <= to)
        })
        .map(move |day| Self {
            from: day,
            to: Self::month_of(day).to.min(to),
        })
    }

    /// How many days it has.
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// The period of the same length that ends the day before this one begins.
    pub fn previous(&self) -> Self {
        let days = Days::new(u64::try_from(self.days()).unwrap_or(1));
        Self {
            from: self.from.checked_sub_days(days).unwrap_or(NaiveDate::MIN),
            to: self.from.pred_opt().unwrap_or(NaiveDate::MIN),
        }
    }

    /// Every day of it, in order.
    pub fn iter(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let to = self.to;
        self.from.iter_days().take_while(move |day| *day <= to)
    }

    /// Whether the day lies in it.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// An IANA time zone, such as `America/Sao_Paulo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(pub chrono_tz::Tz);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(chrono_tz::UTC);

    /// The day an instant falls on here.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.0).date_naive()
    }

    /// The instant at which a day begins here. Where midnight is skipped by a change of clocks
    /// the day begins at the first instant that exists; where it happens twice, at the first.
    pub fn start_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        match midnight.and_local_timezone(self.0) {
            MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => {
                at.with_timezone(&Utc)
            }
            MappedLocalTime::None => (1..=48)
                .find_map(|halves| {
                    (midnight + chrono::Duration::minutes(halves * 30))
                        .and_local_timezone(self.0)
                        .earliest()
                })
                .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc)),
        }
    }

    /// A local time here as an instant: the first of two where clocks are set back, and the hour
    /// after where they are set forward.
    pub fn instant_of(&self, at: NaiveDateTime) -> DateTime<Utc> {
        if at.time() == NaiveTime::MIN {
            return self.start_of(at.date());
        }
        match at.and_local_timezone(self.0) {
            MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => {
                at.with_timezone(&Utc)
            }
            MappedLocalTime::None => (at + chrono::Duration::hours(1))
                .and_local_timezone(self.0)
                .earliest()
                .map_or_else(|| at.and_utc(), |at| at.with_timezone(&Utc)),
        }
    }

    /// The instants `[start, end)` that the days of a range cover here.
    pub fn bounds(&self, range: DateRange) -> (DateTime<Utc>, DateTime<Utc>) {
        let after = range.to.succ_opt().unwrap_or(range.to);
        (self.start_of(range.from), self.start_of(after))
    }
}

impl FromStr for TimeZone {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        text.trim().parse().map(Self).map_err(|_| {
            Error::new(
                Code::InvalidInput,
                format!("\"{text}\" is not a time zone. Use a name such as America/Sao_Paulo."),
            )
            .reason(Reason::TimezoneUnknown)
            .param("value", text)
            .field("timezone")
        })
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_range_falls_into_its_months() {
        let range = DateRange::new(day("2027-12-30"), day("2028-02-29")).unwrap();
        let parts: Vec<_> = range.by_month().map(|p| (p.from, p.to)).collect();
        let expected = [
            (day("2027-12-30"), day("2027-12-31")),
            (day("2028-01-01"), day("2028-01-31")),
            (day("2028-02-01"), day("2028-02-29")),
        ];
        assert_eq!(parts, expected);
        let one = DateRange::new(day("2026-03-08"), day("2026-03-08")).unwrap();
        assert_eq!(one.by_month().collect::<Vec<_>>(), [one]);
        let march = DateRange::new(day("2026-03-01"), day("2026-03-31")).unwrap();
        assert_eq!(DateRange::month_of(one.from), march);
    }

    #[test]
    fn days_have_the_hours_their_zone_gives_them() {
        // 2026: New York springs forward on 8 March and falls back on 1 November.
        let zone: TimeZone = "America/New_York".parse().unwrap();
        for (date, hours) in [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)] {
            let (start, end) = zone.bounds(DateRange::new(day(date), day(date)).unwrap());
            assert_eq!((end - start).num_hours(), hours, "{date}");
        }
        // Cairo skips midnight itself: 24 April 2026 begins at 01:00.
        let cairo: TimeZone = "Africa/Cairo".parse().unwrap();
        assert_eq!(
            cairo.start_of(day("2026-04-24")).to_rfc3339(),
            "2026-04-23T22:00:00+00:00"
        );
    }

    #[test]
    fn the_period_before_touches_this_one() {
        let range = DateRange::new(day("2026-03-01"), day("2026-03-28")).unwrap();
        assert_eq!(range.previous().from, day("2026-02-01"));
        assert_eq!(range.previous().to, day("2026-02-28"));
        assert_eq!(range.days(), 28);
    }
}
