//! Who may call, and for which workspace: kept in memory, and read anew when something changed.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{CacheTag, ChannelId, ChatwootLinkId, Result, Secret};
use rumbo_channels::Provider;
use rumbo_engage::{chatwoot, webhooks};
use rumbo_platform::{Scope, workspaces};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use crate::wire::CoreEvent;
use crate::{App, Context, connection};

/// Where Meta calls: one address for every product and workspace of an app.
pub(crate) const META_PATH: &str = "/crm/webhook/meta";
/// Where YCloud calls: one address for every number of its accounts.
pub(crate) const YCLOUD_PATH: &str = "/webhook/ycloud";

/// What was read is used this long, if nothing is told to have changed: another program may have.
const USED_FOR: TimeDelta = TimeDelta::seconds(20);

/// The path of a channel's own address.
pub(crate) fn channel_path(provider: Provider, channel: ChannelId) -> String {
    format!("/webhook/{}/{channel}", provider.word())
}

/// Where the Chatwoot of a link calls.
pub(crate) fn chatwoot_path(link: ChatwootLinkId) -> String {
    format!("/webhook/chatwoot/{link}")
}

/// A workspace, as far as callers go.
#[derive(Clone, Debug)]
pub(super) struct Door {
    pub scope: Scope,
    /// The secret of the Meta app in force.
    pub app_secret: Option<Secret>,
    pub channels: BTreeMap<ChannelId, Provider>,
    /// The link to Chatwoot, and what its webhooks are signed with.
    pub chatwoot: Option<(ChatwootLinkId, Option<Secret>)>,
    /// What providers call what is ours: numbers, pages, accounts.
    pub names: HashSet<String>,
}

#[derive(Debug)]
struct Read {
    doors: Arc<Vec<Door>>,
    at: DateTime<Utc>,
}

/// The doors of every workspace.
#[derive(Debug)]
pub(super) struct Doors {
    app: App,
    read: Mutex<Option<Read>>,
    events: Mutex<Receiver<CoreEvent>>,
}

impl Doors {
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            read: Mutex::new(None),
            events: Mutex::new(app.events()),
        }
    }

    /// Every workspace's door.
    pub async fn all(&self) -> Result<Arc<Vec<Door>>> {
        let now = self.app.0.config.clock.now();
        let changed = self.changed();
        {
            let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(read) = read.as_ref()
                && !changed
                && now - read.at < USED_FOR
            {
                return Ok(read.doors.clone());
            }
        }
        let mut tx = self.app.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        drop(tx);
        let mut doors = Vec::new();
        for workspace in all.iter().filter(|w| w.archived_at.is_none()) {
            let scope = self.app.scope_of(workspace.id).await?;
            match door(&self.app, scope).await {
                Ok(door) => doors.push(door),
                // One workspace's trouble is not the others'.
                Err(error) => tracing::warn!(
                    workspace = workspace.slug,
                    error = error.chain(),
                    "who may call"
                ),
            }
        }
        let doors = Arc::new(doors);
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Read {
            doors: doors.clone(),
            at: now,
        });
        Ok(doors)
    }

    /// Whether something was told that changes who may call.
    fn changed(&self) -> bool {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        loop {
            match events.try_recv() {
                Ok(CoreEvent::Changed { tags, .. }) => {
                    changed |= tags.iter().any(|tag| {
                        matches!(
                            tag,
                            CacheTag::Channels
                                | CacheTag::Connection
                                | CacheTag::Settings
                                | CacheTag::Workspaces
                        )
                    });
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => changed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return changed,
            }
        }
    }
}

async fn door(app: &App, scope: Scope) -> Result<Door> {
    let cx = Context::new(app.clone(), Some(scope.clone()));
    let app_secret = match connection::app_secret(&cx).await {
        Ok(secret) => secret,
        // Without a keyring nothing of Meta's can be verified; what needs none goes on.
        Err(error) => {
            tracing::warn!(error = error.chain(), "the secret of the Meta app");
            None
        }
    };
    let mut tx = scope.read().await?;
    let ours = webhooks::ours(&mut tx, scope.workspace).await?;
    let link = chatwoot::link(&mut tx, scope.workspace).await?;
    drop(tx);
    let chatwoot = match link {
        Some(link) if link.signed => {
            let what = chatwoot::WEBHOOK_SECRET;
            let secret = chatwoot::secrets::get(&scope, &app.0.vault, link.id, what).await?;
            // A secret that cannot be found verifies nothing.
            secret.map(|secret| (link.id, Some(secret)))
        }
        Some(link) => Some((link.id, None)),
        None => None,
    };
    Ok(Door {
        chatwoot,
        scope,
        app_secret,
        channels: ours.channels,
        names: ours.names,
    })
}
