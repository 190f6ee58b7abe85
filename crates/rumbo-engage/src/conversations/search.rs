//! Search in messages: words and the beginnings of words, in any order, newest first.

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelId, ConversationId, MessageId, Result, WorkspaceId};
use rumbo_channels::ChannelKind;
use rumbo_db::{DbResultExt, Statement, Tx, on_tx};
use sqlx::types::Json;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

macro_rules! hit {
    ($from:literal) => {
        concat!(
            "SELECT m.id, m.conversation_id, c.channel_id, h.kind, COALESCE(p.name, c.name, c.address) AS name, ",
            "m.direction, m.body, m.occurred_at FROM ",
            $from,
            " JOIN conversations c ON c.workspace_id = $1 AND c.id = m.conversation_id ",
            "JOIN channels h ON h.workspace_id = $1 AND h.id = c.channel_id ",
            "LEFT JOIN contacts p ON p.workspace_id = $1 AND p.id = c.contact_id ",
        )
    };
}
macro_rules! words {
    () => {
        "ARRAY(SELECT _message_word($1, word) FROM jsonb_array_elements_text($2) word)"
    };
}

/// The messages with all words, stored last first. PostgreSQL goes through the newest first: words
/// that many messages have fill a page from there at once.
const NEWEST: Statement = Statement {
    name: "conversations::NEWEST",
    sqlite: concat!(
        hit!(
            "_message_search CROSS JOIN _message_keys k ON k.key = _message_search.rowid AND k.workspace_id = $1 \
             CROSS JOIN messages m ON m.workspace_id = $1 AND m.id = k.message_id"
        ),
        "WHERE _message_search MATCH $2 ORDER BY _message_search.rowid DESC LIMIT $3"
    ),
    postgres: concat!(
        hit!(
            "(SELECT * FROM messages WHERE workspace_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT 4000) m \
             JOIN _message_search s ON s.message_id = m.id"
        ),
        "WHERE s.words @> ",
        words!(),
        " ORDER BY m.occurred_at DESC, m.id DESC LIMIT $3"
    ),
};
/// The same through the index of words: these words are rare.
const INDEXED: Statement = Statement {
    name: "conversations::INDEXED",
    sqlite: NEWEST.sqlite,
    postgres: concat!(
        "WITH hits AS MATERIALIZED (SELECT message_id FROM _message_search WHERE words @> ",
        words!(),
        "), few AS MATERIALIZED (SELECT m.* FROM hits JOIN messages m ON m.workspace_id = $1 AND m.id = hits.message_id \
         ORDER BY m.occurred_at DESC, m.id DESC LIMIT $3) ",
        hit!("few m"),
        "ORDER BY m.occurred_at DESC, m.id DESC"
    ),
};

/// The SQL texts that use the index of words, which the two databases keep differently.
pub const DIALECT_STATEMENTS: &[Statement] = &[NEWEST, INDEXED];

/// Words that are looked for; more narrow nothing down.
const WORDS: usize = 8;

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Hit {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub channel_id: ChannelId,
    pub kind: ChannelKind,
    /// Whom the conversation is with.
    pub name: String,
    /// `inbound` or `outbound`.
    pub direction: String,
    pub body: String,
    pub occurred_at: DateTime<Utc>,
}

/// The newest messages that have every word, or a word that begins with it. Words of one letter
/// are passed over; with nothing else to look for nothing is found.
///
/// # Errors
/// When the store cannot be read.
pub async fn search(
    tx: &mut Tx,
    workspace: WorkspaceId,
    text: &str,
    limit: u32,
) -> Result<Vec<Hit>> {
    let words = words(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::from(limit.clamp(1, 200));
    match tx {
        Tx::Sqlite(_) => {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            let sql = NEWEST.sqlite;
            on_tx!(tx, |c| sqlx::query_as(sql)
                .bind(workspace)
                .bind(quoted.join(" "))
                .bind(limit)
                .fetch_all(c)
                .await)
            .db()
        }
        Tx::Postgres(_) => {
            for sql in [NEWEST.postgres, INDEXED.postgres] {
                let found: Vec<Hit> = on_tx!(tx, |c| sqlx::query_as(sql)
                    .bind(workspace)
                    .bind(Json(&words))
                    .bind(limit)
                    .fetch_all(c)
                    .await)
                .db()?;
                let filled = i64::try_from(found.len()).is_ok_and(|found| found == limit);
                if filled || sql == INDEXED.postgres {
                    return Ok(found);
                }
            }
            Ok(Vec::new())
        }
    }
}

/// The words of a search: runs of letters and digits, as the index splits them.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| {
        !matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
        )
    })
    .filter(|word| word.chars().count() > 1)
    .take(WORDS)
    .map(str::to_owned)
    .collect()
}
