//! The ad-days of an account and a day, packed in one value as what came of them is, and those of each
//! month up to some of its days added up ad by ad.
//!
//! A period is made of such sums, and of the few days that lie between them and its ends: what is too
//! much is taken away again.

mod actions;
mod campaigns;
mod format;
mod money;
mod pack;
mod plan;
mod story;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;
use uuid::Uuid;

pub(crate) use self::actions::actions;
pub(in crate::read) use self::actions::pack_actions;
pub use self::campaigns::STATEMENTS as CAMPAIGN_STATEMENTS;
pub(in crate::read) use self::campaigns::pack_campaigns;
pub(super) use self::campaigns::{CampaignSum, up_to};
pub(in crate::read) use self::format::Kind;
use self::format::{Ads, Content, PackedSums, Seen, without_zeros};
pub(crate) use self::money::{AccountMoney, Objects, money};
pub(in crate::read) use self::pack::{pack_day, pack_month};
use self::plan::Plan;
pub(super) use self::story::AccountDay;
use self::story::{Asked, DayThen, Stories, each_held};
use super::sums::{COLUMNS, CountedSums};
use super::{SumRow, daily, earlier};
use crate::figures::Figures;
use crate::read::directory::Directory;
use crate::read::outcome::packed::{bytes, runs, unreadable};
use crate::read::place::{Account, Place};
use crate::read::spread::{
    Apart, Backlog, Fed, Reader, Taking, feed, joined, mapped, side_by_side, threads, threads_for,
    work_off,
};

statements! {
    BY_AD = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// What Meta claims for ad-days without spend.
    IDLE_BY_AD = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(),
        "FROM ad_insights d ", in_period!(), "AND d.ad_account_id = $4 AND COALESCE(d.spend_micros, 0) = 0 \
         GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// The ad-days of a day, each with the run that brought it.
    BROUGHT = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(), ", MAX(d.run) AS run \
        FROM ad_insights d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency");
    /// What they said before, with the runs that brought and replaced it.
    REPLACED = concat!("SELECT d.ad_id AS id, d.ad_account_id, d.currency, ", ad_sums!(), ", d.run, d.replaced_by_run \
        FROM ad_insight_journal d ", in_period!(),
        "AND d.ad_account_id = $4 GROUP BY d.ad_id, d.ad_account_id, d.currency, d.run, d.replaced_by_run");
    /// Between which days anything was replaced.
    JOURNALED = "SELECT MIN(b.first), MAX(b.last) FROM (SELECT \
        (SELECT MIN(j.day) FROM ad_insight_journal j WHERE j.workspace_id = $1 AND j.ad_account_id = a.id) AS first, \
        (SELECT MAX(j.day) FROM ad_insight_journal j WHERE j.workspace_id = $1 AND j.ad_account_id = a.id) AS last \
        FROM ad_accounts a WHERE a.workspace_id = $1) b";
    /// The days of accounts that changed since they were packed.
    CHANGED = "SELECT DISTINCT c.kind, c.day FROM outcome_days_changed c \
        WHERE c.workspace_id = $1 AND c.day BETWEEN $2 AND $3 AND c.kind LIKE 'ads %'";
    /// The same of what Meta told of actions.
    CHANGED_ACTIONS = "SELECT DISTINCT c.kind, c.day FROM outcome_days_changed c \
        WHERE c.workspace_id = $1 AND c.day BETWEEN $2 AND $3 AND (c.kind LIKE 'ads %' OR c.kind LIKE 'ads-actions %')";
}

/// So many values are read at once, give or take an account.
const AT_ONCE: i64 = 192;

/// So many things are asked for in one question, of which each has four values: the embedded database takes
/// 32,766 of them.
const ASKED_AT_ONCE: usize = 4_000;

/// The sums of an account, ad by ad.
#[derive(Debug, Default)]
struct Summed {
    sums: Vec<(Uuid, Currency, CountedSums)>,
    places: FxHashMap<(Uuid, Currency), usize>,
    seen: Seen,
    /// The places of the ads of the value before.
    of_ads: Vec<usize>,
}

impl Summed {
    fn place(&mut self, ad: Uuid, currency: Currency) -> usize {
        let new = self.sums.len();
        let place = *self.places.entry((ad, currency)).or_insert(new);
        if place == new {
            self.sums.push((ad, currency, CountedSums::default()));
        }
        place
    }

    /// Finds the places of the ads of a value.
    fn find(&mut self, ads: &Ads<'_>) -> Result<()> {
        if !self.seen.changes_to(ads) {
            return Ok(());
        }
        self.of_ads.clear();
        for ad in ads.each() {
            let (ad, currency) = ad?;
            let place = self.place(ad, currency);
            self.of_ads.push(place);
        }
        Ok(())
    }

    /// Adds a packed day, or with −1 takes it away; as of a run what of it was there.
    fn add_day(&mut self, day: &[u8], run: Option<i64>, sign: i64, only_idle: bool) -> Result<()> {
        let packed = DayThen::read(day, run)?;
        self.find(&packed.day.ads)?;
        for (nth, place) in self.of_ads.iter().enumerate() {
            if !packed.holds(nth) {
                continue;
            }
            let day = packed.day.sums(nth);
            if only_idle && day.spend.0 != 0 {
                continue;
            }
            if let Some((_, _, sums)) = self.sums.get_mut(*place) {
                sums.add(&day, sign)?;
            }
        }
        Ok(())
    }

    /// Adds what a day said before and held after a run.
    fn add_replaced(&mut self, replaced: &[u8], run: i64, only_idle: bool) -> Result<()> {
        each_held(replaced, run, |ad, currency, day| {
            if only_idle && day.spend.0 != 0 {
                return Ok(());
            }
            self.add_row(ad, currency, &day, 1)
        })
    }

    /// The same of one row.
    fn add_row(
        &mut self,
        ad: Uuid,
        currency: Currency,
        row: &CountedSums,
        sign: i64,
    ) -> Result<()> {
        let place = self.place(ad, currency);
        match self.sums.get_mut(place) {
            Some((_, _, sums)) => sums.add(row, sign),
            None => Ok(()),
        }
    }

    /// The same of packed sums.
    fn add_sums(&mut self, packed: &[u8], sign: i64) -> Result<()> {
        let packed: PackedSums<'_> = postcard::from_bytes(packed).map_err(unreadable)?;
        self.find(&packed.ads)?;
        for (nth, place) in self.of_ads.iter().enumerate() {
            let Some((_, _, sums)) = self.sums.get_mut(*place) else {
                continue;
            };
            let mut other = CountedSums::default();
            for (figure, column) in other.columns_mut().into_iter().zip(&packed.columns) {
                *figure = column.get(nth).copied().unwrap_or(0);
            }
            sums.add(&other, sign)?;
        }
        Ok(())
    }

    /// Adds all of another.
    fn join(&mut self, other: &Self) -> Result<()> {
        let mut sums = other.sums.iter();
        sums.try_for_each(|(ad, currency, sums)| self.add_row(*ad, *currency, sums, 1))
    }

    /// They themselves as they are packed.
    fn packed(&self) -> Result<Vec<u8>> {
        let mut sums: Vec<&(Uuid, Currency, CountedSums)> = self.sums.iter().collect();
        sums.sort_by_key(|(ad, currency, _)| (*ad, *currency));
        let ids: Vec<u8> = sums.iter().flat_map(|(ad, ..)| ad.into_bytes()).collect();
        let mut packed = PackedSums {
            ads: Ads::of(&ids, sums.iter().map(|(_, currency, _)| currency.code())),
            ..PackedSums::default()
        };
        for (_, _, sums) in sums {
            for (column, figure) in packed.columns.iter_mut().zip(sums.columns()) {
                column.push(figure);
            }
        }
        packed.columns.iter_mut().for_each(without_zeros);
        bytes(&packed)
    }
}

/// Values of an account that are not added up yet.
#[derive(Debug, Default)]
struct Values {
    sums: Vec<(Vec<u8>, i64)>,
    days: Vec<(NaiveDate, Vec<u8>, i64)>,
    /// What days said before.
    replaced: FxHashMap<NaiveDate, Vec<u8>>,
}

impl Values {
    fn bytes(&self) -> usize {
        let sums = self.sums.iter().map(|(packed, _)| packed.len());
        let days = self.days.iter().map(|(_, packed, _)| packed.len());
        let replaced = self.replaced.values().map(Vec::len);
        sums.chain(days).chain(replaced).sum()
    }

    /// Takes all of another in.
    fn join(&mut self, other: Self) {
        self.sums.extend(other.sums);
        self.days.extend(other.days);
        self.replaced.extend(other.replaced);
    }

    /// Adds them up; as of a run with what of them was replaced since.
    fn add_to(&self, summed: &mut Summed, run: Option<i64>, only_idle: bool) -> Result<()> {
        for (packed, sign) in &self.sums {
            summed.add_sums(packed, *sign)?;
        }
        for (_, packed, sign) in &self.days {
            summed.add_day(packed, run, *sign, only_idle)?;
        }
        let Some(run) = run else {
            return Ok(());
        };
        self.replaced
            .values()
            .try_for_each(|replaced| summed.add_replaced(replaced, run, only_idle))
    }
}

/// What is packed of an account.
#[derive(Debug)]
struct Parts<'a> {
    account: &'a Account,
    /// As of which run; now without one.
    run: Option<i64>,
    values: Values,
    /// How many sums are there, and the days that are known to have said something else.
    sums: usize,
    replaced: BTreeSet<NaiveDate>,
    /// Those whose rows are to be read themselves.
    unpacked: BTreeSet<NaiveDate>,
    /// A day that is to be taken away is not packed as it is now: what is read row by row is added.
    lacks: bool,
}

/// What is read: on which days, and whether it is added or with −1 taken away.
type Wanted = (Kind, DateRange, i64);

/// Values of some accounts, as they are read.
struct Collected<'a, 'w> {
    wanted: &'w [Wanted],
    parts: FxHashMap<AdAccountId, Parts<'a>>,
}

impl<'a, 'w> Collected<'a, 'w> {
    /// What is to be read of accounts.
    fn wanted(accounts: &[Asked<'_>]) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        for Asked {
            account,
            content,
            plan,
            replaced,
            ..
        } in accounts
        {
            let sums = plan.sums.iter().map(|(day, sign)| {
                let (from, to) = (*day, *day);
                (Kind::Sums(account.id), DateRange { from, to }, *sign)
            });
            let days = plan.days.iter();
            let days = days.map(|(range, sign)| (content.days(account.id), *range, *sign));
            let replaced = runs(replaced).into_iter();
            let replaced = replaced.map(|days| (content.replaced(account.id), days, 1));
            wanted.extend(sums.chain(days).chain(replaced));
        }
        wanted
    }

    fn of(accounts: &[Asked<'a>], wanted: &'w [Wanted], run: Option<i64>) -> Self {
        let parts = accounts.iter();
        let parts = parts.map(|asked| (asked.account.id, Parts::of(asked, run)));
        Self {
            wanted,
            parts: parts.collect(),
        }
    }

    /// The account that took the value.
    fn take(&mut self, (nth, day, format, packed): Stored) -> Option<&mut Parts<'a>> {
        let nth = usize::try_from(nth).ok()?;
        let (kind, _, sign) = self.wanted.get(nth)?;
        let parts = self.parts.get_mut(&kind.account())?;
        parts.take(*kind, *sign, (day, format, packed));
        Some(parts)
    }
}

impl<'a> Parts<'a> {
    /// Those of some accounts; one is missing when its sums are not there as they were planned.
    async fn read(
        tx: &mut Tx,
        place: &Place,
        run: Option<i64>,
        accounts: &[Asked<'a>],
    ) -> Result<Vec<Self>> {
        let wanted = Collected::wanted(accounts);
        let mut collected = Collected::of(accounts, &wanted, run);
        let mut each = Taking(|value| {
            collected.take(value);
            Ok(())
        });
        each_of(tx, place.workspace, &wanted, &mut each).await?;
        let mut parts = collected.parts;
        let mut whole = Vec::with_capacity(accounts.len());
        for asked in accounts {
            let Some(mut parts) = parts.remove(&asked.account.id) else {
                continue;
            };
            let missing = parts.missing(asked);
            parts.values.days.retain(|(day, ..)| !missing.contains(day));
            parts.unpacked.extend(missing);
            let Self {
                values, unpacked, ..
            } = &mut parts;
            values.replaced.retain(|day, _| !unpacked.contains(day));
            if parts.are_of(&asked.plan) {
                whole.push(parts);
            }
        }
        Ok(whole)
    }

    /// Nothing yet but the days that are to be read row by row.
    fn of(asked: &Asked<'a>, run: Option<i64>) -> Self {
        Self {
            account: asked.account,
            run,
            values: Values::default(),
            sums: 0,
            replaced: BTreeSet::new(),
            unpacked: asked.unpacked.clone(),
            lacks: false,
        }
    }

    /// Takes a value in, if it is packed as such are now.
    fn take(&mut self, kind: Kind, sign: i64, (day, format, packed): (NaiveDate, i64, Vec<u8>)) {
        let as_now = format == kind.format();
        match kind {
            Kind::Sums(_) if as_now => {
                self.values.sums.push((packed, sign));
                self.sums += 1;
            }
            Kind::Days(_) | Kind::Actions(_) if !self.unpacked.contains(&day) => {
                if as_now {
                    self.values.days.push((day, packed, sign));
                } else if sign > 0 {
                    self.unpacked.insert(day);
                } else {
                    self.lacks = true;
                }
            }
            Kind::Replaced(_) | Kind::ReplacedActions(_) if as_now => {
                self.values.replaced.insert(day, packed);
                self.replaced.insert(day);
            }
            _ => {}
        }
    }

    /// Days of which it is not there what they said before.
    fn missing(&self, asked: &Asked<'_>) -> BTreeSet<NaiveDate> {
        asked.replaced.difference(&self.replaced).copied().collect()
    }

    /// Whether everything is there as it was planned.
    fn are_of(&self, plan: &Plan) -> bool {
        self.sums == plan.sums.len() && !self.lacks
    }

    /// Has each ad of each day go through the reader.
    fn each(
        &self,
        directory: &Directory,
        only_idle: bool,
        reader: &mut impl Reader<daily::Row>,
    ) -> Result<()> {
        let mut seen = Seen::default();
        let mut in_order: Vec<(usize, Uuid, Currency)> = Vec::new();
        let mut merged: Vec<(Uuid, Currency, CountedSums)> = Vec::new();
        for (day, packed, _) in &self.values.days {
            let packed = DayThen::read(packed, self.run)?;
            if seen.changes_to(&packed.day.ads) {
                let ads = packed.day.ads.each().enumerate();
                let ads = ads.map(|(nth, ad)| ad.map(|(ad, currency)| (nth, ad, currency)));
                in_order = ads.collect::<Result<_>>()?;
                in_order.sort_by_cached_key(|(_, ad, _)| daily::within_day(AdId(*ad), directory));
            }
            merged.clear();
            let held = in_order.iter().filter(|(nth, ..)| packed.holds(*nth));
            merged.extend(held.map(|(nth, id, currency)| (*id, *currency, packed.day.sums(*nth))));
            if let Some((replaced, run)) = self.values.replaced.get(day).zip(self.run) {
                each_held(replaced, run, |id, currency, sums| {
                    merged.push((id, currency, sums));
                    Ok(())
                })?;
                merged.sort_by_cached_key(|(ad, ..)| daily::within_day(AdId(*ad), directory));
            }
            for (id, currency, sums) in &merged {
                if only_idle && sums.spend.0 != 0 {
                    continue;
                }
                reader.row(&daily::Row {
                    id: *id,
                    account: self.account.id,
                    currency: *currency,
                    day: *day,
                    figures: sums.figures(),
                })?;
            }
        }
        Ok(())
    }
}

/// A value as it is stored: which of those asked for it is, its day, its format, and what is packed.
type Stored = (i64, NaiveDate, i64, Vec<u8>);

/// Goes through what is packed of some kinds on some days.
async fn each_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    wanted: &[Wanted],
    to: &mut impl Fed<Stored>,
) -> Result<()> {
    // All at once: going to the store for each account takes longer than what is read.
    for (chunk, first) in wanted
        .chunks(ASKED_AT_ONCE)
        .zip((0_i64..).step_by(ASKED_AT_ONCE))
    {
        on_tx!(tx, |c| {
            let mut text = sqlx::QueryBuilder::<DB>::new("WITH v (nth, kind, first, last) AS (");
            text.push_values((first..).zip(chunk), |mut row, (nth, (kind, range, _))| {
                row.push_bind(nth)
                    .push_bind(kind.word())
                    .push_bind(range.from)
                    .push_bind(range.to);
            });
            text.push(
                ") SELECT v.nth, p.day, p.format, p.packed FROM v CROSS JOIN outcome_days p \
                 WHERE p.kind = v.kind AND p.day BETWEEN v.first AND v.last AND p.workspace_id = ",
            );
            text.push_bind(workspace);
            let values = text.build_query_as::<Stored>().persistent(false).fetch(c);
            feed(values, to).await
        })?;
    }
    Ok(())
}

/// Some days of each account.
pub(crate) type DaysOfAccounts = HashMap<AdAccountId, BTreeSet<NaiveDate>>;

/// The days of accounts that changed since they were packed, from the first of the months of a period to
/// the last.
async fn changed(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    content: Content,
) -> Result<DaysOfAccounts> {
    let text = match content {
        Content::Figures => CHANGED,
        Content::Actions => CHANGED_ACTIONS,
    };
    let rows: Vec<(String, NaiveDate)> = on_tx!(tx, |c| sqlx::query_as(text)
        .bind(place.workspace)
        .bind(DateRange::month_of(range.from).from)
        .bind(DateRange::month_of(range.to).to)
        .fetch_all(c)
        .await)
    .db()?;
    let mut changed = DaysOfAccounts::new();
    for (word, day) in rows {
        if let Some(kind) = Kind::of(&word) {
            changed.entry(kind.account()).or_default().insert(day);
        }
    }
    Ok(changed)
}

/// Values of one account that are worked on at once.
struct Piece {
    account: AdAccountId,
    values: Values,
}

/// Adds up the ads of accounts as their values are read.
struct AddingUp<'a, 'w, F> {
    collected: Collected<'a, 'w>,
    backlog: Backlog<'w, Piece, FxHashMap<AdAccountId, Summed>, F>,
}

impl<F> Fed<Stored> for AddingUp<'_, '_, F>
where
    F: Fn(&mut FxHashMap<AdAccountId, Summed>, &Piece) -> Result<()> + Sync + Send,
{
    fn take(&mut self, value: Stored) -> Result<()> {
        let Some(parts) = self.collected.take(value) else {
            return Ok(());
        };
        let (account, values) = (parts.account.id, std::mem::take(&mut parts.values));
        let bytes = values.bytes();
        match self.backlog.last() {
            Some(last) if last.account == account => last.values.join(values),
            _ => self.backlog.push(Piece { account, values }),
        }
        self.backlog.weighs(bytes)
    }

    fn work(&mut self) -> Result<bool> {
        self.backlog.work_on_one()
    }
}

/// What each ad of these accounts had on these days, or on those on which nothing was spent on it. Several
/// accounts are added up at once.
pub(super) async fn read<T: Send>(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
    only_idle: bool,
    of: impl Fn(AdAccountId, Uuid, Currency, Figures) -> T + Sync,
) -> Result<Vec<T>> {
    let Some(stories) = Stories::read(tx, place, accounts, range, Content::Figures).await? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let run = stories.run;
    let add_up = |own: &mut FxHashMap<_, Summed>, piece: &Piece| {
        let summed = own.entry(piece.account).or_default();
        piece.values.add_to(summed, run, only_idle)
    };
    let mut rest = accounts;
    while !rest.is_empty() {
        let mut asked = Vec::new();
        let mut values = 0;
        while let Some((account, others)) = rest.split_first()
            && values < AT_ONCE
        {
            rest = others;
            let of_account = stories.asked(account, only_idle);
            values += of_account.plan.values();
            asked.push(of_account);
        }
        let mut workers = Vec::new();
        workers.resize_with(threads(), FxHashMap::default);
        let wanted = Collected::wanted(&asked);
        let mut adding = AddingUp {
            collected: Collected::of(&asked, &wanted, run),
            backlog: Backlog::new(&mut workers, add_up),
        };
        each_of(tx, place.workspace, &wanted, &mut adding).await?;
        adding.backlog.work_off()?;
        let mut collected = adding.collected.parts;
        let mut sums: FxHashMap<AdAccountId, Summed> = FxHashMap::default();
        for (account, summed) in workers.into_iter().flatten() {
            match sums.entry(account) {
                Entry::Vacant(vacant) => drop(vacant.insert(summed)),
                Entry::Occupied(mut known) => known.get_mut().join(&summed)?,
            }
        }
        for asked in &asked {
            let account = asked.account;
            let mut summed = sums.remove(&account.id).unwrap_or_default();
            let mut parts = collected.remove(&account.id);
            let is_whole = parts.as_ref().is_some_and(|parts| {
                parts.are_of(&asked.plan)
                    && parts.missing(asked).is_empty()
                    && parts.replaced.is_disjoint(&parts.unpacked)
            });
            if !is_whole {
                let by_day = [stories.asked(account, true)];
                parts = Parts::read(tx, place, run, &by_day).await?.pop();
                summed = Summed::default();
                if let Some(parts) = &parts {
                    parts.values.add_to(&mut summed, run, only_idle)?;
                }
            }
            for range in parts.iter().flat_map(|parts| runs(&parts.unpacked)) {
                for row in rows_by_ad(tx, place, range, account.id, only_idle).await? {
                    let currency = Currency::of_record(&row.currency)?;
                    summed.add_row(row.id, currency, &CountedSums::of(&row.figures()), 1)?;
                }
            }
            let sums = summed.sums.into_iter();
            let sums = sums.filter(|(_, _, sums)| sums.ad_days > 0);
            found.extend(sums.map(|sums| (account.id, sums)));
        }
    }
    Ok(mapped(&found, |(account, (ad, currency, sums))| {
        of(*account, *ad, *currency, sums.figures())
    }))
}

/// The rows of an account themselves, by ad.
async fn rows_by_ad(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    account: AdAccountId,
    only_idle: bool,
) -> Result<Vec<SumRow>> {
    let Some(moment) = place.moment else {
        let text = if only_idle { IDLE_BY_AD } else { BY_AD };
        return super::sums_under(tx, place, range, text, account.0).await;
    };
    let rows = earlier::ad_days(tx, place, moment, range, account).await?;
    let rows = rows.into_iter().map(|row| row.of);
    Ok(rows.filter(|row| !only_idle || row.is_idle()).collect())
}

/// Has every ad of each day of these accounts go through the reader, or those on which nothing was spent.
/// An account's day comes whole to one reader, in the order of [`daily::within_day`].
pub(super) async fn each<R: Reader<daily::Row> + Apart>(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    accounts: &[&Account],
    range: DateRange,
    only_idle: bool,
    reader: R,
) -> Result<R> {
    let packed = |parts: &Parts<'_>, reader: &mut R| parts.each(directory, only_idle, reader);
    let asked = (accounts, range, Content::Figures);
    let (mut reader, unpacked) = through(tx, place, asked, reader, packed).await?;
    for (account, range) in unpacked {
        let each = |row: &daily::Row| reader.row(row);
        daily::of_account(tx, place, directory, account, range, only_idle, each).await?;
    }
    Ok(reader)
}

/// Days of accounts that are not packed as they are now.
type Unpacked = Vec<(AdAccountId, DateRange)>;

/// Goes through the packed days of these accounts on as many threads as the reader allows. The rows of the
/// others are to be read themselves.
async fn through<R: Apart>(
    tx: &mut Tx,
    place: &Place,
    (accounts, range, content): (&[&Account], DateRange, Content),
    reader: R,
    packed: impl Fn(&Parts<'_>, &mut R) -> Result<()> + Sync,
) -> Result<(R, Unpacked)> {
    let Some(stories) = Stories::read(tx, place, accounts, range, content).await? else {
        return Ok((reader, Vec::new()));
    };
    let asked = accounts.iter().map(|account| stories.asked(account, true));
    let asked: Vec<_> = asked.collect();
    let asked = (asked.as_slice(), stories.range.days());
    gone_through(tx, place, asked, stories.run, reader, packed).await
}

/// The same of what is to be read of each account, which is so many days or fewer.
async fn gone_through<R: Apart>(
    tx: &mut Tx,
    place: &Place,
    (asked, days): (&[Asked<'_>], i64),
    run: Option<i64>,
    reader: R,
    packed: impl Fn(&Parts<'_>, &mut R) -> Result<()> + Sync,
) -> Result<(R, Unpacked)> {
    let at_once = usize::try_from(AT_ONCE / days.max(1)).unwrap_or(1);
    let mut readers = side_by_side(reader);
    let mut unpacked = Vec::new();
    for asked in asked.chunks(at_once.max(1)) {
        let batch = Parts::read(tx, place, run, asked).await?;
        let size = batch.iter().map(|parts| parts.values.bytes()).sum();
        let workers = readers.iter_mut().take(threads_for(size)).collect();
        work_off(&batch, workers, |reader: &mut R, parts: &Parts<'_>| {
            packed(parts, reader)
        })?;
        for parts in &batch {
            let days = runs(&parts.unpacked).into_iter();
            let account = parts.account.id;
            unpacked.extend(days.map(|days| (account, days)));
        }
    }
    Ok((joined(readers)?, unpacked))
}

/// The days of each of these accounts that may have been other ones as of the moment of a place.
pub(crate) async fn changed_since(
    tx: &mut Tx,
    then: &Place,
    accounts: &[&Account],
    range: DateRange,
) -> Result<DaysOfAccounts> {
    let Some(stories) = Stories::read(tx, then, accounts, range, Content::Figures).await? else {
        return Ok(DaysOfAccounts::new());
    };
    let accounts = accounts.iter();
    let days = accounts.map(|account| (account.id, stories.unrested(account)));
    Ok(days.filter(|(_, days)| !days.is_empty()).collect())
}

/// As of a moment: what each of these accounts came to, day by day.
pub(super) async fn by_account_day(
    tx: &mut Tx,
    place: &Place,
    accounts: &[&Account],
    range: DateRange,
) -> Result<Vec<AccountDay>> {
    let Some(stories) = Stories::read(tx, place, accounts, range, Content::Figures).await? else {
        return Ok(Vec::new());
    };
    let (mut found, mut asked, mut most) = (Vec::new(), Vec::new(), 0);
    for account in accounts {
        let (mut resting, others) = stories.resting(account);
        found.append(&mut resting);
        most = most.max(others.plan.values());
        asked.push(others);
    }
    let (none, sums) = (Directory::default(), AccountSums::default());
    let asked = (asked.as_slice(), most);
    let packed = |parts: &Parts<'_>, sums: &mut AccountSums| parts.each(&none, false, sums);
    let (mut sums, unpacked) = gone_through(tx, place, asked, stories.run, sums, packed).await?;
    for (account, range) in unpacked {
        let each = |row: &daily::Row| sums.row(row);
        daily::of_account(tx, place, &none, account, range, false, each).await?;
    }
    found.extend(
        sums.0
            .into_iter()
            .map(|((account, day, currency), sums)| AccountDay {
                account,
                day,
                currency,
                sums,
            }),
    );
    Ok(found)
}

/// Adds up the ads of each account's day.
#[derive(Debug, Default)]
struct AccountSums(FxHashMap<(AdAccountId, NaiveDate, Currency), CountedSums>);

impl Reader<daily::Row> for AccountSums {
    fn row(&mut self, row: &daily::Row) -> Result<()> {
        let sums = self.0.entry((row.account, row.day, row.currency));
        sums.or_default().add(&CountedSums::of(&row.figures), 1)
    }
}

impl Apart for AccountSums {
    fn apart(&self) -> Option<Self> {
        Some(Self::default())
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (key, sums) in other.0 {
            self.0.entry(key).or_default().add(&sums, 1)?;
        }
        Ok(())
    }
}
