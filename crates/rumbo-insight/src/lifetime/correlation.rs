use super::customer::Customer;
use super::float;

/// Pearson's correlation of frequency and mean spend, over the customers who bought again and paid.
/// `None` when one of the two does not vary, or there are fewer than two such customers.
///
/// Gamma-Gamma takes the two for independent (GG); CDNOW has 0.11.
pub fn frequency_spend_correlation(customers: &[Customer]) -> Option<f64> {
    let mut pairs: Vec<(f64, f64)> = customers
        .iter()
        .filter(|customer| customer.has_paid_repeat())
        .map(|customer| (f64::from(customer.frequency()), customer.monetary()))
        .collect();
    // So that the order of the customers does not show in the last digits.
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let count = float::from_count(pairs.len());
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / count;
    let (frequency, spend) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut both, mut frequencies, mut spends) = (0.0, 0.0, 0.0);
    for (x, money) in &pairs {
        both += (x - frequency) * (money - spend);
        frequencies += (x - frequency).powi(2);
        spends += (money - spend).powi(2);
    }
    // What is left of equal amounts after rounding is no variation.
    let varies = frequencies > 0.0 && spends > count * (spend * 1e-12).powi(2);
    varies.then(|| both / (frequencies * spends).sqrt())
}
