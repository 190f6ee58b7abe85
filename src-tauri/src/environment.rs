//! The environment, read once.

use std::path::PathBuf;

use rumbo_app::AppConfig;
use rumbo_base::Result;

/// How this program is set up: `RUMBO_DATA_DIR` moves the data, `RUMBO_VAULT=passphrase` with
/// `RUMBO_PASSPHRASE` replaces the keyring, `RUMBO_NO_BROWSER` keeps sign-ins from opening one.
#[expect(clippy::disallowed_methods, reason = "this is the edge of the program")]
pub fn config() -> Result<AppConfig> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let folder = std::env::var_os("RUMBO_DATA_DIR").map(PathBuf::from);
    let config = AppConfig::from_environment(folder, environment)?;
    Ok(AppConfig {
        sign_in_window: true,
        ..config
    })
}

/// What the log shall show beyond the usual, from `RUMBO_LOG`.
#[expect(clippy::disallowed_methods, reason = "this is the edge of the program")]
pub fn log_filter() -> Option<String> {
    std::env::var("RUMBO_LOG")
        .ok()
        .filter(|text| !text.is_empty())
}
