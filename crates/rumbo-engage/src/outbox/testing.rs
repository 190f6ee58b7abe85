//! A workspace with channels, templates and contacts to test in, and a provider that counts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rumbo_base::{ChannelId, ContactId, Error, Result, TemplateId};
use rumbo_channels::{
    Accepted, Again, Capabilities, Channel, Fared, Found, NotSent, Outcome, Outgoing, Polled,
    Provider, Scope as Reaches, Standing, StatusReport, Told, WebhookRefusal, WebhookRequest,
};
use rumbo_crm::contacts::{self, ContactFields};
use rumbo_db::{Tx, on_tx};
use rumbo_platform::Scope;
pub(crate) use rumbo_platform::testing::{in_both, scope};
use rumbo_platform::workspaces::{self, SendingSettings};

use super::{OpenChannels, Plan};

/// A connected channel.
pub(crate) async fn channel(scope: &Scope, provider: Provider, settings: &str) -> ChannelId {
    let id: ChannelId = scope.id();
    let mut tx = scope.write().await.unwrap();
    let kind = provider.kind().word();
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, \
         active, state, state_since, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, '+5511900000000', '', $6, '', TRUE, 'connected', $7, $7, $7)"
    )
    .bind(scope.workspace)
    .bind(id)
    .bind(format!("{} {id}", provider.word()))
    .bind(kind)
    .bind(provider.word())
    .bind(sqlx::types::Json(settings))
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    id
}

/// What a message of a purpose costs by a channel, to everywhere, in US dollars.
pub(crate) async fn price(scope: &Scope, channel: ChannelId, purpose: &str, price: &str) {
    let mut tx = scope.write().await.unwrap();
    let line = crate::channels::Price {
        channel_id: channel,
        country: String::new(),
        purpose: purpose.to_owned(),
        valid_from: "2026-01-01".parse().unwrap(),
        price: rumbo_base::Micros::parse(price).unwrap(),
        currency: "USD".parse().unwrap(),
    };
    crate::channels::set_price(&mut tx, scope, &line)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// A template with its first version.
pub(crate) async fn template(scope: &Scope, name: &str, state: &str, body: &str) -> TemplateId {
    let id: TemplateId = scope.id();
    let mut tx = scope.write().await.unwrap();
    let components = serde_json::json!([{"type": "BODY", "text": body}]);
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO templates (workspace_id, id, provider, account, name, language, category, parameter_format, \
         components, variables, state, version, created_at, updated_at) VALUES ($1, $2, 'whatsapp_cloud', '1', $3, \
         'pt_BR', 'marketing', 'positional', $4, $5, $6, 1, $7, $7)"
    )
    .bind(scope.workspace)
    .bind(id)
    .bind(name)
    .bind(sqlx::types::Json(&components))
    .bind(sqlx::types::Json(serde_json::json!([])))
    .bind(state)
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO template_versions (workspace_id, template_id, version, category, parameter_format, components, \
         variables, origin, created_at) VALUES ($1, $2, 1, 'marketing', 'positional', $3, $4, 'written', $5)"
    )
    .bind(scope.workspace)
    .bind(id)
    .bind(sqlx::types::Json(&components))
    .bind(sqlx::types::Json(serde_json::json!([])))
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    id
}

/// Contacts with numbers, in the order of their ids.
pub(crate) async fn people(scope: &Scope, count: u32) -> Vec<ContactId> {
    let mut tx = scope.write().await.unwrap();
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(person(scope, &mut tx, number).await);
    }
    tx.commit().await.unwrap();
    ids.sort_unstable();
    ids
}

/// A contact with a number.
pub(crate) async fn person(scope: &Scope, tx: &mut Tx, number: u32) -> ContactId {
    let fields = ContactFields {
        name: Some(format!("Ana {number}")),
        phone: Some(format!("+55119{:08}", 80_000_000 + number)),
        ..ContactFields::default()
    };
    contacts::create(tx, scope, fields).await.unwrap().id
}

/// Many contacts at once, without the ways of the CRM.
pub(crate) async fn crowd(scope: &Scope, count: u32) {
    let mut tx = scope.write().await.unwrap();
    let now = scope.now();
    let numbers: Vec<u32> = (0..count).collect();
    for chunk in numbers.chunks(2_000) {
        on_tx!(&mut tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(
                "INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, phone, custom, tags, search, \
                 first_seen_at, created_at, updated_at) ",
            );
            insert.push_values(chunk, |mut row, number| {
                row.push_bind(scope.workspace)
                    .push_bind(scope.entropy.uuid(now))
                    .push("'prospect', 'lead', 'MANUAL'")
                    .push_bind(format!("Ana {number}"))
                    .push_bind(format!("+55119{:08}", 80_000_000 + number))
                    .push("'{}', '[]'")
                    .push_bind(format!("ana {number}"))
                    .push_bind(now)
                    .push_bind(now)
                    .push_bind(now);
            });
            insert
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// Sets what the workspace allows itself.
pub(crate) async fn allow(scope: &Scope, sending: SendingSettings) {
    let mut tx = scope.write().await.unwrap();
    let stored = workspaces::find(&mut tx, scope.workspace)
        .await
        .unwrap()
        .unwrap();
    let mut settings = stored.settings;
    settings.sending = sending;
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE workspaces SET settings = $2 WHERE id = $1"
    )
    .bind(scope.workspace)
    .bind(sqlx::types::Json(&settings))
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}

/// A plan of a text over a channel, which runs at once.
pub(crate) async fn text_plan(scope: &Scope, channel: ChannelId, body: &str) -> Plan {
    let mut tx = scope.read().await.unwrap();
    Plan {
        origin: super::Origin::Campaign,
        origin_id: scope.entropy.uuid(scope.now()),
        step: String::new(),
        occurrence: String::new(),
        sender: super::sender(&mut tx, scope.workspace, channel)
            .await
            .unwrap(),
        message: super::Message::text(None, body).unwrap(),
        due_at: scope.now(),
        expires_at: None,
        budget: None,
        waits: false,
    }
}

/// Lets rules, sequences and message campaigns send.
pub(crate) async fn automation_on(scope: &Scope) {
    let mut tx = scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE workspaces SET automation_on = TRUE WHERE id = $1"
    )
    .bind(scope.workspace)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}

/// What the counting provider does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Take,
    /// Takes it, and the answer is lost.
    TakeAndLose,
    /// The call is lost before it arrives.
    Lose,
    /// Says no.
    Refuse(Again, Reaches),
    Bounce,
    OptOut,
}

/// What a provider does, by the number of the call and the address.
type Doing = dyn Fn(u32, &str) -> Does + Send + Sync;

/// A provider in this program.
pub(crate) struct Counting {
    /// How often each dispatch was taken.
    pub taken: Mutex<BTreeMap<String, u32>>,
    pub calls: Mutex<u32>,
    pub does: Box<Doing>,
    pub able: Capabilities,
    /// Whether it can be asked.
    pub tells: bool,
}

impl Counting {
    pub fn new(does: impl Fn(u32, &str) -> Does + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            taken: Mutex::new(BTreeMap::new()),
            calls: Mutex::new(0),
            does: Box::new(does),
            able: Capabilities {
                text: true,
                media: true,
                templates: true,
                longest_text: None,
                window_hours: None,
                per_second: 100_000,
                per_pair_minute: None,
                statuses: true,
                reads: true,
                polls: false,
            },
            tells: true,
        })
    }

    pub fn taken(&self) -> u32 {
        self.taken.lock().unwrap().values().sum()
    }

    pub fn twice(&self) -> usize {
        self.taken
            .lock()
            .unwrap()
            .values()
            .filter(|n| **n > 1)
            .count()
    }

    pub fn calls(&self) -> u32 {
        *self.calls.lock().unwrap()
    }
}

/// Opens the same channel for every id.
pub(crate) struct Opens(pub Arc<dyn Channel>);

#[async_trait]
impl OpenChannels for Opens {
    async fn open(&self, _scope: &Scope, _id: ChannelId) -> Result<Arc<dyn Channel>> {
        Ok(Arc::clone(&self.0))
    }
}

pub(crate) fn refusal(again: Again, scope: Reaches) -> NotSent {
    NotSent {
        code: Some("131000".to_owned()),
        text: "No.".to_owned(),
        again,
        scope,
        bounced: false,
        opted_out: false,
    }
}

pub(crate) fn report(id: &str, message: &str, status: Fared, at: &str) -> StatusReport {
    StatusReport {
        sender: String::new(),
        id: message.to_owned(),
        dispatch_id: Some(id.to_owned()),
        address: None,
        status,
        at: at.parse().unwrap(),
        price: None,
        failure: None,
        word: String::new(),
    }
}

#[async_trait]
impl Channel for Counting {
    fn provider(&self) -> Provider {
        Provider::Twilio
    }

    fn capabilities(&self) -> Capabilities {
        self.able
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        let call = {
            let mut calls = self.calls.lock().unwrap();
            *calls += 1;
            *calls
        };
        let does = (self.does)(call, message.address);
        let count = || {
            let mut taken = self.taken.lock().unwrap();
            *taken.entry(message.dispatch_id.to_owned()).or_default() += 1;
        };
        let lost = Outcome::Unknown {
            text: "lost".to_owned(),
            code: None,
        };
        match does {
            Does::Take => {
                count();
                Outcome::Accepted(Accepted {
                    id: format!("m-{}", message.dispatch_id),
                    address: None,
                    held: false,
                })
            }
            Does::TakeAndLose => {
                count();
                lost
            }
            Does::Lose => lost,
            Does::Refuse(again, scope) => Outcome::NotSent(refusal(again, scope)),
            Does::Bounce => Outcome::NotSent(NotSent {
                bounced: true,
                ..refusal(Again::Never, Reaches::Message)
            }),
            Does::OptOut => Outcome::NotSent(NotSent {
                opted_out: true,
                ..refusal(Again::Never, Reaches::Message)
            }),
        }
    }

    async fn find(&self, dispatch_id: &str, _: Option<&str>, _: &str) -> Result<Found, Error> {
        if !self.tells {
            return Ok(Found::Cannot);
        }
        let known = self.taken.lock().unwrap().contains_key(dispatch_id);
        Ok(if known {
            let message = format!("m-{dispatch_id}");
            Found::Here(Box::new(report(
                dispatch_id,
                &message,
                Fared::Sent,
                "2026-11-20T12:00:30Z",
            )))
        } else {
            Found::NeverArrived
        })
    }

    async fn check(&self) -> Result<Standing, Error> {
        Ok(Standing {
            connected: true,
            name: None,
            sender: None,
            trouble: None,
            pairing_code: None,
        })
    }

    fn verify(&self, _: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        Err(WebhookRefusal::Unsigned)
    }

    fn read(&self, _: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        Ok(Told::default())
    }

    async fn poll(&self, _: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}

/// A dispatch: contact, state, reason, address, text and due time.
pub(crate) type Row = (
    ContactId,
    String,
    Option<String>,
    String,
    String,
    chrono::DateTime<chrono::Utc>,
);

/// Every dispatch of an origin, in the order of contacts.
pub(crate) async fn rows(scope: &Scope, origin: uuid::Uuid) -> Vec<Row> {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_as(
        "SELECT contact_id, state, reason, address, rendered, due_at FROM dispatches WHERE workspace_id = $1 \
         AND origin_id = $2 ORDER BY contact_id"
    )
    .bind(scope.workspace)
    .bind(origin)
    .fetch_all(c)
    .await)
    .unwrap()
}

/// One number from the store.
pub(crate) async fn number(scope: &Scope, sql: &'static str) -> i64 {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(sql)
        .bind(scope.workspace)
        .fetch_one(c)
        .await)
    .unwrap()
}

/// Winds the clock on.
pub(crate) fn later(scope: &Scope, by: Duration) {
    scope.clock.advance(by);
}
