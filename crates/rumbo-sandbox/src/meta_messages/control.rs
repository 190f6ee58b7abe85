//! The switches of messages: who is told, what people write, what was accepted.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};

use super::files::{self, FileOrder};
use super::pages::instagram_of;
use super::{AcceptedMessage, Step, Way, digits, push, put};
use crate::app::App;
use crate::control::Control;
use crate::messages::{Webhook, attachments};
use crate::world::{Node, World};

/// For how long the address of a file in a page's conversation is good.
const ON_PAGE: TimeDelta = TimeDelta::days(7);

/// Where webhooks go. Addresses on this computer only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Callbacks {
    /// Of the app at Meta: WhatsApp, pages, Instagram.
    pub meta: Option<String>,
    pub ycloud: Option<String>,
    /// No WhatsApp account sends its webhooks to the app before it is subscribed by a call; else all
    /// are subscribed.
    pub unsubscribed: bool,
}

/// Somebody writes in.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IncomingOrder {
    /// `whatsapp_cloud`, `ycloud`, `messenger` or `instagram`.
    pub way: String,
    /// Phone number id, our number, page id; for Instagram the page's or the account's id.
    pub to: String,
    /// The person: a number, or an id of their own for pages.
    pub from: String,
    pub name: Option<String>,
    pub text: String,
    /// The id of the message it answers.
    pub reply_to: Option<String>,
    /// They press a quick reply of a template: its payload; `text` is its label.
    pub payload: Option<String>,
    /// The ad they came from: its id.
    pub ad_id: Option<String>,
    /// They send files, by WhatsApp one; `text` is its caption.
    pub files: Vec<FileOrder>,
}

/// Somebody stops or resumes marketing messages of a WhatsApp number.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreferenceOrder {
    /// Phone number id.
    pub to: String,
    /// The person's number.
    pub from: String,
    /// `stop` or `resume`.
    pub value: String,
}

/// How many messages were taken, and which of the caller's ids more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AcceptedCount {
    pub accepted: usize,
    /// Different ids of the caller's among them.
    pub distinct: usize,
    /// Ids that were taken more than once: messages that a person would get twice.
    pub repeated: Vec<String>,
    /// Webhook calls that were answered with 2xx.
    pub webhooks_delivered: u64,
    /// Webhook calls that nobody took, however often they were made.
    pub webhooks_lost: u64,
}

impl Control {
    /// Every message that was taken, oldest first.
    pub fn accepted_messages(&self) -> Vec<AcceptedMessage> {
        self.app.meta_messages().accepted.clone()
    }

    /// How many were taken.
    pub fn accepted_count(&self) -> AcceptedCount {
        let messages = self.app.meta_messages();
        let repeated = messages.by_our_id.iter().filter(|(_, times)| **times > 1);
        AcceptedCount {
            accepted: messages.accepted.len(),
            distinct: messages.by_our_id.len(),
            repeated: repeated.map(|(id, _)| id.clone()).collect(),
            webhooks_delivered: messages.post.delivered,
            webhooks_lost: messages.post.lost,
        }
    }

    /// Tells webhooks where to go.
    ///
    /// # Errors
    /// An address that is not on this computer.
    pub fn set_callbacks(&self, callbacks: &Callbacks) -> Result<(), String> {
        for url in [&callbacks.meta, &callbacks.ycloud].into_iter().flatten() {
            let parsed = Url::parse(url).map_err(|error| format!("{url}: {error}"))?;
            let is_here = match parsed.host() {
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                Some(Host::Domain(name)) => name == "localhost",
                None => false,
            };
            if !is_here || parsed.scheme() != "http" {
                return Err(format!(
                    "{url} is not on this computer. The sandbox calls http://127.0.0.1 and localhost only."
                ));
            }
        }
        for (provider, url) in [
            ("whatsapp_cloud", &callbacks.meta),
            ("messenger", &callbacks.meta),
            ("instagram", &callbacks.meta),
            ("ycloud", &callbacks.ycloud),
        ] {
            if let Some(url) = url {
                self.receive_at(provider, url);
            }
        }
        if callbacks.unsubscribed {
            self.app.meta_messages().subscribed.clear();
        }
        Ok(())
    }

    /// Somebody writes in: the window opens, and a webhook tells of it. Gives the message's id.
    ///
    /// # Errors
    /// There is no such way or sender.
    pub fn person_writes(&self, order: &IncomingOrder) -> Result<String, String> {
        incoming(&self.app, order).map(|(id, _)| id)
    }

    /// Somebody stops or resumes marketing messages.
    ///
    /// # Errors
    /// There is no such phone number, or the value is none of the two.
    pub fn set_preference(&self, order: &PreferenceOrder) -> Result<(), String> {
        let stops = match order.value.as_str() {
            "stop" => true,
            "resume" => false,
            _ => return Err("value is stop or resume.".to_owned()),
        };
        let sender = Sender::find(&self.app.world(), Way::WhatsappCloud, &order.to)
            .ok_or_else(|| "There is no such phone number.".to_owned())?;
        let now = self.now();
        let person = digits(&order.from);
        let mut messages = self.app.meta_messages();
        let key = (sender.waba, person.clone());
        if stops {
            messages.stopped.insert(key);
        } else {
            messages.stopped.remove(&key);
        }
        let item = json!({
            "wa_id": person,
            "detail": if stops {
                "User requested to stop marketing messages"
            } else {
                "User requested to resume marketing messages"
            },
            "category": "marketing_messages",
            "value": order.value,
            "timestamp": now.timestamp(),
        });
        let post = &mut messages.post;
        post.item(
            sender.waba,
            "user_preferences",
            &sender.id,
            "user_preferences",
            item,
            now,
        );
        Ok(())
    }
}

/// Somebody writes in by one of Meta's ways or YCloud's; gives the message's id and the webhook.
pub(crate) fn incoming(app: &App, order: &IncomingOrder) -> Result<(String, Webhook), String> {
    let way = Way::parse(&order.way)
        .ok_or_else(|| "way is whatsapp_cloud, ycloud, messenger or instagram.".to_owned())?;
    let sender = Sender::find(&app.world(), way, &order.to)
        .ok_or_else(|| "There is no such phone number or page.".to_owned())?;
    let now = app.clock.now();
    let on_page = matches!(way, Way::Messenger | Way::Instagram);
    let file = match order.files.as_slice() {
        [] => None,
        _ if on_page => None,
        [file] => {
            let at_ycloud = way == Way::Ycloud;
            Some(files::keep(app, file, &order.text, at_ycloud)?)
        }
        _ => return Err("A message of WhatsApp's carries one file.".to_owned()),
    };
    let attached: Vec<Value> = if on_page {
        attachments::keep(app, &order.files)?
            .iter()
            .map(|file| {
                let url = attachments::address(app, file.id, ON_PAGE);
                json!({ "type": attachments::word(file), "payload": { "url": url } })
            })
            .collect()
    } else {
        Vec::new()
    };
    let mut messages = app.meta_messages();
    let serial = messages.next_serial();
    let dice = app.dice.with(602).with(serial);
    let (id, told) = match way {
        Way::WhatsappCloud | Way::Ycloud => {
            let person = if order.from.contains('.') {
                order.from.clone()
            } else {
                digits(&order.from)
            };
            let id = format!("wamid.{}", dice.text(28));
            messages.note_inbound(&sender.id, &person, now);
            let mut message = whatsapp_message(order, &id);
            if let Some((kind, part)) = &file {
                if let Some(fields) = message.as_object_mut() {
                    fields.remove("text");
                }
                put(&mut message, "type", kind.clone());
                put(&mut message, kind, part.clone());
            }
            let name = order.name.as_deref().unwrap_or("Ana");
            if way == Way::WhatsappCloud {
                let mut contact = json!({ "profile": { "name": name } });
                if person.contains('.') {
                    put(&mut contact, "user_id", person.clone());
                    put(&mut message, "from_user_id", person);
                } else {
                    put(&mut contact, "wa_id", person.clone());
                    put(&mut message, "from", person);
                }
                put(&mut message, "timestamp", now.timestamp().to_string());
                let value = json!({
                    "messaging_product": "whatsapp",
                    "metadata": {
                        "display_phone_number": sender.number,
                        "phone_number_id": sender.id,
                    },
                    "contacts": [contact],
                    "messages": [message],
                });
                (id, push::of_account(sender.waba, "messages", &value, now))
            } else {
                put(&mut message, "wamid", id.clone());
                put(
                    &mut message,
                    "id",
                    format!("{:024x}", 0x6721_0000_0000_u64 + serial),
                );
                put(&mut message, "wabaId", sender.waba.to_string());
                put(&mut message, "to", sender.id);
                put(&mut message, "sendTime", now.to_rfc3339());
                put(&mut message, "customerProfile", json!({ "name": name }));
                if person.contains('.') {
                    put(&mut message, "fromUserId", person);
                } else {
                    put(&mut message, "from", format!("+{person}"));
                }
                let kind = "whatsapp.inbound_message.received";
                (
                    id,
                    push::of_ycloud(serial, kind, "whatsappInboundMessage", &message, now),
                )
            }
        }
        Way::Messenger | Way::Instagram => {
            let id = format!("m_{}", dice.text(30));
            messages.note_inbound(&sender.id, &order.from, now);
            let mut message = json!({ "mid": id });
            if !order.text.is_empty() || attached.is_empty() {
                put(&mut message, "text", order.text.clone());
            }
            if !attached.is_empty() {
                put(&mut message, "attachments", attached);
            }
            if let Some(payload) = &order.payload {
                put(&mut message, "quick_reply", json!({ "payload": payload }));
            }
            if let Some(reply) = &order.reply_to {
                put(&mut message, "reply_to", json!({ "mid": reply }));
            }
            if let Some(ad) = &order.ad_id {
                put(
                    &mut message,
                    "referral",
                    json!({ "source": "ADS", "type": "OPEN_THREAD", "ad_id": ad }),
                );
            }
            let item = json!({
                "sender": { "id": order.from },
                "recipient": { "id": sender.id },
                "timestamp": now.timestamp_millis(),
                "message": message,
            });
            (id, push::of_page(way, &sender.id, &item, now))
        }
    };
    drop(messages);
    Ok((id, push::tell(app, way, &told)))
}

/// Moves a message to another status, in its provider's word, whatever was planned for it; `None`
/// where there is no such message or word.
pub(crate) fn report(app: &App, id: &str, word: &str, code: Option<&str>) -> Option<Webhook> {
    let now = app.clock.now();
    let step = match word {
        "sent" => Step::Sent,
        "delivered" => Step::Delivered,
        "read" => Step::Read,
        "failed" => Step::Failed(code.and_then(|code| code.parse().ok()).unwrap_or(131_000)),
        _ => return None,
    };
    let mut messages = app.meta_messages();
    let serial = messages.next_serial();
    let message = AcceptedMessage {
        steps: vec![(now, step)],
        ..messages.find(id)?.clone()
    };
    drop(messages);
    let told = push::of_status(&app.world(), &message, serial, now, step)?;
    Some(push::tell(app, message.way, &told))
}

/// One of ours that people write to.
struct Sender {
    /// As its way calls it.
    id: String,
    waba: u64,
    /// The number's digits; empty for pages.
    number: String,
}

impl Sender {
    fn find(world: &World, way: Way, name: &str) -> Option<Self> {
        match way {
            Way::WhatsappCloud | Way::Ycloud => {
                let wanted = digits(name);
                // Without a name, the first there is.
                let at = world.phones.iter().position(|phone| {
                    wanted.is_empty()
                        || phone.id.to_string() == name
                        || digits(phone.number) == wanted
                })?;
                let (phone, waba) = super::cloud::phone_and_account(world, at)?;
                let id = match way {
                    Way::Ycloud => format!("+{}", digits(phone.number)),
                    _ => phone.id.to_string(),
                };
                let number = digits(phone.number);
                Some(Self { id, waba, number })
            }
            Way::Messenger | Way::Instagram => {
                let page =
                    match world.find(name) {
                        Some(Node::Page(at)) => world.pages.get(at)?.id,
                        _ => world.pages.iter().map(|page| page.id).find(|page| {
                            name.is_empty() || instagram_of(*page).to_string() == name
                        })?,
                    };
                let id = if way == Way::Instagram {
                    instagram_of(page)
                } else {
                    page
                };
                Some(Self {
                    id: id.to_string(),
                    waba: 0,
                    number: String::new(),
                })
            }
        }
    }
}

fn whatsapp_message(order: &IncomingOrder, id: &str) -> Value {
    let mut message = match &order.payload {
        Some(payload) => json!({
            "id": id,
            "type": "button",
            "button": { "payload": payload, "text": order.text },
        }),
        None => json!({ "id": id, "type": "text", "text": { "body": order.text } }),
    };
    if let Some(reply) = &order.reply_to {
        put(&mut message, "context", json!({ "id": reply }));
    }
    if let Some(ad) = &order.ad_id {
        put(
            &mut message,
            "referral",
            json!({
                "source_url": "https://fb.me/casaalba",
                "source_id": ad,
                "source_type": "ad",
                "headline": "Casa Alba",
                "body": "Muebles de madera",
                "media_type": "image",
                "ctwa_clid": format!("AfC{ad}"),
            }),
        );
    }
    message
}

/// Answers a switch of messages over HTTP; `None` where there is none of this name.
pub(crate) fn answer(
    control: &Control,
    method: &str,
    path: &str,
    body: &[u8],
) -> Option<Result<Value, String>> {
    fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, String> {
        serde_json::from_slice(body).map_err(|error| error.to_string())
    }
    Some(match (method, path) {
        ("GET", "messages/accepted") => Ok(json!({ "data": control.accepted_messages() })),
        ("GET", "messages/count") => Ok(json!(control.accepted_count())),
        ("POST", "callbacks") => read::<Callbacks>(body)
            .and_then(|callbacks| control.set_callbacks(&callbacks))
            .map(|()| json!({ "done": true })),
        ("POST", "inbound") => read::<IncomingOrder>(body)
            .and_then(|order| control.person_writes(&order))
            .map(|id| json!({ "id": id })),
        ("POST", "preferences") => read::<PreferenceOrder>(body)
            .and_then(|order| control.set_preference(&order))
            .map(|()| json!({ "done": true })),
        _ => return None,
    })
}
