//! From sums under keys to rows with names.

use std::sync::Arc;

use rumbo_base::{AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId, Currency};
use uuid::Uuid;

use super::ledger::Cell;
use super::{Remainder, RoiRow};
use crate::path::{Grain, Key, Parent, Path, RowKey};
use crate::read::directory::Directory;
use crate::read::place::Place;

pub(super) fn row(
    grain: Grain,
    place: &Place,
    directory: &Directory,
    currency: Currency,
    key: &RowKey,
    path: &Path,
    cell: Cell,
) -> RoiRow {
    let figures = cell.figures;
    let account = path.account.as_ref().and_then(Key::known);
    let mut row = RoiRow {
        key: text(key),
        id: None,
        external_id: None,
        name: String::new(),
        status: None,
        deleted: false,
        account_id: account,
        account_name: None,
        campaign_name: None,
        ad_set_name: None,
        objective: None,
        campaign_id: path.campaign.as_ref().and_then(Key::known),
        ad_set_id: path.ad_set.as_ref().and_then(Key::known),
        creative: None,
        waiting: cell.waits,
        no_spend: figures.has_outcome() && figures.spend.unwrap_or_default().0 == 0,
        other_currency: account
            .and_then(|id| place.account(id))
            .is_some_and(|a| a.currency != currency && figures.spend.is_none()),
        remainder: None,
        figures,
        without_spend: None,
        previous: None,
        converted: Vec::new(),
    };
    row.no_spend &= !row.other_currency;
    match key {
        RowKey::Channel(channel) => {
            channel.code().clone_into(&mut row.name);
            // It is no object: nothing of it waits, and what costs nothing is nothing to remark.
            (row.waiting, row.no_spend, row.other_currency) = (false, false, false);
            (row.account_id, row.campaign_id, row.ad_set_id) = (None, None, None);
        }
        RowKey::Remainder(_) => {
            row.remainder = Some(match grain {
                // What has no channel is not attributed.
                Grain::Channel | Grain::Account => Remainder::NoAccount,
                Grain::Campaign => Remainder::NoCampaign,
                Grain::AdSet => Remainder::NoAdSet,
                Grain::Ad => Remainder::NoAd,
                Grain::Creative => Remainder::NoCreative,
            });
        }
        RowKey::Object(Key::Waiting(external)) | RowKey::WaitingCampaign(external, _) => {
            row.waiting = true;
            row.name.clone_from(external);
            row.external_id = Some(external.clone());
        }
        RowKey::Object(Key::Known(id)) => {
            row.id = Some(*id);
            row.waiting = false;
            describe(&mut row, grain, place, directory, *id);
        }
    }
    row.account_name = row
        .account_id
        .and_then(|id| place.account(id))
        .map(|account| account.name.clone());
    if let Some(campaign) = row.campaign_id.and_then(|id| directory.campaigns.get(&id)) {
        row.campaign_name = Some(campaign.name.clone());
        row.objective.clone_from(&campaign.objective);
    }
    row.ad_set_name = row
        .ad_set_id
        .and_then(|id| directory.ad_sets.get(&id))
        .map(|set| set.name.clone());
    row
}

/// Fills in what is stored of a known object.
fn describe(row: &mut RoiRow, grain: Grain, place: &Place, directory: &Directory, id: Uuid) {
    let mut fill = |external_id: &str, name: &str, status: Option<&str>, synced: bool, deleted| {
        row.external_id = Some(external_id.to_owned());
        name.clone_into(&mut row.name);
        row.status = status.map(str::to_owned);
        row.waiting = !synced;
        row.deleted = deleted;
    };
    match grain {
        Grain::Channel => {}
        Grain::Account => {
            if let Some(a) = place.account(AdAccountId(id)) {
                fill(&a.external_id, &a.name, Some(&a.status), true, a.deleted);
            }
            (row.campaign_id, row.ad_set_id) = (None, None);
        }
        Grain::Campaign => {
            if let Some(c) = directory.campaigns.get(&AdCampaignId(id)) {
                fill(
                    &c.external_id,
                    &c.name,
                    Some(&c.status),
                    c.synced,
                    c.deleted,
                );
                row.account_id = Some(c.account);
            }
            row.ad_set_id = None;
        }
        Grain::AdSet => {
            if let Some(s) = directory.ad_sets.get(&AdSetId(id)) {
                fill(
                    &s.external_id,
                    &s.name,
                    Some(&s.status),
                    s.synced,
                    s.deleted,
                );
                (row.account_id, row.campaign_id) = (Some(s.account), Some(s.campaign));
            }
        }
        Grain::Ad => {
            if let Some(a) = directory.ads.get(&AdId(id)) {
                fill(
                    &a.external_id,
                    &a.name,
                    Some(&a.status),
                    a.synced,
                    a.deleted,
                );
                (row.account_id, row.campaign_id) = (Some(a.account), Some(a.campaign));
                row.ad_set_id = Some(a.ad_set);
                row.creative = a
                    .creative
                    .and_then(|c| directory.creatives.get(&c))
                    .map(|creative| Arc::clone(&creative.face));
            }
        }
        Grain::Creative => {
            if let Some(c) = directory.creatives.get(&AdCreativeId(id)) {
                let face = &c.face;
                let name = face
                    .headline
                    .as_deref()
                    .filter(|_| c.name.is_empty())
                    .unwrap_or(&c.name);
                fill(
                    &face.external_id,
                    name,
                    c.status.as_deref(),
                    c.synced,
                    c.deleted,
                );
                row.account_id = Some(c.account);
                row.creative = Some(Arc::clone(face));
            }
            // A creative may serve several campaigns.
            (row.campaign_id, row.ad_set_id) = (None, None);
        }
    }
}

/// Tells a row from all others, and stays the same from report to report.
pub(crate) fn text(key: &RowKey) -> String {
    let object = |kind: &str, key: &Key<Uuid>| match key {
        Key::Known(id) => format!("{kind}{id}"),
        Key::Waiting(external) => format!("{kind}waiting:{external}"),
    };
    match key {
        RowKey::Channel(channel) => format!("channel:{}", channel.code()),
        RowKey::Object(key) => object("", key),
        RowKey::WaitingCampaign(campaign, None) => format!("waiting:{campaign}"),
        RowKey::WaitingCampaign(campaign, Some(account)) => {
            object(&format!("waiting:{campaign}@"), account)
        }
        RowKey::Remainder(Parent::AdSet(key)) => object("rest:ad_set:", key),
        RowKey::Remainder(Parent::Campaign(key)) => object("rest:campaign:", key),
        RowKey::Remainder(Parent::Account(key)) => object("rest:account:", key),
        RowKey::Remainder(Parent::None) => "rest".to_owned(),
    }
}

/// Whether a row can have this key; not whether there is one.
pub fn is_row_key(key: &str) -> bool {
    if key == "rest" {
        return true;
    }
    if let Some(channel) = key.strip_prefix("channel:") {
        return !channel.is_empty();
    }
    let above = ["rest:ad_set:", "rest:campaign:", "rest:account:"];
    let object = above.into_iter().find_map(|above| key.strip_prefix(above));
    let object = object.unwrap_or(key);
    match object.strip_prefix("waiting:") {
        Some(external) => !external.is_empty(),
        None => Uuid::try_parse(object).is_ok(),
    }
}

/// The key of the row that a path falls into; `None` when it is not attributed.
pub(crate) fn row_key(path: &Path, grain: Grain) -> Option<String> {
    path.row(grain).as_ref().map(text)
}
