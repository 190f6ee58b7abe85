//! Repeatable chance: every figure of the sandbox is a hash of the seed and of what it belongs to,
//! so that any day of any ad can be worked out alone, in any order.

/// A point in the tree of hashes. Copies are cheap; nothing is consumed by reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5275_6D62_6F21_4D65))
    }

    /// The dice of one branch below this one.
    pub(crate) fn with(self, part: u64) -> Self {
        Self(mix(self.0 ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    pub(crate) fn with_text(self, text: &str) -> Self {
        text.bytes()
            .fold(self, |dice, byte| dice.with(u64::from(byte) + 1))
    }

    /// The raw 64 bits.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// A number from 0 up to, not including, `bound`; 0 when `bound` is 0.
    pub(crate) fn below(self, bound: u64) -> u64 {
        self.0.checked_rem(bound).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// One of `options`, or the default when there is none.
    pub(crate) fn pick<T: Copy + Default>(self, options: &[T]) -> T {
        let count = u64::try_from(options.len()).unwrap_or(0);
        let at = usize::try_from(self.below(count)).unwrap_or(0);
        options.get(at).copied().unwrap_or_default()
    }

    /// `length` characters, all drawn from ASCII letters and digits.
    pub(crate) fn text(self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length)
            .map(|at| char::from(self.with(u64::try_from(at).unwrap_or(0)).pick(LETTERS)))
            .collect()
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
