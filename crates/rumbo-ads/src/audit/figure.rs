//! The figures of an export that can be compared, what the store says of each, and when the two
//! are the same.

use std::collections::BTreeMap;

use rumbo_base::{Currency, Frequency, Reach};

use super::sums::Sums;
use crate::insights::decimal_micros;

/// A figure that Ads Manager exports and Rumbo has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    Spend,
    Impressions,
    Reach,
    Frequency,
    Clicks,
    LinkClicks,
    Leads,
    Purchases,
    PurchaseValue,
    Results,
    MessagingStarted,
    LandingPageViews,
    Ctr,
    LinkCtr,
    Cpc,
    LinkCpc,
    Cpm,
    CostPerResult,
    Roas,
}

/// What an action is called that has a column of its own.
const MESSAGING: &str = "onsite_conversion.messaging_conversation_started_7d";
const LANDING_PAGE: &str = "landing_page_view";

impl Figure {
    /// Every one, in the order of the columns of Ads Manager.
    pub const ALL: [Self; 19] = [
        Self::Spend,
        Self::Impressions,
        Self::Reach,
        Self::Frequency,
        Self::Clicks,
        Self::LinkClicks,
        Self::Leads,
        Self::Purchases,
        Self::PurchaseValue,
        Self::Results,
        Self::MessagingStarted,
        Self::LandingPageViews,
        Self::Ctr,
        Self::LinkCtr,
        Self::Cpc,
        Self::LinkCpc,
        Self::Cpm,
        Self::CostPerResult,
        Self::Roas,
    ];

    /// Its name in JSON: that of the metric, where there is one.
    pub fn id(self) -> &'static str {
        match self {
            Self::Spend => "spend",
            Self::Impressions => "impressions",
            Self::Reach => "reach",
            Self::Frequency => "frequency",
            Self::Clicks => "clicks",
            Self::LinkClicks => "link_clicks",
            Self::Leads => "meta_leads",
            Self::Purchases => "meta_purchases",
            Self::PurchaseValue => "meta_purchase_value",
            Self::Results => "results",
            Self::MessagingStarted => "messaging_started",
            Self::LandingPageViews => "landing_page_views",
            Self::Ctr => "ctr",
            Self::LinkCtr => "link_ctr",
            Self::Cpc => "cpc",
            Self::LinkCpc => "link_cpc",
            Self::Cpm => "cpm",
            Self::CostPerResult => "cost_per_result",
            Self::Roas => "meta_roas",
        }
    }

    /// The field of a file that holds it.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Clicks => "clicks_all",
            Self::Leads => "leads",
            Self::Purchases => "purchases",
            Self::PurchaseValue => "purchase_value",
            Self::Ctr => "ctr_all",
            Self::LinkCtr => "ctr_link",
            Self::Cpc => "cpc_all",
            Self::LinkCpc => "cpc_link",
            Self::Roas => "roas",
            _ => self.id(),
        }
    }

    /// Whether it is an amount of money.
    pub fn is_money(self) -> bool {
        matches!(
            self,
            Self::Spend
                | Self::PurchaseValue
                | Self::Cpc
                | Self::LinkCpc
                | Self::Cpm
                | Self::CostPerResult
        )
    }

    /// Whether it answers one question of Meta's, and cannot be added up.
    pub(super) fn is_one_answer(self) -> bool {
        matches!(self, Self::Reach | Self::Frequency)
    }

    /// Whether it is a quotient of others: which ones, dividend first.
    pub(super) fn parts(self) -> Option<[Self; 2]> {
        match self {
            Self::Ctr => Some([Self::Clicks, Self::Impressions]),
            Self::LinkCtr => Some([Self::LinkClicks, Self::Impressions]),
            Self::Cpc => Some([Self::Spend, Self::Clicks]),
            Self::LinkCpc => Some([Self::Spend, Self::LinkClicks]),
            Self::Cpm => Some([Self::Spend, Self::Impressions]),
            Self::CostPerResult => Some([Self::Spend, Self::Results]),
            Self::Roas => Some([Self::PurchaseValue, Self::Spend]),
            _ => None,
        }
    }

    /// What the quotient is multiplied with.
    pub(super) fn times(self) -> i128 {
        match self {
            Self::Ctr | Self::LinkCtr => 100,
            Self::Cpm => 1_000,
            _ => 1,
        }
    }

    /// Whether it counts what people did later, by an attribution setting.
    pub(super) fn is_attributed(self) -> bool {
        matches!(
            self,
            Self::Leads
                | Self::Purchases
                | Self::PurchaseValue
                | Self::Results
                | Self::MessagingStarted
                | Self::LandingPageViews
                | Self::CostPerResult
                | Self::Roas
        )
    }

    /// The action it counts where that is one alone.
    pub(super) fn action(self, result: Option<&str>) -> Option<&str> {
        match self {
            Self::Results | Self::CostPerResult => result,
            Self::MessagingStarted => Some(MESSAGING),
            Self::LandingPageViews => Some(LANDING_PAGE),
            _ => None,
        }
    }

    /// Whether an action of this type may stand behind it.
    pub(super) fn may_count(self, action: &str) -> bool {
        match self {
            Self::Leads => action.contains("lead"),
            Self::Purchases | Self::PurchaseValue => action.contains("purchase"),
            Self::LinkClicks => action.contains("link_click"),
            Self::MessagingStarted => action.contains("messaging"),
            Self::LandingPageViews => action.contains("landing_page"),
            Self::Results => true,
            _ => false,
        }
    }

    /// Its value in these sums.
    pub(super) fn of(self, sums: &Sums, result: Option<&str>) -> Stored {
        if let Some([dividend, divisor]) = self.parts() {
            return match (dividend.of(sums, result), divisor.of(sums, result)) {
                (Stored::Number(n), Stored::Number(d)) => n.over(d, self.times()),
                (Stored::NotComparable(why), _) | (_, Stored::NotComparable(why)) => {
                    Stored::NotComparable(why)
                }
                _ => Stored::Nothing,
            };
        }
        let whole = |n: Option<i64>| n.map_or(Stored::Nothing, |n| Stored::Number(Exact::whole(n)));
        let micros =
            |n: Option<i64>| n.map_or(Stored::Nothing, |n| Stored::Number(Exact::micros(n)));
        match self {
            Self::Spend => micros(sums.spend()),
            Self::PurchaseValue => micros(sums.purchase_value()),
            Self::Impressions => whole(sums.impressions()),
            Self::Clicks => whole(sums.clicks()),
            Self::LinkClicks => whole(sums.link_clicks()),
            Self::Leads => whole(sums.leads()),
            Self::Purchases => whole(sums.purchases()),
            Self::Reach => match sums.one_answer() {
                Some((reach, _)) => whole(reach.map(|Reach(people)| people)),
                None => Stored::NotComparable(NotCompared::OneAnswer),
            },
            Self::Frequency => match sums.one_answer() {
                Some((_, frequency)) => micros(frequency.and_then(|Frequency(times)| {
                    decimal_micros(&times.to_string()).map(|(micros, _)| micros)
                })),
                None => Stored::NotComparable(NotCompared::OneAnswer),
            },
            _ => match self.action(result) {
                Some(action) => micros(sums.action(action)),
                None => Stored::NotComparable(NotCompared::ResultKindUnknown),
            },
        }
    }
}

/// Why a cell is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotCompared {
    /// Reach and frequency answer one question: those of days or ads cannot be added up. Ask Meta
    /// for this period.
    OneAnswer,
    /// The file does not say what its results are of.
    ResultKindUnknown,
    /// The file has no columns of what the quotient in its totals row is made of.
    PartsMissing,
}

impl NotCompared {
    /// Its name in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::OneAnswer => "one_answer",
            Self::ResultKindUnknown => "result_kind_unknown",
            Self::PartsMissing => "parts_missing",
        }
    }
}

/// What the store says of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Number(Exact),
    /// No ad-day tells it, or there is nothing to divide by.
    Nothing,
    NotComparable(NotCompared),
}

/// A number that was not rounded: a quotient of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    n: i128,
    /// Above 0.
    d: i128,
}

const MILLION: i128 = 1_000_000;

impl Exact {
    pub fn whole(n: i64) -> Self {
        Self { n: n.into(), d: 1 }
    }

    pub fn micros(n: i64) -> Self {
        Self {
            n: n.into(),
            d: MILLION,
        }
    }

    pub fn is_zero(self) -> bool {
        self.n == 0
    }

    /// This many times the quotient of the two.
    pub fn over(self, by: Self, times: i128) -> Stored {
        let n = self.n.saturating_mul(by.d).saturating_mul(times);
        let d = self.d.saturating_mul(by.n);
        match d {
            0 => Stored::Nothing,
            1.. => Stored::Number(Self { n, d }),
            _ => Stored::Number(Self {
                n: n.saturating_neg(),
                d: d.saturating_neg(),
            }),
        }
    }

    /// Whether a cell that prints so many decimals may stand for it: it lies no further off than
    /// half of the last of them.
    pub fn is_printed_as(self, printed: Printed, decimals: u32) -> bool {
        self.distance_twice(printed)
            .saturating_mul(10_i128.saturating_pow(decimals))
            <= self.d.saturating_mul(MILLION)
    }

    /// Whether it lies no further off than this many millionths.
    pub fn is_within(self, printed: Printed, micros: i64) -> bool {
        self.distance_twice(printed) <= (2 * i128::from(micros)).saturating_mul(self.d)
    }

    /// Whether it would be the printed number, or beyond, with a dividend of `part` that is so many
    /// millionths larger or smaller.
    pub fn is_within_share(self, printed: Printed, micros: i64, part: Self) -> bool {
        let far = self.taken_from(Some(printed));
        // |printed − this| × part ≤ this × micros
        let left = far
            .n
            .saturating_abs()
            .saturating_mul(part.n.saturating_abs());
        let right = self
            .n
            .saturating_abs()
            .saturating_mul(i128::from(micros))
            .saturating_mul(part.d);
        left <= right
    }

    /// Twice the distance, times `d`, in millionths.
    fn distance_twice(self, printed: Printed) -> i128 {
        self.taken_from(Some(printed))
            .n
            .saturating_abs()
            .saturating_mul(2)
    }

    /// Rounded to so many decimals, half away from zero.
    pub fn text(self, decimals: u32) -> String {
        let scale = 10_i128.pow(decimals);
        let magnitude = (self.n.saturating_abs().saturating_mul(scale * 2)).saturating_add(self.d)
            / self.d.saturating_mul(2);
        let sign = if self.n < 0 && magnitude != 0 {
            "-"
        } else {
            ""
        };
        if decimals == 0 {
            return format!("{sign}{magnitude}");
        }
        let width = usize::try_from(decimals).unwrap_or(6);
        format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale)
    }

    /// This from a printed number.
    pub fn taken_from(self, printed: Option<Printed>) -> Self {
        let from = i128::from(printed.map_or(0, |p| p.micros));
        Self {
            n: from
                .saturating_mul(self.d)
                .saturating_sub(self.n.saturating_mul(MILLION)),
            d: self.d.saturating_mul(MILLION),
        }
    }
}

/// A number as a cell prints it, in millionths: what is printed finer was rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Printed {
    pub micros: i64,
}

impl Printed {
    /// Rounded to so many decimals.
    pub fn text(self, decimals: u32) -> String {
        Exact::micros(self.micros).text(decimals)
    }

    /// From plain decimal text; how many decimals count in it, six at most, stands beside it.
    pub fn read(text: &str) -> Option<(Self, u32)> {
        let (micros, _) = decimal_micros(text)?;
        let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
        let decimals = fraction.trim_end_matches('0').len().min(6);
        Some((Self { micros }, u32::try_from(decimals).unwrap_or(6)))
    }
}

/// How many decimals each column prints: those of its finest cell, and of money the coins of the
/// currency, since Ads Manager leaves zeros at the end away.
#[derive(Clone, Debug, Default)]
pub(super) struct Precision {
    printed: BTreeMap<Figure, u32>,
    coins: u32,
}

impl Precision {
    /// A cell of the column prints so many.
    pub fn widen(&mut self, figure: Figure, decimals: u32) {
        let known = self.printed.entry(figure).or_default();
        *known = (*known).max(decimals);
    }

    /// The money is in this currency.
    pub fn of_money_in(&mut self, currency: Currency) {
        self.coins = currency.exponent();
    }

    pub fn of(&self, figure: Figure) -> u32 {
        // A column without any number still has a stored one to be shown.
        let usual = if figure.parts().is_some() { 2 } else { 0 };
        let printed = self.printed.get(&figure).copied().unwrap_or(usual);
        if figure.is_money() {
            printed.max(self.coins)
        } else {
            printed
        }
    }

    /// Half of the smallest coin, in millionths.
    pub fn half_coin(&self) -> i64 {
        10_i64.pow(6_u32.saturating_sub(self.coins)) / 2
    }
}

/// Whether a cell and the store say the same. Both saying nothing is no cell at all.
pub(super) fn agree(file: Option<Printed>, stored: Option<Exact>, decimals: u32) -> Option<bool> {
    match (file, stored) {
        (None, None) => None,
        // An empty cell is how Ads Manager writes that there was none.
        (None, Some(stored)) => Some(stored.is_zero()),
        (Some(file), None) => Some(file.micros == 0),
        (Some(file), Some(stored)) => Some(stored.is_printed_as(file, decimals)),
    }
}
