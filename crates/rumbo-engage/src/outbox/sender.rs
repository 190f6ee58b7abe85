//! The sender of a dispatch: a channel as far as planning and pacing need it. Its secrets are not here.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rumbo_base::{ChannelId, Code, Currency, Error, Micros, Reason, Result, WorkspaceId};
use rumbo_channels::{ChannelKind, Provider};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;

statements! {
    ONE = "SELECT id, name, provider, active, state, state_reason, per_second, settings FROM channels \
        WHERE workspace_id = $1 AND id = $2";
    ALL = "SELECT id, name, provider, active, state, state_reason, per_second, settings FROM channels \
        WHERE workspace_id = $1 ORDER BY active DESC, name, id";
    STOP = "UPDATE channels SET state = 'disconnected', state_reason = $3, state_since = $4, updated_at = $4 \
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
    /// Why it is not.
    pub state_reason: Option<String>,
    /// Messages a second; `None` for what the provider allows.
    pub per_second: Option<u32>,
    /// The WhatsApp account it belongs to, whose templates are its own; `None` where nobody said.
    pub account: Option<String>,
    /// People it may write to within 24 hours: `people_a_day` of its settings, such as WhatsApp's tier.
    pub people_a_day: Option<i64>,
    /// What a message costs, where somebody entered it.
    known: Known,
}

/// Settings of a channel that are the outbox's, whoever provides it; all of them are texts and may be
/// absent. `people_a_day`: as on [`Sender`]. `price_…`: what one message of a purpose costs.
pub const CHANNEL_SETTINGS: [&str; 6] = [
    "people_a_day",
    "price_currency",
    "price_marketing",
    "price_utility",
    "price_authentication",
    "price_service",
];

/// Settings as they are stored: by their names, as texts.
#[derive(Clone, Debug, Default)]
struct Known(BTreeMap<&'static str, String>);

impl Known {
    /// What a channel's settings say of the outbox; settings of a newer program do not stop it.
    fn of(settings: &serde_json::Value) -> Self {
        let said = CHANNEL_SETTINGS.iter().filter_map(|name| {
            let value = match settings.get(name)? {
                serde_json::Value::String(text) => text.trim().to_owned(),
                serde_json::Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some((*name, value))
        });
        Self(said.collect())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ChannelId,
    name: String,
    provider: Provider,
    active: bool,
    state: String,
    state_reason: Option<String>,
    per_second: Option<i64>,
    settings: Json<serde_json::Value>,
}

impl From<Row> for Sender {
    fn from(row: Row) -> Self {
        let known = Known::of(&row.settings.0);
        let account = row.settings.0.get("account").and_then(|it| it.as_str());
        Self {
            account: account
                .map(str::trim)
                .filter(|account| !account.is_empty())
                .map(str::to_owned),
            id: row.id,
            name: row.name,
            provider: row.provider,
            ready: row.active && row.state == "connected",
            state_reason: row.state_reason,
            per_second: row.per_second.and_then(|n| u32::try_from(n).ok()),
            people_a_day: known.0.get("people_a_day").and_then(|n| n.parse().ok()),
            known,
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
            per_second: None,
            account: None,
            people_a_day: None,
            known: Known::default(),
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

    /// What one message of a purpose costs, where it is known.
    pub fn price(&self, purpose: super::Purpose) -> Option<(Micros, Currency)> {
        let currency = self.known.0.get("price_currency")?.parse().ok()?;
        let name = match purpose {
            super::Purpose::Marketing => "price_marketing",
            super::Purpose::Utility => "price_utility",
            super::Purpose::Authentication => "price_authentication",
            super::Purpose::Service => "price_service",
        };
        Some((Micros::parse(self.known.0.get(name)?).ok()?, currency))
    }
}

/// One channel.
///
/// # Errors
/// `NotFound`.
pub async fn find(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId) -> Result<Sender> {
    on_tx!(tx, |c| sqlx::query_as::<_, Row>(ONE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .map(Sender::from)
    .ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This channel does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "channel")
        .field("channel_id")
    })
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
    Ok(rows.into_iter().map(Sender::from).collect())
}

/// Stops a channel until somebody looks after it: its provider refuses everything.
pub(super) async fn stop(
    tx: &mut Tx,
    scope: &rumbo_platform::Scope,
    id: ChannelId,
    reason: &str,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(STOP)
        .bind(scope.workspace)
        .bind(id)
        .bind(reason)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
