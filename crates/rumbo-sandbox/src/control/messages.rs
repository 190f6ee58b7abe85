//! The switches of messages: what was sent, who writes in, how messages fare.

use super::Control;
use crate::messages::{
    InboundOrder, SentMessage, StatusOrder, Webhook, attachments, chatwoot, evolution, telegram,
    twilio, vonage,
};
use crate::meta_messages::{self, control::IncomingOrder};

impl Control {
    /// Every message that a provider took, oldest first. One of the same dispatch twice is a duplicate
    /// that a person would have got.
    pub fn sent_messages(&self) -> Vec<SentMessage> {
        self.app.ledger().messages.sent.clone()
    }

    /// Every webhook that was made, oldest first, whether or not anybody registered for it.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.app.ledger().messages.webhooks.clone()
    }

    /// Forgets messages and webhooks.
    pub fn forget_messages(&self) {
        let mut ledger = self.app.ledger();
        ledger.messages.sent.clear();
        ledger.messages.received.clear();
        ledger.messages.attachments.clear();
        ledger.messages.webhooks.clear();
    }

    /// Sends a provider's webhooks to this address from now on.
    pub fn receive_at(&self, provider: &str, url: &str) {
        let accounts = self.app.world().wabas.iter().map(|it| it.id).collect();
        self.app.meta_messages().receive_at(provider, url, accounts);
        let mut ledger = self.app.ledger();
        ledger
            .messages
            .receivers
            .insert(provider.to_owned(), url.to_owned());
    }

    /// No provider reaches this address from now on.
    pub fn never_reach(&self, address: &str) {
        let mut ledger = self.app.ledger();
        ledger.messages.unreachable.insert(address.to_owned());
    }

    /// The person at this address asked not to be written to.
    pub fn stop_writing_to(&self, address: &str) {
        let mut ledger = self.app.ledger();
        ledger.messages.stopped.insert(address.to_owned());
    }

    /// Somebody writes in; gives the webhook that tells of it.
    ///
    /// # Errors
    /// The provider has no webhooks, or is not known.
    pub fn write_in(&self, order: &InboundOrder) -> Result<Webhook, String> {
        let app = &self.app;
        match order.provider.as_str() {
            "twilio" => Ok(twilio::inbound(
                app,
                order,
                attachments::keep(app, &order.files)?,
            )),
            "vonage" => vonage::inbound(app, order, attachments::keep(app, &order.files)?),
            "telegram" => telegram::inbound(app, order, attachments::keep(app, &order.files)?),
            "evolution" => evolution::inbound(app, order, attachments::keep(app, &order.files)?),
            "whatsapp_cloud" | "ycloud" | "messenger" | "instagram" => {
                let order = IncomingOrder {
                    way: order.provider.clone(),
                    from: order.from.clone(),
                    name: order.name.clone(),
                    text: order.text.clone(),
                    files: order.files.clone(),
                    ..IncomingOrder::default()
                };
                meta_messages::control::incoming(app, &order).map(|(_, webhook)| webhook)
            }
            other => Err(format!("Nobody writes in by \"{other}\".")),
        }
    }

    /// Moves a message to another status, in its provider's words; gives the webhook that tells of it.
    ///
    /// # Errors
    /// There is no such message, or its provider tells nothing of it.
    pub fn report(&self, order: &StatusOrder) -> Result<Webhook, String> {
        let app = &self.app;
        let sent = {
            let mut ledger = app.ledger();
            let sent = ledger
                .messages
                .sent
                .iter_mut()
                .find(|sent| sent.id == order.id)
                .ok_or_else(|| "There is no such message.".to_owned())?;
            sent.status.clone_from(&order.status);
            sent.clone()
        };
        let code = order.code.as_deref();
        match sent.provider {
            "twilio" => twilio::status(app, &sent, &order.status, code)
                .ok_or_else(|| "The message was sent without a StatusCallback.".to_owned()),
            "vonage" => Ok(vonage::status(app, &sent, &order.status, code)),
            "evolution" => Ok(evolution::status(app, &sent, &order.status)),
            "whatsapp_cloud" | "ycloud" | "messenger" | "instagram" => {
                meta_messages::control::report(app, &sent.id, &order.status, code).ok_or_else(
                    || {
                        "The status is sent, delivered, read or failed; pages tell no failure and \
                     Instagram no delivery."
                            .to_owned()
                    },
                )
            }
            other => Err(format!("\"{other}\" tells nothing of a message it took.")),
        }
    }

    /// Ends or restores the session of the paired number; gives the webhook that tells of it.
    pub fn pair(&self, open: bool) -> Webhook {
        evolution::session(&self.app, open)
    }

    /// Every message in the Chatwoot account, in the order in which they were written.
    pub fn chatwoot_messages(&self) -> Vec<chatwoot::ChatwootMessage> {
        chatwoot::all_messages(&self.app)
    }

    /// The numbers of the conversations in the Chatwoot account.
    pub fn chatwoot_conversations(&self) -> Vec<i64> {
        chatwoot::all_conversations(&self.app)
    }

    /// An agent begins a conversation with somebody in Chatwoot; gives its number.
    pub fn chatwoot_begin(&self, order: &chatwoot::ChatwootPerson) -> i64 {
        chatwoot::begin(&self.app, order)
    }

    /// An agent writes in Chatwoot; gives the message, and the webhook that tells of it.
    ///
    /// # Errors
    /// There is no such conversation.
    pub fn chatwoot_write(
        &self,
        order: &chatwoot::AgentOrder,
    ) -> Result<(chatwoot::ChatwootMessage, Webhook), String> {
        chatwoot::write(&self.app, order)
    }

    /// A conversation in Chatwoot comes to another status; gives the webhook that tells of it.
    ///
    /// # Errors
    /// There is no such conversation.
    pub fn chatwoot_set_status(&self, conversation: i64, status: &str) -> Result<Webhook, String> {
        chatwoot::set_conversation(&self.app, conversation, status)
    }

    /// Somebody deletes a conversation in Chatwoot, with its messages.
    pub fn chatwoot_delete(&self, conversation: i64) {
        chatwoot::delete(&self.app, conversation);
    }

    /// Whether Chatwoot signs its webhooks, and whether it takes the access token.
    pub fn chatwoot_is(&self, signed: bool, token_taken: bool) {
        chatwoot::be(&self.app, signed, token_taken);
    }
}
