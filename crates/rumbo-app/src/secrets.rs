//! The workspace's secrets, in the vault.

use rumbo_base::{Result, Secret};
use rumbo_platform::vault::{FoundSecret, SecretScope};

use crate::{App, Context};

impl App {
    /// Which store the vault is: `keyring`, `passphrase` or `memory`.
    pub(crate) fn vault_kind(&self) -> &'static str {
        self.0.vault.describe().word()
    }

    /// The secret in force: the workspace's own, else the program's, else the environment's.
    pub(crate) async fn find_secret(
        &self,
        cx: &Context,
        name: &str,
    ) -> Result<Option<FoundSecret>> {
        self.0.vault.find(cx.scope()?.workspace, name).await
    }

    /// A secret that was kept for the workspace before.
    pub(crate) async fn require_secret(&self, cx: &Context, name: &str) -> Result<Secret> {
        self.0.vault.require(own(cx)?, name).await
    }

    /// The secret kept for every workspace, if there is one.
    pub(crate) async fn global_secret(&self, name: &str) -> Result<Option<Secret>> {
        self.0.vault.get(SecretScope::Global, name).await
    }

    pub(crate) async fn set_secret(&self, cx: &Context, name: &str, secret: Secret) -> Result<()> {
        self.0.vault.set(own(cx)?, name, secret).await
    }

    pub(crate) async fn set_global_secret(&self, name: &str, secret: Secret) -> Result<()> {
        self.0.vault.set(SecretScope::Global, name, secret).await
    }

    pub(crate) async fn delete_secret(&self, cx: &Context, name: &str) -> Result<()> {
        self.0.vault.delete(own(cx)?, name).await.map(|_| ())
    }

    pub(crate) async fn delete_global_secret(&self, name: &str) -> Result<()> {
        self.0
            .vault
            .delete(SecretScope::Global, name)
            .await
            .map(|_| ())
    }

    /// Forgets everything that was kept for the workspace.
    pub(crate) async fn forget_secrets(&self, cx: &Context) -> Result<()> {
        self.0.vault.forget(own(cx)?).await
    }
}

fn own(cx: &Context) -> Result<SecretScope> {
    Ok(SecretScope::Workspace(cx.scope()?.workspace))
}
