//! Two versions of a template side by side: part by part, and inside of a text word by word.

use rumbo_meta::templates::{Button, Category, Component, ComponentKind, Samples, Template};
use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

use super::place::Part;

/// A part of a template that is not the same in two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct PartDifference {
    /// `template`, `header`, `body`, `footer`, `buttons`, `limited_time_offer`, `carousel` or
    /// `component`.
    pub part: String,
    /// Which card, from 0.
    pub card: Option<u32>,
    /// Which button, from 0.
    pub button: Option<u32>,
    /// What of it: `text`, `format`, `example`, `kind`, `url`, `category`, …
    pub field: String,
    /// Null where it was not there.
    pub before: Option<String>,
    /// Null where it is not there any more.
    pub after: Option<String>,
    /// The two texts in one, in order.
    pub words: Vec<WordDifference>,
}

/// Some words of a text that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct WordDifference {
    pub change: WordChange,
    pub text: String,
}

/// What became of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum WordChange {
    Same,
    Removed,
    Added,
}

/// One field of a template, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    part: &'static str,
    card: Option<u32>,
    button: Option<u32>,
    name: &'static str,
    text: String,
}

impl Field {
    fn is_same_place(&self, other: &Self) -> bool {
        (self.part, self.card, self.button, self.name)
            == (other.part, other.card, other.button, other.name)
    }
}

/// What is not the same in two templates, in the order of the later one; what is gone comes last.
pub fn compare(before: &Template, after: &Template) -> Vec<PartDifference> {
    let (was, is) = (fields(before), fields(after));
    let mut found = Vec::new();
    for field in &is {
        let old = was.iter().find(|one| one.is_same_place(field));
        if old.is_none_or(|old| old.text != field.text) {
            found.push(difference(
                field,
                old.map(|old| &old.text),
                Some(&field.text),
            ));
        }
    }
    for field in &was {
        if !is.iter().any(|one| one.is_same_place(field)) {
            found.push(difference(field, Some(&field.text), None));
        }
    }
    found
}

/// Whether two templates say and do the same, whatever their samples are: a provider answers with
/// other samples than it was sent. The category is the provider's own to change.
pub(super) fn is_same_message(one: &Template, other: &Template) -> bool {
    let told = |template: &Template| -> Vec<Field> {
        fields(template)
            .into_iter()
            .filter(|field| !matches!(field.name, "example" | "category"))
            .collect()
    };
    told(one) == told(other)
}

fn difference(field: &Field, before: Option<&String>, after: Option<&String>) -> PartDifference {
    let (old, new) = (
        before.map_or("", String::as_str),
        after.map_or("", String::as_str),
    );
    let mut words: Vec<WordDifference> = Vec::new();
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => WordChange::Same,
            ChangeTag::Delete => WordChange::Removed,
            ChangeTag::Insert => WordChange::Added,
        };
        match words.last_mut().filter(|last| last.change == kind) {
            Some(last) => last.text.push_str(change.value()),
            None => words.push(WordDifference {
                change: kind,
                text: change.value().to_owned(),
            }),
        }
    }
    PartDifference {
        part: field.part.to_owned(),
        card: field.card,
        button: field.button,
        field: field.name.to_owned(),
        before: before.cloned(),
        after: after.cloned(),
        words,
    }
}

fn fields(template: &Template) -> Vec<Field> {
    let mut found = Vec::new();
    let of_template = |name: &'static str, text: String| Field {
        part: Part::Template.word(),
        card: None,
        button: None,
        name,
        text,
    };
    if let Some(category) = template.category.as_ref().map(Category::word) {
        found.push(of_template("category", category.to_owned()));
    }
    let named = template.variables_are_named();
    let format = if named { "NAMED" } else { "POSITIONAL" };
    found.push(of_template("parameter_format", format.to_owned()));
    if let Some(seconds) = template.message_send_ttl_seconds {
        found.push(of_template("message_send_ttl_seconds", seconds.to_string()));
    }
    // The order of components means nothing to Meta; as they are shown it is always the same.
    let mut components: Vec<&Component> = template.components.iter().collect();
    components.sort_by_key(|component| place(&component.kind));
    for component in components {
        of_component(component, None, &mut found);
    }
    found
}

fn place(kind: &ComponentKind) -> u8 {
    match kind {
        ComponentKind::Header => 0,
        ComponentKind::LimitedTimeOffer => 1,
        ComponentKind::Body => 2,
        ComponentKind::Footer => 3,
        ComponentKind::Buttons => 4,
        ComponentKind::Carousel => 5,
        _ => 6,
    }
}

fn of_component(component: &Component, card: Option<u32>, found: &mut Vec<Field>) {
    let part = Part::of(&component.kind).word();
    let mut put = |name: &'static str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            found.push(Field {
                part,
                card,
                button: None,
                name,
                text,
            });
        }
    };
    put("format", component.format.as_ref().map(ToString::to_string));
    put("text", component.text.clone());
    put(
        "add_security_recommendation",
        component
            .add_security_recommendation
            .filter(|on| *on)
            .map(|on| on.to_string()),
    );
    put(
        "code_expiration_minutes",
        component.code_expiration_minutes.map(|n| n.to_string()),
    );
    if let Some(offer) = &component.limited_time_offer {
        put("text", offer.text.clone());
        put(
            "has_expiration",
            offer
                .has_expiration
                .filter(|on| *on)
                .map(|on| on.to_string()),
        );
    }
    if let Some(example) = &component.example {
        let mut samples: Vec<String> = Vec::new();
        for list in [
            &example.header_text,
            &example.header_handle,
            &example.header_url,
            &example.body_text,
        ] {
            samples.extend(list.iter().flat_map(|list| list.values().to_vec()));
        }
        for named in example
            .header_text_named_params
            .iter()
            .chain(&example.body_text_named_params)
        {
            samples.push(format!("{}: {}", named.param_name, named.example));
        }
        put("example", Some(samples.join("\n")));
    }
    for (index, button) in component.buttons.iter().enumerate() {
        of_button(button, card, u32::try_from(index).ok(), found);
    }
    for (index, of) in component.cards.iter().enumerate() {
        for inner in &of.components {
            of_component(inner, u32::try_from(index).ok(), found);
        }
    }
}

fn of_button(button: &Button, card: Option<u32>, index: Option<u32>, found: &mut Vec<Field>) {
    let mut put = |name: &'static str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            found.push(Field {
                part: Part::Buttons.word(),
                card,
                button: index,
                name,
                text,
            });
        }
    };
    put("kind", Some(button.kind.to_string()));
    put("text", button.text.clone());
    put("url", button.url.clone());
    put("phone_number", button.phone_number.clone());
    put(
        "otp_type",
        button.otp_type.as_ref().map(ToString::to_string),
    );
    put("flow_id", button.flow_id.clone());
    put("flow_action", button.flow_action.clone());
    put("navigate_screen", button.navigate_screen.clone());
    put(
        "example",
        button
            .example
            .as_ref()
            .map(Samples::values)
            .map(|values| values.join("\n")),
    );
}
