//! The same day by day, for figures that are converted at the rate of their day.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use futures::TryStreamExt;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::sums::CountedSums;
use super::{Sums, ad_days, earlier, months};
use crate::figures::Figures;
use crate::path::Grain;
use crate::read::column::Column;
use crate::read::directory::Directory;
use crate::read::known::{Known, Weighed};
use crate::read::outcome::packed::runs;
use crate::read::place::{Account, Place};
use crate::read::spread::{Apart, Reader};
use crate::roi::{Filter, Parent};

statements! {
    ACCOUNTS = concat!("SELECT d.ad_account_id AS id, d.ad_account_id, d.currency, d.day, ", sums!(),
        "FROM account_days d ", in_period!(), "GROUP BY d.day, d.ad_account_id, d.currency");
    ADS = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 \
         GROUP BY d.ad_account_id, d.day, d.ad_id, d.currency ORDER BY d.day, d.ad_id");
    ADS_OF_CAMPAIGN = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_campaign_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_id, d.day, d.ad_account_id, d.currency ORDER BY d.ad_id, d.day");
    ADS_OF_AD_SET = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ads a CROSS JOIN ad_insights d ", in_period!(),
        "AND a.workspace_id = $1 AND a.ad_set_id = $4 AND d.ad_id = a.id \
         GROUP BY d.ad_id, d.day, d.ad_account_id, d.currency ORDER BY d.ad_id, d.day");
    /// What Meta claims for ad-days without spend.
    IDLE_ADS = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, d.day, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 AND COALESCE(d.spend_micros, 0) = 0 \
         GROUP BY d.ad_account_id, d.day, d.ad_id, d.currency ORDER BY d.day, d.ad_id");
}

#[derive(sqlx::FromRow)]
struct Columns {
    id: Uuid,
    ad_account_id: AdAccountId,
    currency: String,
    day: NaiveDate,
    #[sqlx(flatten)]
    sums: Sums,
}

/// What an account, a campaign or an ad delivered on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub id: Uuid,
    pub account: AdAccountId,
    pub currency: Currency,
    pub day: NaiveDate,
    pub figures: Figures,
}

/// The same of an account, as it is kept.
#[derive(Clone, Debug)]
struct Kept {
    account: AdAccountId,
    currency: Currency,
    sums: CountedSums,
}

/// What all accounts delivered on a day.
#[derive(Debug, Default)]
struct Accounts(Vec<Kept>);

impl Weighed for Accounts {
    fn bytes(&self) -> usize {
        self.0.len() * size_of::<Kept>()
    }
}

/// The money of all campaigns on a day, account by account.
#[derive(Debug, Default)]
struct Campaigns(Vec<OfAccount>);

/// The money of the campaigns of an account, as it is kept.
#[derive(Debug)]
struct OfAccount {
    account: AdAccountId,
    /// Most often the same as those of other days, and then in memory once.
    campaigns: ad_days::Objects,
    spend: Column,
    /// 1 where it is not told.
    spend_untold: Column,
    meta_purchase_value: Column,
}

impl OfAccount {
    fn of(day: &ad_days::AccountMoney, place: &Place) -> Self {
        let all = Known::<AdAccountId, Vec<(Uuid, Currency)>>::of(place);
        let revision = place.delivered_revision();
        let money = day.money.iter();
        let spend = money.clone().map(|(spend, _)| *spend);
        Self {
            account: day.account,
            campaigns: all.shared(day.account, revision, Arc::clone(&day.objects)),
            spend: Column::of(spend.clone().map(|spend| spend.unwrap_or_default().0)),
            spend_untold: Column::of(spend.map(|spend| i64::from(spend.is_none()))),
            meta_purchase_value: Column::of(money.map(|(_, value)| value.0)),
        }
    }

    fn money(&self) -> impl Iterator<Item = (Option<Micros>, Micros)> {
        (0..self.campaigns.len()).map(|nth| {
            let told = self.spend_untold.get(nth) == 0;
            let spend = told.then(|| Micros(self.spend.get(nth)));
            (spend, Micros(self.meta_purchase_value.get(nth)))
        })
    }
}

impl Weighed for Campaigns {
    fn bytes(&self) -> usize {
        let accounts = self.0.iter().map(|of| {
            let columns = [&of.spend, &of.spend_untold, &of.meta_purchase_value];
            size_of::<OfAccount>() + columns.map(Column::bytes).iter().sum::<usize>()
        });
        accounts.sum()
    }
}

/// Where an ad stands among those of its account's day: the ads of a campaign stand together, as
/// campaigns do, so that what is rounded one after the other is the same by ad and by campaign.
pub(crate) fn within_day(ad: AdId, directory: &Directory) -> (Option<AdCampaignId>, AdId) {
    (directory.ads.get(&ad).map(|known| known.campaign), ad)
}

/// Has everything delivered in the period go through the reader: accounts, or by any deeper grain ads, of
/// those that lie under an object where the filter has one.
pub(crate) async fn read<R: Reader<Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    grain: Grain,
    filter: &Filter,
    mut reader: R,
) -> Result<R> {
    if place.moment.is_some() {
        if matches!(grain, Grain::Channel | Grain::Account) && filter.parent.is_none() {
            let accounts = place.allowed(filter);
            for day in ad_days::by_account_day(tx, place, &accounts, range).await? {
                reader.row(&Row {
                    id: day.account.0,
                    account: day.account,
                    currency: day.currency,
                    day: day.day,
                    figures: day.sums.figures(),
                })?;
            }
            return Ok(reader);
        }
        let under = Under {
            directory,
            parent: filter.parent,
            reader,
        };
        let read = by_account(tx, place, directory, range, filter, false, under);
        return Ok(read.await?.reader);
    }
    let each = |row: &Row| reader.row(row);
    match (grain, filter.parent) {
        (Grain::Channel | Grain::Account, _) => {
            accounts(tx, place, range, each).await?;
        }
        (_, Some(Parent::Campaign(id))) => {
            rows(tx, place, range, ADS_OF_CAMPAIGN, Some(id.0), each).await?;
        }
        (_, Some(Parent::AdSet(id))) => {
            rows(tx, place, range, ADS_OF_AD_SET, Some(id.0), each).await?;
        }
        (_, None) => {
            return by_account(tx, place, directory, range, filter, false, reader).await;
        }
    }
    Ok(reader)
}

/// What Meta claims for the ad-days on which nothing was spent.
pub(crate) async fn idle<R: Reader<Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    reader: R,
) -> Result<R> {
    by_account(tx, place, directory, range, filter, true, reader).await
}

/// As of a moment: the ads that lie under an object.
struct Under<'a, R> {
    directory: &'a Directory,
    parent: Option<Parent>,
    reader: R,
}

impl<R: Reader<Row>> Reader<Row> for Under<'_, R> {
    fn row(&mut self, row: &Row) -> Result<()> {
        let ad = self.directory.ads.get(&AdId(row.id));
        let lies_under = match self.parent {
            None => true,
            Some(Parent::Campaign(id)) => ad.is_some_and(|ad| ad.campaign == id),
            Some(Parent::AdSet(id)) => ad.is_some_and(|ad| ad.ad_set == id),
        };
        if lies_under {
            self.reader.row(row)
        } else {
            Ok(())
        }
    }
}

impl<R: Apart> Apart for Under<'_, R> {
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

/// Has the money of every ad of the accounts that the filter allows go through the reader, an account's day at
/// once.
pub(crate) async fn ad_money<R: Reader<ad_days::AccountMoney> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    reader: R,
) -> Result<R> {
    let accounts = accounts_of(place, directory, filter);
    match ever_within(tx, place, range).await? {
        Some(range) => ad_days::money(tx, place, directory, &accounts, range, reader).await,
        None => Ok(reader),
    }
}

/// The accounts that a filter leaves anything of.
pub(crate) fn accounts_of<'a>(
    place: &'a Place,
    directory: &Directory,
    filter: &Filter,
) -> Vec<&'a Account> {
    let mut accounts = place.allowed(filter);
    let above = match filter.parent {
        None => None,
        Some(Parent::Campaign(id)) => directory.campaigns.get(&id).map(|of| of.account),
        Some(Parent::AdSet(id)) => directory.ad_sets.get(&id).map(|of| of.account),
    };
    accounts.retain(|account| above.is_none_or(|above| account.id == above));
    accounts
}

/// What of a period there may be anything on. As of a moment there may be days that are gone.
pub(super) async fn ever_within(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
) -> Result<Option<DateRange>> {
    match place.moment {
        None => months::within(tx, place, range).await,
        Some(_) => Ok(Some(range)),
    }
}

/// Ad by ad, from packed days.
async fn by_account<R: Reader<Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    only_idle: bool,
    reader: R,
) -> Result<R> {
    let accounts = accounts_of(place, directory, filter);
    match ever_within(tx, place, range).await? {
        Some(range) => {
            ad_days::each(tx, place, directory, &accounts, range, only_idle, reader).await
        }
        None => Ok(reader),
    }
}

/// The ad-days of an account from their rows, in the order in which packed ones come.
pub(super) async fn of_account(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    account: AdAccountId,
    range: DateRange,
    only_idle: bool,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let text = if only_idle { IDLE_ADS } else { ADS };
    if let Some(moment) = place.moment {
        let mut rows = earlier::ad_days(tx, place, moment, range, account).await?;
        rows.retain(|row| !only_idle || row.of.is_idle());
        rows.sort_by_cached_key(|row| (row.day, within_day(AdId(row.of.id), directory)));
        return rows.iter().try_for_each(|row| {
            each(&Row {
                id: row.of.id,
                account,
                currency: Currency::of_record(&row.of.currency)?,
                day: row.day,
                figures: row.of.figures(),
            })
        });
    }
    // The store has them by day and ad: each day is put in order once it is whole.
    let mut day: Vec<Row> = Vec::new();
    let mut flush = |day: &mut Vec<Row>| -> Result<()> {
        day.sort_by_cached_key(|row| within_day(AdId(row.id), directory));
        day.drain(..).try_for_each(|row| each(&row))
    };
    rows(tx, place, range, text, Some(account.0), |row: &Row| {
        if day.first().is_some_and(|first| first.day != row.day) {
            flush(&mut day)?;
        }
        day.push(*row);
        Ok(())
    })
    .await?;
    flush(&mut day)
}

/// What is kept of a day.
trait KeptDay: Weighed + Default + Send + Sync + 'static {
    /// Reads what is not there.
    fn read(
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
    ) -> impl Future<Output = Result<HashMap<NaiveDate, Self>>> + Send;
}

/// Goes through days that are kept in memory until something else is delivered.
async fn kept<T: KeptDay>(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    mut each: impl FnMut(NaiveDate, &T) -> Result<()>,
) -> Result<()> {
    let Some(range) = months::within(tx, place, range).await? else {
        return Ok(());
    };
    let known = Known::<NaiveDate, T>::of(place);
    let revision = place.delivered_revision();
    for part in range.by_month() {
        let mut days: BTreeMap<NaiveDate, Arc<T>> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for day in part.iter() {
            match known.get(&day, revision) {
                Some(kept) => drop(days.insert(day, kept)),
                None => drop(missing.insert(day)),
            }
        }
        for missing in runs(&missing) {
            let mut read = T::read(tx, place, missing).await?;
            for day in missing.iter() {
                let of_day = Arc::new(read.remove(&day).unwrap_or_default());
                known.keep(day, revision, &of_day);
                days.insert(day, of_day);
            }
        }
        for (day, kept) in days {
            each(day, &kept)?;
        }
    }
    Ok(())
}

impl KeptDay for Accounts {
    async fn read(
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
    ) -> Result<HashMap<NaiveDate, Self>> {
        let mut days: HashMap<NaiveDate, Self> = HashMap::new();
        rows(tx, place, range, ACCOUNTS, None, |row| {
            days.entry(row.day).or_default().0.push(Kept {
                account: row.account,
                currency: row.currency,
                sums: CountedSums::of(&row.figures),
            });
            Ok(())
        })
        .await?;
        for day in days.values_mut() {
            day.0.sort_unstable_by_key(|row| row.account);
        }
        Ok(days)
    }
}

impl KeptDay for Campaigns {
    async fn read(
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
    ) -> Result<HashMap<NaiveDate, Self>> {
        // Packed days of ads are far fewer values than the rows of campaigns.
        let directory = Directory::read(tx, place, Grain::AdSet).await?;
        let days = ByCampaign::of(&directory, CampaignDays::default());
        let all = Filter::default();
        let read = ad_money(tx, place, &directory, range, &all, days).await?;
        let days = read.to.0.into_iter().map(|(day, accounts)| {
            let accounts = accounts.iter().map(|of| OfAccount::of(of, place));
            (day, Self(accounts.collect()))
        });
        Ok(days.collect())
    }
}

/// Goes through what every account delivered, day by day.
async fn accounts(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    kept(tx, place, range, |day, kept: &Accounts| {
        kept.0.iter().try_for_each(|row| {
            each(&Row {
                id: row.account.0,
                account: row.account,
                currency: row.currency,
                day,
                figures: row.sums.figures(),
            })
        })
    })
    .await
}

/// Has the money of every campaign of the accounts that the filter allows go through the reader, an account's
/// day at once. Days of now stay in memory.
pub(crate) async fn campaign_money<R: Reader<ad_days::AccountMoney> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    mut reader: R,
) -> Result<R> {
    if place.moment.is_some() {
        let campaigns = ByCampaign::of(directory, reader);
        let read = ad_money(tx, place, directory, range, filter, campaigns).await?;
        return Ok(read.to);
    }
    kept(tx, place, range, |day, kept: &Campaigns| {
        let accounts = kept.0.iter();
        let mut allowed = accounts.filter(|of| filter.allows_account(Some(of.account)));
        allowed.try_for_each(|of| {
            reader.row(&ad_days::AccountMoney {
                account: of.account,
                day,
                objects: Arc::clone(&of.campaigns),
                money: of.money().collect(),
            })
        })
    })
    .await?;
    Ok(reader)
}

/// Keeps the money of campaigns, day by day.
#[derive(Debug, Default)]
struct CampaignDays(HashMap<NaiveDate, Vec<ad_days::AccountMoney>>);

impl Reader<ad_days::AccountMoney> for CampaignDays {
    fn row(&mut self, day: &ad_days::AccountMoney) -> Result<()> {
        let of_day = self.0.entry(day.day).or_default();
        of_day.push(day.clone());
        Ok(())
    }
}

impl Apart for CampaignDays {
    fn apart(&self) -> Option<Self> {
        Some(Self::default())
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (day, mut accounts) in other.0 {
            self.0.entry(day).or_default().append(&mut accounts);
        }
        Ok(())
    }
}

/// Adds up the ads of each campaign, which stand together.
struct ByCampaign<'a, R> {
    directory: &'a Directory,
    to: R,
    /// The ads of the account's day before, most often the same: the campaign of each, and the campaigns.
    seen: ad_days::Objects,
    of_ads: Vec<Option<usize>>,
    campaigns: ad_days::Objects,
}

impl<'a, R> ByCampaign<'a, R> {
    fn of(directory: &'a Directory, to: R) -> Self {
        Self {
            directory,
            to,
            seen: Arc::default(),
            of_ads: Vec::new(),
            campaigns: Arc::default(),
        }
    }

    fn find(&mut self, ads: &ad_days::Objects) {
        if Arc::ptr_eq(&self.seen, ads) {
            return;
        }
        self.seen = Arc::clone(ads);
        self.of_ads.clear();
        let mut campaigns: Vec<(Uuid, Currency)> = Vec::new();
        for (ad, currency) in ads.iter() {
            let of = self.directory.ads.get(&AdId(*ad)).map(|ad| {
                let campaign = (ad.campaign.0, *currency);
                if campaigns.last() != Some(&campaign) {
                    campaigns.push(campaign);
                }
                campaigns.len() - 1
            });
            self.of_ads.push(of);
        }
        self.campaigns = Arc::new(campaigns);
    }
}

impl<R: Reader<ad_days::AccountMoney>> Reader<ad_days::AccountMoney> for ByCampaign<'_, R> {
    fn row(&mut self, day: &ad_days::AccountMoney) -> Result<()> {
        self.find(&day.objects);
        let mut money = vec![(None, Micros::ZERO); self.campaigns.len()];
        for (of, (spend, value)) in self.of_ads.iter().zip(&day.money) {
            let sum = of.and_then(|of| money.get_mut(of));
            let Some((all_spend, all_value)) = sum else {
                continue;
            };
            if let Some(more) = spend {
                let sum: &mut Micros = all_spend.get_or_insert_default();
                *sum = sum.checked_add(*more)?;
            }
            *all_value = all_value.checked_add(*value)?;
        }
        self.to.row(&ad_days::AccountMoney {
            account: day.account,
            day: day.day,
            objects: Arc::clone(&self.campaigns),
            money,
        })
    }
}

impl<R: Apart> Apart for ByCampaign<'_, R> {
    fn apart(&self) -> Option<Self> {
        Some(Self::of(self.directory, self.to.apart()?))
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.to.join(other.to)
    }
}

async fn rows(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    text: &'static str,
    under: Option<Uuid>,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    on_tx!(tx, |c| {
        let query = sqlx::query_as::<_, Columns>(text)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to);
        let query = match under {
            Some(under) => query.bind(under),
            None => query,
        };
        let mut rows = query.fetch(c);
        while let Some(row) = rows.try_next().await.db()? {
            each(&Row {
                id: row.id,
                account: row.ad_account_id,
                currency: Currency::of_record(&row.currency)?,
                day: row.day,
                figures: row.sums.figures(),
            })?;
        }
    });
    Ok(())
}
