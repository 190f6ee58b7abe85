//! Conversations: everything written to and by one person at one messaging channel.

pub mod outgoing;
