//! Where secrets live: the system keyring, or a file sealed with a passphrase. Never plain text,
//! and never silently another place than the one chosen.
//!
//! A secret has a scope (a workspace, or the whole program) and a name. What uses one looks it
//! up in the order workspace, program, environment, and is told which it was.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rumbo_base::{Code, Entropy, Error, Reason, Secret, WorkspaceId};

mod keyring_store;
mod memory;
mod sealed_file;
#[cfg(feature = "testing")]
pub mod testing;

use keyring_store::{KeyringStore, SystemKeyring};
use memory::MemoryStore;
use sealed_file::SealedFile;

/// The names under which Rumbo keeps secrets. The environment's name is the same in capitals.
pub mod names {
    /// The secret of the Meta app.
    pub const META_APP_SECRET: &str = "meta_app_secret";
    /// The id of the Meta app: not secret, but it may come from the environment too.
    pub const META_APP_ID: &str = "meta_app_id";
    /// The Meta token of a workspace's sign-in.
    pub const META_TOKEN: &str = "meta_token";

    /// Every name above: a keyring cannot be asked what it holds of a workspace.
    pub const ALL: [&str; 3] = [META_APP_SECRET, META_APP_ID, META_TOKEN];
}

/// Which store is to be used. The edge of the program chooses; nothing here falls back.
#[derive(Clone, Debug)]
pub enum VaultChoice {
    /// Credential Manager, Keychain or Secret Service, under this service name.
    Keyring { service: String },
    /// A sealed file.
    Passphrase { path: PathBuf, passphrase: Secret },
    /// Nowhere: gone with the program. For the sample workspace and tests.
    Memory,
    /// A keyring that a test plays.
    #[cfg(feature = "testing")]
    Played(testing::PlayedKeyring),
}

/// Which store is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultKind {
    /// The system keyring.
    Keyring,
    /// A file sealed with a passphrase.
    Passphrase,
    /// Memory.
    Memory,
}

impl VaultKind {
    /// A stable word for the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Passphrase => "passphrase",
            Self::Memory => "memory",
        }
    }
}

/// Whose a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretScope {
    /// The whole program's.
    Global,
    /// One workspace's.
    Workspace(WorkspaceId),
}

impl fmt::Display for SecretScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global"),
            Self::Workspace(id) => write!(f, "workspace/{id}"),
        }
    }
}

/// Where a secret was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// The workspace's own.
    Workspace,
    /// The program's.
    Global,
    /// The environment, as a last resort.
    Environment,
}

impl SecretSource {
    /// A stable word for the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Global => "global",
            Self::Environment => "environment",
        }
    }
}

/// A secret and where it was found.
#[derive(Clone, Debug)]
pub struct FoundSecret {
    /// The secret.
    pub secret: Secret,
    /// Which one is in force.
    pub source: SecretSource,
}

/// The full address of a secret: bound into what is stored, so that one cannot stand in for
/// another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Address {
    scope: SecretScope,
    name: String,
}

impl Address {
    fn new(scope: SecretScope, name: &str) -> Result<Self, Error> {
        let fits = !name.is_empty()
            && name.len() <= 120
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'/'));
        if !fits {
            return Err(Error::new(
                Code::InvalidInput,
                "The name of a secret has letters, digits, \"_\", \"-\" and \"/\" only.",
            )
            .reason(Reason::SecretNameInvalid)
            .field("name"));
        }
        Ok(Self {
            scope,
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scope, self.name)
    }
}

/// A store. Calls may block.
trait Store: fmt::Debug + Send + Sync {
    fn put(&self, at: &Address, secret: &Secret) -> Result<(), Error>;
    fn read(&self, at: &Address) -> Result<Option<Secret>, Error>;
    fn remove(&self, at: &Address) -> Result<bool, Error>;
    /// Removes everything of a scope.
    fn remove_all(&self, scope: SecretScope) -> Result<(), Error>;
}

/// The vault. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Vault {
    kind: VaultKind,
    store: Arc<dyn Store>,
    environment: Arc<BTreeMap<String, Secret>>,
}

impl Vault {
    /// Opens the chosen store. Nothing is read or asked yet. `environment` holds the variables
    /// that may serve as a last resort, read by the edge of the program.
    pub fn open(
        choice: VaultChoice,
        environment: BTreeMap<String, Secret>,
        entropy: &Entropy,
    ) -> Self {
        let (kind, store): (VaultKind, Arc<dyn Store>) = match choice {
            VaultChoice::Keyring { service } => (
                VaultKind::Keyring,
                Arc::new(KeyringStore::new(SystemKeyring::new(service))),
            ),
            VaultChoice::Passphrase { path, passphrase } => (
                VaultKind::Passphrase,
                Arc::new(SealedFile::new(path, passphrase, entropy.clone())),
            ),
            VaultChoice::Memory => (VaultKind::Memory, Arc::new(MemoryStore::default())),
            #[cfg(feature = "testing")]
            VaultChoice::Played(keyring) => {
                (VaultKind::Keyring, Arc::new(KeyringStore::new(keyring)))
            }
        };
        Self {
            kind,
            store,
            environment: Arc::new(environment),
        }
    }

    /// Which store is in force.
    pub fn describe(&self) -> VaultKind {
        self.kind
    }

    /// Keeps a secret, in place of the one before.
    ///
    /// # Errors
    /// `KeyringUnavailable`, `WrongPassphrase`, `DataCorrupt` or `DiskFull`, by store; then the
    /// one before is still there.
    pub async fn set(&self, scope: SecretScope, name: &str, secret: Secret) -> Result<(), Error> {
        let at = Address::new(scope, name)?;
        self.blocking(move |store| store.put(&at, &secret)).await
    }

    /// The secret of exactly this scope.
    ///
    /// # Errors
    /// As [`Vault::set`].
    pub async fn get(&self, scope: SecretScope, name: &str) -> Result<Option<Secret>, Error> {
        let at = Address::new(scope, name)?;
        self.blocking(move |store| store.read(&at)).await
    }

    /// A secret that was kept here before.
    ///
    /// # Errors
    /// As [`Vault::get`]; when it is gone, `KeyringUnavailable` for the keyring, because then
    /// somebody changed it, and `NotFound` for the other stores.
    pub async fn require(&self, scope: SecretScope, name: &str) -> Result<Secret, Error> {
        self.get(scope, name).await?.ok_or_else(|| match self.kind {
            VaultKind::Keyring => keyring_store::changed(),
            VaultKind::Passphrase | VaultKind::Memory => Error::new(
                Code::NotFound,
                "The vault does not hold this secret any more. Enter it, or connect again.",
            )
            .reason(Reason::SecretGone),
        })
    }

    /// Forgets a secret; says whether there was one.
    ///
    /// # Errors
    /// As [`Vault::set`].
    pub async fn delete(&self, scope: SecretScope, name: &str) -> Result<bool, Error> {
        let at = Address::new(scope, name)?;
        self.blocking(move |store| store.remove(&at)).await
    }

    /// Forgets everything of a scope: for a workspace that is deleted.
    ///
    /// # Errors
    /// As [`Vault::set`].
    pub async fn forget(&self, scope: SecretScope) -> Result<(), Error> {
        self.blocking(move |store| store.remove_all(scope)).await
    }

    /// The secret in force for a workspace: its own, else the program's, else the environment's.
    ///
    /// # Errors
    /// As [`Vault::get`]. A store that cannot be read is an error and never "none": otherwise
    /// another account's secret could be used instead of the workspace's own.
    pub async fn find(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<FoundSecret>, Error> {
        for (scope, source) in [
            (SecretScope::Workspace(workspace), SecretSource::Workspace),
            (SecretScope::Global, SecretSource::Global),
        ] {
            if let Some(secret) = self.get(scope, name).await? {
                return Ok(Some(FoundSecret { secret, source }));
            }
        }
        let secret = self.environment.get(&name.to_ascii_uppercase()).cloned();
        Ok(secret
            .filter(|secret| !secret.expose().is_empty())
            .map(|secret| FoundSecret {
                secret,
                source: SecretSource::Environment,
            }))
    }

    /// Tries the store with a secret of no meaning: for `doctor` and the first start.
    ///
    /// # Errors
    /// As [`Vault::set`].
    pub async fn check(&self) -> Result<(), Error> {
        const NAME: &str = "vault-check";
        self.set(SecretScope::Global, NAME, Secret::from("works"))
            .await?;
        let read = self.get(SecretScope::Global, NAME).await?;
        self.delete(SecretScope::Global, NAME).await?;
        match read {
            Some(secret) if secret.expose() == "works" => Ok(()),
            _ => Err(keyring_store::changed()),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || work(store.as_ref()))
            .await
            .map_err(Error::internal)?
    }
}

#[cfg(test)]
mod tests;
