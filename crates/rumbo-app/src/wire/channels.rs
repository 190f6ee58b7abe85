//! Messaging channels: the numbers, bots and addresses by which people are written to.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ChannelId, DispatchId, Secret, TemplateId};
pub use rumbo_channels::{ChannelKind, Provider, TroubleKind};
pub use rumbo_engage::channels::ChannelState;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for the messaging channels and for what can be added.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListChannels {}

/// The messaging channels, those in use first, and what can be added.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChannelList {
    pub channels: Vec<ChannelRow>,
    /// Providers a channel can be made with, in the order in which they are offered.
    pub providers: Vec<ChannelNeeds>,
    /// Numbers of the WhatsApp accounts that were chosen with the sign-in at Meta and are no channel
    /// yet: they need nothing else.
    pub numbers: Vec<ConnectionNumber>,
}

/// A messaging channel. Its secrets are never shown: only which ones there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ChannelRow {
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
    /// Settings that are no secret, by name.
    pub settings: BTreeMap<String, String>,
    /// Opened with the sign-in at Meta instead of secrets of its own.
    pub of_connection: bool,
    /// Whether it is used; one that is not keeps its history.
    pub active: bool,
    pub state: ChannelState,
    /// Why it is in that state, or what limits it.
    pub state_reason: Option<TroubleKind>,
    /// What the provider said of it, in its own words.
    pub state_detail: Option<String>,
    pub state_since: DateTime<Utc>,
    /// Messages a second; what the provider allows when null.
    pub per_second: Option<u32>,
    pub updated_at: DateTime<Utc>,
}

/// What a provider needs: what a form asks for, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChannelNeeds {
    pub provider: Provider,
    pub kind: ChannelKind,
    /// The address of one's own server has to be entered.
    pub base_url: bool,
    /// The provider calls the sender by another name.
    pub sender_id: bool,
    pub settings: Vec<ChannelNeed>,
    pub secrets: Vec<ChannelNeed>,
}

/// One thing that a provider needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChannelNeed {
    pub name: String,
    pub required: bool,
}

/// A number of a WhatsApp account of the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConnectionNumber {
    /// What Meta calls the number.
    pub phone_number_id: String,
    /// As people write it.
    pub number: String,
    /// The name people see.
    pub name: Option<String>,
    /// What Meta calls the account.
    pub account: String,
    pub account_name: String,
}

/// Keeps a messaging channel: in place of the one with the id, or as a new one.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SaveChannel {
    /// In place of this one; a new one when null.
    pub id: Option<ChannelId>,
    pub name: String,
    pub provider: Provider,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub base_url: Option<String>,
    pub sender: String,
    #[serde(default)]
    pub sender_id: String,
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Those that are new or changed, by name; the others stay. An empty one is taken away.
    #[serde(default)]
    #[specta(type = BTreeMap<String, String>)]
    pub secrets: BTreeMap<String, Secret>,
    /// Opened with the sign-in at Meta: `sender_id` is one of the connection's numbers.
    #[serde(default)]
    pub of_connection: bool,
    pub active: bool,
    #[serde(default)]
    pub per_second: Option<u32>,
}

/// Removes a messaging channel.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveChannel {
    pub id: ChannelId,
}

/// What became of a messaging channel that was removed.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RemovedChannel {
    /// It has a history, which stays: it is switched off and its secrets are forgotten.
    pub archived: bool,
}

/// Tries a messaging channel at its provider. Nothing is sent.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct TestChannel {
    pub id: ChannelId,
}

/// What a provider says of a channel.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChannelTest {
    pub channel: ChannelRow,
    /// The name people see, where the provider tells it.
    pub name: Option<String>,
    /// What it is called there, where the provider tells it.
    pub sender: Option<String>,
    /// The text of a QR code that pairs the number.
    pub pairing_code: Option<String>,
}

/// Asks what messages cost by a channel.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetChannelPrices {
    pub channel_id: ChannelId,
}

/// What messages cost by a channel, where the provider does not tell. The price of a message is the one
/// of the country before one of every country, then of the purpose, then of the latest day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChannelPrices {
    pub channel_id: ChannelId,
    /// The currency of all of them; null without one.
    pub currency: Option<String>,
    /// By country, purpose and day.
    pub lines: Vec<ChannelPrice>,
}

/// A line of a price list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChannelPrice {
    /// ISO 3166: of the number that is written to. Empty for every other one.
    pub country: String,
    /// `marketing`, `utility`, `authentication` or `service`; empty for every other one.
    pub purpose: String,
    /// From this day of the workspace on.
    pub valid_from: NaiveDate,
    pub price: String,
    pub currency: String,
}

/// Enters a price, in place of one of the same country, purpose and day.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SetChannelPrice {
    pub channel_id: ChannelId,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub purpose: String,
    pub valid_from: NaiveDate,
    /// A decimal such as `0.0625`.
    pub price: String,
    /// The one of the channel's other prices.
    pub currency: String,
}

/// Takes a price away.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveChannelPrice {
    pub channel_id: ChannelId,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub purpose: String,
    pub valid_from: NaiveDate,
}

/// Sends a message to an address of one's own: a text, or a template with its examples.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SendTestMessage {
    pub channel_id: ChannelId,
    /// A number with its country prefix, an e-mail address, or what the inbox shows.
    pub address: String,
    #[serde(default)]
    pub template_id: Option<TemplateId>,
    /// Of an e-mail.
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
}

/// What becomes of a test: `get_dispatch` tells on.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TestMessage {
    pub dispatch_id: DispatchId,
    /// A state of docs/states.md.
    pub state: String,
    /// Why it waits or was left out.
    pub reason: Option<String>,
}
