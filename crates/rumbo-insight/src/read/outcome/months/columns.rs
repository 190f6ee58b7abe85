//! What rows come to origin by origin, in as little room as it needs.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rumbo_base::{Currency, Error, Micros, Result};
use rustc_hash::FxHashMap;

use crate::exchange::{Converted, ConvertedColumns, UsedRates, Worth};
use crate::figures::{Figures, Shares};
use crate::read::column::Column;
use crate::read::known::Weighed;
use crate::read::outcome::Outcome;

/// What all parts of an origin come to, or of a lead source, or of what is not attributed, in one currency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginSum<'a> {
    pub origin: Option<usize>,
    pub source: Option<&'a Arc<str>>,
    pub currency: Currency,
    pub figures: Figures,
    /// What of it was converted.
    pub converted: Option<Converted>,
}

/// The sums of a month, column by column: there are some ten thousand a month in a large workspace.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// The place of the origin, or [`NOBODY`], or less than this by the place of a source and one.
    of: Vec<u32>,
    /// The place of the currency of each; nothing where all are in the first one.
    of_currency: Vec<u8>,
    sources: Vec<Arc<str>>,
    currencies: Vec<Currency>,
    figures: [Column; 7],
    /// Where they were converted, and so are all in one currency.
    turned: Option<Turned>,
}

/// What sums were before they were converted.
#[derive(Debug)]
struct Turned {
    to: Currency,
    used: UsedRates,
    were: ConvertedColumns,
}

impl Weighed for Turned {
    fn bytes(&self) -> usize {
        self.used.bytes() + self.were.bytes()
    }
}

/// In the place of an origin: what is not attributed.
const NOBODY: u32 = u32::MAX;

impl Columns {
    /// `turned` is the currency that they were brought to, and the rates.
    pub fn of(sums: Sums, turned: Option<(Currency, UsedRates)>) -> Result<Self> {
        let mut columns = Self::default();
        let many = || Error::internal("more origins than can be counted");
        let Sums { sums, converted } = sums;
        let mut sums: Vec<_> = sums.into_iter().collect();
        // Where they go lies in the order of the origins.
        sums.sort_unstable_by_key(|((of, _), _)| of.0);
        columns.of.reserve_exact(sums.len());
        for ((origin, source), currency) in sums.iter().map(|(of, _)| of) {
            let at = columns.currencies.iter().position(|of| of == currency);
            let at = at.unwrap_or_else(|| {
                columns.currencies.push(*currency);
                columns.currencies.len() - 1
            });
            let place = match (origin, source) {
                (Some(origin), _) => u32::try_from(*origin).ok(),
                (None, Some(source)) => {
                    columns.sources.push(Arc::clone(source));
                    let nth = u32::try_from(columns.sources.len()).ok();
                    nth.and_then(|nth| NOBODY.checked_sub(nth))
                }
                (None, None) => Some(NOBODY),
            };
            columns.of.push(place.ok_or_else(many)?);
            let currency = u8::try_from(at).ok();
            columns.of_currency.push(currency.ok_or_else(many)?);
        }
        if columns.currencies.len() < 2 {
            columns.of_currency = Vec::new();
        }
        let figures: [fn(&Figures) -> i64; 7] = [
            |sum| sum.leads,
            |sum| sum.opportunities.0,
            |sum| sum.sales.0,
            |sum| sum.revenue.0,
            |sum| sum.cost.0,
            |sum| sum.costed_sales.0,
            |sum| sum.new_customers.unwrap_or_default().0,
        ];
        columns.figures = figures.map(|figure| Column::of(sums.iter().map(|(_, sum)| figure(sum))));
        columns.turned = turned.map(|(to, used)| {
            let were = sums.iter().map(|(of, _)| converted.get(of).copied());
            let were: Vec<Option<Converted>> = were.collect();
            let were = ConvertedColumns::of(&were);
            Turned { to, used, were }
        });
        Ok(columns)
    }

    /// How many sums they are.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// The rates that they were converted by, where they were.
    pub fn used(&self) -> Option<&UsedRates> {
        self.turned.as_ref().map(|turned| &turned.used)
    }

    pub fn iter(&self) -> impl Iterator<Item = OriginSum<'_>> {
        let sources = u32::try_from(self.sources.len()).unwrap_or(0);
        self.of.iter().enumerate().map(move |(nth, origin)| {
            let [
                leads,
                opportunities,
                sales,
                revenue,
                cost,
                costed,
                customers,
            ] = self.figures.each_ref().map(|column| column.get(nth));
            let currency = self.of_currency.get(nth).copied().unwrap_or(0);
            let currency = self.currencies.get(usize::from(currency)).copied();
            let own = currency.unwrap_or(Currency::NONE);
            let turned = self.turned.as_ref();
            let converted = turned.and_then(|turned| turned.were.get(nth, own));
            let from_behind = NOBODY - origin;
            let behind = (1..=sources).contains(&from_behind);
            let nth = usize::try_from(from_behind).ok().filter(|_| behind);
            OriginSum {
                origin: usize::try_from(*origin)
                    .ok()
                    .filter(|_| from_behind > sources),
                source: nth.and_then(|nth| self.sources.get(nth - 1)),
                currency: turned.map_or(own, |turned| turned.to),
                converted,
                figures: Figures {
                    leads,
                    opportunities: Shares(opportunities),
                    sales: Shares(sales),
                    revenue: Micros(revenue),
                    cost: Micros(cost),
                    costed_sales: Shares(costed),
                    new_customers: (customers != 0).then_some(Shares(customers)),
                    ..Figures::default()
                },
            }
        })
    }
}

impl Weighed for Columns {
    fn bytes(&self) -> usize {
        let figures: usize = self.figures.iter().map(Column::bytes).sum();
        self.of.bytes() + self.of_currency.bytes() + figures + self.turned.bytes()
    }
}

/// The place of an origin, or a lead source, or neither of what is not attributed.
type From = (Option<usize>, Option<Arc<str>>);

/// Adds up, by where it comes from and by its own currency.
#[derive(Debug, Default)]
pub(super) struct Sums {
    sums: FxHashMap<(From, Currency), Figures>,
    /// What of them was converted.
    converted: FxHashMap<(From, Currency), Converted>,
}

impl Sums {
    pub fn take_in(&mut self, part: &OriginSum<'_>) -> Result<()> {
        let of = (part.origin, part.source.cloned());
        let sum = self.sums.entry((of, part.currency)).or_default();
        sum.add_outcome(&part.figures)
    }

    pub fn add(&mut self, outcome: &Outcome<'_>, worth: &Worth<'_>) -> Result<()> {
        let of = || ((outcome.origin, outcome.source.cloned()), outcome.currency);
        worth.add_to(self.sums.entry(of()).or_default())?;
        match worth.converted() {
            Some(converted) => self.convert(of(), converted),
            None => Ok(()),
        }
    }

    fn convert(&mut self, of: (From, Currency), converted: &Converted) -> Result<()> {
        match self.converted.entry(of) {
            Entry::Occupied(mut sum) => sum.get_mut().add(converted),
            Entry::Vacant(vacant) => {
                vacant.insert(*converted);
                Ok(())
            }
        }
    }

    pub fn join(&mut self, other: Self) -> Result<()> {
        for (key, figures) in other.sums {
            self.sums.entry(key).or_default().add_outcome(&figures)?;
        }
        let mut converted = other.converted.into_iter();
        converted.try_for_each(|(of, converted)| self.convert(of, &converted))
    }
}
