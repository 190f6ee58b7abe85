//! Signing in: the dialog page, the exchange of codes, looking into tokens, permissions.

pub(crate) mod dialog;
pub(crate) mod exchange;
pub(crate) mod inspect;
mod page;
pub(crate) mod permissions;
mod redirect;
