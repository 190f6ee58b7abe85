//! Trying again: a few times, further and further apart, never at the same moment as everybody.

use std::time::Duration;

use rumbo_base::Entropy;

/// When to try again.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The wait before each further try; their number is the number of further tries.
    pub waits: Vec<Duration>,
    /// Up to this share of each wait is added at random: 0.25 turns 4 s into 4 to 5 s.
    pub jitter: f64,
}

impl Default for RetryPolicy {
    /// Three further tries after 1, 2 and 4 s, plus a quarter of jitter.
    fn default() -> Self {
        Self {
            waits: [1, 2, 4].map(Duration::from_secs).to_vec(),
            jitter: 0.25,
        }
    }
}

impl RetryPolicy {
    /// One try and no more.
    pub fn never() -> Self {
        Self {
            waits: Vec::new(),
            jitter: 0.0,
        }
    }

    /// The wait before further try number `attempt` (0 is the first), or `None` when it is over.
    pub fn wait(&self, attempt: usize, entropy: &Entropy) -> Option<Duration> {
        let wait = *self.waits.get(attempt)?;
        Some(wait.mul_f64(1.0 + self.jitter.max(0.0) * entropy.fraction()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_further_tries_each_later_than_the_last_and_never_on_the_dot() {
        let entropy = Entropy::seeded(1);
        let policy = RetryPolicy::default();
        let waits: Vec<f64> = (0..)
            .map_while(|n| policy.wait(n, &entropy))
            .map(|w| w.as_secs_f64())
            .collect();
        assert_eq!(waits.len(), 3);
        for (wait, base) in waits.iter().zip([1.0, 2.0, 4.0]) {
            assert!((base..=base * 1.25).contains(wait), "{wait}");
            assert!((wait - base).abs() > f64::EPSILON, "no jitter in {wait}");
        }
        assert_eq!(RetryPolicy::never().wait(0, &entropy), None);
    }
}
