//! Resumable uploads, of which a template's header needs the handle.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::app::App;
use crate::graph::{Context, GraphError, check_params};
use crate::server::Reply;

/// Types that Meta takes.
const TYPES: [&str; 5] = [
    "application/pdf",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "video/mp4",
];

/// A file on its way.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    length: usize,
    bytes: Vec<u8>,
}

/// `POST /{app}/uploads`
pub(crate) fn start(context: &Context<'_>) -> Result<Value, GraphError> {
    check_params(context, &["file_name", "file_length", "file_type"])?;
    let params = &context.call.params;
    let length = params
        .whole("file_length")?
        .filter(|length| *length > 0)
        .and_then(|length| usize::try_from(length).ok())
        .ok_or_else(|| GraphError::parameter("The parameter file_length is required"))?;
    let kind = params.get("file_type").unwrap_or("");
    if !TYPES.contains(&kind) {
        return Err(GraphError::parameter(format!(
            "Param file_type must be one of {{{}}}",
            TYPES.join(", ")
        )));
    }
    let mut ledger = context.app.ledger();
    let serial = ledger.next_serial();
    let id = format!(
        "upload:MTphdHRhY2htZW50{serial:08}?sig={:016x}",
        context.app.dice.with(serial).bits()
    );
    ledger.templates.uploads.insert(
        id.clone(),
        Upload {
            length,
            bytes: Vec::new(),
        },
    );
    Ok(json!({ "id": id }))
}

/// `POST` and `GET /upload:…`: the bytes, and how many there are.
pub(crate) fn answer(
    app: &Arc<App>,
    method: &str,
    session: &str,
    offset: Option<&str>,
    body: &[u8],
) -> Reply {
    let mut ledger = app.ledger();
    let Some(upload) = ledger.templates.uploads.get_mut(session) else {
        let error = GraphError::no_such_object(session, &method.to_ascii_lowercase());
        return Reply::json(error.status, &error.body("AupL0ad"));
    };
    if method == "GET" {
        return Reply::json(
            200,
            &json!({ "id": session, "file_offset": upload.bytes.len() }),
        );
    }
    let at = offset.and_then(|text| text.parse::<usize>().ok());
    if at != Some(upload.bytes.len()) {
        let error = GraphError::parameter("Header file_offset must be where the file ends so far");
        return Reply::json(error.status, &error.body("AupL0ad"));
    }
    upload.bytes.extend_from_slice(body);
    if upload.bytes.len() < upload.length {
        return Reply::json(
            200,
            &json!({ "id": session, "file_offset": upload.bytes.len() }),
        );
    }
    let sum = upload
        .bytes
        .iter()
        .fold(0_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
    Reply::json(200, &json!({ "h": format!("4::aW1hZ2U:{sum:016x}:e") }))
}
