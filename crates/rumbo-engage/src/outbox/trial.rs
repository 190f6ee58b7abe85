//! A message to oneself, to see that a channel works: through the outbox like any other.

use rumbo_base::{Code, ContactId, DispatchId, Error, Reason, Result, TemplateId};
use rumbo_channels::{ChannelKind, Content};
use rumbo_crm::contacts::{self, ContactFields, ContactKind};
use rumbo_crm::phone;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use super::message::Message;
use super::origin::{Origin, Purpose};
use super::person::{self, Asked};
use super::plan::{OneMessage, plan_step};
use super::sender::Sender;
use super::state::State;
use super::store;
use super::why::Why;

statements! {
    KNOWN_THERE = "SELECT contact_id FROM conversations WHERE workspace_id = $1 AND channel_id = $2 AND address = $3 \
        AND contact_id IS NOT NULL";
    BY_PHONE = "SELECT id FROM contacts WHERE workspace_id = $1 AND phone = $2";
    BY_EMAIL = "SELECT id FROM contacts WHERE workspace_id = $1 AND email = $2 ORDER BY id LIMIT 1";
}

/// The step that tells a test from an answer.
pub const TEST_STEP: &str = "test";

/// What a test says: a template with the examples a reviewer saw, or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestSays {
    Template(TemplateId),
    Text {
        /// Of an e-mail.
        subject: Option<String>,
        body: String,
    },
}

/// Plans one message to an address of one's own. Guards hold as for any other; where they leave it out,
/// the answer says why. Who has the address and is no contact yet becomes one, of the kind *internal*.
///
/// # Errors
/// `InvalidInput` for an address that is none, an empty text, a template that needs what no example
/// gives; `Conflict` where the channel cannot send; `NotFound`.
pub async fn send_test(
    tx: &mut Tx,
    scope: &Scope,
    sender: Sender,
    address: &str,
    says: &TestSays,
) -> Result<(DispatchId, State, Option<Why>)> {
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
    let address = written(&sender, address)?;
    let contact_id = whose(tx, scope, &sender, &address).await?;
    let (content, rendered, purpose, template) = match says {
        TestSays::Text { subject, body } => {
            let body = body.trim();
            if body.is_empty() {
                return Err(
                    Error::new(Code::InvalidInput, "The text is missing. Enter it.")
                        .reason(Reason::ValueMissing)
                        .field("text"),
                );
            }
            let content = Content::Text {
                body: body.to_owned(),
                subject: subject.clone(),
                html: None,
            };
            (content, body.to_owned(), Purpose::Service, None)
        }
        TestSays::Template(id) => {
            let stored = super::template(tx, scope.workspace, *id)
                .await?
                .ok_or_else(|| super::gone("template"))?;
            let message = stored.with_samples()?;
            let limits = store::limits(tx, scope.workspace).await?;
            let asked = Asked {
                workspace: scope.workspace,
                sender: &sender,
                origin_id: uuid::Uuid::nil(),
                step: TEST_STEP,
                occurrence: "",
                now: scope.now(),
                limits: &limits,
            };
            let people = person::of_list(tx, &asked, &[contact_id]).await?;
            let person = people.first().ok_or_else(|| super::gone("contact"))?;
            let message = Message::Template(Box::new(message));
            let made = message
                .compose(person, sender.sends_templates())
                .map_err(|_| stored.cannot_fill())?;
            (
                made.content,
                made.rendered,
                stored.category,
                Some((stored.id, stored.version)),
            )
        }
    };
    let message = OneMessage {
        origin: Origin::Person,
        origin_id: scope.entropy.uuid(scope.now()),
        sender,
        contact_id,
        address,
        content,
        rendered,
        purpose,
        template,
        expires_at: None,
    };
    plan_step(tx, scope, message, TEST_STEP).await
}

/// The address as the channel writes it.
fn written(sender: &Sender, address: &str) -> Result<String> {
    let address = address.trim();
    match sender.kind() {
        ChannelKind::Whatsapp | ChannelKind::Sms => phone::e164(address, None),
        ChannelKind::Email => phone::email(address),
        ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => {
            Ok(address.to_owned())
        }
    }
    .map_err(|error| error.field("address"))
}

/// The contact with the address, or a new one.
async fn whose(tx: &mut Tx, scope: &Scope, sender: &Sender, address: &str) -> Result<ContactId> {
    let known: Option<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(KNOWN_THERE)
        .bind(scope.workspace)
        .bind(sender.id)
        .bind(address)
        .fetch_optional(c)
        .await)
    .db()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let (sql, fields) = match sender.kind() {
        ChannelKind::Whatsapp | ChannelKind::Sms => (
            BY_PHONE,
            ContactFields {
                phone: Some(address.to_owned()),
                ..ContactFields::default()
            },
        ),
        ChannelKind::Email => (
            BY_EMAIL,
            ContactFields {
                email: Some(address.to_owned()),
                ..ContactFields::default()
            },
        ),
        // Nobody can be written to there who has not written first.
        ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => {
            return Err(Error::new(
                Code::InvalidInput,
                "Nobody with this address has written to the channel. Write to it from your own account first, \
                 and use the address that the inbox shows then.",
            )
            .reason(Reason::AddressNeverWrote)
            .field("address"));
        }
    };
    let stored: Option<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(sql)
        .bind(scope.workspace)
        .bind(address)
        .fetch_optional(c)
        .await)
    .db()?;
    if let Some(stored) = stored {
        return Ok(stored);
    }
    let fields = ContactFields {
        kind: Some(ContactKind::Internal),
        lead_source: Some("MANUAL".to_owned()),
        ..fields
    };
    Ok(contacts::create(tx, scope, fields).await?.id)
}
