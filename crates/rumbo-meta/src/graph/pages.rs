//! An edge, page by page.
//!
//! Cursors are never stored: they stop working when their row goes. The address of the next page
//! is built here and never taken from Meta's `next`, which holds the token. The list ends when
//! there is no `next`; pages may be short or empty before that.

use std::collections::HashSet;

use bytes::Bytes;
use futures::Stream;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{GraphClient, GraphRequest, parse_json};
use crate::error::{ErrorClass, GraphError, MetaError};

/// The smallest page asked for before giving up on size.
const MIN_LIMIT: u32 = 5;
/// After this many good pages a reduced size is doubled again.
const RECOVER_AFTER: u32 = 5;
/// Empty pages in a row that still promise a next one.
const MAX_EMPTY: u32 = 200;

/// Reads an edge page by page. After a failure [`Pages::next`] may be called again: it goes on
/// where it was.
#[derive(Debug)]
pub struct Pages {
    client: GraphClient,
    request: GraphRequest,
    wanted: u32,
    limit: u32,
    good: u32,
    empty: u32,
    after: Option<String>,
    seen: HashSet<String>,
    done: bool,
}

/// The rows of one page, unread: [`RowPage::rows`] reads them in place.
#[derive(Clone)]
pub struct RowPage {
    data: Bytes,
}

impl std::fmt::Debug for RowPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RowPage({} bytes)", self.data.len())
    }
}

impl RowPage {
    /// The rows as a type that may borrow from the page.
    ///
    /// # Errors
    /// [`MetaError::Shape`] when a row has another shape.
    pub fn rows<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>, MetaError> {
        parse_json(&self.data, std::any::type_name::<T>())
    }

    /// Bytes of the rows.
    pub fn size(&self) -> usize {
        self.data.len()
    }

    fn is_empty(&self) -> bool {
        self.data
            .iter()
            .filter(|b| !b.is_ascii_whitespace())
            .eq(b"[]")
    }
}

impl Pages {
    pub(super) fn new(client: GraphClient, request: GraphRequest, limit: u32) -> Self {
        Self {
            client,
            request,
            wanted: limit.max(1),
            limit: limit.max(1),
            good: 0,
            empty: 0,
            after: None,
            seen: HashSet::new(),
            done: false,
        }
    }

    /// The fields asked for.
    pub fn fields(&self) -> Vec<&str> {
        self.request
            .params
            .iter()
            .filter(|(name, _)| name == "fields")
            .flat_map(|(_, fields)| fields.split(','))
            .collect()
    }

    /// The same list with other fields.
    #[must_use]
    pub fn with_fields(mut self, fields: &[&str]) -> Self {
        self.request.params.retain(|(name, _)| name != "fields");
        self.request = self.request.fields(fields);
        self
    }

    /// The same list with pages of this size.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.wanted = limit.max(1);
        self.limit = self.wanted;
        self
    }

    /// The page size asked for at present: smaller than wanted after "too much data".
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The next page, or `None` after the last.
    ///
    /// # Errors
    /// [`ErrorClass::TooMuchData`] only when the smallest page is still too much;
    /// [`MetaError::PagingLoop`] when a cursor comes back; otherwise as [`GraphClient::send`].
    pub async fn next(&mut self) -> Result<Option<RowPage>, MetaError> {
        if self.done {
            return Ok(None);
        }
        let answer = loop {
            let smallest = self.limit <= MIN_LIMIT;
            let mut request = self
                .request
                .clone()
                .param("limit", self.limit.to_string())
                .shrinkable(!smallest);
            if let Some(after) = &self.after {
                request = request.param("after", after.clone());
            }
            match self.client.send(&request).await {
                Ok(answer) => break answer,
                Err(error) if is_about_size(&error) => {
                    if smallest {
                        return Err(as_too_much(error));
                    }
                    self.limit = (self.limit / 2).max(MIN_LIMIT);
                    self.good = 0;
                }
                Err(error) => return Err(error),
            }
        };
        let Some(data) = answer.data().cloned() else {
            return Err(MetaError::Shape(format!(
                "{} has no data",
                self.request.path
            )));
        };
        let page = RowPage { data };
        self.advance(answer.paging(), page.is_empty())?;
        self.recover();
        Ok(Some(page))
    }

    /// All rows of all pages. For lists of a bounded size.
    ///
    /// # Errors
    /// As [`Pages::next`].
    pub async fn collect<T: DeserializeOwned>(mut self) -> Result<Vec<T>, MetaError> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.append(&mut page.rows()?);
        }
        Ok(rows)
    }

    /// The pages as a stream of rows; ends after the first failure.
    pub fn into_stream<T: DeserializeOwned>(self) -> impl Stream<Item = Result<Vec<T>, MetaError>> {
        futures::stream::try_unfold(self, |mut pages| async move {
            match pages.next().await? {
                Some(page) => Ok(Some((page.rows()?, pages))),
                None => Ok(None),
            }
        })
    }

    fn advance(&mut self, paging: &super::Paging, empty: bool) -> Result<(), MetaError> {
        if !paging.has_next {
            self.done = true;
            return Ok(());
        }
        self.empty = if empty { self.empty + 1 } else { 0 };
        let circle = || MetaError::PagingLoop {
            path: self.request.path.clone(),
        };
        if paging.leads_back {
            return Err(circle());
        }
        let Some(after) = &paging.after else {
            return Err(MetaError::Shape(format!(
                "{} has a next page without a cursor",
                self.request.path
            )));
        };
        if self.empty > MAX_EMPTY || self.seen.contains(after) {
            return Err(circle());
        }
        self.seen.insert(after.clone());
        self.after = Some(after.clone());
        Ok(())
    }

    fn recover(&mut self) {
        self.good += 1;
        if self.limit < self.wanted && self.good >= RECOVER_AFTER {
            self.limit = self.limit.saturating_mul(2).min(self.wanted);
            self.good = 0;
        }
    }
}

fn is_about_size(error: &MetaError) -> bool {
    error.class() == ErrorClass::TooMuchData || error.graph().is_some_and(GraphError::suspects_size)
}

fn as_too_much(error: MetaError) -> MetaError {
    match error {
        MetaError::Graph(mut graph) => {
            graph.class = ErrorClass::TooMuchData;
            MetaError::Graph(graph)
        }
        other => other,
    }
}
