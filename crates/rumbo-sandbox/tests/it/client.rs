//! A plain client for the tests.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use reqwest::{Client, Method, Response};
use rumbo_sandbox::{Announcement, Profile, Sandbox, SandboxConfig};
use serde_json::Value;

/// Noon of the day the sample business is written up to.
pub fn noon() -> DateTime<Utc> {
    "2026-11-20T15:00:00Z".parse().expect("a time")
}

pub struct Meta {
    pub sandbox: Sandbox,
    pub at: Announcement,
    pub http: Client,
    pub token: String,
}

/// Status, headers and JSON of one answer.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    pub async fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            headers,
            body,
        }
    }

    pub fn rows(&self) -> &[Value] {
        self.body["data"]
            .as_array()
            .unwrap_or_else(|| panic!("no rows in {}", self.body))
    }

    pub fn error(&self) -> (i64, i64) {
        let error = &self.body["error"];
        assert!(error.is_object(), "no error in {}", self.body);
        (
            error["code"].as_i64().unwrap(),
            error["error_subcode"].as_i64().unwrap_or(0),
        )
    }

    pub fn message(&self) -> &str {
        self.body["error"]["message"]
            .as_str()
            .unwrap_or_else(|| panic!("{}", self.body))
    }

    pub fn header(&self, name: &str) -> Value {
        let text = self
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name}"));
        serde_json::from_str(text.to_str().unwrap()).unwrap()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this crate depends on none of the others"
)]
fn http() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

impl Meta {
    pub async fn start(config: SandboxConfig) -> Self {
        let sandbox = Sandbox::start(config).await.expect("a sandbox");
        let at = sandbox.announcement();
        let token = at.access_token.clone();
        Self {
            sandbox,
            at,
            http: http(),
            token,
        }
    }

    /// Casa Alba on the afternoon of 20 November 2026.
    pub async fn small() -> Self {
        Self::start(SandboxConfig {
            now: Some(noon()),
            ..SandboxConfig::default()
        })
        .await
    }

    pub async fn profile(profile: Profile) -> Self {
        Self::start(SandboxConfig {
            now: Some(noon()),
            profile,
            ..SandboxConfig::default()
        })
        .await
    }

    pub async fn load(directory: PathBuf) -> Self {
        Self::start(SandboxConfig {
            load: Some(directory),
            ..SandboxConfig::default()
        })
        .await
    }

    pub async fn send(&self, method: Method, path: &str, params: &[(&str, &str)]) -> Answer {
        let url = format!("{}/{path}", self.at.graph_url);
        let mut all = vec![("access_token", self.token.as_str())];
        if params.iter().any(|(name, _)| *name == "access_token") {
            all.clear();
        }
        all.extend(params.iter().copied());
        let request = if method == Method::POST {
            self.http.request(method, url).form(&all)
        } else {
            self.http.request(method, url).query(&all)
        };
        Answer::read(request.send().await.expect("an answer")).await
    }

    pub async fn get(&self, path: &str, params: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, &format!("v26.0/{path}"), params)
            .await
    }

    pub async fn post(&self, path: &str, params: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, &format!("v26.0/{path}"), params)
            .await
    }

    pub async fn delete(&self, path: &str, params: &[(&str, &str)]) -> Answer {
        self.send(Method::DELETE, &format!("v26.0/{path}"), params)
            .await
    }

    /// Follows a whole URL, as clients follow `paging.next`.
    pub async fn follow(&self, url: &str) -> Answer {
        Answer::read(self.http.get(url).send().await.expect("an answer")).await
    }

    /// Every row of a list, following `next`.
    pub async fn all(&self, path: &str, params: &[(&str, &str)]) -> Vec<Value> {
        let mut answer = self.get(path, params).await;
        let mut rows = answer.rows().to_vec();
        while let Some(next) = answer.body["paging"]["next"].as_str().map(str::to_owned) {
            answer = self.follow(&next).await;
            rows.extend(answer.rows().iter().cloned());
        }
        rows
    }

    /// A client with a token that has only these permissions.
    pub fn with_scopes(mut self, scopes: &[&str]) -> Self {
        self.token = self.sandbox.control().issue_token(scopes, Some(3_600));
        self
    }

    pub fn account(&self, at: usize) -> &str {
        &self.at.ad_account_ids[at]
    }

    /// The token of a page.
    pub async fn page_token(&self, at: usize) -> String {
        let pages = self
            .get("me/accounts", &[("fields", "id,access_token")])
            .await;
        pages.rows()[at]["access_token"]
            .as_str()
            .expect("a page token")
            .to_owned()
    }
}

/// A figure of an insights row, as hundredths.
pub fn cents(row: &Value, field: &str) -> i64 {
    hundredths(row[field].as_str().unwrap_or("0"))
}

pub fn hundredths(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("00".chars()).take(2).collect();
    whole.parse::<i64>().unwrap() * 100 + fraction.parse::<i64>().unwrap()
}

/// One action's value as hundredths; 0 when the action is absent.
pub fn action(row: &Value, list: &str, kind: &str) -> i64 {
    row[list]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["action_type"] == kind)
        .map(|entry| hundredths(entry["value"].as_str().unwrap()))
        .sum()
}
