//! The messaging channels of a workspace: who they are, what opens them, whether they can be used.
//!
//! A row says what may be seen; the secrets of a channel lie in the vault under one name, and nowhere
//! else. A channel of the Meta connection has none of its own: it is opened with the connection's token.

mod opening;
mod prices;
mod store;

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, ConnectionId, WhatsAppAccountId};
use rumbo_channels::{ChannelKind, Provider, TroubleKind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use opening::{check, forget_secrets, held_secrets, keep_secrets, open_channel, secret_name};
pub use prices::{
    Price, PriceList, STATEMENTS as PRICE_STATEMENTS, all_prices, prices, remove_price, set_price,
};
pub use store::{
    Removed, STATEMENTS, by_id, credentials, list, remove, save, set_poll_cursor, set_state,
};

/// The longest name of a channel, in characters.
pub const LONGEST_NAME: usize = 80;

/// Whether messages can go through a channel, as last known.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum ChannelState {
    /// It cannot be used: the reason says why.
    Disconnected,
    /// It was never tried, or waits to be paired.
    Connecting,
    Connected,
}

/// A channel, as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct StoredChannel {
    pub id: ChannelId,
    /// Unique in the workspace.
    pub name: String,
    pub kind: ChannelKind,
    pub provider: Provider,
    pub description: Option<String>,
    /// Another address than the provider's own.
    pub base_url: Option<String>,
    /// What people see: a number in E.164, a bot, an address.
    pub sender: String,
    /// What the provider calls it; empty where that is the sender.
    pub sender_id: String,
    #[sqlx(json)]
    pub settings: Map<String, Value>,
    /// The name of its secrets in the vault; empty when the connection's token is used.
    pub credential: String,
    pub connection_id: Option<ConnectionId>,
    pub whatsapp_account_id: Option<WhatsAppAccountId>,
    /// Whether it is used; one that is not keeps its history.
    pub active: bool,
    pub state: ChannelState,
    /// Why, where there is something to say.
    pub state_reason: Option<TroubleKind>,
    /// What the provider said of it.
    pub state_detail: Option<String>,
    /// When it came to the state.
    pub state_since: DateTime<Utc>,
    /// Messages a second; what the provider allows when `None`.
    pub per_second: Option<i64>,
    /// How far messages were fetched, where they are.
    pub poll_cursor: Option<String>,
    pub updated_at: DateTime<Utc>,
}

/// What a person says of a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelFields {
    pub name: String,
    pub provider: Provider,
    pub description: Option<String>,
    pub base_url: Option<String>,
    pub sender: String,
    pub sender_id: String,
    pub settings: Map<String, Value>,
    /// Opened with the Meta connection's token instead of secrets of its own.
    pub connection_id: Option<ConnectionId>,
    pub whatsapp_account_id: Option<WhatsAppAccountId>,
    pub active: bool,
    pub per_second: Option<i64>,
}
