//! Rows that are sales.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rumbo_base::{
    ContactId, Currency, Error, Micros, OpportunityId, Reason, Result, SaleId, TimeZone,
};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::origin::{Origin, Origins};
use super::people::{Became, Keys, People, keys};
use super::reader::{Defaults, Reader, Values};
use super::tally::{RowNames, Tally};
use super::words;
use crate::contacts::ContactFields;
use crate::credit;
use crate::input::{coins, invalid, row_without, short_text};
use crate::opportunities::{self, Opportunity};
use crate::sales::{self, Refund, Sale, SaleStatus, reference_text};

struct Said {
    keys: Keys,
    fields: ContactFields,
    origin: Option<Origin>,
    /// The sale itself, as exports write it.
    itself: Option<SaleId>,
    /// What tells this sale from all others.
    external_id: String,
    reference: Option<String>,
    gross: Micros,
    currency: Currency,
    status: Option<SaleStatus>,
    cost: Option<Micros>,
    quantity: Option<i64>,
    refunded: Option<Micros>,
    refunded_at: Option<DateTime<Utc>>,
    occurred_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    /// The external id of its opportunity.
    opportunity: Option<String>,
    /// The opportunity itself, as exports write it.
    opportunity_itself: Option<OpportunityId>,
}

impl Said {
    /// The external id that an opportunity of another workspace has here.
    fn opportunity_elsewhere(&self, id: OpportunityId) -> String {
        let system = self
            .external_id
            .split_once(':')
            .map_or("import", |(s, _)| s);
        format!("{system}:{id}")
    }
}

struct Staged {
    sale: Sale,
    refund: Option<Refund>,
    became: Became,
    /// As it is stored.
    before: Option<Sale>,
}

/// What the store has about the sales of a file.
struct Stored {
    sales: HashMap<String, Sale>,
    known: HashMap<SaleId, Sale>,
    /// Oldest first.
    refunds: HashMap<SaleId, Vec<Refund>>,
    opportunities: HashMap<String, Opportunity>,
    known_opportunities: HashMap<OpportunityId, Opportunity>,
}

impl Stored {
    /// The sale that a row names itself, as exports do.
    fn itself(&self, said: &Said) -> Option<&Sale> {
        said.itself.and_then(|id| self.known.get(&id))
    }
}

pub(super) async fn import(
    tx: &mut Tx,
    scope: &Scope,
    reader: &Reader<'_>,
    defaults: &Defaults,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut names = RowNames::default();
    let mut seen = HashMap::new();
    let mut rows = Vec::new();
    for (index, row) in reader.table.rows.iter().enumerate() {
        let said = said(reader, reader.values(row), defaults, &mut names);
        match said.and_then(|said| once(&mut seen, &said.external_id, row.number).map(|()| said)) {
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
    let stored = load(tx, scope, &rows).await?;
    let touch_names: Vec<String> = rows
        .iter()
        .map(|(_, said)| format!("sale:{}", said.external_id))
        .collect();
    let mut origins = Origins::load(tx, scope, &touch_names).await?;
    let mut next_reference = sales::next_reference(tx, scope.workspace).await?;

    let mut staged = Vec::new();
    for ((index, said), touch_name) in rows.iter().zip(&touch_names) {
        let done = people
            .person(scope, &said.keys, &said.fields, false)
            .and_then(|person| {
                let contact = people
                    .contact(person)
                    .ok_or_else(|| Error::internal("a person of the file without a contact"))?;
                tally.fits(said.currency, said.gross)?;
                let mut one = stage(
                    scope,
                    said,
                    &stored,
                    reader.zone,
                    contact.id,
                    next_reference,
                )?;
                let known = stored.itself(said).is_some();
                if let Some(origin) = said.origin.as_ref().filter(|_| !known) {
                    let sold = Some(said.occurred_at);
                    let touch = origins.stage(scope, touch_name, contact.id, origin, sold)?;
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
                tally.sum(said.currency, said.gross);
                next_reference +=
                    i64::from(one.became == Became::Added && said.reference.is_none());
                staged.push(one);
            }
            Err(error) => tally.reject(*index, error),
        }
    }
    tally.rejected.sort_by_key(|(index, _)| *index);
    let (touched, added) = people.write(tx, scope).await?;
    tally.contacts_added = added;
    let mut touched: HashSet<ContactId> = touched.into_iter().collect();
    touched.extend(write(tx, scope, &staged, &stored).await?);
    touched.extend(origins.write(tx, scope).await?);
    let touched: Vec<ContactId> = touched.into_iter().collect();
    sales::make_customers(tx, scope, &touched).await?;
    credit::recredit(tx, scope, &touched).await?;
    Ok(tally)
}

/// Refuses a second row with an id of its own that an earlier row has.
pub(super) fn once(
    seen: &mut HashMap<String, usize>,
    external_id: &str,
    row: usize,
) -> Result<(), Error> {
    match seen.insert(external_id.to_owned(), row) {
        None => Ok(()),
        Some(first) => {
            seen.insert(external_id.to_owned(), first);
            Err(invalid(
                "external_id",
                Reason::RowSameId,
                format!("row {first} has the same id"),
            )
            .param("row", first))
        }
    }
}

async fn load(tx: &mut Tx, scope: &Scope, rows: &[(usize, Said)]) -> Result<Stored> {
    let ids: Vec<String> = rows
        .iter()
        .map(|(_, said)| said.external_id.clone())
        .collect();
    let sales = sales::with_external_ids(tx, scope.workspace, &ids).await?;
    let mut wanted: Vec<String> = rows
        .iter()
        .filter_map(|(_, said)| said.opportunity.clone())
        .collect();
    wanted.extend(
        rows.iter()
            .filter_map(|(_, said)| Some(said.opportunity_elsewhere(said.opportunity_itself?))),
    );
    wanted.sort_unstable();
    wanted.dedup();
    let named: Vec<SaleId> = rows.iter().filter_map(|(_, said)| said.itself).collect();
    let known = sales::with_ids(tx, scope.workspace, &named).await?;
    let mut refunded: Vec<SaleId> = sales
        .iter()
        .chain(&known)
        .filter(|sale| sale.refunded_micros > Micros::ZERO)
        .map(|sale| sale.id)
        .collect();
    refunded.sort_unstable();
    refunded.dedup();
    let mut refunds: HashMap<SaleId, Vec<Refund>> = HashMap::new();
    for refund in sales::refunds_of(tx, scope.workspace, &refunded).await? {
        refunds.entry(refund.sale_id).or_default().push(refund);
    }
    for of_one in refunds.values_mut() {
        of_one.sort_by_key(|refund| (refund.refunded_at, refund.id));
    }
    let named: Vec<OpportunityId> = rows
        .iter()
        .filter_map(|(_, said)| said.opportunity_itself)
        .collect();
    let known_opportunities = opportunities::with_ids(tx, scope.workspace, &named).await?;
    let opportunities = opportunities::with_external_ids(tx, scope.workspace, &wanted).await?;
    Ok(Stored {
        known: known.into_iter().map(|sale| (sale.id, sale)).collect(),
        known_opportunities: known_opportunities
            .into_iter()
            .map(|one| (one.id, one))
            .collect(),
        sales: sales
            .into_iter()
            .filter_map(|s| Some((s.external_id.clone()?, s)))
            .collect(),
        refunds,
        opportunities: opportunities
            .into_iter()
            .filter_map(|o| Some((o.external_id.clone()?, o)))
            .collect(),
    })
}

/// A file tells what was given back of a sale in all, and when the last of it was. What comes to it
/// later has an id that begins with this one.
fn refund_id(external_id: &str) -> String {
    format!("{external_id}:refund")
}

async fn write(
    tx: &mut Tx,
    scope: &Scope,
    staged: &[Staged],
    stored: &Stored,
) -> Result<Vec<ContactId>> {
    let mut fresh = Vec::new();
    let mut refunds = Vec::new();
    let mut touched = Vec::new();
    for one in staged {
        let before = one.before.as_ref();
        if before.is_some_and(|before| *before == one.sale) && one.refund.is_none() {
            continue;
        }
        touched.push(one.sale.contact_id);
        touched.extend(before.map(|before| before.contact_id));
        match before {
            None => fresh.push(one.sale.clone()),
            Some(_) => sales::write(tx, scope, &one.sale).await?,
        }
        if let Some(refund) = &one.refund {
            let known = stored.refunds.get(&refund.sale_id).into_iter().flatten();
            if known.map(|known| known.id).any(|id| id == refund.id) {
                sales::write_refund(tx, scope, refund).await?;
            } else {
                refunds.push(refund.clone());
            }
        }
    }
    sales::insert(tx, scope, &fresh).await?;
    sales::insert_refunds(tx, scope, &refunds).await?;
    Ok(touched)
}

fn stage(
    scope: &Scope,
    said: &Said,
    stored: &Stored,
    zone: TimeZone,
    contact: ContactId,
    next_reference: i64,
) -> Result<Staged, Error> {
    let now = scope.now();
    let before = stored
        .itself(said)
        .or_else(|| stored.sales.get(&said.external_id));
    let mut sale = before.cloned().unwrap_or_else(|| Sale {
        id: scope.id(),
        reference: said
            .reference
            .clone()
            .unwrap_or_else(|| reference_text(next_reference)),
        contact_id: contact,
        opportunity_id: None,
        gross_micros: said.gross,
        refunded_micros: Micros::ZERO,
        cost_micros: None,
        currency: said.currency,
        status: SaleStatus::Completed,
        quantity: None,
        occurred_at: said.occurred_at,
        completed_at: None,
        refunded_at: None,
        touchpoint_id: None,
        attribution_source: "IMPORT".to_owned(),
        external_id: Some(said.external_id.clone()),
        created_at: now,
        updated_at: now,
    });
    sale.contact_id = contact;
    sale.gross_micros = said.gross;
    sale.currency = said.currency;
    sale.occurred_at = said.occurred_at;
    sale.cost_micros = said.cost.or(sale.cost_micros);
    sale.quantity = said.quantity.or(sale.quantity);
    if let Some(reference) = &said.reference {
        sale.reference.clone_from(reference);
    }
    if let Some(id) = said.opportunity_itself {
        let elsewhere = said.opportunity_elsewhere(id);
        let found = stored
            .known_opportunities
            .get(&id)
            .or_else(|| stored.opportunities.get(&elsewhere));
        sale.opportunity_id = Some(owned(found, &id.to_string(), contact)?);
    } else if let Some(id) = &said.opportunity {
        let own = id.split_once(':').map_or(id.as_str(), |(_, own)| own);
        sale.opportunity_id = Some(owned(stored.opportunities.get(id), own, contact)?);
    }
    // Money that was given back stays given back, whatever the file says of the status.
    sale.status = said.status.unwrap_or(sale.status);
    let refund = give_back(scope, said, stored, zone, &mut sale)?;
    if let (Some(before), Some(at)) = (before, sale.refunded_at)
        && before.occurred_at != sale.occurred_at
    {
        sale.check_refund("date", at, now, zone)?;
    }
    if sale.refunded_micros > Micros::ZERO {
        sale.status = if sale.refunded_micros == sale.gross_micros {
            SaleStatus::Refunded
        } else {
            SaleStatus::Completed
        };
    }
    sale.completed_at = match sale.status {
        SaleStatus::Completed | SaleStatus::Refunded => {
            Some(said.completed_at.unwrap_or(said.occurred_at))
        }
        SaleStatus::Pending | SaleStatus::Cancelled => None,
    };
    sale.check(now)?;
    let became = match before {
        None => Became::Added,
        Some(before) if *before == sale && refund.is_none() => Became::Unchanged,
        Some(_) => {
            sale.updated_at = now;
            Became::Changed
        }
    };
    Ok(Staged {
        sale,
        refund,
        became,
        before: before.cloned(),
    })
}

/// The opportunity of a sale, which is of the same contact.
fn owned(
    found: Option<&Opportunity>,
    id: &str,
    contact: ContactId,
) -> Result<OpportunityId, Error> {
    let found = found.ok_or_else(|| {
        invalid(
            "opportunity_id",
            Reason::RowOpportunityMissing,
            format!("there is no opportunity {id}. Import the opportunities first"),
        )
        .param("id", id)
    })?;
    if found.contact_id != contact {
        return Err(invalid(
            "opportunity_id",
            Reason::OpportunityOfAnother,
            format!("\"{}\" is an opportunity of another contact", found.name),
        )
        .param("name", &found.name));
    }
    Ok(found.id)
}

/// Brings what was given back up to what the row says. Refunds entered by hand count as part of
/// it. Returns the refund to write, if any.
fn give_back(
    scope: &Scope,
    said: &Said,
    stored: &Stored,
    zone: TimeZone,
    sale: &mut Sale,
) -> Result<Option<Refund>, Error> {
    let total = match (said.refunded, said.status) {
        (Some(refunded), _) => refunded,
        (None, Some(SaleStatus::Refunded)) => said.gross,
        (None, _) => return refused_below(sale, said).map(|()| None),
    };
    if total < Micros::ZERO || total > said.gross {
        let refunded = total.to_text(said.currency);
        let amount = said.gross.to_text(said.currency);
        return Err(invalid(
            "refunded",
            Reason::RowRefundImpossible,
            format!("{refunded} given back of {amount} is not possible"),
        )
        .param("refunded", &refunded)
        .param("amount", &amount));
    }
    // What an export says was given back is what is stored.
    if stored
        .itself(said)
        .is_some_and(|sale| sale.refunded_micros == total)
    {
        return Ok(None);
    }
    let id = refund_id(&said.external_id);
    let mut stored = stored.refunds.get(&sale.id).into_iter().flatten();
    let last = stored.rfind(|refund| {
        let known = refund.external_id.as_deref();
        known.is_some_and(|known| known.starts_with(&id))
    });
    let more = total - sale.refunded_micros;
    if more < Micros::ZERO {
        let before = sale.refunded_micros.to_text(said.currency);
        let refunded = total.to_text(said.currency);
        return Err(invalid(
            "refunded",
            Reason::RowRefundLower,
            format!("{before} was given back before, and the row says {refunded}"),
        )
        .param("before", &before)
        .param("refunded", &refunded));
    }
    let at = said
        .refunded_at
        .or(last.map(|refund| refund.refunded_at))
        .unwrap_or_else(|| {
            let paid = said.completed_at.unwrap_or(said.occurred_at);
            paid.max(said.occurred_at)
        });
    let refund = match last {
        None if more == Micros::ZERO => return Ok(None),
        Some(last) if more == Micros::ZERO && last.refunded_at == at => return Ok(None),
        // What was given back before stays on its day.
        Some(last) if more > Micros::ZERO && at > last.refunded_at => Refund {
            id: scope.id(),
            sale_id: sale.id,
            amount_micros: more,
            refunded_at: at,
            reason: None,
            external_id: Some(format!("{id}:{}", at.to_rfc3339())),
        },
        Some(last) => Refund {
            amount_micros: last.amount_micros + more,
            refunded_at: at,
            ..last.clone()
        },
        None => Refund {
            id: scope.id(),
            sale_id: sale.id,
            amount_micros: more,
            refunded_at: at,
            reason: None,
            external_id: Some(id),
        },
    };
    sale.check_refund("refund_date", at, scope.now(), zone)?;
    sale.refunded_micros = total;
    sale.refunded_at = sale.refunded_at.max(Some(at));
    Ok(Some(refund))
}

fn refused_below(sale: &Sale, said: &Said) -> Result<(), Error> {
    if sale.refunded_micros > said.gross {
        let before = sale.refunded_micros.to_text(said.currency);
        let amount = said.gross.to_text(said.currency);
        return Err(invalid(
            "amount",
            Reason::RowBelowRefund,
            format!("{before} was given back already, more than the row's {amount}"),
        )
        .param("before", &before)
        .param("amount", &amount));
    }
    Ok(())
}

fn said(
    reader: &Reader<'_>,
    values: Values<'_, '_>,
    defaults: &Defaults,
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
    let occurred_at = values
        .instant("date")?
        .ok_or_else(|| row_without("date", "the row has no date"))?;
    let gross = values
        .amount("amount")?
        .ok_or_else(|| row_without("amount", "the row has no amount"))?;
    let currency = values.currency()?;
    coins("amount", gross, currency)?;
    let reference = match values.id("reference")? {
        Some(text) => short_text("reference", &text, 100)?,
        None => None,
    };
    let itself = values.rumbo_id("rumbo_id")?;
    let own_id = match (
        values
            .id("external_id")?
            .or(itself.map(|id| id.to_string())),
        &reference,
    ) {
        (Some(id), _) => id,
        (None, Some(reference)) => format!("ref:{reference}"),
        (None, None) => names.name(&[
            &keys.first(),
            &values.written_instant("date")?,
            &gross.0.to_string(),
            currency.code(),
        ]),
    };
    let origin = Origin::of(values)?;
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
        itself: itself.map(SaleId),
        external_id: format!("{}:{own_id}", reader.system),
        reference,
        gross,
        currency,
        status: values
            .text("status")
            .map(|text| words::sale_status(&text))
            .transpose()?,
        cost: values.amount("cost")?,
        quantity: values.count("quantity")?,
        refunded: values.amount("refunded")?,
        refunded_at: values.instant("refund_date")?,
        occurred_at,
        completed_at: values.instant("completed_date")?,
        opportunity: values
            .id("opportunity_id")?
            .map(|id| format!("{}:{id}", reader.system)),
        opportunity_itself: values.rumbo_id("rumbo_opportunity_id")?.map(OpportunityId),
    })
}
