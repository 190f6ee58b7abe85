//! Which actions count, changed when the figures are already there.

use serde_json::{Value, json};

use crate::rumbo::Rumbo;
use crate::sandbox::SandboxProcess;

/// The types that the package of these seeds counts; they do not overlap.
const FIVE: &str = "onsite_conversion.purchase+onsite_conversion.lead_grouped\
    +offsite_conversion.fb_pixel_purchase+offsite_conversion.fb_pixel_lead\
    +offsite_conversion.fb_pixel_custom";

/// Conversions and value of the seeds, as `roi` tells them at every level.
fn told(rumbo: &Rumbo) -> (Value, Value) {
    let mut all = ["account", "campaign", "adset", "ad"].map(|by| {
        let report = rumbo.json(&[
            "roi",
            "--by",
            by,
            "--from",
            "2020-12-01",
            "--to",
            "2020-12-31",
        ]);
        let total = &report["total"];
        (
            total["meta_leads"].clone(),
            total["meta_purchase_value"].clone(),
        )
    });
    all.sort_by_key(|(leads, value)| format!("{leads} {value}"));
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    all[0].clone()
}

fn save(rumbo: &Rumbo, leads: &Value, purchases: &Value) -> crate::rumbo::Ran {
    let mut settings = rumbo.json(&["call", "get_workspace_settings"]);
    settings["lead_actions"] = leads.clone();
    settings["purchase_actions"] = purchases.clone();
    rumbo.run(&[
        "call",
        "save_workspace_settings",
        &settings.to_string(),
        "--json",
    ])
}

#[test]
fn other_actions_give_other_figures_of_what_is_already_stored() {
    let files = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rumbo-sandbox/fixtures/dbt_facebook_ads"
    );
    let sandbox = SandboxProcess::start_with(&["--load", files]);
    let rumbo = Rumbo::with_workspace();
    assert_eq!(sandbox.connect_by_token(&rumbo).code, 0);
    rumbo.json(&["accounts", "select", "--all"]);
    rumbo.json(&["sync", "--since", "2020-12-01"]);
    assert_eq!(told(&rumbo), (json!(22), json!("58649.68")));

    // One type in two entries would be counted twice; a list without a type counts nothing.
    for (list, field) in [
        (json!(["lead+leadgen_grouped", "lead"]), "lead_actions"),
        (json!([" + "]), "lead_actions"),
    ] {
        let ran = save(&rumbo, &list, &json!([]));
        assert_eq!((ran.code, ran.error()), (1, "invalid_input".to_owned()));
        assert_eq!(ran.json()["error"]["field"], field, "{ran:?}");
    }
    assert_eq!(told(&rumbo), (json!(22), json!("58649.68")));

    let ran = save(&rumbo, &json!([FIVE]), &json!([FIVE]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(told(&rumbo), (json!(19), json!("152225.32")));

    // Meta said nothing new, so a sync changes nothing; and what it reads follows the same map.
    let again = rumbo.json(&["sync", "--since", "2020-12-01", "--full"]);
    assert_eq!(
        (&again["rows_added"], &again["rows_changed"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(told(&rumbo), (json!(19), json!("152225.32")));

    assert_eq!(save(&rumbo, &json!([]), &json!([])).code, 0);
    assert_eq!(told(&rumbo), (json!(22), json!("58649.68")));
}
