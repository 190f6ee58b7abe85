//! Exit codes, and the two kinds of failure: wrong usage, and everything else.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use rumbo_app::wire::WireError;
use rumbo_base::{Code, Error, Reason};
use serde_json::json;

/// How the program ends. Scripts branch on it, so the numbers never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// The call is right and was not carried out; the sentence says why.
    Failed = 1,
    /// The call is wrong: it cannot be understood, or a value, a request or a file in it cannot be
    /// used. It has to be corrected, and will never go as it is.
    Usage = 2,
    /// Some parts were done and some not.
    Partly = 3,
    /// There is no usable Meta sign-in.
    NeedsSignIn = 4,
}

impl Exit {
    /// The code for a failure. Whoever finds it, the command line or the core, the same kind of failure
    /// ends alike.
    pub fn of(code: Code) -> Self {
        match code {
            Code::InvalidInput => Self::Usage,
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

    /// What was named is not here.
    pub fn not_here(what: &str, name: &str, message: impl Into<String>) -> Self {
        Error::new(Code::NotFound, message)
            .reason(Reason::IdUnknown)
            .param("what", what)
            .param("id", name)
            .field(what)
            .into()
    }

    /// What clap says of a command line, in one sentence.
    pub fn of_line(error: &clap::Error) -> Self {
        Self::Usage {
            message: sentence(error),
            field: flag_in(error),
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
            Self::Usage { .. } => Exit::of(Code::InvalidInput),
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

/// What is wrong, and what can be written instead.
fn sentence(error: &clap::Error) -> String {
    let list = |kind| match error.get(kind) {
        Some(ContextValue::Strings(all)) => all.join(", "),
        Some(ContextValue::String(one)) => one.clone(),
        _ => String::new(),
    };
    let (argument, value) = (
        list(ContextKind::InvalidArg),
        list(ContextKind::InvalidValue),
    );
    let choices = list(ContextKind::ValidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("{argument} needs a value.{}", choices_of(&choices))
        }
        ErrorKind::InvalidValue => {
            format!(
                "\"{value}\" does not fit {argument}.{}",
                choices_of(&choices)
            )
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            let why = why.unwrap_or_default();
            let why = bounds(&why).unwrap_or_else(|| why.trim_end_matches('.').to_owned());
            // Some say the value themselves.
            if why.starts_with('"') {
                format!("{argument}: {why}.")
            } else {
                format!("\"{value}\" does not fit {argument}: {why}.")
            }
        }
        ErrorKind::ArgumentConflict => {
            let other = list(ContextKind::PriorArg);
            format!("{argument} and {other} do not go together. Leave one of them out.")
        }
        ErrorKind::MissingRequiredArgument => {
            format!("This is missing: {argument}. Add it; --help shows how.")
        }
        ErrorKind::UnknownArgument => {
            let similar = list(ContextKind::SuggestedArg);
            let hint = if similar.is_empty() {
                "--help lists what there is.".to_owned()
            } else {
                format!("Did you mean {similar}?")
            };
            format!("\"{argument}\" is not understood here. {hint}")
        }
        ErrorKind::InvalidSubcommand => format!(
            "There is no command \"{}\". --help lists those that there are.",
            list(ContextKind::InvalidSubcommand)
        ),
        _ => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            let first = first.trim_start_matches("error: ").trim_end_matches('.');
            format!("{first}. --help shows how.")
        }
    }
}

/// What clap says of a number outside of its range, `0 is not in 1..=365`, for people.
fn bounds(why: &str) -> Option<String> {
    let (_, range) = why.split_once(" is not in ")?;
    let (least, most) = range.split_once("..=")?;
    Some(format!("write a number from {least} to {most}"))
}

fn choices_of(choices: &str) -> String {
    if choices.is_empty() {
        String::new()
    } else {
        format!(" Use one of these: {choices}.")
    }
}

/// The flag or argument that clap complains of: `from` for `--from <DAY>`.
fn flag_in(error: &clap::Error) -> Option<String> {
    let argument = match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(argument) => argument,
        ContextValue::Strings(all) => all.first()?,
        _ => return None,
    };
    let name = argument.split_whitespace().next()?;
    Some(
        name.trim_matches(['-', '<', '>', '[', ']', '.'])
            .to_lowercase(),
    )
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
