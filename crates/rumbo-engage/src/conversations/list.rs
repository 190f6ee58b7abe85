//! Conversations in lists, the one written in last first.

use chrono::{DateTime, Utc};
use rumbo_base::{
    ChannelId, ContactId, ConversationId, Page, PageRequest, Result, UserId, WorkspaceId,
    instant_cursor,
};
use rumbo_channels::{ChannelKind, Provider};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::{ConversationState, gone};

macro_rules! shown {
    ($rest:expr) => {
        concat!(
            "SELECT c.id, c.channel_id, h.name AS channel, h.kind, h.provider, c.address, c.contact_id, ",
            "COALESCE(p.name, c.name, c.address) AS name, c.state, c.assigned_to, u.name AS assignee, ",
            "c.last_message_at, c.last_inbound_at, c.read_at, c.automation_paused_until, ",
            "(SELECT COUNT(*) FROM messages n WHERE n.workspace_id = $1 AND n.conversation_id = c.id ",
            "AND n.direction = 'inbound' AND (c.read_at IS NULL OR n.created_at > c.read_at)) AS unread, ",
            "m.body AS last_body, m.kind AS last_kind, m.direction AS last_direction, m.status AS last_status, ",
            "m.automatic AS last_automatic FROM conversations c ",
            "JOIN channels h ON h.workspace_id = $1 AND h.id = c.channel_id ",
            "LEFT JOIN contacts p ON p.workspace_id = $1 AND p.id = c.contact_id ",
            "LEFT JOIN users u ON u.id = c.assigned_to ",
            "LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = (SELECT l.id FROM messages l ",
            "WHERE l.workspace_id = $1 AND l.conversation_id = c.id ORDER BY l.occurred_at DESC, l.id DESC LIMIT 1) ",
            "WHERE c.workspace_id = $1 ",
            $rest
        )
    };
}
macro_rules! unread {
    () => {
        "c.last_received_at IS NOT NULL AND (c.read_at IS NULL OR c.read_at < c.last_received_at) "
    };
}
macro_rules! open {
    () => {
        "c.state = 'open' AND NOT c.bulk_only "
    };
}
macro_rules! narrowed {
    ($more:expr) => {
        shown!(concat!(
            "AND (c.last_message_at, c.id) < ($2, $3) AND ($4 = '' OR c.state = $4) ",
            "AND (c.channel_id = $5 OR $5 IS NULL) AND (c.assigned_to = $6 OR $6 IS NULL) ",
            $more,
            "ORDER BY c.last_message_at DESC, c.id DESC LIMIT $7"
        ))
    };
}

statements! {
    ONE = shown!("AND c.id = $2");
    ALL = narrowed!("");
    /// Without those that hold nothing but what went to many.
    OPEN = narrowed!(concat!("AND ", open!()));
    OPEN_UNASSIGNED = narrowed!(concat!("AND c.assigned_to IS NULL AND ", open!()));
    UNASSIGNED = narrowed!("AND c.assigned_to IS NULL ");
    UNREAD = narrowed!(concat!("AND ", unread!()));
    UNREAD_UNASSIGNED = narrowed!(concat!("AND c.assigned_to IS NULL AND ", unread!()));
    OF_CONTACT = shown!("AND c.contact_id = $2 ORDER BY c.last_message_at DESC, c.id DESC LIMIT 50");
    /// More than a thousand are told as a thousand: nobody reads them one by one.
    COUNT_UNREAD = concat!("SELECT COUNT(*) FROM (SELECT 1 FROM conversations c WHERE c.workspace_id = $1 AND ",
        unread!(), "LIMIT 1000) x");
    COUNT_MINE = "SELECT COUNT(*) FROM (SELECT 1 FROM conversations c WHERE c.workspace_id = $1 \
        AND c.assigned_to = $2 AND c.state = 'open' LIMIT 1000) x";
}

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ConversationRow {
    pub id: ConversationId,
    pub channel_id: ChannelId,
    /// The channel's name.
    pub channel: String,
    pub kind: ChannelKind,
    pub provider: Provider,
    /// The person's address at the channel.
    pub address: String,
    /// `None` in a group.
    pub contact_id: Option<ContactId>,
    /// The contact's name, else what the person goes by at the channel, else the address.
    pub name: String,
    pub state: ConversationState,
    pub assigned_to: Option<UserId>,
    /// The name of whom it is assigned to.
    pub assignee: Option<String>,
    pub last_message_at: Option<DateTime<Utc>>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    /// Until when rules, sequences and the bot leave the person alone.
    pub automation_paused_until: Option<DateTime<Utc>>,
    /// Messages of the person that were stored after the conversation was read.
    pub unread: i64,
    pub last_body: Option<String>,
    pub last_kind: Option<String>,
    /// `inbound` or `outbound`.
    pub last_direction: Option<String>,
    pub last_status: Option<String>,
    /// The last message was sent by no person.
    pub last_automatic: Option<bool>,
}

/// Which conversations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Both where absent. Of the open ones those are left out that hold nothing but what went to many,
    /// until somebody says a word.
    pub state: Option<ConversationState>,
    pub channel: Option<ChannelId>,
    pub assigned: Assigned,
    /// Only those with something to read.
    pub unread: bool,
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assigned {
    /// Whoever they are assigned to.
    #[default]
    Anybody,
    /// Those that nobody has taken.
    Nobody,
    To(UserId),
}

/// What waits in the inbox. A thousand stands for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Conversations with something to read.
    pub unread: i64,
    /// Open ones that are assigned to the acting person.
    pub mine: i64,
}

/// One page of conversations.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &Filter,
    page: &PageRequest,
) -> Result<Page<ConversationRow>> {
    let (at, id) = page.before()?;
    let open = filter.state == Some(ConversationState::Open);
    // Where there is something to read somebody has written.
    let sql = match (filter.unread, filter.assigned) {
        (false, Assigned::Nobody) if open => OPEN_UNASSIGNED,
        (false, Assigned::Nobody) => UNASSIGNED,
        (false, _) if open => OPEN,
        (false, _) => ALL,
        (true, Assigned::Nobody) => UNREAD_UNASSIGNED,
        (true, _) => UNREAD,
    };
    let assigned = match filter.assigned {
        Assigned::To(user) => Some(user),
        Assigned::Anybody | Assigned::Nobody => None,
    };
    let rows: Vec<ConversationRow> = on_tx!(tx, |c| sqlx::query_as(sql)
        .bind(workspace)
        .bind(at)
        .bind(id)
        .bind(filter.state.map_or("", ConversationState::word))
        .bind(filter.channel)
        .bind(assigned)
        .bind(page.wanted())
        .fetch_all(c)
        .await)
    .db()?;
    Ok(page.cut(rows, |last| {
        instant_cursor(last.last_message_at.unwrap_or_default(), last.id)
    }))
}

/// One conversation as in the list.
///
/// # Errors
/// `NotFound`.
pub async fn one(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ConversationId,
) -> Result<ConversationRow> {
    on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .ok_or_else(gone)
}

/// The conversations with a contact, at every channel.
///
/// # Errors
/// When the store cannot be read.
pub async fn of_contact(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<ConversationRow>> {
    on_tx!(tx, |c| sqlx::query_as(OF_CONTACT)
        .bind(workspace)
        .bind(contact)
        .fetch_all(c)
        .await)
    .db()
}

/// What waits.
///
/// # Errors
/// When the store cannot be read.
pub async fn tally(tx: &mut Tx, workspace: WorkspaceId, me: Option<UserId>) -> Result<Tally> {
    let unread: i64 = on_tx!(tx, |c| sqlx::query_scalar(COUNT_UNREAD)
        .bind(workspace)
        .fetch_one(c)
        .await)
    .db()?;
    let mine: i64 = on_tx!(tx, |c| sqlx::query_scalar(COUNT_MINE)
        .bind(workspace)
        .bind(me)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(Tally { unread, mine })
}
