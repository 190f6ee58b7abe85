//! Up to fifty calls in one. Each counts against the limits, each has its own headers and its
//! own failure; an entry may come back as `null`, which means that it was not run.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use rumbo_http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};

use super::{Answer, GraphClient, GraphRequest, WaitReason};
use crate::error::{ErrorClass, MetaError};

/// Meta takes no more calls in one batch.
pub const MAX_BATCH: usize = 50;

#[derive(Serialize)]
struct Entry<'a> {
    method: &'a str,
    relative_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

#[derive(Deserialize)]
struct SubAnswer {
    code: u16,
    #[serde(default)]
    headers: Option<Vec<SubHeader>>,
    body: Option<String>,
}

#[derive(Deserialize)]
struct SubHeader {
    name: String,
    value: String,
}

impl GraphClient {
    /// Sends calls in batches of at most [`MAX_BATCH`] and returns their answers in order.
    /// Entries that were not run, or failed in a way that passes, are sent again.
    ///
    /// # Errors
    /// The outer result fails when a batch as a whole does; the inner ones are each call's own.
    pub async fn batch(
        &self,
        requests: &[GraphRequest],
    ) -> Result<Vec<Result<Answer, MetaError>>, MetaError> {
        let mut results = Vec::with_capacity(requests.len());
        for chunk in requests.chunks(MAX_BATCH) {
            results.append(&mut self.batch_once(chunk).await?);
        }
        Ok(results)
    }

    async fn batch_once(
        &self,
        requests: &[GraphRequest],
    ) -> Result<Vec<Result<Answer, MetaError>>, MetaError> {
        let mut open: Vec<usize> = (0..requests.len()).collect();
        let mut done: BTreeMap<usize, Result<Answer, MetaError>> = BTreeMap::new();
        let mut round = 0;
        loop {
            let sent: Vec<&GraphRequest> = open.iter().filter_map(|i| requests.get(*i)).collect();
            let answers = self.send_batch(&sent).await?;
            let mut again = Vec::new();
            let mut answers = answers.into_iter();
            for (index, request) in open.iter().zip(&sent) {
                // A missing entry at the end was not run either.
                let result = match answers.next().flatten() {
                    Some(answer) => self.read_entry(request, answer),
                    None => Err(MetaError::NotAnAnswer {
                        status: 200,
                        bytes: 0,
                        detail: "Meta did not run this call of the batch".to_owned(),
                    }),
                };
                if matches!(&result, Err(error) if error.class() == ErrorClass::Transient) {
                    again.push(*index);
                }
                done.insert(*index, result);
            }
            let wait = self.shared.settings.retry.wait(round, &self.shared.entropy);
            match wait {
                Some(wait) if !again.is_empty() => {
                    self.pause(WaitReason::Backoff, None, wait, None).await;
                    open = again;
                    round += 1;
                }
                _ => return Ok(done.into_values().collect()),
            }
        }
    }

    async fn send_batch(
        &self,
        requests: &[&GraphRequest],
    ) -> Result<Vec<Option<SubAnswer>>, MetaError> {
        // Once for each limit that is touched, not once for each call.
        let limits: BTreeSet<_> = requests
            .iter()
            .map(|request| (request.object(), request.use_case()))
            .collect();
        for (object, use_case) in &limits {
            self.wait_for_pace(*object, use_case).await?;
        }
        let entries: Vec<Entry<'_>> = requests.iter().map(|request| self.entry(request)).collect();
        let entries = serde_json::to_string(&entries)
            .map_err(|error| MetaError::Shape(format!("batch: {error}")))?;
        self.shared.stats.batched(requests.len());
        let request = GraphRequest::post("")
            .param("batch", entries)
            .param("include_headers", "true");
        self.send(&request).await?.parse()
    }

    fn entry<'a>(&self, request: &'a GraphRequest) -> Entry<'a> {
        let params = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&request.params)
            .finish();
        let path = format!("{}/{}", self.shared.settings.version, request.path);
        let in_body = request.method == Method::POST;
        Entry {
            method: request.method.as_str(),
            relative_url: if in_body || params.is_empty() {
                path
            } else {
                format!("{path}?{params}")
            },
            body: in_body.then_some(params),
        }
    }

    fn read_entry(&self, request: &GraphRequest, answer: SubAnswer) -> Result<Answer, MetaError> {
        let mut headers = HeaderMap::new();
        for header in answer.headers.unwrap_or_default() {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(header.name.to_ascii_lowercase().as_bytes()),
                HeaderValue::from_str(&header.value),
            ) {
                headers.insert(name, value);
            }
        }
        let now = self.shared.http.clock().now();
        self.shared.usage.observe(
            |name| headers.get(name).and_then(|value| value.to_str().ok()),
            request.object(),
            now,
        );
        let body = Bytes::from(answer.body.unwrap_or_default());
        let result = Answer::from_parts(answer.code, headers, body);
        match result {
            Err(error) if error.class() == ErrorClass::Throttle => {
                let use_case = request.use_case();
                let wait = self.shared.usage.refused(request.object(), &use_case, now);
                Err(super::with_wait(error, wait))
            }
            other => other,
        }
    }
}
