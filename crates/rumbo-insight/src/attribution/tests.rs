use proptest::prelude::*;
use rumbo_base::{Currency, Micros, allocate};

use super::credit::weights;
use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn touch(day: u32, source: &str) -> Touch {
    let at = at("2026-03-01T12:00:00Z") + TimeDelta::days(day.into());
    Touch::of(at, source, None, false)
}

fn usd(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}

#[test]
fn the_models_are_those_of_their_definitions() {
    let path = [
        touch(0, "META_ADS"),
        touch(7, "REFERRAL"),
        touch(14, "META_ADS"),
        touch(21, "WEB"),
    ];
    let of = |model, touches: &[Touch]| {
        allocate(usd("100"), &weights(model, touches), Currency::USD)
            .into_iter()
            .map(|part| part.to_text(Currency::USD))
            .collect::<Vec<_>>()
    };
    let decay = Model::TimeDecay {
        half_life: HALF_LIFE,
    };
    assert_eq!(
        of(Model::LastTouch, &path),
        ["0.00", "0.00", "0.00", "100.00"]
    );
    assert_eq!(
        of(Model::FirstTouch, &path),
        ["100.00", "0.00", "0.00", "0.00"]
    );
    assert_eq!(
        of(Model::LastNonDirect, &path),
        ["0.00", "0.00", "100.00", "0.00"]
    );
    assert_eq!(of(Model::Linear, &path), ["25.00"; 4]);
    assert_eq!(
        of(Model::PositionBased, &path),
        ["40.00", "10.00", "10.00", "40.00"]
    );
    // 1 : 2 : 4 : 8 of 15.
    assert_eq!(of(decay, &path), ["6.67", "13.33", "26.67", "53.33"]);
    assert_eq!(of(Model::PositionBased, &path[..2]), ["50.00", "50.00"]);
    assert_eq!(
        of(Model::PositionBased, &path[..3]),
        ["40.00", "20.00", "40.00"]
    );
    for model in Model::ALL {
        assert_eq!(of(model, &path[..1]), ["100.00"], "{model:?}");
        assert_eq!(of(model, &[]), Vec::<String>::new());
        assert_eq!(Model::by_id(model.id()), Some(model));
    }
    let direct = [touch(0, "ORGANIC"), touch(1, "UNKNOWN")];
    assert_eq!(of(Model::LastNonDirect, &direct), ["0.00", "100.00"]);
}

#[test]
fn a_touch_is_direct_when_nothing_tells_where_from() {
    let direct =
        |source, medium, named| Touch::of(at("2026-03-01T00:00:00Z"), source, medium, named).direct;
    assert!(direct("WEB", None, false));
    assert!(!direct("WEB", Some("search"), false));
    assert!(!direct("IMPORT", None, true), "it names a campaign");
    assert!(!direct("META_ADS", None, false));
    assert!(
        !direct("newsletter", None, false),
        "one of the workspace's own sources"
    );
}

#[test]
fn a_window_reaches_so_many_days_of_24_hours() {
    let sold = at("2026-03-08T12:00:00Z");
    let of = |at, medium| Touch::of(at, "META_ADS", medium, true);
    let window = Window {
        click_days: Some(7),
        view_days: Some(1),
    };
    let edge = at("2026-03-01T12:00:00Z");
    assert!(window.holds(&of(edge, None), sold));
    assert!(!window.holds(&of(edge - TimeDelta::microseconds(1), None), sold));
    assert!(!window.holds(&of(edge, Some("view")), sold));
    assert!(window.holds(&of(sold, Some("View")), sold));
    assert!(!window.holds(&of(sold + TimeDelta::microseconds(1), None), sold));
    assert!(Window::default().holds(&of(at("2001-01-01T00:00:00Z"), Some("view")), sold));
    let only_today = Window {
        click_days: Some(0),
        view_days: None,
    };
    assert!(
        only_today.holds(&of(sold, None), sold),
        "the touch that made it"
    );
}

/// Whether one touch takes all, so that counts stay whole.
fn single(model: Model) -> bool {
    matches!(
        model,
        Model::LastTouch | Model::FirstTouch | Model::LastNonDirect
    )
}

proptest! {
    #[test]
    fn every_model_weighs_something_and_is_not_afraid_of_long_paths(
        days in prop::collection::vec(0_u32..4_000, 1..60),
        half_life in 1_u32..400,
    ) {
        let mut days = days;
        days.sort_unstable();
        let sources = ["META_ADS", "WEB", "REFERRAL", "UNKNOWN"];
        let touches: Vec<Touch> = days.iter().map(|day| touch(*day, sources[usize::try_from(*day % 4).unwrap()])).collect();
        let half_life = NonZeroU32::new(half_life).unwrap();
        for model in Model::ALL.into_iter().chain([Model::TimeDecay { half_life }]) {
            let weights = weights(model, &touches);
            prop_assert_eq!(weights.len(), touches.len());
            prop_assert!(weights.iter().any(|weight| *weight > 0));
            prop_assert_eq!(weights.iter().filter(|w| **w > 0).count() == 1, single(model) || touches.len() == 1);
        }
    }
}

#[test]
fn touches_share_the_effect_of_their_channel() {
    let of = |channels: &[(u32, f64)]| {
        let touches: Vec<Touch> = channels
            .iter()
            .map(|(channel, effect)| Touch {
                channel: *channel,
                effect: super::credit::effect_weight(*effect),
                ..touch(0, "META_ADS")
            })
            .collect();
        allocate(usd("100"), &weights(Model::Markov, &touches), Currency::USD)
            .into_iter()
            .map(|part| part.to_text(Currency::USD))
            .collect::<Vec<_>>()
    };
    // 0.6 and 0.2: three quarters, of which each touch has half, and a quarter.
    let twice = [(1, 0.6), (2, 0.2), (1, 0.6)];
    assert_eq!(of(&twice), ["37.50", "25.00", "37.50"]);
    assert_eq!(of(&[(1, 0.6), (2, 0.0)]), ["100.00", "0.00"]);
    // Nothing was learned of either.
    assert_eq!(of(&[(1, 0.0), (2, 0.0)]), ["50.00", "50.00"]);
    assert_eq!(of(&[(7, 0.01)]), ["100.00"]);
}

proptest! {
    #[test]
    fn a_channel_has_its_share_however_often_it_touched(
        touches in prop::collection::vec(0_u32..4, 1..9),
        cents in 0_i64..10_000_000,
    ) {
        let effects = [0.0, 0.1, 0.35, 0.8];
        let path: Vec<Touch> = touches
            .iter()
            .map(|channel| Touch {
                channel: *channel,
                effect: super::credit::effect_weight(effects[usize::try_from(*channel).unwrap()]),
                ..touch(0, "META_ADS")
            })
            .collect();
        let parts = allocate(Micros(cents * 10_000), &weights(Model::Markov, &path), Currency::USD);
        prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), cents * 10_000);
        let learned = touches.iter().any(|channel| *channel > 0);
        for (channel, part) in touches.iter().zip(&parts) {
            prop_assert!(*channel > 0 || !learned || part.0 == 0);
        }
    }
}
