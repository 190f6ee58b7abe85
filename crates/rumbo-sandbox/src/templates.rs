//! WhatsApp message templates over Graph: listing, creating, editing, deleting, reviewing, and the
//! samples of headers.
//!
//! What is refused is decided here anew, from what Meta publishes and with Meta's numbers, so that a
//! caller's own checks are held against something that was not written with them.

mod change;
mod check;
mod kinds;
mod languages;
mod list;
mod review;
mod texts;
pub(crate) mod upload;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub(crate) use change::{Edit, New, add, create, delete, replace, take_away};
pub(crate) use list::list;
pub(crate) use review::settle;

use crate::graph::{Context, GraphError, Method};

/// What is remembered of templates beside what they are.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// When an account made templates, oldest first.
    pub creates: Vec<(u64, DateTime<Utc>)>,
    /// Names that were deleted while approved, which are not free for a while.
    pub deleted: Vec<(u64, String, DateTime<Utc>)>,
    /// Templates under review, and since when.
    pub reviews: BTreeMap<u64, DateTime<Utc>>,
    /// Seconds of delivery, where they were set.
    pub lives: BTreeMap<u64, i64>,
    /// Files that are being uploaded, by session.
    pub uploads: BTreeMap<String, upload::Upload>,
}

/// `/{template}` and `/{template}/unpause`, if the id is a template's.
pub(crate) fn node(
    context: &Context<'_>,
    id: &str,
    edge: Option<&str>,
) -> Option<Result<Value, GraphError>> {
    let number: u64 = id.parse().ok()?;
    context.world.message_templates().by_id(number)?;
    settle(context.app, context.world, context.now);
    let allowed = context.session.need(&["whatsapp_business_management"]);
    if let Err(error) = allowed {
        return Some(Err(error));
    }
    Some(match (context.call.method, edge) {
        (Method::Get, None) => list::one(context, number),
        (Method::Post, None) => change::edit(context, number),
        (Method::Post, Some("unpause")) => change::unpause(context, number),
        (method, _) => Err(GraphError::no_such_object(
            id,
            &method.text().to_ascii_lowercase(),
        )),
    })
}
