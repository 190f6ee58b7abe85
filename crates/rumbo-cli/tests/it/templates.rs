//! `rumbo templates`

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::rumbo::{Ran, Rumbo};
use crate::sandbox::SandboxProcess;

fn clean() -> Value {
    json!({ "name": "pedido_enviado", "language": "es_AR", "category": "UTILITY",
            "components": [
                { "type": "BODY", "text": "Hola {{1}}, tu pedido salió del depósito esta mañana.",
                  "example": { "body_text": [["Ana"]] } }] })
}

/// Refused for its name, which can be mended, and for where its variable stands, which cannot.
fn broken() -> Value {
    let mut template = clean();
    template["name"] = json!("Pedido enviado");
    template["components"][0]["text"] = json!("{{1}}, tu pedido salió del depósito esta mañana.");
    template["components"][0]["extra"] = json!({ "kept": [1, null] });
    template
}

#[test]
fn a_clean_template_ends_with_0_and_needs_no_data() {
    let rumbo = Rumbo::new();
    let file = rumbo.file("clean.json", clean().to_string());
    let ran = rumbo.run(&["templates", "lint", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("Refusals: 0."), "{}", ran.stdout);
    assert!(!rumbo.folder().join("data").exists());
}

#[test]
fn what_would_be_refused_ends_with_1_and_says_where_and_what_to_do() {
    let rumbo = Rumbo::new();
    let file = rumbo.file("broken.json", json!([clean(), broken()]).to_string());
    let file = file.to_str().unwrap();
    let ran = rumbo.run(&["templates", "lint", file]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for said in [
        "Pedido enviado (es_AR, UTILITY)",
        "refused  body [1–5]: The text begins or ends with the variable {{1}}.",
        "(variable.at-edge)",
        "Can be mended: Name it pedido_enviado",
        "Templates: 2. Refusals: 2. Warnings: 0.",
    ] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
    let ran = rumbo.run(&["templates", "lint", file, "--lang", "pt"]);
    assert!(
        ran.stdout.contains("corpo [1–5]: O texto começa"),
        "{}",
        ran.stdout
    );
    let ran = rumbo.run(&["templates", "lint", file, "--json"]);
    assert_eq!(ran.code, 1);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&found["refused"], &found["warnings"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(found["document"], Value::Null);
    let finding = &found["templates"][1]["findings"][1];
    assert_eq!(finding["rule"], "variable.at-edge");
    assert_eq!(finding["meta_code"], 2_388_299);
    assert_eq!(finding["place"]["pointer"], "/components/0/text");
    assert_eq!(finding["fix"], Value::Null);
}

#[test]
fn warnings_alone_end_with_0() {
    let rumbo = Rumbo::new();
    let mut template = clean();
    template["components"][0]["text"] = json!("Hola {{1}}, tu pedido salió y hay descuentos.");
    let file = rumbo.file("warned.json", template.to_string());
    let ran = rumbo.run(&["templates", "lint", file.to_str().unwrap(), "--lang", "es"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("aviso  cuerpo"), "{}", ran.stdout);
}

#[test]
fn fixing_prints_the_file_or_writes_it_and_keeps_what_it_does_not_know() {
    let rumbo = Rumbo::new();
    let answer = json!({ "data": [broken()], "paging": { "cursors": { "after": "x" } } });
    let mut expected = answer.clone();
    expected["data"][0]["name"] = json!("pedido_enviado");
    let file = rumbo.file("answer.json", answer.to_string());
    let file = file.to_str().unwrap();
    let ran = rumbo.run(&["templates", "lint", file, "--fix"]);
    assert_eq!(ran.code, 1, "what is left is still refused: {ran:?}");
    assert_eq!(
        serde_json::from_str::<Value>(&ran.stdout).unwrap(),
        expected
    );
    assert!(
        ran.stderr.contains("mended  template, name"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("variable.at-edge"), "{}", ran.stderr);

    let out = rumbo.folder().join("mended.json");
    let ran = rumbo.run(&[
        "templates",
        "lint",
        file,
        "--fix",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("mended  template, name"),
        "{}",
        ran.stdout
    );
    let written = std::fs::read_to_string(&out).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), expected);

    let ran = rumbo.run(&["templates", "lint", file, "--fix", "--json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let document: Value = serde_json::from_str(found["document"].as_str().unwrap()).unwrap();
    assert_eq!(document, expected);
    assert_eq!(
        found["templates"][0]["mended"][0]["rule"],
        "name.characters"
    );
}

#[test]
fn standard_input_is_read_too() {
    let rumbo = Rumbo::new();
    let mut command = rumbo.command(&["templates", "lint", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(broken().to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("variable.at-edge"));
}

#[test]
fn a_file_without_templates_is_wrong_usage() {
    let rumbo = Rumbo::new();
    let file = |name: &str, text: &str| rumbo.file(name, text).to_str().unwrap().to_owned();
    let said = |arguments: &[&str]| -> Ran { rumbo.run(arguments) };
    for (text, told) in [
        ("{\n  \"name\": ,", "on line 2"),
        ("[1, 2]", "holds no template"),
        ("[]", "holds no template"),
        (r#"{"data": []}"#, "holds no template"),
        (
            r#"{"name":"a","language":"es","components":[{"type":"BODY","text":5}]}"#,
            "/components",
        ),
    ] {
        let ran = said(&["templates", "lint", &file("wrong.json", text)]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    let ran = said(&["templates", "lint", "nowhere.json", "--json"]);
    assert_eq!(ran.code, 2);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["error"]["field"], "file");
    assert_eq!(said(&["templates", "lint"]).code, 2);
    let clean = file("clean.json", &clean().to_string());
    assert_eq!(
        said(&["templates", "lint", &clean, "--out", "x.json"]).code,
        2
    );
}

#[test]
fn files_of_other_kinds_and_sizes_are_told() {
    let rumbo = Rumbo::new();
    let lint = |name: &str, bytes: Vec<u8>| -> Ran {
        let file = rumbo.file(name, bytes);
        rumbo.run(&["templates", "lint", file.to_str().unwrap(), "--json"])
    };
    // As some shells write what they are told to keep.
    let units = clean().to_string();
    let utf16 = [0xfeff]
        .into_iter()
        .chain(units.encode_utf16())
        .flat_map(u16::to_le_bytes);
    let ran = lint("utf16.json", utf16.collect());
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = lint("latin.json", b"{\"name\": \"a\xf1o\"}".to_vec());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("Save it as UTF-8"), "{}", ran.stderr);
    let ran = lint("large.json", vec![b' '; 17 * 1024 * 1024]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("16 MB"), "{}", ran.stderr);
    // What is hopeless is told all the same, and takes no longer than it must.
    for text in [
        "{{".repeat(60_000),
        "🎉".repeat(20_000),
        "{{1}} {{2}} ".repeat(20_000),
    ] {
        let template = serde_json::json!({
            "name": "a", "language": "en", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": text }],
        });
        let ran = lint("hopeless.json", template.to_string().into_bytes());
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("body.too-long"), "{}", ran.stderr);
    }
}

/// On the sample workspace, each step in a program of its own: the sandbox that plays Meta is
/// another one each time, and has what was submitted to the one before.
#[test]
fn a_template_goes_from_a_file_to_meta_and_is_still_there_afterwards() {
    let rumbo = Rumbo::new();
    rumbo.json(&["demo", "--days", "1"]);
    let listed = rumbo.json(&["templates", "list", "--state", "rejected"]);
    assert_eq!(listed["total"], 2);
    let pulled = rumbo.json(&["templates", "pull"]);
    assert_eq!(pulled["accounts"][0]["unchanged"], 12);
    assert_eq!(pulled["accounts"][0]["changed"], 0);
    let several = rumbo.run(&["templates", "status", "lead_followup", "--language", "es"]);
    assert_eq!(several.code, 2, "{several:?}");
    let account = pulled["accounts"][0]["account"].as_str().unwrap();
    let file = rumbo.file("clean.json", clean().to_string());
    let file = file.to_str().unwrap();
    let mut broken = clean();
    broken["components"][0]["text"] = json!("{{1}}, tu pedido {{2}} salió del depósito hoy.");
    let wrong = rumbo.file("wrong.json", broken.to_string());
    let wrong = wrong.to_str().unwrap();
    let refused = rumbo.run(&[
        "templates",
        "submit",
        "--file",
        wrong,
        "--account",
        account,
        "--json",
    ]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let reason = &refused.json()["error"]["reason"];
    assert_eq!(reason, "template_would_be_refused");
    let none = rumbo.json(&["templates", "list", "--search", "pedido_enviado"]);
    assert_eq!(none["rows"], json!([]), "nothing half-written");
    let listed = rumbo.json(&[
        "templates",
        "list",
        "--quality",
        "GREEN",
        "--category",
        "MARKETING",
    ]);
    assert!(listed["total"].as_u64().unwrap() > 0, "as JSON writes them");
    let submit = ["templates", "submit", "--file", file, "--account", account];
    let sent = rumbo.json(&submit);
    assert_eq!(sent["row"]["state"], "pending");
    let again = rumbo.run(&submit);
    assert_eq!(again.code, 1, "{again:?}");
    let pulled = rumbo.json(&["templates", "pull", "--account", account]);
    assert_eq!(pulled["accounts"][0]["vanished"], 0);
    let status = rumbo.json(&["templates", "status", "pedido_enviado"]);
    assert_eq!(status["row"]["state"], "pending");
    let text = rumbo
        .run(&["templates", "show", "pedido_enviado", "--lang", "es"])
        .stdout;
    assert!(text.contains("Estado: pending"), "{text}");
    let mut edited = clean();
    edited["components"][0]["text"] =
        json!("Hola {{1}}, tu pedido salió del depósito hoy a la {{2}}, bien temprano.");
    edited["components"][0]["example"] = json!({ "body_text": [["Ana", "mañana"]] });
    let file = rumbo.file("edited.json", edited.to_string());
    let refused = rumbo.run(&[
        "templates",
        "submit",
        "--file",
        file.to_str().unwrap(),
        "--account",
        account,
        "--json",
    ]);
    assert_eq!((refused.code, refused.error().as_str()), (1, "conflict"));
    let differs = rumbo.json(&["templates", "diff", "pedido_enviado"]);
    assert_eq!(differs["breaks"][0]["variable"]["name"], "2");
    let text = rumbo.run(&["templates", "diff", "pedido_enviado"]).stdout;
    assert!(text.contains("{+"), "{text}");
    assert_eq!(
        rumbo
            .json(&["templates", "versions", "pedido_enviado"])
            .as_array()
            .unwrap()
            .len(),
        2
    );
    rumbo.json(&["templates", "delete", "pedido_enviado"]);
    let id = sent["row"]["id"].as_str().unwrap();
    let deeds = rumbo.json(&["audit", "list", "--kind", "template", "--object", id]);
    let actions: Vec<&str> = deeds["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "delete_template",
            "save_template",
            "submit_template",
            "save_template"
        ]
    );
    assert_eq!(rumbo.json(&["audit", "verify"])["broken_at"], Value::Null);
    let out = rumbo.file("audit.csv", "");
    rumbo.json(&["audit", "export", "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("submit_template"), "{text}");
    let shown = rumbo.run(&["audit", "list", "--lang", "es"]).stdout;
    assert!(shown.contains("delete_template"), "{shown}");
    let gone = rumbo.run(&["templates", "status", "pedido_enviado"]);
    assert_eq!(gone.code, 1, "{gone:?}");
}

/// Nobody signs in at Meta: the channel has a token of its own.
#[test]
fn templates_of_a_channel_that_was_added_by_hand_are_pulled() {
    let sandbox = SandboxProcess::start();
    let rumbo = Rumbo::with_workspace();
    let played = sandbox.ready["channels"]["whatsapp_cloud"].clone();
    let text = |name: &str| played[name].as_str().unwrap().to_owned();
    let account = format!("account={}", text("account"));
    let (base, sender, sender_id) = (text("base_url"), text("sender"), text("sender_id"));
    let run = |arguments: &[&str]| {
        let mut command = rumbo.command(arguments);
        command
            .env("RUMBO_VAULT", "passphrase")
            .env("RUMBO_PASSPHRASE", "a passphrase for tests")
            .env("WHATSAPP_TOKEN", text("token"));
        Ran::of(&mut command)
    };
    let add = [
        "channels",
        "add",
        "Shop",
        "--provider",
        "whatsapp_cloud",
        "--sender",
        &sender,
        "--sender-id",
        &sender_id,
        "--base-url",
        &base,
        "--secret-env",
        "token=WHATSAPP_TOKEN",
        "--json",
    ];
    let added = run(&add);
    assert_eq!(added.code, 0, "{added:?}");
    let nameless = run(&["templates", "pull", "--json"]);
    assert_eq!(nameless.code, 2, "{nameless:?}");
    assert!(nameless.stdout.contains("Shop"), "{nameless:?}");
    let named = run(&[
        "channels",
        "add",
        "Shop",
        "--provider",
        "whatsapp_cloud",
        "--set",
        &account,
        "--json",
    ]);
    assert_eq!(named.code, 0, "{named:?}");
    let pulled = run(&["templates", "pull", "--json"]);
    assert_eq!(pulled.code, 0, "{pulled:?}");
    assert_eq!(pulled.json()["accounts"][0]["added"], 12);
    let listed = run(&["templates", "list", "--json"]);
    assert_eq!(listed.json()["total"], 12);
}
