//! What this machine's person chose: a small file beside the data, written whole or not at all.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rumbo_base::{Code, Error, Result, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::wire::Preferences;

/// Kept between starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct MachineState {
    /// The workspace in use.
    pub workspace: Option<WorkspaceId>,
    pub preferences: Preferences,
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

pub(crate) fn not_writable(path: &Path, error: std::io::Error) -> Error {
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
    .param("path", path.display())
    .source(error)
}
