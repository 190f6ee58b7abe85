//! What came of it: leads, opportunities and sales, each read on its own.
//!
//! Rows are read one by one and counted here, not in the database: the day of a row depends on
//! the zone of the account it is credited to, and a lookup of that for each row costs the
//! database more than handing the row over.
//!
//! The usual credit (last touch, no window, on its own day) stands on the rows already and is
//! read from there; for every other one [`paths`] reads the touches before each row.

mod paths;

pub use paths::STATEMENTS as PATH_STATEMENTS;
pub(crate) use paths::lags;

use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, AdSetId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use crate::attribution::{Attribution, Model};
use crate::figures::{Figures, Shares};
use crate::path::{Key, Path};
use crate::read::directory::Directory;
use crate::read::place::Place;

/// Where a touchpoint leads. `named` holds what one without a synced ad names: the platform's ids
/// of account, campaign, ad set and ad.
macro_rules! place_of_touch {
    () => {
        "COALESCE(t.ad_campaign_id, \
         (SELECT a.ad_campaign_id FROM ads a WHERE a.workspace_id = t.workspace_id AND a.id = t.ad_id), \
         (SELECT s.ad_campaign_id FROM ad_sets s WHERE s.workspace_id = t.workspace_id AND s.id = t.ad_set_id)\
         ) AS campaign_id, \
         COALESCE(t.ad_set_id, \
         (SELECT a.ad_set_id FROM ads a WHERE a.workspace_id = t.workspace_id AND a.id = t.ad_id)\
         ) AS ad_set_id, t.ad_id, \
         CASE WHEN t.ad_id IS NULL AND t.id IS NOT NULL THEN \
         COALESCE(t.ad_account_external_id, '') || '|' || COALESCE(t.campaign_external_id, '') || '|' || \
         COALESCE(t.ad_set_external_id, '') || '|' || COALESCE(t.ad_external_id, '') END AS named "
    };
}
use place_of_touch;

/// The question, the same for all three tables. Every join is a lookup by a primary key: a row
/// of the table comes once.
macro_rules! outcomes {
    ($own:literal, $table:literal, $touch:literal, $at:literal, $only:literal) => {
        concat!(
            "SELECT x.",
            $at,
            " AS at, ",
            $own,
            ", ",
            place_of_touch!(),
            "FROM ",
            $table,
            " x ",
            "LEFT JOIN touchpoints t ON t.workspace_id = x.workspace_id AND t.id = x.",
            $touch,
            " ",
            "WHERE x.workspace_id = $1 AND x.",
            $at,
            " >= $2 AND x.",
            $at,
            " < $3",
            $only
        )
    };
}

statements! {
    LEADS = outcomes!("x.lead_source AS own, CAST(0 AS BIGINT) AS net_micros",
        "contacts", "first_touchpoint_id", "first_seen_at", " AND x.kind <> 'internal'");
    OPPORTUNITIES = outcomes!("'' AS own, CAST(0 AS BIGINT) AS net_micros",
        "opportunities", "touchpoint_id", "opened_at", "");
    SALES = outcomes!("x.currency AS own, x.gross_micros - x.refunded_micros AS net_micros",
        "sales", "touchpoint_id", "completed_at", " AND x.status IN ('completed', 'refunded')");
    /// The sales that are the first ever of their contact.
    FIRST_SALES = outcomes!("x.currency AS own, CAST(0 AS BIGINT) AS net_micros",
        "sales", "touchpoint_id", "completed_at", " AND x.status IN ('completed', 'refunded') \
        AND NOT EXISTS (SELECT 1 FROM sales y WHERE y.workspace_id = x.workspace_id \
        AND y.contact_id = x.contact_id AND y.status IN ('completed', 'refunded') \
        AND (y.completed_at < x.completed_at OR (y.completed_at = x.completed_at AND y.id < x.id)))");
}

/// The columns in the order of the question. By place and not by name: this is read once a row.
type Columns = (
    DateTime<Utc>,
    String,
    Micros,
    Option<AdCampaignId>,
    Option<AdSetId>,
    Option<AdId>,
    Option<String>,
);

/// Where a touchpoint leads, as it is stored; nothing where there is no touchpoint.
#[derive(Debug, Default)]
struct TouchedPlace {
    campaign: Option<AdCampaignId>,
    ad_set: Option<AdSetId>,
    ad: Option<AdId>,
    named: Option<String>,
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

/// One lead, opportunity or sale.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// In the zone of the ad account it is credited to, or else the workspace's.
    pub day: NaiveDate,
    pub path: Path,
    pub currency: Currency,
    /// Of leads only.
    pub lead_class: Option<LeadClass>,
    pub figures: Figures,
}

/// What is counted of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Lead,
    Opportunity,
    Sale,
    NewCustomer,
}

/// Goes through everything that came of it on these days, as it is credited; with `customers` also
/// through those who bought for the first time, which takes a lookup for each sale.
pub(crate) async fn read(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    attribution: Attribution,
    customers: bool,
    mut each: impl FnMut(&Outcome) -> Result<()>,
) -> Result<()> {
    if attribution != Attribution::default() {
        let models = [attribution.model];
        let each = |_, outcome: &Outcome| each(outcome);
        return read_models(
            tx,
            place,
            directory,
            range,
            attribution,
            &models,
            customers,
            each,
        )
        .await;
    }
    let mut kinds = vec![
        (Kind::Lead, LEADS),
        (Kind::Opportunity, OPPORTUNITIES),
        (Kind::Sale, SALES),
    ];
    kinds.extend(customers.then_some((Kind::NewCustomer, FIRST_SALES)));
    for (kind, text) in kinds {
        stored(tx, place, directory, range, kind, text, &mut each).await?;
    }
    Ok(())
}

/// The same as each of the models credits it, with its place in the list. All share the window,
/// the basis and the way of dating refunds.
#[expect(
    clippy::too_many_arguments,
    reason = "what is read, of what, and how it is credited"
)]
pub(crate) async fn read_models(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    attribution: Attribution,
    models: &[Model],
    customers: bool,
    mut each: impl FnMut(usize, &Outcome) -> Result<()>,
) -> Result<()> {
    // A lead goes to the touch that made it, whatever the model.
    stored(
        tx,
        place,
        directory,
        range,
        Kind::Lead,
        LEADS,
        &mut |lead| (0..models.len()).try_for_each(|nth| each(nth, lead)),
    )
    .await?;
    paths::read(
        tx,
        place,
        directory,
        range,
        attribution,
        models,
        customers,
        &mut each,
    )
    .await
}

/// Goes through the rows of a question, as their credit is stored.
async fn stored(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    kind: Kind,
    text: &'static str,
    each: &mut impl FnMut(&Outcome) -> Result<()>,
) -> Result<()> {
    let (from, to) = place.instants(range);
    on_tx!(tx, |c| {
        let mut rows = sqlx::query_as::<_, Columns>(text)
            .bind(place.workspace)
            .bind(from)
            .bind(to)
            .fetch(c);
        while let Some(row) = rows.try_next().await.db()? {
            let (at, own, net, campaign, ad_set, ad, named) = row;
            let touched = TouchedPlace {
                campaign,
                ad_set,
                ad,
                named,
            };
            let path = touched.path(place, directory);
            let outcome = outcome(place, kind, at, &own, path, Shares::ONE, net)?;
            if range.contains(outcome.day) {
                each(&outcome)?;
            }
        }
    });
    Ok(())
}

/// A part of a lead, opportunity or sale. `own` is the lead source, or the currency of the sale.
fn outcome(
    place: &Place,
    kind: Kind,
    at: DateTime<Utc>,
    own: &str,
    path: Path,
    share: Shares,
    revenue: Micros,
) -> Result<Outcome> {
    let account = path
        .account
        .as_ref()
        .and_then(Key::known)
        .and_then(|id| place.account(id));
    let zone = account.map_or(place.zone, |a| a.zone);
    let own_currency = account.map_or(place.main, |a| a.currency);
    let none = Figures::default();
    let (currency, lead_class, figures) = match kind {
        Kind::Lead => (
            own_currency,
            Some(LeadClass::of(own)),
            Figures { leads: 1, ..none },
        ),
        Kind::Opportunity => (
            own_currency,
            None,
            Figures {
                opportunities: share,
                ..none
            },
        ),
        Kind::Sale => (
            own.parse()?,
            None,
            Figures {
                sales: share,
                revenue,
                ..none
            },
        ),
        Kind::NewCustomer => (
            own.parse()?,
            None,
            Figures {
                new_customers: Some(share),
                ..none
            },
        ),
    };
    Ok(Outcome {
        day: zone.day_of(at),
        path,
        currency,
        lead_class,
        figures,
    })
}

impl TouchedPlace {
    fn path(self, place: &Place, directory: &Directory) -> Path {
        let mut named = self
            .named
            .as_deref()
            .unwrap_or_default()
            .split('|')
            .map(|external| {
                Some(external)
                    .filter(|external| !external.is_empty())
                    .map(str::to_owned)
            });
        let mut next = || named.next().flatten();
        let (account, campaign, ad_set, ad) = (next(), next(), next(), next());
        let of_campaign: Option<AdAccountId> = self
            .campaign
            .and_then(|id| directory.campaigns.get(&id))
            .map(|c| c.account);
        let known = of_campaign.or_else(|| {
            place
                .account_named(account.as_deref()?)
                .map(|account| account.id)
        });
        Path {
            account: Key::of(known, account),
            campaign: Key::of(self.campaign, campaign),
            ad_set: Key::of(self.ad_set, ad_set),
            creative: self.ad.and_then(|id| directory.ads.get(&id)?.creative),
            ad: Key::of(self.ad, ad),
        }
    }
}
