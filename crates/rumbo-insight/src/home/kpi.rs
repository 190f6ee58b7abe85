//! Headline figures.

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros, parse_decimal_micros, percent, ratio};

use crate::ages::Ages;
use crate::figures::Figures;

/// A headline figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    Revenue,
    Spend,
    Roas,
    RoiPercent,
    Leads,
    Opportunities,
    /// Spend per [`crate::CPA_CONVERSION`].
    Cpa,
    Sales,
}

impl Metric {
    /// In the order of the screen.
    pub const ALL: [Self; 8] = [
        Self::Revenue,
        Self::Spend,
        Self::Roas,
        Self::RoiPercent,
        Self::Leads,
        Self::Opportunities,
        Self::Cpa,
        Self::Sales,
    ];

    /// What the value is written in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Revenue | Self::Spend | Self::Cpa => Unit::Money,
            Self::Roas => Unit::Ratio,
            Self::RoiPercent => Unit::Percent,
            Self::Leads | Self::Opportunities | Self::Sales => Unit::Count,
        }
    }

    /// Whose figures it is made of.
    pub fn source(self) -> Source {
        match self {
            Self::Spend => Source::Meta,
            Self::Revenue | Self::Leads | Self::Opportunities | Self::Sales => Source::Crm,
            Self::Roas | Self::RoiPercent | Self::Cpa => Source::Both,
        }
    }

    /// Its value, as decimal text.
    fn of(self, figures: &Figures, currency: Currency) -> Option<String> {
        match self {
            Self::Revenue => Some(figures.revenue.to_text(currency)),
            Self::Spend => figures.spend.map(|spend| spend.to_text(currency)),
            Self::Roas => figures.ratios(currency).roas,
            Self::RoiPercent => figures.ratios(currency).roi_percent,
            Self::Cpa => figures.ratios(currency).cpa,
            Self::Leads => Some(figures.leads.to_string()),
            Self::Opportunities => Some(figures.opportunities.to_string()),
            Self::Sales => Some(figures.sales.to_string()),
        }
    }
}

/// What a value is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Money,
    Count,
    Ratio,
    Percent,
}

/// Whose figures a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Meta,
    Crm,
    Both,
}

/// A headline figure, what it was before, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kpi {
    pub metric: Metric,
    /// Decimal text; `None` where nothing can be divided or the spend is unknown.
    pub value: Option<String>,
    pub previous: Option<String>,
    /// The change from `previous` in percent of it, 2 decimals; of a percentage in points.
    /// `None` where one of the two is, or the previous value is 0.
    pub delta: Option<String>,
    /// By day, oldest first.
    pub series: Vec<Option<String>>,
    /// When the data it is made of were last heard of; of two sources the older.
    pub as_of: Option<DateTime<Utc>>,
}

pub(super) fn all(
    current: &Figures,
    previous: Option<&Figures>,
    days: &[Figures],
    currency: Currency,
    ages: &Ages,
) -> Vec<Kpi> {
    Metric::ALL
        .into_iter()
        .map(|metric| {
            let value = metric.of(current, currency);
            let previous = previous.and_then(|figures| metric.of(figures, currency));
            Kpi {
                metric,
                delta: delta(metric.unit(), value.as_deref(), previous.as_deref()),
                value,
                previous,
                series: days.iter().map(|day| metric.of(day, currency)).collect(),
                as_of: as_of(metric, ages),
            }
        })
        .collect()
}

fn as_of(metric: Metric, ages: &Ages) -> Option<DateTime<Utc>> {
    let crm = match metric {
        Metric::Leads | Metric::Cpa => ages.contacts,
        Metric::Opportunities => ages.opportunities,
        _ => ages.sales,
    };
    match metric.source() {
        Source::Meta => ages.ads(),
        Source::Crm => crm,
        // Without a sale yet it is as old as what Meta told.
        Source::Both => ages.ads().map(|ads| crm.map_or(ads, |crm| ads.min(crm))),
    }
}

/// Made from the values as they are shown, so that a person who checks it finds it right.
fn delta(unit: Unit, value: Option<&str>, previous: Option<&str>) -> Option<String> {
    let value = parse_decimal_micros(value?).ok()?;
    let previous = parse_decimal_micros(previous?).ok()?;
    let change = value.checked_sub(previous)?;
    match unit {
        Unit::Percent => ratio(change, Micros::parse("1").ok()?.0, 2),
        Unit::Money | Unit::Count | Unit::Ratio => percent(change, previous.checked_abs()?, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_in_percent_and_of_a_percentage_in_points() {
        assert_eq!(
            delta(Unit::Money, Some("150.00"), Some("100.00")).as_deref(),
            Some("50.00")
        );
        assert_eq!(
            delta(Unit::Count, Some("3"), Some("4")).as_deref(),
            Some("-25.00")
        );
        assert_eq!(
            delta(Unit::Percent, Some("-12.50"), Some("40.00")).as_deref(),
            Some("-52.50")
        );
        assert_eq!(delta(Unit::Count, Some("3"), Some("0")), None);
        assert_eq!(delta(Unit::Ratio, None, Some("1.0000")), None);
    }
}
