//! Asking Chatwoot what is new: for those whom its webhooks do not reach, and for what they lost.

use chrono::TimeDelta;
use rumbo_base::{ChatwootLinkId, ConversationId, Result};
use rumbo_channels::{
    CONVERSATIONS_A_PAGE, Chatwoot, ChatwootFailure, ConversationTold, MESSAGES_A_PAGE,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use super::links::{self, Link};
use super::replies::{self, Heard};
use super::work::{Report, Timing};

statements! {
    READ_UNTIL = "SELECT read_until FROM chatwoot_conversations WHERE workspace_id = $1 AND link_id = $2 AND chatwoot_id = $3";
    SET_READ_UNTIL = "UPDATE chatwoot_conversations SET read_until = $4 \
        WHERE workspace_id = $1 AND link_id = $2 AND chatwoot_id = $3 AND read_until < $4";
    ASKED_FOR = "SELECT conversation_id FROM chatwoot_conversations WHERE workspace_id = $1 AND link_id = $2 \
        AND conversation_id = $3";
}

/// Pages of conversations in one turn at most: what is older is read by the next turn.
const PAGES: u32 = 40;

/// Seconds that are read again: a message may be there a little later than its number and its time
/// say, and after others.
const OVERLAP: i64 = 30;

/// Asks, where it is time.
pub(super) async fn run(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    timing: &Timing,
) -> Result<(Report, Option<ChatwootFailure>)> {
    let mut report = Report::default();
    let now = scope.now();
    if link.poll_due_at > now {
        return Ok((report, None));
    }
    let since = link.polled_until - OVERLAP;
    let mut newest = link.polled_until;
    let mut active: Vec<ConversationTold> = Vec::new();
    for page in 1..=PAGES {
        let told = match chatwoot
            .conversations(link.account_id, link.inbox_id, page)
            .await
        {
            Ok(told) => told,
            Err(failure) if failure.is_everywhere() => return Ok((report, Some(failure))),
            Err(failure) => {
                tracing::warn!(%failure, "what is new in Chatwoot");
                let mut tx = scope.write().await?;
                let next = now + timing.poll * 3;
                links::polled(&mut tx, scope, link.id, next, link.polled_until).await?;
                tx.commit().await?;
                return Ok((report, None));
            }
        };
        let full = told.len() >= CONVERSATIONS_A_PAGE;
        let fresh: Vec<ConversationTold> = told
            .into_iter()
            .filter(|it| it.last_activity_at >= since)
            .collect();
        let more = full && fresh.len() >= CONVERSATIONS_A_PAGE;
        newest = fresh
            .iter()
            .map(|it| it.last_activity_at)
            .fold(newest, i64::max);
        active.extend(fresh);
        if !more {
            break;
        }
    }
    // The oldest first: what is read stays read, however this ends.
    active.sort_by_key(|it| (it.last_activity_at, it.id));
    active.dedup_by_key(|it| it.id);
    for told in &active {
        if let Some(failure) = conversation(scope, chatwoot, link, told, &mut report).await? {
            if failure.is_everywhere() {
                return Ok((report, Some(failure)));
            }
            tracing::warn!(%failure, "what is new in a conversation of Chatwoot");
            // It is asked for again, with everything after it.
            newest = newest.min(told.last_activity_at);
        }
    }
    // Where webhooks come and can be believed, asking is only for what they lost.
    let told_lately = link
        .told_at
        .is_some_and(|at| now - at < TimeDelta::minutes(30));
    let pause = if link.signed && told_lately {
        timing.poll_beside_webhooks
    } else {
        timing.poll
    };
    let mut tx = scope.write().await?;
    links::polled(&mut tx, scope, link.id, now + pause, newest).await?;
    tx.commit().await?;
    Ok((report, None))
}

/// Reads what is new in a conversation.
async fn conversation(
    scope: &Scope,
    chatwoot: &Chatwoot,
    link: &Link,
    told: &ConversationTold,
    report: &mut Report,
) -> Result<Option<ChatwootFailure>> {
    let mut tx = scope.write().await?;
    if let Some(ours) = told.ours
        && !is_ours(&mut tx, scope, link.id, ours).await?
    {
        // Of another workspace, or of a store that is no more.
        return Ok(None);
    }
    if let Heard::Resolved(_) = replies::conversation(&mut tx, scope, link, told).await? {
        report.resolved += 1;
    }
    let mut after = read_until(&mut tx, scope, link.id, told.id)
        .await?
        .unwrap_or_default();
    tx.commit().await?;
    loop {
        let page = match chatwoot.messages(link.account_id, told.id, after).await {
            Ok(page) => page,
            // Deleted meanwhile.
            Err(ChatwootFailure::NotFound(_)) => return Ok(None),
            Err(failure) => return Ok(Some(failure)),
        };
        let last = page.iter().map(|it| it.id).max().unwrap_or(after);
        let mut tx = scope.write().await?;
        for mut message in page.iter().cloned() {
            message.hint = message.hint.or(told.ours);
            if replies::message(&mut tx, scope, link, &message).await? == Heard::Reply {
                report.heard += 1;
            }
        }
        let settled = page
            .iter()
            .filter(|it| it.at.timestamp() < told.last_activity_at - OVERLAP)
            .map(|it| it.id)
            .max();
        if let Some(settled) = settled {
            set_read_until(&mut tx, scope, link.id, told.id, settled).await?;
        }
        tx.commit().await?;
        if page.len() < MESSAGES_A_PAGE || last <= after {
            return Ok(None);
        }
        after = last;
    }
}

async fn is_ours(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    conversation: ConversationId,
) -> Result<bool> {
    let found: Option<ConversationId> = on_tx!(tx, |c| sqlx::query_scalar(ASKED_FOR)
        .bind(scope.workspace)
        .bind(link)
        .bind(conversation)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(found.is_some())
}

async fn read_until(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    place: i64,
) -> Result<Option<i64>> {
    on_tx!(tx, |c| sqlx::query_scalar(READ_UNTIL)
        .bind(scope.workspace)
        .bind(link)
        .bind(place)
        .fetch_optional(c)
        .await)
    .db()
}

async fn set_read_until(
    tx: &mut Tx,
    scope: &Scope,
    link: ChatwootLinkId,
    place: i64,
    until: i64,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(SET_READ_UNTIL)
        .bind(scope.workspace)
        .bind(link)
        .bind(place)
        .bind(until)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
