//! What customers will still bring in, and how far to believe it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rumbo_base::{ContactId, Currency};

use crate::lifetime::{
    Backtest, BacktestRefusal, Customer, Grain, Horizon, OutOfRange, Outlook, Purchase,
    PurchaseModel, PurchaseParameters, SpendModel, SpendParameters, Unfit, backtest,
    lifetime_value, summarise,
};

/// A backtest that was further off than this, in percent of what was really bought, either way:
/// then no value is told.
pub const WORST_BACKTEST: f64 = 30.0;
/// The purchases that the backtest predicts lie in the last half of the past, and in the last
/// year of it at most.
const LONGEST_BACKTEST: u64 = 365;
/// How many customers are told one by one, where nobody asks for another number.
pub const BEST_CUSTOMERS: u32 = 10;
/// Purchases of a day are one; time is in weeks. A month is 4.345 of them.
const GRAIN: Grain = Grain::DaysInWeeks;

/// Everything that somebody bought in the currency of their first sale.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub contact: ContactId,
    /// The place of the cohort; `None` for somebody who is in none of the report.
    pub cohort: Option<usize>,
    /// With the margin of each sale as its amount.
    pub purchases: Vec<Purchase>,
}

/// Everybody's purchases by currency: what a prediction is made from.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// The last day of which anything is known.
    end: NaiveDate,
    by_currency: BTreeMap<Currency, Vec<History>>,
    /// The key of the row that each cohort falls into.
    rows: Vec<String>,
}

/// What the customers of one currency will bring in.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Everybody who ever bought first in this currency.
    pub customers: usize,
    /// Days with a purchase of all of them together, over the months asked for.
    pub purchases: f64,
    /// What these bring in, discounted, in units of the currency.
    pub value: f64,
    /// The same of the customers of each row, by its key. Who belongs to no row is in none.
    pub by_row: BTreeMap<String, Predicted>,
    /// Those with the highest value, highest first.
    pub best: Vec<BestCustomer>,
    /// How the model would have done before.
    pub backtest: Backtest,
    /// It was fitted up to and with this day, and predicted up to `end`.
    pub split: NaiveDate,
    /// The last day of which anything is known.
    pub end: NaiveDate,
    /// How often customers buy, and when they leave; time in weeks.
    pub purchase_parameters: PurchaseParameters,
    /// How much they bring in on a day with a purchase.
    pub spend_parameters: SpendParameters,
}

/// What the customers of a row will bring in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Predicted {
    pub customers: usize,
    pub purchases: f64,
    /// In units of the currency.
    pub value: f64,
}

/// A customer who stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestCustomer {
    pub contact: ContactId,
    /// Days with a purchase so far.
    pub bought: u32,
    /// The last of them.
    pub last: NaiveDate,
    /// That they have not left for good, 0 to 1.
    pub alive: f64,
    /// Days with a purchase that are expected.
    pub purchases: f64,
    /// In units of the currency.
    pub value: f64,
}

/// Why nothing is predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NotPredicted {
    /// Nobody has bought anything.
    NoCustomers,
    /// How often they buy cannot be fitted.
    Purchases(Unfit),
    /// How much they bring in cannot be fitted.
    Spend(Unfit),
    /// A history, or what is asked for, cannot be.
    OutOfRange(OutOfRange),
    /// There is too little of a past to see how the model would have done.
    NoBacktest(BacktestRefusal),
    /// The model would have been off by so many percent. `None` when nothing was bought.
    Off(Option<f64>),
}

impl Histories {
    pub(super) fn end_on(&mut self, day: NaiveDate) {
        self.end = day;
    }

    pub(super) fn add(&mut self, currency: Currency, history: History) {
        self.by_currency.entry(currency).or_default().push(history);
    }

    pub(super) fn name_rows(&mut self, rows: impl Iterator<Item = String>) {
        if !self.by_currency.is_empty() {
            self.rows = rows.collect();
        }
    }

    /// What the customers of a currency will bring in over so many months, where money of a month
    /// later is worth less by `monthly_discount` (0.01 is 1 %). The `best` customers are told one by
    /// one. Takes a second for some hundred
    /// thousand customers: run it in a task that may block.
    ///
    /// # Errors
    /// When there is nothing to predict from, it cannot be fitted, or the model would have done
    /// badly on the customers' own past.
    pub fn predict(
        &self,
        currency: Currency,
        months: u32,
        monthly_discount: f64,
        best: u32,
    ) -> Result<Prediction, NotPredicted> {
        let outlook =
            Outlook::new(months, GRAIN, monthly_discount).map_err(NotPredicted::OutOfRange)?;
        let ahead = Horizon::new(f64::from(months) * GRAIN.periods_per_month())
            .map_err(NotPredicted::OutOfRange)?;
        let everybody = self
            .by_currency
            .get(&currency)
            .map_or(&[][..], Vec::as_slice);
        let mut known: Vec<(&History, Customer)> = Vec::with_capacity(everybody.len());
        for history in everybody {
            let customer =
                summarise(&history.purchases, self.end, GRAIN).map_err(NotPredicted::OutOfRange)?;
            known.extend(customer.map(|it| (history, it)));
        }
        let customers: Vec<Customer> = known.iter().map(|(_, customer)| *customer).collect();
        let days = || {
            everybody
                .iter()
                .flat_map(|it| it.purchases.iter().map(|p| p.day))
        };
        let first = days().min().ok_or(NotPredicted::NoCustomers)?;
        let model = PurchaseModel::fit(&customers).map_err(NotPredicted::Purchases)?;
        let spend = SpendModel::fit(&customers).map_err(NotPredicted::Spend)?;
        let split = split(first, self.end);
        let histories: Vec<&[Purchase]> =
            everybody.iter().map(|it| it.purchases.as_slice()).collect();
        let backtest =
            backtest(&histories, split, self.end, GRAIN).map_err(NotPredicted::NoBacktest)?;
        match backtest.total.error_percent() {
            Some(off) if off.abs() <= WORST_BACKTEST => {}
            off => return Err(NotPredicted::Off(off)),
        }
        let mut made = Prediction {
            customers: known.len(),
            purchases: 0.0,
            value: 0.0,
            by_row: BTreeMap::new(),
            best: Vec::new(),
            backtest,
            split,
            end: self.end,
            purchase_parameters: model.parameters(),
            spend_parameters: spend.parameters(),
        };
        let mut by_cohort = vec![Predicted::default(); self.rows.len()];
        let mut values: Vec<(f64, &History, Customer)> = Vec::with_capacity(known.len());
        for (history, customer) in known {
            let purchases = model.expected_purchases(&customer, ahead);
            let value = lifetime_value(&model, &spend, &customer, &outlook);
            made.purchases += purchases;
            made.value += value;
            if let Some(sum) = history.cohort.and_then(|at| by_cohort.get_mut(at)) {
                sum.customers += 1;
                sum.purchases += purchases;
                sum.value += value;
            }
            values.push((value, history, customer));
        }
        for (row, more) in self.rows.iter().zip(by_cohort) {
            if more.customers > 0 {
                let sum = made.by_row.entry(row.clone()).or_default();
                sum.customers += more.customers;
                sum.purchases += more.purchases;
                sum.value += more.value;
            }
        }
        values.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.contact.cmp(&b.1.contact)));
        made.best = values
            .into_iter()
            .take(usize::try_from(best).unwrap_or(usize::MAX))
            .map(|(value, history, customer)| BestCustomer {
                contact: history.contact,
                bought: customer.frequency() + 1,
                last: history
                    .purchases
                    .iter()
                    .map(|it| it.day)
                    .max()
                    .unwrap_or(self.end),
                alive: model.probability_alive(&customer),
                purchases: model.expected_purchases(&customer, ahead),
                value,
            })
            .collect();
        Ok(made)
    }
}

/// The last day that a backtest knows.
fn split(first: NaiveDate, end: NaiveDate) -> NaiveDate {
    let past = u64::try_from((end - first).num_days()).unwrap_or(0);
    let ahead = Days::new((past / 2).min(LONGEST_BACKTEST));
    end.checked_sub_days(ahead).unwrap_or(first)
}
