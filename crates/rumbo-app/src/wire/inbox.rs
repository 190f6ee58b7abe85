//! Conversations, their messages, and what providers call us with.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ChannelId, ContactId, ConversationId, DispatchId, MessageId, TemplateId, UserId};
use rumbo_channels::{ChannelKind, Provider};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for conversations, the one written in last first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct ListConversations {
    /// `open` or `closed`; both when absent.
    pub state: Option<String>,
    pub channel_id: Option<ChannelId>,
    /// `me`, `nobody`, or the id of a member; everybody's when absent.
    pub assigned: Option<String>,
    /// Only those with something to read.
    pub unread: bool,
    pub page: super::PageRequest,
}

/// A page of conversations, and what waits in all.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConversationPage {
    pub rows: Vec<ConversationRow>,
    /// Opaque. Absent on the last page.
    pub next: Option<String>,
    /// Conversations with something to read; 1,000 stands for more.
    pub unread: u32,
    /// Open ones that are assigned to the acting person; 1,000 stands for more.
    pub mine: u32,
}

/// A conversation in a list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConversationRow {
    pub id: ConversationId,
    pub channel_id: ChannelId,
    /// The channel's name.
    pub channel: String,
    pub kind: ChannelKind,
    pub provider: Provider,
    /// The person's address at the channel.
    pub address: String,
    /// Null in a group.
    pub contact_id: Option<ContactId>,
    pub name: String,
    /// `open` or `closed`.
    pub state: String,
    pub assigned_to: Option<UserId>,
    /// The name of whom it is assigned to.
    pub assignee: Option<String>,
    pub last_message_at: Option<DateTime<Utc>>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Messages of the person that nobody has read.
    pub unread: u32,
    /// The beginning of the last message.
    pub preview: String,
    /// `text`, `image`, `template`, …
    pub last_kind: Option<String>,
    /// `inbound` or `outbound`.
    pub last_direction: Option<String>,
    pub last_status: Option<String>,
    /// The last message was sent by no person.
    pub last_automatic: bool,
    /// Until when free text may be sent; null where the channel has no such bound. In the past
    /// where the window has closed, or was never open.
    pub open_until: Option<DateTime<Utc>>,
    /// Until when rules, sequences and the bot leave the person alone, because an agent writes with
    /// them. In the past where that is over.
    pub automation_paused_until: Option<DateTime<Utc>>,
}

/// Asks for one conversation with its newest messages.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetConversation {
    pub id: ConversationId,
    pub page: super::PageRequest,
}

/// A conversation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConversationThread {
    pub conversation: ConversationRow,
    /// Newest first.
    pub messages: Vec<ConversationMessage>,
    /// Opaque: the page of older messages. Absent on the last one.
    pub next: Option<String>,
    /// Oldest first; with the first page alone.
    pub notes: Vec<ConversationNote>,
    /// The page of the conversation in Chatwoot, where it is there too.
    pub chatwoot_url: Option<String>,
}

/// A message of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConversationMessage {
    pub id: MessageId,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// `text`, `image`, `video`, `audio`, `document`, `sticker`, `reaction`, `location`, `contact`,
    /// `interactive`, `template`, `system` or `unsupported`.
    pub kind: String,
    /// As the person reads it.
    pub body: String,
    pub media: Option<ConversationMedia>,
    pub template_id: Option<TemplateId>,
    /// The template's name.
    pub template: Option<String>,
    /// The address used at the time.
    pub address: String,
    /// Sent by no person.
    pub automatic: bool,
    /// `contact`, `person`, `bulk_send`, `rule`, `sequence`, `campaign`, `bot`, or `elsewhere` for
    /// what another program sent.
    pub origin: String,
    /// What the origin was called at the time.
    pub origin_name: Option<String>,
    /// Who wrote it, where a person here did.
    pub author: Option<String>,
    pub dispatch_id: Option<DispatchId>,
    /// The message it answers, where that is here too.
    pub reply_to: Option<MessageId>,
    /// The provider's id.
    pub provider_message_id: Option<String>,
    /// `received`, `pending`, `sent`, `delivered`, `read`, `failed`, `unknown` or `cancelled`.
    pub status: String,
    pub error_code: Option<String>,
    pub error_text: Option<String>,
    pub price: Option<String>,
    pub currency: Option<String>,
    pub at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
}

/// A file that came or went along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ConversationMedia {
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    /// In bytes, as decimal text.
    pub bytes: Option<String>,
    /// A public address of what we sent, where there is one.
    pub url: Option<String>,
    /// Of what people sent: `waiting` (not fetched yet), `here`, `failed`, `gone` (the provider keeps it
    /// no more) or `refused`; null of what we sent.
    pub state: Option<String>,
    /// Why it is not here: `executable`, `too_large`, `empty`, `kind` (a picture that is none),
    /// `no_files` (the provider gives none), `channel` (its channel is off), or what went wrong.
    pub reason: Option<String>,
}

/// Asks for a file that came with a message.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetMessageFile {
    /// The message's.
    pub id: MessageId,
}

/// A file that came with a message.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct MessageFileContent {
    pub mime_type: String,
    pub base64: String,
}

/// Fetches a file that came with a message from its provider.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct FetchMessageFile {
    /// The message's.
    pub id: MessageId,
}

/// Writes a copy of a file that came with a message.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SaveMessageFile {
    /// The message's.
    pub id: MessageId,
    /// Where to.
    pub path: String,
}

/// What somebody wrote down for the others.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConversationNote {
    pub id: String,
    pub body: String,
    pub author: Option<String>,
    pub at: DateTime<Utc>,
}

/// Asks for people and messages by words.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SearchInbox {
    /// Words, or their beginnings, in any order.
    pub text: String,
    /// Messages at most; 50 when absent.
    pub limit: Option<u32>,
}

/// What was found.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct InboxFound {
    /// Conversations with people of that name, number or address.
    pub people: Vec<ConversationRow>,
    /// Newest first.
    pub messages: Vec<FoundMessage>,
}

/// A message that was found.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FoundMessage {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub kind: ChannelKind,
    /// Whom the conversation is with.
    pub name: String,
    /// `inbound` or `outbound`.
    pub direction: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

/// Answers in a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ReplyToConversation {
    pub id: ConversationId,
    pub body: String,
    /// A UUID that the caller makes for each answer: the same one again sends nothing more.
    pub key: String,
}

/// Asks for the templates that can be sent in a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListReplyTemplates {
    pub id: ConversationId,
}

/// The templates that can be sent in a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReplyTemplates {
    /// The conversation's channel sends templates at all.
    pub sends_templates: bool,
    /// Approved ones of the channel's own account, those in the person's language first.
    pub templates: Vec<ReplyTemplate>,
    /// The fields of contacts that values may name in braces, without those of the business's own.
    pub fields: Vec<String>,
}

/// A template to answer with.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReplyTemplate {
    pub id: TemplateId,
    pub name: String,
    pub language: String,
    pub category: String,
    /// The text of its body, with its variables.
    pub body: String,
    /// The labels of its buttons.
    pub buttons: Vec<String>,
    pub variables: Vec<ReplyVariable>,
}

/// A place of a template that is filled for the person.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ReplyVariable {
    /// `body.1`, `header.media`, `button.0`.
    pub key: String,
    /// What a reviewer saw in its place.
    pub sample: Option<String>,
    /// What the person's fields give for it; empty where they give nothing.
    pub value: String,
}

/// A template with its values, for the person of a conversation. In values `{first_name|there}`
/// stands for a field and what stands in for it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct TemplateReplyDraft {
    pub id: ConversationId,
    pub template_id: TemplateId,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// Asks what a template would be for the person. Nothing is written.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct PreviewTemplateReply {
    pub draft: TemplateReplyDraft,
}

/// What a template would be for the person.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateReplyPreview {
    /// As the person reads it.
    pub text: String,
    /// `queued` when it would be sent now, `held` when it would wait, `skipped` when it would not be
    /// sent.
    pub state: String,
    /// Why it would wait or not be sent, as a word of docs/states.md.
    pub reason: Option<String>,
}

/// Answers in a conversation with a template.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ReplyWithTemplate {
    pub draft: TemplateReplyDraft,
    /// A UUID that the caller makes for each answer: the same one again sends nothing more.
    pub key: String,
}

/// What became of an answer.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConversationReply {
    pub dispatch_id: DispatchId,
    /// `queued` when it is sent now, `held` when it waits, `skipped` when it is not sent.
    pub state: String,
    /// Why it waits or is not sent, as a word of docs/states.md.
    pub reason: Option<String>,
}

/// Marks a conversation as read or unread.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct MarkConversation {
    pub id: ConversationId,
    pub read: bool,
}

/// Gives a conversation to somebody.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AssignConversation {
    pub id: ConversationId,
    /// `me`, `nobody`, or the id of a member.
    pub to: String,
}

/// Ends a conversation, or lets it go on.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct CloseConversation {
    pub id: ConversationId,
    pub closed: bool,
}

/// Writes a note about a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AddConversationNote {
    pub id: ConversationId,
    pub body: String,
}

/// Takes a note away.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RemoveConversationNote {
    pub id: String,
}

/// Asks what went in and out of each messaging channel on some days.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetChannelFigures {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// A messaging channel on some days.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChannelFigures {
    pub id: ChannelId,
    pub name: String,
    pub kind: ChannelKind,
    pub provider: Provider,
    pub inbound: u32,
    /// What was sent and did not fail.
    pub outbound: u32,
    pub failed: u32,
    /// Conversations with a message.
    pub people: u32,
    /// Times that somebody wrote and a person answered.
    pub answers: u32,
    /// Seconds until a person answered; null without an answer.
    pub median_answer_seconds: Option<u32>,
    pub mean_answer_seconds: Option<u32>,
    pub costs: Vec<ChannelCost>,
    pub days: Vec<ChannelDay>,
}

/// Asks for the messaging channels beside one another on some days.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct CompareChannels {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// A messaging channel beside the others. Percentages are null where nothing can be divided, costs per
/// something also where there is none or more than one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ComparedChannel {
    pub figures: ChannelFigures,
    /// Messages that are known to have arrived.
    pub delivered: u32,
    /// People who were written to, and those of them whom a message is known to have reached.
    pub written: u32,
    pub reached: u32,
    /// Reached of those written to, per hundred.
    pub reach_percent: Option<String>,
    /// Failed of what was sent, per hundred.
    pub failure_percent: Option<String>,
    /// Times that we wrote and the person answered.
    pub replies: u32,
    /// Sales of people whose last message before was of this channel, and of the seven days before.
    pub sales: u32,
    /// The currency of the costs per something.
    pub currency: Option<String>,
    pub cost_per_delivered: Option<String>,
    pub cost_per_reply: Option<String>,
    pub cost_per_sale: Option<String>,
    /// Channels by which some of those written to could be written to for less, the best first.
    pub cheaper: Vec<CheaperChannel>,
}

/// Who could be written to for less by another channel, by today's price lists for marketing.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CheaperChannel {
    pub channel_id: ChannelId,
    pub name: String,
    pub people: u32,
    /// What one message to each of them would save.
    pub saves: ChannelCost,
    /// Some of them, those first with whom most is saved.
    pub some: Vec<CheaperContact>,
}

/// A contact who could be written to for less.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct CheaperContact {
    pub id: ContactId,
    pub name: String,
}

/// What providers charged in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChannelCost {
    pub amount: String,
    pub currency: String,
}

/// A day of a messaging channel.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ChannelDay {
    pub day: NaiveDate,
    pub inbound: u32,
    pub outbound: u32,
    pub failed: u32,
    pub costs: Vec<ChannelCost>,
}

/// Asks where providers can call.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListWebhooks {}

/// Where providers can call, and what came.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Webhooks {
    /// The address of the agent that runs in this program; null where none does.
    pub agent_url: Option<String>,
    /// The loopback port of the agent that runs beside the window; null where it is switched off.
    pub port: Option<u16>,
    /// The address by which providers reach that agent.
    pub public_url: Option<String>,
    /// What kind of installation the agent is: its address goes into no other's settings.
    pub environment: AgentEnvironment,
    /// What to enter as Meta's verify token.
    pub verify_token: String,
    pub rows: Vec<WebhookRow>,
}

/// One address that providers call.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WebhookRow {
    pub provider: Provider,
    /// The channel whose own address it is; null where one address serves all.
    pub channel_id: Option<ChannelId>,
    pub channel: Option<String>,
    /// Behind the agent's public address.
    pub path: String,
    /// The whole address, where an agent runs in this program.
    pub url: Option<String>,
    /// Whether there is a secret to check signatures with.
    pub signed: bool,
    /// What to subscribe to at the provider, by its names; empty where it tells everything.
    pub fields: Vec<String>,
    /// The last call that was not taken, and why: `unsigned`, `bad_signature`, `stale` or `unreadable`.
    pub last_refusal: Option<WebhookRefused>,
    /// When something came last.
    pub last_at: Option<DateTime<Utc>>,
    pub deliveries: u32,
    /// Deliveries of which a part waits for what it names.
    pub waiting: u32,
    /// Deliveries that were given up.
    pub refused: u32,
    /// Why most of those wait or were given up, as a word of docs/agent.md.
    pub reason: Option<String>,
}

/// A call that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WebhookRefused {
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// What kind of installation an agent is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AgentEnvironment {
    Development,
    Staging,
    #[default]
    Production,
}

/// Calls one of the agent's addresses from here, as its provider would.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct TestWebhook {
    /// Of a row of the list.
    pub path: String,
}

/// What came of calling one of the agent's addresses.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct WebhookTest {
    pub trouble: Option<WebhookTrouble>,
    /// What was answered, or how it failed, where there is trouble.
    pub detail: Option<String>,
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WebhookTrouble {
    /// Nobody answers there.
    Unreachable,
    /// Something else answers there.
    SomebodyElse,
    /// The agent answers, and does not know the address.
    NotThere,
    /// The agent takes calls there that nobody signed.
    Unguarded,
}

/// Switches the agent that runs beside the window on or off.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SetAgent {
    /// The loopback port; 0 switches it off.
    pub port: u16,
    /// The address by which providers reach it: a tunnel's or a proxy's.
    pub public_url: Option<String>,
    #[serde(default)]
    pub environment: AgentEnvironment,
}
