mod backtesting;
mod cdnow;
mod predictions;
mod recovery;
mod reference;
mod refusals;
mod simulation;
mod special_functions;
mod summaries;

pub(crate) use cdnow::histories;

/// Within a share of what is expected.
fn close(found: f64, expected: f64, share: f64) -> bool {
    (found - expected).abs() <= share * expected.abs()
}

#[track_caller]
fn assert_close(found: f64, expected: f64, share: f64) {
    assert!(
        close(found, expected, share),
        "{found} is not within {share} of {expected}"
    );
}
