//! Whether people have seen enough of an ad: whether its rate of clicks fell, and how sure that is.

use special::Error as _;

use crate::float::from_count;

/// The last days that are looked at.
const NOW: usize = 7;
/// The days before these that they are compared with.
const BEFORE: usize = 21;
/// Of which so many must have shown it.
const LEAST_BEFORE: usize = 7;
/// Clicks before, and clicks that would be expected now: fewer prove nothing.
const LEAST_CLICKS: f64 = 50.0;
/// What counts as a fall: by 15 %.
const FALL: f64 = 0.85;
/// So sure it must be.
pub const SURE: f64 = 0.95;

/// One day on which an ad was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shown {
    pub impressions: f64,
    pub clicks: f64,
}

/// How the rate of clicks of an ad changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wear {
    /// Clicks for an impression in the last seven days that showed it, and in up to 21 before.
    pub now: f64,
    pub before: f64,
    /// How probable it is that the rate fell by more than 15 %.
    pub fell: f64,
}

impl Wear {
    /// Whether that is sure enough to say so.
    pub fn is_tired(&self) -> bool {
        self.fell >= SURE
    }
}

/// Looks at the days that showed an ad, oldest first. `None` when they are too few, or have too few
/// clicks.
///
/// The logarithm of the ratio of the two rates is taken for normal, with the variance of counts
/// times how much more than counts the days differ among themselves (Pearson's statistic, at least
/// 1): days that jump about prove less.
pub fn wear(days: &[Shown]) -> Option<Wear> {
    let shown: Vec<Shown> = days
        .iter()
        .copied()
        .filter(|day| day.impressions > 0.0)
        .collect();
    let split = shown.len().checked_sub(NOW)?;
    let (earlier, now) = shown.split_at(split);
    let before = earlier.get(earlier.len().saturating_sub(BEFORE)..)?;
    if before.len() < LEAST_BEFORE {
        return None;
    }
    let sum = |days: &[Shown]| {
        days.iter().fold(Shown::default(), |sum, day| Shown {
            impressions: sum.impressions + day.impressions,
            clicks: sum.clicks + day.clicks,
        })
    };
    let (was, is) = (sum(before), sum(now));
    let rate = was.clicks / was.impressions;
    if was.clicks < LEAST_CLICKS || rate * is.impressions < LEAST_CLICKS {
        return None;
    }
    let rates = [(before, rate), (now, is.clicks.max(0.5) / is.impressions)];
    let chi: f64 = rates
        .iter()
        .flat_map(|(days, rate)| {
            days.iter().map(move |day| {
                let expected = rate * day.impressions;
                (day.clicks - expected).powi(2) / expected
            })
        })
        .sum();
    let free = from_count(before.len() + now.len() - 2);
    let scatter = (chi / free).max(1.0);
    let (seen, seen_before) = (is.clicks + 0.5, was.clicks + 0.5);
    let off = (seen / is.impressions).ln() - (seen_before / was.impressions).ln();
    let deviation = (scatter * (1.0 / seen + 1.0 / seen_before)).sqrt();
    let times = (FALL.ln() - off) / deviation;
    Some(Wear {
        now: is.clicks / is.impressions,
        before: rate,
        fell: 0.5 * (1.0 + (times / std::f64::consts::SQRT_2).error()),
    })
}
