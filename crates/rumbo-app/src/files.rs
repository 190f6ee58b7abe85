//! Files that people sent: fetched from their provider while there is a network, kept in the data folder.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rumbo_base::{CacheTag, Code, Error, MessageId, Reason, Result, WorkspaceId};
use rumbo_channels::{FetchedMedia, InboundMedia, MediaFailure, largest_file};
use rumbo_db::Tx;
use rumbo_engage::channels;
use rumbo_engage::conversations::{self as kept, Kept, MessageFile, NotKept};
use rumbo_http::HttpSettings;
use rumbo_platform::Scope;
use sha2::{Digest as _, Sha256};

use crate::state::{not_writable, private_folder};
use crate::{App, Context};

/// Files fetched in one turn, before others have theirs.
const AT_ONCE: i64 = 20;

/// Where files are being fetched, and whether somebody asked for it anew meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Fetching(Mutex<HashMap<WorkspaceId, bool>>);

impl Fetching {
    fn lock(&self) -> MutexGuard<'_, HashMap<WorkspaceId, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody is at it; else whoever is will go on.
    fn begin(&self, workspace: WorkspaceId) -> bool {
        match self.lock().entry(workspace) {
            Entry::Vacant(free) => {
                free.insert(false);
                true
            }
            Entry::Occupied(mut busy) => {
                busy.insert(true);
                false
            }
        }
    }

    /// Whether it is over: what came since the files that are due were looked up is due as well.
    fn end(&self, workspace: WorkspaceId) -> bool {
        let mut busy = self.lock();
        let anew = busy.insert(workspace, false).unwrap_or(false);
        if !anew {
            busy.remove(&workspace);
        }
        !anew
    }

    fn stop(&self, workspace: WorkspaceId) {
        self.lock().remove(&workspace);
    }
}

/// The folder of one workspace's files.
pub(crate) fn folder(app: &App, workspace: WorkspaceId) -> PathBuf {
    let data = &app.0.config.data_dir;
    data.join("files").join(workspace.to_string())
}

/// Where a file lies on this computer, if it does: another one of a shared workspace may have it.
pub(crate) fn place(app: &App, workspace: WorkspaceId, file: &MessageFile) -> Option<PathBuf> {
    let path = file.path.as_deref()?;
    // Only what was named here becomes a path.
    let plain = path
        .split('/')
        .all(|part| !part.is_empty() && part != ".." && !part.contains(['\\', ':']));
    let place = folder(app, workspace).join(path);
    (plain && place.is_file()).then_some(place)
}

impl App {
    /// Fetches what is due in a workspace, beside everything else.
    pub(crate) fn fetch_files_soon(&self, workspace: WorkspaceId) {
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.fetch_files(workspace).await {
                tracing::warn!(error = error.chain(), "fetching files");
            }
        });
    }

    /// Fetches what is due in a workspace; tells how many files came. None where this program is at it
    /// already: it then goes on with what came since it began.
    ///
    /// # Errors
    /// When the store cannot be read or written; one file's trouble stands with its message.
    pub async fn fetch_files(&self, workspace: WorkspaceId) -> Result<u32> {
        if !self.0.fetching.begin(workspace) {
            return Ok(0);
        }
        let mut came = 0;
        loop {
            match Box::pin(self.fetch_due(workspace)).await {
                Ok(more) => came += more,
                Err(error) => {
                    self.0.fetching.stop(workspace);
                    return Err(error);
                }
            }
            if self.0.fetching.end(workspace) {
                return Ok(came);
            }
        }
    }

    async fn fetch_due(&self, workspace: WorkspaceId) -> Result<u32> {
        let scope = self.scope_of(workspace).await?;
        // Nobody in person fetches.
        let scope = Scope {
            actor: None,
            ..scope
        };
        let mut tx = scope.read().await?;
        let due = kept::due_files(&mut tx, workspace, scope.now(), AT_ONCE).await?;
        drop(tx);
        let mut came = 0;
        for file in &due {
            came += u32::from(self.fetch_one(&scope, file).await?);
            let cx = Context::new(self.clone(), Some(scope.clone()));
            cx.changed(&[CacheTag::Conversations]);
        }
        Ok(came)
    }

    /// Fetches one file, and notes what came of it.
    async fn fetch_one(&self, scope: &Scope, file: &MessageFile) -> Result<bool> {
        let Some(id) = file.id else { return Ok(false) };
        let mut tx = scope.write().await?;
        let ours = kept::take_file(&mut tx, scope, file).await?;
        tx.commit().await?;
        if !ours {
            return Ok(false);
        }
        let kept = self.fetch_and_keep(scope, file).await;
        let mut tx = scope.write().await?;
        match &kept {
            Ok(kept) => {
                let row = Kept {
                    path: &kept.path,
                    mime_type: &kept.mime_type,
                    bytes: kept.bytes,
                    sha256: &kept.sha256,
                };
                kept::keep_file(&mut tx, scope, id, &row).await?;
            }
            Err(failure) => miss(&mut tx, scope, file, failure).await?,
        }
        tx.commit().await?;
        Ok(kept.is_ok())
    }

    /// The file comes beside the others, and goes among them when it is whole and known to be one that
    /// is kept.
    async fn fetch_and_keep(
        &self,
        scope: &Scope,
        file: &MessageFile,
    ) -> std::result::Result<Written, Missed> {
        let folder = folder(self, scope.workspace);
        let coming = folder.join("coming");
        private_folder(&coming).map_err(|error| Missed::Disk(not_writable(&coming, error)))?;
        let coming = coming.join(file.message_id.to_string());
        let kept = match self.fetch(scope, file, &coming).await {
            Ok(fetched) => keep(&folder, &coming, file, fetched).await,
            Err(missed) => Err(missed),
        };
        if kept.is_err() {
            // Where nothing came there is nothing to take away.
            drop(tokio::fs::remove_file(&coming).await);
        }
        kept
    }

    async fn fetch(
        &self,
        scope: &Scope,
        file: &MessageFile,
        into: &Path,
    ) -> std::result::Result<FetchedMedia, Missed> {
        let http = HttpSettings::default();
        let channel = channels::open_channel(scope, &self.0.vault, http, file.channel_id)
            .await
            .map_err(Missed::Channel)?;
        let most = largest_file(channel.provider());
        let told = file
            .media
            .0
            .bytes
            .and_then(|bytes| u64::try_from(bytes).ok());
        if told.is_some_and(|bytes| bytes > most) {
            return Err(MediaFailure::TooLarge.into());
        }
        let message = file.provider_message_id.as_deref().unwrap_or_default();
        Ok(channel.fetch_media(message, &file.media.0, into).await?)
    }
}

/// Puts a file that came among those that are kept.
async fn keep(
    folder: &Path,
    coming: &Path,
    file: &MessageFile,
    fetched: FetchedMedia,
) -> std::result::Result<Written, Missed> {
    let (media, from) = (file.media.0.clone(), coming.to_owned());
    let known = tokio::task::spawn_blocking(move || known(&from, &media, &fetched)).await;
    let known = known
        .map_err(|error| Missed::Disk(Error::internal(error)))?
        .map_err(|error| Missed::Disk(not_writable(coming, error)))?;
    let (mime_type, ending) = known.kept_as.map_err(Missed::Unfit)?;
    let path = file.place(&ending);
    let place = folder.join(&path);
    put(coming, &place).map_err(Missed::Disk)?;
    Ok(Written {
        path,
        mime_type,
        bytes: known.bytes,
        sha256: known.sha256,
    })
}

/// What a file is.
struct Known {
    kept_as: std::result::Result<(String, String), &'static str>,
    bytes: i64,
    sha256: String,
}

/// Reads a file piece by piece: how it begins, how long it is, and what identifies it.
fn known(place: &Path, media: &InboundMedia, fetched: &FetchedMedia) -> std::io::Result<Known> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(place)?);
    let mut begins = Vec::new();
    file.by_ref().take(kept::TELLING).read_to_end(&mut begins)?;
    let mut hash = Sha256::new();
    hash.update(&begins);
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            break;
        }
        hash.update(piece);
        let taken = piece.len();
        file.consume(taken);
    }
    let bytes = file.get_ref().metadata()?.len();
    Ok(Known {
        kept_as: kept::kept_as(media, fetched.mime_type.as_deref(), &begins),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        sha256: hex::encode(hash.finalize()),
    })
}

struct Written {
    path: String,
    mime_type: String,
    bytes: i64,
    sha256: String,
}

/// Why a file is not here.
enum Missed {
    Provider(MediaFailure),
    /// The channel cannot be opened.
    Channel(Error),
    /// It is nothing that is kept.
    Unfit(&'static str),
    Disk(Error),
}

impl From<MediaFailure> for Missed {
    fn from(failure: MediaFailure) -> Self {
        Self::Provider(failure)
    }
}

/// Moves a file to its place, for this person's eyes only.
fn put(from: &Path, place: &Path) -> Result<()> {
    if let Some(folder) = place.parent() {
        private_folder(folder).map_err(|error| not_writable(folder, error))?;
    }
    fs::rename(from, place).map_err(|error| not_writable(place, error))
}

async fn miss(tx: &mut Tx, scope: &Scope, file: &MessageFile, missed: &Missed) -> Result<()> {
    let Some(id) = file.id else { return Ok(()) };
    let text;
    let why = match missed {
        Missed::Provider(MediaFailure::Gone) => NotKept::Gone,
        Missed::Provider(MediaFailure::TooLarge) => NotKept::Refused("too_large"),
        Missed::Provider(MediaFailure::Cannot) => NotKept::Failed("no_files"),
        Missed::Unfit(word) => NotKept::Refused(word),
        Missed::Provider(MediaFailure::Failed(error)) if error.code() == Code::Offline => {
            NotKept::Offline
        }
        Missed::Channel(error) if matches!(error.code(), Code::NotFound | Code::Conflict) => {
            NotKept::Failed("channel")
        }
        Missed::Provider(MediaFailure::Disk(error)) => {
            tracing::warn!(%error, "a file was not written");
            text = error.to_string();
            NotKept::Later(&text)
        }
        Missed::Provider(MediaFailure::Failed(error))
        | Missed::Channel(error)
        | Missed::Disk(error) => {
            tracing::warn!(error = error.chain(), "a file was not fetched");
            text = error.message().to_owned();
            NotKept::Later(&text)
        }
    };
    kept::miss_file(tx, scope, id, file.attempts, why).await
}

/// Asks for a file of a message now.
///
/// # Errors
/// `NotFound` where the message came without one.
pub(crate) async fn fetch_now(cx: &Context, message: MessageId) -> Result<MessageFile> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let file = kept::file_of(&mut tx, scope.workspace, message).await?;
    let here = place(&cx.app, scope.workspace, &file).is_some();
    if !here {
        kept::fetch_again(&mut tx, scope, message).await?;
    }
    tx.commit().await?;
    if here {
        return Ok(file);
    }
    let mut tx = scope.read().await?;
    let asked = kept::file_of(&mut tx, scope.workspace, message).await?;
    drop(tx);
    if asked.state.as_deref() == Some("waiting") {
        cx.app.fetch_one(scope, &asked).await?;
        cx.changed(&[CacheTag::Conversations]);
    }
    let mut tx = scope.read().await?;
    kept::file_of(&mut tx, scope.workspace, message).await
}

/// A file that is here, and where it lies.
///
/// # Errors
/// `NotFound` where it is not.
pub(crate) async fn found(cx: &Context, message: MessageId) -> Result<(MessageFile, PathBuf)> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let file = kept::file_of(&mut tx, scope.workspace, message).await?;
    drop(tx);
    let place = place(&cx.app, scope.workspace, &file).ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This file is not on this computer. Fetch it, then try again.",
        )
        .reason(Reason::FileNotFetched)
    })?;
    Ok((file, place))
}

/// The failure of a file that is here and cannot be read.
pub(crate) fn unreadable(place: &Path, error: std::io::Error) -> Error {
    Error::new(
        Code::InvalidInput,
        format!(
            "{} cannot be read. Check that you may open it.",
            place.display()
        ),
    )
    .reason(Reason::FileUnreadable)
    .param("path", place.display())
    .source(error)
}
