use super::customer::Customer;
use super::grain::Grain;
use super::purchase_model::PurchaseModel;
use super::range::{OutOfRange, within};
use super::spend_model::SpendModel;

/// How far a lifetime value looks, and what later money is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    months: u32,
    grain: Grain,
    monthly_discount: f64,
}

impl Outlook {
    /// Half a century.
    pub const MOST_MONTHS: u32 = 600;

    /// - `grain`: that of the customers.
    /// - `monthly_discount`: what money loses with each month; 0.01 is 1 %.
    ///
    /// # Errors
    /// When there are more than [`Self::MOST_MONTHS`], or the discount is not from 0 to 1.
    pub fn new(months: u32, grain: Grain, monthly_discount: f64) -> Result<Self, OutOfRange> {
        let most = f64::from(Self::MOST_MONTHS);
        within("months", f64::from(months), 0.0, most)?;
        within("monthly discount", monthly_discount, 0.0, 1.0)?;
        Ok(Self {
            months,
            grain,
            monthly_discount,
        })
    }
}

/// What a customer's purchases of the coming months are worth today, in units of the currency.
/// What was bought already is not in it, nor is any cost: multiply by the margin for profit.
///
/// `Σᵢ E[purchases of month i] · E[spend] / (1 + d)ⁱ`: each month counts at its end, as in
/// `lifetimes` and PyMC-Marketing. Both models must come from customers of the outlook's grain.
pub fn lifetime_value(
    purchases: &PurchaseModel,
    spend: &SpendModel,
    customer: &Customer,
    outlook: &Outlook,
) -> f64 {
    let month = outlook.grain.periods_per_month();
    let (mut before, mut sum, mut worth) = (0.0, 0.0, 1.0);
    for number in 1..=outlook.months {
        let until = purchases.purchases_if_alive(customer, month * f64::from(number));
        worth /= 1.0 + outlook.monthly_discount;
        sum += (until - before) * worth;
        before = until;
    }
    sum * purchases.probability_alive(customer) * spend.expected_spend(customer)
}
