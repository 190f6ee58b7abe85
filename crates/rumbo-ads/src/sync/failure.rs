//! What a failure means for the rest of the run.

use std::time::Duration;

use rumbo_base::{Code, Error};
use rumbo_meta::error::{ErrorClass, MetaError};

/// What to do about a failed read.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing else can be read either: the sign-in ended, there is no network, the disk is full.
    StopRun(Error),
    /// Nothing else of this account can be read.
    StopAccount(Error),
    /// Wait this long, then read it again.
    Wait(Duration, Error),
    /// Put it back into the queue: it passes by itself.
    Later(Error),
    /// Read it in smaller pieces.
    Smaller(Error),
    /// It cannot be read; go on with the rest.
    GiveUp(Error),
}

impl Verdict {
    /// Judges a failed call.
    pub fn of_meta(error: MetaError) -> Self {
        let offline = error.is_offline();
        let wait = error.wait();
        let class = error.class();
        let error = Error::from(error);
        match class {
            ErrorClass::SignIn(_) => Self::StopRun(error),
            ErrorClass::Transient if offline => Self::StopRun(error),
            ErrorClass::Transient => Self::Later(error),
            ErrorClass::Permission | ErrorClass::Policy => Self::StopAccount(error),
            ErrorClass::Throttle => Self::Wait(wait.unwrap_or(Duration::from_mins(5)), error),
            ErrorClass::TooMuchData => Self::Smaller(error),
            ErrorClass::CallerBug => Self::GiveUp(error),
        }
    }

    /// The failure itself.
    pub fn error(self) -> Error {
        match self {
            Self::Wait(wait, error) => error.retry_after(wait),
            Self::StopRun(error)
            | Self::StopAccount(error)
            | Self::Later(error)
            | Self::Smaller(error)
            | Self::GiveUp(error) => error,
        }
    }

    /// Judges a failure of the store or of reading an answer.
    pub fn of_own(error: Error) -> Self {
        match error.code() {
            Code::MetaUnavailable | Code::DataFolderBusy => Self::Later(error),
            _ => Self::StopRun(error),
        }
    }
}

/// Why a read ended early.
#[derive(Debug)]
pub(super) enum Failure {
    Meta(Box<MetaError>),
    Own(Error),
}

/// Meta's answer to days older than it keeps: "The start date of the time range cannot be beyond 37
/// months from the current date".
const BEYOND_HISTORY: i64 = 3018;

/// Meta's answer to breakdowns that it does not give, or not together: code 2, and permanent.
const BREAKDOWN_REFUSED: (i64, Option<i64>) = (2, Some(1_504_041));

impl Failure {
    /// Whether Meta says that it does not give this breakdown at all, whatever the days.
    pub fn refuses_breakdown(&self) -> bool {
        match self {
            Self::Meta(error) => error
                .graph()
                .is_some_and(|graph| (graph.code, graph.subcode) == BREAKDOWN_REFUSED),
            Self::Own(_) => false,
        }
    }

    /// Whether Meta says that it no longer keeps the days asked for.
    pub fn is_beyond_history(&self) -> bool {
        match self {
            Self::Meta(error) => error
                .graph()
                .is_some_and(|graph| graph.code == BEYOND_HISTORY),
            Self::Own(_) => false,
        }
    }

    /// Whether what was asked for is gone, or not for this person: nothing is missed without it.
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Meta(error) if error.class() == ErrorClass::Permission)
    }

    pub fn verdict(self) -> Verdict {
        match self {
            Self::Meta(error) => Verdict::of_meta(*error),
            Self::Own(error) => Verdict::of_own(error),
        }
    }
}

impl From<MetaError> for Failure {
    fn from(error: MetaError) -> Self {
        Self::Meta(Box::new(error))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

/// Why an account or the whole run ended.
#[derive(Debug)]
pub(super) enum Stop {
    Run(Error),
    Account(Error),
}

impl From<Error> for Stop {
    /// A failure of the store ends the run: it would fail for the others too.
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}

/// The same failure once more, for another slice.
pub(super) fn again(error: &Error) -> Error {
    let told = error.told();
    told.params.into_iter().fold(
        Error::new(error.code(), error.message()).reason(told.reason),
        |error, (name, value)| error.param(name, value),
    )
}
