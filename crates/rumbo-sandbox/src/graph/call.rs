//! One call: method, version, path and parameters, wherever it came from.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::GraphError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    /// YCloud's; Graph has none.
    Patch,
    Delete,
}

impl Method {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_uppercase().as_str() {
            "GET" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Parameters by name; the last of a repeated name wins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn add_encoded(&mut self, encoded: &[u8]) {
        for (name, value) in form_urlencoded::parse(encoded) {
            // PHP-style arrays: `effective_status[]=ACTIVE`, `effective_status[0]=ACTIVE`.
            if let Some((list, rest)) = name.split_once('[')
                && rest
                    .trim_end_matches(']')
                    .bytes()
                    .all(|byte| byte.is_ascii_digit())
            {
                let mut values: Vec<Value> = self
                    .0
                    .get(list)
                    .and_then(|text| serde_json::from_str(text).ok())
                    .unwrap_or_default();
                values.push(Value::from(value.into_owned()));
                self.0
                    .insert(list.to_owned(), Value::from(values).to_string());
            } else {
                self.0.insert(name.into_owned(), value.into_owned());
            }
        }
    }

    /// Parameters of a JSON object; lists and objects stay JSON.
    pub(crate) fn add_json(&mut self, body: &[u8]) {
        if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
            for (name, value) in fields {
                self.0.insert(name, super::filter::value_text(&value));
            }
        }
    }

    /// The parameters as a query string.
    pub(crate) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }

    /// A list given as a JSON array or with commas.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<String>, GraphError> {
        let Some(text) = self.get(name) else {
            return Ok(Vec::new());
        };
        if text.trim_start().starts_with('[') {
            let values: Vec<Value> = serde_json::from_str(text)
                .map_err(|_| GraphError::parameter(format!("Param {name} must be an array.")))?;
            return Ok(values
                .into_iter()
                .map(|value| match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                })
                .collect());
        }
        Ok(text
            .split(',')
            .map(|item| item.trim().trim_matches(['"', '\'']).to_owned())
            .filter(|item| !item.is_empty())
            .collect())
    }

    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, GraphError> {
        self.get(name)
            .map(|text| {
                // Meta takes single quotes too.
                serde_json::from_str(text)
                    .or_else(|_| serde_json::from_str(&text.replace('\'', "\"")))
                    .map_err(|_| GraphError::parameter(format!("Param {name} must be valid JSON.")))
            })
            .transpose()
    }

    pub(crate) fn whole(&self, name: &str) -> Result<Option<u64>, GraphError> {
        self.get(name)
            .map(|text| {
                text.trim().parse().map_err(|_| {
                    GraphError::parameter(format!("Param {name} must be a positive integer."))
                })
            })
            .transpose()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub method: Method,
    /// As it was asked for, `v25.0`; absent when the path had none.
    pub version: Option<String>,
    pub path: Vec<String>,
    pub params: Params,
    /// From `Authorization: Bearer`.
    pub bearer: Option<String>,
    /// The body as it came, where it was JSON.
    pub body: Value,
}

impl Call {
    /// Takes a path such as `v25.0/act_1/ads` apart.
    pub(crate) fn new(method: Method, path: &str, params: Params) -> Self {
        let mut segments: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let version = segments.first().filter(|first| is_version(first)).cloned();
        if version.is_some() {
            segments.remove(0);
        }
        let method = match (method, params.get("method").and_then(Method::parse)) {
            (Method::Post, Some(other)) => other,
            (method, _) => method,
        };
        Self {
            method,
            version,
            path: segments,
            params,
            bearer: None,
            body: Value::Null,
        }
    }

    /// The body as an object: what was sent as JSON, or the parameters of a form, each read as JSON
    /// where it is some.
    pub(crate) fn json_body(&self) -> Map<String, Value> {
        if let Value::Object(body) = &self.body {
            return body.clone();
        }
        self.params
            .names()
            .filter(|name| !matches!(*name, "access_token" | "appsecret_proof" | "method"))
            .filter_map(|name| Some((name, self.params.get(name)?)))
            .map(|(name, text)| {
                let structured = text.starts_with(['{', '[']);
                let value = serde_json::from_str(text).ok().filter(|_| structured);
                (name.to_owned(), value.unwrap_or_else(|| text.into()))
            })
            .collect()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.params
            .get("access_token")
            .or(self.bearer.as_deref())
            .filter(|text| !text.is_empty())
    }

    /// The version that answers: what was asked for when it still exists.
    pub(crate) fn served_version(&self) -> &str {
        match self.version.as_deref() {
            Some("v26.0") | None => "v26.0",
            Some(_) => "v25.0",
        }
    }

    /// Whether a version was asked for that is no longer served.
    pub(crate) fn is_outdated(&self) -> bool {
        !matches!(self.version.as_deref(), Some("v25.0" | "v26.0") | None)
    }

    /// The version asked for, if there never was one of this number.
    pub(crate) fn unheard_of_version(&self) -> Option<&str> {
        let version = self.version.as_deref()?;
        let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
        let last_minor = match major.parse::<u8>() {
            Ok(2) => 12,
            Ok(3) => 3,
            Ok(1 | 4..=26) => 0,
            _ => return Some(version),
        };
        let minor: u16 = minor.parse().ok()?;
        (minor > last_minor).then_some(version)
    }

    /// The path without the version, `act_1/ads`.
    pub(crate) fn path_text(&self) -> String {
        self.path.join("/")
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| {
            let digits =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            digits(major) && digits(minor)
        })
}
