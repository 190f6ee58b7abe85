//! Texts with fields in them: `Hello {first_name|there}`.

use rumbo_base::{Code, Error, Reason, Result};

use super::person::Person;

/// The fields a text may name, besides `custom.` and the name of a field of the business's own.
pub const FIELDS: [&str; 8] = [
    "name",
    "first_name",
    "phone",
    "email",
    "language",
    "country",
    "region",
    "city",
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field {
        name: String,
        fallback: Option<String>,
    },
}

/// A text that is read once and filled for each contact. `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression(Vec<Part>);

impl Expression {
    /// Reads a text.
    ///
    /// # Errors
    /// `InvalidInput` for a brace that is not closed and for a field that contacts do not have.
    pub fn read(text: &str) -> Result<Self> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text.chars().peekable();
        while let Some(char) = rest.next() {
            match char {
                '{' if rest.peek() == Some(&'{') => {
                    rest.next();
                    plain.push('{');
                }
                '}' if rest.peek() == Some(&'}') => {
                    rest.next();
                    plain.push('}');
                }
                '{' => {
                    let mut inner = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some(char) => inner.push(char),
                            None => return Err(unclosed(text)),
                        }
                    }
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(field(&inner)?);
                }
                char => plain.push(char),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The text for a contact.
    ///
    /// # Errors
    /// The name of a field that is empty and has no fallback.
    pub fn fill(&self, person: &Person) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Field { name, fallback } => {
                    let value = person.field(name).or(fallback.as_deref());
                    text.push_str(value.ok_or_else(|| name.clone())?);
                }
            }
        }
        Ok(text)
    }

    /// The fields it names, in their order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Field { name, .. } => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }
}

fn field(inner: &str) -> Result<Part> {
    let (name, fallback) = match inner.split_once('|') {
        Some((name, fallback)) => (name, Some(fallback.to_owned())),
        None => (inner, None),
    };
    let name = name.trim();
    let known = FIELDS.contains(&name)
        || name
            .strip_prefix("custom.")
            .is_some_and(|key| !key.is_empty());
    if !known {
        let choices = format!("{}, custom.…", FIELDS.join(", "));
        return Err(Error::new(
            Code::InvalidInput,
            format!("\"{name}\" is no field of contacts. Use one of: {choices}."),
        )
        .reason(Reason::ValueUnknown)
        .field("parameters")
        .param("value", name)
        .param("choices", choices));
    }
    Ok(Part::Field {
        name: name.to_owned(),
        fallback,
    })
}

fn unclosed(text: &str) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("\"{text}\" opens a brace and does not close it. Write a brace twice where it is meant itself."),
    )
    .reason(Reason::BraceUnclosed)
    .field("parameters")
    .param("value", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, String> {
        let mut person = Person::plain("+5511987654321");
        person.custom.insert("plan".to_owned(), "Gold".to_owned());
        person.city = Some("  ".to_owned());
        Expression::read(text).unwrap().fill(&person)
    }

    #[test]
    fn fields_are_filled_and_fall_back() {
        assert_eq!(filled("Hi {first_name}!").unwrap(), "Hi Ana!");
        assert_eq!(
            filled("{custom.plan} / {name}").unwrap(),
            "Gold / Ana Souza"
        );
        assert_eq!(
            filled("{city|your city}, {country|}").unwrap(),
            "your city, "
        );
        assert_eq!(filled("{{1}} }}").unwrap(), "{1} }");
        assert_eq!(filled("100%").unwrap(), "100%");
        assert_eq!(filled("{city}"), Err("city".to_owned()));
        assert_eq!(filled("{custom.none}"), Err("custom.none".to_owned()));
    }

    #[test]
    fn what_cannot_be_filled_is_refused_before_anything_is_planned() {
        for text in ["{nickname}", "{custom.}", "{}", "{name"] {
            assert!(Expression::read(text).is_err(), "{text}");
        }
        let read = Expression::read("{name} {custom.plan|x}").unwrap();
        assert_eq!(read.fields().collect::<Vec<_>>(), ["name", "custom.plan"]);
    }
}
