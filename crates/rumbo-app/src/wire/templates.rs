//! WhatsApp templates: held against what Meta publishes, written, brought to the provider and back.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{BulkSendId, DispatchId, TemplateEventId, TemplateId};
use serde::{Deserialize, Serialize};
use specta::Type;

pub use rumbo_engage::templates::{
    BreakKind, PartDifference, TemplateState, TemplateVariable, VariableAt, VariableBreak,
    VariableKind, WordChange, WordDifference,
};

/// Asks what Meta would refuse in WhatsApp templates. Needs no workspace and no network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LintTemplates {
    /// JSON: one template as it is sent to Meta, a list of them, or what Meta or YCloud answers.
    pub document: String,
    /// The language of the sentences, such as `es-AR`; English when absent.
    pub language: Option<String>,
    /// Whether everything is mended that may be without asking.
    #[serde(default)]
    pub mend: bool,
}

/// Templates with what is wrong with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LintedTemplates {
    pub templates: Vec<LintedTemplate>,
    /// How many findings Meta would refuse for, in all of them.
    pub refused: u32,
    pub warnings: u32,
    /// The document with what was mended, as JSON, where that was asked for.
    pub document: Option<String>,
}

/// A template with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LintedTemplate {
    /// Empty where it has none.
    pub name: String,
    pub language: String,
    /// Meta's word, such as `UTILITY`.
    pub category: Option<String>,
    /// What is wrong; after mending what is left.
    pub findings: Vec<TemplateFinding>,
    /// What was mended.
    pub mended: Vec<TemplateFinding>,
}

/// What comes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TemplateSeverity {
    /// Meta would refuse the template.
    Refused,
    /// Meta takes it and something else comes of it, or what is published is not certain.
    Warning,
}

/// A rule that a template breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TemplateFinding {
    /// The rule's id in docs/template-rules.md, such as `body.too-long`.
    pub rule: String,
    pub severity: TemplateSeverity,
    pub place: TemplatePlace,
    /// What is wrong and what to do.
    pub message: String,
    /// What mends it, where that needs no thinking.
    pub fix: Option<TemplateFix>,
    /// Where the rule is published.
    pub source: String,
    /// Meta's code for a refusal by it, where it is known.
    pub meta_code: Option<u32>,
}

/// Where in a template a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TemplatePlace {
    /// `template`, `header`, `body`, `footer`, `buttons`, `limited_time_offer`, `carousel` or
    /// `component`.
    pub part: String,
    /// Which card of the carousel, from 0.
    pub card: Option<u32>,
    /// Which button, from 0.
    pub button: Option<u32>,
    /// Meta's field; empty for the part as a whole.
    pub field: String,
    /// The field in the template's JSON (RFC 6901).
    pub pointer: String,
    /// The first character of the field it is about, counted as Unicode counts them.
    pub from: Option<u32>,
    /// The character behind the last.
    pub to: Option<u32>,
    /// The place in words, such as `card 2, button 1`.
    pub told: String,
}

/// A template without a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct TemplateFix {
    /// What it does.
    pub says: String,
    /// The template as it would be, as JSON in Meta's form.
    pub template: String,
    /// Whether it may be done without asking: it adds no words and does not change the price.
    pub unasked: bool,
}

/// Asks for the WhatsApp accounts that templates belong to.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListTemplateAccounts {}

/// A WhatsApp account that templates belong to.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateAccount {
    /// Meta's id of it.
    pub account: String,
    /// `whatsapp_cloud` or `ycloud`.
    pub provider: String,
    pub name: String,
    /// What people see of its numbers.
    pub numbers: Vec<String>,
    pub templates: u32,
    /// When its templates were last read; null before the first time.
    pub pulled_at: Option<DateTime<Utc>>,
    /// Whether it is chosen where Meta is connected: only then it can be asked.
    pub connected: bool,
}

/// Asks for a page of templates, by name and language. What is absent leaves nothing out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListTemplates {
    /// Words of the name or of any text in it, whatever their case and accents.
    #[serde(default)]
    pub search: Option<String>,
    #[serde(default)]
    pub state: Option<TemplateState>,
    /// `marketing`, `utility` or `authentication`.
    #[serde(default)]
    pub category: Option<String>,
    /// Meta's code, such as `es_AR`.
    #[serde(default)]
    pub language: Option<String>,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[serde(default)]
    pub quality: Option<String>,
    #[serde(default)]
    pub account: Option<String>,
    pub page: super::PageRequest,
}

/// A template in a list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateRow {
    pub id: TemplateId,
    /// `whatsapp_cloud` or `ycloud`.
    pub provider: String,
    pub account: String,
    pub account_name: String,
    pub name: String,
    pub language: String,
    /// `marketing`, `utility` or `authentication`.
    pub category: String,
    /// What it was before Meta changed it, which may have changed its price.
    pub previous_category: Option<String>,
    pub state: TemplateState,
    /// The provider's own word, whatever it is.
    pub provider_status: Option<String>,
    pub rejection_reason: Option<String>,
    /// `GREEN`, `YELLOW` or `RED`; null while it is not known.
    pub quality: Option<String>,
    /// The version that the provider has, or will get.
    pub version: u32,
    /// A later version that was not submitted yet; null where there is none.
    pub unsent_version: Option<u32>,
    /// The text of its body, for telling it apart.
    pub body: String,
    pub submitted_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was last read from the provider.
    pub synced_at: Option<DateTime<Utc>>,
    /// Since when the provider's list has it no more.
    pub vanished_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Asks for everything about one template.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetTemplate {
    pub id: TemplateId,
}

/// Everything about one template.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateDetail {
    pub row: TemplateRow,
    /// Its newest version, as JSON in Meta's form: what is edited.
    pub template: String,
    /// What the provider has, likewise; null while it has nothing.
    pub at_provider: Option<String>,
    pub variables: Vec<TemplateVariable>,
    pub author: Option<String>,
    /// Newest first.
    pub versions: Vec<TemplateVersionRow>,
    /// Newest first.
    pub events: Vec<TemplateEventRow>,
    pub edits: TemplateEdits,
    /// What would fail without it.
    pub used_by: Vec<TemplateUse>,
    /// Messages that were planned with it and not sent.
    pub waiting: u32,
    /// Where the newest version stands with the review of somebody else.
    pub review: TemplateReviewStanding,
    /// Every review that was asked for, newest first.
    pub reviews: Vec<TemplateReviewRow>,
}

/// Where the newest version of a template stands with the review of somebody else.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
pub struct TemplateReviewStanding {
    /// The workspace asks for it before anything is submitted.
    pub needed: bool,
    /// Somebody was asked, and nobody has decided.
    pub open: bool,
    pub approved: bool,
    /// Whoever looks now may decide: they neither wrote it nor asked.
    pub may_decide: bool,
}

/// A review of one version of a template.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateReviewRow {
    pub version: u32,
    /// What the person who asked wants looked at.
    pub note: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub asker: Option<String>,
    /// `approved`, `declined` or `withdrawn` (the template was changed); null while nobody decided.
    pub outcome: Option<String>,
    /// Why it was declined.
    pub reason: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decider: Option<String>,
}

/// One version of a template.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateVersionRow {
    pub version: u32,
    /// `written`, `pulled`, `restored` or `duplicated`.
    pub origin: String,
    pub note: Option<String>,
    pub author: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Whether it is the one that the provider has.
    pub at_provider: bool,
}

/// Something that happened to a template at the provider.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateEventRow {
    pub id: TemplateEventId,
    pub template_id: TemplateId,
    pub name: String,
    pub language: String,
    /// `status`, `quality`, `category`, `category_announced` or `components`.
    pub kind: String,
    /// Null for the first that is known of it.
    pub before: Option<String>,
    pub after: String,
    pub reason: Option<String>,
    pub occurred_at: DateTime<Utc>,
    pub seen_at: Option<DateTime<Utc>>,
}

/// What Meta's limits leave of edits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
pub struct TemplateEdits {
    /// Whether its state lets it be edited at Meta at all.
    pub possible: bool,
    /// When an approved one can be edited again; null when it can be now.
    pub possible_at: Option<DateTime<Utc>>,
    /// Edits of an approved one that are left in these 30 days.
    pub left: u32,
}

/// A bulk send that a template is used by.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateUse {
    pub id: BulkSendId,
    pub name: String,
    /// `planning`, `running` or `paused`.
    pub state: String,
    pub version: Option<u32>,
}

/// Brings templates and what became of them from the provider.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct PullTemplates {
    /// All accounts when absent.
    #[serde(default)]
    pub account: Option<String>,
    /// Leaves accounts alone that were read within so many seconds.
    #[serde(default)]
    pub unless_within: Option<u32>,
}

/// What a pull changed, by account.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PulledTemplates {
    pub accounts: Vec<PulledAccount>,
}

/// What a pull changed of one account.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct PulledAccount {
    pub account: String,
    pub name: String,
    pub added: u32,
    pub changed: u32,
    pub unchanged: u32,
    /// No more in the provider's list.
    pub vanished: u32,
    /// Templates that could not be read, with why.
    pub unreadable: Vec<String>,
    /// Whether it was left alone: it was read lately.
    pub skipped: bool,
    /// Why the account could not be read; the others were all the same.
    pub error: Option<super::WireError>,
}

/// Writes a template, new or as a version.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SaveTemplate {
    /// A new one when absent.
    #[serde(default)]
    pub id: Option<TemplateId>,
    /// Of a new one: the account; the only one when absent.
    #[serde(default)]
    pub account: Option<String>,
    /// JSON in Meta's form.
    pub template: String,
    /// What each variable is; by its name and example where it is not said.
    #[serde(default)]
    pub variables: Vec<TemplateVariable>,
    /// Why it was changed.
    #[serde(default)]
    pub note: Option<String>,
}

/// Brings the newest version of a template to the provider.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SubmitTemplate {
    pub id: TemplateId,
}

/// Asks somebody else to look at the newest version of a template.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct AskTemplateReview {
    pub id: TemplateId,
    /// What is to be looked at.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says whether the newest version of a template is fit to be submitted.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct DecideTemplateReview {
    pub id: TemplateId,
    pub approve: bool,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Asks what is not the same in two versions.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct CompareTemplateVersions {
    pub id: TemplateId,
    pub before: u32,
    pub after: u32,
}

/// What is not the same in two versions, and what that breaks.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateComparison {
    pub before: u32,
    pub after: u32,
    pub parts: Vec<PartDifference>,
    /// Variables for which parameters that are given for the earlier version no longer fit.
    pub breaks: Vec<VariableBreak>,
    /// Bulk sends that give such parameters; none where nothing breaks.
    pub affected: Vec<TemplateUse>,
}

/// Makes an earlier version the newest again.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct RestoreTemplateVersion {
    pub id: TemplateId,
    pub version: u32,
    #[serde(default)]
    pub note: Option<String>,
}

/// Copies a template. At least one of the three makes it another one.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct DuplicateTemplate {
    pub id: TemplateId,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub account: Option<String>,
}

/// Deletes a template here and, in its language, at the provider.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct DeleteTemplate {
    pub id: TemplateId,
    /// Although it is in use.
    #[serde(default)]
    pub although_used: bool,
}

/// Asks what happened to templates that nobody looked at since.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListTemplateEvents {}

/// Marks what happened to a template as seen; to all of them without one.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct SeeTemplateEvents {
    #[serde(default)]
    pub id: Option<TemplateId>,
}

/// Asks what came of a template's messages.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetTemplateUsage {
    pub id: TemplateId,
    /// The first day, of the workspace's time zone; from the beginning when absent.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// The last day; today when absent.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

/// What came of a template's messages, by version, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateUsage {
    pub versions: Vec<TemplateVersionUsage>,
}

/// What came of one version's messages.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateVersionUsage {
    /// 0 for messages of which the version is not known.
    pub version: u32,
    pub waiting: u32,
    /// Left out, with a reason.
    pub skipped: u32,
    pub sent: u32,
    /// Delivered or read.
    pub delivered: u32,
    pub read: u32,
    /// Failed or bounced.
    pub failed: u32,
    /// Of which it is not known whether they were sent.
    pub unknown: u32,
    pub cancelled: u32,
    /// Answered by the person: the next message of the conversation is theirs.
    pub replies: u32,
    /// What the provider charged, each currency by itself.
    pub costs: Vec<TemplateCost>,
}

/// What the provider charged, in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateCost {
    pub amount: String,
    pub currency: String,
}

/// Asks for a page of messages that were planned with a template, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListTemplateSends {
    pub id: TemplateId,
    /// Only in this state, such as `failed`.
    #[serde(default)]
    pub state: Option<String>,
    /// Only what this asked for: `person`, `bulk_send`, `rule`, `sequence`, `campaign` or `bot`.
    #[serde(default)]
    pub origin: Option<String>,
    #[serde(default)]
    pub version: Option<u32>,
    pub page: super::PageRequest,
}

/// A message that was planned with a template.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateSend {
    pub id: DispatchId,
    pub version: Option<u32>,
    /// `planned`, `held`, `skipped`, `queued`, `claimed`, `sent`, `delivered`, `read`, `failed`,
    /// `bounced`, `unknown` or `cancelled`.
    pub state: String,
    /// Why it was left out, held or failed.
    pub reason: Option<String>,
    pub error: Option<String>,
    /// `person`, `bulk_send`, `rule`, `sequence`, `campaign` or `bot`.
    pub origin: String,
    pub address: String,
    pub contact: Option<String>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
}

/// Uploads a file as the sample of a header.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct UploadTemplateSample {
    pub path: String,
    /// The WhatsApp account whose templates it is for; may be missing where there is one.
    #[serde(default)]
    pub account: Option<String>,
}

/// A sample that Meta has.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TemplateSample {
    /// What stands for it in `example.header_handle`.
    pub handle: String,
    /// `IMAGE`, `VIDEO` or `DOCUMENT`.
    pub format: String,
    pub file_name: String,
    /// Of a small picture: itself as a `data:` address, for the preview.
    pub picture: Option<String>,
}
