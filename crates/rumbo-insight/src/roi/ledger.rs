//! Sums laid side by side.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use rumbo_base::{Currency, Result};

use super::{CurrencyGroup, Filter, PreviousSums, RoiRow, Sum};
use crate::exchange::{ConvertedParts, Exchange, Turned};
use crate::figures::{Figures, Shares, WithoutSpend};
use crate::path::{Grain, Path, RowKey};
use crate::read::directory::Directory;
use crate::read::place::Place;

/// A sum in the making.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub figures: Figures,
    pub without_spend: WithoutSpend,
    /// A path that went in names something that is not synced.
    pub waits: bool,
}

#[derive(Debug, Default)]
struct Group {
    rows: HashMap<RowKey, (Path, Cell)>,
    unattributed: Cell,
    /// Added to on its own, never made from the rows: tests compare the two.
    total: Cell,
    /// What of it was converted, and of its rows.
    converted: ConvertedParts,
    converted_rows: HashMap<RowKey, ConvertedParts>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.total.figures.is_empty()
    }
}

/// Takes sums in any order and gives the groups of a report.
#[derive(Debug)]
pub(crate) struct Ledger<'a> {
    grain: Grain,
    place: &'a Place,
    directory: &'a Directory,
    filter: &'a Filter,
    /// The currency that comes first, and whether everything was to be brought to it.
    first: Currency,
    exchanged: bool,
    /// The currencies of ad accounts whose rows are in the first one.
    turned: Vec<Currency>,
    groups: BTreeMap<Currency, Group>,
}

impl<'a> Ledger<'a> {
    pub fn new(
        grain: Grain,
        place: &'a Place,
        directory: &'a Directory,
        filter: &'a Filter,
    ) -> Self {
        Self {
            grain,
            place,
            directory,
            filter,
            first: place.main,
            exchanged: false,
            turned: Vec::new(),
            // The first one is there even when nothing is.
            groups: BTreeMap::from([(place.main, Group::default())]),
        }
    }

    /// One in which everything is brought to one currency, as far as it can be.
    pub fn exchanging(self, exchange: &Exchange) -> Self {
        let Some(first) = exchange.to() else {
            return self;
        };
        let currencies = self.place.accounts.iter().map(|account| account.currency);
        Self {
            first,
            exchanged: true,
            turned: currencies.filter(|own| exchange.takes(*own)).collect(),
            groups: BTreeMap::from([(first, Group::default())]),
            ..self
        }
    }

    /// Adds one sum to its row, or to what is not attributed; and to the total.
    pub fn add(&mut self, path: &Path, currency: Currency, figures: &Figures) -> Result<()> {
        self.each(path, currency, |cell| cell.figures.add(figures))
    }

    /// The same of one that may have been converted.
    pub fn add_turned(&mut self, path: &Path, sum: &Turned) -> Result<()> {
        self.add(path, sum.currency, &sum.figures)?;
        let Some(origin) = sum.origin.as_ref().filter(|_| self.filter.allows(path)) else {
            return Ok(());
        };
        let group = self.groups.entry(sum.currency).or_default();
        group.converted.add(origin)?;
        path.row(self.grain).map_or(Ok(()), |key| {
            group.converted_rows.entry(key).or_default().add(origin)
        })
    }

    /// Marks a part of what is added as being without spend.
    pub fn add_idle(&mut self, path: &Path, part: &Turned) -> Result<()> {
        let idle = WithoutSpend::of(&part.figures);
        self.each(path, part.currency, |cell| cell.without_spend.add(&idle))
    }

    fn each(
        &mut self,
        path: &Path,
        currency: Currency,
        add: impl Fn(&mut Cell) -> Result<()>,
    ) -> Result<()> {
        if !self.filter.allows(path) {
            return Ok(());
        }
        let group = self.groups.entry(currency).or_default();
        add(&mut group.total)?;
        match path.row(self.grain) {
            None => add(&mut group.unattributed),
            Some(key) => {
                let (_, cell) = group
                    .rows
                    .entry(key)
                    .or_insert_with(|| (path.clone(), Cell::default()));
                cell.waits |= path.waits();
                add(cell)
            }
        }
    }

    /// The same as sums under the keys of their rows, without what a row tells beside them.
    pub(super) fn into_past(self, idle: bool, customers: bool) -> Vec<PastGroup> {
        let sum = |cell| sum(cell, idle, customers);
        self.groups
            .into_iter()
            .map(|(currency, group)| PastGroup {
                currency,
                rows: group
                    .rows
                    .into_iter()
                    .map(|(key, (_, cell))| (super::name::text(&key), sum(cell)))
                    .collect(),
                sums: PreviousSums {
                    unattributed: sum(group.unattributed),
                    total: sum(group.total),
                },
            })
            .collect()
    }

    /// The groups: the workspace's currency first.
    /// Whether they tell what fell on days without spend is `idle`, and whether new customers
    /// were counted is `customers`.
    pub fn into_groups(self, idle: bool, customers: bool) -> Vec<CurrencyGroup> {
        let Self {
            grain,
            place,
            directory,
            first,
            exchanged,
            turned,
            mut groups,
            ..
        } = self;
        // Where nothing could be converted there is no amount in the currency asked for, not 0.
        if exchanged && groups.len() > 1 && groups.get(&first).is_some_and(Group::is_empty) {
            groups.remove(&first);
        }
        let mut done: Vec<CurrencyGroup> = groups
            .into_iter()
            .map(|(currency, mut group)| {
                let mut rows: Vec<RoiRow> = group
                    .rows
                    .into_iter()
                    .map(|(key, (path, cell))| {
                        let cell = counted(cell, customers);
                        let converted = group.converted_rows.remove(&key);
                        let mut row =
                            super::name::row(grain, place, directory, currency, key, &path, cell);
                        row.without_spend = idle.then_some(cell.without_spend);
                        row.converted = converted.unwrap_or_default().into_list();
                        // What its account is in was converted with everything else.
                        if currency == first
                            && row.other_currency
                            && row
                                .account_id
                                .and_then(|id| place.account(id))
                                .is_some_and(|account| turned.contains(&account.currency))
                        {
                            row.other_currency = false;
                            row.no_spend = row.figures.has_outcome();
                        }
                        row
                    })
                    .collect();
                // Rows are large: each is moved once.
                rows.sort_by_cached_key(by_weight);
                let sum = |cell| sum(cell, idle, customers);
                CurrencyGroup {
                    currency,
                    rows,
                    unattributed: sum(group.unattributed),
                    total: sum(group.total),
                    previous: None,
                    converted: group.converted.into_list(),
                }
            })
            .collect();
        done.sort_by_key(|group| (group.currency != first, group.currency != place.main));
        done
    }
}

/// A period that another is compared with.
#[derive(Debug)]
pub(super) struct PastGroup {
    pub currency: Currency,
    pub sums: PreviousSums,
    pub rows: HashMap<String, Sum>,
}

/// Where no new customers were found there are none, if they were asked for.
fn counted(mut cell: Cell, customers: bool) -> Cell {
    if customers {
        cell.figures.new_customers.get_or_insert(Shares::ZERO);
    }
    cell
}

fn sum(cell: Cell, idle: bool, customers: bool) -> Sum {
    let cell = counted(cell, customers);
    Sum {
        without_spend: idle.then_some(cell.without_spend),
        ..Sum::of(cell.figures)
    }
}

/// Spend, then revenue, then leads, largest first; then name and key, so that reports repeat.
fn by_weight(row: &RoiRow) -> impl Ord + use<> {
    let figures = &row.figures;
    (
        Reverse((figures.spend, figures.revenue, figures.leads)),
        row.name.clone(),
        row.key.clone(),
    )
}
