//! Sums from which others can be taken away again.

use rumbo_base::{Micros, Result};

use crate::figures::{Figures, plus};

/// How many figures they are.
pub(super) const COLUMNS: usize = 12;

/// The sums of an object; of those four figures that an ad-day may not tell, with the number of those that
/// do: a sum is told as long as one of its ad-days tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CountedSums {
    pub ad_days: i64,
    pub impressions: (i64, i64),
    pub clicks: (i64, i64),
    pub link_clicks: (i64, i64),
    pub spend: (i64, i64),
    pub meta_leads: i64,
    pub meta_purchases: i64,
    pub meta_purchase_value: i64,
}

impl CountedSums {
    /// Adds these sums, or with −1 takes them away.
    pub fn add(&mut self, other: &Self, sign: i64) -> Result<()> {
        for (own, other) in self.columns_mut().into_iter().zip(other.columns()) {
            *own = plus(*own, sign * other)?;
        }
        Ok(())
    }

    /// The figures one by one.
    pub fn columns(mut self) -> [i64; COLUMNS] {
        self.columns_mut().map(|figure| *figure)
    }

    /// The same to be changed, in the same order.
    pub fn columns_mut(&mut self) -> [&mut i64; COLUMNS] {
        [
            &mut self.ad_days,
            &mut self.impressions.0,
            &mut self.impressions.1,
            &mut self.clicks.0,
            &mut self.clicks.1,
            &mut self.link_clicks.0,
            &mut self.link_clicks.1,
            &mut self.spend.0,
            &mut self.spend.1,
            &mut self.meta_leads,
            &mut self.meta_purchases,
            &mut self.meta_purchase_value,
        ]
    }

    pub fn figures(&self) -> Figures {
        let told = |(sum, rows): (i64, i64)| (rows > 0).then_some(sum);
        Figures {
            ad_days: self.ad_days,
            impressions: told(self.impressions),
            clicks: told(self.clicks),
            link_clicks: told(self.link_clicks),
            spend: told(self.spend).map(Micros),
            meta_leads: self.meta_leads,
            meta_purchases: self.meta_purchases,
            meta_purchase_value: Micros(self.meta_purchase_value),
            ..Figures::default()
        }
    }

    /// Sums of rows that tell nothing of how many told each figure: one or none.
    pub fn of(figures: &Figures) -> Self {
        let told = |figure: Option<i64>| (figure.unwrap_or(0), i64::from(figure.is_some()));
        Self {
            ad_days: figures.ad_days,
            impressions: told(figures.impressions),
            clicks: told(figures.clicks),
            link_clicks: told(figures.link_clicks),
            spend: told(figures.spend.map(|spend| spend.0)),
            meta_leads: figures.meta_leads,
            meta_purchases: figures.meta_purchases,
            meta_purchase_value: figures.meta_purchase_value.0,
        }
    }
}
