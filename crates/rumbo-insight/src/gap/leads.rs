//! What Meta counts taken apart, and leads from its count to the people they made leads of, by row
//! of a report.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use rumbo_ads::action_map::{ActionMap, ClaimSplit};
use rumbo_ads::insights::ToldActions;
use rumbo_base::{AdId, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rustc_hash::FxHashMap;

use crate::read::delivered::{self, ad_days};
use crate::read::directory::Directory;
use crate::read::moment::NEVER;
use crate::read::origin::Origins;
use crate::read::place::{Account, Place};
use crate::read::spread::{Apart, Reader};
use crate::roi::{RoiRequest, row_key};

statements! {
    /// Forms and messages that arrived, and whether they made a lead. As of a moment those that were
    /// here by then; whose first touch they are is as now.
    ARRIVED = "SELECT x.origin, x.occurred_at, x.kind, \
        COALESCE(c.first_touchpoint_id = x.id, FALSE) AND c.kind <> 'internal' AS made \
        FROM touchpoints x JOIN contacts c ON c.workspace_id = x.workspace_id AND c.id = x.contact_id \
        WHERE x.workspace_id = $1 AND x.occurred_at >= $2 AND x.occurred_at < $3 AND x.created_at <= $4 \
        AND x.kind IN ('lead_form', 'click_to_whatsapp') AND x.origin IS NOT NULL";
}

/// The claims of one row, and the leads on their way.
#[derive(Clone, Debug, Default)]
pub(super) struct Followed {
    /// Leads by Instant Form among those that Meta counts.
    pub counted: i64,
    /// Forms that arrived here.
    pub arrived: i64,
    /// People who became leads here by a form.
    pub made: i64,
    /// People who became leads here by a message.
    pub messages: i64,
    /// Other leads that Meta counts after a view alone.
    pub viewed_leads: i64,
    /// Purchases likewise.
    pub viewed_purchases: i64,
    /// Their value, in the currency of the ad account.
    pub viewed_value: Micros,
    /// Whether Meta told how much came after a view.
    pub tells_views: bool,
    /// Meta's attribution settings, and on how many ad-days.
    pub settings: BTreeMap<String, u64>,
}

/// Follows the leads of a period, by the key of the row.
pub(super) async fn followed(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    origins: &Origins,
    request: &RoiRequest,
) -> Result<HashMap<String, Followed>> {
    let map = ActionMap::load(tx, place.workspace).await?;
    let asked = |account: &&Account| request.filter.allows_account(Some(account.id));
    let accounts: Vec<&Account> = place.accounts.iter().filter(asked).collect();
    let claims = Claims::of(&map, directory, request);
    let claims = ad_days::actions(tx, place, &accounts, request.range, claims).await?;
    let mut rows = claims.into_rows();
    for (origin, at, kind, made) in arrived(tx, place, request).await? {
        let Some((_, origin)) = origins.get(origin) else {
            continue;
        };
        let path = &origin.path;
        if !request.range.contains(origin.zone.day_of(at)) || !request.filter.allows(path) {
            continue;
        }
        let Some(key) = row_key(path, request.grain) else {
            continue;
        };
        let row = rows.entry(key).or_default();
        if kind == "lead_form" {
            row.arrived += 1;
            row.made += i64::from(made);
        } else {
            row.messages += i64::from(made);
        }
    }
    Ok(rows)
}

impl Followed {
    fn join(&mut self, other: Self) {
        self.counted += other.counted;
        self.arrived += other.arrived;
        self.made += other.made;
        self.messages += other.messages;
        self.viewed_leads += other.viewed_leads;
        self.viewed_purchases += other.viewed_purchases;
        self.viewed_value += other.viewed_value;
        self.tells_views |= other.tells_views;
        for (setting, days) in other.settings {
            *self.settings.entry(setting).or_default() += days;
        }
    }
}

/// Takes the claims of ad-days apart, by row.
struct Claims<'a> {
    map: &'a ActionMap,
    split: ClaimSplit,
    directory: &'a Directory,
    request: &'a RoiRequest,
    /// The place of each ad's row, for those that have one.
    of_ads: FxHashMap<AdId, Option<usize>>,
    places: FxHashMap<String, usize>,
    rows: Vec<Followed>,
}

impl<'a> Claims<'a> {
    fn of(map: &'a ActionMap, directory: &'a Directory, request: &'a RoiRequest) -> Self {
        Self {
            map,
            split: ClaimSplit::of(map),
            directory,
            request,
            of_ads: FxHashMap::default(),
            places: FxHashMap::default(),
            rows: Vec::new(),
        }
    }

    /// The place of the row of an ad-day, if it has one.
    fn place(&mut self, told: &ToldActions<'_>) -> Option<usize> {
        if let Some(known) = self.of_ads.get(&told.ad) {
            return *known;
        }
        let grain = self.request.grain;
        let path = delivered::path(grain, told.ad, told.account, self.directory);
        let here = self.request.filter.allows(&path);
        let key = row_key(&path, grain).filter(|_| here);
        let place = key.map(|key| self.place_of(key));
        self.of_ads.insert(told.ad, place);
        place
    }

    fn place_of(&mut self, key: String) -> usize {
        let new = self.rows.len();
        let place = *self.places.entry(key).or_insert(new);
        if place == new {
            self.rows.push(Followed::default());
        }
        place
    }

    fn into_rows(self) -> HashMap<String, Followed> {
        let rows = self.places.into_iter();
        let mut followed = self.rows;
        let rows = rows.filter_map(|(key, at)| Some((key, std::mem::take(followed.get_mut(at)?))));
        rows.collect()
    }
}

impl Reader<ToldActions<'_>> for Claims<'_> {
    fn row(&mut self, told: &ToldActions<'_>) -> Result<()> {
        let Some(place) = self.place(told) else {
            return Ok(());
        };
        let split = self.split.split(told)?;
        let Some(row) = self.rows.get_mut(place) else {
            return Ok(());
        };
        row.counted += split.forms;
        row.viewed_leads += split.viewed_leads;
        row.viewed_purchases += split.viewed_purchases;
        row.viewed_value += Micros(split.viewed_value);
        row.tells_views |= split.tells_views;
        if let Some(setting) = told.attribution_setting {
            match row.settings.get_mut(setting) {
                Some(days) => *days += 1,
                None => {
                    row.settings.insert(setting.to_owned(), 1);
                }
            }
        }
        Ok(())
    }
}

impl Apart for Claims<'_> {
    fn apart(&self) -> Option<Self> {
        Some(Self::of(self.map, self.directory, self.request))
    }

    fn join(&mut self, other: Self) -> Result<()> {
        for (key, followed) in other.into_rows() {
            let place = self.place_of(key);
            if let Some(row) = self.rows.get_mut(place) {
                row.join(followed);
            }
        }
        Ok(())
    }
}

type Arrived = (i64, DateTime<Utc>, String, bool);

async fn arrived(tx: &mut Tx, place: &Place, request: &RoiRequest) -> Result<Vec<Arrived>> {
    let (from, to) = place.instants(request.range);
    let known = place.moment.map_or(NEVER, |moment| moment.at);
    on_tx!(tx, |c| sqlx::query_as(ARRIVED)
        .bind(place.workspace)
        .bind(from)
        .bind(to)
        .bind(known)
        .fetch_all(c)
        .await)
    .db()
}
