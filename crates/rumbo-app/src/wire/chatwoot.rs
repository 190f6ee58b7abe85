//! Chatwoot: the inbox in which agents see, and answer, what is written here.

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, ConversationId, Secret};
pub use rumbo_engage::chatwoot::LinkState;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::ChannelKind;

/// Asks how the workspace is linked to Chatwoot.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetChatwoot {}

/// How the workspace is linked to Chatwoot.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChatwootStatus {
    /// Null where it is not.
    pub link: Option<ChatwootLink>,
    /// Every channel in use, and those that are mirrored though they are not.
    pub channels: Vec<ChatwootChannel>,
}

/// A link to an inbox of a Chatwoot. The access token is never shown.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChatwootLink {
    pub base_url: String,
    pub account_id: u32,
    pub account_name: String,
    pub inbox_id: u32,
    pub inbox_name: String,
    /// Whose access token it is.
    pub user_name: String,
    /// How many hours after an agent's answer rules, sequences and the bot leave the person alone.
    pub pause_hours: u32,
    pub state: LinkState,
    /// Why it is disconnected, as Chatwoot says it.
    pub state_reason: Option<String>,
    pub state_since: DateTime<Utc>,
    /// Why the last try did not work, as it was said; it is tried again by itself.
    pub error: Option<String>,
    /// The sort of it: `unreachable`, `unanswered`, `token_refused`, `missing`, `refused` or `throttled`.
    pub error_kind: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<DateTime<Utc>>,
    /// Messages that are not in Chatwoot yet.
    pub waiting: u32,
    /// Messages that are.
    pub mirrored: u32,
    /// Messages that Chatwoot does not accept.
    pub refused: u32,
    /// Answers of agents that are not worked on yet.
    pub replies: u32,
    /// Where Chatwoot's webhooks go, below the agent's address.
    pub webhook_path: String,
    /// The same as a whole, while an agent runs in this program.
    pub webhook_url: Option<String>,
    /// The secret that webhooks are signed with is known.
    pub webhook_signed: bool,
    /// When a webhook came last.
    pub webhook_at: Option<DateTime<Utc>>,
    pub since: DateTime<Utc>,
}

/// A channel, and whether it is mirrored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChatwootChannel {
    pub id: ChannelId,
    pub name: String,
    pub kind: ChannelKind,
    pub mirrored: bool,
}

/// Asks a Chatwoot which accounts and inboxes an access token reaches. Nothing is kept.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct LookAtChatwoot {
    /// Such as `https://app.chatwoot.com`.
    pub base_url: String,
    /// The one that is kept when null.
    #[serde(default)]
    #[specta(type = Option<String>)]
    pub token: Option<Secret>,
}

/// What an access token reaches.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChatwootFound {
    /// The address as it is kept.
    pub base_url: String,
    /// Whose token it is.
    pub user_name: String,
    pub accounts: Vec<ChatwootAccountFound>,
}

/// An account that an access token reaches.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChatwootAccountFound {
    pub id: u32,
    pub name: String,
    pub inboxes: Vec<ChatwootInboxFound>,
}

/// An inbox of an account.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChatwootInboxFound {
    pub id: u32,
    pub name: String,
    /// Messages of people can be written into it: it is of the kind API.
    pub usable: bool,
}

/// Links the workspace to an inbox of a Chatwoot, or changes how it is linked.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ConnectChatwoot {
    pub base_url: String,
    /// The one that is kept when null.
    #[serde(default)]
    #[specta(type = Option<String>)]
    pub token: Option<Secret>,
    pub account_id: u32,
    pub inbox_id: u32,
    /// The channels whose messages are mirrored, from now on.
    pub channels: Vec<ChannelId>,
    /// 24 when absent; 0 for no pause.
    #[serde(default)]
    pub pause_hours: Option<u32>,
    /// The secret that Chatwoot shows beside the webhook. The one that is kept stays when null; an
    /// empty one is taken away.
    #[serde(default)]
    #[specta(type = Option<String>)]
    pub webhook_secret: Option<Secret>,
}

/// Ends the link to Chatwoot.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct DisconnectChatwoot {}

/// Lets rules, sequences and the bot write to the person of a conversation again.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ResumeAutomation {
    pub id: ConversationId,
}
