//! The list of metrics, for the interface: names, units and formulas.

use rumbo_insight::Metric;
use rumbo_insight::metric::{BaseSum, Decimals, Formula, Names, Rise, Source, Unit};
use serde::Serialize;

/// A metric, as the interface has it in its bindings.
#[derive(Clone, Debug, Serialize)]
pub struct MetricDefinition {
    pub id: &'static str,
    pub names: MetricNames,
    /// For narrow heads; the names where those are short enough.
    pub short: MetricNames,
    /// `money`, `count`, `ratio` or `percent`.
    pub unit: &'static str,
    /// `meta`, `crm` or `both`; `asked` of what is no sum and answered by Meta for exactly these days.
    pub source: &'static str,
    /// Whether it depends on how opportunities and sales are credited.
    pub credited: bool,
    /// What a rise means: `good`, `bad` or `neither`.
    pub rise: &'static str,
    /// Whether it is, or is made of, a sum that is only known where every row knows it. Of all
    /// others a sum is of those that do.
    pub needs_every_row: bool,
    /// How it is made of sums; null for what is a sum itself.
    pub quotient: Option<MetricQuotient>,
}

/// A text in every language.
#[derive(Clone, Debug, Serialize)]
pub struct MetricNames {
    pub en: &'static str,
    pub es: &'static str,
    pub pt: &'static str,
}

/// `times` × (`of` − `less`) / `by`.
#[derive(Clone, Debug, Serialize)]
pub struct MetricQuotient {
    pub times: i32,
    pub of: &'static str,
    pub less: Option<&'static str>,
    pub by: &'static str,
    /// Null: those of the currency, and `coins` more.
    pub decimals: Option<u32>,
    pub coins: u32,
}

/// The word for a unit.
pub(crate) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Money => "money",
        Unit::Count => "count",
        Unit::Ratio => "ratio",
        Unit::Percent => "percent",
    }
}

/// The word for a source.
pub(crate) fn source(source: Source) -> &'static str {
    match source {
        Source::Meta => "meta",
        Source::Crm => "crm",
        Source::Both => "both",
        Source::Asked => "asked",
    }
}

/// Every metric, in the order of menus.
pub fn metrics() -> Vec<MetricDefinition> {
    Metric::ALL.into_iter().map(definition).collect()
}

/// The metric of an id.
pub fn metric(id: &str) -> Option<MetricDefinition> {
    Metric::by_id(id).map(definition)
}

fn definition(metric: Metric) -> MetricDefinition {
    let known = metric.definition();
    let id = |sum: BaseSum| sum.metric().definition().id;
    MetricDefinition {
        id: known.id,
        names: known.names.into(),
        short: known.short.unwrap_or(known.names).into(),
        unit: unit(known.unit),
        source: source(known.source),
        credited: metric.is_credited(),
        needs_every_row: metric.needs_every_row(),
        rise: match known.rise {
            Rise::Good => "good",
            Rise::Bad => "bad",
            Rise::Neither => "neither",
        },
        quotient: match known.formula {
            Formula::Sum(_) | Formula::Asked(_) => None,
            Formula::Quotient {
                times,
                of,
                less,
                by,
                decimals,
            } => {
                let (decimals, coins) = match decimals {
                    Decimals::Fixed(decimals) => (Some(decimals), 0),
                    Decimals::Coins(more) => (None, more),
                };
                Some(MetricQuotient {
                    times,
                    of: id(of),
                    less: less.map(id),
                    by: id(by),
                    decimals,
                    coins,
                })
            }
        },
    }
}

impl From<Names> for MetricNames {
    fn from(names: Names) -> Self {
        let Names { en, es, pt } = names;
        Self { en, es, pt }
    }
}
