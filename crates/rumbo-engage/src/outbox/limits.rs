//! Hours in which a workspace writes, and how much it may write to one person.

use chrono::{DateTime, Days, NaiveTime, Utc, Weekday};
use chrono::{Datelike as _, TimeZone as _};
use rumbo_base::TimeZone;
use rumbo_platform::workspaces::{SendingSettings, Settings};

/// A span of every day, or of some days of the week, in somebody's own time. It may cross midnight:
/// then it belongs to the day it begins on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from: NaiveTime,
    /// The first minute that is outside again. The same as `from` is all day.
    pub to: NaiveTime,
    /// On which days it begins; empty is every day.
    pub days: Vec<Weekday>,
}

impl Hours {
    /// Whether an instant lies in it.
    pub fn contain(&self, at: DateTime<Utc>, zone: TimeZone) -> bool {
        let local = at.with_timezone(&zone.0);
        let (day, time) = (local.date_naive(), local.time());
        let on = |day: Option<chrono::NaiveDate>| {
            day.is_some_and(|day| self.days.is_empty() || self.days.contains(&day.weekday()))
        };
        if self.from < self.to {
            return on(Some(day)) && time >= self.from && time < self.to;
        }
        (on(Some(day)) && time >= self.from)
            || (on(day.checked_sub_days(Days::new(1))) && time < self.to)
    }

    /// The first instant at or after `at` that lies in it (`inside`), or that lies outside.
    pub fn next(&self, at: DateTime<Utc>, zone: TimeZone, inside: bool) -> Option<DateTime<Utc>> {
        if self.contain(at, zone) == inside {
            return Some(at);
        }
        let edge = if inside { self.from } else { self.to };
        let first = at.with_timezone(&zone.0).date_naive();
        // A week and a day reach every edge there is.
        (0..=8)
            .filter_map(|ahead| first.checked_add_days(Days::new(ahead)))
            .filter_map(|day| instant(day.and_time(edge), zone))
            .find(|edge| *edge >= at && self.contain(*edge, zone) == inside)
    }
}

/// The instant of a local time; one that is skipped when clocks go forward is the moment after.
fn instant(local: chrono::NaiveDateTime, zone: TimeZone) -> Option<DateTime<Utc>> {
    let found = zone.0.from_local_datetime(&local);
    found
        .earliest()
        .or_else(|| {
            let later = local.checked_add_signed(chrono::TimeDelta::hours(1))?;
            zone.0.from_local_datetime(&later).earliest()
        })
        .map(|at| at.to_utc())
}

/// What a workspace allows itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// In the contact's own zone, or else the workspace's.
    pub quiet: Option<Hours>,
    /// In the workspace's zone.
    pub open: Option<Hours>,
    pub most_a_day: Option<i64>,
    pub most_a_week: Option<i64>,
    /// Kinds of channels on which marketing needs an opt-in.
    pub ask_consent: Vec<String>,
    /// Rules, sequences and message campaigns may send.
    pub automation_on: bool,
    /// The bot may write.
    pub bot_on: bool,
    pub zone: TimeZone,
}

impl Limits {
    /// From what is stored.
    pub fn of(settings: &Settings, zone: TimeZone, automation_on: bool, bot_on: bool) -> Self {
        let sending: &SendingSettings = &settings.sending;
        let hours = |from: Option<NaiveTime>, to: Option<NaiveTime>, days: &[Weekday]| {
            from.zip(to).map(|(from, to)| Hours {
                from,
                to,
                days: days.to_vec(),
            })
        };
        Self {
            quiet: hours(sending.quiet_from, sending.quiet_to, &[]),
            open: hours(sending.open_from, sending.open_to, &sending.open_days),
            most_a_day: sending.most_a_day.map(i64::from),
            most_a_week: sending.most_a_week.map(i64::from),
            ask_consent: sending.ask_consent.clone(),
            automation_on,
            bot_on,
            zone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str) -> Hours {
        Hours {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            days: Vec::new(),
        }
    }

    fn zone(name: &str) -> TimeZone {
        name.parse().unwrap()
    }

    #[test]
    fn a_night_crosses_midnight_in_the_zone_it_is_asked_for() {
        let night = hours("21:00:00", "08:00:00");
        let buenos_aires = zone("America/Argentina/Buenos_Aires");
        // 23:30 and 07:59 there; 08:00 and 20:59 are day.
        assert!(night.contain(at("2026-11-21T02:30:00Z"), buenos_aires));
        assert!(night.contain(at("2026-11-21T10:59:00Z"), buenos_aires));
        assert!(!night.contain(at("2026-11-21T11:00:00Z"), buenos_aires));
        assert!(!night.contain(at("2026-11-20T23:59:00Z"), buenos_aires));
        // The same instant is day in Madrid.
        assert!(!night.contain(at("2026-11-21T10:59:00Z"), zone("Europe/Madrid")));
        assert_eq!(
            night.next(at("2026-11-21T02:30:00Z"), buenos_aires, false),
            Some(at("2026-11-21T11:00:00Z"))
        );
        assert_eq!(
            night.next(at("2026-11-21T11:00:00Z"), buenos_aires, false),
            Some(at("2026-11-21T11:00:00Z"))
        );
    }

    #[test]
    fn business_hours_open_on_the_next_working_day() {
        let open = Hours {
            days: vec![Weekday::Mon, Weekday::Fri],
            ..hours("09:00:00", "18:00:00")
        };
        let zone = zone("America/Sao_Paulo");
        // Friday evening to Monday morning.
        assert_eq!(
            open.next(at("2026-11-20T22:00:00Z"), zone, true),
            Some(at("2026-11-23T12:00:00Z"))
        );
        let shift = Hours {
            days: vec![Weekday::Fri],
            ..hours("22:00:00", "06:00:00")
        };
        // A Friday's night shift goes on into Saturday, and Saturday's is none.
        assert!(shift.contain(at("2026-11-21T08:00:00Z"), zone));
        assert!(!shift.contain(at("2026-11-22T02:00:00Z"), zone));
        assert!(!shift.contain(at("2026-11-20T08:00:00Z"), zone));
    }

    #[test]
    fn an_hour_that_clocks_skip_or_repeat_loses_nobody() {
        let zone = zone("Europe/Madrid");
        // Clocks go from 02:00 to 03:00 on 2026-03-29.
        let until = hours("23:00:00", "02:30:00");
        assert_eq!(
            until.next(at("2026-03-29T00:30:00Z"), zone, false),
            Some(at("2026-03-29T01:30:00Z"))
        );
        // And from 03:00 back to 02:00 on 2026-10-25: 02:30 comes twice, the first one ends it.
        assert_eq!(
            until.next(at("2026-10-24T23:30:00Z"), zone, false),
            Some(at("2026-10-25T00:30:00Z"))
        );
    }

    #[test]
    fn from_equal_to_to_is_all_day() {
        let all = hours("00:00:00", "00:00:00");
        assert!(all.contain(at("2026-11-20T22:00:00Z"), TimeZone::UTC));
        assert_eq!(
            all.next(at("2026-11-20T22:00:00Z"), TimeZone::UTC, false),
            None
        );
    }
}
