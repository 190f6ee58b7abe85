use super::*;

#[test]
fn sums_that_do_not_fit_are_an_error() {
    let mut sum = Figures {
        revenue: Micros(i64::MAX),
        ..Figures::default()
    };
    assert!(
        sum.add(&Figures {
            revenue: Micros(1),
            ..Figures::default()
        })
        .is_err()
    );
}
