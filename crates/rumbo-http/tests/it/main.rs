//! The client against real sockets.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod failures;
