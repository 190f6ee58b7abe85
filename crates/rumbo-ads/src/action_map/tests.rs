use proptest::prelude::*;
use rumbo_base::{AdAccountId, AdId, Currency};

use super::{ActionClass, ActionMap, ClaimSplit, SplitClaims, Tiers};
use crate::insights::{
    StoredAction, StoredActions, ToldActions, decimal_micros, take_apart, whole,
};

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

/// A type, its figure, and how much of it came after a view.
type Read = (String, i64, i64);

/// What one ad-day claims, by the words of [`SplitClaims`], from the entries as they are stored.
fn split_by_hand(map: &ActionMap, actions: &StoredActions<'_>) -> SplitClaims {
    let read = |action: StoredAction<'_>| {
        let (micros, _) = decimal_micros(&action.value)?;
        let mut windows = action.windows.iter();
        let view = windows.find(|(window, _)| window == "1d_view");
        let view = view.and_then(|(_, value)| decimal_micros(value));
        let view = view.map_or(0, |(micros, _)| micros);
        Some((action.action_type.into_owned(), micros, view))
    };
    let counts: Vec<Read> = actions.counts().filter_map(read).collect();
    let values: Vec<Read> = actions.values().filter_map(read).collect();
    let taken = |tiers: &Tiers, told: &[Read]| -> Vec<Read> {
        let has = |tier: &&Vec<String>| told.iter().any(|(name, ..)| tier.contains(name));
        let tier = tiers.iter().find(has).cloned().unwrap_or_default();
        let told = told.iter().filter(|(name, ..)| tier.contains(name));
        told.cloned().collect()
    };
    let sums = |told: &[Read]| {
        told.iter().fold((0, 0), |(all, views), (_, micros, view)| {
            (all + micros, views + view)
        })
    };
    let leads = taken(&map.leads, &counts);
    let (mut forms, mut viewed_forms) = (0, 0);
    for form in [
        "onsite_conversion.lead_grouped",
        "onsite_conversion.lead",
        "leadgen_grouped",
    ] {
        let class = ActionClass::of(form);
        let holding = leads
            .iter()
            .filter(|(name, ..)| ActionClass::of(name).holds(&class));
        let told = counts.iter().find(|(name, ..)| name == form);
        if let Some((_, micros, view)) = told
            && sums(&holding.cloned().collect::<Vec<_>>()) != (0, 0)
        {
            (forms, viewed_forms) = (*micros, *view);
            break;
        }
    }
    SplitClaims {
        forms: whole(forms.min(sums(&leads).0)),
        viewed_leads: whole((sums(&leads).1 - viewed_forms).max(0)),
        viewed_purchases: whole(sums(&taken(&map.purchases, &counts)).1),
        viewed_value: sums(&taken(&map.purchases, &values)).1,
        tells_views: counts.iter().chain(&values).any(|(.., view)| *view != 0),
    }
}

fn stored_list(names: &'static [&'static str]) -> impl Strategy<Value = serde_json::Value> {
    let figure = || {
        prop_oneof![
            Just(String::new()),
            Just("0".to_owned()),
            "[1-9][0-9]?(\\.[0-9]{1,2})?"
        ]
    };
    let entry = (figure(), prop::option::of(figure()));
    let entries = prop::collection::vec(prop::option::of(entry), names.len());
    entries.prop_map(|entries| {
        let told = names.iter().zip(entries);
        let told = told.filter_map(|(name, entry)| {
            let (value, view) = entry?;
            Some(match view {
                Some(view) => serde_json::json!([name, value, "1d_view", view, "7d_click", "5"]),
                None => serde_json::json!([name, value]),
            })
        });
        told.collect()
    })
}

const COUNTED: &[&str] = &[
    "lead",
    "leadgen_grouped",
    "offsite_conversion.fb_pixel_lead",
    "omni_purchase",
    "onsite_conversion.lead",
    "onsite_conversion.lead_grouped",
    "purchase",
];

proptest! {
    #[test]
    fn claims_are_taken_apart_as_by_hand(
        told in prop::collection::vec((stored_list(COUNTED), stored_list(&["omni_purchase", "purchase"])), 1..20),
    ) {
        let map = ActionMap::default();
        let mut split = ClaimSplit::of(&map);
        let (mut shape, mut figures) = (String::new(), Vec::new());
        for (counts, values) in told {
            let text = serde_json::json!({"a": counts, "v": values}).to_string();
            let actions = StoredActions::parse(&text).unwrap();
            take_apart(&actions, &mut shape, &mut figures);
            let told = ToldActions {
                account: AdAccountId(uuid::Uuid::nil()),
                day: chrono::NaiveDate::default(),
                ad: AdId(uuid::Uuid::nil()),
                currency: Currency::USD,
                attribution_setting: None,
                shape: &shape,
                figures: &figures,
            };
            prop_assert_eq!(split.split(&told).unwrap(), split_by_hand(&map, &actions));
        }
    }
}
