//! People who write in: who they are among the contacts, or that they are new.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::contacts::{self, Contact, ContactFields};
use crate::phone;
use crate::touchpoints::{self, NewTouchpoint, TouchpointKind};

/// Somebody who wrote by a messaging channel.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// The kind of the channel, under which the address is kept as an id in another system.
    pub kind: &'a str,
    /// The address there: a number in E.164, a chat, a page-scoped id, an e-mail address.
    pub address: &'a str,
    /// Another id by which the provider knows the person, which outlasts a change of number.
    pub user_id: Option<&'a str>,
    pub name: Option<&'a str>,
    /// Whether the address is a phone number.
    pub is_phone: bool,
    /// Whether the address is an e-mail address.
    pub is_email: bool,
    /// Where a new contact came from, such as `ORGANIC`.
    pub lead_source: &'a str,
    /// When the person wrote.
    pub at: DateTime<Utc>,
}

/// An ad whose button begins a chat.
#[derive(Clone, Debug, Default)]
pub struct AdClick<'a> {
    /// The provider's id of the message it came with: the same one again changes nothing.
    pub message_id: &'a str,
    /// The kind of the channel.
    pub medium: &'a str,
    /// Meta's id of the ad.
    pub ad_id: Option<&'a str>,
    pub click_id: Option<&'a str>,
    pub headline: Option<&'a str>,
    pub body: Option<&'a str>,
    pub url: Option<&'a str>,
}

/// Finds the contact of somebody who wrote: by the ids of the channel, then by phone number, then
/// by e-mail address; or makes one. What the contact did not have yet is filled in. Tells whether
/// it is new.
///
/// Somebody unknown becomes a contact at once: an ad that begins chats brings leads in no other way.
///
/// # Errors
/// When the store cannot be written.
pub async fn arrive(
    tx: &mut Tx,
    scope: &Scope,
    arrival: &Arrival<'_>,
) -> Result<(ContactId, bool)> {
    let user_kind = format!("{}_user", arrival.kind);
    let ids: Vec<(&str, &str)> = [
        Some((arrival.kind, arrival.address)),
        arrival.user_id.map(|id| (user_kind.as_str(), id)),
    ]
    .into_iter()
    .flatten()
    .filter(|(_, id)| !id.is_empty())
    .collect();
    let mut known = None;
    let mut missing = Vec::new();
    for (platform, id) in ids {
        let wanted = [id.to_owned()];
        let found = contacts::external_ids_of(tx, scope.workspace, platform, &wanted).await?;
        match found.get(id) {
            Some(contact) => known = known.or(Some(*contact)),
            None => missing.push((platform, id.to_owned())),
        }
    }
    let phone = arrival
        .is_phone
        .then(|| phone::e164(arrival.address, None).ok())
        .flatten();
    let email = arrival
        .is_email
        .then(|| phone::email(arrival.address).ok())
        .flatten();
    let (contact, new) = match known {
        Some(contact) => (contact, false),
        None => {
            let found = contacts::find_by_contact_point(
                tx,
                scope.workspace,
                phone.as_deref(),
                email.as_deref(),
            )
            .await?;
            match found {
                Some(stored) => {
                    name_it(tx, scope, stored.clone(), arrival).await?;
                    (stored.id, false)
                }
                None => (make(tx, scope, arrival, phone, email).await?, true),
            }
        }
    };
    let now = scope.now();
    for (platform, id) in missing {
        contacts::link_external_ids(tx, scope.workspace, platform, &[(id, contact)], now).await?;
    }
    Ok((contact, new))
}

/// Keeps that somebody wrote by way of an ad.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_ad_click(
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    at: DateTime<Utc>,
    click: &AdClick<'_>,
) -> Result<()> {
    let referral: BTreeMap<String, String> = click
        .url
        .map(|url| ("source_url".to_owned(), cut(url, 2_000)))
        .into_iter()
        .collect();
    touchpoints::add(
        tx,
        scope,
        contact,
        NewTouchpoint {
            occurred_at: Some(at),
            kind: Some(TouchpointKind::ClickToWhatsApp),
            source: "CLICK_TO_WHATSAPP".to_owned(),
            medium: Some(click.medium.to_owned()),
            ad_external_id: click.ad_id.map(|id| cut(id, 100)),
            click_id: click.click_id.map(|id| cut(id, 4_000)),
            referral,
            ad_headline: click.headline.map(|text| cut(text, 4_000)),
            ad_body: click.body.map(|text| cut(text, 4_000)),
            external_id: Some(cut(click.message_id, 4_000)),
            ..NewTouchpoint::default()
        },
    )
    .await?;
    Ok(())
}

/// No message is refused for a text of the provider's that cannot be kept whole.
fn cut(text: &str, longest: usize) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .take(longest)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Gives a contact without a name the one the person goes by.
async fn name_it(tx: &mut Tx, scope: &Scope, stored: Contact, arrival: &Arrival<'_>) -> Result<()> {
    let Some(name) = arrival.name.map(|name| cut(name, 200)) else {
        return Ok(());
    };
    if name.is_empty() || !stored.is_nameless([&arrival.address.to_owned()]) {
        return Ok(());
    }
    let named = Contact {
        name,
        updated_at: scope.now(),
        ..stored
    };
    contacts::write(tx, scope, &named).await
}

async fn make(
    tx: &mut Tx,
    scope: &Scope,
    arrival: &Arrival<'_>,
    phone: Option<String>,
    email: Option<String>,
) -> Result<ContactId> {
    let mut fresh = Contact::empty(scope.id(), scope.now());
    fresh.phone = phone;
    fresh.email = email;
    fresh.first_seen_at = arrival.at.min(scope.now());
    arrival.lead_source.clone_into(&mut fresh.lead_source);
    let named = ContactFields {
        name: arrival.name.map(|name| cut(name, 200)),
        ..ContactFields::default()
    };
    named.apply(&mut fresh, None)?;
    fresh.name_by_contact_point();
    if fresh.name.is_empty() {
        fresh.name = cut(arrival.address, 200);
    }
    contacts::insert(tx, scope, std::slice::from_ref(&fresh)).await?;
    Ok(fresh.id)
}

#[cfg(test)]
mod tests;
