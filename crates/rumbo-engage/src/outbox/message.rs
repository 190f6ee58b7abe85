//! What a plan says, read once and filled for each contact.

use std::collections::BTreeMap;

use rumbo_base::{Code, Error, Reason, Result, TemplateId, WorkspaceId};
use rumbo_channels::{
    ButtonKind, ButtonParameter, Content, MediaKind, MediaSource, TemplateParameters, TemplateSend,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_meta::templates as meta;
use sqlx::types::Json;

use super::expression::{Expression, FIELDS};
use super::origin::Purpose;
use super::person::Person;
use super::sender::Sender;

macro_rules! of_templates {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, name, language, category, parameter_format, components, state, version ",
            "FROM templates WHERE workspace_id = $1 AND deleted_at IS NULL ",
            $rest
        )
    };
}

statements! {
    TEMPLATE = of_templates!("AND id = $2");
    ALL = of_templates!("ORDER BY name, language, id");
}

/// A template as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredTemplate {
    pub id: TemplateId,
    /// The WhatsApp account it belongs to, as the provider calls it.
    pub account: String,
    pub name: String,
    pub language: String,
    #[sqlx(try_from = "String")]
    pub category: Purpose,
    parameter_format: String,
    components: Json<Vec<meta::Component>>,
    pub state: String,
    pub version: i64,
}

/// The template, if it is there.
///
/// # Errors
/// When the store cannot be read.
pub async fn template(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TemplateId,
) -> Result<Option<StoredTemplate>> {
    on_tx!(tx, |c| sqlx::query_as(TEMPLATE)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// Every template of the workspace, by name and language.
///
/// # Errors
/// When the store cannot be read.
pub async fn templates(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<StoredTemplate>> {
    on_tx!(tx, |c| sqlx::query_as(ALL)
        .bind(workspace)
        .fetch_all(c)
        .await)
    .db()
}

#[derive(Clone, Debug)]
enum Piece {
    Plain(String),
    Variable(Variable),
}

#[derive(Clone, Debug)]
struct Variable {
    /// As Meta counts it: a number or a name.
    name: String,
    /// Where the value stands among the parameters, such as `body.1`.
    key: String,
    value: Expression,
}

/// A place of a template that each message fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// `body.1`, `header.name`, `header.media`, `button.0`.
    pub key: String,
    /// What a reviewer saw in its place.
    pub sample: Option<String>,
    /// The field of contacts that it most likely is, as a text with that field; `None` where nothing
    /// says so.
    pub suggested: Option<String>,
}

/// What is said.
#[derive(Clone, Debug)]
pub enum Message {
    /// Plain text.
    Text {
        subject: Option<Expression>,
        body: Expression,
    },
    /// A template with where its variables come from.
    Template(Box<TemplateMessage>),
}

/// A template with where its variables come from.
#[derive(Clone, Debug)]
pub struct TemplateMessage {
    pub id: TemplateId,
    pub version: i64,
    pub name: String,
    pub language: String,
    pub category: Purpose,
    pub state: String,
    named: bool,
    header: Vec<Piece>,
    header_media: Option<(MediaKind, Expression)>,
    body: Vec<Piece>,
    footer: Option<String>,
    buttons: Vec<(u8, ButtonKind, Expression)>,
}

/// A message for one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Composed {
    pub content: Content,
    pub rendered: String,
}

/// A variable where it stands.
struct Spot<'a> {
    key: &'a str,
    /// The text before it.
    before: &'a str,
    sample: Option<String>,
}

/// Gives each variable of a template its expression.
type Filling<'a> = dyn FnMut(Spot<'_>) -> Result<Option<Expression>> + 'a;

/// Names that variables have for fields of contacts, in the languages that templates are written in.
const ALIASES: [(&str, &str); 22] = [
    ("nombre", "first_name"),
    ("primer_nombre", "first_name"),
    ("nome", "first_name"),
    ("primeiro_nome", "first_name"),
    ("firstname", "first_name"),
    ("customer_name", "first_name"),
    ("contact_name", "first_name"),
    ("client_name", "first_name"),
    ("nombre_completo", "name"),
    ("nome_completo", "name"),
    ("full_name", "name"),
    ("telefono", "phone"),
    ("telefone", "phone"),
    ("celular", "phone"),
    ("correo", "email"),
    ("mail", "email"),
    ("ciudad", "city"),
    ("cidade", "city"),
    ("pais", "country"),
    ("provincia", "region"),
    ("estado", "region"),
    ("idioma", "language"),
];

/// Words after which a name follows.
const GREETINGS: [&str; 14] = [
    "hola", "hi", "hello", "hey", "dear", "olá", "ola", "oi", "estimado", "estimada", "querido",
    "querida", "prezado", "prezada",
];

impl Spot<'_> {
    /// The field that it most likely is, by its name or by a greeting before it.
    fn field(&self) -> Option<&'static str> {
        let (part, name) = self.key.split_once('.')?;
        if !matches!(part, "header" | "body") {
            return None;
        }
        let name = name.to_lowercase();
        let known = FIELDS.iter().find(|field| **field == name);
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == name);
        if let Some(field) = known.copied().or_else(|| alias().map(|(_, field)| *field)) {
            return Some(field);
        }
        let last = self
            .before
            .trim_end_matches(|c: char| !c.is_alphanumeric())
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()?
            .to_lowercase();
        let counted = name.bytes().all(|byte| byte.is_ascii_digit());
        (counted && GREETINGS.contains(&last.as_str())).then_some("first_name")
    }
}

impl StoredTemplate {
    /// The text of its body, with its variables.
    pub fn body(&self) -> &str {
        self.components
            .0
            .iter()
            .find(|component| component.kind == meta::ComponentKind::Body)
            .and_then(|component| component.text.as_deref())
            .unwrap_or_default()
    }

    /// The labels of its buttons.
    pub fn buttons(&self) -> Vec<String> {
        self.components
            .0
            .iter()
            .flat_map(|component| &component.buttons)
            .filter_map(|button| button.text.clone())
            .collect()
    }

    /// Whether a sender may send it as a template: it is approved, and of the sender's own account.
    ///
    /// # Errors
    /// `InvalidInput` that says what is in the way.
    pub fn sendable_by(&self, sender: &Sender) -> Result<()> {
        if !sender.sends_templates() {
            return Ok(());
        }
        if self.state != "approved" {
            return Err(Error::new(
                Code::InvalidInput,
                format!(
                    "The template {} is not approved: it is {}. Choose one that is.",
                    self.name, self.state
                ),
            )
            .reason(Reason::TemplateNotSendable)
            .param("name", &self.name)
            .param("state", &self.state)
            .field("template_id"));
        }
        if !sender.has_templates_of(&self.account) {
            return Err(Error::new(
                Code::InvalidInput,
                format!(
                    "The template {} belongs to another WhatsApp account than the channel {}. Choose one of the channel's own.",
                    self.name, sender.name
                ),
            )
            .reason(Reason::TemplateOfOtherAccount)
            .param("name", &self.name)
            .param("channel", &sender.name)
            .field("template_id"));
        }
        Ok(())
    }

    /// What has to be filled, in the order it is read.
    ///
    /// # Errors
    /// `InvalidInput` for a template that a bulk send cannot fill, such as one with a carousel.
    pub fn needs(&self) -> Result<Vec<Need>> {
        let mut needs = Vec::new();
        self.walk(&mut |spot| {
            needs.push(Need {
                key: spot.key.to_owned(),
                suggested: spot.field().map(|field| format!("{{{field}}}")),
                sample: spot.sample,
            });
            Expression::read("").map(Some)
        })?;
        Ok(needs)
    }

    /// The template with the values of its variables. Keys without a part, such as `1`, are of the
    /// body.
    ///
    /// # Errors
    /// `InvalidInput` for a variable without a value, a value that is none of the template's, a field
    /// that contacts do not have, and for a template that cannot be filled here.
    pub fn with(&self, parameters: &BTreeMap<String, String>) -> Result<TemplateMessage> {
        let mut left: BTreeMap<String, &String> = parameters
            .iter()
            .map(|(key, value)| {
                let key = if key.contains('.') {
                    key.clone()
                } else {
                    format!("body.{key}")
                };
                (key, value)
            })
            .collect();
        let message = self.walk(&mut |Spot { key, .. }| {
            let Some(value) = left.remove(key) else {
                return Err(parameter(
                    Reason::VariableWithoutValue,
                    format!(
                        "The template's variable {key} has no value. Give it a field or a text."
                    ),
                    key,
                ));
            };
            Expression::read(value).map(Some)
        })?;
        if let Some(key) = left.keys().next() {
            return Err(parameter(
                Reason::VariableUnknown,
                format!("The template has no variable {key}."),
                key,
            ));
        }
        Ok(message)
    }

    /// The template with the examples that a reviewer saw in the place of its variables.
    ///
    /// # Errors
    /// `InvalidInput` where one has no example, such as a file in the header.
    pub fn with_samples(&self) -> Result<TemplateMessage> {
        self.walk(&mut |spot| {
            let sample = spot.sample.ok_or_else(|| self.cannot_fill())?;
            let plain = sample.replace('{', "{{").replace('}', "}}");
            Expression::read(&plain).map(Some)
        })
    }

    fn walk(&self, value: &mut Filling<'_>) -> Result<TemplateMessage> {
        let mut message = TemplateMessage {
            id: self.id,
            version: self.version,
            name: self.name.clone(),
            language: self.language.clone(),
            category: self.category,
            state: self.state.clone(),
            named: self.parameter_format.eq_ignore_ascii_case("named"),
            header: Vec::new(),
            header_media: None,
            body: Vec::new(),
            footer: None,
            buttons: Vec::new(),
        };
        for component in &self.components.0 {
            let text = component.text.as_deref().unwrap_or_default();
            match component.kind {
                meta::ComponentKind::Header => match component.format {
                    None | Some(meta::HeaderFormat::Text) => {
                        let samples = samples(component, "header");
                        message.header = pieces(text, "header", &samples, value)?;
                    }
                    Some(
                        meta::HeaderFormat::Image
                        | meta::HeaderFormat::Video
                        | meta::HeaderFormat::Document,
                    ) => {
                        let kind = match component.format {
                            Some(meta::HeaderFormat::Video) => MediaKind::Video,
                            Some(meta::HeaderFormat::Document) => MediaKind::Document,
                            _ => MediaKind::Image,
                        };
                        let spot = Spot {
                            key: "header.media",
                            before: "",
                            sample: None,
                        };
                        message.header_media = value(spot)?.map(|link| (kind, link));
                    }
                    Some(_) => return Err(self.cannot_fill()),
                },
                meta::ComponentKind::Body => {
                    let samples = samples(component, "body");
                    message.body = pieces(text, "body", &samples, value)?;
                }
                meta::ComponentKind::Footer => {
                    message.footer.clone_from(&component.text);
                }
                meta::ComponentKind::Buttons => {
                    for (index, button) in (0_u8..).zip(&component.buttons) {
                        let kind = match button.kind {
                            meta::ButtonKind::Url
                                if button.url.as_deref().is_some_and(|u| u.contains("{{")) =>
                            {
                                ButtonKind::Url
                            }
                            meta::ButtonKind::CopyCode => ButtonKind::CopyCode,
                            meta::ButtonKind::QuickReply
                            | meta::ButtonKind::PhoneNumber
                            | meta::ButtonKind::Url
                            | meta::ButtonKind::VoiceCall => continue,
                            _ => return Err(self.cannot_fill()),
                        };
                        let sample = button
                            .example
                            .as_ref()
                            .and_then(|samples| samples.values().first().cloned());
                        let spot = Spot {
                            key: &format!("button.{index}"),
                            before: "",
                            sample,
                        };
                        if let Some(filled) = value(spot)? {
                            message.buttons.push((index, kind, filled));
                        }
                    }
                }
                _ => return Err(self.cannot_fill()),
            }
        }
        Ok(message)
    }

    pub(super) fn cannot_fill(&self) -> Error {
        Error::new(
            Code::InvalidInput,
            format!(
                "The template {} has parts that cannot be filled from contacts yet. Choose one of text, picture and plain buttons.",
                self.name
            ),
        )
        .reason(Reason::TemplateNotFillable)
        .field("template_id")
        .param("name", &self.name)
    }
}

fn parameter(reason: Reason, message: String, key: &str) -> Error {
    Error::new(Code::InvalidInput, message)
        .reason(reason)
        .field("parameters")
        .param("variable", key)
}

fn samples(component: &meta::Component, part: &str) -> BTreeMap<String, String> {
    let Some(example) = &component.example else {
        return BTreeMap::new();
    };
    let (positional, named) = if part == "header" {
        (&example.header_text, &example.header_text_named_params)
    } else {
        (&example.body_text, &example.body_text_named_params)
    };
    let numbered = positional.iter().flat_map(|samples| {
        samples
            .values()
            .iter()
            .enumerate()
            .map(|(place, sample)| ((place + 1).to_string(), sample.clone()))
    });
    let by_name = named
        .iter()
        .map(|sample| (sample.param_name.clone(), sample.example.clone()));
    numbered.chain(by_name).collect()
}

/// Splits a text at its `{{variables}}`.
fn pieces(
    text: &str,
    part: &str,
    samples: &BTreeMap<String, String>,
    value: &mut Filling<'_>,
) -> Result<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, behind)) = after.split_once("}}") else {
            break;
        };
        if !before.is_empty() {
            pieces.push(Piece::Plain(before.to_owned()));
        }
        let name = inner.trim().to_owned();
        let key = format!("{part}.{name}");
        let again = pieces.iter().find_map(|piece| match piece {
            Piece::Variable(known) if known.key == key => Some(known.clone()),
            _ => None,
        });
        let variable = match again {
            Some(known) => Some(known),
            None => {
                let spot = Spot {
                    key: &key,
                    before,
                    sample: samples.get(&name).cloned(),
                };
                value(spot)?.map(|value| Variable { name, key, value })
            }
        };
        pieces.extend(variable.map(Piece::Variable));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest.to_owned()));
    }
    Ok(pieces)
}

/// Meta takes no line breaks, tabs or long runs of spaces in a parameter.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of pieces, and the value of each variable once, in the order they are read.
fn filled(pieces: &[Piece], person: &Person) -> Result<(String, Vec<(String, String)>), String> {
    let mut text = String::new();
    let mut values: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Plain(plain) => text.push_str(plain),
            Piece::Variable(variable) => {
                let value = one_line(&variable.value.fill(person)?);
                // An empty parameter is refused by Meta.
                if value.is_empty() {
                    return Err(variable.key.clone());
                }
                text.push_str(&value);
                if values.iter().all(|(name, _)| *name != variable.name) {
                    values.push((variable.name.clone(), value));
                }
            }
        }
    }
    Ok((text, values))
}

impl TemplateMessage {
    fn compose(&self, person: &Person, as_template: bool) -> Result<Composed, String> {
        let (header, header_values) = filled(&self.header, person)?;
        let (body, mut body_values) = filled(&self.body, person)?;
        if !self.named {
            body_values.sort_by_key(|(name, _)| name.parse::<u32>().unwrap_or(u32::MAX));
        }
        let parts = [Some(header), Some(body), self.footer.clone()];
        let rendered = parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n");
        if !as_template {
            let content = Content::Text {
                body: rendered.clone(),
                subject: None,
                html: None,
            };
            return Ok(Composed { content, rendered });
        }
        let header_media = match &self.header_media {
            Some((kind, link)) => {
                let url = one_line(&link.fill(person)?);
                if url.is_empty() {
                    return Err("header.media".to_owned());
                }
                Some((*kind, MediaSource::Link { url }))
            }
            None => None,
        };
        let mut buttons = Vec::new();
        for (index, kind, value) in &self.buttons {
            let value = one_line(&value.fill(person)?);
            if value.is_empty() {
                return Err(format!("button.{index}"));
            }
            buttons.push(ButtonParameter {
                index: *index,
                kind: *kind,
                value,
            });
        }
        let content = Content::Template(TemplateSend {
            name: self.name.clone(),
            language: self.language.clone(),
            parameters: TemplateParameters {
                named: self.named,
                header: header_values.into_iter().collect(),
                header_media,
                body: body_values,
                buttons,
            },
            rendered: rendered.clone(),
        });
        Ok(Composed { content, rendered })
    }
}

impl Message {
    /// A plain text.
    ///
    /// # Errors
    /// `InvalidInput` for a text that is empty or names a field that contacts do not have.
    pub fn text(subject: Option<&str>, body: &str) -> Result<Self> {
        if body.trim().is_empty() {
            return Err(
                Error::new(Code::InvalidInput, "The text is missing. Enter it.")
                    .reason(Reason::ValueMissing)
                    .field("text"),
            );
        }
        Ok(Self::Text {
            subject: subject.map(Expression::read).transpose()?,
            body: Expression::read(body)?,
        })
    }

    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        match self {
            // A text that goes out to many sells until somebody can say otherwise.
            Self::Text { .. } => Purpose::Marketing,
            Self::Template(template) => template.category,
        }
    }

    /// The message for a contact, or the field or variable that stays empty.
    pub(crate) fn compose(&self, person: &Person, as_template: bool) -> Result<Composed, String> {
        match self {
            Self::Text { subject, body } => {
                let rendered = body.fill(person)?;
                let subject = subject.as_ref().map(|s| s.fill(person)).transpose()?;
                Ok(Composed {
                    content: Content::Text {
                        body: rendered.clone(),
                        subject,
                        html: None,
                    },
                    rendered,
                })
            }
            Self::Template(template) => template.compose(person, as_template),
        }
    }
}

#[cfg(test)]
mod tests;
