//! What came of it: leads, opportunities, sales and refunds, each read on its own.
//!
//! Rows are read one by one and counted here, not in the database: the day of a row depends on
//! the zone of the account it is credited to. A row brings the path of all touches before it, so
//! that any way of crediting reads each row once and joins nothing.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use rumbo_base::{DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;
use uuid::Uuid;

use super::moment::{NEVER, as_of, versions_as_of};
use super::origin::Origins;
use super::place::Place;
use super::spread::{Apart, InOrder, Reader, first, joined, side_by_side};
use crate::attribution::{Attribution, Basis, Model, Refunds};
use crate::exchange::{Exchange, Valuing};
use crate::figures::Figures;
use crate::path::Path;

mod credit;
mod months;
pub(crate) mod packed;
mod row;
pub(crate) mod source;

pub(crate) use credit::{Crediting, Earned, Outcome, Under};
pub use months::STATEMENTS as MONTH_STATEMENTS;
use months::may_keep;
pub(crate) use months::{OfDay, OriginSum};
use row::Stored;
pub(crate) use row::{Kind, LeadClass, Own, Row, tokens};
use source::Sources;

/// What is read of a row. `own` is the lead source, or the currency. A refund takes `refunded`
/// from the `gross` that was left. `source` is the lead source of its contact, where no touch stands behind it.
macro_rules! columns {
    ($dated:literal, $happened:literal, $own:literal, $gross:literal, $refunded:literal, $first:literal,
     $touches:literal, $cost:literal, $source:expr) => {
        concat!(
            "x.id, x.",
            $dated,
            " AS dated, x.",
            $happened,
            " AS happened, ",
            $own,
            " AS own, ",
            "CAST(",
            $gross,
            " AS BIGINT) AS gross_micros, CAST(",
            $refunded,
            " AS BIGINT) AS refunded_micros, ",
            $first,
            " AS is_first, ",
            $touches,
            " AS touches, ",
            $cost,
            " AS cost_micros, ",
            $source,
            " AS source"
        )
    };
}

/// The rows of a period, which begins with `$2` and ends before `$3`.
macro_rules! in_period {
    ($dated:literal, $only:literal) => {
        concat!(" AND x.", $dated, " >= $2 AND x.", $dated, " < $3", $only)
    };
}

/// The rows of any period that were made or changed after `$3`. Ids are made in order of time: those
/// of rows made since are not below `$4`.
macro_rules! changed_since {
    ($from:literal, $versions:literal, $only:literal) => {
        concat!(
            " AND x.id IN (SELECT n.id FROM ",
            $from,
            " n WHERE n.workspace_id = $1 AND n.id >= $4 ",
            "UNION SELECT c.id FROM ",
            $versions,
            " c WHERE c.workspace_id = $1 AND c.replaced_at > $3)",
            $only
        )
    };
}

/// Rows of a period as they are now that were not so as of `$4`: made since, or changed since; `$5` at most.
/// Ids are made in order of time: those of rows made since are not below `$6`.
/// A contact that another was merged into may be older than its versions say.
macro_rules! others_now {
    ($columns:expr, $from:literal, $versions:literal, $dated:literal, $in_period:expr) => {
        concat!(
            "SELECT ",
            $columns,
            // So written the rows made since are looked for, and not those of the period.
            " FROM (SELECT n.id FROM ",
            $from,
            " n WHERE n.workspace_id = $1 AND n.id >= $6 AND n.created_at > $4 AND COALESCE(n.",
            $dated,
            ", n.created_at) < $3) m CROSS JOIN ",
            $from,
            " x WHERE x.workspace_id = $1 AND x.id = m.id",
            $in_period,
            " UNION ALL SELECT ",
            $columns,
            " FROM (SELECT v.id FROM ",
            $versions,
            " v WHERE v.workspace_id = $1 AND v.replaced_at > $4 AND NOT EXISTS (SELECT 1 FROM ",
            $versions,
            " e WHERE e.workspace_id = v.workspace_id AND e.id = v.id AND e.replaced_at > $4 \
             AND e.replaced_at < v.replaced_at)) w CROSS JOIN ",
            $from,
            " x WHERE x.workspace_id = $1 AND x.id = w.id",
            $in_period,
            " AND x.created_at <= $4 LIMIT $5"
        )
    };
}

/// The texts of each question: now, as of a moment, and what changed since one, which is nothing about
/// channels. What lead source the contact had at a moment is asked apart: see [`Sources`].
macro_rules! questions {
    ($($name:ident, $as_of:ident, $changed:ident, $others:ident, $versions_then:ident = $from:literal, $versions:literal, $dated:literal, $happened:literal, $own:literal,
       $gross:literal, $refunded:literal, $first:literal, $touches:literal, $cost:literal, $only:literal, $there:literal,
       $source:expr, $source_then:expr;)+) => {
        statements! {$(
            $name = concat!("SELECT ",
                columns!($dated, $happened, $own, $gross, $refunded, $first, $touches, $cost, $source),
                " FROM ", $from, " x WHERE x.workspace_id = $1", in_period!($dated, $only));
            $as_of = as_of!(columns!($dated, $happened, $own, $gross, $refunded, $first, $touches, $cost, $source_then),
                $from, $versions, in_period!($dated, $only), $there, "$4");
            $changed = as_of!(columns!($dated, $happened, $own, $gross, $refunded, $first, $touches, $cost, no_source!()),
                $from, $versions, changed_since!($from, $versions, $only), $there, "$2");
            $others = others_now!(columns!($dated, $happened, $own, $gross, $refunded, $first, $touches, $cost, $source_then),
                $from, $versions, $dated, in_period!($dated, $only));
            $versions_then = concat!(versions_as_of!(columns!($dated, $happened, $own, $gross, $refunded, $first, $touches, $cost, $source_then),
                $versions, in_period!($dated, $only), $there, "$4"), " LIMIT $5");
        )+}
    };
}

/// That of the contact whom a row without touches is of.
macro_rules! source_of_contact {
    () => {
        "CASE WHEN x.touches = '' THEN (SELECT c.lead_source FROM contacts c \
         WHERE c.workspace_id = x.workspace_id AND c.id = x.contact_id) END"
    };
}

macro_rules! no_source {
    () => {
        "CAST(NULL AS TEXT)"
    };
}

questions! {
    LEADS, LEADS_AS_OF, LEADS_CHANGED, LEADS_OTHERS, LEADS_THEN = "contacts", "contact_versions", "first_seen_at", "first_seen_at", "x.lead_source",
        "0", "0", "FALSE",
        "COALESCE(CAST(x.first_seen_at AS TEXT) || ';' || CAST(x.first_origin AS TEXT), '')", "CAST(NULL AS BIGINT)",
        " AND x.kind <> 'internal'", " AND x.present", "x.lead_source", "x.lead_source";
    OPPORTUNITIES, OPPORTUNITIES_AS_OF, OPPORTUNITIES_CHANGED, OPPORTUNITIES_OTHERS, OPPORTUNITIES_THEN = "opportunities", "opportunity_versions", "opened_at", "opened_at", "''",
        "0", "0", "FALSE", "x.touches", "CAST(NULL AS BIGINT)", "", "", source_of_contact!(), no_source!();
    OPPORTUNITIES_BY_LEAD, OPPORTUNITIES_BY_LEAD_AS_OF, OPPORTUNITIES_BY_LEAD_CHANGED, OPPORTUNITIES_BY_LEAD_OTHERS, OPPORTUNITIES_BY_LEAD_THEN = "opportunities", "opportunity_versions", "lead_at",
        "opened_at", "''", "0", "0", "FALSE", "x.touches", "CAST(NULL AS BIGINT)", "", "", source_of_contact!(), no_source!();
    SALES, SALES_AS_OF, SALES_CHANGED, SALES_OTHERS, SALES_THEN = "sales", "sale_versions", "completed_at", "completed_at", "x.currency",
        "x.gross_micros", "x.refunded_micros", "x.is_first", "x.touches", "x.cost_micros",
        " AND x.status IN ('completed', 'refunded')", "", source_of_contact!(), no_source!();
    SALES_BY_LEAD, SALES_BY_LEAD_AS_OF, SALES_BY_LEAD_CHANGED, SALES_BY_LEAD_OTHERS, SALES_BY_LEAD_THEN = "sales", "sale_versions", "lead_at", "completed_at", "x.currency",
        "x.gross_micros", "x.refunded_micros", "x.is_first", "x.touches", "x.cost_micros",
        " AND x.status IN ('completed', 'refunded')", "", source_of_contact!(), no_source!();
    REFUNDS, REFUNDS_AS_OF, REFUNDS_CHANGED, REFUNDS_OTHERS, REFUNDS_THEN = "sale_refunds", "refund_versions", "refunded_at", "sale_at", "x.currency",
        "x.before_micros", "x.amount_micros", "FALSE", "x.touches", "CAST(NULL AS BIGINT)", " AND x.counts", "",
        "CASE WHEN x.touches = '' THEN (SELECT c.lead_source FROM sales b JOIN contacts c ON c.workspace_id = b.workspace_id \
         AND c.id = b.contact_id WHERE b.workspace_id = x.workspace_id AND b.id = x.sale_id) END", no_source!();
    UNSOLD, UNSOLD_AS_OF, UNSOLD_CHANGED, UNSOLD_OTHERS, UNSOLD_THEN = "contacts", "contact_versions", "unsold_touched_at", "unsold_touched_at", "''",
        "0", "0", "FALSE", "x.unsold_touches", "CAST(NULL AS BIGINT)", " AND x.kind <> 'internal'", " AND x.present",
        no_source!(), no_source!();
}

/// What is read, of what, and how it is credited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub place: &'a Place,
    /// Of this place: read once for all questions of a report.
    pub origins: &'a Origins,
    pub range: DateRange,
    pub attribution: Attribution,
    /// Whether to count those who bought for the first time.
    pub customers: bool,
    /// For a report by channel: what no touch stands behind belongs to the channel of its contact's lead
    /// source.
    pub by_source: bool,
}

/// What takes in what came of it, part by part, as it is credited.
pub(crate) trait Tally: Apart {
    /// Takes in one part.
    fn add(&mut self, under: Under, outcome: &Outcome<'_>) -> Result<()>;
}

/// One for which sums will do where it would take in their parts.
pub(crate) trait TakesSums: Tally {
    /// Whether what the rows of a kind come to will do, without the rows.
    fn takes_sums(&self, kind: Kind) -> bool;
    /// How it values parts.
    fn valuing(&self) -> &Valuing<'_>;
    /// Where it notes what it valued them by.
    fn exchange_mut(&mut self) -> Option<&mut Exchange>;
}

/// One that takes in sums of origins.
pub(crate) trait SumTally: TakesSums {
    /// Takes in one, with where it belongs.
    fn add_sum(&mut self, sum: &OriginSum<'_>, path: &Path) -> Result<()>;
}

/// One that takes in what days come to.
pub(crate) trait DayTally: TakesSums {
    /// Takes in what parts of a day come to.
    fn add_day(&mut self, of: OfDay, figures: &Figures) -> Result<()>;
}

/// One that takes in both.
pub(crate) trait OriginAndDayTally: SumTally + DayTally {
    /// Whether parts come without their days from now on, for these come as sums.
    fn leave_days(&mut self, are_left: bool);
}

impl<F: FnMut(&Outcome<'_>) -> Result<()> + Send> Tally for InOrder<F> {
    fn add(&mut self, _: Under, outcome: &Outcome<'_>) -> Result<()> {
        (self.0)(outcome)
    }
}

/// Goes through everything that came of it on these days, as it is credited.
pub(crate) async fn read(
    tx: &mut Tx,
    question: Question<'_>,
    each: impl FnMut(&Outcome<'_>) -> Result<()> + Send,
) -> Result<()> {
    let models = [question.attribution.model];
    tallied(tx, question, &models, InOrder(each)).await?;
    Ok(())
}

/// Tallies what came of it on these days as each of the models credits it; what all credit alike
/// comes once. All share the window, the basis and the way of dating refunds. The rows are read once
/// for all of them.
pub(crate) async fn tallied<T: Tally>(
    tx: &mut Tx,
    question: Question<'_>,
    models: &[Model],
    tally: T,
) -> Result<T> {
    let mut tallies = side_by_side(tally);
    for texts in question.texts() {
        tallies = of_kind(tx, question, texts, models, tallies).await?;
    }
    joined(tallies)
}

/// The same of the rows of one kind, by several threads.
async fn of_kind<T: Tally>(
    tx: &mut Tx,
    question: Question<'_>,
    texts: &Texts,
    models: &[Model],
    tallies: Vec<T>,
) -> Result<Vec<T>> {
    let mut credits = Credits::of(question, texts, models, tallies);
    let sources = Sources::read(tx, question, texts).await?;
    let place = question.place;
    let between = place.instants(question.range);
    unidentified(tx, place, between, texts, &sources, &mut credits).await?;
    Ok(Credits::tallies(credits))
}

/// The same of one model, with whole months from memory where their sums will do; see [`may_keep`].
pub(crate) async fn tallied_by_month<T: SumTally>(
    tx: &mut Tx,
    question: Question<'_>,
    tally: T,
) -> Result<T> {
    let models = [question.attribution.model];
    let mut tallies = side_by_side(tally);
    for texts in question.texts() {
        let takes_sums = first(&mut tallies)?.takes_sums(texts.kind);
        tallies = if may_keep(question) && takes_sums {
            months::tallied(tx, question, texts, tallies).await?
        } else {
            of_kind(tx, question, texts, &models, tallies).await?
        };
    }
    joined(tallies)
}

/// The same where both origins and days are asked for: sums of both where most of them are in memory, else rows.
pub(crate) async fn tallied_by_month_and_day<T: OriginAndDayTally>(
    tx: &mut Tx,
    question: Question<'_>,
    tally: T,
) -> Result<T> {
    let models = [question.attribution.model];
    let mut tallies = side_by_side(tally);
    for texts in question.texts() {
        let takes_sums = may_keep(question) && first(&mut tallies)?.takes_sums(texts.kind);
        if !takes_sums || !months::serve_days(tx, question, texts).await? {
            tallies = of_kind(tx, question, texts, &models, tallies).await?;
            continue;
        }
        for tally in &mut tallies {
            tally.leave_days(true);
        }
        tallies = months::tallied(tx, question, texts, tallies).await?;
        for tally in &mut tallies {
            tally.leave_days(false);
        }
        months::by_day(tx, question, texts, first(&mut tallies)?).await?;
    }
    joined(tallies)
}

/// The same with the sums of days.
pub(crate) async fn tallied_by_day<T: DayTally>(
    tx: &mut Tx,
    question: Question<'_>,
    tally: T,
) -> Result<T> {
    let models = [question.attribution.model];
    let mut tallies = side_by_side(tally);
    for texts in question.texts() {
        let tally = first(&mut tallies)?;
        if may_keep(question) && tally.takes_sums(texts.kind) {
            months::by_day(tx, question, texts, tally).await?;
        } else {
            tallies = of_kind(tx, question, texts, &models, tallies).await?;
        }
    }
    joined(tallies)
}

/// Credits rows and tallies their parts.
struct Credits<'a, T> {
    crediting: Crediting<'a>,
    kind: Kind,
    tally: T,
}

impl<'a, T> Credits<'a, T> {
    /// One for each of some tallies.
    fn of(
        question: Question<'a>,
        texts: &Texts,
        models: &'a [Model],
        tallies: Vec<T>,
    ) -> Vec<Self> {
        let tallies = tallies.into_iter();
        let credits = tallies.map(|tally| Self {
            crediting: Crediting::new(question, models),
            kind: texts.kind,
            tally,
        });
        credits.collect()
    }

    fn tallies(credits: Vec<Self>) -> Vec<T> {
        credits.into_iter().map(|of| of.tally).collect()
    }
}

impl<T: Tally> Reader<Row> for Credits<'_, T> {
    fn row(&mut self, row: &Row) -> Result<()> {
        let Self {
            crediting,
            kind,
            tally,
        } = self;
        let range = crediting.question.range;
        crediting.credit(*kind, row, &mut |under, outcome: &Outcome<'_>| {
            // A row at the edges of the period may lie outside of it in the zone of the account
            // that it is credited to.
            if range.contains(outcome.day) {
                tally.add(under, outcome)
            } else {
                Ok(())
            }
        })
    }
}

/// Has the rows between two instants go through the reader, without their ids: from packed days, which are of
/// now; as of a moment less what is not of then, or where the lead sources of then are asked for, or much
/// changed since, the rows themselves.
async fn unidentified<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    between: (DateTime<Utc>, DateTime<Utc>),
    texts: &Texts,
    sources: &Sources,
    readers: &mut [R],
) -> Result<()> {
    let Some(moment) = place.moment else {
        return packed::read(tx, place, texts, between, readers).await;
    };
    if !sources.are_asked()
        && let Some(then) = packed::then(tx, place, texts, moment).await?.as_ref()
    {
        return packed::read_then(tx, place, texts, then, between, readers).await;
    }
    let reader = first(readers)?;
    stored(tx, place, texts, between, |stored| {
        reader.row(&sources.complete(stored, stored.row(texts.kind)?))
    })
    .await
}

/// Goes through every row of these days and of some kinds with all its touches and its id.
pub(crate) async fn identified(
    tx: &mut Tx,
    question: Question<'_>,
    kinds: impl Fn(Kind) -> bool,
    mut each: impl FnMut(Kind, Uuid, &Row) -> Result<()>,
) -> Result<()> {
    let (place, range) = (question.place, question.range);
    let texts = question.texts().into_iter();
    for texts in texts.filter(|texts| kinds(texts.kind)) {
        let kind = texts.kind;
        let sources = Sources::read(tx, question, texts).await?;
        stored(tx, place, texts, place.instants(range), |stored| {
            each(
                kind,
                stored.id,
                &sources.complete(stored, stored.row(kind)?),
            )
        })
        .await?;
    }
    Ok(())
}

/// Every row that was made or changed since a moment, as it was at the moment of the question;
/// of any day.
pub(crate) async fn changed(
    tx: &mut Tx,
    question: &Question<'_>,
    since: DateTime<Utc>,
) -> Result<HashMap<(Kind, Uuid), Row>> {
    let at = question.place.moment.map_or(NEVER, |moment| moment.at);
    let first_id = first_id(since);
    let mut found = HashMap::new();
    for texts in question.texts() {
        let rows: Vec<Stored> = on_tx!(tx, |c| sqlx::query_as(texts.changed)
            .bind(question.place.workspace)
            .bind(at)
            .bind(since)
            .bind(first_id)
            .fetch_all(c)
            .await)
        .db()?;
        for stored in rows {
            found.insert((texts.kind, stored.id), stored.row(texts.kind)?);
        }
    }
    Ok(found)
}

/// The lowest id that can be made at an instant (UUID version 7 begins with its milliseconds).
pub(crate) fn first_id(at: DateTime<Utc>) -> Uuid {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(milliseconds) << 80)
}

/// How long before each sale of these days its touches were, oldest first. By the sale's own day.
pub(crate) async fn lags(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    mut each: impl FnMut(&[TimeDelta]) + Send,
) -> Result<()> {
    let lags = InOrder(|row: &Row| {
        let touches = row.touches.iter();
        each(
            &touches
                .map(|touch| row.happened - touch.at)
                .collect::<Vec<_>>(),
        );
        Ok(())
    });
    sales(tx, place, range, lags).await?;
    Ok(())
}

/// Has the sales of these days go through the reader with all their touches. By the sale's own day, in the
/// workspace's zone.
pub(crate) async fn sales<R: Reader<Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    reader: R,
) -> Result<R> {
    let (from, to) = place.zone.bounds(range);
    dated(tx, place, range, &OF_SALES, Dated { from, to, reader }).await
}

/// Has those who bought nothing and were last touched from one instant until another go through the reader,
/// with all their touches.
pub(crate) async fn unsold<R: Reader<Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    reader: R,
) -> Result<R> {
    let range = DateRange {
        from: place.zone.day_of(from),
        to: place.zone.day_of(to),
    };
    dated(tx, place, range, &OF_UNSOLD, Dated { from, to, reader }).await
}

async fn dated<R: Reader<Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    texts: &Texts,
    reader: Dated<R>,
) -> Result<R> {
    let none = Sources::default();
    let between = place.instants(range);
    let mut readers = side_by_side(reader);
    unidentified(tx, place, between, texts, &none, &mut readers).await?;
    Ok(joined(readers)?.reader)
}

/// Those of the rows between two instants.
struct Dated<R> {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    reader: R,
}

impl<R: Reader<Row>> Reader<Row> for Dated<R> {
    fn row(&mut self, row: &Row) -> Result<()> {
        if self.from <= row.dated && row.dated < self.to {
            self.reader.row(row)
        } else {
            Ok(())
        }
    }
}

impl<R: Apart> Apart for Dated<R> {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            reader: self.reader.apart()?,
            ..*self
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.reader.join(other.reader)
    }
}

/// How often sales and those who bought nothing were packed anew on these days; `None` while that is not
/// known.
pub(crate) async fn paths_revision(
    tx: &mut Tx,
    place: &Place,
    days: DateRange,
) -> Result<Option<i64>> {
    months::unchanged_since(tx, place, &[&OF_SALES, &OF_UNSOLD], days).await
}

/// Of the whole months among these days, those in which no sale, or nobody who bought nothing, is marked as
/// changed since it was packed: each with how often its days were packed anew.
pub(crate) async fn kept_paths(
    tx: &mut Tx,
    place: &Place,
    days: DateRange,
    sold: bool,
) -> Result<FxHashMap<DateRange, i64>> {
    let texts = if sold { &OF_SALES } else { &OF_UNSOLD };
    months::unchanged(tx, place, texts, days).await
}

/// The rows between two instants, now or as of the moment of the place.
async fn stored(
    tx: &mut Tx,
    place: &Place,
    texts: &Texts,
    between: (DateTime<Utc>, DateTime<Utc>),
    each: impl FnMut(&Stored) -> Result<()>,
) -> Result<()> {
    let text = place.moment.map_or(texts.now, |_| texts.as_of);
    let at = place.moment.map(|moment| moment.at);
    each_stored(tx, place.workspace, text, between, at, each).await
}

/// The rows that a text gives between two instants.
async fn each_stored(
    tx: &mut Tx,
    workspace: WorkspaceId,
    text: &'static str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    at: Option<DateTime<Utc>>,
    mut each: impl FnMut(&Stored) -> Result<()>,
) -> Result<()> {
    on_tx!(tx, |c| {
        let mut query = sqlx::query_as::<_, Stored>(text)
            .bind(workspace)
            .bind(from)
            .bind(to);
        if let Some(at) = at {
            query = query.bind(at);
        }
        let mut rows = query.fetch(c);
        while let Some(row) = rows.try_next().await.db()? {
            each(&row)?;
        }
    });
    Ok(())
}

impl Question<'_> {
    fn texts(&self) -> Vec<&'static Texts> {
        let Attribution { basis, refunds, .. } = self.attribution;
        let mut texts = match basis {
            Basis::Sale => vec![&OF_LEADS, &OF_OPPORTUNITIES, &OF_SALES],
            Basis::Lead => vec![&OF_LEADS, &OF_OPPORTUNITIES_BY_LEAD, &OF_SALES_BY_LEAD],
        };
        if refunds == Refunds::Cash {
            texts.push(&OF_REFUNDS);
        }
        texts
    }
}

/// A question in its three texts.
struct Texts {
    /// Those who bought nothing have, like an opportunity, nothing beside their touches.
    kind: Kind,
    /// What its packed days are called.
    name: &'static str,
    now: &'static str,
    as_of: &'static str,
    changed: &'static str,
    /// Rows as they are now that were not so as of a moment, up to so many.
    others: &'static str,
    /// Rows as they were then that are not so any more, up to so many.
    then: &'static str,
}

macro_rules! texts {
    ($($constant:ident = $kind:ident, $name:literal, $now:ident, $as_of:ident, $changed:ident,
       $others:ident, $then:ident;)+) => {
        $(static $constant: Texts = Texts {
            kind: Kind::$kind,
            name: $name,
            now: $now,
            as_of: $as_of,
            changed: $changed,
            others: $others,
            then: $then,
        };)+
        /// Every question whose days are packed.
        static PACKED: [&Texts; 7] = [$(&$constant),+];
    };
}
texts! {
    OF_LEADS = Lead, "lead",
        LEADS, LEADS_AS_OF, LEADS_CHANGED, LEADS_OTHERS, LEADS_THEN;
    OF_OPPORTUNITIES = Opportunity, "opportunity",
        OPPORTUNITIES, OPPORTUNITIES_AS_OF, OPPORTUNITIES_CHANGED, OPPORTUNITIES_OTHERS, OPPORTUNITIES_THEN;
    OF_OPPORTUNITIES_BY_LEAD = Opportunity, "opportunity_by_lead",
        OPPORTUNITIES_BY_LEAD, OPPORTUNITIES_BY_LEAD_AS_OF, OPPORTUNITIES_BY_LEAD_CHANGED, OPPORTUNITIES_BY_LEAD_OTHERS, OPPORTUNITIES_BY_LEAD_THEN;
    OF_SALES = Sale, "sale",
        SALES, SALES_AS_OF, SALES_CHANGED, SALES_OTHERS, SALES_THEN;
    OF_SALES_BY_LEAD = Sale, "sale_by_lead",
        SALES_BY_LEAD, SALES_BY_LEAD_AS_OF, SALES_BY_LEAD_CHANGED, SALES_BY_LEAD_OTHERS, SALES_BY_LEAD_THEN;
    OF_REFUNDS = Refund, "refund",
        REFUNDS, REFUNDS_AS_OF, REFUNDS_CHANGED, REFUNDS_OTHERS, REFUNDS_THEN;
    OF_UNSOLD = Opportunity, "unsold",
        UNSOLD, UNSOLD_AS_OF, UNSOLD_CHANGED, UNSOLD_OTHERS, UNSOLD_THEN;
}
