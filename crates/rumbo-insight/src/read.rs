//! What a report is made of, read from the store each on its own grain: what was delivered, what
//! came of it, and the names of things. Nothing here joins one to another in a way that could
//! repeat a row: a lookup by a primary key adds columns and never rows.

pub(crate) mod column;
pub(crate) mod delivered;
pub(crate) mod directory;
pub(crate) mod kept;
pub(crate) mod known;
pub(crate) mod moment;
pub(crate) mod origin;
pub(crate) mod outcome;
pub(crate) mod paths;
pub(crate) mod place;
pub(crate) mod purchases;
pub(crate) mod spend;
pub(crate) mod spread;
