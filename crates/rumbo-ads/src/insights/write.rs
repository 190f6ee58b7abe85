//! Bringing the store to what a read said.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use rumbo_base::{
    AdAccountId, AdCampaignId, AdId, Currency, DateRange, Error, Frequency, Reach, Result,
    WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use sqlx::FromRow;

use super::actions::{CompiledMap, StoredActions};
use super::ad_day::{AdDay, Figures};
use super::ad_index::AdIndex;
use super::bulk::{self, BulkRow, Sums, Target};
use super::readings;
use crate::JsonText;
use crate::action_map::ActionMap;

rumbo_db::statements! {
    DIGESTS = "SELECT day, ad_rows, digest FROM account_days \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4";
    EXISTING = "SELECT day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, rest, run \
        FROM ad_insights WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4";
    REMOVE = "DELETE FROM ad_insights \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND day = $3 AND ad_id = $4";
    EMPTY_CAMPAIGN_DAYS = "DELETE FROM campaign_days WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 \
        AND ad_account_id = $4 AND ad_rows = 0";
    EMPTY_ACCOUNT_DAYS = "DELETE FROM account_days WHERE workspace_id = $1 AND day BETWEEN $2 AND $3 \
        AND ad_account_id = $4 AND ad_rows = 0";
}

/// The account that rows are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountKey {
    /// The account.
    pub id: AdAccountId,
    /// The currency its money is in.
    pub currency: Currency,
}

/// What a read was of.
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The action map that the rows' leads and purchases were derived with.
    pub map: &'a ActionMap,
    /// The run that brings the rows.
    pub run: i64,
    /// The account.
    pub account: AccountKey,
    /// The days that were read.
    pub days: DateRange,
    /// What the read covered, so that what it does not have is gone.
    pub covers: Covers,
}

/// What a read covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// Every ad of the days.
    Everything,
    /// Every ad of the campaigns that it has on a day.
    ItsCampaigns,
    /// Some ads.
    Some,
}

/// What a write did to the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SliceCounts {
    /// New ad-days.
    pub added: u64,
    /// Ad-days that said something else before. What they said is in the journal.
    pub changed: u64,
    /// Ad-days left untouched.
    pub unchanged: u64,
    /// Ad-days that Meta no longer has. What they said is in the journal.
    pub removed: u64,
}

impl SliceCounts {
    /// Adds the counts of another write.
    pub fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.removed += other.removed;
    }

    /// Whether nothing was written.
    pub fn is_unchanged(&self) -> bool {
        self.added == 0 && self.changed == 0 && self.removed == 0
    }
}

#[derive(FromRow)]
pub(super) struct StoredRow {
    pub day: NaiveDate,
    pub ad_id: AdId,
    currency: String,
    attribution_setting: Option<String>,
    impressions: Option<i64>,
    reach: Option<Reach>,
    frequency: Option<Frequency>,
    clicks: Option<i64>,
    link_clicks: Option<i64>,
    spend_micros: Option<i64>,
    meta_leads: Option<i64>,
    meta_purchases: Option<i64>,
    meta_purchase_micros: Option<i64>,
    actions: Option<JsonText>,
    rest: Option<JsonText>,
    pub run: i64,
}

impl StoredRow {
    pub fn into_figures(self) -> Figures {
        Figures {
            currency: Currency::of_record(&self.currency).ok(),
            attribution_setting: self.attribution_setting.map(Into::into),
            impressions: self.impressions,
            reach: self.reach,
            frequency: self.frequency,
            clicks: self.clicks,
            link_clicks: self.link_clicks,
            spend_micros: self.spend_micros,
            meta_leads: self.meta_leads,
            meta_purchases: self.meta_purchases,
            meta_purchase_micros: self.meta_purchase_micros,
            actions: self.actions,
            rest: self.rest,
        }
    }
}

struct Existing {
    figures: Figures,
    run: i64,
}

/// Brings the ad-days of `days` to what `rows` say.
///
/// - A row that is new is added; one that says something else replaces the old one, which goes to
///   the journal with this run; one that says the same is not touched.
/// - A day whose digest is the stored one is known to be unchanged without reading it back.
/// - An ad-day that is stored, was covered by the read and was not in it is taken away, and
///   journaled, because Meta no longer counts it. Only the days of an ad that Meta has deleted or
///   archived stay as they are: that Meta stops showing them does not make the money unspent.
///
/// The sums by campaign and account move by the difference, in the same transaction.
///
/// Where the action map was changed since the rows were read, their leads and purchases are derived
/// again: [`super::remap()`] cannot have seen them.
///
/// # Errors
/// `Internal` for a row whose ad is not stored (call [`AdIndex::store_unknown`] first), or as any
/// write.
pub async fn write_slice(
    tx: &mut Tx,
    slice: Slice<'_>,
    index: &AdIndex,
    mut rows: Vec<AdDay>,
) -> Result<SliceCounts> {
    let Slice {
        workspace,
        map,
        run,
        account,
        days,
        covers,
    } = slice;
    let present = ActionMap::load(tx, workspace).await?;
    if present != *map {
        derive_again(&present, rows.iter_mut())?;
    }
    let target = Target {
        workspace,
        account: account.id,
        currency: account.currency,
    };
    let mut counts = SliceCounts::default();
    // In the order of the primary key, and the last of two rows that say the same ad and day.
    let ad_of = |row: &AdDay| index.key(row.ad).map(|key| key.ad);
    if rows.iter().any(|row| ad_of(row).is_none()) {
        return Err(Error::internal("an ad-day of an ad that is not stored"));
    }
    rows.sort_by_key(|row| (row.day, ad_of(row)));
    rows.reverse();
    rows.dedup_by_key(|row| (row.day, row.ad));
    rows.reverse();

    let stored = stored_digests(tx, workspace, account.id, days).await?;
    let mut scratch = Vec::with_capacity(512);
    let mut changed_days: HashSet<NaiveDate> = HashSet::new();
    let mut digests: HashMap<NaiveDate, i64> = HashMap::new();
    for day in rows.chunk_by(|a, b| a.day == b.day) {
        let Some(first) = day.first() else { continue };
        let digest = day
            .iter()
            .filter_map(|row| {
                Some(
                    row.figures
                        .digest(ad_of(row)?, account.currency, &mut scratch),
                )
            })
            .fold(0_i64, i64::wrapping_add);
        let same = stored.get(&first.day).is_some_and(|(rows, old)| {
            *old == Some(digest) && usize::try_from(*rows) == Ok(day.len())
        });
        if same {
            counts.unchanged += u64::try_from(day.len()).unwrap_or(u64::MAX);
        } else {
            changed_days.insert(first.day);
        }
        digests.insert(first.day, digest);
    }
    if covers == Covers::Everything {
        let empty = stored.keys().filter(|day| !digests.contains_key(*day));
        changed_days.extend(empty.copied());
    }
    let (Some(first), Some(last)) = (
        changed_days.iter().min().copied(),
        changed_days.iter().max().copied(),
    ) else {
        return Ok(counts);
    };

    let mut existing = existing(
        tx,
        workspace,
        account.id,
        first,
        last,
        &stored,
        &changed_days,
    )
    .await?;
    let mut campaign_changes: BTreeMap<(NaiveDate, AdCampaignId), Sums> = BTreeMap::new();
    let mut day_changes: BTreeMap<NaiveDate, (Sums, i64)> = BTreeMap::new();
    let mut writes: Vec<BulkRow<'_>> = Vec::new();
    let mut replaced: Vec<(NaiveDate, AdId, Existing)> = Vec::new();
    let mut covered: HashSet<(NaiveDate, AdCampaignId)> = HashSet::new();
    for row in rows.iter().filter(|row| changed_days.contains(&row.day)) {
        let Some(key) = index.key(row.ad) else {
            continue;
        };
        covered.insert((row.day, key.campaign));
        let day = day_changes.entry(row.day).or_default();
        day.1 = day
            .1
            .wrapping_add(row.figures.digest(key.ad, account.currency, &mut scratch));
        let old = existing.remove(&(row.day, key.ad));
        if let Some(old) = &old
            && old.figures.same_content(&row.figures, account.currency)
        {
            counts.unchanged += 1;
            continue;
        }
        let campaign = campaign_changes.entry((row.day, key.campaign)).or_default();
        if let Some(old) = old {
            counts.changed += 1;
            campaign.apply(&old.figures, -1);
            day.0.apply(&old.figures, -1);
            replaced.push((row.day, key.ad, old));
        } else {
            counts.added += 1;
        }
        campaign.apply(&row.figures, 1);
        day.0.apply(&row.figures, 1);
        writes.push(BulkRow {
            day: row.day,
            ad: key.ad,
            figures: &row.figures,
            first: run,
            run,
        });
    }

    let mut removed: Vec<(NaiveDate, AdId)> = Vec::new();
    let mut left: Vec<_> = existing.into_iter().collect();
    left.sort_by_key(|(place, _)| *place);
    for ((day, ad), old) in left {
        let change = day_changes.entry(day).or_default();
        let key = index.place_of(ad).and_then(|place| index.key(place));
        let gone = key.filter(|key| match covers {
            Covers::Everything => !key.gone,
            Covers::ItsCampaigns => covered.contains(&(day, key.campaign)),
            Covers::Some => false,
        });
        match gone {
            Some(key) => {
                counts.removed += 1;
                campaign_changes
                    .entry((day, key.campaign))
                    .or_default()
                    .apply(&old.figures, -1);
                change.0.apply(&old.figures, -1);
                removed.push((day, ad));
                replaced.push((day, ad, old));
            }
            // Kept: it still counts towards the digest of the day.
            None => {
                change.1 =
                    change
                        .1
                        .wrapping_add(old.figures.digest(ad, account.currency, &mut scratch));
            }
        }
    }

    let journal: Vec<BulkRow<'_>> = replaced
        .iter()
        .filter(|(_, _, old)| old.run != run)
        .map(|(day, ad, old)| BulkRow {
            day: *day,
            ad: *ad,
            figures: &old.figures,
            first: run,
            run: old.run,
        })
        .collect();
    bulk::journal(tx, target, &journal).await?;
    bulk::upsert(tx, target, &writes).await?;
    for (day, ad) in &removed {
        on_tx!(tx, |c| sqlx::query(REMOVE)
            .bind(workspace)
            .bind(account.id)
            .bind(*day)
            .bind(*ad)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    let campaigns: Vec<_> = campaign_changes
        .into_iter()
        .filter(|(_, sums)| !sums.is_nothing())
        .map(|((day, campaign), sums)| (day, campaign, sums))
        .collect();
    bulk::add_campaign_days(tx, target, &campaigns).await?;
    let account_days: Vec<_> = day_changes
        .into_iter()
        .filter(|(day, (sums, digest))| {
            !sums.is_nothing()
                || stored
                    .get(day)
                    .is_some_and(|(_, old)| *old != Some(*digest))
        })
        .map(|(day, (sums, digest))| (day, sums, digest))
        .collect();
    bulk::add_account_days(tx, target, &account_days).await?;
    if !removed.is_empty() {
        for statement in [EMPTY_CAMPAIGN_DAYS, EMPTY_ACCOUNT_DAYS] {
            on_tx!(tx, |c| sqlx::query(statement)
                .bind(workspace)
                .bind(first)
                .bind(last)
                .bind(account.id)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
        }
    }
    let moved = account_days
        .iter()
        .filter(|(_, sums, _)| !sums.is_nothing());
    readings::keep(tx, workspace, account, run, moved.map(|(day, ..)| *day)).await?;
    Ok(counts)
}

pub(super) fn derive_again<'a>(
    map: &ActionMap,
    rows: impl Iterator<Item = &'a mut AdDay>,
) -> Result<()> {
    let map = CompiledMap::from(map);
    for row in rows {
        let Some(actions) = row.figures.actions.clone() else {
            continue;
        };
        let derived = StoredActions::parse(actions.as_str())?.derive(&map);
        row.figures.set_derived(derived);
    }
    Ok(())
}

type Digests = HashMap<NaiveDate, (i64, Option<i64>)>;

async fn stored_digests(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    days: DateRange,
) -> Result<Digests> {
    let rows: Vec<(NaiveDate, i64, Option<i64>)> = on_tx!(tx, |c| sqlx::query_as(DIGESTS)
        .bind(workspace)
        .bind(account)
        .bind(days.from)
        .bind(days.to)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|(day, rows, digest)| (day, (rows, digest)))
        .collect())
}

async fn existing(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    first: NaiveDate,
    last: NaiveDate,
    stored: &Digests,
    changed_days: &HashSet<NaiveDate>,
) -> Result<HashMap<(NaiveDate, AdId), Existing>> {
    // Days without a sum have no rows.
    if !changed_days.iter().any(|day| stored.contains_key(day)) {
        return Ok(HashMap::new());
    }
    let rows: Vec<StoredRow> = on_tx!(tx, |c| sqlx::query_as(EXISTING)
        .bind(workspace)
        .bind(account)
        .bind(first)
        .bind(last)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .filter(|row| changed_days.contains(&row.day))
        .map(|row| {
            (
                (row.day, row.ad_id),
                Existing {
                    run: row.run,
                    figures: row.into_figures(),
                },
            )
        })
        .collect())
}
