use crate::float::{from_count, quantile};
use crate::history::{History, LEAST_DAYS};
use crate::level::{Known, Levels};
use crate::weekday::Weekdays;

/// 80 % of a normal distribution lies within so many deviations.
pub(crate) const EIGHTY: f64 = 1.281_551_565_545;
/// As many spans as this are taken to have gone as the model says: the own past is mixed with it.
const BELIEVED_SPANS: f64 = 2.0;
/// How far the own past may narrow and widen the interval.
const NARROWEST: f64 = 1.0;
const WIDEST: f64 = 2.5;

/// What some days ahead will come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    pub expected: f64,
    /// One time in ten it is less.
    pub low: f64,
    /// One time in ten it is more.
    pub high: f64,
}

impl Outlook {
    /// Nothing is ahead: it comes to nothing, and that is sure.
    pub const NOTHING: Self = Self {
        expected: 0.0,
        low: 0.0,
        high: 0.0,
    };

    /// Both, when what moves one does not move the other.
    pub fn and(self, other: Self) -> Self {
        let both = |a: f64, b: f64| a.hypot(b);
        let expected = self.expected + other.expected;
        let below = both(self.expected - self.low, other.expected - other.low);
        let above = both(self.high - self.expected, other.high - other.expected);
        Self {
            expected,
            low: (expected - below).max(0.0),
            high: expected + above,
        }
    }
}

/// What the days after a history will come to, when they go on as it does. `None` when the history
/// has fewer than [`LEAST_DAYS`] days.
pub fn outlook(history: &History, days: u32) -> Option<Outlook> {
    if history.len() < LEAST_DAYS {
        return None;
    }
    if days == 0 {
        return Some(Outlook::NOTHING);
    }
    let weekdays = Weekdays::learn(history);
    let levels = Levels::learn(history, &weekdays);
    let now = levels.known.last()?;
    let widen = widening(history, &weekdays, &levels, days);
    let (expected, spread) = ahead(now, levels.gain, &weekdays, days);
    let reach = (EIGHTY * spread * widen).exp();
    Some(Outlook {
        expected,
        low: expected / reach,
        high: expected * reach,
    })
}

/// What the days after a day come to, and the deviation of its logarithm.
fn ahead(known: &Known, gain: f64, weekdays: &Weekdays, days: u32) -> (f64, f64) {
    let shares: Vec<f64> = (known.day.iter_days().skip(1))
        .take(usize::try_from(days).unwrap_or(usize::MAX))
        .map(|day| weekdays.of(day))
        .collect();
    let all: f64 = shares.iter().sum();
    // A surprise moves its own day, and by the gain every day after it.
    let mut later = all;
    let mut square = 0.0;
    for share in &shares {
        later -= share;
        let moved = 1.0 + gain * later;
        square += moved * moved;
    }
    let expected = known.level * all;
    if all <= 0.0 {
        return (expected, 0.0);
    }
    let relative = known.surprise * square.sqrt() / all;
    (expected, (relative * relative).ln_1p().sqrt())
}

/// How much wider than the model says the interval has to be, from the history's own past: the
/// same number of days ahead, seen from each day that lies far enough back.
fn widening(history: &History, weekdays: &Weekdays, levels: &Levels, days: u32) -> f64 {
    let span = usize::try_from(days).unwrap_or(usize::MAX);
    let figures = history.figures();
    let misses: Vec<f64> = levels
        .known
        .iter()
        .enumerate()
        .skip(LEAST_DAYS * 2)
        .filter_map(|(at, known)| {
            let after = figures.get(at + 1..)?.get(..span)?;
            let came: f64 = after.iter().sum();
            let (expected, spread) = ahead(known, levels.gain, weekdays, days);
            let usable = came > 0.0 && expected > 0.0 && spread > 0.0;
            usable.then(|| ((came / expected).ln() / spread).abs())
        })
        .collect();
    // Spans that overlap are one piece of evidence, not many.
    let spans = from_count(misses.len()) / from_count(span);
    let Some(eighty) = quantile(misses, 0.8) else {
        return 1.0;
    };
    let seen = (eighty / EIGHTY).clamp(NARROWEST, WIDEST);
    (seen.ln() * spans / (spans + BELIEVED_SPANS)).exp()
}
