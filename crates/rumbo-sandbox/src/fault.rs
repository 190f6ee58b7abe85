//! Faults on demand: which call goes wrong, and how.

mod presets;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::graph::{Call, GraphError, Method};

/// A fault waiting for its call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(default)]
    pub when: FaultMatch,
    pub then: Effect,
}

/// Which calls a fault is for. What is left out matches everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultMatch {
    /// `GET`, `POST` or `DELETE`.
    pub method: Option<String>,
    /// The path without version, `*` standing for any text: `act_*/insights`. The empty path is a
    /// batch; `oauth/access_token` the exchange.
    pub path: Option<String>,
    /// Text that must occur in the decoded parameters, `level=ad`.
    pub contains: Option<String>,
    /// The first matching call that is hit, counted from 1.
    pub nth: Option<u64>,
    /// How many matching calls are hit from there; 1 when left out, 0 for ever.
    pub times: Option<u64>,
}

/// What happens to the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// One of Meta's errors by name; `docs/sandbox.md` lists them.
    Preset {
        name: String,
        /// The body is the error and the status 200, as Meta sometimes does.
        #[serde(default)]
        http_ok: bool,
    },
    /// Any error.
    Error {
        status: u16,
        code: i64,
        #[serde(default)]
        subcode: Option<i64>,
        message: String,
        #[serde(default)]
        is_transient: Option<bool>,
        /// Such as `{"blame_field_specs": [["frequency"]]}`; Meta sends an object, or the same as
        /// JSON in a string.
        #[serde(default)]
        error_data: Option<serde_json::Value>,
        #[serde(default)]
        http_ok: bool,
    },
    /// The right answer with the second half of its body missing.
    Truncate,
    /// An HTML page of a proxy.
    Html {
        status: u16,
    },
    /// No body at all.
    Empty,
    /// The connection ends in the middle of the answer.
    Drop,
    /// The right answer, late.
    Slow {
        milliseconds: u64,
    },
    /// `paging.next` leads to the page it is on.
    PagingLoop,
    /// A page without rows, and a `next` that leads to them.
    EmptyPage,
    /// A list of nothing.
    NoRows,
    /// These entries of a batch come back as `null`, counted from 0.
    NullEntries {
        entries: Vec<usize>,
    },
    /// The Insights job that is started fails.
    JobFailed,
    JobSkipped,
    /// The Insights job that is started never finishes.
    JobStuck,
    /// The caller's token stops working, from this call on; Meta's subcode beside 190.
    KillToken {
        subcode: i64,
    },
}

/// Why a fault was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

/// A fault with its count.
#[derive(Debug, Clone)]
pub(crate) struct Armed {
    pub fault: Fault,
    seen: u64,
}

impl Fault {
    /// Checks what can be checked before the call comes.
    pub(crate) fn arm(self) -> Result<Armed, FaultError> {
        if let Effect::Preset { name, .. } = &self.then
            && presets::find(name).is_none()
        {
            return Err(FaultError(format!(
                "There is no preset \"{name}\". Use one of: {}.",
                presets::names().collect::<Vec<_>>().join(", ")
            )));
        }
        if let Some(method) = &self.when.method
            && Method::parse(method).is_none()
        {
            return Err(FaultError(format!(
                "\"{method}\" is no method. Use GET, POST or DELETE."
            )));
        }
        if let Effect::KillToken { subcode } = self.then
            && crate::tokens::Death::of(subcode).is_none()
        {
            return Err(FaultError(format!(
                "{subcode} is no subcode of code 190. Use 458, 459, 460, 463, 464, 467, 492 or 493."
            )));
        }
        Ok(Armed {
            fault: self,
            seen: 0,
        })
    }
}

impl Armed {
    /// Counts the call and says whether it is hit.
    pub(crate) fn strikes(&mut self, call: &Call) -> bool {
        let when = &self.fault.when;
        let method = when.method.as_deref().and_then(Method::parse);
        if method.is_some_and(|method| method != call.method) {
            return false;
        }
        if when
            .path
            .as_deref()
            .is_some_and(|pattern| !fits(pattern, &call.path_text()))
        {
            return false;
        }
        if let Some(part) = &when.contains {
            let params: String = call
                .params
                .names()
                .filter(|name| *name != "access_token")
                .filter_map(|name| Some(format!("&{name}={}", call.params.get(name)?)))
                .collect();
            if !params.contains(part.as_str()) {
                return false;
            }
        }
        self.seen += 1;
        let first = when.nth.unwrap_or(1).max(1);
        let last = match when.times.unwrap_or(1) {
            0 => u64::MAX,
            times => first + times - 1,
        };
        (first..=last).contains(&self.seen)
    }

    /// Whether it can still strike.
    pub(crate) fn is_spent(&self) -> bool {
        let first = self.fault.when.nth.unwrap_or(1).max(1);
        let times = self.fault.when.times.unwrap_or(1);
        times > 0 && self.seen >= first + times - 1
    }
}

/// The error an effect stands for, if it is one, and whether it travels with status 200.
pub(crate) fn error_of(effect: &Effect) -> Option<(GraphError, bool)> {
    match effect {
        Effect::Preset { name, http_ok } => Some((presets::find(name)?, *http_ok)),
        Effect::Error {
            status,
            code,
            subcode,
            message,
            is_transient,
            error_data,
            http_ok,
        } => {
            let error = GraphError {
                status: *status,
                subcode: *subcode,
                transient: *is_transient,
                data: error_data.clone(),
                ..GraphError::new(*code, message.clone())
            };
            Some((error, *http_ok))
        }
        _ => None,
    }
}

/// Whether `text` fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or("")) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests;
