//! The switches over HTTP, under `/__sandbox/`, on the same port.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Control, LeadOrder, Switches, TemplateOrder, TokenOrder};
use crate::app::App;
use crate::fault::Fault;
use crate::messages::chatwoot::{AgentOrder, ChatwootPerson};
use crate::messages::{InboundOrder, StatusOrder};
use crate::meta_messages;
use crate::server::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatwootOrder {
    conversation: i64,
    /// `open`, `resolved`, `pending`, `snoozed`, or `deleted`.
    status: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatwootStanding {
    signed: bool,
    token_taken: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeOrder {
    #[serde(default)]
    advance_seconds: Option<i64>,
    #[serde(default)]
    set: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RestateOrder {
    #[serde(default)]
    object_id: Option<String>,
    since: String,
    until: String,
    #[serde(default = "unchanged")]
    spend: u64,
    #[serde(default = "unchanged")]
    conversions: u64,
}

fn unchanged() -> u64 {
    1000
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KillOrder {
    token: String,
    subcode: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditOrder {
    id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetOrder {
    id: String,
    field: String,
    value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreativeOrder {
    ad_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessOrder {
    account_id: String,
    readable: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiverOrder {
    provider: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonOrder {
    address: String,
    #[serde(default)]
    unreachable: bool,
    #[serde(default)]
    stopped: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionOrder {
    open: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaOrder {
    account_id: String,
    kind: String,
    percent: u64,
}

/// Answers one request; `path` is what follows `/__sandbox/`.
pub(crate) fn answer(app: &Arc<App>, method: &str, path: &str, body: &[u8]) -> Reply {
    let control = Control {
        app: Arc::clone(app),
    };
    let outcome = match (method, path) {
        ("GET", "" | "state") => Ok(json!({
            "now": control.now(),
            "counters": control.counters(),
            "switches": control.switches(),
            "announcement": app.announcement(),
        })),
        ("GET", "calls") => Ok(json!({ "data": control.calls() })),
        ("DELETE", "calls") => {
            control.forget_calls();
            Ok(done())
        }
        ("POST", "time") => read::<TimeOrder>(body).map(|order| {
            if let Some(seconds) = order.advance_seconds {
                control.advance(TimeDelta::seconds(seconds));
            }
            if let Some(to) = order.set {
                control.set_time(to);
            }
            json!({ "now": control.now() })
        }),
        ("POST", "faults") => read::<Fault>(body)
            .and_then(|fault| control.add_fault(fault).map_err(|error| error.to_string()))
            .map(|()| done()),
        ("DELETE", "faults") => {
            control.clear_faults();
            Ok(done())
        }
        ("POST", "restate") => read::<RestateOrder>(body).and_then(|order| {
            accepted(
                control.restate(
                    order.object_id.as_deref(),
                    &order.since,
                    &order.until,
                    order.spend,
                    order.conversions,
                ),
                "There is no such object, or since and until are not dates like 2026-11-20.",
            )
        }),
        ("POST", "tokens/kill") => read::<KillOrder>(body).and_then(|order| {
            accepted(
                control.kill_token(&order.token, order.subcode),
                "There is no such token, or the subcode is none of 458, 459, 460, 463, 464, 467, 492, 493.",
            )
        }),
        ("POST", "tokens") => read::<TokenOrder>(body)
            .map(|order| json!({ "access_token": control.issue(&order) })),
        ("POST", "leads") => read::<LeadOrder>(body).and_then(|order| {
            control
                .submit_lead(&order)
                .map(|id| json!({ "id": id }))
                .ok_or_else(|| "The form, the ad or a question is unknown.".to_owned())
        }),
        ("GET", "messages") => Ok(json!({ "data": control.sent_messages() })),
        ("DELETE", "messages") => {
            control.forget_messages();
            Ok(done())
        }
        ("GET", "messages/webhooks") => Ok(json!({ "data": control.webhooks() })),
        ("POST", "messages/receivers") => read::<ReceiverOrder>(body).map(|order| {
            control.receive_at(&order.provider, &order.url);
            done()
        }),
        ("POST", "messages/people") => read::<PersonOrder>(body).map(|order| {
            if order.unreachable {
                control.never_reach(&order.address);
            }
            if order.stopped {
                control.stop_writing_to(&order.address);
            }
            done()
        }),
        ("POST", "messages/inbound") => read::<InboundOrder>(body)
            .and_then(|order| control.write_in(&order))
            .map(|webhook| json!(webhook)),
        ("POST", "messages/status") => read::<StatusOrder>(body)
            .and_then(|order| control.report(&order))
            .map(|webhook| json!(webhook)),
        ("POST", "messages/session") => {
            read::<SessionOrder>(body).map(|order| json!(control.pair(order.open)))
        }
        ("GET", "chatwoot") => Ok(json!({
            "conversations": control.chatwoot_conversations(),
            "data": control.chatwoot_messages(),
        })),
        ("POST", "chatwoot/begin") => read::<ChatwootPerson>(body)
            .map(|order| json!({ "conversation": control.chatwoot_begin(&order) })),
        ("POST", "chatwoot/messages") => read::<AgentOrder>(body)
            .and_then(|order| control.chatwoot_write(&order))
            .map(|(message, webhook)| json!({ "message": message, "webhook": webhook })),
        ("POST", "chatwoot/conversations") => read::<ChatwootOrder>(body).and_then(|order| {
            if order.status == "deleted" {
                control.chatwoot_delete(order.conversation);
                return Ok(done());
            }
            control
                .chatwoot_set_status(order.conversation, &order.status)
                .map(|webhook| json!(webhook))
        }),
        ("POST", "chatwoot") => read::<ChatwootStanding>(body).map(|standing| {
            control.chatwoot_is(standing.signed, standing.token_taken);
            done()
        }),
        ("POST", "objects") => read::<EditOrder>(body).and_then(|order| {
            accepted(
                control.edit(&order.id, order.status.as_deref(), order.name.as_deref()),
                "There is no such campaign, ad set or ad, or no such status.",
            )
        }),
        ("POST", "settings") => read::<SetOrder>(body)
            .and_then(|order| control.set(&order.id, &order.field, order.value))
            .map(|()| done()),
        ("POST", "creatives") => read::<CreativeOrder>(body).and_then(|order| {
            control
                .replace_creative(&order.ad_id)
                .map(|id| json!({ "id": id }))
                .ok_or_else(|| "There is no such ad.".to_owned())
        }),
        ("POST", "templates") => read::<TemplateOrder>(body).and_then(|order| {
            accepted(
                control.set_template(&order),
                "There is no such message template.",
            )
        }),
        ("POST", "access") => read::<AccessOrder>(body).and_then(|order| {
            accepted(
                control.set_access(&order.account_id, order.readable),
                "There is no such ad account.",
            )
        }),
        ("POST", "quota") => read::<QuotaOrder>(body).and_then(|order| {
            accepted(
                control.fill_quota(&order.account_id, &order.kind, order.percent),
                "There is no such ad account, or the kind is none of ads_insights, ads_management, leadgen, score.",
            )
        }),
        ("GET", "switches") => Ok(json!(control.switches())),
        ("POST", "switches") => read::<Switches>(body).map(|switches| {
            control.set_switches(switches);
            done()
        }),
        _ if let Some(outcome) = meta_messages::control::answer(&control, method, path, body) => outcome,
        _ => {
            return Reply::json(404, &json!({ "error": "There is no such switch." }));
        }
    };
    match outcome {
        Ok(value) => Reply::json(200, &value),
        Err(reason) => Reply::json(400, &json!({ "error": reason })),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn accepted(yes: bool, otherwise: &str) -> Result<Value, String> {
    if yes {
        Ok(done())
    } else {
        Err(otherwise.to_owned())
    }
}

fn done() -> Value {
    json!({ "done": true })
}
