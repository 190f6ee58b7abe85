//! The workspace's secrets, in the vault.

use rumbo_base::{Result, Secret};
use rumbo_platform::vault::SecretScope;

use crate::{App, Context};

impl App {
    /// Which store the vault is: `keyring`, `passphrase` or `memory`.
    pub(crate) fn vault_kind(&self) -> &'static str {
        self.0.vault.describe().word()
    }

    pub(crate) async fn secret(&self, cx: &Context, name: &str) -> Result<Option<Secret>> {
        self.0
            .vault
            .get(SecretScope::Workspace(cx.scope()?.workspace), name)
            .await
    }

    pub(crate) async fn set_secret(&self, cx: &Context, name: &str, secret: Secret) -> Result<()> {
        self.0
            .vault
            .set(SecretScope::Workspace(cx.scope()?.workspace), name, secret)
            .await
    }

    pub(crate) async fn delete_secret(&self, cx: &Context, name: &str) -> Result<()> {
        self.0
            .vault
            .delete(SecretScope::Workspace(cx.scope()?.workspace), name)
            .await
            .map(|_| ())
    }
}
