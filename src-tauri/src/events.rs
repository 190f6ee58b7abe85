//! What happens in the core, told to the interface.

use rumbo_app::wire::CoreEvent;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// One event of the core.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct CoreEventMessage(pub CoreEvent);

/// Passes every event on until the core is gone. When the interface is too slow, the ones it
/// missed are skipped: each event stands for itself.
pub fn forward(handle: AppHandle, mut events: Receiver<CoreEvent>) {
    tauri::async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => {
                    if let Err(error) = CoreEventMessage(event).emit(&handle) {
                        tracing::warn!(%error, "an event did not reach the window");
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}
