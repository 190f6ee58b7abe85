//! The files that templates come in: one template, a list of them, what Meta or YCloud answers, what
//! Rumbo itself shows of one, or templates under names; and how each is written again.

use rumbo_meta::templates::Template;
use serde_json::{Map, Value};

/// Field names of YCloud's envelope, and Meta's for the same. What is inside components they write
/// alike.
const YCLOUD: [(&str, &str); 1] = [("messageSendTtlSeconds", "message_send_ttl_seconds")];

/// Templates as they stood in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    templates: Vec<Held>,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq)]
struct Held {
    template: Template,
    from_ycloud: bool,
}

/// What stands around the templates.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    One,
    List,
    /// A page of an answer: the field that holds the list, and the others.
    Page(&'static str, Map<String, Value>),
    /// Each under a name.
    Named(Vec<String>),
}

/// Why a file holds no templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON: what is wrong, and on which line and column.
    NotJson {
        why: String,
        line: usize,
        column: usize,
    },
    /// It is JSON of something else.
    NotTemplates,
    /// A field holds something else than it should: which, and what is wrong with it.
    Field { pointer: String, why: String },
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Unreadable`] when it holds no templates.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let value: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
                Unreadable::NotJson {
                    why: without_place(&error.to_string()),
                    line: error.line(),
                    column: error.column(),
                }
            })?;
        match value {
            Value::Array(values) => Self::list(values, "", Shape::List),
            Value::Object(mut fields) => {
                // What `rumbo templates show --json` wrote: the template is the text in it.
                if fields.contains_key("row")
                    && let Some(Value::String(inside)) = fields.get("template")
                {
                    return Self::read(inside);
                }
                for field in ["data", "items"] {
                    if let Some(Value::Array(values)) = fields.get_mut(field).map(Value::take) {
                        fields.remove(field);
                        return Self::list(
                            values,
                            &format!("/{field}"),
                            Shape::Page(field, fields),
                        );
                    }
                }
                if is_template(&fields) {
                    return Ok(Self {
                        templates: vec![held(Value::Object(fields), "")?],
                        shape: Shape::One,
                    });
                }
                let named = !fields.is_empty()
                    && fields
                        .values()
                        .all(|value| value.as_object().is_some_and(is_template));
                if !named {
                    return Err(Unreadable::NotTemplates);
                }
                let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
                let templates = names
                    .iter()
                    .zip(values)
                    .map(|(name, value)| held(value, &format!("/{}", escaped(name))))
                    .collect::<Result<_, _>>()?;
                Ok(Self {
                    templates,
                    shape: Shape::Named(names),
                })
            }
            _ => Err(Unreadable::NotTemplates),
        }
    }

    fn list(values: Vec<Value>, at: &str, shape: Shape) -> Result<Self, Unreadable> {
        let all = values
            .iter()
            .all(|value| value.as_object().is_some_and(is_template));
        if !all {
            return Err(Unreadable::NotTemplates);
        }
        let templates = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| held(value, &format!("{at}/{index}")))
            .collect::<Result<_, _>>()?;
        Ok(Self { templates, shape })
    }

    /// The templates, in order.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.templates.iter().map(|held| &held.template)
    }

    /// The same file with other templates in the same places.
    #[must_use]
    pub fn with(&self, templates: Vec<Template>) -> Self {
        let templates = self
            .templates
            .iter()
            .zip(templates)
            .map(|(held, template)| Held {
                template,
                from_ycloud: held.from_ycloud,
            })
            .collect();
        Self {
            templates,
            shape: self.shape.clone(),
        }
    }

    /// The file as JSON.
    pub fn to_json(&self) -> Value {
        let mut values = self.templates.iter().map(written).collect::<Vec<_>>();
        match &self.shape {
            Shape::One => values.pop().unwrap_or_default(),
            Shape::List => Value::Array(values),
            Shape::Page(field, others) => {
                let mut fields = others.clone();
                fields.insert((*field).to_owned(), Value::Array(values));
                Value::Object(fields)
            }
            Shape::Named(names) => names.iter().cloned().zip(values).collect(),
        }
    }
}

/// An object that could be a template: it has its parts, or at least says what it is.
fn is_template(fields: &Map<String, Value>) -> bool {
    fields.contains_key("components")
        || (fields.contains_key("name")
            && (fields.contains_key("language") || fields.contains_key("category")))
}

fn held(value: Value, at: &str) -> Result<Held, Unreadable> {
    let mut value = value;
    let mut from_ycloud = false;
    if let Value::Object(fields) = &mut value {
        from_ycloud = fields.contains_key("wabaId");
        for (theirs, ours) in YCLOUD {
            if let Some(found) = fields.remove(theirs) {
                from_ycloud = true;
                fields.insert(ours.to_owned(), found);
            }
        }
    }
    let template = serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = at.to_owned();
        for segment in error.path() {
            pointer.push('/');
            pointer.push_str(&escaped(&segment.to_string().replace(['[', ']'], "")));
        }
        Unreadable::Field {
            pointer,
            why: without_place(&error.inner().to_string()),
        }
    })?;
    Ok(Held {
        template,
        from_ycloud,
    })
}

fn written(held: &Held) -> Value {
    let mut value = serde_json::to_value(&held.template).unwrap_or_default();
    if held.from_ycloud
        && let Value::Object(fields) = &mut value
    {
        for (theirs, ours) in YCLOUD {
            if let Some(found) = fields.remove(ours) {
                fields.insert(theirs.to_owned(), found);
            }
        }
    }
    value
}

/// A name inside a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What the parser says, without where: that is told beside it.
fn without_place(said: &str) -> String {
    match said.rfind(" at line ") {
        Some(end) => said.get(..end).unwrap_or(said).to_owned(),
        None => said.to_owned(),
    }
}
