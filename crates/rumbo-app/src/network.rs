//! Whether Meta can be reached, as the last attempt found it, and when it is tried again.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, Error, Result};

use crate::wire::{CoreEvent, NetworkState, TryNetwork};
use crate::{App, Context, connection};

/// While Meta cannot be reached, Rumbo tries again this often by itself.
const TRY_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Online until an attempt fails for want of a network.
#[derive(Debug)]
pub(crate) struct Network(Mutex<Inside>);

#[derive(Debug)]
struct Inside {
    state: NetworkState,
    /// Whether something in the background tries again.
    watched: bool,
}

impl Network {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(Inside {
            state: NetworkState {
                online: true,
                since: now,
                next_try_at: None,
            },
            watched: false,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self) -> NetworkState {
        self.lock().state
    }

    /// From now on somebody calls [`App::try_again_if_due`].
    pub(crate) fn watch(&self) {
        self.lock().watched = true;
    }

    /// Takes in an attempt. Gives the state when that changed it.
    fn hear(&self, online: bool, now: DateTime<Utc>) -> Option<NetworkState> {
        let mut inside = self.lock();
        let before = inside.state;
        inside.state = NetworkState {
            online,
            since: if before.online == online {
                before.since
            } else {
                now
            },
            next_try_at: (!online && inside.watched).then(|| now + TRY_EVERY),
        };
        (inside.state != before).then_some(inside.state)
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
        if let Some(state) = self.0.network.hear(online, self.0.config.clock.now()) {
            self.emit(CoreEvent::Network {
                online: state.online,
                since: state.since,
                next_try_at: state.next_try_at,
            });
        }
    }

    /// Tries to reach Meta when it could not be reached and the time for another attempt has
    /// come. Says whether it can be reached again.
    pub(crate) async fn try_again_if_due(&self) -> Result<bool> {
        let due = self.0.network.get().next_try_at;
        if due.is_none_or(|due| due > self.0.config.clock.now()) {
            return Ok(false);
        }
        let cx = self.context(None).await?;
        connection::reach(&cx).await?;
        Ok(self.0.network.get().online)
    }
}

/// Tries whether Meta can be reached now, and goes on with what an outage interrupted.
///
/// # Errors
/// `NotFound` without a workspace. That Meta cannot be reached is an answer, not an error.
pub async fn try_network(cx: &Context, _req: TryNetwork) -> Result<NetworkState> {
    connection::reach(cx).await?;
    let state = cx.app.0.network.get();
    if state.online {
        crate::sync::start_if_failed(cx).await?;
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_keeps_its_beginning_and_says_when_it_is_tried_again() {
        let start: DateTime<Utc> = "2026-11-21T09:20:00Z".parse().unwrap();
        let after = |minutes| start + TimeDelta::minutes(minutes);
        let network = Network::new(start);
        assert_eq!(network.hear(true, after(1)), None, "nothing changed");
        let lost = network.hear(false, after(2)).unwrap();
        assert_eq!((lost.online, lost.since), (false, after(2)));
        assert_eq!(lost.next_try_at, None, "nobody tries again by itself");
        network.watch();
        let again = network.hear(false, after(5)).unwrap();
        assert_eq!(again.since, after(2));
        assert_eq!(again.next_try_at, Some(after(6)));
        let back = network.hear(true, after(6)).unwrap();
        assert_eq!(
            (back.online, back.since, back.next_try_at),
            (true, after(6), None)
        );
    }
}
