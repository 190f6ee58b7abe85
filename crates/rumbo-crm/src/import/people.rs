//! The contacts that the rows of a file are about, found or made in memory first, so that a file
//! that names a person in several rows writes that person once, and only where something differs.

use std::collections::{HashMap, HashSet};

use rumbo_base::{ContactId, Error, Reason, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::contacts::{self, Contact, ContactFields, ContactStatus};
use crate::input::invalid;
use crate::merges;
use crate::phone;

/// By what a row names a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keys {
    pub customer_id: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// In lower case.
    pub email: Option<String>,
    /// The contact itself, as exports write it: before all else.
    pub contact: Option<ContactId>,
}

impl Keys {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first of them, for telling rows apart.
    pub(super) fn first(&self) -> String {
        self.customer_id
            .clone()
            .or_else(|| self.phone.clone())
            .or_else(|| self.email.clone())
            .or_else(|| self.contact.map(|id| id.to_string()))
            .unwrap_or_default()
    }

    /// The id in the file's system. A contact of another workspace goes by its id there.
    fn id(&self) -> Option<String> {
        self.customer_id
            .clone()
            .or_else(|| self.contact.map(|id| id.to_string()))
    }
}

#[derive(Debug)]
struct Person {
    stored: Option<Contact>,
    now: Contact,
    /// Ids in the file's system: those stored and those to add.
    ids: Vec<String>,
    /// A row that names the person is imported.
    kept: bool,
}

/// The people of one file.
#[derive(Debug)]
pub(super) struct People {
    system: String,
    region: Option<String>,
    all: Vec<Person>,
    by_contact: HashMap<ContactId, usize>,
    by_id: HashMap<String, usize>,
    by_phone: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
    /// Numbers and addresses of contacts that were merged into these.
    aliases: HashSet<String>,
    new_ids: Vec<(String, ContactId)>,
}

/// A person's place in [`People`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PersonRef(usize);

/// What became of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Added,
    Changed,
    Unchanged,
}

impl People {
    /// Loads every stored contact that the keys name.
    pub(super) async fn load(
        tx: &mut Tx,
        scope: &Scope,
        system: &str,
        region: Option<String>,
        keys: &[Keys],
    ) -> Result<Self> {
        let distinct = |pick: fn(&Keys) -> Option<String>| -> Vec<String> {
            let mut values: Vec<String> = keys.iter().filter_map(pick).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let (ids, phones, emails) = (
            distinct(Keys::id),
            distinct(|k| k.phone.clone()),
            distinct(|k| k.email.clone()),
        );
        let workspace = scope.workspace;
        let by_external = contacts::external_ids_of(tx, workspace, system, &ids).await?;
        let old_phones = contacts::external_ids_of(tx, workspace, merges::PHONE, &phones).await?;
        let old_emails = contacts::external_ids_of(tx, workspace, merges::EMAIL, &emails).await?;
        let named: Vec<ContactId> = keys.iter().filter_map(|k| k.contact).collect();
        let merged = if named.is_empty() {
            HashMap::new()
        } else {
            merges::kept(tx, workspace).await?
        };
        let now_named = |id: &ContactId| merged.get(id).copied().unwrap_or(*id);
        let mut wanted: Vec<ContactId> = named.iter().map(now_named).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let others: Vec<ContactId> = by_external
            .values()
            .chain(old_phones.values())
            .chain(old_emails.values())
            .copied()
            .collect();
        let mut found = contacts::with_ids(tx, workspace, &wanted).await?;
        found.extend(contacts::with_ids(tx, workspace, &others).await?);
        found.extend(contacts::with_phones(tx, workspace, &phones).await?);
        found.extend(contacts::with_emails(tx, workspace, &emails).await?);
        // The oldest contact of an e-mail address is the one it names.
        found.sort_unstable_by_key(|contact| contact.id);
        found.dedup_by_key(|contact| contact.id);
        let mut people = Self {
            system: system.to_owned(),
            region,
            all: Vec::with_capacity(found.len()),
            by_contact: HashMap::new(),
            by_id: HashMap::new(),
            by_phone: HashMap::new(),
            by_email: HashMap::new(),
            aliases: HashSet::new(),
            new_ids: Vec::new(),
        };
        let mut places = HashMap::new();
        for contact in found {
            let place = people.all.len();
            places.insert(contact.id, place);
            if let Some(phone) = &contact.phone {
                people.by_phone.insert(phone.clone(), place);
            }
            if let Some(email) = &contact.email {
                people.by_email.entry(email.clone()).or_insert(place);
            }
            people.all.push(Person {
                stored: Some(contact.clone()),
                now: contact,
                ids: Vec::new(),
                kept: false,
            });
        }
        for (olds, by) in [
            (old_phones, &mut people.by_phone),
            (old_emails, &mut people.by_email),
        ] {
            for (old, contact) in olds {
                if let Some(place) = places.get(&contact)
                    && !by.contains_key(&old)
                {
                    by.insert(old.clone(), *place);
                    people.aliases.insert(old);
                }
            }
        }
        for id in named {
            if let Some(place) = places.get(&now_named(&id)) {
                people.by_contact.insert(id, *place);
            }
        }
        let contact_ids: Vec<ContactId> = places.keys().copied().collect();
        for (id, contact) in contacts::ids_in(tx, workspace, system, &contact_ids).await? {
            if let Some(place) = places.get(&contact) {
                if let Some(person) = people.all.get_mut(*place) {
                    person.ids.push(id.clone());
                }
                people.by_id.insert(id, *place);
            }
        }
        Ok(people)
    }

    /// Finds or makes the person of a row. `fields` are what the row says: put over what is
    /// stored when `overwrite`, else only where there is nothing.
    pub(super) fn person(
        &mut self,
        scope: &Scope,
        keys: &Keys,
        fields: &ContactFields,
        overwrite: bool,
    ) -> Result<PersonRef, Error> {
        let place = self.find(keys);
        let known = place
            .and_then(|place| self.all.get(place))
            .map(|person| person.now.clone());
        let mut contact = known.unwrap_or_else(|| Contact {
            lead_source: "IMPORT".to_owned(),
            ..Contact::empty(scope.id(), scope.now())
        });
        let ids = place
            .and_then(|place| self.all.get(place))
            .map_or(&[][..], |person| &person.ids);
        let mut fields = if overwrite {
            forward(&contact, fields, place.is_none())
        } else {
            gaps(&contact, fields, place.is_none(), ids)
        };
        // What a merged contact was reached by does not replace what the kept one is reached by.
        fields.phone = fields.phone.filter(|phone| !self.aliases.contains(phone));
        fields.email = fields.email.filter(|email| !self.aliases.contains(email));
        fields.apply(&mut contact, self.region.as_deref())?;
        contact.name_by_contact_point();
        if contact.name.is_empty() {
            contact.name = keys.id().ok_or_else(|| {
                invalid(
                    "customer_id",
                    Reason::RowWithoutPerson,
                    "the row names nobody",
                )
            })?;
        }
        if let Some(phone) = &contact.phone
            && let Some(owner) = self.by_phone.get(phone)
            && Some(*owner) != place
        {
            if overwrite {
                let name = self
                    .all
                    .get(*owner)
                    .map_or("", |person| person.now.name.as_str());
                return Err(invalid(
                    "phone",
                    Reason::PhoneTaken,
                    format!("{phone} belongs to {name} already"),
                )
                .param("phone", phone)
                .param("name", name));
            }
            contact.phone = place
                .and_then(|place| self.all.get(place))
                .and_then(|person| person.now.phone.clone());
        }
        let place = self.put(place, contact);
        // Whoever is named by the contact itself has the ids that it has.
        let itself = self.is_itself(keys);
        if let Some(id) = keys.id().filter(|_| !itself)
            && !self.by_id.contains_key(&id)
            && let Some(person) = self.all.get_mut(place)
        {
            person.ids.push(id.clone());
            self.new_ids.push((id.clone(), person.now.id));
            self.by_id.insert(id, place);
        }
        Ok(PersonRef(place))
    }

    fn find(&self, keys: &Keys) -> Option<usize> {
        if let Some(place) = keys.contact.and_then(|id| self.by_contact.get(&id)) {
            return Some(*place);
        }
        let id = keys.id();
        if let Some(place) = id.as_ref().and_then(|id| self.by_id.get(id)) {
            return Some(*place);
        }
        if let Some(place) = keys
            .phone
            .as_ref()
            .and_then(|phone| self.by_phone.get(phone))
        {
            return Some(*place);
        }
        // Families and offices share an address: another customer id is another person.
        let place = *keys
            .email
            .as_ref()
            .and_then(|email| self.by_email.get(email))?;
        let other = id.is_some()
            && self
                .all
                .get(place)
                .is_some_and(|person| !person.ids.is_empty());
        (!other).then_some(place)
    }

    fn put(&mut self, place: Option<usize>, contact: Contact) -> usize {
        let index = place.unwrap_or(self.all.len());
        if let Some(before) = place.and_then(|place| self.all.get(place))
            && before.now.phone != contact.phone
            && let Some(old) = &before.now.phone
        {
            self.by_phone.remove(old);
        }
        if let Some(phone) = &contact.phone {
            self.by_phone.insert(phone.clone(), index);
        }
        if let Some(email) = &contact.email {
            self.by_email.entry(email.clone()).or_insert(index);
        }
        match place.and_then(|place| self.all.get_mut(place)) {
            Some(person) => person.now = contact,
            None => self.all.push(Person {
                stored: None,
                now: contact,
                ids: Vec::new(),
                kept: false,
            }),
        }
        index
    }

    /// Whether the row names a contact of this workspace itself, as exports do: where it came from
    /// is known here.
    pub(super) fn is_itself(&self, keys: &Keys) -> bool {
        keys.contact
            .is_some_and(|id| self.by_contact.contains_key(&id))
    }

    /// The contact as it will be.
    pub(super) fn contact(&self, person: PersonRef) -> Option<&Contact> {
        self.all.get(person.0).map(|person| &person.now)
    }

    /// Says that a row which names the person is imported: only then is the person written.
    pub(super) fn keep(&mut self, person: PersonRef) {
        if let Some(person) = self.all.get_mut(person.0) {
            person.kept = true;
        }
    }

    /// What becomes of the contact.
    pub(super) fn became(&self, person: PersonRef) -> Became {
        match self.all.get(person.0) {
            Some(Person { stored: None, .. }) => Became::Added,
            Some(Person {
                stored: Some(stored),
                now,
                ..
            }) if stored == now => Became::Unchanged,
            _ => Became::Changed,
        }
    }

    /// Writes those who are new or changed. Returns the ids of both, the new ones first, and how
    /// many are new.
    pub(super) async fn write(
        &mut self,
        tx: &mut Tx,
        scope: &Scope,
    ) -> Result<(Vec<ContactId>, u32)> {
        let now = scope.now();
        let fresh: Vec<Contact> = self
            .all
            .iter()
            .filter(|person| person.kept && person.stored.is_none())
            .map(|person| person.now.clone())
            .collect();
        contacts::insert(tx, scope, &fresh).await?;
        let mut touched: Vec<ContactId> = fresh.iter().map(|contact| contact.id).collect();
        for person in &mut self.all {
            if person.kept
                && person
                    .stored
                    .as_ref()
                    .is_some_and(|stored| *stored != person.now)
            {
                person.now.updated_at = now;
                contacts::write(tx, scope, &person.now).await?;
                touched.push(person.now.id);
            }
        }
        let kept: HashSet<ContactId> = self
            .all
            .iter()
            .filter(|person| person.kept)
            .map(|person| person.now.id)
            .collect();
        let ids: Vec<(String, ContactId)> = self
            .new_ids
            .iter()
            .filter(|(_, id)| kept.contains(id))
            .cloned()
            .collect();
        contacts::link_external_ids(tx, scope.workspace, &self.system, &ids, now).await?;
        Ok((touched, u32::try_from(fresh.len()).unwrap_or(u32::MAX)))
    }
}

/// A status only moves forward, and a known lead source stays once it is more than the file it came in.
fn forward(contact: &Contact, fields: &ContactFields, fresh: bool) -> ContactFields {
    let unknown = fresh || matches!(contact.lead_source.as_str(), "UNKNOWN" | "IMPORT");
    ContactFields {
        status: fields.status.map(|status| status.max(contact.status)),
        lead_source: fields.lead_source.clone().filter(|_| unknown),
        // A tag with a comma reads as two: the tags as an export writes them are the same tags.
        tags: fields
            .tags
            .clone()
            .filter(|tags| *tags != split_tags(&contact.tags.join(", "))),
        ..fields.clone()
    }
}

/// The tags of a cell.
pub(super) fn split_tags(text: &str) -> Vec<String> {
    text.split([',', ';', '|'])
        .map(|tag| tag.trim().to_owned())
        .collect()
}

/// Only what the contact does not have yet.
fn gaps(contact: &Contact, fields: &ContactFields, fresh: bool, ids: &[String]) -> ContactFields {
    let nameless = contact.is_nameless(ids);
    ContactFields {
        name: fields.name.clone().filter(|_| nameless),
        phone: fields.phone.clone().filter(|_| contact.phone.is_none()),
        email: fields.email.clone().filter(|_| contact.email.is_none()),
        status: fields
            .status
            .filter(|_| fresh || contact.status == ContactStatus::Lead),
        lead_source: fields.lead_source.clone().filter(|_| fresh),
        ..ContactFields::default()
    }
}

/// Brings what a row says about its person to the form of keys.
pub(super) fn keys(
    contact: Option<uuid::Uuid>,
    customer_id: Option<String>,
    phone: Option<&str>,
    email: Option<&str>,
    region: Option<&str>,
) -> Result<Keys, Error> {
    Ok(Keys {
        contact: contact.map(ContactId),
        customer_id,
        phone: phone.map(|text| phone::e164(text, region)).transpose()?,
        email: email.map(phone::email).transpose()?,
    })
}
