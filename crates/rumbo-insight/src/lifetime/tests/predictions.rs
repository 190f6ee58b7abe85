use super::assert_close;
use super::simulation::Chance;
use crate::lifetime::{
    Customer, Grain, Horizon, Outlook, PurchaseModel, PurchaseParameters, SpendModel,
    SpendParameters, lifetime_value,
};

fn model([r, alpha, a, b]: [f64; 4]) -> PurchaseModel {
    PurchaseModel::with_parameters(PurchaseParameters { r, alpha, a, b }).unwrap()
}

fn cdnow_purchases() -> PurchaseModel {
    model([0.24259, 4.41353, 0.79289, 2.42575])
}

fn cdnow_spend() -> SpendModel {
    let parameters = SpendParameters {
        p: 6.2488,
        q: 3.74459,
        v: 15.44775,
    };
    SpendModel::with_parameters(parameters).unwrap()
}

fn ahead(periods: f64) -> Horizon {
    Horizon::new(periods).unwrap()
}

/// The sum against formula 10 as the paper has it, with ₂F₁ by mpmath 1.3 with 60 digits. Among
/// the cases are those where that formula is 0/0 (a = 1, a+b+x = 1), negative arguments of ₂F₁,
/// a frequency at which it overflows, and a customer who is surely gone.
#[test]
fn expected_purchases_are_those_of_the_hypergeometric_formula() {
    let cdnow = [0.24259, 4.41353, 0.79289, 2.42575];
    for (parameters, x, recency, age, horizon, expected) in [
        (cdnow, 2, 30.43, 38.86, 39.0, 1.225_906_293_795_933),
        (cdnow, 0, 0.0, 38.86, 52.14, 0.252_258_225_382_775_6),
        (cdnow, 0, 0.0, 0.0, 520.0, 4.968_669_377_781_816),
        (cdnow, 29, 38.0, 38.86, 39.0, 19.452_983_406_100_93),
        (cdnow, 900, 38.5, 38.86, 520.0, 1_163.599_677_239_491),
        (cdnow, 3, 10.0, 38.86, 0.001, 1.022_257_139_686_488e-5),
        (
            [0.5, 10.0, 1.0, 3.0],
            1,
            5.0,
            20.0,
            30.0,
            0.630_482_495_836_534_6,
        ),
        (
            [0.5, 10.0, 0.3, 0.7],
            0,
            0.0,
            20.0,
            30.0,
            0.424_680_702_844_692_6,
        ),
        (
            [0.5, 10.0, 0.1, 0.2],
            0,
            0.0,
            20.0,
            300.0,
            3.093_691_465_637_296,
        ),
        (
            [0.5, 10.0, 0.999_999, 3.0],
            4,
            15.0,
            20.0,
            30.0,
            2.492_634_554_130_744,
        ),
        (
            [60.0, 5.0, 8.0, 30.0],
            7,
            9.0,
            10.0,
            100.0,
            0.266_217_568_272_846_1,
        ),
        (
            [80.0, 100.0, 0.01, 500.0],
            3,
            9.0,
            10.0,
            36_000.0,
            26_337.364_722_522_34,
        ),
        (
            [0.05, 0.02, 4.0, 9.0],
            0,
            0.0,
            0.0,
            3_000.0,
            1.620_822_231_230_147,
        ),
        (
            [2.5, 1.0, 1.7, 0.4],
            1_000,
            300.0,
            365.0,
            365.0,
            2.411_474_183_260_143e-80,
        ),
    ] {
        let customer = Customer::new(x, recency, age, 0.0).unwrap();
        let found = model(parameters).expected_purchases(&customer, ahead(horizon));
        println!("{parameters:?} {x} {horizon} {:e}", found / expected - 1.0);
        assert_close(found, expected, 1e-10);
    }
}

#[test]
fn probabilities_are_probabilities_and_fall_with_silence() {
    let model = cdnow_purchases();
    for x in [1, 2, 5, 30, 400] {
        let mut before = 1.0;
        for silence in 0..=60 {
            let age = 40.0 + f64::from(silence);
            let customer = Customer::new(x, 40.0, age, 0.0).unwrap();
            let alive = model.probability_alive(&customer);
            assert!((0.0..=1.0).contains(&alive));
            assert!(alive < before, "{x} purchases, silent for {silence}");
            before = alive;
        }
    }
    assert_close(model.probability_alive(&Customer::newcomer()), 1.0, 0.0);
    let extreme = Customer::new(100_000, 0.0, 36_525.0, 0.0).unwrap();
    assert!((0.0..=1.0).contains(&model.probability_alive(&extreme)));
}

#[test]
fn more_is_expected_of_a_longer_time() {
    let model = cdnow_purchases();
    for (x, recency, age) in [
        (0, 0.0, 0.0),
        (0, 0.0, 30.0),
        (3, 12.0, 30.0),
        (40, 30.0, 30.0),
    ] {
        let customer = Customer::new(x, recency, age, 0.0).unwrap();
        assert_close(model.expected_purchases(&customer, ahead(0.0)), 0.0, 0.0);
        let mut before = 0.0;
        for periods in [0.1, 1.0, 4.0, 13.0, 52.0, 520.0, 5_200.0, 36_525.0] {
            let expected = model.expected_purchases(&customer, ahead(periods));
            assert!(expected > before, "{x} purchases, {periods} ahead");
            before = expected;
        }
    }
}

/// Month by month is the same as at once where nothing is discounted; a discount takes off.
#[test]
fn the_value_without_discount_is_purchases_times_spend() {
    let (purchases, spend) = (cdnow_purchases(), cdnow_spend());
    for (grain, months, periods) in [
        (Grain::DaysInWeeks, 12, 52.14),
        (Grain::Weeks, 6, 26.07),
        (Grain::Days, 2, 60.0),
    ] {
        let customer = Customer::new(2, 30.43, 38.86, 22.35).unwrap();
        let at = |discount| {
            let outlook = Outlook::new(months, grain, discount).unwrap();
            lifetime_value(&purchases, &spend, &customer, &outlook)
        };
        let plain = purchases.expected_purchases(&customer, ahead(periods))
            * spend.expected_spend(&customer);
        assert_close(at(0.0), plain, 1e-12);
        assert!(at(0.01) < at(0.0) && at(0.02) < at(0.01));
        // All of it counts at least as if it came at the very end.
        assert!(at(0.01) > plain / 1.01_f64.powi(i32::try_from(months).unwrap()));
    }
    // A month counts at its end: a quarter more is asked of it.
    let month = |discount| {
        let outlook = Outlook::new(1, Grain::Days, discount).unwrap();
        lifetime_value(&purchases, &spend, &Customer::newcomer(), &outlook)
    };
    assert_close(month(0.25), month(0.0) / 1.25, 1e-12);
    let nothing = Outlook::new(0, Grain::Days, 0.01).unwrap();
    let value = lifetime_value(&purchases, &spend, &Customer::newcomer(), &nothing);
    assert_close(value, 0.0, 0.0);
}

#[test]
fn spend_lies_between_the_own_mean_and_that_of_the_population() {
    let spend = cdnow_spend();
    let everybody = spend.population_spend();
    assert_close(everybody, 6.2488 * 15.44775 / 2.74459, 1e-12);
    assert_close(spend.expected_spend(&Customer::newcomer()), everybody, 0.0);
    for own in [0.5, 10.0, 200.0] {
        let mut before = (everybody - own).abs();
        for x in [1, 2, 10, 1_000] {
            let customer = Customer::new(x, 10.0, 20.0, own).unwrap();
            let distance = (spend.expected_spend(&customer) - own).abs();
            assert!(distance < before, "{x} purchases of {own}");
            before = distance;
        }
    }
    let refunded = Customer::new(3, 10.0, 20.0, -50.0).unwrap();
    let unpaid = Customer::new(3, 10.0, 20.0, 0.0).unwrap();
    assert_close(
        spend.expected_spend(&refunded),
        spend.expected_spend(&unpaid),
        0.0,
    );
    assert!(spend.expected_spend(&unpaid) > 0.0);
}

/// Formula 9, the mean over the population, by simulation.
#[test]
fn newcomers_buy_as_often_as_simulated_ones() {
    let buying = PurchaseParameters {
        r: 0.8,
        alpha: 9.0,
        a: 0.6,
        b: 2.0,
    };
    let spending = SpendParameters {
        p: 4.0,
        q: 5.0,
        v: 30.0,
    };
    let mut chance = Chance(11);
    let many = 40_000;
    let bought: u32 = (0..many)
        .map(|_| chance.customer(&buying, &spending, 52.0, 52.0).frequency())
        .sum();
    let model = PurchaseModel::with_parameters(buying).unwrap();
    let expected = model.expected_purchases(&Customer::newcomer(), ahead(52.0));
    assert_close(f64::from(bought) / f64::from(many), expected, 0.02);
}

/// Parameters that no fit gives must not keep the sum busy for years.
#[test]
fn absurd_parameters_do_not_hang() {
    for parameters in [
        [1e9, 1e-9, 1e-9, 1e9],
        [1e-9, 1e-9, 1e9, 1e-9],
        [1e9; 4],
        [1e-9; 4],
    ] {
        for customer in [
            Customer::newcomer(),
            Customer::new(100_000, 36_525.0, 36_525.0, 1.0).unwrap(),
        ] {
            for periods in [0.0, 1e-300, 1.0, 36_525.0] {
                let found = model(parameters).expected_purchases(&customer, ahead(periods));
                assert!((0.0..=300_001.0).contains(&found), "{parameters:?} {found}");
            }
        }
    }
}
