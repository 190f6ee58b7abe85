//! What the campaigns of an account came to in a month, up to and with each of its days.
//!
//! A table of campaigns over any period takes of each account the last day of each month, less the day before
//! the first: it reads one value for all campaigns of an account.

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdCampaignId, Currency, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use super::format::{Content, Kind};
use super::{CountedSums, Stored, Summed, changed, each_of};
use crate::read::outcome::packed::next;
use crate::read::place::Place;
use crate::read::spread::Taking;

statements! {
    /// The days of the campaigns of an account.
    CAMPAIGN_DAYS = "SELECT d.day, d.ad_campaign_id, d.currency, d.ad_rows, d.impressions, d.impressions_rows, \
        d.clicks, d.clicks_rows, d.link_clicks, d.link_clicks_rows, d.spend_micros, d.spend_rows, d.meta_leads, \
        d.meta_purchases, d.meta_purchase_micros FROM ad_campaigns c CROSS JOIN campaign_days d \
        WHERE d.workspace_id = $1 AND d.day BETWEEN $2 AND $3 AND c.workspace_id = $1 AND c.ad_account_id = $4 \
        AND c.id = d.ad_campaign_id";
}

/// How they are packed now. Where they are packed otherwise the days of campaigns are read.
pub(super) const CAMPAIGNS_FORMAT: i64 = 1;

/// By place and not by name: there is one for each campaign and day.
#[derive(sqlx::FromRow)]
struct CampaignDay(
    NaiveDate,
    Uuid,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
);

impl CampaignDay {
    fn sums(&self) -> CountedSums {
        let Self(_, _, _, ad_days, impressions, impressions_rows, clicks, clicks_rows, ..) = *self;
        let Self(.., link_clicks, link_clicks_rows, spend, spend_rows, _, _, _) = *self;
        let Self(.., leads, purchases, value) = *self;
        CountedSums {
            ad_days,
            impressions: (impressions, impressions_rows),
            clicks: (clicks, clicks_rows),
            link_clicks: (link_clicks, link_clicks_rows),
            spend: (spend, spend_rows),
            meta_leads: leads,
            meta_purchases: purchases,
            meta_purchase_value: value,
        }
    }

    fn add_to(&self, summed: &mut Summed) -> Result<()> {
        let currency = Currency::of_record(&self.2)?;
        summed.add_row(self.1, currency, &self.sums(), 1)
    }
}

async fn campaign_days(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    range: DateRange,
) -> Result<Vec<CampaignDay>> {
    on_tx!(tx, |c| sqlx::query_as(CAMPAIGN_DAYS)
        .bind(workspace)
        .bind(range.from)
        .bind(range.to)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()
}

/// What the campaigns of an account came to in a month, up to and with each of its days from one on, as it is
/// packed; none where the month has no days.
pub(in crate::read) async fn pack_campaigns(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    since: NaiveDate,
) -> Result<Vec<(NaiveDate, Option<Vec<u8>>)>> {
    let month = DateRange::month_of(since);
    let mut rows = campaign_days(tx, workspace, account, month).await?;
    rows.sort_by_key(|row| row.0);
    // Before its first day a month comes to nothing, which has to be told as well.
    let begun = rows.first().is_some_and(|first| first.0 < since);
    let is_empty = rows.is_empty();
    let mut rows = rows.into_iter().peekable();
    let mut summed = Summed::default();
    let mut values = Vec::new();
    for day in month.iter() {
        while let Some(row) = rows.next_if(|row| row.0 <= day) {
            row.add_to(&mut summed)?;
        }
        if !begun || day >= since {
            let packed = (!is_empty).then(|| summed.packed()).transpose()?;
            values.push((day, packed));
        }
    }
    Ok(values)
}

/// What a campaign came to, in one currency.
pub(in crate::read::delivered) type CampaignSum = (AdCampaignId, Currency, CountedSums);

/// What is read of an account for the sums up to one day.
struct Asked {
    account: AdAccountId,
    /// From the first of its month up to the day, or up to the last before one that changed since it was packed.
    packed: DateRange,
    day: NaiveDate,
    /// The place of the day among those that are asked for.
    nth: usize,
}

impl Asked {
    /// The days whose rows are to be read, where the value is there or where it is not.
    fn rows(&self, is_there: bool) -> Option<DateRange> {
        let from = if is_there {
            next(self.packed.to)
        } else {
            self.packed.from
        };
        let rows = DateRange { from, to: self.day };
        Some(rows).filter(|rows| rows.from <= rows.to)
    }
}

/// What the campaigns of all accounts came to from the first of its month up to and with each of these days,
/// in the order of their ids.
pub(in crate::read::delivered) async fn up_to(
    tx: &mut Tx,
    place: &Place,
    days: &[NaiveDate],
) -> Result<Vec<Vec<CampaignSum>>> {
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
        return Ok(Vec::new());
    };
    let (from, to) = (*first, *last);
    let changed = changed(tx, place, DateRange { from, to }, Content::Figures).await?;
    let mut asked = Vec::new();
    for (nth, day) in days.iter().enumerate() {
        let from = DateRange::month_of(*day).from;
        for account in &place.accounts {
            let changed = changed.get(&account.id);
            let changed = changed.and_then(|changed| changed.range(from..=*day).next());
            let to = changed.and_then(NaiveDate::pred_opt).unwrap_or(*day);
            asked.push(Asked {
                account: account.id,
                packed: DateRange { from, to },
                day: *day,
                nth,
            });
        }
    }
    let wanted = asked.iter().map(|asked| {
        let day = asked.packed.to;
        let days = DateRange { from: day, to: day };
        (Kind::Campaigns(asked.account), days, 1)
    });
    let wanted: Vec<_> = wanted.collect();
    let mut sums = Vec::new();
    sums.resize_with(days.len(), Summed::default);
    let mut there = vec![false; asked.len()];
    let mut each = Taking(|(nth, day, format, packed): Stored| {
        let nth = usize::try_from(nth).unwrap_or(usize::MAX);
        let Some((asked, there)) = asked.get(nth).zip(there.get_mut(nth)) else {
            return Ok(());
        };
        // The day before the first of a month is of another one.
        *there = format == CAMPAIGNS_FORMAT && asked.packed.contains(day);
        match sums.get_mut(asked.nth).filter(|_| *there) {
            Some(sums) => sums.add_sums(&packed, 1),
            None => Ok(()),
        }
    });
    each_of(tx, place.workspace, &wanted, &mut each).await?;
    for (asked, is_there) in asked.iter().zip(there) {
        let Some((days, sums)) = asked.rows(is_there).zip(sums.get_mut(asked.nth)) else {
            continue;
        };
        for row in campaign_days(tx, place.workspace, asked.account, days).await? {
            row.add_to(sums)?;
        }
    }
    let sums = sums.into_iter().map(|summed| {
        let sums = summed.sums.into_iter();
        let there = sums.filter(|(_, _, sums)| sums.ad_days > 0);
        let mut there: Vec<_> = there
            .map(|(id, currency, sums)| (AdCampaignId(id), currency, sums))
            .collect();
        there.sort_unstable_by_key(|(id, currency, _)| (*id, *currency));
        there
    });
    Ok(sums.collect())
}
