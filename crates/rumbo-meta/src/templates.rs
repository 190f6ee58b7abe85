//! WhatsApp message templates: what creating one sends to `POST /{WABA}/message_templates`, and what
//! `GET` answers.
//!
//! One flat type for every component and one for every button, because a template must be readable
//! before it is right: what Meta would refuse can be held, told about and mended. Fields without a
//! type of their own are kept as they came. Words such as `BODY` are read in either case, as Meta
//! does, and written in capitals, as it answers.

mod calls;
mod remote;
mod samples;
mod word;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

pub use calls::{
    Created, Refusal, TemplateEdit, create, delete, delete_language, edit, list, read, unpause,
    upload_sample,
};
pub use remote::{Listed, RemoteTemplate};
pub use samples::{NamedSample, Samples};
pub use word::{ButtonKind, Category, ComponentKind, HeaderFormat, OtpKind, ParameterFormat};

/// A message template.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Lower-case letters, digits and underscores; empty where it is not given.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub name: String,
    /// Meta's code, such as `es_AR`; empty where it is not given.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Positional where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_format: Option<ParameterFormat>,
    /// For how many seconds delivery is tried; -1 is 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_send_ttl_seconds: Option<i64>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub components: Vec<Component>,
    /// Fields without a type of their own, such as `id`, `status` and `quality_score`.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl Template {
    /// Whether Meta (or YCloud) answered with it: then it exists, and some of it is written as Meta
    /// writes it and not as it was sent.
    pub fn is_answer(&self) -> bool {
        self.rest.get("status").is_some_and(Value::is_string)
    }

    /// How its variables are written.
    pub fn variables_are_named(&self) -> bool {
        self.parameter_format == Some(ParameterFormat::Named)
    }
}

/// A part of a template, or of a card of its carousel. Which fields mean something depends on its
/// kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Component {
    #[serde(rename = "type", default)]
    pub kind: ComponentKind,
    /// Of a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<HeaderFormat>,
    /// Of a header, a body or a footer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
    /// Of `BUTTONS`.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub buttons: Vec<Button>,
    /// Of `CAROUSEL`.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cards: Vec<Card>,
    /// Of `LIMITED_TIME_OFFER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_time_offer: Option<LimitedTimeOffer>,
    /// Of the body of an authentication template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_security_recommendation: Option<bool>,
    /// Of the footer of an authentication template, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_expiration_minutes: Option<i64>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A card of a carousel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub components: Vec<Component>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The values that a reviewer sees in place of variables and media.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Example {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_text: Option<Samples>,
    /// What Meta's upload gave; in answers the address of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_handle: Option<Samples>,
    /// YCloud's: the address of the sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_url: Option<Samples>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub header_text_named_params: Vec<NamedSample>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_text: Option<Samples>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub body_text_named_params: Vec<NamedSample>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What runs out, and whether the message counts down to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitedTimeOffer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_expiration: Option<bool>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A button. Which fields mean something depends on its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Button {
    #[serde(rename = "type", default)]
    pub kind: ButtonKind,
    /// Its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// Of a URL its sample; of `COPY_CODE` the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Samples>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_type: Option<OtpKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autofill_text: Option<String>,
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub supported_apps: Vec<SupportedApp>,
    /// Deprecated: a single app, outside of `supported_apps`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zero_tap_terms_accepted: Option<bool>,
    #[serde(
        default,
        deserialize_with = "text_of_id",
        skip_serializing_if = "Option::is_none"
    )]
    pub flow_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_json: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub navigate_screen: Option<String>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// An Android app that may read the code by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedApp {
    #[serde(default)]
    pub package_name: String,
    #[serde(default)]
    pub signature_hash: String,
}

/// What `null` leaves out is what is not there.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Meta answers with the id of a Flow as a number, and takes text.
fn text_of_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom("an id is text")),
    }
}

#[cfg(test)]
mod tests;
