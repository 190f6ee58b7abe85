//! Faults on demand, in process and over HTTP.

use rumbo_sandbox::{Effect, Fault, FaultMatch};
use serde_json::{Value, json};

use crate::client::{Answer, Meta};

fn at(path: &str, then: Effect) -> Fault {
    Fault {
        when: FaultMatch {
            path: Some(path.to_owned()),
            ..FaultMatch::default()
        },
        then,
    }
}

fn preset(name: &str) -> Effect {
    Effect::Preset {
        name: name.to_owned(),
        http_ok: false,
    }
}

#[tokio::test]
async fn every_class_of_error_can_be_played() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    for (name, status, code, subcode) in [
        ("throttle_app", 400, 4, 0),
        ("throttle_app_insights", 400, 4, 1_504_022),
        ("throttle_user", 400, 17, 2_446_079),
        ("throttle_page", 400, 32, 0),
        ("throttle_temporary", 400, 341, 0),
        ("throttle_custom", 400, 613, 1_487_742),
        ("throttle_insights", 400, 80_000, 2_446_079),
        ("throttle_ads_management", 400, 80_004, 2_446_079),
        ("throttle_leadgen", 400, 80_005, 0),
        ("transient_unknown", 500, 1, 0),
        ("transient_service", 500, 2, 0),
        ("transient_negative", 500, -2, 2_490_547),
        ("transient_batch", 400, 960, 0),
        ("unavailable", 503, 2, 0),
        ("permanent_breakdowns", 400, 2, 1_504_041),
        ("permanent_metrics", 400, 2, 1_504_042),
        ("too_many_rows", 400, 100, 1_487_534),
        ("too_slow", 400, 100, 1_504_018),
        ("reduce_data", 500, 1, 0),
        ("unknown_99", 500, 1, 99),
        ("token_463", 401, 190, 463),
        ("token_458", 401, 190, 458),
        ("session_102", 401, 102, 0),
        ("permission_denied", 403, 10, 0),
        ("permission_account", 403, 200, 1_870_034),
        ("object_unknown", 400, 100, 33),
        ("incorrect_signature", 400, 104, 0),
        ("cursor_invalid", 400, 2_642, 0),
        ("policy_block", 400, 368, 0),
    ] {
        control.add_fault(at("me", preset(name))).unwrap();
        let answer = meta.get("me", &[]).await;
        assert_eq!(
            (answer.status, answer.error()),
            (status, (code, subcode)),
            "{name}"
        );
        assert_eq!(meta.get("me", &[]).await.status, 200, "once");
    }
    control
        .add_fault(at("me", preset("throttle_user")))
        .unwrap();
    assert_eq!(
        meta.get("me", &[]).await.body["error"]["is_transient"],
        false,
        "Meta says so of code 17"
    );
    let unknown = control.add_fault(at("me", preset("nonsense"))).unwrap_err();
    assert!(
        unknown.to_string().contains("throttle_user"),
        "the error names what there is"
    );
    control
        .add_fault(at(
            "me",
            Effect::Preset {
                name: "throttle_app".into(),
                http_ok: true,
            },
        ))
        .unwrap();
    let odd = meta.get("me", &[]).await;
    assert_eq!(
        (odd.status, odd.error().0),
        (200, 4),
        "an error with HTTP 200"
    );
}

#[tokio::test]
async fn faults_choose_their_call() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let when = FaultMatch {
        method: Some("GET".into()),
        path: Some("act_*/ads".into()),
        contains: Some("limit=3".into()),
        nth: Some(2),
        times: Some(2),
    };
    control
        .add_fault(Fault {
            when,
            then: preset("reduce_data"),
        })
        .unwrap();
    let ads = format!("{}/ads", meta.account(0));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(meta.get(&ads, &[("limit", "3")]).await.status);
        assert_eq!(meta.get(&ads, &[("limit", "4")]).await.status, 200);
    }
    assert_eq!(seen, [200, 500, 500, 200]);
    control
        .add_fault(Fault {
            when: FaultMatch {
                times: Some(0),
                ..FaultMatch::default()
            },
            then: preset("unavailable"),
        })
        .unwrap();
    for _ in 0..3 {
        assert_eq!(meta.get("me", &[]).await.status, 503);
    }
    control.clear_faults();
    assert_eq!(meta.get("me", &[]).await.status, 200);
}

#[tokio::test]
async fn broken_answers() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    control.add_fault(at("me", Effect::Truncate)).unwrap();
    assert!(
        meta.get("me", &[]).await.body.is_string(),
        "no JSON any more"
    );
    control
        .add_fault(at("me", Effect::Html { status: 502 }))
        .unwrap();
    let html = meta.get("me", &[]).await;
    assert!(html.status == 502 && html.body.as_str().unwrap().starts_with("<html>"));
    control.add_fault(at("me", Effect::Empty)).unwrap();
    assert_eq!(meta.get("me", &[]).await.body, "");
    control.add_fault(at("me", Effect::Drop)).unwrap();
    let url = format!("{}/v26.0/me?access_token={}", meta.at.graph_url, meta.token);
    let dropped = match meta.http.get(&url).send().await {
        Ok(response) => response.text().await.is_err(),
        Err(_) => true,
    };
    assert!(dropped);
    control
        .add_fault(at("me", Effect::Slow { milliseconds: 60 }))
        .unwrap();
    let started = std::time::Instant::now();
    assert_eq!(meta.get("me", &[]).await.status, 200);
    assert!(started.elapsed().as_millis() >= 60);
}

#[tokio::test]
async fn pages_that_lead_nowhere() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let path = format!("{}/ads", meta.account(0));
    control
        .add_fault(Fault {
            when: FaultMatch {
                path: Some("act_*/ads".into()),
                times: Some(0),
                ..FaultMatch::default()
            },
            then: Effect::PagingLoop,
        })
        .unwrap();
    let first = meta.get(&path, &[("limit", "5")]).await;
    let second = meta
        .follow(first.body["paging"]["next"].as_str().unwrap())
        .await;
    assert_eq!(first.rows(), second.rows());
    control.clear_faults();
    control
        .add_fault(at("act_*/ads", Effect::EmptyPage))
        .unwrap();
    // Its rows come with the page after it, whether it was one of many or all of the list.
    for limit in ["5", "500"] {
        control.clear_faults();
        let whole = meta.get(&path, &[("limit", limit)]).await;
        control
            .add_fault(at("act_*/ads", Effect::EmptyPage))
            .unwrap();
        let empty = meta.get(&path, &[("limit", limit)]).await;
        assert!(empty.rows().is_empty());
        let next = meta
            .follow(empty.body["paging"]["next"].as_str().unwrap())
            .await;
        assert_eq!(next.rows(), whole.rows());
        assert_eq!(next.body["paging"]["next"].is_null(), limit == "500");
    }
    control.add_fault(at("act_*/ads", Effect::NoRows)).unwrap();
    let none = meta.get(&path, &[]).await;
    assert_eq!(none.body, serde_json::json!({ "data": [] }));
}

#[tokio::test]
async fn a_token_can_die_in_the_middle() {
    let meta = Meta::small().await;
    let fault = Fault {
        when: FaultMatch {
            nth: Some(3),
            ..FaultMatch::default()
        },
        then: Effect::KillToken { subcode: 463 },
    };
    meta.sandbox.control().add_fault(fault).unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(meta.get("me", &[]).await.status);
    }
    assert_eq!(seen, [200, 200, 401, 401]);
}

#[tokio::test]
async fn the_same_over_http() {
    let meta = Meta::small().await;
    let post = |path: &'static str, body: Value| {
        let request = meta
            .http
            .post(format!("{}/{path}", meta.at.control_url))
            .body(body.to_string());
        async move { Answer::read(request.send().await.unwrap()).await }
    };
    let fault = json!({ "when": { "path": "act_*/insights", "times": 2 }, "then": { "effect": "preset", "name": "throttle_insights" } });
    assert_eq!(post("faults", fault).await.status, 200);
    let path = format!("{}/insights", meta.account(0));
    assert_eq!(meta.get(&path, &[]).await.error().0, 80_000);
    assert_eq!(
        post("faults", json!({ "then": { "effect": "explode" } }))
            .await
            .status,
        400
    );
    let moved = post("time", json!({ "advance_seconds": 3600 })).await;
    assert_eq!(moved.body["now"], "2026-11-20T16:00:00Z");
    let token = post("tokens", json!({ "scopes": ["ads_read"], "seconds": 60 }))
        .await
        .body["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        post("tokens/kill", json!({ "token": token, "subcode": 460 }))
            .await
            .status,
        200
    );
    assert_eq!(
        meta.get("me", &[("access_token", &token)]).await.error(),
        (190, 460)
    );
    let campaigns = meta
        .all(&format!("{}/campaigns", meta.account(0)), &[])
        .await;
    let id = campaigns[0]["id"].clone();
    assert_eq!(
        post("objects", json!({ "id": id, "status": "DELETED" }))
            .await
            .status,
        200
    );
    assert_eq!(
        meta.all(&format!("{}/campaigns", meta.account(0)), &[])
            .await
            .len(),
        campaigns.len() - 1
    );
    assert_eq!(
        post(
            "restate",
            json!({ "since": "2026-11-01", "until": "2026-11-02", "spend": 900 })
        )
        .await
        .status,
        200
    );
    assert_eq!(
        post(
            "quota",
            json!({ "account_id": meta.account(0), "kind": "ads_insights", "percent": 100 })
        )
        .await
        .status,
        200
    );
    assert_eq!(
        post("switches", json!({ "unlimited": true })).await.status,
        200
    );
    let closed = json!({ "account_id": meta.account(1), "readable": false });
    assert_eq!(post("access", closed).await.status, 200);
    let refused = meta
        .get(&format!("{}/campaigns", meta.account(1)), &[])
        .await;
    assert_eq!((refused.status, refused.error().0), (403, 200));
    let calls = Answer::read(
        meta.http
            .get(format!("{}/calls", meta.at.control_url))
            .send()
            .await
            .unwrap(),
    )
    .await;
    let text = calls.body.to_string();
    assert!(calls.rows().len() > 3);
    assert!(
        !text.contains(&meta.token) && !text.contains(&meta.at.app_secret),
        "no secret in the log"
    );
    let state = Answer::read(
        meta.http
            .get(format!("{}/state", meta.at.control_url))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert!(state.body["counters"]["faults"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn an_error_can_name_the_fields_at_fault_as_an_object_or_in_a_string() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let blame = json!({ "blame_field_specs": [["bid_strategy"]] });
    for data in [blame.clone(), Value::String(blame.to_string())] {
        let then = json!({
            "effect": "error", "status": 400, "code": 100, "message": "(#100) Invalid parameter",
            "error_data": data,
        });
        control
            .add_fault(at("me", serde_json::from_value(then).unwrap()))
            .unwrap();
        assert_eq!(meta.get("me", &[]).await.body["error"]["error_data"], data);
    }
    let plain = meta.get("me", &[("fields", "nonsense")]).await;
    assert!(plain.body["error"].get("error_data").is_none());
}

#[tokio::test]
async fn the_date_of_answers_can_be_another_than_the_callers() {
    let meta = Meta::small().await;
    let mut switches = meta.sandbox.control().switches();
    switches.date_ahead_seconds = 7_200;
    let dated = async || {
        let answer = meta.get("me", &[]).await;
        let date = answer.headers["date"].to_str().unwrap().to_owned();
        chrono::DateTime::parse_from_rfc2822(&date).unwrap()
    };
    let before = dated().await;
    meta.sandbox.control().set_switches(switches);
    let ahead = (dated().await - before).num_seconds();
    assert!((7_200..7_260).contains(&ahead), "{ahead}");
}
