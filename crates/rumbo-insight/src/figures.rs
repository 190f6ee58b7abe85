//! What is counted, and the ratios made of it.
//!
//! A figure here may be added to another of its kind; reach, frequency and unique counts may not,
//! and therefore are not here. Ratios are made last, from sums (docs/metrics.md).

use rumbo_base::{Code, Currency, Error, Micros, Reason, Result, percent, ratio};

/// Sums over one set of rows, in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many of Meta's ad-day rows were summed.
    pub ad_days: i64,
    /// Times an ad was on screen. `None`, as for the three figures that follow, when no row of
    /// the period tells it: unknown, not 0.
    pub impressions: Option<i64>,
    /// Clicks of every kind.
    pub clicks: Option<i64>,
    /// Clicks on links (Meta's `inline_link_clicks`).
    pub link_clicks: Option<i64>,
    /// What Meta says was spent.
    pub spend: Option<Micros>,
    /// Leads as Meta counts them.
    pub meta_leads: i64,
    /// Purchases as Meta counts them.
    pub meta_purchases: i64,
    /// The value of these purchases, as Meta counts it.
    pub meta_purchase_value: Micros,
    /// Contacts first seen in the period.
    pub leads: i64,
    /// Opportunities opened in the period.
    pub opportunities: i64,
    /// Sales completed in the period, refunded ones too.
    pub sales: i64,
    /// Gross less refunds of these sales.
    pub revenue: Micros,
    /// Of these sales, those that are the first ever of their contact. `None` when not asked for.
    pub new_customers: Option<i64>,
}

impl Figures {
    /// Adds another sum.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        for (sum, more) in [
            (&mut self.ad_days, other.ad_days),
            (&mut self.meta_leads, other.meta_leads),
            (&mut self.meta_purchases, other.meta_purchases),
            (&mut self.meta_purchase_value.0, other.meta_purchase_value.0),
            (&mut self.leads, other.leads),
            (&mut self.opportunities, other.opportunities),
            (&mut self.sales, other.sales),
            (&mut self.revenue.0, other.revenue.0),
        ] {
            *sum = plus(*sum, more)?;
        }
        for (sum, more) in [
            (&mut self.impressions, other.impressions),
            (&mut self.clicks, other.clicks),
            (&mut self.link_clicks, other.link_clicks),
            (&mut self.new_customers, other.new_customers),
        ] {
            if let Some(more) = more {
                *sum = Some(plus(sum.unwrap_or(0), more)?);
            }
        }
        if let Some(more) = other.spend {
            self.spend = Some(self.spend.unwrap_or_default().checked_add(more)?);
        }
        Ok(())
    }

    /// Whether anything at all was counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether anything came of it: a lead, an opportunity, a sale, by Meta's count or ours.
    pub fn has_outcome(&self) -> bool {
        self.has_crm_outcome()
            || self.meta_leads != 0
            || self.meta_purchases != 0
            || self.meta_purchase_value != Micros::ZERO
    }

    /// Whether a lead, an opportunity or a sale was counted in the CRM.
    pub fn has_crm_outcome(&self) -> bool {
        self.leads != 0 || self.opportunities != 0 || self.sales != 0
    }

    /// The ratios of these sums.
    pub fn ratios(&self, currency: Currency) -> Ratios {
        Ratios::of(self, currency)
    }
}

pub(crate) fn plus(a: i64, b: i64) -> Result<i64> {
    a.checked_add(b).ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "This sum is larger than Rumbo can keep. Choose a shorter period.",
        )
        .reason(Reason::SumTooLarge)
    })
}

/// Ratios of sums, as decimal text. `None` where nothing can be divided: the denominator is 0,
/// or one of the two figures is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ratios {
    /// Clicks of every kind per 100 impressions; 4 decimals.
    pub ctr: Option<String>,
    /// Link clicks per 100 impressions; 4 decimals.
    pub link_ctr: Option<String>,
    /// Spend per click of any kind; two decimals more than the currency has.
    pub cpc: Option<String>,
    /// Spend per link click; two decimals more than the currency has.
    pub link_cpc: Option<String>,
    /// Spend per 1,000 impressions; two decimals more than the currency has.
    pub cpm: Option<String>,
    /// Spend per CRM lead; the currency's decimals, as all costs that follow.
    pub cpl: Option<String>,
    /// Spend per lead as Meta counts leads.
    pub cpl_meta: Option<String>,
    /// Spend per conversion, by default the CRM lead: [`crate::CPA_CONVERSION`].
    pub cpa: Option<String>,
    /// Spend per opportunity.
    pub cost_per_opportunity: Option<String>,
    /// Spend per sale.
    pub cost_per_sale: Option<String>,
    /// Customer acquisition cost: spend per new customer. `None` also when these were not asked
    /// for.
    pub cac: Option<String>,
    /// Leads per 100 link clicks; 2 decimals. May pass 100: people also come by view.
    pub leads_per_click_percent: Option<String>,
    /// Opportunities of the period per 100 leads of the period; 2 decimals.
    pub opportunities_per_lead_percent: Option<String>,
    /// Sales of the period per 100 leads of the period; 2 decimals. Not a cohort.
    pub sales_per_lead_percent: Option<String>,
    /// Revenue per sale; the currency's decimals.
    pub revenue_per_sale: Option<String>,
    /// Revenue / spend; 4 decimals.
    pub roas: Option<String>,
    /// (revenue − spend) / spend × 100; 2 decimals.
    pub roi_percent: Option<String>,
    /// Purchase value as Meta counts it / spend; 4 decimals.
    pub roas_meta: Option<String>,
}

impl Ratios {
    fn of(f: &Figures, currency: Currency) -> Self {
        let coins = currency.exponent();
        let spend = f.spend.map(|s| s.0);
        let cost = |of: i64, decimals| per(spend?, of, decimals);
        Self {
            ctr: part(f.clicks, f.impressions, 4),
            link_ctr: part(f.link_clicks, f.impressions, 4),
            cpc: f.clicks.and_then(|clicks| cost(clicks, coins + 2)),
            link_cpc: f.link_clicks.and_then(|clicks| cost(clicks, coins + 2)),
            // A thousand impressions to 1,000,000 millionths: one impression to 1,000.
            cpm: spend.and_then(|s| ratio(s, f.impressions?.checked_mul(1_000)?, coins + 2)),
            cpl: cost(f.leads, coins),
            cpl_meta: cost(f.meta_leads, coins),
            cpa: cost(f.leads, coins),
            cost_per_opportunity: cost(f.opportunities, coins),
            cost_per_sale: cost(f.sales, coins),
            cac: f.new_customers.and_then(|new| cost(new, coins)),
            leads_per_click_percent: part(Some(f.leads), f.link_clicks, 2),
            opportunities_per_lead_percent: percent(f.opportunities, f.leads, 2),
            sales_per_lead_percent: percent(f.sales, f.leads, 2),
            revenue_per_sale: per(f.revenue.0, f.sales, coins),
            roas: spend.and_then(|s| ratio(f.revenue.0, s, 4)),
            roi_percent: spend.and_then(|s| percent(f.revenue.0.checked_sub(s)?, s, 2)),
            roas_meta: spend.and_then(|s| ratio(f.meta_purchase_value.0, s, 4)),
        }
    }
}

/// Money for each of `count` things.
fn per(micros: i64, count: i64, decimals: u32) -> Option<String> {
    ratio(micros, count.checked_mul(1_000_000)?, decimals)
}

/// 100 × n / d of two figures that may be unknown.
fn part(numerator: Option<i64>, denominator: Option<i64>, decimals: u32) -> Option<String> {
    percent(numerator?, denominator?, decimals)
}

/// The part of a sum that happened where nothing was spent that day: by an ad without spend that
/// day, or credited to a campaign that spent nothing on the day of the event. It is contained in
/// the figures, never added to them, and the same at every grain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WithoutSpend {
    /// Leads as Meta counts them, on ad-days without spend.
    pub meta_leads: i64,
    /// Purchases as Meta counts them, likewise.
    pub meta_purchases: i64,
    /// Their value.
    pub meta_purchase_value: Micros,
    /// CRM leads credited to a campaign on a day it spent nothing.
    pub leads: i64,
    /// Opportunities, likewise.
    pub opportunities: i64,
    /// Sales, likewise.
    pub sales: i64,
    /// Their revenue.
    pub revenue: Micros,
}

impl WithoutSpend {
    /// All of what the CRM counted and Meta claims.
    pub(crate) fn of(figures: &Figures) -> Self {
        Self {
            meta_leads: figures.meta_leads,
            meta_purchases: figures.meta_purchases,
            meta_purchase_value: figures.meta_purchase_value,
            leads: figures.leads,
            opportunities: figures.opportunities,
            sales: figures.sales,
            revenue: figures.revenue,
        }
    }

    /// Adds another.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        for (sum, more) in [
            (&mut self.meta_leads, other.meta_leads),
            (&mut self.meta_purchases, other.meta_purchases),
            (&mut self.meta_purchase_value.0, other.meta_purchase_value.0),
            (&mut self.leads, other.leads),
            (&mut self.opportunities, other.opportunities),
            (&mut self.sales, other.sales),
            (&mut self.revenue.0, other.revenue.0),
        ] {
            *sum = plus(*sum, more)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
