//! When a message was written, by our own clock: conversations stand in the order of one clock, though
//! every provider tells times by its own.
//!
//! What goes out stands where it was handed to the provider. What comes in stands where the provider says,
//! less what its clock is ahead of ours, and never later than when it reached us. How far the clocks are
//! apart is learnt from what goes out: a provider cannot have sent a message before it was handed over,
//! nor after it told us so.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Timelike as _, Utc};
use rumbo_base::{ChannelId, ConversationId, MessageId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

statements! {
    AHEAD = "SELECT clock_ahead_ms FROM channels WHERE workspace_id = $1 AND id = $2";
    LEARN = "UPDATE channels SET clock_ahead_ms = $3 WHERE workspace_id = $1 AND id = $2";
    LAST_OF_MOMENT = "SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id = $2 \
        AND occurred_at = $3 ORDER BY id DESC LIMIT 1";
}

/// Differences below this are how long a call takes, and that some providers tell whole seconds.
const NOTICED: TimeDelta = TimeDelta::seconds(2);

/// Clocks are not further apart than this: a time that is says something else, or nothing.
const POSSIBLE: TimeDelta = TimeDelta::hours(26);

/// When a message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// By which the person's window is counted.
    pub at: DateTime<Utc>,
    /// Where it stands in its conversation.
    pub placed: DateTime<Utc>,
}

/// How far a channel's provider is ahead of our clock; negative where it is behind.
pub(super) async fn ahead(tx: &mut Tx, scope: &Scope, channel: ChannelId) -> Result<TimeDelta> {
    let ahead: Option<i64> = on_tx!(tx, |c| sqlx::query_scalar(AHEAD)
        .bind(scope.workspace)
        .bind(channel)
        .fetch_optional(c)
        .await)
    .db()?;
    Ok(ahead.map_or(TimeDelta::zero(), TimeDelta::milliseconds))
}

/// What a provider's time of a message is by our clock. `reached` is when it came here.
pub(super) fn written(told: DateTime<Utc>, ahead: TimeDelta, reached: DateTime<Utc>) -> Written {
    let at = (told - ahead).min(reached).trunc_subsecs(6);
    // A whole second stands for any moment within it: what answers something that was sent in it came
    // after that.
    let until = if told.nanosecond() == 0 {
        told + TimeDelta::microseconds(999_999)
    } else {
        told
    };
    let placed = (until - ahead).min(reached).trunc_subsecs(6);
    Written { at, placed }
}

/// An id for a message at a moment, after those of everything that stands there already: of what has the
/// same place, whichever came first stands first.
pub(super) async fn id_at(
    tx: &mut Tx,
    scope: &Scope,
    conversation: ConversationId,
    placed: DateTime<Utc>,
) -> Result<MessageId> {
    let id: MessageId = scope.id();
    let last: Option<MessageId> = on_tx!(tx, |c| sqlx::query_scalar(LAST_OF_MOMENT)
        .bind(scope.workspace)
        .bind(conversation)
        .bind(placed)
        .fetch_optional(c)
        .await)
    .db()?;
    let Some(last) = last.filter(|last| last.0 >= id.0) else {
        return Ok(id);
    };
    // Ids begin with the millisecond that they were made in.
    let made = last.0.get_timestamp().and_then(|made| {
        let (seconds, nanoseconds) = made.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
    });
    let after = made.unwrap_or_else(|| scope.now()) + TimeDelta::milliseconds(1);
    Ok(scope.entropy.id(after))
}

/// How far a provider's clock is ahead, by a message that was handed to it at `handed` and that it says
/// to have sent at `told`, which is known by now.
pub(super) fn difference(
    handed: DateTime<Utc>,
    told: DateTime<Utc>,
    now: DateTime<Utc>,
) -> TimeDelta {
    if told + NOTICED < handed {
        told - handed
    } else if told > now + NOTICED {
        told - now
    } else {
        TimeDelta::zero()
    }
}

/// Notes how far a channel's provider is ahead, where that is another difference than was known.
pub(super) async fn learn(
    tx: &mut Tx,
    scope: &Scope,
    channel: ChannelId,
    known: TimeDelta,
    seen: TimeDelta,
) -> Result<()> {
    if (seen - known).abs() < NOTICED || seen.abs() > POSSIBLE {
        return Ok(());
    }
    on_tx!(tx, |c| sqlx::query(LEARN)
        .bind(scope.workspace)
        .bind(channel)
        .bind(seen.num_milliseconds())
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_by_our_clock_and_never_after_it_was_heard_of() {
        let reached = at("2026-11-20T12:00:05Z");
        let plain = written(at("2026-11-20T12:00:01.250Z"), TimeDelta::zero(), reached);
        assert_eq!(plain.at, plain.placed);
        // Whole seconds: the window is counted from the first moment, the place is the last.
        let whole = written(at("2026-11-20T12:00:01Z"), TimeDelta::zero(), reached);
        assert_eq!(whole.at, at("2026-11-20T12:00:01Z"));
        assert_eq!(whole.placed, at("2026-11-20T12:00:01.999999Z"));
        let behind = written(at("2026-11-20T11:50:01Z"), TimeDelta::minutes(-10), reached);
        assert_eq!(behind.at, at("2026-11-20T12:00:01Z"));
        let future = written(at("2026-11-21T12:00:01Z"), TimeDelta::zero(), reached);
        assert_eq!((future.at, future.placed), (reached, reached));
    }

    #[test]
    fn only_what_cannot_be_otherwise_tells_clocks_apart() {
        let (handed, now) = (at("2026-11-20T12:00:00.700Z"), at("2026-11-20T12:00:09Z"));
        let ahead = |told: &str| difference(handed, at(told), now).num_seconds();
        assert_eq!(
            ahead("2026-11-20T12:00:00Z"),
            0,
            "a whole second of the same"
        );
        assert_eq!(ahead("2026-11-20T12:00:05Z"), 0);
        assert_eq!(ahead("2026-11-20T11:55:00.700Z"), -300);
        assert_eq!(ahead("2026-11-20T13:00:09Z"), 3_600);
    }
}
