//! Messages to many, the outbox, and who wants to be written to.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use rumbo_base::{BulkSendId, ChannelId, ContactId, DispatchId, TemplateId};
use rumbo_channels::TroubleKind;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for the channels and templates that a bulk send can be made of.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetSendOptions {}

/// What a bulk send can be made of.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendOptions {
    pub channels: Vec<SendChannel>,
    pub templates: Vec<SendTemplate>,
    /// The fields of contacts that texts may name in braces, without those of the business's own.
    pub fields: Vec<String>,
}

/// A channel to send over.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendChannel {
    pub id: ChannelId,
    pub name: String,
    /// `whatsapp`, `sms`, `telegram`, `email`, `messenger` or `instagram`.
    pub kind: String,
    /// It is switched on and connected.
    pub ready: bool,
    /// Why it is not, and what the provider said of it.
    pub state_reason: Option<TroubleKind>,
    pub state_detail: Option<String>,
    /// Templates go out as such; elsewhere their text does.
    pub sends_templates: bool,
    /// The WhatsApp account whose templates it sends, as the provider calls it; null where it is not known.
    pub account: Option<String>,
}

/// A template to send.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendTemplate {
    pub id: TemplateId,
    /// The WhatsApp account it belongs to, as the provider calls it.
    pub account: String,
    pub name: String,
    pub language: String,
    pub category: String,
    /// Only `approved` ones can be sent as templates.
    pub state: String,
    /// The text of its body, with its variables.
    pub body: String,
    /// What has to be filled; null for a template that cannot be filled from contacts.
    pub variables: Option<Vec<SendVariable>>,
}

/// A place of a template that each message fills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SendVariable {
    /// `body.1`, `header.media`, `button.0`.
    pub key: String,
    /// What a reviewer saw in its place.
    pub sample: Option<String>,
    /// The field of contacts that it most likely is, in braces; null where nothing says so.
    pub suggested: Option<String>,
}

/// A bulk send before it is started. Either a template with the values of its variables, or a text.
/// In values and texts `{first_name|there}` stands for a field and what stands in for it.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SendDraft {
    pub channel_id: ChannelId,
    #[serde(default)]
    pub template_id: Option<TemplateId>,
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
    pub audience: SendAudience,
    /// At once when absent.
    #[serde(default)]
    pub not_before: Option<DateTime<Utc>>,
    /// A day after it begins when absent: what was held up longer is left out.
    #[serde(default)]
    pub not_after: Option<DateTime<Utc>>,
    /// No more than this is spent, where the price of a message is known.
    #[serde(default)]
    pub budget: Option<String>,
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SendAudience {
    /// Some contacts.
    Contacts { ids: Vec<ContactId> },
    /// Phone numbers, e-mail addresses or ids of contacts.
    Addresses { addresses: Vec<String> },
    /// The same in a file: a list of them, or a column of a table called `contact_id`, `phone`,
    /// `email` or `address`.
    File { path: String },
    /// Everybody of a filter of the list of contacts.
    Filter {
        #[serde(default)]
        search: Option<String>,
        #[serde(default)]
        status: Option<String>,
        #[serde(default)]
        source: Option<String>,
    },
}

/// Asks who would get what. Nothing is written.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct PreviewSend {
    pub draft: SendDraft,
}

/// Who would get what, who would wait and who would be left out.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendPreview {
    /// Everybody that was looked at.
    pub people: u32,
    /// It goes to them at once.
    pub go: u32,
    /// How many it reaches, those counted for whom it waits: the number to confirm.
    pub reached: u32,
    /// For whom it waits and who is left out, by reason.
    pub waiting: Vec<ReasonCount>,
    pub left_out: Vec<ReasonCount>,
    /// Of each kind the first ones.
    pub lines: Vec<SendLine>,
    /// Addresses that belong to no contact.
    pub unknown: Vec<String>,
    /// What one message costs and all of them would; null where no price is known.
    pub cost: Option<SendCost>,
    /// After that nothing is sent any more.
    pub ends_at: DateTime<Utc>,
}

/// How many for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReasonCount {
    /// A word of docs/states.md.
    pub reason: String,
    pub count: u32,
}

/// What becomes of one contact.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendLine {
    pub contact_id: ContactId,
    pub contact: String,
    pub address: String,
    /// As the person reads it.
    pub text: String,
    /// `planned`, `held` or `skipped`.
    pub state: String,
    pub reason: Option<String>,
    /// What is missing, where something is: a field or a variable.
    pub detail: Option<String>,
    pub due_at: DateTime<Utc>,
}

/// What messages cost.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendCost {
    pub all: String,
    pub currency: String,
}

/// Starts a bulk send.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct StartSend {
    /// The template's name, or the beginning of the text, when absent.
    #[serde(default)]
    pub name: Option<String>,
    pub draft: SendDraft,
    /// How many it reaches, as the preview said and the person typed. Nothing is sent where it would
    /// reach another number now.
    pub confirm: u32,
    /// Keeps it from being begun a second time by somebody who did not hear that it was begun: the one
    /// that was is answered then. Begun in any case when absent.
    #[serde(default)]
    pub once: Option<SendOnce>,
}

/// Which bulk sends are one.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SendOnce {
    /// All of one key, of the caller's own choice.
    Key { key: String },
    /// All that say the same to the same people on the same channel within 24 hours.
    Same,
}

/// Asks for a page of bulk sends, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListSends {
    pub page: super::PageRequest,
}

/// Goes on with a bulk send.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ResumeSend {
    pub id: BulkSendId,
    /// Where its budget does not suffice for the category that its template has by now, those are left
    /// out for whom there is nothing left. Refused when it is false.
    #[serde(default)]
    pub within_budget: bool,
}

/// What is left of a bulk send whose template is of another category than when it was planned.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendRest {
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// Whom it has not left to.
    pub people: u32,
    /// For how many of them the budget suffices.
    pub fits: u32,
    /// What it costs, where prices are known.
    pub cost: Option<SendCost>,
    /// What is left of its budget, where it has one.
    pub budget_left: Option<String>,
}

/// Names a bulk send: to look at it, pause it or withdraw the rest of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct OneSend {
    pub id: BulkSendId,
}

/// A bulk send with how far it has come.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SendRow {
    pub id: BulkSendId,
    pub name: String,
    pub channel_id: ChannelId,
    pub channel: String,
    pub template: Option<String>,
    /// `planning`, `running`, `paused`, `cancelled` or `done`.
    pub state: String,
    /// What was confirmed.
    pub expected: u32,
    /// How many stand where and why.
    pub standing: Vec<SendStanding>,
    /// Where it waits for somebody to agree to another category.
    pub rest: Option<SendRest>,
    pub not_before: Option<DateTime<Utc>>,
    pub not_after: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<String>,
}

/// How many messages stand somewhere for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SendStanding {
    /// A state of docs/states.md.
    pub state: String,
    pub reason: Option<String>,
    pub count: u32,
}

/// Writes what became of everybody of a bulk send as CSV.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ExportSend {
    pub id: BulkSendId,
    pub path: String,
    /// Semicolons between cells, for spreadsheets in Spanish and Portuguese.
    #[serde(default)]
    pub semicolon: bool,
}

/// Asks for a page of dispatches, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListDispatches {
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub reason: Option<String>,
    /// Of one bulk send.
    #[serde(default)]
    pub send_id: Option<BulkSendId>,
    pub page: super::PageRequest,
}

/// One intended message to one contact.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DispatchRow {
    pub id: DispatchId,
    /// `person`, `bulk_send`, `rule`, `sequence`, `campaign` or `bot`.
    pub origin: String,
    pub origin_name: Option<String>,
    pub contact_id: ContactId,
    pub contact: String,
    pub channel_id: ChannelId,
    pub channel: String,
    pub address: String,
    pub template: Option<String>,
    /// As the person reads it.
    pub text: String,
    /// A state of docs/states.md.
    pub state: String,
    pub reason: Option<String>,
    /// The provider's code and words of a failure; of what was left out, what is missing.
    pub error_code: Option<String>,
    pub error_text: Option<String>,
    pub attempts: u32,
    /// Not before; of an unknown one, when the provider is asked.
    pub due_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

/// Names a dispatch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct OneDispatch {
    pub id: DispatchId,
}

/// A dispatch with what it went through.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DispatchDetail {
    pub dispatch: DispatchRow,
    /// Oldest first; late and repeated statuses too.
    pub history: Vec<DispatchEvent>,
}

/// A line of a dispatch's history.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DispatchEvent {
    pub state: String,
    pub reason: Option<String>,
    pub error_code: Option<String>,
    /// `sender`, `answer`, `webhook`, `poll` or `person`.
    pub source: String,
    pub at: DateTime<Utc>,
}

/// Says what became of a dispatch of which nobody knows whether it was sent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SettleDispatch {
    pub id: DispatchId,
    /// False marks it failed; it is not sent again.
    pub was_sent: bool,
}

/// Asks how many dispatches stand where.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetOutbox {}

/// How many dispatches stand where.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct OutboxStanding {
    pub standing: Vec<SendStanding>,
}

/// Asks what a contact said about being written to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetConsent {
    pub contact_id: ContactId,
}

/// What a contact said once.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ConsentLine {
    /// The kind of channel.
    pub kind: String,
    /// `opted_in` or `opted_out`; the newest of a kind holds.
    pub consent: String,
    /// `keyword`, `preference`, `refusal`, `import` or `person`.
    pub source: String,
    pub note: Option<String>,
    pub at: DateTime<Utc>,
}

/// Enters what a contact said.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SetConsent {
    pub contact_id: ContactId,
    pub kind: String,
    /// Whether they want to be written to.
    pub wants: bool,
    #[serde(default)]
    pub note: Option<String>,
}

/// Asks for a page of addresses that are not written to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListSuppressions {
    #[serde(default)]
    pub kind: Option<String>,
    /// Part of an address.
    #[serde(default)]
    pub search: Option<String>,
    pub page: super::PageRequest,
}

/// An address that is not written to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SuppressionRow {
    pub kind: String,
    pub address: String,
    /// `all` or `marketing`.
    pub scope: String,
    /// `keyword`, `preference`, `refusal`, `import`, `person` or `bounced`.
    pub source: String,
    pub note: Option<String>,
    pub at: DateTime<Utc>,
}

/// Takes a file of addresses that are not to be written to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ImportSuppressions {
    pub path: String,
    /// Of rows that do not name a kind themselves in a column `kind`.
    #[serde(default)]
    pub kind: Option<String>,
}

/// What became of a file of addresses.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct SuppressionsImport {
    /// Not written to from now on.
    pub added: u32,
    /// Not written to before either.
    pub known: u32,
    pub rejected: Vec<RejectedAddress>,
}

/// A row that was not taken.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct RejectedAddress {
    /// As the file counts it, from 1.
    pub row: u32,
    pub value: String,
    /// For people, in English.
    pub why: String,
    pub reason: Option<super::Reason>,
    pub params: BTreeMap<String, String>,
}

/// Writes the addresses that are not written to as CSV, in a form that can be imported.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ExportSuppressions {
    pub path: String,
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub semicolon: bool,
}

/// Asks when, how often and with whose consent people are written to.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetSendLimits {}

/// When, how often and with whose consent people are written to. What is absent has no bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SendLimits {
    /// The night, in the contact's own zone, such as 21:00 to 08:00; both or neither.
    #[serde(default)]
    pub quiet_from: Option<NaiveTime>,
    #[serde(default)]
    pub quiet_to: Option<NaiveTime>,
    /// The business's hours, in the workspace's zone; both or neither.
    #[serde(default)]
    pub open_from: Option<NaiveTime>,
    #[serde(default)]
    pub open_to: Option<NaiveTime>,
    /// The days on which they begin, 1 for Monday to 7; empty is every day.
    #[serde(default)]
    pub open_days: Vec<u8>,
    /// Messages to one contact within 24 hours, over all channels.
    #[serde(default)]
    pub most_a_day: Option<u32>,
    /// Within seven days.
    #[serde(default)]
    pub most_a_week: Option<u32>,
    /// Kinds of channels on which marketing needs an opt-in.
    #[serde(default)]
    pub ask_consent: Vec<String>,
}
