//! The link to Chatwoot, and what keeps the two in step while the program runs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{CacheTag, ChatwootLinkId, Code, Error, Reason, Result, Secret, WorkspaceId};
use rumbo_channels::{Chatwoot, ChatwootProfile, chatwoot_address};
use rumbo_engage::channels;
use rumbo_engage::chatwoot::{self as kept, Link, LinkFields, LinkState, Report, Timing, secrets};
use rumbo_http::HttpSettings;
use rumbo_platform::{Scope, workspaces};
use tokio::sync::Notify;

use crate::agent::chatwoot_path;
use crate::dashboard::count;
use crate::wire::{
    ChatwootAccountFound, ChatwootChannel, ChatwootFound, ChatwootInboxFound, ChatwootLink,
    ChatwootStatus, ConnectChatwoot, DisconnectChatwoot, GetChatwoot, LookAtChatwoot,
};
use crate::{App, Context};

/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_secs(3);

/// A token that was read is used this long: it may be another by then.
const USED_FOR: TimeDelta = TimeDelta::seconds(20);

/// Hours of a pause where nobody chose.
const PAUSE_HOURS: u32 = 24;

/// What goes stale when the link changes.
const STALE: [CacheTag; 2] = [CacheTag::Channels, CacheTag::Conversations];

/// How the workspace is linked to Chatwoot, and how far the mirror is. Nothing is called.
///
/// # Errors
/// When the store cannot be read.
pub async fn get_chatwoot(cx: &Context, _req: GetChatwoot) -> Result<ChatwootStatus> {
    status(cx).await
}

async fn status(cx: &Context) -> Result<ChatwootStatus> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let link = kept::link(&mut tx, scope.workspace).await?;
    let all = channels::list(&mut tx, scope.workspace).await?;
    let (mirrored, backlog) = match &link {
        Some(link) => (
            kept::chosen_channels(&mut tx, scope.workspace, link.id).await?,
            kept::backlog(&mut tx, scope.workspace, link.id).await?,
        ),
        None => (Vec::new(), kept::Backlog::default()),
    };
    drop(tx);
    let agent = cx.app.agent().await;
    let link = link.map(|link| {
        let path = chatwoot_path(link.id);
        let url = agent.as_ref().map(|agent| {
            let base = agent.public_url.trim_end_matches('/');
            format!("{base}{path}")
        });
        shown(scope, link, &backlog, path, url)
    });
    Ok(ChatwootStatus {
        link,
        channels: all
            .into_iter()
            .filter(|channel| channel.active || mirrored.contains(&channel.id))
            .map(|channel| ChatwootChannel {
                mirrored: mirrored.contains(&channel.id),
                id: channel.id,
                name: channel.name,
                kind: channel.kind,
            })
            .collect(),
    })
}

fn shown(
    scope: &Scope,
    link: Link,
    backlog: &kept::Backlog,
    webhook_path: String,
    webhook_url: Option<String>,
) -> ChatwootLink {
    let waits = link.state == LinkState::Connected && link.due_at > scope.now();
    // Of the whole of it before one conversation's.
    let (error, error_kind) = match link.error {
        Some(error) => (Some(error), link.error_kind),
        None => (backlog.error.clone(), backlog.error_kind.clone()),
    };
    ChatwootLink {
        base_url: link.base_url,
        account_id: count(link.account_id),
        account_name: link.account_name,
        inbox_id: count(link.inbox_id),
        inbox_name: link.inbox_name,
        user_name: link.user_name,
        pause_hours: u32::try_from(link.pause_hours).unwrap_or_default(),
        state: link.state,
        state_reason: link.state_reason,
        state_since: link.state_since,
        error,
        error_kind,
        retry_at: waits.then_some(link.due_at),
        waiting: count(backlog.waiting),
        mirrored: count(backlog.mirrored),
        refused: count(backlog.refused),
        replies: count(backlog.replies),
        webhook_path,
        webhook_url,
        webhook_signed: link.signed,
        webhook_at: link.told_at,
        since: link.created_at,
    }
}

/// Which accounts and inboxes an access token reaches. Nothing is kept.
///
/// # Errors
/// `InvalidInput` for an address or a token that cannot be used, `Offline`.
pub async fn look_at_chatwoot(cx: &Context, req: LookAtChatwoot) -> Result<ChatwootFound> {
    let base_url = chatwoot_address(&req.base_url)?.to_string();
    let base_url = base_url.trim_end_matches('/').to_owned();
    let token = token(cx, &base_url, req.token).await?;
    let (chatwoot, profile) = enter(cx, &base_url, token).await?;
    let mut accounts = Vec::new();
    for account in &profile.accounts {
        let inboxes = chatwoot.inboxes(account.id).await?;
        accounts.push(ChatwootAccountFound {
            id: count(account.id),
            name: account.name.clone(),
            inboxes: inboxes
                .into_iter()
                .map(|inbox| ChatwootInboxFound {
                    id: count(inbox.id),
                    usable: inbox.takes_messages(),
                    name: inbox.name,
                })
                .collect(),
        });
    }
    Ok(ChatwootFound {
        base_url,
        user_name: profile.name,
        accounts,
    })
}

/// The token that was given, or else the one that is kept for this address.
async fn token(cx: &Context, base_url: &str, given: Option<Secret>) -> Result<Secret> {
    if let Some(given) = given.filter(|token| !token.expose().trim().is_empty()) {
        return Ok(Secret::from(given.expose().trim()));
    }
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let link = kept::link(&mut tx, scope.workspace).await?;
    drop(tx);
    // Never sent to another address than the one it was entered for.
    let of_this = link.filter(|link| link.base_url == base_url);
    let held = match of_this {
        Some(link) => secrets::get(scope, &cx.app.0.vault, link.id, kept::TOKEN).await?,
        None => None,
    };
    held.ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "The access token is missing. Copy it from the profile settings in Chatwoot.",
        )
        .reason(Reason::ValueMissing)
        .field("token")
    })
}

async fn enter(cx: &Context, base_url: &str, token: Secret) -> Result<(Chatwoot, ChatwootProfile)> {
    let clock = cx.scope()?.clock.clone();
    let chatwoot = Chatwoot::new(base_url, token, HttpSettings::default(), clock)?;
    let profile = chatwoot.profile().await?;
    Ok((chatwoot, profile))
}

/// Links the workspace to an inbox, or changes how it is linked. What is wrong is said before anything
/// is kept; the access token and the webhook's secret lie in the vault.
///
/// # Errors
/// `InvalidInput` that names the field, `Offline`, and those of the vault.
pub async fn connect_chatwoot(cx: &Context, req: ConnectChatwoot) -> Result<ChatwootStatus> {
    let base_url = chatwoot_address(&req.base_url)?.to_string();
    let base_url = base_url.trim_end_matches('/').to_owned();
    let token = token(cx, &base_url, req.token).await?;
    let (chatwoot, profile) = enter(cx, &base_url, token.clone()).await?;
    let unknown = |field: &str, value: u32, choices: String| {
        Error::new(
            Code::InvalidInput,
            format!("The access token does not reach {value}. It reaches: {choices}."),
        )
        .reason(Reason::ValueUnknown)
        .field(field)
        .param("value", value)
        .param("choices", choices)
    };
    let account = profile
        .accounts
        .iter()
        .find(|account| account.id == i64::from(req.account_id))
        .ok_or_else(|| {
            let all: Vec<String> = profile
                .accounts
                .iter()
                .map(|it| it.id.to_string())
                .collect();
            unknown("account_id", req.account_id, all.join(", "))
        })?;
    let inboxes = chatwoot.inboxes(account.id).await?;
    let inbox = inboxes
        .iter()
        .filter(|inbox| inbox.takes_messages())
        .find(|inbox| inbox.id == i64::from(req.inbox_id))
        .ok_or_else(|| {
            let usable = inboxes.iter().filter(|inbox| inbox.takes_messages());
            let all: Vec<String> = usable.map(|it| it.id.to_string()).collect();
            unknown("inbox_id", req.inbox_id, all.join(", "))
        })?;
    let fields = LinkFields {
        base_url,
        account: (account.id, account.name.clone()),
        inbox: (inbox.id, inbox.name.clone()),
        user: (profile.id, profile.name.clone()),
        pause_hours: i64::from(req.pause_hours.unwrap_or(PAUSE_HOURS)),
        channels: req.channels,
    };
    let scope = cx.scope()?;
    let vault = &cx.app.0.vault;
    let mut tx = scope.write().await?;
    let before = kept::link(&mut tx, scope.workspace).await?;
    let link = kept::save(&mut tx, scope, &fields).await?;
    let mut keep = BTreeMap::from([(kept::TOKEN, token)]);
    if let Some(secret) = req.webhook_secret {
        let secret = Secret::from(secret.expose().trim());
        kept::set_signed(&mut tx, scope, link.id, !secret.expose().is_empty()).await?;
        keep.insert(kept::WEBHOOK_SECRET, secret);
    }
    // The secrets first: a link without them could be used by nobody.
    secrets::keep(scope, vault, link.id, keep).await?;
    tx.commit().await?;
    if let Some(other) = before.filter(|before| before.id != link.id) {
        forget(cx, other.id).await?;
    }
    cx.app.0.mirroring.forget(scope.workspace);
    cx.changed(&STALE);
    cx.app.0.mirroring.wake.notify_one();
    status(cx).await
}

/// Ends the link. What was mirrored stays in both; the access token and the webhook's secret are
/// forgotten.
///
/// # Errors
/// `NotFound` where there is none, and those of the vault.
pub async fn disconnect_chatwoot(cx: &Context, _req: DisconnectChatwoot) -> Result<ChatwootStatus> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let link = kept::link(&mut tx, scope.workspace).await?.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This workspace is not linked to Chatwoot. Connect it first.",
        )
        .reason(Reason::Gone)
        .param("what", "chatwoot")
    })?;
    kept::disconnect(&mut tx, scope, link.id).await?;
    forget(cx, link.id).await?;
    tx.commit().await?;
    cx.app.0.mirroring.forget(scope.workspace);
    cx.changed(&STALE);
    status(cx).await
}

async fn forget(cx: &Context, id: ChatwootLinkId) -> Result<()> {
    let empty = || Secret::from("");
    let both = BTreeMap::from([(kept::TOKEN, empty()), (kept::WEBHOOK_SECRET, empty())]);
    secrets::keep(cx.scope()?, &cx.app.0.vault, id, both).await
}

/// Who keeps the two in step.
#[derive(Debug, Default)]
pub(crate) struct Mirroring {
    wake: Notify,
    busy: Mutex<HashSet<WorkspaceId>>,
    opened: Mutex<HashMap<WorkspaceId, Opened>>,
}

#[derive(Debug)]
struct Opened {
    link: ChatwootLinkId,
    chatwoot: Chatwoot,
    at: DateTime<Utc>,
}

impl Mirroring {
    /// Something came that can be worked on.
    pub(crate) fn soon(&self) {
        self.wake.notify_one();
    }

    fn forget(&self, workspace: WorkspaceId) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.remove(&workspace);
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, HashSet<WorkspaceId>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Keeps every linked workspace in step from now on, until the program ends.
    pub(crate) fn start_mirroring(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = app.mirror_everywhere().await {
                    tracing::warn!(error = error.chain(), "mirroring to Chatwoot");
                }
                tokio::select! {
                    () = app.0.mirroring.wake.notified() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
        });
    }

    async fn mirror_everywhere(&self) -> Result<()> {
        let mut tx = self.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        drop(tx);
        for workspace in all.into_iter().filter(|w| w.archived_at.is_none()) {
            let app = self.clone();
            // A long turn of one workspace does not hold up another.
            tokio::spawn(async move {
                if let Err(error) = app.mirror(workspace.id).await {
                    tracing::warn!(
                        workspace = workspace.slug,
                        error = error.chain(),
                        "mirroring to Chatwoot"
                    );
                }
            });
        }
        Ok(())
    }

    /// Does what the mirror of a workspace has to do now. `None` where it is not linked, or this program
    /// is at it already.
    ///
    /// # Errors
    /// When the store or the vault cannot be read. That Chatwoot cannot be used is noted at the link.
    pub async fn mirror(&self, workspace: WorkspaceId) -> Result<Option<Report>> {
        if !self.0.mirroring.busy().insert(workspace) {
            return Ok(None);
        }
        let done = Box::pin(self.mirror_alone(workspace)).await;
        self.0.mirroring.busy().remove(&workspace);
        done
    }

    async fn mirror_alone(&self, workspace: WorkspaceId) -> Result<Option<Report>> {
        let scope = self.scope_of(workspace).await?;
        // Nobody in person mirrors.
        let scope = Scope {
            actor: None,
            ..scope
        };
        let mut tx = scope.read().await?;
        let link = kept::link(&mut tx, workspace).await?;
        drop(tx);
        let Some(link) = link.filter(|link| link.state == LinkState::Connected) else {
            return Ok(None);
        };
        let chatwoot = self.open_chatwoot(&scope, &link).await?;
        let report = kept::run_once(&scope, &chatwoot, link.id, &Timing::default()).await?;
        if !report.is_empty() {
            let cx = Context::new(self.clone(), Some(scope));
            cx.changed(&STALE);
            if report.replies > 0 || report.resolved > 0 {
                cx.changed(&[CacheTag::Outbox]);
                self.send_soon(workspace);
            }
        }
        Ok(Some(report))
    }

    /// A client with the token of the vault, or the one that was opened just now.
    async fn open_chatwoot(&self, scope: &Scope, link: &Link) -> Result<Chatwoot> {
        let now = scope.now();
        {
            let opened = self.0.mirroring.opened.lock();
            let opened = opened.unwrap_or_else(PoisonError::into_inner);
            if let Some(kept) = opened.get(&scope.workspace)
                && kept.link == link.id
                && now - kept.at < USED_FOR
            {
                return Ok(kept.chatwoot.clone());
            }
        }
        let token = secrets::get(scope, &self.0.vault, link.id, kept::TOKEN)
            .await?
            .ok_or_else(|| {
                Error::new(
                    Code::NotFound,
                    "The vault does not hold this secret any more. Enter it, or connect again.",
                )
                .reason(Reason::SecretGone)
            })?;
        let clock = scope.clock.clone();
        let chatwoot = Chatwoot::new(&link.base_url, token, HttpSettings::default(), clock)?;
        let kept = Opened {
            link: link.id,
            chatwoot: chatwoot.clone(),
            at: now,
        };
        let opened = self.0.mirroring.opened.lock();
        let mut opened = opened.unwrap_or_else(PoisonError::into_inner);
        opened.insert(scope.workspace, kept);
        Ok(chatwoot)
    }
}
