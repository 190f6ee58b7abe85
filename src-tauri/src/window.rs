//! The window of Rumbo itself.

use tauri::{App, AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};

pub const LABEL: &str = "main";

/// Opens the window, at its last place and size, drawn at `zoom` percent.
///
/// # Errors
/// When the system gives no window.
pub fn open(app: &App, zoom: Option<u32>) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Rumbo")
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 640.0)
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "the window kept its old title");
            }
        })
        .build()?;
    if let Some(percent) = zoom {
        window.set_zoom(f64::from(percent) / 100.0)?;
    }
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
