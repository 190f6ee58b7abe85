use super::simulation::Chance;
use crate::lifetime::search::{Axis, highest};
use crate::lifetime::{
    Customer, Grain, Horizon, OutOfRange, Outlook, PurchaseModel, PurchaseParameters, SpendModel,
    SpendParameters, Unfit, frequency_spend_correlation,
};

fn paying(customer: &Customer, monetary: f64) -> Customer {
    let (recency, age) = (customer.recency(), customer.age());
    Customer::new(customer.frequency(), recency, age, monetary).unwrap()
}

#[test]
fn too_few_repeat_buyers() {
    let mut customers = Chance(1).like_cdnow(2_000);
    let mut left = 99;
    customers.retain(|customer| {
        let again = customer.frequency() > 0;
        left -= i32::from(again);
        !again || left >= 0
    });
    let refusal = Unfit::TooFewRepeatBuyers {
        found: 99,
        needed: 100,
    };
    assert_eq!(PurchaseModel::fit(&customers), Err(refusal));
    assert_eq!(SpendModel::fit(&customers), Err(refusal));
    assert_eq!(
        refusal.to_string(),
        "99 customers bought again. At least 100 are needed."
    );
    let nobody = Unfit::TooFewRepeatBuyers {
        found: 0,
        needed: 100,
    };
    assert_eq!(PurchaseModel::fit(&[]), Err(nobody));
    assert_eq!(SpendModel::fit(&[]), Err(nobody));
}

#[test]
fn just_enough_repeat_buyers() {
    let mut customers = Chance(4).like_cdnow(2_000);
    customers.retain(|customer| customer.frequency() > 0);
    customers.truncate(PurchaseModel::LEAST_REPEAT_BUYERS);
    let too_few = |unfit: &Unfit| matches!(unfit, Unfit::TooFewRepeatBuyers { .. });
    assert!(!PurchaseModel::fit(&customers).is_err_and(|unfit| too_few(&unfit)));
    assert!(SpendModel::fit(&customers).is_ok());
}

#[test]
fn frequency_and_spend_that_go_together() {
    let customers: Vec<Customer> = Chance(1)
        .like_cdnow(2_000)
        .iter()
        .map(|it| paying(it, it.monetary() + 20.0 * f64::from(it.frequency())))
        .collect();
    let refusal = SpendModel::fit(&customers).unwrap_err();
    assert!(matches!(refusal, Unfit::Correlated { correlation, .. } if correlation > 0.8));
    let falling: Vec<Customer> = customers
        .iter()
        .map(|it| paying(it, 1e6 / (1.0 + it.monetary())))
        .collect();
    let refusal = SpendModel::fit(&falling).unwrap_err();
    assert!(matches!(refusal, Unfit::Correlated { correlation, .. } if correlation < -0.3));
}

#[test]
fn too_many_who_paid_nothing() {
    let mut customers = Chance(1).like_cdnow(2_000);
    let before = SpendModel::fit(&customers).unwrap();
    let repeat = customers.iter().filter(|c| c.frequency() > 0).count();
    let mut unpaid = 0;
    for customer in customers.iter_mut().filter(|c| c.frequency() > 0) {
        if unpaid * 12 < repeat {
            *customer = paying(customer, 0.0);
            unpaid += 1;
        }
    }
    // Fewer than a tenth are only left out.
    let after = SpendModel::fit(&customers).unwrap();
    assert_ne!(before, after);
    super::assert_close(after.population_spend(), before.population_spend(), 0.05);
    for customer in customers.iter_mut().filter(|c| c.frequency() > 0) {
        if unpaid * 9 < repeat && customer.monetary() > 0.0 {
            *customer = paying(customer, -1.0);
            unpaid += 1;
        }
    }
    let refusal = Unfit::TooManyUnpaid {
        found: unpaid,
        of: repeat,
    };
    assert_eq!(SpendModel::fit(&customers), Err(refusal));
}

/// Who paid nothing does not count in the correlation, and what does not vary has none.
#[test]
fn a_correlation_of_payers() {
    let of = |pairs: &[(u32, f64)]| {
        let customers: Vec<Customer> = pairs
            .iter()
            .map(|(x, money)| Customer::new(*x, 5.0, 9.0, *money).unwrap())
            .collect();
        frequency_spend_correlation(&customers)
    };
    super::assert_close(of(&[(1, 3.0), (2, 5.0), (3, 7.0)]).unwrap(), 1.0, 1e-12);
    super::assert_close(of(&[(1, 3.0), (2, 5.0), (9, 0.0)]).unwrap(), 1.0, 1e-12);
    super::assert_close(of(&[(1, 9.0), (2, 5.0), (9, -8.0)]).unwrap(), -1.0, 1e-12);
    assert_eq!(of(&[(1, 0.1), (2, 0.1), (3, 0.1)]), None);
    assert_eq!(of(&[(2, 3.0), (2, 4.0)]), None);
    assert_eq!(of(&[(2, 3.0)]), None);
    assert_eq!(of(&[]), None);
}

/// Where nobody ever leaves and everybody buys every tenth period, nothing tells customers apart.
#[test]
fn an_optimum_at_a_bound() {
    let alike: Vec<Customer> = (0..400)
        .map(|_| Customer::new(9, 90.0, 95.0, 10.0).unwrap())
        .collect();
    let refusal = PurchaseModel::fit(&alike).unwrap_err();
    println!("{refusal}");
    assert!(matches!(refusal, Unfit::AtBound { value, bound, .. } if value > bound));
    let refusal = SpendModel::fit(&alike).unwrap_err();
    println!("{refusal}");
    assert!(matches!(refusal, Unfit::AtBound { .. }));
    // An age of 0 must not divide by it.
    let young: Vec<Customer> = (0..400)
        .map(|_| Customer::new(1, 0.0, 0.0, 10.0).unwrap())
        .collect();
    let refusal = PurchaseModel::fit(&young).unwrap_err();
    println!("{refusal}");
    assert!(matches!(refusal, Unfit::AtBound { value, .. } if value.is_finite()));
}

#[test]
fn spend_without_a_mean() {
    let buying = PurchaseParameters {
        r: 1.5,
        alpha: 12.0,
        a: 0.4,
        b: 4.0,
    };
    let wild = SpendParameters {
        p: 5.0,
        q: 0.6,
        v: 10.0,
    };
    let mut chance = Chance(5);
    let customers: Vec<Customer> = (0..3_000)
        .map(|_| chance.customer(&buying, &wild, 20.0, 100.0))
        .collect();
    let refusal = SpendModel::fit(&customers).unwrap_err();
    println!("{refusal}");
    assert!(matches!(refusal, Unfit::EndlessMean { q } if (0.5..0.7).contains(&q)));
    assert!(SpendModel::with_parameters(wild).is_err());
}

/// A function with a corner at its top never becomes flat.
#[test]
fn a_search_that_does_not_come_to_rest() {
    let axes = [Axis {
        name: "x",
        least: 0.1,
        most: 10.0,
        unit: 1.0,
    }];
    let corner = |&[x]: &[f64; 1]| (-(x - 2.0).abs(), [-(x - 2.0).signum()]);
    let refusal = highest(&axes, &[[1.0], [5.0]], corner).unwrap_err();
    assert!(matches!(refusal, Unfit::NotConverged { slope, .. } if slope > 1.0));
    let lost = |_: &[f64; 1]| (f64::NAN, [f64::NAN]);
    assert!(matches!(
        highest(&axes, &[[1.0]], lost),
        Err(Unfit::NotConverged { .. })
    ));
    assert!(matches!(
        highest(&axes, &[], corner),
        Err(Unfit::NotConverged { .. })
    ));
    let smooth = |&[x]: &[f64; 1]| (-(x - 2.0).powi(2), [-2.0 * (x - 2.0)]);
    super::assert_close(highest(&axes, &[[9.0]], smooth).unwrap()[0], 2.0, 1e-8);
}

/// The higher of two tops, whichever start comes first; and a bound in the caller's unit.
#[test]
fn a_search_takes_the_best_of_its_starts() {
    let axis = Axis {
        name: "x",
        least: 0.01,
        most: 100.0,
        unit: 7.0,
    };
    let tops = |&[x]: &[f64; 1]| {
        let log = x.ln();
        let (low, high) = (
            (-(log + 2.0).powi(2)).exp(),
            2.0 * (-(log - 2.0).powi(2)).exp(),
        );
        let slope = -2.0 * (log + 2.0) * low - 2.0 * (log - 2.0) * high;
        (low + high, [slope / x])
    };
    for starts in [[[0.2], [6.0]], [[6.0], [0.2]]] {
        let [top] = highest(&[axis], &starts, tops).unwrap();
        super::assert_close(top, 2.0_f64.exp(), 1e-3);
    }
    let rising = |&[x]: &[f64; 1]| (x.ln(), [x.recip()]);
    let refusal = highest(&[axis], &[[1.0]], rising).unwrap_err();
    // The parabola beyond the bound rests where its slope is that of the function.
    let Unfit::AtBound {
        parameter: "x",
        value,
        bound,
    } = refusal
    else {
        panic!("{refusal}");
    };
    super::assert_close(bound, 700.0, 1e-12);
    super::assert_close(value, 700.0 * 0.5_f64.exp(), 1e-6);
}

#[test]
fn impossible_numbers() {
    for (frequency, recency, age, monetary, what) in [
        (1, 3.0, 2.0, 1.0, "recency"),
        (1, -1.0, 2.0, 1.0, "recency"),
        (0, 1.0, 2.0, 0.0, "recency"),
        (1, f64::NAN, 2.0, 1.0, "recency"),
        (1, 1.0, f64::INFINITY, 1.0, "age"),
        (1, 1.0, 2.0, f64::NAN, "monetary"),
        (100_001, 1.0, 2.0, 1.0, "frequency"),
    ] {
        let fault = Customer::new(frequency, recency, age, monetary).unwrap_err();
        assert_eq!(fault.what, what);
    }
    let fault = OutOfRange {
        what: "recency",
        value: 3.0,
        least: 0.0,
        most: 2.0,
    };
    assert_eq!(fault.to_string(), "recency is 3. It must be from 0 to 2.");
    assert!(Horizon::new(-1.0).is_err() && Horizon::new(f64::NAN).is_err());
    assert!(Outlook::new(601, Grain::Days, 0.01).is_err());
    assert!(Outlook::new(12, Grain::Days, -0.01).is_err());
    let parameters = PurchaseParameters {
        r: 1.0,
        alpha: 0.0,
        a: 1.0,
        b: 1.0,
    };
    assert!(PurchaseModel::with_parameters(parameters).is_err());
}
