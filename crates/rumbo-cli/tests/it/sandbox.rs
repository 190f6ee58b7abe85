//! `rumbo sandbox` as a process, and the person who answers its dialog.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::rumbo::{Ran, Rumbo};

/// A running sandbox. Its clock stands still at the moment it was started.
pub struct SandboxProcess {
    child: Child,
    pub ready: Value,
}

impl SandboxProcess {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(more: &[&str]) -> Self {
        let now = rumbo_base::Clock::system().now().to_rfc3339();
        let mut child = Command::new(env!("CARGO_BIN_EXE_rumbo"))
            .args([
                "sandbox",
                "--listen",
                "127.0.0.1:0",
                "--seed",
                "7",
                "--now",
                &now,
            ])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        Self { child, ready }
    }

    pub fn text(&self, key: &str) -> &str {
        self.ready[key].as_str().unwrap()
    }

    pub fn accounts(&self) -> Vec<&str> {
        self.ready["ad_account_ids"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Turns one of the switches.
    pub fn control(&self, path: &str, body: &Value) {
        let url = format!("{}/{path}", self.text("control_url"));
        let sent = Web::new().post(&url, |call| call.json(body));
        assert!(sent.0 < 300, "{path}: {sent:?}");
    }

    /// Makes every call that fits fail from now on.
    pub fn fault(&self, path: &str, preset: &str) {
        self.control(
            "faults",
            &json!({
                "when": { "path": path, "times": 0 },
                "then": { "effect": "preset", "name": preset },
            }),
        );
    }

    /// Takes every fault away.
    pub fn without_faults(&self) {
        let url = format!("{}/faults", self.text("control_url"));
        let (status, body) = Web::new().delete(&url);
        assert!(status < 300, "{body}");
    }

    /// Asks Graph as the signed-in person would.
    pub fn graph(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let url = format!("{}/v26.0/{path}", self.text("graph_url"));
        let token = self.text("access_token");
        let (status, body) = Web::new().get(&url, |call| {
            call.query(query).query(&[("access_token", token)])
        });
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Connects with the token that the sandbox announces.
    pub fn connect_by_token(&self, rumbo: &Rumbo) -> Ran {
        let mut child = rumbo
            .command(&[
                "connect",
                "--graph-url",
                self.text("graph_url"),
                "--app-id",
                self.text("app_id"),
                "--app-secret-stdin",
                "--token-stdin",
                "--json",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = format!(
            "{}\n{}\n",
            self.text("app_secret"),
            self.text("access_token")
        );
        child
            .stdin
            .take()
            .unwrap()
            .write_all(lines.as_bytes())
            .unwrap();
        finish(child)
    }

    /// Begins a sign-in, and gives the running program with the first line it printed.
    pub fn begin_sign_in(&self, rumbo: &Rumbo) -> (Child, Value, BufReader<ChildStdout>) {
        let mut child = rumbo
            .command(&[
                "connect",
                "--graph-url",
                self.text("graph_url"),
                "--app-id",
                self.text("app_id"),
                "--app-secret-stdin",
                "--no-browser",
                "--json",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let secret = format!("{}\n", self.text("app_secret"));
        child
            .stdin
            .take()
            .unwrap()
            .write_all(secret.as_bytes())
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Ok(first) = serde_json::from_str(&line) else {
            panic!("{line:?}: {:?}", finish(child));
        };
        (child, first, out)
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits for a program that was started by hand.
pub fn finish(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A browser of sorts: follows redirects, without a proxy.
pub struct Web {
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Web {
    pub fn new() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "a browser is not one of our clients"
        )]
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        Self { client, runtime }
    }

    pub fn get(
        &self,
        url: &str,
        edit: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> (u16, String) {
        self.send(edit(self.client.get(url)))
    }

    pub fn delete(&self, url: &str) -> (u16, String) {
        self.send(self.client.delete(url))
    }

    pub fn post(
        &self,
        url: &str,
        edit: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> (u16, String) {
        self.send(edit(self.client.post(url)))
    }

    /// The status of a call; `None` where nobody answered.
    pub fn try_post(
        &self,
        url: &str,
        edit: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Option<u16> {
        let answer = self
            .runtime
            .block_on(edit(self.client.post(url)).send())
            .ok()?;
        Some(answer.status().as_u16())
    }

    /// Posts the form of the dialog at `url` and follows the redirect home.
    pub fn decide(&self, url: &str, decision: &str) -> (u16, String) {
        self.post(url, |call| call.form(&[("decision", decision)]))
    }

    fn send(&self, call: reqwest::RequestBuilder) -> (u16, String) {
        self.runtime.block_on(async {
            let answer = call.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }
}

#[test]
fn it_says_in_one_line_how_to_reach_it_and_stops_when_asked() {
    let mut sandbox = SandboxProcess::start();
    for key in [
        "graph_url",
        "dialog_url",
        "app_id",
        "app_secret",
        "access_token",
    ] {
        assert!(!sandbox.text(key).is_empty(), "{key}");
    }
    assert!(sandbox.accounts().iter().all(|id| id.starts_with("act_")));
    let me = sandbox.graph("me", &[("fields", "name")]);
    assert!(me["name"].is_string(), "{me}");
    #[cfg(unix)]
    {
        let id = sandbox.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(sandbox.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn an_ad_account_is_played_from_files() {
    let files = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../rumbo-sandbox/fixtures/dbt_facebook_ads"
    );
    let sandbox = SandboxProcess::start_with(&["--load", files]);
    assert!(!sandbox.accounts().is_empty());
    let ran = Rumbo::new().run(&["sandbox", "--load", "/no/such/folder"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("dbt_facebook_ads"), "{}", ran.stderr);
}
