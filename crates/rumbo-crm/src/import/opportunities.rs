//! Rows that are opportunities.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{ContactId, Currency, Error, Micros, OpportunityId, Reason, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::origin::{Origin, Origins};
use super::people::{Became, Keys, People, keys};
use super::reader::{Defaults, Reader, Values};
use super::tally::{RowNames, Tally};
use super::words;
use crate::contacts::ContactFields;
use crate::credit;
use crate::input::{invalid, not_found, row_without, short_text};
use crate::opportunities::{self, Move, Opportunity, OpportunityState};
use crate::stages::{self, Stage};

struct Said {
    keys: Keys,
    fields: ContactFields,
    origin: Option<Origin>,
    /// The opportunity itself, as exports write it.
    itself: Option<OpportunityId>,
    /// What tells this opportunity from all others.
    external_id: String,
    name: Option<String>,
    value: Option<Micros>,
    currency: Currency,
    stage: Option<Stage>,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    expected_close: Option<NaiveDate>,
    deadline_at: Option<DateTime<Utc>>,
    lost_reason: Option<String>,
}

struct Staged {
    opportunity: Opportunity,
    became: Became,
    /// As it is stored.
    before: Option<Opportunity>,
}

pub(super) async fn import(
    tx: &mut Tx,
    scope: &Scope,
    reader: &Reader<'_>,
    defaults: &Defaults,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let stages = stages::list(tx, scope.workspace).await?;
    let first = stages
        .iter()
        .find(|stage| stage.outcome.is_none())
        .ok_or_else(|| not_found("stage"))?;
    let mut names = RowNames::default();
    let mut seen = HashMap::new();
    let mut rows = Vec::new();
    for (index, row) in reader.table.rows.iter().enumerate() {
        let said = said(reader, reader.values(row), defaults, &stages, &mut names);
        match said.and_then(|said| {
            super::sales::once(&mut seen, &said.external_id, row.number).map(|()| said)
        }) {
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
    let ids: Vec<String> = rows
        .iter()
        .map(|(_, said)| said.external_id.clone())
        .collect();
    let stored: HashMap<String, Opportunity> =
        opportunities::with_external_ids(tx, scope.workspace, &ids)
            .await?
            .into_iter()
            .filter_map(|one| Some((one.external_id.clone()?, one)))
            .collect();
    let named: Vec<OpportunityId> = rows.iter().filter_map(|(_, said)| said.itself).collect();
    let known: HashMap<OpportunityId, Opportunity> =
        opportunities::with_ids(tx, scope.workspace, &named)
            .await?
            .into_iter()
            .map(|one| (one.id, one))
            .collect();
    let touch_names: Vec<String> = ids.iter().map(|id| format!("opportunity:{id}")).collect();
    let mut origins = Origins::load(tx, scope, &touch_names).await?;

    let mut staged = Vec::new();
    for ((index, said), touch_name) in rows.iter().zip(&touch_names) {
        let itself = said.itself.and_then(|id| known.get(&id));
        let before = itself.or_else(|| stored.get(&said.external_id));
        let done = people
            .person(scope, &said.keys, &said.fields, false)
            .and_then(|person| {
                let contact = people
                    .contact(person)
                    .ok_or_else(|| Error::internal("a person of the file without a contact"))?;
                tally.fits(said.currency, said.value.unwrap_or_default())?;
                let mut one = stage(scope, said, before, contact.id, &contact.name, first)?;
                if let Some(origin) = said.origin.as_ref().filter(|_| itself.is_none()) {
                    let opened = Some(said.opened_at);
                    let touch = origins.stage(scope, touch_name, contact.id, origin, opened)?;
                    if one.became == Became::Unchanged && touch != Became::Unchanged {
                        one.became = Became::Changed;
                    }
                }
                Ok((person, one))
            });
        match done {
            Ok((person, one)) => {
                people.keep(person);
                tally.count(one.became);
                if let Some(value) = said.value {
                    tally.sum(said.currency, value);
                }
                staged.push(one);
            }
            Err(error) => tally.reject(*index, error),
        }
    }
    tally.rejected.sort_by_key(|(index, _)| *index);
    let (touched, added) = people.write(tx, scope).await?;
    tally.contacts_added = added;
    let mut touched: HashSet<ContactId> = touched.into_iter().collect();
    touched.extend(write(tx, scope, &staged).await?);
    touched.extend(origins.write(tx, scope).await?);
    credit::recredit(tx, scope, &touched.into_iter().collect::<Vec<_>>()).await?;
    Ok(tally)
}

async fn write(tx: &mut Tx, scope: &Scope, staged: &[Staged]) -> Result<Vec<ContactId>> {
    let mut fresh = Vec::new();
    let mut moves = Vec::new();
    let mut touched = Vec::new();
    for one in staged {
        let opportunity = &one.opportunity;
        if one.before.as_ref() == Some(opportunity) {
            continue;
        }
        touched.push(opportunity.contact_id);
        touched.extend(one.before.as_ref().map(|before| before.contact_id));
        if one.became == Became::Added {
            fresh.push(opportunity.clone());
            moves.push(Move::new(scope, opportunity, opportunity.opened_at));
        } else {
            opportunities::write(tx, scope, opportunity).await?;
            if one
                .before
                .as_ref()
                .is_some_and(|before| before.stage_id != opportunity.stage_id)
            {
                moves.push(Move::new(scope, opportunity, scope.now()));
            }
        }
    }
    opportunities::insert(tx, scope, &fresh).await?;
    opportunities::insert_moves(tx, scope, &moves).await?;
    Ok(touched)
}

fn stage(
    scope: &Scope,
    said: &Said,
    before: Option<&Opportunity>,
    contact: ContactId,
    contact_name: &str,
    first: &Stage,
) -> Result<Staged, Error> {
    let now = scope.now();
    let mut one = before.cloned().unwrap_or_else(|| Opportunity {
        id: scope.id(),
        contact_id: contact,
        owner_id: None,
        name: contact_name.to_owned(),
        value_micros: None,
        currency: said.currency,
        stage_id: first.id,
        state: OpportunityState::Open,
        lost_reason: None,
        deadline_at: None,
        expected_close: None,
        opened_at: said.opened_at,
        closed_at: None,
        touchpoint_id: None,
        external_id: Some(said.external_id.clone()),
        created_at: now,
        updated_at: now,
    });
    one.contact_id = contact;
    one.opened_at = said.opened_at;
    if let Some(name) = &said.name {
        one.name.clone_from(name);
    }
    if said.value.is_some() {
        one.value_micros = said.value;
        one.currency = said.currency;
    }
    one.deadline_at = said.deadline_at.or(one.deadline_at);
    one.expected_close = said.expected_close.or(one.expected_close);
    if let Some(stage) = said.stage.as_ref().or(before.is_none().then_some(first)) {
        one.enter(stage, said.closed_at.unwrap_or(now));
    }
    if one.state != OpportunityState::Open {
        one.closed_at = said.closed_at.or(one.closed_at);
    }
    if one.state == OpportunityState::Lost {
        one.lost_reason = said.lost_reason.clone().or(one.lost_reason);
    }
    one.check(now)?;
    let became = match before {
        None => Became::Added,
        Some(before) if *before == one => Became::Unchanged,
        Some(_) => {
            one.updated_at = now;
            Became::Changed
        }
    };
    Ok(Staged {
        became,
        before: before.cloned(),
        opportunity: one,
    })
}

fn said(
    reader: &Reader<'_>,
    values: Values<'_, '_>,
    defaults: &Defaults,
    stages: &[Stage],
    names: &mut RowNames,
) -> Result<Said, Error> {
    values.refuse_overlong()?;
    let (phone, email) = (values.text("phone"), values.text("email"));
    let region = defaults.region.as_deref();
    let keys = keys(
        values.rumbo_id("rumbo_contact_id")?,
        values.id("customer_id")?,
        phone.as_deref(),
        email.as_deref(),
        region,
    )?;
    if keys.is_empty() {
        return Err(invalid(
            "customer_id",
            Reason::RowWithoutPerson,
            "the row has no customer id, phone or e-mail address",
        ));
    }
    let name = match values.text("name") {
        Some(name) => short_text("name", &name, 200)?,
        None => None,
    };
    let opened_at = values
        .instant("date")?
        .ok_or_else(|| row_without("date", "the row has no date"))?;
    let value = values.amount("value")?;
    let currency = if value.is_some() || reader.currency.is_none() {
        values.currency()?
    } else {
        reader.currency.unwrap_or(Currency::USD)
    };
    let itself = values.rumbo_id("rumbo_id")?;
    let own_id = match values
        .id("external_id")?
        .or(itself.map(|id| id.to_string()))
    {
        Some(id) => id,
        None => names.name(&[
            &keys.first(),
            name.as_deref().unwrap_or_default(),
            &values.written_instant("date")?,
        ]),
    };
    let origin = Origin::of(values)?;
    let stage = match values.text("stage") {
        Some(text) => Some(words::stage(stages, &text)?.clone()),
        None => None,
    };
    Ok(Said {
        fields: ContactFields {
            name: values.text("customer_name"),
            phone: keys.phone.clone(),
            email: keys.email.clone(),
            lead_source: origin
                .as_ref()
                .map(Origin::lead_source)
                .or(values.text("source")),
            ..ContactFields::default()
        },
        keys,
        origin,
        itself: itself.map(OpportunityId),
        external_id: format!("{}:{own_id}", reader.system),
        name,
        value,
        currency,
        stage,
        opened_at,
        closed_at: values.instant("closed_date")?,
        expected_close: values.date("expected_close")?,
        deadline_at: values.instant("deadline")?,
        lost_reason: match values.text("lost_reason") {
            Some(text) => short_text("lost reason", &text, 500)?,
            None => None,
        },
    })
}
