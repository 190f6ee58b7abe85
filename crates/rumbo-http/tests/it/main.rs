//! The client against real sockets.

mod answers;
mod failures;
