//! A template as an answer to one person: filled as bulk sends fill it, sent as answers are.

use std::collections::BTreeMap;

use rumbo_base::{Code, ContactId, Error, Reason, Result};
use uuid::Uuid;

use super::expression::Expression;
use super::message::{Message, Need, StoredTemplate};
use super::origin::Origin;
use super::person::Person;
use super::plan::OneMessage;
use super::sender::Sender;

/// A template with the values of its variables, for one person.
#[derive(Clone, Debug)]
pub struct TemplateReply<'a> {
    pub sender: &'a Sender,
    pub contact_id: ContactId,
    /// Where to, as the conversation has it.
    pub address: &'a str,
    pub template: &'a StoredTemplate,
    /// A text for each variable, in which fields stand in braces.
    pub values: &'a BTreeMap<String, String>,
}

impl TemplateReply<'_> {
    /// The message for the person, and what makes it one.
    ///
    /// # Errors
    /// `InvalidInput` for a template that cannot be sent, a variable without a value, a field that
    /// contacts do not have, and one that is empty for this person.
    pub fn message(&self, person: &Person, origin_id: Uuid) -> Result<OneMessage> {
        self.template.sendable_by(self.sender)?;
        let filled = self.template.with(self.values)?;
        let (id, version, purpose) = (filled.id, filled.version, filled.category);
        let message = Message::Template(Box::new(filled));
        let made = message
            .compose(person, self.sender.sends_templates())
            .map_err(|missing| empty(&missing))?;
        Ok(OneMessage {
            origin: Origin::Person,
            origin_id,
            sender: self.sender.clone(),
            contact_id: self.contact_id,
            address: self.address.to_owned(),
            content: made.content,
            rendered: made.rendered,
            purpose,
            template: Some((id, version)),
            expires_at: None,
        })
    }
}

/// A field, or a variable by its key, that is empty for a person.
fn empty(missing: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("{missing} is empty for this person. Enter a value."),
    )
    .reason(Reason::VariableEmpty)
    .field("parameters")
    .param("variable", missing)
}

impl Need {
    /// What a person's fields give for it; empty where they give nothing.
    pub fn value_for(&self, person: &Person) -> String {
        self.suggested
            .as_deref()
            .and_then(|text| Expression::read(text).ok())
            .and_then(|expression| expression.fill(person).ok())
            .map(|value| value.replace('{', "{{").replace('}', "}}"))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_is_called_stands_there_already() {
        let need = |suggested: Option<&str>| Need {
            key: "body.1".to_owned(),
            sample: None,
            suggested: suggested.map(str::to_owned),
        };
        let mut person = Person::plain("+5491144445555");
        assert_eq!(need(Some("{first_name}")).value_for(&person), "Ana");
        assert_eq!(need(Some("{city}")).value_for(&person), "");
        assert_eq!(need(None).value_for(&person), "");
        // A brace of a name is no field.
        person.city = Some("{x}".to_owned());
        let value = need(Some("{city}")).value_for(&person);
        assert_eq!(
            Expression::read(&value).unwrap().fill(&person).unwrap(),
            "{x}"
        );
    }
}
