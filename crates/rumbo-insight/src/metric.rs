//! Every metric there is, as data: its names, its unit, whose figures it is made of, its formula
//! over base sums, and its edge cases. Screens, files, the command line and docs/metrics.md all
//! read this one list.
//!
//! A formula is a sum, or a quotient of sums. Sums are added up first and divided last, so a
//! ratio of ratios cannot be written down, and [`Ratio`] has no way to be added: neither has
//! anything that answers one question of Meta's, such as reach.

use rumbo_base::{Currency, Micros, percent, ratio};

use crate::figures::{Figures, Shares, margin};

mod document;
mod registry;

pub use document::{TABLES, tables};
pub use registry::Metric;

/// A sum over rows. It may be added to another of its kind and currency, and nothing else may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BaseSum {
    Spend,
    Impressions,
    Clicks,
    LinkClicks,
    MetaLeads,
    MetaPurchases,
    MetaPurchaseValue,
    Leads,
    Opportunities,
    Sales,
    Revenue,
    NewCustomers,
    Cost,
    CostedSales,
    Margin,
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
    /// Meta's answer to a question of exactly these days (`rumbo_ads::reach`).
    Asked,
}

/// What a rise means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rise {
    Good,
    Bad,
    /// Spend, and what it buys: more of it is neither.
    Neither,
}

/// How many decimals a quotient is rounded to, half away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimals {
    Fixed(u32),
    /// Those of the currency (ISO 4217), and so many more.
    Coins(u32),
}

/// How a value is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Added up. May be added up further.
    Sum(BaseSum),
    /// `times` × (`of` − `less`) / `by`. Null where `by` is 0 or one of the sums is not known.
    /// Cannot be added up.
    Quotient {
        times: i32,
        of: BaseSum,
        less: Option<BaseSum>,
        by: BaseSum,
        decimals: Decimals,
    },
    /// People: asked of Meta for exactly the days and the object, and made of no sums. Cannot be
    /// added up. In words, what it is.
    Asked(&'static str),
}

/// A text in every language of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    pub en: &'static str,
    pub es: &'static str,
    pub pt: &'static str,
}

/// What a metric is.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its name in JSON, files and settings. Never changes.
    pub id: &'static str,
    pub names: Names,
    /// For narrow heads, where the name is too long.
    pub short: Option<Names>,
    pub unit: Unit,
    pub source: Source,
    pub rise: Rise,
    pub formula: Formula,
    /// What it counts, for docs/metrics.md; of a ratio its edge cases.
    pub note: &'static str,
}

/// A quotient as decimal text. Two of them cannot be added: that would be a mean of means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratio(String);

impl Ratio {
    /// The decimal text.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// The value of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Money(Micros),
    Count(Shares),
    Ratio(Ratio),
}

impl Value {
    /// Decimal text, as it crosses the edge.
    pub fn into_text(self, currency: Currency) -> String {
        match self {
            Self::Money(amount) => amount.to_text(currency),
            Self::Count(count) => count.to_string(),
            Self::Ratio(ratio) => ratio.into_text(),
        }
    }
}

impl BaseSum {
    /// Whether it is an amount of money, in millionths.
    pub fn is_money(self) -> bool {
        matches!(
            self,
            Self::Spend | Self::MetaPurchaseValue | Self::Revenue | Self::Cost | Self::Margin
        )
    }

    /// Whether it depends on how opportunities and sales are credited.
    pub fn is_credited(self) -> bool {
        matches!(
            self,
            Self::Opportunities
                | Self::Sales
                | Self::Revenue
                | Self::NewCustomers
                | Self::Cost
                | Self::CostedSales
                | Self::Margin
        )
    }

    /// Whether it is only known where every row that is summed knows it. Of all others a sum is of
    /// those that do.
    pub fn needs_every_row(self) -> bool {
        self == Self::Margin
    }

    /// The metric that shows this sum alone.
    pub fn metric(self) -> Metric {
        match self {
            Self::Spend => Metric::Spend,
            Self::Impressions => Metric::Impressions,
            Self::Clicks => Metric::Clicks,
            Self::LinkClicks => Metric::LinkClicks,
            Self::MetaLeads => Metric::MetaLeads,
            Self::MetaPurchases => Metric::MetaPurchases,
            Self::MetaPurchaseValue => Metric::MetaPurchaseValue,
            Self::Leads => Metric::Leads,
            Self::Opportunities => Metric::Opportunities,
            Self::Sales => Metric::Sales,
            Self::Revenue => Metric::Revenue,
            Self::NewCustomers => Metric::NewCustomers,
            Self::Cost => Metric::Cost,
            Self::CostedSales => Metric::CostedSales,
            Self::Margin => Metric::Margin,
        }
    }

    /// Takes this sum over into other figures. What Meta claims brings along that an ad-day told it.
    fn copy(self, from: &Figures, to: &mut Figures) {
        match self {
            Self::Spend => to.spend = from.spend,
            Self::Impressions => to.impressions = from.impressions,
            Self::Clicks => to.clicks = from.clicks,
            Self::LinkClicks => to.link_clicks = from.link_clicks,
            Self::MetaLeads => {
                (to.meta_leads, to.ad_days) = (from.meta_leads, from.ad_days);
            }
            Self::MetaPurchases => {
                (to.meta_purchases, to.ad_days) = (from.meta_purchases, from.ad_days);
            }
            Self::MetaPurchaseValue => {
                (to.meta_purchase_value, to.ad_days) = (from.meta_purchase_value, from.ad_days);
            }
            Self::Leads => to.leads = from.leads,
            Self::Opportunities => to.opportunities = from.opportunities,
            Self::Sales => to.sales = from.sales,
            Self::Revenue => to.revenue = from.revenue,
            Self::NewCustomers => to.new_customers = from.new_customers,
            Self::Cost => (to.cost, to.costed_sales) = (from.cost, from.costed_sales),
            Self::CostedSales => to.costed_sales = from.costed_sales,
            Self::Margin => {
                (to.revenue, to.sales) = (from.revenue, from.sales);
                Self::Cost.copy(from, to);
            }
        }
    }

    /// How many of its units are one: money and shares are in millionths.
    fn scale(self) -> i64 {
        match self {
            Self::Opportunities | Self::Sales | Self::NewCustomers | Self::CostedSales => {
                Shares::ONE.0
            }
            _ if self.is_money() => 1_000_000,
            _ => 1,
        }
    }

    /// The sum in `figures`, in its own units. `None` where it is not known. What Meta claims
    /// is not known where no ad-day was summed; it then divides as 0 does. Where no cost is known
    /// there is none to tell, and without the cost of one sale there is no margin.
    fn of(self, figures: &Figures) -> Option<i64> {
        let known = match self {
            Self::MetaLeads | Self::MetaPurchases | Self::MetaPurchaseValue => figures.ad_days > 0,
            Self::Cost => figures.costed_sales != Shares::ZERO || figures.cost != Micros::ZERO,
            Self::Margin => figures.costed_sales == figures.sales,
            _ => true,
        };
        self.part_of(figures).filter(|_| known)
    }

    /// What figures add to this sum, known in them alone or not: a day that says something else is
    /// no day more, and a cost that was set right no sale more. `None` where they add nothing.
    fn part_of(self, figures: &Figures) -> Option<i64> {
        match self {
            Self::Spend => figures.spend.map(|spend| spend.0),
            Self::Impressions => figures.impressions,
            Self::Clicks => figures.clicks,
            Self::LinkClicks => figures.link_clicks,
            Self::MetaLeads => Some(figures.meta_leads),
            Self::MetaPurchases => Some(figures.meta_purchases),
            Self::MetaPurchaseValue => Some(figures.meta_purchase_value.0),
            Self::Leads => Some(figures.leads),
            Self::Opportunities => Some(figures.opportunities.0),
            Self::Sales => Some(figures.sales.0),
            Self::Revenue => Some(figures.revenue.0),
            Self::NewCustomers => figures.new_customers.map(|n| n.0),
            Self::Cost => Some(figures.cost.0),
            Self::CostedSales => Some(figures.costed_sales.0),
            Self::Margin => Some(margin(figures.revenue, figures.cost).0),
        }
    }

    fn valued(self, number: i64) -> Value {
        if self.is_money() {
            Value::Money(Micros(number))
        } else if self.scale() == 1 {
            Value::Count(Shares::whole(number))
        } else {
            Value::Count(Shares(number))
        }
    }
}

impl Decimals {
    fn of(self, currency: Currency) -> u32 {
        match self {
            Self::Fixed(decimals) => decimals,
            Self::Coins(more) => currency.exponent() + more,
        }
    }
}

impl Definition {
    /// The value of the metric in these sums; `None` where it is not known, or there is nothing to
    /// divide by.
    pub fn value(&self, figures: &Figures, currency: Currency) -> Option<Value> {
        match self.formula {
            Formula::Sum(sum) => sum.of(figures).map(|n| sum.valued(n)),
            Formula::Quotient {
                times,
                of,
                less,
                by,
                decimals,
            } => {
                let mut n = of.of(figures)?;
                if let Some(less) = less {
                    n = n.checked_sub(less.of(figures)?)?;
                }
                let d = by.of(figures)?;
                let decimals = decimals.of(currency);
                let times = i64::from(times);
                // Millionths over whole ones are a million times too many.
                let (more, less) = (of.scale() / by.scale(), by.scale() / of.scale());
                let d = d.checked_mul(more.max(1))?;
                let n = n.checked_mul(less.max(1))?;
                let text = match times {
                    100 => percent(n, d, decimals),
                    // Smaller numbers divide faster, and overflow later.
                    _ if more % times == 0 && times > 1 => ratio(n, d / times, decimals),
                    _ => ratio(n.checked_mul(times)?, d, decimals),
                };
                text.map(|text| Value::Ratio(Ratio(text)))
            }
            Formula::Asked(_) => None,
        }
    }
}

/// How a quotient divides: `times` × (`of` − `less`) / (`over` × `by`), each sum in its own units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Division {
    of: BaseSum,
    less: Option<BaseSum>,
    by: BaseSum,
    pub times: i128,
    pub over: i128,
}

impl Division {
    /// What is divided. What is not known adds nothing.
    pub fn dividend(&self, figures: &Figures) -> i128 {
        let sum = |sum: BaseSum| i128::from(sum.part_of(figures).unwrap_or(0));
        sum(self.of) - self.less.map_or(0, sum)
    }

    /// What it is divided by.
    pub fn divisor(&self, figures: &Figures) -> i128 {
        i128::from(self.by.part_of(figures).unwrap_or(0))
    }
}

impl Metric {
    /// The metric of an id.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.definition().id == id)
    }

    /// Whether it sets what the CRM has against what Meta tells: as a headline it is of what is
    /// attributed, for nobody paid for the rest.
    pub fn is_of_attributed(self) -> bool {
        let known = self.definition();
        known.source == Source::Both && matches!(known.formula, Formula::Quotient { .. })
    }

    /// The two sums that a quotient divides, as far as they are known, and what it makes of them; `None`
    /// for what is none.
    pub(crate) fn division(self) -> Option<Division> {
        match self.definition().formula {
            Formula::Quotient {
                times,
                of,
                less,
                by,
                ..
            } => Some(Division {
                of,
                less,
                by,
                times: i128::from(times) * i128::from((by.scale() / of.scale()).max(1)),
                over: i128::from((of.scale() / by.scale()).max(1)),
            }),
            Formula::Sum(_) | Formula::Asked(_) => None,
        }
    }

    /// Its value in these sums, as decimal text; `None` where it is not known, there is nothing to
    /// divide by, or it is not made of sums.
    pub fn text(self, figures: &Figures, currency: Currency) -> Option<String> {
        self.definition()
            .value(figures, currency)
            .map(|value| value.into_text(currency))
    }

    /// What figures add to it, as decimal text, known in them alone or not; `None` for a quotient, to
    /// which nothing can be added, and where they add nothing.
    pub fn part_text(self, figures: &Figures, currency: Currency) -> Option<String> {
        match self.definition().formula {
            Formula::Sum(sum) => sum
                .part_of(figures)
                .map(|n| sum.valued(n).into_text(currency)),
            Formula::Quotient { .. } | Formula::Asked(_) => None,
        }
    }

    /// What moved a sum from one value to another, as decimal text: 0 where it moved nothing. Of a
    /// sum that may lack a row both values have to be known, of any other one is enough; `None` else, and
    /// for what is no sum.
    pub(crate) fn moved_text(
        self,
        (before, after): (Option<&str>, Option<&str>),
        moved: &Figures,
        currency: Currency,
    ) -> Option<String> {
        let Formula::Sum(sum) = self.definition().formula else {
            return None;
        };
        let known = if sum.needs_every_row() {
            before.is_some() && after.is_some()
        } else {
            before.is_some() || after.is_some()
        };
        let number = sum.part_of(moved).unwrap_or(0);
        known.then(|| sum.valued(number).into_text(currency))
    }

    /// The sums it is made of.
    fn sums(self) -> impl Iterator<Item = BaseSum> {
        let sums = match self.definition().formula {
            Formula::Sum(sum) => [Some(sum), None, None],
            Formula::Quotient { of, less, by, .. } => [Some(of), less, Some(by)],
            Formula::Asked(_) => [None; 3],
        };
        sums.into_iter().flatten()
    }

    /// Whether it depends on how opportunities and sales are credited: its label then says how.
    pub fn is_credited(self) -> bool {
        self.sums().any(BaseSum::is_credited)
    }

    /// Whether new customers have to be counted for it.
    pub fn needs_new_customers(self) -> bool {
        self.sums().any(|sum| sum == BaseSum::NewCustomers)
    }

    /// Of these figures those that it is made of; everything else is nothing.
    pub(crate) fn only_its_sums(self, figures: &Figures) -> Figures {
        let mut only = Figures::default();
        for sum in self.sums() {
            sum.copy(figures, &mut only);
        }
        only
    }

    /// Whether it is made of a sum that is only known where every row knows it.
    pub fn needs_every_row(self) -> bool {
        self.sums().any(BaseSum::needs_every_row)
    }

    /// Whether it is asked of Meta, and made of no sums.
    pub fn is_asked(self) -> bool {
        matches!(self.definition().formula, Formula::Asked(_))
    }

    /// Whether values of it may be added up.
    pub fn is_sum(self) -> bool {
        matches!(self.definition().formula, Formula::Sum(_))
    }
}

rumbo_base::never_added! {
    Ratio: std::ops::Add, std::ops::AddAssign, std::iter::Sum;
    Value: std::ops::Add, std::ops::AddAssign, std::iter::Sum;
}

#[cfg(test)]
mod tests;
