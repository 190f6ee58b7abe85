//! Meta: the Graph client, Marketing and Lead Ads calls and wire types, and signing in.
//!
//! A [`graph::GraphClient`] paces, retries and classes every call; [`marketing`] and [`leads`]
//! name the calls; [`objects`] are what comes back; [`templates`] are those of WhatsApp; [`oauth`] gets
//! the token they speak with.

pub mod error;
pub mod graph;
pub mod leads;
pub mod marketing;
pub mod oauth;
pub mod objects;
pub mod scopes;
pub mod templates;
pub mod token;
pub mod usage;
