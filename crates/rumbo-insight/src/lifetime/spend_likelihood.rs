use special::Gamma;

use super::customer::Customer;
use super::float;
use super::spend_model::SpendParameters;

/// The likelihood of Gamma-Gamma for the customers who bought again and paid.
#[derive(Debug)]
pub(super) struct SpendLikelihood {
    customers: f64,
    /// By frequency: the gamma functions are the same for all customers of a class.
    classes: Vec<Class>,
}

#[derive(Debug)]
struct Class {
    frequency: f64,
    customers: f64,
    /// What each customer's repeat purchases add up to, sorted.
    totals: Vec<f64>,
    sum_log_totals: f64,
    sum_log_means: f64,
}

impl SpendLikelihood {
    /// Money is divided by `unit`.
    pub fn new(customers: &[&Customer], unit: f64) -> Self {
        let mut sorted: Vec<(u32, f64)> = customers
            .iter()
            .map(|customer| (customer.frequency(), customer.monetary() / unit))
            .collect();
        sorted.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let classes = sorted
            .chunk_by(|one, other| one.0 == other.0)
            .filter_map(|class| {
                let frequency = f64::from(class.first()?.0);
                let totals: Vec<f64> = class.iter().map(|(_, mean)| mean * frequency).collect();
                Some(Class {
                    frequency,
                    customers: float::from_count(class.len()),
                    sum_log_totals: totals.iter().map(|total| total.ln()).sum(),
                    sum_log_means: class.iter().map(|(_, mean)| mean.ln()).sum(),
                    totals,
                })
            })
            .collect();
        Self {
            customers: float::from_count(customers.len()),
            classes,
        }
    }

    /// The mean log-likelihood of a customer (GG formula 1a), and its slopes by p, q and v.
    pub fn mean(&self, parameters: &SpendParameters) -> (f64, [f64; 3]) {
        let SpendParameters { p, q, v } = *parameters;
        let (log_gamma_q, digamma_q, log_v) = (log_gamma(q), q.digamma(), v.ln());
        let mut sum = 0.0;
        let mut slopes = [0.0; 3];
        for class in &self.classes {
            let shape = p * class.frequency;
            let (mut log_ends, mut by_ends) = (0.0, 0.0);
            for total in &class.totals {
                log_ends += (total + v).ln();
                by_ends += (total + v).recip();
            }
            let own = log_gamma(shape + q) - log_gamma(shape) - log_gamma_q + q * log_v;
            sum += class.customers * own + shape * class.sum_log_totals
                - class.sum_log_means
                - (shape + q) * log_ends;
            let digamma = (shape + q).digamma();
            let by_shape = class.customers * (digamma - shape.digamma()) + class.sum_log_totals;
            let slope = [
                class.frequency * (by_shape - log_ends),
                class.customers * (digamma - digamma_q + log_v) - log_ends,
                class.customers * q / v - (shape + q) * by_ends,
            ];
            for (total, part) in slopes.iter_mut().zip(slope) {
                *total += part;
            }
        }
        (sum / self.customers, slopes.map(|s| s / self.customers))
    }
}

/// Of a positive number, where the second part, the sign, is always 1.
fn log_gamma(x: f64) -> f64 {
    Gamma::ln_gamma(x).0
}
