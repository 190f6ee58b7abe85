//! Whether Meta can be reached, as the last attempt found it.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Error};

use crate::App;
use crate::wire::CoreEvent;

/// Online until an attempt fails for want of a network.
#[derive(Debug)]
pub(crate) struct Network(Mutex<(bool, DateTime<Utc>)>);

impl Network {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new((true, now)))
    }

    /// Whether Meta could be reached, and since when that is so.
    pub(crate) fn get(&self) -> (bool, DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Learns from an attempt to reach Meta, and tells open views when that changed something.
    pub(crate) fn heard<T>(&self, attempt: &Result<T, Error>) {
        let online = match attempt {
            Ok(_) => true,
            Err(error) => match error.code() {
                Code::Offline => false,
                // Any answer of Meta's, a refusal too, came over a network.
                Code::MetaRefused
                | Code::MetaUnavailable
                | Code::Throttled
                | Code::NeedsSignIn
                | Code::PermissionMissing => true,
                _ => return,
            },
        };
        let now = self.0.config.clock.now();
        let mut state = self
            .0
            .network
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if state.0 != online {
            *state = (online, now);
            drop(state);
            self.emit(CoreEvent::Network { online, since: now });
        }
    }
}
