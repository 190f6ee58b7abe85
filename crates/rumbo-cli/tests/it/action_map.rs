//! Which actions count, changed when the figures are already there.

use serde_json::{Value, json};

use crate::rumbo::Rumbo;
use crate::sandbox::SandboxProcess;

/// The types that the package of these seeds counts; they do not overlap.
const FIVE: &str = "onsite_conversion.purchase+onsite_conversion.lead_grouped\
    +offsite_conversion.fb_pixel_purchase+offsite_conversion.fb_pixel_lead\
    +offsite_conversion.fb_pixel_custom";

/// The entry of the default list that is taken where `lead` is missing.
const FALLBACK: &str = "onsite_conversion.lead_grouped+offsite_conversion.fb_pixel_lead";

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
        assert_eq!((ran.code, ran.error()), (2, "invalid_input".to_owned()));
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

/// The row of a type.
fn told_of<'a>(report: &'a Value, action_type: &str) -> &'a Value {
    let types = report["types"].as_array().unwrap();
    let found = types.iter().find(|told| told["action_type"] == action_type);
    found.unwrap_or_else(|| panic!("{action_type}: {report}"))
}

#[test]
fn the_map_shows_what_is_counted_and_what_is_the_same_again() {
    let files = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rumbo-sandbox/fixtures/dbt_facebook_ads"
    );
    let sandbox = SandboxProcess::start_with(&["--load", files]);
    let rumbo = Rumbo::with_workspace();
    assert_eq!(sandbox.connect_by_token(&rumbo).code, 0);
    rumbo.json(&["accounts", "select", "--all"]);
    rumbo.json(&["sync", "--since", "2020-12-01"]);
    let period = ["--from", "2020-12-01", "--to", "2020-12-31"];
    let actions = |more: &[&str]| rumbo.json(&[&["actions"], &period[..], more].concat());

    // As the files have it: 3 leads on two ad-days, 19 by the pixel on eight others.
    let report = actions(&[]);
    assert_eq!(report["leads"]["figure"], 22);
    assert_eq!(report["leads"]["is_default"], true);
    for sum in ["counted", "summed"] {
        assert_eq!(report["leads"][sum]["ad_days"], 10, "{report}");
    }
    let (lead, pixel) = (
        told_of(&report, "lead"),
        told_of(&report, "offsite_conversion.fb_pixel_lead"),
    );
    assert_eq!((&lead["count"], &lead["ad_days"]), (&json!(3), &json!(2)));
    // And one of a value without a count.
    assert_eq!(
        (&pixel["count"], &pixel["ad_days"]),
        (&json!(19), &json!(9))
    );
    assert_eq!(pixel["within"], "lead");
    assert!(
        lead["overlaps"]
            .as_array()
            .unwrap()
            .contains(&pixel["action_type"])
    );
    let taken: Vec<&str> = FALLBACK.split('+').collect();
    let fallback = &report["leads"]["fallbacks"][0];
    assert_eq!(fallback["taken"], json!(taken));
    assert_eq!(
        (&fallback["ad_days"], &fallback["count"]),
        (&json!(8), &json!(19))
    );
    // A value without a count, of an event that no list has.
    let content = told_of(&report, "view_content");
    assert_eq!(
        (&content["count"], &content["days"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(content["values"][0]["amount"], "50982.11");
    assert_eq!(content["as_leads"], Value::Null);

    // Under the figure lie Meta's actions, as Meta writes them.
    let total = ["2020-12-01", "2020-12-31"].join("/");
    let passport = rumbo.json(&["explain", &format!("meta_leads/adset/{total}/USD/total")]);
    assert_eq!(passport["by"], "adset");
    let leads: i64 = passport["ad_days"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|day| serde_json::from_str::<Value>(day["actions"].as_str()?).ok())
        .flat_map(|row| row["actions"].as_array().cloned().unwrap_or_default())
        .filter(|action| action["action_type"] == pixel["action_type"])
        .map(|action| action["value"].as_str().unwrap().parse::<i64>().unwrap())
        .sum();
    assert_eq!(leads, 19, "{passport}");

    // A list that lacks what the account has says so.
    let report = actions(&["--leads", "lead"]);
    assert_eq!(report["leads"]["figure"], 3);
    assert_eq!(report["leads"]["summed"]["count"], 22);
    assert_eq!(report["leads"]["counted"]["ad_days"], 2);
    assert_eq!(report["leads"]["summed"]["ad_days"], 10);
    let missed = &report["leads"]["fallbacks"][0];
    assert_eq!(
        (&missed["taken"], &missed["ad_days"], &missed["count"]),
        (&json!([]), &json!(8), &json!(19))
    );
    assert_eq!(told(&rumbo).0, json!(3));
    let report = actions(&["--leads", "lead+offsite_conversion.fb_pixel_lead"]);
    assert_eq!(report["leads"]["added_twice"][0]["one"], "lead");
    assert_eq!(actions(&["--leads", "default"])["leads"]["figure"], 22);
    let text = rumbo
        .run(&[&["--lang", "en", "actions"], &period[..]].concat())
        .stdout;
    assert!(text.contains("offsite_conversion.fb_pixel_lead"), "{text}");

    // Beside the CRM, which has none of them.
    let gap = rumbo.json(&[&["gap"], &period[..]].concat());
    let total = &gap["groups"][0]["total"]["leads"];
    assert_eq!(total["gap"], "-22");
    let parts = total["parts"].as_array().unwrap();
    assert!(parts.iter().all(|part| part["cause"] == "only_meta"));
    assert_eq!(gap["report"]["total"]["meta_leads"], 22);
}

#[test]
fn a_part_is_named_by_metas_id_whether_it_has_figures_or_not() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file(
        "ads.csv",
        "Day,Campaign name,Campaign ID,Ad set name,Ad set ID,Ad name,Ad ID,Amount spent (USD)\n\
         2026-03-01,Summer,120210000000000001,Set,120210000000000002,Ad,120210000000000003,10\n",
    );
    rumbo.json(&["import", "ads", file.to_str().unwrap()]);
    let roi = |month: &str, flags: &[&str]| {
        let (from, to) = (format!("{month}-01"), format!("{month}-28"));
        let mut arguments = vec!["roi", "--by", "ad", "--from", &from, "--to", &to];
        arguments.extend(flags);
        rumbo.json(&arguments)["total"]["spend"].clone()
    };
    for flags in [
        ["--campaign", "120210000000000001"],
        ["--adset", "120210000000000002"],
    ] {
        assert_eq!(roi("2026-03", &flags), "10.00", "{flags:?}");
        // Nothing was delivered in that month: that is an answer, no failure.
        assert_eq!(roi("2026-07", &flags), Value::Null, "{flags:?}");
    }
    for flags in [["--campaign", "77"], ["--adset", "78"], ["--account", "79"]] {
        let mut arguments = vec!["roi", "--by", "ad", "--json"];
        arguments.extend(flags);
        let ran = rumbo.run(&arguments);
        assert_eq!(
            (ran.code, ran.error()),
            (1, "not_found".to_owned()),
            "{flags:?}"
        );
    }
}

#[test]
fn a_period_stands_beside_the_year_before_and_accounts_beside_metas_own_total() {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file(
        "ads.csv",
        "Day,Campaign name,Campaign ID,Amount spent (USD)\n\
         2025-03-01,Summer,1,4\n2026-02-28,Summer,1,2\n2026-03-01,Summer,1,10\n",
    );
    rumbo.json(&["import", "ads", file.to_str().unwrap()]);
    let period = ["--from", "2026-03-01", "--to", "2026-03-01"];
    for (compare, from, spend) in [
        ("year", "2025-03-01", "4.00"),
        ("previous", "2026-02-28", "2.00"),
    ] {
        let mut arguments = vec!["roi", "--compare", compare];
        arguments.extend(period);
        let report = rumbo.json(&arguments);
        assert_eq!(report["previous_period"]["from"], from);
        assert_eq!(report["previous_total"]["spend"], spend);
        assert_eq!(report["total"]["cpa_conversion"], "lead");
        assert_eq!(report["total"]["new_customers"], 0);
        arguments[0] = "stats";
        let stats = rumbo.json(&arguments);
        assert_eq!(stats["previous"]["from"], from);
        let spent = stats["kpis"].as_array().unwrap().iter();
        let spent = spent.clone().find(|kpi| kpi["metric"] == "spend").unwrap();
        assert_eq!(spent["previous"], spend);
        assert_eq!(stats["accounts"][0]["campaigns_total"], "16.00");
        assert_eq!(stats["accounts"][0]["meta_total"], Value::Null);
    }
    let mut bare = vec!["roi", "--compare"];
    bare.extend(period);
    assert_eq!(rumbo.json(&bare)["previous_total"]["spend"], "2.00");
}
