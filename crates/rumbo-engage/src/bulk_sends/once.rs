//! What keeps a bulk send from being begun a second time: whoever asked for it may not have heard that
//! it was begun, because the program was ended or the line was cut, and asks again.

use chrono::TimeDelta;
use rumbo_base::{BulkSendId, Code, Error, Reason, Result, WorkspaceId};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use sha2::{Digest as _, Sha256};

use super::store::{self, BulkSend};
use super::{Draft, Says, Whom, audience, stored_whom};

/// How far back one that says the same to the same people counts as the same.
pub const SAME_FOR: TimeDelta = TimeDelta::hours(24);

/// Which bulk sends are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Once {
    /// All of one key, which the caller chose. There is never a second one of it.
    Key(String),
    /// All that say the same to the same people on the same channel within [`SAME_FOR`].
    Same,
}

/// The longest key.
const KEY_LENGTH: usize = 200;

/// Whether it was begun before.
pub(super) enum Begun {
    Before(Box<BulkSend>),
    /// It was not, and is to have this id.
    Not(BulkSendId),
}

/// Looks for the bulk send that was begun before. Nobody else may begin one meanwhile.
pub(super) async fn begun(tx: &mut Tx, scope: &Scope, once: &Once, draft: &Draft) -> Result<Begun> {
    let asked = audience(tx, scope, &draft.whom).await?;
    let whom = stored_whom(&asked, &draft.whom);
    match once {
        Once::Key(key) => {
            let id = id_of(scope.workspace, key)?;
            match store::find(tx, scope, id).await? {
                None => Ok(Begun::Not(id)),
                Some(bulk) if same(&bulk, draft, &whom) => Ok(Begun::Before(Box::new(bulk))),
                Some(bulk) => Err(Error::new(
                    Code::Conflict,
                    format!(
                        "The key \"{}\" belongs to the bulk send {}, which says something else or goes \
                         to others. Use another key.",
                        key.trim(),
                        bulk.name
                    ),
                )
                .reason(Reason::SendKeyTaken)
                .param("key", key.trim())
                .param("name", &bulk.name)
                .field("key")),
            }
        }
        Once::Same => {
            let since = scope.now() - SAME_FOR;
            let found = store::recent(tx, scope, draft.channel, since)
                .await?
                .into_iter()
                .find(|bulk| same(bulk, draft, &whom));
            Ok(match found {
                Some(bulk) => Begun::Before(Box::new(bulk)),
                None => Begun::Not(scope.id()),
            })
        }
    }
}

fn same(bulk: &BulkSend, draft: &Draft, whom: &Whom) -> bool {
    bulk.channel_id == draft.channel && bulk.says() == &draft.says && bulk.whom == *whom
}

impl BulkSend {
    fn says(&self) -> &Says {
        &self.stored.says
    }
}

/// The id of a bulk send with a key: the database lets there be one of it.
fn id_of(workspace: WorkspaceId, key: &str) -> Result<BulkSendId> {
    let key = key.trim();
    if key.is_empty() || key.chars().count() > KEY_LENGTH {
        return Err(Error::new(
            Code::InvalidInput,
            format!("A key has 1 to {KEY_LENGTH} characters. Choose another."),
        )
        .reason(Reason::SendKeyLength)
        .param("most", KEY_LENGTH)
        .field("key"));
    }
    let mut hash = Sha256::new();
    hash.update(workspace.0.as_bytes());
    hash.update(key.as_bytes());
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    for (byte, of_hash) in bytes.iter_mut().zip(digest) {
        *byte = of_hash;
    }
    Ok(BulkSendId(
        uuid::Builder::from_custom_bytes(bytes).into_uuid(),
    ))
}
