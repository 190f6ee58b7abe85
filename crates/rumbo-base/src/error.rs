//! One error type. Its code is for programs, its message for a person, its source for the log.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Reason, Told};

/// The result of anything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a shell may branch on. A code exists only where a screen, the command line or a retry
/// does something different for it; docs/errors.md lists what each means and what to do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, specta::Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A value given by the person or a file cannot be used; `field` may name it.
    InvalidInput,
    /// The thing asked for does not exist in this workspace.
    NotFound,
    /// It exists already, or changed meanwhile.
    Conflict,
    /// No usable Meta sign-in: none, expired or revoked.
    NeedsSignIn,
    /// The person's role in the workspace does not allow it.
    NotAllowed,
    /// Meta refuses this to the signed-in person.
    PermissionMissing,
    /// Meta asks to wait; `retry_after` says how long where it is known.
    Throttled,
    /// Meta cannot be reached: no network, name, route or TLS.
    Offline,
    /// Meta answered with something that is not an answer, or failed on its side.
    MetaUnavailable,
    /// Meta says that this call is wrong: a fault of ours or a removed field.
    MetaRefused,
    /// Too many rows for one call. Handled inside the sync; seen only when splitting ran out.
    TooMuchData,
    /// The person said no in Meta's dialog.
    SignInDenied,
    /// The answer to a sign-in did not belong to it (state, host, path or method).
    SignInMismatch,
    /// The sign-in took too long or its code ran out.
    SignInExpired,
    /// The redirect address is not registered at the Meta app.
    RedirectNotRegistered,
    /// Every port that the redirect may use is taken.
    PortsTaken,
    /// This machine's clock is too far from Meta's.
    ClockSkew,
    /// The system keyring is locked, missing or was changed.
    KeyringUnavailable,
    /// The passphrase does not open the vault.
    WrongPassphrase,
    /// Another program holds the data folder.
    DataFolderBusy,
    /// The data was written by a newer Rumbo.
    SchemaTooNew,
    /// No space left on the disk.
    DiskFull,
    /// The data file cannot be read as what it should be.
    DataCorrupt,
    /// The person stopped it.
    Cancelled,
    /// Some parts were done and some not.
    PartlyDone,
    /// A fault of ours.
    Internal,
}

impl Code {
    /// The word on the wire and in the store, such as `not_found`.
    pub fn word(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|word| word.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// A failure. See [`Code`].
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: String,
    field: Option<String>,
    reason: Option<Reason>,
    params: BTreeMap<String, String>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure with a sentence that says what happened and what to do.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            field: None,
            reason: None,
            params: BTreeMap::new(),
            retry_after: None,
            source: None,
        }))
    }

    /// A fault of ours. The cause goes to the log, not to the person.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(
            Code::Internal,
            "Something went wrong inside Rumbo. The log has the details.",
        )
        .source(source)
    }

    /// Names the input that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Says which of the failures of its code it is: what a translated message is chosen by. Every
    /// `InvalidInput`, `NotFound` and `Conflict` has one, and the params that it names.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<Option<Reason>>) -> Self {
        self.0.reason = reason.into();
        self
    }

    /// Adds a value that a translated message shows. Never a secret.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.0.params.insert(name.into(), value.to_string());
        self
    }

    /// Says how long to wait before trying again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Keeps the cause, for the log.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What a program may branch on.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The sentence for a person, in English.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The input that is wrong, where there is one.
    pub fn field_name(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Which of the failures of its code it is; `None` where the code says enough.
    pub fn reason_id(&self) -> Option<Reason> {
        self.0.reason
    }

    /// What is kept to tell it again later; the field that is wrong is among the params.
    pub fn told(&self) -> Told {
        let mut params = self.0.params.clone();
        if let Some(field) = &self.0.field {
            params.entry("field".to_owned()).or_insert(field.clone());
        }
        Told {
            reason: self.0.reason,
            params,
        }
    }

    /// The values of the message.
    pub fn params(&self) -> &BTreeMap<String, String> {
        &self.0.params
    }

    /// How long to wait, where it is known.
    pub fn wait(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The whole chain of causes, for the log.
    pub fn chain(&self) -> String {
        let mut text = format!("{:?}: {}", self.0.code, self.0.message);
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|e| -> &(dyn std::error::Error + 'static) { e })
    }
}
