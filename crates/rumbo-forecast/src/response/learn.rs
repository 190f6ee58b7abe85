use chrono::{Datelike, NaiveDate};
use special::Gamma;

use super::{Spent, Unready};
use crate::float::{from_count, median, quantile};
use crate::outlook::EIGHTY;

/// Days that tell the response: what lies further back is not looked at.
const LOOKED_AT: usize = 182;
/// On fewer days with spend nothing is said.
pub const LEAST_SPENT_DAYS: usize = 42;
/// Nor with fewer leads or sales on them.
pub const LEAST_EVENTS: f64 = 30.0;
/// Nor where the 95th percentile of the days' spends is not this many times the 5th.
pub const LEAST_VARIED: f64 = 1.25;
/// What is never asked about lies outside of these percentiles of the days' spends.
const OBSERVED: (f64, f64) = (0.05, 0.95);

/// Elasticities at the median day that are tried: the middles of twelve equal parts of 0 to 1.
pub(super) const ELASTICITIES: usize = 12;
/// How much of what is known of the level is left after a day: a memory of 200 to 10 days.
const DISCOUNTS: [f64; 4] = [0.995, 0.98, 0.95, 0.9];
/// The first days with spend only tell the level.
const FIRST_DAYS: usize = 7;
/// However long nothing was spent, the level is known as from so many leads or sales.
const LEAST_KNOWN: f64 = 0.5;
/// Weekdays are taken for alike as firmly as so many weeks of evidence would say.
const ALIKE_WEEKS: f64 = 2.0;
/// The dispersion is told by how far a day is from the days around it: so many on either side.
const AROUND: usize = 7;

/// The dispersion is taken for right as firmly as so many days would say.
const BELIEVED_DAYS: f64 = 20.0;
/// How far the days' own surprises may lower and raise it.
const WIDENED: (f64, f64) = (0.3, 3.0);

/// An elasticity of the grid.
pub(super) fn elasticity(at: usize) -> f64 {
    (from_count(at) + 0.5) / from_count(ELASTICITIES)
}

/// What `x` median days of spend bring in, in parts of what one brings.
pub(super) fn saturating(elasticity: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    x / (elasticity + (1.0 - elasticity) * x)
}

/// The response of one campaign, by its own days alone.
#[derive(Clone, Debug)]
pub struct Learned {
    /// The last day.
    pub(super) last: NaiveDate,
    /// The middle of what was spent on a day.
    pub(super) median: f64,
    pub(super) range: (f64, f64),
    pub(super) dispersion: f64,
    /// For each elasticity.
    pub(super) shapes: Vec<Shape>,
}

/// What an elasticity makes of the days.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub elasticity: f64,
    /// Monday first; what the level is multiplied by.
    pub weekdays: [f64; 7],
    /// How well it foresaw each day from those before: a logarithm.
    pub evidence: f64,
    pub levels: Vec<Level>,
}

/// The level on the last day, a gamma variable, with one discount.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    pub discount: f64,
    /// The part of the elasticity's evidence that is this discount's.
    pub weight: f64,
    pub mean: f64,
    /// As how many leads or sales it is known.
    pub known: f64,
}

impl Learned {
    /// What was spent on nine days of ten: outside of it nothing is said.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }
}

/// A weekday's place, Monday 0.
pub(super) fn weekday(day: NaiveDate) -> usize {
    usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0)
}

/// Learns from the days of a campaign, oldest first.
///
/// # Errors
/// Why its days tell nothing.
pub fn learn(days: &[Spent]) -> Result<Learned, Unready> {
    let recent = days
        .get(days.len().saturating_sub(LOOKED_AT)..)
        .unwrap_or_default();
    let spent: Vec<Spent> = recent
        .iter()
        .filter(|day| day.spend > 0.0 && day.spend.is_finite() && day.outcome.is_finite())
        .map(|day| Spent {
            outcome: day.outcome.max(0.0),
            ..*day
        })
        .collect();
    let few = Unready::FewDays(spent.len());
    if spent.len() < LEAST_SPENT_DAYS {
        return Err(few);
    }
    let events: f64 = spent.iter().map(|day| day.events).sum();
    let outcome: f64 = spent.iter().map(|day| day.outcome).sum();
    if events < LEAST_EVENTS || outcome <= 0.0 {
        // Sales that were all refunded brought in nothing.
        return Err(Unready::FewEvents(if outcome > 0.0 { events } else { 0.0 }));
    }
    let spends = || spent.iter().map(|day| day.spend).collect::<Vec<_>>();
    let (low, high) = OBSERVED;
    let range = (
        quantile(spends(), low).ok_or(few)?,
        quantile(spends(), high).ok_or(few)?,
    );
    if range.1 < LEAST_VARIED * range.0 {
        return Err(Unready::HardlyVaried(range.0, range.1));
    }
    let median = median(spends()).ok_or(few)?;
    let last = recent.last().ok_or(few)?.day;
    // The dispersion hardly depends on the elasticity: both sides of the comparison have it.
    let usual = Days::of(&spent, median, 0.7);
    let dispersion = usual.dispersion();
    let shapes: Vec<(Days<'_>, Shape)> = (0..ELASTICITIES)
        .map(|at| {
            let days = Days::of(&spent, median, elasticity(at));
            let shape = days.shape(dispersion, last);
            (days, shape)
        })
        .collect();
    let best = shapes
        .iter()
        .max_by(|a, b| a.1.evidence.total_cmp(&b.1.evidence));
    let (days, shape) = best.ok_or(few)?;
    let widened = days.widened(shape, dispersion, last);
    Ok(Learned {
        last,
        median,
        range,
        dispersion: dispersion * widened,
        shapes: shapes.into_iter().map(|(_, shape)| shape).collect(),
    })
}

/// The days as one elasticity sees them.
struct Days<'a> {
    spent: &'a [Spent],
    elasticity: f64,
    weekdays: [f64; 7],
    /// What each day's spend and weekday multiply the level by.
    exposures: Vec<f64>,
}

impl<'a> Days<'a> {
    fn of(spent: &'a [Spent], median: f64, elasticity: f64) -> Self {
        let bare: Vec<f64> = spent
            .iter()
            .map(|day| saturating(elasticity, day.spend / median))
            .collect();
        let weekdays = weekdays(spent, &bare);
        let exposures = spent
            .iter()
            .zip(&bare)
            .map(|(day, bare)| bare * weekdays.get(weekday(day.day)).copied().unwrap_or(1.0))
            .collect();
        Self {
            spent,
            elasticity,
            weekdays,
            exposures,
        }
    }

    /// How many times more than counts the days scatter around their neighbours.
    fn dispersion(&self) -> f64 {
        let (mut squares, mut expected) = (0.0, 0.0);
        let outcomes: Vec<f64> = self.spent.iter().map(|day| day.outcome).collect();
        around(
            &outcomes,
            &self.exposures,
            |_, outcome, exposure, level, others| {
                squares += (outcome - level * exposure).powi(2);
                expected += level * exposure * (1.0 + exposure / others);
            },
        );
        let mean = outcomes.iter().sum::<f64>() / from_count(outcomes.len());
        (squares / expected).clamp(mean * 1e-6, mean * 1e6)
    }

    fn shape(&self, dispersion: f64, last: NaiveDate) -> Shape {
        let mut levels: Vec<(f64, Level)> = DISCOUNTS
            .iter()
            .map(|discount| self.follow(*discount, dispersion, last, |_| ()))
            .collect();
        let best = levels
            .iter()
            .map(|(evidence, _)| *evidence)
            .fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = levels
            .iter()
            .map(|(evidence, _)| (evidence - best).exp())
            .sum();
        for (evidence, level) in &mut levels {
            level.weight = (*evidence - best).exp() / sum;
        }
        Shape {
            elasticity: self.elasticity,
            weekdays: self.weekdays,
            evidence: best + (sum / from_count(DISCOUNTS.len())).ln(),
            levels: levels.into_iter().map(|(_, level)| level).collect(),
        }
    }

    /// How much more, or less, than the dispersion the days scattered around what was said of each
    /// a day before, in the middle eight of ten.
    fn widened(&self, shape: &Shape, dispersion: f64, last: NaiveDate) -> f64 {
        let best = shape
            .levels
            .iter()
            .max_by(|a, b| a.weight.total_cmp(&b.weight));
        let mut surprises = Vec::new();
        if let Some(level) = best {
            self.follow(level.discount, dispersion, last, |surprise| {
                surprises.push(surprise.abs());
            });
        }
        let days = from_count(surprises.len());
        let seen = quantile(surprises, 0.8).unwrap_or(EIGHTY) / EIGHTY;
        let (least, most) = WIDENED;
        let seen = (seen * seen).clamp(least, most);
        (seen.ln() * days / (days + BELIEVED_DAYS)).exp()
    }

    /// The level from day to day with one discount, and how well it foresaw each.
    fn follow(
        &self,
        discount: f64,
        dispersion: f64,
        last: NaiveDate,
        mut surprised: impl FnMut(f64),
    ) -> (f64, Level) {
        let first = self.spent.iter().zip(&self.exposures).take(FIRST_DAYS * 2);
        let (came, exposed) = first.fold((0.0, 0.0), |(came, exposed), (day, exposure)| {
            (came + day.outcome / dispersion, exposed + exposure)
        });
        // As if one more lead or sale had been seen at the level of the first days.
        let mut shape = 1.0;
        let mut rate = exposed / came.max(LEAST_KNOWN);
        let mut evidence = 0.0;
        let mut before = self.spent.first().map_or(last, |day| day.day);
        for (nth, (day, exposure)) in self.spent.iter().zip(&self.exposures).enumerate() {
            let gone = i32::try_from((day.day - before).num_days()).unwrap_or(0);
            (shape, rate) = faded(shape, rate, discount.powi(gone));
            before = day.day;
            let outcome = day.outcome / dispersion;
            if nth >= FIRST_DAYS {
                let expected = shape / rate * exposure;
                surprised((outcome - expected) / (expected + expected * expected / shape).sqrt());
                evidence += ln_gamma(shape + outcome) - ln_gamma(shape)
                    + shape * (rate / (rate + exposure)).ln()
                    + outcome * (exposure / (rate + exposure)).ln();
            }
            shape += outcome;
            rate += exposure;
        }
        let gone = i32::try_from((last - before).num_days()).unwrap_or(0);
        (shape, rate) = faded(shape, rate, discount.powi(gone));
        let level = Level {
            discount,
            weight: 0.0,
            mean: shape / rate * dispersion,
            known: shape,
        };
        (evidence, level)
    }
}

fn ln_gamma(x: f64) -> f64 {
    Gamma::ln_gamma(x).0
}

/// The same level, known less.
fn faded(shape: f64, rate: f64, by: f64) -> (f64, f64) {
    let left = (shape * by).max(LEAST_KNOWN.min(shape));
    (left, rate * left / shape)
}

/// Every day beside the level of those around it, itself left out: its place, its outcome, its
/// exposure, the level, and the exposures that tell it.
fn around(outcomes: &[f64], exposures: &[f64], mut each: impl FnMut(usize, f64, f64, f64, f64)) {
    for (at, (outcome, exposure)) in outcomes.iter().zip(exposures).enumerate() {
        let days = at.saturating_sub(AROUND)..(at + AROUND + 1).min(outcomes.len());
        let sum = |of: &[f64]| of.get(days.clone()).unwrap_or_default().iter().sum::<f64>();
        let others = sum(exposures) - exposure;
        if others > 0.0 {
            let level = (sum(outcomes) - outcome) / others;
            each(at, *outcome, *exposure, level, others);
        }
    }
}

/// What each weekday brings in beyond what was spent on it, beside the days around it.
fn weekdays(spent: &[Spent], bare: &[f64]) -> [f64; 7] {
    let outcomes: Vec<f64> = spent.iter().map(|day| day.outcome).collect();
    let mut sums = [(0.0, 0.0); 7];
    around(&outcomes, bare, |at, outcome, exposure, level, _| {
        let place = spent.get(at).map(|day| weekday(day.day));
        if let Some((came, expected)) = place.and_then(|place| sums.get_mut(place)) {
            *came += outcome;
            *expected += level * exposure;
        }
    });
    let all: f64 = sums.iter().map(|(_, expected)| expected).sum();
    let alike = ALIKE_WEEKS * all / from_count(spent.len());
    let parts = sums.map(|(came, expected)| {
        if all > 0.0 {
            ((came + alike) / (expected + alike)).max(0.05)
        } else {
            1.0
        }
    });
    let mean = parts.iter().sum::<f64>() / 7.0;
    parts.map(|part| part / mean)
}
