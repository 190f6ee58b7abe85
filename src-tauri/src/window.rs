//! The one window.

use tauri::{App, AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Opens the window, at its last place and size.
///
/// # Errors
/// When the system gives no window.
pub fn open(app: &App) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Rumbo")
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 640.0)
        .build()?;
    Ok(())
}

/// Brings the window to the front: a second start ends up here.
pub fn focus<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.unminimize().and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}
