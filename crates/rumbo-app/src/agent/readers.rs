//! Who reads what a provider sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{ChannelId, Code, Result, WorkspaceId};
use rumbo_channels::{
    Channel, Provider, Told, WebhookRefusal, WebhookRequest, read_meta, read_ycloud,
};
use rumbo_engage::channels;
use rumbo_engage::webhooks::Readers;
use rumbo_http::HttpSettings;
use rumbo_platform::Scope;

use crate::App;

/// Reads with the channels of each workspace.
#[derive(Clone, Debug)]
pub(super) struct OfChannels(pub App);

#[async_trait]
impl Readers for OfChannels {
    async fn read(
        &self,
        scope: &Scope,
        provider: Provider,
        channel: Option<ChannelId>,
        request: &WebhookRequest<'_>,
    ) -> Result<Option<Result<Told, WebhookRefusal>>> {
        Ok(match (provider, channel) {
            // Meta tells an app everything at one address, whether there is a channel or not.
            (Provider::WhatsappCloud | Provider::Messenger | Provider::Instagram, _) => {
                Some(read_meta(request))
            }
            (Provider::Ycloud, _) => Some(read_ycloud(request)),
            (_, None) => None,
            (_, Some(id)) => match open(&self.0, scope, id).await {
                Ok(channel) => Some(channel.read(request)),
                Err(error) if error.code() == Code::NotFound => None,
                Err(error) => return Err(error),
            },
        })
    }
}

/// A channel that was opened is used this long: its secrets may be others by then.
const USED_FOR: TimeDelta = TimeDelta::seconds(20);

/// Channels that were opened, so that the vault is not asked for every call.
#[derive(Default)]
pub(crate) struct Opened(Mutex<HashMap<(WorkspaceId, ChannelId), Kept>>);

struct Kept {
    channel: Arc<dyn Channel>,
    at: DateTime<Utc>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").finish_non_exhaustive()
    }
}

/// Opens a channel with its secrets, or gives the one that was opened just now.
///
/// # Errors
/// `NotFound` where there is none, and as [`channels::open_channel`].
pub(super) async fn open(app: &App, scope: &Scope, id: ChannelId) -> Result<Arc<dyn Channel>> {
    let opened = &app.0.agent.opened;
    let at = (scope.workspace, id);
    let now = scope.now();
    {
        let all = opened.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get(&at)
            && now - kept.at < USED_FOR
        {
            return Ok(kept.channel.clone());
        }
    }
    let http = HttpSettings::default();
    let channel = channels::open_channel(scope, &app.0.vault, http, id).await?;
    let mut all = opened.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, kept| now - kept.at < USED_FOR);
    let kept = Kept {
        channel: channel.clone(),
        at: now,
    };
    all.insert(at, kept);
    Ok(channel)
}
