//! Commands of this feature.

use rumbo_base::{Code, Error, Result};

use crate::Context;
use crate::wire::{AppInfo, DoctorCheck, GetAppInfo, GetPreferences, Preferences, RunDoctor};

fn unfinished<T>() -> Result<T> {
    Err(Error::new(Code::Internal, "not built"))
}

pub async fn get_app_info(_cx: &Context, _req: GetAppInfo) -> Result<AppInfo> {
    unfinished()
}

pub async fn get_preferences(_cx: &Context, _req: GetPreferences) -> Result<Preferences> {
    unfinished()
}

pub async fn save_preferences(_cx: &Context, _req: Preferences) -> Result<Preferences> {
    unfinished()
}

pub async fn run_doctor(_cx: &Context, _req: RunDoctor) -> Result<Vec<DoctorCheck>> {
    unfinished()
}
