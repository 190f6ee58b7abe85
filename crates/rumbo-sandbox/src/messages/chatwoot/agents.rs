//! What happens in the account's own screens: agents write, begin conversations and end them, and
//! whoever tests looks at what is there.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::Webhook;
use super::{ChatwootMessage, Contact, Conversation, INBOX, add, told};
use crate::app::App;

/// An agent writes in the account's own screens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentOrder {
    /// The number of the conversation.
    pub conversation: i64,
    pub text: String,
    /// For agents only.
    pub private: bool,
    /// An automation writes, and not a person.
    pub by_automation: bool,
    /// An address of an image that goes along.
    pub image: Option<String>,
}

/// Every message in the account, in the order in which they were written.
pub(crate) fn all_messages(app: &App) -> Vec<ChatwootMessage> {
    app.ledger().messages.chatwoot.messages.clone()
}

/// The numbers of the conversations in the account.
pub(crate) fn all_conversations(app: &App) -> Vec<i64> {
    let ledger = app.ledger();
    let account = &ledger.messages.chatwoot;
    account.conversations.iter().map(|it| it.id).collect()
}

/// Whom an agent begins a conversation with: somebody who is there under the same number, address or
/// identifier, else somebody new.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChatwootPerson {
    pub name: String,
    pub identifier: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// An agent begins a conversation in the account's own screens; gives its number.
pub(crate) fn begin(app: &App, order: &ChatwootPerson) -> i64 {
    let now = app.clock.now();
    let conversation = {
        let mut ledger = app.ledger();
        let account = &mut ledger.messages.chatwoot;
        let same =
            |ours: &Option<String>, theirs: &Option<String>| ours.is_some() && ours == theirs;
        let known = account.contacts.iter().find(|it| {
            same(&it.identifier, &order.identifier)
                || same(&it.phone, &order.phone)
                || same(&it.email, &order.email)
        });
        let contact = match known.map(|it| it.id) {
            Some(id) => id,
            None => {
                let id = account.next();
                account.contacts.push(Contact {
                    id,
                    name: order.name.clone(),
                    identifier: order.identifier.clone(),
                    phone: order.phone.clone(),
                    email: order.email.clone(),
                });
                id
            }
        };
        // A person is called the same in all conversations of an inbox.
        let called = account
            .conversations
            .iter()
            .find(|it| it.contact == contact && it.inbox == INBOX)
            .map(|it| it.source_id.clone());
        let serial = account.next();
        let number = account.conversations.iter().map(|it| it.id).max();
        let conversation = Conversation {
            id: number.unwrap_or(0) + 1,
            inbox: INBOX,
            contact,
            source_id: called.unwrap_or_else(|| format!("5e551014-0000-4000-8000-{serial:012x}")),
            additional: json!({}),
            status: "open".to_owned(),
            created_at: now,
            last_activity_at: now,
        };
        account.conversations.push(conversation.clone());
        conversation
    };
    told::of_conversation(app, "conversation_created", &conversation);
    conversation.id
}

/// An agent writes; gives the webhook that tells of it.
pub(crate) fn write(app: &App, order: &AgentOrder) -> Result<(ChatwootMessage, Webhook), String> {
    if app
        .ledger()
        .messages
        .chatwoot
        .find(order.conversation)
        .is_none()
    {
        return Err("There is no such conversation.".to_owned());
    }
    let message = ChatwootMessage {
        id: 0,
        conversation: order.conversation,
        message_type: "outgoing".to_owned(),
        private: order.private,
        content: order.text.clone(),
        source_id: None,
        status: "sent".to_owned(),
        external_error: None,
        author: Some("Leo".to_owned()),
        at: app.clock.now(),
        files: order.image.clone().into_iter().collect(),
    };
    Ok(add(app, message, order.by_automation))
}

/// A conversation comes to another status; gives the webhook that tells of it.
pub(crate) fn set_conversation(
    app: &App,
    conversation: i64,
    status: &str,
) -> Result<Webhook, String> {
    let changed = {
        let mut ledger = app.ledger();
        let account = &mut ledger.messages.chatwoot;
        let found = account
            .conversations
            .iter_mut()
            .find(|it| it.id == conversation)
            .ok_or_else(|| "There is no such conversation.".to_owned())?;
        status.clone_into(&mut found.status);
        found.last_activity_at = app.clock.now();
        found.clone()
    };
    Ok(told::of_conversation(
        app,
        "conversation_status_changed",
        &changed,
    ))
}

/// Somebody deletes a conversation with its messages.
pub(crate) fn delete(app: &App, conversation: i64) {
    let mut ledger = app.ledger();
    let account = &mut ledger.messages.chatwoot;
    account.conversations.retain(|it| it.id != conversation);
    account
        .messages
        .retain(|it| it.conversation != conversation);
}

/// Whether webhooks are signed, and whether the token is taken.
pub(crate) fn be(app: &App, signed: bool, token_taken: bool) {
    let mut ledger = app.ledger();
    let account = &mut ledger.messages.chatwoot;
    account.unsigned = !signed;
    account.revoked = !token_taken;
}
