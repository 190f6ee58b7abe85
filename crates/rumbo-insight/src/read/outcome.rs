//! What came of it: leads, opportunities, sales and refunds, each read on its own.
//!
//! Rows are read one by one and counted here, not in the database: the day of a row depends on
//! the zone of the account it is credited to. A row brings the path of all touches before it, so
//! that any way of crediting reads each row once and joins nothing.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::TryStreamExt;
use rumbo_base::{Currency, DateRange, Error, Micros, Result, TimeZone, allocate, split};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::moment::{NEVER, as_of};
use super::origin::{Origin, Origins};
use super::place::Place;
use crate::attribution::credit::weights;
use crate::attribution::{Attribution, Basis, Model, Refunds, Touch, Window};
use crate::figures::{Figures, Shares};
use crate::path::{Key, Path};

/// What is read of a row. `own` is the lead source, or the currency. A refund takes `refunded`
/// from the `gross` that was left.
macro_rules! columns {
    ($dated:literal, $happened:literal, $own:literal, $gross:literal, $refunded:literal, $first:literal,
     $touches:literal) => {
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
            " AS touches"
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

/// The texts of each question: now, as of a moment, and what changed since one.
macro_rules! questions {
    ($($name:ident, $as_of:ident, $changed:ident = $from:literal, $versions:literal, $dated:literal, $happened:literal, $own:literal,
       $gross:literal, $refunded:literal, $first:literal, $touches:literal, $only:literal, $there:literal;)+) => {
        statements! {$(
            $name = concat!("SELECT ",
                columns!($dated, $happened, $own, $gross, $refunded, $first, $touches),
                " FROM ", $from, " x WHERE x.workspace_id = $1", in_period!($dated, $only));
            $as_of = as_of!(columns!($dated, $happened, $own, $gross, $refunded, $first, $touches),
                $from, $versions, in_period!($dated, $only), $there, "$4");
            $changed = as_of!(columns!($dated, $happened, $own, $gross, $refunded, $first, $touches),
                $from, $versions, changed_since!($from, $versions, $only), $there, "$2");
        )+}
    };
}

questions! {
    LEADS, LEADS_AS_OF, LEADS_CHANGED = "contacts", "contact_versions", "first_seen_at", "first_seen_at", "x.lead_source",
        "0", "0", "FALSE",
        "COALESCE(CAST(x.first_seen_at AS TEXT) || ';' || CAST(x.first_origin AS TEXT), '')",
        " AND x.kind <> 'internal'", " AND x.present";
    OPPORTUNITIES, OPPORTUNITIES_AS_OF, OPPORTUNITIES_CHANGED = "opportunities", "opportunity_versions", "opened_at", "opened_at", "''",
        "0", "0", "FALSE", "x.touches", "", "";
    OPPORTUNITIES_BY_LEAD, OPPORTUNITIES_BY_LEAD_AS_OF, OPPORTUNITIES_BY_LEAD_CHANGED = "opportunities", "opportunity_versions", "lead_at",
        "opened_at", "''", "0", "0", "FALSE", "x.touches", "", "";
    SALES, SALES_AS_OF, SALES_CHANGED = "sales", "sale_versions", "completed_at", "completed_at", "x.currency",
        "x.gross_micros", "x.refunded_micros", "x.is_first", "x.touches",
        " AND x.status IN ('completed', 'refunded')", "";
    SALES_BY_LEAD, SALES_BY_LEAD_AS_OF, SALES_BY_LEAD_CHANGED = "sales", "sale_versions", "lead_at", "completed_at", "x.currency",
        "x.gross_micros", "x.refunded_micros", "x.is_first", "x.touches",
        " AND x.status IN ('completed', 'refunded')", "";
    REFUNDS, REFUNDS_AS_OF, REFUNDS_CHANGED = "sale_refunds", "refund_versions", "refunded_at", "sale_at", "x.currency",
        "x.before_micros", "x.amount_micros", "FALSE", "x.touches", " AND x.counts", "";
}

/// What is read of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub id: Uuid,
    /// Where it counts.
    pub dated: DateTime<Utc>,
    /// Up to where touches count.
    pub happened: DateTime<Utc>,
    /// The lead source, or the currency.
    pub own: String,
    pub gross: Micros,
    pub refunded: Micros,
    /// The first sale ever of its contact.
    pub first: bool,
    pub touches: String,
}

/// By place and not by name: this is read once a row.
impl<'r, R> sqlx::FromRow<'r, R> for Row
where
    R: sqlx::Row,
    usize: sqlx::ColumnIndex<R>,
    Uuid: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    DateTime<Utc>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Micros: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    bool: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            dated: row.try_get(1)?,
            happened: row.try_get(2)?,
            own: row.try_get(3)?,
            gross: row.try_get(4)?,
            refunded: row.try_get(5)?,
            first: row.try_get(6)?,
            touches: row.try_get(7)?,
        })
    }
}

/// Where a lead came from, by its lead source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeadClass {
    Meta,
    Other,
    Unknown,
}

impl LeadClass {
    fn of(lead_source: &str) -> Self {
        match lead_source {
            "META_ADS" | "CLICK_TO_WHATSAPP" => Self::Meta,
            "UNKNOWN" => Self::Unknown,
            _ => Self::Other,
        }
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Lead,
    Opportunity,
    Sale,
    /// Money given back, on its own day.
    Refund,
}

/// The part of a lead, opportunity, sale or refund that one touch takes, or all of it when none
/// does.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'a> {
    /// In the zone of the ad account it is credited to, or else the workspace's.
    pub day: NaiveDate,
    pub path: &'a Path,
    pub currency: Currency,
    /// The day whose rate its money takes: that of the sale, or of a refund that counts on its own.
    pub valued_on: NaiveDate,
    /// What the parts of the same sale before this one have of its money.
    pub revenue_before: Micros,
    /// Of leads only.
    pub lead_class: Option<LeadClass>,
    pub figures: Figures,
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
}

/// Goes through everything that came of it on these days, as it is credited.
pub(crate) async fn read(
    tx: &mut Tx,
    question: Question<'_>,
    mut each: impl FnMut(&Outcome<'_>) -> Result<()>,
) -> Result<()> {
    let models = [question.attribution.model];
    read_models(tx, question, &models, |_, outcome| each(outcome)).await
}

/// The same as each of the models credits it, with its place in the list. All share the window,
/// the basis and the way of dating refunds. The rows are read once for all of them.
pub(crate) async fn read_models(
    tx: &mut Tx,
    question: Question<'_>,
    models: &[Model],
    mut each: impl FnMut(usize, &Outcome<'_>) -> Result<()>,
) -> Result<()> {
    journeys(tx, question, |journey| {
        let mut each = |nth, outcome: &Outcome<'_>| {
            if question.range.contains(outcome.day) {
                each(nth, outcome)
            } else {
                Ok(())
            }
        };
        journey.credited(&question, models, &mut each)
    })
    .await
}

/// Goes through every row of these days with all its touches. A row at the edges of the period
/// may lie outside of it in the zone of the account that it is credited to.
pub(crate) async fn journeys(
    tx: &mut Tx,
    question: Question<'_>,
    mut each: impl FnMut(&Journey<'_>) -> Result<()>,
) -> Result<()> {
    let Question { place, origins, .. } = question;
    for (kind, texts) in question.texts() {
        let text = place.moment.map_or(texts.now, |_| texts.as_of);
        rows(tx, place, question.range, text, |row| {
            each(&Journey { kind, row, origins })
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
    for (kind, texts) in question.texts() {
        let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(texts.changed)
            .bind(question.place.workspace)
            .bind(at)
            .bind(since)
            .bind(first_id)
            .fetch_all(c)
            .await)
        .db()?;
        found.extend(rows.into_iter().map(|row| ((kind, row.id), row)));
    }
    Ok(found)
}

/// The lowest id that can be made at an instant (UUID version 7 begins with its milliseconds).
fn first_id(at: DateTime<Utc>) -> Uuid {
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(milliseconds) << 80)
}

/// How long before each sale of these days its touches were, oldest first. By the sale's own day.
pub(crate) async fn lags(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    mut each: impl FnMut(&[TimeDelta]),
) -> Result<()> {
    let text = place.moment.map_or(SALES, |_| SALES_AS_OF);
    rows(tx, place, range, text, |row| {
        if range.contains(place.zone.day_of(row.dated)) {
            let lags = tokens(&row.touches).filter_map(|(at, _)| Some(row.happened - instant(at)?));
            each(&lags.collect::<Vec<_>>());
        }
        Ok(())
    })
    .await
}

async fn rows(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    text: &'static str,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let (from, to) = place.instants(range);
    on_tx!(tx, |c| {
        let mut query = sqlx::query_as::<_, Row>(text)
            .bind(place.workspace)
            .bind(from)
            .bind(to);
        if let Some(moment) = place.moment {
            query = query.bind(moment.at);
        }
        let mut rows = query.fetch(c);
        while let Some(row) = rows.try_next().await.db()? {
            each(&row)?;
        }
    });
    Ok(())
}

impl Question<'_> {
    fn texts(&self) -> Vec<(Kind, &'static Texts)> {
        let Attribution { basis, refunds, .. } = self.attribution;
        let (opportunities, sales) = match basis {
            Basis::Sale => (&OF_OPPORTUNITIES, &OF_SALES),
            Basis::Lead => (&OF_OPPORTUNITIES_BY_LEAD, &OF_SALES_BY_LEAD),
        };
        let mut texts = vec![
            (Kind::Lead, &OF_LEADS),
            (Kind::Opportunity, opportunities),
            (Kind::Sale, sales),
        ];
        if refunds == Refunds::Cash {
            texts.push((Kind::Refund, &OF_REFUNDS));
        }
        texts
    }
}

/// A question in its three texts.
struct Texts {
    now: &'static str,
    as_of: &'static str,
    changed: &'static str,
}

macro_rules! texts {
    ($($name:ident = $now:ident, $as_of:ident, $changed:ident;)+) => {$(
        static $name: Texts = Texts { now: $now, as_of: $as_of, changed: $changed };
    )+};
}
texts! {
    OF_LEADS = LEADS, LEADS_AS_OF, LEADS_CHANGED;
    OF_OPPORTUNITIES = OPPORTUNITIES, OPPORTUNITIES_AS_OF, OPPORTUNITIES_CHANGED;
    OF_OPPORTUNITIES_BY_LEAD = OPPORTUNITIES_BY_LEAD, OPPORTUNITIES_BY_LEAD_AS_OF, OPPORTUNITIES_BY_LEAD_CHANGED;
    OF_SALES = SALES, SALES_AS_OF, SALES_CHANGED;
    OF_SALES_BY_LEAD = SALES_BY_LEAD, SALES_BY_LEAD_AS_OF, SALES_BY_LEAD_CHANGED;
    OF_REFUNDS = REFUNDS, REFUNDS_AS_OF, REFUNDS_CHANGED;
}

/// A lead, an opportunity, a sale or a refund, and the touches before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Journey<'a> {
    pub kind: Kind,
    pub row: &'a Row,
    pub origins: &'a Origins,
}

impl Journey<'_> {
    /// Gives every touch that counts its part; without any the whole is not attributed.
    pub fn credited(
        &self,
        question: &Question<'_>,
        models: &[Model],
        each: &mut impl FnMut(usize, &Outcome<'_>) -> Result<()>,
    ) -> Result<()> {
        let (before, after) = self.amounts(question.attribution.refunds);
        let whole = Micros(after.0 - before.0);
        let mut parts = Parts::of(self, question)?;
        if self.kind == Kind::Lead {
            // A lead goes to the touch that made it, whatever the model and the window.
            let origin = tokens(&self.row.touches)
                .last()
                .map(|(_, origin)| self.origin(origin));
            let path = origin.transpose()?.map(|origin| &origin.path);
            return (0..models.len())
                .try_for_each(|nth| parts.give(nth, path, Shares::ONE, whole, each));
        }
        let window = question.attribution.window;
        let timed = window != Window::default() || models.iter().any(|m| m.needs_instants());
        let mut counting: Vec<Touch> = Vec::new();
        let mut paths: Vec<&Path> = Vec::new();
        for (at, origin) in tokens(&self.row.touches) {
            // An instant is only read where something depends on it.
            let at = timed
                .then(|| instant(at))
                .flatten()
                .unwrap_or(self.row.happened);
            let origin = self.origin(origin)?;
            let touch = origin.at(at);
            if window.holds(&touch, self.row.happened) {
                counting.push(touch);
                paths.push(&origin.path);
            }
        }
        for (nth, model) in models.iter().enumerate() {
            let only = match paths.len() {
                0 | 1 => Some(0),
                _ => model.only(&counting),
            };
            if let Some(only) = only {
                parts.give(nth, paths.get(only).copied(), parts.one, whole, each)?;
                continue;
            }
            let weights = weights(*model, &counting);
            let shares = split(parts.one.0, &weights);
            let had = allocate(before, &weights, parts.currency);
            let has = allocate(after, &weights, parts.currency);
            parts.revenue_before = Micros::ZERO;
            for ((path, share), (had, has)) in
                paths.iter().zip(shares).zip(had.into_iter().zip(has))
            {
                let (share, amount) = (Shares(share), Micros(has.0 - had.0));
                if share != Shares::ZERO || amount != Micros::ZERO {
                    parts.give(nth, Some(path), share, amount, each)?;
                }
                parts.revenue_before += amount;
            }
            parts.revenue_before = Micros::ZERO;
        }
        Ok(())
    }

    /// What is credited is the second less the first, each split on its own, so that the parts of
    /// a sale and of all its refunds add up for every touch.
    fn amounts(&self, refunds: Refunds) -> (Micros, Micros) {
        let Row {
            gross, refunded, ..
        } = *self.row;
        let left = Micros(gross.0 - refunded.0);
        match (self.kind, refunds) {
            (Kind::Refund, _) => (gross, left),
            (_, Refunds::Accrual) => (Micros::ZERO, left),
            (_, Refunds::Cash) => (Micros::ZERO, gross),
        }
    }

    fn origin(&self, token: &str) -> Result<&Origin> {
        let found = token
            .parse()
            .ok()
            .and_then(|origin| self.origins.get(origin));
        found.ok_or_else(|| Error::internal("a touch without an origin"))
    }
}

/// The touches of a path: instant and origin, as they are written.
pub(super) fn tokens(touches: &str) -> impl Iterator<Item = (&str, &str)> {
    touches.split('|').filter_map(|touch| touch.split_once(';'))
}

/// An instant as either database writes it into a path: `2026-11-20T12:00:00.5+00:00` or
/// `2026-11-20 12:00:00.5+00`, always in UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = text.get(..4)?.parse::<i32>().ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    let rest = text.get(19..)?;
    let nanos = match rest.strip_prefix('.') {
        None => 0,
        Some(rest) => {
            let digits = rest.find(['+', 'Z']).unwrap_or(rest.len());
            let digits = rest.get(..digits.min(9))?;
            let places = u32::try_from(9 - digits.len()).ok()?;
            digits.parse::<u32>().ok()? * 10_u32.pow(places)
        }
    };
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    Some(day.and_hms_nano_opt(hour, minute, second, nanos)?.and_utc())
}

/// Makes the parts of one row.
struct Parts<'a> {
    place: &'a Place,
    kind: Kind,
    /// Whether the row is one of its kind: a refund is none.
    one: Shares,
    at: DateTime<Utc>,
    /// When the money of the row was paid, or given back.
    paid: DateTime<Utc>,
    /// What the parts given so far have of it.
    revenue_before: Micros,
    /// Of the sale or refund.
    currency: Currency,
    lead_class: Option<LeadClass>,
    /// Whether the sale is a first one, and first ones are counted.
    first: bool,
    /// The last days worked out, that of the row and that of its money: most parts lie in one zone.
    days: Option<(TimeZone, NaiveDate, NaiveDate)>,
}

impl<'a> Parts<'a> {
    fn of(journey: &Journey<'_>, question: &Question<'a>) -> Result<Self> {
        let kind = journey.kind;
        let currency = match kind {
            Kind::Sale | Kind::Refund => journey.row.own.parse()?,
            Kind::Lead | Kind::Opportunity => Currency::NONE,
        };
        Ok(Self {
            place: question.place,
            kind,
            one: if kind == Kind::Refund {
                Shares::ZERO
            } else {
                Shares::ONE
            },
            at: journey.row.dated,
            paid: match kind {
                Kind::Refund => journey.row.dated,
                Kind::Lead | Kind::Opportunity | Kind::Sale => journey.row.happened,
            },
            revenue_before: Micros::ZERO,
            currency,
            lead_class: (kind == Kind::Lead).then(|| LeadClass::of(&journey.row.own)),
            first: journey.row.first && question.customers,
            days: None,
        })
    }

    fn give(
        &mut self,
        nth: usize,
        path: Option<&Path>,
        share: Shares,
        revenue: Micros,
        each: &mut impl FnMut(usize, &Outcome<'_>) -> Result<()>,
    ) -> Result<()> {
        let nowhere = Path::default();
        let path = path.unwrap_or(&nowhere);
        let account = path
            .account
            .as_ref()
            .and_then(Key::known)
            .and_then(|id| self.place.account(id));
        let zone = account.map_or(self.place.zone, |a| a.zone);
        let own_currency = account.map_or(self.place.main, |a| a.currency);
        let (day, valued_on) = match self.days {
            Some((of, day, valued_on)) if of == zone => (day, valued_on),
            _ if self.at == self.paid => (zone.day_of(self.at), zone.day_of(self.at)),
            _ => (zone.day_of(self.at), zone.day_of(self.paid)),
        };
        self.days = Some((zone, day, valued_on));
        let none = Figures::default();
        let (currency, figures) = match self.kind {
            Kind::Lead => (own_currency, Figures { leads: 1, ..none }),
            Kind::Opportunity => (
                own_currency,
                Figures {
                    opportunities: share,
                    ..none
                },
            ),
            Kind::Sale | Kind::Refund => (
                self.currency,
                Figures {
                    sales: share,
                    revenue,
                    new_customers: self.first.then_some(share),
                    ..none
                },
            ),
        };
        each(
            nth,
            &Outcome {
                day,
                path,
                currency,
                valued_on,
                revenue_before: self.revenue_before,
                lead_class: self.lead_class,
                figures,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_either_database_writes_them() {
        let expected: DateTime<Utc> = "2026-11-20T12:03:04.05Z".parse().unwrap();
        for text in [
            "2026-11-20T12:03:04.050+00:00",
            "2026-11-20 12:03:04.05+00",
            "2026-11-20T12:03:04.050000000Z",
        ] {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
        let whole: DateTime<Utc> = "2026-11-20T12:03:04Z".parse().unwrap();
        assert_eq!(instant("2026-11-20 12:03:04+00"), Some(whole));
        assert_eq!(instant("2026-11-20"), None);
    }
}
