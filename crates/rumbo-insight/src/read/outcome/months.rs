//! What came of it in whole months, and in weeks of a month that is not whole, origin by origin, kept in
//! memory.
//!
//! A period of years is a few weeks at its ends and many months that were added up before. A month is kept
//! for each way of crediting until one of its days is packed anew, which [`super::packed::pack`] counts; while
//! one of its days is marked as changed, the rows around that are read themselves. Quarters and years are
//! kept beside their months.

mod columns;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Result, TimeZone};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

pub(crate) use self::columns::OriginSum;
use self::columns::{Columns, Sums};
use super::credit::{Outcome, Under};
use super::packed::{self, start};
use super::row::LeadClass;
use super::source::{Sources, path_of};
use super::{Credits, DayTally, Question, SumTally, TakesSums, Tally, Texts, unidentified};
use crate::attribution::{Attribution, Model};
use crate::exchange::{Exchange, UsedRates, Valuing, Worth};
use crate::figures::Figures;
use crate::path::Path;
use crate::read::known::{Known, Weighed};
use crate::read::place::Place;
use crate::read::spread::{Apart, first, joined, side_by_side, work_off};

statements! {
    FIRST = "SELECT p.day FROM outcome_days p WHERE p.workspace_id = $1 AND p.kind = $2 ORDER BY p.day LIMIT 1";
    LAST = "SELECT p.day FROM outcome_days p WHERE p.workspace_id = $1 AND p.kind = $2 ORDER BY p.day DESC LIMIT 1";
}

/// So many sums are worth a thread.
const WORTH_A_THREAD: usize = 2_000;

/// How it is credited: the same sums come of it as long as nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Way {
    attribution: Attribution,
    customers: bool,
    by_source: bool,
    /// The currency of what has none of its own, and the zone whose days it counts on.
    main: Currency,
    zone: TimeZone,
    /// The currency that every part was brought to at the rate of its day.
    to: Option<Currency>,
}

impl Way {
    fn of(question: Question<'_>, valuing: &Valuing<'_>) -> Self {
        Self {
            attribution: question.attribution,
            customers: question.customers,
            by_source: question.by_source,
            main: question.place.main,
            zone: question.place.zone,
            to: valuing.exchange().and_then(Exchange::to),
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
    let valuing = first(&mut tallies)?.valuing().for_sums(texts.kind);
    for span in as_packed.spans_within(range, &valuing) {
        // Where a day has no rate the rows are gone through, each of which says so.
        let Some(known) = known_sums(tx, question, texts, &valuing, span).await? else {
            continue;
        };
        let (begins, ends) = (start(span.from), start(packed::next(span.to)));
        tallies = rows(tx, question, texts, (read_until, begins), tallies).await?;
        read_until = ends;
        note(known.used(), first(&mut tallies)?);
        sums.push(known);
    }
    tallies = rows(tx, question, texts, (read_until, to), tallies).await?;
    let count: usize = sums.iter().map(|sums| sums.len()).sum();
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

/// Notes that rates are used.
fn note<T: TakesSums>(used: Option<&UsedRates>, tally: &mut T) {
    if let Some((used, exchange)) = used.zip(tally.exchange_mut()) {
        used.note_in(exchange);
    }
}

/// What a span of whole months, or a week of one, comes to: from memory, or from memory of its parts, or
/// from packed days; `None` where a day of it has no rate.
async fn known_sums(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    valuing: &Valuing<'static>,
    span: DateRange,
) -> Result<Option<Arc<Columns>>> {
    let place = question.place;
    let known = Known::<Key, Columns>::of_now(place);
    let key = (Way::of(question, valuing), texts.name, span);
    let months: Vec<DateRange> = span.by_month().collect();
    let revision = revision(place, texts, span);
    let kept = known.get(&key, revision);
    if let Some(sums) = kept.filter(|kept| are_of(kept.used(), valuing)) {
        return Ok(Some(sums));
    }
    if months.len() == 1 {
        let credited = credited(tx, question, texts, valuing, span, true).await?;
        return Ok(credited.and_then(|(by_origin, _)| by_origin));
    }
    let mut sums = Sums::default();
    for month in months {
        let part = Box::pin(known_sums(tx, question, texts, valuing, month)).await?;
        for sum in part.iter().flat_map(|part| part.iter()) {
            sums.take_in(&sum)?;
        }
    }
    let sums = Arc::new(Columns::of(sums, None)?);
    known.keep(key, revision, &sums);
    Ok(Some(sums))
}

/// Whether what was made by these rates would be made by the same now.
fn are_of(used: Option<&UsedRates>, valuing: &Valuing<'_>) -> bool {
    let rates = used.zip(valuing.exchange());
    rates.is_none_or(|(used, exchange)| used.are_of(exchange))
}

/// What days come to, and by which rates where they were converted.
#[derive(Debug)]
struct ByDay {
    sums: Vec<(OfDay, Figures)>,
    used: Option<UsedRates>,
}

impl Weighed for ByDay {
    fn bytes(&self) -> usize {
        self.sums.bytes() + self.used.bytes()
    }
}

/// What a month or a week comes to by day, and where it is asked for by origin, from its packed days; `None`
/// where a day has no rate.
async fn credited(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &'static Texts,
    valuing: &Valuing<'static>,
    span: DateRange,
    by_origin: bool,
) -> Result<Option<(Option<Arc<Columns>>, Arc<ByDay>)>> {
    let place = question.place;
    let tally = Worths::of(valuing, by_origin);
    let tallied = of_days(tx, question, texts, span, tally).await?;
    let turned = match tallied.valuing.exchange() {
        None => None,
        Some(exchange) => match exchange.to().zip(UsedRates::of(exchange)) {
            Some(turned) => Some(turned),
            None => return Ok(None),
        },
    };
    let key = (Way::of(question, valuing), texts.name, span);
    let revision = revision(place, texts, span);
    let by_day = Arc::new(ByDay {
        sums: tallied.by_day.0.into_iter().collect(),
        used: turned.as_ref().map(|(_, used)| used.clone()),
    });
    Known::<Key, ByDay>::of_now(place).keep(key, revision, &by_day);
    let columns = tallied.by_origin.map(|sums| Columns::of(sums, turned));
    let by_origin = columns.transpose()?.map(Arc::new);
    if let Some(by_origin) = &by_origin {
        Known::<Key, Columns>::of_now(place).keep(key, revision, by_origin);
    }
    Ok(Some((by_origin, by_day)))
}

/// Adds up by day what parts are worth, and where it is asked for by origin.
#[derive(Debug)]
struct Worths {
    valuing: Valuing<'static>,
    by_origin: Option<Sums>,
    by_day: DaySums,
}

impl Worths {
    fn of(valuing: &Valuing<'static>, by_origin: bool) -> Self {
        Self {
            valuing: valuing.apart(),
            by_origin: by_origin.then(Sums::default),
            by_day: DaySums::default(),
        }
    }
}

impl Tally for Worths {
    fn add(&mut self, _: Under, outcome: &Outcome<'_>) -> Result<()> {
        let worth = self.valuing.worth(outcome)?;
        if let Some(by_origin) = &mut self.by_origin {
            by_origin.add(outcome, &worth)?;
        }
        self.by_day.add(outcome, &worth)
    }
}

impl Apart for Worths {
    fn apart(&self) -> Option<Self> {
        Some(Self::of(&self.valuing, self.by_origin.is_some()))
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.valuing.join(other.valuing);
        if let Some((by_origin, more)) = self.by_origin.as_mut().zip(other.by_origin) {
            by_origin.join(more)?;
        }
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
    let valuing = tally.valuing().for_sums(texts.kind);
    let mut rest = side_by_side(Worths::of(&valuing, false));
    let mut read_until = from;
    let as_packed = AsPacked::read(tx, question, texts, days).await?;
    // Whoever asks for days most often asks for origins next, but for what sales come to by origin, which takes
    // much room.
    let by_origin = !texts.kind.has_money();
    // Of rates those alone are told that rows of the period take.
    let spans = match valuing.exchange() {
        Some(_) => as_packed.spans_within(range, &valuing),
        None => as_packed.spans(),
    };
    for span in spans {
        let key = (Way::of(question, &valuing), texts.name, span);
        let kept = known.get(&key, revision(place, texts, span));
        let sums = match kept.filter(|kept| are_of(kept.used.as_ref(), &valuing)) {
            Some(sums) => sums,
            None => match credited(tx, question, texts, &valuing, span, by_origin).await? {
                Some((_, by_day)) => by_day,
                // Each row says that its day has no rate.
                None => continue,
            },
        };
        let (begins, ends) = (start(span.from), start(packed::next(span.to)));
        rest = rows(tx, question, texts, (read_until, begins), rest).await?;
        read_until = ends;
        note(sums.used.as_ref(), tally);
        for (of, figures) in &sums.sums {
            if range.contains(of.day) {
                tally.add_day(*of, figures)?;
            }
        }
    }
    let rest = joined(rows(tx, question, texts, (read_until, to), rest).await?)?;
    if let Some(exchange) = tally.exchange_mut() {
        rest.valuing.into_exchange(exchange);
    }
    let mut rest = rest.by_day.0.iter();
    rest.try_for_each(|(of, figures)| tally.add_day(*of, figures))
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

impl DaySums {
    fn add(&mut self, outcome: &Outcome<'_>, worth: &Worth<'_>) -> Result<()> {
        let of = OfDay {
            day: outcome.day,
            currency: worth.currency(),
            is_attributed: !outcome.path.is_empty(),
            lead_class: outcome.lead_class,
        };
        worth.add_to(self.0.entry(of).or_default())
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

    /// What every row of is within a period, in whatever zone: whole months, and weeks of the others. Those that
    /// are converted are not put together to quarters and years.
    fn spans_within(&self, range: DateRange, valuing: &Valuing<'_>) -> Vec<DateRange> {
        let (whole, others) = self.months_and_weeks(|days| {
            let wide = widened(*days);
            range.from <= wide.from && wide.to <= range.to && self.holds(*days)
        });
        let mut spans = match valuing.exchange() {
            Some(_) => whole,
            None => spans(&whole),
        };
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
