//! What a message says, before a provider's own form of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is sent. It is stored whole with the dispatch, so its form is a stored form: fields are added,
/// never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Plain text. `subject` only where the channel has one (e-mail).
    Text {
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// The same as HTML, only where the channel has it (e-mail).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        html: Option<String>,
    },
    /// A file with an optional caption.
    Media {
        kind: MediaKind,
        source: MediaSource,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file_name: Option<String>,
    },
    /// A WhatsApp message template with its parameters.
    Template(TemplateSend),
}

/// Kinds of files a message can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Video,
    Audio,
    Document,
    Sticker,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum MediaSource {
    /// A public https address.
    Link { url: String },
    /// What the provider gave when it was uploaded.
    Uploaded { id: String },
}

/// A template as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSend {
    pub name: String,
    /// Meta's code, with an underscore: `es_MX`.
    pub language: String,
    pub parameters: TemplateParameters,
    /// The text as the person will read it, for channels that have no templates and for the
    /// conversation.
    pub rendered: String,
}

/// What fills the variables of a template. Positional variables are named by their number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateParameters {
    /// Whether the template's variables have names; decides the form Meta is sent.
    #[serde(default)]
    pub named: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_media: Option<(MediaKind, MediaSource)>,
    /// In the order of the template; a map would sort 10 before 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<(String, String)>,
    /// By the button's index: the end of its address, the payload of its reply, or the coupon code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonParameter>,
}

/// What one button is sent with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonParameter {
    pub index: u8,
    pub kind: ButtonKind,
    pub value: String,
}

/// Buttons that take a parameter when they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    Url,
    QuickReply,
    CopyCode,
    Flow,
}
