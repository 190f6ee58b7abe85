//! Pictures of creatives, kept for when there is no network.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rumbo_base::{Error, Result};
use rumbo_http::{HttpClient, HttpSettings, Request};
use url::Url;

use super::account::Account;
use super::engine::Shared;
use crate::objects;

/// Larger pictures are left where they are.
const LARGEST: usize = 3 * 1024 * 1024;
/// New pictures of one account in one run.
const MOST: usize = 500;
/// Failures in a row after which the rest waits for the next run.
const FAILURES: usize = 5;

/// What is kept, by the first bytes.
fn ending(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("jpg"),
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("webp"),
        _ if bytes.trim_ascii_start().starts_with(b"<svg") => Some("svg"),
        _ => None,
    }
}

/// Fetches the pictures that are not kept yet. What cannot be had is left out: it is only a
/// picture, and no failure of the sync.
pub(super) async fn fetch(shared: &Shared<'_>, account: &Account<'_>, folder: &Path) -> Result<()> {
    let scope = &shared.cx.scope;
    let mut tx = scope.read().await?;
    let wanted = objects::pictures(&mut tx, scope.workspace, account.key.id).await?;
    drop(tx);
    if tokio::fs::create_dir_all(folder).await.is_err() {
        return Ok(());
    }
    let mut clients: HashMap<String, HttpClient> = HashMap::new();
    let (mut kept, mut failures) = (0, 0);
    for picture in wanted {
        if kept >= MOST || failures >= FAILURES {
            break;
        }
        let name = picture.id.to_string();
        let known = ["jpg", "png", "gif", "webp", "svg"]
            .iter()
            .any(|ending| folder.join(format!("{name}.{ending}")).is_file());
        if known {
            continue;
        }
        match download(shared, &mut clients, &picture.url).await {
            Some(bytes) => {
                let Some(ending) = ending(&bytes) else {
                    continue;
                };
                if write(folder, &name, ending, &bytes).await.is_err() {
                    break;
                }
                kept += 1;
                failures = 0;
            }
            None => failures += 1,
        }
    }
    Ok(())
}

async fn download(
    shared: &Shared<'_>,
    clients: &mut HashMap<String, HttpClient>,
    address: &str,
) -> Option<bytes::Bytes> {
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let origin = url.origin().ascii_serialization();
    if !clients.contains_key(&origin) {
        let settings = HttpSettings {
            max_body: LARGEST,
            ..HttpSettings::default()
        };
        let client = HttpClient::new(
            Url::parse(&origin).ok()?,
            settings,
            shared.cx.scope.clock.clone(),
        )
        .ok()?;
        clients.insert(origin.clone(), client);
    }
    let queries = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()));
    let request = Request::get(url.path().trim_start_matches('/'))
        .queries(queries)
        .timeout(Duration::from_secs(20));
    let answer = clients.get(&origin)?.send(request).await.ok()?;
    (answer.status == 200).then_some(answer.body)
}

/// A picture is there whole or not at all.
async fn write(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> Result<()> {
    let part = folder.join(format!("{name}.part"));
    tokio::fs::write(&part, bytes)
        .await
        .map_err(Error::internal)?;
    tokio::fs::rename(&part, folder.join(format!("{name}.{ending}")))
        .await
        .map_err(Error::internal)
}
