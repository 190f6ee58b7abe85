//! Headline figures.

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Micros, Result, parse_decimal_micros, percent, ratio};

use crate::ages::Ages;
use crate::days::{Days, sum};
use crate::figures::Figures;
use crate::metric::{Metric, Source, Unit};

/// The headline figures, in the order of the screen.
const HEADLINES: [Metric; 8] = [
    Metric::Revenue,
    Metric::Spend,
    Metric::Roas,
    Metric::Roi,
    Metric::Leads,
    Metric::Opportunities,
    Metric::Cpa,
    Metric::Sales,
];

/// A headline figure, what it was before, and its line. What sets the CRM's figures against Meta's is of
/// what is attributed: what was sold to people whom no ad brought is no merit of the spend.
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
    current: &Days,
    previous: Option<&Days>,
    currency: Currency,
    ages: &Ages,
) -> Result<Vec<Kpi>> {
    let (now, before) = (Sides::of(current)?, previous.map(Sides::of).transpose()?);
    let kpis = HEADLINES.into_iter().map(|metric| {
        let text = |figures: &Figures| metric.text(figures, currency);
        let (days, sum) = now.side(metric);
        let value = text(sum);
        let previous = before
            .as_ref()
            .and_then(|before| text(before.side(metric).1));
        Kpi {
            metric,
            delta: delta(
                metric.definition().unit,
                value.as_deref(),
                previous.as_deref(),
            ),
            value,
            previous,
            series: days.iter().map(text).collect(),
            as_of: as_of(metric, ages),
        }
    });
    Ok(kpis.collect())
}

/// Days and what they come to, of everything and of what is attributed.
struct Sides<'a> {
    all: (&'a [Figures], Figures),
    attributed: (Vec<Figures>, Figures),
}

impl<'a> Sides<'a> {
    fn of(days: &'a Days) -> Result<Self> {
        let attributed = days.attributed()?;
        let attributed_sum = sum(&attributed)?;
        Ok(Self {
            all: (&days.figures, days.sum()?),
            attributed: (attributed, attributed_sum),
        })
    }

    fn side(&self, metric: Metric) -> (&[Figures], &Figures) {
        if metric.is_of_attributed() {
            (&self.attributed.0, &self.attributed.1)
        } else {
            (self.all.0, &self.all.1)
        }
    }
}

fn as_of(metric: Metric, ages: &Ages) -> Option<DateTime<Utc>> {
    let crm = match metric {
        Metric::Leads | Metric::Cpa => ages.contacts,
        Metric::Opportunities => ages.opportunities,
        _ => ages.sales,
    };
    match metric.definition().source {
        Source::Meta | Source::Asked => ages.ads(),
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
