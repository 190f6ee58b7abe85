//! What people and the business wrote to one another: one conversation for each person at each
//! messaging channel, and every message in it, whoever sent it and by what.
//!
//! Nothing here depends on the order in which providers tell things: a message is one row by its
//! provider's id, a status only moves forward, and the times of a conversation never move back. Messages
//! stand in the order of one clock, ours (`clock`).

mod change;
mod clock;
mod comparison;
mod files;
mod inbound;
mod list;
mod notes;
pub mod outgoing;
mod pause;
mod search;
mod statistics;
mod statuses;
#[cfg(test)]
mod tests;
mod thread;
mod window;

use rumbo_base::{ChannelId, Code, Error, Reason, Result, WorkspaceId};
use rumbo_channels::{ChannelKind, Provider};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

pub use change::{
    Assignment, ConversationState, STATEMENTS as CHANGE_STATEMENTS, assign, mark_read, mark_unread,
    set_state,
};
pub use clock::STATEMENTS as CLOCK_STATEMENTS;
pub use comparison::{
    Cheaper, Compared, SALE_WITHIN, STATEMENTS as COMPARISON_STATEMENTS, compare,
};
pub use files::{
    FileState, Kept, MessageFile, NotKept, STATEMENTS as FILE_STATEMENTS, TELLING, due_files,
    expect_file, fetch_again, file_of, keep_file, kept_as, miss_file, take_file,
};
pub use inbound::{Received, STATEMENTS as INBOUND_STATEMENTS, receive, receive_at};
pub use list::{
    Assigned, ConversationRow, Filter, STATEMENTS as LIST_STATEMENTS, Tally, list, of_contact, one,
    tally,
};
pub use notes::{Note, STATEMENTS as NOTE_STATEMENTS, add_note, notes, remove_note};
pub use pause::{STATEMENTS as PAUSE_STATEMENTS, pause_automation, resume_automation};
pub use search::{DIALECT_STATEMENTS, Hit, search};
pub use statistics::{ChannelFigures, DayFigures, STATEMENTS as STATISTICS_STATEMENTS, statistics};
pub use statuses::{Noted, STATEMENTS as STATUS_STATEMENTS, note_status, reports_up_to};
pub use thread::{Message, STATEMENTS as THREAD_STATEMENTS, thread};
pub use window::{open_until, window_hours};

statements! {
    OF_SENDER = "SELECT id, provider FROM channels WHERE workspace_id = $1 AND provider = $2 \
        AND (sender_id = $3 OR sender = $3 OR sender = '+' || $3) ORDER BY active DESC, created_at LIMIT 1";
    OF_ID = "SELECT id, provider FROM channels WHERE workspace_id = $1 AND id = $2";
}

/// A messaging channel, as far as a message needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ChannelRef {
    pub id: ChannelId,
    pub provider: Provider,
}

impl ChannelRef {
    /// What people use to talk there.
    pub fn kind(self) -> ChannelKind {
        self.provider.kind()
    }
}

/// The channel of a workspace that a provider means by a sender: its id there, or what people see.
///
/// # Errors
/// When the store cannot be read.
pub async fn channel_of_sender(
    tx: &mut Tx,
    workspace: WorkspaceId,
    provider: Provider,
    sender: &str,
) -> Result<Option<ChannelRef>> {
    on_tx!(tx, |c| sqlx::query_as(OF_SENDER)
        .bind(workspace)
        .bind(provider)
        .bind(sender)
        .fetch_optional(c)
        .await)
    .db()
}

/// One channel.
///
/// # Errors
/// When the store cannot be read.
pub async fn channel_of_id(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ChannelId,
) -> Result<Option<ChannelRef>> {
    on_tx!(tx, |c| sqlx::query_as(OF_ID)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

fn gone() -> Error {
    Error::new(
        Code::NotFound,
        "This conversation does not exist any more. Look again.",
    )
    .reason(Reason::Gone)
    .param("what", "conversation")
}
