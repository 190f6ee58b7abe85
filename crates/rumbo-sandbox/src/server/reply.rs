//! Answers that are ready to go out.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::whole;
use crate::app::App;
use crate::picture;

/// Status, headers and body.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn html(status: u16, text: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", text.into_bytes())
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(
            status,
            "application/json; charset=UTF-8",
            value.to_string().into_bytes(),
        )
    }

    /// A file as it is.
    pub(crate) fn file(kind: &str, bytes: Vec<u8>) -> Self {
        Self::new(200, kind, bytes)
    }

    pub(crate) fn redirect(to: &str) -> Self {
        let mut reply = Self::html(302, String::new());
        reply
            .headers
            .push((LOCATION.as_str().to_owned(), to.to_owned()));
        reply
    }

    fn new(status: u16, kind: &str, body: Vec<u8>) -> Self {
        let headers = vec![(CONTENT_TYPE.as_str().to_owned(), kind.to_owned())];
        Self {
            status,
            headers,
            body,
        }
    }

    pub(crate) fn into_response(self) -> Response {
        self.with_body(whole)
    }

    /// The response with a body made from the bytes.
    pub(super) fn with_body(self, make: impl FnOnce(Vec<u8>) -> Body) -> Response {
        let mut response = Response::new(make(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// The text fields of a form sent in parts; nothing when it cannot be read.
pub(super) async fn multipart(content_type: &str, body: &Bytes) -> Option<Vec<(String, String)>> {
    let request = Request::builder()
        .header(CONTENT_TYPE, content_type)
        .body(Body::from(body.clone()))
        .ok()?;
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        fields.push((name, field.text().await.ok()?));
    }
    Some(fields)
}

/// `<creative>_<size>.svg`
pub(super) fn picture(app: &Arc<App>, file: &str) -> Reply {
    let parts = file
        .strip_suffix(".svg")
        .and_then(|name| name.split_once('_'));
    let numbers =
        parts.and_then(|(creative, size)| Some((creative.parse().ok()?, size.parse().ok()?)));
    match numbers {
        Some((creative, size)) => {
            let drawing = picture::svg(&app.world(), creative, size);
            Reply::new(200, "image/svg+xml", drawing.into_bytes())
        }
        None => Reply::html(404, "There is no such picture".to_owned()),
    }
}
