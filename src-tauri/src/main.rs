//! The window of Rumbo.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    rumbo_desktop::run()
}
