//! Opening a channel, and what each provider needs for it.

use std::sync::Arc;

use rumbo_base::{Clock, Error};
use rumbo_http::HttpSettings;

use crate::evolution::Evolution;
use crate::instagram::Instagram;
use crate::messenger::Messenger;
use crate::smtp::Smtp;
use crate::telegram::Telegram;
use crate::twilio::Twilio;
use crate::vonage::Vonage;
use crate::whatsapp_cloud::WhatsappCloud;
use crate::ycloud::Ycloud;
use crate::{Channel, ChannelSettings, Provider};

/// Opens the channel that a stored row and its secrets describe. Nothing is called yet.
///
/// # Errors
/// `InvalidInput` that names what is missing or cannot be used.
pub fn open(
    settings: &ChannelSettings,
    http: HttpSettings,
    clock: Clock,
) -> Result<Arc<dyn Channel>, Error> {
    Ok(match settings.provider {
        Provider::Evolution => Arc::new(Evolution::new(settings, http, clock)?),
        Provider::Twilio => Arc::new(Twilio::new(settings, http, clock)?),
        Provider::Vonage => Arc::new(Vonage::new(settings, http, clock)?),
        Provider::Telegram => Arc::new(Telegram::new(settings, http, clock)?),
        Provider::Smtp => Arc::new(Smtp::new(settings, http, clock)?),
        Provider::WhatsappCloud => Arc::new(WhatsappCloud::new(settings, http, clock)?),
        Provider::Ycloud => Arc::new(Ycloud::new(settings, http, clock)?),
        Provider::Messenger => Arc::new(Messenger::new(settings, http, clock)?),
        Provider::Instagram => Arc::new(Instagram::new(settings, http, clock)?),
    })
}

/// What a provider needs to be opened: what a form asks for, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The address of one's own server has to be entered.
    pub base_url: bool,
    /// The provider calls the sender by another name (`sender_id`).
    pub sender_id: bool,
    /// Settings that are no secret, and whether each is required.
    pub settings: &'static [(&'static str, bool)],
    /// Secrets, and whether each is required.
    pub secrets: &'static [(&'static str, bool)],
}

/// What a provider needs.
pub fn needs(provider: Provider) -> Needs {
    let (base_url, sender_id, settings, secrets): (bool, bool, &'static [_], &'static [_]) =
        match provider {
            Provider::WhatsappCloud => (
                false,
                true,
                &[("account", false)],
                &[("token", true), ("app_secret", false)],
            ),
            Provider::Ycloud => (
                false,
                false,
                &[("account", false)],
                &[("token", true), ("webhook_secret", false)],
            ),
            Provider::Evolution => (
                true,
                true,
                &[],
                &[("token", true), ("webhook_secret", false)],
            ),
            Provider::Twilio => (
                false,
                false,
                &[
                    ("account", true),
                    ("messaging_service", false),
                    ("status_callback", false),
                ],
                &[("token", true)],
            ),
            Provider::Vonage => (
                false,
                false,
                &[("account", true), ("status_callback", false)],
                &[("token", true), ("webhook_secret", false)],
            ),
            Provider::Telegram => (
                false,
                false,
                &[],
                &[("token", true), ("webhook_secret", false)],
            ),
            Provider::Smtp => (
                false,
                false,
                &[
                    ("host", true),
                    ("port", false),
                    ("security", false),
                    ("user", false),
                    ("reply_to", false),
                    ("subject", false),
                    ("unsubscribe", false),
                ],
                &[("password", false)],
            ),
            Provider::Messenger | Provider::Instagram => {
                (false, true, &[], &[("token", true), ("app_secret", false)])
            }
        };
    Needs {
        base_url,
        sender_id,
        settings,
        secrets,
    }
}

/// What to subscribe to at a provider, by its own names: what [`crate::Channel::read`] understands. Empty
/// where the provider tells everything, or nothing.
pub fn webhook_fields(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::WhatsappCloud => &[
            "messages",
            "message_template_status_update",
            "message_template_quality_update",
            "template_category_update",
            "message_template_components_update",
            "user_preferences",
            "smb_message_echoes",
        ],
        Provider::Messenger => &[
            "messages",
            "messaging_postbacks",
            "message_deliveries",
            "message_reads",
            "message_echoes",
            "leadgen",
        ],
        Provider::Instagram => &["messages", "messaging_postbacks", "messaging_seen"],
        Provider::Ycloud => &[
            "whatsapp.message.updated",
            "whatsapp.inbound_message.received",
            "whatsapp.smb.message.created",
            "whatsapp.template.reviewed",
            "whatsapp.template.quality_updated",
            "whatsapp.template.category_updated",
            "whatsapp.user.preferences",
            "contact.unsubscribe.created",
            "contact.unsubscribe.deleted",
        ],
        Provider::Evolution => &[
            "MESSAGES_UPSERT",
            "MESSAGES_UPDATE",
            "SEND_MESSAGE",
            "CONNECTION_UPDATE",
            "QRCODE_UPDATED",
        ],
        Provider::Telegram => &["message", "callback_query", "my_chat_member"],
        Provider::Twilio | Provider::Vonage | Provider::Smtp => &[],
    }
}
