//! The window of Rumbo.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

// Reports are some ten thousand large rows, which the system's allocator hands back to the system and asks
// for again, page by page: a third of a large table's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rumbo_desktop::run()
}
