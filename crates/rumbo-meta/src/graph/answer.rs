//! Making sense of an answer in one pass: is it JSON, is it a failure, where are the rows and
//! the next page.

use bytes::Bytes;
use rumbo_http::{HeaderMap, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{parse_json, part_of};
use crate::error::{ErrorBody, GraphError, MetaError};

/// An answer that is whole, is JSON, and reports no failure. `Debug` shows no content.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    body: Bytes,
    data: Option<Bytes>,
    paging: Paging,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

/// Where the next page is. The `next` address holds the token, so only what matters of it is
/// kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// There is a next page. On the last page `after` is there too, but `next` is not.
    pub has_next: bool,
    /// The next page is the first one again.
    pub leads_back: bool,
    /// The cursor of the next page.
    pub after: Option<String>,
}

#[derive(Deserialize)]
struct Head<'a> {
    error: Option<ErrorBody>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    paging: Option<RawPaging>,
}

#[derive(Deserialize)]
struct RawPaging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

impl From<RawPaging> for Paging {
    /// `next` decides where the next page is; of its address only the cursor is kept. Without a
    /// cursor it leads back to the first page.
    fn from(raw: RawPaging) -> Self {
        let Some(next) = raw.next else {
            return Self::default();
        };
        let in_next = url::Url::parse(&next).ok().and_then(|next| {
            next.query_pairs()
                .find(|(name, _)| name == "after")
                .map(|(_, v)| v.into_owned())
        });
        let has_cursors = raw.cursors.is_some_and(|cursors| cursors.after.is_some());
        Self {
            has_next: true,
            leads_back: in_next.is_none() && has_cursors,
            after: in_next,
        }
    }
}

impl Answer {
    pub(crate) fn read(response: Response) -> Result<Self, MetaError> {
        Self::from_parts(response.status, response.headers, response.body)
    }

    pub(crate) fn from_parts(
        status: u16,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Self, MetaError> {
        let first = body.iter().find(|b| !b.is_ascii_whitespace());
        let (data, paging) = if first == Some(&b'{') {
            let head: Head<'_> = serde_json::from_slice(&body)
                .map_err(|error| not_an_answer(status, &body, &error))?;
            if let Some(error) = head.error {
                return Err(GraphError::new(error, status).into());
            }
            let data = head.data.map(|raw| part_of(&body, raw.get()));
            (data, head.paging.map(Paging::from).unwrap_or_default())
        } else {
            // A batch answers with an array, an unsubscribed edge with `true`.
            serde_json::from_slice::<&RawValue>(&body)
                .map_err(|error| not_an_answer(status, &body, &error))?;
            (None, Paging::default())
        };
        if !(200..300).contains(&status) {
            return Err(GraphError::new(ErrorBody::default(), status).into());
        }
        Ok(Self {
            status,
            headers,
            body,
            data,
            paging,
        })
    }

    /// The whole answer as a type.
    ///
    /// # Errors
    /// [`MetaError::Shape`] when it is JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, MetaError> {
        parse_json(&self.body, std::any::type_name::<T>())
    }

    /// The whole body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The `data` array, unread.
    pub(crate) fn data(&self) -> Option<&Bytes> {
        self.data.as_ref()
    }

    /// Where the next page is.
    pub fn paging(&self) -> &Paging {
        &self.paging
    }
}

/// The reason holds places and kinds, never content: the content is not Meta's.
fn not_an_answer(status: u16, body: &Bytes, error: &serde_json::Error) -> MetaError {
    let detail = if body.is_empty() {
        "it is empty".to_owned()
    } else if error.is_eof() {
        "it ends half-way".to_owned()
    } else if error.is_data() {
        "its frame has another shape".to_owned()
    } else {
        format!(
            "it is no JSON from byte {} of line {} on",
            error.column(),
            error.line()
        )
    };
    MetaError::NotAnAnswer {
        status,
        bytes: body.len(),
        detail,
    }
}
