//! Where a number comes from: every row that went into it, with what it adds.
//!
//! The rows are gone through once more, each on its own, as the report goes through their sums.
//! Adding up what is listed gives the number again. Of a converted number each row also tells what it
//! was, and by which rate it came to what it adds.

mod entry;
mod gathered;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, AdId, ChannelSpendId, ContactId, Currency, Frequency, Micros, Reach, Result,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use rustc_hash::FxHashMap;
use uuid::Uuid;

use crate::channel::Channel;
use crate::data_driven::{Learned, Lesson};
use crate::exchange::{AccountDays, Exchange, Exchanged, Money};
use crate::figures::{Figures, Shares};
use crate::metric::{Metric, Source};
use crate::path::{Grain, Path};
use crate::read::delivered::{self, daily};
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::{self, Crediting, Kind, Question};
use crate::read::place::Place;
use crate::read::spend;
use crate::read::spread::InOrder;
use crate::roi::{Filter, RoiRequest, row_key};
use gathered::{Belongs, Gathered, Part};
pub use gathered::{Original, WithoutRate};

statements! {
    RUN = "SELECT started_at FROM sync_runs WHERE workspace_id = $1 AND seq = $2";
    LEAD = "SELECT id, name, CAST('' AS TEXT) FROM contacts WHERE workspace_id = $1 AND id = $2";
    OPPORTUNITY = "SELECT c.id, c.name, o.name FROM opportunities o JOIN contacts c \
        ON c.workspace_id = o.workspace_id AND c.id = o.contact_id WHERE o.workspace_id = $1 AND o.id = $2";
    SALE = "SELECT c.id, c.name, s.reference FROM sales s JOIN contacts c \
        ON c.workspace_id = s.workspace_id AND c.id = s.contact_id WHERE s.workspace_id = $1 AND s.id = $2";
    REFUND = "SELECT c.id, c.name, s.reference FROM sale_refunds r JOIN sales s \
        ON s.workspace_id = r.workspace_id AND s.id = r.sale_id JOIN contacts c \
        ON c.workspace_id = s.workspace_id AND c.id = s.contact_id WHERE r.workspace_id = $1 AND r.id = $2";
}

/// Which row of a report a number stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowOf {
    Total,
    /// What nothing of an ad is known of.
    Unattributed,
    /// The row of this key.
    Key(String),
    /// The rows of these keys together.
    Keys(BTreeSet<String>),
    /// Every row together, but for those of these keys.
    AllBut(BTreeSet<String>),
}

/// Which number.
#[derive(Clone, Debug)]
pub struct PassportRequest {
    /// The report it stands in.
    pub report: RoiRequest,
    pub currency: Currency,
    pub row: RowOf,
    pub metric: Metric,
    /// How many rows of Meta's and how many of the CRM's are listed at most.
    pub limit: usize,
    /// Which part of the rows is listed.
    pub listed: Listed,
}

/// Which part of the rows under a number is listed. The sums are of all rows in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listed {
    /// Both lists, from their beginning.
    #[default]
    First,
    /// Only what Meta told, from this place on.
    AdDaysFrom(usize),
    /// Only what the CRM holds, from this place on.
    OutcomesFrom(usize),
    /// Only what the business says it spent on other channels, from this place on.
    SpendFrom(usize),
}

/// What a number is made of.
#[derive(Clone, Debug, Default)]
pub struct Passport {
    /// All rows added up, listed or not.
    pub figures: Figures,
    /// The report has no such row in this currency, because what would be in it lacks rates: the
    /// number is not known, which is not 0.
    pub blank: bool,
    /// What Meta told, by day and ad.
    pub ad_days: Vec<AdDayEntry>,
    pub ad_days_count: usize,
    /// What the CRM holds, by day.
    pub outcomes: Vec<OutcomeEntry>,
    pub outcomes_count: usize,
    /// Of a report by channel what the business says it spent, by day.
    pub spend: Vec<SpendEntry>,
    pub spend_count: usize,
    /// How the rows came into one currency, when that was asked for; `missing` is what is not in the
    /// number for want of rates.
    pub exchanged: Option<Exchanged>,
    /// The rows that have no rate, for which their whole currency is not in the number.
    pub without_rate: WithoutRate,
    /// What the data-driven model learned, where that credits.
    pub learned: Option<Learned>,
}

/// One ad on one day.
#[derive(Clone, Debug)]
pub struct AdDayEntry {
    pub day: NaiveDate,
    pub account: AdAccountId,
    pub ad: AdId,
    pub ad_external_id: String,
    pub ad_name: String,
    pub campaign_name: String,
    /// What it adds.
    pub figures: Figures,
    /// What it was, if it is of another currency than the number.
    pub original: Option<Original>,
    /// Everything that Meta told of it, in its own currency.
    pub told: Figures,
    pub currency: Currency,
    /// Of this ad on this day alone.
    pub reach: Option<Reach>,
    pub frequency: Option<Frequency>,
    pub attribution_setting: Option<String>,
    /// The sync run that brought it.
    pub run: i64,
    pub run_started_at: Option<DateTime<Utc>>,
    /// Meta's own JSON: `actions` and `action_values`, and every field without a column.
    pub actions: Option<String>,
    pub rest: Option<String>,
}

/// What was spent on a campaign of another channel on one day.
#[derive(Clone, Debug)]
pub struct SpendEntry {
    pub id: ChannelSpendId,
    /// A day of the workspace.
    pub day: NaiveDate,
    pub channel: Channel,
    /// Empty for none.
    pub campaign: String,
    pub note: Option<String>,
    pub amount: Micros,
    pub currency: Currency,
    /// What it adds.
    pub figures: Figures,
    /// What it was, if it is of another currency than the number.
    pub original: Option<Original>,
}

/// What a row of the CRM is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    Lead,
    Opportunity,
    Sale,
    Refund,
}

/// The part of a lead, opportunity, sale or refund that is credited here.
#[derive(Clone, Debug)]
pub struct OutcomeEntry {
    pub kind: OutcomeKind,
    pub id: Uuid,
    /// Whose it is; `None` for a contact that was merged into another since.
    pub contact_id: Option<ContactId>,
    /// The contact's name; empty for one that was merged into another since.
    pub contact: String,
    /// The name of the opportunity, the number of the sale.
    pub reference: String,
    /// Where it counts.
    pub day: NaiveDate,
    /// When it happened.
    pub happened: DateTime<Utc>,
    /// Of a sale: its whole amount and what was given back. Of a refund: what was left of the
    /// sale before it, and the refund.
    pub gross: Micros,
    pub refunded: Micros,
    /// What a sale cost; `None` while it is not known, and of all others.
    pub cost: Option<Micros>,
    /// The currency of `gross`, `refunded` and `cost`.
    pub currency: Currency,
    /// What it adds.
    pub figures: Figures,
    /// What it was, if it is of another currency than the number.
    pub original: Option<Original>,
}

/// Lists what a number is made of.
///
/// # Errors
/// `NotFound` for a workspace that is gone; `InvalidInput` when the data-driven model has too little
/// to learn from.
pub async fn passport(scope: &Scope, request: PassportRequest) -> Result<Passport> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: PassportRequest) -> Result<Passport> {
    let mut tx = scope.read().await?;
    let report = &request.report;
    let place = Place::read(&mut tx, scope, report.as_of).await?;
    let depth = report.grain.max(Grain::AdSet);
    let directory = Directory::read(&mut tx, &place, depth).await?;
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    let learned = Lesson::of(
        scope,
        &place,
        &directory,
        report.range,
        report.attribution.window,
    )
    .for_report(&mut tx, &mut origins, report.attribution)
    .await?;
    let mut exchange = Exchange::read(
        &mut tx,
        &place,
        report.convert_to,
        report.attribution,
        std::iter::once(report.range),
    )
    .await?;
    let gathered = loop {
        let mut gathered = Gathered::new(&request, exchange);
        ad_days(&mut tx, &place, &directory, &mut gathered).await?;
        spent(&mut tx, &place, &mut gathered).await?;
        outcomes(&mut tx, &place, &origins, &mut gathered).await?;
        if !gathered.exchange.keeps_more() {
            break gathered;
        }
        exchange = gathered.exchange;
    };
    let mut passport = gathered.finished();
    passport.learned = learned;
    name(&mut tx, &place, &mut passport).await?;
    Ok(passport)
}

impl RowOf {
    /// Whether a part of this path is in the row.
    pub(crate) fn holds(&self, path: &Path, grain: Grain) -> bool {
        if *self == Self::Total {
            return true;
        }
        let key = row_key(path, grain);
        match self {
            Self::Total => true,
            Self::Unattributed => key.is_none(),
            Self::Key(wanted) => key.as_ref() == Some(wanted),
            Self::Keys(wanted) => key.is_some_and(|key| wanted.contains(&key)),
            Self::AllBut(others) => key.is_some_and(|key| !others.contains(&key)),
        }
    }
}

impl From<Kind> for OutcomeKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Lead => Self::Lead,
            Kind::Opportunity => Self::Opportunity,
            Kind::Sale => Self::Sale,
            Kind::Refund => Self::Refund,
        }
    }
}

impl PassportRequest {
    /// Whether a part of this path is in the row of the number.
    fn holds(&self, path: &Path) -> bool {
        self.row.holds(path, self.report.grain)
    }

    /// Where the list of Meta's rows begins; `None` when none are listed.
    fn first_ad_day(&self) -> Option<usize> {
        match self.listed {
            Listed::First => Some(0),
            Listed::AdDaysFrom(from) => Some(from),
            Listed::OutcomesFrom(_) | Listed::SpendFrom(_) => None,
        }
    }

    /// Where the list of the CRM's rows begins; `None` when none are listed.
    fn first_outcome(&self) -> Option<usize> {
        match self.listed {
            Listed::First => Some(0),
            Listed::AdDaysFrom(_) | Listed::SpendFrom(_) => None,
            Listed::OutcomesFrom(from) => Some(from),
        }
    }

    /// Where the list of what was spent on other channels begins; `None` when none is listed.
    fn first_spend(&self) -> Option<usize> {
        match self.listed {
            Listed::First => Some(0),
            Listed::AdDaysFrom(_) | Listed::OutcomesFrom(_) => None,
            Listed::SpendFrom(from) => Some(from),
        }
    }

    /// Whether rows of this source are in the number, or may keep others out of it.
    fn reads(&self, source: Source) -> bool {
        let own = self.metric.definition().source;
        own == source || own == Source::Both || self.report.convert_to.is_some()
    }

    /// Whether rows of a kind are, or may be.
    fn reads_kind(&self, kind: Kind) -> bool {
        let one = Shares(1);
        let sale = Figures {
            sales: one,
            revenue: Micros(1),
            cost: Micros(1),
            costed_sales: one,
            new_customers: Some(one),
            ..Figures::default()
        };
        let of = match kind {
            Kind::Lead => Figures {
                leads: 1,
                ..Figures::default()
            },
            Kind::Opportunity => Figures {
                opportunities: one,
                ..Figures::default()
            },
            Kind::Sale | Kind::Refund => sale,
        };
        // What has no money tells that the report has the row in its currency.
        self.report.convert_to.is_some() || self.needed(&of).is_some()
    }

    /// Which of Meta's rows may be in the number, or keep others out of it; nothing where none are.
    fn read_for(&self, directory: &Directory) -> Option<Filter> {
        let filter = self.report.filter.clone();
        let RowOf::Key(key) = &self.row else {
            return Some(filter);
        };
        let is_object = Uuid::try_parse(key).is_ok();
        if !is_object || self.report.grain < Grain::Campaign || self.report.convert_to.is_some() {
            return Some(filter);
        }
        // What is known to lie in an object is of the accounts of its ads.
        let ads = directory.ads.iter();
        let ads = ads.filter(|(id, ad)| {
            let path = delivered::path(self.report.grain, **id, ad.account, directory);
            filter.allows(&path) && self.holds(&path)
        });
        let accounts: BTreeSet<AdAccountId> = ads.map(|(_, ad)| ad.account).collect();
        (!accounts.is_empty()).then(|| Filter {
            accounts: accounts.into_iter().collect(),
            ..filter
        })
    }

    /// What of these figures the metric is made of; nothing where it is made of none of it.
    fn needed(&self, figures: &Figures) -> Option<Figures> {
        let needed = self.metric.only_its_sums(figures);
        (!needed.is_empty()).then_some(needed)
    }
}

async fn ad_days(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    gathered: &mut Gathered<'_>,
) -> Result<()> {
    let request = gathered.request;
    if !request.reads(Source::Meta) {
        return Ok(());
    }
    let report = &request.report;
    let Some(filter) = request.read_for(directory) else {
        return Ok(());
    };
    let accounts = place.accounts.iter().map(|account| account.id);
    let accounts: FxHashMap<AdAccountId, usize> = accounts.zip(0..).collect();
    // Many days of each ad: where they lie is worked out once.
    let mut lying: FxHashMap<AdId, (Path, bool)> = FxHashMap::default();
    let mut account_days = AccountDays::default();
    let mut listed = ListedAdDays::of(request);
    let each = InOrder(|row: &daily::Row| {
        let (path, is_here) = lying.entry(AdId(row.id)).or_insert_with(|| {
            let mut path = delivered::path(report.grain, AdId(row.id), row.account, directory);
            if report.grain == Grain::Channel {
                path = place.on_channel(path);
            }
            let is_here = request.holds(&path);
            (path, is_here)
        });
        if !report.filter.allows(path) {
            return Ok(());
        }
        let turned = account_days.turn(&mut gathered.exchange, row)?;
        let belongs = gathered.take(&Part {
            path,
            is_here: Some(*is_here),
            currency: row.currency,
            valued_on: row.day,
            figures: &row.figures,
            turned,
        })?;
        let account = accounts.get(&row.account).copied().unwrap_or(usize::MAX);
        let key = (account, row.day, AdId(row.id));
        listed.take(key, row.account, row.currency, belongs);
        Ok(())
    });
    // The parts of a day come in the order of the report, in which they are rounded.
    delivered::daily::read(tx, place, directory, report.range, Grain::Ad, &filter, each).await?;
    gathered.passport.ad_days_count = listed.count;
    for ((_, day, ad), (account, figures, original)) in listed.here.into_listed() {
        let of = (day, account, ad);
        let entry = AdDayEntry::read(tx, place, directory, of, figures, original).await?;
        gathered.passport.ad_days.push(entry);
    }
    for (currency, (count, rows)) in listed.without_rate {
        let mut entries = Vec::new();
        for ((_, day, ad), (account, figures, original)) in rows.into_listed() {
            let of = (day, account, ad);
            let entry = AdDayEntry::read(tx, place, directory, of, figures, original).await?;
            entries.push(entry);
        }
        gathered.list_ad_days_without_rate(currency, count, entries);
    }
    Ok(())
}

/// In a list: by the account's place, then by day and ad.
type AdDayKey = (usize, NaiveDate, AdId);

/// An ad-day of an account that is listed: what it adds, and what it was.
type ListedAdDay = (AdAccountId, Figures, Option<Original>);

/// The ad-days that a list shows, of which they come in no order.
struct ListedAdDays {
    count: usize,
    here: Earliest<AdDayKey, ListedAdDay>,
    /// How many have no rate, and the first of them.
    without_rate: BTreeMap<Currency, (usize, Earliest<AdDayKey, ListedAdDay>)>,
    /// How many of those are listed.
    limit_without_rate: usize,
}

impl ListedAdDays {
    fn of(request: &PassportRequest) -> Self {
        let begins = request.listed == Listed::First;
        Self {
            count: 0,
            here: match request.first_ad_day() {
                Some(first) => Earliest::new(first, request.limit),
                None => Earliest::new(0, 0),
            },
            without_rate: BTreeMap::new(),
            limit_without_rate: if begins { request.limit } else { 0 },
        }
    }

    fn take(&mut self, key: AdDayKey, account: AdAccountId, currency: Currency, belongs: Belongs) {
        match belongs {
            Belongs::Here(figures, original) => {
                self.count += 1;
                self.here.push(key, || (account, figures, original));
            }
            Belongs::WithoutRate(original) => {
                let limit = self.limit_without_rate;
                let (count, rows) = self
                    .without_rate
                    .entry(currency)
                    .or_insert_with(|| (0, Earliest::new(0, limit)));
                *count += 1;
                rows.push(key, || (account, Figures::default(), Some(original)));
            }
            Belongs::Elsewhere => {}
        }
    }
}

/// What the business says it spent, which only a report by channel holds.
async fn spent(tx: &mut Tx, place: &Place, gathered: &mut Gathered<'_>) -> Result<()> {
    let request = gathered.request;
    let report = &request.report;
    if report.grain != Grain::Channel || !request.reads(Source::Meta) {
        return Ok(());
    }
    for row in spend::read(tx, place, report.range, &report.filter).await? {
        let (path, own, whole) = (row.path(), row.figures(), Money::default());
        let turned = gathered
            .exchange
            .turn(&own, row.currency, row.day, &whole)?;
        let belongs = gathered.take(&Part {
            path: &path,
            is_here: None,
            currency: row.currency,
            valued_on: row.day,
            figures: &own,
            turned,
        })?;
        let entry = |figures, original| SpendEntry {
            id: row.id,
            day: row.day,
            channel: row.channel,
            campaign: row.campaign,
            note: row.note,
            amount: row.amount,
            currency: row.currency,
            figures,
            original,
        };
        match belongs {
            Belongs::Here(figures, original) => gathered.list_spend(entry(figures, original)),
            Belongs::WithoutRate(original) => {
                let entry = entry(Figures::default(), Some(original));
                gathered.list_spend_without_rate(entry);
            }
            Belongs::Elsewhere => {}
        }
    }
    Ok(())
}

async fn outcomes(
    tx: &mut Tx,
    place: &Place,
    origins: &Origins,
    gathered: &mut Gathered<'_>,
) -> Result<()> {
    let request = gathered.request;
    if !request.reads(Source::Crm) {
        return Ok(());
    }
    let report = &request.report;
    let question = Question {
        place,
        origins,
        range: report.range,
        attribution: report.attribution,
        customers: true,
        by_source: report.grain == Grain::Channel,
    };
    let model = [report.attribution.model];
    let mut list = request
        .first_outcome()
        .map(|first| Earliest::new(first, request.limit));
    let mut crediting = Crediting::new(question, &model);
    let kinds = |kind| request.reads_kind(kind);
    outcome::identified(tx, question, kinds, |kind, id, row| {
        crediting.credit(kind, row, &mut |_, outcome| {
            if !report.range.contains(outcome.day) || !report.filter.allows(outcome.path) {
                return Ok(());
            }
            let part = Part {
                path: outcome.path,
                is_here: None,
                currency: outcome.currency,
                valued_on: outcome.valued_on,
                figures: &outcome.figures()?,
                turned: gathered.exchange.turn_outcome(outcome)?,
            };
            let belongs = gathered.take(&part)?;
            let entry = |figures, original| OutcomeEntry {
                figures,
                original,
                ..OutcomeEntry::of(kind, id, row, outcome.day, outcome.currency)
            };
            match belongs {
                Belongs::Here(figures, original) => {
                    let nth = gathered.passport.outcomes_count;
                    gathered.passport.outcomes_count += 1;
                    if let Some(list) = &mut list {
                        // Parts of one sale come in an order of their own.
                        let key = (outcome.day, row.happened, id, nth);
                        list.push(key, || entry(figures, original));
                    }
                }
                Belongs::WithoutRate(original) => {
                    gathered.list_outcome_without_rate(entry(Figures::default(), Some(original)));
                }
                Belongs::Elsewhere => {}
            }
            Ok(())
        })
    })
    .await?;
    let listed = list.into_iter().flat_map(Earliest::into_listed);
    gathered.passport.outcomes = listed.map(|(_, entry)| entry).collect();
    Ok(())
}

/// The rows that a list shows: the earliest from some place on. They come in no order, and no more of them
/// are held than twice those up to the last that is shown.
struct Earliest<K, T> {
    first: usize,
    limit: usize,
    held: Vec<(K, T)>,
    /// What is not before this one is not shown.
    last: Option<K>,
}

impl<K: Ord + Copy, T> Earliest<K, T> {
    fn new(first: usize, limit: usize) -> Self {
        Self {
            first,
            limit,
            held: Vec::new(),
            last: None,
        }
    }

    fn push(&mut self, key: K, entry: impl FnOnce() -> T) {
        if self.limit == 0 || self.last.is_some_and(|last| key >= last) {
            return;
        }
        self.held.push((key, entry()));
        let wanted = self.first.saturating_add(self.limit);
        if self.held.len() >= wanted.saturating_mul(2).saturating_add(64) {
            let (_, last, _) = self
                .held
                .select_nth_unstable_by_key(wanted, |(key, _)| *key);
            self.last = Some(last.0);
            self.held.truncate(wanted);
        }
    }

    fn into_listed(mut self) -> impl Iterator<Item = (K, T)> {
        self.held.sort_by_key(|(key, _)| *key);
        self.held.into_iter().skip(self.first).take(self.limit)
    }
}

/// What the listed rows are called, and when their runs were.
pub(crate) async fn name(tx: &mut Tx, place: &Place, passport: &mut Passport) -> Result<()> {
    let mut runs: HashMap<i64, Option<DateTime<Utc>>> = HashMap::new();
    let Passport {
        ad_days,
        outcomes,
        without_rate,
        ..
    } = passport;
    for entry in ad_days.iter_mut().chain(&mut without_rate.ad_days) {
        let known = match runs.get(&entry.run) {
            Some(known) => *known,
            None => {
                let started = on_tx!(tx, |c| sqlx::query_scalar(RUN)
                    .bind(place.workspace)
                    .bind(entry.run)
                    .fetch_optional(c)
                    .await)
                .db()?;
                *runs.entry(entry.run).or_insert(started)
            }
        };
        entry.run_started_at = known;
    }
    for entry in outcomes.iter_mut().chain(&mut without_rate.outcomes) {
        let text = match entry.kind {
            OutcomeKind::Lead => LEAD,
            OutcomeKind::Opportunity => OPPORTUNITY,
            OutcomeKind::Sale => SALE,
            OutcomeKind::Refund => REFUND,
        };
        let names: Option<(ContactId, String, String)> = on_tx!(tx, |c| sqlx::query_as(text)
            .bind(place.workspace)
            .bind(entry.id)
            .fetch_optional(c)
            .await)
        .db()?;
        if let Some((contact_id, contact, reference)) = names {
            entry.contact_id = Some(contact_id);
            (entry.contact, entry.reference) = (contact, reference);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_the_earliest_of_what_comes_in_no_order() {
        for (first, limit) in [(0, 0), (0, 3), (100, 50), (990, 50), (2_000, 10)] {
            let mut list = Earliest::new(first, limit);
            // Every number below 1,009 once: 1,009 is prime.
            for nth in 0..1_009_usize {
                let key = nth * 631 % 1_009;
                list.push(key, || key + 1);
                assert!(list.held.len() <= 2 * (first + limit) + 64);
            }
            let shown: Vec<(usize, usize)> = list.into_listed().collect();
            let expected = (first..(first + limit).min(1_009)).map(|key| (key, key + 1));
            assert_eq!(shown, expected.collect::<Vec<_>>(), "{first} {limit}");
        }
    }
}
