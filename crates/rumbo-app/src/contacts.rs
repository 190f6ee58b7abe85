//! Contacts, their touchpoints and their timeline.

use std::str::FromStr;

use rumbo_base::{CacheTag, Code, ContactId, Error, Micros, Page, Reason, Result};
use rumbo_crm::Change;
use rumbo_crm::contacts::{self, ContactFields, ContactSort, Filter};
use rumbo_crm::merges;
use rumbo_crm::timeline::{Entry, timeline};
use rumbo_crm::touchpoints::{self, NewTouchpoint};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::Context;
use crate::dashboard::count;
use crate::wire::{
    AddTouchpoint, ContactDetail, ContactMerge, ContactRow, DuplicateGroup, ExternalId, FormAnswer,
    GetContact, ListContacts, ListDuplicates, ListMerges, ListOwners, MergeContacts, Owner,
    SaveContact, TimelineEntry, UndoMerge,
};

fn row(row: contacts::ContactRow) -> ContactRow {
    ContactRow {
        id: row.id,
        name: row.name,
        phone: row.phone,
        email: row.email,
        status: row.status.to_string(),
        lead_source: row.lead_source,
        campaign: row.campaign,
        first_seen_at: row.first_seen_at,
        updated_at: row.updated_at,
        sales: count(row.sales),
    }
}

/// Contacts, newest change first.
///
/// # Errors
/// `InvalidInput` for a status or cursor that does not exist.
pub async fn list_contacts(cx: &Context, req: ListContacts) -> Result<Page<ContactRow>> {
    let scope = cx.scope()?;
    let filter = Filter {
        search: req.search,
        status: req.status.as_deref().map(str::parse).transpose()?,
        source: req.source,
        sort: ContactSort::Recent,
    };
    let mut tx = scope.read().await?;
    let page = contacts::list(&mut tx, scope.workspace, &filter, &req.page).await?;
    Ok(page.map(row))
}

/// One contact with everything that happened.
///
/// # Errors
/// `NotFound`.
pub async fn get_contact(cx: &Context, req: GetContact) -> Result<ContactDetail> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    detail(&mut tx, scope, req.id).await
}

async fn detail(tx: &mut Tx, scope: &Scope, id: ContactId) -> Result<ContactDetail> {
    let contact = contacts::get(tx, scope.workspace, id).await?;
    let owner = match contact.owner_id {
        Some(id) => owners(tx, scope).await?.into_iter().find(|o| o.id == id),
        None => None,
    };
    let external = contacts::external_ids(tx, scope.workspace, id).await?;
    let entries = timeline(tx, scope.workspace, id).await?;
    let sales = entries.iter().filter(|e| e.kind.as_str() == "sale").count();
    let first = entries.iter().rev().find_map(|e| e.touch.as_ref());
    Ok(ContactDetail {
        contact: ContactRow {
            id,
            name: contact.name,
            phone: contact.phone,
            email: contact.email,
            status: contact.status.to_string(),
            lead_source: contact.lead_source,
            campaign: first.and_then(|touch| touch.campaign.clone()),
            first_seen_at: contact.first_seen_at,
            updated_at: contact.updated_at,
            sales: u32::try_from(sales).unwrap_or(u32::MAX),
        },
        kind: contact.kind.to_string(),
        owner,
        country: contact.country,
        region: contact.region,
        city: contact.city,
        language: contact.language,
        timezone: contact.timezone,
        preferred_channel: contact.preferred_channel,
        birth_date: contact.birth_date,
        birth_year: contact.birth_year.and_then(|year| u32::try_from(year).ok()),
        tags: contact.tags,
        notes: contact.notes,
        custom: contact.custom,
        external_ids: external
            .into_iter()
            .map(|e| ExternalId {
                platform: e.platform,
                external_id: e.external_id,
            })
            .collect(),
        timeline: entries.into_iter().map(entry).collect(),
    })
}

fn entry(entry: Entry) -> TimelineEntry {
    let shown = TimelineEntry {
        at: entry.at,
        kind: entry.kind.as_str().to_owned(),
        id: entry.id.to_string(),
        title: entry.title,
        detail: entry.detail,
        amount: entry
            .amount
            .map(|(amount, currency)| amount.to_text(currency)),
        currency: entry.amount.map(|(_, currency)| currency.to_string()),
        source: None,
        medium: None,
        ad_body: None,
        form: None,
        campaign: None,
        ad: None,
        waiting_for_sync: false,
        answers: Vec::new(),
        status: entry.status,
    };
    let Some(touch) = entry.touch else {
        return shown;
    };
    TimelineEntry {
        source: Some(touch.source),
        medium: touch.medium,
        ad_body: touch.ad_body,
        form: touch.form,
        campaign: touch.campaign,
        ad: touch.ad,
        waiting_for_sync: touch.waiting_for_sync,
        answers: touch
            .answers
            .into_iter()
            .map(|a| FormAnswer {
                question: a.question,
                answer: a.values.join(", "),
            })
            .collect(),
        ..shown
    }
}

/// What to do with a value that is written as text: nothing when it is absent, take it away when
/// it is empty.
pub(crate) fn change<T: FromStr>(field: &str, text: Option<&str>) -> Result<Change<T>> {
    match text.map(str::trim) {
        None => Ok(Change::Keep),
        Some("") => Ok(Change::Clear),
        Some(text) => text.parse().map(Change::To).map_err(|_| {
            let (reason, form) = form_of(field);
            Error::new(
                Code::InvalidInput,
                format!("\"{text}\" is not understood here. Write {form}."),
            )
            .reason(reason)
            .field(field)
            .param("value", text)
        }),
    }
}

fn form_of(field: &str) -> (Reason, &'static str) {
    match field {
        "owner_id" => (Reason::OwnerNotMember, "the id of a member"),
        "deadline_at" => (
            Reason::InstantUnreadable,
            "an instant with its zone, such as 2026-03-31T10:00:00-03:00",
        ),
        _ => (Reason::DayUnreadable, "a day, such as 1990-12-31"),
    }
}

async fn owners(tx: &mut Tx, scope: &Scope) -> Result<Vec<Owner>> {
    let owners = contacts::owners(tx, scope.workspace).await?;
    Ok(owners
        .into_iter()
        .map(|owner| Owner {
            id: owner.id,
            name: owner.name,
        })
        .collect())
}

/// The people who can own contacts and opportunities: the members of the workspace.
pub async fn list_owners(cx: &Context, _req: ListOwners) -> Result<Vec<Owner>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    owners(&mut tx, scope).await
}

/// Makes a contact, or changes one.
///
/// # Errors
/// `InvalidInput` naming the field, `Conflict` when another contact has the phone, `NotFound`.
pub async fn save_contact(cx: &Context, req: SaveContact) -> Result<ContactRow> {
    let scope = cx.scope()?;
    let fields = ContactFields {
        name: req.name,
        phone: req.phone,
        email: req.email,
        status: req.status.as_deref().map(str::parse).transpose()?,
        kind: req.kind.as_deref().map(str::parse).transpose()?,
        lead_source: req.lead_source,
        owner_id: change("owner_id", req.owner_id.as_deref())?,
        language: req.language,
        timezone: req.timezone,
        preferred_channel: req.preferred_channel,
        country: req.country,
        region: req.region,
        city: req.city,
        birth_date: change("birth_date", req.birth_date.as_deref())?,
        birth_year: match req.birth_year {
            Some(0) => Change::Clear,
            year => year.map(i64::from).into(),
        },
        tags: req.tags,
        notes: req.notes,
        custom: req.custom.unwrap_or_default(),
    };
    let mut tx = scope.write().await?;
    let contact = match req.id {
        Some(id) => contacts::update(&mut tx, scope, id, fields).await?,
        None => contacts::create(&mut tx, scope, fields).await?,
    };
    let saved = detail(&mut tx, scope, contact.id).await?.contact;
    tx.commit().await?;
    cx.changed(&[CacheTag::Contacts]);
    Ok(saved)
}

/// Adds one way a contact arrived.
///
/// # Errors
/// `NotFound` for the contact, `InvalidInput` without a source and for one that cannot be kept.
pub async fn add_touchpoint(cx: &Context, req: AddTouchpoint) -> Result<ContactDetail> {
    let scope = cx.scope()?;
    let contact = req.contact_id.ok_or_else(|| {
        Error::new(Code::InvalidInput, "Say which contact arrived.")
            .reason(Reason::ContactNeeded)
            .field("contact_id")
    })?;
    let cost = match req.cost.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => {
            let currency = match req.cost_currency.as_deref() {
                Some(code) => code.parse()?,
                None => cx.workspace().await?.reporting_currency(),
            };
            Some((Micros::parse(text).map_err(|e| e.field("cost"))?, currency))
        }
    };
    if req.source.trim().is_empty() {
        return Err(Error::new(
            Code::InvalidInput,
            "Say where the contact came from, such as META_ADS, WEB or UNKNOWN.",
        )
        .reason(Reason::ValueMissing)
        .field("source"));
    }
    let new = NewTouchpoint {
        occurred_at: req.occurred_at,
        source: req.source,
        medium: req.medium,
        campaign_external_id: req.campaign_external_id,
        ad_set_external_id: req.ad_set_external_id,
        ad_external_id: req.ad_external_id,
        form_external_id: req.form_external_id,
        click_id: req.click_id,
        ad_headline: req.ad_headline,
        ad_body: req.ad_body,
        cost,
        ..NewTouchpoint::default()
    };
    let mut tx = scope.write().await?;
    touchpoints::add(&mut tx, scope, contact, new).await?;
    let shown = detail(&mut tx, scope, contact).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Contacts, CacheTag::Opportunities, CacheTag::Sales]);
    Ok(shown)
}

/// Contacts that may be the same person.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list_duplicates(cx: &Context, req: ListDuplicates) -> Result<Page<DuplicateGroup>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let page = merges::duplicates(&mut tx, scope.workspace, &req.page).await?;
    Ok(page.map(|group| DuplicateGroup {
        reason: group.reason.to_string(),
        value: group.value,
        contacts: group.contacts.into_iter().map(row).collect(),
    }))
}

fn merge_row(merge: merges::Merge) -> ContactMerge {
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    ContactMerge {
        id: merge.id,
        kept_id: merge.kept_id,
        kept_name: merge.kept_name,
        other_id: merge.other_id,
        other_name: merge.other_name,
        touchpoints: small(merge.touchpoints),
        opportunities: small(merge.opportunities),
        sales: small(merge.sales),
        merged_at: merge.merged_at,
        undone_at: merge.undone_at,
    }
}

/// Merges two contacts into one.
///
/// # Errors
/// `NotFound`; `InvalidInput` when both are the same contact.
pub async fn merge_contacts(cx: &Context, req: MergeContacts) -> Result<ContactMerge> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let merge = merges::merge(&mut tx, scope, req.keep, req.other).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Contacts, CacheTag::Opportunities, CacheTag::Sales]);
    Ok(merge_row(merge))
}

/// Undoes a merge.
///
/// # Errors
/// `NotFound`; `Conflict` when something has made it impossible since.
pub async fn undo_merge(cx: &Context, req: UndoMerge) -> Result<ContactMerge> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let merge = merges::undo(&mut tx, scope, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Contacts, CacheTag::Opportunities, CacheTag::Sales]);
    Ok(merge_row(merge))
}

/// The merges, the last one first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list_merges(cx: &Context, req: ListMerges) -> Result<Page<ContactMerge>> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let page = merges::list(&mut tx, scope.workspace, req.contact_id, &req.page).await?;
    Ok(page.map(merge_row))
}
