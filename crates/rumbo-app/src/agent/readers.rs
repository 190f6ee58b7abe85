//! Who reads what a provider sent.

use std::sync::Arc;

use async_trait::async_trait;
use rumbo_base::{ChannelId, Code, Error, Reason, Result};
use rumbo_channels::{
    Channel, Provider, Told, WebhookRefusal, WebhookRequest, read_meta, read_ycloud,
};
use rumbo_engage::webhooks::Readers;
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

/// Opens a channel with its secrets.
///
/// # Errors
/// `NotFound` where there is none.
pub(super) async fn open(_app: &App, _scope: &Scope, _id: ChannelId) -> Result<Arc<dyn Channel>> {
    Err(Error::new(
        Code::NotFound,
        "This channel does not exist any more. Look again.",
    )
    .reason(Reason::Gone)
    .param("what", "channel"))
}
