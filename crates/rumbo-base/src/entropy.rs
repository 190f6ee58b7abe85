//! Randomness comes from here and nowhere else, so that a test can repeat it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

/// A source of random bytes. Cloning shares the same source.
#[derive(Clone)]
pub struct Entropy(Option<Arc<Mutex<StdRng>>>);

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Entropy(seeded)"
        } else {
            "Entropy(system)"
        })
    }
}

impl Entropy {
    /// The operating system's generator: fit for secrets.
    pub fn system() -> Self {
        Self(None)
    }

    /// A generator that repeats itself. For tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// Fills a new array with random bytes.
    ///
    /// # Panics
    /// When the operating system has none to give: no secret and no id can be made then.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
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

    /// A new UUID v7: sorted by time of making.
    pub fn uuid(&self, now: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A new id of the kind asked for.
    pub fn id<I: From<Uuid>>(&self, now: DateTime<Utc>) -> I {
        I::from(self.uuid(now))
    }
}
