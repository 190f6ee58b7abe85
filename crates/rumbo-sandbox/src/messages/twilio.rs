//! Twilio's Programmable Messaging.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::attachments::{self, Attachment};
use super::{InboundOrder, ReceivedMessage, SentMessage, Webhook, Wire, secret, sign};
use crate::app::App;
use crate::graph::Method;
use crate::server::Reply;

pub(crate) const SENDER: &str = "+15005550006";

pub(crate) fn account(app: &App) -> String {
    format!(
        "AC{}",
        sign::sha256_hex(secret(app, "twilio", 8).as_bytes())
            .get(..32)
            .unwrap_or_default()
    )
}

pub(crate) fn token(app: &App) -> String {
    sign::sha256_hex(secret(app, "twilio token", 16).as_bytes())
        .get(..32)
        .unwrap_or_default()
        .to_owned()
}

pub(crate) fn error(status: u16, code: i64, message: &str) -> Reply {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    Reply::json(
        status,
        &json!({ "code": code, "message": message, "more_info": more, "status": status }),
    )
}

pub(super) fn answer(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    if wire.basic() != Some((account(app), token(app))) {
        return error(401, 20_003, "Authenticate");
    }
    let own = account(app);
    let own_file = format!("{own}.json");
    match (wire.method, wire.path.as_slice()) {
        (Method::Get, ["2010-04-01", "Accounts", file]) if *file == own_file => Reply::json(
            200,
            &json!({ "sid": own, "friendly_name": "Casa Alba", "status": "active", "type": "Full" }),
        ),
        (_, ["2010-04-01", "Accounts", account, ..]) if *account != own => {
            error(404, 20_404, "The requested resource was not found")
        }
        (Method::Post, ["2010-04-01", "Accounts", _, "Messages.json"]) => send(app, wire),
        (Method::Get, ["2010-04-01", "Accounts", _, "Messages.json"]) => list(app, wire),
        (
            Method::Get,
            [
                "2010-04-01",
                "Accounts",
                _,
                "Messages",
                message,
                "Media.json",
            ],
        ) => media_list(app, &own, message),
        (
            Method::Get,
            [
                "2010-04-01",
                "Accounts",
                _,
                "Messages",
                message,
                "Media",
                file,
            ],
        ) => media(app, &own, message, file),
        (Method::Get, ["2010-04-01", "Accounts", _, "Messages", file]) => {
            let id = file.strip_suffix(".json").unwrap_or(file);
            let found = app
                .ledger()
                .messages
                .sent
                .iter()
                .find(|sent| sent.provider == "twilio" && sent.id == id)
                .map(|sent| resource(&own, sent));
            found.map_or_else(
                || error(404, 20_404, "The requested resource was not found"),
                |found| Reply::json(200, &found),
            )
        }
        _ => error(404, 20_404, "The requested resource was not found"),
    }
}

fn send(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    let get = |name: &str| wire.params.get(name).filter(|text| !text.is_empty());
    let Some(to) = get("To") else {
        return error(400, 21_604, "A 'To' phone number is required.");
    };
    match (get("From"), get("MessagingServiceSid")) {
        (None, None) => {
            return error(
                400,
                21_603,
                "A 'From' or 'MessagingServiceSid' parameter is required.",
            );
        }
        (Some(from), None) if from != SENDER => {
            return error(
                400,
                21_606,
                &format!(
                    "The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination."
                ),
            );
        }
        _ => {}
    }
    if !is_e164(to) {
        return error(400, 21_211, &format!("Invalid 'To' Phone Number: {to}"));
    }
    let body = get("Body").unwrap_or_default();
    if body.is_empty() && get("MediaUrl").is_none() {
        return error(400, 21_602, "Message body is required.");
    }
    if body.chars().count() > 1600 {
        return error(
            400,
            21_617,
            "The concatenated message body exceeds the 1600 character limit",
        );
    }
    if get("MediaUrl").is_some_and(|url| !url.starts_with("https://")) {
        return error(400, 21_620, "Invalid media URL(s)");
    }
    let is_address = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    if get("StatusCallback").is_some_and(|url| !is_address(url)) {
        return error(400, 21_609, "Invalid 'StatusCallback' URL");
    }
    if app.is_unreachable(to) {
        return error(400, 21_614, "'To' number is not a valid mobile number");
    }
    if app.has_stopped(to) {
        return error(400, 21_610, "Attempt to send to unsubscribed recipient");
    }
    let callback = get("StatusCallback").map(str::to_owned);
    let dispatch = callback.as_deref().and_then(|url| {
        url::Url::parse(url)
            .ok()?
            .query_pairs()
            .find(|(name, _)| name == "dispatch")
            .map(|(_, value)| value.into_owned())
    });
    let serial = app.ledger().next_serial();
    let sent = SentMessage {
        provider: "twilio",
        id: format!("SM{serial:032x}"),
        dispatch_id: dispatch,
        address: to.to_owned(),
        body: body.to_owned(),
        at: app.clock.now(),
        status: "queued".to_owned(),
        callback,
    };
    let shown = resource(&account(app), &sent);
    app.took(sent);
    Reply::json(201, &shown)
}

/// Messages by either end and by the time they were sent, the newest first, page by page.
fn list(app: &Arc<App>, wire: &Wire<'_>) -> Reply {
    let get = |name: &str| wire.params.get(name).filter(|text| !text.is_empty());
    let own = account(app);
    let since = match get("DateSent>") {
        None => None,
        // A day, or a moment.
        Some(text) => match text
            .parse::<DateTime<Utc>>()
            .or_else(|_| format!("{text}T00:00:00Z").parse())
        {
            Ok(since) => Some(since),
            Err(_) => return error(400, 20_001, "Invalid value for DateSent"),
        },
    };
    let size: usize = get("PageSize")
        .and_then(|text| text.parse().ok())
        .unwrap_or(50);
    if !(1..=1_000).contains(&size) {
        return error(400, 20_006, "Page size must be between 1 and 1000");
    }
    let page: usize = get("Page").and_then(|text| text.parse().ok()).unwrap_or(0);
    let ledger = app.ledger();
    let ours = |provider: &str| provider == "twilio";
    let sent = ledger
        .messages
        .sent
        .iter()
        .filter(|sent| ours(sent.provider));
    let came = ledger
        .messages
        .received
        .iter()
        .filter(|came| ours(came.provider));
    let mut all: Vec<(DateTime<Utc>, Value)> = sent
        .map(|sent| (sent.at, resource(&own, sent)))
        .chain(came.map(|came| (came.at, inbound_resource(&own, came))))
        .filter(|(at, _)| since.is_none_or(|since| *at >= since))
        .filter(|(_, message)| {
            [("To", "to"), ("From", "from")]
                .iter()
                .all(|(filter, field)| get(filter).is_none_or(|end| message[*field] == end))
        })
        .collect();
    drop(ledger);
    all.reverse();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let more = all.len() > (page + 1) * size;
    let messages: Vec<Value> = all
        .into_iter()
        .skip(page * size)
        .take(size)
        .map(|(_, message)| message)
        .collect();
    let uri = |page: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for name in ["To", "From", "DateSent>"] {
            if let Some(value) = get(name) {
                query.append_pair(name, value);
            }
        }
        query.append_pair("PageSize", &size.to_string());
        query.append_pair("Page", &page.to_string());
        format!(
            "/2010-04-01/Accounts/{own}/Messages.json?{}",
            query.finish()
        )
    };
    Reply::json(
        200,
        &json!({
            "messages": messages,
            "page": page,
            "page_size": size,
            "uri": uri(page),
            "first_page_uri": uri(0),
            "previous_page_uri": (page > 0).then(|| uri(page - 1)),
            "next_page_uri": more.then(|| uri(page + 1)),
        }),
    )
}

/// For how long the address that Twilio points to is good.
const POINTED_TO: TimeDelta = TimeDelta::hours(4);

fn not_found() -> Reply {
    error(404, 20_404, "The requested resource was not found")
}

fn media_sid(file: &Attachment) -> String {
    format!("ME{:032x}", file.id)
}

fn media_resource(own: &str, message: &str, file: &Attachment) -> Value {
    let sid = media_sid(file);
    json!({
        "sid": sid,
        "account_sid": own,
        "parent_sid": message,
        "content_type": file.mime_type,
        "uri": format!("/2010-04-01/Accounts/{own}/Messages/{message}/Media/{sid}.json"),
    })
}

fn files_of(app: &App, message: &str) -> Option<Vec<Attachment>> {
    let ledger = app.ledger();
    let mut all = ledger.messages.received.iter();
    all.find(|came| came.provider == "twilio" && came.id == message)
        .map(|came| came.files.clone())
}

fn media_list(app: &App, own: &str, message: &str) -> Reply {
    let Some(files) = files_of(app, message) else {
        return not_found();
    };
    let files: Vec<Value> = files
        .iter()
        .map(|file| media_resource(own, message, file))
        .collect();
    Reply::json(
        200,
        &json!({ "media_list": files, "page": 0, "page_size": 50 }),
    )
}

/// With an ending what is known of a file, without one the file: it lies elsewhere.
fn media(app: &App, own: &str, message: &str, name: &str) -> Reply {
    let (sid, about) = match name.strip_suffix(".json") {
        Some(sid) => (sid, true),
        None => (name, false),
    };
    let files = files_of(app, message).unwrap_or_default();
    let Some(file) = files.iter().find(|file| media_sid(file) == sid) else {
        return not_found();
    };
    if about {
        return Reply::json(200, &media_resource(own, message, file));
    }
    let mut reply = Reply::redirect(&attachments::address(app, file.id, POINTED_TO));
    reply.status = 307;
    reply
}

fn inbound_resource(account: &str, came: &ReceivedMessage) -> Value {
    let at = came.at.to_rfc2822();
    json!({
        "sid": came.id,
        "account_sid": account,
        "api_version": "2010-04-01",
        "to": SENDER,
        "from": came.from,
        "body": came.text,
        "status": "received",
        "direction": "inbound",
        "error_code": null,
        "error_message": null,
        "num_segments": "1",
        "num_media": came.files.len().to_string(),
        "price": null,
        "price_unit": "USD",
        "date_created": at,
        "date_updated": at,
        "date_sent": at,
    })
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn resource(account: &str, sent: &SentMessage) -> Value {
    let at = sent.at.to_rfc2822();
    json!({
        "sid": sent.id,
        "account_sid": account,
        "api_version": "2010-04-01",
        "to": sent.address,
        "from": SENDER,
        "body": sent.body,
        "status": sent.status,
        "direction": "outbound-api",
        "error_code": null,
        "error_message": null,
        "num_segments": "1",
        "num_media": "0",
        "price": if sent.status == "queued" { Value::Null } else { "-0.00790".into() },
        "price_unit": "USD",
        "date_created": at,
        "date_updated": at,
        "date_sent": if sent.status == "queued" { Value::Null } else { at.clone().into() },
    })
}

fn webhook(app: &App, url: String, pushed: bool, form: Vec<(String, String)>) -> Webhook {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form)
        .finish();
    let signature = sign::twilio(&token(app), &url, &form);
    app.tell(Webhook {
        provider: "twilio",
        url,
        pushed,
        content_type: "application/x-www-form-urlencoded",
        headers: BTreeMap::from([("x-twilio-signature".to_owned(), signature)]),
        body,
    })
}

fn fields(app: &App, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = vec![
        ("AccountSid".to_owned(), account(app)),
        ("ApiVersion".to_owned(), "2010-04-01".to_owned()),
    ];
    form.extend(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    form
}

/// A callback, sent only where the message asked for one.
pub(crate) fn status(
    app: &App,
    sent: &SentMessage,
    word: &str,
    code: Option<&str>,
) -> Option<Webhook> {
    let url = sent.callback.clone()?;
    let mut pairs = vec![
        ("MessageSid", sent.id.as_str()),
        ("SmsSid", sent.id.as_str()),
        ("MessageStatus", word),
        ("SmsStatus", word),
        ("To", sent.address.as_str()),
        ("From", SENDER),
    ];
    if let Some(code) = code {
        pairs.push(("ErrorCode", code));
    }
    let pushed = !url.starts_with("https://rumbo.example");
    Some(webhook(app, url, pushed, fields(app, &pairs)))
}

pub(crate) fn inbound(app: &App, order: &InboundOrder, files: Vec<Attachment>) -> Webhook {
    let kind = if files.is_empty() { "SM" } else { "MM" };
    let id = format!("{kind}{:032x}", app.ledger().next_serial());
    let came = app.received("twilio", &id, order, files);
    let (url, pushed) = app.receiver("twilio");
    let count = came.files.len().to_string();
    let pairs = [
        ("MessageSid", id.as_str()),
        ("SmsSid", id.as_str()),
        ("SmsMessageSid", id.as_str()),
        ("SmsStatus", "received"),
        ("From", order.from.as_str()),
        ("To", SENDER),
        ("Body", order.text.as_str()),
        ("NumMedia", count.as_str()),
        ("NumSegments", "1"),
        ("FromCountry", "AR"),
    ];
    let mut form = fields(app, &pairs);
    let own = account(app);
    for (place, file) in came.files.iter().enumerate() {
        let address = format!(
            "{}/twilio/2010-04-01/Accounts/{own}/Messages/{id}/Media/{}",
            app.origin,
            media_sid(file)
        );
        form.push((format!("MediaUrl{place}"), address));
        form.push((format!("MediaContentType{place}"), file.mime_type.clone()));
    }
    webhook(app, url, pushed, form)
}
