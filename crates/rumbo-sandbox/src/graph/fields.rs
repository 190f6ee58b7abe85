//! The `fields` parameter: `id,name,creative{title},insights.date_preset(last_7d){spend}`.

use super::error::GraphError;

/// One asked-for field, with its own parameters and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub name: String,
    pub params: Vec<(String, String)>,
    pub fields: Option<Vec<Field>>,
}

/// Reads a field list. Nothing asked gives an empty list.
pub(crate) fn parse(text: &str) -> Result<Vec<Field>, GraphError> {
    let trimmed = text.trim();
    if trimmed.starts_with('[')
        && let Ok(names) = serde_json::from_str::<Vec<String>>(trimmed)
    {
        return parse(&names.join(","));
    }
    let mut reader = Reader {
        rest: trimmed,
        whole: trimmed,
    };
    let fields = reader.list()?;
    if reader.rest.is_empty() {
        Ok(fields)
    } else {
        Err(reader.wrong("end of string"))
    }
}

struct Reader<'text> {
    rest: &'text str,
    whole: &'text str,
}

impl<'text> Reader<'text> {
    fn list(&mut self) -> Result<Vec<Field>, GraphError> {
        let mut fields = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with('}') {
                return Ok(fields);
            }
            fields.push(self.field()?);
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => return Ok(fields),
            }
        }
    }

    fn field(&mut self) -> Result<Field, GraphError> {
        let name = self.word();
        if name.is_empty() {
            return Err(self.wrong("field name"));
        }
        let mut params = Vec::new();
        while let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            let param = self.word();
            let value = self.inside('(', ')')?;
            if param != "as" {
                params.push((param.to_owned(), value.to_owned()));
            }
        }
        let fields = if let Some(rest) = self.rest.strip_prefix('{') {
            self.rest = rest;
            let inner = self.list()?;
            let Some(rest) = self.rest.strip_prefix('}') else {
                return Err(self.wrong("}"));
            };
            self.rest = rest;
            Some(inner)
        } else {
            None
        };
        Ok(Field {
            name: name.to_owned(),
            params,
            fields,
        })
    }

    fn word(&mut self) -> &'text str {
        let end = self
            .rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// The text between a bracket and its partner, brackets within and quotes respected.
    fn inside(&mut self, open: char, close: char) -> Result<&'text str, GraphError> {
        let Some(rest) = self.rest.strip_prefix(open) else {
            return Err(self.wrong("("));
        };
        let (mut depth, mut quoted) = (1_u32, false);
        for (at, letter) in rest.char_indices() {
            match letter {
                '"' => quoted = !quoted,
                _ if quoted => {}
                _ if letter == open => depth += 1,
                _ if letter == close => {
                    depth -= 1;
                    if depth == 0 {
                        let (value, after) = rest.split_at(at);
                        self.rest = after.strip_prefix(close).unwrap_or(after);
                        return Ok(value);
                    }
                }
                _ => {}
            }
        }
        Err(self.wrong(")"))
    }

    fn wrong(&self, expected: &str) -> GraphError {
        let at = self.whole.len() - self.rest.len();
        let found = self
            .rest
            .chars()
            .next()
            .map_or_else(String::new, String::from);
        GraphError::new(
            2500,
            format!(
                "Syntax error \"Expected {expected} instead of \"{found}\".\" at character {at}: {}",
                self.whole
            ),
        )
    }
}

#[cfg(test)]
mod tests;
