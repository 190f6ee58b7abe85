//! The messaging channels of a workspace.

mod prices;
mod trial;

use std::collections::BTreeMap;

use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use rumbo_channels::Provider;
use rumbo_engage::channels::{self as kept, ChannelFields, ChannelState, StoredChannel};
use rumbo_http::HttpSettings;
use rumbo_platform::audit::{self, Deed};
use rumbo_platform::connections::{self, WhatsAppAccount};
use serde_json::{Map, Value, json};

use crate::Context;
use crate::wire::{
    ChannelList, ChannelNeed, ChannelNeeds, ChannelRow, ChannelTest, ConnectionNumber,
    ListChannels, RemoveChannel, RemovedChannel, SaveChannel, TestChannel,
};

pub use prices::{get_channel_prices, remove_channel_price, set_channel_price};
pub use trial::send_test_message;

/// Every channel, and what can be added. No secret is read and no provider called.
///
/// # Errors
/// When the store cannot be read.
pub async fn list_channels(cx: &Context, _req: ListChannels) -> Result<ChannelList> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let stored = kept::list(&mut tx, scope.workspace).await?;
    let accounts = connections::whatsapp_accounts(&mut tx, scope.workspace).await?;
    drop(tx);
    let numbers = numbers(&accounts)
        .filter(|number| {
            !stored
                .iter()
                .any(|channel| channel.active && channel.sender_id == number.phone_number_id)
        })
        .collect();
    Ok(ChannelList {
        channels: stored.into_iter().map(row).collect(),
        providers: Provider::ALL.into_iter().map(needs).collect(),
        numbers,
    })
}

/// Keeps a channel, its secrets in the vault. What is wrong with either is said before anything is
/// stored.
///
/// # Errors
/// `InvalidInput` that names the field, `Conflict` for a name that is taken, `NotFound`, and those of
/// the vault.
pub async fn save_channel(cx: &Context, req: SaveChannel) -> Result<ChannelRow> {
    let scope = cx.scope()?;
    let vault = &cx.app.0.vault;
    let fields = fields(cx, &req).await?;
    let mut secrets = match req.id {
        Some(id) if !req.of_connection => kept::held_secrets(scope, vault, id).await?,
        _ => BTreeMap::new(),
    };
    let changed = !req.secrets.is_empty();
    for (name, secret) in req.secrets {
        if secret.expose().is_empty() {
            secrets.remove(&name);
        } else {
            secrets.insert(name, secret);
        }
    }
    kept::check(scope, &fields, &secrets)?;
    let mut tx = scope.write().await?;
    let stored = kept::save(&mut tx, scope, req.id, &fields).await?;
    if changed {
        // What worked with other secrets is not known to work with these.
        kept::set_state(&mut tx, scope, stored.id, ChannelState::Connecting, None).await?;
    }
    let stored = kept::by_id(&mut tx, scope.workspace, stored.id).await?;
    let deed = Deed {
        action: "save_channel",
        object_kind: "channel",
        object_id: stored.id.to_string(),
        after: json!({ "name": stored.name, "provider": stored.provider.word(), "active": stored.active,
            "secrets_changed": changed }),
        ..Deed::default()
    };
    audit::record(&mut tx, scope, &deed).await?;
    // The secrets first: a row without them could be opened by nobody.
    if !req.of_connection && (changed || req.id.is_none()) {
        kept::keep_secrets(scope, vault, stored.id, &secrets).await?;
    }
    tx.commit().await?;
    cx.changed(&[CacheTag::Channels]);
    Ok(row(stored))
}

/// Removes a channel, or switches it off where it has a history; its secrets are forgotten.
///
/// # Errors
/// `NotFound`, and those of the vault.
pub async fn remove_channel(cx: &Context, req: RemoveChannel) -> Result<RemovedChannel> {
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let stored = kept::by_id(&mut tx, scope.workspace, req.id).await?;
    let removed = kept::remove(&mut tx, scope, req.id).await?;
    let deed = Deed {
        action: "remove_channel",
        object_kind: "channel",
        object_id: req.id.to_string(),
        before: json!({ "name": stored.name, "provider": stored.provider.word() }),
        ..Deed::default()
    };
    audit::record(&mut tx, scope, &deed).await?;
    kept::forget_secrets(scope, &cx.app.0.vault, &stored.credential).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Channels]);
    Ok(RemovedChannel {
        archived: removed == kept::Removed::Archived,
    })
}

/// Asks the provider whether the channel can be used, and notes what it says.
///
/// # Errors
/// `NotFound`, `Conflict` for one that is switched off, and those of the vault. A provider that cannot
/// be reached is an error and changes nothing.
pub async fn test_channel(cx: &Context, req: TestChannel) -> Result<ChannelTest> {
    let scope = cx.scope()?;
    let http = HttpSettings::default();
    let channel = kept::open_channel(scope, &cx.app.0.vault, http, req.id).await?;
    let standing = channel.check().await?;
    let mut tx = scope.write().await?;
    kept::set_state(
        &mut tx,
        scope,
        req.id,
        ChannelState::of(&standing),
        standing.trouble.as_ref(),
    )
    .await?;
    let stored = kept::by_id(&mut tx, scope.workspace, req.id).await?;
    tx.commit().await?;
    cx.changed(&[CacheTag::Channels]);
    Ok(ChannelTest {
        channel: row(stored),
        name: standing.name,
        sender: standing.sender,
        pairing_code: standing.pairing_code,
    })
}

async fn fields(cx: &Context, req: &SaveChannel) -> Result<ChannelFields> {
    let text = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let mut fields = ChannelFields {
        name: req.name.clone(),
        provider: req.provider,
        description: text(&req.description),
        base_url: text(&req.base_url),
        sender: req.sender.trim().to_owned(),
        sender_id: req.sender_id.trim().to_owned(),
        settings: settings(req)?,
        connection_id: None,
        whatsapp_account_id: None,
        active: req.active,
        per_second: req.per_second.map(i64::from),
    };
    if !req.of_connection {
        return Ok(fields);
    }
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let connection = connections::current(&mut tx, scope.workspace).await?;
    let accounts = connections::whatsapp_accounts(&mut tx, scope.workspace).await?;
    drop(tx);
    let connection = connection.ok_or_else(|| {
        Error::new(
            Code::NeedsSignIn,
            "The channel is opened with the sign-in at Meta, and there is none. Connect Meta.",
        )
    })?;
    let number = numbers(&accounts).find(|number| number.phone_number_id == fields.sender_id);
    let account = number
        .as_ref()
        .and_then(|number| accounts.iter().find(|it| it.external_id == number.account));
    let (Some(number), Some(account)) = (&number, account) else {
        return Err(Error::new(
            Code::InvalidInput,
            "This number is of no WhatsApp account that was chosen. Choose it in the connection first.",
        )
        .reason(Reason::Gone)
        .param("what", "phone_number")
        .field("sender_id"));
    };
    fields.sender.clone_from(&number.number);
    fields
        .settings
        .insert("account".to_owned(), account.external_id.clone().into());
    fields.connection_id = Some(connection.id);
    fields.whatsapp_account_id = Some(account.id);
    Ok(fields)
}

/// Only what the provider knows: anything else would do nothing, silently.
fn settings(req: &SaveChannel) -> Result<Map<String, Value>> {
    let known = rumbo_channels::needs(req.provider);
    let names = |of: &[(&'static str, bool)]| of.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let (mut settings, secrets) = (names(known.settings), names(known.secrets));
    settings.extend(rumbo_engage::outbox::CHANNEL_SETTINGS);
    let strange = req
        .settings
        .keys()
        .find(|name| !settings.contains(&name.as_str()))
        .map(|name| (name, &settings))
        .or_else(|| {
            req.secrets
                .keys()
                .find(|name| !secrets.contains(&name.as_str()))
                .map(|name| (name, &secrets))
        });
    if let Some((name, choices)) = strange {
        let choices = choices.join(", ");
        return Err(Error::new(
            Code::InvalidInput,
            format!("This provider has no setting \"{name}\". There are: {choices}."),
        )
        .reason(Reason::FieldUnknown)
        .param("name", name)
        .param("fields", choices));
    }
    Ok(req
        .settings
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.clone(), Value::from(value.trim())))
        .collect())
}

fn needs(provider: Provider) -> ChannelNeeds {
    let needs = rumbo_channels::needs(provider);
    let list = |of: &[(&'static str, bool)]| {
        of.iter()
            .map(|(name, required)| ChannelNeed {
                name: (*name).to_owned(),
                required: *required,
            })
            .collect()
    };
    ChannelNeeds {
        provider,
        kind: provider.kind(),
        base_url: needs.base_url,
        sender_id: needs.sender_id,
        settings: list(needs.settings),
        secrets: list(needs.secrets),
    }
}

/// Numbers as Meta gave them with the accounts.
fn numbers(accounts: &[WhatsAppAccount]) -> impl Iterator<Item = ConnectionNumber> {
    accounts
        .iter()
        .filter(|account| account.selected)
        .flat_map(|account| {
            let numbers = account.phone_numbers.0.as_array().into_iter().flatten();
            numbers.filter_map(|number| {
                let text = |name: &str| number.get(name).and_then(Value::as_str);
                Some(ConnectionNumber {
                    phone_number_id: text("id")?.to_owned(),
                    number: text("display")?.to_owned(),
                    name: text("verified_name").map(str::to_owned),
                    account: account.external_id.clone(),
                    account_name: account.name.clone(),
                })
            })
        })
}

fn row(stored: StoredChannel) -> ChannelRow {
    ChannelRow {
        id: stored.id,
        name: stored.name,
        kind: stored.kind,
        provider: stored.provider,
        description: stored.description,
        base_url: stored.base_url,
        sender: stored.sender,
        sender_id: stored.sender_id,
        settings: stored
            .settings
            .into_iter()
            .map(|(name, value)| match value {
                Value::String(text) => (name, text),
                other => (name, other.to_string()),
            })
            .collect(),
        of_connection: stored.connection_id.is_some(),
        active: stored.active,
        state: stored.state,
        state_reason: stored.state_reason,
        state_detail: stored.state_detail,
        state_since: stored.state_since,
        per_second: stored.per_second.and_then(|pace| u32::try_from(pace).ok()),
        updated_at: stored.updated_at,
    }
}
