//! Rows of whole days, packed.
//!
//! A day of leads is one value in the store, and reading it costs what its bytes cost. Triggers
//! name the days in which something changed; the rows of those are read themselves until
//! [`pack`] has packed them again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use rumbo_base::{AdAccountId, DateRange, Error, Micros, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(in crate::read) use self::people::{Followed, with_people};
use self::people::{PEOPLE_FORMAT, between, pack_people};
use super::row::{Kind, Own, PathTouch, Row, Stored};
use super::{PACKED, Texts};
use crate::read::delivered::ad_days;
use crate::read::kept::{count, fold_counts};
use crate::read::known::{Known, Weighed};
use crate::read::moment::{EVER, Moment};
use crate::read::place::Place;
use crate::read::spread::{Backlog, Fed, Reader, feed, first};

mod people;

pub use people::STATEMENTS as PEOPLE_STATEMENTS;

statements! {
    CHANGED = "SELECT DISTINCT c.day FROM outcome_days_changed c \
        WHERE c.workspace_id = $1 AND c.kind = $2 AND c.day >= $3 AND c.day <= $4";
    DAYS = "SELECT p.day, p.format, p.packed FROM outcome_days p \
        WHERE p.workspace_id = $1 AND p.kind = $2 AND p.day >= $3 AND p.day <= $4 ORDER BY p.day";
    /// Marks to be served, the oldest days first.
    MARKS = "SELECT c.kind, c.day, c.writer FROM outcome_days_changed c \
        WHERE c.workspace_id = $1 ORDER BY c.kind, c.day, c.writer LIMIT $2";
    /// Of several programs at one store one packs at a time.
    TURN = "UPDATE workspaces SET name = name WHERE id = $1";
    REMOVE_MARK = "DELETE FROM outcome_days_changed \
        WHERE workspace_id = $1 AND kind = $2 AND day = $3 AND writer = $4";
    SAVE = "INSERT INTO outcome_days (workspace_id, kind, day, format, packed) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (workspace_id, kind, day) DO UPDATE SET format = excluded.format, packed = excluded.packed";
    REMOVE = "DELETE FROM outcome_days WHERE workspace_id = $1 AND kind = $2 AND day = $3";
}

/// How days are packed. Those of any other format are read row by row.
const FORMAT: i64 = 3;

/// From so many changes since a moment on rows are read as they were, and not what is packed.
const MANY: i64 = 20_000;
/// An id may be made so long before its row.
const BEFORE_ITS_ROW: TimeDelta = TimeDelta::hours(1);

/// How many marks one transaction serves: others want to write too.
const AT_ONCE: i64 = 64;

/// The rows of one day, column by column.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Packed {
    /// Microseconds since the row before, of the first since the day began.
    dated: Vec<u64>,
    /// Microseconds from there to when it happened.
    happened: Vec<i64>,
    /// The place of the lead source or currency in `texts`.
    own: Vec<u32>,
    texts: Vec<String>,
    /// Nothing when all are 0.
    gross: Vec<i64>,
    refunded: Vec<i64>,
    first: Vec<bool>,
    /// How many touches each has.
    touches: Vec<u32>,
    /// Microseconds from each touch to when it happened.
    touched: Vec<i64>,
    origins: Vec<i64>,
    /// What each cost. Nothing when no cost is known.
    costs: Vec<Option<i64>>,
    /// Of each that no touch stands behind the place of its lead source in `source_texts`, if it has one.
    sources: Vec<Option<u32>>,
    source_texts: Vec<String>,
}

impl Packed {
    /// The rows must be in the order of their instants.
    fn of(day: NaiveDate, rows: &[Stored], kind: Kind) -> Result<Self> {
        let mut packed = Self::default();
        let mut before = start(day);
        for stored in rows {
            let row = stored.row(kind)?;
            let since = micros(row.dated - before)?;
            let since = u64::try_from(since).map_err(|_| Error::internal("rows out of order"))?;
            before = row.dated;
            packed.dated.push(since);
            packed.happened.push(micros(row.happened - row.dated)?);
            packed.own.push(place_of(&mut packed.texts, &stored.own));
            packed.gross.push(row.gross.0);
            packed.refunded.push(row.refunded.0);
            packed.first.push(row.first);
            packed.costs.push(row.cost.map(|cost| cost.0));
            let touches = u32::try_from(row.touches.len()).unwrap_or(u32::MAX);
            packed.touches.push(touches);
            for touch in &row.touches {
                packed.touched.push(micros(row.happened - touch.at)?);
                packed.origins.push(touch.origin);
            }
            if row.touches.is_empty() {
                let source = row.source.as_deref();
                let place = source.map(|source| place_of(&mut packed.source_texts, source));
                packed.sources.push(place);
            }
        }
        for amounts in [&mut packed.gross, &mut packed.refunded] {
            if amounts.iter().all(|amount| *amount == 0) {
                amounts.clear();
            }
        }
        if packed.first.iter().all(|first| !first) {
            packed.first.clear();
        }
        if packed.costs.iter().all(Option::is_none) {
            packed.costs.clear();
        }
        Ok(packed)
    }

    /// Goes through the rows.
    fn each(
        &self,
        day: NaiveDate,
        kind: Kind,
        row: &mut Row,
        mut each: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let texts: Vec<Own> = self
            .texts
            .iter()
            .map(|text| Own::of(kind, text))
            .collect::<Result<_>>()?;
        let source_texts: Vec<Arc<str>> = self
            .source_texts
            .iter()
            .map(|text| Arc::from(text.as_str()))
            .collect();
        let mut sources = self.sources.iter();
        let short = || Error::internal("a packed day that ends too early");
        let mut touched = self.touched.iter().zip(&self.origins);
        let columns = self.dated.iter().zip(&self.happened).zip(&self.own);
        row.dated = start(day);
        for (nth, (((since, happened), own), touches)) in columns.zip(&self.touches).enumerate() {
            let since = i64::try_from(*since).unwrap_or(i64::MAX);
            row.dated += TimeDelta::microseconds(since);
            row.happened = row.dated + TimeDelta::microseconds(*happened);
            let place = usize::try_from(*own).unwrap_or(usize::MAX);
            row.own = *texts.get(place).ok_or_else(short)?;
            row.gross = Micros(self.gross.get(nth).copied().unwrap_or(0));
            row.refunded = Micros(self.refunded.get(nth).copied().unwrap_or(0));
            row.first = self.first.get(nth).copied().unwrap_or(false);
            row.cost = self.costs.get(nth).copied().flatten().map(Micros);
            row.touches.clear();
            for _ in 0..*touches {
                let (before, origin) = touched.next().ok_or_else(short)?;
                row.touches.push(PathTouch {
                    at: row.happened - TimeDelta::microseconds(*before),
                    origin: *origin,
                });
            }
            row.source = None;
            if *touches == 0
                && let Some(place) = *sources.next().ok_or_else(short)?
            {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                row.source = Some(Arc::clone(source_texts.get(place).ok_or_else(short)?));
            }
            each(row)?;
        }
        Ok(())
    }
}

/// The place of a text, which is new when nothing had it yet.
fn place_of(texts: &mut Vec<String>, text: &str) -> u32 {
    let place = texts.iter().position(|known| known == text);
    let place = place.unwrap_or_else(|| {
        texts.push(text.to_owned());
        texts.len() - 1
    });
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn micros(delta: TimeDelta) -> Result<i64> {
    let micros = delta.num_microseconds();
    micros.ok_or_else(|| Error::internal("instants too far apart"))
}

/// The instant at which a day begins in UTC.
pub(super) fn start(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

pub(in crate::read) fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// A day as it is stored: its format, and what is packed.
type StoredDay = (NaiveDate, i64, Vec<u8>);

/// Goes through days as they are read.
struct GoingThrough<'w, R, F> {
    backlog: Backlog<'w, (NaiveDate, Vec<u8>), R, F>,
    /// Those whose rows are to be read themselves.
    unpacked: BTreeSet<NaiveDate>,
    /// Those that were packed as days are packed now.
    there: BTreeSet<NaiveDate>,
}

impl<R, F> Fed<StoredDay> for GoingThrough<'_, R, F>
where
    R: Reader<Row>,
    F: Fn(&mut R, &(NaiveDate, Vec<u8>)) -> Result<()> + Sync + Send,
{
    fn take(&mut self, (day, format, packed): StoredDay) -> Result<()> {
        if self.unpacked.contains(&day) {
            return Ok(());
        }
        if format != FORMAT {
            self.unpacked.insert(day);
            return Ok(());
        }
        self.there.insert(day);
        let bytes = packed.len();
        self.backlog.push((day, packed));
        self.backlog.weighs(bytes)
    }

    fn work(&mut self) -> Result<bool> {
        self.backlog.work_on_one()
    }
}

/// Has every row between two instants go through the reader, on as many threads as it allows.
pub(super) async fn read<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    readers: &mut [R],
) -> Result<()> {
    let days = DateRange {
        from: from.date_naive(),
        to: to.date_naive(),
    };
    let kind = texts.kind;
    let go_through = |reader: &mut R, (day, packed): &(NaiveDate, Vec<u8>)| {
        let packed: Packed = postcard::from_bytes(packed).map_err(unreadable)?;
        packed.each(*day, kind, &mut Row::default(), |row| {
            if from <= row.dated && row.dated < to {
                reader.row(row)
            } else {
                Ok(())
            }
        })
    };
    let (unpacked, _) = days_through(tx, place, texts, days, readers, go_through).await?;
    themselves(tx, place, texts, (from, to), &unpacked, first(readers)?).await
}

/// Has all packed days of these go through the readers; gives those whose rows are to be read themselves, and
/// those that went through.
async fn days_through<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    days: DateRange,
    readers: &mut [R],
    go_through: impl Fn(&mut R, &(NaiveDate, Vec<u8>)) -> Result<()> + Sync + Send,
) -> Result<(BTreeSet<NaiveDate>, BTreeSet<NaiveDate>)> {
    let mut packed = GoingThrough {
        backlog: Backlog::new(readers, go_through),
        unpacked: changed(tx, place.workspace, texts.name, days).await?,
        there: BTreeSet::new(),
    };
    each_packed(tx, place.workspace, texts.name, days, &mut packed).await?;
    packed.backlog.work_off()?;
    Ok((packed.unpacked, packed.there))
}

/// Has the rows of some days themselves go through the reader.
async fn themselves<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    days: &BTreeSet<NaiveDate>,
    reader: &mut R,
) -> Result<()> {
    for between in between(days, (from, to)) {
        super::stored(tx, place, texts, between, |stored| {
            reader.row(&stored.row(texts.kind)?)
        })
        .await?;
    }
    Ok(())
}

/// Rows of a day that are packed and were not so as of a moment, each as often as it is there.
type Others = FxHashMap<Row, usize>;

/// What is known of the packed days of a kind as of a moment, up to the day after it: hardly anything is
/// of later days.
#[derive(Debug)]
pub(super) struct Then {
    until: DateTime<Utc>,
    /// What is to be left out, day by day.
    others: FxHashMap<NaiveDate, Others>,
    /// What is to be added.
    rows: FxHashMap<NaiveDate, Vec<Row>>,
    bytes: usize,
}

/// The same, or nothing where so much changed since that what is packed is of little use.
pub(super) type Useful = Option<Then>;

impl Weighed for Then {
    fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What was so of a kind as of a moment and is not so any more, and the other way round. It stays in memory
/// until a day is packed anew: a day that is marked as changed is read row by row, whatever this says of it.
pub(super) async fn then(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    moment: Moment,
) -> Result<Arc<Useful>> {
    let known = Known::<&'static str, Useful>::of_moment(place);
    let revision = place.revision_of_kind(texts.name);
    if let Some(then) = known.get(&texts.name, revision) {
        return Ok(then);
    }
    let then = Arc::new(Then::read(tx, place, texts, moment).await?);
    known.keep(texts.name, revision, &then);
    Ok(then)
}

impl Then {
    async fn read(tx: &mut Tx, place: &Place, texts: &Texts, moment: Moment) -> Result<Useful> {
        let until = start(next(moment.at.date_naive()));
        let mut then = Self {
            until,
            others: FxHashMap::default(),
            rows: FxHashMap::default(),
            bytes: 0,
        };
        let first_id =
            super::first_id(moment.at.checked_sub_signed(BEFORE_ITS_ROW).unwrap_or(EVER));
        let up_to = (until, moment);
        let others = differing(tx, place, texts, texts.others, up_to, Some(first_id)).await?;
        let rows = differing(tx, place, texts, texts.then, up_to, None).await?;
        let (Some(others), Some(rows)) = (others, rows) else {
            return Ok(None);
        };
        then.bytes = others.iter().chain(&rows).map(Row::bytes).sum();
        for row in others {
            let day = then.others.entry(row.dated.date_naive()).or_default();
            *day.entry(row).or_default() += 1;
        }
        for row in rows {
            let day = then.rows.entry(row.dated.date_naive()).or_default();
            day.push(row);
        }
        Ok(Some(then))
    }

    /// The rows of a packed day as they were; `None` when one that is to be left out is not found.
    fn of(&self, day: NaiveDate, kind: Kind, packed: &Packed) -> Result<Option<Vec<Row>>> {
        let mut others = self.others.get(&day).cloned().unwrap_or_default();
        let mut rows = Vec::new();
        packed.each(day, kind, &mut Row::default(), |row| {
            match others.get_mut(row) {
                Some(left) if *left > 0 => *left -= 1,
                _ => rows.push(row.clone()),
            }
            Ok(())
        })?;
        if others.values().any(|left| *left > 0) {
            return Ok(None);
        }
        rows.extend(self.rows.get(&day).into_iter().flatten().cloned());
        Ok(Some(rows))
    }

    fn changes(&self, day: NaiveDate) -> bool {
        self.others.contains_key(&day) || self.rows.contains_key(&day)
    }

    /// Whether every row of these days is as it was.
    pub fn rests(&self, days: DateRange) -> bool {
        let mut changed = self.others.keys().chain(self.rows.keys());
        start(next(days.to)) <= self.until && !changed.any(|day| days.contains(*day))
    }
}

/// The rows that one of the texts about a moment gives, of any day until one; none where there are too many.
async fn differing(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    text: &'static str,
    (until, moment): (DateTime<Utc>, Moment),
    first_id: Option<Uuid>,
) -> Result<Option<Vec<Row>>> {
    let stored: Vec<Stored> = on_tx!(tx, |c| {
        let mut query = sqlx::query_as(text)
            .bind(place.workspace)
            .bind(EVER)
            .bind(until)
            .bind(moment.at)
            .bind(MANY);
        if let Some(first_id) = first_id {
            query = query.bind(first_id);
        }
        query.fetch_all(c).await
    })
    .db()?;
    if stored.len() >= usize::try_from(MANY).unwrap_or(usize::MAX) {
        return Ok(None);
    }
    let rows = stored.iter().map(|stored| stored.row(texts.kind));
    rows.collect::<Result<_>>().map(Some)
}

/// The same as [`read`] as of a moment: packed days less the rows that were not so, with those that are not
/// so any more. After the moment hardly anything is of then, and is read itself.
pub(super) async fn read_then<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    then: &Then,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    readers: &mut [R],
) -> Result<()> {
    let until = then.until.max(from).min(to);
    let days = DateRange {
        from: from.date_naive(),
        to: until.date_naive(),
    };
    let strange = Mutex::new(BTreeSet::new());
    let kind = texts.kind;
    let go_through = |reader: &mut R, (day, packed): &(NaiveDate, Vec<u8>)| {
        let mut packed: Packed = postcard::from_bytes(packed).map_err(unreadable)?;
        // Whose contact had which lead source then is not asked here; a lead has its own.
        if kind != Kind::Lead {
            packed.sources.fill(None);
        }
        let within = |row: &Row| {
            if from <= row.dated && row.dated < until {
                reader.row(row)
            } else {
                Ok(())
            }
        };
        if !then.changes(*day) {
            return packed.each(*day, kind, &mut Row::default(), within);
        }
        let Some(rows) = then.of(*day, kind, &packed)? else {
            let mut strange = strange.lock().unwrap_or_else(PoisonError::into_inner);
            strange.insert(*day);
            return Ok(());
        };
        rows.iter().try_for_each(within)
    };
    let through = days_through(tx, place, texts, days, readers, go_through).await?;
    let (mut unpacked, there) = through;
    // Of a day that has no rows any more, or of which one is not found, the rows are read.
    let gone = then.others.keys().chain(then.rows.keys());
    let gone = gone.filter(|day| days.contains(**day) && !there.contains(*day));
    unpacked.extend(gone);
    unpacked.extend(strange.into_inner().unwrap_or_else(PoisonError::into_inner));
    let reader = first(readers)?;
    themselves(tx, place, texts, (from, until), &unpacked, reader).await?;
    super::stored(tx, place, texts, (until, to), |stored| {
        reader.row(&stored.row(texts.kind)?)
    })
    .await
}

/// The days of a kind, between two, in which something changed since they were packed.
pub(super) async fn changed(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    range: DateRange,
) -> Result<BTreeSet<NaiveDate>> {
    let changed: Vec<NaiveDate> = on_tx!(tx, |c| sqlx::query_scalar(CHANGED)
        .bind(workspace)
        .bind(kind)
        .bind(range.from)
        .bind(range.to)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(changed.into_iter().collect())
}

/// Goes through what is packed of a kind between two days, in their order, each with its format.
pub(in crate::read) async fn each_packed(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    range: DateRange,
    to: &mut impl Fed<StoredDay>,
) -> Result<()> {
    on_tx!(tx, |c| {
        let days = sqlx::query_as::<_, StoredDay>(DAYS)
            .bind(workspace)
            .bind(kind)
            .bind(range.from)
            .bind(range.to)
            .fetch(c);
        feed(days, to).await
    })
}

pub(in crate::read) fn unreadable(error: postcard::Error) -> Error {
    Error::internal("a packed day that cannot be read").source(error)
}

/// Days that follow one another, together.
pub(crate) fn runs(days: &BTreeSet<NaiveDate>) -> Vec<DateRange> {
    let mut runs: Vec<DateRange> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some(run) if next(run.to) == *day => run.to = *day,
            _ => runs.push(DateRange {
                from: *day,
                to: *day,
            }),
        }
    }
    runs
}

/// Months of accounts, each with the first of its days that something changes from.
type MonthsFrom = BTreeMap<(AdAccountId, NaiveDate), NaiveDate>;

/// Packs every day in which something changed since it was packed, and the sums of ads and campaigns of its
/// month from there on; how many. Nobody has to wait for it: what is not packed yet is read row by row.
///
/// # Errors
/// When the store cannot be written; what was packed until then stays.
pub async fn pack(scope: &Scope) -> Result<usize> {
    let mut packed = 0;
    loop {
        // Most of the time there is nothing to do, and then nobody's write is held up.
        let mut tx = scope.read().await?;
        if marks(&mut tx, scope).await?.is_empty() {
            return Ok(packed);
        }
        drop(tx);
        let mut tx = scope.write().await?;
        on_tx!(&mut tx, |c| sqlx::query(TURN)
            .bind(scope.workspace)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
        // The marks first and then the rows: a change whose mark is seen is seen itself.
        let mut days: BTreeMap<(String, NaiveDate), Vec<i64>> = BTreeMap::new();
        for (kind, day, writer) in marks(&mut tx, scope).await? {
            days.entry((kind, day)).or_default().push(writer);
        }
        packed += days.len();
        // The first day of each month that its sums change from.
        let (mut sums, mut campaigns) = (MonthsFrom::new(), MonthsFrom::new());
        let mut counted = BTreeSet::new();
        for ((kind, day), writers) in days {
            let month = DateRange::month_of(day).from;
            let from = |months: &mut MonthsFrom, account| {
                let since = months.entry((account, month)).or_insert(day);
                *since = day.min(*since);
            };
            match ad_days::Kind::of(&kind) {
                Some(ad_days::Kind::Days(account)) => {
                    from(&mut sums, account);
                    from(&mut campaigns, account);
                }
                Some(ad_days::Kind::Campaigns(account)) => from(&mut campaigns, account),
                Some(_) => {}
                // Nothing that is kept in memory is of whom a row is.
                None if Followed::of(&kind).is_some() => {}
                None => {
                    counted.insert(super::months::topic(&kind, month));
                }
            }
            pack_day(&mut tx, scope, &kind, day).await?;
            for writer in writers {
                on_tx!(&mut tx, |c| sqlx::query(REMOVE_MARK)
                    .bind(scope.workspace)
                    .bind(&kind)
                    .bind(day)
                    .bind(writer)
                    .execute(c)
                    .await
                    .map(|_| ()))
                .db()?;
            }
        }
        for ((account, month), since) in sums {
            let values = ad_days::pack_month(&mut tx, scope.workspace, account, since).await?;
            for (end, packed) in values.sums {
                keep(&mut tx, scope, ad_days::Kind::Sums(account), end, packed).await?;
            }
            keep(
                &mut tx,
                scope,
                ad_days::Kind::Months(account),
                month,
                values.months,
            )
            .await?;
            keep(
                &mut tx,
                scope,
                ad_days::Kind::Money(account),
                month,
                values.money,
            )
            .await?;
        }
        for ((account, _), since) in campaigns {
            let values = ad_days::pack_campaigns(&mut tx, scope.workspace, account, since).await?;
            for (day, packed) in values {
                keep(
                    &mut tx,
                    scope,
                    ad_days::Kind::Campaigns(account),
                    day,
                    packed,
                )
                .await?;
            }
        }
        for topic in counted {
            count(&mut tx, scope.workspace, &topic, 1).await?;
        }
        fold_counts(&mut tx, scope.workspace).await?;
        tx.commit().await?;
    }
}

async fn marks(tx: &mut Tx, scope: &Scope) -> Result<Vec<(String, NaiveDate, i64)>> {
    on_tx!(tx, |c| sqlx::query_as(MARKS)
        .bind(scope.workspace)
        .bind(AT_ONCE)
        .fetch_all(c)
        .await)
    .db()
}

async fn pack_day(tx: &mut Tx, scope: &Scope, kind: &str, day: NaiveDate) -> Result<()> {
    match ad_days::Kind::of(kind) {
        Some(kind @ ad_days::Kind::Days(account)) => {
            let values = ad_days::pack_day(tx, scope.workspace, account, day).await?;
            keep(tx, scope, kind, day, values.day).await?;
            let kind = ad_days::Kind::Replaced(account);
            keep(tx, scope, kind, day, values.replaced).await?;
            return pack_actions(tx, scope, account, day).await;
        }
        Some(ad_days::Kind::Actions(account)) => {
            return pack_actions(tx, scope, account, day).await;
        }
        // They are packed when the days of their month are.
        Some(_) => return Ok(()),
        None => {}
    }
    if let Some(of) = Followed::of(kind).or(Followed::beside(kind)) {
        let people = pack_people(tx, scope.workspace, of, day).await?;
        save(tx, scope, of.word(), day, PEOPLE_FORMAT, people).await?;
    }
    let Some(texts) = PACKED.iter().find(|texts| texts.name == kind) else {
        // Of people, or a mark of a later version of Rumbo: there is nothing here that reads it.
        return Ok(());
    };
    let mut rows = Vec::new();
    let between = (start(day), start(next(day)));
    super::each_stored(tx, scope.workspace, texts.now, between, None, |stored| {
        rows.push(stored.clone());
        Ok(())
    })
    .await?;
    rows.sort_by_key(|stored| (stored.dated, stored.id));
    if rows.is_empty() {
        return save(tx, scope, kind, day, FORMAT, None).await;
    }
    let packed = bytes(&Packed::of(day, &rows, texts.kind)?)?;
    save(tx, scope, kind, day, FORMAT, Some(packed)).await
}

async fn pack_actions(
    tx: &mut Tx,
    scope: &Scope,
    account: AdAccountId,
    day: NaiveDate,
) -> Result<()> {
    let values = ad_days::pack_actions(tx, scope.workspace, account, day).await?;
    keep(tx, scope, ad_days::Kind::Actions(account), day, values.day).await?;
    let kind = ad_days::Kind::ReplacedActions(account);
    keep(tx, scope, kind, day, values.replaced).await
}

pub(in crate::read) fn bytes(day: &impl Serialize) -> Result<Vec<u8>> {
    postcard::to_stdvec(day).map_err(|e| Error::internal("a day that cannot be packed").source(e))
}

/// The same as [`save`] of what is packed of an account.
async fn keep(
    tx: &mut Tx,
    scope: &Scope,
    kind: ad_days::Kind,
    day: NaiveDate,
    packed: Option<Vec<u8>>,
) -> Result<()> {
    save(tx, scope, &kind.word(), day, kind.format(), packed).await
}

/// Keeps a packed day, or that there is none.
async fn save(
    tx: &mut Tx,
    scope: &Scope,
    kind: &str,
    day: NaiveDate,
    format: i64,
    packed: Option<Vec<u8>>,
) -> Result<()> {
    let Some(packed) = packed else {
        return on_tx!(tx, |c| sqlx::query(REMOVE)
            .bind(scope.workspace)
            .bind(kind)
            .bind(day)
            .execute(c)
            .await
            .map(|_| ()))
        .db();
    };
    on_tx!(tx, |c| sqlx::query(SAVE)
        .bind(scope.workspace)
        .bind(kind)
        .bind(day)
        .bind(format)
        .bind(packed)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_day_gives_back_its_rows() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let stored = |nth: u128, at: &str, own: &str, gross: i64, touches: &str| Stored {
            cost: (nth != 1).then_some(Micros(gross / 3)),
            id: Uuid::from_u128(nth),
            dated: at.parse().unwrap(),
            happened: at.parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(3),
            own: own.to_owned(),
            gross: Micros(gross),
            refunded: Micros(gross / 2),
            first: nth == 2,
            touches: touches.to_owned(),
            source: touches.is_empty().then(|| "WEB".to_owned()),
        };
        let early = "2026-11-01T12:00:00.5+00:00;7|2026-11-20 12:00:00.000001+00;9";
        let rows = [
            stored(1, "2026-11-20T00:00:00Z", "USD", 0, ""),
            stored(2, "2026-11-20T00:00:00Z", "EUR", -12, early),
            stored(3, "2026-11-20T23:59:59.999999Z", "USD", 9_000_000, early),
        ];
        let packed_and_back = |rows: &[Stored]| {
            let written = bytes(&Packed::of(day, rows, Kind::Sale).unwrap()).unwrap();
            let packed: Packed = postcard::from_bytes(&written).unwrap();
            let mut back = Vec::new();
            let each = |row: &Row| {
                back.push(row.clone());
                Ok(())
            };
            packed
                .each(day, Kind::Sale, &mut Row::default(), each)
                .unwrap();
            let rows: Vec<Row> = rows
                .iter()
                .map(|row| row.row(Kind::Sale).unwrap())
                .collect();
            assert_eq!(back, rows);
        };
        packed_and_back(&rows);
        packed_and_back(&rows.map(|row| Stored {
            cost: None,
            source: None,
            ..row
        }));
        assert!(Packed::of(day, &[], Kind::Lead).unwrap().dated.is_empty());
    }

    #[test]
    fn days_that_follow_one_another_are_read_at_once() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 12, n).unwrap();
        let days = BTreeSet::from([day(1), day(2), day(5), day(30), day(31)]);
        let expected = [(day(1), day(2)), (day(5), day(5)), (day(30), day(31))];
        assert_eq!(
            runs(&days),
            expected.map(|(from, to)| DateRange { from, to })
        );
    }
}
