//! `rumbo`
fn main() {}
