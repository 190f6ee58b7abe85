//! Trying again: a few times, further and further apart, never at the same moment as everybody.

use std::time::Duration;

use rumbo_base::{Clock, Entropy};

/// When to try again.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The wait before each further try; their number is the number of further tries.
    pub waits: Vec<Duration>,
    /// Up to this share of each wait is added at random: 0.25 turns 4 s into 4 to 5 s.
    pub jitter: f64,
    /// All waits of one call together stay under this.
    pub budget: Duration,
}

impl Default for RetryPolicy {
    /// Three further tries after 1, 2 and 4 s, plus a quarter of jitter.
    fn default() -> Self {
        Self {
            waits: [1, 2, 4].map(Duration::from_secs).to_vec(),
            jitter: 0.25,
            budget: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// One try and no more.
    pub fn never() -> Self {
        Self {
            waits: Vec::new(),
            jitter: 0.0,
            budget: Duration::ZERO,
        }
    }

    /// The wait before further try number `attempt` (0 is the first), or `None` when it is over.
    pub fn wait(&self, attempt: usize, entropy: &Entropy) -> Option<Duration> {
        let wait = *self.waits.get(attempt)?;
        Some(wait.mul_f64(1.0 + self.jitter.max(0.0) * entropy.fraction()))
    }
}

/// What a failure calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Give the failure back.
    No,
    /// Try again at the policy's own pace.
    Backoff,
    /// Try again after this long, which counts against the budget.
    After(Duration),
}

/// Runs a call until it succeeds, the judge says no, or the policy ends; then the last failure is
/// returned as it is. `on_wait` hears of every wait before it begins.
pub async fn retry<T, E, C, F>(
    policy: &RetryPolicy,
    clock: &Clock,
    entropy: &Entropy,
    mut call: C,
    judge: impl Fn(&E) -> Retry,
    mut on_wait: impl FnMut(&E, Duration),
) -> Result<T, E>
where
    C: FnMut(usize) -> F,
    F: Future<Output = Result<T, E>>,
{
    let mut waited = Duration::ZERO;
    let mut attempt = 0;
    loop {
        let error = match call(attempt).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let wait = match judge(&error) {
            Retry::No => return Err(error),
            Retry::Backoff => policy.wait(attempt, entropy),
            Retry::After(wait) => policy.wait(attempt, entropy).map(|own| own.max(wait)),
        };
        let Some(wait) = wait.filter(|wait| waited + *wait <= policy.budget) else {
            return Err(error);
        };
        on_wait(&error, wait);
        clock.sleep(wait).await;
        waited += wait;
        attempt += 1;
    }
}

#[cfg(test)]
mod tests;
