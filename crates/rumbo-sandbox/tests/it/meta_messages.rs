//! Sending WhatsApp, Messenger and Instagram messages, as a strict client sees it.

use rumbo_sandbox::{
    Callbacks, Effect, Fault, FaultMatch, IncomingOrder, PreferenceOrder, Switches,
};
use serde_json::{Value, json};

use crate::client::Meta;

/// Calls with a JSON body and a token; the status and the answer.
async fn post(meta: &Meta, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let answer = meta
        .http
        .post(format!("{}/{path}", meta.at.graph_url))
        .bearer_auth(token)
        .header("x-api-key", token)
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn channel(meta: &Meta, name: &str, key: &str) -> String {
    meta.at.channels[name][key].as_str().unwrap().to_owned()
}

fn text_to(to: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": to,
        "type": "text", "text": { "body": "Hola" }, "biz_opaque_callback_data": "d-1",
    })
}

#[tokio::test]
async fn a_message_is_what_meta_documents_and_nothing_else() {
    let meta = Meta::small().await;
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let token = meta.at.access_token.clone();
    let path = format!("v26.0/{phone}/messages");
    let (status, answer) = post(&meta, &path, &token, &text_to("+5491144445555")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["contacts"][0]["wa_id"], "5491144445555");
    assert!(
        answer["messages"][0]["id"]
            .as_str()
            .unwrap()
            .starts_with("wamid.")
    );
    assert!(answer["messages"][0].get("message_status").is_none());

    let wrong = |change: fn(&mut Value)| {
        let mut body = text_to("+5491144445555");
        change(&mut body);
        body
    };
    for (body, code) in [
        (wrong(|it| it["preview"] = true.into()), 100),
        (wrong(|it| it["text"]["bold"] = true.into()), 100),
        (wrong(|it| it["type"] = "song".into()), 100),
        (wrong(|it| it["messaging_product"] = "sms".into()), 100),
        (
            wrong(|it| it["text"]["body"] = "a".repeat(4_097).into()),
            100,
        ),
        (wrong(|it| it["text"] = json!({})), 100),
        (wrong(|it| it["context"] = json!({})), 100),
        (wrong(|it| it["to"] = "12".into()), 131_009),
        (
            wrong(|it| {
                it.as_object_mut().unwrap().remove("to");
            }),
            100,
        ),
    ] {
        let (status, answer) = post(&meta, &path, &token, &body).await;
        assert_eq!(
            (status, answer["error"]["code"].as_i64()),
            (400, Some(code)),
            "{body}"
        );
    }
    let control = meta.sandbox.control();
    assert_eq!(control.accepted_count().accepted, 1);
    let narrow = control.issue_token(&["ads_read"], None);
    let (status, answer) = post(&meta, &path, &narrow, &text_to("+5491144445555")).await;
    assert_eq!((status, answer["error"]["code"].as_i64()), (403, Some(200)));
}

#[tokio::test]
async fn files_are_uploaded_first_or_public() {
    let meta = Meta::small().await;
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let token = meta.at.access_token.clone();
    let path = format!("v26.0/{phone}/messages");
    let image = |object: Value| json!({ "messaging_product": "whatsapp", "to": "+5491144445555", "type": "image", "image": object });
    let media = format!("v26.0/{phone}/media");
    let upload = json!({ "messaging_product": "whatsapp", "file": "…", "type": "image/jpeg" });
    let (status, answer) = post(&meta, &media, &token, &upload).await;
    assert_eq!(status, 200, "{answer}");
    let id = answer["id"].as_str().unwrap();
    for (object, expected) in [
        (json!({ "id": id, "caption": "El sillón" }), 200),
        (json!({ "link": "https://casaalba.example/a.jpg" }), 200),
        (json!({ "id": "1" }), 400),
        (
            json!({ "id": id, "link": "https://casaalba.example/a.jpg" }),
            400,
        ),
        (json!({ "link": "ftp://casaalba.example/a.jpg" }), 400),
        (
            json!({ "link": "https://casaalba.example/a.jpg", "filename": "a.jpg" }),
            400,
        ),
    ] {
        let (status, answer) = post(&meta, &path, &token, &image(object)).await;
        assert_eq!(status, expected, "{answer}");
    }
}

#[tokio::test]
async fn what_fails_later_is_taken_first_unless_told_otherwise() {
    let meta = Meta::small().await;
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let token = meta.at.access_token.clone();
    let path = format!("v26.0/{phone}/messages");
    // Nobody wrote in: the window is closed, and Meta says so by webhook alone.
    let (status, answer) = post(&meta, &path, &token, &text_to("+5491166667777")).await;
    assert_eq!(status, 200);
    let id = answer["messages"][0]["id"].as_str().unwrap();
    let history = meta
        .get(
            &format!("{phone}/message_history"),
            &[("message_id", id), ("access_token", &token)],
        )
        .await;
    assert_eq!(
        history.body["data"][0]["events"]["data"][0]["delivery_status"],
        "FAILED"
    );
    let control = meta.sandbox.control();
    control.set_switches(Switches {
        refuse_at_once: true,
        ..control.switches()
    });
    let (status, answer) = post(&meta, &path, &token, &text_to("+5491166667777")).await;
    assert_eq!(
        (status, answer["error"]["code"].as_i64()),
        (400, Some(131_047))
    );
    // They write, and for a day they can be answered.
    control
        .person_writes(&IncomingOrder {
            way: "whatsapp_cloud".to_owned(),
            from: "+5491166667777".to_owned(),
            text: "Hola".to_owned(),
            ..IncomingOrder::default()
        })
        .unwrap();
    let (status, _) = post(&meta, &path, &token, &text_to("+5491166667777")).await;
    assert_eq!(status, 200);
    control.advance(chrono::TimeDelta::hours(24));
    let (status, _) = post(&meta, &path, &token, &text_to("+5491166667777")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_person_who_stopped_gets_no_offers_until_they_resume() {
    let meta = Meta::small().await;
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let token = meta.at.access_token.clone();
    let path = format!("v26.0/{phone}/messages");
    let control = meta.sandbox.control();
    control.set_switches(Switches {
        refuse_at_once: true,
        ..control.switches()
    });
    let offer = json!({
        "messaging_product": "whatsapp", "to": "+5491144445555", "type": "template",
        "template": { "name": "lead_followup", "language": { "code": "en_US" }, "components": [
            { "type": "body", "parameters": [
                { "type": "text", "text": "Ana" }, { "type": "text", "text": "the table" } ] } ] },
    });
    let prefer = |value: &str| {
        control.set_preference(&PreferenceOrder {
            to: phone.clone(),
            from: "+5491144445555".to_owned(),
            value: value.to_owned(),
        })
    };
    prefer("stop").unwrap();
    assert!(prefer("perhaps").is_err());
    let (_, answer) = post(&meta, &path, &token, &offer).await;
    assert_eq!(answer["error"]["code"], 131_050);
    prefer("resume").unwrap();
    let (status, answer) = post(&meta, &path, &token, &offer).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
}

#[tokio::test]
async fn one_id_taken_twice_is_counted() {
    let meta = Meta::small().await;
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let token = meta.at.access_token.clone();
    let path = format!("v26.0/{phone}/messages");
    let control = meta.sandbox.control();
    // Taken, and the answer is lost; whoever sends again sends twice.
    control
        .add_fault(Fault {
            when: FaultMatch {
                path: Some(format!("{phone}/messages")),
                ..FaultMatch::default()
            },
            then: Effect::Empty,
        })
        .unwrap();
    let (_, answer) = post(&meta, &path, &token, &text_to("+5491144445555")).await;
    assert_eq!(answer, Value::Null);
    assert!(control.accepted_count().repeated.is_empty());
    post(&meta, &path, &token, &text_to("+5491144445555")).await;
    let count = control.accepted_count();
    assert_eq!(
        (count.accepted, count.distinct, count.repeated),
        (2, 1, vec!["d-1".to_owned()])
    );
}

#[tokio::test]
async fn pages_answer_people_who_wrote() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let page = channel(&meta, "messenger", "sender_id");
    let token = channel(&meta, "messenger", "token");
    let path = format!("v26.0/{page}/messages");
    let message = |to: &str| json!({ "recipient": { "id": to }, "messaging_type": "RESPONSE", "message": { "text": "Hola" } });
    let (_, answer) = post(&meta, &path, &token, &message("7011")).await;
    assert_eq!(answer["error"]["error_subcode"], 2_018_001);
    control
        .person_writes(&IncomingOrder {
            way: "messenger".to_owned(),
            from: "7011".to_owned(),
            text: "Hola".to_owned(),
            ..IncomingOrder::default()
        })
        .unwrap();
    let (status, answer) = post(&meta, &path, &token, &message("7011")).await;
    assert_eq!((status, &answer["recipient_id"]), (200, &json!("7011")));
    let (_, answer) = post(&meta, &path, &meta.at.access_token, &message("7011")).await;
    assert_eq!(answer["error"]["code"], 190, "only the page's own token");
    control.advance(chrono::TimeDelta::hours(25));
    let (_, answer) = post(&meta, &path, &token, &message("7011")).await;
    assert_eq!(answer["error"]["error_subcode"], 2_018_278);
}

#[tokio::test]
async fn ycloud_queues_or_passes_on() {
    let meta = Meta::small().await;
    let key = channel(&meta, "ycloud", "token");
    let from = channel(&meta, "ycloud", "sender");
    let message = |name: &str| {
        json!({ "from": from, "to": "+5491144445555", "type": "template", "externalId": "d-1",
            "template": { "name": name, "language": { "code": "en_US" } } })
    };
    let direct = "v2/whatsapp/messages/sendDirectly";
    let (status, answer) = post(&meta, direct, &key, &message("hello_world")).await;
    assert_eq!(
        (status, &answer["status"]),
        (200, &json!("accepted")),
        "{answer}"
    );
    let (status, answer) = post(&meta, direct, &key, &message("nothing")).await;
    assert_eq!(status, 404);
    assert_eq!(answer["error"]["whatsappApiError"]["code"], "132001");
    let (status, answer) = post(&meta, "v2/whatsapp/messages", &key, &message("nothing")).await;
    assert_eq!(
        (status, &answer["status"]),
        (200, &json!("accepted")),
        "the queue takes everything"
    );
    let (status, answer) = post(&meta, direct, "wrong", &message("hello_world")).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (401, &json!("UNAUTHORIZED"))
    );
}

/// What the real ones refuse and is easily got past a stand-in.
#[tokio::test]
async fn no_marketing_template_reaches_the_united_states() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    control.set_switches(Switches {
        refuse_at_once: true,
        ..control.switches()
    });
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let path = format!("v26.0/{phone}/messages");
    let token = meta.at.access_token.clone();
    let to = |number: &str| {
        json!({
            "messaging_product": "whatsapp", "to": number, "type": "template",
            "template": { "name": "lead_followup", "language": { "code": "es" }, "components": [
                { "type": "body", "parameters": [
                    { "type": "text", "text": "Ana" }, { "type": "text", "text": "20%" }] }] },
        })
    };
    let told = async |number: &str| {
        let (status, answer) = post(&meta, &path, &token, &to(number)).await;
        (status, answer["error"]["code"].as_i64())
    };
    assert_eq!(told("+12125550123").await, (400, Some(131_049)));
    // Toronto shares the prefix.
    assert_eq!(told("+14165550123").await, (200, None));
}

#[tokio::test]
async fn no_provider_is_kinder_than_it_is() {
    let meta = Meta::small().await;
    let token = meta.at.access_token.clone();
    let phone = channel(&meta, "whatsapp_cloud", "sender_id");
    let own = channel(&meta, "whatsapp_cloud", "sender");
    let path = format!("v26.0/{phone}/messages");
    let with = |value: &str| {
        json!({
            "messaging_product": "whatsapp", "to": "+5491144445555", "type": "template",
            "template": { "name": "lead_followup", "language": { "code": "es" }, "components": [
                { "type": "body", "parameters": [
                    { "type": "text", "text": "Ana" }, { "type": "text", "text": value }] }] },
        })
    };
    let mut numbered = text_to("+5491144445555");
    numbered["biz_opaque_callback_data"] = json!(7);
    for (body, code) in [
        (with("two\nlines"), 132_018),
        (with("a\ttab"), 132_018),
        (with("five     spaces"), 132_018),
        (text_to(&own), 131_021),
        (numbered, 100),
    ] {
        let (status, answer) = post(&meta, &path, &token, &body).await;
        let found = answer["error"]["code"].as_i64();
        assert_eq!((status, found), (400, Some(code)), "{body}");
    }
    let (status, answer) = post(&meta, &path, &token, &with("a    sofa")).await;
    assert_eq!(status, 200, "{answer}");

    let key = channel(&meta, "ycloud", "token");
    let nobody = json!({ "from": channel(&meta, "ycloud", "sender"), "type": "text",
                         "text": { "body": "Hola" } });
    let (status, answer) = post(&meta, "v2/whatsapp/messages", &key, &nobody).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!("PARAM_MISSING"))
    );

    let page = channel(&meta, "messenger", "sender_id");
    let tagged = json!({ "recipient": { "id": "7011" }, "messaging_type": "MESSAGE_TAG",
                         "tag": "GREAT_OFFER", "message": { "text": "Hola" } });
    let page_token = channel(&meta, "messenger", "token");
    let path = format!("v26.0/{page}/messages");
    let (_, answer) = post(&meta, &path, &page_token, &tagged).await;
    assert_eq!(answer["error"]["code"], 100, "{answer}");
    assert!(answer["error"]["error_subcode"].is_null(), "{answer}");

    let bot = channel(&meta, "telegram", "token");
    let path = format!("telegram/bot{bot}/setWebhook");
    for body in [
        json!({ "url": "http://hooks.example.com/telegram" }),
        json!({ "url": "https://hooks.example.com/telegram", "secret_token": "no spaces" }),
    ] {
        let (status, answer) = post(&meta, &path, "", &body).await;
        assert_eq!((status, &answer["ok"]), (400, &json!(false)), "{body}");
    }
}

#[tokio::test]
async fn webhooks_stay_on_this_computer() {
    let meta = Meta::small().await;
    let set = |url: &str| {
        meta.sandbox.control().set_callbacks(&Callbacks {
            meta: Some(url.to_owned()),
            ..Callbacks::default()
        })
    };
    assert!(set("http://127.0.0.1:9/crm/webhook/meta").is_ok());
    assert!(set("http://localhost:9/").is_ok());
    for url in [
        "https://example.com/",
        "http://10.0.0.1/",
        "127.0.0.1",
        "http://localhost.example/",
    ] {
        assert!(set(url).is_err(), "{url}");
    }
}
