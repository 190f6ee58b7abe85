//! Rates of exchange, and how a report came into one currency.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::Currency;
use rumbo_platform::exchange_rates as inside;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Where a rate is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RateSource {
    /// A euro foreign exchange reference rate of the European Central Bank.
    Ecb,
    /// A person entered it. It counts before the published one of its day.
    Hand,
}

impl From<inside::RateSource> for RateSource {
    fn from(source: inside::RateSource) -> Self {
        match source {
            inside::RateSource::Ecb => Self::Ecb,
            inside::RateSource::Hand => Self::Hand,
        }
    }
}

impl From<RateSource> for inside::RateSource {
    fn from(source: RateSource) -> Self {
        match source {
            RateSource::Ecb => Self::Ecb,
            RateSource::Hand => Self::Hand,
        }
    }
}

/// Asks for a page of rates, newest day first.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListRates {
    /// Only those from or to this currency.
    #[serde(default)]
    pub currency: Option<String>,
    #[serde(default)]
    pub source: Option<RateSource>,
    /// Only of this day and later.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Only of this day and earlier.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    pub page: super::PageRequest,
}

/// A rate: on `day` one unit of `base` is `rate` units of `quote`.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RateRow {
    pub base: String,
    pub quote: String,
    pub day: NaiveDate,
    /// An exact decimal.
    pub rate: String,
    pub source: RateSource,
    pub changed_at: DateTime<Utc>,
    /// Who entered or imported it; null when nobody is known.
    pub changed_by: Option<String>,
    /// What it was before, newest first.
    pub replaced: Vec<ReplacedRate>,
}

/// What a rate was until it was replaced.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReplacedRate {
    pub rate: String,
    pub changed_at: DateTime<Utc>,
    pub replaced_at: DateTime<Utc>,
    pub replaced_by: Option<String>,
}

/// Asks which pairs of currencies have rates.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListRatePairs {}

/// The days that are kept of a pair of currencies, from one source.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RatePair {
    pub base: String,
    pub quote: String,
    pub source: RateSource,
    pub days: u32,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// Imports a file of the European Central Bank's reference rates: eurofxref-hist.zip, the CSV in it,
/// or the daily XML. Importing it again changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ImportRates {
    pub path: String,
}

/// What importing rates did.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RatesImport {
    /// Days with a rate.
    pub days: u32,
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub currencies: u32,
    pub added: u32,
    /// Kept before with another rate.
    pub changed: u32,
    pub unchanged: u32,
    /// Lines, or single rates of them, that were left out.
    pub rejected: u32,
    /// The first 100, with why.
    pub rejections: Vec<super::RejectedRow>,
}

/// Enters a rate by hand for a day, or for each day of a period.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SetRate {
    pub base: String,
    pub quote: String,
    /// Units of `quote` for one of `base`: a decimal above zero.
    pub rate: String,
    pub from: NaiveDate,
    /// The last day; `from` alone when absent.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// Takes away rates that were entered by hand.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveRates {
    pub base: String,
    pub quote: String,
    pub from: NaiveDate,
    /// The last day; `from` alone when absent.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// How many rates were taken away.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct RemovedRates {
    pub removed: u32,
}

/// What of a figure was converted from one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConvertedFrom {
    pub currency: String,
    /// The amounts before, in that currency; null where no ad figures tell the spend.
    pub spend: Option<String>,
    pub meta_purchase_value: String,
    pub revenue: String,
    /// What sales cost, where it is known.
    #[serde(default)]
    pub cost: String,
    /// The first and the last day whose rate was used.
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// Units of the report's currency for one of this; the same where one rate was used.
    pub lowest_rate: String,
    pub highest_rate: String,
    /// `hand` as soon as one of the rates was entered by hand.
    pub source: RateSource,
}

impl ConvertedFrom {
    pub(crate) fn list(of: &[rumbo_insight::Converted]) -> Vec<Self> {
        of.iter()
            .map(|converted| Self {
                currency: converted.from.to_string(),
                spend: converted.money.spend.map(|m| m.to_text(converted.from)),
                meta_purchase_value: converted.money.meta_purchase_value.to_text(converted.from),
                revenue: converted.money.revenue.to_text(converted.from),
                cost: converted.money.cost.to_text(converted.from),
                first_day: converted.first_day,
                last_day: converted.last_day,
                lowest_rate: converted.lowest.to_text(),
                highest_rate: converted.highest.to_text(),
                source: converted.source.into(),
            })
            .collect()
    }
}

/// A published or entered rate that a conversion is made of.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RateLeg {
    pub base: String,
    pub quote: String,
    /// Units of `quote` for one of `base`, as it is kept.
    pub rate: String,
    pub source: RateSource,
}

/// A rate that a report used.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct UsedRate {
    pub from: String,
    /// The day of the rows.
    pub day: NaiveDate,
    /// The day that the rate is of: `day`, or the nearest one before it with a rate.
    pub rate_day: NaiveDate,
    /// Units of the report's currency for one of `from`; rounded where the decimals do not end.
    pub rate: String,
    pub source: RateSource,
    /// What it is made of: one kept rate, or two that cross in the euro.
    pub legs: Vec<RateLeg>,
}

impl UsedRate {
    pub(crate) fn of(from: Currency, day: NaiveDate, conversion: &inside::Conversion) -> Self {
        Self {
            from: from.to_string(),
            day,
            rate_day: conversion.rate_day,
            rate: conversion.factor.to_text(),
            source: conversion.source().into(),
            legs: conversion
                .legs
                .iter()
                .map(|leg| RateLeg {
                    base: leg.base.to_string(),
                    quote: leg.quote.to_string(),
                    rate: leg.rate.to_string(),
                    source: leg.source.into(),
                })
                .collect(),
        }
    }
}

/// A rate for rows of the earlier of two reports that is another one in the later report.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChangedRate {
    pub from: String,
    /// The day of the rows.
    pub day: NaiveDate,
    /// What it was and what it is; null where there was or is none.
    pub before: Option<UsedRate>,
    pub after: Option<UsedRate>,
}

impl From<&rumbo_insight::ChangedRate> for ChangedRate {
    fn from(changed: &rumbo_insight::ChangedRate) -> Self {
        let rumbo_insight::ChangedRate {
            from,
            day,
            before,
            after,
        } = changed;
        let used = |of: &Option<inside::Conversion>| {
            of.as_ref()
                .map(|conversion| UsedRate::of(*from, *day, conversion))
        };
        Self {
            from: from.to_string(),
            day: *day,
            before: used(before),
            after: used(after),
        }
    }
}

/// A currency that stays what it is, because days of it have no rate.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MissingRates {
    pub currency: String,
    /// How many days with money have no rate.
    pub days: u32,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

impl MissingRates {
    pub(crate) fn list(of: &[rumbo_insight::MissingRates]) -> Vec<Self> {
        of.iter()
            .map(|missing| Self {
                currency: missing.currency.to_string(),
                days: u32::try_from(missing.days).unwrap_or(u32::MAX),
                first_day: missing.first_day,
                last_day: missing.last_day,
            })
            .collect()
    }
}

/// How a report came into one currency: every row at the rate of its day.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Exchanged {
    pub to: String,
    /// What was converted, by currency.
    pub from: Vec<ConvertedFrom>,
    /// Every rate that was used, by currency and day.
    pub rates: Vec<UsedRate>,
    /// What could not be converted and stands on its own.
    pub missing: Vec<MissingRates>,
    /// What could not be converted of the period compared with, whose figures are blank then.
    pub missing_before: Vec<MissingRates>,
}

impl From<&rumbo_insight::Exchanged> for Exchanged {
    fn from(exchanged: &rumbo_insight::Exchanged) -> Self {
        Self {
            to: exchanged.to.to_string(),
            from: ConvertedFrom::list(&exchanged.from),
            rates: exchanged
                .rates
                .iter()
                .map(|used| UsedRate::of(used.from, used.day, &used.conversion))
                .collect(),
            missing: MissingRates::list(&exchanged.missing),
            missing_before: MissingRates::list(&exchanged.missing_before),
        }
    }
}

/// A time zone, and the ad accounts whose days it cuts.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct AccountZone {
    pub zone: String,
    /// The names of the accounts.
    pub accounts: Vec<String>,
}

impl AccountZone {
    pub(crate) fn list(of: &[rumbo_insight::AccountZone]) -> Vec<Self> {
        of.iter()
            .map(|zone| Self {
                zone: zone.zone.to_string(),
                accounts: zone.accounts.clone(),
            })
            .collect()
    }
}
