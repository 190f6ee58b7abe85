//! How fast messages are taken: each number's messages a second, and each person's.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

/// Messages to one person that may come at once; they are borrowed from the time after.
const BURST: i64 = 45;
/// Then one each this many milliseconds.
const PAIR_MILLISECONDS: i64 = 6_000;

#[derive(Debug, Default)]
pub(super) struct Pace {
    /// By sender: the second and the messages in it.
    seconds: HashMap<String, (i64, u32)>,
    /// By sender and person: when all that was borrowed is paid back, in milliseconds.
    pairs: HashMap<(String, String), i64>,
}

impl Pace {
    /// Counts a message of a sender; false when the second is full. Seconds are the machine's: a
    /// clock that stands still would never begin another one.
    pub(super) fn sender_may(&mut self, sender: &str, most: u32, machine: DateTime<Utc>) -> bool {
        if most == 0 {
            return true;
        }
        let second = machine.timestamp();
        let slot = self.seconds.entry(sender.to_owned()).or_default();
        if slot.0 != second {
            *slot = (second, 0);
        }
        if slot.1 >= most {
            return false;
        }
        slot.1 += 1;
        true
    }

    /// Counts a message to a person; false when too many were borrowed. By the sandbox's clock.
    pub(super) fn pair_may(&mut self, sender: &str, person: &str, now: DateTime<Utc>) -> bool {
        let now = now.timestamp_millis();
        let paid = self
            .pairs
            .entry((sender.to_owned(), person.to_owned()))
            .or_insert(now);
        let next = (*paid).max(now) + PAIR_MILLISECONDS;
        if next - now > BURST * PAIR_MILLISECONDS {
            return false;
        }
        *paid = next;
        true
    }
}
