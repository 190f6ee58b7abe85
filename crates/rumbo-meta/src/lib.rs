//! Meta: the Graph client, Marketing and Lead Ads calls and wire types, and signing in.
//!
//! A [`graph::GraphClient`] paces, retries and classes every call; [`marketing`] and [`leads`]
//! name the calls; [`objects`] are what comes back.

pub mod error;
pub mod graph;
pub mod leads;
pub mod marketing;
pub mod objects;
pub mod usage;
