//! The command list, the bodies of the commands, their wire types, and the events of the core.
//!
//! Shells (the window, the command line) hold no logic: they make a [`Context`] and call what
//! [`with_commands!`] lists.

pub mod commands;
pub mod wire;
