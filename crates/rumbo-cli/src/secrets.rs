//! Secrets come from standard input, never from the command line, where every user of the
//! machine could read them.

use std::io::{self, IsTerminal};

use rumbo_base::Secret;

use crate::exit::Failure;

/// Reads one line of standard input as the secret called `what`, for the flag `flag`. On a
/// terminal it asks, and shows nothing of what is typed.
pub fn read_line(what: &str, flag: &str) -> Result<Secret, Failure> {
    let unreadable =
        |error: io::Error| Failure::flag(flag, format!("Standard input cannot be read: {error}."));
    let mut line = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("The {what}: ")).map_err(unreadable)?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(unreadable)?;
        line
    };
    line.truncate(line.trim_end().len());
    if line.is_empty() {
        return Err(Failure::flag(
            flag,
            format!("--{flag} expects the {what} on a line of standard input, and got nothing."),
        ));
    }
    Ok(Secret::new(line))
}
