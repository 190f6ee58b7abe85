//! One way to move a dispatch: the state machine decides, and dispatch, history and conversation are
//! written together.

use rumbo_base::Result;
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::state::{State, Step};
use super::store::{self, Dispatch, Event, Told};
use crate::conversations::outgoing::{self, Fate};

/// Takes a step that a provider or a person told of. Answers the new state; `None` where the step
/// changes nothing, which is kept as history all the same.
pub(super) async fn told(
    tx: &mut Tx,
    scope: &Scope,
    dispatch: &Dispatch,
    step: Step,
    told: &Told<'_>,
    source: &str,
) -> Result<Option<State>> {
    let at = told
        .read_at
        .or(told.delivered_at)
        .or(told.failed_at)
        .or(told.sent_at)
        .unwrap_or_else(|| scope.now());
    let word = match step {
        Step::Accept => State::Sent,
        Step::Deliver => State::Delivered,
        Step::See => State::Read,
        Step::Bounce => State::Bounced,
        _ => State::Failed,
    };
    store::note(
        tx,
        scope,
        &Event {
            dispatch: dispatch.id,
            state: word.word(),
            why: told.why,
            error_code: told.error_code,
            source,
            at,
        },
    )
    .await?;
    let next = dispatch.state.after(step);
    // Told late, a time is still news: a message that was read was delivered before.
    let state = next.unwrap_or(dispatch.state);
    if next.is_none() && matches!(step, Step::Refuse | Step::Bounce) {
        return Ok(None);
    }
    let told = Told {
        // What failed before it was delivered is no failure any more.
        why: if next.is_some() {
            told.why
        } else {
            dispatch.reason
        },
        error_code: if next.is_some() {
            told.error_code
        } else {
            dispatch.error_code.as_deref()
        },
        error_text: if next.is_some() {
            told.error_text
        } else {
            dispatch.error_text.as_deref()
        },
        ..told.clone()
    };
    store::tell(tx, scope, dispatch.id, state, &told).await?;
    if next.is_some_and(|_| dispatch.state.rank() <= State::Queued.rank()) {
        // Nothing of it was in the conversation, where it was skipped or withdrawn before a call.
        outgoing::pending(tx, scope, dispatch, None).await?;
    }
    let fate = Fate {
        provider_message_id: told.message_id,
        error_code: told.error_code,
        error_text: told.error_text,
        sent_at: told.sent_at,
        delivered_at: told.delivered_at,
        read_at: told.read_at,
        failed_at: told.failed_at,
    };
    outgoing::tell(tx, scope, dispatch, state, &fate).await?;
    Ok(next)
}
