//! The system keyring: Credential Manager, Keychain, Secret Service.

use std::fmt;

use keyring::Entry;
use rumbo_base::{Code, Error, Reason, Secret};

use super::{Address, SecretScope, Store, names};

/// What is kept begins with this, and with the secret's own address: an item that another
/// program changed or moved is then known.
const MARK: &str = "rumbo1";

/// The few things wanted of a keyring, so that tests can play one.
pub(super) trait Keyring: fmt::Debug + Send + Sync {
    fn set(&self, user: &str, value: &[u8]) -> keyring::Result<()>;
    fn get(&self, user: &str) -> keyring::Result<Vec<u8>>;
    fn delete(&self, user: &str) -> keyring::Result<()>;
}

/// The real one.
#[derive(Debug)]
pub(super) struct SystemKeyring {
    service: String,
}

impl SystemKeyring {
    pub(super) fn new(service: String) -> Self {
        Self { service }
    }

    fn entry(&self, user: &str) -> keyring::Result<Entry> {
        Entry::new(&self.service, user)
    }
}

impl Keyring for SystemKeyring {
    fn set(&self, user: &str, value: &[u8]) -> keyring::Result<()> {
        self.entry(user)?.set_secret(value)
    }

    fn get(&self, user: &str) -> keyring::Result<Vec<u8>> {
        self.entry(user)?.get_secret()
    }

    fn delete(&self, user: &str) -> keyring::Result<()> {
        self.entry(user)?.delete_credential()
    }
}

/// Secrets in a keyring.
#[derive(Debug)]
pub(super) struct KeyringStore<K>(K);

impl<K: Keyring> KeyringStore<K> {
    pub(super) fn new(keyring: K) -> Self {
        Self(keyring)
    }
}

impl<K: Keyring> Store for KeyringStore<K> {
    fn put(&self, at: &Address, secret: &Secret) -> Result<(), Error> {
        let value = Secret::new(format!("{MARK}\n{at}\n{}", secret.expose()));
        self.0
            .set(&at.to_string(), value.expose().as_bytes())
            .map_err(|error| failure(&error))
    }

    fn read(&self, at: &Address) -> Result<Option<Secret>, Error> {
        let value = match self.0.get(&at.to_string()) {
            Ok(value) => value,
            Err(keyring::Error::NoEntry) => return Ok(None),
            Err(error) => return Err(failure(&error)),
        };
        let value = Secret::new(String::from_utf8(value).map_err(|_| changed())?);
        let mut parts = value.expose().splitn(3, '\n');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(MARK), Some(address), Some(secret)) if address == at.to_string() => {
                Ok(Some(Secret::from(secret)))
            }
            _ => Err(changed()),
        }
    }

    fn remove(&self, at: &Address) -> Result<bool, Error> {
        match self.0.delete(&at.to_string()) {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(failure(&error)),
        }
    }

    fn remove_all(&self, scope: SecretScope) -> Result<(), Error> {
        for name in names::ALL {
            self.remove(&Address::new(scope, name)?)?;
        }
        Ok(())
    }
}

/// The keyring does not hold what Rumbo put there.
pub(super) fn changed() -> Error {
    Error::new(
        Code::KeyringUnavailable,
        "The system keyring does not hold the secret as Rumbo left it: it was reset, replaced or \
         changed by another program. Connect Meta again; your data is untouched.",
    )
    .reason(Reason::KeyringChanged)
}

/// Only the failure's own short text is kept: some of these carry the secret itself.
fn failure(error: &keyring::Error) -> Error {
    use keyring::Error as Keyring;
    let (reason, message) = match error {
        Keyring::NoStorageAccess(_) => (
            Reason::KeyringLocked,
            "The system keyring is locked. Unlock it (sign in to the desktop, or open the \
             password manager) and try again.",
        ),
        Keyring::BadEncoding(_)
        | Keyring::BadDataFormat(..)
        | Keyring::BadStoreFormat(_)
        | Keyring::Ambiguous(_) => return changed(),
        Keyring::TooLong(..) | Keyring::Invalid(..) | Keyring::NotSupportedByStore(_) => (
            Reason::KeyringRefuses,
            "The system keyring does not take this secret. Use the passphrase vault instead: \
             start Rumbo with RUMBO_VAULT=passphrase.",
        ),
        _ => (
            Reason::KeyringMissing,
            "No system keyring answers. Start one (on Linux gnome-keyring or KWallet) and start \
             Rumbo again, or use the passphrase vault: RUMBO_VAULT=passphrase.",
        ),
    };
    Error::new(Code::KeyringUnavailable, message)
        .reason(reason)
        .source(error.to_string())
}

#[cfg(test)]
mod tests;
