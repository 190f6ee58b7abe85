//! The mirror between the store and a Chatwoot that the sandbox plays, which counts by itself.

mod interleaved;
mod steps;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use rumbo_base::{ChatwootLinkId, ConversationId, MessageId, Secret};
use rumbo_channels::{
    Chatwoot, Provider, WebhookRefusal, WebhookRequest, read_chatwoot, verify_chatwoot,
};
use rumbo_db::on_tx;
use rumbo_db::testing::TestDb;
use rumbo_http::HttpSettings;
use rumbo_platform::Scope;
use rumbo_sandbox::{AgentOrder, ChatwootMessage, Fault, Sandbox, SandboxConfig, Webhook};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::conversations::{ChannelRef, Received, receive};
use crate::outbox::testing::{Counting, Does, Opens};
use crate::outbox::{self, OneMessage, Origin, Purpose};
use crate::testing::{channel, scope, text};

/// A workspace that is linked to the sandbox's account, and a provider that counts.
pub(super) struct World {
    pub scope: Scope,
    pub sandbox: Sandbox,
    pub chatwoot: Chatwoot,
    pub link: ChatwootLinkId,
    pub channel: ChannelRef,
    pub provider: Arc<Counting>,
    pub secret: Secret,
    written: std::sync::atomic::AtomicU32,
}

pub(super) async fn in_both<F, Fut>(test: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    for db in [TestDb::sqlite().await, TestDb::postgres().await] {
        test(world(&db, Provider::Telegram).await).await;
    }
}

pub(super) async fn world(db: &TestDb, provider: Provider) -> World {
    let scope = scope(db).await;
    let sandbox = Sandbox::start(SandboxConfig {
        now: Some(scope.now()),
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let told = sandbox.announcement().channels["chatwoot"].clone();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let http = HttpSettings {
        call_timeout: Duration::from_secs(5),
        ..HttpSettings::default()
    };
    let token = Secret::from(text("token"));
    let chatwoot = Chatwoot::new(&text("base_url"), token, http, scope.clock.clone()).unwrap();
    let mut tx = scope.write().await.unwrap();
    let channel = channel(&mut tx, &scope, provider, "ours").await;
    let fields = LinkFields {
        base_url: text("base_url"),
        account: (told["account"].as_i64().unwrap(), "Casa Alba".to_owned()),
        inbox: (told["inbox"].as_i64().unwrap(), "Rumbo".to_owned()),
        user: (11, "Marta".to_owned()),
        pause_hours: 24,
        channels: vec![channel.id],
    };
    let link = save(&mut tx, &scope, &fields).await.unwrap();
    tx.commit().await.unwrap();
    World {
        link: link.id,
        secret: Secret::from(text("webhook_secret")),
        scope,
        sandbox,
        chatwoot,
        channel,
        provider: Counting::new(|_, _| Does::Take),
        written: std::sync::atomic::AtomicU32::new(0),
    }
}

impl World {
    pub fn later(&self, by: Duration) {
        self.scope.clock.advance(by);
        self.sandbox
            .control()
            .advance(TimeDelta::from_std(by).unwrap());
    }

    pub fn next(&self) -> u32 {
        self.written
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            + 1
    }

    /// Somebody writes; gives the conversation.
    pub async fn person_writes(&self, who: u32, body: &str) -> (ConversationId, MessageId) {
        let mut message = text(&format!("in-{}", self.next()), body, self.scope.now());
        message.address = format!("{}", 5_000_000 + who);
        message.name = Some(format!("Ana {who}"));
        let mut tx = self.scope.write().await.unwrap();
        let came = receive(&mut tx, &self.scope, self.channel, &message)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        match came {
            Received::New {
                conversation,
                message,
                ..
            } => (conversation, message),
            other => panic!("{other:?}"),
        }
    }

    /// Somebody of the business answers from here.
    pub async fn we_write(&self, conversation: ConversationId, body: &str) {
        self.plan(conversation, body, Origin::Person).await;
    }

    pub async fn plan(
        &self,
        conversation: ConversationId,
        body: &str,
        origin: Origin,
    ) -> (outbox::State, Option<outbox::Why>) {
        let mut tx = self.scope.write().await.unwrap();
        let row = crate::conversations::one(&mut tx, self.scope.workspace, conversation)
            .await
            .unwrap();
        let sender = outbox::sender(&mut tx, self.scope.workspace, self.channel.id)
            .await
            .unwrap();
        let message = OneMessage {
            origin,
            origin_id: self.scope.id(),
            sender,
            contact_id: row.contact_id.unwrap(),
            address: row.address,
            content: rumbo_channels::Content::Text {
                body: body.to_owned(),
                subject: None,
                html: None,
            },
            rendered: body.to_owned(),
            purpose: Purpose::Service,
            template: None,
            expires_at: None,
        };
        let (_, state, why) = outbox::plan_one(&mut tx, &self.scope, message)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        (state, why)
    }

    /// What is due goes out.
    pub async fn send(&self) {
        let opens = Opens(self.provider.clone());
        let timing = outbox::Timing::default();
        let stop = CancellationToken::new();
        outbox::run_once(&self.scope, &opens, &timing, &stop)
            .await
            .unwrap();
    }

    pub async fn work(&self) -> Report {
        run_once(&self.scope, &self.chatwoot, self.link, &Timing::default())
            .await
            .unwrap()
    }

    /// Works, and is killed after so many steps.
    pub async fn work_killed(&self, steps: u32) {
        let timing = Timing::default();
        let work = run_once(&self.scope, &self.chatwoot, self.link, &timing);
        let mut work = Box::pin(work);
        let mut left = steps;
        std::future::poll_fn(|cx| {
            if left == 0 {
                return std::task::Poll::Ready(());
            }
            left -= 1;
            match work.as_mut().poll(cx) {
                std::task::Poll::Ready(done) => {
                    done.unwrap();
                    std::task::Poll::Ready(())
                }
                std::task::Poll::Pending => std::task::Poll::Pending,
            }
        })
        .await;
    }

    /// Works until nothing more happens.
    pub async fn quiet(&self) {
        for _ in 0..40 {
            self.later(Duration::from_secs(3_700));
            let report = self.work().await;
            self.send().await;
            let counted = self.counted().await;
            let waits = counted.waiting + counted.replies > 0;
            if !waits && report.is_empty() && self.work().await.is_empty() {
                return;
            }
        }
        panic!("it never comes to an end");
    }

    pub fn agent(&self, conversation: i64, text: &str) -> (ChatwootMessage, Webhook) {
        self.agent_order(&AgentOrder {
            conversation,
            text: text.to_owned(),
            ..AgentOrder::default()
        })
    }

    pub fn agent_order(&self, order: &AgentOrder) -> (ChatwootMessage, Webhook) {
        self.sandbox.control().chatwoot_write(order).unwrap()
    }

    /// A webhook comes in, as the agent takes it.
    pub async fn told(&self, webhook: &Webhook) -> Result<Heard, WebhookRefusal> {
        let request = WebhookRequest {
            url: "",
            content_type: webhook.content_type,
            headers: &webhook.headers,
            body: webhook.body.as_bytes(),
            received_at: self.scope.now(),
        };
        verify_chatwoot(&self.secret, &request)?;
        let event = read_chatwoot(&request)?;
        let mut tx = self.scope.write().await.unwrap();
        let link = link_of_id(&mut tx, self.scope.workspace, self.link)
            .await
            .unwrap();
        let heard = hear(&mut tx, &self.scope, &link, &event).await.unwrap();
        tx.commit().await.unwrap();
        Ok(heard)
    }

    pub fn there(&self) -> Vec<ChatwootMessage> {
        self.sandbox.control().chatwoot_messages()
    }

    /// A call goes wrong: once, the next that fits.
    pub fn fault(&self, method: &str, path: &str, effect: Value) {
        let fault: Fault = serde_json::from_value(json!({
            "when": { "method": method, "path": format!("chatwoot/api/v1/accounts/1/{path}") },
            "then": effect,
        }))
        .unwrap();
        self.sandbox.control().add_fault(fault).unwrap();
    }

    pub async fn stored_link(&self) -> Link {
        let mut tx = self.scope.read().await.unwrap();
        link_of_id(&mut tx, self.scope.workspace, self.link)
            .await
            .unwrap()
    }

    pub async fn counted(&self) -> Backlog {
        let mut tx = self.scope.read().await.unwrap();
        backlog(&mut tx, self.scope.workspace, self.link)
            .await
            .unwrap()
    }

    /// Every message here: id, whether the person wrote it, text, and whether it came from Chatwoot.
    pub async fn here(&self) -> Vec<(MessageId, String, String)> {
        let mut tx = self.scope.read().await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT id, direction, body FROM messages WHERE workspace_id = $1 AND status <> 'pending' \
             ORDER BY occurred_at, id"
        )
        .bind(self.scope.workspace)
        .fetch_all(c)
        .await)
        .unwrap()
    }

    /// Nothing is missing and nothing is twice, on either side.
    pub async fn agrees(&self) {
        let there = self.there();
        let mut by_name: BTreeMap<String, Vec<&ChatwootMessage>> = BTreeMap::new();
        for message in &there {
            if let Some(name) = &message.source_id {
                by_name.entry(name.clone()).or_default().push(message);
            }
        }
        let twice: Vec<_> = by_name.iter().filter(|(_, all)| all.len() > 1).collect();
        assert!(twice.is_empty(), "mirrored twice: {twice:#?}");
        let agents: Vec<&ChatwootMessage> = there
            .iter()
            .filter(|it| it.source_id.is_none() && !it.private)
            .collect();
        let mut mirrored = 0;
        let mut answered = 0;
        for (id, direction, body) in self.here().await {
            let name = rumbo_channels::MessageTold::source_id_of(id);
            if let Some(found) = by_name.get(&name) {
                mirrored += 1;
                assert_eq!(found[0].content, body);
                let kind = if direction == "inbound" {
                    "incoming"
                } else {
                    "outgoing"
                };
                assert_eq!(found[0].message_type, kind);
            } else {
                answered += 1;
                let wrote = agents.iter().filter(|it| it.content == body).count();
                assert_eq!(wrote, 1, "neither mirrored nor an answer: {body}");
            }
        }
        let public = by_name.values().filter(|all| !all[0].private).count();
        assert_eq!(mirrored, public, "something is there that is not here");
        assert_eq!(answered, agents.len(), "an answer was lost or sent twice");
        assert_eq!(self.provider.twice(), 0);
        let conversations = self.sandbox.control().chatwoot_conversations();
        let ours = crate::outbox::testing::number(
            &self.scope,
            "SELECT COUNT(*) FROM conversations WHERE workspace_id = $1",
        )
        .await;
        assert_eq!(i64::try_from(conversations.len()).unwrap(), ours);
    }
}
