//! Channels whose provider can be asked: what happened is fetched, with or without an agent.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{CacheTag, ChannelId, Result};
use rumbo_channels::Provider;
use rumbo_engage::channels::StoredChannel;
use rumbo_engage::conversations::ChannelRef;
use rumbo_engage::{channels, webhooks};
use rumbo_platform::{Scope, workspaces};

use super::readers;
use crate::{App, Context};

/// Pause between two turns. A provider that is asked holds the line while nothing happens.
const PAUSE: Duration = Duration::from_secs(2);

/// How often a provider is asked that answers at once, or that could not be asked.
const EVERY: TimeDelta = TimeDelta::seconds(30);

/// Who can be asked. Telegram holds the line until something happens.
const ASKED: [Provider; 3] = [Provider::Telegram, Provider::Twilio, Provider::Evolution];

/// A channel that was asked.
struct Turn {
    channel: ChannelId,
    failed: bool,
}

impl App {
    /// Asks every channel that can be asked, from now on until the program ends.
    pub(crate) fn start_polling(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            let mut asked: HashMap<ChannelId, DateTime<Utc>> = HashMap::new();
            let mut failed: Vec<ChannelId> = Vec::new();
            loop {
                let now = app.0.config.clock.now();
                let due = |channel: &StoredChannel| {
                    let before = asked.get(&channel.id).copied();
                    let waits =
                        channel.provider == Provider::Telegram && !failed.contains(&channel.id);
                    let is_due = waits || before.is_none_or(|before| now - before >= EVERY);
                    if is_due {
                        asked.insert(channel.id, now);
                    }
                    is_due
                };
                match app.poll_those(due).await {
                    Ok(turns) => {
                        failed.retain(|id| !turns.iter().any(|turn| turn.channel == *id));
                        let again = turns.into_iter().filter(|turn| turn.failed);
                        failed.extend(again.map(|turn| turn.channel));
                    }
                    Err(error) => tracing::warn!(error = error.chain(), "asking channels"),
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
        self.poll_those(|_| true).await.map(|_| ())
    }

    async fn poll_those(
        &self,
        mut due: impl FnMut(&StoredChannel) -> bool + Send,
    ) -> Result<Vec<Turn>> {
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
                if channel.active && ASKED.contains(&channel.provider) && due(&channel) {
                    let scope = scope.clone();
                    turns.push(async move {
                        let id = channel.id;
                        (id, self.poll(scope, channel).await)
                    });
                }
            }
        }
        let mut done = Vec::new();
        for (channel, turn) in futures::future::join_all(turns).await {
            if let Err(error) = &turn {
                tracing::warn!(%channel, error = error.chain(), "asking a channel");
            }
            done.push(Turn {
                channel,
                failed: turn.is_err(),
            });
        }
        Ok(done)
    }

    async fn poll(&self, scope: Scope, stored: StoredChannel) -> Result<()> {
        let channel = readers::open(self, &scope, stored.id).await?;
        let Some(polled) = channel.poll(stored.poll_cursor.as_deref()).await? else {
            return Ok(());
        };
        let moved = stored.poll_cursor.as_deref() != Some(polled.cursor.as_str());
        if !moved && polled.told.events.is_empty() {
            return Ok(());
        }
        let whose = ChannelRef {
            id: stored.id,
            provider: stored.provider,
        };
        // The next question tells the provider that this is kept.
        let mut tx = scope.write_lasting().await?;
        let told = &polled.told;
        let worked = Box::pin(webhooks::take_polled(&mut tx, &scope, whose, told)).await?;
        if moved {
            channels::set_poll_cursor(&mut tx, &scope, stored.id, &polled.cursor).await?;
        }
        tx.commit().await?;
        if worked.contains(&webhooks::Worked::Done) {
            self.fetch_files_soon(scope.workspace);
            let stale = [
                CacheTag::Conversations,
                CacheTag::Contacts,
                CacheTag::Outbox,
                CacheTag::Channels,
            ];
            Context::new(self.clone(), Some(scope)).changed(&stale);
        }
        Ok(())
    }
}
