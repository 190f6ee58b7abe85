//! Resumable uploads: the bytes of a file go in a body of their own, with a header of their own, and
//! an upload that was cut off goes on where Meta says it is.

use bytes::Bytes;
use rumbo_http::{HeaderName, HeaderValue, Method, Request};
use serde::Deserialize;

use super::{Answer, GraphClient};
use crate::error::{ErrorClass, MetaError};

/// How often the same file is sent on after it was cut off.
const TRIES: u32 = 3;

#[derive(Deserialize)]
struct Progress {
    file_offset: usize,
}

impl GraphClient {
    /// Sends the bytes of a file to an upload session (`upload:…`), and gives what Meta answers when
    /// all of it arrived.
    ///
    /// # Errors
    /// See [`MetaError`].
    pub(crate) async fn upload(&self, session: &str, bytes: Bytes) -> Result<Answer, MetaError> {
        let mut offset = 0;
        let mut tries = 0;
        loop {
            let part = bytes.slice(offset.min(bytes.len())..);
            let request = self
                .session_request(Method::POST, session)
                .header(
                    HeaderName::from_static("file_offset"),
                    HeaderValue::from(offset),
                )
                .body(HeaderValue::from_static("application/octet-stream"), part);
            let outcome = self.session_answer(request).await;
            tries += 1;
            match outcome {
                Err(error) if error.class() == ErrorClass::Transient && tries < TRIES => {
                    // Where it stopped is Meta's to say; unknown, the file is sent from the start.
                    let asked = self.session_request(Method::GET, session);
                    offset = match self.session_answer(asked).await {
                        Ok(answer) => answer.parse::<Progress>().map_or(0, |at| at.file_offset),
                        Err(_) => 0,
                    };
                }
                outcome => return outcome,
            }
        }
    }

    /// A call about an upload session. Its id holds a signature behind a question mark.
    fn session_request(&self, method: Method, session: &str) -> Request {
        let (path, query) = session.split_once('?').unwrap_or((session, ""));
        let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let request = Request::new(method, format!("{}/{path}", self.version())).queries(pairs);
        match self.authorization() {
            Some(value) => request.header(HeaderName::from_static("authorization"), value),
            None => request,
        }
    }

    async fn session_answer(&self, request: Request) -> Result<Answer, MetaError> {
        let response = self.http().send(request).await.map_err(MetaError::from)?;
        Answer::read(response)
    }

    fn authorization(&self) -> Option<HeaderValue> {
        let token = self.access.as_ref()?.token.expose();
        let mut value = HeaderValue::from_str(&format!("OAuth {token}")).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}
