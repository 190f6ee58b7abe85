use chrono::{NaiveDate, TimeDelta};

use super::learn::{ELASTICITIES, Learned, Shape, elasticity, saturating, weekday};
use super::spread::Spread;
use crate::float::mean;
use crate::outlook::Outlook;

/// Where the elasticities of a business may lie, and how alike they may be: beta distributions.
const CENTRES: [f64; 8] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const FIRMNESS: [f64; 4] = [2.0, 5.0, 12.0, 30.0];

/// The response of a campaign, with what the others tell of its elasticity.
#[derive(Clone, Debug)]
pub struct Response {
    learned: Learned,
    /// How probable each elasticity is.
    weights: Vec<f64>,
}

/// Campaigns that lend each other their elasticities: how these are spread in the business is
/// learned from all of them, and each is drawn towards that the more, the less its own days tell.
/// In the order of `campaigns`. It is the hierarchical model whole, on a grid.
pub fn pooled(campaigns: &[&Learned]) -> Vec<Response> {
    let beliefs: Vec<Vec<f64>> = CENTRES
        .iter()
        .flat_map(|centre| FIRMNESS.map(|firmness| belief(*centre, firmness)))
        .collect();
    let own: Vec<Vec<f64>> = campaigns
        .iter()
        .map(|learned| likelihoods(learned))
        .collect();
    // What all campaigns say of each belief.
    let told: Vec<f64> = beliefs
        .iter()
        .map(|belief| own.iter().map(|own| product(belief, own).ln()).sum())
        .collect();
    let best = told.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = told.iter().map(|told| (told - best).exp()).sum();
    let weighed: Vec<f64> = told.iter().map(|told| (told - best).exp() / sum).collect();
    campaigns
        .iter()
        .zip(own)
        .map(|(learned, own)| {
            let mut weights = vec![0.0; ELASTICITIES];
            for (belief, weight) in beliefs.iter().zip(&weighed) {
                let all = product(belief, &own);
                for ((sum, belief), own) in weights.iter_mut().zip(belief).zip(&own) {
                    *sum += weight * belief * own / all;
                }
            }
            Response {
                learned: (*learned).clone(),
                weights,
            }
        })
        .collect()
}

/// A beta distribution over the grid.
fn belief(centre: f64, firmness: f64) -> Vec<f64> {
    let (a, b) = (centre * firmness, (1.0 - centre) * firmness);
    let density = |at| {
        let e = elasticity(at);
        ((a - 1.0) * e.ln() + (b - 1.0) * (1.0 - e).ln()).exp()
    };
    let densities: Vec<f64> = (0..ELASTICITIES).map(density).collect();
    let sum: f64 = densities.iter().sum();
    densities.into_iter().map(|density| density / sum).collect()
}

/// What a campaign's own days say of each elasticity; the best is 1.
fn likelihoods(learned: &Learned) -> Vec<f64> {
    let evidence = || learned.shapes.iter().map(|shape| shape.evidence);
    let best = evidence().fold(f64::NEG_INFINITY, f64::max);
    evidence()
        // None is quite impossible: it keeps the sums above zero.
        .map(|evidence| (evidence - best).exp().max(1e-12))
        .collect()
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Response {
    /// What was spent on nine days of ten: outside of it nothing is said.
    pub fn range(&self) -> (f64, f64) {
        self.learned.range
    }

    /// Whether something can be said of spending so much a day.
    pub fn observed(&self, daily: f64) -> bool {
        let (low, high) = self.learned.range;
        (low..=high).contains(&daily)
    }

    /// The mean elasticity at the median day: by how many per cent more comes in for one per cent
    /// more spend.
    pub fn elasticity(&self) -> f64 {
        let shapes = self.learned.shapes.iter().zip(&self.weights);
        shapes
            .map(|(shape, weight)| shape.elasticity * weight)
            .sum()
    }

    /// What days with these spends bring in, with the scatter of the days.
    pub fn over(&self, spends: &[(NaiveDate, f64)]) -> Outlook {
        let median = self.learned.median;
        self.spread(
            spends.iter().map(|(day, _)| *day),
            |shape| {
                let spends = spends.iter();
                spends
                    .map(|(day, spend)| {
                        let part = shape.weekdays.get(weekday(*day)).copied().unwrap_or(1.0);
                        part * saturating(shape.elasticity, spend / median)
                    })
                    .sum()
            },
            true,
        )
        .outlook()
    }

    /// What so many days from `first` bring in with the same spend on each, with their scatter.
    pub fn at(&self, daily: f64, first: NaiveDate, days: usize) -> Outlook {
        let spends: Vec<(NaiveDate, f64)> = first
            .iter_days()
            .take(days)
            .map(|day| (day, daily))
            .collect();
        self.over(&spends)
    }

    /// What so many days from `first` are expected to bring in more with one spend on each than with
    /// another. The scatter of the days is not in it: it is there either way.
    pub fn change(&self, was: f64, is: f64, first: NaiveDate, days: usize) -> Spread {
        let median = self.learned.median;
        self.spread(
            first.iter_days().take(days),
            |shape| {
                let all: f64 = first
                    .iter_days()
                    .take(days)
                    .map(|day| shape.weekdays.get(weekday(day)).copied().unwrap_or(1.0))
                    .sum();
                let response = |spend: f64| saturating(shape.elasticity, spend / median);
                all * (response(is) - response(was))
            },
            false,
        )
    }

    /// The level times what `exposure` makes of each elasticity, some days ahead.
    fn spread(
        &self,
        days: impl Iterator<Item = NaiveDate>,
        exposure: impl Fn(&Shape) -> f64,
        scatter: bool,
    ) -> Spread {
        let learned = &self.learned;
        let ahead = days.map(|day| from_days(day - learned.last));
        let ahead = mean(ahead).unwrap_or(0.0).max(0.0);
        let mut spread = Spread::default();
        for (shape, weight) in learned.shapes.iter().zip(&self.weights) {
            let exposure = exposure(shape);
            for level in &shape.levels {
                let mean = exposure * level.mean;
                let known = level.known * level.discount.powf(ahead);
                let mut variance = mean * mean / known;
                if scatter {
                    variance += learned.dispersion * mean;
                }
                spread.add(mean, variance, weight * level.weight);
            }
        }
        spread
    }
}

fn from_days(span: TimeDelta) -> f64 {
    f64::from(i32::try_from(span.num_days()).unwrap_or(i32::MAX))
}
