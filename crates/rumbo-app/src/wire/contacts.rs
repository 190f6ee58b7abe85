//! Contacts and their timeline.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::ContactId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for contacts, newest change first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct ListContacts {
    /// Part of a name, phone or e-mail.
    pub search: Option<String>,
    /// `lead`, `contacted`, `customer` or `churned`.
    pub status: Option<String>,
    /// A lead source, such as `META_ADS`.
    pub source: Option<String>,
    pub page: super::PageRequest,
}

/// One contact in the list.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ContactRow {
    pub id: ContactId,
    pub name: String,
    /// E.164.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub status: String,
    pub lead_source: String,
    /// The campaign of the first touch, by name where it is synced.
    pub campaign: Option<String>,
    pub first_seen_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub sales: u32,
}

/// Makes a contact, or changes one when `id` is given. Absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct SaveContact {
    pub id: Option<ContactId>,
    pub name: Option<String>,
    /// In any form; kept as E.164. An empty text removes it.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub status: Option<String>,
    pub lead_source: Option<String>,
    pub country: Option<String>,
    pub city: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub tags: Option<Vec<String>>,
    pub notes: Option<String>,
    /// The business's own fields to set, by name; an empty text takes one away.
    pub custom: Option<BTreeMap<String, String>>,
}

/// Asks for one contact with its timeline.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct GetContact {
    pub id: ContactId,
}

/// One contact with everything that happened.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ContactDetail {
    pub contact: ContactRow,
    pub kind: String,
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub language: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub tags: Vec<String>,
    pub notes: Option<String>,
    /// The business's own fields, by name.
    pub custom: BTreeMap<String, String>,
    pub external_ids: Vec<ExternalId>,
    /// Newest first.
    pub timeline: Vec<TimelineEntry>,
}

/// The contact's id in another system.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ExternalId {
    pub platform: String,
    pub external_id: String,
}

/// Something that happened with a contact.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct TimelineEntry {
    pub at: DateTime<Utc>,
    /// `touchpoint`, `opportunity`, `stage`, `sale` or `refund`.
    pub kind: String,
    /// The id of the row.
    pub id: String,
    pub title: String,
    pub detail: Option<String>,
    pub amount: Option<String>,
    pub currency: Option<String>,
    /// For a touchpoint: where it came from.
    pub source: Option<String>,
    pub campaign: Option<String>,
    pub ad: Option<String>,
    /// For a touchpoint: whether its ad is not synced yet.
    pub waiting_for_sync: bool,
    /// For a touchpoint: the answers of the form.
    pub answers: Vec<FormAnswer>,
    /// State of an opportunity or status of a sale.
    pub status: Option<String>,
}

/// An answer in an Instant Form.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FormAnswer {
    pub question: String,
    pub answer: String,
}

/// Adds one way a contact arrived.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
pub struct AddTouchpoint {
    pub contact_id: Option<ContactId>,
    pub occurred_at: Option<DateTime<Utc>>,
    /// A lead source, such as `META_ADS`.
    pub source: String,
    pub medium: Option<String>,
    /// Meta's ids, known here or not yet.
    pub campaign_external_id: Option<String>,
    pub ad_set_external_id: Option<String>,
    pub ad_external_id: Option<String>,
    pub click_id: Option<String>,
}
