use super::{Effect, Fault, FaultMatch, fits, presets};

#[test]
fn a_star_stands_for_any_text() {
    for (pattern, text, expected) in [
        ("act_*/insights", "act_1/insights", true),
        ("act_*/insights", "act_1/ads", false),
        ("act_*/insights", "1/insights", false),
        ("*", "anything/at all", true),
        ("*/leads", "77/leads", true),
        ("a*b*c", "a-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("", "", true),
        ("", "me", false),
        ("me", "me", true),
        ("me", "me/accounts", false),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn every_preset_is_an_error_with_a_number() {
    let names: Vec<String> = presets::names().collect();
    assert!(names.len() > 40);
    for name in names {
        let error = presets::find(&name).unwrap();
        assert_ne!(error.code, 0, "{name}");
        assert!(!error.message.is_empty(), "{name}");
        let then = Effect::Preset {
            name,
            http_ok: false,
        };
        assert!(
            Fault {
                when: FaultMatch::default(),
                then
            }
            .arm()
            .is_ok()
        );
    }
}
