//! One ad on one day.

use std::sync::Arc;

use chrono::NaiveDate;
use rumbo_base::{AdId, Currency, Frequency, Reach};

use super::actions::Derived;
use crate::JsonText;

/// What Meta says of one ad on one day of the ad account's zone.
#[derive(Clone, Debug, PartialEq)]
pub struct AdDay {
    /// The day, in the account's time zone.
    pub day: NaiveDate,
    /// Which ad: its place in the [`super::AdIndex`].
    pub ad: usize,
    /// The figures.
    pub figures: Figures,
}

/// The figures of an ad-day. `None` is a figure Meta did not give; it is not 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// The currency of the money, where it is not the account's present one.
    pub currency: Option<Currency>,
    /// Which attribution the actions follow, in Meta's words.
    pub attribution_setting: Option<Arc<str>>,
    /// How often the ad was shown.
    pub impressions: Option<i64>,
    /// How many people saw it: estimated by Meta, and never to be added up.
    pub reach: Option<Reach>,
    pub frequency: Option<Frequency>,
    /// Clicks of every kind.
    pub clicks: Option<i64>,
    /// Clicks on the link.
    pub link_clicks: Option<i64>,
    /// Money spent, in millionths.
    pub spend_micros: Option<i64>,
    /// Leads by the action map.
    pub meta_leads: Option<i64>,
    /// Purchases by the action map.
    pub meta_purchases: Option<i64>,
    /// Value of the purchases by the action map, in millionths.
    pub meta_purchase_micros: Option<i64>,
    /// Every action, compact: see [`super::StoredActions`].
    pub actions: Option<JsonText>,
    /// Whatever else the row said, as one JSON object with sorted keys.
    pub rest: Option<JsonText>,
}

impl Figures {
    pub(crate) fn set_derived(&mut self, derived: Derived) {
        self.meta_leads = derived.leads;
        self.meta_purchases = derived.purchases;
        self.meta_purchase_micros = derived.purchase_value;
    }

    pub(crate) fn derived(&self) -> Derived {
        Derived {
            leads: self.meta_leads,
            purchases: self.meta_purchases,
            purchase_value: self.meta_purchase_micros,
        }
    }

    /// A hash of the ad and everything Meta said, not of what the action map makes of it. It is
    /// stored, so it may never change: it is XXH3, whose values are fixed, over little-endian
    /// bytes.
    pub(crate) fn digest(&self, ad: AdId, currency: Currency, scratch: &mut Vec<u8>) -> i64 {
        scratch.clear();
        scratch.extend_from_slice(ad.0.as_bytes());
        scratch.extend_from_slice(self.currency.unwrap_or(currency).code().as_bytes());
        let numbers = [
            self.impressions,
            self.reach.map(|reach| reach.0),
            self.clicks,
            self.link_clicks,
            self.spend_micros,
            self.frequency
                .map(|frequency| i64::from_le_bytes(frequency.0.to_le_bytes())),
        ];
        for number in numbers {
            scratch.push(u8::from(number.is_some()));
            scratch.extend_from_slice(&number.unwrap_or(0).to_le_bytes());
        }
        let texts = [
            self.attribution_setting.as_deref(),
            self.actions.as_ref().map(JsonText::as_str),
            self.rest.as_ref().map(JsonText::as_str),
        ];
        for text in texts {
            scratch.push(u8::from(text.is_some()));
            let text = text.unwrap_or_default();
            scratch.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
            scratch.extend_from_slice(text.as_bytes());
        }
        i64::from_le_bytes(xxhash_rust::xxh3::xxh3_64(scratch).to_le_bytes())
    }

    /// Whether Meta said the same.
    pub(crate) fn same_content(&self, other: &Self, currency: Currency) -> bool {
        self.currency.unwrap_or(currency) == other.currency.unwrap_or(currency)
            && self.attribution_setting == other.attribution_setting
            && self.impressions == other.impressions
            && self.reach == other.reach
            && self.frequency.map(|f| f.0.to_bits()) == other.frequency.map(|f| f.0.to_bits())
            && self.clicks == other.clicks
            && self.link_clicks == other.link_clicks
            && self.spend_micros == other.spend_micros
            && self.actions == other.actions
            && self.rest == other.rest
    }
}
