//! A contact as the guards and the text see it: everything that decides whether and what is sent, read
//! in one statement so that planning, the dry run and the check before sending ask the same.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ContactId, DispatchId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Statement, Tx, on_tx, statements};
use uuid::Uuid;

use super::limits::Limits;
use super::sender::Sender;

/// One contact.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Person {
    pub contact_id: ContactId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub timezone: Option<String>,
    pub language: Option<String>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    #[sqlx(json)]
    pub custom: BTreeMap<String, String>,
    /// Where the channel reaches them.
    pub address: Option<String>,
    /// `opted_in`, `opted_out`, or `no_marketing` where no more was said no to: what the contact said
    /// last of this kind of channel.
    pub consent: Option<String>,
    /// Where the address was suppressed for everything, and when.
    pub suppressed_by: Option<String>,
    pub suppressed_at: Option<DateTime<Utc>>,
    /// Where the address was suppressed for marketing.
    pub marketing_suppressed_by: Option<String>,
    /// When they wrote last on this channel.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Until when somebody is writing with them.
    pub paused_until: Option<DateTime<Utc>>,
    /// Messages to them that count, planned or sent within 24 hours and seven days.
    pub day_count: i64,
    pub week_count: i64,
    /// The dispatch that there is of the same origin, step and occurrence.
    pub dispatch_id: Option<DispatchId>,
    /// They are among the people this sender wrote or will write to within 24 hours.
    pub known_today: bool,
}

/// What [`Person`] is asked for: binds $1 to $9. The audience binds from $10 on. Where an instant is NULL
/// nothing lies after it, and nothing is counted.
macro_rules! people {
    ($audience:expr) => {
        concat!(
            "SELECT p.contact_id, p.name, p.phone, p.email, p.timezone, p.language, p.country, p.region, p.city, ",
            "p.custom, p.address, ",
            "(SELECT CASE WHEN o.consent = 'opted_out' AND o.source IN ('preference', 'refusal') ",
            "THEN 'no_marketing' ELSE o.consent END FROM contact_consents o WHERE o.workspace_id = $1 AND o.contact_id = p.contact_id ",
            "AND o.channel = $2 ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) AS consent, ",
            "(SELECT s.source FROM suppressions s WHERE s.workspace_id = $1 AND s.kind = $2 ",
            "AND s.address = p.address AND s.scope = 'all') AS suppressed_by, ",
            "(SELECT s.occurred_at FROM suppressions s WHERE s.workspace_id = $1 AND s.kind = $2 ",
            "AND s.address = p.address AND s.scope = 'all') AS suppressed_at, ",
            "(SELECT s.source FROM suppressions s WHERE s.workspace_id = $1 AND s.kind = $2 ",
            "AND s.address = p.address AND s.scope = 'marketing') AS marketing_suppressed_by, ",
            "(SELECT v.last_inbound_at FROM conversations v WHERE v.workspace_id = $1 AND v.channel_id = $3 ",
            "AND v.address = p.address) AS last_inbound_at, ",
            "(SELECT MAX(v.automation_paused_until) FROM conversations v WHERE v.workspace_id = $1 ",
            "AND v.contact_id = p.contact_id AND v.automation_paused_until IS NOT NULL) AS paused_until, ",
            "(SELECT COUNT(*) FROM dispatches d WHERE d.workspace_id = $1 ",
            "AND d.contact_id = p.contact_id AND d.created_at > $7 AND d.origin <> 'person' ",
            "AND d.state NOT IN ('skipped', 'failed', 'bounced', 'cancelled')) AS day_count, ",
            "(SELECT COUNT(*) FROM dispatches d WHERE d.workspace_id = $1 ",
            "AND d.contact_id = p.contact_id AND d.created_at > $8 AND d.origin <> 'person' ",
            "AND d.state NOT IN ('skipped', 'failed', 'bounced', 'cancelled')) AS week_count, ",
            "(SELECT d.id FROM dispatches d WHERE d.workspace_id = $1 AND d.origin_id = $4 AND d.step = $5 ",
            "AND d.contact_id = p.contact_id AND d.occurrence = $6) AS dispatch_id, ",
            "EXISTS (SELECT 1 FROM dispatches d WHERE d.workspace_id = $1 ",
            "AND d.contact_id = p.contact_id AND d.created_at > $9 AND d.channel_id = $3 ",
            "AND d.state NOT IN ('skipped', 'failed', 'bounced', 'cancelled')) AS known_today ",
            "FROM (SELECT c.id AS contact_id, c.name, c.phone, c.email, c.timezone, c.language, c.country, ",
            "c.region, c.city, c.custom, CASE WHEN $2 = 'sms' THEN c.phone WHEN $2 = 'email' THEN c.email ",
            "WHEN $2 = 'whatsapp' AND c.phone IS NOT NULL THEN c.phone ",
            "ELSE (SELECT v.address FROM conversations v WHERE v.workspace_id = $1 AND v.contact_id = c.id ",
            "AND v.channel_id = $3 ORDER BY v.id LIMIT 1) END AS address ",
            "FROM contacts c WHERE c.workspace_id = $1 ",
            $audience,
            ") p ORDER BY p.contact_id"
        )
    };
}

statements! {
    /// Contacts by status and lead source, in the order of their ids.
    OF_FILTER = people!("AND c.id > $10 AND ($11 = '' OR c.status = $11) AND ($12 = '' OR c.lead_source = $12) \
        ORDER BY c.id LIMIT $13");
}

/// Some contacts by their ids, of which the databases take a list differently.
const OF_LIST: Statement = Statement {
    name: "outbox::person::OF_LIST",
    sqlite: people!("AND c.id IN (SELECT unhex(value) FROM json_each($10))"),
    postgres: people!("AND c.id = ANY($10)"),
};

/// The SQL texts that differ.
pub const DIALECT_STATEMENTS: &[Statement] = &[OF_LIST];

/// What a person is asked about: which message it would be.
#[derive(Clone, Debug)]
pub(super) struct Asked<'a> {
    pub workspace: WorkspaceId,
    pub sender: &'a Sender,
    pub origin_id: Uuid,
    pub step: &'a str,
    pub occurrence: &'a str,
    pub now: DateTime<Utc>,
    pub limits: &'a Limits,
}

macro_rules! fetch {
    ($c:expr, $sql:expr, $asked:expr, $($bind:expr),+) => {
        sqlx::query_as::<_, Person>($sql)
            .bind($asked.workspace)
            .bind($asked.sender.kind().word())
            .bind($asked.sender.id)
            .bind($asked.origin_id)
            .bind($asked.step)
            .bind($asked.occurrence)
            .bind($asked.limits.most_a_day.map(|_| $asked.now - TimeDelta::hours(24)))
            .bind($asked.limits.most_a_week.map(|_| $asked.now - TimeDelta::days(7)))
            .bind($asked.sender.people_a_day.map(|_| $asked.now - TimeDelta::hours(24)))
            $(.bind($bind))+
            .fetch_all($c)
            .await
    };
}

/// Contacts of a filter after an id, in the order of ids.
pub(super) async fn of_filter(
    tx: &mut Tx,
    asked: &Asked<'_>,
    status: &str,
    source: &str,
    after: ContactId,
    limit: i64,
) -> Result<Vec<Person>> {
    on_tx!(tx, |c| fetch!(
        c, OF_FILTER, asked, after, status, source, limit
    ))
    .db()
}

/// Contacts by their ids; ids of contacts that are not there are left out.
pub(super) async fn of_list(
    tx: &mut Tx,
    asked: &Asked<'_>,
    ids: &[ContactId],
) -> Result<Vec<Person>> {
    match tx {
        Tx::Sqlite(c) => fetch!(
            &mut **c,
            OF_LIST.sqlite,
            asked,
            hex_list(ids.iter().map(|id| id.0))
        ),
        Tx::Postgres(c) => {
            let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
            fetch!(&mut **c, OF_LIST.postgres, asked, ids)
        }
    }
    .db()
}

/// Ids as the list of hex texts that SQLite's `json_each` and `unhex` read.
pub(crate) fn hex_list(ids: impl Iterator<Item = Uuid>) -> String {
    let mut list = String::from("[");
    for (place, id) in ids.enumerate() {
        if place > 0 {
            list.push(',');
        }
        list.push('"');
        list.push_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
        list.push('"');
    }
    list.push(']');
    list
}

impl Person {
    /// A field by its name, as texts and parameters name it; `None` where it is empty.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let value = match name {
            "name" => self.own_name(),
            "first_name" => self
                .own_name()
                .and_then(|name| name.split_whitespace().next()),
            "phone" => self.phone.as_deref(),
            "email" => self.email.as_deref(),
            "language" => self.language.as_deref(),
            "country" => self.country.as_deref(),
            "region" => self.region.as_deref(),
            "city" => self.city.as_deref(),
            _ => name
                .strip_prefix("custom.")
                .and_then(|key| self.custom.get(key))
                .map(String::as_str),
        };
        value.map(str::trim).filter(|value| !value.is_empty())
    }

    /// The name, unless it stands for one: a contact without a name is called by the phone or the address.
    fn own_name(&self) -> Option<&str> {
        let stands_for = |point: &Option<String>| point.as_deref() == Some(self.name.as_str());
        let named = !stands_for(&self.phone) && !stands_for(&self.email);
        named.then_some(self.name.as_str())
    }

    /// A contact of whom nothing is known but the address, for tests.
    #[cfg(test)]
    pub(super) fn plain(address: &str) -> Self {
        Self {
            contact_id: ContactId(Uuid::from_u128(1)),
            name: "Ana Souza".to_owned(),
            phone: Some(address.to_owned()),
            email: None,
            timezone: None,
            language: None,
            country: None,
            region: None,
            city: None,
            custom: BTreeMap::new(),
            address: Some(address.to_owned()),
            consent: None,
            suppressed_by: None,
            suppressed_at: None,
            marketing_suppressed_by: None,
            last_inbound_at: None,
            paused_until: None,
            day_count: 0,
            week_count: 0,
            dispatch_id: None,
            known_today: false,
        }
    }
}
