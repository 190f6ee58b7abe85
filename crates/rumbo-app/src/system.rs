//! The state of the program and the choices of this machine's person.

use rumbo_base::{CacheTag, Code, Error, Reason, Result};

use crate::Context;
use crate::wire::{AppInfo, DoctorCheck, GetAppInfo, GetPreferences, Preferences, RunDoctor};

mod doctor;

/// This program and its data.
pub async fn get_app_info(cx: &Context, _req: GetAppInfo) -> Result<AppInfo> {
    let app = &cx.app.0;
    let network = app.network.get();
    let database_bytes = app
        .db
        .path()
        .and_then(|path| std::fs::metadata(path).ok())
        .map(|meta| u32::try_from(meta.len()).unwrap_or(u32::MAX));
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_dir: app.config.data_dir.display().to_string(),
        database: if app.db.path().is_some() {
            "sqlite"
        } else {
            "postgres"
        }
        .to_owned(),
        database_bytes,
        schema_version: u32::try_from(rumbo_db::schema_version()).unwrap_or(u32::MAX),
        log_dir: crate::logs::folder(&app.config.data_dir)
            .display()
            .to_string(),
        online: network.online,
        network_since: network.since,
        next_try_at: network.next_try_at,
        next_sync_at: crate::sync::next_sync_at(cx).await?,
        now: app.config.clock.now(),
    })
}

/// The choices of this machine's person.
pub async fn get_preferences(cx: &Context, _req: GetPreferences) -> Result<Preferences> {
    Ok(cx.app.preferences())
}

/// Keeps the choices of this machine's person.
///
/// # Errors
/// `InvalidInput` naming the choice that does not exist; `DiskFull`.
pub async fn save_preferences(cx: &Context, req: Preferences) -> Result<Preferences> {
    if let Some(language) = &req.language {
        rumbo_platform::workspaces::valid_locale(language).map_err(|e| e.field("language"))?;
    }
    one_of("theme", req.theme.as_deref(), &["light", "dark"])?;
    one_of(
        "density",
        req.density.as_deref(),
        &["compact", "comfortable"],
    )?;
    if let Some(zoom) = req.zoom
        && !(50..=300).contains(&zoom)
    {
        return Err(Error::new(
            Code::InvalidInput,
            format!("The window cannot be drawn at {zoom} percent. Use 50 to 300."),
        )
        .reason(Reason::NumberOutOfRange)
        .param("value", zoom)
        .param("least", 50)
        .param("most", 300)
        .field("zoom"));
    }
    let kept = cx
        .app
        .0
        .state
        .change(|state| state.preferences = req)?
        .preferences;
    cx.changed_everywhere(&[CacheTag::Preferences]);
    Ok(kept)
}

fn one_of(field: &str, value: Option<&str>, known: &[&str]) -> Result<()> {
    match value {
        Some(value) if !known.contains(&value) => Err(Error::new(
            Code::InvalidInput,
            format!(
                "\"{value}\" is not a {field}. Use one of: {}.",
                known.join(", ")
            ),
        )
        .reason(Reason::ValueUnknown)
        .param("value", value)
        .param("choices", known.join(", "))
        .field(field)),
        _ => Ok(()),
    }
}

/// Examines this installation. Changes nothing.
pub async fn run_doctor(cx: &Context, _req: RunDoctor) -> Result<Vec<DoctorCheck>> {
    Ok(doctor::examine(cx).await)
}
