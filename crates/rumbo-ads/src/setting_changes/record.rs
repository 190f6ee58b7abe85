//! Differences, kept as they are found.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId, Result, SettingChangeId, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;
use serde_json::{Map, Value};
use sqlx::types::Json;

use super::SettingLevel;
use super::compare::{Difference, compare};
use super::watched::{self, CREATIVE};
use crate::JsonText;
use crate::insights::AccountKey;
use crate::json_text::canonical;
use crate::objects::creative_settings;

rumbo_db::statements! {
    READ_FIELDS = "SELECT fields, read_at FROM read_fields \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND listing = $3";
    KEEP_FIELDS = "INSERT INTO read_fields (workspace_id, ad_account_id, listing, fields, read_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, ad_account_id, listing) \
        DO UPDATE SET fields = excluded.fields, read_at = excluded.read_at";
    ADD = "INSERT INTO setting_changes (workspace_id, id, run, seen_at, last_read_at, ad_account_id, \
        ad_campaign_id, ad_set_id, ad_id, ad_creative_id, field, kind, severity, before, after, to_compare) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    REPLACED = "SELECT id, ad_id, last_read_at, before, after FROM setting_changes \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND to_compare AND ad_id IS NOT NULL ORDER BY id";
    COMPARED = "UPDATE setting_changes SET to_compare = FALSE WHERE workspace_id = $1 AND id = $2";
}

/// An object with settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Campaign(AdCampaignId),
    AdSet(AdSetId),
    Ad(AdId),
    Creative(AdCreativeId),
}

impl Of {
    fn level(self) -> SettingLevel {
        match self {
            Self::Campaign(_) => SettingLevel::Campaign,
            Self::AdSet(_) => SettingLevel::AdSet,
            Self::Ad(_) => SettingLevel::Ad,
            Self::Creative(_) => SettingLevel::Creative,
        }
    }
}

/// The listing before this one.
#[derive(Clone, Debug)]
struct Earlier {
    /// The fields that every object in the store was read with.
    fields: BTreeSet<String>,
    read_at: DateTime<Utc>,
}

/// A listing that is compared with what is stored.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    run: i64,
    /// None before the first listing that was compared: then nothing is a change.
    earlier: Option<Earlier>,
    /// The fields that this listing is read with.
    fields: BTreeSet<String>,
}

impl Watch {
    /// Finds nothing.
    #[cfg(test)]
    pub fn nothing() -> Self {
        Self {
            run: 0,
            earlier: None,
            fields: BTreeSet::new(),
        }
    }

    /// A listing of this level that run `run` has read, or reads, with these fields.
    pub async fn begin(
        tx: &mut Tx,
        workspace: WorkspaceId,
        account: AdAccountId,
        level: SettingLevel,
        run: i64,
        fields: &[String],
    ) -> Result<Self> {
        Ok(Self {
            run,
            earlier: earlier(tx, workspace, account, level).await?,
            fields: fields.iter().cloned().collect(),
        })
    }

    /// Notes that the objects are about to be stored bit by bit: should it end half way, only what
    /// both halves were read with can be compared next time.
    pub async fn begin_parts(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        account: AdAccountId,
        level: SettingLevel,
    ) -> Result<()> {
        let Some(earlier) = &self.earlier else {
            return Ok(());
        };
        let both: BTreeSet<String> = earlier.fields.intersection(&self.fields).cloned().collect();
        if both == earlier.fields {
            return Ok(());
        }
        keep(tx, workspace, account, level, &both, earlier.read_at).await
    }

    /// Notes that every object is stored as this listing, begun at `began`, has it.
    pub async fn done(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        account: AdAccountId,
        level: SettingLevel,
        began: DateTime<Utc>,
    ) -> Result<()> {
        keep(tx, workspace, account, level, &self.fields, began).await
    }

    /// Keeps what an object's settings differ in, in the transaction that stores the new ones.
    pub async fn record(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        account: AccountKey,
        of: Of,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) -> Result<()> {
        let Some(earlier) = &self.earlier else {
            return Ok(());
        };
        let nothing = Value::Null;
        for name in watched::fields(of.level()) {
            if !earlier.fields.contains(*name) || !self.fields.contains(*name) {
                continue;
            }
            let old = before.get(*name).unwrap_or(&nothing);
            let new = after.get(*name).unwrap_or(&nothing);
            for difference in compare(name, old, new) {
                let seen = Seen {
                    run: self.run,
                    last_read_at: earlier.read_at,
                };
                add(tx, scope, account.id, of, seen, &difference).await?;
            }
        }
        Ok(())
    }
}

async fn earlier(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    level: SettingLevel,
) -> Result<Option<Earlier>> {
    let found: Option<(Json<BTreeSet<String>>, DateTime<Utc>)> =
        on_tx!(tx, |c| sqlx::query_as(READ_FIELDS)
            .bind(workspace)
            .bind(account)
            .bind(level.word())
            .fetch_optional(c)
            .await)
        .db()?;
    Ok(found.map(|(Json(fields), read_at)| Earlier { fields, read_at }))
}

async fn keep(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    level: SettingLevel,
    fields: &BTreeSet<String>,
    read_at: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(KEEP_FIELDS)
        .bind(workspace)
        .bind(account)
        .bind(level.word())
        .bind(Json(fields))
        .bind(read_at)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// When a difference was seen.
#[derive(Clone, Copy)]
struct Seen {
    run: i64,
    /// When it was not there yet.
    last_read_at: DateTime<Utc>,
}

async fn add(
    tx: &mut Tx,
    scope: &Scope,
    account: AdAccountId,
    of: Of,
    seen: Seen,
    difference: &Difference,
) -> Result<()> {
    let (kind, severity) = watched::meaning(difference);
    let (mut campaign, mut ad_set, mut ad, mut creative) = (None, None, None, None);
    match of {
        Of::Campaign(id) => campaign = Some(id),
        Of::AdSet(id) => ad_set = Some(id),
        Of::Ad(id) => ad = Some(id),
        Of::Creative(id) => creative = Some(id),
    }
    let json =
        |value: &Value| -> Option<JsonText> { (!value.is_null()).then(|| canonical(value).into()) };
    on_tx!(tx, |c| sqlx::query(ADD)
        .bind(scope.workspace)
        .bind(scope.id::<SettingChangeId>())
        .bind(seen.run)
        .bind(scope.now())
        .bind(seen.last_read_at)
        .bind(account)
        .bind(campaign)
        .bind(ad_set)
        .bind(ad)
        .bind(creative)
        .bind(&difference.path)
        .bind(kind.word())
        .bind(severity.word())
        .bind(json(&difference.before))
        .bind(json(&difference.after))
        .bind(difference.path == CREATIVE)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Asked for since settings are compared. A creative that has none of them may have been read
/// before that, and nothing can be said of what it lacks.
const ASKED_SINCE: [&str; 5] = [
    "contextual_multi_ads",
    "degrees_of_freedom_spec",
    "image_hash",
    "product_set_id",
    "url_tags",
];

/// Compares creatives that took another's place in an ad with the ones they replaced: editing an
/// ad makes a new creative, on which enhancements may be on again. Call it when the creatives of
/// the account have been stored.
pub(crate) async fn settle_replaced_creatives(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    run: i64,
) -> Result<()> {
    type Replaced = (
        SettingChangeId,
        AdId,
        DateTime<Utc>,
        Option<Json<Value>>,
        Option<Json<Value>>,
    );
    let replaced: Vec<Replaced> = on_tx!(tx, |c| sqlx::query_as(REPLACED)
        .bind(scope.workspace)
        .bind(account.id)
        .fetch_all(c)
        .await)
    .db()?;
    if replaced.is_empty() {
        return Ok(());
    }
    let read = earlier(tx, scope.workspace, account.id, SettingLevel::Creative).await?;
    let read = read.map(|read| read.fields).unwrap_or_default();
    for (id, ad, last_read_at, before, after) in replaced {
        if let (Some(Json(Value::String(before))), Some(Json(Value::String(after)))) =
            (&before, &after)
        {
            let Some(new) = creative_settings(tx, scope.workspace, account, after).await? else {
                // Not read yet.
                continue;
            };
            if let Some(old) = creative_settings(tx, scope.workspace, account, before).await? {
                let read_since = ASKED_SINCE.iter().any(|name| old.contains_key(*name));
                let nothing = Value::Null;
                for name in watched::fields(SettingLevel::Creative) {
                    let known = old.contains_key(*name) || read_since;
                    if !known || !read.contains(*name) {
                        continue;
                    }
                    let was = old.get(*name).unwrap_or(&nothing);
                    let is = new.get(*name).unwrap_or(&nothing);
                    for mut difference in compare(name, was, is) {
                        difference.path = format!("{CREATIVE}.{}", difference.path);
                        let seen = Seen { run, last_read_at };
                        add(tx, scope, account.id, Of::Ad(ad), seen, &difference).await?;
                    }
                }
            }
        }
        on_tx!(tx, |c| sqlx::query(COMPARED)
            .bind(scope.workspace)
            .bind(id)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}
