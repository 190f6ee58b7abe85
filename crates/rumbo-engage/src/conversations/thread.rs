//! The messages of a conversation, newest first.

use chrono::{DateTime, Utc};
use rumbo_base::{
    ConversationId, DispatchId, MessageId, Micros, Page, PageRequest, Result, TemplateId,
    WorkspaceId, instant_cursor,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use sqlx::types::Json;

statements! {
    PAGE = "SELECT m.id, m.direction, m.kind, m.body, m.media, m.template_id, t.name AS template, m.address, \
        m.automatic, m.origin, m.origin_name, m.dispatch_id, m.provider_message_id, m.reply_to, m.status, \
        m.error_code, m.error_text, CASE WHEN m.price_listed AND m.status IN ('failed', 'cancelled') \
        THEN NULL ELSE m.price_micros END AS price_micros, m.currency, m.occurred_at, m.sent_at, m.delivered_at, m.read_at, \
        m.failed_at, COALESCE(u.name, (SELECT COALESCE(r.author || ' · ', '') || 'Chatwoot' FROM chatwoot_messages x \
        JOIN chatwoot_replies r ON r.workspace_id = $1 AND r.id = x.reply_id \
        WHERE x.workspace_id = $1 AND x.message_id = m.id)) AS author, f.state AS file_state, f.reason AS file_reason, \
        f.mime_type AS file_type, f.bytes AS file_bytes FROM messages m \
        LEFT JOIN message_files f ON f.workspace_id = $1 AND f.message_id = m.id \
        LEFT JOIN templates t ON t.workspace_id = $1 AND t.id = m.template_id \
        LEFT JOIN users u ON u.id = m.created_by AND m.origin = 'person' \
        WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND (m.occurred_at, m.id) < ($3, $4) \
        ORDER BY m.occurred_at DESC, m.id DESC LIMIT $5";
}

/// A message of a conversation.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Message {
    pub id: MessageId,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// `text`, `image` and the like, or `template`.
    pub kind: String,
    /// As the person reads it.
    pub body: String,
    /// What came or went along: of what came an [`rumbo_channels::InboundMedia`], of what went the
    /// content that was sent.
    pub media: Option<Json<serde_json::Value>>,
    pub template_id: Option<TemplateId>,
    /// The template's name.
    pub template: Option<String>,
    /// The address used at the time.
    pub address: String,
    /// Sent by no person.
    pub automatic: bool,
    /// `contact`, `person`, `bulk_send`, …, or `elsewhere` for what another program sent.
    pub origin: String,
    /// What the origin was called at the time.
    pub origin_name: Option<String>,
    pub dispatch_id: Option<DispatchId>,
    /// The provider's id.
    pub provider_message_id: Option<String>,
    /// The provider's id of the message it answers.
    pub reply_to: Option<String>,
    /// `received` of what came in; else how far it has come.
    pub status: String,
    pub error_code: Option<String>,
    pub error_text: Option<String>,
    pub price_micros: Option<Micros>,
    pub currency: Option<String>,
    pub occurred_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    /// Who wrote it, where a person here did.
    pub author: Option<String>,
    /// Whether its file is here: a word of [`super::FileState`], and why where it is not.
    pub file_state: Option<String>,
    pub file_reason: Option<String>,
    /// Type and size of the file as it was fetched.
    pub file_type: Option<String>,
    pub file_bytes: Option<i64>,
}

/// One page of a conversation, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn thread(
    tx: &mut Tx,
    workspace: WorkspaceId,
    conversation: ConversationId,
    page: &PageRequest,
) -> Result<Page<Message>> {
    let (at, id) = page.before()?;
    let rows: Vec<Message> = on_tx!(tx, |c| sqlx::query_as(PAGE)
        .bind(workspace)
        .bind(conversation)
        .bind(at)
        .bind(id)
        .bind(page.wanted())
        .fetch_all(c)
        .await)
    .db()?;
    Ok(page.cut(rows, |last| instant_cursor(last.occurred_at, last.id)))
}
