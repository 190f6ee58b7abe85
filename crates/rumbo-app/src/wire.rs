//! What crosses the edge: requests and answers of commands, and events.
//!
//! Money is decimal text in the major unit, beside a three-letter currency; a ratio is decimal
//! text, or null when its denominator is 0; days are `YYYY-MM-DD`; instants are RFC 3339 in UTC.

mod audit;
mod audit_trail;
mod channel_spend;
mod channels;
mod chatwoot;
mod cohorts;
mod connection;
mod contacts;
mod dashboard;
mod exchange_rates;
mod exports;
mod imports;
mod inbox;
mod outbox;
mod pipeline;
mod reach;
mod saved_views;
mod setting_changes;
mod sync;
mod system;
mod templates;
mod workspaces;

pub use audit::*;
pub use audit_trail::*;
pub use channel_spend::*;
pub use channels::*;
pub use chatwoot::*;
pub use cohorts::*;
pub use connection::*;
pub use contacts::*;
pub use dashboard::*;
pub use exchange_rates::*;
pub use exports::*;
pub use imports::*;
pub use inbox::*;
pub use outbox::*;
pub use pipeline::*;
pub use reach::*;
pub use rumbo_base::{Breakdown, CacheTag, Code, DateRange, Page, PageRequest, Reason};
pub use saved_views::*;
pub use setting_changes::*;
pub use sync::*;
pub use system::*;
pub use templates::*;
pub use workspaces::*;
