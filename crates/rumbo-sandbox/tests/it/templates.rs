//! Message templates of a WhatsApp account, as a client sees them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use rumbo_sandbox::{Callbacks, SandboxConfig, TemplateOrder};
use serde_json::{Value, json};

use crate::client::{Answer, Meta, noon};

const LIST: &str = "109557302218430/message_templates";

async fn meta() -> Meta {
    let meta = Meta::start(SandboxConfig {
        now: Some(noon()),
        ..SandboxConfig::default()
    })
    .await;
    let mut switches = meta.sandbox.control().switches();
    switches.unlimited = true;
    meta.sandbox.control().set_switches(switches);
    meta
}

async fn create(meta: &Meta, name: &str, category: &str, components: &Value) -> Answer {
    let components = components.to_string();
    meta.post(
        LIST,
        &[
            ("name", name),
            ("language", "es_AR"),
            ("category", category),
            ("components", &components),
        ],
    )
    .await
}

fn body(text: &str, examples: &[&str]) -> Value {
    json!([{ "type": "body", "text": text, "example": { "body_text": [examples] } }])
}

#[tokio::test]
async fn a_list_comes_in_pages_of_25_with_all_that_is_asked() {
    let meta = meta().await;
    for number in 0..20 {
        let text = format!("Hola, este es el aviso {number} de la tienda.");
        let made = create(
            &meta,
            &format!("aviso_{number}"),
            "UTILITY",
            &body(&text, &[]),
        )
        .await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let first = meta.get(LIST, &[]).await;
    assert_eq!(first.rows().len(), 25);
    assert!(first.body["paging"]["next"].is_string());
    assert!(first.rows()[0].get("quality_score").is_none());
    let fields = "id,name,status,quality_score,rejected_reason,previous_category,components";
    let all = meta.all(LIST, &[("fields", fields), ("limit", "7")]).await;
    assert_eq!(all.len(), 32);
    assert!(
        all.iter()
            .all(|row| row["quality_score"]["score"].is_string())
    );
    let named = meta
        .get(LIST, &[("name", "aviso_1"), ("status", "PENDING")])
        .await;
    assert_eq!(named.rows().len(), 11);
    let unknown = meta.get(LIST, &[("fields", "colour")]).await;
    assert_eq!(unknown.error().0, 100);
    let refused = meta.with_scopes(&["ads_read"]);
    assert_eq!(refused.get(LIST, &[]).await.error().0, 200);
}

#[tokio::test]
async fn what_is_refused_has_metas_numbers() {
    let meta = meta().await;
    let fine = body("Hola {{1}}, tu pedido ya está en camino a casa.", &["Ana"]);
    let long = "a".repeat(1_025);
    let button = |button: Value| {
        let mut list = fine.as_array().unwrap().clone();
        list.push(json!({ "type": "BUTTONS", "buttons": [button] }));
        Value::from(list)
    };
    let cases = [
        ("Pedido", fine.clone(), 0),
        (
            "sin_cuerpo",
            json!([{ "type": "FOOTER", "text": "Chau" }]),
            2_388_043,
        ),
        ("largo", body(&long, &[]), 2_388_040),
        (
            "al_borde",
            body("{{1}}, tu pedido ya está en camino.", &["Ana"]),
            2_388_299,
        ),
        (
            "sin_ejemplo",
            body("Hola {{1}}, tu pedido está en camino.", &[]),
            2_388_043,
        ),
        (
            "salteada",
            body("Hola {{2}}, tu pedido está en camino.", &["Ana"]),
            2_388_072,
        ),
        (
            "muchas",
            body("Va {{1}} y {{2}} y {{3}} ya", &["a", "b", "c"]),
            2_388_293,
        ),
        (
            "pie",
            json!([fine[0], { "type": "FOOTER", "text": "Chau {{1}}" }]),
            2_388_073,
        ),
        (
            "titulo",
            json!([{ "type": "HEADER", "format": "TEXT", "text": "*Hola*" }, fine[0]]),
            2_388_047,
        ),
        (
            "boton",
            button(json!({ "type": "QUICK_REPLY", "text": "una etiqueta que es demasiado larga" })),
            2_388_040,
        ),
        (
            "direccion",
            button(json!({ "type": "URL", "text": "Ver", "url": "casaalba.example" })),
            2_388_081,
        ),
    ];
    for (name, components, subcode) in cases {
        let refused = create(&meta, name, "UTILITY", &components).await;
        assert_eq!(refused.error(), (100, subcode), "{name}: {}", refused.body);
    }
    assert_eq!(create(&meta, "pedido", "UTILITY", &fine).await.status, 200);
    let twice = create(&meta, "pedido", "UTILITY", &fine).await;
    assert_eq!(twice.error(), (100, 2_388_024));
    let same_text = create(&meta, "otro", "UTILITY", &fine).await;
    assert_eq!(same_text.error(), (100, 2_388_024));
}

#[tokio::test]
async fn a_review_takes_time_and_may_end_in_three_ways() {
    let meta = meta().await;
    for (name, text) in [
        ("bueno", "Hola, tu pedido ya está en camino a casa."),
        ("oferta", "Hola, hoy hay descuento en toda la tienda."),
        ("enlace", "Hola, escribinos a wa.me/5411 cuando quieras."),
    ] {
        create(&meta, name, "UTILITY", &body(text, &[])).await;
    }
    let told = async || -> Vec<(String, String, String)> {
        let fields = "name,status,category,rejected_reason";
        let rows = meta
            .all(LIST, &[("fields", fields), ("language", "es_AR")])
            .await;
        let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
        rows.iter()
            .map(|row| {
                (
                    text(row, "status"),
                    text(row, "category"),
                    text(row, "rejected_reason"),
                )
            })
            .collect()
    };
    assert!(
        told()
            .await
            .iter()
            .all(|(status, _, _)| status == "PENDING")
    );
    meta.sandbox.control().advance(TimeDelta::minutes(1));
    let word = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    assert_eq!(
        told().await,
        [
            word("APPROVED", "UTILITY", "NONE"),
            word("APPROVED", "MARKETING", "NONE"),
            word("REJECTED", "UTILITY", "INVALID_FORMAT"),
        ]
    );
}

#[tokio::test]
async fn edits_and_names_have_metas_limits() {
    let meta = meta().await;
    let text = |word: &str| body(&format!("Hola, tu pedido llega {word} a casa."), &[]).to_string();
    let first = create(&meta, "llegada", "UTILITY", &text("hoy").parse().unwrap()).await;
    let id = first.body["id"].as_str().unwrap().to_owned();
    let edit = async |word: &str| {
        let components = text(word);
        meta.post(&id, &[("components", components.as_str())]).await
    };
    assert_eq!(edit("ya").await.error(), (100, 2_388_039), "under review");
    meta.sandbox.control().advance(TimeDelta::minutes(1));
    assert_eq!(edit("ya").await.body, json!({ "success": true }));
    meta.sandbox.control().advance(TimeDelta::minutes(1));
    assert_eq!(edit("luego").await.error(), (100, 2_388_039), "once a day");
    let category = meta.post(&id, &[("category", "MARKETING")]).await;
    assert_eq!(category.error(), (100, 2_388_039));
    for number in 0..9 {
        meta.sandbox.control().advance(TimeDelta::hours(25));
        assert_eq!(edit(&format!("el {number}")).await.status, 200, "{number}");
        meta.sandbox.control().advance(TimeDelta::minutes(1));
    }
    meta.sandbox.control().advance(TimeDelta::hours(25));
    assert_eq!(
        edit("otra vez").await.error(),
        (100, 2_388_039),
        "ten a month"
    );
    let rejected = TemplateOrder {
        id: id.clone(),
        status: Some("REJECTED".to_owned()),
        ..TemplateOrder::default()
    };
    assert!(meta.sandbox.control().set_template(&rejected));
    assert_eq!(
        edit("de nuevo").await.status,
        200,
        "what was rejected has no limit"
    );

    meta.sandbox.control().advance(TimeDelta::minutes(1));
    let one = [("name", "llegada"), ("hsm_id", id.as_str())];
    assert_eq!(meta.delete(LIST, &one).await.status, 200);
    let gone = meta.get(&id, &[]).await;
    assert_eq!(gone.error(), (100, 33));
    let blocked = create(&meta, "llegada", "UTILITY", &text("otro").parse().unwrap()).await;
    assert_eq!(blocked.error(), (100, 2_388_023));
    meta.sandbox.control().advance(TimeDelta::days(31));
    let free = create(&meta, "llegada", "UTILITY", &text("otro").parse().unwrap()).await;
    assert_eq!(free.status, 200);
}

#[tokio::test]
async fn a_hundred_an_hour_and_no_more() {
    let meta = meta().await;
    for number in 0..100 {
        let text = format!("Hola, este es el aviso {number} de la tienda.");
        let made = create(
            &meta,
            &format!("aviso_{number}"),
            "UTILITY",
            &body(&text, &[]),
        )
        .await;
        assert_eq!(made.status, 200);
    }
    let more = body("Hola, este es uno más de la tienda.", &[]);
    let refused = create(&meta, "uno_mas", "UTILITY", &more).await;
    assert_eq!(refused.error().0, 80_008);
    meta.sandbox.control().advance(TimeDelta::minutes(61));
    assert_eq!(create(&meta, "uno_mas", "UTILITY", &more).await.status, 200);
}

#[tokio::test]
async fn a_file_comes_in_parts_and_goes_on_where_it_stopped() {
    let meta = meta().await;
    let start = meta
        .post(
            &format!("{}/uploads", meta.at.app_id),
            &[
                ("file_name", "a.png"),
                ("file_length", "6"),
                ("file_type", "image/png"),
            ],
        )
        .await;
    let session = start.body["id"].as_str().unwrap();
    let url = format!("{}/v26.0/{session}", meta.at.graph_url);
    let part = async |offset: &str, bytes: &'static str| {
        let sent = meta
            .http
            .post(&url)
            .header("file_offset", offset)
            .body(bytes);
        Answer::read(sent.send().await.unwrap()).await
    };
    assert_eq!(part("0", "abc").await.body["file_offset"], 3);
    let asked = Answer::read(meta.http.get(&url).send().await.unwrap()).await;
    assert_eq!(asked.body["file_offset"], 3);
    assert_eq!(part("0", "def").await.error().0, 100);
    assert!(
        part("3", "def").await.body["h"]
            .as_str()
            .unwrap()
            .starts_with("4::")
    );
}

/// Keeps what is sent to an address of this computer.
async fn receiver() -> (String, Arc<Mutex<Vec<Value>>>) {
    let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = Arc::clone(&heard);
    let router = axum::Router::new().fallback(move |body: String| {
        let told = serde_json::from_str(&body).unwrap_or_default();
        kept.lock().unwrap().push(told);
        std::future::ready(())
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, heard)
}

/// Nobody asks meanwhile: what a review decides is told by itself, by Meta and by YCloud.
#[tokio::test]
async fn a_review_that_ends_is_told_by_webhook() {
    let meta = meta().await;
    let (url, heard) = receiver().await;
    let callbacks = Callbacks {
        meta: Some(url.clone()),
        ycloud: Some(url),
        unsubscribed: false,
    };
    meta.sandbox.control().set_callbacks(&callbacks).unwrap();
    let text = "Hola, tu mesa ya está lista en la tienda.";
    let made = create(&meta, "mesa_lista", "UTILITY", &body(text, &[])).await;
    assert_eq!(made.body["status"], "PENDING");
    meta.sandbox.control().advance(TimeDelta::minutes(1));
    let both = || {
        let all = heard.lock().unwrap().clone();
        let of = |pointer: &str, word: &str| {
            let fits = |one: &&Value| one.pointer(pointer).is_some_and(|it| it == word);
            all.iter().find(fits).cloned()
        };
        let at_meta = of("/entry/0/changes/0/field", "message_template_status_update");
        at_meta.zip(of("/type", "whatsapp.template.reviewed"))
    };
    let mut told = both();
    for _ in 0..500 {
        if told.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        told = both();
    }
    let (at_meta, ycloud) = told.unwrap();
    let value = &at_meta["entry"][0]["changes"][0]["value"];
    assert_eq!(value["event"], "APPROVED");
    assert_eq!(value["message_template_name"], "mesa_lista");
    let template = &ycloud["whatsappTemplate"];
    assert_eq!(
        (&template["statusUpdateEvent"], &template["name"]),
        (&json!("APPROVED"), &json!("mesa_lista"))
    );
}
