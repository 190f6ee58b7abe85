//! What happens in the core, told to the interface.

use rumbo_app::wire::{CacheTag, CoreEvent};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// One event of the core.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct CoreEventMessage(pub CoreEvent);

/// Passes every event on until the core is gone.
pub fn forward(handle: AppHandle, mut events: Receiver<CoreEvent>) {
    tauri::async_runtime::spawn(async move {
        while let Some(event) = next(&mut events).await {
            if let Err(error) = CoreEventMessage(event).emit(&handle) {
                tracing::warn!(%error, "an event did not reach the window");
            }
        }
    });
}

/// The next event. When some were missed nobody knows what they said, so everything is stale
/// then. `None` when the core is gone.
async fn next(events: &mut Receiver<CoreEvent>) -> Option<CoreEvent> {
    match events.recv().await {
        Ok(event) => Some(event),
        Err(RecvError::Lagged(missed)) => {
            tracing::warn!(missed, "the window was too slow for the events of the core");
            Some(CoreEvent::Changed {
                workspace: None,
                tags: CacheTag::ALL.to_vec(),
            })
        }
        Err(RecvError::Closed) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_makes_everything_stale() {
        let (send, mut events) = tokio::sync::broadcast::channel(2);
        for _ in 0..5 {
            send.send(CoreEvent::Switched { workspace: None }).unwrap();
        }
        drop(send);
        let heard = tauri::async_runtime::block_on(async {
            let mut heard = Vec::new();
            while let Some(event) = next(&mut events).await {
                heard.push(event);
            }
            heard
        });
        let [
            CoreEvent::Changed {
                workspace: None,
                tags,
            },
            CoreEvent::Switched { .. },
            CoreEvent::Switched { .. },
        ] = heard.as_slice()
        else {
            panic!("{heard:?}");
        };
        let stale: Vec<_> = tags
            .iter()
            .map(|tag| serde_json::to_value(tag).unwrap())
            .collect();
        for tag in crate::commands::provided() {
            assert!(stale.contains(&tag), "{tag}");
        }
    }
}
