//! Sums laid side by side.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use rumbo_base::{AdCampaignId, Currency, Micros, Result};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::{CurrencyGroup, Filter, PreviousSums, RoiRow, Sum};
use crate::exchange::{Converted, ConvertedParts, Exchange, Turned, Worth};
use crate::figures::{Figures, Shares, WithoutSpend};
use crate::path::{Grain, Key, Path, RowKey};
use crate::read::directory::Directory;
use crate::read::outcome::{OriginSum, Outcome};
use crate::read::place::Place;
use crate::read::spread::mapped;

/// A sum in the making.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    pub figures: Figures,
    pub without_spend: WithoutSpend,
    /// A path that went in names something that is not synced.
    pub waits: bool,
}

impl Cell {
    fn add(&mut self, other: &Self) -> Result<()> {
        self.figures.add(&other.figures)?;
        self.without_spend.add(&other.without_spend)?;
        self.waits |= other.waits;
        Ok(())
    }
}

/// Where rows are, by their keys. Most often they are of objects that are known.
#[derive(Debug, Default)]
struct Places {
    known: FxHashMap<Uuid, usize>,
    others: FxHashMap<RowKey, usize>,
}

impl Places {
    fn get(&self, key: &RowKey) -> Option<usize> {
        let place = match key {
            RowKey::Object(Key::Known(id)) => self.known.get(id),
            other => self.others.get(other),
        };
        place.copied()
    }

    /// The place of a row, which is the new one when it has none yet.
    fn get_or_insert(&mut self, key: &RowKey, new: usize) -> usize {
        match key {
            RowKey::Object(Key::Known(id)) => *self.known.entry(*id).or_insert(new),
            other => match self.others.get(other) {
                Some(place) => *place,
                None => {
                    self.others.insert(other.clone(), new);
                    new
                }
            },
        }
    }

    fn reserve(&mut self, rows: usize) {
        self.known.reserve(rows);
    }
}

#[derive(Debug, Default)]
struct Group {
    rows: Vec<(RowKey, Path)>,
    /// Of each row. Most is added where its row is known already: what is looked at lies together.
    cells: Vec<Cell>,
    places: Places,
    /// Where what has an origin goes, by the place of the origin.
    of_origins: Vec<Option<To>>,
    /// Of a part of a report what has an origin, which is led to rows where the part is taken in.
    by_origin: ByOrigin,
    unattributed: Cell,
    /// Added to on its own, never made from the rows: tests compare the two.
    total: Cell,
    /// What of it was converted.
    converted: ConvertedParts,
    /// The same of its rows, by their places; shorter where nothing of the last ones was.
    converted_rows: Vec<ConvertedParts>,
}

/// What has an origin, origin by origin.
#[derive(Debug, Default)]
struct ByOrigin {
    sums: Vec<Originated>,
    /// The place of each origin's among these.
    places: Vec<Option<usize>>,
}

#[derive(Debug)]
struct Originated {
    origin: usize,
    path: Path,
    figures: Figures,
    converted: ConvertedParts,
}

impl ByOrigin {
    fn of(&mut self, origin: usize, path: &Path) -> Option<&mut Originated> {
        if self.places.len() <= origin {
            self.places.resize(origin + 1, None);
        }
        let new = self.sums.len();
        let place = *self.places.get_mut(origin)?.get_or_insert(new);
        if place == new {
            self.sums.push(Originated {
                origin,
                path: path.clone(),
                figures: Figures::default(),
                converted: ConvertedParts::default(),
            });
        }
        self.sums.get_mut(place)
    }

    fn add(
        &mut self,
        origin: usize,
        path: &Path,
        add: impl Fn(&mut Figures) -> Result<()>,
        converted: Option<&Converted>,
    ) -> Result<()> {
        let Some(sum) = self.of(origin, path) else {
            return Ok(());
        };
        add(&mut sum.figures)?;
        converted.map_or(Ok(()), |converted| sum.converted.add(converted))
    }
}

/// Where a sum goes.
#[derive(Clone, Copy, Debug)]
enum To {
    /// The filter leaves it out.
    Nowhere,
    Unattributed,
    Row(usize),
}

impl Group {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.total.figures.is_empty()
    }

    fn to(&mut self, path: &Path, grain: Grain, filter: &Filter) -> To {
        if !filter.allows(path) {
            return To::Nowhere;
        }
        let Some(key) = path.row(grain) else {
            return To::Unattributed;
        };
        let place = self.place(key, path);
        if path.waits()
            && let Some(cell) = self.cells.get_mut(place)
        {
            cell.waits = true;
        }
        To::Row(place)
    }

    /// Where what has an origin goes: worked out once for each.
    fn of_origin(&mut self, origin: usize, path: &Path, grain: Grain, filter: &Filter) -> To {
        if let Some(to) = self.of_origins.get(origin).copied().flatten() {
            return to;
        }
        let to = self.to(path, grain, filter);
        if self.of_origins.len() <= origin {
            self.of_origins.resize(origin + 1, None);
        }
        if let Some(known) = self.of_origins.get_mut(origin) {
            *known = Some(to);
        }
        to
    }

    /// The place of a row, which is new when nothing went there yet. It knows what a path of it does.
    fn place(&mut self, key: RowKey, path: &Path) -> usize {
        let new = self.rows.len();
        let place = self.places.get_or_insert(&key, new);
        if place == new {
            self.rows.push((key, path.clone()));
            self.cells.push(Cell::default());
        } else if let Some((_, known)) = self.rows.get_mut(place) {
            known.take_in(path);
        }
        place
    }

    fn reserve(&mut self, rows: usize) {
        self.rows.reserve(rows);
        self.cells.reserve(rows);
        self.places.reserve(rows);
    }

    fn cell(&self, key: &RowKey) -> Option<Cell> {
        self.cells.get(self.places.get(key)?).copied()
    }

    fn sums(&self, idle: bool, customers: bool) -> PreviousSums {
        let sum = |cell| sum(cell, idle, customers);
        PreviousSums {
            unattributed: sum(self.unattributed),
            total: sum(self.total),
        }
    }

    /// Adds everything of another.
    fn merge(&mut self, other: &Self, grain: Grain, filter: &Filter) -> Result<()> {
        for sum in &other.by_origin.sums {
            let to = self.of_origin(sum.origin, &sum.path, grain, filter);
            self.add(to, |figures| figures.add_outcome(&sum.figures))?;
            for converted in sum.converted.iter() {
                self.add_converted(to, Some(converted))?;
            }
        }
        let rows = other.rows.iter().zip(&other.cells).enumerate();
        for (nth, ((key, path), cell)) in rows {
            let place = self.place(key.clone(), path);
            if let Some(sum) = self.cells.get_mut(place) {
                sum.add(cell)?;
            }
            if let Some(converted) = other.converted_rows.get(nth) {
                let own = self.converted_row(place);
                own.map_or(Ok(()), |own| own.merge(converted))?;
            }
        }
        self.unattributed.add(&other.unattributed)?;
        self.total.add(&other.total)?;
        self.converted.merge(&other.converted)
    }

    fn add(&mut self, to: To, add: impl Fn(&mut Figures) -> Result<()>) -> Result<()> {
        self.add_to_cell(to, |cell| add(&mut cell.figures))
    }

    fn add_to_cell(&mut self, to: To, add: impl Fn(&mut Cell) -> Result<()>) -> Result<()> {
        let cell = match to {
            To::Nowhere => return Ok(()),
            To::Unattributed => Some(&mut self.unattributed),
            To::Row(place) => self.cells.get_mut(place),
        };
        cell.map_or(Ok(()), &add)?;
        add(&mut self.total)
    }

    fn converted_row(&mut self, place: usize) -> Option<&mut ConvertedParts> {
        if self.converted_rows.len() <= place {
            let rows = self.rows.len();
            self.converted_rows
                .resize_with(rows, ConvertedParts::default);
        }
        self.converted_rows.get_mut(place)
    }

    /// Notes what of it was converted.
    fn add_converted(&mut self, to: To, converted: Option<&Converted>) -> Result<()> {
        let Some(origin) = converted else {
            return Ok(());
        };
        match to {
            To::Nowhere => return Ok(()),
            To::Unattributed => {}
            To::Row(place) => {
                let own = self.converted_row(place);
                own.map_or(Ok(()), |own| own.add(origin))?;
            }
        }
        self.converted.add(origin)
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
    /// Whether it is a part of a report, to be taken in by the others.
    is_part: bool,
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
            is_part: false,
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

    /// An empty one of the same report.
    pub fn apart(&self) -> Self {
        Self {
            turned: self.turned.clone(),
            groups: BTreeMap::from([(self.first, Group::default())]),
            is_part: true,
            ..*self
        }
    }

    /// So many rows are to come.
    pub fn reserve(&mut self, rows: usize) {
        if let Some(group) = self.groups.get_mut(&self.first) {
            group.reserve(rows);
        }
    }

    /// Adds one sum to its row, or to what is not attributed; and to the total.
    pub fn add(&mut self, path: &Path, currency: Currency, figures: &Figures) -> Result<()> {
        self.each(path, currency, None, |cell| cell.figures.add(figures))
    }

    /// The same of one that may have been converted.
    pub fn add_turned(&mut self, path: &Path, sum: &Turned) -> Result<()> {
        self.each(path, sum.currency, sum.origin.as_ref(), |cell| {
            cell.figures.add(&sum.figures)
        })
    }

    /// Marks a part of what is added as being without spend.
    pub fn add_idle(&mut self, path: &Path, currency: Currency, part: &Figures) -> Result<()> {
        let idle = WithoutSpend::of(part);
        self.each(path, currency, None, |cell| cell.without_spend.add(&idle))
    }

    fn each(
        &mut self,
        path: &Path,
        currency: Currency,
        converted: Option<&Converted>,
        add: impl Fn(&mut Cell) -> Result<()>,
    ) -> Result<()> {
        if !self.filter.allows(path) {
            return Ok(());
        }
        let group = self.groups.entry(currency).or_default();
        let to = group.to(path, self.grain, self.filter);
        group.add_to_cell(to, add)?;
        group.add_converted(to, converted)
    }

    /// The same of a part of an outcome: where it goes is worked out once for each origin.
    pub fn add_outcome(&mut self, outcome: &Outcome<'_>, worth: &Worth<'_>) -> Result<()> {
        let currency = worth.currency();
        let converted = worth.converted();
        let add = |figures: &mut Figures| worth.add_to(figures);
        self.add_originated(outcome.origin, outcome.path, currency, converted, add)
    }

    /// The same of all parts of an origin.
    pub fn add_sum(&mut self, path: &Path, sum: &OriginSum<'_>) -> Result<()> {
        let add = |figures: &mut Figures| figures.add_outcome(&sum.figures);
        let converted = sum.converted.as_ref();
        self.add_originated(sum.origin, path, sum.currency, converted, add)
    }

    fn add_originated(
        &mut self,
        origin: Option<usize>,
        path: &Path,
        currency: Currency,
        converted: Option<&Converted>,
        add: impl Fn(&mut Figures) -> Result<()>,
    ) -> Result<()> {
        let (Some(origin), Some(group)) = (origin, self.groups.get_mut(&currency)) else {
            return self.each(path, currency, converted, |cell| add(&mut cell.figures));
        };
        if self.is_part {
            return group.by_origin.add(origin, path, add, converted);
        }
        let to = group.of_origin(origin, path, self.grain, self.filter);
        group.add(to, add)?;
        group.add_converted(to, converted)
    }

    /// The campaigns that can be among the first so many of a currency once everything is in, when what was
    /// delivered is in: those that spent most. `None` for all, where too few have spent.
    pub fn spent_most(&self, currency: Currency, count: usize) -> Option<Vec<AdCampaignId>> {
        let group = self.groups.get(&currency)?;
        let mut spent: Vec<(Micros, AdCampaignId)> = group
            .rows
            .iter()
            .zip(&group.cells)
            .filter_map(|((_, path), cell)| {
                let campaign = path.campaign.as_ref().and_then(Key::known)?;
                Some((cell.figures.spend?, campaign))
            })
            .collect();
        spent.sort_unstable_by(|a, b| b.cmp(a));
        let Some(last) = count.checked_sub(1) else {
            return Some(Vec::new());
        };
        let (least, _) = *spent.get(last)?;
        // Of those that spent the same it is not known yet which comes first.
        let first = spent.into_iter().take_while(|(spend, _)| *spend >= least);
        Some(first.map(|(_, campaign)| campaign).collect())
    }

    /// Adds everything of another one of the same report.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        other.groups.iter().try_for_each(|(currency, group)| {
            let sum = self.groups.entry(*currency).or_default();
            sum.merge(group, self.grain, self.filter)
        })
    }

    /// The figures of rows alone.
    pub fn into_figures(self) -> RowFigures {
        let groups = self.groups.into_iter();
        let of_rows = groups.map(|(currency, group)| {
            let rows = group.rows.iter().zip(group.cells);
            let figures = rows.map(|((key, _), cell)| (super::name::text(key), cell.figures));
            (currency, figures.collect())
        });
        of_rows.collect()
    }

    /// The groups: the workspace's currency first.
    /// Whether they tell what fell on days without spend is `idle`, and whether new customers
    /// were counted is `customers`.
    pub fn into_groups(self, idle: bool, customers: bool) -> Vec<CurrencyGroup> {
        self.beside(None, idle, customers)
    }

    /// The same with the figures of an earlier period beside them. Currencies of that alone come last.
    pub fn into_groups_beside(
        self,
        before: &Self,
        idle: bool,
        customers: bool,
    ) -> Vec<CurrencyGroup> {
        let mut groups = self.beside(Some(before), idle, customers);
        for (currency, group) in &before.groups {
            if groups.iter().all(|known| known.currency != *currency) {
                groups.push(CurrencyGroup {
                    previous: Some(group.sums(idle, customers)),
                    ..CurrencyGroup::empty(*currency)
                });
            }
        }
        groups
    }

    fn beside(self, before: Option<&Self>, idle: bool, customers: bool) -> Vec<CurrencyGroup> {
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
            .map(|(currency, group)| {
                let past = before.and_then(|before| before.groups.get(&currency));
                let row = |nth: usize, (key, path): &(RowKey, Path), cell: &Cell| {
                    let cell = counted(*cell, customers);
                    let mut row =
                        super::name::row(grain, place, directory, currency, key, path, cell);
                    row.without_spend = idle.then_some(cell.without_spend);
                    row.previous = past
                        .and_then(|past| past.cell(key))
                        .map(|cell| sum(cell, idle, customers));
                    if let Some(converted) = group.converted_rows.get(nth) {
                        row.converted = converted.clone().into_list();
                    }
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
                };
                let rows = in_order(&group.rows, &group.cells, row);
                let sums = group.sums(idle, customers);
                CurrencyGroup {
                    currency,
                    rows,
                    unattributed: sums.unattributed,
                    total: sums.total,
                    previous: before.map(|_| {
                        past.map(|past| past.sums(idle, customers))
                            .unwrap_or_default()
                    }),
                    converted: group.converted.into_list(),
                }
            })
            .collect();
        done.sort_by_key(|group| (group.currency != first, group.currency != place.main));
        done
    }
}

/// What rows have, by currency and the keys of rows.
pub(crate) type RowFigures = HashMap<Currency, HashMap<String, Figures>>;

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

/// The rows by spend, then revenue, then leads, largest first; then by name and key, so that reports repeat.
/// Rows are large: each is made where it stays, by several threads where there are many.
fn in_order<R: Sync>(
    of: &[R],
    cells: &[Cell],
    row: impl Fn(usize, &R, &Cell) -> RoiRow + Sync,
) -> Vec<RoiRow> {
    let weight = |figures: &Figures| Reverse((figures.spend, figures.revenue, figures.leads));
    let rows = of.iter().zip(cells);
    let mut order: Vec<_> = rows
        .enumerate()
        .map(|(nth, (of, cell))| (weight(&cell.figures), nth, of, cell))
        .collect();
    order.sort_by_key(|(weight, ..)| *weight);
    let mut rows = mapped(&order, |(_, nth, of, cell)| row(*nth, of, cell));
    for same in rows.chunk_by_mut(|a, b| weight(&a.figures) == weight(&b.figures)) {
        if same.len() > 1 {
            same.sort_by_cached_key(|row| (row.name.clone(), row.key.clone()));
        }
    }
    rows
}
