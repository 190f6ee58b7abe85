//! A message to oneself, to see that a channel works.

use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use rumbo_engage::outbox::{self, TestSays};

use crate::Context;
use crate::wire::{SendTestMessage, TestMessage};

/// Sends a message to an address of one's own, through the outbox and everything that guards it.
///
/// # Errors
/// `InvalidInput` that names the field; `Conflict` where the channel cannot send; `NotFound`.
pub async fn send_test_message(cx: &Context, req: SendTestMessage) -> Result<TestMessage> {
    let says = match (req.template_id, req.text) {
        (Some(id), None) => TestSays::Template(id),
        (None, Some(body)) => TestSays::Text {
            subject: req
                .subject
                .map(|subject| subject.trim().to_owned())
                .filter(|subject| !subject.is_empty()),
            body,
        },
        _ => {
            return Err(Error::new(
                Code::InvalidInput,
                "A test says either a text or a template. Give one of the two.",
            )
            .reason(Reason::ValueMissing)
            .field("text"));
        }
    };
    let scope = cx.scope()?;
    let mut tx = scope.write().await?;
    let sender = outbox::sender(&mut tx, scope.workspace, req.channel_id).await?;
    let (dispatch_id, state, why) =
        outbox::send_test(&mut tx, scope, sender, &req.address, &says).await?;
    tx.commit().await?;
    cx.changed(&[
        CacheTag::Outbox,
        CacheTag::Conversations,
        CacheTag::Contacts,
    ]);
    cx.app.send_soon(scope.workspace);
    Ok(TestMessage {
        dispatch_id,
        state: state.word().to_owned(),
        reason: why.map(|why| why.word().to_owned()),
    })
}
