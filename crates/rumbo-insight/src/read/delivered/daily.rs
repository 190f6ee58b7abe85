//! The same day by day, for figures that are converted at the rate of their day.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use futures::TryStreamExt;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, Currency, DateRange, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::sums::CountedSums;
use super::{Sums, ad_days, earlier, months};
use crate::figures::Figures;
use crate::path::Grain;
use crate::read::directory::Directory;
use crate::read::known::{Known, Weighed};
use crate::read::outcome::packed::runs;
use crate::read::place::Place;
use crate::read::spread::Reader;
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

/// The same as it is kept: there are some thousand a day.
#[derive(Clone, Debug)]
struct Kept {
    id: Uuid,
    account: AdAccountId,
    currency: Currency,
    sums: CountedSums,
}

/// Those of a day, in the order of [`within_day`].
#[derive(Debug, Default)]
struct Day(Vec<Kept>);

impl Weighed for Day {
    fn bytes(&self) -> usize {
        self.0.len() * size_of::<Kept>()
    }
}

/// Whose days are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    Accounts,
    Campaigns,
}

type Key = (Of, NaiveDate);

/// Where an ad stands among those of its account's day: the ads of a campaign stand together, as
/// campaigns do, so that what is rounded one after the other is the same by ad and by campaign.
pub(crate) fn within_day(ad: AdId, directory: &Directory) -> (Option<AdCampaignId>, AdId) {
    (directory.ads.get(&ad).map(|known| known.campaign), ad)
}

/// Has everything delivered in the period go through the reader, as deep as the grain needs.
pub(crate) async fn read<R: Reader<Row>>(
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
        let earlier = Earlier {
            directory,
            grain,
            parent: filter.parent,
            reader,
        };
        let read = by_account(tx, place, directory, range, filter, false, earlier);
        return Ok(read.await?.reader);
    }
    let each = |row: &Row| reader.row(row);
    match (grain, filter.parent) {
        (Grain::Channel | Grain::Account, _) => {
            kept(tx, place, range, Of::Accounts, each).await?;
        }
        (Grain::Campaign, _) => kept(tx, place, range, Of::Campaigns, each).await?,
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

/// Goes through what every campaign delivered, day by day.
pub(crate) async fn campaigns(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    kept(tx, place, range, Of::Campaigns, each).await
}

/// What Meta claims for the ad-days on which nothing was spent.
pub(crate) async fn idle<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    reader: R,
) -> Result<R> {
    by_account(tx, place, directory, range, filter, true, reader).await
}

/// As of a moment: ads as deep as the grain needs, of those that lie under an object.
struct Earlier<'a, R> {
    directory: &'a Directory,
    grain: Grain,
    parent: Option<Parent>,
    reader: R,
}

impl<R: Reader<Row>> Reader<Row> for Earlier<'_, R> {
    fn row(&mut self, row: &Row) -> Result<()> {
        let ad = self.directory.ads.get(&AdId(row.id));
        let under = match self.parent {
            None => true,
            Some(Parent::Campaign(id)) => ad.is_some_and(|ad| ad.campaign == id),
            Some(Parent::AdSet(id)) => ad.is_some_and(|ad| ad.ad_set == id),
        };
        let id = match self.grain {
            Grain::Channel | Grain::Account => Some(row.account.0),
            Grain::Campaign => ad.map(|ad| ad.campaign.0),
            Grain::AdSet | Grain::Ad | Grain::Creative => Some(row.id),
        };
        match id.filter(|_| under) {
            Some(id) => self.reader.row(&Row { id, ..*row }),
            None => Ok(()),
        }
    }

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

/// Ad by ad, from packed days.
async fn by_account<R: Reader<Row>>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    range: DateRange,
    filter: &Filter,
    only_idle: bool,
    reader: R,
) -> Result<R> {
    let accounts = place.allowed(filter);
    // As of a moment there may be days that are gone.
    let range = match place.moment {
        None => months::within(tx, place, range).await?,
        Some(_) => Some(range),
    };
    match range {
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

/// Goes through days that are kept in memory until something else is delivered.
async fn kept(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    of: Of,
    mut each: impl FnMut(&Row) -> Result<()>,
) -> Result<()> {
    let Some(range) = months::within(tx, place, range).await? else {
        return Ok(());
    };
    let known = Known::<Key, Day>::of(place).await?;
    let revision = place.delivered_revision();
    for part in range.by_month() {
        let mut days: BTreeMap<NaiveDate, Arc<Day>> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for day in part.iter() {
            match known.get(&(of, day), revision) {
                Some(kept) => drop(days.insert(day, kept)),
                None => drop(missing.insert(day)),
            }
        }
        for (from, to) in runs(&missing) {
            let mut read = read_days(tx, place, DateRange { from, to }, of).await?;
            for day in (DateRange { from, to }).iter() {
                let mut rows = read.remove(&day).unwrap_or_default();
                rows.0.sort_unstable_by_key(|row| row.id);
                let rows = Arc::new(rows);
                known.keep((of, day), revision, &rows);
                days.insert(day, rows);
            }
        }
        for (day, kept) in days {
            for row in &kept.0 {
                each(&Row {
                    id: row.id,
                    account: row.account,
                    currency: row.currency,
                    day,
                    figures: row.sums.figures(),
                })?;
            }
        }
    }
    Ok(())
}

async fn read_days(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    of: Of,
) -> Result<HashMap<NaiveDate, Day>> {
    let mut days: HashMap<NaiveDate, Day> = HashMap::new();
    match of {
        Of::Accounts => {
            rows(tx, place, range, ACCOUNTS, None, |row| {
                days.entry(row.day).or_default().0.push(Kept {
                    id: row.id,
                    account: row.account,
                    currency: row.currency,
                    sums: CountedSums::of(&row.figures),
                });
                Ok(())
            })
            .await?;
        }
        // Packed days of ads are far fewer values than the rows of campaigns.
        Of::Campaigns => {
            let directory = Directory::read(tx, place, Grain::AdSet).await?;
            let all = Filter::default();
            let by_campaign = ByCampaign {
                directory: &directory,
                days,
            };
            let read = by_account(tx, place, &directory, range, &all, false, by_campaign);
            days = read.await?.days;
        }
    }
    Ok(days)
}

/// Adds up the ads of each campaign, which come one after the other.
struct ByCampaign<'a> {
    directory: &'a Directory,
    days: HashMap<NaiveDate, Day>,
}

impl Reader<Row> for ByCampaign<'_> {
    fn row(&mut self, row: &Row) -> Result<()> {
        let Some(ad) = self.directory.ads.get(&AdId(row.id)) else {
            return Ok(());
        };
        let sums = CountedSums::of(&row.figures);
        let id = ad.campaign.0;
        let day = &mut self.days.entry(row.day).or_default().0;
        match day.last_mut() {
            Some(last) if (last.id, last.currency) == (id, row.currency) => last.sums.add(&sums, 1),
            _ => {
                day.push(Kept {
                    id,
                    account: row.account,
                    currency: row.currency,
                    sums,
                });
                Ok(())
            }
        }
    }

    fn apart(&self) -> Option<Self> {
        Some(Self {
            directory: self.directory,
            days: HashMap::new(),
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (day, mut rows) in other.days {
            self.days.entry(day).or_default().0.append(&mut rows.0);
        }
        Ok(())
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
