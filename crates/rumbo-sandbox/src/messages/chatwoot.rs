//! Chatwoot 4: the Application API of one account with two inboxes, as its controllers answer
//! (`app/controllers/api/v1` of chatwoot/chatwoot), and its signed webhooks.

mod agents;
mod told;

pub use agents::{AgentOrder, ChatwootPerson};
pub(crate) use agents::{
    all_conversations, all_messages, be, begin, delete, set_conversation, write,
};

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Webhook, Wire, secret};
use crate::app::App;
use crate::server::Reply;

pub(crate) const ACCOUNT: i64 = 1;
pub(crate) const WEBSITE: i64 = 3;
/// The one inbox into which messages of people may be written.
pub(crate) const INBOX: i64 = 7;
const USER: i64 = 11;
const ANOTHER_AGENT: i64 = 12;

/// Longest text of a message (`validates :content, length: { maximum: 150_000 }`).
const LONGEST: usize = 150_000;
const CONVERSATIONS_A_PAGE: usize = 25;
const MESSAGES_AFTER: usize = 100;
const MESSAGES_LATEST: usize = 20;

/// Everything in the account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    contacts: Vec<Contact>,
    conversations: Vec<Conversation>,
    messages: Vec<ChatwootMessage>,
    last: i64,
    /// Webhooks are not signed, as before 4.11.2.
    unsigned: bool,
    /// The token is no longer taken.
    revoked: bool,
}

#[derive(Debug, Clone)]
struct Contact {
    id: i64,
    name: String,
    identifier: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

#[derive(Debug, Clone)]
struct Conversation {
    /// Its number in the account.
    id: i64,
    inbox: i64,
    contact: i64,
    source_id: String,
    additional: Value,
    status: String,
    created_at: DateTime<Utc>,
    last_activity_at: DateTime<Utc>,
}

/// A message in the account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatwootMessage {
    pub id: i64,
    pub conversation: i64,
    /// `incoming` or `outgoing`.
    pub message_type: String,
    pub private: bool,
    pub content: String,
    /// What whoever wrote it through the API calls it.
    pub source_id: Option<String>,
    pub status: String,
    pub external_error: Option<String>,
    /// Who wrote it of the agents.
    pub author: Option<String>,
    pub at: DateTime<Utc>,
    /// Addresses of the files that go along.
    pub files: Vec<String>,
}

pub(crate) fn token(app: &App) -> String {
    secret(app, "chatwoot", 24)
}

pub(crate) fn webhook_secret(app: &App) -> String {
    secret(app, "chatwoot-webhook", 32)
}

pub(crate) fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}

fn not_found() -> Reply {
    error(404, "Resource could not be found")
}

/// `render_record_invalid`.
fn invalid(message: &str, attribute: &str) -> Reply {
    Reply::json(
        422,
        &json!({ "message": message, "attributes": [attribute] }),
    )
}

pub(super) fn answer(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    let given = wire.header("api_access_token");
    if given.is_empty() {
        let errors = json!({ "errors": ["You need to sign in or sign up before continuing."] });
        return Reply::json(401, &errors);
    }
    if given != token(app) || app.ledger().messages.chatwoot.revoked {
        return error(401, "Invalid Access Token");
    }
    let ["api", "v1", path @ ..] = wire.path.as_slice() else {
        return not_found();
    };
    match (wire.verb, path) {
        ("GET", ["profile"]) => Reply::json(
            200,
            &json!({
                "id": USER, "name": "Marta Ruiz", "available_name": "Marta", "email": "marta@casa-alba.example",
                "accounts": [{ "id": ACCOUNT, "name": "Casa Alba", "role": "administrator" }],
            }),
        ),
        (_, ["accounts", account, rest @ ..]) => {
            if account.parse() != Ok(ACCOUNT) {
                return not_found();
            }
            in_account(app, wire, rest)
        }
        _ => not_found(),
    }
}

fn in_account(app: &Arc<App>, wire: &Wire<'_>, path: &[&str]) -> Reply {
    let id = |text: &str| text.parse::<i64>().unwrap_or(-1);
    match (wire.verb, path) {
        ("GET", ["inboxes"]) => Reply::json(200, &json!({ "payload": inboxes() })),
        ("GET", ["contacts", "search"]) => search(app, wire),
        ("POST", ["contacts"]) => create_contact(app, wire),
        ("GET", ["contacts", contact, "conversations"]) => conversations_of(app, id(contact)),
        ("GET", ["conversations"]) => conversations(app, wire),
        ("POST", ["conversations"]) => create_conversation(app, wire),
        ("GET", ["conversations", conversation]) => one(app, id(conversation)),
        ("GET", ["conversations", conversation, "messages"]) => {
            messages(app, wire, id(conversation))
        }
        ("POST", ["conversations", conversation, "messages"]) => {
            create_message(app, wire, id(conversation))
        }
        ("PATCH", ["conversations", conversation, "messages", message]) => {
            set_status(app, wire, id(conversation), id(message))
        }
        _ => not_found(),
    }
}

fn inboxes() -> Value {
    json!([
        { "id": WEBSITE, "name": "Website", "channel_type": "Channel::WebWidget" },
        { "id": INBOX, "name": "Rumbo", "channel_type": "Channel::Api", "lock_to_single_conversation": false },
    ])
}

fn search(app: &App, wire: &Wire<'_>) -> Reply {
    let wanted = wire.params.get("q").unwrap_or_default().trim();
    if wanted.is_empty() {
        return error(422, "Specify search string with parameter q");
    }
    let lower = wanted.to_lowercase();
    let ledger = app.ledger();
    let found: Vec<Value> = ledger
        .messages
        .chatwoot
        .contacts
        .iter()
        .filter(|contact| {
            let has = |text: &Option<String>| {
                text.as_deref()
                    .is_some_and(|text| text.to_lowercase().contains(&lower))
            };
            contact.name.to_lowercase().contains(&lower)
                || has(&contact.identifier)
                || has(&contact.phone)
                || has(&contact.email)
        })
        .take(15)
        .map(told::contact)
        .collect();
    Reply::json(
        200,
        &json!({ "meta": { "count": found.len(), "current_page": 1 }, "payload": found }),
    )
}

fn create_contact(app: &App, wire: &Wire<'_>) -> Reply {
    let text = |name: &str| wire.text(name).map(str::to_owned);
    let (identifier, phone) = (text("identifier"), text("phone_number"));
    let email = text("email").map(|email| email.to_lowercase());
    if let Some(phone) = &phone
        && !is_e164(phone)
    {
        return invalid("Phone number should be in e164 format", "phone_number");
    }
    if let Some(email) = &email
        && !email.contains('@')
    {
        return invalid("Email Invalid email", "email");
    }
    let mut ledger = app.ledger();
    let account = &mut ledger.messages.chatwoot;
    let taken = |of: fn(&Contact) -> &Option<String>, wanted: &Option<String>| {
        wanted.is_some() && account.contacts.iter().any(|contact| of(contact) == wanted)
    };
    if taken(|contact| &contact.email, &email) {
        return invalid("Email has already been taken", "email");
    }
    if taken(|contact| &contact.identifier, &identifier) {
        return invalid("Identifier has already been taken", "identifier");
    }
    if taken(|contact| &contact.phone, &phone) {
        return invalid("Phone number has already been taken", "phone_number");
    }
    let contact = Contact {
        id: account.next(),
        name: text("name").unwrap_or_default(),
        identifier,
        phone,
        email,
    };
    let shown = told::contact(&contact);
    account.contacts.push(contact);
    Reply::json(
        200,
        &json!({ "payload": { "contact": shown, "contact_inbox": { "inbox": null, "source_id": null } } }),
    )
}

fn is_e164(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn conversations_of(app: &App, contact: i64) -> Reply {
    let ledger = app.ledger();
    let account = &ledger.messages.chatwoot;
    if !account.contacts.iter().any(|it| it.id == contact) {
        return not_found();
    }
    let found: Vec<Value> = account
        .conversations
        .iter()
        .rev()
        .filter(|it| it.contact == contact)
        .take(20)
        .map(|it| account.shown(it))
        .collect();
    Reply::json(200, &json!({ "payload": found }))
}

fn conversations(app: &App, wire: &Wire<'_>) -> Reply {
    let param = |name: &str| wire.params.get(name);
    let inbox: Option<i64> = param("inbox_id").and_then(|text| text.parse().ok());
    let status = param("status").unwrap_or("open");
    let page: usize = param("page")
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let ledger = app.ledger();
    let account = &ledger.messages.chatwoot;
    let mut found: Vec<&Conversation> = account
        .conversations
        .iter()
        .filter(|it| inbox.is_none_or(|inbox| it.inbox == inbox))
        .filter(|it| status == "all" || it.status == status)
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.last_activity_at, it.id)));
    let shown: Vec<Value> = found
        .into_iter()
        .skip(page.saturating_sub(1) * CONVERSATIONS_A_PAGE)
        .take(CONVERSATIONS_A_PAGE)
        .map(|it| account.shown(it))
        .collect();
    let meta = json!({ "all_count": account.conversations.len() });
    Reply::json(200, &json!({ "data": { "meta": meta, "payload": shown } }))
}

fn one(app: &App, conversation: i64) -> Reply {
    let ledger = app.ledger();
    let account = &ledger.messages.chatwoot;
    match account.find(conversation) {
        Some(found) => Reply::json(200, &account.shown(found)),
        None => not_found(),
    }
}

fn create_conversation(app: &App, wire: &Wire<'_>) -> Reply {
    let number = |name: &str| wire.body.get(name).and_then(Value::as_i64);
    let (Some(inbox), Some(contact)) = (number("inbox_id"), number("contact_id")) else {
        return not_found();
    };
    if ![WEBSITE, INBOX].contains(&inbox) {
        return not_found();
    }
    let now = app.clock.now();
    let conversation = {
        let mut ledger = app.ledger();
        let account = &mut ledger.messages.chatwoot;
        if !account.contacts.iter().any(|it| it.id == contact) {
            return not_found();
        }
        let id = account.next();
        let source_id = wire
            .text("source_id")
            .map_or_else(|| format!("session-{id}"), str::to_owned);
        let of_another = account
            .conversations
            .iter()
            .any(|it| it.inbox == inbox && it.source_id == source_id && it.contact != contact);
        if of_another {
            return error(422, "source_id should be unique");
        }
        let number = account.conversations.iter().map(|it| it.id).max();
        let conversation = Conversation {
            id: number.unwrap_or(0) + 1,
            inbox,
            contact,
            source_id,
            additional: wire
                .body
                .get("additional_attributes")
                .cloned()
                .unwrap_or_else(|| json!({})),
            status: wire.text("status").unwrap_or("open").to_owned(),
            created_at: now,
            last_activity_at: now,
        };
        account.conversations.push(conversation.clone());
        conversation
    };
    told::of_conversation(app, "conversation_created", &conversation);
    let ledger = app.ledger();
    Reply::json(200, &ledger.messages.chatwoot.shown(&conversation))
}

fn messages(app: &App, wire: &Wire<'_>, conversation: i64) -> Reply {
    let after: Option<i64> = wire.params.get("after").and_then(|text| text.parse().ok());
    let ledger = app.ledger();
    let account = &ledger.messages.chatwoot;
    if account.find(conversation).is_none() {
        return not_found();
    }
    let of: Vec<&ChatwootMessage> = account
        .messages
        .iter()
        .filter(|it| it.conversation == conversation)
        .collect();
    let page: Vec<Value> = match after {
        Some(after) => of
            .into_iter()
            .filter(|it| it.id > after)
            .take(MESSAGES_AFTER)
            .map(told::message)
            .collect(),
        None => of
            .iter()
            .skip(of.len().saturating_sub(MESSAGES_LATEST))
            .map(|it| told::message(it))
            .collect(),
    };
    Reply::json(200, &json!({ "meta": {}, "payload": page }))
}

fn create_message(app: &App, wire: &Wire<'_>, conversation: i64) -> Reply {
    let kind = wire.text("message_type").unwrap_or("outgoing").to_owned();
    let content = wire.text("content").unwrap_or_default().to_owned();
    let message = {
        let ledger = app.ledger();
        let Some(found) = ledger.messages.chatwoot.find(conversation) else {
            return not_found();
        };
        if kind == "incoming" && found.inbox != INBOX {
            return error(422, "Incoming messages are only allowed in Api inboxes");
        }
        if !["incoming", "outgoing"].contains(&kind.as_str()) {
            return error(422, &format!("'{kind}' is not a valid message_type"));
        }
        if content.chars().count() > LONGEST {
            return error(
                422,
                "Validation failed: Content is too long (maximum is 150000 characters)",
            );
        }
        drop(ledger);
        ChatwootMessage {
            id: 0,
            conversation,
            author: (kind == "outgoing").then(|| "Marta".to_owned()),
            message_type: kind,
            private: wire.body.get("private").and_then(Value::as_bool) == Some(true),
            content,
            source_id: wire.text("source_id").map(str::to_owned),
            status: "sent".to_owned(),
            external_error: None,
            at: app.clock.now(),
            files: Vec::new(),
        }
    };
    let (message, _) = add(app, message, false);
    let mut shown = told::message(&message);
    if let (Some(echo), Some(fields)) = (wire.text("echo_id"), shown.as_object_mut()) {
        fields.insert("echo_id".to_owned(), echo.into());
    }
    Reply::json(200, &shown)
}

/// Keeps a message, and tells of it.
fn add(app: &App, mut message: ChatwootMessage, by_automation: bool) -> (ChatwootMessage, Webhook) {
    {
        let mut ledger = app.ledger();
        let account = &mut ledger.messages.chatwoot;
        message.id = account.next();
        account.messages.push(message.clone());
        for it in &mut account.conversations {
            if it.id == message.conversation {
                it.last_activity_at = message.at;
                // A resolved conversation goes on when the person writes.
                if message.message_type == "incoming" && it.status == "resolved" {
                    "open".clone_into(&mut it.status);
                }
            }
        }
    }
    let webhook = told::of_message(app, "message_created", &message, by_automation);
    (message, webhook)
}

fn set_status(app: &App, wire: &Wire<'_>, conversation: i64, id: i64) -> Reply {
    let changed = {
        let mut ledger = app.ledger();
        let account = &mut ledger.messages.chatwoot;
        let Some(inbox) = account.find(conversation).map(|it| it.inbox) else {
            return not_found();
        };
        if inbox != INBOX {
            return error(403, "Message status update is only allowed for API inboxes");
        }
        let message = account
            .messages
            .iter_mut()
            .find(|it| it.conversation == conversation && it.id == id);
        let Some(message) = message else {
            return not_found();
        };
        let status = wire.text("status").unwrap_or_default();
        let known = ["sent", "delivered", "read", "failed"].contains(&status);
        if known && !(message.status == "read" && status == "delivered") {
            status.clone_into(&mut message.status);
            message.external_error = wire
                .text("external_error")
                .filter(|_| status == "failed")
                .map(str::to_owned);
        }
        message.clone()
    };
    told::of_message(app, "message_updated", &changed, false);
    Reply::json(200, &told::message(&changed))
}

impl Account {
    fn next(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    fn find(&self, conversation: i64) -> Option<&Conversation> {
        self.conversations.iter().find(|it| it.id == conversation)
    }

    fn shown(&self, conversation: &Conversation) -> Value {
        let contact = self
            .contacts
            .iter()
            .find(|it| it.id == conversation.contact);
        told::conversation(conversation, contact)
    }
}
