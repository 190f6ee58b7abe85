//! SQL of what is mirrored.

use chrono::{DateTime, Utc};
use rumbo_base::{
    ChatwootLinkId, Code, ContactId, ConversationId, Error, MessageId, Reason, Result,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::Hitch;

statements! {
    /// What waits and can be handed over: a message that is being sent is not known to be one yet.
    DUE = "SELECT d.conversation_id FROM (\
        SELECT x.conversation_id, x.occurred_at FROM chatwoot_messages x \
        LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = x.message_id \
        WHERE x.workspace_id = $1 AND x.link_id = $2 AND x.state IN ('waiting', 'posting') \
        AND (x.origin = 'note' OR m.id IS NULL OR m.status <> 'pending') \
        UNION ALL SELECT x.conversation_id, x.occurred_at FROM chatwoot_messages x \
        WHERE x.workspace_id = $1 AND x.link_id = $2 AND x.status_due = TRUE AND x.state = 'mirrored' \
        AND x.chatwoot_id IS NOT NULL) d \
        WHERE NOT EXISTS (SELECT 1 FROM chatwoot_conversations c WHERE c.workspace_id = $1 AND c.link_id = $2 \
        AND c.conversation_id = d.conversation_id AND (c.due_at > $3 OR c.claimed_until > $3)) \
        GROUP BY d.conversation_id ORDER BY MIN(d.occurred_at) LIMIT 200";
    CLAIM = "INSERT INTO chatwoot_conversations (workspace_id, link_id, conversation_id, read_until, claimed_by, \
        claimed_until, attempts, due_at, created_at, updated_at) VALUES ($1, $2, $3, 0, $4, $5, 0, $6, $6, $6) \
        ON CONFLICT (workspace_id, link_id, conversation_id) DO UPDATE SET claimed_by = $4, claimed_until = $5 \
        WHERE chatwoot_conversations.claimed_until IS NULL OR chatwoot_conversations.claimed_until <= $6 \
        RETURNING attempts";
    RENEW = "UPDATE chatwoot_conversations SET claimed_until = $5 WHERE workspace_id = $1 AND link_id = $2 \
        AND conversation_id = $3 AND claimed_by = $4 AND claimed_until > $6";
    LET_GO = "UPDATE chatwoot_conversations SET claimed_by = NULL, claimed_until = NULL, due_at = $5, attempts = $6, \
        error = $7, error_kind = $9, updated_at = $8 WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3 AND claimed_by = $4";
    PLACE = "SELECT contact, chatwoot_id, begun_at FROM chatwoot_conversations \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3";
    SET_CONTACT = "UPDATE chatwoot_conversations SET contact = $4, begun_at = NULL \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3";
    BEGIN = "UPDATE chatwoot_conversations SET begun_at = $5 \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3 AND claimed_by = $4";
    NOT_BEGUN = "UPDATE chatwoot_conversations SET begun_at = NULL \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3";
    BEGUN = "UPDATE chatwoot_conversations SET chatwoot_id = $4, begun_at = NULL, read_until = 0 \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3 AND chatwoot_id IS NULL";
    LOSE_PLACE = "UPDATE chatwoot_conversations SET chatwoot_id = NULL, begun_at = NULL, contact = NULL \
        WHERE workspace_id = $1 AND link_id = $2 AND conversation_id = $3";
    PERSON = "SELECT c.contact_id, c.address, h.kind, COALESCE(p.name, c.name, c.address) AS name, p.phone, p.email \
        FROM conversations c JOIN channels h ON h.workspace_id = $1 AND h.id = c.channel_id \
        LEFT JOIN contacts p ON p.workspace_id = $1 AND p.id = c.contact_id WHERE c.workspace_id = $1 AND c.id = $2";
    ROWS = "SELECT x.message_id, x.origin, x.note, x.posted_at, x.posted_after, x.occurred_at, m.direction, m.kind, \
        m.body, m.media, m.status FROM chatwoot_messages x \
        LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = x.message_id \
        WHERE x.workspace_id = $1 AND x.link_id = $2 AND x.conversation_id = $3 AND x.state IN ('waiting', 'posting') \
        AND (x.origin = 'note' OR m.id IS NULL OR m.status <> 'pending') \
        ORDER BY x.occurred_at, x.created_at, x.message_id LIMIT 50";
    HAND_OVER = "UPDATE chatwoot_messages SET state = 'posting', posted_at = $4, updated_at = $4, \
        posted_after = COALESCE((SELECT MAX(k.chatwoot_id) FROM chatwoot_messages k WHERE k.workspace_id = $1 \
        AND k.link_id = $2 AND k.conversation_id = chatwoot_messages.conversation_id), 0) \
        WHERE workspace_id = $1 AND link_id = $2 AND message_id = $3 AND state IN ('waiting', 'posting')";
    WAIT = "UPDATE chatwoot_messages SET state = 'waiting', posted_at = NULL, updated_at = $4 \
        WHERE workspace_id = $1 AND link_id = $2 AND message_id = $3 AND state = 'posting'";
    REFUSE = "UPDATE chatwoot_messages SET state = 'refused', error = $4, updated_at = $5 \
        WHERE workspace_id = $1 AND link_id = $2 AND message_id = $3 AND state = 'posting'";
    /// By an answer, by asking, or by a webhook that was sooner than the answer.
    ARRIVED = "UPDATE chatwoot_messages SET state = 'mirrored', chatwoot_id = $4, posted_at = NULL, error = NULL, \
        status_due = CASE WHEN origin = 'note' THEN FALSE ELSE TRUE END, updated_at = $5 \
        WHERE workspace_id = $1 AND link_id = $2 AND message_id = $3 AND chatwoot_id IS NULL AND origin <> 'chatwoot'";
    DROP_ROW = "DELETE FROM chatwoot_messages WHERE workspace_id = $1 AND link_id = $2 AND message_id = $3 \
        AND chatwoot_id IS NULL";
    STATUSES = "SELECT x.message_id, x.chatwoot_id, x.place, x.status AS told, m.direction, m.status, m.error_text, \
        d.state AS dispatch, d.reason FROM chatwoot_messages x \
        LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = x.message_id \
        LEFT JOIN dispatches d ON d.workspace_id = $1 AND d.id = x.message_id \
        WHERE x.workspace_id = $1 AND x.link_id = $2 AND x.conversation_id = $3 AND x.status_due = TRUE \
        AND x.state = 'mirrored' AND x.chatwoot_id IS NOT NULL ORDER BY x.chatwoot_id LIMIT 200";
    /// One that changed meanwhile is told again.
    STATUS_TOLD = "UPDATE chatwoot_messages SET status = COALESCE($4, status), status_due = FALSE \
        WHERE workspace_id = $1 AND link_id = $2 AND message_id = $3 AND NOT EXISTS (SELECT 1 FROM messages m \
        WHERE m.workspace_id = $1 AND m.id = $3 AND m.status <> COALESCE($5, ''))";
    KNOW_PLACE = "UPDATE chatwoot_conversations SET chatwoot_id = $4, begun_at = NULL WHERE workspace_id = $1 \
        AND link_id = $2 AND conversation_id = $3 AND chatwoot_id IS NULL AND begun_at IS NOT NULL";
    ECHO_MOVES = "UPDATE chatwoot_messages SET state = 'mirrored', chatwoot_id = $3, status_due = TRUE \
        WHERE workspace_id = $1 AND message_id = $2 AND link_id = $4 AND chatwoot_id IS NULL";
    ECHO_WAS = "SELECT link_id, chatwoot_id FROM chatwoot_messages WHERE workspace_id = $1 AND message_id = $2";
    ECHO_GOES = "DELETE FROM chatwoot_messages WHERE workspace_id = $1 AND message_id = $2";
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub(super) enum Origin {
    /// A message that is mirrored.
    Rumbo,
    /// An answer that was written in Chatwoot.
    Chatwoot,
    /// What agents are told.
    Note,
}

/// Something that is to be handed over.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub message_id: MessageId,
    pub origin: Origin,
    note: Option<String>,
    pub posted_at: Option<DateTime<Utc>>,
    pub posted_after: Option<i64>,
    pub occurred_at: DateTime<Utc>,
    direction: Option<String>,
    kind: Option<String>,
    body: Option<String>,
    media: Option<Json<serde_json::Value>>,
    status: Option<String>,
}

impl Row {
    /// Whether there is nothing to hand over: the message was withdrawn, or was found to be another.
    pub fn is_nothing(&self) -> bool {
        self.origin != Origin::Note
            && (self.direction.is_none() || self.status.as_deref() == Some("cancelled"))
    }

    pub fn is_inbound(&self) -> bool {
        self.direction.as_deref() == Some("inbound")
    }

    /// What agents read: the text, and of a file its kind, name and address.
    pub fn content(&self) -> String {
        if let Some(note) = &self.note {
            return note.clone();
        }
        let body = self.body.as_deref().unwrap_or_default().trim();
        let sign = match self.kind.as_deref() {
            Some("image") => "🖼",
            Some("video") => "🎬",
            Some("audio") => "🎤",
            Some("document") => "📄",
            Some("sticker") => "🏷",
            Some("location") => "📍",
            Some("contact") => "👤",
            Some("unsupported" | "system") if body.is_empty() => "❔",
            _ => "",
        };
        let media = self.media.as_ref().map(|media| &media.0);
        let text = |names: &[&str]| {
            let media = media?;
            let found = names.iter().find_map(|name| media.pointer(name)?.as_str());
            found.filter(|text| !text.is_empty())
        };
        let parts = [
            Some(sign).filter(|sign| !sign.is_empty()),
            text(&["/file_name"]),
            text(&["/url", "/source/url"]),
        ];
        let head: Vec<&str> = parts.into_iter().flatten().collect();
        let lines = [head.join(" "), body.to_owned()];
        let shown: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        if shown.is_empty() {
            "…".to_owned()
        } else {
            shown.join("\n")
        }
    }
}

/// Whom a conversation is with.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Person {
    pub contact_id: Option<ContactId>,
    address: String,
    kind: String,
    pub name: String,
    phone: Option<String>,
    pub email: Option<String>,
}

impl Person {
    /// The number; of a channel that writes to numbers the one that is written to.
    pub fn phone(&self) -> Option<&str> {
        if self.contact_id.is_some() && matches!(self.kind.as_str(), "whatsapp" | "sms") {
            return Some(&self.address);
        }
        self.phone.as_deref()
    }
}

/// Where a conversation is there.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub(super) struct Place {
    pub contact: Option<i64>,
    pub chatwoot_id: Option<i64>,
    pub begun_at: Option<DateTime<Utc>>,
}

/// How a message of ours fared.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Standing {
    pub message_id: MessageId,
    pub chatwoot_id: i64,
    /// The conversation there, where ours has another one by now.
    pub place: Option<i64>,
    told: Option<String>,
    direction: Option<String>,
    status: Option<String>,
    error_text: Option<String>,
    dispatch: Option<String>,
    reason: Option<String>,
}

impl Standing {
    /// The word Chatwoot has for it, where that is another than it knows.
    fn word(&self) -> Option<&'static str> {
        if self.direction.as_deref() == Some("inbound") {
            return None;
        }
        match self.status.as_deref() {
            Some("sent") => Some("sent"),
            Some("delivered") => Some("delivered"),
            Some("read") => Some("read"),
            Some("failed" | "cancelled") => Some("failed"),
            Some(_) => None,
            None => match self.dispatch.as_deref() {
                Some("skipped" | "failed" | "bounced" | "cancelled") => Some("failed"),
                _ => None,
            },
        }
    }

    /// What to tell: the word, and of a failure the reason. A new message is `sent` there by itself.
    pub fn to_tell(&self) -> Option<(&'static str, Option<String>)> {
        let word = self.word()?;
        if word == self.told.as_deref().unwrap_or("sent") {
            return None;
        }
        let reason = (word == "failed").then(|| {
            self.error_text
                .clone()
                .or_else(|| self.reason.clone())
                .unwrap_or_else(|| "failed".to_owned())
        });
        Some((word, reason))
    }
}

/// A claim on a conversation.
pub(super) struct Held<'a> {
    pub scope: &'a Scope,
    pub link: ChatwootLinkId,
    pub conversation: ConversationId,
    pub by: Uuid,
}

pub(super) async fn due(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
) -> Result<Vec<ConversationId>> {
    on_tx!(tx, |c| sqlx::query_scalar(DUE)
        .bind(scope.workspace)
        .bind(link)
        .bind(scope.now())
        .fetch_all(c)
        .await)
    .db()
}

/// Claims a conversation; gives how often it was tried in a row, and nothing where another program has
/// it.
pub(super) async fn claim(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    conversation: ConversationId,
    by: Uuid,
    until: DateTime<Utc>,
) -> Result<Option<i64>> {
    on_tx!(tx, |c| sqlx::query_scalar(CLAIM)
        .bind(scope.workspace)
        .bind(link)
        .bind(conversation)
        .bind(by)
        .bind(until)
        .bind(scope.now())
        .fetch_optional(c)
        .await)
    .db()
}

macro_rules! change {
    ($tx:expr, $held:expr, $sql:expr $(, $bind:expr)*) => {
        on_tx!($tx, |c| sqlx::query($sql)
            .bind($held.scope.workspace)
            .bind($held.link)
            .bind($held.conversation)
            $(.bind($bind))*
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .db()
    };
}

macro_rules! change_message {
    ($tx:expr, $held:expr, $sql:expr, $message:expr $(, $bind:expr)*) => {
        on_tx!($tx, |c| sqlx::query($sql)
            .bind($held.scope.workspace)
            .bind($held.link)
            .bind($message)
            $(.bind($bind))*
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .db()
    };
}

/// Holds it longer; false where it was lost.
pub(super) async fn renew(tx: &mut Tx, held: &Held<'_>, until: DateTime<Utc>) -> Result<bool> {
    Ok(change!(tx, held, RENEW, held.by, until, held.scope.now())? > 0)
}

pub(super) async fn let_go(
    tx: &mut Tx,
    held: &Held<'_>,
    due_at: DateTime<Utc>,
    attempts: i64,
    error: Option<(Hitch, &str)>,
) -> Result<()> {
    let now = held.scope.now();
    let (kind, error) = (
        error.map(|(kind, _)| kind.word()),
        error.map(|(_, text)| text),
    );
    change!(
        tx, held, LET_GO, held.by, due_at, attempts, error, now, kind
    )
    .map(|_| ())
}

pub(super) async fn place(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    conversation: ConversationId,
) -> Result<Place> {
    let found: Option<Place> = on_tx!(tx, |c| sqlx::query_as(PLACE)
        .bind(scope.workspace)
        .bind(link)
        .bind(conversation)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(found.unwrap_or_default())
}

pub(super) async fn person(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
) -> Result<Person> {
    let found: Option<Person> = on_tx!(tx, |c| sqlx::query_as(PERSON)
        .bind(scope.workspace)
        .bind(conversation)
        .fetch_optional(c)
        .await)
    .db()?;
    found.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This conversation does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "conversation")
    })
}

pub(super) async fn set_contact(tx: &mut Tx, held: &Held<'_>, contact: Option<i64>) -> Result<()> {
    change!(tx, held, SET_CONTACT, contact).map(|_| ())
}

/// Notes that a conversation is asked for, and holds the claim longer; false where it was lost.
pub(super) async fn begin(tx: &mut Tx, held: &Held<'_>, until: DateTime<Utc>) -> Result<bool> {
    if !renew(tx, held, until).await? {
        return Ok(false);
    }
    let now = held.scope.now();
    Ok(change!(tx, held, BEGIN, held.by, now)? > 0)
}

pub(super) async fn not_begun(tx: &mut Tx, held: &Held<'_>) -> Result<()> {
    change!(tx, held, NOT_BEGUN).map(|_| ())
}

pub(super) async fn begun(tx: &mut Tx, held: &Held<'_>, place: i64) -> Result<()> {
    change!(tx, held, BEGUN, place).map(|_| ())
}

/// The conversation is not there any more.
pub(super) async fn lose_place(tx: &mut Tx, held: &Held<'_>) -> Result<()> {
    change!(tx, held, LOSE_PLACE).map(|_| ())
}

pub(super) async fn rows(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    conversation: ConversationId,
) -> Result<Vec<Row>> {
    on_tx!(tx, |c| sqlx::query_as(ROWS)
        .bind(scope.workspace)
        .bind(link)
        .bind(conversation)
        .fetch_all(c)
        .await)
    .db()
}

/// Notes that a message is handed over now; false where it has arrived meanwhile.
pub(super) async fn hand_over(tx: &mut Tx, held: &Held<'_>, message: MessageId) -> Result<bool> {
    let now = held.scope.now();
    Ok(change_message!(tx, held, HAND_OVER, message, now)? > 0)
}

pub(super) async fn wait(tx: &mut Tx, held: &Held<'_>, message: MessageId) -> Result<()> {
    let now = held.scope.now();
    change_message!(tx, held, WAIT, message, now).map(|_| ())
}

pub(super) async fn refuse(
    tx: &mut Tx,
    held: &Held<'_>,
    message: MessageId,
    why: &str,
) -> Result<()> {
    let now = held.scope.now();
    change_message!(tx, held, REFUSE, message, why, now).map(|_| ())
}

pub(super) async fn drop_row(tx: &mut Tx, held: &Held<'_>, message: MessageId) -> Result<()> {
    change_message!(tx, held, DROP_ROW, message).map(|_| ())
}

/// Notes that a message of ours is there, under that number. Known already it changes nothing.
pub(crate) async fn arrived(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    message: MessageId,
    id: i64,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(ARRIVED)
        .bind(scope.workspace)
        .bind(link)
        .bind(message)
        .bind(id)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn statuses(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    conversation: ConversationId,
) -> Result<Vec<Standing>> {
    on_tx!(tx, |c| sqlx::query_as(STATUSES)
        .bind(scope.workspace)
        .bind(link)
        .bind(conversation)
        .fetch_all(c)
        .await)
    .db()
}

pub(super) async fn status_told(tx: &mut Tx, held: &Held<'_>, status: &Standing) -> Result<()> {
    change_message!(
        tx,
        held,
        STATUS_TOLD,
        status.message_id,
        status.word(),
        &status.status
    )
    .map(|_| ())
}

/// Notes the number of a conversation that was asked for, as a webhook tells it sooner than the answer.
pub(crate) async fn place_known(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    conversation: ConversationId,
    place: i64,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(KNOW_PLACE)
        .bind(scope.workspace)
        .bind(link)
        .bind(conversation)
        .bind(place)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// A message that was taken for another program's was found to be this one, and goes: what is known of
/// it in Chatwoot is known of this one from now on.
///
/// # Errors
/// When the store cannot be written.
pub(crate) async fn is_also(
    tx: &mut Tx,
    scope: &Scope,
    echo: MessageId,
    message: MessageId,
) -> Result<()> {
    let was: Vec<(ChatwootLinkId, Option<i64>)> = on_tx!(tx, |c| sqlx::query_as(ECHO_WAS)
        .bind(scope.workspace)
        .bind(echo)
        .fetch_all(c)
        .await)
    .db()?;
    on_tx!(tx, |c| sqlx::query(ECHO_GOES)
        .bind(scope.workspace)
        .bind(echo)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    for (link, chatwoot_id) in was {
        let Some(chatwoot_id) = chatwoot_id else {
            continue;
        };
        on_tx!(tx, |c| sqlx::query(ECHO_MOVES)
            .bind(scope.workspace)
            .bind(message)
            .bind(chatwoot_id)
            .bind(link)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}
