//! Sums of ad-days, which can also be taken back to what an earlier run knew.

use std::collections::HashMap;

use chrono::NaiveDate;
use rumbo_base::{AdId, Frequency, Reach};
use sqlx::FromRow;

use crate::JsonText;
use crate::insights::{StoredActions, decimal_micros};

/// An ad-day, or what it said before a run replaced it.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Version {
    pub day: NaiveDate,
    pub ad_id: AdId,
    pub currency: String,
    pub attribution_setting: Option<String>,
    pub impressions: Option<i64>,
    pub reach: Option<Reach>,
    pub frequency: Option<Frequency>,
    pub clicks: Option<i64>,
    pub link_clicks: Option<i64>,
    pub spend_micros: Option<i64>,
    pub meta_leads: Option<i64>,
    pub meta_purchases: Option<i64>,
    pub meta_purchase_micros: Option<i64>,
    pub actions: Option<JsonText>,
    /// The run that brought it.
    pub run: i64,
    /// The run that replaced it; `None` for what stands.
    pub replaced_by_run: Option<i64>,
}

/// A sum, and how many rows tell it: of none it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    sum: i64,
    rows: i64,
}

impl Known {
    fn shift(&mut self, figure: Option<i64>, sign: i64) {
        if let Some(figure) = figure {
            self.sum = self.sum.saturating_add(sign.saturating_mul(figure));
            self.rows += sign;
        }
    }

    fn get(self) -> Option<i64> {
        (self.rows > 0).then_some(self.sum)
    }
}

/// The figures of some ad-days together.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    ad_days: i64,
    impressions: Known,
    clicks: Known,
    link_clicks: Known,
    spend: Known,
    leads: Known,
    purchases: Known,
    purchase_value: Known,
    /// By action type, in millionths; empty where nobody asks for actions.
    counts: HashMap<String, Known>,
    /// Of the only ad-day, where there is one alone.
    answer: Option<(Option<Reach>, Option<Frequency>)>,
}

impl Sums {
    /// The sum of these, with their actions or without.
    pub fn of<'a>(versions: impl IntoIterator<Item = &'a Version>, actions: bool) -> Self {
        let mut sums = Self::default();
        for version in versions {
            sums.shift(version, 1, actions);
        }
        sums
    }

    /// Adds an ad-day.
    pub fn add(&mut self, version: &Version, actions: bool) {
        self.shift(version, 1, actions);
    }

    /// Takes an ad-day off again.
    pub fn take(&mut self, version: &Version, actions: bool) {
        self.shift(version, -1, actions);
    }

    fn shift(&mut self, version: &Version, sign: i64, actions: bool) {
        self.answer = (self.ad_days == 0 && sign > 0).then_some((version.reach, version.frequency));
        self.ad_days += sign;
        self.impressions.shift(version.impressions, sign);
        self.clicks.shift(version.clicks, sign);
        self.link_clicks.shift(version.link_clicks, sign);
        self.spend.shift(version.spend_micros, sign);
        self.leads.shift(version.meta_leads, sign);
        self.purchases.shift(version.meta_purchases, sign);
        self.purchase_value
            .shift(version.meta_purchase_micros, sign);
        if !actions {
            return;
        }
        let Some(text) = &version.actions else { return };
        // What this crate wrote can be read; a row that could not would only lack its actions.
        let Ok(stored) = StoredActions::parse(text.as_str()) else {
            return;
        };
        for action in stored.counts() {
            if let Some((micros, _)) = decimal_micros(&action.value) {
                self.counts
                    .entry(action.action_type.into_owned())
                    .or_default()
                    .shift(Some(micros), sign);
            }
        }
    }

    pub fn ad_days(&self) -> i64 {
        self.ad_days
    }

    pub fn impressions(&self) -> Option<i64> {
        self.impressions.get()
    }

    pub fn clicks(&self) -> Option<i64> {
        self.clicks.get()
    }

    pub fn link_clicks(&self) -> Option<i64> {
        self.link_clicks.get()
    }

    /// In millionths.
    pub fn spend(&self) -> Option<i64> {
        self.spend.get()
    }

    pub fn leads(&self) -> Option<i64> {
        self.leads.get()
    }

    pub fn purchases(&self) -> Option<i64> {
        self.purchases.get()
    }

    /// In millionths.
    pub fn purchase_value(&self) -> Option<i64> {
        self.purchase_value.get()
    }

    /// How many of an action there were, in millionths.
    pub fn action(&self, kind: &str) -> Option<i64> {
        self.counts.get(kind).copied().and_then(Known::get)
    }

    /// Reach and frequency, where they are the answer for one ad on one day.
    pub fn one_answer(&self) -> Option<(Option<Reach>, Option<Frequency>)> {
        self.answer
    }

    /// Whether the rows say that anything happened.
    pub fn is_nothing(&self) -> bool {
        [
            self.impressions,
            self.clicks,
            self.link_clicks,
            self.spend,
            self.leads,
            self.purchases,
            self.purchase_value,
        ]
        .iter()
        .all(|known| known.sum == 0)
    }
}
