//! Secrets in one file, each sealed with XChaCha20-Poly1305 under a key that Argon2id makes of a
//! passphrase.
//!
//! The first line names the format and the SHA-256 of the rest, so that a damaged file is told
//! apart from a wrong passphrase. Every secret has a random nonce of its own, and its scope and
//! name are sealed with it: entries cannot be exchanged. Writing replaces the file in one step,
//! under a lock that other programs respect.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rumbo_base::{Code, Entropy, Error, Reason, Secret};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{Address, SecretScope, Store};

const FORMAT: &str = "rumbo-vault 1 ";
/// Sealed in every file, to know the right passphrase by.
const CHECK: &[u8] = b"rumbo vault";
const CHECK_ADDRESS: &str = "rumbo vault check";

/// RFC 9106, second recommendation: 64 MiB, three passes.
const COST: Cost = Cost {
    memory_kib: 64 * 1024,
    passes: 3,
    lanes: 4,
};
/// A file that asks for more was not written by us.
const HIGHEST_COST: Cost = Cost {
    memory_kib: 1024 * 1024,
    passes: 16,
    lanes: 16,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sealed {
    nonce: String,
    text: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    scope: String,
    name: String,
    sealed: Sealed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Contents {
    cost: Cost,
    salt: String,
    check: Sealed,
    entries: Vec<Entry>,
}

/// The key of one salt: making it takes a tenth of a second and 64 MiB on purpose.
struct Derived {
    salt: String,
    cost: Cost,
    key: [u8; 32],
}

impl Drop for Derived {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

/// The store.
pub(super) struct SealedFile {
    path: PathBuf,
    passphrase: Secret,
    entropy: Entropy,
    cost: Cost,
    derived: Mutex<Option<Derived>>,
}

impl std::fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl SealedFile {
    pub(super) fn new(path: PathBuf, passphrase: Secret, entropy: Entropy) -> Self {
        Self {
            path,
            passphrase,
            entropy,
            cost: COST,
            derived: Mutex::new(None),
        }
    }

    /// The file's contents, checked against damage and against the passphrase. `None` when there
    /// is no file yet.
    fn load(&self) -> Result<Option<(Contents, XChaCha20Poly1305)>, Error> {
        let text = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&self.path, error)),
        };
        let contents = parse(&text).ok_or_else(|| corrupt(&self.path))?;
        let cipher = self.cipher(&contents.salt, contents.cost)?;
        match open(&cipher, &contents.check, CHECK_ADDRESS) {
            Some(check) if check.as_slice() == CHECK => Ok(Some((contents, cipher))),
            _ => Err(wrong_passphrase()),
        }
    }

    fn fresh(&self) -> Result<(Contents, XChaCha20Poly1305), Error> {
        let salt = STANDARD.encode(self.entropy.bytes::<16>());
        let cipher = self.cipher(&salt, self.cost)?;
        let check = self.seal(&cipher, CHECK, CHECK_ADDRESS)?;
        Ok((
            Contents {
                cost: self.cost,
                salt,
                check,
                entries: Vec::new(),
            },
            cipher,
        ))
    }

    fn cipher(&self, salt: &str, cost: Cost) -> Result<XChaCha20Poly1305, Error> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        let known = derived
            .as_ref()
            .is_some_and(|d| d.salt == salt && d.cost == cost);
        if !known {
            *derived = Some(self.derive(salt, cost)?);
        }
        let key = derived
            .as_ref()
            .map(|d| Zeroizing::new(d.key))
            .unwrap_or_default();
        Ok(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    fn derive(&self, salt: &str, cost: Cost) -> Result<Derived, Error> {
        if self.passphrase.expose().is_empty() {
            return Err(Error::new(
                Code::WrongPassphrase,
                "The vault's passphrase is empty. Set RUMBO_PASSPHRASE.",
            )
            .reason(Reason::PassphraseMissing));
        }
        let bytes = STANDARD.decode(salt).map_err(|_| corrupt(&self.path))?;
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
            .map_err(|_| corrupt(&self.path))?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.passphrase.expose().as_bytes(), &bytes, &mut key)
            .map_err(|error| Error::internal(error.to_string()))?;
        Ok(Derived {
            salt: salt.to_owned(),
            cost,
            key,
        })
    }

    fn seal(
        &self,
        cipher: &XChaCha20Poly1305,
        plain: &[u8],
        address: &str,
    ) -> Result<Sealed, Error> {
        let nonce = self.entropy.bytes::<24>();
        let payload = Payload {
            msg: plain,
            aad: address.as_bytes(),
        };
        let text = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok(Sealed {
            nonce: STANDARD.encode(nonce),
            text: STANDARD.encode(text),
        })
    }

    /// Changes the contents while no other writer does.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut Contents, &XChaCha20Poly1305) -> Result<(bool, T), Error>,
    ) -> Result<T, Error> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| unwritable(&self.path, error))?;
        }
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(beside(&self.path, "lock"))
            .map_err(|error| unwritable(&self.path, error))?;
        lock.lock().map_err(|error| unwritable(&self.path, error))?;
        let (mut contents, cipher) = match self.load()? {
            Some(loaded) => loaded,
            None => self.fresh()?,
        };
        let (changed, result) = change(&mut contents, &cipher)?;
        if changed {
            write(&self.path, &contents)?;
        }
        Ok(result)
    }
}

impl Store for SealedFile {
    fn put(&self, at: &Address, secret: &Secret) -> Result<(), Error> {
        self.change(|contents, cipher| {
            let sealed = self.seal(cipher, secret.expose().as_bytes(), &at.to_string())?;
            contents.entries.retain(|entry| !is_at(entry, at));
            contents.entries.push(Entry {
                scope: at.scope.to_string(),
                name: at.name.clone(),
                sealed,
            });
            Ok((true, ()))
        })
    }

    fn read(&self, at: &Address) -> Result<Option<Secret>, Error> {
        let Some((contents, cipher)) = self.load()? else {
            return Ok(None);
        };
        let Some(entry) = contents.entries.iter().find(|entry| is_at(entry, at)) else {
            return Ok(None);
        };
        let plain =
            open(&cipher, &entry.sealed, &at.to_string()).ok_or_else(|| corrupt(&self.path))?;
        let text = std::str::from_utf8(&plain).map_err(|_| corrupt(&self.path))?;
        Ok(Some(Secret::from(text)))
    }

    fn remove(&self, at: &Address) -> Result<bool, Error> {
        if !self.path.exists() {
            return Ok(false);
        }
        self.change(|contents, _| {
            let before = contents.entries.len();
            contents.entries.retain(|entry| !is_at(entry, at));
            let removed = contents.entries.len() < before;
            Ok((removed, removed))
        })
    }

    fn remove_all(&self, scope: SecretScope) -> Result<(), Error> {
        if !self.path.exists() {
            return Ok(());
        }
        let scope = scope.to_string();
        self.change(|contents, _| {
            let before = contents.entries.len();
            contents.entries.retain(|entry| entry.scope != scope);
            Ok((contents.entries.len() < before, ()))
        })
    }
}

fn is_at(entry: &Entry, at: &Address) -> bool {
    entry.name == at.name && entry.scope == at.scope.to_string()
}

fn open(cipher: &XChaCha20Poly1305, sealed: &Sealed, address: &str) -> Option<Zeroizing<Vec<u8>>> {
    let nonce: [u8; 24] = STANDARD.decode(&sealed.nonce).ok()?.try_into().ok()?;
    let text = STANDARD.decode(&sealed.text).ok()?;
    let payload = Payload {
        msg: &text,
        aad: address.as_bytes(),
    };
    cipher
        .decrypt(&XNonce::from(nonce), payload)
        .ok()
        .map(Zeroizing::new)
}

fn parse(bytes: &[u8]) -> Option<Contents> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once('\n')?;
    let sum = head.strip_prefix(FORMAT)?;
    if sum != hex::encode(Sha256::digest(body.as_bytes())) {
        return None;
    }
    let contents: Contents = serde_json::from_str(body).ok()?;
    let bearable = contents.cost.memory_kib <= HIGHEST_COST.memory_kib
        && contents.cost.passes <= HIGHEST_COST.passes
        && contents.cost.lanes <= HIGHEST_COST.lanes;
    bearable.then_some(contents)
}

/// Writes beside the file and moves over it: a crash leaves the old one or the new one.
fn write(path: &Path, contents: &Contents) -> Result<(), Error> {
    let body = serde_json::to_string_pretty(contents).map_err(Error::internal)?;
    let text = format!(
        "{FORMAT}{}\n{body}",
        hex::encode(Sha256::digest(body.as_bytes()))
    );
    let next = beside(path, "new");
    let written = (|| {
        let mut file = private(&next)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&next, path)?;
        // The folder's own entry has to reach the disk too, where folders can be synced.
        if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    })();
    written.map_err(|error| {
        let _ = std::fs::remove_file(&next);
        unwritable(path, error)
    })
}

/// A file that only its owner can read.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

fn wrong_passphrase() -> Error {
    Error::new(
        Code::WrongPassphrase,
        "The passphrase does not open the vault. Check RUMBO_PASSPHRASE; nothing was changed.",
    )
}

fn corrupt(path: &Path) -> Error {
    Error::new(
        Code::DataCorrupt,
        format!(
            "The vault file {} is damaged. Restore it from a backup, or move it away and connect \
             again; your other data is untouched.",
            path.display()
        ),
    )
    .reason(Reason::VaultDamaged)
    .param("path", path.display())
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(
        Code::DataCorrupt,
        format!(
            "The vault file {} cannot be read. Check its permissions.",
            path.display()
        ),
    )
    .reason(Reason::VaultUnreadable)
    .param("path", path.display())
    .source(error)
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    let full = matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    );
    let (code, reason, what) = if full {
        (Code::DiskFull, None, "There is no space left to write")
    } else {
        (
            Code::DataCorrupt,
            Some(Reason::VaultUnwritable),
            "It is not possible to write",
        )
    };
    Error::new(
        code,
        format!(
            "{what} the vault file {}. What it held is still there.",
            path.display()
        ),
    )
    .reason(reason)
    .param("path", path.display())
    .source(error)
}

#[cfg(test)]
mod tests;
