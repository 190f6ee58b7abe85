//! Randomness comes from here and nowhere else, so that a test can repeat it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

/// A source of random bytes. Cloning shares the same source.
#[derive(Clone)]
pub struct Entropy {
    /// The operating system's where there is none.
    seeded: Option<Arc<Mutex<StdRng>>>,
    /// The millisecond and the random part of the id made last.
    last: Arc<Mutex<(u64, u128)>>,
}

/// The random bits of a UUID v7.
const RANDOM_BITS: u32 = 74;

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.seeded.is_some() {
            "Entropy(seeded)"
        } else {
            "Entropy(system)"
        })
    }
}

impl Entropy {
    /// The operating system's generator: fit for secrets.
    pub fn system() -> Self {
        Self {
            seeded: None,
            last: Arc::default(),
        }
    }

    /// A generator that repeats itself. For tests only.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seeded: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))),
            last: Arc::default(),
        }
    }

    /// Fills a new array with random bytes.
    ///
    /// # Panics
    /// When the operating system has none to give: no secret and no id can be made then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.seeded {
            Some(seeded) => {
                seeded
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(&mut bytes);
            }
            None => assert!(
                SysRng.try_fill_bytes(&mut bytes).is_ok(),
                "the operating system gives no random bytes"
            ),
        }
        bytes
    }

    /// A number in `0.0..1.0`, for jitter.
    pub fn fraction(&self) -> f64 {
        let bits = u32::from_le_bytes(self.bytes());
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// A new UUID v7: sorted by time of making. Those of one millisecond that are made one after the other
    /// are sorted as well, each a random step behind the one before (RFC 9562, 6.2, method 2): many rows
    /// written at once go to the end of their indexes, not all over them.
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        let random = u128::from_be_bytes(self.bytes());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let bits = if last.0 == millis {
            last.1 + 1 + random % (1 << 32)
        } else {
            // Half of what there is, so that there is room behind the first one.
            random % (1 << (RANDOM_BITS - 1))
        };
        *last = (millis, bits);
        drop(last);
        // Twelve bits before the variant, and the rest behind it.
        let (high, low) = (bits >> 62, bits % (1 << 62));
        let [_, _, _, _, _, _, bytes @ ..] = ((high << 64) | low).to_be_bytes();
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    /// A new id of the kind asked for.
    pub fn id<I: From<Uuid>>(&self, now: DateTime<Utc>) -> I {
        I::from(self.uuid(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_one_after_the_other_are_sorted() {
        let entropy = Entropy::seeded(7);
        let now: DateTime<Utc> = "2026-11-26T12:00:00.25Z".parse().unwrap();
        let mut ids: Vec<Uuid> = (0..10_000).map(|_| entropy.uuid(now)).collect();
        ids.extend((1..100).map(|ms| entropy.uuid(now + chrono::TimeDelta::milliseconds(ms))));
        assert!(ids.is_sorted_by(|a, b| a < b));
        for id in &ids {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        }
        let (seconds, nanos) = ids[5].get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_795_694_400, 250_000_000));
        // Nobody guesses the next one from the last two.
        assert_ne!(
            ids[1].as_u128() - ids[0].as_u128(),
            ids[2].as_u128() - ids[1].as_u128()
        );
        // Two sources have nothing in common but the time.
        assert_ne!(Entropy::system().uuid(now), Entropy::system().uuid(now));
    }
}
