//! The system's own file dialogs and notifications, and its browser.

use rumbo_app::wire::{Code, Reason, WireError};
use rumbo_base::Error;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt as _;
use tauri_plugin_notification::NotificationExt as _;

/// Which files a dialog shows.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct FileChoice {
    /// What the dialog calls these files.
    pub name: String,
    /// Endings without the dot.
    pub extensions: Vec<String>,
    /// The name offered when saving.
    pub suggested: Option<String>,
}

/// Asks for a file to read. Null when the person chose none.
#[tauri::command]
#[specta::specta]
pub async fn pick_file(app: AppHandle, req: FileChoice) -> Result<Option<String>, WireError> {
    let (send, answer) = tokio::sync::oneshot::channel();
    let endings: Vec<&str> = req.extensions.iter().map(String::as_str).collect();
    app.dialog()
        .file()
        .add_filter(&req.name, &endings)
        .pick_file(move |file| drop(send.send(file)));
    Ok(answer.await.ok().flatten().map(|file| file.to_string()))
}

/// Asks where to write a file. Null when the person chose nothing.
#[tauri::command]
#[specta::specta]
pub async fn save_file(app: AppHandle, req: FileChoice) -> Result<Option<String>, WireError> {
    let (send, answer) = tokio::sync::oneshot::channel();
    let endings: Vec<&str> = req.extensions.iter().map(String::as_str).collect();
    let mut dialog = app.dialog().file().add_filter(&req.name, &endings);
    if let Some(name) = &req.suggested {
        dialog = dialog.set_file_name(name);
    }
    dialog.save_file(move |file| drop(send.send(file)));
    Ok(answer.await.ok().flatten().map(|file| file.to_string()))
}

/// What a notification says.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
pub struct Notice {
    pub title: String,
    pub body: String,
}

/// Shows a notification of the system's own.
#[tauri::command]
#[specta::specta]
pub async fn notify(app: AppHandle, req: Notice) -> Result<(), WireError> {
    app.notification()
        .builder()
        .title(req.title)
        .body(req.body)
        .show()
        .map_err(|e| WireError::from(Error::internal(e)))
}

/// Opens a web address, or a folder of Rumbo's own, outside Rumbo. An address on a network of one's
/// own, such as that of a Chatwoot, may be without TLS.
#[tauri::command]
#[specta::specta]
pub async fn open_outside(req: String) -> Result<(), WireError> {
    let is_folder = std::path::Path::new(&req).is_dir();
    let is_address = ["https://", "http://"]
        .iter()
        .any(|scheme| req.starts_with(scheme));
    if !is_address && !is_folder {
        let error = Error::new(
            Code::InvalidInput,
            "Only web addresses and folders can be opened.",
        )
        .reason(Reason::AddressInvalid)
        .param("value", &req);
        return Err(error.into());
    }
    tokio::task::spawn_blocking(move || open::that_detached(req))
        .await
        .map_err(|e| WireError::from(Error::internal(e)))?
        .map_err(|e| WireError::from(Error::internal(e)))
}
