//! Planning: who gets what, who waits and who is left out. The dry run is the same function, and
//! writes nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ContactId, DispatchId, Micros, Result, TemplateId};
use rumbo_channels::Content;
use rumbo_db::Tx;
use rumbo_platform::Scope;
use uuid::Uuid;

use super::guards::{Prices, Subject, Tally, TemplateNow, Verdict, judge, unfit};
use super::limits::Limits;
use super::message::{Composed, Message};
use super::origin::{Origin, Purpose};
use super::person::{self, Asked, Person};
use super::sender::Sender;
use super::state::State;
use super::store;
use super::why::Why;

/// People planned in one transaction.
pub const BATCH: usize = 1_000;

/// What is to be sent, whoever it goes to.
#[derive(Clone, Debug)]
pub struct Plan {
    pub origin: Origin,
    /// The bulk send, rule, sequence …
    pub origin_id: Uuid,
    /// Which of its messages; empty where there is only one.
    pub step: String,
    /// What tells two times of the same step apart.
    pub occurrence: String,
    pub sender: Sender,
    pub message: Message,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// Never after: what was held up longer is left out, not sent late.
    pub expires_at: Option<DateTime<Utc>>,
    /// No more than this may be spent, where the price of a message is known.
    pub budget: Option<Micros>,
    /// It waits until what asked for it is started.
    pub waits: bool,
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every contact of a status and a lead source; empty texts are any.
    Filter { status: String, source: String },
    /// Some contacts.
    List(Vec<ContactId>),
}

/// What becomes of one contact.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub dispatch_id: DispatchId,
    pub contact_id: ContactId,
    pub name: String,
    pub address: String,
    pub content: Content,
    pub rendered: String,
    pub state: State,
    pub why: Option<Why>,
    /// What is missing, where something is.
    pub detail: Option<String>,
    pub due_at: DateTime<Utc>,
}

/// How many become what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// It goes to them.
    pub go: i64,
    /// It waits, by reason.
    pub held: BTreeMap<Why, i64>,
    /// They are left out, by reason.
    pub skipped: BTreeMap<Why, i64>,
    /// They were planned before.
    pub already: i64,
    /// What those come to whom it goes to now or later, in micros, as far as it is known.
    pub cost: Option<i64>,
}

impl Counts {
    /// Everybody that was looked at.
    pub fn people(&self) -> i64 {
        self.go + self.waiting() + self.skipped.values().sum::<i64>() + self.already
    }

    /// It waits, whatever for.
    pub fn waiting(&self) -> i64 {
        self.held.values().sum()
    }

    /// Whom it will reach unless something comes between.
    pub fn reached(&self) -> i64 {
        self.go + self.waiting()
    }

    fn note(&mut self, line: &Line) {
        match (line.state, line.why) {
            (State::Held, Some(why)) => *self.held.entry(why).or_default() += 1,
            (State::Skipped, Some(why)) => *self.skipped.entry(why).or_default() += 1,
            _ => self.go += 1,
        }
    }
}

/// Planning under way: what it has used up, and how far it has come.
struct Planning<'a> {
    scope: &'a Scope,
    plan: &'a Plan,
    limits: &'a Limits,
    tally: Tally,
    now: DateTime<Utc>,
    after: ContactId,
    list: Vec<ContactId>,
}

impl<'a> Planning<'a> {
    async fn begin(
        tx: &mut Tx,
        scope: &'a Scope,
        plan: &'a Plan,
        limits: &'a Limits,
        audience: &Audience,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut list = match audience {
            Audience::List(ids) => ids.clone(),
            Audience::Filter { .. } => Vec::new(),
        };
        // In the order of the index that they are written to, each once.
        list.sort_unstable();
        list.dedup();
        list.reverse();
        Ok(Self {
            scope,
            plan,
            limits,
            tally: tally(tx, scope, plan, limits, now).await?,
            now,
            after: ContactId(Uuid::nil()),
            list,
        })
    }

    /// The next people; none when all were looked at.
    async fn next(&mut self, tx: &mut Tx, audience: &Audience) -> Result<Option<Vec<Person>>> {
        let asked = Asked {
            workspace: self.scope.workspace,
            sender: &self.plan.sender,
            origin_id: self.plan.origin_id,
            step: &self.plan.step,
            occurrence: &self.plan.occurrence,
            now: self.now,
            limits: self.limits,
        };
        match audience {
            Audience::Filter { status, source } => {
                let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
                let people =
                    person::of_filter(tx, &asked, status, source, self.after, limit).await?;
                let Some(last) = people.last() else {
                    return Ok(None);
                };
                self.after = last.contact_id;
                Ok(Some(people))
            }
            Audience::List(_) => {
                let rest = self.list.len().saturating_sub(BATCH);
                let ids = self.list.split_off(rest);
                if ids.is_empty() {
                    return Ok(None);
                }
                person::of_list(tx, &asked, &ids).await.map(Some)
            }
        }
    }

    /// What becomes of some people, in their order.
    fn decide(&mut self, people: &[Person], counts: &mut Counts) -> Vec<Line> {
        let mut lines = Vec::with_capacity(people.len());
        for person in people {
            if person.dispatch_id.is_some() {
                counts.already += 1;
                continue;
            }
            let line = self.line(person);
            counts.note(&line);
            if line.state != State::Skipped {
                self.tally.take(person);
                if let Some(price) = self.tally.prices.to(&line.address) {
                    counts.cost = Some(counts.cost.unwrap_or(0).saturating_add(price));
                }
            }
            lines.push(line);
        }
        lines
    }

    fn line(&self, person: &Person) -> Line {
        let plan = self.plan;
        let template = match &plan.message {
            Message::Text { .. } => None,
            Message::Template(template) => Some(TemplateNow {
                state: Some(&template.state),
                category: template.category,
            }),
        };
        let subject = Subject {
            origin: plan.origin,
            purpose: plan.message.purpose(),
            template,
            due_at: plan.due_at,
            expires_at: plan.expires_at,
            counted: false,
        };
        let verdict = judge(
            &subject,
            person,
            &plan.sender,
            self.limits,
            &self.tally,
            self.now,
        );
        let made = match &verdict {
            Verdict::Skip { .. } => None,
            _ => Some(plan.message.compose(person, plan.sender.sends_templates())),
        };
        let (verdict, made) = match made {
            None => (verdict, nothing()),
            Some(Err(missing)) => (
                Verdict::Skip {
                    why: Why::ParameterMissing,
                    detail: Some(missing),
                },
                nothing(),
            ),
            Some(Ok(made)) => match unfit(&made.content, &made.rendered, &plan.sender) {
                Some(why) => (Verdict::Skip { why, detail: None }, made),
                None => (verdict, made),
            },
        };
        let start = plan.due_at.max(self.now);
        let ready = if plan.waits {
            State::Planned
        } else {
            State::Queued
        };
        let (state, why, detail, due_at) = match verdict {
            Verdict::Send => (ready, None, None, start),
            Verdict::Hold { until, why } => (State::Held, Some(why), None, until),
            Verdict::Skip { why, detail } => (State::Skipped, Some(why), detail, start),
        };
        Line {
            dispatch_id: self.scope.entropy.id(self.now),
            contact_id: person.contact_id,
            name: person.name.clone(),
            address: person.address.clone().unwrap_or_default(),
            content: made.content,
            rendered: made.rendered,
            state,
            why,
            detail,
            due_at,
        }
    }
}

fn nothing() -> Composed {
    Composed {
        content: Content::Text {
            body: String::new(),
            subject: None,
            html: None,
        },
        rendered: String::new(),
    }
}

/// What is left of what can be used up, before anybody is planned.
async fn tally(
    tx: &mut Tx,
    scope: &Scope,
    plan: &Plan,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Result<Tally> {
    let prices = Prices {
        list: plan.sender.prices.clone(),
        of: Some((
            plan.message.purpose(),
            limits.zone.day_of(plan.due_at.max(now)),
        )),
    };
    let before = store::planned_before(tx, scope.workspace, plan).await?;
    let spent: i64 = before
        .iter()
        .filter(|(_, state)| state.counts())
        .filter_map(|(address, _)| prices.to(address))
        .fold(0, i64::saturating_add);
    let people_left = people_left(tx, scope, &plan.sender, now).await?;
    Ok(Tally {
        addresses: before
            .into_iter()
            .filter(|(_, state)| *state != State::Skipped)
            .map(|(address, _)| address)
            .collect(),
        people_left,
        budget_left: plan.budget.map(|budget| budget.0.saturating_sub(spent)),
        prices,
    })
}

/// How many more people a sender may write to, those counted that it is going to.
async fn people_left(
    tx: &mut Tx,
    scope: &Scope,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let Some(most) = sender.people_a_day else {
        return Ok(None);
    };
    let since = now - TimeDelta::hours(24);
    let reserved = store::people_reserved(tx, scope.workspace, sender.id, since).await?;
    Ok(Some(most - reserved))
}

/// What would become of everybody, in the order it would be planned. Writes nothing: `tx` may be a
/// read.
///
/// `see` is given every line; who was planned before is counted only.
///
/// # Errors
/// When the store cannot be read.
pub async fn dry_run(
    tx: &mut Tx,
    scope: &Scope,
    plan: &Plan,
    audience: &Audience,
    mut see: impl FnMut(Line),
) -> Result<Counts> {
    let limits = store::limits(tx, scope.workspace).await?;
    let mut planning = Planning::begin(tx, scope, plan, &limits, audience, scope.now()).await?;
    let mut counts = Counts::default();
    while let Some(people) = scope.db.attentively(planning.next(tx, audience)).await? {
        for line in planning.decide(&people, &mut counts) {
            see(line);
        }
    }
    Ok(counts)
}

/// Plans everybody, [`BATCH`] at a time, each batch in a transaction in which caps are counted as
/// well: two that plan at once cannot pass a cap together. Planned again, nobody is planned twice.
///
/// Differs from the [`dry_run`] before it only by what was written in between: contacts, consents,
/// templates, settings, other messages, and the time.
///
/// # Errors
/// When the store cannot be written; what was planned before stays planned.
pub async fn run(scope: &Scope, plan: &Plan, audience: &Audience) -> Result<Counts> {
    let mut tx = scope.write().await?;
    store::alone(&mut tx, scope.workspace).await?;
    let limits = store::limits(&mut tx, scope.workspace).await?;
    let mut planning =
        Planning::begin(&mut tx, scope, plan, &limits, audience, scope.now()).await?;
    let mut counts = Counts::default();
    loop {
        // Many rows at once: nobody goes to sleep between them.
        let read = planning.next(&mut tx, audience);
        let Some(people) = scope.db.attentively(read).await? else {
            tx.commit().await?;
            return Ok(counts);
        };
        let lines = planning.decide(&people, &mut counts);
        store::insert(&mut tx, scope, plan, planning.now, &lines).await?;
        tx.commit().await?;
        tx = scope.write().await?;
        store::alone(&mut tx, scope.workspace).await?;
        // Others may have planned in between.
        planning.tally.people_left =
            people_left(&mut tx, scope, &plan.sender, planning.now).await?;
    }
}

/// One message that is written already: an answer of a person, or what a bot says.
#[derive(Clone, Debug)]
pub struct OneMessage {
    pub origin: Origin,
    /// What makes it one: the id that whoever asks gives it. The same again is planned once.
    pub origin_id: Uuid,
    pub sender: Sender,
    pub contact_id: ContactId,
    /// Where to, as the conversation has it.
    pub address: String,
    pub content: Content,
    /// As the person reads it.
    pub rendered: String,
    pub purpose: Purpose,
    /// The template and its version, where it is one.
    pub template: Option<(TemplateId, i64)>,
    /// Never after; a day when absent.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A contact as a sender would write to them.
///
/// # Errors
/// `NotFound`.
pub async fn person(
    tx: &mut Tx,
    scope: &Scope,
    sender: &Sender,
    contact: ContactId,
) -> Result<Person> {
    let limits = store::limits(tx, scope.workspace).await?;
    of_contact(tx, scope, sender, (Uuid::nil(), ""), contact, &limits).await
}

async fn of_contact(
    tx: &mut Tx,
    scope: &Scope,
    sender: &Sender,
    (origin_id, step): (Uuid, &str),
    contact: ContactId,
    limits: &Limits,
) -> Result<Person> {
    let asked = Asked {
        workspace: scope.workspace,
        sender,
        origin_id,
        step,
        occurrence: "",
        now: scope.now(),
        limits,
    };
    let mut people = person::of_list(tx, &asked, &[contact]).await?;
    people.pop().ok_or_else(|| super::gone("contact"))
}

/// What would become of one message now. Writes nothing: `tx` may be a read.
///
/// # Errors
/// `NotFound` for a contact that is gone.
pub async fn preview_one(
    tx: &mut Tx,
    scope: &Scope,
    message: &OneMessage,
) -> Result<(State, Option<Why>)> {
    Ok(match decide_one(tx, scope, message, "").await? {
        Decided::Known(_, state, why) => (state, why),
        Decided::New(line, _) => (line.state, line.why),
    })
}

/// Plans one message, through the same guards. Answers its dispatch and what became of it.
///
/// # Errors
/// When the store cannot be written.
pub async fn plan_one(
    tx: &mut Tx,
    scope: &Scope,
    message: OneMessage,
) -> Result<(DispatchId, State, Option<Why>)> {
    plan_step(tx, scope, message, "").await
}

/// The same, of a step by which it is told apart.
pub(super) async fn plan_step(
    tx: &mut Tx,
    scope: &Scope,
    message: OneMessage,
    step: &str,
) -> Result<(DispatchId, State, Option<Why>)> {
    store::alone(tx, scope.workspace).await?;
    match decide_one(tx, scope, &message, step).await? {
        Decided::Known(id, state, why) => Ok((id, state, why)),
        Decided::New(line, expires_at) => {
            store::insert_one(tx, scope, &message, step, expires_at, &line).await?;
            Ok((line.dispatch_id, line.state, line.why))
        }
    }
}

enum Decided {
    /// It was planned before.
    Known(DispatchId, State, Option<Why>),
    /// What it becomes, and until when it may be sent.
    New(Box<Line>, DateTime<Utc>),
}

async fn decide_one(
    tx: &mut Tx,
    scope: &Scope,
    message: &OneMessage,
    step: &str,
) -> Result<Decided> {
    let now = scope.now();
    let limits = store::limits(tx, scope.workspace).await?;
    let sender = &message.sender;
    let (origin, contact) = ((message.origin_id, step), message.contact_id);
    let mut person = of_contact(tx, scope, sender, origin, contact, &limits).await?;
    if let Some(id) = person.dispatch_id {
        let known = store::get(tx, scope.workspace, id).await?;
        return Ok(Decided::Known(id, known.state, known.reason));
    }
    if person.address.as_deref() != Some(&message.address) {
        // Where they wrote from: another address than the contact's first.
        store::read_address(
            tx,
            scope.workspace,
            &message.sender,
            &message.address,
            &mut person,
        )
        .await?;
    }
    let stored = match message.template {
        Some((id, _)) => super::message::template(tx, scope.workspace, id).await?,
        None => None,
    };
    let expires_at = message.expires_at.unwrap_or(now + TimeDelta::hours(24));
    let subject = Subject {
        origin: message.origin,
        purpose: message.purpose,
        template: message.template.map(|_| TemplateNow {
            state: stored.as_ref().map(|t| t.state.as_str()),
            category: stored.as_ref().map_or(message.purpose, |t| t.category),
        }),
        due_at: now,
        expires_at: Some(expires_at),
        counted: false,
    };
    let people_left = people_left(tx, scope, &message.sender, now).await?;
    // An answer within the window is outside of the tier.
    let tally = Tally {
        people_left: people_left.filter(|_| message.purpose != Purpose::Service),
        ..Tally::default()
    };
    let verdict = match unfit(&message.content, &message.rendered, &message.sender) {
        Some(why) => Verdict::Skip { why, detail: None },
        None => judge(&subject, &person, &message.sender, &limits, &tally, now),
    };
    let (state, why, due_at) = match verdict {
        Verdict::Send => (State::Queued, None, now),
        Verdict::Hold { until, why } => (State::Held, Some(why), until),
        Verdict::Skip { why, .. } => (State::Skipped, Some(why), now),
    };
    let line = Line {
        dispatch_id: scope.id(),
        contact_id: message.contact_id,
        name: person.name,
        address: message.address.clone(),
        content: message.content.clone(),
        rendered: message.rendered.clone(),
        state,
        why,
        detail: None,
        due_at,
    };
    Ok(Decided::New(Box::new(line), expires_at))
}
