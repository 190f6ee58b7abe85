//! The fits find the parameters that the customers were made with.

use super::assert_close;
use super::simulation::Chance;
use crate::lifetime::{Customer, PurchaseModel, PurchaseParameters, SpendModel, SpendParameters};

const SPENDING: SpendParameters = SpendParameters {
    p: 4.0,
    q: 5.0,
    v: 30.0,
};

fn made(many: usize, buying: &PurchaseParameters) -> Vec<Customer> {
    let mut chance = Chance(7);
    (0..many)
        .map(|_| chance.customer(buying, &SPENDING, 20.0, 100.0))
        .collect()
}

#[test]
fn of_purchases() {
    for buying in [
        PurchaseParameters {
            r: 0.25,
            alpha: 4.4,
            a: 0.8,
            b: 2.4,
        },
        PurchaseParameters {
            r: 1.5,
            alpha: 12.0,
            a: 0.4,
            b: 4.0,
        },
        PurchaseParameters {
            r: 3.0,
            alpha: 30.0,
            a: 1.0,
            b: 3.0,
        },
    ] {
        let found = PurchaseModel::fit(&made(30_000, &buying))
            .unwrap()
            .parameters();
        println!("{buying:?} {found:?}");
        assert_close(found.r, buying.r, 0.1);
        assert_close(found.alpha, buying.alpha, 0.1);
        assert_close(found.a, buying.a, 0.1);
        assert_close(found.b, buying.b, 0.1);
    }
}

#[test]
fn of_spend() {
    let buying = PurchaseParameters {
        r: 1.5,
        alpha: 12.0,
        a: 0.4,
        b: 4.0,
    };
    let found = SpendModel::fit(&made(30_000, &buying))
        .unwrap()
        .parameters();
    println!("{found:?}");
    assert_close(found.p, SPENDING.p, 0.05);
    assert_close(found.q, SPENDING.q, 0.05);
    assert_close(found.v, SPENDING.v, 0.05);
}

/// Twice the same, and in another order, to the last digit.
#[test]
fn whatever_the_order() {
    let customers = Chance(3).like_cdnow(3_000);
    let mut turned = customers.clone();
    turned.reverse();
    turned.rotate_left(1_234);
    assert_eq!(PurchaseModel::fit(&customers), PurchaseModel::fit(&turned));
    assert_eq!(SpendModel::fit(&customers), SpendModel::fit(&turned));
}

/// Another unit of time changes α alone, another unit of money v alone.
#[test]
fn whatever_the_unit() {
    let customers = super::cdnow::customers();
    let other: Vec<Customer> = customers
        .iter()
        .map(|it| {
            let (recency, age) = (it.recency() * 7.0, it.age() * 7.0);
            Customer::new(it.frequency(), recency, age, it.monetary() * 1_300.0).unwrap()
        })
        .collect();
    let (one, two) = (
        PurchaseModel::fit(&customers).unwrap().parameters(),
        PurchaseModel::fit(&other).unwrap().parameters(),
    );
    assert_close(two.r, one.r, 1e-6);
    assert_close(two.alpha, one.alpha * 7.0, 1e-6);
    assert_close(two.a, one.a, 1e-6);
    assert_close(two.b, one.b, 1e-6);
    let (one, two) = (
        SpendModel::fit(&customers).unwrap(),
        SpendModel::fit(&other).unwrap(),
    );
    assert_close(two.parameters().p, one.parameters().p, 1e-6);
    assert_close(two.parameters().q, one.parameters().q, 1e-6);
    assert_close(two.parameters().v, one.parameters().v * 1_300.0, 1e-6);
    for (customer, scaled) in customers.iter().zip(&other) {
        let expected = one.expected_spend(customer) * 1_300.0;
        assert_close(two.expected_spend(scaled), expected, 1e-6);
    }
}
