//! Contacts in lists: search as you type, filters, pages.
//!
//! A search first compares the [`RECENT`] contacts in the order of the list: words that many
//! contacts have fill a page from there at once. Where they do not, the words are rare, and the
//! index of three letters finds the contacts that have them.

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Page, PageRequest, Result, WorkspaceId, instant_cursor, two_parts};
use rumbo_db::{DbResultExt, Statement, Tx, on_tx, statements};
use rumbo_platform::table_file::fold;
use sqlx::types::Json;
use uuid::Uuid;

use super::ContactStatus;
use crate::input::not_found;

/// Contacts compared one by one before the index is asked. More take longer than the index does
/// for words that one contact in a hundred has. (Few in tests, so that they try both.)
const RECENT: i64 = if cfg!(test) { 5 } else { 6_000 };

/// Words of a search that are looked for, the longest first.
const WORDS: usize = 5;

macro_rules! shown {
    ($rest:expr) => {
        shown!("contacts c ", $rest)
    };
    ($from:expr, $rest:expr) => {
        concat!(
            "SELECT c.id, c.name, c.phone, c.email, c.status, c.lead_source, c.search, ",
            "COALESCE(a.name, t.campaign_external_id) AS campaign, c.first_seen_at, c.updated_at, ",
            "(SELECT COUNT(*) FROM sales s WHERE s.workspace_id = $1 AND s.contact_id = c.id) AS sales ",
            "FROM ",
            $from,
            "LEFT JOIN touchpoints t ON t.workspace_id = $1 AND t.id = c.first_touchpoint_id ",
            "LEFT JOIN ad_campaigns a ON a.workspace_id = $1 AND a.id = t.ad_campaign_id ",
            "WHERE c.workspace_id = $1 ",
            $rest
        )
    };
}
/// A word is looked for anywhere, or behind a space: the first one stands behind one too.
macro_rules! matching {
    ($c:literal) => {
        concat!(
            "(' ' || ",
            $c,
            ".search) LIKE $2 ESCAPE '!' AND (' ' || ",
            $c,
            ".search) LIKE $3 ESCAPE '!' ",
            "AND (' ' || ",
            $c,
            ".search) LIKE $4 ESCAPE '!' AND (' ' || ",
            $c,
            ".search) LIKE $5 ESCAPE '!' ",
            "AND (' ' || ",
            $c,
            ".search) LIKE $6 ESCAPE '!' ",
            "AND ($7 = '' OR ",
            $c,
            ".status = $7) AND ($8 = '' OR ",
            $c,
            ".lead_source = $8) "
        )
    };
}
/// The contacts that have every three letters of `$14`.
macro_rules! indexed {
    (sqlite) => {
        "_contact_search CROSS JOIN _contact_keys k ON k.key = _contact_search.rowid AND k.workspace_id = $1 \
         CROSS JOIN contacts i ON i.workspace_id = $1 AND i.id = k.contact_id WHERE _contact_search MATCH $14 AND "
    };
    (postgres) => {
        // Worked out by itself first: PostgreSQL believes that LIKE finds fewer, by reading all.
        "(WITH hits AS MATERIALIZED (SELECT contact_id FROM _contact_search WHERE grams @> \
         ARRAY(SELECT _contact_gram($1, letters) FROM jsonb_array_elements_text($14) letters)) \
         SELECT contact_id FROM hits) f JOIN contacts i ON i.workspace_id = $1 AND i.id = f.contact_id WHERE "
    };
}
/// SQLite keeps the order of a CROSS JOIN: the few that were found lead to their contacts.
macro_rules! found {
    ($dialect:ident, $join:literal, $within:literal, $order:literal, $shown_order:literal) => {
        shown!(
            concat!(
                "(SELECT i.id FROM ",
                indexed!($dialect),
                matching!("i"),
                $within,
                $order,
                "LIMIT $13) h ",
                $join,
                " contacts c ON c.workspace_id = $1 AND c.id = h.id "
            ),
            $shown_order
        )
    };
}
macro_rules! found_by_time {
    ($dialect:ident, $join:literal) => {
        found!(
            $dialect,
            $join,
            "AND (i.updated_at, i.id) < ($9, $10) AND (i.updated_at, i.id) >= ($11, $12) ",
            "ORDER BY i.updated_at DESC, i.id DESC ",
            "ORDER BY c.updated_at DESC, c.id DESC"
        )
    };
}
macro_rules! found_by_name {
    ($dialect:ident, $join:literal) => {
        found!(
            $dialect,
            $join,
            "AND (i.search, i.id) > ($9, $10) AND (i.search, i.id) <= ($11, $12) ",
            "ORDER BY i.search, i.id ",
            "ORDER BY c.search, c.id"
        )
    };
}

statements! {
    ONE = shown!("AND c.id = $2");
    /// Where the contacts end that are compared one by one.
    RECENT_END = "SELECT updated_at, id FROM contacts WHERE workspace_id = $1 AND (updated_at, id) < ($2, $3) \
        ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET $4";
    NAMES_END = "SELECT search, id FROM contacts WHERE workspace_id = $1 AND (search, id) > ($2, $3) \
        ORDER BY search, id LIMIT 1 OFFSET $4";
    BY_TIME = shown!(concat!("AND ", matching!("c"), "AND (c.updated_at, c.id) < ($9, $10) \
        AND (c.updated_at, c.id) >= ($11, $12) ORDER BY c.updated_at DESC, c.id DESC LIMIT $13"));
    BY_NAME = shown!(concat!("AND ", matching!("c"), "AND (c.search, c.id) > ($9, $10) \
        AND (c.search, c.id) <= ($11, $12) ORDER BY c.search, c.id LIMIT $13"));
}

/// Contacts by the index of three letters, changed last first.
const FOUND_BY_TIME: Statement = Statement {
    name: "contacts::FOUND_BY_TIME",
    sqlite: found_by_time!(sqlite, "CROSS JOIN"),
    postgres: found_by_time!(postgres, "JOIN"),
};
/// Contacts by the index of three letters, by name.
const FOUND_BY_NAME: Statement = Statement {
    name: "contacts::FOUND_BY_NAME",
    sqlite: found_by_name!(sqlite, "CROSS JOIN"),
    postgres: found_by_name!(postgres, "JOIN"),
};

/// The SQL texts that use the index of three letters, which the two databases keep differently.
pub const DIALECT_STATEMENTS: &[Statement] = &[FOUND_BY_TIME, FOUND_BY_NAME];

/// One contact in a list.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct ContactRow {
    pub id: ContactId,
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    pub email: Option<String>,
    #[sqlx(try_from = "String")]
    pub status: ContactStatus,
    pub lead_source: String,
    search: String,
    /// The campaign of the first touch: its name, or its id while it waits for sync.
    pub campaign: Option<String>,
    pub first_seen_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// How many sales there are, whatever their status.
    pub sales: i64,
}

/// Which contacts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words that a name, phone number or e-mail address holds, in any order; one of fewer than
    /// three letters begins a word.
    pub search: Option<String>,
    pub status: Option<ContactStatus>,
    pub source: Option<String>,
    pub sort: ContactSort,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContactSort {
    /// Changed last first.
    #[default]
    Recent,
    /// By name, without regard to case and accents.
    Name,
}

/// The end of a list in one of its orders: what is sorted by, and the id.
#[derive(Clone, Debug)]
enum Place {
    Time(DateTime<Utc>, Uuid),
    Name(String, Uuid),
}

impl Place {
    fn first(sort: ContactSort) -> Self {
        match sort {
            ContactSort::Recent => {
                Self::Time(DateTime::from_timestamp_nanos(i64::MAX), Uuid::max())
            }
            ContactSort::Name => Self::Name(String::new(), Uuid::nil()),
        }
    }

    fn last(sort: ContactSort) -> Self {
        match sort {
            ContactSort::Recent => Self::Time(DateTime::UNIX_EPOCH, Uuid::nil()),
            // Behind every text: the last character there is.
            ContactSort::Name => Self::Name(char::MAX.to_string(), Uuid::max()),
        }
    }

    /// The place that a cursor names.
    fn of(sort: ContactSort, cursor: &str) -> Option<Self> {
        Some(match sort {
            ContactSort::Recent => {
                let (at, id) = two_parts(cursor)?;
                Self::Time(at, id)
            }
            ContactSort::Name => {
                let (id, name) = two_parts(cursor)?;
                Self::Name(name, id)
            }
        })
    }

    /// The cursor behind a row.
    fn cursor(sort: ContactSort, row: &ContactRow) -> String {
        match sort {
            ContactSort::Recent => instant_cursor(row.updated_at, row.id),
            ContactSort::Name => format!("{}|{}", row.id, row.search),
        }
    }
}

/// One page of contacts.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    filter: &Filter,
    page: &PageRequest,
) -> Result<Page<ContactRow>> {
    let asked = Asked::new(workspace, filter, page);
    let (first, last) = (Place::first(filter.sort), Place::last(filter.sort));
    let from = page.place(first, |cursor| Place::of(filter.sort, cursor))?;
    let end = if asked.letters.is_empty() {
        None
    } else {
        end(tx, workspace, &from).await?
    };
    let mut rows = asked
        .rows(tx, false, &from, end.as_ref().unwrap_or(&last))
        .await?;
    let wanted = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    if rows.len() < wanted && end.is_some() {
        rows = asked.rows(tx, true, &from, &last).await?;
    }
    Ok(page.cut(rows, |last| Place::cursor(filter.sort, last)))
}

/// One contact as in the list.
///
/// # Errors
/// `NotFound`.
pub async fn row(tx: &mut Tx, workspace: WorkspaceId, id: ContactId) -> Result<ContactRow> {
    on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .ok_or_else(|| not_found("contact"))
}

/// What a page is asked for.
struct Asked<'f> {
    workspace: WorkspaceId,
    patterns: [String; WORDS],
    letters: Vec<String>,
    status: &'static str,
    source: &'f str,
    /// One more than the page holds.
    limit: i64,
}

impl<'f> Asked<'f> {
    fn new(workspace: WorkspaceId, filter: &'f Filter, page: &PageRequest) -> Self {
        let mut words = words(filter.search.as_deref().unwrap_or_default());
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(WORDS);
        let mut patterns = words.iter().map(|word| {
            let behind_space = if word.chars().count() < 3 { " " } else { "" };
            format!("%{behind_space}{}%", escaped(word))
        });
        Self {
            workspace,
            patterns: std::array::from_fn(|_| patterns.next().unwrap_or_else(|| "%".to_owned())),
            letters: letters(&words),
            status: filter.status.map_or("", ContactStatus::as_str),
            source: filter.source.as_deref().unwrap_or_default(),
            limit: page.wanted(),
        }
    }

    /// The contacts from one place up to another.
    async fn rows(
        &self,
        tx: &mut Tx,
        by_index: bool,
        from: &Place,
        to: &Place,
    ) -> Result<Vec<ContactRow>> {
        let sql = match (by_index, from) {
            (false, Place::Time(..)) => BY_TIME,
            (false, Place::Name(..)) => BY_NAME,
            (true, Place::Time(..)) => tx.pick(FOUND_BY_TIME),
            (true, Place::Name(..)) => tx.pick(FOUND_BY_NAME),
        };
        // FTS5 takes words of a query language, PostgreSQL a list.
        let quoted: Vec<String> = self
            .letters
            .iter()
            .map(|letters| format!("\"{}\"", letters.replace('"', "\"\"")))
            .collect();
        let fts = quoted.join(" AND ");
        let [one, two, three, four, five] = &self.patterns;
        macro_rules! fetch {
            ($c:expr $(, $letters:expr)?) => {{
                let query = sqlx::query_as(sql)
                    .bind(self.workspace)
                    .bind(one)
                    .bind(two)
                    .bind(three)
                    .bind(four)
                    .bind(five)
                    .bind(self.status)
                    .bind(self.source);
                let query = match from {
                    Place::Time(at, id) => query.bind(*at).bind(*id),
                    Place::Name(name, id) => query.bind(name).bind(*id),
                };
                let query = match to {
                    Place::Time(at, id) => query.bind(*at).bind(*id),
                    Place::Name(name, id) => query.bind(name).bind(*id),
                };
                query.bind(self.limit)$(.bind($letters))?.fetch_all($c).await
            }};
        }
        match tx {
            Tx::Sqlite(c) if by_index => fetch!(&mut **c, &fts),
            Tx::Sqlite(c) => fetch!(&mut **c),
            Tx::Postgres(c) if by_index => fetch!(&mut **c, Json(&self.letters)),
            Tx::Postgres(c) => fetch!(&mut **c),
        }
        .db()
    }
}

/// Where the contacts end that are compared one by one; `None` when these are all that follow.
async fn end(tx: &mut Tx, workspace: WorkspaceId, from: &Place) -> Result<Option<Place>> {
    Ok(match from {
        Place::Time(at, id) => on_tx!(tx, |c| sqlx::query_as(RECENT_END)
            .bind(workspace)
            .bind(*at)
            .bind(*id)
            .bind(RECENT)
            .fetch_optional(c)
            .await)
        .db()?
        .map(|(at, id)| Place::Time(at, id)),
        Place::Name(name, id) => on_tx!(tx, |c| sqlx::query_as(NAMES_END)
            .bind(workspace)
            .bind(name)
            .bind(*id)
            .bind(RECENT)
            .fetch_optional(c)
            .await)
        .db()?
        .map(|(name, id)| Place::Name(name, id)),
    })
}

/// The folded words of a search; the digits of a phone number are one word.
fn words(search: &str) -> Vec<String> {
    let folded = fold(search);
    let phone_like = folded.bytes().any(|b| b.is_ascii_digit())
        && folded
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+()-. /".contains(&b));
    if phone_like {
        return vec![folded.chars().filter(char::is_ascii_digit).collect()];
    }
    folded.split_whitespace().map(str::to_owned).collect()
}

/// Every three letters that a contact with these words has. One and two letters count with the
/// spaces that stand before every word in the index.
fn letters(words: &[String]) -> Vec<String> {
    let mut all: Vec<String> = words
        .iter()
        .flat_map(|word| {
            let spaced = match word.chars().count() {
                1 => format!("  {word}"),
                2 => format!(" {word}"),
                _ => word.clone(),
            };
            let chars: Vec<char> = spaced.chars().collect();
            chars
                .windows(3)
                .map(|three| three.iter().collect())
                .collect::<Vec<String>>()
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn escaped(word: &str) -> String {
    word.replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_")
}

/// Three `LIKE` patterns with `!` as the escape; `%` where there are fewer words.
pub(crate) fn patterns(search: &str) -> [String; 3] {
    let mut words = words(search).into_iter();
    std::array::from_fn(|_| {
        words
            .next()
            .map_or_else(|| "%".to_owned(), |word| format!("%{}%", escaped(&word)))
    })
}
