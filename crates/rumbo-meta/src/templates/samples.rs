//! Sample values, which Meta takes in three shapes.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Samples of the variables of one text, in their order. Meta takes `"a"`, `["a","b"]` and, for a
/// body, `[["a","b"]]`; the shape is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Samples {
    /// One, bare.
    One(String),
    Flat(Vec<String>),
    /// Rows of samples. Meta reads the first.
    Rows(Vec<Vec<String>>),
}

impl Samples {
    /// The samples, in order.
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Flat(values) => values,
            Self::Rows(rows) => rows.first().map_or(&[], Vec::as_slice),
        }
    }

    /// Other samples in the same shape, as far as it can hold them.
    pub fn with(&self, values: Vec<String>) -> Self {
        match (self, values.as_slice()) {
            (Self::One(_), [one]) => Self::One(one.clone()),
            (Self::Rows(_), _) => Self::Rows(vec![values]),
            _ => Self::Flat(values),
        }
    }
}

impl<'de> Deserialize<'de> for Samples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || {
            serde::de::Error::custom("samples are text, a list of texts, or a list of such a list")
        };
        let texts = |values: Vec<Value>| -> Option<Vec<String>> {
            values
                .into_iter()
                .map(|value| match value {
                    Value::String(text) => Some(text),
                    _ => None,
                })
                .collect()
        };
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self::One(text)),
            Value::Array(values) if values.iter().any(Value::is_array) => values
                .into_iter()
                .map(|row| match row {
                    Value::Array(values) => texts(values),
                    _ => None,
                })
                .collect::<Option<_>>()
                .map(Self::Rows)
                .ok_or_else(wrong),
            Value::Array(values) => texts(values).map(Self::Flat).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

/// A sample of a named variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSample {
    #[serde(default)]
    pub param_name: String,
    #[serde(default)]
    pub example: String,
}
