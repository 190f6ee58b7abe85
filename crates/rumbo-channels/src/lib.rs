//! One way to reach people, whatever the provider (SPEC H1): [`Channel`] sends, asks how a message
//! fared, reads what a provider's webhook says, and tells what it can. Every provider passes the same
//! conformance tests against the sandbox.
//!
//! Nothing here keeps anything: no database, no clock of its own. What was sent and what came back
//! belongs to `rumbo-engage`.

mod asked;
mod base64_field;
mod channel;
mod chatwoot;
mod codes;
mod content;
mod event;
mod evolution;
mod instagram;
mod json;
mod jwt;
mod media;
mod messenger;
mod meta;
mod open;
mod provider;
mod refusal;
mod rule;
mod settings;
mod smtp;
mod telegram;
mod template_account;
mod trouble;
mod twilio;
mod vonage;
mod whatsapp;
mod whatsapp_cloud;
mod wire;
mod ycloud;

pub use channel::{
    Accepted, Capabilities, Channel, ChannelSettings, Found, Outgoing, Polled, Standing,
};
pub use chatwoot::{
    CONVERSATIONS_A_PAGE, Chatwoot, ChatwootAccount, ChatwootContact, ChatwootEvent,
    ChatwootFailure, ChatwootInbox, ChatwootProfile, ChatwootResult, ConversationTold,
    MESSAGES_A_PAGE, MessageTold, NewContact, NewMessage, Reply, ReplyFile,
    address as chatwoot_address, chatwoot_page, read_chatwoot, verify_chatwoot,
};
pub use content::{
    ButtonKind, ButtonParameter, Content, MediaKind, MediaSource, TemplateParameters, TemplateSend,
};
pub use event::{
    Event, Fared, InboundKind, InboundMedia, InboundMessage, Price, Referral, StatusReport,
    TemplateChange, TemplateEvent, Told, WebhookRefusal, WebhookRequest,
};
pub use instagram::Instagram;
pub use media::{FetchedMedia, MediaFailure, largest_file};
pub use messenger::Messenger;
pub use meta::webhook::{read_meta, verify_meta};
pub use open::{Needs, needs, open, webhook_fields};
pub use provider::{ChannelKind, Provider};
pub use refusal::{Again, NotSent, Outcome, Scope};
pub use template_account::{MetaTemplates, TemplateAccount, TemplateFailure, TemplateKey};
pub use trouble::{Trouble, TroubleKind};
pub use whatsapp_cloud::WhatsappCloud;
pub use ycloud::{Ycloud, read_ycloud};
