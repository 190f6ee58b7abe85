//! Exit codes, and the two kinds of failure: wrong usage, and everything else.

use std::process::ExitCode;

use rumbo_app::wire::WireError;
use rumbo_base::{Code, Error};
use serde_json::json;

/// How the program ends. Scripts branch on it, so the numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// It was not done; the sentence says why.
    Failed = 1,
    /// The command line itself is wrong.
    Usage = 2,
    /// Some parts were done and some not.
    Partly = 3,
    /// There is no usable Meta sign-in.
    NeedsSignIn = 4,
}

impl Exit {
    /// The code for a failure of the core.
    pub fn of(code: Code) -> Self {
        match code {
            Code::NeedsSignIn | Code::SignInDenied | Code::SignInExpired | Code::SignInMismatch => {
                Self::NeedsSignIn
            }
            // What was done before stays.
            Code::PartlyDone | Code::Cancelled => Self::Partly,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Partly => 3,
            Exit::NeedsSignIn => 4,
        })
    }
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot be understood or carried out as written.
    Usage {
        message: String,
        field: Option<String>,
    },
    /// The core says so.
    Core(WireError),
}

impl Failure {
    /// Wrong usage that clap cannot see.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            field: None,
        }
    }

    /// Wrong usage of one flag or argument.
    pub fn flag(field: &str, message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            field: Some(field.to_owned()),
        }
    }

    /// The sentence for a person.
    pub fn message(&self) -> &str {
        match self {
            Self::Usage { message, .. } => message,
            Self::Core(error) => &error.message,
        }
    }

    /// The code the program ends with.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            Self::Core(error) => Exit::of(error.code),
        }
    }

    /// `{"error":{code,message,field,params,retry_after_ms}}`.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Usage { message, field } => json!({ "error": {
                "code": Code::InvalidInput,
                "message": message,
                "field": field,
                "reason": null,
                "params": {},
                "retry_after_ms": null,
            }}),
            Self::Core(error) => json!({ "error": error }),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        tracing::warn!(error = rumbo_app::logs::told(&error), "command failed");
        Self::Core(WireError::from(error))
    }
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        Self::Core(error)
    }
}

#[cfg(test)]
mod tests;
