//! A call to the Graph, without token and version.

use rumbo_http::Method;

use crate::usage::{UseCase, bare};

/// A call: method, path below the version, parameters, and what it is about.
#[derive(Clone, Debug)]
pub struct GraphRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) params: Vec<(String, String)>,
    about: Option<String>,
    insights: bool,
    pub(crate) shrinkable: bool,
    pub(crate) once: bool,
}

impl GraphRequest {
    fn new(method: Method, path: &str) -> Self {
        let path = path.trim_matches('/').to_owned();
        Self {
            method,
            path,
            params: Vec::new(),
            about: None,
            insights: false,
            shrinkable: false,
            once: false,
        }
    }

    /// Reads.
    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    /// Posts; the parameters go into the body.
    pub fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    /// Deletes.
    pub fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a parameter.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.push((name.to_owned(), value.into()));
        self
    }

    /// Adds parameters.
    #[must_use]
    pub fn params(mut self, params: &[(&str, &str)]) -> Self {
        let owned = params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.params.extend(owned);
        self
    }

    /// Adds the list of fields asked for.
    #[must_use]
    pub fn fields(self, fields: &[&str]) -> Self {
        self.param("fields", fields.join(","))
    }

    /// Names the ad account or page whose limits the call counts against, where the path does
    /// not: a report's pages, an ad's leads.
    #[must_use]
    pub fn about(mut self, object: &str) -> Self {
        self.about = Some(bare(object).to_owned());
        self
    }

    /// The call counts against the limit of insights although its path does not say so: asking
    /// how far a job is.
    #[must_use]
    pub(crate) fn counted_as_insights(mut self) -> Self {
        self.insights = true;
        self
    }

    /// The caller can ask for less and try again: a failure that may be about size is given back
    /// at once.
    #[must_use]
    pub(crate) fn shrinkable(mut self, shrinkable: bool) -> Self {
        self.shrinkable = shrinkable;
        self
    }

    /// The call may work only once: it is tried again only when it surely did not arrive.
    #[must_use]
    pub(crate) fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// The bare number of the object whose limits count.
    pub(crate) fn object(&self) -> Option<&str> {
        self.about.as_deref().or_else(|| {
            let first = self.path.split('/').next().unwrap_or_default();
            let number = bare(first);
            (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
        })
    }

    pub(crate) fn use_case(&self) -> UseCase {
        UseCase::of_path(if self.insights {
            "insights"
        } else {
            &self.path
        })
    }
}
