//! SQL of consent.

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Page, PageRequest, Result};
use rumbo_channels::ChannelKind;
use rumbo_crm::contacts::Contact;
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use super::{BOUNCED, Entry, Reach, Said, Source, Wish};

statements! {
    BY_PHONE = "SELECT id FROM contacts WHERE workspace_id = $1 AND phone = $2 UNION SELECT contact_id \
        FROM contact_external_ids WHERE workspace_id = $1 AND platform = 'phone' AND external_id = $2";
    BY_EMAIL = "SELECT id FROM contacts WHERE workspace_id = $1 AND email = $2 UNION SELECT contact_id \
        FROM contact_external_ids WHERE workspace_id = $1 AND platform = 'email' AND external_id = $2";
    BY_CONVERSATION = "SELECT DISTINCT v.contact_id FROM channels h JOIN conversations v ON v.workspace_id = $1 \
        AND v.channel_id = h.id AND v.address = $2 WHERE h.workspace_id = $1 AND h.kind = $3 \
        AND v.contact_id IS NOT NULL";
    ADDRESSES = "SELECT DISTINCT v.address FROM conversations v JOIN channels h ON h.workspace_id = $1 \
        AND h.id = v.channel_id WHERE v.workspace_id = $1 AND v.contact_id = $2 AND h.kind = $3 ORDER BY v.address";
    SAID = "SELECT COUNT(*) FROM contact_consents WHERE workspace_id = $1 AND contact_id = $2 AND channel = $3 \
        AND consent = $4 AND source = $5 AND occurred_at = $6";
    SAID_LATER = "SELECT COUNT(*) FROM contact_consents WHERE workspace_id = $1 AND contact_id = $2 AND channel = $3 \
        AND occurred_at > $4";
    WANTED_LATER = "SELECT COUNT(*) FROM contact_consents WHERE workspace_id = $1 AND contact_id = $2 \
        AND channel = $3 AND consent = 'opted_in' AND occurred_at > $4";
    SAY = "INSERT INTO contact_consents (workspace_id, id, contact_id, channel, consent, source, note, occurred_at, \
        created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)";
    /// A wish that is known keeps the moment at which it was told last, and is not forgotten over a bounce:
    /// that one may end without them.
    SUPPRESS = "INSERT INTO suppressions (workspace_id, kind, address, scope, source, note, occurred_at, created_at, \
        created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (workspace_id, kind, address, scope) \
        DO UPDATE SET source = excluded.source, note = excluded.note, occurred_at = excluded.occurred_at \
        WHERE suppressions.occurred_at < excluded.occurred_at AND NOT (suppressions.source = 'bounced' \
        AND excluded.source = 'import') AND NOT (suppressions.source <> 'bounced' AND excluded.source = 'bounced')";
    SUPPRESSED_LATER = "SELECT COUNT(*) FROM suppressions WHERE workspace_id = $1 AND kind = $2 AND address = $3 \
        AND occurred_at > $4";
    RELEASE = "DELETE FROM suppressions WHERE workspace_id = $1 AND kind = $2 AND address = $3 \
        AND ($4 = 'all' OR scope = $4) AND occurred_at <= $5";
    UNBOUNCE = "DELETE FROM suppressions WHERE workspace_id = $1 AND kind = $2 AND address = $3 AND scope = 'all' \
        AND source = 'bounced' AND occurred_at <= $4";
    HISTORY = "SELECT channel, consent, source, note, occurred_at FROM contact_consents WHERE workspace_id = $1 \
        AND contact_id = $2 ORDER BY occurred_at DESC, id DESC LIMIT 500";
    LIST = "SELECT kind, address, scope, source, note, occurred_at FROM suppressions WHERE workspace_id = $1 \
        AND ($2 = '' OR kind = $2) AND ($3 = '' OR address LIKE $3 ESCAPE '!') \
        AND (kind, address, scope) > ($4, $5, $6) ORDER BY kind, address, scope LIMIT $7";
}

/// What a contact said once.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ConsentRow {
    /// The kind of channel.
    pub channel: String,
    /// `opted_in` or `opted_out`.
    pub consent: String,
    pub source: String,
    pub note: Option<String>,
    pub occurred_at: DateTime<Utc>,
}

/// An address that is not written to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Suppression {
    pub kind: ChannelKind,
    pub address: String,
    /// `all` or `marketing`.
    pub scope: String,
    pub source: String,
    pub note: Option<String>,
    pub occurred_at: DateTime<Utc>,
}

/// What a contact said, newest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn history(tx: &mut Tx, scope: &Scope, contact: ContactId) -> Result<Vec<ConsentRow>> {
    on_tx!(tx, |c| sqlx::query_as(HISTORY)
        .bind(scope.workspace)
        .bind(contact)
        .fetch_all(c)
        .await)
    .db()
}

/// One page of addresses that are not written to, in the order of kind and address.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn suppressions(
    tx: &mut Tx,
    scope: &Scope,
    kind: Option<ChannelKind>,
    search: Option<&str>,
    page: &PageRequest,
) -> Result<Page<Suppression>> {
    let pattern = match search.map(str::trim).filter(|search| !search.is_empty()) {
        Some(search) => {
            let plain = search
                .replace('!', "!!")
                .replace('%', "!%")
                .replace('_', "!_");
            format!("%{plain}%")
        }
        None => String::new(),
    };
    let (after_kind, after_scope, after_address) = page.place(<_>::default(), place)?;
    let rows: Vec<Suppression> = on_tx!(tx, |c| sqlx::query_as(LIST)
        .bind(scope.workspace)
        .bind(kind.map_or("", ChannelKind::word))
        .bind(&pattern)
        .bind(&after_kind)
        .bind(&after_address)
        .bind(&after_scope)
        .bind(page.wanted())
        .fetch_all(c)
        .await)
    .db()?;
    Ok(page.cut(rows, |last| {
        format!("{}|{}|{}", last.kind.word(), last.scope, last.address)
    }))
}

/// Kind, scope and address of the last row before a page.
fn place(cursor: &str) -> Option<(String, String, String)> {
    let (kind, rest) = cursor.split_once('|')?;
    let (scope, address) = rest.split_once('|')?;
    ChannelKind::read(kind).ok()?;
    Some((kind.to_owned(), scope.to_owned(), address.to_owned()))
}

/// The contacts that have an address on a kind of channel.
pub(super) async fn contacts_with(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
) -> Result<Vec<ContactId>> {
    if address.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(BY_CONVERSATION)
        .bind(scope.workspace)
        .bind(address)
        .bind(kind.word())
        .fetch_all(c)
        .await)
    .db()?;
    let by_point = match kind {
        ChannelKind::Whatsapp | ChannelKind::Sms => BY_PHONE,
        ChannelKind::Email => BY_EMAIL,
        ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => {
            return Ok(found);
        }
    };
    let more: Vec<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(by_point)
        .bind(scope.workspace)
        .bind(address)
        .fetch_all(c)
        .await)
    .db()?;
    found.extend(more);
    Ok(found)
}

/// The addresses that a contact has on a kind of channel.
pub(super) async fn addresses_of(
    tx: &mut Tx,
    scope: &Scope,
    contact: &Contact,
    kind: ChannelKind,
) -> Result<Vec<String>> {
    let mut addresses: Vec<String> = on_tx!(tx, |c| sqlx::query_scalar(ADDRESSES)
        .bind(scope.workspace)
        .bind(contact.id)
        .bind(kind.word())
        .fetch_all(c)
        .await)
    .db()?;
    let point = match kind {
        ChannelKind::Whatsapp | ChannelKind::Sms => contact.phone.clone(),
        ChannelKind::Email => contact.email.clone(),
        ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => None,
    };
    addresses.extend(point);
    addresses.sort();
    addresses.dedup();
    Ok(addresses)
}

/// Whether something was said of the address, or by those who have it, after this.
pub(super) async fn later_wish(
    tx: &mut Tx,
    scope: &Scope,
    said: &Said<'_>,
    contacts: &[ContactId],
) -> Result<bool> {
    for contact in contacts {
        let later: i64 = on_tx!(tx, |c| sqlx::query_scalar(SAID_LATER)
            .bind(scope.workspace)
            .bind(contact)
            .bind(said.kind.word())
            .bind(said.at)
            .fetch_one(c)
            .await)
        .db()?;
        if later > 0 {
            return Ok(true);
        }
    }
    if said.wish == Wish::Stop {
        return Ok(false);
    }
    let later: i64 = on_tx!(tx, |c| sqlx::query_scalar(SUPPRESSED_LATER)
        .bind(scope.workspace)
        .bind(said.kind.word())
        .bind(said.address)
        .bind(said.at)
        .fetch_one(c)
        .await)
    .db()?;
    Ok(later > 0)
}

/// Writes down what a contact said; the same told again is one line.
pub(super) async fn say(
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    said: &Said<'_>,
) -> Result<()> {
    let consent = match said.wish {
        Wish::Stop => "opted_out",
        Wish::Start => "opted_in",
    };
    let known: i64 = on_tx!(tx, |c| sqlx::query_scalar(SAID)
        .bind(scope.workspace)
        .bind(contact)
        .bind(said.kind.word())
        .bind(consent)
        .bind(said.source.word())
        .bind(said.at)
        .fetch_one(c)
        .await)
    .db()?;
    if known > 0 {
        return Ok(());
    }
    let id: Uuid = scope.id();
    let now = scope.now();
    on_tx!(tx, |c| sqlx::query(SAY)
        .bind(scope.workspace)
        .bind(id)
        .bind(contact)
        .bind(said.kind.word())
        .bind(consent)
        .bind(said.source.word())
        .bind(said.note)
        .bind(said.at)
        .bind(now)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// Suppresses an address. Answers whether it changed anything.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub(super) async fn suppress(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    reach: Reach,
    source: &str,
    note: Option<&str>,
    at: DateTime<Utc>,
) -> Result<bool> {
    debug_assert!(source != BOUNCED || reach == Reach::All);
    let rows = on_tx!(tx, |c| sqlx::query(SUPPRESS)
        .bind(scope.workspace)
        .bind(kind.word())
        .bind(address)
        .bind(reach.word())
        .bind(source)
        .bind(note)
        .bind(at)
        .bind(scope.now())
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))
    .db()?;
    Ok(rows > 0)
}

/// Takes a row of a list. Answers whether it changed anything.
pub(super) async fn take(tx: &mut Tx, scope: &Scope, entry: &Entry) -> Result<bool> {
    let at = entry.at.unwrap_or_else(|| scope.now());
    if entry.at.is_some() {
        for contact in contacts_with(tx, scope, entry.kind, &entry.address).await? {
            let later: i64 = on_tx!(tx, |c| sqlx::query_scalar(WANTED_LATER)
                .bind(scope.workspace)
                .bind(contact)
                .bind(entry.kind.word())
                .bind(at)
                .fetch_one(c)
                .await)
            .db()?;
            if later > 0 {
                return Ok(false);
            }
        }
    }
    suppress(
        tx,
        scope,
        entry.kind,
        &entry.address,
        entry.reach,
        Source::Import.word(),
        entry.note.as_deref(),
        at,
    )
    .await
}

/// Lets an address be written to again: who asks for everything asks for marketing too.
/// Takes the mark away that an address can never be reached: somebody wrote from it.
pub(super) async fn unbounce(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UNBOUNCE)
        .bind(scope.workspace)
        .bind(kind.word())
        .bind(address)
        .bind(at)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

pub(super) async fn release(
    tx: &mut Tx,
    scope: &Scope,
    kind: ChannelKind,
    address: &str,
    reach: Reach,
    at: DateTime<Utc>,
) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(RELEASE)
        .bind(scope.workspace)
        .bind(kind.word())
        .bind(address)
        .bind(reach.word())
        .bind(at)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}
