//! The touches before each opportunity and sale, and the credit that a model gives them.

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use rumbo_base::{
    AdCampaignId, AdId, AdSetId, Currency, DateRange, Micros, Result, allocate, split,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::{Kind, Outcome, TouchedPlace, outcome, place_of_touch};
use crate::attribution::credit::weights;
use crate::attribution::{Attribution, Basis, Model, Refunds, Touch, Window};
use crate::figures::Shares;
use crate::path::Path;
use crate::read::directory::Directory;
use crate::read::place::Place;

/// One row for each touch of the contact at or before `$happened`, or one without a touch. What
/// is credited is `after_micros` less `before_micros`, each split on its own, so that the parts of
/// a sale and of all its refunds add up for every touch. `tells` says whether the touch itself
/// names an object or a click.
macro_rules! paths {
    ($id:expr, $own:expr, $from:expr, $dated:expr, $happened:expr, $before:expr, $after:expr, $only:expr) => {
        concat!(
            "SELECT ",
            $id,
            " AS id, ",
            $dated,
            " AS dated, ",
            $happened,
            " AS happened, ",
            $own,
            " AS own, ",
            "CAST(",
            $before,
            " AS BIGINT) AS before_micros, CAST(",
            $after,
            " AS BIGINT) AS after_micros, ",
            "t.occurred_at AS touched, t.source, t.medium, ",
            "CAST(CASE WHEN t.ad_id IS NULL AND t.ad_set_id IS NULL AND t.ad_campaign_id IS NULL ",
            "AND t.ad_account_external_id IS NULL AND t.campaign_external_id IS NULL ",
            "AND t.ad_set_external_id IS NULL AND t.ad_external_id IS NULL AND t.click_id IS NULL ",
            "THEN 0 ELSE 1 END AS BIGINT) AS tells, ",
            place_of_touch!(),
            "FROM ",
            $from,
            " LEFT JOIN touchpoints t ON t.workspace_id = x.workspace_id ",
            "AND t.contact_id = x.contact_id AND t.occurred_at <= ",
            $happened,
            " ",
            "WHERE x.workspace_id = $1 AND ",
            $dated,
            " >= $2 AND ",
            $dated,
            " < $3",
            $only,
            " ",
            "ORDER BY ",
            $id,
            ", t.occurred_at, t.id"
        )
    };
}

/// The contact first, by its instant, and then what came of it.
macro_rules! by_lead {
    ($table:literal) => {
        concat!("contacts c CROSS JOIN ", $table, " x")
    };
    () => {
        " AND c.workspace_id = $1 AND x.contact_id = c.id"
    };
}

macro_rules! opportunity_paths {
    ($from:expr, $dated:expr, $only:expr) => {
        paths!("x.id", "''", $from, $dated, "x.opened_at", "0", "0", $only)
    };
}

macro_rules! sale_paths {
    ($from:expr, $dated:expr, $after:expr, $only:expr) => {
        paths!(
            "x.id",
            "x.currency",
            $from,
            $dated,
            "x.completed_at",
            "0",
            $after,
            concat!(" AND x.status IN ('completed', 'refunded')", $only)
        )
    };
}

/// The sales that are the first ever of their contact.
macro_rules! first {
    () => {
        " AND NOT EXISTS (SELECT 1 FROM sales y WHERE y.workspace_id = x.workspace_id \
         AND y.contact_id = x.contact_id AND y.status IN ('completed', 'refunded') \
         AND (y.completed_at < x.completed_at OR (y.completed_at = x.completed_at AND y.id < x.id)))"
    };
}

/// Refunds of a sale before this one.
macro_rules! earlier_refunds {
    () => {
        "(SELECT COALESCE(SUM(e.amount_micros), 0) FROM sale_refunds e WHERE e.workspace_id = r.workspace_id \
         AND e.sale_id = r.sale_id AND (e.refunded_at < r.refunded_at \
         OR (e.refunded_at = r.refunded_at AND e.id < r.id)))"
    };
}

statements! {
    OPPORTUNITIES = opportunity_paths!("opportunities x", "x.opened_at", "");
    OPPORTUNITIES_BY_LEAD = opportunity_paths!(by_lead!("opportunities"), "c.first_seen_at", by_lead!());
    NET_SALES = sale_paths!("sales x", "x.completed_at", "x.gross_micros - x.refunded_micros", "");
    NET_SALES_BY_LEAD = sale_paths!(by_lead!("sales"), "c.first_seen_at",
        "x.gross_micros - x.refunded_micros", by_lead!());
    GROSS_SALES = sale_paths!("sales x", "x.completed_at", "x.gross_micros", "");
    GROSS_SALES_BY_LEAD = sale_paths!(by_lead!("sales"), "c.first_seen_at", "x.gross_micros", by_lead!());
    FIRST_SALES = sale_paths!("sales x", "x.completed_at", "0", first!());
    FIRST_SALES_BY_LEAD = sale_paths!(by_lead!("sales"), "c.first_seen_at", "0", concat!(first!(), by_lead!()));
    REFUNDS = paths!("r.id", "x.currency",
        "sale_refunds r JOIN sales x ON x.workspace_id = r.workspace_id AND x.id = r.sale_id",
        "r.refunded_at", "x.completed_at",
        concat!("x.gross_micros - ", earlier_refunds!()),
        concat!("x.gross_micros - r.amount_micros - ", earlier_refunds!()),
        " AND x.status IN ('completed', 'refunded')");
}

/// The columns in the order of the question. By place and not by name: this is read once a touch.
type Columns = (
    Uuid,
    DateTime<Utc>,
    DateTime<Utc>,
    String,
    Micros,
    Micros,
    Option<DateTime<Utc>>,
    Option<String>,
    Option<String>,
    i64,
    Option<AdCampaignId>,
    Option<AdSetId>,
    Option<AdId>,
    Option<String>,
);

/// An opportunity, a sale or a refund, and the touches before it, oldest first.
struct Journey {
    id: Uuid,
    dated: DateTime<Utc>,
    happened: DateTime<Utc>,
    own: String,
    before: Micros,
    after: Micros,
    touches: Vec<(Touch, TouchedPlace)>,
}

/// What is counted of the rows of a question.
#[derive(Clone, Copy)]
struct Question {
    kind: Kind,
    text: &'static str,
    /// Whether a row is one of its kind: a refund is none.
    counts: bool,
}

/// Goes through the parts of all opportunities and sales that count on these days, as each of the
/// models credits them. The touches are read once for all of them.
#[expect(
    clippy::too_many_arguments,
    reason = "what is read, of what, and how it is credited"
)]
pub(super) async fn read(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    attribution: Attribution,
    models: &[Model],
    customers: bool,
    each: &mut impl FnMut(usize, &Outcome) -> Result<()>,
) -> Result<()> {
    for question in questions(attribution, customers) {
        let mut credit = |journey: Journey| {
            credited(
                journey,
                question,
                place,
                directory,
                attribution.window,
                models,
                |nth, outcome| {
                    if range.contains(outcome.day) {
                        each(nth, outcome)
                    } else {
                        Ok(())
                    }
                },
            )
        };
        journeys(tx, place, range, question.text, &mut credit).await?;
    }
    Ok(())
}

/// How long before each sale of these days its touches were, oldest first. By the sale's own day.
pub(crate) async fn lags(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    mut each: impl FnMut(&[TimeDelta]),
) -> Result<()> {
    journeys(tx, place, range, NET_SALES, &mut |sale| {
        if range.contains(place.zone.day_of(sale.dated)) {
            let lags = sale
                .touches
                .iter()
                .map(|(touch, _)| sale.happened - touch.at);
            each(&lags.collect::<Vec<_>>());
        }
        Ok(())
    })
    .await
}

/// Goes through what a question finds on these days, each with all its touches.
async fn journeys(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    text: &'static str,
    each: &mut impl FnMut(Journey) -> Result<()>,
) -> Result<()> {
    let (from, to) = place.instants(range);
    on_tx!(tx, |c| {
        let mut rows = sqlx::query_as::<_, Columns>(text)
            .bind(place.workspace)
            .bind(from)
            .bind(to)
            .fetch(c);
        let mut journey: Option<Journey> = None;
        while let Some(row) = rows.try_next().await.db()? {
            if let Some(done) = journey.take_if(|journey| journey.id != row.0) {
                each(done)?;
            }
            journey
                .get_or_insert_with(|| Journey::begun(&row))
                .walk(row);
        }
        if let Some(done) = journey {
            each(done)?;
        }
    });
    Ok(())
}

fn questions(attribution: Attribution, customers: bool) -> Vec<Question> {
    let Attribution { basis, refunds, .. } = attribution;
    let (opportunities, sales, first_sales) = match (basis, refunds) {
        (Basis::Sale, Refunds::Accrual) => (OPPORTUNITIES, NET_SALES, FIRST_SALES),
        (Basis::Sale, Refunds::Cash) => (OPPORTUNITIES, GROSS_SALES, FIRST_SALES),
        (Basis::Lead, Refunds::Accrual) => (
            OPPORTUNITIES_BY_LEAD,
            NET_SALES_BY_LEAD,
            FIRST_SALES_BY_LEAD,
        ),
        (Basis::Lead, Refunds::Cash) => (
            OPPORTUNITIES_BY_LEAD,
            GROSS_SALES_BY_LEAD,
            FIRST_SALES_BY_LEAD,
        ),
    };
    let question = |kind, text, counts| Question { kind, text, counts };
    let mut questions = vec![
        question(Kind::Opportunity, opportunities, true),
        question(Kind::Sale, sales, true),
    ];
    if refunds == Refunds::Cash {
        questions.push(question(Kind::Sale, REFUNDS, false));
    }
    if customers {
        questions.push(question(Kind::NewCustomer, first_sales, true));
    }
    questions
}

impl Journey {
    fn begun(row: &Columns) -> Self {
        let (id, dated, happened, own, before, after, ..) = row;
        Self {
            id: *id,
            dated: *dated,
            happened: *happened,
            own: own.clone(),
            before: *before,
            after: *after,
            touches: Vec::new(),
        }
    }

    fn walk(&mut self, row: Columns) {
        let (.., touched, source, medium, tells, campaign, ad_set, ad, named) = row;
        let Some(at) = touched else {
            return;
        };
        let source = source.unwrap_or_default();
        self.touches.push((
            Touch::of(at, &source, medium.as_deref(), tells != 0),
            TouchedPlace {
                campaign,
                ad_set,
                ad,
                named,
            },
        ));
    }
}

/// Gives every touch that counts its part; without any the whole is not attributed.
fn credited(
    journey: Journey,
    question: Question,
    place: &Place,
    directory: &Directory,
    window: Window,
    models: &[Model],
    mut each: impl FnMut(usize, &Outcome) -> Result<()>,
) -> Result<()> {
    let Journey {
        dated,
        happened,
        own,
        before,
        after,
        touches,
        ..
    } = journey;
    let kind = question.kind;
    let one = if question.counts {
        Shares::ONE
    } else {
        Shares::ZERO
    };
    let (counting, paths): (Vec<Touch>, Vec<Path>) = touches
        .into_iter()
        .filter(|(touch, _)| window.holds(touch, happened))
        .map(|(touch, touched)| (touch, touched.path(place, directory)))
        .unzip();
    let currency = match kind {
        Kind::Sale => own.parse()?,
        _ => Currency::NONE,
    };
    for (nth, model) in models.iter().enumerate() {
        if counting.is_empty() {
            let amount = Micros(after.0 - before.0);
            let whole = outcome(place, kind, dated, &own, Path::default(), one, amount)?;
            each(nth, &whole)?;
            continue;
        }
        let weights = weights(*model, &counting);
        let shares = split(one.0, &weights);
        let had = allocate(before, &weights, currency);
        let has = allocate(after, &weights, currency);
        for ((path, share), (had, has)) in paths.iter().zip(shares).zip(had.into_iter().zip(has)) {
            let (share, amount) = (Shares(share), Micros(has.0 - had.0));
            if share == Shares::ZERO && amount == Micros::ZERO {
                continue;
            }
            let part = outcome(place, kind, dated, &own, path.clone(), share, amount)?;
            each(nth, &part)?;
        }
    }
    Ok(())
}
