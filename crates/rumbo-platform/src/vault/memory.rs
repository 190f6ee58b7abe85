//! Secrets that are gone with the program.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rumbo_base::{Error, Secret};

use super::{Address, SecretScope, Store};

#[derive(Debug, Default)]
pub(super) struct MemoryStore(Mutex<BTreeMap<Address, Secret>>);

impl MemoryStore {
    fn map(&self) -> MutexGuard<'_, BTreeMap<Address, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn put(&self, at: &Address, secret: &Secret) -> Result<(), Error> {
        self.map().insert(at.clone(), secret.clone());
        Ok(())
    }

    fn read(&self, at: &Address) -> Result<Option<Secret>, Error> {
        Ok(self.map().get(at).cloned())
    }

    fn remove(&self, at: &Address) -> Result<bool, Error> {
        Ok(self.map().remove(at).is_some())
    }

    fn remove_all(&self, scope: SecretScope) -> Result<(), Error> {
        self.map().retain(|at, _| at.scope != scope);
        Ok(())
    }
}
