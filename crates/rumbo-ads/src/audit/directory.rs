//! The stored objects of an account, and which of them a row of an export is of.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rumbo_base::{AdAccountId, AdId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::table_file::fold;
use sqlx::FromRow;
use uuid::Uuid;

use super::file::{FileRow, Level};

rumbo_db::statements! {
    CAMPAIGNS = "SELECT id, external_id, name, deleted_at, ad_account_id AS parent FROM ad_campaigns \
        WHERE workspace_id = $1 AND ad_account_id = $2 ORDER BY id";
    AD_SETS = "SELECT id, external_id, name, deleted_at, ad_campaign_id AS parent FROM ad_sets \
        WHERE workspace_id = $1 AND ad_account_id = $2 ORDER BY id";
    ADS = "SELECT id, external_id, name, deleted_at, ad_set_id AS parent FROM ads \
        WHERE workspace_id = $1 AND ad_account_id = $2 ORDER BY id";
    EVERY_CAMPAIGN = "SELECT ad_account_id, external_id, name FROM ad_campaigns WHERE workspace_id = $1";
}

/// A campaign, ad set or ad.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Object {
    pub id: Uuid,
    /// Meta's id.
    pub external_id: String,
    pub name: String,
    /// Since when Meta no longer lists it.
    pub deleted_at: Option<DateTime<Utc>>,
    parent: Option<Uuid>,
}

/// An object of an account, or the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub level: Level,
    id: Uuid,
}

/// Why a row has no object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoObject {
    UnknownId,
    UnknownName,
    /// Several have the name: those.
    SharedName(Vec<Key>),
}

/// Every object of one account.
#[derive(Debug)]
pub(super) struct Directory {
    account: Key,
    levels: [Vec<Object>; 3],
    by_id: HashMap<Key, usize>,
    by_external: HashMap<(Level, String), usize>,
    by_name: HashMap<(Level, String), Vec<usize>>,
}

const LEVELS: [Level; 3] = [Level::Campaign, Level::AdSet, Level::Ad];

impl Directory {
    pub async fn load(tx: &mut Tx, workspace: WorkspaceId, account: AdAccountId) -> Result<Self> {
        let mut directory = Self {
            account: Key {
                level: Level::Account,
                id: account.0,
            },
            levels: [Vec::new(), Vec::new(), Vec::new()],
            by_id: HashMap::new(),
            by_external: HashMap::new(),
            by_name: HashMap::new(),
        };
        for (place, statement) in [CAMPAIGNS, AD_SETS, ADS].into_iter().enumerate() {
            let objects: Vec<Object> = on_tx!(tx, |c| sqlx::query_as(statement)
                .bind(workspace)
                .bind(account)
                .fetch_all(c)
                .await)
            .db()?;
            let Some(level) = LEVELS.get(place).copied() else {
                continue;
            };
            for (at, object) in objects.iter().enumerate() {
                let id = object.id;
                directory.by_id.insert(Key { level, id }, at);
                directory
                    .by_external
                    .insert((level, object.external_id.clone()), at);
                directory
                    .by_name
                    .entry((level, fold(&object.name)))
                    .or_default()
                    .push(at);
            }
            if let Some(slot) = directory.levels.get_mut(place) {
                *slot = objects;
            }
        }
        Ok(directory)
    }

    fn at(&self, level: Level, at: usize) -> Option<&Object> {
        let place = LEVELS.iter().position(|one| *one == level)?;
        self.levels.get(place)?.get(at)
    }

    /// The object of a key; `None` of the account.
    pub fn object(&self, key: Key) -> Option<&Object> {
        self.at(key.level, *self.by_id.get(&key)?)
    }

    /// What the key lies under, at its own level or above.
    pub fn above(&self, key: Key, level: Level) -> Option<Key> {
        let mut key = key;
        while key.level > level {
            let up = match key.level {
                Level::Ad => Level::AdSet,
                Level::AdSet => Level::Campaign,
                Level::Campaign | Level::Account => return Some(self.account),
            };
            let id = self.object(key)?.parent?;
            key = Key { level: up, id };
        }
        (key.level == level).then_some(key)
    }

    /// What an ad-day counts for at a level.
    pub fn of_ad(&self, ad: AdId, level: Level) -> Option<Key> {
        if level == Level::Account {
            return Some(self.account);
        }
        let key = Key {
            level: Level::Ad,
            id: ad.0,
        };
        self.above(key, level)
    }

    /// Which object a row is of: by Meta's id, else by a name that one alone has under what else
    /// the row names. Never guessed.
    pub fn find(&self, row: &FileRow) -> std::result::Result<Key, NoObject> {
        let level = row.level();
        if level == Level::Account {
            return Ok(self.account);
        }
        let named = row.named(level);
        if let Some(id) = &named.id {
            return self
                .by_external
                .get(&(level, id.clone()))
                .and_then(|at| self.at(level, *at))
                .map(|object| Key {
                    level,
                    id: object.id,
                })
                .ok_or(NoObject::UnknownId);
        }
        let name = fold(named.name.as_deref().unwrap_or_default());
        let found: Vec<Key> = self
            .by_name
            .get(&(level, name))
            .into_iter()
            .flatten()
            .filter_map(|at| self.at(level, *at))
            .map(|object| Key {
                level,
                id: object.id,
            })
            .filter(|key| self.fits(*key, row))
            .collect();
        match found.as_slice() {
            [] => Err(NoObject::UnknownName),
            [only] => Ok(*only),
            _ => Err(NoObject::SharedName(found)),
        }
    }

    /// Whether it lies under what the row names above it.
    fn fits(&self, key: Key, row: &FileRow) -> bool {
        [Level::Campaign, Level::AdSet]
            .into_iter()
            .filter(|level| *level < key.level)
            .all(|level| {
                let named = row.named(level);
                let Some(object) = self.above(key, level).and_then(|key| self.object(key)) else {
                    return false;
                };
                match (&named.id, &named.name) {
                    (Some(id), _) => object.external_id == *id,
                    (None, Some(name)) => fold(&object.name) == fold(name),
                    (None, None) => true,
                }
            })
    }
}

/// The accounts that have any of the campaigns of the rows: by Meta's id where a row has it, else by
/// name.
pub(super) async fn accounts_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    rows: &[FileRow],
) -> Result<BTreeSet<AdAccountId>> {
    let named: BTreeSet<(Option<&str>, Option<String>)> = rows
        .iter()
        .map(|row| match (&row.campaign.id, &row.campaign.name) {
            (Some(id), _) => (Some(id.as_str()), None),
            (None, name) => (None, name.as_deref().map(fold)),
        })
        .collect();
    let campaigns: Vec<(AdAccountId, String, String)> =
        on_tx!(tx, |c| sqlx::query_as(EVERY_CAMPAIGN)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
    Ok(campaigns
        .into_iter()
        .filter(|(_, external, name)| {
            named.contains(&(Some(external.as_str()), None))
                || named.contains(&(None, Some(fold(name))))
        })
        .map(|(account, _, _)| account)
        .collect())
}
