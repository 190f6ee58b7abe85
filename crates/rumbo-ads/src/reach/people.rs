//! How many people were reached: Meta's own answers, for exactly the days and the object.
//!
//! Nothing here is added up. The people of a campaign are those that Meta told of the campaign, and
//! the people of all campaigns of an account those that it told of the account. Over two accounts
//! there is no answer: nobody can tell who was reached by both.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdSetId, Code, Currency, DateRange, Error, Reason, Result,
    WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::FromRow;

use super::{AskedOfAccount, InsightsLevel, ReachAnswer, answers_of, asked};
use crate::objects::{self, AdAccountRow};

statements! {
    CAMPAIGN = "SELECT external_id, ad_account_id FROM ad_campaigns WHERE workspace_id = $1 AND id = $2";
    AD_SET = "SELECT s.external_id, c.ad_account_id FROM ad_sets s JOIN ad_campaigns c \
        ON c.workspace_id = s.workspace_id AND c.id = s.ad_campaign_id WHERE s.workspace_id = $1 AND s.id = $2";
    CAMPAIGN_NAMES = "SELECT external_id, name FROM ad_campaigns WHERE workspace_id = $1 AND ad_account_id = $2";
    AD_SET_NAMES = "SELECT s.external_id, s.name FROM ad_campaigns c JOIN ad_sets s \
        ON s.workspace_id = c.workspace_id AND s.ad_campaign_id = c.id \
        WHERE c.workspace_id = $1 AND c.ad_account_id = $2";
    AD_NAMES = "SELECT a.external_id, a.name FROM ad_campaigns c JOIN ads a \
        ON a.workspace_id = c.workspace_id AND a.ad_campaign_id = c.id \
        WHERE c.workspace_id = $1 AND c.ad_account_id = $2";
    IN_CAMPAIGN = "SELECT s.external_id FROM ad_sets s WHERE s.workspace_id = $1 AND s.ad_campaign_id = $2 \
        UNION ALL SELECT a.external_id FROM ads a WHERE a.workspace_id = $1 AND a.ad_campaign_id = $2";
    IN_AD_SET = "SELECT a.external_id FROM ads a WHERE a.workspace_id = $1 AND a.ad_set_id = $2";
}

/// What all rows lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    Campaign(AdCampaignId),
    AdSet(AdSetId),
}

/// Which part of the workspace is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// Only these accounts; those that are read where it is empty.
    pub accounts: Vec<AdAccountId>,
    /// Only accounts in this currency.
    pub currency: Option<Currency>,
    /// Only what lies under this.
    pub under: Option<Under>,
}

/// Whose people, and of which days.
#[derive(Clone, Debug)]
pub struct PeopleRequest {
    /// Of what each row is.
    pub level: InsightsLevel,
    /// Days of each account's own zone.
    pub days: DateRange,
    pub within: Within,
    /// What was known at a moment; what is known now where there is none.
    pub as_of: Option<DateTime<Utc>>,
}

/// What Meta answered of one account.
#[derive(Clone, Debug)]
pub struct AccountPeople {
    pub account: AdAccountRow,
    /// Of the level of the rows.
    pub asked: AskedOfAccount,
    /// One for each object that was shown, with its name where it is known here.
    pub rows: Vec<(ReachAnswer, Option<String>)>,
    /// Of the level of the whole, and the answer about it.
    pub asked_whole: AskedOfAccount,
    pub whole: Option<ReachAnswer>,
}

/// Meta's answers about the people of some days.
#[derive(Clone, Debug)]
pub struct People {
    /// Of what the whole is: the account, or what all rows lie in.
    pub whole_level: InsightsLevel,
    /// By name.
    pub accounts: Vec<AccountPeople>,
}

/// The people of everything together.
#[derive(Clone, Debug)]
pub enum Whole<'a> {
    Answered(&'a AccountPeople, &'a ReachAnswer),
    /// Meta was not asked yet, or has not answered.
    Unknown,
    /// So many accounts reached somebody: their people cannot be added up.
    SeveralAccounts(usize),
    /// Meta was asked, and nobody was reached.
    Nobody,
}

impl AccountPeople {
    /// Whether both of the questions that make a table are answered.
    pub fn is_answered(&self) -> bool {
        self.asked.answered.is_some() && self.asked_whole.answered.is_some()
    }

    /// Whether asking again would bring nothing new: everything is answered, of days that were over
    /// for Meta then and are the same since.
    pub fn is_final(&self) -> bool {
        let zone = self.account.timezone();
        [&self.asked, &self.asked_whole].into_iter().all(|asked| {
            asked
                .answered
                .as_ref()
                .is_some_and(|answer| !answer.restated && !answer.was_moving(zone))
        })
    }
}

impl People {
    /// The people of everything in a currency together, or in all of them.
    ///
    /// # Errors
    /// For an account without a currency that is one.
    pub fn whole(&self, currency: Option<Currency>) -> Result<Whole<'_>> {
        let mut reached = Vec::new();
        let mut unknown = self.accounts.is_empty();
        for account in &self.accounts {
            if currency.is_some_and(|wanted| account.account.currency().ok() != Some(wanted)) {
                continue;
            }
            match &account.whole {
                Some(answer) => reached.push((account, answer)),
                None => unknown |= account.asked_whole.answered.is_none(),
            }
        }
        Ok(match reached.as_slice() {
            _ if unknown => Whole::Unknown,
            [] => Whole::Nobody,
            [(account, answer)] => Whole::Answered(account, answer),
            several => Whole::SeveralAccounts(several.len()),
        })
    }
}

/// What lies above all rows.
struct Above {
    account: AdAccountId,
    external_id: String,
}

#[derive(FromRow)]
struct Named {
    external_id: String,
    name: String,
}

/// The accounts that a question is about: those named, the one of the object named, or all that are
/// read.
///
/// # Errors
/// `NotFound` where none is read.
pub async fn accounts_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    within: &Within,
) -> Result<Vec<AdAccountRow>> {
    let only = match above(tx, workspace, within).await? {
        Some(above) => vec![above.account],
        None => within.accounts.clone(),
    };
    let accounts: Vec<AdAccountRow> = objects::accounts(tx, workspace)
        .await?
        .into_iter()
        .filter(|account| {
            within
                .currency
                .is_none_or(|currency| account.currency().ok() == Some(currency))
        })
        .filter(|account| {
            if only.is_empty() {
                account.selected
            } else {
                only.contains(&account.id)
            }
        })
        .collect();
    Ok(accounts)
}

/// The levels that are asked for a table: that of its rows, and that of the whole of them.
pub fn levels_of(level: InsightsLevel, within: &Within) -> [InsightsLevel; 2] {
    let whole = match within.under {
        Some(Under::AdSet(_)) => InsightsLevel::AdSet,
        Some(Under::Campaign(_)) => InsightsLevel::Campaign,
        None => InsightsLevel::Account,
    };
    [level, whole]
}

/// What Meta answered about the people of some days, as far as it was asked.
///
/// # Errors
/// As any read.
pub async fn people(scope: &Scope, request: &PeopleRequest) -> Result<People> {
    let mut tx = scope.read().await?;
    let workspace = scope.workspace;
    let above = above(&mut tx, workspace, &request.within).await?;
    let inside = inside(&mut tx, workspace, &request.within).await?;
    let [level, whole_level] = levels_of(request.level, &request.within);
    let mut of_rows = asked(&mut tx, scope, level, request.days, request.as_of).await?;
    let mut of_whole = asked(&mut tx, scope, whole_level, request.days, request.as_of).await?;
    let mut accounts = Vec::new();
    for account in accounts_of(&mut tx, workspace, &request.within).await? {
        let asked = of_rows.remove(&account.id).unwrap_or_default();
        let asked_whole = of_whole.remove(&account.id).unwrap_or_default();
        let mut rows = Vec::new();
        if let Some(answered) = &asked.answered {
            let mut names = names(&mut tx, workspace, level, account.id).await?;
            for answer in answers_of(&mut tx, workspace, answered.id).await? {
                if inside
                    .as_ref()
                    .is_some_and(|ids| !ids.contains(&answer.external_id))
                {
                    continue;
                }
                let name = match level {
                    InsightsLevel::Account => Some(account.name.clone()),
                    _ => names.remove(&answer.external_id),
                };
                rows.push((answer, name));
            }
        }
        let whole = match &asked_whole.answered {
            None => None,
            Some(answered) => {
                let id = above
                    .as_ref()
                    .map_or(&account.external_id, |above| &above.external_id);
                answers_of(&mut tx, workspace, answered.id)
                    .await?
                    .into_iter()
                    .find(|answer| answer.external_id == *id)
            }
        };
        accounts.push(AccountPeople {
            account,
            asked,
            rows,
            asked_whole,
            whole,
        });
    }
    Ok(People {
        whole_level,
        accounts,
    })
}

async fn names(
    tx: &mut Tx,
    workspace: WorkspaceId,
    level: InsightsLevel,
    account: AdAccountId,
) -> Result<BTreeMap<String, String>> {
    let sql = match level {
        InsightsLevel::Account => return Ok(BTreeMap::new()),
        InsightsLevel::Campaign => CAMPAIGN_NAMES,
        InsightsLevel::AdSet => AD_SET_NAMES,
        InsightsLevel::Ad => AD_NAMES,
    };
    let rows: Vec<Named> = on_tx!(tx, |c| sqlx::query_as(sql)
        .bind(workspace)
        .bind(account)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(rows
        .into_iter()
        .map(|row| (row.external_id, row.name))
        .collect())
}

async fn above(tx: &mut Tx, workspace: WorkspaceId, within: &Within) -> Result<Option<Above>> {
    let found: Option<(String, AdAccountId)> = match within.under {
        None => return Ok(None),
        Some(Under::Campaign(AdCampaignId(id))) => on_tx!(tx, |c| sqlx::query_as(CAMPAIGN)
            .bind(workspace)
            .bind(id)
            .fetch_optional(c)
            .await)
        .db()?,
        Some(Under::AdSet(AdSetId(id))) => on_tx!(tx, |c| sqlx::query_as(AD_SET)
            .bind(workspace)
            .bind(id)
            .fetch_optional(c)
            .await)
        .db()?,
    };
    let (external_id, account) = found.ok_or_else(|| {
        Error::new(Code::NotFound, "This is not in the store any more.")
            .reason(Reason::Gone)
            .param("what", "campaign")
    })?;
    Ok(Some(Above {
        account,
        external_id,
    }))
}

/// Meta's ids of what lies in the object that rows are narrowed to.
async fn inside(
    tx: &mut Tx,
    workspace: WorkspaceId,
    within: &Within,
) -> Result<Option<BTreeSet<String>>> {
    let (sql, id) = match within.under {
        None => return Ok(None),
        Some(Under::Campaign(AdCampaignId(id))) => (IN_CAMPAIGN, id),
        Some(Under::AdSet(AdSetId(id))) => (IN_AD_SET, id),
    };
    let ids: Vec<String> = on_tx!(tx, |c| sqlx::query_scalar(sql)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()?;
    Ok(Some(ids.into_iter().collect()))
}
