//! The home screen: headline figures, days, the largest campaigns and their ads, and what wants
//! attention. It reads rollups and the CRM's own rows; the ad-days only of the campaigns it shows.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdCampaignId, AdId, Currency, DateRange, Micros, Result};
use rumbo_platform::Scope;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ages::{self, Ages};
use crate::attribution::Attribution;
use crate::data_driven::Lesson;
use crate::days::{self, Days};
use crate::exchange::{ConvertedParts, Exchange, Exchanged, Valuing, Worth};
use crate::figures::{Figures, plus};
use crate::pacing::known_until;
use crate::path::{Grain, Key, Path};
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::{
    self, DayTally, Kind, LeadClass, OfDay, OriginAndDayTally, OriginSum, Outcome, SumTally,
    TakesSums, Tally, Under,
};
use crate::read::place::Place;
use crate::read::spread::Apart;
use crate::roi::{AccountZone, Comparison, CurrencyGroup, Filter, Ledger, RoiRow, Sum};
use crate::settle::{self, DayCompleteness, SettleReport};
use crate::{tired, unusual};

mod alert;
mod creative;
mod kpi;

pub use alert::Alert;
pub use creative::HomeCreative;
pub use kpi::Kpi;

/// In how many of the campaigns that spent most home looks for creatives.
pub const CREATIVES_OF_CAMPAIGNS: usize = 5;

/// Days after which Meta's figures no longer move as a rule.
const SETTLED_AFTER: u64 = 28;

/// What home is asked for.
#[derive(Clone, Debug)]
pub struct HomeRequest {
    pub range: DateRange,
    pub comparison: Comparison,
    pub attribution: Attribution,
    /// Which currency to show; the workspace's, or the one converted to, when absent.
    pub currency: Option<Currency>,
    /// Bring everything to this currency, row by row at the rate of its day.
    pub convert_to: Option<Currency>,
    /// How many campaigns to name; the others are one sum.
    pub campaigns: usize,
    /// How many creatives to show. With 0 no ad-day is read, which is fastest.
    pub creatives: usize,
    /// What was known at this moment; what is known now without one.
    pub as_of: Option<DateTime<Utc>>,
}

impl HomeRequest {
    /// A period beside the one before it, with the usual numbers of rows.
    pub fn new(range: DateRange) -> Self {
        Self {
            range,
            comparison: Comparison::Previous,
            attribution: Attribution::default(),
            currency: None,
            convert_to: None,
            campaigns: 10,
            creatives: 6,
            as_of: None,
        }
    }
}

/// The home screen, in one currency.
#[derive(Clone, Debug)]
pub struct Home {
    pub range: DateRange,
    pub previous_range: Option<DateRange>,
    pub attribution: Attribution,
    pub currency: Currency,
    /// Every currency something is in, the workspace's first, or the one converted to.
    pub currencies: Vec<Currency>,
    /// How it came into one currency, when that was asked for.
    pub exchanged: Option<Exchanged>,
    /// On whose days it is counted: the time zones of the ad accounts.
    pub zones: Vec<AccountZone>,
    /// In the order of the screen.
    pub kpis: Vec<Kpi>,
    /// Every day of the period, oldest first.
    pub days: Vec<DayPoint>,
    pub leads: LeadSplit,
    /// The campaigns that spent most, or else earned most.
    pub campaigns: Vec<HomeCampaign>,
    /// How many rows there are in all.
    pub campaign_count: usize,
    /// The rows not named here, as one.
    pub others: Sum,
    pub unattributed: Sum,
    /// All rows: the total less what is not attributed.
    pub attributed: Sum,
    pub total: Sum,
    /// Of the period compared with.
    pub previous_total: Option<Sum>,
    /// The creatives that most was spent on, among those that the [`CREATIVES_OF_CAMPAIGNS`] campaigns
    /// that spent most show. Each has what [`crate::roi()`] by creative has, which looks into all.
    pub creatives: Vec<HomeCreative>,
    /// How many creatives these campaigns have.
    pub creative_count: usize,
    pub alerts: Vec<Alert>,
    pub ages: Ages,
}

/// One day, and the day at the same place in the period compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayPoint {
    pub day: NaiveDate,
    pub figures: Figures,
    pub previous: Option<Figures>,
    /// Meta may still restate it: it lies within the last 28 days, and is not known to have settled.
    pub settling: bool,
    /// How much of what Meta tells of it is there, where that is known and something is to come.
    pub complete: Vec<DayCompleteness>,
}

/// Leads by where they came from. They add up to all leads of the period and currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadSplit {
    /// Lead sources META_ADS and CLICK_TO_WHATSAPP.
    pub meta: i64,
    /// Every other source that is known.
    pub other: i64,
    /// Lead source UNKNOWN.
    pub unknown: i64,
}

/// A campaign, with a small line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeCampaign {
    pub row: RoiRow,
    /// Revenue by day, oldest first.
    pub revenue: Vec<Micros>,
}

/// Makes the home screen.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn home(scope: &Scope, request: HomeRequest) -> Result<Home> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: HomeRequest) -> Result<Home> {
    let HomeRequest {
        range, attribution, ..
    } = request;
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, request.as_of).await?;
    let previous_range = request.comparison.range(range);

    let directory = Directory::read(&mut tx, &place, Grain::Creative).await?;
    let now = request.as_of.unwrap_or_else(|| scope.now());
    let filter = Filter::default();
    let mut exchange = Exchange::read(
        &mut tx,
        &place,
        request.convert_to,
        attribution,
        std::iter::once(range).chain(previous_range),
    )
    .await?;
    let mut currency = request
        .currency
        .or(request.convert_to)
        .unwrap_or(place.main);
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    Lesson::of(scope, &place, &directory, range, attribution.window)
        .for_report(&mut tx, &mut origins, attribution)
        .await?;
    let question = outcome::Question {
        place: &place,
        origins: &origins,
        range,
        attribution,
        customers: false,
        by_source: false,
    };
    // Ad-days lie far apart on the disk: they are not read for nothing.
    let creatives_of = if request.creatives == 0 {
        0
    } else {
        CREATIVES_OF_CAMPAIGNS
    };
    let (groups, current, mut detail) = loop {
        let mut ledger =
            Ledger::new(Grain::Campaign, &place, &directory, &filter).exchanging(&exchange);
        let grain = Grain::Campaign;
        for (path, sum) in exchange
            .delivered(&mut tx, &place, &directory, range, grain, &filter)
            .await?
        {
            ledger.add_turned(&path, &sum)?;
        }
        let days = Days::delivered(&mut tx, &place, range, currency, &mut exchange).await?;
        let detail = Detail::new(
            range,
            ledger
                .spent_most(currency, request.campaigns)
                .map(FxHashSet::from_iter),
            ledger
                .spent_most(currency, creatives_of)
                .map(|campaigns| creative::campaigns_showing(&directory, campaigns))
                .map(FxHashSet::from_iter),
        );
        let tally = Shown {
            daily: Daily {
                currency,
                valuing: Valuing::by(&mut exchange),
                days,
            },
            ledger,
            detail,
            leaves_days: false,
        };
        let Shown {
            daily: Daily { days: current, .. },
            ledger,
            detail,
            ..
        } = outcome::tallied_by_month_and_day(&mut tx, question, tally).await?;
        if exchange.keeps_more() {
            continue;
        }
        let groups = ledger.into_groups(false, false);
        match groups.first() {
            // Nothing could be converted: what there is, is shown as it is.
            Some(first)
                if request.convert_to == Some(currency)
                    && groups.iter().all(|group| group.currency != currency) =>
            {
                currency = first.currency;
            }
            _ => break (groups, current, detail),
        }
    };
    let missing = exchange.take_missing();
    let currencies: Vec<Currency> = groups.iter().map(|group| group.currency).collect();
    let group = groups
        .into_iter()
        .find(|group| group.currency == currency)
        .unwrap_or_else(|| CurrencyGroup::empty(currency));

    let previous = match previous_range {
        None => None,
        Some(before) => {
            let days = Days::delivered(&mut tx, &place, before, currency, &mut exchange).await?;
            let question = outcome::Question {
                range: before,
                ..question
            };
            let tally = Daily {
                currency,
                valuing: Valuing::by(&mut exchange),
                days,
            };
            let tallied = outcome::tallied_by_day(&mut tx, question, tally).await?;
            Some(tallied.days)
        }
    };
    // A part of the period before would be compared with the whole of this one.
    let missing_before = exchange.take_missing();
    let compared = request.convert_to != Some(currency) || missing_before.is_empty();
    let previous = previous.filter(|_| compared);
    let previous_total = previous.as_ref().map(Days::sum).transpose()?;

    // What several currencies come to in one has no history of its own.
    let converted = request.convert_to.is_some() && groups_differ(&place, currency);
    let settling = if converted {
        None
    } else {
        Some(settle::of_all(&mut tx, &place, currency, now).await?)
    };
    let ages = ages::read(&mut tx, &place).await?;
    let spenders: Vec<AdCampaignId> = group
        .rows
        .iter()
        .filter(|row| row.figures.spend.is_some())
        .filter_map(|row| row.id.map(AdCampaignId))
        .take(creatives_of)
        .collect();
    let mut creatives = creative::read(
        &mut tx,
        &place,
        &directory,
        range,
        currency,
        &spenders,
        detail.ads,
        &mut exchange,
    )
    .await?;
    let creative_count = creatives.len();
    creatives.truncate(request.creatives);

    let mut alerts = alert::find(&group, &ages, now);
    // What is out of the ordinary is so now; of an earlier moment it is not told.
    if place.moment.is_none() {
        let known = known_until(&mut tx, &place, now).await?;
        let unusual = unusual::find(&mut tx, &place, &directory, currency, &known).await?;
        alerts.extend(unusual.iter().cloned().map(Alert::Unusual));
        let tired = tired::find(&mut tx, &place, &directory, &spenders, &known).await?;
        alerts.extend(tired.into_iter().map(Alert::Tired));
    }
    let kpis = kpi::all(&current, previous.as_ref(), currency, &ages)?;
    let attributed = group.attributed()?;
    let mut others = Figures::default();
    for row in group.rows.iter().skip(request.campaigns) {
        others.add(&row.figures)?;
    }
    let campaign_count = group.rows.len();
    let campaigns = group
        .rows
        .into_iter()
        .take(request.campaigns)
        .map(|row| {
            let line = row
                .id
                .and_then(|id| detail.revenue.remove(&AdCampaignId(id)));
            HomeCampaign {
                revenue: line.unwrap_or_else(|| zeros(range)),
                row,
            }
        })
        .collect();
    Ok(Home {
        range,
        previous_range,
        attribution,
        currency,
        currencies,
        exchanged: exchange.told(group.converted, missing, missing_before),
        zones: place.zones(&filter),
        kpis,
        days: points(current, previous, settled(now, &place), settling.as_deref()),
        leads: detail.leads,
        campaigns,
        campaign_count,
        others: Sum::of(others),
        unattributed: group.unattributed,
        attributed: Sum::of(attributed),
        total: group.total,
        previous_total: previous_total.map(Sum::of),
        creatives,
        creative_count,
        alerts,
        ages,
    })
}

/// Tallies what came of it, day by day, in one currency.
struct Daily<'e> {
    currency: Currency,
    valuing: Valuing<'e>,
    days: Days,
}

impl Daily<'_> {
    /// Takes in a part: what it counts for, and whether that is in the currency.
    fn take<'r>(&mut self, row: &'r Outcome<'r>) -> Result<(Worth<'r>, bool)> {
        let worth = self.valuing.worth(row)?;
        let here = worth.currency() == self.currency;
        if here {
            self.days.add_outcome(row, &worth)?;
        }
        Ok((worth, here))
    }
}

impl Tally for Daily<'_> {
    fn add(&mut self, _: Under, row: &Outcome<'_>) -> Result<()> {
        self.take(row).map(|_| ())
    }
}

impl Apart for Daily<'_> {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            currency: self.currency,
            valuing: self.valuing.apart(),
            days: Days::none(self.days.range),
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.valuing.join(other.valuing);
        self.days.join(&other.days)
    }
}

impl TakesSums for Daily<'_> {
    fn takes_sums(&self, kind: Kind) -> bool {
        self.valuing.values_sums(kind)
    }

    fn valuing(&self) -> &Valuing<'_> {
        &self.valuing
    }

    fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        self.valuing.exchange_mut()
    }
}

impl DayTally for Daily<'_> {
    fn add_day(&mut self, of: OfDay, figures: &Figures) -> Result<()> {
        if self.valuing.currency_without_money(of.currency) == self.currency {
            self.days.add_sum(of.day, of.is_attributed, figures)
        } else {
            Ok(())
        }
    }
}

/// Tallies the period that is shown: also by campaign and in detail.
struct Shown<'a, 'e> {
    daily: Daily<'e>,
    ledger: Ledger<'a>,
    detail: Detail,
    /// Whether what days come to comes on its own.
    leaves_days: bool,
}

impl Tally for Shown<'_, '_> {
    fn add(&mut self, _: Under, row: &Outcome<'_>) -> Result<()> {
        if self.leaves_days {
            let sum = OriginSum {
                origin: row.origin,
                source: row.source,
                currency: row.currency,
                figures: row.figures()?,
                converted: None,
            };
            return self.add_sum(&sum, row.path);
        }
        let (worth, here) = self.daily.take(row)?;
        self.ledger.add_outcome(row, &worth)?;
        if here {
            self.detail.count(row.lead_class, 1)?;
            self.detail.add(row, &worth)?;
        }
        Ok(())
    }
}

impl TakesSums for Shown<'_, '_> {
    fn takes_sums(&self, kind: Kind) -> bool {
        // What campaigns earned is shown day by day.
        !kind.has_money()
    }

    fn valuing(&self) -> &Valuing<'_> {
        self.daily.valuing()
    }

    fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        self.daily.exchange_mut()
    }
}

impl SumTally for Shown<'_, '_> {
    fn add_sum(&mut self, sum: &OriginSum<'_>, path: &Path) -> Result<()> {
        let currency = self.daily.valuing.currency_without_money(sum.currency);
        self.ledger.add_sum(path, &OriginSum { currency, ..*sum })?;
        if currency == self.daily.currency
            && let Some((ad, _)) = self.detail.ad(path)
        {
            ad.add_outcome(&sum.figures)?;
        }
        Ok(())
    }
}

impl DayTally for Shown<'_, '_> {
    fn add_day(&mut self, of: OfDay, figures: &Figures) -> Result<()> {
        let currency = self.daily.valuing.currency_without_money(of.currency);
        if currency == self.daily.currency {
            self.detail.count(of.lead_class, figures.leads)?;
        }
        self.daily.add_day(of, figures)
    }
}

impl OriginAndDayTally for Shown<'_, '_> {
    fn leave_days(&mut self, are_left: bool) {
        self.leaves_days = are_left;
    }
}

impl Apart for Shown<'_, '_> {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            daily: self.daily.apart()?,
            ledger: self.ledger.apart(),
            detail: self.detail.apart(),
            leaves_days: self.leaves_days,
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.daily.join(other.daily)?;
        self.ledger.merge(&other.ledger)?;
        self.detail.join(other.detail)
    }
}

/// What home shows of leads, campaigns and ads beyond their sums.
struct Detail {
    range: DateRange,
    leads: LeadSplit,
    /// The campaigns that may come first, of which each day's revenue is shown; all without any.
    lines_of: Option<FxHashSet<AdCampaignId>>,
    revenue: FxHashMap<AdCampaignId, Vec<Micros>>,
    /// Those whose ads are shown, and those that show the same creatives.
    ads_of: Option<FxHashSet<AdCampaignId>>,
    ads: FxHashMap<AdId, (Figures, ConvertedParts)>,
}

impl Detail {
    fn new(
        range: DateRange,
        lines_of: Option<FxHashSet<AdCampaignId>>,
        ads_of: Option<FxHashSet<AdCampaignId>>,
    ) -> Self {
        Self {
            range,
            leads: LeadSplit::default(),
            lines_of,
            revenue: FxHashMap::default(),
            ads_of,
            ads: FxHashMap::default(),
        }
    }

    fn apart(&self) -> Self {
        Self::new(self.range, self.lines_of.clone(), self.ads_of.clone())
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (own, other) in [
            (&mut self.leads.meta, other.leads.meta),
            (&mut self.leads.other, other.leads.other),
            (&mut self.leads.unknown, other.leads.unknown),
        ] {
            *own = plus(*own, other)?;
        }
        for (campaign, line) in other.revenue {
            let own = self.line(campaign);
            for (day, other) in own.iter_mut().zip(line) {
                *day = day.checked_add(other)?;
            }
        }
        for (ad, (figures, converted)) in other.ads {
            let own = self.ads.entry(ad).or_default();
            own.0.add(&figures)?;
            own.1.merge(&converted)?;
        }
        Ok(())
    }

    /// The revenue of a campaign, day by day.
    fn line(&mut self, campaign: AdCampaignId) -> &mut Vec<Micros> {
        let range = self.range;
        self.revenue.entry(campaign).or_insert_with(|| zeros(range))
    }

    /// Counts leads of a class.
    fn count(&mut self, class: Option<LeadClass>, leads: i64) -> Result<()> {
        let of_class = match class {
            Some(LeadClass::Meta) => &mut self.leads.meta,
            Some(LeadClass::Other) => &mut self.leads.other,
            Some(LeadClass::Unknown) => &mut self.leads.unknown,
            None => return Ok(()),
        };
        *of_class = plus(*of_class, leads)?;
        Ok(())
    }

    /// The sum of the ad that a path leads to, where it is asked for.
    fn ad(&mut self, path: &Path) -> Option<&mut (Figures, ConvertedParts)> {
        let campaign = path.campaign.as_ref().and_then(Key::known)?;
        let shown = |of: &FxHashSet<AdCampaignId>| of.contains(&campaign);
        let ad = path.ad.as_ref().and_then(Key::known);
        let ad = ad.filter(|_| self.ads_of.as_ref().is_none_or(shown))?;
        Some(self.ads.entry(ad).or_default())
    }

    fn add(&mut self, row: &Outcome<'_>, worth: &Worth<'_>) -> Result<()> {
        if let Some((sum, converted)) = self.ad(row.path) {
            worth.add_to(sum)?;
            if let Some(origin) = worth.converted() {
                converted.add(origin)?;
            }
        }
        let Some(campaign) = row.path.campaign.as_ref().and_then(Key::known) else {
            return Ok(());
        };
        let shown = |of: &FxHashSet<AdCampaignId>| of.contains(&campaign);
        let revenue = worth.revenue();
        if revenue != Micros::ZERO && self.lines_of.as_ref().is_none_or(shown) {
            let at = days::place_of(self.range, row.day);
            if let Some(day) = at.and_then(|at| self.line(campaign).get_mut(at)) {
                *day = day.checked_add(revenue)?;
            }
        }
        Ok(())
    }
}

fn zeros(range: DateRange) -> Vec<Micros> {
    range.iter().map(|_| Micros::ZERO).collect()
}

/// Whether any account has its money in another currency.
fn groups_differ(place: &Place, currency: Currency) -> bool {
    let mut accounts = place.accounts.iter();
    accounts.any(|account| account.currency != currency)
}

fn points(
    current: Days,
    previous: Option<Days>,
    settled: NaiveDate,
    curves: Option<&SettleReport>,
) -> Vec<DayPoint> {
    current
        .range
        .iter()
        .zip(current.figures)
        .enumerate()
        .map(|(at, (day, figures))| DayPoint {
            day,
            figures,
            previous: previous
                .as_ref()
                .and_then(|days| days.figures.get(at).copied()),
            settling: day > settled && curves.and_then(|curves| curves.moves(day)) != Some(false),
            complete: match curves.filter(|_| day > settled) {
                Some(curves) => curves.complete(day, &figures),
                None => Vec::new(),
            },
        })
        .collect()
}

/// The last day whose figures rest.
fn settled(now: DateTime<Utc>, place: &Place) -> NaiveDate {
    let today = place.zone.day_of(now);
    today
        .checked_sub_days(chrono::Days::new(SETTLED_AFTER))
        .unwrap_or(today)
}
