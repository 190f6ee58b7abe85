//! Bulk sends: one template, or one text, to many at a person's wish. They are planned through the
//! outbox like everything else, wait until all of it is planned, and then run; they can be paused,
//! go on where they were, and be withdrawn.

mod export;
mod once;
mod rest;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{
    BulkSendId, ChannelId, Code, ContactId, Currency, Error, Micros, PageRequest, Reason, Result,
    TemplateId,
};
use rumbo_crm::contacts;
use rumbo_db::Tx;
use rumbo_platform::Scope;
use rumbo_platform::audit::{self, Deed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::outbox::{
    self, Audience, Counts, Line, Message, Origin, Plan, Sender, StoredTemplate, gone,
};
use crate::words::words;
use once::{Begun, begun};

pub use export::csv;
pub use once::{Once, SAME_FOR};
pub use rest::{Rest, rest};
pub use store::{BulkSend, STATEMENTS, Standing, get, list, standing};

words! {
    /// Where a bulk send stands.
    pub enum BulkState("state") {
        /// Its messages are being planned.
        Planning = "planning",
        Running = "running",
        Paused = "paused",
        Cancelled = "cancelled",
        Done = "done",
    }
}

/// How long a bulk send goes on when nobody says how long.
pub const USUAL_SPAN: TimeDelta = TimeDelta::hours(24);

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Says {
    /// A template, with a text for each of its variables, in which fields stand in braces.
    Template {
        id: TemplateId,
        values: BTreeMap<String, String>,
    },
    /// A text in which fields stand in braces.
    Text {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        body: String,
    },
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Whom {
    /// Some contacts.
    Contacts { ids: Vec<ContactId> },
    /// Everybody of a filter of the list of contacts.
    Filter {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
}

/// A bulk send before it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub channel: ChannelId,
    pub says: Says,
    pub whom: Whom,
    /// At once when absent.
    pub not_before: Option<DateTime<Utc>>,
    /// [`USUAL_SPAN`] after it begins when absent.
    pub not_after: Option<DateTime<Utc>>,
    /// No more than this is spent, where the price of a message is known.
    pub budget: Option<Micros>,
}

/// What is stored of what is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    says: Says,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    budget_micros: Option<i64>,
}

/// What it would come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub counts: Counts,
    /// The first lines of those who get it, who wait and who are left out.
    pub lines: Vec<Line>,
    /// What it would cost, where prices are known.
    pub cost: Option<Cost>,
    pub ends_at: DateTime<Utc>,
}

/// What a bulk send costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub all: Micros,
    pub currency: Currency,
}

/// Lines shown of each kind.
pub const SHOWN: usize = 200;

/// A draft that was held against what is stored.
struct Prepared {
    plan: Plan,
    audience: Audience,
    template: Option<StoredTemplate>,
    ends_at: DateTime<Utc>,
}

async fn prepare(tx: &mut Tx, scope: &Scope, draft: &Draft, id: BulkSendId) -> Result<Prepared> {
    let sender = outbox::sender(tx, scope.workspace, draft.channel).await?;
    let now = scope.now();
    let begins = draft.not_before.map_or(now, |at| at.max(now));
    let ends_at = draft.not_after.unwrap_or(begins + USUAL_SPAN);
    if ends_at <= begins {
        return Err(Error::new(
            Code::InvalidInput,
            "It would end before it begins. Give it a later end.",
        )
        .reason(Reason::PeriodReversed)
        .param("from", begins.to_rfc3339())
        .param("to", ends_at.to_rfc3339())
        .field("not_after"));
    }
    let (message, template) = match &draft.says {
        Says::Text { subject, body } => (Message::text(subject.as_deref(), body)?, None),
        Says::Template { id, values } => {
            let stored = outbox::template(tx, scope.workspace, *id)
                .await?
                .ok_or_else(|| gone("template"))?;
            stored.sendable_by(&sender)?;
            let filled = stored.with(values)?;
            (Message::Template(Box::new(filled)), Some(stored))
        }
    };
    let audience = audience(tx, scope, &draft.whom).await?;
    Ok(Prepared {
        plan: Plan {
            origin: Origin::BulkSend,
            origin_id: id.0,
            step: String::new(),
            occurrence: String::new(),
            sender,
            message,
            due_at: begins,
            expires_at: Some(ends_at),
            budget: draft.budget,
            waits: true,
        },
        audience,
        template,
        ends_at,
    })
}

/// A filter with words in it becomes the contacts that it finds now.
async fn audience(tx: &mut Tx, scope: &Scope, whom: &Whom) -> Result<Audience> {
    let (search, status, source) = match whom {
        Whom::Contacts { ids } => return Ok(Audience::List(ids.clone())),
        Whom::Filter {
            search,
            status,
            source,
        } => (search, status, source),
    };
    let status = status
        .as_deref()
        .map(str::parse::<contacts::ContactStatus>)
        .transpose()?;
    let words = search.as_deref().map(str::trim).unwrap_or_default();
    if words.is_empty() {
        return Ok(Audience::Filter {
            status: status
                .map_or("", contacts::ContactStatus::as_str)
                .to_owned(),
            source: source.clone().unwrap_or_default(),
        });
    }
    let filter = contacts::Filter {
        search: Some(words.to_owned()),
        status,
        source: source.clone(),
        sort: contacts::ContactSort::Recent,
    };
    let mut page = PageRequest::largest();
    let mut ids = Vec::new();
    loop {
        let found = contacts::list(tx, scope.workspace, &filter, &page).await?;
        ids.extend(found.rows.iter().map(|row| row.id));
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok(Audience::List(ids)),
        }
    }
}

/// What is stored of whom it goes to.
fn stored_whom(audience: &Audience, whom: &Whom) -> Whom {
    match audience {
        Audience::List(ids) => Whom::Contacts { ids: ids.clone() },
        Audience::Filter { .. } => whom.clone(),
    }
}

fn cost(sender: &Sender, counts: &Counts) -> Option<Cost> {
    Some(Cost {
        all: Micros(counts.cost?),
        currency: sender.prices.currency()?,
    })
}

/// Who would get what, who would wait and who would be left out. Writes nothing.
///
/// # Errors
/// `InvalidInput` naming what cannot be used; `NotFound`.
pub async fn preview(tx: &mut Tx, scope: &Scope, draft: &Draft) -> Result<Preview> {
    let prepared = prepare(tx, scope, draft, scope.id()).await?;
    let mut lines: Vec<Line> = Vec::new();
    let mut shown: BTreeMap<(outbox::State, Option<outbox::Why>), usize> = BTreeMap::new();
    let counts = outbox::dry_run(tx, scope, &prepared.plan, &prepared.audience, |line| {
        let seen = shown.entry((line.state, line.why)).or_default();
        *seen += 1;
        if *seen <= SHOWN {
            lines.push(line);
        }
    })
    .await?;
    Ok(Preview {
        cost: cost(&prepared.plan.sender, &counts),
        counts,
        lines,
        ends_at: prepared.ends_at,
    })
}

/// Starts a bulk send. `expected` is what the person saw and typed: how many it reaches. It is held
/// against what it would reach now, and nothing is planned where they differ.
///
/// With `once` it is begun unless it was before: then that one is answered, its planning gone on with
/// where it was broken off, and nothing is held against anything.
///
/// # Errors
/// As [`preview`]; `InvalidInput` where the count differs or nobody is left; `Conflict` where the
/// channel cannot send, or the key is of another bulk send.
pub async fn start(
    scope: &Scope,
    name: Option<&str>,
    draft: &Draft,
    expected: i64,
    once: Option<&Once>,
) -> Result<BulkSendId> {
    let mut tx = scope.write().await?;
    let id = match once {
        None => scope.id(),
        Some(once) => {
            outbox::alone(&mut tx, scope.workspace).await?;
            match begun(&mut tx, scope, once, draft).await? {
                Begun::Not(id) => id,
                Begun::Before(bulk) => {
                    let id = bulk.id;
                    if bulk.state == BulkState::Planning {
                        go_on(tx, scope, *bulk).await?;
                    }
                    return Ok(id);
                }
            }
        }
    };
    let prepared = prepare(&mut tx, scope, draft, id).await?;
    let sender = &prepared.plan.sender;
    if !sender.ready {
        return Err(Error::new(
            Code::Conflict,
            format!(
                "The channel {} cannot send now. Look after it under Channels.",
                sender.name
            ),
        )
        .reason(Reason::ChannelNotReady)
        .param("name", &sender.name)
        .field("channel_id"));
    }
    let counts =
        outbox::dry_run(&mut tx, scope, &prepared.plan, &prepared.audience, |_| {}).await?;
    let reached = counts.reached();
    if reached == 0 {
        return Err(Error::new(
            Code::InvalidInput,
            "Nobody is left to send it to. Look at the reasons in the preview.",
        )
        .reason(Reason::AudienceEmpty)
        .field("whom"));
    }
    if reached != expected {
        return Err(Error::new(
            Code::InvalidInput,
            format!("It goes to {reached} people, not to {expected}. Look at the preview again and enter {reached}."),
        )
        .reason(Reason::AudienceCountDiffers)
        .param("expected", reached)
        .param("given", expected)
        .field("expected"));
    }
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let usual = prepared
        .template
        .as_ref()
        .map_or_else(|| usual_name(&draft.says), |template| template.name.clone());
    let new = store::New {
        id,
        name: name.unwrap_or(&usual),
        draft,
        // Whom a search found then is whom the person saw.
        whom: &stored_whom(&prepared.audience, &draft.whom),
        template: prepared.template.as_ref().map(|t| (t.id, t.version)),
        stored: &Stored {
            says: draft.says.clone(),
            budget_micros: draft.budget.map(|budget| budget.0),
        },
        expected,
        begins: prepared.plan.due_at,
        ends: prepared.ends_at,
    };
    store::insert(&mut tx, scope, &new).await?;
    let told = json!({
        "channel_id": draft.channel.to_string(),
        "template_id": prepared.template.as_ref().map(|it| it.id.to_string()),
        "template_version": prepared.template.as_ref().map(|it| it.version),
        "people": reached,
    });
    record(&mut tx, scope, "start_send", id, told).await?;
    tx.commit().await?;
    go(scope, id, &prepared.plan, &prepared.audience).await?;
    Ok(id)
}

/// Writes down what was done to a bulk send, for the audit.
async fn record(
    tx: &mut Tx,
    scope: &Scope,
    action: &str,
    id: BulkSendId,
    after: Value,
) -> Result<()> {
    let deed = Deed {
        action,
        object_kind: "bulk_send",
        object_id: id.to_string(),
        before: Value::Null,
        after,
    };
    audit::record(tx, scope, &deed).await
}

fn usual_name(says: &Says) -> String {
    match says {
        Says::Template { .. } => String::new(),
        Says::Text { subject, body } => {
            let text = subject.as_deref().unwrap_or(body);
            text.chars().take(40).collect()
        }
    }
}

/// Plans everybody and sets it going.
async fn go(scope: &Scope, id: BulkSendId, plan: &Plan, audience: &Audience) -> Result<()> {
    outbox::plan(scope, plan, audience).await?;
    let mut tx = scope.write().await?;
    store::set_state(&mut tx, scope, id, BulkState::Planning, BulkState::Running).await?;
    tx.commit().await
}

/// Goes on with bulk sends whose planning was broken off: the program ended in the middle of it. What
/// was planned is not planned again.
///
/// # Errors
/// When the store cannot be written.
pub async fn resume_planning(scope: &Scope) -> Result<()> {
    let mut tx = scope.read().await?;
    let left = store::left_planning(&mut tx, scope.workspace, scope.now()).await?;
    drop(tx);
    for bulk in left {
        go_on(scope.read().await?, scope, bulk).await?;
    }
    Ok(())
}

/// Goes on with the planning of one bulk send.
async fn go_on(mut tx: Tx, scope: &Scope, bulk: BulkSend) -> Result<()> {
    let draft = Draft {
        channel: bulk.channel_id,
        says: bulk.stored.says,
        whom: bulk.whom,
        not_before: bulk.not_before,
        not_after: bulk.not_after,
        budget: bulk.stored.budget_micros.map(Micros),
    };
    let prepared = prepare(&mut tx, scope, &draft, bulk.id).await;
    drop(tx);
    match prepared {
        Ok(prepared) => go(scope, bulk.id, &prepared.plan, &prepared.audience).await,
        Err(error) => {
            // What cannot be planned any more is not half sent.
            tracing::warn!(bulk_send = %bulk.id, error = error.chain(), "planning");
            cancel(scope, bulk.id).await.map(|_| ())
        }
    }
}

/// Marks bulk sends done of which nothing is left to send.
pub(crate) async fn finish(tx: &mut Tx, scope: &Scope) -> Result<()> {
    store::finish(tx, scope).await
}

/// Stops a bulk send where it is. What is on its way goes on; nothing else leaves.
///
/// # Errors
/// `NotFound`; `Conflict` where it does not run.
pub async fn pause(scope: &Scope, id: BulkSendId) -> Result<()> {
    let mut tx = scope.write().await?;
    store::set_state(&mut tx, scope, id, BulkState::Running, BulkState::Paused).await?;
    store::hold(&mut tx, scope, id).await?;
    record(&mut tx, scope, "pause_send", id, Value::Null).await?;
    tx.commit().await
}

/// Goes on with a paused bulk send where it was: nobody gets it twice and nobody is passed over. What
/// waits because its template is of another category goes by the new one, with its price and limits:
/// whoever goes on agrees to it. Where its budget does not suffice for that, nothing happens, unless
/// it is to go on `within_budget`: then those are left out for whom there is nothing left.
///
/// # Errors
/// `NotFound`; `Conflict` where it is not paused, or the budget does not suffice.
pub async fn resume(scope: &Scope, id: BulkSendId, within_budget: bool) -> Result<()> {
    let mut tx = scope.write().await?;
    outbox::alone(&mut tx, scope.workspace).await?;
    store::set_state(&mut tx, scope, id, BulkState::Paused, BulkState::Running).await?;
    let worked_out = rest::work_out(&mut tx, scope, id).await?;
    let mut told = Value::Null;
    if let Some((rest, beyond)) = worked_out {
        if !beyond.is_empty() && !within_budget {
            return Err(rest.short());
        }
        store::leave_out(&mut tx, scope, &beyond).await?;
        told = json!({
            "category": rest.category.word(),
            "people": rest.fits,
            "left_out": beyond.len(),
        });
    }
    store::release(&mut tx, scope, id).await?;
    record(&mut tx, scope, "resume_send", id, told).await?;
    tx.commit().await
}

/// Withdraws what was not sent yet. Answers how many messages that were.
///
/// # Errors
/// `NotFound`; `Conflict` where it is over.
pub async fn cancel(scope: &Scope, id: BulkSendId) -> Result<u64> {
    let mut tx = scope.write().await?;
    let bulk = get(&mut tx, scope, id).await?;
    store::set_state(&mut tx, scope, id, bulk.state, BulkState::Cancelled).await?;
    let withdrawn = store::withdraw(&mut tx, scope, id).await?;
    let told = json!({ "withdrawn": withdrawn });
    record(&mut tx, scope, "cancel_send", id, told).await?;
    tx.commit().await?;
    Ok(withdrawn)
}

/// The contacts that have some phone numbers or e-mail addresses, and what belongs to nobody.
///
/// # Errors
/// When the store cannot be read.
pub async fn contacts_of(
    tx: &mut Tx,
    scope: &Scope,
    addresses: &[String],
) -> Result<(Vec<ContactId>, Vec<String>)> {
    store::contacts_of(tx, scope, addresses).await
}
