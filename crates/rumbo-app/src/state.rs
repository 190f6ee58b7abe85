//! What this machine's person chose: a small file beside the data, written whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rumbo_base::{Code, Error, Reason, Result, WorkspaceId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::Preferences;

/// Kept between starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct MachineState {
    /// The workspace in use.
    pub workspace: Option<WorkspaceId>,
    /// What Meta says when it asks whether a webhook's address is ours.
    pub webhook_verify_token: Option<String>,
    /// The agent that runs while the window is open; none where absent.
    pub agent: Option<KeptAgent>,
    #[serde(deserialize_with = "known")]
    pub preferences: Preferences,
}

/// An agent that runs inside of the window's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptAgent {
    pub port: u16,
    /// The address by which providers reach it.
    pub public_url: Option<String>,
    #[serde(default)]
    pub environment: crate::wire::AgentEnvironment,
}

/// The state and the file it is kept in.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    state: Mutex<MachineState>,
}

impl StateFile {
    /// Reads the file. One that cannot be understood is put aside, not overwritten.
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join("state.json");
        let state = std::fs::read(&path)
            .ok()
            .map(|bytes| serde_json::from_slice(&bytes));
        let state = match state {
            Some(Ok(state)) => state,
            Some(Err(error)) => {
                tracing::warn!(%error, "state.json cannot be read and was put aside");
                if let Err(error) = std::fs::rename(&path, folder.join("state.unreadable.json")) {
                    tracing::warn!(%error, "state.json could not be put aside");
                }
                MachineState::default()
            }
            None => MachineState::default(),
        };
        Self {
            path,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn get(&self) -> MachineState {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the state and writes it, first to a file beside it, then in its place.
    pub(crate) fn change(&self, edit: impl FnOnce(&mut MachineState)) -> Result<MachineState> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = state.clone();
        edit(&mut next);
        if next != *state {
            let text = serde_json::to_vec_pretty(&next).map_err(Error::internal)?;
            let beside = self.path.with_extension("json.new");
            std::fs::write(&beside, text)
                .and_then(|()| std::fs::rename(&beside, &self.path))
                .map_err(|e| not_writable(&self.path, e))?;
            *state = next.clone();
        }
        Ok(next)
    }
}

/// Makes a folder, and those above it that are not there, for this person's eyes only. One that is
/// there stays as it is: who may see it was somebody's choice.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        folder.mode(0o700);
    }
    folder.create(path)
}

/// Reads preferences and passes over what this program does not know: a newer one wrote it.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Preferences, D::Error> {
    let mut written: BTreeMap<String, serde_json::Value> = Deserialize::deserialize(deserializer)?;
    let ours = serde_json::to_value(Preferences::default()).map_err(D::Error::custom)?;
    written.retain(|name, _| ours.get(name).is_some());
    serde_json::from_value(written.into_iter().collect()).map_err(D::Error::custom)
}

pub(crate) fn not_writable(path: &Path, error: std::io::Error) -> Error {
    let wrong = |reason, message| {
        Error::new(Code::InvalidInput, message)
            .reason(reason)
            .param("path", path.display())
    };
    let shown = path.display();
    if path.is_dir() {
        let message = format!("\"{shown}\" is a folder. Name a file in it.");
        return wrong(Reason::FileIsFolder, message).source(error);
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        let folder = folder.display();
        let message = format!("There is no folder \"{folder}\". Make it first, or choose another.");
        return wrong(Reason::FolderMissing, message)
            .param("folder", folder)
            .source(error);
    }
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        Code::DiskFull
    } else {
        Code::InvalidInput
    };
    Error::new(
        code,
        format!(
            "\"{}\" cannot be written. Check the disk and the permissions.",
            path.display()
        ),
    )
    .reason(Reason::FileUnwritable)
    .param("path", path.display())
    .source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_program_wrote_is_passed_over_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let written =
            r#"{"workspace":null,"later":1,"preferences":{"theme":"dark","sound":"loud"}}"#;
        std::fs::write(folder.path().join("state.json"), written).unwrap();
        let state = StateFile::open(folder.path());
        assert_eq!(state.get().preferences.theme.as_deref(), Some("dark"));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_made_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("a/b");
        private_folder(&made).unwrap();
        private_folder(&made).unwrap();
        let mode = std::fs::metadata(&made).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
