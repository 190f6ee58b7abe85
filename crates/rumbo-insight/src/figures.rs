//! What is counted.
//!
//! A figure here may be added to another of its kind; reach, frequency and unique counts may not,
//! and therefore are not here. Ratios are made last, from sums: [`crate::Metric`].

use rumbo_base::{Code, Error, Micros, Reason, Result};

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
    pub opportunities: Shares,
    /// Sales completed in the period, refunded ones too.
    pub sales: Shares,
    /// Gross less refunds of these sales.
    pub revenue: Micros,
    /// What those of these sales cost the business of which it is known.
    pub cost: Micros,
    /// How many of these sales those are.
    pub costed_sales: Shares,
    /// Of these sales, those that are the first ever of their contact. `None` when not asked for.
    pub new_customers: Option<Shares>,
}

/// A count of things of which only a part may be credited, in millionths: under a model of
/// several touches a campaign may have two fifths of a sale. All parts of a thing are one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shares(pub i64);

impl Shares {
    pub const ZERO: Self = Self(0);
    /// One whole thing.
    pub const ONE: Self = Self(1_000_000);

    /// So many whole things.
    pub const fn whole(count: i64) -> Self {
        Self(count.saturating_mul(Self::ONE.0))
    }
}

/// Decimal text without zeros at its end: `3`, `2.4`.
impl std::fmt::Display for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / Self::ONE.0, (self.0 % Self::ONE.0).abs());
        let sign = if self.0 < 0 && whole == 0 { "-" } else { "" };
        let text = format!("{sign}{whole}.{rest:06}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Figures {
    /// Adds another sum.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        self.add_delivered(other)?;
        self.add_outcome(other)
    }

    /// Adds what was delivered, of which nothing came: there is much of it.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub(crate) fn add_delivered(&mut self, other: &Self) -> Result<()> {
        for (sum, more) in [
            (&mut self.ad_days, other.ad_days),
            (&mut self.meta_leads, other.meta_leads),
            (&mut self.meta_purchases, other.meta_purchases),
            (&mut self.meta_purchase_value.0, other.meta_purchase_value.0),
        ] {
            *sum = plus(*sum, more)?;
        }
        for (sum, more) in [
            (&mut self.impressions, other.impressions),
            (&mut self.clicks, other.clicks),
            (&mut self.link_clicks, other.link_clicks),
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

    /// Adds what came of it, of which nothing was delivered: there is much of it.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub(crate) fn add_outcome(&mut self, other: &Self) -> Result<()> {
        for (sum, more) in [
            (&mut self.leads, other.leads),
            (&mut self.opportunities.0, other.opportunities.0),
            (&mut self.sales.0, other.sales.0),
            (&mut self.revenue.0, other.revenue.0),
            (&mut self.cost.0, other.cost.0),
            (&mut self.costed_sales.0, other.costed_sales.0),
        ] {
            *sum = plus(*sum, more)?;
        }
        if let Some(more) = other.new_customers {
            let sum = self.new_customers.unwrap_or_default();
            self.new_customers = Some(Shares(plus(sum.0, more.0)?));
        }
        Ok(())
    }

    /// The same with the sign of every sum turned: added to the figures it leaves nothing.
    pub(crate) fn negated(&self) -> Self {
        let turned = |n: Option<i64>| n.map(|n| -n);
        Self {
            ad_days: -self.ad_days,
            impressions: turned(self.impressions),
            clicks: turned(self.clicks),
            link_clicks: turned(self.link_clicks),
            spend: self.spend.map(|spend| Micros(-spend.0)),
            meta_leads: -self.meta_leads,
            meta_purchases: -self.meta_purchases,
            meta_purchase_value: Micros(-self.meta_purchase_value.0),
            leads: -self.leads,
            opportunities: Shares(-self.opportunities.0),
            sales: Shares(-self.sales.0),
            revenue: Micros(-self.revenue.0),
            cost: Micros(-self.cost.0),
            costed_sales: Shares(-self.costed_sales.0),
            new_customers: self.new_customers.map(|share| Shares(-share.0)),
        }
    }

    /// Whether every sum is 0 or not known.
    pub(crate) fn is_nothing(&self) -> bool {
        let mut none = *self;
        for unknown in [
            &mut none.impressions,
            &mut none.clicks,
            &mut none.link_clicks,
        ] {
            *unknown = unknown.filter(|n| *n != 0);
        }
        none.spend = none.spend.filter(|spend| *spend != Micros::ZERO);
        none.new_customers = none.new_customers.filter(|share| *share != Shares::ZERO);
        none.is_empty()
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
        self.leads != 0
            || self.opportunities != Shares::ZERO
            || self.sales != Shares::ZERO
            || self.revenue != Micros::ZERO
    }
}

/// What sales leave: what is left of them after refunds, less what they cost. A refund takes as much
/// from the margin as from the revenue, and the cost stays.
pub(crate) fn margin(revenue: Micros, cost: Micros) -> Micros {
    revenue - cost
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
    pub opportunities: Shares,
    /// Sales, likewise.
    pub sales: Shares,
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
            (&mut self.opportunities.0, other.opportunities.0),
            (&mut self.sales.0, other.sales.0),
            (&mut self.revenue.0, other.revenue.0),
        ] {
            *sum = plus(*sum, more)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
