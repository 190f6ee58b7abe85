//! Counting what became of the rows.

use std::collections::{BTreeMap, HashMap};

use rumbo_base::{Currency, Error, Micros, Reason};
use rumbo_platform::table_file::Table;
use sha2::{Digest as _, Sha256};

use super::people::Became;
use super::{ImportKind, ImportReport, Rejection};
use crate::input::invalid;
use crate::opportunities::CurrencySum;

/// What became of the rows of a file.
#[derive(Debug, Default)]
pub(super) struct Tally {
    added: u32,
    changed: u32,
    unchanged: u32,
    pub contacts_added: u32,
    pub totals_rows: u32,
    totals: BTreeMap<Currency, Micros>,
    /// By place in the table, in order.
    pub rejected: Vec<(usize, Error)>,
}

impl Tally {
    pub(super) fn reject(&mut self, index: usize, error: Error) {
        self.rejected.push((index, error));
    }

    pub(super) fn count(&mut self, became: Became) {
        match became {
            Became::Added => self.added += 1,
            Became::Changed => self.changed += 1,
            Became::Unchanged => self.unchanged += 1,
        }
    }

    /// Refuses a row with which the total of its currency would be more than can be kept.
    pub(super) fn fits(&self, currency: Currency, amount: Micros) -> Result<(), Error> {
        let total = self.totals.get(&currency).copied().unwrap_or_default();
        total.checked_add(amount).map(|_| ()).map_err(|_| {
            let amount = amount.to_text(currency);
            invalid(
                "amount",
                Reason::RowTotalTooLarge,
                format!("with the row's {amount} the total in {currency} is more than can be kept"),
            )
            .param("amount", &amount)
            .param("currency", currency)
        })
    }

    /// Counts an amount that fits into the total of its currency.
    pub(super) fn sum(&mut self, currency: Currency, amount: Micros) {
        let total = self.totals.entry(currency).or_default();
        *total = total.checked_add(amount).unwrap_or(*total);
    }

    pub(super) fn report(&self, kind: ImportKind, dry_run: bool, table: &Table) -> ImportReport {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        ImportReport {
            kind,
            dry_run,
            rows_read: small(table.rows.len()),
            added: self.added,
            changed: self.changed,
            unchanged: self.unchanged,
            rejected: small(self.rejected.len()),
            contacts_added: self.contacts_added,
            totals_rows: self.totals_rows,
            totals: self
                .totals
                .iter()
                .map(|(currency, amount)| CurrencySum {
                    currency: *currency,
                    amount: *amount,
                })
                .collect(),
            rejections: self
                .rejected
                .iter()
                .take(100)
                .map(|(index, error)| Rejection {
                    row: table.rows.get(*index).map_or(0, |row| row.number),
                    reason: error.message().to_owned(),
                    told: error.told(),
                })
                .collect(),
            rejected_file: false,
        }
    }
}

/// Names rows that have no id of their own: by what they say, and how many before said the same.
#[derive(Debug, Default)]
pub(super) struct RowNames(HashMap<String, u32>);

impl RowNames {
    pub(super) fn name(&mut self, said: &[&str]) -> String {
        let mut digest = Sha256::new();
        for part in said {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        let hash: String = hex::encode(digest.finalize()).chars().take(32).collect();
        let seen = self.0.entry(hash.clone()).or_default();
        *seen += 1;
        format!("row:{hash}:{seen}")
    }
}
