//! Contacts in lists: search as you type, filters, pages.

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Page, PageRequest, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::table_file::fold;

use super::ContactStatus;
use crate::input::invalid;

macro_rules! rows_of {
    ($picked:expr, $order:expr) => {
        concat!(
            "SELECT c.id, c.name, c.phone, c.email, c.status, c.lead_source, c.search, ",
            "COALESCE(a.name, t.campaign_external_id) AS campaign, c.first_seen_at, c.updated_at, ",
            "(SELECT COUNT(*) FROM sales s WHERE s.workspace_id = $1 AND s.contact_id = c.id) AS sales ",
            "FROM contacts c ",
            "LEFT JOIN touchpoints t ON t.workspace_id = $1 AND t.id = c.first_touchpoint_id ",
            "LEFT JOIN ad_campaigns a ON a.workspace_id = $1 AND a.id = t.ad_campaign_id ",
            "WHERE c.workspace_id = $1 ",
            "AND c.search LIKE $2 ESCAPE '!' AND c.search LIKE $3 ESCAPE '!' AND c.search LIKE $4 ESCAPE '!' ",
            "AND ($5 = '' OR c.status = $5) AND ($6 = '' OR c.lead_source = $6) ",
            $picked, " ORDER BY ", $order, " LIMIT $7"
        )
    };
}

statements! {
    RECENT = rows_of!("", "c.updated_at DESC, c.id DESC");
    RECENT_AFTER = rows_of!("AND (c.updated_at, c.id) < ($8, $9)", "c.updated_at DESC, c.id DESC");
    BY_NAME = rows_of!("", "c.search, c.id");
    BY_NAME_AFTER = rows_of!("AND (c.search, c.id) > ($8, $9)", "c.search, c.id");
}

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
    /// Words that a name, phone number or e-mail address holds, in any order.
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
    let [one, two, three] = patterns(filter.search.as_deref().unwrap_or_default());
    let limit = page.limit();
    let status = filter.status.map_or("", ContactStatus::as_str);
    let source = filter.source.as_deref().unwrap_or_default();
    let query = |sql: &'static str| (sql, i64::from(limit) + 1);
    let cursor = page.cursor.as_deref().map(Cursor::parse).transpose()?;
    macro_rules! run {
        ($sql:expr $(, $bind:expr)*) => {{
            let (sql, limit) = query($sql);
            on_tx!(tx, |c| sqlx::query_as::<_, ContactRow>(sql)
                .bind(workspace)
                .bind(&one)
                .bind(&two)
                .bind(&three)
                .bind(status)
                .bind(source)
                .bind(limit)
                $(.bind($bind))*
                .fetch_all(c)
                .await)
            .db()?
        }};
    }
    let mut rows = match (filter.sort, cursor) {
        (ContactSort::Recent, None) => run!(RECENT),
        (ContactSort::Recent, Some(after)) => run!(RECENT_AFTER, after.instant()?, after.id),
        (ContactSort::Name, None) => run!(BY_NAME),
        (ContactSort::Name, Some(after)) => run!(BY_NAME_AFTER, &after.key, after.id),
    };
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|last| match filter.sort {
        ContactSort::Recent => format!("{}|{}", last.id, last.updated_at.to_rfc3339()),
        ContactSort::Name => format!("{}|{}", last.id, last.search),
    });
    Ok(Page {
        rows,
        next,
        total: None,
    })
}

pub(crate) struct Cursor {
    pub id: uuid::Uuid,
    pub key: String,
}

impl Cursor {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        text.split_once('|')
            .and_then(|(id, key)| {
                Some(Self {
                    id: id.parse().ok()?,
                    key: key.to_owned(),
                })
            })
            .ok_or_else(bad_cursor)
    }

    pub(crate) fn instant(&self) -> Result<DateTime<Utc>> {
        self.key.parse().map_err(|_| bad_cursor())
    }
}

fn bad_cursor() -> rumbo_base::Error {
    invalid(
        "cursor",
        "This page does not exist any more. Start the list again.",
    )
}

/// Three `LIKE` patterns with `!` as the escape; `%` where there are fewer words.
pub(crate) fn patterns(search: &str) -> [String; 3] {
    let folded = fold(search);
    let phone_like = folded.bytes().any(|b| b.is_ascii_digit())
        && folded
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+()-. /".contains(&b));
    let words: Vec<String> = if phone_like {
        vec![folded.chars().filter(char::is_ascii_digit).collect()]
    } else {
        folded
            .split(' ')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let mut words = words.into_iter();
    let mut next = || {
        words.next().map_or_else(
            || "%".to_owned(),
            |word| {
                let word = word
                    .replace('!', "!!")
                    .replace('%', "!%")
                    .replace('_', "!_");
                format!("%{word}%")
            },
        )
    };
    let (one, two, three) = (next(), next(), next());
    [one, two, three]
}
