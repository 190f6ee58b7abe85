//! The workspace and its ad accounts: currencies and zones.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rumbo_base::{
    AdAccountId, Code, Currency, DateRange, Error, Micros, Reason, Result, TimeZone, WorkspaceId,
};
use rumbo_db::{Memory, Tx, statements};
use rumbo_platform::Scope;
use rustc_hash::FxHashMap;

use super::kept::{Kept, Topic};
use super::moment::{Moment, as_of, rows};
use crate::channel::Channel;
use crate::path::{Key, Path};
use crate::roi::{AccountZone, Filter};

/// Of so many moments names and origins stay in memory.
const MOMENTS: usize = 2;

macro_rules! account_columns {
    () => {
        "x.id, x.external_id, x.name, x.currency, x.timezone, x.status, x.selected, x.last_synced_at, \
         x.last_error_code, x.amount_spent_micros, x.deleted_at, x.created_at, \
         (SELECT p.platform FROM ad_accounts p WHERE p.workspace_id = x.workspace_id AND p.id = x.id) AS platform"
    };
}

statements! {
    WORKSPACE = "SELECT timezone, currency FROM workspaces WHERE id = $1";
    WORKSPACE_VERSION = "SELECT timezone, currency FROM workspace_versions \
        WHERE workspace_id = $1 AND replaced_at > $2 ORDER BY replaced_at LIMIT 1";
    ACCOUNTS = concat!("SELECT ", account_columns!(), " FROM ad_accounts x WHERE x.workspace_id = $1 \
        ORDER BY created_at, id");
    ACCOUNTS_AS_OF = concat!(as_of!(account_columns!(), "ad_accounts", "ad_account_versions", "", "", "$2"),
        " ORDER BY created_at, id");
    SALE_CURRENCY = "SELECT MIN(currency) FROM sales WHERE workspace_id = $1";
    SALE_CURRENCY_AS_OF = concat!("SELECT MIN(currency) FROM (",
        as_of!("x.currency", "sales", "sale_versions", "", "", "$2"), ") s");
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: AdAccountId,
    external_id: String,
    name: String,
    currency: String,
    timezone: String,
    status: String,
    selected: bool,
    last_synced_at: Option<DateTime<Utc>>,
    last_error_code: Option<String>,
    amount_spent_micros: Option<Micros>,
    deleted_at: Option<DateTime<Utc>>,
    platform: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub id: AdAccountId,
    pub external_id: String,
    pub name: String,
    pub currency: Currency,
    pub zone: TimeZone,
    pub status: String,
    pub selected: bool,
    pub last_synced_at: Option<DateTime<Utc>>,
    pub last_error_code: Option<String>,
    /// What Meta says the account spent in its whole life.
    pub amount_spent: Option<Micros>,
    pub deleted: bool,
    /// That of the ad platform it is an account of.
    pub channel: Channel,
}

/// The workspace's own zone and currency, and its ad accounts.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub workspace: WorkspaceId,
    pub zone: TimeZone,
    /// The currency of what has none of its own.
    pub main: Currency,
    pub accounts: Vec<Account>,
    /// As of when everything is read; now without one.
    pub moment: Option<Moment>,
    by_id: FxHashMap<AdAccountId, usize>,
    /// What is in memory of the workspace as it is now.
    kept: Option<Kept>,
    /// As of a moment: what is in memory of what was read as of one.
    kept_then: Option<(Moment, Kept)>,
}

impl Place {
    pub async fn read(tx: &mut Tx, scope: &Scope, as_of: Option<DateTime<Utc>>) -> Result<Self> {
        let workspace = scope.workspace;
        let memory = Kept::read(tx, scope).await?;
        let (moment, kept, kept_then) = match as_of {
            Some(at) => {
                let moment = Moment::read(tx, workspace, at).await?;
                (Some(moment), None, Some((moment, memory)))
            }
            None => (None, Some(memory), None),
        };
        // The oldest version that was replaced since, or else the workspace itself.
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        if moment.is_some() {
            found = rows(tx, workspace, moment, WORKSPACE, WORKSPACE_VERSION).await?;
        }
        if found.is_empty() {
            found = rows(tx, workspace, None, WORKSPACE, WORKSPACE).await?;
        }
        let (zone, currency) = found.pop().ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "This workspace does not exist. Choose another one.",
            )
            .reason(Reason::Gone)
            .param("what", "workspace")
        })?;
        let accounts = accounts(tx, workspace, moment).await?;
        let main = match (currency, accounts.first()) {
            (Some(currency), _) => Currency::of_record(&currency)?,
            // Nobody chose one yet: the first account's is what the workspace will be given.
            (None, Some(account)) => account.currency,
            (None, None) => sale_currency(tx, workspace, moment).await?,
        };
        Ok(Self {
            workspace,
            zone: zone.parse()?,
            main,
            by_id: places(&accounts),
            accounts,
            moment,
            kept,
            kept_then,
        })
    }

    /// The ad accounts as they are now, with the zone and the currency of the workspace of then.
    pub async fn with_accounts_of_now(&self, tx: &mut Tx) -> Result<Self> {
        let accounts = accounts(tx, self.workspace, None).await?;
        Ok(Self {
            workspace: self.workspace,
            zone: self.zone,
            main: self.main,
            by_id: places(&accounts),
            accounts,
            moment: None,
            kept: self.memory().cloned(),
            kept_then: None,
        })
    }

    /// What was read for this question, from memory while nothing of the topic changed. As of an
    /// earlier moment it is read.
    pub async fn kept<Q, T>(
        &self,
        topic: Topic,
        question: Q,
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>>
    where
        Q: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        match &self.kept {
            Some(kept) => kept.or_read(topic, (question, 1), read).await,
            None => read.await.map(Arc::new),
        }
    }

    /// The same of names and origins, which stay in memory of the last moments asked for too: what they
    /// were then is other only when one of them, or what it was before, is written. There are two: what
    /// changed between two moments asks for both.
    pub async fn kept_objects<Q, T>(
        &self,
        question: Q,
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>>
    where
        Q: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        // The workspace's own zone and currency are no object, and count where nothing tells another.
        let question = (question, self.zone, self.main);
        match &self.kept_then {
            Some((moment, kept)) => {
                let question = (question, *moment);
                let asked = (question, MOMENTS);
                kept.or_read(Topic::Objects, asked, read).await
            }
            None => self.kept(Topic::Objects, question, read).await,
        }
    }

    /// Where answers are kept, and how often an object changed.
    pub fn answers(&self) -> Option<(Memory, i64)> {
        let kept = self.memory()?;
        Some((kept.answers(), kept.revision_of(Topic::Objects)))
    }

    /// What is in memory of the workspace, now or as of a moment.
    fn memory(&self) -> Option<&Kept> {
        let then = self.kept_then.as_ref().map(|(_, kept)| kept);
        self.kept.as_ref().or(then)
    }

    /// How often something of a topic changed until now, in the words of what counts it.
    pub fn revision(&self, topic: &str) -> i64 {
        self.memory().map_or(0, |kept| kept.revision(topic))
    }

    /// How often days of a kind of what came of it were packed anew until now.
    pub fn revision_of_kind(&self, kind: &str) -> i64 {
        self.memory().map_or(0, |kept| kept.revision_of_kind(kind))
    }

    /// How often anything of what was delivered, or an object, changed.
    pub fn delivered_revision(&self) -> i64 {
        let kept = self.kept.as_ref();
        kept.map_or(0, |kept| kept.revision_of(Topic::Delivered))
    }

    pub fn account(&self, id: AdAccountId) -> Option<&Account> {
        self.accounts.get(*self.by_id.get(&id)?)
    }

    /// The accounts that a report is about.
    pub fn allowed(&self, filter: &Filter) -> Vec<&Account> {
        let accounts = self.accounts.iter();
        let allowed = accounts.filter(|account| filter.allows_account(Some(account.id)));
        allowed.collect()
    }

    /// The first account of a platform's number: two platforms may number theirs alike.
    pub fn account_named(&self, external_id: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.external_id == external_id)
    }

    /// The same path with the channel of its ad account.
    pub fn on_channel(&self, path: Path) -> Path {
        let account = path.account.as_ref().and_then(Key::known);
        let account = account.and_then(|id| self.account(id));
        Path {
            channel: account.map(|account| account.channel.clone()),
            ..path
        }
    }

    /// The zones of the ad accounts that a report is about, by name.
    pub fn zones(&self, filter: &Filter) -> Vec<AccountZone> {
        let mut zones: Vec<AccountZone> = Vec::new();
        for account in &self.accounts {
            if !filter.allows_account(Some(account.id)) {
                continue;
            }
            match zones.iter_mut().find(|known| known.zone == account.zone) {
                Some(known) => known.accounts.push(account.name.clone()),
                None => zones.push(AccountZone {
                    zone: account.zone,
                    accounts: vec![account.name.clone()],
                }),
            }
        }
        zones.sort_by_key(|known| known.zone.to_string());
        zones
    }

    /// The same rows, counted with the zones, the currencies and the accounts of another moment.
    pub fn counting_as(&self, then: &Self) -> Self {
        let mut place = Self {
            zone: then.zone,
            main: then.main,
            kept: None,
            kept_then: None,
            ..self.clone()
        };
        for account in &mut place.accounts {
            match then.account(account.id) {
                Some(was) => {
                    account.zone = was.zone;
                    account.currency = was.currency;
                }
                // What named it then did not lead to it.
                None => account.external_id.clear(),
            }
        }
        place
    }

    /// Whether both count with the same zones, currencies and accounts.
    pub fn counts_as(&self, other: &Self) -> bool {
        self.zone == other.zone
            && self.main == other.main
            && self.accounts.iter().all(|account| {
                other.account(account.id).is_some_and(|other| {
                    (account.zone, account.currency) == (other.zone, other.currency)
                })
            })
    }

    /// The instants that hold the days of a range in every zone that matters. A day has 23, 24
    /// or 25 hours, and begins at another instant in each zone.
    pub fn instants(&self, range: DateRange) -> (DateTime<Utc>, DateTime<Utc>) {
        self.accounts
            .iter()
            .map(|a| a.zone.bounds(range))
            .fold(self.zone.bounds(range), |(from, to), (starts, ends)| {
                (from.min(starts), to.max(ends))
            })
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = Error;

    fn try_from(row: AccountRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            external_id: row.external_id,
            name: row.name,
            currency: Currency::of_record(&row.currency)?,
            zone: row.timezone.parse()?,
            status: row.status,
            selected: row.selected,
            last_synced_at: row.last_synced_at,
            last_error_code: row.last_error_code,
            amount_spent: row.amount_spent_micros,
            deleted: row.deleted_at.is_some(),
            channel: Channel::of_platform(&row.platform),
        })
    }
}

async fn accounts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    moment: Option<Moment>,
) -> Result<Vec<Account>> {
    let found: Vec<AccountRow> = rows(tx, workspace, moment, ACCOUNTS, ACCOUNTS_AS_OF).await?;
    found.into_iter().map(Account::try_from).collect()
}

fn places(accounts: &[Account]) -> FxHashMap<AdAccountId, usize> {
    let accounts = accounts.iter().enumerate();
    accounts.map(|(at, account)| (account.id, at)).collect()
}

/// Without an ad account: that of the sales, else none.
async fn sale_currency(
    tx: &mut Tx,
    workspace: WorkspaceId,
    moment: Option<Moment>,
) -> Result<Currency> {
    let mut found: Vec<(Option<String>,)> =
        rows(tx, workspace, moment, SALE_CURRENCY, SALE_CURRENCY_AS_OF).await?;
    let found = found.pop().and_then(|(code,)| code);
    found.map_or(Ok(Currency::NONE), |code| Currency::of_record(&code))
}
