//! Where providers can call, and what came there (DETAILS D-2).

use rumbo_base::{ChannelId, Result};
use rumbo_channels::{Provider, webhook_fields};
use rumbo_engage::channels;
use rumbo_engage::webhooks::{self, LastDelivery};

use super::doors::{META_PATH, YCLOUD_PATH, channel_path};
use crate::dashboard::count;
use crate::wire::{ListWebhooks, WebhookRefused, WebhookRow, Webhooks};
use crate::{Context, connection};

/// What Meta tells of, all of it at one address.
const META: [Provider; 3] = [
    Provider::WhatsappCloud,
    Provider::Messenger,
    Provider::Instagram,
];

/// Where providers can call, and what came there.
pub async fn list_webhooks(cx: &Context, _req: ListWebhooks) -> Result<Webhooks> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let last = webhooks::last_deliveries(&mut tx, scope.workspace).await?;
    let refusals = webhooks::last_refusals(&mut tx, scope.workspace).await?;
    let channels = webhooks::addressed(&mut tx, scope.workspace).await?;
    drop(tx);
    let agent = cx.app.agent().await;
    let kept = cx.app.0.state.get().agent;
    let base = agent
        .as_ref()
        .map(|agent| agent.public_url.trim_end_matches('/').to_owned());
    let at = |path: String, row: WebhookRow| WebhookRow {
        url: base.as_ref().map(|base| format!("{base}{path}")),
        last_refusal: refusals
            .iter()
            .find(|refusal| refusal.path == path)
            .map(|refusal| WebhookRefused {
                at: refusal.refused_at,
                reason: refusal.reason.clone(),
            }),
        path,
        ..row
    };
    let signed = connection::app_secret(cx).await?.is_some();
    let meta = row(Provider::WhatsappCloud, None, of(&last, &META, None));
    let mut rows = vec![at(
        META_PATH.to_owned(),
        WebhookRow {
            signed,
            fields: META.into_iter().flat_map(of_object).collect(),
            ..meta
        },
    )];
    let mut ycloud = None;
    for channel in channels {
        if META.contains(&channel.provider) || channel.provider == Provider::Smtp {
            continue;
        }
        let signed = guarded(cx, channel.provider, channel.id).await?;
        if channel.provider == Provider::Ycloud {
            // One address for every number: a secret of any of them will do.
            let told = of(&last, &[Provider::Ycloud], None);
            let one = ycloud.get_or_insert_with(|| row(Provider::Ycloud, None, told));
            one.signed |= signed;
            continue;
        }
        let told = of(&last, &[channel.provider], Some(channel.id));
        let known = row(channel.provider, Some(channel.id), told);
        rows.push(at(
            channel_path(channel.provider, channel.id),
            WebhookRow {
                channel: Some(channel.name),
                signed,
                ..known
            },
        ));
    }
    if let Some(one) = ycloud {
        rows.insert(1, at(YCLOUD_PATH.to_owned(), one));
    }
    Ok(Webhooks {
        environment: agent
            .as_ref()
            .map(|agent| agent.environment)
            .or(kept.as_ref().map(|kept| kept.environment))
            .unwrap_or_default(),
        agent_url: agent.map(|agent| agent.url),
        port: kept.as_ref().map(|kept| kept.port),
        public_url: kept.and_then(|kept| kept.public_url),
        verify_token: cx.app.webhook_verify_token()?,
        rows,
    })
}

/// What Meta's console calls the fields of a product: the object, and the field of it.
fn of_object(provider: Provider) -> impl Iterator<Item = String> {
    let object = match provider {
        Provider::Messenger => "page",
        Provider::Instagram => "instagram",
        _ => "whatsapp_business_account",
    };
    webhook_fields(provider)
        .iter()
        .map(move |field| format!("{object}: {field}"))
}

/// Whether the vault has what the calls of a channel are checked with.
async fn guarded(cx: &Context, provider: Provider, id: ChannelId) -> Result<bool> {
    let held = channels::held_secrets(cx.scope()?, &cx.app.0.vault, id).await?;
    Ok(match provider {
        // The key of the account signs, or travels along.
        Provider::Twilio | Provider::Evolution => held.contains_key("token"),
        _ => held.contains_key("webhook_secret"),
    })
}

/// What came of some providers at one address.
fn of<'l>(
    last: &'l [LastDelivery],
    providers: &[Provider],
    channel: Option<ChannelId>,
) -> Vec<&'l LastDelivery> {
    last.iter()
        .filter(|told| providers.contains(&told.provider) && told.channel == channel)
        .collect()
}

fn row(provider: Provider, channel_id: Option<ChannelId>, told: Vec<&LastDelivery>) -> WebhookRow {
    let sum = |number: fn(&LastDelivery) -> i64| count(told.iter().map(|one| number(one)).sum());
    WebhookRow {
        provider,
        channel_id,
        channel: None,
        path: String::new(),
        url: None,
        signed: false,
        fields: webhook_fields(provider)
            .iter()
            .map(|field| (*field).to_owned())
            .collect(),
        last_refusal: None,
        last_at: told.iter().map(|one| one.received_at).max(),
        deliveries: sum(|one| one.deliveries),
        waiting: sum(|one| one.waiting),
        refused: sum(|one| one.refused),
        reason: told.iter().find_map(|one| one.reason.clone()),
    }
}
