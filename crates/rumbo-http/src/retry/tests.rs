use std::cell::Cell;

use chrono::DateTime;

use super::*;

fn clock() -> Clock {
    Clock::manual(DateTime::from_timestamp(1_700_000_000, 0).unwrap())
}

#[tokio::test]
async fn three_further_tries_with_growing_waits_then_the_last_failure() {
    let (clock, tries, mut waits) = (clock(), Cell::new(0), Vec::new());
    let start = clock.now();
    let result: Result<(), usize> = retry(
        &RetryPolicy::default(),
        &clock,
        &Entropy::seeded(1),
        |attempt| {
            tries.set(tries.get() + 1);
            async move { Err(attempt) }
        },
        |_| Retry::Backoff,
        |_, wait| waits.push(wait),
    )
    .await;
    assert_eq!(result, Err(3), "the last failure, not the first");
    assert_eq!(tries.get(), 4);
    for (wait, base) in waits.iter().zip([1.0, 2.0, 4.0]) {
        assert!(
            (base..=base * 1.25).contains(&wait.as_secs_f64()),
            "{wait:?}"
        );
    }
    assert!(
        waits.iter().any(|w| w.subsec_nanos() != 0),
        "jitter is there"
    );
    assert_eq!((clock.now() - start).to_std().unwrap().as_millis(), {
        let total: Duration = waits.iter().sum();
        total.as_millis()
    });
}

#[tokio::test]
async fn a_longer_wait_than_the_budget_is_not_begun() {
    let tries = Cell::new(0);
    let result: Result<(), &str> = retry(
        &RetryPolicy {
            budget: Duration::from_secs(5),
            ..RetryPolicy::default()
        },
        &clock(),
        &Entropy::seeded(1),
        |_| {
            tries.set(tries.get() + 1);
            async { Err("wait a minute") }
        },
        |_| Retry::After(Duration::from_secs(60)),
        |_, _| panic!("must not wait"),
    )
    .await;
    assert_eq!((result, tries.get()), (Err("wait a minute"), 1));
}

#[tokio::test]
async fn a_failure_that_cannot_pass_is_not_tried_again() {
    let tries = Cell::new(0);
    let result: Result<(), ()> = retry(
        &RetryPolicy::default(),
        &clock(),
        &Entropy::seeded(1),
        |_| {
            tries.set(tries.get() + 1);
            async { Err(()) }
        },
        |()| Retry::No,
        |(), _| {},
    )
    .await;
    assert_eq!((result, tries.get()), (Err(()), 1));
}
