//! Working out the rows of a query, a page at a time.
//!
//! A row's place is `(object, period, slice)` as one number. A page starts at a place and stops
//! when it is full, so that nothing but the page is ever held, however many rows there are.

use serde_json::{Map, Value};

use super::breakdown::Slice;
use super::cells::Row;
use super::query::{Entity, Level, Query};
use super::{MOST_AT_ONCE, too_much_data};
use crate::daily::{Moment, Tally, tally};
use crate::graph::{GraphError, Params};
use crate::world::{Account, Day, Node, World};

pub(super) struct Page {
    pub rows: Vec<Value>,
    /// Places of the first and last row.
    pub first: u64,
    pub last: u64,
    /// There are rows after, and before.
    pub more: bool,
    pub earlier: bool,
}

/// Everything that stays the same while rows are worked out.
struct Table<'a> {
    world: &'a World,
    query: &'a Query,
    moment: &'a Moment,
    account: &'a Account,
    entities: Vec<Entity>,
    slices: Vec<Slice>,
}

pub(super) fn page(
    world: &World,
    query: &Query,
    moment: &Moment,
    after: Option<u64>,
    before: Option<u64>,
    size: u64,
) -> Result<Page, GraphError> {
    let Some(account) = world.accounts.get(query.account) else {
        return Err(GraphError::parameter("The ad account does not exist."));
    };
    let table = Table {
        world,
        query,
        moment,
        account,
        entities: query.entities(world),
        slices: query.breakdowns.slices(account),
    };
    if let Some((field, descending)) = &query.sort {
        return table.sorted(field, *descending, after, before, size);
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let places = table.places();
    let mut rows = Vec::new();
    if let (None, Some(before)) = (after, before) {
        let mut place = table.position(before);
        let mut earlier = false;
        while place > 0 && !earlier {
            place -= 1;
            for found in table
                .at(place)
                .into_iter()
                .rev()
                .filter(|(at, _)| *at < before)
            {
                earlier = rows.len() == size;
                if earlier {
                    break;
                }
                rows.push(found);
            }
        }
        rows.reverse();
        return Ok(Page::of(rows, true, earlier));
    }
    let start = after.map_or(0, |after| table.position(after).saturating_sub(1));
    let mut more = false;
    for place in start..places {
        for found in table.at(place) {
            if after.is_some_and(|after| found.0 <= after) {
                continue;
            }
            more = rows.len() == size;
            if more {
                break;
            }
            rows.push(found);
        }
        if more {
            break;
        }
    }
    Ok(Page::of(rows, more, after.is_some()))
}

/// The `summary` object, when one is asked for by `default_summary` or a list of fields.
pub(super) fn summary(
    world: &World,
    query: &Query,
    moment: &Moment,
    params: &Params,
) -> Result<Option<Value>, GraphError> {
    let named = match params.get("summary") {
        None | Some("true" | "false" | "1" | "0" | "total_count" | "[\"total_count\"]") => {
            Vec::new()
        }
        Some(_) => params.list("summary")?,
    };
    let wanted = params
        .get("default_summary")
        .is_some_and(|text| text == "true" || text == "1");
    if named.is_empty() && !wanted {
        return Ok(None);
    }
    let missing: Vec<&str> = named
        .iter()
        .map(String::as_str)
        .filter(|name| !query.fields.iter().any(|field| field == name))
        .collect();
    if !missing.is_empty() {
        return Err(GraphError::parameter(format!(
            "Cannot include {} in summary param because they weren't there while creating the report run. All available values are: {}",
            missing.join(", "),
            query.fields.join(", ")
        )));
    }
    let Some(account) = world.accounts.get(query.account) else {
        return Ok(None);
    };
    let mut total = Tally::default();
    for &(since, until) in &query.periods {
        for entity in query.entities(world) {
            for ad in entity.ads {
                (since..=until)
                    .filter_map(|day| tally(world, ad, day, moment))
                    .for_each(|one| total.add(&one));
            }
        }
    }
    let since = query.periods.first().map_or(query.today, |period| period.0);
    let until = query.periods.last().map_or(query.today, |period| period.1);
    let row = Row {
        world,
        query,
        account,
        node: Node::Account(query.account),
        period: (since, until),
        tally: &total,
    };
    let fields = if named.is_empty() {
        &query.fields
    } else {
        &named
    };
    let mut summary = Map::new();
    for field in fields {
        let is_key = field.ends_with("_id") || field.ends_with("_name");
        if let Some(value) = row
            .cell(field)
            .filter(|_| !is_key || query.level == Level::Account)
        {
            summary.insert(field.clone(), value);
        }
    }
    Ok(Some(summary.into()))
}

impl Page {
    fn of(found: Vec<(u64, Value)>, more: bool, earlier: bool) -> Self {
        let first = found.first().map_or(0, |(at, _)| *at);
        let last = found.last().map_or(0, |(at, _)| *at);
        let rows = found.into_iter().map(|(_, row)| row).collect();
        Self {
            rows,
            first,
            last,
            more,
            earlier,
        }
    }
}

impl Table<'_> {
    /// How many `(object, period)` places there are.
    fn places(&self) -> u64 {
        let whole = |length: usize| u64::try_from(length).unwrap_or(0);
        whole(self.entities.len()) * whole(self.query.periods.len())
    }

    fn fan(&self) -> u64 {
        u64::try_from(self.slices.len()).unwrap_or(1).max(1)
    }

    /// The `(object, period)` place just after the one a row's number lies in.
    fn position(&self, number: u64) -> u64 {
        (number / self.fan()).saturating_add(1).min(self.places())
    }

    /// The rows of one object in one period, each with its number.
    fn at(&self, place: u64) -> Vec<(u64, Value)> {
        let periods = u64::try_from(self.query.periods.len()).unwrap_or(0).max(1);
        let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (Some(entity), Some(&period)) = (
            self.entities.get(index(place / periods)),
            self.query.periods.get(index(place % periods)),
        ) else {
            return Vec::new();
        };
        let base = place * self.fan();
        let mut rows = Vec::new();
        let mut keep = |number: u64, slice: &[(String, String)], tally: &Tally| {
            let row = Row {
                world: self.world,
                query: self.query,
                account: self.account,
                node: entity.node,
                period,
                tally,
            };
            let shown = self.query.filters.takes_row(|field| {
                row.cell(field)
                    .and_then(|value| value.as_str().map(str::to_owned))
            });
            if shown {
                rows.push((number, row.render(slice)));
            }
        };
        if self.query.breakdowns.is_empty() {
            let total = self.total(entity, period);
            if !total.is_empty() {
                keep(base, &[], &total);
            }
        } else {
            for (number, (slice, part)) in
                (base..).zip(self.slices.iter().zip(self.parts(entity, period)))
            {
                if !part.is_empty() {
                    keep(number, &slice.values, &part);
                }
            }
        }
        rows
    }

    fn days<'b>(
        &'b self,
        entity: &'b Entity,
        (since, until): (Day, Day),
    ) -> impl Iterator<Item = (usize, Day, Tally)> + 'b {
        entity.ads.iter().flat_map(move |&ad| {
            (since..=until)
                .filter_map(move |day| Some((ad, day, tally(self.world, ad, day, self.moment)?)))
        })
    }

    fn total(&self, entity: &Entity, period: (Day, Day)) -> Tally {
        let mut total = Tally::default();
        self.days(entity, period)
            .for_each(|(_, _, one)| total.add(&one));
        total
    }

    fn parts(&self, entity: &Entity, period: (Day, Day)) -> Vec<Tally> {
        let mut parts = vec![Tally::default(); self.slices.len()];
        for (ad, day, whole) in self.days(entity, period) {
            let id = self.world.ads.get(ad).map_or(0, |ad| ad.id);
            let dice = self
                .world
                .dice
                .with(id)
                .with(u64::try_from(day).unwrap_or(0))
                .with(99);
            let split = self.query.breakdowns.split(&whole, &self.slices, dice);
            parts
                .iter_mut()
                .zip(&split)
                .for_each(|(mine, more)| mine.add(more));
        }
        parts
    }

    /// Sorting needs every row at once, so it has the limit of a synchronous call.
    fn sorted(
        &self,
        field: &str,
        descending: bool,
        after: Option<u64>,
        before: Option<u64>,
        size: u64,
    ) -> Result<Page, GraphError> {
        if self.places().saturating_mul(self.fan()) > MOST_AT_ONCE {
            return Err(too_much_data());
        }
        let mut rows: Vec<(f64, Value)> = (0..self.places())
            .flat_map(|place| self.at(place))
            .map(|(_, row)| {
                let number = row
                    .get(field)
                    .and_then(Value::as_str)
                    .map_or(0.0, |text| text.replace('-', "").parse().unwrap_or(0.0));
                (number, row)
            })
            .collect();
        rows.sort_by(|(left, _), (right, _)| {
            if descending {
                right.total_cmp(left)
            } else {
                left.total_cmp(right)
            }
        });
        let count = u64::try_from(rows.len()).unwrap_or(0);
        let (start, end) = match (after, before) {
            (Some(after), _) => (after + 1, after.saturating_add(1).saturating_add(size)),
            (None, Some(before)) => (before.saturating_sub(size), before),
            (None, None) => (0, size),
        };
        let shown: Vec<(u64, Value)> = (0_u64..)
            .zip(rows)
            .filter(|(at, _)| (start..end).contains(at))
            .map(|(at, (_, row))| (at, row))
            .collect();
        Ok(Page::of(shown, end < count, start > 0))
    }
}
