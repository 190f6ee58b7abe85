//! Templates at the provider: pulled, submitted, deleted, and the samples of their headers.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, Code, Error, Reason, Result, WorkspaceId};
use rumbo_channels::{Channel, MetaTemplates, Provider, TemplateAccount};
use rumbo_db::Tx;
use rumbo_engage::channels::{self, StoredChannel};
use rumbo_engage::templates::{self, TemplateState};
use rumbo_http::HttpSettings;
use rumbo_platform::connections;

use super::STALE;
use super::look::{detail, numbers};
use crate::wire::{
    DeleteTemplate, Done, PullTemplates, PulledAccount, PulledTemplates, SubmitTemplate,
    TemplateDetail, TemplateSample, UploadTemplateSample, WireError,
};
use crate::{Context, connection};

/// How often templates are read again by themselves (DETAILS T-1).
const INTERVAL: TimeDelta = TimeDelta::hours(6);
/// How often while something is under review, or was not answered.
const WHILE_WAITING: TimeDelta = TimeDelta::minutes(10);
/// The largest picture that is shown from itself.
const SHOWN: usize = 512 * 1024;

/// When each account was last tried, whatever came of it.
#[derive(Debug, Default)]
pub(crate) struct TemplateLooks(Mutex<BTreeMap<(WorkspaceId, String), DateTime<Utc>>>);

impl TemplateLooks {
    fn tried(&self, workspace: WorkspaceId, account: &str, now: DateTime<Utc>) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.insert((workspace, account.to_owned()), now);
    }

    fn last(&self, workspace: WorkspaceId, account: &str) -> Option<DateTime<Utc>> {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.get(&(workspace, account.to_owned())).copied()
    }
}

/// A WhatsApp account that can be asked.
#[derive(Clone, Debug)]
pub(super) struct WhatsappAccount {
    pub provider: Provider,
    pub account: String,
    pub name: String,
    /// The numbers that people see.
    pub numbers: Vec<String>,
    /// By which it is asked, with the channel's own token; none for those of the sign-in at Meta.
    pub channel: Option<ChannelId>,
}

impl Default for WhatsappAccount {
    fn default() -> Self {
        Self {
            provider: Provider::WhatsappCloud,
            account: String::new(),
            name: String::new(),
            numbers: Vec::new(),
            channel: None,
        }
    }
}

/// The accounts that are chosen where Meta is connected, and those of channels with a token of their
/// own, at Meta or at YCloud. One that is both is asked with the sign-in, as long as there is one.
pub(super) async fn accounts(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<WhatsappAccount>> {
    let signed_in = connections::current(tx, workspace).await?.is_some();
    let known = connections::whatsapp_accounts(tx, workspace).await?;
    let mut all: Vec<WhatsappAccount> = known
        .into_iter()
        .filter(|account| account.selected && signed_in)
        .map(|account| WhatsappAccount {
            provider: Provider::WhatsappCloud,
            numbers: numbers(&account),
            account: account.external_id,
            name: account.name,
            channel: None,
        })
        .collect();
    for channel in channels::list(tx, workspace).await? {
        let Some(account) = account_of(&channel) else {
            continue;
        };
        match all.iter_mut().find(|one| one.account == account) {
            Some(known) if known.channel.is_some() => known.numbers.push(channel.sender),
            Some(_) => {}
            None => all.push(WhatsappAccount {
                provider: channel.provider,
                account,
                name: channel.name,
                numbers: vec![channel.sender],
                channel: Some(channel.id),
            }),
        }
    }
    Ok(all)
}

/// Whether a channel is in use and can be asked for templates with a token of its own.
fn keeps_templates(channel: &StoredChannel) -> bool {
    let at_provider = matches!(channel.provider, Provider::WhatsappCloud | Provider::Ycloud);
    channel.active && channel.connection_id.is_none() && at_provider
}

/// The account of a channel that can be asked for its templates.
fn account_of(channel: &StoredChannel) -> Option<String> {
    let account = channel.settings.get("account")?.as_str()?.trim();
    (keeps_templates(channel) && !account.is_empty()).then(|| account.to_owned())
}

async fn all_accounts(cx: &Context) -> Result<Vec<WhatsappAccount>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    accounts(&mut tx, scope.workspace).await
}

/// Who keeps the templates of an account.
enum Keeper {
    Meta(MetaTemplates),
    Channel(Arc<dyn Channel>),
}

impl Keeper {
    fn templates(&self) -> Result<&dyn TemplateAccount> {
        match self {
            Self::Meta(meta) => Ok(meta),
            Self::Channel(channel) => channel
                .template_account()
                .ok_or_else(|| Error::internal("this channel keeps no templates")),
        }
    }
}

async fn keeper(cx: &Context, account: &WhatsappAccount, in_background: bool) -> Result<Keeper> {
    let Some(id) = account.channel else {
        let graph = if in_background {
            connection::background_client(cx).await?
        } else {
            connection::interactive_client(cx).await?
        };
        let app_id = connection::app_id(cx).await?;
        return Ok(Keeper::Meta(MetaTemplates::of_app(graph, app_id)));
    };
    let (scope, http) = (cx.scope()?, HttpSettings::default());
    let channel = channels::open_channel(scope, &cx.app.0.vault, http, id).await?;
    Ok(Keeper::Channel(channel))
}

/// Who keeps a template that is there: whoever its account is asked at now.
async fn keeper_of(cx: &Context, provider: Provider, account: &str) -> Result<Keeper> {
    let known = all_accounts(cx).await?;
    match known.into_iter().find(|one| one.account == account) {
        Some(found) => keeper(cx, &found, false).await,
        None if provider == Provider::WhatsappCloud && connection::is_there(cx).await? => {
            keeper(cx, &WhatsappAccount::default(), false).await
        }
        None => Err(Error::new(
            Code::NotFound,
            format!("No channel in use belongs to the WhatsApp account {account}. Switch its channel on, or add one."),
        )
        .reason(Reason::WhatsappAccountNeeded)),
    }
}

/// What Meta answered says whether it can be reached; what others answer says nothing of it.
fn heard<T>(cx: &Context, keeper: &Keeper, outcome: &Result<T>) {
    if matches!(keeper, Keeper::Meta(_)) {
        cx.app.heard(outcome);
    }
}

/// The account of this id or name, or the only one there is.
pub(super) async fn account(cx: &Context, named: Option<&str>) -> Result<WhatsappAccount> {
    let mut all = all_accounts(cx).await?;
    let Some(named) = named else {
        return match all.len() {
            1 => Ok(all.pop().unwrap_or_default()),
            0 => Err(no_account(cx).await?),
            _ => Err(Error::new(
                Code::InvalidInput,
                "There are several WhatsApp accounts. Say which one the template is for.",
            )
            .reason(Reason::ValueMissing)
            .field("account")),
        };
    };
    all.into_iter()
        .find(|one| one.account == named || one.name == named)
        .ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("The WhatsApp account {named} is neither chosen where Meta is connected nor that of a channel."),
            )
            .reason(Reason::IdUnknown)
            .param("id", named)
            .param("what", "whatsapp_account")
            .field("account")
        })
}

/// Why no account can be asked: none is chosen, or a channel does not say which is its own.
async fn no_account(cx: &Context) -> Result<Error> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let nameless = channels::list(&mut tx, scope.workspace)
        .await?
        .into_iter()
        .find(keeps_templates);
    Ok(nameless.map_or_else(none_chosen, |channel| {
        Error::new(
            Code::InvalidInput,
            format!("The channel {} does not say which WhatsApp account it belongs to. Enter the account's id at the channel.", channel.name),
        )
        .reason(Reason::ChannelAccountMissing)
        .param("name", channel.name)
        .field("account")
    }))
}

fn none_chosen() -> Error {
    Error::new(
        Code::NotFound,
        "No WhatsApp account is known. Choose one where Meta is connected, or add a channel of WhatsApp with its account, then try again.",
    )
    .reason(Reason::WhatsappAccountNeeded)
}

/// Brings templates and what became of them from the provider.
///
/// # Errors
/// `NotFound` when no account is chosen, or not this one; `NeedsSignIn`. An account that cannot be
/// read says so in its row, and the others are read all the same.
pub async fn pull_templates(cx: &Context, req: PullTemplates) -> Result<PulledTemplates> {
    let all = match req.account.as_deref() {
        Some(named) => vec![account(cx, Some(named)).await?],
        None => all_accounts(cx).await?,
    };
    if all.is_empty() {
        return Err(no_account(cx).await?);
    }
    let within = req.unless_within.map(|n| TimeDelta::seconds(n.into()));
    let mut due = Vec::new();
    let mut pulled = Vec::new();
    for one in all {
        let fresh = match within {
            Some(within) => looked_within(cx, &one, within).await?,
            None => false,
        };
        if fresh {
            pulled.push(PulledAccount {
                skipped: true,
                ..of(&one)
            });
        } else {
            due.push(one);
        }
    }
    // One account that cannot be opened holds up no other; where there is no other it is the answer.
    let alone = due.len() == 1 && pulled.is_empty();
    let asked = !due.is_empty();
    for one in due {
        match keeper(cx, &one, false).await {
            Ok(keeper) => pulled.push(pull_one(cx, &keeper, &one).await?),
            Err(error) if alone => return Err(error),
            Err(error) => pulled.push(PulledAccount {
                error: Some(WireError::from(&error)),
                ..of(&one)
            }),
        }
    }
    if asked {
        cx.changed(&STALE);
    }
    Ok(PulledTemplates { accounts: pulled })
}

fn of(account: &WhatsappAccount) -> PulledAccount {
    PulledAccount {
        account: account.account.clone(),
        name: account.name.clone(),
        added: 0,
        changed: 0,
        unchanged: 0,
        vanished: 0,
        unreadable: Vec::new(),
        skipped: false,
        error: None,
    }
}

async fn looked_within(cx: &Context, account: &WhatsappAccount, within: TimeDelta) -> Result<bool> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let last = templates::last_look(&mut tx, scope.workspace, &account.account).await?;
    Ok(last.is_some_and(|last| scope.now() - last < within))
}

async fn pull_one(
    cx: &Context,
    keeper: &Keeper,
    account: &WhatsappAccount,
) -> Result<PulledAccount> {
    let scope = cx.scope()?;
    let looks = &cx.app.0.template_looks;
    looks.tried(scope.workspace, &account.account, scope.now());
    let listed = keeper.templates()?.list(&account.account).await;
    heard(cx, keeper, &listed);
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => {
            return Ok(PulledAccount {
                error: Some(WireError::from(&error)),
                ..of(account)
            });
        }
    };
    let mut tx = scope.write().await?;
    let pulled =
        templates::pull(&mut tx, scope, account.provider, &account.account, &listed).await?;
    tx.commit().await?;
    Ok(PulledAccount {
        added: pulled.added,
        changed: pulled.changed,
        unchanged: pulled.unchanged,
        vanished: pulled.vanished,
        unreadable: pulled.unreadable,
        ..of(account)
    })
}

/// Pulls in the background what was not read for six hours; sooner while something is under review.
///
/// # Errors
/// When the store cannot be read; what the provider says is in the log.
pub(crate) async fn pull_if_due(cx: &Context) -> Result<()> {
    let scope = cx.scope()?;
    let accounts = all_accounts(cx).await?;
    if accounts.is_empty() {
        return Ok(());
    }
    let mut tx = scope.read().await?;
    let rows = templates::all(&mut tx, scope.workspace).await?;
    drop(tx);
    let mut due = Vec::new();
    for account in accounts {
        let waits = rows.iter().any(|row| {
            row.account == account.account
                && row.vanished_at.is_none()
                && matches!(row.state, TemplateState::Pending | TemplateState::Unknown)
        });
        let interval = if waits { WHILE_WAITING } else { INTERVAL };
        let looks = &cx.app.0.template_looks;
        let tried = looks
            .last(scope.workspace, &account.account)
            .is_some_and(|last| scope.now() - last < WHILE_WAITING);
        if !tried && !looked_within(cx, &account, interval).await? {
            due.push(account);
        }
    }
    if due.iter().any(|account| account.channel.is_none()) && !crate::sync::may_ask_meta(cx).await?
    {
        due.retain(|account| account.channel.is_some());
    }
    if due.is_empty() {
        return Ok(());
    }
    for account in &due {
        let looks = &cx.app.0.template_looks;
        looks.tried(scope.workspace, &account.account, scope.now());
    }
    let cx = cx.clone();
    tokio::spawn(async move {
        for account in &due {
            let outcome = async {
                let keeper = keeper(&cx, account, true).await?;
                pull_one(&cx, &keeper, account).await
            };
            match outcome.await {
                Ok(pulled) => {
                    if let Some(error) = pulled.error {
                        tracing::warn!(error = error.message, "templates");
                    }
                    cx.changed(&STALE);
                }
                Err(error) => tracing::warn!(error = error.chain(), "templates"),
            }
        }
    });
    Ok(())
}

/// Brings the newest version of a template to the provider.
///
/// # Errors
/// `InvalidInput` when Meta would refuse it; `Conflict` when its state or Meta's limits do not allow
/// it; what Meta refused all the same; `MetaUnavailable` when an answer was lost: then a pull tells.
pub async fn submit_template(cx: &Context, req: SubmitTemplate) -> Result<TemplateDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let submission = templates::prepare(&mut tx, scope, req.id).await?;
    drop(tx);
    let (provider, account) = submission.account();
    let keeper = keeper_of(cx, provider, account).await?;
    let answered = submission.ask(keeper.templates()?).await;
    let mut tx = scope.write().await?;
    let (row, failed) = submission.settle(&mut tx, scope, answered).await?;
    let detail = detail(&mut tx, scope, row.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    let outcome = failed.map_or(Ok(detail), Err);
    heard(cx, &keeper, &outcome);
    outcome
}

/// Deletes a template here and, in its language, at the provider.
///
/// # Errors
/// `NotFound`; `Conflict` naming what would fail without it; what Meta refused: then it stays.
pub async fn delete_template(cx: &Context, req: DeleteTemplate) -> Result<Done> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let row = templates::prepare_deletion(&mut tx, scope, req.id, req.although_used).await?;
    drop(tx);
    if row.external_id.is_some() && row.vanished_at.is_none() {
        let keeper = keeper_of(cx, row.provider, &row.account).await?;
        let gone = templates::delete_at_provider(keeper.templates()?, &row).await;
        heard(cx, &keeper, &gone);
        gone?;
    }
    let mut tx = scope.write().await?;
    templates::delete(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&STALE);
    Ok(Done {})
}

/// Uploads a file as the sample of a header.
///
/// # Errors
/// `InvalidInput` for a file that cannot be read or that Meta does not take, for an account whose
/// provider takes no files, and where there are several accounts and none is named; `NeedsSignIn`.
pub async fn upload_template_sample(
    cx: &Context,
    req: UploadTemplateSample,
) -> Result<TemplateSample> {
    let account = account(cx, req.account.as_deref()).await?;
    let path = Path::new(&req.path);
    let file_name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let ending = path
        .extension()
        .map(|end| end.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default();
    let (format, kind, most) = match ending.as_str() {
        "jpg" | "jpeg" => ("IMAGE", "image/jpeg", 5 << 20),
        "png" => ("IMAGE", "image/png", 5 << 20),
        "mp4" => ("VIDEO", "video/mp4", 16 << 20),
        "pdf" => ("DOCUMENT", "application/pdf", 100 << 20),
        _ => return Err(unfit()),
    };
    let unreadable = |error: std::io::Error| {
        Error::new(
            Code::InvalidInput,
            format!("{} cannot be read. Check that you may open it.", req.path),
        )
        .reason(Reason::FileUnreadable)
        .param("path", &req.path)
        .field("path")
        .source(error)
    };
    let length = tokio::fs::metadata(path).await.map_err(unreadable)?.len();
    if length == 0 || length > most {
        return Err(unfit());
    }
    let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
    let picture = (format == "IMAGE" && bytes.len() <= SHOWN)
        .then(|| format!("data:{kind};base64,{}", STANDARD.encode(&bytes)));
    let keeper = keeper(cx, &account, false).await?;
    let handle = keeper
        .templates()?
        .upload_sample(&file_name, kind, bytes.into())
        .await;
    heard(cx, &keeper, &handle);
    Ok(TemplateSample {
        handle: handle?,
        format: format.to_owned(),
        file_name,
        picture,
    })
}

fn unfit() -> Error {
    Error::new(
        Code::InvalidInput,
        "This file cannot be the sample of a header. Use a JPEG or PNG picture of up to 5 MB, an MP4 video of up to 16 MB, or a PDF of up to 100 MB.",
    )
    .reason(Reason::SampleUnfit)
    .field("path")
}
