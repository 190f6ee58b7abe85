//! The pipeline as a board: a column for each stage.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{
    ContactId, Currency, Micros, OpportunityId, Result, StageId, UserId, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::OpportunityState;
use crate::contacts::search_patterns;
use crate::input::not_found;
use crate::stages::{self, Stage};

macro_rules! card_columns {
    () => {
        "o.id, o.name, o.contact_id, k.name AS contact_name, o.value_micros, o.currency, o.stage_id, \
         o.state, o.lost_reason, o.owner_id, u.name AS owner_name, o.deadline_at, o.expected_close, o.opened_at, \
         COALESCE(a.name, t.campaign_external_id) AS campaign"
    };
}
macro_rules! card_joins {
    () => {
        " JOIN contacts k ON k.workspace_id = $1 AND k.id = o.contact_id \
         LEFT JOIN touchpoints t ON t.workspace_id = $1 AND t.id = o.touchpoint_id \
         LEFT JOIN ad_campaigns a ON a.workspace_id = $1 AND a.id = t.ad_campaign_id \
         LEFT JOIN users u ON u.id = o.owner_id "
    };
}
/// The contact's folded search text, or the opportunity's own name in lower case.
macro_rules! matching {
    () => {
        "(k.search LIKE $2 ESCAPE '!' OR LOWER(o.name) LIKE $2 ESCAPE '!') \
         AND (k.search LIKE $3 ESCAPE '!' OR LOWER(o.name) LIKE $3 ESCAPE '!') "
    };
}

statements! {
    SUMS = concat!("SELECT o.stage_id, o.currency, COUNT(*) AS count, \
        CAST(COALESCE(SUM(o.value_micros), 0) AS BIGINT) AS value_micros \
        FROM opportunities o JOIN contacts k ON k.workspace_id = $1 AND k.id = o.contact_id \
        WHERE o.workspace_id = $1 AND ", matching!(),
        "GROUP BY o.stage_id, o.currency ORDER BY o.currency");
    CARDS = concat!("SELECT ", card_columns!(), " FROM (\
        SELECT o.*, ROW_NUMBER() OVER (PARTITION BY o.stage_id ORDER BY o.opened_at DESC, o.id DESC) AS place \
        FROM opportunities o JOIN contacts k ON k.workspace_id = $1 AND k.id = o.contact_id \
        WHERE o.workspace_id = $1 AND ", matching!(), ") o", card_joins!(),
        "WHERE o.place <= $4 ORDER BY o.opened_at DESC, o.id DESC");
    CARD = concat!("SELECT ", card_columns!(), " FROM opportunities o", card_joins!(),
        "WHERE o.workspace_id = $1 AND o.id = $2");
}

/// A sum in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencySum {
    pub currency: Currency,
    pub amount: Micros,
}

/// One stage with its opportunities.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardColumn {
    pub stage: Stage,
    /// How many opportunities there are, shown or not.
    pub count: u32,
    /// What they are worth, those of unknown value left out.
    pub totals: Vec<CurrencySum>,
    /// The newest ones, by opening.
    pub cards: Vec<Card>,
}

/// One opportunity on the board.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Card {
    pub id: OpportunityId,
    pub name: String,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub value_micros: Option<Micros>,
    #[sqlx(try_from = "String")]
    pub currency: Currency,
    pub stage_id: StageId,
    #[sqlx(try_from = "String")]
    pub state: OpportunityState,
    pub lost_reason: Option<String>,
    pub owner_id: Option<UserId>,
    pub owner_name: Option<String>,
    pub deadline_at: Option<DateTime<Utc>>,
    pub expected_close: Option<NaiveDate>,
    pub opened_at: DateTime<Utc>,
    /// The campaign it is credited to: its name, or its id while it waits for sync.
    pub campaign: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SumRow {
    stage_id: StageId,
    #[sqlx(try_from = "String")]
    currency: Currency,
    count: i64,
    value_micros: Micros,
}

/// The whole board, with at most `cards` opportunities in each column; `search` looks in the
/// names of opportunities and contacts.
///
/// # Errors
/// When the store cannot be read.
pub async fn board(
    tx: &mut Tx,
    workspace: WorkspaceId,
    search: &str,
    cards: u32,
) -> Result<Vec<BoardColumn>> {
    let [one, two, _] = search_patterns(search);
    let sums: Vec<SumRow> = on_tx!(tx, |c| sqlx::query_as(SUMS)
        .bind(workspace)
        .bind(&one)
        .bind(&two)
        .fetch_all(c)
        .await)
    .db()?;
    let shown: Vec<Card> = on_tx!(tx, |c| sqlx::query_as(CARDS)
        .bind(workspace)
        .bind(&one)
        .bind(&two)
        .bind(i64::from(cards))
        .fetch_all(c)
        .await)
    .db()?;
    let mut by_stage: HashMap<StageId, Vec<Card>> = HashMap::new();
    for card in shown {
        by_stage.entry(card.stage_id).or_default().push(card);
    }
    let columns = stages::list(tx, workspace).await?.into_iter().map(|stage| {
        let of_stage: Vec<&SumRow> = sums.iter().filter(|sum| sum.stage_id == stage.id).collect();
        BoardColumn {
            count: of_stage
                .iter()
                .map(|sum| u32::try_from(sum.count).unwrap_or(u32::MAX))
                .sum(),
            totals: of_stage
                .iter()
                .map(|sum| CurrencySum {
                    currency: sum.currency,
                    amount: sum.value_micros,
                })
                .collect(),
            cards: by_stage.remove(&stage.id).unwrap_or_default(),
            stage,
        }
    });
    Ok(columns.collect())
}

/// One opportunity as on the board.
///
/// # Errors
/// `NotFound`.
pub async fn card(tx: &mut Tx, workspace: WorkspaceId, id: OpportunityId) -> Result<Card> {
    on_tx!(tx, |c| sqlx::query_as(CARD)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?
    .ok_or_else(|| not_found("opportunity"))
}
