//! Tests of the program without a window.

mod architecture;
mod commands;
mod connection;
mod host;
mod permissions;
mod scheduler;
mod secrets;
