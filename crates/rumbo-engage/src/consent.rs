//! Who wants to be written to, on which kind of channel, since when and how that is known (SPEC C1).
//!
//! What a contact said is a line of `contact_consents`, of which the last one holds. What an address
//! said is a suppression: it holds for everybody who has that address, so that a second contact with
//! the same number is no way round it.

mod file;
mod keywords;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Result};
use rumbo_channels::{ChannelKind, NotSent};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use rumbo_platform::audit::{self, Deed};
use serde_json::{Value, json};

use crate::words::words;

pub use file::{Entry, Imported, Reader, Rejected, Row, csv, import_file};
pub use keywords::{KEYWORDS, Keyword, Wish, wish, wish_of_button};
pub use store::{ConsentRow, STATEMENTS, Suppression, history, suppressions};

words! {
    /// How far a suppression reaches.
    pub enum Reach("scope") {
        /// Everything that is not an answer to the person's own message.
        All = "all",
        /// Marketing alone.
        Marketing = "marketing",
    }
}

words! {
    /// How a wish is known.
    pub enum Source("source") {
        /// The person wrote a keyword, such as STOP.
        Keyword = "keyword",
        /// The person stopped or resumed marketing at the provider.
        Preference = "preference",
        /// The provider refused a message because of the person's wish.
        Refusal = "refusal",
        /// A list that was imported.
        Import = "import",
        /// Somebody entered it.
        Person = "person",
    }
}

/// What a message from a person changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    pub wish: Wish,
    /// How many contacts have the address.
    pub contacts: usize,
}

/// Reads a message from a person as a wish to be left alone, or to be written to again: a keyword,
/// alone in the message, or on the button that was `pressed`. `None` for everything else. Whatever it
/// says, its address can be reached again. Told twice, it changes nothing.
///
/// # Errors
/// When the store cannot be written.
pub async fn from_message(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    body: &str,
    pressed: bool,
    at: DateTime<Utc>,
) -> Result<Option<Changed>> {
    store::unbounce(tx, scope, kind, address, at).await?;
    let said = if pressed {
        wish_of_button(body)
    } else {
        wish(body)
    };
    let Some(wish) = said else {
        return Ok(None);
    };
    let said = Said {
        kind,
        address,
        wish,
        reach: Reach::All,
        source: Source::Keyword,
        note: Some(body.trim()),
        at,
    };
    let contacts = record(tx, scope, &said, &[]).await?;
    Ok(Some(Changed { wish, contacts }))
}

/// Notes that a person stopped (`marketing` is false) or resumed marketing messages at the provider.
///
/// # Errors
/// When the store cannot be written.
pub async fn from_preference(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    marketing: bool,
    at: DateTime<Utc>,
) -> Result<Changed> {
    let wish = if marketing { Wish::Start } else { Wish::Stop };
    let said = Said {
        kind,
        address,
        wish,
        reach: Reach::Marketing,
        source: Source::Preference,
        note: None,
        at,
    };
    let contacts = record(tx, scope, &said, &[]).await?;
    Ok(Changed { wish, contacts })
}

/// Notes what a refusal says of an address: it can never be reached, or the person does not want it.
pub(crate) async fn from_refusal(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    refusal: &NotSent,
    at: DateTime<Utc>,
) -> Result<()> {
    if refusal.bounced {
        let note = refusal.code.as_deref();
        store::suppress(tx, scope, kind, address, Reach::All, BOUNCED, note, at).await?;
    }
    if refusal.opted_out {
        let said = Said {
            kind,
            address,
            wish: Wish::Stop,
            reach: Reach::Marketing,
            source: Source::Refusal,
            note: refusal.code.as_deref(),
            at,
        };
        record(tx, scope, &said, &[]).await?;
    }
    Ok(())
}

/// The source of a suppression that nobody wished for: the address can never be reached.
const BOUNCED: &str = crate::outbox::BOUNCED;

/// Enters what a contact said, for their address on that kind of channel as well.
///
/// # Errors
/// `NotFound` for a contact that is not there.
pub async fn set(
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    kind: ChannelKind,
    wish: Wish,
    note: Option<&str>,
) -> Result<()> {
    let stored = rumbo_crm::contacts::get(tx, scope.workspace, contact).await?;
    let addresses = store::addresses_of(tx, scope, &stored, kind).await?;
    let now = scope.now();
    let mut said = Said {
        kind,
        address: "",
        wish,
        reach: Reach::All,
        source: Source::Person,
        note,
        at: now,
    };
    if addresses.is_empty() {
        record(tx, scope, &said, &[contact]).await?;
    }
    for address in &addresses {
        said.address = address;
        record(tx, scope, &said, &[contact]).await?;
    }
    let deed = Deed {
        action: "set_consent",
        object_kind: "contact",
        object_id: contact.to_string(),
        before: Value::Null,
        after: json!({ "kind": kind.word(), "wants": wish == Wish::Start }),
    };
    audit::record(tx, scope, &deed).await
}

/// A wish, wherever it comes from.
struct Said<'a> {
    kind: ChannelKind,
    address: &'a str,
    wish: Wish,
    reach: Reach,
    source: Source,
    note: Option<&'a str>,
    at: DateTime<Utc>,
}

/// Records a wish for an address and for every contact that has it. Answers how many they are.
async fn record(
    tx: &mut Tx,
    scope: &Scope,
    said: &Said<'_>,
    besides: &[ContactId],
) -> Result<usize> {
    let mut contacts = store::contacts_with(tx, scope, said.kind, said.address).await?;
    contacts.extend(besides);
    contacts.sort_unstable();
    contacts.dedup();
    // A wish that was overtaken by a later one is history: it does not undo it.
    let overtaken = store::later_wish(tx, scope, said, &contacts).await?;
    for contact in &contacts {
        store::say(tx, scope, *contact, said).await?;
    }
    if overtaken || said.address.is_empty() {
        return Ok(contacts.len());
    }
    match said.wish {
        Wish::Stop => {
            store::suppress(
                tx,
                scope,
                said.kind,
                said.address,
                said.reach,
                said.source.word(),
                said.note,
                said.at,
            )
            .await?;
        }
        Wish::Start => {
            store::release(tx, scope, said.kind, said.address, said.reach, said.at).await?;
        }
    }
    Ok(contacts.len())
}
