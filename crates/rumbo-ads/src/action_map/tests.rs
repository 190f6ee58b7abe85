use super::ActionMap;
use crate::insights::StoredActions;

fn derive(map: &ActionMap, stored: &str) -> (Option<i64>, Option<i64>, Option<i64>) {
    let derived = StoredActions::parse(stored).unwrap().derive(&map.into());
    (derived.leads, derived.purchases, derived.purchase_value)
}

#[test]
fn one_tier_is_taken_and_never_the_sum_of_nested_ones() {
    let map = ActionMap::default();
    // `lead` holds the other two.
    let all = r#"{"a":[["lead","5"],["offsite_conversion.fb_pixel_lead","2"],["onsite_conversion.lead_grouped","3"]]}"#;
    assert_eq!(derive(&map, all), (Some(5), None, None));
    let leaves = r#"{"a":[["offsite_conversion.fb_pixel_lead","2"],["onsite_conversion.lead_grouped","3"]]}"#;
    assert_eq!(derive(&map, leaves), (Some(5), None, None));
    let purchases = r#"{"a":[["offsite_conversion.fb_pixel_purchase","4"],["omni_purchase","4"],["purchase","4"]],
        "v":[["offsite_conversion.fb_pixel_purchase","99.5"],["omni_purchase","99.5"],["purchase","99.5"]]}"#;
    assert_eq!(derive(&map, purchases), (None, Some(4), Some(99_500_000)));
    assert_eq!(
        derive(&map, r#"{"a":[["link_click","7"]]}"#),
        (None, None, None)
    );
    assert_eq!(
        derive(&map, r#"{"a":[["lead","0"]]}"#),
        (Some(0), None, None)
    );
}

#[test]
fn a_map_that_counts_twice_or_nothing_is_refused() {
    let mut map = ActionMap::default();
    map.leads.push(vec!["lead".to_owned()]);
    assert_eq!(map.check().unwrap_err().field_name(), Some("lead_actions"));
    let empty = ActionMap {
        leads: vec![vec![]],
        ..ActionMap::default()
    };
    assert!(empty.check().is_err());
    assert!(ActionMap::default().check().is_ok());
}

#[test]
fn the_settings_hold_what_differs_from_the_default() {
    let default = ActionMap::default();
    assert_eq!(default.to_settings(), (vec![], vec![]));
    let own = ActionMap {
        leads: vec![vec!["a".to_owned(), "b".to_owned()], vec!["c".to_owned()]],
        purchases: default.purchases,
    };
    let (leads, purchases) = own.to_settings();
    assert_eq!(leads, ["a+b", "c"]);
    assert_eq!(ActionMap::from_settings(&leads, &purchases).unwrap(), own);
    assert!(ActionMap::from_settings(&["a + b".to_owned(), "b".to_owned()], &[]).is_err());
}
