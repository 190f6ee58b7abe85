//! Creatives: what an ad says and shows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{AdAccountId, AdCreativeId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::AdCreative;
use rumbo_platform::Scope;
use sqlx::FromRow;

use super::listing::{ObjectCounts, Settings, clean, rest_without, same_picture};
use crate::insights::AccountKey;
use crate::setting_changes::{Of, Watch};
use crate::{JsonText, META};

rumbo_db::statements! {
    STORED = "SELECT id, external_id, name, status, object_type, headline, body, call_to_action, link_url, image_url, \
        video_id, thumbnail_url, page_external_id, instagram_external_id, rest, synced, last_seen_at, deleted_at \
        FROM ad_creatives WHERE workspace_id = $1 AND ad_account_id = $2";
    ONE = "SELECT name, status, object_type, headline, body, call_to_action, link_url, image_url, video_id, \
        thumbnail_url, page_external_id, instagram_external_id, rest FROM ad_creatives \
        WHERE workspace_id = $1 AND platform = $2 AND external_id = $3 AND synced";
    ADD = "INSERT INTO ad_creatives (workspace_id, id, platform, external_id, ad_account_id, name, status, \
        object_type, headline, body, call_to_action, link_url, image_url, video_id, thumbnail_url, \
        page_external_id, instagram_external_id, rest, synced, deleted_at, first_seen_at, created_at, \
        created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, \
        $15, $16, $17, $18, TRUE, $19, $20, $20, $21, $20, $21)";
    CHANGE = "UPDATE ad_creatives SET name = $3, status = $4, object_type = $5, headline = $6, body = $7, \
        call_to_action = $8, link_url = $9, image_url = $10, video_id = $11, thumbnail_url = $12, \
        page_external_id = $13, instagram_external_id = $14, rest = $15, synced = TRUE, deleted_at = $16, \
        last_seen_at = NULL, updated_at = $17, updated_by = $18 WHERE workspace_id = $1 AND id = $2";
    BY_ID = "SELECT external_id, id FROM ad_creatives WHERE workspace_id = $1 AND ad_account_id = $2";
    BARE = "SELECT external_id FROM ad_creatives WHERE workspace_id = $1 AND ad_account_id = $2 AND NOT synced \
        ORDER BY external_id";
    ADD_BARE = "INSERT INTO ad_creatives (workspace_id, id, platform, external_id, ad_account_id, name, synced, \
        rest, first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $4, FALSE, $6, $7, $7, $8, $7, $8)";
    PICTURES = "SELECT id, COALESCE(thumbnail_url, image_url) AS url FROM ad_creatives \
        WHERE workspace_id = $1 AND ad_account_id = $2 AND COALESCE(thumbnail_url, image_url) IS NOT NULL \
        ORDER BY id";
}

#[derive(FromRow)]
struct Stored {
    id: AdCreativeId,
    external_id: String,
    #[sqlx(flatten)]
    fields: Fields,
    synced: bool,
    last_seen_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Fields {
    name: String,
    status: Option<String>,
    object_type: Option<String>,
    headline: Option<String>,
    body: Option<String>,
    call_to_action: Option<String>,
    link_url: Option<String>,
    image_url: Option<String>,
    video_id: Option<String>,
    thumbnail_url: Option<String>,
    page_external_id: Option<String>,
    instagram_external_id: Option<String>,
    rest: JsonText,
}

impl Fields {
    /// Whether nothing changed but the signature of the pictures' addresses.
    fn same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.status == other.status
            && self.object_type == other.object_type
            && self.headline == other.headline
            && self.body == other.body
            && self.call_to_action == other.call_to_action
            && self.link_url == other.link_url
            && self.video_id == other.video_id
            && self.page_external_id == other.page_external_id
            && self.instagram_external_id == other.instagram_external_id
            && self.rest == other.rest
            && same_picture(self.image_url.as_deref(), other.image_url.as_deref())
            && same_picture(
                self.thumbnail_url.as_deref(),
                other.thumbnail_url.as_deref(),
            )
    }
}

impl Fields {
    fn settings(&self, account: AccountKey) -> serde_json::Map<String, serde_json::Value> {
        Settings::of_rest(&self.rest, account.currency, &[])
            .text("title", self.headline.as_deref())
            .text("body", self.body.as_deref())
            .text("link_url", self.link_url.as_deref())
            .text("call_to_action_type", self.call_to_action.as_deref())
            .text("object_type", self.object_type.as_deref())
            .text("video_id", self.video_id.as_deref())
            .done()
    }
}

/// The settings of a creative by Meta's id, or `None` while it was not read.
///
/// # Errors
/// As any read.
pub(crate) async fn creative_settings(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AccountKey,
    external_id: &str,
) -> Result<Option<serde_json::Map<String, serde_json::Value>>> {
    let found: Option<Fields> = on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(META)
        .bind(external_id)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(found.map(|fields| fields.settings(account)))
}

fn fields(creative: AdCreative) -> Fields {
    let content = creative.content();
    Fields {
        rest: rest_without(&creative.rest, &[]),
        name: clean(creative.name).unwrap_or_else(|| creative.id.clone()),
        status: creative.status,
        object_type: creative.object_type,
        headline: clean(content.headline),
        body: clean(content.body),
        call_to_action: content.call_to_action,
        link_url: content.link,
        image_url: content.image,
        video_id: creative.video_id,
        thumbnail_url: creative.thumbnail_url,
        page_external_id: content.page_id,
        instagram_external_id: content.instagram_user_id,
    }
}

/// Writes creatives of an account, from its listing or read one by one. None is marked as gone for
/// not being among them: the listing leaves out those of deleted ads.
///
/// # Errors
/// As any write.
pub(crate) async fn store_creatives(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    listing: Vec<AdCreative>,
    watch: &Watch,
) -> Result<ObjectCounts> {
    let now = scope.now();
    let stored: Vec<Stored> = on_tx!(tx, |c| sqlx::query_as(STORED)
        .bind(scope.workspace)
        .bind(account.id)
        .fetch_all(c)
        .await)
    .db()?;
    let mut known: HashMap<String, Stored> = stored
        .into_iter()
        .map(|row| (row.external_id.clone(), row))
        .collect();
    let mut counts = ObjectCounts::default();
    for creative in listing {
        let external_id = creative.id.clone();
        let new = fields(creative);
        let deleted = new.status.as_deref() == Some("DELETED");
        let Some(old) = known.remove(&external_id) else {
            add(
                tx,
                scope,
                account,
                &external_id,
                new,
                deleted.then_some(now),
            )
            .await?;
            counts.added += 1;
            continue;
        };
        if old.synced
            && old.fields.same(&new)
            && old.last_seen_at.is_none()
            && old.deleted_at.is_some() == deleted
        {
            counts.unchanged += 1;
            continue;
        }
        if old.synced {
            let (before, after) = (old.fields.settings(account), new.settings(account));
            let of = Of::Creative(old.id);
            watch
                .record(tx, scope, account, of, &before, &after)
                .await?;
        }
        let deleted_at = deleted.then(|| old.deleted_at.unwrap_or(now));
        change(tx, scope, old.id, new, deleted_at).await?;
        counts.changed += 1;
    }
    Ok(counts)
}

async fn add(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    external_id: &str,
    new: Fields,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(ADD)
        .bind(scope.workspace)
        .bind(scope.id::<AdCreativeId>())
        .bind(META)
        .bind(external_id)
        .bind(account.id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.object_type)
        .bind(new.headline)
        .bind(new.body)
        .bind(new.call_to_action)
        .bind(new.link_url)
        .bind(new.image_url)
        .bind(new.video_id)
        .bind(new.thumbnail_url)
        .bind(new.page_external_id)
        .bind(new.instagram_external_id)
        .bind(new.rest)
        .bind(deleted_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

async fn change(
    tx: &mut Tx,
    scope: &Scope,
    id: AdCreativeId,
    new: Fields,
    deleted_at: Option<DateTime<Utc>>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(CHANGE)
        .bind(scope.workspace)
        .bind(id)
        .bind(new.name)
        .bind(new.status)
        .bind(new.object_type)
        .bind(new.headline)
        .bind(new.body)
        .bind(new.call_to_action)
        .bind(new.link_url)
        .bind(new.image_url)
        .bind(new.video_id)
        .bind(new.thumbnail_url)
        .bind(new.page_external_id)
        .bind(new.instagram_external_id)
        .bind(new.rest)
        .bind(deleted_at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Local ids of an account's creatives by Meta's id.
pub(super) async fn creatives_by_id(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<HashMap<String, AdCreativeId>> {
    let rows: Vec<(String, AdCreativeId)> = on_tx!(tx, |c| sqlx::query_as(BY_ID)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows.into_iter().collect())
}

/// Stores a creative of which only the id is known.
pub(super) async fn add_bare(
    tx: &mut Tx,
    scope: &Scope,
    account: AccountKey,
    external_id: &str,
) -> Result<AdCreativeId> {
    let id = scope.id::<AdCreativeId>();
    on_tx!(tx, |c| sqlx::query(ADD_BARE)
        .bind(scope.workspace)
        .bind(id)
        .bind(META)
        .bind(external_id)
        .bind(account.id)
        .bind(JsonText("{}".into()))
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    Ok(id)
}

/// Meta's ids of creatives that ads name and no listing has shown, to be read one by one.
///
/// # Errors
/// As any read.
pub async fn bare_creatives(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<Vec<String>> {
    on_tx!(tx, |c| sqlx::query_scalar(BARE)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()
}

/// Where the picture of a creative can be had.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CreativePicture {
    /// The creative.
    pub id: AdCreativeId,
    /// The address; signed, so it works only for a while.
    pub url: String,
}

/// The pictures of an account's creatives.
///
/// # Errors
/// As any read.
pub async fn pictures(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
) -> Result<Vec<CreativePicture>> {
    on_tx!(tx, |c| sqlx::query_as(PICTURES)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()
}
