//! The CDNOW files in `fixtures/cdnow`, and the orders that the import of rumbo-crm reads; where
//! they come from is said there.

use chrono::NaiveDate;

use crate::lifetime::{Customer, Purchase};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/", $name))
    };
}

/// The published summary: 39 weeks to 30 September 1997, in the order of the customer's number.
pub fn customers() -> Vec<Customer> {
    fixture!("cdnow/cdnow_customers_summary_with_transactions.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.trim().split(',').collect();
            let number = |at: usize| cells[at].parse::<f64>().unwrap();
            Customer::new(cells[1].parse().unwrap(), number(2), number(3), number(4)).unwrap()
        })
        .collect()
}

/// The orders of 78 weeks, one list for each customer, in the same order.
pub fn histories() -> Vec<Vec<Purchase>> {
    let mut histories: Vec<Vec<Purchase>> = Vec::new();
    for line in fixture!("../../rumbo-crm/fixtures/CDNOW_sample.txt").lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let customer: usize = cells[1].parse().unwrap();
        let day = NaiveDate::parse_from_str(cells[2], "%Y%m%d").unwrap();
        let (dollars, cents) = cells[4].split_once('.').unwrap();
        assert_eq!(cents.len(), 2);
        let cents: i64 = format!("{dollars}{cents}").parse().unwrap();
        if histories.len() < customer {
            histories.push(Vec::new());
        }
        histories[customer - 1].push(Purchase {
            day,
            amount_micros: cents * 10_000,
        });
    }
    histories
}

/// What Python's `lifetimes` makes of the summary.
pub fn reference(path: &str) -> f64 {
    let all: serde_json::Value =
        serde_json::from_str(fixture!("cdnow/reference_outputs.json")).unwrap();
    let found = path.split('/').fold(&all, |value, key| &value[key]);
    found.as_f64().unwrap()
}

pub fn split() -> NaiveDate {
    NaiveDate::from_ymd_opt(1997, 9, 30).unwrap()
}

pub fn end() -> NaiveDate {
    NaiveDate::from_ymd_opt(1998, 6, 30).unwrap()
}
