//! What Meta counts taken apart, and leads from its count to the people they made leads of, by row
//! of a report.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use rumbo_ads::action_map::{ActionMap, ClaimSplit};
use rumbo_ads::insights::each_actions;
use rumbo_base::{AdId, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::moment::NEVER;
use crate::read::origin::Origins;
use crate::read::place::Place;
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
    let mut rows: HashMap<String, Followed> = HashMap::new();
    let claims = ClaimSplit::of(&ActionMap::load(tx, place.workspace).await?);
    let run = place.moment.map(|moment| moment.run);
    let mut keys: HashMap<AdId, Option<String>> = HashMap::new();
    for account in &place.accounts {
        if !request.filter.allows_account(Some(account.id)) {
            continue;
        }
        keys.clear();
        let of = account.id;
        each_actions(tx, place.workspace, of, request.range, run, |told| {
            let key = keys.entry(told.ad).or_insert_with(|| {
                let path = delivered::path(request.grain, told.ad, of, directory);
                let here = request.filter.allows(&path);
                row_key(&path, request.grain).filter(|_| here)
            });
            let Some(key) = key else { return Ok(()) };
            let row = match rows.get_mut(key) {
                Some(row) => row,
                None => rows.entry(key.clone()).or_default(),
            };
            let split = claims.split(&told.actions);
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
        })
        .await?;
    }
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
