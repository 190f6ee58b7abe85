//! The command list, command bodies and their wire types, events
