//! Opening a stored channel with its secrets, and what it says of itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use rumbo_base::{ChannelId, Code, Error, Reason, Result, Secret};
use rumbo_channels::{Channel, ChannelSettings, Standing};
use rumbo_http::HttpSettings;
use rumbo_platform::vault::{SecretScope, Vault, names};
use rumbo_platform::{Scope, connections};
use serde_json::Value;

use super::{ChannelFields, ChannelState, StoredChannel, store};

/// Under which name the vault keeps a channel's secrets: one entry for all of them.
pub fn secret_name(id: ChannelId) -> String {
    format!("channel/{id}")
}

/// Opens a channel of the workspace for the outbox and the inbox.
///
/// # Errors
/// `NotFound`; `Conflict` for one that is not in use; `InvalidInput` that names what is missing;
/// `KeyringUnavailable` and the like when the vault cannot be read.
pub async fn open_channel(
    scope: &Scope,
    vault: &Vault,
    http: HttpSettings,
    id: ChannelId,
) -> Result<Arc<dyn Channel>> {
    let mut tx = scope.read().await?;
    let stored = store::by_id(&mut tx, scope.workspace, id).await?;
    drop(tx);
    if !stored.active {
        return Err(Error::new(
            Code::Conflict,
            format!(
                "The channel \"{}\" is switched off. Switch it on, or use another.",
                stored.name
            ),
        )
        .reason(Reason::ChannelOff)
        .param("name", &stored.name));
    }
    let secrets = secrets_of(scope, vault, &stored).await?;
    let settings = settings_of(scope, &stored, secrets).await?;
    rumbo_channels::open(&settings, http, scope.clock.clone())
}

/// What a channel with these fields and secrets would be opened by: whatever is wrong with them is
/// found before anything is stored. `held` are the secrets the vault has already.
///
/// # Errors
/// `InvalidInput` that names what is missing or cannot be used.
pub fn check(
    scope: &Scope,
    fields: &ChannelFields,
    secrets: &BTreeMap<String, Secret>,
) -> Result<()> {
    if fields.connection_id.is_some() {
        return Ok(());
    }
    let settings = ChannelSettings {
        provider: fields.provider,
        base_url: fields.base_url.clone(),
        sender: fields.sender.trim().to_owned(),
        sender_id: fields.sender_id.clone(),
        settings: fields.settings.clone(),
        secrets: secrets.clone(),
    };
    rumbo_channels::open(&settings, HttpSettings::default(), scope.clock.clone()).map(drop)
}

/// The secrets the vault holds for a channel, by name; none when it holds nothing.
///
/// # Errors
/// When the vault cannot be read.
pub async fn held_secrets(
    scope: &Scope,
    vault: &Vault,
    id: ChannelId,
) -> Result<BTreeMap<String, Secret>> {
    let own = SecretScope::Workspace(scope.workspace);
    match vault.get(own, &secret_name(id)).await? {
        Some(secret) => unpacked(&secret),
        None => Ok(BTreeMap::new()),
    }
}

/// Keeps a channel's secrets in place of those the vault holds.
///
/// # Errors
/// When the vault cannot be written.
pub async fn keep_secrets(
    scope: &Scope,
    vault: &Vault,
    id: ChannelId,
    secrets: &BTreeMap<String, Secret>,
) -> Result<()> {
    let own = SecretScope::Workspace(scope.workspace);
    vault.set(own, &secret_name(id), packed(secrets)).await
}

/// Forgets a channel's secrets.
///
/// # Errors
/// When the vault cannot be written.
pub async fn forget_secrets(scope: &Scope, vault: &Vault, credential: &str) -> Result<()> {
    if credential.is_empty() {
        return Ok(());
    }
    let own = SecretScope::Workspace(scope.workspace);
    vault.delete(own, credential).await.map(|_| ())
}

/// All secrets as one text, for one entry of the vault.
fn packed(secrets: &BTreeMap<String, Secret>) -> Secret {
    let fields: serde_json::Map<String, Value> = secrets
        .iter()
        .map(|(name, secret)| (name.clone(), Value::from(secret.expose().as_str())))
        .collect();
    Secret::from(Value::from(fields).to_string())
}

fn unpacked(secret: &Secret) -> Result<BTreeMap<String, Secret>> {
    serde_json::from_str(secret.expose()).map_err(|_| {
        // The text of the failure could hold a part of the secret.
        Error::internal("the secrets of a channel cannot be read")
    })
}

async fn secrets_of(
    scope: &Scope,
    vault: &Vault,
    stored: &StoredChannel,
) -> Result<BTreeMap<String, Secret>> {
    if stored.connection_id.is_none() {
        return held_secrets(scope, vault, stored.id).await;
    }
    let mut secrets = BTreeMap::new();
    for (ours, name) in [
        ("token", names::META_TOKEN),
        ("app_secret", names::META_APP_SECRET),
    ] {
        if let Some(found) = vault.find(scope.workspace, name).await? {
            secrets.insert(ours.to_owned(), found.secret);
        }
    }
    Ok(secrets)
}

async fn settings_of(
    scope: &Scope,
    stored: &StoredChannel,
    secrets: BTreeMap<String, Secret>,
) -> Result<ChannelSettings> {
    let mut base_url = stored.base_url.clone();
    let mut settings = stored.settings.clone();
    if stored.connection_id.is_some() {
        let mut tx = scope.read().await?;
        let connection = connections::current(&mut tx, scope.workspace).await?;
        drop(tx);
        let connection = connection.ok_or_else(|| {
            Error::new(
                Code::NeedsSignIn,
                "The channel is opened with the sign-in at Meta, and there is none. Connect Meta.",
            )
        })?;
        base_url = base_url.or(Some(connection.graph_url));
        settings
            .entry("graph_version")
            .or_insert_with(|| connection.graph_version.into());
    }
    Ok(ChannelSettings {
        provider: stored.provider,
        base_url,
        sender: stored.sender.clone(),
        sender_id: stored.sender_id.clone(),
        settings,
        secrets,
    })
}

impl ChannelState {
    /// What a channel says of itself, as a state.
    pub fn of(standing: &Standing) -> Self {
        match (standing.connected, &standing.pairing_code) {
            (true, _) => Self::Connected,
            (false, Some(_)) => Self::Connecting,
            (false, None) => Self::Disconnected,
        }
    }
}
