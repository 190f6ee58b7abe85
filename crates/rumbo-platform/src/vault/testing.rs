//! A keyring that a test plays: it can be locked and emptied, and counts how often it is read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::keyring_store::Keyring;

/// The keyring. Cloning shares it, as the system's keyring outlives a program.
#[derive(Clone, Debug, Default)]
pub struct PlayedKeyring(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    items: BTreeMap<String, Vec<u8>>,
    locked: bool,
    reads: u32,
}

impl PlayedKeyring {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks or unlocks it.
    pub fn set_locked(&self, locked: bool) {
        self.inside().locked = locked;
    }

    /// Takes everything out of it, as another program may.
    pub fn clear(&self) {
        self.inside().items.clear();
    }

    /// The names of what it holds.
    pub fn names(&self) -> Vec<String> {
        self.inside().items.keys().cloned().collect()
    }

    /// How often it was read.
    pub fn reads(&self) -> u32 {
        self.inside().reads
    }
}

fn open(inside: &Inside) -> keyring::Result<()> {
    if inside.locked {
        return Err(keyring::Error::NoStorageAccess("it is locked".into()));
    }
    Ok(())
}

impl Keyring for PlayedKeyring {
    fn set(&self, user: &str, value: &[u8]) -> keyring::Result<()> {
        let mut inside = self.inside();
        open(&inside)?;
        inside.items.insert(user.to_owned(), value.to_vec());
        Ok(())
    }

    fn get(&self, user: &str) -> keyring::Result<Vec<u8>> {
        let mut inside = self.inside();
        inside.reads += 1;
        open(&inside)?;
        let item = inside.items.get(user).cloned();
        item.ok_or(keyring::Error::NoEntry)
    }

    fn delete(&self, user: &str) -> keyring::Result<()> {
        let mut inside = self.inside();
        open(&inside)?;
        let gone = inside.items.remove(user);
        gone.map(|_| ()).ok_or(keyring::Error::NoEntry)
    }
}
