//! Parameters Meta took out of every version on 2026-10-27, and what each path takes.

use super::call::Call;
use super::error::GraphError;

const REMOVED: &[&str] = &["pretty", "debug", "__debug__", "date_format", "ids"];

/// Refuses what v26.0 took away. Only the words for `ids` are known from Meta; the others are
/// given the same.
pub(super) fn check(call: &Call) -> Result<(), GraphError> {
    match call.params.names().find(|name| REMOVED.contains(name)) {
        Some(name) => Err(GraphError::new(
            100,
            format!("The {name} query parameter is deprecated in v26.0+"),
        )),
        None => Ok(()),
    }
}
