//! Graph: nodes, edges, fields, batches and the errors Meta gives.

pub(crate) mod batch;
pub(crate) mod call;
mod deprecated;
mod edges;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod filter;
pub(crate) mod listing;
mod node;
mod people;
mod scalars;
pub(crate) mod schema;
pub(crate) mod session;
mod settable;

use serde_json::Value;

pub(crate) use call::{Call, Method, Params};
pub(crate) use error::GraphError;
pub(crate) use node::{check_params, success};
pub(crate) use scalars::time_text;
pub(crate) use session::{Session, dead, invalid as invalid_token};
pub(crate) use settable::may_set;

use crate::app::App;

/// Everything one answer depends on.
pub(crate) struct Context<'a> {
    pub app: &'a App,
    pub call: &'a Call,
    pub session: &'a Session,
    pub world: &'a crate::world::World,
    pub now: chrono::DateTime<chrono::Utc>,
}

/// Answers one call to Graph, whoever it came from (the wire or a batch).
pub(crate) fn answer(app: &App, call: &Call) -> Result<Value, GraphError> {
    if let Some(version) = call.unheard_of_version() {
        let path = format!("{version}/{}", call.path_text());
        return Err(GraphError::unknown_path(path.trim_end_matches('/')));
    }
    deprecated::check(call)?;
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method, path.as_slice()) {
        (_, ["oauth", "access_token"]) => return crate::oauth::exchange::answer(app, call),
        (Method::Get, ["debug_token"]) => return crate::oauth::inspect::answer(app, call),
        _ => {}
    }
    let session = session::open(app, call)?;
    let world = app.world();
    let context = Context {
        app,
        call,
        session: &session,
        world: &world,
        now: app.clock.now(),
    };
    match path.as_slice() {
        [] => Err(GraphError::unknown_path("")),
        [id] => node::answer(&context, id),
        [id, edge] => edges::answer(&context, id, edge),
        [first, ..] => Err(GraphError::unknown_path(first)),
    }
}
