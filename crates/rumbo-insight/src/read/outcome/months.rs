//! What came of it in whole months, origin by origin, kept in memory.
//!
//! A period of years is a few months at its ends and many that were added up before. A month is kept for
//! each way of crediting until one of its days is packed anew, which [`super::packed::pack`] counts; while
//! one of its days is marked as changed, its rows are read themselves.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Error, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use super::credit::{Outcome, Under};
use super::packed::{self, start};
use super::{Crediting, Credits, Question, Tally, Texts, Touched};
use crate::attribution::{Attribution, Model};
use crate::figures::{Figures, Shares};
use crate::read::kept::Topic;
use crate::read::origin::Origins;
use crate::read::place::Place;

statements! {
    FIRST = "SELECT p.day FROM outcome_days p WHERE p.workspace_id = $1 AND p.kind = $2 ORDER BY p.day LIMIT 1";
    LAST = "SELECT p.day FROM outcome_days p WHERE p.workspace_id = $1 AND p.kind = $2 ORDER BY p.day DESC LIMIT 1";
}

/// So many bytes of sums are kept at most.
const AT_MOST: usize = 48 * 1024 * 1024;

/// What all parts of an origin come to, or of what is not attributed, in one currency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginSum {
    pub origin: Option<usize>,
    pub currency: Currency,
    pub figures: Figures,
}

/// The sums of a month, column by column: there are some ten thousand a month in a large workspace. A
/// column in which all is 0 is empty.
#[derive(Debug, Default)]
struct Columns {
    /// The place of the origin, or [`NOBODY`], and that of the currency.
    of: Vec<(u32, u8)>,
    currencies: Vec<Currency>,
    figures: [Vec<i64>; 7],
}

/// In the place of an origin: what is not attributed.
const NOBODY: u32 = u32::MAX;

impl Columns {
    fn of(sums: Sums) -> Result<Self> {
        let mut columns = Self::default();
        for ((origin, currency), sum) in sums.0 {
            let at = columns.currencies.iter().position(|of| *of == currency);
            let at = at.unwrap_or_else(|| {
                columns.currencies.push(currency);
                columns.currencies.len() - 1
            });
            let origin = origin.map_or(Ok(NOBODY), u32::try_from);
            let place = origin.ok().zip(u8::try_from(at).ok());
            let place = place.ok_or_else(|| Error::internal("more origins than can be counted"))?;
            columns.of.push(place);
            let figures = [
                sum.leads,
                sum.opportunities.0,
                sum.sales.0,
                sum.revenue.0,
                sum.cost.0,
                sum.costed_sales.0,
                sum.new_customers.unwrap_or_default().0,
            ];
            for (column, figure) in columns.figures.iter_mut().zip(figures) {
                column.push(figure);
            }
        }
        for column in &mut columns.figures {
            if column.iter().all(|figure| *figure == 0) {
                *column = Vec::new();
            }
        }
        Ok(columns)
    }

    fn bytes(&self) -> usize {
        let figures: usize = self.figures.iter().map(Vec::len).sum();
        self.of.len() * size_of::<(u32, u8)>() + figures * size_of::<i64>()
    }

    fn iter(&self) -> impl Iterator<Item = OriginSum> {
        self.of.iter().enumerate().map(|(nth, (origin, currency))| {
            let [
                leads,
                opportunities,
                sales,
                revenue,
                cost,
                costed,
                customers,
            ] = self
                .figures
                .each_ref()
                .map(|column| column.get(nth).copied().unwrap_or(0));
            let currency = self.currencies.get(usize::from(*currency));
            OriginSum {
                origin: usize::try_from(*origin).ok().filter(|_| *origin != NOBODY),
                currency: currency.copied().unwrap_or(Currency::NONE),
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

/// What takes in sums of months where it would take in their parts.
pub(crate) trait SumTally: Tally {
    /// Takes in one; of what is not attributed with no origin.
    fn add_sum(&mut self, sum: &OriginSum, origins: &Origins) -> Result<()>;
}

/// How it is credited: the same sums come of it as long as nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Way {
    attribution: Attribution,
    customers: bool,
    /// Without those whom no touch stands behind.
    touched: bool,
    /// The currency of what has none of its own.
    main: Currency,
}

/// A month of a kind, credited in one way.
type Key = (Way, &'static str, NaiveDate);

/// What is kept, each as of a revision.
#[derive(Debug, Default)]
struct Known(Mutex<Months>);

#[derive(Debug, Default)]
struct Months {
    bytes: usize,
    months: HashMap<Key, (i64, Arc<Columns>)>,
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, Months> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &Key, revision: i64) -> Option<Arc<Columns>> {
        let known = self.lock();
        let (of, sums) = known.months.get(key)?;
        (*of == revision).then(|| Arc::clone(sums))
    }

    fn keep(&self, key: Key, revision: i64, sums: &Arc<Columns>) {
        let bytes = sums.bytes();
        let mut known = self.lock();
        if known.bytes + bytes > AT_MOST {
            *known = Months::default();
        }
        known.bytes += bytes;
        if let Some((_, before)) = known.months.insert(key, (revision, Arc::clone(sums))) {
            known.bytes = known.bytes.saturating_sub(before.bytes());
        }
    }
}

/// What the changes of a month of packed days are counted under.
pub(super) fn topic(kind: &str, month: NaiveDate) -> String {
    format!("{kind} {:04}-{:02}", month.year(), month.month())
}

/// Adds up.
#[derive(Debug, Default)]
struct Sums(FxHashMap<(Option<usize>, Currency), Figures>);

impl Tally for Sums {
    fn add(&mut self, _: Under, outcome: &Outcome<'_>) -> Result<()> {
        let sum = self
            .0
            .entry((outcome.origin, outcome.currency))
            .or_default();
        outcome.add_to(sum)
    }

    fn apart(&self) -> Option<Self> {
        Some(Self::default())
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (key, figures) in other.0 {
            self.0.entry(key).or_default().add_outcome(&figures)?;
        }
        Ok(())
    }
}

/// Whether what a model credits depends on nothing but the rows: what one learned was learned of a period.
pub(crate) fn may_keep(place: &Place, model: Model) -> bool {
    place.moment.is_none() && model != Model::Markov
}

/// What a kind of rows comes to on these days, credited in the one way of the question: whole months from
/// memory, and the days before and after them from packed days. With `touched` without those whom no touch
/// stands behind.
pub(super) async fn tallied<T: SumTally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    touched: bool,
    mut tally: T,
) -> Result<T> {
    let Question {
        place,
        origins,
        range,
        ..
    } = question;
    let (from, to) = place.instants(range);
    let known: Arc<Known> = place
        .kept(Topic::Objects, (), async { Ok(Known::default()) })
        .await?;
    let way = Way {
        attribution: question.attribution,
        customers: question.customers,
        touched,
        main: place.main,
    };
    let mut read_until = from;
    for month in whole_months(tx, place, texts, range).await? {
        let (begins, ends) = (start(month.from), start(packed::next(month.to)));
        tally = rows(tx, question, texts, (read_until, begins), touched, tally).await?;
        read_until = ends;
        let key = (way, texts.name, month.from);
        let revision = place.revision(&topic(texts.name, month.from));
        let sums = if let Some(sums) = known.get(&key, revision) {
            sums
        } else {
            // Whatever day its rows are of in some zone: none is outside of the period.
            let all = Question {
                range: widened(month),
                ..question
            };
            let sums = Sums::default();
            let sums = rows(tx, all, texts, (begins, ends), touched, sums).await?;
            let sums = Arc::new(Columns::of(sums)?);
            known.keep(key, revision, &sums);
            sums
        };
        for sum in sums.iter() {
            tally.add_sum(&sum, origins)?;
        }
    }
    rows(tx, question, texts, (read_until, to), touched, tally).await
}

/// The months of a period of which every row is, in whatever zone, and in which no day is marked as
/// changed.
async fn whole_months(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    range: DateRange,
) -> Result<Vec<DateRange>> {
    let mut ends = Vec::with_capacity(2);
    for text in [FIRST, LAST] {
        let end: Option<NaiveDate> = on_tx!(tx, |c| sqlx::query_scalar(text)
            .bind(place.workspace)
            .bind(texts.name)
            .fetch_optional(c)
            .await)
        .db()?;
        ends.extend(end);
    }
    let [first, last] = *ends else {
        return Ok(Vec::new());
    };
    // It may have been asked for centuries.
    let there = DateRange {
        from: range.from.max(DateRange::month_of(first).from),
        to: range.to.min(DateRange::month_of(last).to),
    };
    let whole = there.by_month().filter(|part| {
        let (month, wide) = (DateRange::month_of(part.from), widened(*part));
        *part == month && range.from <= wide.from && wide.to <= range.to
    });
    let mut whole: Vec<DateRange> = whole.collect();
    let changed = packed::changed(tx, place.workspace, texts.name, there).await?;
    whole.retain(|month| changed.range(month.from..=month.to).next().is_none());
    Ok(whole)
}

/// With the day before and the day after.
fn widened(range: DateRange) -> DateRange {
    let day = Days::new(1);
    DateRange {
        from: range.from.checked_sub_days(day).unwrap_or(range.from),
        to: range.to.checked_add_days(day).unwrap_or(range.to),
    }
}

/// The rows between two instants, from packed days.
async fn rows<T: Tally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &Texts,
    between: (DateTime<Utc>, DateTime<Utc>),
    touched: bool,
    tally: T,
) -> Result<T> {
    if between.0 >= between.1 {
        return Ok(tally);
    }
    let models = [question.attribution.model];
    let credits = Credits {
        crediting: Crediting::new(question, &models),
        kind: texts.kind,
        tally,
    };
    let place = question.place;
    let credits = if touched {
        packed::read(tx, place, texts, between, Touched(credits))
            .await?
            .0
    } else {
        packed::read(tx, place, texts, between, credits).await?
    };
    Ok(credits.tally)
}
