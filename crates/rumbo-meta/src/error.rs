//! Meta's failures, classed by their numbers and never by their text, which is translated and
//! changes without notice.

use std::time::Duration;

use rumbo_base::{Code, Error, Reason};
use rumbo_http::{TransportError, redact_text};
use serde::Deserialize;

mod table;

pub use table::{RULES, Rule, Subcode, classify};

/// What a failure calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Too many calls: wait as long as the usage headers say.
    Throttle,
    /// Passes by itself: try again a little later.
    Transient,
    /// Ask for less: smaller pages, fewer days, or an asynchronous job.
    TooMuchData,
    /// The token does not serve any more.
    SignIn(SignInReason),
    /// This person or app may not do this, or the object does not exist for them.
    Permission,
    /// The call itself is wrong: a fault of ours or a field that Meta removed.
    CallerBug,
    /// Meta blocks the action for now as abuse: stop, do not try again.
    Policy,
}

/// Why a token does not serve any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignInReason {
    /// It ran out (463), or the access to data did (493).
    Expired,
    /// The person removed the app (458).
    Revoked,
    /// The password was changed (460).
    PasswordChanged,
    /// Meta wants the person to sign in there first (459, 464).
    Checkpoint,
    /// The person lost the role on the page (492).
    PageRoleLost,
    /// Not valid, without a nearer reason (467, 102, none).
    Invalid,
}

impl SignInReason {
    /// What it is called on the wire, and translated by.
    pub fn reason(self) -> Reason {
        match self {
            Self::Expired => Reason::SignInExpired,
            Self::Revoked => Reason::SignInRevoked,
            Self::PasswordChanged => Reason::PasswordChanged,
            Self::Checkpoint => Reason::Checkpoint,
            Self::PageRoleLost => Reason::PageRoleLost,
            Self::Invalid => Reason::SignInInvalid,
        }
    }
}

/// The `error` object of an answer. Every part is optional because Meta leaves parts out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ErrorBody {
    /// For developers, in English mostly; never branch on it.
    pub message: Option<String>,
    /// Such as `OAuthException`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// See [`RULES`].
    pub code: Option<i64>,
    /// See [`RULES`]. `debug_token` calls it `subcode`.
    #[serde(alias = "subcode")]
    pub error_subcode: Option<i64>,
    /// Not reliable: throttling 17/2446079 arrives with `false`.
    pub is_transient: Option<bool>,
    /// For the person, in the token owner's language.
    pub error_user_title: Option<String>,
    /// For the person, in the token owner's language.
    pub error_user_msg: Option<String>,
    /// An object, or the same as JSON inside a string.
    pub error_data: Option<ErrorData>,
    /// What Meta's support asks for.
    pub fbtrace_id: Option<String>,
}

/// Details of a failure; Meta sends an object or a string that holds one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum ErrorData {
    /// The object itself.
    Object {
        /// The parameters or fields at fault, each as a path.
        #[serde(default)]
        blame_field_specs: Vec<Vec<String>>,
    },
    /// JSON in a string, or plain text.
    Text(String),
    /// Anything else, of no use.
    Other(serde::de::IgnoredAny),
}

impl ErrorData {
    /// The parameters or fields at fault, each as a path, where Meta names them.
    pub fn blamed(&self) -> Vec<Vec<String>> {
        match self {
            Self::Object { blame_field_specs } => blame_field_specs.clone(),
            Self::Text(text) => match serde_json::from_str::<Self>(text) {
                Ok(Self::Object { blame_field_specs }) => blame_field_specs,
                _ => Vec::new(),
            },
            Self::Other(_) => Vec::new(),
        }
    }
}

/// A failure that Meta reported, whatever the HTTP status was.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "Meta error {code}{}{} (HTTP {status}): {}",
    subcode.map(|s| format!("/{s}")).unwrap_or_default(),
    trace.as_ref().map(|t| format!(" trace {t}")).unwrap_or_default(),
    message
)]
pub struct GraphError {
    /// What to do about it.
    pub class: ErrorClass,
    /// The HTTP status; 200 happens.
    pub status: u16,
    /// 0 when Meta gave none.
    pub code: i64,
    /// The finer number.
    pub subcode: Option<i64>,
    /// Meta's text for developers, with anything like a token taken out.
    pub message: String,
    /// Meta's text for the person, if any, likewise.
    pub user_message: Option<String>,
    /// The parameters at fault.
    pub blamed: Vec<Vec<String>>,
    /// What Meta's support asks for.
    pub trace: Option<String>,
    /// How long to wait, where the usage headers said it.
    pub wait: Option<Duration>,
}

impl GraphError {
    /// Makes sense of an error object.
    pub fn new(body: ErrorBody, status: u16) -> Self {
        let code = body.code.unwrap_or(0);
        // 0 stands for "none".
        let subcode = body.error_subcode.filter(|subcode| *subcode != 0);
        Self {
            class: classify(code, subcode, body.is_transient, status),
            status,
            code,
            subcode,
            message: redact_text(body.message.as_deref().unwrap_or("no message")),
            user_message: body
                .error_user_msg
                .or(body.error_user_title)
                .map(|text| redact_text(&text)),
            blamed: body
                .error_data
                .map(|data| data.blamed())
                .unwrap_or_default(),
            trace: body.fbtrace_id,
            wait: None,
        }
    }

    /// Whether Meta may mean "ask for less" although the numbers only say "unknown": code 1
    /// without subcode stands for both, and so does a bare HTTP 500.
    pub fn suspects_size(&self) -> bool {
        self.class == ErrorClass::TooMuchData
            || (self.code == 1 && self.subcode.is_none())
            || (self.code == 0 && self.status == 500)
    }

    /// Whether the object is unknown or hidden (100/33). Right after a job was made this is a
    /// race and passes.
    pub fn is_unknown_object(&self) -> bool {
        self.code == 100 && self.subcode == Some(33)
    }
}

/// Why a call to Meta did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum MetaError {
    /// Meta said so.
    #[error(transparent)]
    Graph(Box<GraphError>),
    /// No whole answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// An answer came that is no JSON, or only the beginning of it.
    #[error("the answer is not what Meta sends (HTTP {status}, {bytes} bytes): {detail}")]
    NotAnAnswer {
        status: u16,
        bytes: usize,
        detail: String,
    },
    /// JSON came, of another shape than agreed.
    #[error("the answer has another shape than expected: {0}")]
    Shape(String),
    /// The next page is one that was read already.
    #[error("the pages of {path} go round in a circle")]
    PagingLoop { path: String },
    /// Meta asks to wait longer than this call is allowed to.
    #[error("Meta asks to wait {} s", wait.as_secs())]
    Wait { wait: Duration },
}

impl From<GraphError> for MetaError {
    fn from(error: GraphError) -> Self {
        Self::Graph(Box::new(error))
    }
}

impl MetaError {
    /// What to do about it. No network counts as transient; see [`MetaError::is_offline`].
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Graph(error) => error.class,
            Self::Transport(TransportError::BodyTooLarge { .. }) => ErrorClass::TooMuchData,
            Self::Transport(_) | Self::NotAnAnswer { .. } => ErrorClass::Transient,
            Self::Shape(_) | Self::PagingLoop { .. } => ErrorClass::CallerBug,
            Self::Wait { .. } => ErrorClass::Throttle,
        }
    }

    /// Whether this machine seems to have no network.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_offline())
    }

    /// Meta's own report, where there is one.
    pub fn graph(&self) -> Option<&GraphError> {
        match self {
            Self::Graph(error) => Some(error),
            _ => None,
        }
    }

    /// How long to wait before the next try, where it is known.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Graph(error) => error.wait,
            Self::Wait { wait } => Some(*wait),
            _ => None,
        }
    }
}

impl From<MetaError> for Error {
    fn from(error: MetaError) -> Self {
        let error = match error {
            MetaError::Transport(error) => return error.into(),
            other => other,
        };
        let (code, reason, message) = sentence(&error);
        let mut failure = Self::new(code, message).reason(reason);
        if let Some(wait) = error.wait() {
            failure = failure.retry_after(wait).param("seconds", wait.as_secs());
        }
        if let MetaError::PagingLoop { path } = &error {
            failure = failure.param("path", path);
        }
        if let Some(graph) = error.graph() {
            failure = failure.param("meta_code", graph.code);
            if let Some(subcode) = graph.subcode {
                failure = failure.param("meta_subcode", subcode);
            }
            if let Some(said) = &graph.user_message {
                failure = failure.param("meta_message", said);
            }
            if let Some(trace) = &graph.trace {
                failure = failure.param("meta_trace", trace);
            }
        }
        failure.source(error)
    }
}

fn sentence(error: &MetaError) -> (Code, Option<Reason>, String) {
    let numbers = error.graph().map_or_else(String::new, |graph| {
        let subcode = graph.subcode.map(|s| format!("/{s}")).unwrap_or_default();
        format!(" (Meta error {}{subcode})", graph.code)
    });
    match error {
        MetaError::NotAnAnswer { .. } => {
            return (
                Code::MetaUnavailable,
                Some(Reason::AnswerUnreadable),
                "Meta's answer was cut off or is not readable. Nothing was changed; try again in \
                 a few minutes."
                    .to_owned(),
            );
        }
        MetaError::PagingLoop { path } => {
            return (
                Code::MetaUnavailable,
                Some(Reason::PagesInCircle),
                format!(
                    "Meta's list {path} goes round in a circle, so reading it was stopped. What \
                     was read is kept; try again later."
                ),
            );
        }
        MetaError::Shape(_) => {
            return (
                Code::MetaRefused,
                Some(Reason::AnswerUnknown),
                "Meta's answer has another shape than this Rumbo knows. Look for a newer version; \
                 the log has the details."
                    .to_owned(),
            );
        }
        _ => {}
    }
    match error.class() {
        ErrorClass::Throttle => (
            Code::Throttled,
            None,
            format!(
                "Meta asks to wait before more calls{numbers}. Rumbo goes on by itself afterwards."
            ),
        ),
        ErrorClass::Transient => (
            Code::MetaUnavailable,
            None,
            format!("Meta has trouble on its side{numbers}. Try again in a few minutes."),
        ),
        ErrorClass::TooMuchData => (
            Code::TooMuchData,
            None,
            format!("Meta says that this asks for too much at once{numbers}. Ask for fewer days."),
        ),
        ErrorClass::SignIn(reason) => (
            Code::NeedsSignIn,
            Some(reason.reason()),
            sign_in_sentence(reason).to_owned(),
        ),
        ErrorClass::Permission => (
            Code::PermissionMissing,
            error.graph().map(|_| Reason::AccessRefused),
            format!(
                "Meta does not let this account read this{numbers}. Check in Meta Business \
                 Settings that the person has access, or connect again and grant the permission."
            ),
        ),
        ErrorClass::CallerBug => (
            Code::MetaRefused,
            error.graph().map(|_| Reason::CallRefused),
            format!(
                "Meta refused this call{numbers}. A newer Rumbo may know better; the log has the \
                 details."
            ),
        ),
        ErrorClass::Policy => (
            Code::MetaRefused,
            error.graph().map(|_| Reason::PolicyBlock),
            format!(
                "Meta blocks this action for now under its policies{numbers}. Do not repeat it; \
                 look at Account Quality in Meta Business Suite."
            ),
        ),
    }
}

fn sign_in_sentence(reason: SignInReason) -> &'static str {
    match reason {
        SignInReason::Expired => "The Meta sign-in has expired. Connect Meta again.",
        SignInReason::Revoked => {
            "Rumbo was removed from the Meta account's business integrations. Connect Meta again."
        }
        SignInReason::PasswordChanged => {
            "The password of the Meta account was changed, which ends the sign-in. Connect Meta \
             again."
        }
        SignInReason::Checkpoint => {
            "Meta wants to check the account. Sign in at facebook.com, do what it asks, then \
             connect Meta again."
        }
        SignInReason::PageRoleLost => {
            "The person has no role on this page any more. Ask the page's admin for access, then \
             connect Meta again."
        }
        SignInReason::Invalid => "The Meta sign-in is not valid any more. Connect Meta again.",
    }
}

#[cfg(test)]
mod tests;
