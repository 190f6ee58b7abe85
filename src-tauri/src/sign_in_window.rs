//! The window in which a person answers Meta, for apps whose redirect is a page of Meta's own.
//!
//! Nothing in it can call Rumbo: no capability names it, and what it shows is remote. It is
//! watched for the redirect address only, and keeps nothing when it closes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rumbo_app::App;
use rumbo_app::wire::{
    CancelSignIn, CoreEvent, FinishSignIn, RedirectMode, SignInStarted, SignInStatus,
};
use rumbo_base::{Error, Result, Secret, WorkspaceId};
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tokio::sync::broadcast::error::RecvError;

/// Opens the window when a sign-in waits in it, and closes it when that is over.
pub fn watch(handle: AppHandle, app: App) {
    let mut events = app.events();
    tauri::async_runtime::spawn(async move {
        let mut shown: Option<(WorkspaceId, WebviewWindow)> = None;
        let mut count = 0_u32;
        loop {
            let (workspace, status) = match events.recv().await {
                Ok(CoreEvent::SignIn { workspace, status }) => (workspace, status),
                Ok(_) | Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            };
            if let Some((_, window)) = shown.take_if(|(whose, _)| *whose == workspace) {
                close(&window);
            }
            if let SignInStatus::Waiting { started } = status
                && started.redirect_mode == RedirectMode::LoginSuccess
            {
                if let Some((_, window)) = shown.take() {
                    close(&window);
                }
                count = count.wrapping_add(1);
                match open(&handle, &app, workspace, &started, count) {
                    Ok(window) => shown = Some((workspace, window)),
                    Err(error) => {
                        // The browser serves as well: its address can be copied into Rumbo.
                        tracing::warn!(error = error.chain(), "the sign-in window");
                        if let Err(error) = open::that_detached(&started.url) {
                            tracing::warn!(%error, "the browser for the sign-in");
                        }
                    }
                }
            }
        }
    });
}

/// Takes the window away. It does not count as a no.
fn close(window: &WebviewWindow) {
    // Nothing is lost when the person was faster.
    drop(window.destroy());
}

fn open(
    handle: &AppHandle,
    app: &App,
    workspace: WorkspaceId,
    started: &SignInStarted,
    count: u32,
) -> Result<WebviewWindow> {
    let dialog: Url = started.url.parse().map_err(Error::internal)?;
    let landed = Arc::new(AtomicBool::new(false));
    let on_navigation = {
        let (app, landed) = (app.clone(), landed.clone());
        let (dialog, redirect_uri) = (dialog.clone(), started.redirect_uri.clone());
        move |url: &Url| {
            if rumbo_app::connection::is_answer(url.as_str(), &redirect_uri) {
                // The page itself is of no use, and the same address may be asked about twice.
                if !landed.swap(true, Ordering::SeqCst) {
                    finish(app.clone(), workspace, Secret::new(url.as_str().to_owned()));
                }
                return false;
            }
            may_show(url, &dialog)
        }
    };
    let window = WebviewWindowBuilder::new(
        handle,
        format!("sign-in-{count}"),
        WebviewUrl::External(dialog.clone()),
    )
    .title(title(&dialog))
    .inner_size(640.0, 760.0)
    .center()
    .incognito(true)
    .on_navigation(on_navigation)
    .on_new_window(|_, _| NewWindowResponse::Deny)
    .on_page_load(|window, page| {
        if page.event() == PageLoadEvent::Started {
            // Whose page it is belongs where no page can write.
            drop(window.set_title(&title(page.url())));
        }
    })
    .build()
    .map_err(Error::internal)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { .. } = event
            && !landed.load(Ordering::SeqCst)
        {
            cancel(app.clone(), workspace);
        }
    });
    Ok(window)
}

fn title(url: &Url) -> String {
    format!("{} · Rumbo", url.host_str().unwrap_or_default())
}

/// Whether the window may go there: pages over https, and the dialog's own place. Never Rumbo's
/// own pages, which could call it.
fn may_show(url: &Url, dialog: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => !host.ends_with(".localhost"),
        "about" => url.path() == "blank",
        _ => url.origin() == dialog.origin() && url.origin().is_tuple(),
    }
}

fn finish(app: App, workspace: WorkspaceId, landed_url: Secret) {
    tauri::async_runtime::spawn(async move {
        let done = async {
            let cx = app.context(Some(&workspace.to_string())).await?;
            rumbo_app::api::finish_sign_in(&cx, FinishSignIn { landed_url }).await
        };
        // The sign-in's own status tells the interface how it ended.
        if let Err(error) = done.await {
            tracing::warn!(error = error.chain(), "sign-in in a window");
        }
    });
}

fn cancel(app: App, workspace: WorkspaceId) {
    tauri::async_runtime::spawn(async move {
        let done = async {
            let cx = app.context(Some(&workspace.to_string())).await?;
            rumbo_app::api::cancel_sign_in(&cx, CancelSignIn {}).await
        };
        if let Err(error) = done.await {
            tracing::warn!(error = error.chain(), "a sign-in window that was closed");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_the_web_and_never_rumbos_own_pages() {
        let meta: Url = "https://www.facebook.com/v26.0/dialog/oauth"
            .parse()
            .unwrap();
        let sandbox: Url = "http://127.0.0.1:4242/dialog/oauth".parse().unwrap();
        for (url, dialog, may) in [
            ("https://www.facebook.com/login.php", &meta, true),
            ("https://business.facebook.com/", &meta, true),
            ("about:blank", &meta, true),
            ("http://www.facebook.com/login.php", &meta, false),
            ("tauri://localhost/index.html", &meta, false),
            ("http://tauri.localhost/index.html", &meta, false),
            ("https://tauri.localhost/index.html", &meta, false),
            ("file:///etc/passwd", &meta, false),
            ("data:text/html,x", &meta, false),
            ("http://127.0.0.1:4242/dialog/oauth", &sandbox, true),
            ("http://127.0.0.1:4243/", &sandbox, false),
        ] {
            assert_eq!(may_show(&url.parse().unwrap(), dialog), may, "{url}");
        }
    }

    #[test]
    fn no_capability_names_the_window() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/capabilities");
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let capability: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(capability["windows"], serde_json::json!(["main"]));
            for key in ["webviews", "remote"] {
                assert!(capability.get(key).is_none(), "{key}");
            }
        }
    }
}
