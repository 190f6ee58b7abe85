//! Pictures of creatives, kept in the data folder so that they show without a network.

use std::path::PathBuf;

use base64::Engine as _;
use rumbo_base::Result;
use uuid::Uuid;

use crate::Context;
use crate::wire::Thumbnail;

/// File endings that are kept, with what they hold.
const KINDS: [(&str, &str); 5] = [
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("svg", "image/svg+xml"),
];

/// The folder of one workspace's pictures.
pub(crate) fn folder(cx: &Context) -> Result<PathBuf> {
    let workspace = cx.scope()?.workspace;
    Ok(cx
        .app
        .0
        .config
        .data_dir
        .join("thumbnails")
        .join(workspace.to_string()))
}

/// Where a creative's picture lies, if one is kept.
pub(crate) fn find(cx: &Context, creative: &str) -> Option<(PathBuf, &'static str)> {
    // Only our own ids become file names.
    let id = Uuid::parse_str(creative).ok()?;
    let folder = folder(cx).ok()?;
    KINDS.iter().find_map(|(ending, kind)| {
        let path = folder.join(format!("{id}.{ending}"));
        path.is_file().then_some((path, *kind))
    })
}

pub(crate) fn read(cx: &Context, creative: &str) -> Thumbnail {
    let data_url = find(cx, creative).and_then(|(path, kind)| {
        let bytes = std::fs::read(path).ok()?;
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        Some(format!("data:{kind};base64,{text}"))
    });
    Thumbnail { data_url }
}
