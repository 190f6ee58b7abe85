//! Days as instants, in every zone that matters.
//!
//! The store keeps instants; a report speaks of days. A day begins and ends at different instants
//! in different zones, and has 23, 24 or 25 hours. So the bounds are worked out here, where zones
//! are known, and handed to the database as a small table to join: one row a day and zone.

use chrono::{NaiveDate, SecondsFormat};
use rumbo_base::{DateRange, Result, TimeZone};
use serde::Serialize;

use crate::read::place::Place;

/// One day in one zone. Column names of the joined table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Bucket {
    /// What rows of this day are counted under.
    pub n: i64,
    pub zone: String,
    pub day: NaiveDate,
    /// First instant, in the very text the embedded store keeps, so that texts compare as
    /// instants do.
    pub starts: String,
    /// The instant after the last.
    pub ends: String,
}

/// The days of one question.
#[derive(Clone, Debug)]
pub(crate) struct Buckets {
    pub rows: Vec<Bucket>,
    /// All days are cut in one zone, so that nobody has to ask for a row's own.
    pub one_zone: bool,
}

impl Buckets {
    /// All days of a range counted under 0.
    pub fn together(place: &Place, range: DateRange) -> Result<Self> {
        Self::of(place, &range.iter().map(|day| (0, day)).collect::<Vec<_>>())
    }

    /// Each day of each range under a number of its own, counting on through the ranges.
    pub fn by_day(place: &Place, ranges: &[DateRange]) -> Result<Self> {
        Self::of(place, &(0..).zip(ranges.iter().flat_map(DateRange::iter)).collect::<Vec<_>>())
    }

    fn of(place: &Place, days: &[(i64, NaiveDate)]) -> Result<Self> {
        let zones = place.zones();
        let mut rows = Vec::new();
        for name in &zones {
            let zone: TimeZone = name.parse()?;
            rows.extend(days.iter().map(|&(n, day)| {
                let (starts, ends) = zone.bounds(DateRange { from: day, to: day });
                let text = |at: chrono::DateTime<chrono::Utc>| {
                    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
                };
                Bucket { n, zone: name.clone(), day, starts: text(starts), ends: text(ends) }
            }));
        }
        Ok(Self { rows, one_zone: zones.len() == 1 })
    }
}
