//! Channels whose provider can be asked: what happened is fetched, with or without an agent.

use std::time::Duration;

use rumbo_base::{CacheTag, Result};
use rumbo_channels::Provider;
use rumbo_engage::conversations::ChannelRef;
use rumbo_engage::{channels, webhooks};
use rumbo_platform::{Scope, workspaces};

use super::readers;
use crate::{App, Context};

/// Pause between two turns. A provider that is asked holds the line while nothing happens.
const PAUSE: Duration = Duration::from_secs(2);

/// Who can be asked.
const ASKED: [Provider; 1] = [Provider::Telegram];

impl App {
    /// Asks every channel that can be asked, from now on until the program ends.
    pub(crate) fn start_polling(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = app.poll_channels().await {
                    tracing::warn!(error = error.chain(), "asking channels");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    /// Asks every channel that can be asked, once, side by side.
    ///
    /// # Errors
    /// When the store cannot be read; one channel's trouble is in the log and not the others'.
    pub async fn poll_channels(&self) -> Result<()> {
        let mut tx = self.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        drop(tx);
        let mut turns = Vec::new();
        for workspace in all.iter().filter(|w| w.archived_at.is_none()) {
            let scope = self.scope_of(workspace.id).await?;
            let mut tx = scope.read().await?;
            let found = channels::list(&mut tx, scope.workspace).await?;
            drop(tx);
            for channel in found {
                if channel.active && ASKED.contains(&channel.provider) {
                    turns.push(self.poll(scope.clone(), channel));
                }
            }
        }
        for turn in futures::future::join_all(turns).await {
            if let Err(error) = turn {
                tracing::warn!(error = error.chain(), "asking a channel");
            }
        }
        Ok(())
    }

    async fn poll(&self, scope: Scope, stored: channels::StoredChannel) -> Result<()> {
        let channel = readers::open(self, &scope, stored.id).await?;
        let Some(polled) = channel.poll(stored.poll_cursor.as_deref()).await? else {
            return Ok(());
        };
        if stored.poll_cursor.as_deref() == Some(polled.cursor.as_str()) {
            return Ok(());
        }
        let whose = ChannelRef {
            id: stored.id,
            provider: stored.provider,
        };
        let mut tx = scope.write().await?;
        let told = &polled.told;
        let worked = Box::pin(webhooks::take_polled(&mut tx, &scope, whose, told)).await?;
        channels::set_poll_cursor(&mut tx, &scope, stored.id, &polled.cursor).await?;
        tx.commit().await?;
        if worked.contains(&webhooks::Worked::Done) {
            self.fetch_files_soon(scope.workspace);
            let stale = [CacheTag::Conversations, CacheTag::Contacts];
            Context::new(self.clone(), Some(scope)).changed(&stale);
        }
        Ok(())
    }
}
