use chrono::NaiveDate;

use crate::float::mean;
use crate::history::History;
use crate::weekday::Weekdays;

/// How much of a day's surprise may stay in the level. The one that would have been least wrong a
/// day ahead is taken.
const GAINS: [f64; 8] = [0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4, 0.55];
/// The days the level starts from.
const FIRST_DAYS: usize = 14;
/// How many days of surprises tell how large they are.
const SURPRISES: usize = 91;

/// The ordinary day of a history, as it was known on each of its days: simple exponential
/// smoothing of what is left when the weekdays are taken out (Hyndman, Koehler, Ord, Snyder,
/// Forecasting with Exponential Smoothing, 2008, chapters 3 and 6).
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    pub gain: f64,
    /// After each day: the level, and how large a surprise is, in parts of the level.
    pub known: Vec<Known>,
}

/// What was known after a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub day: NaiveDate,
    pub level: f64,
    /// Root of the mean square of the day-ahead surprises so far, in parts of the level.
    pub surprise: f64,
}

impl Levels {
    pub fn learn(history: &History, weekdays: &Weekdays) -> Self {
        GAINS
            .iter()
            .map(|gain| follow(history, weekdays, *gain))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or_else(
                || Self {
                    gain: 0.0,
                    known: Vec::new(),
                },
                |(_, levels)| levels,
            )
    }
}

/// The levels with one gain, and how wrong they were a day ahead.
fn follow(history: &History, weekdays: &Weekdays, gain: f64) -> (f64, Levels) {
    let start = history
        .iter()
        .take(FIRST_DAYS)
        .map(|(day, figure)| figure / weekdays.of(day));
    let mut level = mean(start).unwrap_or(0.0);
    let mut known = Vec::with_capacity(history.len());
    let mut surprises: Vec<f64> = Vec::with_capacity(history.len());
    let mut wrong = 0.0;
    for (day, figure) in history.iter() {
        let expected = level * weekdays.of(day);
        let error = figure - expected;
        wrong += error * error;
        if level > 0.0 {
            surprises.push(error / level);
        }
        // A weekday on which next to nothing happens says nothing of the others.
        if weekdays.of(day) > 0.1 {
            level = (level + gain * error / weekdays.of(day).max(0.5)).max(0.0);
        }
        let old = surprises.len().saturating_sub(SURPRISES);
        let recent = surprises
            .iter()
            .skip(old)
            .map(|surprise| surprise * surprise);
        let surprise = mean(recent).unwrap_or(0.0).sqrt();
        known.push(Known {
            day,
            level,
            surprise,
        });
    }
    (wrong, Levels { gain, known })
}
