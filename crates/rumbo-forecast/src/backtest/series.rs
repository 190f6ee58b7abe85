//! The series of `fixtures/`, each day there.

use std::path::Path;

use chrono::NaiveDate;

/// A series, what it counts, and whether the constants were chosen with an eye on it.
pub(super) struct Series {
    pub file: &'static str,
    pub name: &'static str,
    pub chosen_on: bool,
}

pub(super) const DAILY: [Series; 7] = [
    of(
        "wikipedia_peyton_manning",
        "views of a Wikipedia page, Peyton Manning",
        true,
    ),
    of("wikipedia_r", "views of a Wikipedia page, R", true),
    of(
        "melbourne_pedestrians",
        "people passing a counter in Melbourne",
        true,
    ),
    of("cdnow_orders", "orders at CDNOW", true),
    of("cdnow_cents", "money spent at CDNOW", true),
    of("bikes_registered", "bicycle hires by subscribers", false),
    of("bikes_casual", "bicycle hires by others", false),
];

const fn of(file: &'static str, name: &'static str, chosen_on: bool) -> Series {
    Series {
        file,
        name,
        chosen_on,
    }
}

impl Series {
    /// Every day from the first to the last. A day that is missing in the file is as the one
    /// before it.
    pub fn days(&self) -> Vec<(NaiveDate, f64)> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(self.file)
            .with_extension("csv");
        let mut days: Vec<(NaiveDate, f64)> = Vec::new();
        for row in csv::Reader::from_path(path).unwrap().into_records() {
            let row = row.unwrap();
            let (day, figure): (NaiveDate, f64) =
                (row[0].parse().unwrap(), row[1].parse().unwrap());
            if let Some((last, before)) = days.last().copied() {
                let missing = last
                    .iter_days()
                    .skip(1)
                    .take_while(|between| *between < day);
                days.extend(missing.map(|between| (between, before)));
            }
            days.push((day, figure));
        }
        days
    }
}
