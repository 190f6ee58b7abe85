//! Contacts, their touchpoints and their timeline.

use rumbo_base::{CacheTag, Code, ContactId, Error, Page, Result};
use rumbo_crm::contacts::{self, ContactFields, ContactSort, Filter};
use rumbo_crm::timeline::{Entry, timeline};
use rumbo_crm::touchpoints::{self, NewTouchpoint};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::Context;
use crate::dashboard::count;
use crate::wire::{
    AddTouchpoint, ContactDetail, ContactRow, ExternalId, FormAnswer, GetContact, ListContacts,
    SaveContact, TimelineEntry,
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
    Ok(Page {
        rows: page.rows.into_iter().map(row).collect(),
        next: page.next,
        total: page.total,
    })
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
        country: contact.country,
        region: contact.region,
        city: contact.city,
        language: contact.language,
        birth_date: contact.birth_date,
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
    let (source, campaign, ad, waiting, answers) = match entry.touch {
        Some(touch) => (
            Some(touch.source),
            touch.campaign,
            touch.ad,
            touch.waiting_for_sync,
            touch
                .answers
                .into_iter()
                .map(|a| FormAnswer {
                    question: a.question,
                    answer: a.values.join(", "),
                })
                .collect(),
        ),
        None => (None, None, None, false, Vec::new()),
    };
    TimelineEntry {
        at: entry.at,
        kind: entry.kind.as_str().to_owned(),
        id: entry.id.to_string(),
        title: entry.title,
        detail: entry.detail,
        amount: entry
            .amount
            .map(|(amount, currency)| amount.to_text(currency)),
        currency: entry.amount.map(|(_, currency)| currency.to_string()),
        source,
        campaign,
        ad,
        waiting_for_sync: waiting,
        answers,
        status: entry.status,
    }
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
        lead_source: req.lead_source,
        country: req.country,
        city: req.city,
        birth_date: req.birth_date,
        tags: req.tags,
        notes: req.notes,
        custom: req.custom.unwrap_or_default(),
        ..ContactFields::default()
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
/// `NotFound` for the contact, `InvalidInput` for a source that cannot be kept.
pub async fn add_touchpoint(cx: &Context, req: AddTouchpoint) -> Result<ContactDetail> {
    let scope = cx.scope()?;
    let contact = req.contact_id.ok_or_else(|| {
        Error::new(Code::InvalidInput, "Say which contact arrived.").field("contact_id")
    })?;
    let new = NewTouchpoint {
        occurred_at: req.occurred_at,
        source: req.source,
        medium: req.medium,
        campaign_external_id: req.campaign_external_id,
        ad_set_external_id: req.ad_set_external_id,
        ad_external_id: req.ad_external_id,
        click_id: req.click_id,
        ..NewTouchpoint::default()
    };
    let mut tx = scope.write().await?;
    touchpoints::add(&mut tx, scope, contact, new).await?;
    let shown = detail(&mut tx, scope, contact).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Contacts, CacheTag::Opportunities, CacheTag::Sales]);
    Ok(shown)
}
