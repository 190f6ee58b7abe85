//! The variables of a template as a contract: what each is, whether it is required, an example; and
//! what a change of the template breaks.

use rumbo_meta::templates::{
    ButtonKind, Component, ComponentKind, HeaderFormat, Samples, Template,
};
use serde::{Deserialize, Serialize};

use super::text::Scanned;

/// What a variable's value is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum VariableKind {
    #[default]
    Text,
    Phone,
    Email,
    Url,
    Datetime,
}

/// Where a variable stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum VariableAt {
    Header,
    Body,
    /// The end of a button's address.
    Button,
}

/// One variable of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct TemplateVariable {
    pub at: VariableAt,
    /// Of a carousel: which card, from 0.
    #[serde(default)]
    pub card: Option<u32>,
    /// Which button, from 0.
    #[serde(default)]
    pub button: Option<u32>,
    /// Its name; a number where variables have none.
    pub name: String,
    #[serde(default)]
    pub kind: VariableKind,
    /// Whether nothing is sent without a value of its own.
    #[serde(default = "required")]
    pub required: bool,
    /// What a reviewer sees in its place; empty where there is none.
    #[serde(default)]
    pub example: String,
}

fn required() -> bool {
    true
}

impl TemplateVariable {
    /// Whether it is the same place and name.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.at, self.card, self.button, &self.name)
            == (other.at, other.card, other.button, &other.name)
    }
}

/// What a change does to whoever fills in the variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    /// It is new, and nobody gives it a value.
    Added,
    /// It is gone: a value that is given has no place.
    Removed,
    /// Its value is of another kind.
    Kind,
    /// It must have a value now.
    Required,
}

/// A variable for which the parameters that are given now no longer fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct VariableBreak {
    pub breaks: BreakKind,
    pub variable: TemplateVariable,
}

/// The variables of a template in the order in which they are read. What somebody said of one
/// (`known`) stays while it stands in the same place under the same name.
pub fn variables(template: &Template, known: &[TemplateVariable]) -> Vec<TemplateVariable> {
    let named = template.variables_are_named();
    let mut found = Vec::new();
    for component in &template.components {
        of_component(component, named, None, &mut found);
        for (card, of) in component.cards.iter().enumerate() {
            for inner in &of.components {
                of_component(inner, named, u32::try_from(card).ok(), &mut found);
            }
        }
    }
    for variable in &mut found {
        match known.iter().find(|one| one.is_same(variable)) {
            Some(said) => {
                variable.kind = said.kind;
                variable.required = said.required;
                if variable.example.is_empty() {
                    variable.example.clone_from(&said.example);
                }
            }
            None => variable.kind = guessed(variable),
        }
    }
    found
}

/// What the values given for `before` do not serve in `after`.
pub fn breaks(before: &[TemplateVariable], after: &[TemplateVariable]) -> Vec<VariableBreak> {
    let mut found = Vec::new();
    for variable in after {
        let breaks = match before.iter().find(|one| one.is_same(variable)) {
            None => Some(BreakKind::Added),
            Some(was) if was.kind != variable.kind => Some(BreakKind::Kind),
            Some(was) if !was.required && variable.required => Some(BreakKind::Required),
            Some(_) => None,
        };
        if let Some(breaks) = breaks {
            found.push(VariableBreak {
                breaks,
                variable: variable.clone(),
            });
        }
    }
    for variable in before {
        if !after.iter().any(|one| one.is_same(variable)) {
            found.push(VariableBreak {
                breaks: BreakKind::Removed,
                variable: variable.clone(),
            });
        }
    }
    found
}

fn of_component(
    component: &Component,
    named: bool,
    card: Option<u32>,
    found: &mut Vec<TemplateVariable>,
) {
    let at = match component.kind {
        ComponentKind::Header if component.format == Some(HeaderFormat::Text) => VariableAt::Header,
        ComponentKind::Body => VariableAt::Body,
        ComponentKind::Buttons => {
            for (index, button) in component.buttons.iter().enumerate() {
                if button.kind != ButtonKind::Url {
                    continue;
                }
                let address = button.url.as_deref().unwrap_or_default();
                let example = button.example.as_ref().and_then(|it| it.values().first());
                for variable in Scanned::of(address).distinct() {
                    found.push(TemplateVariable {
                        at: VariableAt::Button,
                        card,
                        button: u32::try_from(index).ok(),
                        name: variable.inner.clone(),
                        kind: VariableKind::Text,
                        required: true,
                        example: example.cloned().unwrap_or_default(),
                    });
                }
            }
            return;
        }
        _ => return,
    };
    let example = component.example.as_ref();
    let by_name = example.map(|it| match at {
        VariableAt::Header => &it.header_text_named_params,
        _ => &it.body_text_named_params,
    });
    let in_order = example
        .and_then(|it| match at {
            VariableAt::Header => it.header_text.as_ref(),
            _ => it.body_text.as_ref(),
        })
        .map_or(&[][..], Samples::values);
    let text = component.text.as_deref().unwrap_or_default();
    for (place, variable) in Scanned::of(text).distinct().into_iter().enumerate() {
        let example = if named {
            by_name
                .and_then(|list| list.iter().find(|one| one.param_name == variable.inner))
                .map(|one| one.example.clone())
        } else {
            in_order.get(place).cloned()
        };
        found.push(TemplateVariable {
            at,
            card,
            button: None,
            name: variable.inner.clone(),
            kind: VariableKind::Text,
            required: true,
            example: example.unwrap_or_default(),
        });
    }
}

/// What a variable is likely to be, by its name and its example.
fn guessed(variable: &TemplateVariable) -> VariableKind {
    let name = variable.name.as_str();
    let example = variable.example.as_str();
    let named = |words: &[&str]| name.split('_').any(|part| words.contains(&part));
    if named(&["email", "mail", "correo"]) || (example.contains('@') && !example.contains(' ')) {
        VariableKind::Email
    } else if named(&["phone", "telefono", "telefone", "tel", "celular"]) {
        VariableKind::Phone
    } else if named(&["date", "fecha", "data", "time", "hora", "vence"]) {
        VariableKind::Datetime
    } else if variable.at != VariableAt::Button
        && (named(&["url", "link", "enlace"]) || example.starts_with("https://"))
    {
        VariableKind::Url
    } else {
        VariableKind::Text
    }
}
