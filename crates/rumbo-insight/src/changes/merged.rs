//! Both reports and all causes, row beside row.

use std::collections::{BTreeMap, HashMap};

use rumbo_base::Currency;

use super::{Change, ChangeGroup, ChangeRow};
use crate::figures::Figures;
use crate::roi::CurrencyGroup;

/// The rows of all ledgers by their keys.
pub(super) fn side_by_side(
    before: Vec<CurrencyGroup>,
    after: Vec<CurrencyGroup>,
    causes: Vec<Vec<CurrencyGroup>>,
) -> Vec<ChangeGroup> {
    let mut order: Vec<Currency> = Vec::new();
    let mut groups: BTreeMap<Currency, Merged> = BTreeMap::new();
    let places = causes.len();
    let mut take = |of: Vec<CurrencyGroup>, at: At| {
        for group in of {
            if !order.contains(&group.currency) {
                order.push(group.currency);
            }
            groups
                .entry(group.currency)
                .or_default()
                .take(group, at, places);
        }
    };
    take(after, At::After);
    take(before, At::Before);
    for (nth, cause) in causes.into_iter().enumerate() {
        take(cause, At::Part(nth));
    }
    order
        .into_iter()
        .filter_map(|currency| {
            let merged = groups.remove(&currency)?;
            Some(merged.finished(currency))
        })
        .collect()
}

#[derive(Clone, Copy)]
enum At {
    Before,
    After,
    Part(usize),
}

#[derive(Default)]
struct Merged {
    rows: Vec<ChangeRow>,
    by_key: HashMap<String, usize>,
    unattributed: Change,
    total: Change,
}

impl Merged {
    fn take(&mut self, group: CurrencyGroup, at: At, places: usize) {
        for row in group.rows {
            let figures = row.figures;
            let place = *self.by_key.entry(row.key.clone()).or_insert_with(|| {
                let change = Change::default();
                self.rows.push(ChangeRow { row, change });
                self.rows.len() - 1
            });
            if let Some(row) = self.rows.get_mut(place) {
                row.change.set(at, figures, places);
            }
        }
        self.unattributed
            .set(at, group.unattributed.figures, places);
        self.total.set(at, group.total.figures, places);
    }

    fn finished(mut self, currency: Currency) -> ChangeGroup {
        for change in self
            .rows
            .iter_mut()
            .map(|row| &mut row.change)
            .chain([&mut self.unattributed, &mut self.total])
        {
            change.explain_rest();
        }
        self.rows
            .retain(|row| row.change.parts.iter().any(|part| !part.is_nothing()));
        ChangeGroup {
            currency,
            rows: self.rows,
            unattributed: self.unattributed,
            total: self.total,
        }
    }
}

impl Change {
    fn set(&mut self, at: At, figures: Figures, places: usize) {
        self.parts.resize(places, Figures::default());
        match at {
            At::Before => self.before = figures,
            At::After => self.after = figures,
            At::Part(nth) => {
                if let Some(part) = self.parts.get_mut(nth) {
                    *part = figures;
                }
            }
        }
    }

    /// Whatever the causes leave over is told as such.
    fn explain_rest(&mut self) {
        let mut rest = self.after;
        let known = self.parts.iter().chain([&self.before]);
        if known
            .map(Figures::negated)
            .try_for_each(|part| rest.add(&part))
            .is_ok()
            && !rest.is_nothing()
            && let Some(last) = self.parts.last_mut()
        {
            *last = rest;
        }
    }
}
