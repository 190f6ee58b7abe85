//! Files that came with messages: whether they were fetched, and where they lie. What is fetched and
//! when is settled here; the calls and the disk are the caller's.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{
    ChannelId, Code, ContactId, ConversationId, Error, MessageFileId, MessageId, Reason, Result,
    WorkspaceId,
};
use rumbo_channels::{InboundMedia, MediaKind};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use sqlx::types::Json;

use crate::words::words;

macro_rules! asked {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, m.id AS message_id, f.state, f.reason, COALESCE(f.attempts, 0) AS attempts, f.path, ",
            "f.mime_type, f.bytes, m.channel_id, m.conversation_id, v.contact_id, m.provider_message_id, m.media ",
            "FROM messages m JOIN conversations v ON v.workspace_id = $1 AND v.id = m.conversation_id ",
            $rest
        )
    };
}

statements! {
    EXPECT = "INSERT INTO message_files (workspace_id, id, message_id, state, attempts, due_at, created_at, created_by, \
        updated_at, updated_by) VALUES ($1, $2, $3, 'waiting', 0, $4, $4, $5, $4, $5) \
        ON CONFLICT (workspace_id, message_id) DO NOTHING";
    DUE = asked!("JOIN message_files f ON f.workspace_id = $1 AND f.message_id = m.id \
        WHERE m.workspace_id = $1 AND f.state = 'waiting' AND f.due_at <= $2 ORDER BY f.due_at, f.id LIMIT $3");
    ONE = asked!("LEFT JOIN message_files f ON f.workspace_id = $1 AND f.message_id = m.id \
        WHERE m.workspace_id = $1 AND m.id = $2 AND m.direction = 'inbound' AND m.media IS NOT NULL");
    /// Whoever moves the row on has it in hand.
    TAKE = "UPDATE message_files SET attempts = attempts + 1, due_at = $4 \
        WHERE workspace_id = $1 AND id = $2 AND state = 'waiting' AND attempts = $3";
    HERE = "UPDATE message_files SET state = 'here', reason = NULL, path = $3, mime_type = $4, bytes = $5, sha256 = $6, \
        fetched_at = $7, updated_at = $7, updated_by = $8 WHERE workspace_id = $1 AND id = $2";
    NOT_HERE = "UPDATE message_files SET state = $3, reason = $4, attempts = $5, due_at = $6, updated_at = $7, updated_by = $8 \
        WHERE workspace_id = $1 AND id = $2";
    AGAIN = "UPDATE message_files SET state = 'waiting', reason = NULL, attempts = 0, due_at = $3, updated_at = $3, \
        updated_by = $4 WHERE workspace_id = $1 AND message_id = $2 AND state IN ('failed', 'gone', 'here')";
}

words! {
    /// Whether a file is here.
    pub enum FileState("state") {
        /// It was not fetched yet.
        Waiting = "waiting",
        Here = "here",
        /// It was tried often enough.
        Failed = "failed",
        /// The provider keeps it no more.
        Gone = "gone",
        /// It is of a kind or a size that is not kept.
        Refused = "refused",
    }
}

/// How long one that is being fetched is left to whoever has it in hand.
const IN_HAND: TimeDelta = TimeDelta::minutes(30);

/// Pauses between tries. After the last one it is given up.
const PAUSES: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];

/// A file of a message, to be fetched or shown.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct MessageFile {
    /// `None` for messages of before files were fetched.
    pub id: Option<MessageFileId>,
    pub message_id: MessageId,
    pub state: Option<String>,
    /// A word, or what the provider said.
    pub reason: Option<String>,
    pub attempts: i64,
    /// Below the folder of files.
    pub path: Option<String>,
    pub mime_type: Option<String>,
    pub bytes: Option<i64>,
    pub channel_id: ChannelId,
    pub conversation_id: ConversationId,
    pub contact_id: Option<ContactId>,
    pub provider_message_id: Option<String>,
    pub media: Json<InboundMedia>,
}

impl MessageFile {
    /// Where it is to lie below the folder of files: by whom it is from, never by a name of theirs.
    pub fn place(&self, ending: &str) -> String {
        let whose = match self.contact_id {
            Some(contact) => format!("clients/{contact}"),
            None => format!("groups/{}", self.conversation_id),
        };
        let folder = match self.media.0.kind {
            MediaKind::Image | MediaKind::Sticker => "media/images",
            MediaKind::Video => "media/videos",
            MediaKind::Audio => "media/audio",
            MediaKind::Document => "documents",
        };
        format!("{whose}/{folder}/{}.{ending}", self.message_id)
    }
}

/// What was fetched and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    pub path: &'a str,
    pub mime_type: &'a str,
    pub bytes: i64,
    /// SHA-256, as hex.
    pub sha256: &'a str,
}

/// What came of a try that brought no file.
#[derive(Clone, Copy, Debug)]
pub enum NotKept<'a> {
    /// It is tried again, until it was tried often enough.
    Later(&'a str),
    /// There is no network: that is no try.
    Offline,
    Gone,
    Refused(&'a str),
    Failed(&'a str),
}

/// Notes that a message came with a file that is to be fetched.
///
/// # Errors
/// When the store cannot be written; so for all writes here.
pub async fn expect_file(tx: &mut Tx, scope: &Scope, message: MessageId) -> Result<()> {
    let id: MessageFileId = scope.id();
    on_tx!(tx, |c| sqlx::query(EXPECT)
        .bind(scope.workspace)
        .bind(id)
        .bind(message)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Files that are to be fetched now.
///
/// # Errors
/// When the store cannot be read.
pub async fn due_files(
    tx: &mut Tx,
    workspace: WorkspaceId,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<MessageFile>> {
    on_tx!(tx, |c| sqlx::query_as(DUE)
        .bind(workspace)
        .bind(now)
        .bind(limit)
        .fetch_all(c)
        .await)
    .db()
}

/// The file of a message.
///
/// # Errors
/// `NotFound` where it came without one.
pub async fn file_of(
    tx: &mut Tx,
    workspace: WorkspaceId,
    message: MessageId,
) -> Result<MessageFile> {
    let found: Option<MessageFile> = on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(workspace)
        .bind(message)
        .fetch_optional(c)
        .await)
    .db()?;
    found.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This message came without a file. Look again.",
        )
        .reason(Reason::Gone)
        .param("what", "file")
    })
}

/// Takes a file in hand; `false` where another program was first.
///
/// # Errors
/// When the store cannot be written.
pub async fn take_file(tx: &mut Tx, scope: &Scope, file: &MessageFile) -> Result<bool> {
    on_tx!(tx, |c| sqlx::query(TAKE)
        .bind(scope.workspace)
        .bind(file.id)
        .bind(file.attempts)
        .bind(scope.now() + IN_HAND)
        .execute(c)
        .await
        .map(|done| done.rows_affected() > 0))
    .db()
}

/// Asks for a file anew, also for one that was given up.
///
/// # Errors
/// When the store cannot be written.
pub async fn fetch_again(tx: &mut Tx, scope: &Scope, message: MessageId) -> Result<()> {
    expect_file(tx, scope, message).await?;
    on_tx!(tx, |c| sqlx::query(AGAIN)
        .bind(scope.workspace)
        .bind(message)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes a file that was fetched.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep_file(
    tx: &mut Tx,
    scope: &Scope,
    id: MessageFileId,
    kept: &Kept<'_>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(HERE)
        .bind(scope.workspace)
        .bind(id)
        .bind(kept.path)
        .bind(kept.mime_type)
        .bind(kept.bytes)
        .bind(kept.sha256)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Notes a file that was not fetched: `attempts` were made before this one.
///
/// # Errors
/// When the store cannot be written.
pub async fn miss_file(
    tx: &mut Tx,
    scope: &Scope,
    id: MessageFileId,
    attempts: i64,
    why: NotKept<'_>,
) -> Result<()> {
    let pause = usize::try_from(attempts)
        .ok()
        .and_then(|made| PAUSES.get(made));
    let (state, reason, made, pause) = match (why, pause) {
        (NotKept::Offline, _) => (FileState::Waiting, None, attempts, TimeDelta::minutes(1)),
        (NotKept::Later(said), Some(pause)) => {
            (FileState::Waiting, Some(said), attempts + 1, *pause)
        }
        (NotKept::Later(said) | NotKept::Failed(said), _) => (
            FileState::Failed,
            Some(said),
            attempts + 1,
            TimeDelta::zero(),
        ),
        (NotKept::Gone, _) => (FileState::Gone, None, attempts + 1, TimeDelta::zero()),
        (NotKept::Refused(said), _) => (
            FileState::Refused,
            Some(said),
            attempts + 1,
            TimeDelta::zero(),
        ),
    };
    on_tx!(tx, |c| sqlx::query(NOT_HERE)
        .bind(scope.workspace)
        .bind(id)
        .bind(state.word())
        .bind(reason)
        .bind(made)
        .bind(scope.now() + pause)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Endings of names of programs, which are never kept: nobody looks for viruses in them here.
const PROGRAMS: [&str; 33] = [
    "apk", "app", "bat", "cmd", "com", "command", "cpl", "deb", "desktop", "dll", "dmg", "exe",
    "hta", "jar", "js", "jse", "lnk", "msc", "msi", "pif", "pkg", "ps1", "py", "reg", "rpm", "scf",
    "scr", "sh", "url", "vb", "vbe", "vbs", "wsf",
];

/// How programs begin, whatever they are called.
const BEGINNINGS: [&[u8]; 8] = [
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
];

/// Types that files are kept as, with the endings of their names.
const TYPES: [(&str, &str); 22] = [
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/webp", "webp"),
    ("image/gif", "gif"),
    ("video/mp4", "mp4"),
    ("video/3gpp", "3gp"),
    ("video/webm", "webm"),
    ("video/quicktime", "mov"),
    ("audio/ogg", "ogg"),
    ("audio/mpeg", "mp3"),
    ("audio/mp4", "m4a"),
    ("audio/aac", "aac"),
    ("audio/amr", "amr"),
    ("audio/wav", "wav"),
    ("application/pdf", "pdf"),
    ("text/plain", "txt"),
    ("text/csv", "csv"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    ("application/zip", "zip"),
];

/// How many bytes of the beginning of a file tell what it is.
pub const TELLING: u64 = 16;

/// What a file is kept as, by how it begins: its type and the ending of its name. `Err` is a word:
/// `executable`, `empty` or `kind`, a picture that is none.
pub fn kept_as(
    media: &InboundMedia,
    mime_type: Option<&str>,
    bytes: &[u8],
) -> std::result::Result<(String, String), &'static str> {
    if bytes.is_empty() {
        return Err("empty");
    }
    let ending = media
        .file_name
        .as_deref()
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending.trim().to_lowercase());
    let named = ending.as_deref().is_some_and(|it| PROGRAMS.contains(&it));
    if named || BEGINNINGS.iter().any(|begin| bytes.starts_with(begin)) {
        return Err("executable");
    }
    // What the bytes are goes before what anybody says of them.
    let mime = sniffed(bytes)
        .map(str::to_owned)
        .or_else(|| mime_type.or(media.mime_type.as_deref()).map(plain))
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let fits = match media.kind {
        MediaKind::Image | MediaKind::Sticker => mime.starts_with("image/"),
        MediaKind::Video => mime.starts_with("video/"),
        MediaKind::Audio => mime.starts_with("audio/") || mime == "video/mp4",
        MediaKind::Document => true,
    };
    if !fits {
        return Err("kind");
    }
    let known = TYPES.iter().find(|(kind, _)| *kind == mime);
    let ending = match known {
        Some((_, ending)) => (*ending).to_owned(),
        None => ending
            .filter(|it| {
                (1..=8).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
            .unwrap_or_else(|| "bin".to_owned()),
    };
    Ok((mime, ending))
}

fn plain(mime: &str) -> String {
    let plain = mime.split(';').next().unwrap_or_default();
    plain.trim().to_ascii_lowercase()
}

/// What a file is by its first bytes, where they say.
fn sniffed(bytes: &[u8]) -> Option<&'static str> {
    let at = |from: usize, mark: &[u8]| {
        bytes
            .get(from..from + mark.len())
            .is_some_and(|found| found == mark)
    };
    if at(0, b"\xff\xd8\xff") {
        return Some("image/jpeg");
    }
    if at(0, b"\x89PNG\r\n") {
        return Some("image/png");
    }
    if at(0, b"GIF8") {
        return Some("image/gif");
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return Some("image/webp");
    }
    if at(0, b"%PDF-") {
        return Some("application/pdf");
    }
    if at(0, b"OggS") {
        return Some("audio/ogg");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(kind: MediaKind, mime: &str, name: Option<&str>) -> InboundMedia {
        InboundMedia {
            kind,
            id: None,
            url: None,
            mime_type: Some(mime.to_owned()),
            file_name: name.map(str::to_owned),
            bytes: None,
        }
    }

    #[test]
    fn programs_are_not_kept_whatever_they_are_called() {
        let kept = |kind, mime: &str, name: Option<&str>, bytes: &[u8]| {
            kept_as(&media(kind, mime, name), None, bytes)
        };
        let document = MediaKind::Document;
        for (name, bytes) in [
            (Some("invoice.exe"), b"plain text".as_slice()),
            (Some("invoice.PDF.Js"), b"alert(1)"),
            (Some("invoice.pdf"), b"MZ\x90\x00"),
            (Some("photo.jpg"), b"\x7fELF\x02"),
            (None, b"#!/bin/sh\nrm -rf /"),
        ] {
            let said = kept(document, "application/pdf", name, bytes);
            assert_eq!(said, Err("executable"), "{name:?}");
        }
        assert_eq!(kept(document, "application/pdf", None, b""), Err("empty"));
        let pdf = kept(document, "application/pdf", Some("Quote.pdf"), b"%PDF-1.7");
        assert_eq!(pdf, Ok(("application/pdf".to_owned(), "pdf".to_owned())));
        let other = kept(
            document,
            "application/x-thing",
            Some("../../a.b c"),
            b"data",
        );
        assert_eq!(
            other,
            Ok(("application/x-thing".to_owned(), "bin".to_owned()))
        );
        // A picture is one by its bytes, and a page that says that it is one is none.
        let page = kept(MediaKind::Image, "text/html", None, b"<html>");
        assert_eq!(page, Err("kind"));
        let png = kept(MediaKind::Image, "image/jpeg", None, b"\x89PNG\r\n\x1a\n");
        assert_eq!(png, Ok(("image/png".to_owned(), "png".to_owned())));
        let voice = kept(
            MediaKind::Audio,
            "audio/ogg; codecs=opus",
            None,
            b"OggS\x00",
        );
        assert_eq!(voice, Ok(("audio/ogg".to_owned(), "ogg".to_owned())));
    }
}
