//! The rows behind a part of a change: what each of them adds to what a cause made of a figure.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, Currency, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use uuid::Uuid;

use super::{Cause, ChangesRequest};
use crate::figures::Figures;
use crate::metric::Metric;
use crate::passport::{self, AdDayEntry, OutcomeEntry, Passport, RowOf};
use crate::path::Path;
use crate::read::directory::Directory;
use crate::read::outcome::{Kind, Own, Row};
use crate::read::place::Place;

/// Which part of which figure.
#[derive(Clone, Debug)]
pub struct ChangedRowsRequest {
    /// The two reports.
    pub changes: ChangesRequest,
    pub cause: Cause,
    pub currency: Currency,
    /// The row of the reports.
    pub row: RowOf,
    pub metric: Metric,
    /// How many rows of Meta's and how many of the CRM's are listed at most.
    pub limit: usize,
}

/// Lists the rows that a cause's part of a figure is made of. `figures` of the answer is what they add
/// up to: the part itself, or of a quotient what the cause added to its sums. Each row is as the later
/// report has it, or as the earlier one had it where it is gone. Rows of which nothing is left when
/// all is added up are not among them.
///
/// # Errors
/// As [`super::changes()`].
pub async fn changed_rows(scope: &Scope, request: ChangedRowsRequest) -> Result<Passport> {
    let mut gathering = Gathering::of(&request);
    scope
        .db
        .attentively(Box::pin(super::made(
            scope,
            &request.changes,
            Some(&mut gathering),
        )))
        .await?;
    Ok(gathering.found)
}

/// The row that a part of a change comes from.
#[derive(Clone, Copy)]
pub(super) enum Behind<'a> {
    /// What Meta said of an ad on a day.
    AdDay {
        day: NaiveDate,
        account: AdAccountId,
        ad: AdId,
        /// Whether the later report has it.
        is_there: bool,
    },
    /// A row of the CRM, and the day where it counts.
    Row {
        kind: Kind,
        id: Uuid,
        row: &'a Row,
        day: NaiveDate,
    },
    /// Rows that nobody asked to tell apart.
    Sums,
}

/// What is gathered of the rows.
pub(super) struct Gathering<'a> {
    request: &'a ChangedRowsRequest,
    ad_days: BTreeMap<(NaiveDate, AdAccountId, AdId), (Figures, bool)>,
    outcomes: HashMap<(Kind, Uuid), OutcomeEntry>,
    found: Passport,
}

impl<'a> Gathering<'a> {
    fn of(request: &'a ChangedRowsRequest) -> Self {
        Self {
            request,
            ad_days: BTreeMap::new(),
            outcomes: HashMap::new(),
            found: Passport::default(),
        }
    }

    /// Everything is gone through from the beginning.
    pub fn begin(&mut self) {
        *self = Self::of(self.request);
    }

    /// Adds what a row adds, if it is of the part.
    pub fn take(
        &mut self,
        cause: Cause,
        behind: Behind<'_>,
        path: &Path,
        currency: Currency,
        figures: &Figures,
    ) -> Result<()> {
        let ChangedRowsRequest {
            changes,
            cause: wanted,
            currency: own,
            row,
            metric,
            ..
        } = self.request;
        if cause != *wanted || currency != *own {
            return Ok(());
        }
        let adds = metric.only_its_sums(figures);
        if adds.is_nothing() || !row.holds(path, changes.grain) {
            return Ok(());
        }
        self.found.figures.add(&adds)?;
        match behind {
            Behind::AdDay {
                day,
                account,
                ad,
                is_there,
            } => {
                let (sum, there) = self.ad_days.entry((day, account, ad)).or_default();
                *there = is_there;
                sum.add(&adds)
            }
            Behind::Row { kind, id, row, day } => {
                let money = match row.own {
                    Own::Money(currency) => currency,
                    Own::Nothing | Own::Lead(_) => *own,
                };
                let known = self
                    .outcomes
                    .entry((kind, id))
                    .or_insert_with(|| OutcomeEntry::of(kind, id, row, day, money));
                known.day = day;
                known.figures.add(&adds)
            }
            Behind::Sums => Ok(()),
        }
    }

    /// Names what was found.
    pub async fn finish(
        &mut self,
        tx: &mut Tx,
        (then, now): (&Place, &Place),
        directory: &Directory,
    ) -> Result<()> {
        let limit = self.request.limit;
        let ad_days = std::mem::take(&mut self.ad_days);
        for ((day, account, ad), (figures, is_there)) in ad_days {
            if figures.is_nothing() {
                continue;
            }
            self.found.ad_days_count += 1;
            if self.found.ad_days.len() >= limit {
                continue;
            }
            let place = if is_there { now } else { then };
            let of = (day, account, ad);
            let entry = AdDayEntry::read(tx, place, directory, of, figures, None).await?;
            self.found.ad_days.push(entry);
        }
        let outcomes = std::mem::take(&mut self.outcomes);
        let mut outcomes: Vec<OutcomeEntry> = outcomes
            .into_values()
            .filter(|entry| !entry.figures.is_nothing())
            .collect();
        outcomes.sort_by_key(|entry| (entry.day, entry.happened, entry.id));
        self.found.outcomes_count = outcomes.len();
        outcomes.truncate(limit);
        self.found.outcomes = outcomes;
        passport::name(tx, now, &mut self.found).await
    }
}
