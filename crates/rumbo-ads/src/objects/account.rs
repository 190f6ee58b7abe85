//! Ad accounts.

use chrono::{DateTime, Utc};
use rumbo_base::{
    AdAccountId, Code, ConnectionId, Currency, Error, Reason, Result, TimeZone, Told, WorkspaceId,
};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::objects::AdAccount;
use rumbo_platform::Scope;
use sqlx::FromRow;
use sqlx::types::Json;

use super::listing::{ObjectCounts, clean, micros, micros_or_none, rest_without};
use crate::{JsonText, META};

rumbo_db::statements! {
    ALL = "SELECT id, external_id, connection_id, portfolio_external_id, name, currency, timezone, status, \
        disable_reason, amount_spent_micros, spend_cap_micros, selected, last_synced_at, last_error_code, \
        last_error, last_error_told, rest FROM ad_accounts WHERE workspace_id = $1 AND platform = $2 ORDER BY name, external_id";
    ADD = "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, connection_id, portfolio_external_id, \
        name, currency, timezone, status, disable_reason, amount_spent_micros, spend_cap_micros, selected, rest, \
        first_seen_at, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, FALSE, $14, $15, $15, $16, $15, $16)";
    CHANGE = "UPDATE ad_accounts SET connection_id = $3, portfolio_external_id = $4, name = $5, currency = $6, \
        timezone = $7, status = $8, disable_reason = $9, amount_spent_micros = $10, spend_cap_micros = $11, \
        rest = $12, updated_at = $13, updated_by = $14 WHERE workspace_id = $1 AND id = $2";
    SELECT = "UPDATE ad_accounts SET selected = $3, updated_at = $4, updated_by = $5 \
        WHERE workspace_id = $1 AND id = $2 AND selected <> $3";
    /// What an account said until now: how its syncs ended is kept here, and not by the trigger, because
    /// it does not move `updated_at`.
    KEEP_VERSION = "INSERT INTO ad_account_versions (workspace_id, id, replaced_at, created_at, external_id, name, \
        currency, timezone, status, selected, amount_spent_micros, last_synced_at, last_error_code, deleted_at) \
        SELECT workspace_id, id, $3, created_at, external_id, name, currency, timezone, status, selected, \
        amount_spent_micros, last_synced_at, last_error_code, deleted_at \
        FROM ad_accounts WHERE workspace_id = $1 AND id = $2 ON CONFLICT DO NOTHING";
    BARE = "SELECT a.id FROM ad_accounts a WHERE a.workspace_id = $1 AND a.platform = $2 AND a.selected \
        AND a.last_synced_at IS NULL AND NOT EXISTS (SELECT 1 FROM ad_campaigns c \
        WHERE c.workspace_id = a.workspace_id AND c.ad_account_id = a.id)";
    FORGET_READ_FIELDS = "DELETE FROM read_fields WHERE workspace_id = $1 AND ad_account_id = $2";
    MOVE_QUESTIONS = "UPDATE reach_questions SET ad_account_id = $3 WHERE workspace_id = $1 AND ad_account_id = $2";
    REMOVE = "DELETE FROM ad_accounts WHERE workspace_id = $1 AND id = $2";
    ADOPT = "UPDATE ad_accounts SET external_id = $3, connection_id = $4, portfolio_external_id = $5, name = $6, \
        timezone = $7, status = $8, disable_reason = $9, amount_spent_micros = $10, spend_cap_micros = $11, \
        selected = TRUE, rest = $12, updated_at = $13, updated_by = $14 WHERE workspace_id = $1 AND id = $2";
    MARK = "UPDATE ad_accounts SET last_synced_at = COALESCE($3, last_synced_at), last_error_code = $4, \
        last_error = $5, last_error_told = $6 WHERE workspace_id = $1 AND id = $2";
}

/// How the number begins that an account gets which was made for a file that names none.
pub(crate) const FILE_ACCOUNT: &str = "file";

/// A stored ad account.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct AdAccountRow {
    pub id: AdAccountId,
    /// The bare number, without `act_`.
    pub external_id: String,
    pub connection_id: Option<ConnectionId>,
    pub portfolio_external_id: Option<String>,
    pub name: String,
    /// ISO 4217.
    currency: String,
    /// IANA. Days of its figures are days of this zone.
    timezone: String,
    /// `ACTIVE`, `DISABLED`, `UNSETTLED`, … or Meta's number where it is not known.
    pub status: String,
    pub disable_reason: Option<String>,
    /// Meta's own total since ever.
    pub amount_spent_micros: Option<i64>,
    pub spend_cap_micros: Option<i64>,
    /// Whether it is synced.
    pub selected: bool,
    pub last_synced_at: Option<DateTime<Utc>>,
    /// Why the last sync of it failed; `None` after one that did not.
    pub last_error_code: Option<String>,
    pub last_error: Option<String>,
    /// What tells it in another language.
    pub last_error_told: Option<Json<Told>>,
    rest: JsonText,
}

impl AdAccountRow {
    /// The currency of all its money.
    ///
    /// # Errors
    /// `InvalidInput` for a currency that is none.
    pub fn currency(&self) -> Result<Currency> {
        Currency::of_record(&self.currency)
    }

    /// The zone of its days; UTC where Meta named one that is not known.
    pub fn timezone(&self) -> TimeZone {
        self.timezone.parse().unwrap_or(TimeZone::UTC)
    }

    /// Whether it was made for a file that does not tell its number at Meta.
    pub(crate) fn of_file(&self) -> bool {
        self.external_id.starts_with(FILE_ACCOUNT)
    }

    /// As Graph paths have it.
    pub fn act(&self) -> String {
        format!("act_{}", self.external_id)
    }
}

/// Meta's numbers of account states (`AdAccount.account_status` of the Marketing API).
fn status(number: Option<i64>) -> String {
    match number {
        Some(1) => "ACTIVE".to_owned(),
        Some(2) => "DISABLED".to_owned(),
        Some(3) => "UNSETTLED".to_owned(),
        Some(7) => "PENDING_RISK_REVIEW".to_owned(),
        Some(8) => "PENDING_SETTLEMENT".to_owned(),
        Some(9) => "IN_GRACE_PERIOD".to_owned(),
        Some(100) => "PENDING_CLOSURE".to_owned(),
        Some(101) => "CLOSED".to_owned(),
        Some(other) => other.to_string(),
        None => "UNKNOWN".to_owned(),
    }
}

/// Every stored account, by name.
///
/// # Errors
/// As any read.
pub async fn accounts(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<AdAccountRow>> {
    on_tx!(tx, |c| sqlx::query_as(ALL)
        .bind(workspace)
        .bind(META)
        .fetch_all(c)
        .await)
    .db()
}

/// Writes accounts that a connection can see. New ones are not selected. Those not among them stay
/// as they are: another connection may see them.
///
/// # Errors
/// `InvalidInput` for an account without a currency that is one, or as any write.
pub async fn store_accounts(
    tx: &mut Tx,
    scope: &Scope,
    connection: ConnectionId,
    portfolio: Option<&str>,
    listing: &[AdAccount],
) -> Result<ObjectCounts> {
    let stored = accounts(tx, scope.workspace).await?;
    let mut counts = ObjectCounts::default();
    for account in listing {
        let external = bare(account);
        let old = stored.iter().find(|row| row.external_id == external);
        let fields = Fields::new(account, old)?;
        let portfolio = account
            .business
            .as_ref()
            .map(|business| business.id.clone())
            .or_else(|| portfolio.map(ToOwned::to_owned))
            .or_else(|| old.and_then(|old| old.portfolio_external_id.clone()));
        let Some(old) = old else {
            on_tx!(tx, |c| sqlx::query(ADD)
                .bind(scope.workspace)
                .bind(scope.id::<AdAccountId>())
                .bind(META)
                .bind(external)
                .bind(connection)
                .bind(portfolio)
                .bind(fields.name)
                .bind(fields.currency)
                .bind(fields.timezone)
                .bind(fields.status)
                .bind(fields.disable_reason)
                .bind(fields.amount_spent_micros)
                .bind(fields.spend_cap_micros)
                .bind(fields.rest)
                .bind(scope.now())
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            counts.added += 1;
            continue;
        };
        if fields.same(old)
            && old.connection_id == Some(connection)
            && old.portfolio_external_id == portfolio
        {
            counts.unchanged += 1;
        } else {
            change(tx, scope, old.id, Some(connection), portfolio, fields).await?;
            counts.changed += 1;
        }
    }
    Ok(counts)
}

/// Writes what Meta says of one account that is stored.
///
/// # Errors
/// As [`store_accounts`]; `NotFound` when it is not stored.
pub async fn refresh_account(
    tx: &mut Tx,
    scope: &Scope,
    account: &AdAccount,
) -> Result<ObjectCounts> {
    let external = bare(account);
    let stored = accounts(tx, scope.workspace).await?;
    let Some(old) = stored.iter().find(|row| row.external_id == external) else {
        return Err(Error::new(
            Code::NotFound,
            "This ad account is not in the workspace any more.",
        )
        .reason(Reason::Gone)
        .param("what", "account"));
    };
    let fields = Fields::new(account, Some(old))?;
    if fields.same(old) {
        return Ok(ObjectCounts {
            unchanged: 1,
            ..ObjectCounts::default()
        });
    }
    change(
        tx,
        scope,
        old.id,
        old.connection_id,
        old.portfolio_external_id.clone(),
        fields,
    )
    .await?;
    Ok(ObjectCounts {
        changed: 1,
        ..ObjectCounts::default()
    })
}

/// Selects exactly these accounts (bare numbers or `act_N`) for the sync.
///
/// # Errors
/// `NotFound` naming the first one that is not stored; nothing is selected then.
pub async fn select_accounts(tx: &mut Tx, scope: &Scope, chosen: &[String]) -> Result<()> {
    let chosen: Vec<&str> = chosen
        .iter()
        .map(|id| id.strip_prefix("act_").unwrap_or(id))
        .collect();
    let stored = accounts(tx, scope.workspace).await?;
    if let Some(unknown) = chosen
        .iter()
        .find(|id| !stored.iter().any(|row| row.external_id == **id))
    {
        return Err(Error::new(
            Code::NotFound,
            format!(
                "There is no ad account {unknown} here. List the accounts and choose one of them."
            ),
        )
        .reason(Reason::AccountUnknown)
        .param("account", unknown));
    }
    for row in &stored {
        on_tx!(tx, |c| sqlx::query(SELECT)
            .bind(scope.workspace)
            .bind(row.id)
            .bind(chosen.contains(&row.external_id.as_str()))
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// Notes how the sync of an account ended. This is bookkeeping: `updated_at` does not move.
///
/// # Errors
/// As any write.
pub async fn mark_account(
    tx: &mut Tx,
    scope: &Scope,
    account: AdAccountId,
    synced_at: Option<DateTime<Utc>>,
    error: Option<&Error>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(KEEP_VERSION)
        .bind(scope.workspace)
        .bind(account)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(MARK)
        .bind(scope.workspace)
        .bind(account)
        .bind(synced_at)
        .bind(error.map(|error| error.code().word()))
        .bind(error.map(Error::message))
        .bind(error.map(|error| Json(error.told())))
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// The selected accounts that nothing was ever read of.
pub(crate) async fn bare_accounts(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<AdAccountId>> {
    on_tx!(tx, |c| sqlx::query_scalar(BARE)
        .bind(workspace)
        .bind(META)
        .fetch_all(c)
        .await)
    .db()
}

/// Makes the account of a file the one of Meta that it is: it takes the place of `own`, of which
/// nothing was read yet, and everything that came by the file stays where it is.
///
/// # Errors
/// As any write; `Conflict` when something was read of `own`.
pub(crate) async fn adopt(
    tx: &mut Tx,
    scope: &Scope,
    file: &AdAccountRow,
    own: &AdAccountRow,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(FORGET_READ_FIELDS)
        .bind(scope.workspace)
        .bind(own.id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(MOVE_QUESTIONS)
        .bind(scope.workspace)
        .bind(own.id)
        .bind(file.id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(REMOVE)
        .bind(scope.workspace)
        .bind(own.id)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    on_tx!(tx, |c| sqlx::query(ADOPT)
        .bind(scope.workspace)
        .bind(file.id)
        .bind(&own.external_id)
        .bind(own.connection_id)
        .bind(&own.portfolio_external_id)
        .bind(&own.name)
        .bind(&own.timezone)
        .bind(&own.status)
        .bind(&own.disable_reason)
        .bind(own.amount_spent_micros)
        .bind(own.spend_cap_micros)
        .bind(own.rest.clone())
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

fn bare(account: &AdAccount) -> String {
    let id = account.account_id.as_deref().unwrap_or(&account.id);
    id.strip_prefix("act_").unwrap_or(id).to_owned()
}

struct Fields {
    name: String,
    currency: String,
    timezone: String,
    status: String,
    disable_reason: Option<String>,
    amount_spent_micros: Option<i64>,
    spend_cap_micros: Option<i64>,
    rest: JsonText,
}

impl Fields {
    fn new(account: &AdAccount, old: Option<&AdAccountRow>) -> Result<Self> {
        let code = account
            .currency
            .clone()
            .or_else(|| old.map(|old| old.currency.clone()));
        let currency = Currency::of_record(&code.unwrap_or_default())?;
        Ok(Self {
            name: clean(account.name.clone()).unwrap_or_else(|| account.id.clone()),
            currency: currency.code().to_owned(),
            timezone: account
                .timezone_name
                .clone()
                .or_else(|| old.map(|old| old.timezone.clone()))
                .unwrap_or_else(|| "UTC".to_owned()),
            status: status(account.account_status),
            disable_reason: account
                .disable_reason
                .filter(|reason| *reason != 0)
                .map(|reason| reason.to_string()),
            amount_spent_micros: micros(account.amount_spent, currency),
            spend_cap_micros: micros_or_none(account.spend_cap, currency),
            rest: rest_without(&account.rest, &[]),
        })
    }

    fn same(&self, old: &AdAccountRow) -> bool {
        self.name == old.name
            && self.currency == old.currency
            && self.timezone == old.timezone
            && self.status == old.status
            && self.disable_reason == old.disable_reason
            && self.amount_spent_micros == old.amount_spent_micros
            && self.spend_cap_micros == old.spend_cap_micros
            && self.rest == old.rest
    }
}

async fn change(
    tx: &mut Tx,
    scope: &Scope,
    id: AdAccountId,
    connection: Option<ConnectionId>,
    portfolio: Option<String>,
    fields: Fields,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(CHANGE)
        .bind(scope.workspace)
        .bind(id)
        .bind(connection)
        .bind(portfolio)
        .bind(fields.name)
        .bind(fields.currency)
        .bind(fields.timezone)
        .bind(fields.status)
        .bind(fields.disable_reason)
        .bind(fields.amount_spent_micros)
        .bind(fields.spend_cap_micros)
        .bind(fields.rest)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
