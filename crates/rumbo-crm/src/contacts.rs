//! Contacts: leads and customers.

mod fields;
mod list;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Code, ContactId, Error, Reason, Result, TouchpointId, UserId, WorkspaceId};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use sqlx::types::Json;

use crate::credit;
use crate::input::not_found;
use crate::words::words;

pub use fields::{ContactFields, lead_source};
pub(crate) use list::patterns as search_patterns;
pub use list::{
    ContactRow, ContactSort, DIALECT_STATEMENTS, Filter, STATEMENTS as LIST_STATEMENTS, list, row,
};
pub use store::STATEMENTS;
pub(crate) use store::{
    default_region, external_ids_of, find_by_contact_point, ids_in, insert, link_external_ids,
    with_emails, with_ids, with_phones, write,
};

words! {
    /// What kind of person a contact is to the business.
    pub enum ContactKind("kind") {
        /// Has bought.
        Client = "client",
        /// May buy.
        Prospect = "prospect",
        /// Works here.
        Internal = "internal",
    }
}

words! {
    /// How far a contact has come. In this order an import only moves forward.
    pub enum ContactStatus("status") {
        /// Known, and nobody has written yet.
        Lead = "lead",
        /// Somebody has written.
        Contacted = "contacted",
        /// Has bought.
        Customer = "customer",
        /// Has gone.
        Churned = "churned",
    }
}

/// A contact as stored.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
pub struct Contact {
    pub id: ContactId,
    #[sqlx(try_from = "String")]
    pub kind: ContactKind,
    #[sqlx(try_from = "String")]
    pub status: ContactStatus,
    /// `ORGANIC`, `META_ADS` and the like; never empty.
    pub lead_source: String,
    pub name: String,
    /// In lower case.
    pub email: Option<String>,
    /// E.164, unique in the workspace.
    pub phone: Option<String>,
    pub owner_id: Option<UserId>,
    pub language: Option<String>,
    pub timezone: Option<String>,
    pub preferred_channel: Option<String>,
    /// ISO 3166 two-letter code.
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub birth_year: Option<i64>,
    /// The business's own fields.
    #[sqlx(json)]
    pub custom: BTreeMap<String, String>,
    #[sqlx(json)]
    pub tags: Vec<String>,
    pub notes: Option<String>,
    /// When the contact became a lead: see [`credit`].
    pub first_seen_at: DateTime<Utc>,
    /// The touch that made the lead.
    pub first_touchpoint_id: Option<TouchpointId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A contact's id in another system.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, sqlx::FromRow)]
pub struct ExternalId {
    /// Which system: `import` unless the import names one.
    pub platform: String,
    pub external_id: String,
}

/// Makes a contact.
///
/// # Errors
/// `InvalidInput` for a value that cannot be kept, `Conflict` when another contact has the phone.
pub async fn create(tx: &mut Tx, scope: &Scope, fields: ContactFields) -> Result<Contact> {
    let region = default_region(tx, scope.workspace).await?;
    let now = scope.now();
    let mut contact = Contact::empty(scope.id(), now);
    fields.apply(&mut contact, region.as_deref())?;
    contact.name_by_contact_point();
    if contact.name.is_empty() {
        return Err(crate::input::invalid(
            "name",
            Reason::ContactNameless,
            "A contact needs a name, a phone number or an e-mail address.",
        ));
    }
    refuse_taken_phone(tx, scope.workspace, &contact).await?;
    refuse_strange_owner(tx, scope.workspace, contact.owner_id).await?;
    insert(tx, scope, std::slice::from_ref(&contact)).await?;
    Ok(contact)
}

/// Changes a contact. Absent fields stay as they are; nothing is touched when nothing differs.
///
/// # Errors
/// As [`create`], and `NotFound`.
pub async fn update(
    tx: &mut Tx,
    scope: &Scope,
    id: ContactId,
    fields: ContactFields,
) -> Result<Contact> {
    let stored = get(tx, scope.workspace, id).await?;
    let region = default_region(tx, scope.workspace).await?;
    let mut contact = stored.clone();
    fields.apply(&mut contact, region.as_deref())?;
    contact.name_by_contact_point();
    if contact == stored {
        return Ok(stored);
    }
    if contact.phone != stored.phone {
        refuse_taken_phone(tx, scope.workspace, &contact).await?;
    }
    if contact.owner_id != stored.owner_id {
        refuse_strange_owner(tx, scope.workspace, contact.owner_id).await?;
    }
    contact.updated_at = scope.now();
    write(tx, scope, &contact).await?;
    if contact.lead_source != stored.lead_source {
        credit::recredit(tx, scope, &[id]).await?;
    }
    get(tx, scope.workspace, id).await
}

/// One contact.
///
/// # Errors
/// `NotFound`.
pub async fn get(tx: &mut Tx, workspace: WorkspaceId, id: ContactId) -> Result<Contact> {
    store::find(tx, workspace, id)
        .await?
        .ok_or_else(|| not_found("contact"))
}

/// A contact's ids in other systems.
///
/// # Errors
/// When the store cannot be read.
pub async fn external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ContactId,
) -> Result<Vec<ExternalId>> {
    store::external_ids(tx, workspace, id).await
}

async fn refuse_taken_phone(tx: &mut Tx, workspace: WorkspaceId, contact: &Contact) -> Result<()> {
    let Some(phone) = &contact.phone else {
        return Ok(());
    };
    match find_by_contact_point(tx, workspace, Some(phone), None).await? {
        Some(other) if other.id != contact.id => Err(phone_taken(phone, other.id, &other.name)),
        _ => Ok(()),
    }
}

/// A person who can own contacts and opportunities: a member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Owner {
    pub id: UserId,
    pub name: String,
}

/// The members of the workspace by name.
///
/// # Errors
/// When the store cannot be read.
pub async fn owners(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Owner>> {
    store::owners(tx, workspace).await
}

/// Refuses an owner who is not a member of the workspace.
pub(crate) async fn refuse_strange_owner(
    tx: &mut Tx,
    workspace: WorkspaceId,
    owner: Option<UserId>,
) -> Result<()> {
    let Some(owner) = owner else {
        return Ok(());
    };
    if owners(tx, workspace)
        .await?
        .iter()
        .any(|one| one.id == owner)
    {
        return Ok(());
    }
    Err(crate::input::invalid(
        "owner_id",
        Reason::OwnerNotMember,
        "The owner has to be a member of this workspace.",
    ))
}

/// The refusal of a phone number that another contact has.
pub(crate) fn phone_taken(phone: &str, other: ContactId, name: &str) -> Error {
    Error::new(
        Code::Conflict,
        format!("{phone} belongs to {name} already. Open that contact, or enter another number."),
    )
    .reason(Reason::PhoneTaken)
    .field("phone")
    .param("phone", phone)
    .param("name", name)
    .param("contact_id", other)
}

impl Contact {
    pub(crate) fn empty(id: ContactId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            kind: ContactKind::Prospect,
            status: ContactStatus::Lead,
            lead_source: "ORGANIC".to_owned(),
            name: String::new(),
            email: None,
            phone: None,
            owner_id: None,
            language: None,
            timezone: None,
            preferred_channel: None,
            country: None,
            region: None,
            city: None,
            birth_date: None,
            birth_year: None,
            custom: BTreeMap::new(),
            tags: Vec::new(),
            notes: None,
            first_seen_at: now,
            first_touchpoint_id: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Where no name is known, the contact goes by e-mail address or phone number.
    pub(crate) fn name_by_contact_point(&mut self) {
        if self.name.is_empty() {
            self.name = self
                .email
                .clone()
                .or_else(|| self.phone.clone())
                .unwrap_or_default();
        }
    }

    /// Whether the name only stands in for one: it is empty, the e-mail address, the number, or
    /// one of these ids in other systems.
    pub(crate) fn is_nameless<'i>(&self, ids: impl IntoIterator<Item = &'i String>) -> bool {
        self.name.is_empty()
            || self.email.as_ref() == Some(&self.name)
            || self.phone.as_ref() == Some(&self.name)
            || ids.into_iter().any(|id| *id == self.name)
    }

    /// What search looks in: name, e-mail and phone, folded.
    pub(crate) fn search_text(&self) -> String {
        let phone = self
            .phone
            .as_deref()
            .unwrap_or_default()
            .trim_start_matches('+');
        let email = self.email.as_deref().unwrap_or_default();
        rumbo_platform::table_file::fold(&format!("{} {email} {phone}", self.name))
    }

    pub(crate) fn custom_json(&self) -> Json<&BTreeMap<String, String>> {
        Json(&self.custom)
    }
}
