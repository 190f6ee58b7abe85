//! The sandbox's own clock: the real one shifted, or a still one that only moves when told to.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug)]
pub(crate) struct SandboxClock {
    inner: Mutex<Face>,
}

#[derive(Debug, Clone, Copy)]
enum Face {
    /// Follows the machine's clock, shifted by this much.
    Running(TimeDelta),
    /// Stands still until it is moved.
    Still(DateTime<Utc>),
}

impl SandboxClock {
    pub(crate) fn new(start: Option<DateTime<Utc>>) -> Self {
        let face = start.map_or(Face::Running(TimeDelta::zero()), Face::Still);
        Self {
            inner: Mutex::new(face),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        match *self.face() {
            Face::Running(shift) => machine_time() + shift,
            Face::Still(at) => at,
        }
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        let mut face = self.face();
        *face = match *face {
            Face::Running(shift) => Face::Running(shift + by),
            Face::Still(at) => Face::Still(at + by),
        };
    }

    pub(crate) fn set(&self, to: DateTime<Utc>) {
        let mut face = self.face();
        *face = match *face {
            Face::Running(_) => Face::Running(to - machine_time()),
            Face::Still(_) => Face::Still(to),
        };
    }

    fn face(&self) -> std::sync::MutexGuard<'_, Face> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox is a program of its own at the edge and depends on no other crate"
)]
pub(crate) fn machine_time() -> DateTime<Utc> {
    Utc::now()
}
