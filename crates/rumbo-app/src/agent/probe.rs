//! Calling the agent's own addresses from here, the way their providers would.

use std::time::Duration;

use rumbo_base::{Code, Error, Reason, Result};
use rumbo_http::{HeaderName, HeaderValue, HttpClient, HttpSettings, Method, Request, Response};
use serde_json::json;
use url::Url;

use super::doors::META_PATH;
use crate::Context;
use crate::wire::{ListWebhooks, TestWebhook, WebhookTest, WebhookTrouble};

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Says that a call is a test: that it was not taken is what it asks for, and nothing to note.
pub(super) const TEST_HEADER: &str = "x-rumbo-test";

/// Calls an address of the agent that runs in this program by its public address. Whether it is this
/// agent is told by Meta's own question, which nobody else can answer; whether it checks signatures, by a
/// call that has none.
///
/// # Errors
/// `Conflict` where no agent runs in this program; `NotFound` for an address that is none of its own.
pub async fn test_webhook(cx: &Context, req: TestWebhook) -> Result<WebhookTest> {
    let known = super::list_webhooks(cx, ListWebhooks {}).await?;
    if !known.rows.iter().any(|row| row.path == req.path) {
        return Err(Error::new(
            Code::NotFound,
            "This address does not exist any more. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "webhook"));
    }
    let Some(agent) = cx.app.agent().await else {
        return Err(Error::new(
            Code::Conflict,
            "No agent runs in this program, so nothing listens. Switch it on first.",
        )
        .reason(Reason::AgentOff));
    };
    let base = Url::parse(&agent.public_url).map_err(Error::internal)?;
    let http = HttpClient::new(base, HttpSettings::default(), cx.app.0.config.clock.clone())?;
    let challenge = cx.app.0.config.entropy.uuid(http.clock().now()).to_string();
    let question = Request::get(META_PATH.trim_start_matches('/'))
        .query("hub.mode", "subscribe")
        .query("hub.verify_token", cx.app.webhook_verify_token()?)
        .query("hub.challenge", &challenge)
        .timeout(PATIENCE);
    let trouble = |trouble, detail: String| WebhookTest {
        trouble: Some(trouble),
        detail: Some(detail),
    };
    let answer = match http.send(question).await {
        Ok(answer) => answer,
        Err(error) => return Ok(trouble(WebhookTrouble::Unreachable, error.to_string())),
    };
    if answer.status != 200 || answer.body.as_ref() != challenge.as_bytes() {
        return Ok(trouble(WebhookTrouble::SomebodyElse, told(&answer)));
    }
    let path = req.path.trim_start_matches('/');
    let call = Request::json(Method::POST, path, &json!({}))
        .header(
            HeaderName::from_static(TEST_HEADER),
            HeaderValue::from_static("1"),
        )
        .timeout(PATIENCE);
    let answer = match http.send(call).await {
        Ok(answer) => answer,
        Err(error) => return Ok(trouble(WebhookTrouble::Unreachable, error.to_string())),
    };
    Ok(match answer.status {
        401 => WebhookTest {
            trouble: None,
            detail: None,
        },
        200 => trouble(WebhookTrouble::Unguarded, told(&answer)),
        404 => trouble(WebhookTrouble::NotThere, told(&answer)),
        _ => trouble(WebhookTrouble::SomebodyElse, told(&answer)),
    })
}

fn told(answer: &Response) -> String {
    format!("HTTP {}", answer.status)
}
