//! The desktop shell: a window around the command list. It holds no logic of its own.

mod commands;
mod dialogs;
mod environment;
mod events;
mod sign_in_window;
mod window;

use std::process::ExitCode;

use rumbo_app::wire::WireError;
use rumbo_app::{App, Context};
use tauri::Manager;

/// The program, or why its data could not be opened: then every command says so.
#[derive(Debug)]
pub struct Shell(Result<App, WireError>);

impl Shell {
    /// A context for one call.
    ///
    /// # Errors
    /// Why the data could not be opened.
    pub async fn context(&self) -> Result<Context, WireError> {
        match &self.0 {
            Ok(app) => app.context(None).await.map_err(WireError::from),
            Err(error) => Err(error.clone()),
        }
    }
}

/// Opens the window and stays until it is closed.
pub fn run() -> ExitCode {
    let builder = commands::builder();
    let started = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            window::focus(app);
        }))
        .plugin(
            tauri_plugin_window_state::Builder::default()
                .with_filter(|label| label == window::LABEL)
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(builder.invoke_handler())
        .setup(move |tauri_app| {
            builder.mount_events(tauri_app);
            let sample = std::env::args().any(|argument| argument == "--sample");
            let shell = tauri::async_runtime::block_on(open(sample));
            let mut zoom = None;
            if let Ok(app) = &shell.0 {
                events::forward(tauri_app.handle().clone(), app.events());
                sign_in_window::watch(tauri_app.handle().clone(), app.clone());
                zoom = app.preferences().zoom;
            }
            tauri_app.manage(shell);
            window::open(tauri_app, zoom)?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match started {
        Ok(app) => {
            app.run(|handle, event| match event {
                // A sign-in's window does not keep the program open.
                tauri::RunEvent::WindowEvent {
                    label,
                    event: tauri::WindowEvent::Destroyed,
                    ..
                } if label == window::LABEL => handle.exit(0),
                tauri::RunEvent::Exit => {
                    if let Ok(app) = &handle.state::<Shell>().0 {
                        tauri::async_runtime::block_on(app.close());
                    }
                }
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("Rumbo could not open its window: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn open(sample: bool) -> Shell {
    let opened = match environment::config() {
        Ok(config) => {
            let filter = environment::log_filter();
            if let Err(error) =
                rumbo_app::logs::start(Some(&config.data_dir), "rumbo", filter.as_deref())
            {
                eprintln!("{error}");
            }
            App::open(config).await
        }
        Err(error) => Err(error),
    };
    let app = match opened {
        Ok(app) => app,
        Err(error) => {
            tracing::error!(error = error.chain(), "the data could not be opened");
            eprintln!("{}", error.chain());
            return Shell(Err(WireError::from(&error)));
        }
    };
    if sample {
        let opened = match app.context(None).await {
            Ok(cx) => {
                let request = rumbo_app::wire::OpenSampleWorkspace {};
                rumbo_app::api::open_sample_workspace(&cx, request)
                    .await
                    .map(|_| ())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = opened {
            eprintln!("{}", error.chain());
        }
    }
    app.start_background();
    Shell(Ok(app))
}
