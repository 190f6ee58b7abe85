//! What came of it in whole months, and in weeks of a month that is not whole, origin by origin, kept in
//! memory.
//!
//! A period of years is a few weeks at its ends and many months that were added up before. A month is kept
//! for each way of crediting until one of its days is packed anew, which [`super::packed::pack`] counts; while
//! one of its days is marked as changed, the rows around that are read themselves. Quarters and years are
//! kept beside their months.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Error, Micros, Result, TimeZone};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use super::credit::{Outcome, Under};
use super::packed::{self, start};
use super::row::LeadClass;
use super::source::{Sources, path_of};
use super::{Credits, DayTally, Question, SumTally, Tally, Texts, unidentified};
use crate::attribution::{Attribution, Model};
use crate::figures::{Figures, Shares};
use crate::path::Path;
use crate::read::column::Column;
use crate::read::known::{Known, Weighed};
use crate::read::place::Place;
use crate::read::spread::{Apart, joined, side_by_side, work_off};

statements! {
    FIRST = "SELECT p.day FROM outcome_days p WHERE p.workspace_id = $1 AND p.kind = $2 ORDER BY p.day LIMIT 1";
    LAST = "SELECT p.day FROM outcome_days p WHERE p.workspace_id = $1 AND p.kind = $2 ORDER BY p.day DESC LIMIT 1";
}

/// What all parts of an origin come to, or of a lead source, or of what is not attributed, in one currency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginSum<'a> {
    pub origin: Option<usize>,
    pub source: Option<&'a Arc<str>>,
    pub currency: Currency,
    pub figures: Figures,
}

/// The sums of a month, column by column: there are some ten thousand a month in a large workspace.
#[derive(Debug, Default)]
struct Columns {
    /// The place of the origin, or [`NOBODY`], or less than this by the place of a source and one.
    of: Vec<u32>,
    /// The place of the currency of each; nothing where all are in the first one.
    of_currency: Vec<u8>,
    sources: Vec<Arc<str>>,
    currencies: Vec<Currency>,
    figures: [Column; 7],
}

/// So many sums are worth a thread.
const WORTH_A_THREAD: usize = 2_000;

/// In the place of an origin: what is not attributed.
const NOBODY: u32 = u32::MAX;

impl Columns {
    fn of(sums: Sums) -> Result<Self> {
        let mut columns = Self::default();
        let many = || Error::internal("more origins than can be counted");
        let mut sums: Vec<_> = sums.0.into_iter().collect();
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
        Ok(columns)
    }

    fn iter(&self) -> impl Iterator<Item = OriginSum<'_>> {
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
            let currency = self.currencies.get(usize::from(currency));
            let from_behind = NOBODY - origin;
            let behind = (1..=sources).contains(&from_behind);
            let nth = usize::try_from(from_behind).ok().filter(|_| behind);
            OriginSum {
                origin: usize::try_from(*origin)
                    .ok()
                    .filter(|_| from_behind > sources),
                source: nth.and_then(|nth| self.sources.get(nth - 1)),
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

impl Weighed for Columns {
    fn bytes(&self) -> usize {
        let figures: usize = self.figures.iter().map(Column::bytes).sum();
        self.of.bytes() + self.of_currency.bytes() + figures
    }
}

/// How it is credited: the same sums come of it as long as nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Way {
    attribution: Attribution,
    customers: bool,
    by_source: bool,
    /// The currency of what has none of its own, and the zone whose days it counts on.
    main: Currency,
    zone: TimeZone,
}

impl Way {
    fn of(question: Question<'_>) -> Self {
        Self {
            attribution: question.attribution,
            customers: question.customers,
            by_source: question.by_source,
            main: question.place.main,
            zone: question.place.zone,
        }
    }
}

/// A span of a kind, credited in one way.
type Key = (Way, &'static str, DateRange);

/// What the changes of a month of packed days are counted under.
pub(super) fn topic(kind: &str, month: NaiveDate) -> String {
    format!("{kind} {:04}-{:02}", month.year(), month.month())
}

/// How often days of these months were packed anew. Counts only grow: as long as their sum is the same, so
/// is each of them.
fn revision(place: &Place, texts: &Texts, days: DateRange) -> i64 {
    let months = days.by_month();
    let counts = months.map(|month| place.revision(&topic(texts.name, month.from)));
    counts.sum()
}

/// The same of all of these days and kinds; `None` while one of them is marked as changed, or as of a
/// moment.
pub(super) async fn unchanged_since(
    tx: &mut Tx,
    place: &Place,
    kinds: &[&'static Texts],
    days: DateRange,
) -> Result<Option<i64>> {
    if place.moment.is_some() {
        return Ok(None);
    }
    let days = widened(days);
    let mut count = 0;
    for texts in kinds {
        let changed = packed::changed(tx, place.workspace, texts.name, days).await?;
        if !changed.is_empty() {
            return Ok(None);
        }
        count += revision(place, texts, days);
    }
    Ok(Some(count))
}

/// The whole months among these days of which none is marked as changed, whatever zone its days are of, each
/// with its count; none as of a moment.
pub(super) async fn unchanged(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    days: DateRange,
) -> Result<FxHashMap<DateRange, i64>> {
    if place.moment.is_some() {
        return Ok(FxHashMap::default());
    }
    let changed = packed::changed(tx, place.workspace, texts.name, widened(days)).await?;
    let whole = days
        .by_month()
        .filter(|month| DateRange::month_of(month.from) == *month);
    let unchanged = whole.filter_map(|month| {
        let wide = widened(month);
        let none = changed.range(wide.from..=wide.to).next().is_none();
        none.then(|| (month, revision(place, texts, wide)))
    });
    Ok(unchanged.collect())
}

/// The place of an origin, or a lead source, or neither of what is not attributed.
type From = (Option<usize>, Option<Arc<str>>);

/// Adds up.
#[derive(Debug, Default)]
struct Sums(FxHashMap<(From, Currency), Figures>);

impl Sums {
    fn take_in(&mut self, part: &OriginSum<'_>) -> Result<()> {
        let of = (part.origin, part.source.cloned());
        let sum = self.0.entry((of, part.currency)).or_default();
        sum.add_outcome(&part.figures)
    }
}

impl Tally for Sums {
    fn add(&mut self, _: Under, outcome: &Outcome<'_>) -> Result<()> {
        let sum = self
            .0
            .entry(((outcome.origin, outcome.source.cloned()), outcome.currency))
            .or_default();
        outcome.add_to(sum)
    }
}

impl Apart for Sums {
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

/// Whether what a model credits depends on nothing but the rows: what one learned was learned of a period,
/// and whose contact had which lead source as of a moment is asked apart.
pub(super) fn may_keep(question: Question<'_>) -> bool {
    let asks_sources = question.by_source && question.place.moment.is_some();
    question.attribution.model != Model::Markov && !asks_sources
}

/// What a kind of rows comes to on these days, credited in the one way of the question: whole months and
/// weeks from memory, and the days before and after them from packed days.
pub(super) async fn tallied<T: SumTally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    mut tallies: Vec<T>,
) -> Result<Vec<T>> {
    let Question {
        place,
        origins,
        range,
        ..
    } = question;
    let (from, to) = place.instants(range);
    let mut read_until = from;
    let mut sums = Vec::new();
    let as_packed = AsPacked::read(tx, question, texts, range).await?;
    for span in as_packed.spans_within(range) {
        let (begins, ends) = (start(span.from), start(packed::next(span.to)));
        tallies = rows(tx, question, texts, (read_until, begins), tallies).await?;
        read_until = ends;
        sums.push(known_sums(tx, question, texts, span).await?);
    }
    tallies = rows(tx, question, texts, (read_until, to), tallies).await?;
    let count: usize = sums.iter().map(|sums| sums.of.len()).sum();
    let workers = tallies.iter_mut().take(1 + count / WORTH_A_THREAD);
    work_off(&sums, workers.collect(), |tally, sums| {
        for sum in sums.iter() {
            let otherwise = sum.source.and_then(|source| path_of(source));
            let path = match sum.origin {
                Some(place) => origins.path(place),
                None => otherwise.as_ref(),
            };
            tally.add_sum(&sum, path.unwrap_or(&Path::NOWHERE))?;
        }
        Ok(())
    })?;
    Ok(tallies)
}

/// Whole years, else quarters, else months of months that follow one another: a year has hardly more sums
/// than one of its months.
fn spans(months: &[DateRange]) -> Vec<DateRange> {
    let mut spans = Vec::new();
    let mut rest = months;
    while let Some(first) = rest.first() {
        let whole = |count: u32| {
            let last = rest.get(usize::try_from(count).ok()?.checked_sub(1)?)?;
            let to = first
                .from
                .checked_add_months(Months::new(count))?
                .pred_opt()?;
            (first.from.month0() % count == 0 && last.to == to).then_some((count, *last))
        };
        let (count, last) = whole(12).or_else(|| whole(3)).unwrap_or((1, *first));
        spans.push(DateRange {
            from: first.from,
            to: last.to,
        });
        rest = rest
            .get(usize::try_from(count).unwrap_or(1)..)
            .unwrap_or_default();
    }
    spans
}

/// The weeks of a month: the last one has up to ten days.
fn weeks(month: DateRange) -> Vec<DateRange> {
    let begin = [1, 8, 15, 22].map(|day| month.from.with_day(day).unwrap_or(month.from));
    let next = begin.iter().skip(1).filter_map(NaiveDate::pred_opt);
    let ends = next.chain([month.to]);
    let weeks = begin.iter().zip(ends);
    weeks
        .map(|(from, to)| DateRange { from: *from, to })
        .collect()
}

/// What a span of whole months, or a week of one, comes to: from memory, or from memory of its parts, or
/// from packed days.
async fn known_sums(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    span: DateRange,
) -> Result<Arc<Columns>> {
    let place = question.place;
    let known = Known::<Key, Columns>::of_now(place);
    let key = (Way::of(question), texts.name, span);
    let months: Vec<DateRange> = span.by_month().collect();
    let revision = revision(place, texts, span);
    if let Some(sums) = known.get(&key, revision) {
        return Ok(sums);
    }
    if months.len() == 1 {
        return Ok(both(tx, question, texts, span).await?.0);
    }
    let mut sums = Sums::default();
    for month in months {
        let part = Box::pin(known_sums(tx, question, texts, month)).await?;
        for sum in part.iter() {
            sums.take_in(&sum)?;
        }
    }
    let sums = Arc::new(Columns::of(sums)?);
    known.keep(key, revision, &sums);
    Ok(sums)
}

/// What days come to.
type ByDay = Vec<(OfDay, Figures)>;

/// What a month or a week comes to by origin and by day, from its packed days: whoever asks for the one most
/// often asks for the other next, and crediting takes longer than both.
async fn both(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    span: DateRange,
) -> Result<(Arc<Columns>, Arc<ByDay>)> {
    let place = question.place;
    let Both { by_origin, by_day } = of_days(tx, question, texts, span, Both::default()).await?;
    let by_origin = Arc::new(Columns::of(by_origin)?);
    let by_day: Arc<ByDay> = Arc::new(by_day.0.into_iter().collect());
    let key = (Way::of(question), texts.name, span);
    let revision = revision(place, texts, span);
    Known::<Key, Columns>::of_now(place).keep(key, revision, &by_origin);
    Known::<Key, ByDay>::of_now(place).keep(key, revision, &by_day);
    Ok((by_origin, by_day))
}

/// Adds up by origin and by day.
#[derive(Debug, Default)]
struct Both {
    by_origin: Sums,
    by_day: DaySums,
}

impl Tally for Both {
    fn add(&mut self, under: Under, outcome: &Outcome<'_>) -> Result<()> {
        self.by_origin.add(under, outcome)?;
        self.by_day.add(under, outcome)
    }
}

impl Apart for Both {
    fn apart(&self) -> Option<Self> {
        Some(Self::default())
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.by_origin.join(other.by_origin)?;
        self.by_day.join(other.by_day)
    }
}

/// Whether most days of the question are among those whose sums can be had: else it is as well to go through
/// the rows once.
pub(super) async fn serve_days(tx: &mut Tx, question: Question<'_>, texts: &Texts) -> Result<bool> {
    let days = question.range;
    let as_packed = AsPacked::read(tx, question, texts, days).await?;
    let spans = as_packed.spans().into_iter();
    let of = spans.filter_map(|span| {
        let (from, to) = (span.from.max(days.from), span.to.min(days.to));
        (from <= to).then(|| (to - from).num_days() + 1)
    });
    let all = (days.to - days.from).num_days() + 1;
    Ok(of.sum::<i64>().saturating_mul(2) >= all)
}

/// What a kind of rows comes to day by day, credited in the one way of the question: months and weeks from
/// memory, and the rest from packed days.
pub(super) async fn by_day<T: DayTally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    tally: &mut T,
) -> Result<()> {
    let Question { place, range, .. } = question;
    let (from, to) = place.instants(range);
    let days = DateRange {
        from: from.date_naive(),
        to: to.date_naive(),
    };
    let known = Known::<Key, ByDay>::of_now(place);
    let mut rest = side_by_side(DaySums::default());
    let mut read_until = from;
    let as_packed = AsPacked::read(tx, question, texts, days).await?;
    for span in as_packed.spans() {
        let (begins, ends) = (start(span.from), start(packed::next(span.to)));
        rest = rows(tx, question, texts, (read_until, begins), rest).await?;
        read_until = ends;
        let key = (Way::of(question), texts.name, span);
        let revision = revision(place, texts, span);
        let sums = match known.get(&key, revision) {
            Some(sums) => sums,
            None => both(tx, question, texts, span).await?.1,
        };
        for (of, figures) in sums.iter() {
            if range.contains(of.day) {
                tally.add_day(*of, figures)?;
            }
        }
    }
    let rest = rows(tx, question, texts, (read_until, to), rest).await?;
    joined(rest)?
        .0
        .iter()
        .try_for_each(|(of, figures)| tally.add_day(*of, figures))
}

/// What the parts of one sum of a day have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OfDay {
    pub day: NaiveDate,
    pub currency: Currency,
    pub is_attributed: bool,
    /// Of leads only.
    pub lead_class: Option<LeadClass>,
}

/// Adds up day by day.
#[derive(Debug, Default)]
struct DaySums(FxHashMap<OfDay, Figures>);

impl Tally for DaySums {
    fn add(&mut self, _: Under, outcome: &Outcome<'_>) -> Result<()> {
        let of = OfDay {
            day: outcome.day,
            currency: outcome.currency,
            is_attributed: !outcome.path.is_empty(),
            lead_class: outcome.lead_class,
        };
        outcome.add_to(self.0.entry(of).or_default())
    }
}

impl Apart for DaySums {
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

/// Every row of days that are [as packed](AsPacked), whatever day it is of in some zone.
async fn of_days<T: Tally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &Texts,
    days: DateRange,
    tally: T,
) -> Result<T> {
    let all = Question {
        range: widened(days),
        ..question
    };
    let models = [question.attribution.model];
    let mut credits = Credits::of(all, texts, &models, side_by_side(tally));
    let between = (start(days.from), start(packed::next(days.to)));
    packed::read(tx, question.place, texts, between, &mut credits).await?;
    joined(Credits::tallies(credits))
}

/// What is known of the days of a kind that are packed: those of which none is marked as changed are what the
/// rows come to; as of a moment, where everything still is as it was.
struct AsPacked {
    /// The months in which any are packed; nothing where none are, or where they are credited otherwise.
    months: Option<DateRange>,
    changed: BTreeSet<NaiveDate>,
    /// As of a moment.
    then: Option<Arc<packed::Useful>>,
}

impl AsPacked {
    /// Of the months that have some of these days.
    async fn read(
        tx: &mut Tx,
        question: Question<'_>,
        texts: &Texts,
        days: DateRange,
    ) -> Result<Self> {
        let place = question.place;
        let mut as_packed = Self {
            months: packed_months(tx, place, texts, days).await?,
            changed: BTreeSet::new(),
            then: None,
        };
        let Some(months) = as_packed.months else {
            return Ok(as_packed);
        };
        as_packed.changed = packed::changed(tx, place.workspace, texts.name, months).await?;
        if let Some(moment) = place.moment {
            as_packed.then = Some(packed::then(tx, place, texts, moment).await?);
            // What rows come to is asked only where there are rows that are as they were.
            let mut weeks = months.by_month().flat_map(weeks);
            if !weeks.any(|week| as_packed.holds(week))
                || !question.origins.credit_as_now(tx, place).await?
            {
                as_packed.months = None;
            }
        }
        Ok(as_packed)
    }

    fn holds(&self, days: DateRange) -> bool {
        let rests = |then: &packed::Useful| then.as_ref().is_some_and(|then| then.rests(days));
        self.changed.range(days.from..=days.to).next().is_none()
            && self.then.as_ref().is_none_or(|then| rests(then))
    }

    /// The months of which every day is so, and the weeks of the others.
    fn spans(&self) -> Vec<DateRange> {
        let (mut spans, others) = self.months_and_weeks(|days| self.holds(*days));
        spans.extend(others);
        spans.sort_unstable_by_key(|span| span.from);
        spans
    }

    /// The months that serve, and the weeks of the others that do.
    fn months_and_weeks(
        &self,
        serves: impl Fn(&DateRange) -> bool,
    ) -> (Vec<DateRange>, Vec<DateRange>) {
        let months = self.months.iter().flat_map(DateRange::by_month);
        let (whole, others): (Vec<_>, Vec<_>) = months.partition(&serves);
        let weeks = others.into_iter().flat_map(weeks).filter(serves);
        (whole, weeks.collect())
    }

    /// What every row of is within a period, in whatever zone: whole months, and weeks of the others.
    fn spans_within(&self, range: DateRange) -> Vec<DateRange> {
        let (whole, others) = self.months_and_weeks(|days| {
            let wide = widened(*days);
            range.from <= wide.from && wide.to <= range.to && self.holds(*days)
        });
        let mut spans = spans(&whole);
        spans.extend(others);
        spans.sort_unstable_by_key(|span| span.from);
        spans
    }
}

/// The months that have some of these days, from the first to the last in which any are packed.
async fn packed_months(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    days: DateRange,
) -> Result<Option<DateRange>> {
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
        return Ok(None);
    };
    // It may have been asked for centuries.
    let there = DateRange {
        from: DateRange::month_of(days.from.max(first)).from,
        to: DateRange::month_of(days.to.min(last)).to,
    };
    Ok(Some(there).filter(|there| there.from <= there.to))
}

/// With the day before and the day after.
fn widened(range: DateRange) -> DateRange {
    let day = Days::new(1);
    DateRange {
        from: range.from.checked_sub_days(day).unwrap_or(range.from),
        to: range.to.checked_add_days(day).unwrap_or(range.to),
    }
}

/// The rows between two instants, from packed days where they can be.
async fn rows<T: Tally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &Texts,
    between: (DateTime<Utc>, DateTime<Utc>),
    tallies: Vec<T>,
) -> Result<Vec<T>> {
    if between.0 >= between.1 {
        return Ok(tallies);
    }
    let models = [question.attribution.model];
    let mut credits = Credits::of(question, texts, &models, tallies);
    let none = Sources::default();
    unidentified(tx, question.place, between, texts, &none, &mut credits).await?;
    Ok(Credits::tallies(credits))
}
