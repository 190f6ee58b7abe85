//! Leads from Instant Forms at Meta.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use rumbo_platform::table_file::fold;

use crate::contacts::{self, Contact, ContactFields};
use crate::touchpoints::{self, Answer, NewTouchpoint, TouchpointKind, Written};

/// A lead as Meta tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetaLead {
    pub leadgen_id: String,
    pub created: DateTime<Utc>,
    pub form_id: Option<String>,
    pub form_name: Option<String>,
    pub page_id: Option<String>,
    /// Where the lead came to, such as `fb` or `ig`.
    pub platform: Option<String>,
    /// Without `act_`, where it is known.
    pub ad_account_id: Option<String>,
    pub campaign_id: Option<String>,
    pub ad_set_id: Option<String>,
    pub ad_id: Option<String>,
    /// The form was found without an ad.
    pub is_organic: bool,
    pub answers: Vec<Answer>,
}

/// What became of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadWritten {
    pub contact: ContactId,
    /// Whether the contact was made for this lead.
    pub new_contact: bool,
    pub touchpoint: Written,
}

/// Keeps a lead: finds its contact by leadgen id, then phone, then e-mail, or makes one, and adds
/// the touchpoint. The same lead again changes nothing. An answer that cannot be kept as phone or
/// e-mail stays among the answers; no lead is refused for it.
///
/// # Errors
/// When the store cannot be written.
pub async fn upsert_lead(tx: &mut Tx, scope: &Scope, lead: MetaLead) -> Result<LeadWritten> {
    let source = if lead.is_organic {
        "ORGANIC"
    } else {
        "META_ADS"
    };
    let known = touchpoints::with_external_ids(
        tx,
        scope.workspace,
        TouchpointKind::LeadForm,
        std::slice::from_ref(&lead.leadgen_id),
    )
    .await?;
    let (contact, new_contact) = match known.first() {
        Some(touch) => (touch.contact_id, false),
        None => contact_for(tx, scope, &lead, source).await?,
    };
    let (_, touchpoint) = touchpoints::add(
        tx,
        scope,
        contact,
        NewTouchpoint {
            occurred_at: Some(lead.created),
            kind: Some(TouchpointKind::LeadForm),
            source: source.to_owned(),
            medium: lead.platform,
            ad_account_external_id: lead.ad_account_id,
            campaign_external_id: lead.campaign_id,
            ad_set_external_id: lead.ad_set_id,
            ad_external_id: lead.ad_id,
            form_external_id: lead.form_id,
            referral: lead
                .page_id
                .map(|page| ("page_id".to_owned(), page))
                .into_iter()
                .collect(),
            answers: lead.answers,
            external_id: Some(lead.leadgen_id),
            ..NewTouchpoint::default()
        },
    )
    .await?;
    Ok(LeadWritten {
        contact,
        new_contact,
        touchpoint,
    })
}

async fn contact_for(
    tx: &mut Tx,
    scope: &Scope,
    lead: &MetaLead,
    source: &str,
) -> Result<(ContactId, bool)> {
    let region = contacts::default_region(tx, scope.workspace).await?;
    let said = person(&lead.answers);
    let mut fresh = Contact::empty(scope.id(), scope.now());
    source.clone_into(&mut fresh.lead_source);
    // One field after the other: a bad phone number must not cost the name.
    for fields in said {
        let mut attempt = fresh.clone();
        if fields.apply(&mut attempt, region.as_deref()).is_ok() {
            fresh = attempt;
        }
    }
    let found = contacts::find_by_contact_point(
        tx,
        scope.workspace,
        fresh.phone.as_deref(),
        fresh.email.as_deref(),
    )
    .await?;
    if let Some(stored) = found {
        let mut filled = stored.clone();
        fill_gaps(tx, scope, &mut filled, &fresh).await?;
        if filled != stored {
            filled.updated_at = scope.now();
            contacts::write(tx, scope, &filled).await?;
        }
        return Ok((stored.id, false));
    }
    fresh.name_by_contact_point();
    if fresh.name.is_empty() {
        let form = lead.form_name.as_deref().unwrap_or("Lead");
        fresh.name = format!("{form} {}", lead.leadgen_id);
    }
    contacts::insert(tx, scope, std::slice::from_ref(&fresh)).await?;
    Ok((fresh.id, true))
}

/// Puts what a lead says where the contact has nothing yet.
async fn fill_gaps(
    tx: &mut Tx,
    scope: &Scope,
    contact: &mut Contact,
    said: &Contact,
) -> Result<()> {
    if contact.is_nameless([]) && !said.name.is_empty() {
        contact.name.clone_from(&said.name);
    }
    if contact.phone.is_none()
        && let Some(phone) = &said.phone
        && contacts::find_by_contact_point(tx, scope.workspace, Some(phone), None)
            .await?
            .is_none()
    {
        contact.phone = Some(phone.clone());
    }
    for (has, says) in [
        (&mut contact.email, &said.email),
        (&mut contact.country, &said.country),
        (&mut contact.region, &said.region),
        (&mut contact.city, &said.city),
    ] {
        if has.is_none() {
            has.clone_from(says);
        }
    }
    contact.birth_date = contact.birth_date.or(said.birth_date);
    Ok(())
}

/// What the answers say about the person, one piece each, the country before the phone. The keys
/// are those of Meta's own questions, and the words that people write as question keys.
fn person(answers: &[Answer]) -> Vec<ContactFields> {
    let said = |keys: &[&str]| -> Option<String> {
        keys.iter().find_map(|key| {
            answers
                .iter()
                .find(|answer| fold(&answer.question).replace([' ', '-'], "_") == *key)
                .and_then(|answer| answer.values.first())
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        })
    };
    let name = said(&[
        "full_name",
        "nombre_completo",
        "nome_completo",
        "name",
        "nombre",
        "nome",
    ])
    .or_else(|| {
        let first = said(&["first_name"]).unwrap_or_default();
        let last = said(&["last_name"]).unwrap_or_default();
        Some(format!("{first} {last}").trim().to_owned()).filter(|name| !name.is_empty())
    });
    let phone = said(&[
        "phone_number",
        "phone",
        "whatsapp_number",
        "work_phone_number",
        "telefono",
        "telefone",
        "celular",
        "whatsapp",
    ]);
    let email = said(&[
        "email",
        "work_email",
        "e_mail",
        "correo",
        "correo_electronico",
    ]);
    let birth = said(&["date_of_birth"]).and_then(|text| {
        // Meta gives MM/DD/YYYY here.
        chrono::NaiveDate::parse_from_str(&text, "%m/%d/%Y")
            .ok()
            .or_else(|| text.parse().ok())
    });
    let none = ContactFields::default;
    vec![
        ContactFields {
            country: said(&["country"]),
            ..none()
        },
        ContactFields { name, ..none() },
        ContactFields { phone, ..none() },
        ContactFields { email, ..none() },
        ContactFields {
            region: said(&["state", "province"]),
            ..none()
        },
        ContactFields {
            city: said(&["city", "ciudad", "cidade"]),
            ..none()
        },
        ContactFields {
            birth_date: birth.into(),
            ..none()
        },
    ]
}
