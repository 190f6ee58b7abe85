//! What the machine's environment says, read once by `main`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::exit::Failure;

/// The variables of the process, as they were at its start.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Keeps the variables given.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// All variables.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The data folder: the flag, else `RUMBO_DATA_DIR`, else the platform's place for data.
    pub fn data_dir(&self, flag: Option<&PathBuf>) -> Result<PathBuf, Failure> {
        if let Some(folder) = flag {
            return Ok(folder.clone());
        }
        if let Some(folder) = self.get("RUMBO_DATA_DIR") {
            return Ok(PathBuf::from(folder));
        }
        directories::ProjectDirs::from("", "", "Rumbo")
            .map(|dirs| dirs.data_dir().to_path_buf())
            .ok_or_else(|| {
                Failure::flag(
                    "data-dir",
                    "This account has no home folder. Say where to keep the data: --data-dir FOLDER.",
                )
            })
    }
}
