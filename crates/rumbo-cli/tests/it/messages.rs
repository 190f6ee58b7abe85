//! Messages from a terminal: to whom, to whom not and why, once however often it is asked for, and
//! what came back.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::rumbo::{Ran, Rumbo, fields};
use crate::sandbox::{SandboxProcess, Web, finish};
use crate::story::connected;

/// A test that waits longer than this has failed.
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// A workspace with a WhatsApp number of the sandbox, its templates, and some contacts.
struct Shop {
    sandbox: SandboxProcess,
    rumbo: Rumbo,
}

impl Shop {
    fn with(contacts: &str) -> Self {
        let (sandbox, rumbo) = connected();
        let pulled = rumbo.json(&["templates", "pull"]);
        assert_eq!(pulled["accounts"][0]["added"], 12, "{pulled}");
        let shop = Self { sandbox, rumbo };
        shop.rumbo.json(&[
            "channels",
            "add",
            "Shop",
            "--provider",
            "whatsapp_cloud",
            "--of-connection",
            "--sender-id",
            &shop.number(),
        ]);
        let tested = shop.rumbo.json(&["channels", "test", "Shop"]);
        assert_eq!(tested["channel"]["state"], "connected", "{tested}");
        let file = shop.file("contacts.csv", contacts);
        shop.rumbo.json(&["import", "contacts", &file]);
        shop
    }

    /// With so many contacts whom everything reaches.
    fn with_people(count: u32) -> Self {
        let lines: Vec<String> = (0..count)
            .map(|number| format!("Ana {number},{}", phone(number)))
            .collect();
        Self::with(&format!("name,phone\n{}\n", lines.join("\n")))
    }

    /// What the sandbox calls its first WhatsApp number.
    fn number(&self) -> String {
        self.sandbox.ready["channels"]["whatsapp_cloud"]["sender_id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        self.rumbo.file(name, text).to_str().unwrap().to_owned()
    }

    fn asked(&self, path: &str) -> Value {
        let url = format!("{}/{path}", self.sandbox.text("control_url"));
        let (status, body) = Web::new().get(&url, |call| call);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// What the sandbox took in all, and whether anything came twice.
    fn accepted(&self) -> Vec<Value> {
        self.asked("messages/accepted")["data"]
            .as_array()
            .unwrap()
            .clone()
    }

    fn count(&self) -> Value {
        self.asked("messages/count")
    }

    /// The ids of the contacts, by name.
    fn contact(&self, name: &str) -> String {
        let found = self.rumbo.json(&["contacts", "list", "--search", name]);
        found["rows"][0]["id"].as_str().unwrap().to_owned()
    }

    fn send(&self, to: &str, more: &[&str]) -> Ran {
        self.rumbo.run(&send(to, more))
    }
}

const GREETING: [&str; 6] = [
    "send",
    "--template",
    "hello_world",
    "--channel",
    "Shop",
    "--json",
];

fn send<'a>(to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&GREETING[..], &["--to", to], more].concat()
}

/// A number of which the sandbox takes and delivers everything.
fn phone(number: u32) -> String {
    format!("+54911{:08}", 41_000_100 + number * 7)
}

fn standing(row: &Value, state: &str) -> u64 {
    row["standing"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["state"] == state)
        .filter_map(|line| line["count"].as_u64())
        .sum()
}

fn reasons(preview: &Value, part: &str) -> Vec<(String, u64)> {
    preview[part]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["reason"].as_str().unwrap().to_owned(),
                line["count"].as_u64().unwrap(),
            )
        })
        .collect()
}

/// Spreadsheets write lists in their own ways; each person gets one message, and everybody who gets
/// none is told with the reason.
#[test]
fn a_list_is_tried_sent_once_and_told() {
    let shop = Shop::with(
        "name,phone,email\n\
         Ana Souza,+54 9 11 4100-0001,ana@example.com\n\
         Bia Lima,+5511987650002,\n\
         Carla Paz,+5491141000005,\n\
         Dora Sol,,dora@example.com\n",
    );
    let carla = shop.contact("Carla");
    let told = shop.rumbo.json(&[
        "consent", "set", &carla, "--kind", "whatsapp", "--no", "--note", "by phone",
    ]);
    assert_eq!(told[0]["consent"], "opted_out");
    assert_eq!(
        fields(&told[0]),
        ["at", "consent", "kind", "note", "source"]
    );

    // As Excel in Spanish writes it: a mark in front, semicolons, numbers twice and not at all, and
    // somebody whom nobody knows.
    let list = shop.file(
        "lista.csv",
        "\u{feff}Nombre;Teléfono\r\nAna;+54 9 11 4100-0001\r\nAna otra vez;5491141000001\r\n\
         Bia;+55 (11) 98765-0002\r\nCarla;+5491141000005\r\nDora;dora@example.com\r\n\
         Nadie;+5491177777777\r\nMal;12ab\r\n",
    );
    let tried = shop.send(&list, &["--dry-run"]);
    assert_eq!(tried.code, 0, "{tried:?}");
    let seen = tried.json();
    assert_eq!(
        (&seen["people"], &seen["go"]),
        (&json!(4), &json!(2)),
        "{seen}"
    );
    assert_eq!(seen["reached"], 2);
    let mut left_out = reasons(&seen, "left_out");
    left_out.sort();
    assert_eq!(
        left_out,
        [("no_address".to_owned(), 1), ("opted_out".to_owned(), 1)]
    );
    assert_eq!(seen["unknown"], json!(["+5491177777777", "12ab"]));
    assert!(shop.accepted().is_empty());
    assert_eq!(shop.rumbo.json(&["outbox", "list"])["rows"], json!([]));
    let text = shop.rumbo.run(&[
        "send",
        "--template",
        "hello_world",
        "--to",
        &list,
        "--dry-run",
        "--lang",
        "es",
    ]);
    assert!(text.stdout.contains("pidió no recibir"), "{text:?}");

    // Another number than it reaches: nothing is sent, and the right one is told.
    let wrong = shop.send(&list, &["--confirm", "3"]);
    assert_eq!((wrong.code, wrong.error().as_str()), (2, "invalid_input"));
    assert_eq!(wrong.json()["error"]["reason"], "audience_count_differs");
    assert_eq!(wrong.json()["error"]["params"]["expected"], "2");
    assert!(shop.accepted().is_empty());

    let sent = shop.send(&list, &["--confirm", "2", "--name", "Welcome"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    let row = sent.json();
    assert_eq!((standing(&row, "sent"), standing(&row, "skipped")), (2, 2));
    assert_eq!(
        (&row["state"], &row["name"]),
        (&json!("done"), &json!("Welcome"))
    );
    let mut to: Vec<String> = shop
        .accepted()
        .iter()
        .map(|message| {
            message["to"]
                .as_str()
                .unwrap()
                .trim_start_matches('+')
                .to_owned()
        })
        .collect();
    to.sort();
    assert_eq!(to, ["5491141000001", "5511987650002"]);

    // The outbox tells each of them, and the conversation has what was sent.
    let listed = shop.rumbo.json(&["outbox", "list", "--state", "sent"]);
    let rows = listed["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row["origin_name"] == "Welcome"));
    let one = shop
        .rumbo
        .json(&["outbox", "show", rows[0]["id"].as_str().unwrap()]);
    let states: Vec<&Value> = one["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["state"])
        .collect();
    assert_eq!(states.last(), Some(&&json!("sent")), "{one}");
    let refused = shop
        .rumbo
        .json(&["outbox", "list", "--reason", "opted_out"]);
    assert_eq!(refused["rows"][0]["contact"], "Carla Paz");
    let counted = shop.rumbo.json(&["outbox", "status"]);
    assert_eq!(standing(&counted, "sent"), 2);
    let id = row["id"].as_str().unwrap();
    let out = shop.rumbo.folder().join("out.csv");
    let exported = shop
        .rumbo
        .json(&["outbox", "export", id, "--out", out.to_str().unwrap()]);
    assert_eq!(exported["rows"], 4);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(
        text.contains("opted_out") && text.contains("Ana Souza"),
        "{text}"
    );
    let sends = shop.rumbo.json(&["outbox", "sends"]);
    assert_eq!(sends["rows"][0]["id"], row["id"]);
    let late = shop.rumbo.run(&["outbox", "pause", id, "--json"]);
    assert_eq!((late.code, late.error().as_str()), (1, "conflict"));
    let inbox = shop.rumbo.json(&["inbox", "list"]);
    assert_eq!(inbox["rows"].as_array().unwrap().len(), 2);
    assert_eq!(inbox["rows"][0]["last_automatic"], true);
}

#[test]
fn what_cannot_be_sent_says_what_to_do() {
    let shop = Shop::with("name,phone\nAna Souza,+5491141000001\n,+5491141000003\n");
    let list = shop.file("list.csv", "phone\n+5491141000001\n+5491141000003\n");
    let nobody = shop.file("nobody.csv", "phone\n+5491100000099\n");
    let empty = shop.file("empty.csv", "");
    let heading = shop.file("heading.csv", "phone\n");
    let other = shop.file("other.csv", "a,b\n1,2\n");
    let missing = shop.rumbo.folder().join("none.csv");
    let missing = missing.to_str().unwrap();
    let dry = |arguments: &[&str]| {
        let all = [&["send"][..], arguments, &["--dry-run", "--json"]].concat();
        shop.rumbo.run(&all)
    };
    let greeting = |to| dry(&["--template", "hello_world", "--to", to]);
    for (ran, code, told) in [
        (greeting(missing), 2, "none.csv cannot be read"),
        (greeting(&empty), 2, "The file is empty"),
        (greeting(&heading), 2, "holds no addresses"),
        (greeting(&other), 2, "Name the one that holds the addresses"),
        (
            dry(&["--template", "nothing", "--to", &list]),
            1,
            "no template \"nothing\"",
        ),
        (
            dry(&["--template", "lead_followup", "--to", &list]),
            2,
            "several languages",
        ),
        (
            dry(&["--template", "winter_sale", "--to", &list]),
            2,
            "is not approved: it is disabled",
        ),
        (
            dry(&[
                "--template",
                "hello_world",
                "--channel",
                "Nowhere",
                "--to",
                &list,
            ]),
            1,
            "no channel \"Nowhere\"",
        ),
        (
            dry(&["--template", "spring_sale", "--to", &list]),
            2,
            "has no value. Give it a field or a text",
        ),
        (
            dry(&["--template", "hello_world", "--param", "1=x", "--to", &list]),
            2,
            "has no variable",
        ),
        (
            dry(&["--template", "hello_world", "--text", "Hi", "--to", &list]),
            2,
            "--text",
        ),
    ] {
        assert_eq!(ran.code, code, "{ran:?}");
        let message = ran.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(told), "{message}");
        // It ends with a sentence, or with the command that helps; of arguments it says how they go.
        assert!(
            message.ends_with('.') || message.contains(": rumbo ") || code == 2,
            "{message}"
        );
    }
    let ran = greeting(&nobody);
    assert_eq!((ran.code, &ran.json()["people"]), (0, &json!(0)));
    let ran = shop.send(&nobody, &["--confirm", "1"]);
    assert_eq!(ran.json()["error"]["reason"], "audience_empty");
    // Whoever has no name is left out, unless something stands in for it.
    let sale = [
        "--template",
        "spring_sale",
        "--to",
        &list,
        "--param",
        "button.0=SOL25",
        "--param",
    ];
    let seen = dry(&[&sale[..], &["1={first_name}"]].concat()).json();
    assert_eq!(
        reasons(&seen, "left_out"),
        [("parameter_missing".to_owned(), 1)]
    );
    let seen = dry(&[&sale[..], &["1={first_name|amiga}"]].concat()).json();
    assert_eq!((&seen["go"], &seen["left_out"]), (&json!(2), &json!([])));
    let texts: Vec<&str> = seen["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["text"].as_str())
        .collect();
    assert!(
        texts.iter().any(|text| text.contains("para ti, amiga")),
        "{texts:?}"
    );
    // Without --confirm nothing is sent, and it is said how.
    let ran = shop.send(&list, &[]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("--confirm") || ran.stdout.contains("--confirm"),
        "{ran:?}"
    );
    assert!(shop.accepted().is_empty());
    assert_eq!(shop.rumbo.json(&["outbox", "list"])["rows"], json!([]));
}

/// The same command again, and the same key again, send nothing more.
#[test]
fn asked_twice_it_is_sent_once() {
    let shop = Shop::with_people(6);
    let numbers: Vec<String> = (0..6).map(phone).collect();
    let list = shop.file("list.txt", numbers.join("\n"));
    let first = shop
        .send(&list, &["--confirm", "6", "--key", "spring-2026"])
        .json();
    assert_eq!(standing(&first, "sent"), 6, "{first}");
    let again = shop.send(&list, &["--confirm", "6", "--key", "spring-2026"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(again.json()["id"], first["id"]);
    assert!(again.stderr.contains("begun before"), "{again:?}");
    // Without a key too, within a day: people who repeat a command want the same.
    let same = shop.send(&list, &["--confirm", "6"]);
    assert_eq!(same.json()["id"], first["id"], "{same:?}");
    assert_eq!(shop.count()["accepted"], 6, "{}", shop.count());
    let fewer = shop.file("fewer.txt", numbers[..2].join("\n"));
    let taken = shop.send(&fewer, &["--confirm", "2", "--key", "spring-2026"]);
    assert_eq!((taken.code, taken.error().as_str()), (1, "conflict"));
    assert_eq!(taken.json()["error"]["reason"], "send_key_taken");
    // Whoever means it says so.
    let more = shop.send(&list, &["--confirm", "6", "--again"]);
    assert_eq!((more.code, standing(&more.json(), "sent")), (0, 6));
    let count = shop.count();
    assert_eq!(count["accepted"], 12, "{count}");
    assert_eq!(count["repeated"], json!([]), "{count}");
}

/// The program is killed in the midst of sending, and the same command is given again: nobody gets it
/// twice, and whom it had not reached it reaches.
#[test]
fn killed_while_it_sends_and_started_again_nobody_gets_it_twice() {
    const PEOPLE: u32 = 40;
    let shop = Shop::with_people(PEOPLE);
    let numbers: Vec<String> = (0..PEOPLE).map(phone).collect();
    let list = shop.file("list.csv", format!("phone\n{}\n", numbers.join("\n")));
    // Taken at once and answered late: the program dies without hearing of it.
    shop.sandbox.control(
        "faults",
        &json!({
            "when": { "path": "*/messages", "times": 0 },
            "then": { "effect": "slow", "milliseconds": 400 },
        }),
    );
    let confirm = PEOPLE.to_string();
    let arguments = send(&list, &["--confirm", &confirm]);
    let mut id = None;
    for least in [1, 10, 20] {
        let mut child = shop
            .rumbo
            .command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while shop.accepted().len() < least && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < LONGEST_WAIT, "{}", shop.count());
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().unwrap();
        finish(child);
        let sends = shop.rumbo.json(&["outbox", "sends"]);
        let rows = sends["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "one send, however often it is asked for");
        let found = rows[0]["id"].clone();
        assert_eq!(*id.get_or_insert(found.clone()), found);
    }
    // What was in the hands of those who died waits for its time, and the rest goes out.
    shop.sandbox.without_faults();
    let again = shop.rumbo.run(&[&arguments[..], &["--no-wait"]].concat());
    assert_eq!(again.code, 0, "{again:?}");
    let begun = Instant::now();
    let left = loop {
        shop.rumbo.json(&["outbox", "run"]);
        let sends = shop.rumbo.json(&["outbox", "sends"]);
        let row = sends["rows"][0].clone();
        if standing(&row, "queued") + standing(&row, "planned") + standing(&row, "held") == 0 {
            break row;
        }
        assert!(begun.elapsed() < LONGEST_WAIT, "{row}");
    };
    let count = shop.count();
    assert_eq!(count["repeated"], json!([]), "{count}");
    let mut to: Vec<String> = shop
        .accepted()
        .iter()
        .map(|message| message["to"].as_str().unwrap().to_owned())
        .collect();
    let all = to.len();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), all, "nobody got it twice");
    // Nobody is lost: sent, or in the hands of somebody who died, and then maybe taken.
    let (sent, claimed) = (standing(&left, "sent"), standing(&left, "claimed"));
    assert_eq!(
        sent + claimed + standing(&left, "unknown"),
        u64::from(PEOPLE),
        "{left}"
    );
    let all = u64::try_from(all).unwrap();
    assert!((sent..=u64::from(PEOPLE)).contains(&all), "{left} {count}");
}

/// What people answer comes by webhook to the agent, and is read, answered and counted; STOP is
/// respected by the dry run and by sending.
#[test]
fn what_people_answer_is_read_answered_and_respected() {
    let shop = Shop::with_people(2);
    let mut agent = Agent::start(&shop.rumbo);
    shop.sandbox
        .control("callbacks", &json!({ "meta": agent.webhook() }));
    let list = shop.file("list.txt", format!("{}\n{}\n", phone(0), phone(1)));
    let started = shop.send(&list, &["--confirm", "2", "--no-wait"]).json();
    assert_eq!(started["expected"], 2, "{started}");
    let wait = |what: &str, done: &dyn Fn() -> bool| {
        let begun = Instant::now();
        while !done() {
            assert!(begun.elapsed() < LONGEST_WAIT, "{what}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    // The agent sends, and hears that they were read.
    wait("read", &|| {
        standing(&shop.rumbo.json(&["outbox", "status"]), "read") == 2
    });
    let write = |from: &str, text: &str| {
        shop.sandbox.control(
            "inbound",
            &json!({ "way": "whatsapp_cloud", "from": from, "text": text }),
        );
    };
    write(&phone(0), "¿Tienen la mesa Alba en roble?");
    wait("the question", &|| {
        let unread = shop.rumbo.json(&["inbox", "list", "--unread"]);
        unread["rows"].as_array().unwrap().len() == 1
    });
    let listed = shop.rumbo.json(&["inbox", "list", "--unread"]);
    let by_name = ["inbox", "list", "--channel", "Shop", "--unread"];
    assert_eq!(shop.rumbo.json(&by_name), listed, "by the channel's name");
    let row = &listed["rows"][0];
    let id = row["id"].as_str().unwrap();
    assert!(row["open_until"].is_string(), "{row}");
    let found = shop.rumbo.json(&["inbox", "search", "roble alba"]);
    assert_eq!(
        found["messages"][0]["conversation_id"], row["id"],
        "{found}"
    );
    let replied = shop
        .rumbo
        .json(&["inbox", "reply", id, "Sí, en roble y en nogal."]);
    assert_eq!(replied["state"], "queued");
    wait("the answer", &|| {
        shop.accepted()
            .iter()
            .any(|message| message.to_string().contains("nogal"))
    });
    let noted = shop.rumbo.json(&["inbox", "note", id, "Quiere roble"]);
    assert_eq!(noted["notes"][0]["body"], "Quiere roble");
    assert_eq!(shop.rumbo.json(&["inbox", "assign", id, "me"])["unread"], 0);
    let read = shop.rumbo.json(&["inbox", "read", id, "--unread"]);
    assert_eq!(read["unread"], 1);
    assert_eq!(shop.rumbo.json(&["inbox", "close", id])["state"], "closed");
    let shown = shop.rumbo.run(&["inbox", "show", id]).stdout;
    assert!(shown.contains("roble y en nogal"), "{shown}");
    let figures = shop.rumbo.json(&["inbox", "stats"]);
    assert_eq!(figures[0]["inbound"], 1, "{figures}");

    // A question about stopping is a question; the word alone is a wish, and lasts.
    write(&phone(0), "¿y si quiero la baja en altura de la mesa?");
    write(&phone(1), "¡Bája!");
    wait("the wish", &|| {
        let listed = shop.rumbo.json(&["consent", "list"]);
        !listed["rows"].as_array().unwrap().is_empty()
    });
    let listed = shop.rumbo.json(&["consent", "list"]);
    let (address, source) = (&listed["rows"][0]["address"], &listed["rows"][0]["source"]);
    assert_eq!((address, source), (&json!(phone(1)), &json!("keyword")));
    let seen = shop.send(&list, &["--dry-run"]).json();
    assert_eq!(
        (&seen["go"], reasons(&seen, "left_out")),
        (&json!(1), vec![("opted_out".to_owned(), 1)])
    );
    // Meta's own switch for marketing.
    shop.sandbox.control(
        "preferences",
        &json!({ "to": shop.number(), "from": phone(0), "value": "stop" }),
    );
    wait("the preference", &|| {
        shop.rumbo.json(&["consent", "list"])["rows"]
            .as_array()
            .unwrap()
            .len()
            == 2
    });
    let sale = [
        "send",
        "--template",
        "spring_sale",
        "--param",
        "1={first_name}",
        "--param",
        "button.0=SOL25",
        "--to",
        &list,
    ];
    let seen = shop.rumbo.json(&[&sale[..], &["--dry-run"]].concat());
    assert_eq!(reasons(&seen, "left_out"), [("opted_out".to_owned(), 2)]);
    assert_eq!(
        shop.send(&list, &["--dry-run"]).json()["go"],
        1,
        "an order is told of all the same"
    );
    assert_eq!(agent.end("TERM"), Some(0));
}

/// Lists come as JSON too, from another program or from this one, and who has no number is found by
/// address: nobody of a file is left out in silence.
#[test]
fn lists_in_json_and_in_several_columns_name_the_same_people() {
    let contacts = format!(
        "name,phone,email\nAna,{},ana@example.com\nBea,{},\nDora,,dora@example.com\n",
        phone(0),
        phone(1)
    );
    let shop = Shop::with(&contacts);
    let known = shop.rumbo.json(&["contacts", "list"]).to_string();
    let bea = shop.contact("Bea");
    let bare = json!([
        phone(0),
        phone(1).trim_start_matches('+'),
        "dora@example.com"
    ]);
    let objects = json!([{ "phone": phone(0), "email": null }, { "contact_id": bea },
                         { "email": "dora@example.com" }]);
    let lines = format!(
        "{}\n{}\n{}\n",
        json!({ "phone": phone(0) }),
        json!({ "phone": phone(1) }),
        json!({ "email": "dora@example.com" })
    );
    for (name, text) in [
        ("list.json", bare.to_string()),
        ("objects.json", objects.to_string()),
        ("contacts.json", known),
        ("lines.json", lines),
        ("columns.csv", contacts),
    ] {
        let file = shop.file(name, text);
        let seen = shop.send(&file, &["--dry-run"]).json();
        assert_eq!(
            (&seen["people"], &seen["go"], &seen["unknown"]),
            (&json!(3), &json!(2), &json!([])),
            "{name}: {seen}"
        );
        assert_eq!(reasons(&seen, "left_out"), [("no_address".to_owned(), 1)]);
    }
    let nobody = shop.file(
        "nobody.csv",
        format!("name,phone\nAna,{}\nEva,\n", phone(0)),
    );
    let seen = shop.send(&nobody, &["--dry-run"]).json();
    assert_eq!(
        (&seen["people"], &seen["unknown"]),
        (&json!(1), &json!(["#3"]))
    );
    let broken = shop.file("broken.json", "[\"+5491155551001\",\n");
    let refused = shop.send(&broken, &["--dry-run"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert_eq!(refused.json()["error"]["reason"], "file_not_json");
}

/// What no message gets past ends the command instead of holding it, and says what to do.
#[test]
fn a_channel_that_stops_ends_the_command() {
    let shop = Shop::with_people(3);
    let numbers: Vec<String> = (0..3).map(phone).collect();
    let list = shop.file("list.txt", numbers.join("\n"));
    shop.sandbox.control(
        "faults",
        &json!({
            "when": { "path": "*/messages", "times": 0 },
            "then": { "effect": "error", "status": 400, "code": 368, "message": "blocked" },
        }),
    );
    let stopped = shop.send(&list, &["--confirm", "3", "--key", "one"]);
    assert_eq!(stopped.code, 1, "{stopped:?}");
    assert_eq!(standing(&stopped.json(), "queued"), 3, "{stopped:?}");
    assert!(
        stopped.stderr.contains("rumbo channels test \"Shop\""),
        "{stopped:?}"
    );
    // Once it works again the same command goes on with what is left.
    shop.sandbox.without_faults();
    shop.rumbo.json(&["channels", "test", "Shop"]);
    let sent = shop.send(&list, &["--confirm", "3", "--key", "one"]);
    assert_eq!(
        (sent.code, standing(&sent.json(), "sent")),
        (0, 3),
        "{sent:?}"
    );
    // A template that the provider refuses is no success either.
    shop.sandbox.control(
        "faults",
        &json!({
            "when": { "path": "*/messages", "times": 0 },
            "then": { "effect": "error", "status": 400, "code": 132_000, "message": "count" },
        }),
    );
    let refused = shop.send(&list, &["--confirm", "3", "--key", "two"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(standing(&refused.json(), "held"), 3, "{refused:?}");
}

/// A suppression list leaves and comes back as the same.
#[test]
fn suppression_lists_are_imported_and_exported() {
    let rumbo = Rumbo::with_workspace();
    let list = rumbo.file(
        "list.csv",
        "\u{feff}Teléfono;Alcance\r\n+5491141000001;all\r\n123;all\r\n",
    );
    let list = list.to_str().unwrap();
    let none = rumbo.run(&["consent", "import", list, "--json"]);
    assert_eq!(
        (none.code, none.error().as_str()),
        (2, "invalid_input"),
        "{none:?}"
    );
    let taken = rumbo.run(&["consent", "import", list, "--kind", "whatsapp", "--json"]);
    assert_eq!(taken.code, 3, "{taken:?}");
    assert_eq!(taken.json()["added"], 1);
    assert_eq!(taken.json()["rejected"][0]["row"], 3);
    assert_eq!(
        fields(&taken.json()["rejected"][0]),
        ["params", "reason", "row", "value", "why"]
    );
    let mails = rumbo.file("mails.txt", "Ana@Example.com\n");
    rumbo.json(&[
        "consent",
        "import",
        mails.to_str().unwrap(),
        "--kind",
        "email",
    ]);
    let out = rumbo.folder().join("out.csv");
    let out = out.to_str().unwrap();
    assert_eq!(rumbo.json(&["consent", "export", "--out", out])["rows"], 2);
    let other = Rumbo::with_workspace();
    let back = other.json(&["consent", "import", out]);
    assert_eq!((&back["added"], &back["rejected"]), (&json!(2), &json!([])));
    let kinds = |rumbo: &Rumbo| -> Vec<(Value, Value)> {
        let listed = rumbo.json(&["consent", "list"]);
        let rows = listed["rows"].as_array().unwrap();
        rows.iter()
            .map(|row| (row["kind"].clone(), row["address"].clone()))
            .collect()
    };
    assert_eq!(kinds(&rumbo), kinds(&other));
    let wrong = rumbo.run(&["consent", "list", "--kind", "pigeon", "--json"]);
    assert_eq!((wrong.code, wrong.error().as_str()), (2, "invalid_input"));
    let gone = rumbo.run(&["consent", "import", "none.csv", "--kind", "sms", "--json"]);
    assert_eq!((gone.code, gone.error().as_str()), (2, "invalid_input"));
}
