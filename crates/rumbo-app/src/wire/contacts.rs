//! Contacts and their timeline.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ContactId, ContactMergeId, UserId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Asks for contacts, newest change first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
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
#[serde(default, deny_unknown_fields)]
pub struct SaveContact {
    pub id: Option<ContactId>,
    pub name: Option<String>,
    /// In any form; kept as E.164. An empty text removes it.
    pub phone: Option<String>,
    pub email: Option<String>,
    pub status: Option<String>,
    pub lead_source: Option<String>,
    /// `prospect`, `client` or `internal`.
    pub kind: Option<String>,
    /// Who looks after the contact: the id of a member. An empty text takes the owner away.
    pub owner_id: Option<String>,
    /// A language code such as `es` or `pt-BR`.
    pub language: Option<String>,
    /// IANA zone, such as `America/Sao_Paulo`.
    pub timezone: Option<String>,
    /// Such as `whatsapp`, `phone` or `email`.
    pub preferred_channel: Option<String>,
    /// ISO 3166 two-letter code.
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    /// `YYYY-MM-DD`. An empty text takes it away.
    pub birth_date: Option<String>,
    /// Where no date is known. 0 takes it away.
    pub birth_year: Option<u32>,
    pub tags: Option<Vec<String>>,
    pub notes: Option<String>,
    /// The business's own fields to set, by name; an empty text takes one away.
    pub custom: Option<BTreeMap<String, String>>,
}

/// Asks for one contact with its timeline.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct GetContact {
    pub id: ContactId,
}

/// One contact with everything that happened.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ContactDetail {
    pub contact: ContactRow,
    /// `prospect`, `client` or `internal`.
    pub kind: String,
    /// Who looks after the contact.
    pub owner: Option<Owner>,
    pub country: Option<String>,
    pub region: Option<String>,
    pub city: Option<String>,
    pub language: Option<String>,
    pub timezone: Option<String>,
    pub preferred_channel: Option<String>,
    pub birth_date: Option<NaiveDate>,
    /// Where no date is known.
    pub birth_year: Option<u32>,
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
    /// The cost of a touchpoint, the value of an opportunity, the sum of a sale or refund.
    pub amount: Option<String>,
    pub currency: Option<String>,
    /// For a touchpoint: where it came from.
    pub source: Option<String>,
    pub medium: Option<String>,
    /// For a touchpoint: what the ad said beside its headline, which is the `detail`.
    pub ad_body: Option<String>,
    /// For a touchpoint: Meta's id of the form.
    pub form: Option<String>,
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
#[serde(default, deny_unknown_fields)]
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
    pub form_external_id: Option<String>,
    pub click_id: Option<String>,
    /// What the ad said at the time.
    pub ad_headline: Option<String>,
    pub ad_body: Option<String>,
    /// What this arrival cost.
    pub cost: Option<String>,
    /// The workspace's when absent.
    pub cost_currency: Option<String>,
}

/// Asks for the people who can own contacts and opportunities.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListOwners {}

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Owner {
    pub id: UserId,
    pub name: String,
}

/// Asks for contacts that may be the same person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListDuplicates {
    pub page: super::PageRequest,
}

/// Contacts that may be the same person, and why.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct DuplicateGroup {
    /// `email`: they have the same e-mail address. `phone`: their numbers differ only in form.
    /// `click`: they came by the same click. `external_id`: the id of one in another system is the
    /// e-mail address or phone number of the other.
    pub reason: String,
    /// What they share.
    pub value: String,
    /// The first 20, the oldest first.
    pub contacts: Vec<ContactRow>,
}

/// Merges two contacts into one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct MergeContacts {
    /// The contact that stays.
    pub keep: ContactId,
    /// The contact whose touchpoints, opportunities, sales and ids move to it, and whose values
    /// fill what it has not; it is gone then.
    pub other: ContactId,
}

/// Undoes a merge.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct UndoMerge {
    pub id: ContactMergeId,
}

/// Asks for the merges, the last one first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
#[serde(deny_unknown_fields)]
pub struct ListMerges {
    /// Only those into or of this contact.
    pub contact_id: Option<ContactId>,
    pub page: super::PageRequest,
}

/// One contact merged into another.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct ContactMerge {
    pub id: ContactMergeId,
    pub kept_id: ContactId,
    pub kept_name: String,
    pub other_id: ContactId,
    pub other_name: String,
    /// How much moved.
    pub touchpoints: u32,
    pub opportunities: u32,
    pub sales: u32,
    pub merged_at: DateTime<Utc>,
    /// Null while it stands.
    pub undone_at: Option<DateTime<Utc>>,
}
