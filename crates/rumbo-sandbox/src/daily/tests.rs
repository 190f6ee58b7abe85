use super::{Tally, known_conversions, scale};
use crate::dice::Dice;

#[test]
fn conversions_arrive_over_28_days_and_never_leave() {
    let known: Vec<u64> = (0..40).map(known_conversions).collect();
    assert_eq!((known[0], known[28], known[39]), (640, 1000, 1000));
    assert!(known.windows(2).all(|pair| pair[0] <= pair[1]), "{known:?}");
    assert!(known[27] < 1000);
}

#[test]
fn a_growing_factor_never_lowers_a_figure_and_ends_at_the_whole() {
    for seed in 0..200 {
        let dice = Dice::new(seed);
        let whole = Tally {
            impressions: 900,
            day_reach: 700,
            form_leads: 1 + seed % 5,
            pixel_purchases: 1,
            pixel_value: 38_000,
            ..Tally::default()
        };
        let mut last = 0;
        for factor in (0..=1000).step_by(50) {
            let mut part = whole.clone();
            scale(&mut part, 1000, factor, dice);
            assert!(part.form_leads >= last);
            assert!(
                part.pixel_purchases > 0 || part.pixel_value == 0,
                "value without purchase"
            );
            last = part.form_leads;
        }
        assert_eq!(last, whole.form_leads);
    }
}
