//! A workspace with a channel, on both databases, and a provider that signs with HMAC.

use std::collections::BTreeMap;
use std::future::Future;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rumbo_base::{ChannelId, ConversationId, Error, MessageId, Result};
use rumbo_channels::{
    Accepted, Capabilities, Channel, Event, Fared, Found, InboundKind, InboundMessage, NotSent,
    Outcome, Outgoing, Polled, Provider, Scope as Reach, Standing, StatusReport, Told,
    WebhookRefusal, WebhookRequest,
};
use rumbo_db::testing::TestDb;
use rumbo_db::{DbResultExt as _, Tx, on_tx};
use rumbo_platform::{Scope, testing};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::conversations::ChannelRef;

/// A scope in a new workspace, in which its owner acts.
pub async fn scope(test: &TestDb) -> Scope {
    testing::owned(testing::scope(test).await).await
}

/// Runs one test in a new workspace on each database.
pub async fn in_both<F, Fut>(test: F)
where
    F: Fn(Scope) -> Fut,
    Fut: Future<Output = ()>,
{
    testing::in_both(async |scope| test(testing::owned(scope).await).await).await;
}

/// An instant written as `2026-11-20T12:00:00Z`.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A channel of a provider, whose sender there is called as the channel is.
pub async fn channel(tx: &mut Tx, scope: &Scope, provider: Provider, name: &str) -> ChannelRef {
    channel_of(tx, scope, provider, name, name).await
}

/// A channel of a provider that calls its sender so.
pub async fn channel_of(
    tx: &mut Tx,
    scope: &Scope,
    provider: Provider,
    name: &str,
    sender_id: &str,
) -> ChannelRef {
    let id: ChannelId = scope.id();
    on_tx!(tx, |c| sqlx::query(
        "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, active, \
         state, state_since, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, '+5511999990000', $6, '{}', '', TRUE, 'connected', $7, $7, $7)"
    )
    .bind(scope.workspace)
    .bind(id)
    .bind(name)
    .bind(provider.kind())
    .bind(provider)
    .bind(sender_id)
    .bind(scope.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    ChannelRef { id, provider }
}

/// A message of ours as the outbox leaves it when the provider took it.
pub async fn sent(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelRef,
    conversation: ConversationId,
    id: Option<&str>,
    at: DateTime<Utc>,
) -> MessageId {
    let message: MessageId = scope.id();
    on_tx!(tx, |c| sqlx::query(
        "INSERT INTO messages (workspace_id, id, conversation_id, channel_id, direction, kind, body, address, automatic, \
         origin, provider_message_id, status, occurred_at, queued_at, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, 'outbound', 'text', 'ours', '+5511987654321', FALSE, 'person', $5, 'pending', $6, $6, $6, $6)"
    )
    .bind(scope.workspace)
    .bind(message)
    .bind(conversation)
    .bind(channel.id)
    .bind(id)
    .bind(at)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    message
}

/// A text of somebody.
pub fn text(id: &str, body: &str, at: DateTime<Utc>) -> InboundMessage {
    InboundMessage {
        sender: "ours".to_owned(),
        id: id.to_owned(),
        address: "+5511987654321".to_owned(),
        user_id: None,
        name: Some("Ana".to_owned()),
        at,
        kind: InboundKind::Text,
        body: body.to_owned(),
        media: None,
        payload: None,
        reply_to: None,
        referral: None,
        group: None,
        echo: false,
        raw: json!({ "id": id }),
    }
}

/// A status of a message.
pub fn status(id: &str, status: Fared, at: DateTime<Utc>) -> StatusReport {
    StatusReport {
        sender: "ours".to_owned(),
        id: id.to_owned(),
        dispatch_id: None,
        address: None,
        status,
        at,
        price: None,
        failure: (status == Fared::Failed).then(|| NotSent {
            code: Some("131026".to_owned()),
            text: "Message undeliverable".to_owned(),
            again: rumbo_channels::Again::Never,
            scope: Reach::Message,
            bounced: true,
            opted_out: false,
        }),
        word: format!("{status:?}"),
    }
}

/// A provider of tests. Its calls are JSON: `{"key", "events": [{"message"|"status", …}]}`, signed
/// over the raw bytes in `x-signature`.
#[derive(Clone, Debug)]
pub struct Signed;

const SECRET: &[u8] = b"a secret of tests";

/// The signature of a body.
pub fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[async_trait]
impl Channel for Signed {
    fn provider(&self) -> Provider {
        Provider::WhatsappCloud
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            text: true,
            media: false,
            templates: false,
            longest_text: None,
            window_hours: Some(24),
            per_second: 80,
            per_pair_minute: None,
            statuses: true,
            reads: true,
            polls: false,
        }
    }

    async fn send(&self, message: &Outgoing<'_>) -> Outcome {
        Outcome::Accepted(Accepted {
            id: message.dispatch_id.to_owned(),
            address: None,
            held: false,
        })
    }

    async fn find(&self, _: &str, _: Option<&str>, _: &str) -> Result<Found, Error> {
        Ok(Found::Cannot)
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

    fn verify(&self, request: &WebhookRequest<'_>) -> Result<(), WebhookRefusal> {
        let said = request
            .headers
            .get("x-signature")
            .ok_or(WebhookRefusal::Unsigned)?;
        if *said == signature(request.body) {
            Ok(())
        } else {
            Err(WebhookRefusal::BadSignature)
        }
    }

    fn read(&self, request: &WebhookRequest<'_>) -> Result<Told, WebhookRefusal> {
        let value: Value = serde_json::from_slice(request.body)
            .map_err(|error| WebhookRefusal::Unreadable(error.to_string()))?;
        let word = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let mut told = Told {
            key: word(&value, "key"),
            ..Told::default()
        };
        for event in value["events"].as_array().into_iter().flatten() {
            let when = at(event["at"].as_str().unwrap_or("2026-11-20T11:00:00Z"));
            match event["kind"].as_str() {
                Some("message") => {
                    let mut message = text(&word(event, "id"), &word(event, "body"), when);
                    if let Some(address) = event["address"].as_str() {
                        address.clone_into(&mut message.address);
                    }
                    told.events.push(Event::Message(Box::new(message)));
                }
                Some("status") => {
                    let how = match event["status"].as_str() {
                        Some("sent") => Fared::Sent,
                        Some("delivered") => Fared::Delivered,
                        Some("read") => Fared::Read,
                        _ => Fared::Failed,
                    };
                    told.events
                        .push(Event::Status(status(&word(event, "id"), how, when)));
                }
                _ => told.unknown.push(event.clone()),
            }
        }
        Ok(told)
    }

    async fn poll(&self, _: Option<&str>) -> Result<Option<Polled>, Error> {
        Ok(None)
    }
}

/// Reads everything with [`Signed`], and fetches no leads.
#[derive(Clone, Copy, Debug)]
pub struct AllSigned;

#[async_trait]
impl crate::webhooks::Readers for AllSigned {
    async fn read(
        &self,
        _: &Scope,
        _: Provider,
        _: Option<ChannelId>,
        request: &WebhookRequest<'_>,
    ) -> Result<Option<Result<Told, WebhookRefusal>>> {
        Ok(Some(Signed.read(request)))
    }
}

#[async_trait]
impl crate::webhooks::LeadDesk for AllSigned {
    async fn fetch(&self, _: &Scope, _: &str, _: &str) -> Result<()> {
        Ok(())
    }
}

/// A call as it comes in.
pub fn call<'b>(
    body: &'b [u8],
    headers: &'b BTreeMap<String, String>,
    received_at: DateTime<Utc>,
) -> WebhookRequest<'b> {
    WebhookRequest {
        url: "https://example.test/crm/webhook/meta",
        content_type: "application/json",
        headers,
        body,
        received_at,
    }
}

/// What is kept of conversations and messages, without ids and without when it was stored: for
/// comparing two ways to the same state.
pub async fn state(scope: &Scope) -> Vec<String> {
    const MESSAGES: &str = "SELECT CAST(m.provider_message_id AS TEXT), m.direction, m.body, m.status, \
        CAST(m.sent_at AS TEXT), CAST(m.delivered_at AS TEXT), CAST(m.read_at AS TEXT), CAST(m.failed_at AS TEXT), \
        m.error_code, CAST(m.occurred_at AS TEXT) FROM messages m WHERE m.workspace_id = $1 ORDER BY 1, 2, 3";
    const CONVERSATIONS: &str = "SELECT c.address, c.state, c.name, CAST(c.last_message_at AS TEXT), \
        CAST(c.last_inbound_at AS TEXT), p.name, (SELECT CAST(COUNT(*) AS TEXT) FROM message_statuses s \
        WHERE s.workspace_id = $1), NULL, NULL, p.lead_source FROM conversations c \
        LEFT JOIN contacts p ON p.workspace_id = $1 AND p.id = c.contact_id \
        WHERE c.workspace_id = $1 ORDER BY 1";
    type Row = (
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let mut tx = scope.read().await.unwrap();
    let mut lines = Vec::new();
    for sql in [MESSAGES, CONVERSATIONS] {
        let rows: Vec<Row> = on_tx!(&mut tx, |c| sqlx::query_as(sql)
            .bind(scope.workspace)
            .fetch_all(c)
            .await)
        .db()
        .unwrap();
        lines.extend(rows.into_iter().map(|row| format!("{row:?}")));
    }
    lines
}
