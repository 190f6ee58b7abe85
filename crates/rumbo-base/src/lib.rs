//! Ids, money, clock, randomness, secrets, errors and cache tags: what every other crate speaks in
