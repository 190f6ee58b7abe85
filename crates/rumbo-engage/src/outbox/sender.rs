//! The sender of a dispatch: a channel as far as planning and pacing need it. Its secrets are not here.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rumbo_base::{ChannelId, Code, Error, Reason, Result, WorkspaceId};
use rumbo_channels::{ChannelKind, Provider, Trouble, TroubleKind};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;

use crate::channels::{self, Price, PriceList};

statements! {
    ONE = "SELECT id, name, provider, active, state, state_reason, state_detail, per_second, settings FROM channels \
        WHERE workspace_id = $1 AND id = $2";
    ALL = "SELECT id, name, provider, active, state, state_reason, state_detail, per_second, settings FROM channels \
        WHERE workspace_id = $1 ORDER BY active DESC, name, id";
    STOP = "UPDATE channels SET state = 'disconnected', state_reason = $3, state_detail = $5, state_since = $4, \
        updated_at = $4 \
        WHERE workspace_id = $1 AND id = $2 AND state <> 'disconnected'";
}

/// A channel that sends.
#[derive(Clone, Debug)]
pub struct Sender {
    pub id: ChannelId,
    pub name: String,
    pub provider: Provider,
    /// Somebody lets it send, and it is connected.
    pub ready: bool,
    /// Why it is not, and what the provider said of it.
    pub state_reason: Option<TroubleKind>,
    pub state_detail: Option<String>,
    /// Messages a second; `None` for what the provider allows.
    pub per_second: Option<u32>,
    /// People it may write to within 24 hours: `people_a_day` of its settings, such as WhatsApp's tier.
    pub people_a_day: Option<i64>,
    /// The WhatsApp account it belongs to, where that is known: it sends the templates of that one.
    pub account: Option<String>,
    /// What a message costs, where somebody entered it.
    pub prices: PriceList,
}

/// Settings of a channel that are the outbox's, whoever provides it; all of them are texts and may be
/// absent. `people_a_day`: as on [`Sender`].
pub const CHANNEL_SETTINGS: [&str; 1] = ["people_a_day"];

#[derive(sqlx::FromRow)]
struct Row {
    id: ChannelId,
    name: String,
    provider: Provider,
    active: bool,
    state: String,
    state_reason: Option<TroubleKind>,
    state_detail: Option<String>,
    per_second: Option<i64>,
    settings: Json<serde_json::Value>,
}

/// A number among a channel's settings; what a newer program wrote there does not stop it.
fn setting(settings: &serde_json::Value, name: &str) -> Option<i64> {
    match settings.get(name)? {
        serde_json::Value::String(text) => text.trim().parse().ok(),
        serde_json::Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

impl Row {
    fn with(self, prices: PriceList) -> Sender {
        Sender {
            id: self.id,
            name: self.name,
            provider: self.provider,
            ready: self.active && self.state == "connected",
            state_reason: self.state_reason,
            state_detail: self.state_detail,
            per_second: self.per_second.and_then(|n| u32::try_from(n).ok()),
            people_a_day: setting(&self.settings.0, "people_a_day"),
            account: self
                .settings
                .0
                .get("account")
                .and_then(serde_json::Value::as_str)
                .map(str::trim)
                .filter(|account| !account.is_empty())
                .map(str::to_owned),
            prices,
        }
    }
}

impl Sender {
    /// A channel of which nothing is known but its provider, for tests.
    #[cfg(test)]
    pub(crate) fn plain(id: ChannelId, provider: Provider) -> Self {
        Self {
            id,
            name: provider.word().to_owned(),
            provider,
            ready: true,
            state_reason: None,
            state_detail: None,
            per_second: None,
            account: None,
            people_a_day: None,
            prices: PriceList::default(),
        }
    }

    /// What kind of channel it is.
    pub fn kind(&self) -> ChannelKind {
        self.provider.kind()
    }

    /// How long after a person's last message free text may be sent; `None` without a bound.
    pub fn window(&self) -> Option<TimeDelta> {
        match self.provider {
            Provider::WhatsappCloud
            | Provider::Ycloud
            | Provider::Messenger
            | Provider::Instagram => Some(TimeDelta::hours(24)),
            Provider::Evolution
            | Provider::Twilio
            | Provider::Vonage
            | Provider::Telegram
            | Provider::Smtp => None,
        }
    }

    /// Whether it sends templates as such; elsewhere their text is sent.
    pub fn sends_templates(&self) -> bool {
        matches!(self.provider, Provider::WhatsappCloud | Provider::Ycloud)
    }

    /// Whether it could send a template of this WhatsApp account.
    pub fn has_templates_of(&self, account: &str) -> bool {
        self.account.as_deref().is_none_or(|own| own == account)
    }

    /// The longest text in UTF-16 units.
    pub fn longest_text(&self) -> Option<usize> {
        match self.provider.kind() {
            ChannelKind::Whatsapp | ChannelKind::Telegram => Some(4_096),
            ChannelKind::Messenger => Some(2_000),
            ChannelKind::Instagram => Some(1_000),
            ChannelKind::Sms => Some(1_600),
            ChannelKind::Email => None,
        }
    }
}

/// One channel.
///
/// # Errors
/// `NotFound`.
pub async fn find(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId) -> Result<Sender> {
    let row: Option<Row> = on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    let row = row.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This channel does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "channel")
        .field("channel_id")
    })?;
    Ok(row.with(channels::prices(tx, workspace, id).await?))
}

/// Every channel of the workspace, those in use first.
///
/// # Errors
/// When the store cannot be read.
pub async fn all(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Sender>> {
    let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(ALL)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()?;
    let mut lists: BTreeMap<ChannelId, Vec<Price>> = BTreeMap::new();
    for price in channels::all_prices(tx, workspace).await? {
        lists.entry(price.channel_id).or_default().push(price);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let lines = lists.remove(&row.id).unwrap_or_default();
            row.with(lines.into())
        })
        .collect())
}

/// Stops a channel until somebody looks after it: its provider refuses everything.
pub(super) async fn stop(
    tx: &mut Tx,
    scope: &rumbo_platform::Scope,
    id: ChannelId,
    trouble: &Trouble,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(STOP)
        .bind(scope.workspace)
        .bind(id)
        .bind(trouble.kind)
        .bind(scope.now())
        .bind(&trouble.detail)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
