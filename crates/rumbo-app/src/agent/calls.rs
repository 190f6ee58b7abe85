//! What callers are answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{CacheTag, ChannelId, ChatwootLinkId, Code};
use rumbo_channels::{
    ChatwootEvent, Event, Provider, Told, WebhookRefusal, WebhookRequest, read_chatwoot, read_meta,
    verify_chatwoot, verify_meta,
};
use rumbo_engage::chatwoot::{self, Heard};
use rumbo_engage::webhooks::{fresh, note_refusal};
use rumbo_platform::Scope;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::doors::{Door, META_PATH, YCLOUD_PATH, channel_path};
use super::probe::TEST_HEADER;
use super::{Desk, readers};
use crate::Context;

/// Whether the agent and its store answer.
pub(super) async fn health(State(desk): State<Arc<Desk>>) -> Response {
    let reads = desk.app.0.db.read_registry().await.is_ok();
    let status = if reads {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let told = json!({
        "status": if reads { "ok" } else { "failing" },
        "version": env!("CARGO_PKG_VERSION"),
    });
    (status, Json(told)).into_response()
}

/// Meta asks once whether the address is ours.
pub(super) async fn challenge(
    State(desk): State<Arc<Desk>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let said = |name: &str| query.get(name).map_or("", String::as_str);
    let ours = match desk.app.webhook_verify_token() {
        Ok(token) => token,
        Err(error) => return failed(&error),
    };
    // Of hashes, so that the time it takes says nothing of the token.
    let same = Sha256::digest(said("hub.verify_token")) == Sha256::digest(&ours);
    if said("hub.mode") != "subscribe" || !same {
        return told(StatusCode::FORBIDDEN, "the verify token is another one");
    }
    let headers = [(header::CONTENT_TYPE, "text/plain")];
    (headers, said("hub.challenge").to_owned()).into_response()
}

/// A call of Meta's, for whichever workspaces its secret and what it names belong to.
pub(super) async fn meta(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let doors = match desk.doors.all().await {
        Ok(doors) => doors,
        Err(error) => return failed(&error),
    };
    let call = Call::new(&desk, &uri, &headers, &body);
    let request = call.request();
    let mut refusal = WebhookRefusal::BadSignature;
    // Workspaces often share an app: each secret is tried once.
    let mut tried: Vec<(&str, bool)> = Vec::new();
    let mut open: Vec<&Door> = Vec::new();
    for door in doors.iter() {
        let Some(secret) = &door.app_secret else {
            continue;
        };
        let known = tried.iter().find(|(text, _)| *text == secret.expose());
        let verified = match known {
            Some((_, verified)) => *verified,
            None => {
                let verified = match verify_meta(secret, &request) {
                    Ok(()) => true,
                    Err(why) => {
                        refusal = why;
                        false
                    }
                };
                tried.push((secret.expose(), verified));
                verified
            }
        };
        if verified {
            open.push(door);
        }
    }
    if open.is_empty() {
        return refuse(&desk, doors.iter(), META_PATH, &request, &refusal).await;
    }
    let read = match read_meta(&request) {
        Ok(read) => read,
        Err(why) => return refuse(&desk, open, META_PATH, &request, &why).await,
    };
    let object = serde_json::from_slice::<Object>(&body).unwrap_or_default();
    let provider = match object.object.as_deref() {
        Some("page") => Provider::Messenger,
        Some("instagram") => Provider::Instagram,
        _ => Provider::WhatsappCloud,
    };
    let named: Vec<&Door> = open
        .iter()
        .copied()
        .filter(|door| names_one_of(&read, door))
        .collect();
    // What names nothing that is known yet waits where it can be verified.
    let into = if named.is_empty() {
        open.into_iter().take(1).collect()
    } else {
        named
    };
    keep(&desk, &into, provider, None, &request, &read).await
}

#[derive(Default, serde::Deserialize)]
struct Object {
    object: Option<String>,
}

fn names_one_of(told: &Told, door: &Door) -> bool {
    told.events.iter().any(|event| {
        let name = match event {
            Event::Message(message) => &message.sender,
            Event::Status(report) => &report.sender,
            Event::UpTo { sender, .. }
            | Event::Preference { sender, .. }
            | Event::Session { sender, .. } => sender,
            Event::Template(event) => &event.account,
            Event::Lead { page_id, .. } => page_id,
        };
        door.names.contains(name) || door.names.contains(&format!("+{name}"))
    })
}

/// A call of YCloud's, for whichever workspace has the number.
pub(super) async fn ycloud(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let doors = match desk.doors.all().await {
        Ok(doors) => doors,
        Err(error) => return failed(&error),
    };
    let call = Call::new(&desk, &uri, &headers, &body);
    let request = call.request();
    let mut refusal = WebhookRefusal::BadSignature;
    for door in doors.iter() {
        for (id, provider) in &door.channels {
            if *provider != Provider::Ycloud {
                continue;
            }
            let reader = match readers::open(&desk.app, &door.scope, *id).await {
                Ok(reader) => reader,
                Err(error) => {
                    tracing::warn!(error = error.chain(), "a channel cannot be opened");
                    continue;
                }
            };
            if let Err(why) = reader.verify(&request) {
                refusal = why;
                continue;
            }
            let read = match reader.read(&request) {
                Ok(read) => read,
                Err(why) => return refuse(&desk, [door], YCLOUD_PATH, &request, &why).await,
            };
            if !read.events.is_empty() && !names_one_of(&read, door) {
                continue;
            }
            return keep(&desk, &[door], Provider::Ycloud, None, &request, &read).await;
        }
    }
    let ycloud = |door: &&Door| door.channels.values().any(|p| *p == Provider::Ycloud);
    let doors = doors.iter().filter(ycloud);
    refuse(&desk, doors, YCLOUD_PATH, &request, &refusal).await
}

/// A call at a channel's own address.
pub(super) async fn channel(
    State(desk): State<Arc<Desk>>,
    Path((provider, channel)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let nobody = || told(StatusCode::NOT_FOUND, "there is no such channel");
    let Ok(channel) = channel.parse::<ChannelId>() else {
        return nobody();
    };
    let doors = match desk.doors.all().await {
        Ok(doors) => doors,
        Err(error) => return failed(&error),
    };
    let found = doors.iter().find_map(|door| {
        let is = door.channels.get(&channel)?;
        (is.word() == provider).then_some((door, *is))
    });
    let Some((door, provider)) = found else {
        return nobody();
    };
    let call = Call::new(&desk, &uri, &headers, &body);
    let request = call.request();
    let reader = match readers::open(&desk.app, &door.scope, channel).await {
        Ok(reader) => reader,
        Err(error) => return failed(&error),
    };
    let read = match reader.verify(&request).and_then(|()| reader.read(&request)) {
        Ok(read) => read,
        Err(why) => {
            let path = channel_path(provider, channel);
            return refuse(&desk, [door], &path, &request, &why).await;
        }
    };
    keep(&desk, &[door], provider, Some(channel), &request, &read).await
}

/// A call of the Chatwoot that a workspace is linked to. What agents wrote is kept, and worked on
/// after. A Chatwoot that signs nothing is not believed, but asked what is new.
pub(super) async fn chatwoot(
    State(desk): State<Arc<Desk>>,
    Path(link): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let nobody = || told(StatusCode::NOT_FOUND, "there is no such link");
    let Ok(link) = link.parse::<ChatwootLinkId>() else {
        return nobody();
    };
    let doors = match desk.doors.all().await {
        Ok(doors) => doors,
        Err(error) => return failed(&error),
    };
    let found = doors.iter().find_map(|door| {
        let (id, secret) = door.chatwoot.as_ref()?;
        (*id == link).then_some((door, secret.as_ref()))
    });
    let Some((door, secret)) = found else {
        return nobody();
    };
    let call = Call::new(&desk, &uri, &headers, &body);
    let request = call.request();
    let event = match secret {
        None => None,
        Some(secret) => {
            let read = verify_chatwoot(secret, &request).and_then(|()| read_chatwoot(&request));
            match read {
                Ok(event) => Some(event),
                Err(why) => return refused(&why),
            }
        }
    };
    match keep_chatwoot(&door.scope, link, event.as_ref()).await {
        Ok(heard) => {
            if heard != Heard::Nothing {
                let stale = [CacheTag::Conversations, CacheTag::Outbox];
                Context::new(desk.app.clone(), Some(door.scope.clone())).changed(&stale);
            }
            desk.app.0.mirroring.soon();
            told(StatusCode::OK, "kept")
        }
        Err(error) => failed(&error),
    }
}

async fn keep_chatwoot(
    scope: &Scope,
    id: ChatwootLinkId,
    event: Option<&ChatwootEvent>,
) -> rumbo_base::Result<Heard> {
    let mut tx = scope.write().await?;
    let link = chatwoot::link_of_id(&mut tx, scope.workspace, id).await?;
    let heard = match event {
        Some(event) => chatwoot::hear(&mut tx, scope, &link, event).await?,
        None => Heard::Nothing,
    };
    chatwoot::told(&mut tx, scope, id, event.is_none()).await?;
    tx.commit().await?;
    Ok(heard)
}

/// Keeps a call in the workspaces it is for, and answers when it is kept in all of them.
async fn keep(
    desk: &Desk,
    doors: &[&Door],
    provider: Provider,
    channel: Option<ChannelId>,
    request: &WebhookRequest<'_>,
    read: &Told,
) -> Response {
    for door in doors {
        let new = fresh(&door.scope.entropy, provider, channel, request, read);
        let Some(new) = new else {
            return told(StatusCode::BAD_REQUEST, "the body is not text");
        };
        if let Err(error) = desk.intake.keep(door.scope.workspace, new).await {
            return failed(&error);
        }
    }
    told(StatusCode::OK, "kept")
}

/// What came, in the form in which it is verified.
struct Call<'c> {
    url: String,
    content_type: String,
    headers: BTreeMap<String, String>,
    body: &'c [u8],
    received_at: DateTime<Utc>,
}

impl<'c> Call<'c> {
    fn new(desk: &Desk, uri: &Uri, headers: &HeaderMap, body: &'c [u8]) -> Self {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let headers: BTreeMap<String, String> = headers
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect();
        Self {
            // As the provider knows it: some sign it.
            url: format!("{}{path}", desk.public_url.as_str().trim_end_matches('/')),
            content_type: headers.get("content-type").cloned().unwrap_or_default(),
            headers,
            body,
            received_at: desk.app.0.config.clock.now(),
        }
    }

    fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest {
            url: &self.url,
            content_type: &self.content_type,
            headers: &self.headers,
            body: self.body,
            received_at: self.received_at,
        }
    }
}

/// The addresses at which a call was not taken a moment ago.
#[derive(Debug, Default)]
pub(super) struct Refused(Mutex<HashMap<String, DateTime<Utc>>>);

/// How long nothing more is noted of an address after a call was not taken there: anybody can call.
const QUIET: TimeDelta = TimeDelta::seconds(10);

impl Refused {
    /// Whether a refusal is to be noted.
    fn is_news(&self, path: &str, now: DateTime<Utc>) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|_, at| now - *at < QUIET);
        if noted.contains_key(path) {
            return false;
        }
        noted.insert(path.to_owned(), now);
        true
    }
}

/// Refuses a call, and notes it for the workspaces that it may have been for.
async fn refuse(
    desk: &Desk,
    doors: impl IntoIterator<Item = &Door>,
    path: &str,
    request: &WebhookRequest<'_>,
    refusal: &WebhookRefusal,
) -> Response {
    let is_test = request.headers.contains_key(TEST_HEADER);
    if !is_test && desk.refused.is_news(path, request.received_at) {
        for door in doors {
            if let Err(error) = note_refusal(&door.scope, path, refusal).await {
                tracing::warn!(error = error.chain(), "noting a call that was refused");
            }
        }
    }
    refused(refusal)
}

fn refused(refusal: &WebhookRefusal) -> Response {
    let status = match refusal {
        WebhookRefusal::Unsigned | WebhookRefusal::BadSignature | WebhookRefusal::Stale => {
            StatusCode::UNAUTHORIZED
        }
        WebhookRefusal::Unreadable(_) => StatusCode::BAD_REQUEST,
    };
    tracing::warn!(%status, reason = %refusal, "a call was refused");
    told(status, &refusal.to_string())
}

/// What is no fault of the caller's: it is to call again.
fn failed(error: &rumbo_base::Error) -> Response {
    if error.code() != Code::Throttled {
        tracing::error!(error = error.chain(), "a call could not be kept");
    }
    let headers = [(header::RETRY_AFTER, "5")];
    (
        StatusCode::SERVICE_UNAVAILABLE,
        headers,
        Json(json!({ "error": "this cannot be kept now; call again" })),
    )
        .into_response()
}

fn told(status: StatusCode, text: &str) -> Response {
    let told = if status.is_success() {
        json!({ "status": text })
    } else {
        json!({ "error": text })
    };
    (status, Json(told)).into_response()
}
