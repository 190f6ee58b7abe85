//! SQL of contacts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use super::{Contact, ExternalId, Owner};

macro_rules! columns {
    () => {
        "id, kind, status, lead_source, name, email, phone, owner_id, language, timezone, \
         preferred_channel, country, region, city, birth_date, birth_year, custom, tags, notes, \
         first_seen_at, first_touchpoint_id, created_at, updated_at"
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM contacts WHERE workspace_id = $1 AND id = $2");
    FIND = concat!("SELECT ", columns!(), " FROM contacts WHERE workspace_id = $1 \
        AND (phone = $2 OR email = $3 OR id IN (SELECT contact_id FROM contact_external_ids \
            WHERE workspace_id = $1 AND platform = 'phone' AND external_id = $2 \
            UNION SELECT contact_id FROM contact_external_ids \
            WHERE workspace_id = $1 AND platform = 'email' AND external_id = $3)) \
        ORDER BY CASE WHEN phone = $2 THEN 0 WHEN email = $3 THEN 2 ELSE 1 END, updated_at DESC, id LIMIT 1");
    UPDATE = "UPDATE contacts SET kind = $3, status = $4, lead_source = $5, name = $6, email = $7, \
        phone = $8, owner_id = $9, language = $10, timezone = $11, preferred_channel = $12, \
        country = $13, region = $14, city = $15, birth_date = $16, birth_year = $17, custom = $18, \
        tags = $19, notes = $20, search = $21, updated_at = $22, updated_by = $23 \
        WHERE workspace_id = $1 AND id = $2";
    EXTERNAL_IDS = "SELECT platform, external_id FROM contact_external_ids \
        WHERE workspace_id = $1 AND contact_id = $2 ORDER BY platform, external_id";
    OWNERS = "SELECT u.id, u.name FROM memberships m JOIN users u ON u.id = m.user_id \
        WHERE m.workspace_id = $1 AND u.state = 'active' ORDER BY u.name, u.id";
    DEFAULT_REGION = "SELECT phone_region FROM workspaces WHERE id = $1";
}

/// The country that a phone number without a prefix belongs to.
pub(crate) async fn default_region(tx: &mut Tx, workspace: WorkspaceId) -> Result<Option<String>> {
    let region: Option<Option<String>> = on_tx!(tx, |c| sqlx::query_scalar(DEFAULT_REGION)
        .bind(workspace)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(region.flatten())
}

/// The members of the workspace.
pub(super) async fn owners(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Owner>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Owner>(OWNERS)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

/// Writes new contacts.
pub(crate) async fn insert(tx: &mut Tx, scope: &Scope, contacts: &[Contact]) -> Result<()> {
    const COLUMNS: usize = 28;
    let (workspace, actor) = (scope.workspace, scope.actor);
    for chunk in contacts.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(concat!(
                "INSERT INTO contacts (workspace_id, ",
                columns!(),
                ", search, created_by, updated_by) "
            ));
            insert.push_values(chunk, |mut row, contact| {
                row.push_bind(workspace)
                    .push_bind(contact.id)
                    .push_bind(contact.kind.as_str())
                    .push_bind(contact.status.as_str())
                    .push_bind(&contact.lead_source)
                    .push_bind(&contact.name)
                    .push_bind(&contact.email)
                    .push_bind(&contact.phone)
                    .push_bind(contact.owner_id)
                    .push_bind(&contact.language)
                    .push_bind(&contact.timezone)
                    .push_bind(&contact.preferred_channel)
                    .push_bind(&contact.country)
                    .push_bind(&contact.region)
                    .push_bind(&contact.city)
                    .push_bind(contact.birth_date)
                    .push_bind(contact.birth_year)
                    .push_bind(contact.custom_json())
                    .push_bind(Json(&contact.tags))
                    .push_bind(&contact.notes)
                    .push_bind(contact.first_seen_at)
                    .push_bind(contact.first_touchpoint_id)
                    .push_bind(contact.created_at)
                    .push_bind(contact.updated_at)
                    .push_bind(contact.search_text())
                    .push_bind(actor)
                    .push_bind(actor);
            });
            insert
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Writes every field of a contact that a person can change.
pub(crate) async fn write(tx: &mut Tx, scope: &Scope, contact: &Contact) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(scope.workspace)
        .bind(contact.id)
        .bind(contact.kind.as_str())
        .bind(contact.status.as_str())
        .bind(&contact.lead_source)
        .bind(&contact.name)
        .bind(&contact.email)
        .bind(&contact.phone)
        .bind(contact.owner_id)
        .bind(&contact.language)
        .bind(&contact.timezone)
        .bind(&contact.preferred_channel)
        .bind(&contact.country)
        .bind(&contact.region)
        .bind(&contact.city)
        .bind(contact.birth_date)
        .bind(contact.birth_year)
        .bind(contact.custom_json())
        .bind(Json(&contact.tags))
        .bind(&contact.notes)
        .bind(contact.search_text())
        .bind(contact.updated_at)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes the ids that contacts have in another system.
pub(crate) async fn link_external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    platform: &str,
    ids: &[(String, ContactId)],
    now: DateTime<Utc>,
) -> Result<()> {
    for chunk in ids.chunks(tx.bind_limit() / 5) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO contact_external_ids (workspace_id, platform, external_id, contact_id, created_at) ",
            );
            insert.push_values(chunk, |mut row, (external_id, contact)| {
                row.push_bind(workspace)
                    .push_bind(platform)
                    .push_bind(external_id)
                    .push_bind(*contact)
                    .push_bind(now);
            });
            insert.build().persistent(false).execute(c).await.map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// The ids of all contacts in another system.
pub(crate) async fn external_ids_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    platform: &str,
    wanted: &[String],
) -> Result<HashMap<String, ContactId>> {
    let mut found = HashMap::new();
    for chunk in wanted.chunks(tx.bind_limit() / 2) {
        let rows: Vec<(String, ContactId)> = on_tx!(tx, |c| {
            let mut select = sqlx::QueryBuilder::<DB>::new(
                "SELECT external_id, contact_id FROM contact_external_ids WHERE workspace_id = ",
            );
            select
                .push_bind(workspace)
                .push(" AND platform = ")
                .push_bind(platform);
            select.push(" AND external_id IN (");
            let mut list = select.separated(", ");
            for id in chunk {
                list.push_bind(id);
            }
            select.push(")");
            select.build_query_as().persistent(false).fetch_all(c).await
        })
        .db()?;
        found.extend(rows);
    }
    Ok(found)
}

/// One row, if it exists.
pub(super) async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Option<Contact>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Contact>(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// The contact with a phone number, or else with an e-mail address (the one changed last), those of
/// contacts merged into it counted in.
pub(crate) async fn find_by_contact_point(
    tx: &mut Tx,
    workspace: WorkspaceId,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<Option<Contact>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Contact>(FIND)
        .bind(workspace)
        .bind(phone)
        .bind(email)
        .fetch_optional(c)
        .await)
    .db()
}

/// A contact's ids in other systems.
pub(super) async fn external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Vec<ExternalId>> {
    on_tx!(tx, |c| sqlx::query_as::<_, ExternalId>(EXTERNAL_IDS)
        .bind(workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()
}

macro_rules! contacts_where {
    ($tx:expr, $workspace:expr, $wanted:expr, $row:ty, $select:expr $(, $platform:expr)?) => {{
        let mut found: Vec<$row> = Vec::new();
        for chunk in $wanted.chunks($tx.bind_limit() / 2) {
            let rows: Vec<$row> = on_tx!($tx, |c| {
                let mut select = sqlx::QueryBuilder::<DB>::new($select);
                select.push(" IN (");
                let mut list = select.separated(", ");
                for value in chunk {
                    list.push_bind(value);
                }
                select.push(") AND workspace_id = ").push_bind($workspace);
                $(select.push(" AND platform = ").push_bind($platform);)?
                select.build_query_as().persistent(false).fetch_all(c).await
            })
            .db()?;
            found.extend(rows);
        }
        Ok(found)
    }};
}

/// The contacts with these ids.
pub(crate) async fn with_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    ids: &[ContactId],
) -> Result<Vec<Contact>> {
    contacts_where!(
        tx,
        workspace,
        ids,
        Contact,
        concat!("SELECT ", columns!(), " FROM contacts WHERE id")
    )
}

/// The contacts with these phone numbers.
pub(crate) async fn with_phones(
    tx: &mut Tx,
    workspace: WorkspaceId,
    phones: &[String],
) -> Result<Vec<Contact>> {
    contacts_where!(
        tx,
        workspace,
        phones,
        Contact,
        concat!("SELECT ", columns!(), " FROM contacts WHERE phone")
    )
}

/// The contacts with these e-mail addresses.
pub(crate) async fn with_emails(
    tx: &mut Tx,
    workspace: WorkspaceId,
    emails: &[String],
) -> Result<Vec<Contact>> {
    contacts_where!(
        tx,
        workspace,
        emails,
        Contact,
        concat!("SELECT ", columns!(), " FROM contacts WHERE email")
    )
}

/// The ids that some contacts have in another system.
pub(crate) async fn ids_in(
    tx: &mut Tx,
    workspace: WorkspaceId,
    platform: &str,
    contacts: &[ContactId],
) -> Result<Vec<(String, ContactId)>> {
    contacts_where!(
        tx,
        workspace,
        contacts,
        (String, ContactId),
        "SELECT external_id, contact_id FROM contact_external_ids WHERE contact_id",
        platform
    )
}
