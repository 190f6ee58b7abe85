//! `rumbo call`: the machine form of the whole command list.

use std::io::Read;

use clap::Args;
use rumbo_app::Context;
#[cfg_attr(
    not(test),
    expect(
        clippy::wildcard_imports,
        reason = "the command list names its types without their module"
    )
)]
use rumbo_app::wire::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::sync::{exit_of, to_the_end};
use crate::exit::{Exit, Failure};
use crate::output::{Output, print_document};
use crate::session::Program;

/// Which command, with what.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// The command's name, such as list_ad_accounts; without it: the names of all
    name: Option<String>,
    /// The request as JSON; - reads it from standard input; {} when absent
    request: Option<String>,
}

/// Makes, out of the one list, the names and a function that calls by name.
macro_rules! calls {
    ($($module:ident::$name:ident($request:ty) -> $answer:ty, $effect:ident [$($tag:ident),*], needs [$($need:ident),*];)*) => {
        /// Every command of the core.
        const NAMES: &[&str] = &[$(stringify!($name),)*];

        async fn call(cx: &Context, name: &str, request: &str) -> Result<Value, Failure> {
            match name {
                $(stringify!($name) => {
                    let request: $request = read(name, request)?;
                    // Boxed: one future that holds all of them would be very large.
                    let answer: $answer = Box::pin(rumbo_app::api::$name(cx, request)).await?;
                    shown(&answer)
                })*
                _ => Err(unknown(name)),
            }
        }
    };
}

rumbo_app::with_commands!(calls);

/// Calls it. The answer is always JSON.
pub async fn run(program: &Program, args: CallArgs) -> Result<Exit, Failure> {
    let Some(name) = args.name else {
        let output = Output::new(program.global.json, "en");
        output.result(&json!({ "commands": NAMES }), |_| NAMES.join("\n"));
        return Ok(Exit::Done);
    };
    if !NAMES.contains(&name.as_str()) {
        return Err(unknown(&name));
    }
    let request = match args.request.as_deref() {
        None => "{}".to_owned(),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| {
                    Failure::usage(format!("Standard input cannot be read: {error}."))
                })?;
            text
        }
        Some(text) => text.to_owned(),
    };
    program
        .in_workspace_if_any(async |session| {
            // A sync lives in this process: it has to be waited for.
            if name == "start_sync" {
                let progress = to_the_end(session, read(&name, &request)?).await?;
                print_document(&progress);
                return Ok(exit_of(&progress));
            }
            let answer = call(&session.cx, &name, &request).await?;
            print_document(&answer);
            Ok(Exit::Done)
        })
        .await
}

fn unknown(name: &str) -> Failure {
    Failure::flag(
        "name",
        format!("There is no command \"{name}\". `rumbo call` lists them all."),
    )
}

fn read<T: DeserializeOwned>(name: &str, request: &str) -> Result<T, Failure> {
    serde_json::from_str(request).map_err(|error| {
        Failure::flag(
            "request",
            format!("The request of {name} is not understood: {error}."),
        )
    })
}

fn shown<T: Serialize>(answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer).map_err(|error| rumbo_base::Error::internal(error).into())
}

#[cfg(test)]
mod tests;
