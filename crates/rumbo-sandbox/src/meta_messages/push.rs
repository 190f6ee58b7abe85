//! Webhooks on their way out: what is due, in which call, signed how, and again when nobody took it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use futures::StreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{AcceptedMessage, Step, Way, fate, put, ycloud};
use crate::app::App;
use crate::messages::Webhook;
use crate::templates;
use crate::world::World;
use crate::world::message_templates::MessageTemplate;

/// Items in one call of Meta's, at most; Meta itself goes to 1,000.
const BATCH: usize = 100;
/// Calls at the same time.
const AT_ONCE: usize = 8;
/// Turns between two looks at the reviews of templates.
const REVIEW_EVERY: u32 = 20;
/// How often a call that nobody took is made again.
const TRIES: u32 = 7;

/// Something to be told.
#[derive(Debug, Clone)]
enum Notice {
    /// A change of a WhatsApp account. Items of one list can share a call.
    Account {
        waba: u64,
        field: &'static str,
        /// The sender it is about, and the list its item belongs to.
        list: Option<(String, &'static str)>,
        value: Value,
    },
    /// Something in a conversation of a page or an Instagram account.
    Page {
        way: Way,
        entry: String,
        item: Value,
    },
    /// An event of YCloud's: its type, the name of its part, and the part.
    Ycloud {
        kind: &'static str,
        part: &'static str,
        value: Value,
    },
}

/// What waits to be told, and where to.
#[derive(Debug, Default)]
pub(crate) struct Post {
    /// Where the app of Meta is told.
    pub meta: Option<String>,
    /// Where the account of YCloud is told.
    pub ycloud: Option<String>,
    queue: BTreeMap<(DateTime<Utc>, u64), Notice>,
    serial: u64,
    /// Calls that were answered with 2xx.
    pub delivered: u64,
    /// Calls that nobody took.
    pub lost: u64,
}

impl Post {
    fn add(&mut self, due: DateTime<Utc>, notice: Notice) {
        let is_heard = match notice {
            Notice::Ycloud { .. } => self.ycloud.is_some(),
            Notice::Account { .. } | Notice::Page { .. } => self.meta.is_some(),
        };
        // Nobody listens: Meta drops these too.
        if is_heard {
            self.serial += 1;
            self.queue.insert((due, self.serial), notice);
        }
    }

    /// Whether nothing waits that is due.
    pub fn is_quiet(&self, now: DateTime<Utc>) -> bool {
        self.queue.keys().next().is_none_or(|(due, _)| *due > now)
    }

    /// A change of a WhatsApp account that is told alone, such as a template's status.
    fn change(&mut self, waba: u64, field: &'static str, value: Value, now: DateTime<Utc>) {
        self.add(
            now,
            Notice::Account {
                waba,
                field,
                list: None,
                value,
            },
        );
    }

    /// What Meta, and YCloud after it, tell of a template that became another.
    pub fn template_changed(
        &mut self,
        before: &MessageTemplate,
        after: &MessageTemplate,
        now: DateTime<Utc>,
    ) {
        let named = |mut value: Value| {
            put(&mut value, "message_template_id", after.id);
            put(&mut value, "message_template_name", after.name.clone());
            put(
                &mut value,
                "message_template_language",
                after.language.clone(),
            );
            value
        };
        let mut changes: Vec<(&'static str, &'static str, Value)> = Vec::new();
        if before.status != after.status {
            changes.push((
                "message_template_status_update",
                "whatsapp.template.reviewed",
                named(json!({ "event": after.status, "reason": after.rejected_reason })),
            ));
        }
        if before.quality != after.quality {
            changes.push((
                "message_template_quality_update",
                "whatsapp.template.quality_updated",
                named(json!({
                    "previous_quality_score": before.quality,
                    "new_quality_score": after.quality,
                })),
            ));
        }
        if before.category != after.category {
            changes.push((
                "template_category_update",
                "whatsapp.template.category_updated",
                named(json!({
                    "previous_category": before.category,
                    "new_category": after.category,
                })),
            ));
        }
        for (field, kind, value) in changes {
            self.change(after.waba, field, value, now);
            let mut value = ycloud::template(after);
            put(&mut value, "updateTime", ycloud::time(now));
            if before.status != after.status {
                put(&mut value, "statusUpdateEvent", after.status.clone());
            }
            self.event(kind, "whatsappTemplate", value, now);
        }
    }

    /// One item of a list of a WhatsApp number's: a message, a preference.
    pub fn item(
        &mut self,
        waba: u64,
        field: &'static str,
        sender: &str,
        list: &'static str,
        value: Value,
        now: DateTime<Utc>,
    ) {
        self.add(
            now,
            Notice::Account {
                waba,
                field,
                list: Some((sender.to_owned(), list)),
                value,
            },
        );
    }

    /// Where a provider is told from now on.
    pub fn receive_at(&mut self, provider: &str, url: &str) {
        match provider {
            "ycloud" => self.ycloud = Some(url.to_owned()),
            _ => self.meta = Some(url.to_owned()),
        }
    }

    /// Something in a page's conversation.
    pub fn page(&mut self, way: Way, entry: &str, item: Value, now: DateTime<Utc>) {
        let entry = entry.to_owned();
        self.add(now, Notice::Page { way, entry, item });
    }

    /// An event of YCloud's.
    pub fn event(
        &mut self,
        kind: &'static str,
        part: &'static str,
        value: Value,
        now: DateTime<Utc>,
    ) {
        self.add(now, Notice::Ycloud { kind, part, value });
    }

    /// One step of a message.
    pub(super) fn status(&mut self, message: &AcceptedMessage, due: DateTime<Utc>, step: Step) {
        match message.way {
            Way::WhatsappCloud => {
                let (waba, sender) = (message.waba, message.sender.clone());
                let value = status_item(message, due, step);
                self.item(waba, "messages", &sender, "statuses", value, due);
            }
            Way::Ycloud => {
                let value = ycloud::shown(message, due);
                self.event("whatsapp.message.updated", "whatsappMessage", value, due);
            }
            Way::Messenger | Way::Instagram => {
                if let Some(item) = receipt(message, due, step) {
                    self.page(message.way, &message.sender, item, due);
                }
            }
        }
    }
}

fn status_item(message: &AcceptedMessage, due: DateTime<Utc>, step: Step) -> Value {
    let word = match step {
        Step::Sent => "sent",
        Step::Delivered => "delivered",
        Step::Read => "read",
        Step::Failed(_) => "failed",
    };
    let mut item = json!({
        "id": message.wamid,
        "status": word,
        "timestamp": due.timestamp().to_string(),
        "recipient_id": message.wa_id,
    });
    if let Some(ours) = &message.our_id {
        put(&mut item, "biz_opaque_callback_data", ours.clone());
    }
    match step {
        Step::Sent | Step::Delivered => {
            put(
                &mut item,
                "pricing",
                json!({
                    "billable": message.template.is_some(),
                    "pricing_model": "PMP",
                    "type": if message.template.is_some() { "regular" } else { "free_customer_service" },
                    "category": message.category,
                }),
            );
        }
        Step::Read => {}
        Step::Failed(code) => put(&mut item, "errors", json!([error(code)])),
    }
    item
}

/// A failure as statuses have it.
pub(super) fn error(code: i64) -> Value {
    let (title, details) = fate::words(code);
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": { "details": details },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    })
}

/// What a page is told of a message of its own; Instagram tells no delivery.
fn receipt(message: &AcceptedMessage, due: DateTime<Utc>, step: Step) -> Option<Value> {
    let at = due.timestamp_millis();
    let by = |from: &str, to: &str, key: &str, part: Value| {
        json!({
            "sender": { "id": from },
            "recipient": { "id": to },
            "timestamp": at,
            key: part,
        })
    };
    let (page, person) = (message.sender.as_str(), message.to.as_str());
    match (step, message.way) {
        (Step::Sent, _) => {
            let mut echo = json!({ "mid": message.id, "is_echo": true, "text": message.text });
            if let Some(ours) = &message.our_id {
                put(&mut echo, "metadata", ours.clone());
            }
            Some(by(page, person, "message", echo))
        }
        (Step::Delivered, Way::Messenger) => {
            let delivery = json!({ "mids": [message.id], "watermark": at });
            Some(by(person, page, "delivery", delivery))
        }
        (Step::Read, Way::Messenger) => Some(by(person, page, "read", json!({ "watermark": at }))),
        (Step::Read, Way::Instagram) => {
            Some(by(person, page, "read", json!({ "mid": message.id })))
        }
        _ => None,
    }
}

/// One call.
#[derive(Debug, Clone)]
struct Call {
    url: String,
    body: String,
    is_ycloud: bool,
}

/// Takes what is due and makes calls of it.
fn due_calls(app: &App) -> Vec<Call> {
    let now = app.clock.now();
    let numbers: BTreeMap<String, String> = app
        .world()
        .phones
        .iter()
        .map(|phone| (phone.id.to_string(), super::digits(phone.number)))
        .collect();
    let mut messages = app.meta_messages();
    let mut taken = Vec::new();
    while taken.len() < BATCH * AT_ONCE
        && let Some(first) = messages.post.queue.first_entry()
        && first.key().0 <= now
    {
        taken.push((first.key().0, first.remove()));
    }
    let subscribed = messages.subscribed.clone();
    let post = &mut messages.post;
    let mut calls = Vec::new();
    // Items of the same list in one call, in the order in which they are due.
    let mut lists: Vec<(u64, &'static str, String, &'static str, Vec<Value>)> = Vec::new();
    for (due, notice) in taken {
        match notice {
            Notice::Account { waba, .. } if !subscribed.contains(&waba) => {}
            Notice::Account {
                waba,
                field,
                list: Some((sender, name)),
                value,
            } => {
                let open = lists.iter_mut().find(|it| {
                    (it.0, it.1, it.2.as_str(), it.3) == (waba, field, sender.as_str(), name)
                        && it.4.len() < BATCH
                });
                match open {
                    Some(list) => list.4.push(value),
                    None => lists.push((waba, field, sender, name, vec![value])),
                }
            }
            Notice::Account {
                waba, field, value, ..
            } => {
                if let Some(url) = &post.meta {
                    calls.push(account_call(url, waba, field, &value, now));
                }
            }
            Notice::Page { way, entry, item } => {
                if let Some(url) = &post.meta {
                    calls.push(Call {
                        url: url.clone(),
                        body: of_page(way, &entry, &item, due),
                        is_ycloud: false,
                    });
                }
            }
            Notice::Ycloud { kind, part, value } => {
                post.serial += 1;
                if let Some(url) = &post.ycloud {
                    calls.push(Call {
                        url: url.clone(),
                        body: of_ycloud(post.serial, kind, part, &value, due),
                        is_ycloud: true,
                    });
                }
            }
        }
    }
    for (waba, field, sender, name, items) in lists {
        let Some(url) = &post.meta else { continue };
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": numbers.get(&sender),
                "phone_number_id": sender,
            },
            name: items,
        });
        calls.push(account_call(url, waba, field, &value, now));
    }
    calls
}

fn account_call(url: &str, waba: u64, field: &str, value: &Value, now: DateTime<Utc>) -> Call {
    Call {
        url: url.to_owned(),
        body: of_account(waba, field, value, now),
        is_ycloud: false,
    }
}

/// The body that tells a change of a WhatsApp account.
pub(super) fn of_account(waba: u64, field: &str, value: &Value, at: DateTime<Utc>) -> String {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": waba.to_string(),
            "time": at.timestamp(),
            "changes": [{ "field": field, "value": value }],
        }],
    })
    .to_string()
}

/// The body that tells something of a page's conversation.
pub(super) fn of_page(way: Way, entry: &str, item: &Value, at: DateTime<Utc>) -> String {
    let object = if way == Way::Instagram {
        "instagram"
    } else {
        "page"
    };
    json!({
        "object": object,
        "entry": [{ "id": entry, "time": at.timestamp_millis(), "messaging": [item] }],
    })
    .to_string()
}

/// The body of an event of YCloud's.
pub(super) fn of_ycloud(
    serial: u64,
    kind: &str,
    part: &str,
    value: &Value,
    at: DateTime<Utc>,
) -> String {
    json!({
        "id": format!("evt_{serial:020x}"),
        "type": kind,
        "apiVersion": "v2",
        "createTime": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        part: value,
    })
    .to_string()
}

/// The body that tells one step of a message; `None` where the way tells none.
pub(super) fn of_status(
    world: &World,
    message: &AcceptedMessage,
    serial: u64,
    at: DateTime<Utc>,
    step: Step,
) -> Option<String> {
    Some(match message.way {
        Way::WhatsappCloud => {
            let number = world
                .phones
                .iter()
                .find(|phone| phone.id.to_string() == message.sender)
                .map(|phone| super::digits(phone.number));
            let value = json!({
                "messaging_product": "whatsapp",
                "metadata": {
                    "display_phone_number": number,
                    "phone_number_id": message.sender,
                },
                "statuses": [status_item(message, at, step)],
            });
            of_account(message.waba, "messages", &value, at)
        }
        Way::Ycloud => {
            let value = ycloud::shown(message, at);
            of_ycloud(
                serial,
                "whatsapp.message.updated",
                "whatsappMessage",
                &value,
                at,
            )
        }
        Way::Messenger | Way::Instagram => of_page(
            message.way,
            &message.sender,
            &receipt(message, at, step)?,
            at,
        ),
    })
}

/// A webhook of its own, kept for the list of webhooks and sent on its way.
pub(super) fn tell(app: &App, way: Way, body: &str) -> Webhook {
    let (url, pushed) = app.receiver(way.word());
    let call = Call {
        url: url.clone(),
        body: body.to_owned(),
        is_ycloud: way == Way::Ycloud,
    };
    let (name, value) = signature(app, &call);
    app.tell(Webhook {
        provider: way.word(),
        url,
        pushed,
        content_type: "application/json",
        headers: BTreeMap::from([(name.to_owned(), value)]),
        body: call.body,
    })
}

/// The HMAC-SHA256 of bytes, as hex.
fn signed(secret: &str, parts: &[&[u8]]) -> String {
    // HMAC takes keys of any length.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            for part in parts {
                mac.update(part);
            }
            hex::encode(mac.finalize().into_bytes())
        },
    )
}

/// The header that proves who calls.
fn signature(app: &App, call: &Call) -> (&'static str, String) {
    if call.is_ycloud {
        let time = app.clock.now().timestamp().to_string();
        let secret = &app.ycloud_webhook_secret;
        let signed = signed(secret, &[time.as_bytes(), b".", call.body.as_bytes()]);
        ("ycloud-signature", format!("t={time},s={signed}"))
    } else {
        let signed = signed(&app.secret, &[call.body.as_bytes()]);
        ("x-hub-signature-256", format!("sha256={signed}"))
    }
}

async fn deliver(app: &App, client: &reqwest::Client, call: Call) {
    let copies = app.ledger().switches.webhook_copies.max(1);
    for _ in 0..copies {
        let mut wait = Duration::from_millis(100);
        let mut taken = false;
        for _ in 0..TRIES {
            let (name, value) = signature(app, &call);
            let answer = client
                .post(&call.url)
                .header("content-type", "application/json")
                .header(name, value)
                .body(call.body.clone())
                .send()
                .await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                taken = true;
                break;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        let mut messages = app.meta_messages();
        if taken {
            messages.post.delivered += 1;
        } else {
            messages.post.lost += 1;
        }
    }
}

/// Tells what is due, for as long as the sandbox runs.
pub(crate) async fn run(app: Arc<App>) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the sandbox is a program of its own at the edge and depends on no other crate"
    )]
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .build();
    let Ok(client) = client else {
        tracing::warn!("the sandbox tells nobody: no client could be made");
        return;
    };
    let mut turn = 0_u32;
    loop {
        // Reviews end by themselves, whether or not anybody asks.
        turn = turn.wrapping_add(1);
        if turn.is_multiple_of(REVIEW_EVERY) {
            templates::settle(&app, &app.world(), app.clock.now());
        }
        let calls = if app.meta_messages().post.is_quiet(app.clock.now()) {
            Vec::new()
        } else {
            due_calls(&app)
        };
        if calls.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
        futures::stream::iter(calls)
            .for_each_concurrent(AT_ONCE, |call| deliver(&app, &client, call))
            .await;
    }
}
