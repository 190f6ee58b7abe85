//! Where providers can call, and what came there (DETAILS D-2).

use rumbo_base::{ChannelId, Result};
use rumbo_channels::Provider;
use rumbo_engage::webhooks::{self, LastDelivery};

use super::doors::{META_PATH, YCLOUD_PATH, channel_path};
use crate::dashboard::count;
use crate::wire::{ListWebhooks, WebhookRow, Webhooks};
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
    let channels = webhooks::addressed(&mut tx, scope.workspace).await?;
    drop(tx);
    let agent = cx.app.agent().await;
    let kept = cx.app.0.state.get().agent;
    let base = agent
        .as_ref()
        .map(|agent| agent.public_url.trim_end_matches('/').to_owned());
    let url = |path: &str| base.as_ref().map(|base| format!("{base}{path}"));
    let signed = connection::app_secret(cx).await?.is_some();
    let has = |provider: Provider| channels.iter().any(|channel| channel.provider == provider);
    let mut rows = vec![WebhookRow {
        url: url(META_PATH),
        path: META_PATH.to_owned(),
        signed: Some(signed),
        ..row(Provider::WhatsappCloud, None, of(&last, &META, None))
    }];
    if has(Provider::Ycloud) {
        rows.push(WebhookRow {
            url: url(YCLOUD_PATH),
            path: YCLOUD_PATH.to_owned(),
            ..row(Provider::Ycloud, None, of(&last, &[Provider::Ycloud], None))
        });
    }
    for channel in channels {
        if META.contains(&channel.provider)
            || matches!(channel.provider, Provider::Ycloud | Provider::Smtp)
        {
            continue;
        }
        let path = channel_path(channel.provider, channel.id);
        let told = of(&last, &[channel.provider], Some(channel.id));
        rows.push(WebhookRow {
            url: url(&path),
            channel: Some(channel.name),
            path,
            ..row(channel.provider, Some(channel.id), told)
        });
    }
    Ok(Webhooks {
        agent_url: agent.map(|agent| agent.url),
        port: kept.as_ref().map(|kept| kept.port),
        public_url: kept.and_then(|kept| kept.public_url),
        verify_token: cx.app.webhook_verify_token()?,
        rows,
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
        signed: None,
        last_at: told.iter().map(|one| one.received_at).max(),
        deliveries: sum(|one| one.deliveries),
        waiting: sum(|one| one.waiting),
        refused: sum(|one| one.refused),
        reason: told.iter().find_map(|one| one.reason.clone()),
    }
}
