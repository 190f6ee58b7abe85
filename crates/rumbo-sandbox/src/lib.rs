//! A faithful, strict stand-in for Meta on loopback
