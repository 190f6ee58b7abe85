//! What every account, campaign, ad set, ad or creative earned.
//!
//! Spend, leads, opportunities and sales are summed each on their own grain and only then laid
//! side by side, by key: a full outer join of sums. Nothing is multiplied, and nothing is dropped
//! because the other side has no row for it.

use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdCreativeId, AdSetId, Code, Currency, DateRange, Error, Reason,
    Result, TimeZone,
};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use rustc_hash::FxHashSet;
use uuid::Uuid;

use crate::ages::{self, Ages};
use crate::attribution::Attribution;
use crate::data_driven::{Learned, Lesson};
use crate::exchange::{Converted, Exchange, Exchanged, MissingRates, Money, Valuing};
use crate::figures::{Figures, WithoutSpend};
use crate::path::{Grain, Key, Path};
use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::{self, Kind, OriginSum, Outcome, SumTally, TakesSums, Tally, Under};
use crate::read::place::Place;
use crate::read::spend;
use crate::read::spread::Apart;

mod ledger;
mod models;
mod name;

pub(crate) use ledger::{Ledger, RowFigures};
pub(crate) use models::ledgers;
pub use models::{ModelComparison, ModelGroup, ModelRow, compare_models};
pub use name::is_row_key;
pub(crate) use name::row_key;
pub(crate) use name::text as key_text;

/// What a report is asked for.
#[derive(Clone, Debug)]
pub struct RoiRequest {
    pub grain: Grain,
    pub range: DateRange,
    pub comparison: Comparison,
    pub filter: Filter,
    pub attribution: Attribution,
    /// Only this currency's group; all when absent.
    pub currency: Option<Currency>,
    /// Bring everything to this currency, row by row at the rate of its day.
    pub convert_to: Option<Currency>,
    /// Whether to tell what fell on days without spend. It takes longer: every day of every
    /// campaign is read.
    pub without_spend: bool,
    /// Whether to tell who bought for the first time, and what that cost.
    pub new_customers: bool,
    /// What was known at this moment; what is known now without one. It takes longer: what changed
    /// since is read beside what is packed.
    pub as_of: Option<DateTime<Utc>>,
}

impl RoiRequest {
    /// Everything of a period, with nothing beside it.
    pub fn new(grain: Grain, range: DateRange) -> Self {
        Self {
            grain,
            range,
            comparison: Comparison::None,
            filter: Filter::default(),
            attribution: Attribution::default(),
            currency: None,
            convert_to: None,
            without_spend: false,
            new_customers: false,
            as_of: None,
        }
    }
}

/// What a period is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    #[default]
    None,
    /// The period of the same length that ends the day before.
    Previous,
    /// The same days of the year before; 29 February becomes the 28th.
    LastYear,
}

impl Comparison {
    /// The days to compare with.
    pub fn range(self, range: DateRange) -> Option<DateRange> {
        let back = |day: NaiveDate| day.checked_sub_months(Months::new(12)).unwrap_or(day);
        match self {
            Self::None => None,
            Self::Previous => Some(range.previous()),
            Self::LastYear => Some(DateRange {
                from: back(range.from),
                to: back(range.to),
            }),
        }
    }
}

/// Which part of the workspace a report is about.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these ad accounts; all when empty. What is not attributed belongs to no account and
    /// is left out of a report on some accounts.
    pub accounts: Vec<AdAccountId>,
    /// Only what lies under this object. For ad sets, ads and creatives.
    pub parent: Option<Parent>,
}

/// The object above the rows of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    Campaign(AdCampaignId),
    AdSet(AdSetId),
}

impl Filter {
    /// Whether what is credited to a path is in the report.
    pub(crate) fn allows(&self, path: &Path) -> bool {
        let under = match self.parent {
            None => true,
            Some(Parent::Campaign(id)) => path.campaign == Some(Key::Known(id)),
            Some(Parent::AdSet(id)) => path.ad_set == Some(Key::Known(id)),
        };
        under && self.allows_account(path.account.as_ref().and_then(Key::known))
    }

    /// Whether it leaves nothing out.
    pub(crate) fn is_everything(&self) -> bool {
        self.accounts.is_empty() && self.parent.is_none()
    }

    pub(crate) fn allows_account(&self, account: Option<AdAccountId>) -> bool {
        self.accounts.is_empty() || account.is_some_and(|id| self.accounts.contains(&id))
    }
}

/// The conversion that CPA divides by.
pub const CPA_CONVERSION: &str = "lead";

/// The answer.
#[derive(Clone, Debug)]
pub struct RoiReport {
    pub range: DateRange,
    /// The period compared with.
    pub previous: Option<DateRange>,
    pub grain: Grain,
    pub attribution: Attribution,
    /// What the data-driven model learned, where that credits.
    pub learned: Option<Learned>,
    /// The workspace's currency, as of the moment the report is of.
    pub main: Currency,
    /// The workspace's currency first, or the one converted to; then by code. Money of two
    /// currencies is never added.
    pub groups: Vec<CurrencyGroup>,
    /// How it came into one currency, when that was asked for.
    pub exchanged: Option<Exchanged>,
    /// On whose days it is counted: the time zones of its ad accounts.
    pub zones: Vec<AccountZone>,
    pub ages: Ages,
}

/// Everything in one currency. `rows` and `unattributed` add up to `total` exactly.
#[derive(Clone, Debug)]
pub struct CurrencyGroup {
    pub currency: Currency,
    /// By spend, then revenue, then leads, largest first.
    pub rows: Vec<RoiRow>,
    /// Leads, opportunities and sales that nothing of an ad is known of.
    pub unattributed: Sum,
    pub total: Sum,
    /// The period compared with, when one was asked for and could be brought to this currency.
    pub previous: Option<PreviousSums>,
    /// What of the total was converted, by the currency it was in.
    pub converted: Vec<Converted>,
}

/// A time zone, and the ad accounts whose days it cuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountZone {
    pub zone: TimeZone,
    pub accounts: Vec<String>,
}

/// The period compared with. Rows that are gone since are in its total all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviousSums {
    pub unattributed: Sum,
    pub total: Sum,
}

/// A sum over rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub figures: Figures,
    /// The part of `figures` on days without spend, when asked for.
    pub without_spend: Option<WithoutSpend>,
}

/// One channel, account, campaign, ad set, ad or creative; or what remains between two of these
/// levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoiRow {
    /// Tells this row from all others of the group, and stays the same from report to report.
    pub key: String,
    /// Ours; `None` while the object is not synced.
    pub id: Option<Uuid>,
    /// The platform's; `None` for a remainder.
    pub external_id: Option<String>,
    /// The name, the platform's id while there is none, empty for a remainder; the word of a channel.
    pub name: String,
    /// Meta's effective status.
    pub status: Option<String>,
    /// Meta no longer lists it.
    pub deleted: bool,
    pub account_id: Option<AdAccountId>,
    pub account_name: Option<String>,
    pub campaign_id: Option<AdCampaignId>,
    pub campaign_name: Option<String>,
    pub ad_set_id: Option<AdSetId>,
    pub ad_set_name: Option<String>,
    /// Of the campaign, in Meta's word.
    pub objective: Option<String>,
    /// Of ads and creatives.
    pub creative: Option<Arc<CreativeFace>>,
    /// Something named here is not synced yet: only its id is known.
    pub waiting: bool,
    /// Something came of it, and nothing was spent on it in the period.
    pub no_spend: bool,
    /// Its ad account is in another currency: this row holds the sales in this one, and no spend.
    pub other_currency: bool,
    /// Set on a remainder: credited to what lies above, and to nothing of this grain.
    pub remainder: Option<Remainder>,
    pub figures: Figures,
    /// The part of `figures` on days without spend, when asked for.
    pub without_spend: Option<WithoutSpend>,
    /// The same row in the period compared with; `None` when nothing was asked or nothing there.
    pub previous: Option<Sum>,
    /// What of it was converted, by the currency it was in.
    pub converted: Vec<Converted>,
}

/// Why figures are in no object of the grain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remainder {
    /// The ad account of an object that is not synced is not known.
    NoAccount,
    /// Credited to an ad account, or to an ad that is not synced, without a campaign.
    NoCampaign,
    /// Credited to a campaign without an ad set.
    NoAdSet,
    /// Credited to a campaign or ad set without an ad.
    NoAd,
    /// The ad has no creative that is known.
    NoCreative,
}

/// What a creative looks like.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CreativeFace {
    /// The stored thumbnail is filed under this id.
    pub id: AdCreativeId,
    pub external_id: String,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub object_type: Option<String>,
    pub call_to_action: Option<String>,
    pub link_url: Option<String>,
    /// At Meta; expires.
    pub thumbnail_url: Option<String>,
}

impl CurrencyGroup {
    pub(crate) fn empty(currency: Currency) -> Self {
        Self {
            currency,
            rows: Vec::new(),
            unattributed: Sum::default(),
            total: Sum::default(),
            previous: None,
            converted: Vec::new(),
        }
    }
}

impl CurrencyGroup {
    /// All rows together.
    ///
    /// # Errors
    /// `InvalidInput` when a sum does not fit.
    pub fn attributed(&self) -> Result<Figures> {
        self.rows
            .iter()
            .try_fold(Figures::default(), |mut sum, row| {
                sum.add(&row.figures)?;
                Ok(sum)
            })
    }

    /// The period compared with could not be brought to this currency.
    fn forget_previous(&mut self) {
        self.previous = None;
        for row in &mut self.rows {
            row.previous = None;
        }
    }
}

impl Sum {
    pub(crate) fn of(figures: Figures) -> Self {
        Self {
            figures,
            without_spend: None,
        }
    }
}

/// Makes the report.
///
/// # Errors
/// `InvalidInput` for a parent that has no rows of this grain, or when the data-driven model has too
/// little to learn from; `NotFound` for a workspace that
/// is gone.
pub async fn roi(scope: &Scope, request: RoiRequest) -> Result<RoiReport> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: RoiRequest) -> Result<RoiReport> {
    let (idle, customers) = (request.without_spend, request.new_customers);
    let tell = |now: Ledger<'_>, before: Option<Ledger<'_>>| match before {
        Some(before) => now.into_groups_beside(&before, idle, customers),
        None => now.into_groups(idle, customers),
    };
    let mut periods = Periods::read(scope, &request, tell).await?;
    let groups = &mut periods.report.groups;
    let missing = &periods.missing_before;
    if let Some(to) = request.convert_to.filter(|_| !missing.is_empty()) {
        // A part of the period before would be compared with the whole of this one.
        groups.retain(|group| !missing.iter().any(|m| m.currency == group.currency));
        for group in groups.iter_mut().filter(|group| group.currency == to) {
            group.forget_previous();
        }
    }
    if let Some(currency) = request.currency {
        groups.retain(|group| group.currency == currency);
    }
    Ok(periods.told(request.convert_to))
}

/// A period, and the one that it is compared with.
pub(crate) struct Periods {
    /// Without how it came into one currency.
    pub report: RoiReport,
    /// What of the earlier one could not be converted.
    pub missing_before: Vec<MissingRates>,
    missing: Vec<MissingRates>,
    exchange: Exchange,
}

impl Periods {
    /// Reads both as of one moment; `tell` makes the groups of the report of them.
    pub async fn read(
        scope: &Scope,
        request: &RoiRequest,
        tell: impl FnOnce(Ledger<'_>, Option<Ledger<'_>>) -> Vec<CurrencyGroup>,
    ) -> Result<Self> {
        if request.filter.parent.is_some() && request.grain <= Grain::Campaign {
            return Err(Error::new(
                Code::InvalidInput,
                "Only ad sets, ads and creatives lie under a campaign or an ad set. Leave the parent out.",
            )
            .reason(Reason::ParentUnfit)
            .field("parent"));
        }
        let mut tx = scope.read().await?;
        let place = Place::read(&mut tx, scope, request.as_of).await?;
        // Days without spend are known ad by ad.
        let known = if request.without_spend {
            request.grain.max(Grain::AdSet)
        } else {
            request.grain
        };
        let directory = Directory::read(&mut tx, &place, known).await?;
        let mut origins = Origins::read(&mut tx, &place, &directory).await?;
        // The period compared with is credited by what was learned for this one: the same effects on
        // both sides of a comparison.
        let learned = Lesson::of(
            scope,
            &place,
            &directory,
            request.range,
            request.attribution.window,
        )
        .for_report(&mut tx, &mut origins, request.attribution)
        .await?;
        let previous = request.comparison.range(request.range);
        let mut exchange = Exchange::read(
            &mut tx,
            &place,
            request.convert_to,
            request.attribution,
            std::iter::once(request.range).chain(previous),
        )
        .await?;
        let now = loop {
            let ledger = ledger(
                &mut tx,
                &place,
                &directory,
                &origins,
                request,
                request.range,
                &mut exchange,
            )
            .await?;
            if !exchange.keeps_more() {
                break ledger;
            }
        };
        let missing = exchange.take_missing();
        let (mut before, mut missing_before) = (None, Vec::new());
        if let Some(previous) = previous {
            let ledger = ledger(
                &mut tx,
                &place,
                &directory,
                &origins,
                request,
                previous,
                &mut exchange,
            )
            .await?;
            before = Some(ledger);
            missing_before = exchange.take_missing();
        }
        let groups = tell(now, before);
        let ages = ages::read(&mut tx, &place).await?;
        Ok(Self {
            report: RoiReport {
                range: request.range,
                previous,
                grain: request.grain,
                attribution: request.attribution,
                learned,
                main: place.main,
                groups,
                exchanged: None,
                zones: place.zones(&request.filter),
                ages,
            },
            missing_before,
            missing,
            exchange,
        })
    }

    /// The report, with how it came into one currency.
    pub fn told(self, convert_to: Option<Currency>) -> RoiReport {
        let mut report = self.report;
        let converted = report
            .groups
            .iter()
            .find(|group| Some(group.currency) == convert_to)
            .map(|group| group.converted.clone());
        report.exchanged = self.exchange.told(
            converted.unwrap_or_default(),
            self.missing,
            self.missing_before,
        );
        report
    }
}

/// Everything of one period, laid side by side.
pub(crate) async fn ledger<'a>(
    tx: &mut Tx,
    place: &'a Place,
    directory: &'a Directory,
    origins: &Origins,
    request: &'a RoiRequest,
    range: DateRange,
    exchange: &mut Exchange,
) -> Result<Ledger<'a>> {
    let RoiRequest {
        grain,
        filter,
        attribution,
        new_customers,
        ..
    } = request;
    let by_channel = *grain == Grain::Channel;
    let mut ledger = Ledger::new(*grain, place, directory, filter).exchanging(exchange);
    let delivered = exchange
        .delivered(tx, place, directory, range, *grain, filter)
        .await?;
    ledger.reserve(delivered.size_hint().0);
    for (path, sum) in delivered {
        let path = if by_channel {
            place.on_channel(path)
        } else {
            path
        };
        ledger.add_turned(&path, &sum)?;
    }
    if by_channel {
        for row in spend::read(tx, place, range, filter).await? {
            let whole = Money::default();
            let turned = exchange.turn(&row.figures(), row.currency, row.day, &whole)?;
            ledger.add_turned(&row.path(), &turned)?;
        }
    }
    let mut spent = None;
    if request.without_spend {
        for (path, sum) in exchange.idle(tx, place, directory, range, filter).await? {
            let path = if by_channel {
                place.on_channel(path)
            } else {
                path
            };
            ledger.add_idle(&path, sum.currency, &sum.figures)?;
        }
        spent = Some(delivered::days_with_spend(tx, place, directory, range).await?);
    }
    let question = outcome::Question {
        place,
        origins,
        range,
        attribution: *attribution,
        customers: *new_customers,
        by_source: by_channel,
    };
    let tally = Credited {
        ledger,
        filter,
        valuing: Valuing::by(exchange),
        spent: spent.as_ref(),
    };
    let tallied = outcome::tallied_by_month(tx, question, tally).await?;
    Ok(tallied.ledger)
}

/// Tallies in a ledger what came of it.
struct Credited<'a, 'e> {
    ledger: Ledger<'a>,
    filter: &'a Filter,
    valuing: Valuing<'e>,
    /// The days on which campaigns spent, where it is asked for.
    spent: Option<&'e FxHashSet<(NaiveDate, AdCampaignId)>>,
}

impl Tally for Credited<'_, '_> {
    fn add(&mut self, _: Under, row: &Outcome<'_>) -> Result<()> {
        // What is not in the report needs no rate.
        if !self.filter.allows(row.path) {
            return Ok(());
        }
        let worth = self.valuing.worth(row)?;
        if let Some(spent) = self.spent
            && let Some(campaign) = row.path.campaign.as_ref().and_then(Key::known)
            && !spent.contains(&(row.day, campaign))
        {
            self.ledger
                .add_idle(row.path, worth.currency(), &worth.figures()?)?;
        }
        self.ledger.add_outcome(row, &worth)
    }
}

impl Apart for Credited<'_, '_> {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            ledger: self.ledger.apart(),
            filter: self.filter,
            valuing: self.valuing.apart(),
            spent: self.spent,
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.valuing.join(other.valuing);
        self.ledger.merge(&other.ledger)
    }
}

impl TakesSums for Credited<'_, '_> {
    fn takes_sums(&self, kind: Kind) -> bool {
        // What is set against days without spend counts on its own day. What is not in the report needs no rate.
        let is_whole = self.filter.is_everything() || !self.valuing.turns(kind);
        self.spent.is_none() && is_whole && self.valuing.values_sums(kind)
    }

    fn valuing(&self) -> &Valuing<'_> {
        &self.valuing
    }

    fn exchange_mut(&mut self) -> Option<&mut Exchange> {
        self.valuing.exchange_mut()
    }
}

impl SumTally for Credited<'_, '_> {
    fn add_sum(&mut self, sum: &OriginSum<'_>, path: &Path) -> Result<()> {
        let currency = self.valuing.currency_without_money(sum.currency);
        self.ledger.add_sum(path, &OriginSum { currency, ..*sum })
    }
}
