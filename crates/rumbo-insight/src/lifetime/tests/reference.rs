//! Every value of `reference_outputs.json` within 1 %, fitted from the same customers. Most are far
//! nearer; where one is, the tighter tolerance is asked, so that a regression shows.

use super::{assert_close, cdnow};
use crate::lifetime::{
    Customer, Grain, Horizon, Outlook, PurchaseModel, SpendModel, frequency_spend_correlation,
    lifetime_value,
};

#[test]
fn the_purchase_model_is_that_of_the_reference() {
    let customers = cdnow::customers();
    assert_close(2357.0, cdnow::reference("bgnbd_cdnow/n"), 0.0);
    assert_eq!(customers.len(), 2357);
    let model = PurchaseModel::fit(&customers).unwrap();
    let found = model.parameters();
    let of = |name: &str| cdnow::reference(&format!("bgnbd_cdnow/{name}"));
    println!("{found:?}");
    assert_close(found.r, of("r"), 1e-3);
    assert_close(found.alpha, of("alpha"), 1e-3);
    assert_close(found.a, of("a"), 1e-3);
    assert_close(found.b, of("b"), 1e-3);

    // Brought to the reference's unit of time, the age of the oldest customer.
    let oldest = 38.86_f64;
    let repeats: u32 = customers.iter().map(Customer::frequency).sum();
    let shift = f64::from(repeats) / 2357.0 * oldest.ln();
    let log_likelihood = model.mean_log_likelihood(&customers).unwrap() + shift;
    println!("{}", -log_likelihood);
    assert_close(-log_likelihood, of("neg_LL_per_obs"), 1e-6);

    let customer = Customer::new(2, 30.43, 38.86, 0.0).unwrap();
    let expected = model.expected_purchases(&customer, Horizon::new(39.0).unwrap());
    let alive = model.probability_alive(&customer);
    println!("{expected} {alive}");
    assert_close(expected, cdnow::reference("E39_x2_tx30.43_T38.86"), 1e-3);
    assert_close(alive, cdnow::reference("palive_x2_tx30.43_T38.86"), 1e-3);
}

#[test]
fn the_spend_model_is_that_of_the_reference() {
    let customers = cdnow::customers();
    let model = SpendModel::fit(&customers).unwrap();
    let found = model.parameters();
    println!("{found:?}");
    assert_close(found.p, cdnow::reference("gg/p"), 1e-3);
    assert_close(found.q, cdnow::reference("gg/q"), 1e-3);
    assert_close(found.v, cdnow::reference("gg/v"), 1e-3);

    let repeat: Vec<Customer> = (customers.iter().copied())
        .filter(|c| c.frequency() > 0)
        .collect();
    assert_close(946.0, cdnow::reference("gg/n"), 0.0);
    assert_eq!(repeat.len(), 946);
    let mean = |of: &dyn Fn(&Customer) -> f64| repeat.iter().map(of).sum::<f64>() / 946.0;
    let expected = mean(&|c| model.expected_spend(c));
    let correlation = frequency_spend_correlation(&customers).unwrap();
    println!("{expected} {correlation}");
    assert_close(
        mean(&Customer::monetary),
        cdnow::reference("gg/mean_obs"),
        1e-9,
    );
    assert_close(expected, cdnow::reference("gg/mean_EM"), 1e-3);
    assert_close(correlation, cdnow::reference("gg/corr_freq_monetary"), 1e-9);
}

#[test]
fn the_lifetime_values_are_those_of_the_reference() {
    let customers = cdnow::customers();
    let purchases = PurchaseModel::fit(&customers).unwrap();
    let spend = SpendModel::fit(&customers).unwrap();
    let outlook = Outlook::new(12, Grain::DaysInWeeks, 0.01).unwrap();
    let values: Vec<f64> = customers
        .iter()
        .map(|customer| lifetime_value(&purchases, &spend, customer, &outlook))
        .collect();
    let sum: f64 = values.iter().sum();
    println!("{sum} {} {:?}", sum / 2357.0, &values[..5]);
    assert_close(sum, cdnow::reference("clv_12m_1pct_weekly/sum"), 1e-3);
    assert_close(
        sum / 2357.0,
        cdnow::reference("clv_12m_1pct_weekly/mean"),
        1e-3,
    );
    for (number, value) in (1..=5).zip(values) {
        let expected = cdnow::reference(&format!("clv_12m_1pct_weekly/head/{number}"));
        assert_close(value, expected, 1e-3);
    }
}

/// What the BG/NBD paper prints for these customers, to its three decimals.
#[test]
fn the_paper_says_the_same() {
    let customers = cdnow::customers();
    let model = PurchaseModel::fit(&customers).unwrap();
    let found = model.parameters();
    assert!((found.r - 0.243).abs() < 5e-4);
    assert!((found.alpha - 4.414).abs() < 5e-4);
    assert!((found.a - 0.793).abs() < 5e-4);
    assert!((found.b - 2.426).abs() < 5e-4);
    let log_likelihood = model.mean_log_likelihood(&customers).unwrap() * 2357.0;
    assert_close(log_likelihood, -9582.4, 1e-5);
}
