//! What providers call what is ours: to find the workspace that a call is for.

use std::collections::{BTreeMap, HashSet};

use rumbo_base::{ChannelId, Result, WorkspaceId};
use rumbo_channels::Provider;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

statements! {
    CHANNELS = "SELECT id, provider, sender, sender_id FROM channels WHERE workspace_id = $1 AND active = TRUE";
    ADDRESSED = "SELECT id, name, provider FROM channels WHERE workspace_id = $1 ORDER BY name, id";
    PAGES = "SELECT external_id FROM pages WHERE workspace_id = $1";
    WHATSAPP_ACCOUNTS = "SELECT external_id FROM whatsapp_accounts WHERE workspace_id = $1";
}

/// What is a workspace's own at providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ours {
    /// The channels in use.
    pub channels: BTreeMap<ChannelId, Provider>,
    /// Numbers, pages, bots and accounts, as providers call them.
    pub names: HashSet<String>,
}

#[derive(sqlx::FromRow)]
struct Channel {
    id: ChannelId,
    provider: Provider,
    sender: String,
    sender_id: String,
}

/// What is a workspace's own at providers.
///
/// # Errors
/// When the store cannot be read.
pub async fn ours(tx: &mut Tx, workspace: WorkspaceId) -> Result<Ours> {
    let rows: Vec<Channel> = on_tx!(tx, |c| sqlx::query_as(CHANNELS)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    let mut ours = Ours::default();
    for sql in [PAGES, WHATSAPP_ACCOUNTS] {
        let found: Vec<String> = on_tx!(tx, |c| sqlx::query_scalar(sql)
            .bind(workspace)
            .fetch_all(c)
            .await)
        .db()?;
        ours.names.extend(found);
    }
    for row in rows {
        ours.channels.insert(row.id, row.provider);
        let names = [row.sender, row.sender_id];
        ours.names
            .extend(names.into_iter().filter(|name| !name.is_empty()));
    }
    Ok(ours)
}

/// A channel that has, or shares, an address for webhooks.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Addressed {
    pub id: ChannelId,
    pub name: String,
    pub provider: Provider,
}

/// Every channel, by name.
///
/// # Errors
/// When the store cannot be read.
pub async fn addressed(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Addressed>> {
    on_tx!(tx, |c| sqlx::query_as(ADDRESSED)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}
