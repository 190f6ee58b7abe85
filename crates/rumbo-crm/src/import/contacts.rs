//! Rows that are contacts.

use std::collections::HashSet;

use rumbo_base::{Error, Reason, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::origin::{Origin, Origins};
use super::people::{Became, Keys, People, keys, split_tags};
use super::reader::{Defaults, Reader, Values};
use super::tally::{RowNames, Tally};
use super::words;
use crate::contacts::ContactFields;
use crate::credit;
use crate::input::invalid;

struct Said {
    keys: Keys,
    fields: ContactFields,
    origin: Option<Origin>,
}

pub(super) async fn import(
    tx: &mut Tx,
    scope: &Scope,
    reader: &Reader<'_>,
    defaults: &Defaults,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut names = RowNames::default();
    let mut rows = Vec::new();
    for (index, row) in reader.table.rows.iter().enumerate() {
        match said(reader.values(row), defaults, &mut names) {
            Ok(said) => rows.push((index, said)),
            Err(error) => tally.reject(index, error),
        }
    }
    let all_keys: Vec<Keys> = rows.iter().map(|(_, said)| said.keys.clone()).collect();
    let mut people = People::load(
        tx,
        scope,
        &reader.system,
        defaults.region.clone(),
        &all_keys,
    )
    .await?;
    let touch_names: Vec<String> = rows
        .iter()
        .map(|(_, said)| touch_name(reader, &said.keys))
        .collect();
    let mut origins = Origins::load(tx, scope, &touch_names).await?;

    let mut placed = Vec::new();
    for ((index, said), touch_name) in rows.iter().zip(&touch_names) {
        let done = people
            .person(scope, &said.keys, &said.fields, true)
            .and_then(|person| {
                let touch = match (&said.origin, people.contact(person)) {
                    (Some(origin), Some(contact)) if !people.is_itself(&said.keys) => {
                        origins.stage(scope, touch_name, contact.id, origin, None)?
                    }
                    _ => Became::Unchanged,
                };
                Ok((person, touch))
            });
        match done {
            Ok(done) => {
                people.keep(done.0);
                placed.push(done);
            }
            Err(error) => tally.reject(*index, error),
        }
    }
    // A person in several rows was added or changed once.
    let mut counted = HashSet::new();
    for (person, touch) in placed {
        let became = if counted.insert(person) {
            people.became(person)
        } else {
            Became::Unchanged
        };
        tally.count(match (became, touch) {
            (Became::Unchanged, Became::Added | Became::Changed) => Became::Changed,
            (became, _) => became,
        });
    }
    tally.rejected.sort_by_key(|(index, _)| *index);
    let (mut touched, added) = people.write(tx, scope).await?;
    tally.contacts_added = added;
    touched.extend(origins.write(tx, scope).await?);
    credit::recredit(tx, scope, &touched).await?;
    Ok(tally)
}

/// A contact's row makes at most one touchpoint, named by what names the contact.
fn touch_name(reader: &Reader<'_>, keys: &Keys) -> String {
    format!("{}:contact:{}", reader.system, keys.first())
}

fn said(values: Values<'_, '_>, defaults: &Defaults, names: &mut RowNames) -> Result<Said, Error> {
    values.refuse_overlong()?;
    let country = values.text("country");
    let region = country
        .as_deref()
        .filter(|c| c.len() == 2)
        .or(defaults.region.as_deref());
    let (phone, email) = (values.text("phone"), values.text("email"));
    let mut keys = keys(
        values.rumbo_id("rumbo_contact_id")?,
        values.id("customer_id")?,
        phone.as_deref(),
        email.as_deref(),
        region,
    )?;
    let name = values.text("name").or_else(|| {
        let parts = [values.text("first_name"), values.text("last_name")];
        let whole = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!whole.is_empty()).then_some(whole)
    });
    if keys.is_empty() {
        let Some(name) = &name else {
            return Err(invalid(
                "customer_id",
                Reason::RowWithoutPerson,
                "the row has no customer id, phone, e-mail address or name",
            ));
        };
        keys.customer_id = Some(names.name(&["contact", name]));
    }
    let mut origin = Origin::of(values)?;
    let created = values.instant("created_date")?;
    if let Some(created) = created {
        origin = Some(Origin::dated(origin, values, created));
    }
    let lead_source = match (&origin, values.text("source")) {
        (_, Some(source)) => Some(source),
        (Some(origin), None) => Some(origin.lead_source()),
        (None, None) => None,
    };
    let tags = values.text("tags").map(|tags| split_tags(&tags));
    Ok(Said {
        fields: ContactFields {
            name,
            // As read into the keys, so that it is read once.
            phone: keys.phone.clone(),
            email: keys.email.clone(),
            status: values
                .text("status")
                .map(|text| words::contact_status(&text))
                .transpose()?,
            lead_source,
            country,
            region: values.text("region"),
            city: values.text("city"),
            language: values.text("language"),
            kind: values.text("kind").map(|text| text.parse()).transpose()?,
            timezone: values.text("timezone"),
            preferred_channel: values.text("preferred_channel"),
            birth_year: values.count("birth_year")?.into(),
            birth_date: values.date("birth_date")?.into(),
            tags,
            notes: values.text("notes"),
            custom: values.custom().into_iter().collect(),
            ..ContactFields::default()
        },
        keys,
        origin,
    })
}
