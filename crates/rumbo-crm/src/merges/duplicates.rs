//! Contacts that may be the same person.

use rumbo_base::{ContactId, Page, PageRequest, Result, WorkspaceId, two_parts};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use crate::contacts::{self, ContactRow};
use crate::phone;
use crate::words::words;

/// Contacts shown of one group.
const SHOWN: usize = 20;

words! {
    /// Why contacts may be the same person, the surest reason first.
    pub enum DuplicateReason("reason") {
        /// They came by the same click.
        Click = "click",
        /// Their numbers are one number in two forms: with and without the 9 of mobile phones in
        /// Argentina.
        Phone = "phone",
        /// They have the same e-mail address.
        Email = "email",
        /// The id of one in another system is the e-mail address or phone number of the other.
        ExternalId = "external_id",
    }
}

const REASONS: [DuplicateReason; 4] = [
    DuplicateReason::Click,
    DuplicateReason::Phone,
    DuplicateReason::Email,
    DuplicateReason::ExternalId,
];

/// Contacts that may be the same person.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateGroup {
    pub reason: DuplicateReason,
    /// What they share: an address, a number, a click id.
    pub value: String,
    /// The first of them, the oldest first.
    pub contacts: Vec<ContactRow>,
}

statements! {
    CLICKS = "SELECT DISTINCT click_id AS value, contact_id AS id FROM touchpoints WHERE workspace_id = $1 \
        AND click_id IN (SELECT click_id FROM touchpoints WHERE workspace_id = $1 AND click_id IS NOT NULL \
            AND click_id > $2 GROUP BY click_id HAVING COUNT(DISTINCT contact_id) > 1 \
            ORDER BY click_id LIMIT $3) ORDER BY 1, 2";
    PHONES = concat!("SELECT form AS value, id FROM (SELECT id, ", phone::one_form!("phone"), " AS form \
            FROM contacts WHERE workspace_id = $1 AND phone IS NOT NULL) numbers \
        WHERE form IN (SELECT form FROM (SELECT ", phone::one_form!("phone"), " AS form FROM contacts \
            WHERE workspace_id = $1 AND phone IS NOT NULL) forms WHERE form > $2 \
            GROUP BY form HAVING COUNT(*) > 1 ORDER BY form LIMIT $3) ORDER BY 1, 2");
    EMAILS = "SELECT email AS value, id FROM contacts WHERE workspace_id = $1 \
        AND email IN (SELECT email FROM contacts WHERE workspace_id = $1 AND email > $2 \
            GROUP BY email HAVING COUNT(*) > 1 ORDER BY email LIMIT $3) ORDER BY 1, 2";
    IDS = "SELECT value, id FROM (\
            SELECT c.email AS value, c.id, e.contact_id AS owner FROM contact_external_ids e \
            JOIN contacts c ON c.workspace_id = $1 AND c.email = LOWER(e.external_id) \
            WHERE e.workspace_id = $1 AND c.id <> e.contact_id \
            UNION SELECT c.phone AS value, c.id, e.contact_id AS owner FROM contact_external_ids e \
            JOIN contacts c ON c.workspace_id = $1 \
            AND c.phone = CASE WHEN e.external_id LIKE '+%' THEN e.external_id ELSE '+' || e.external_id END \
            WHERE e.workspace_id = $1 AND c.id <> e.contact_id) pairs \
        WHERE value > $2 ORDER BY value LIMIT $3";
    OWNERS = "SELECT contact_id FROM contact_external_ids WHERE workspace_id = $1 \
        AND (LOWER(external_id) = $2 OR external_id = $2 OR '+' || external_id = $2) ORDER BY contact_id";
}

/// Groups of contacts that may be the same person, by reason and then by what they share.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn duplicates(
    tx: &mut Tx,
    workspace: WorkspaceId,
    page: &PageRequest,
) -> Result<Page<DuplicateGroup>> {
    let (first, mut after) = page.place((DuplicateReason::Click, String::new()), two_parts)?;
    let most = usize::try_from(page.wanted()).unwrap_or(usize::MAX);
    let mut found: Vec<(DuplicateReason, String, Vec<ContactId>)> = Vec::new();
    for reason in REASONS.into_iter().skip_while(|reason| *reason != first) {
        let wanted = most.saturating_sub(found.len());
        if wanted == 0 {
            break;
        }
        let groups = groups(tx, workspace, reason, &std::mem::take(&mut after), wanted).await?;
        found.extend(groups.into_iter().map(|(value, ids)| (reason, value, ids)));
    }
    let found = page.cut(found, |(reason, value, _)| format!("{reason}|{value}"));
    let mut rows = Vec::with_capacity(found.rows.len());
    for (reason, value, ids) in found.rows {
        let mut contacts = Vec::new();
        for id in ids.into_iter().take(SHOWN) {
            contacts.push(contacts::row(tx, workspace, id).await?);
        }
        rows.push(DuplicateGroup {
            reason,
            value,
            contacts,
        });
    }
    Ok(Page {
        rows,
        next: found.next,
        total: found.total,
    })
}

/// What contacts share by a reason, after a value, each with its contacts, the oldest first.
async fn groups(
    tx: &mut Tx,
    workspace: WorkspaceId,
    reason: DuplicateReason,
    after: &str,
    limit: usize,
) -> Result<Vec<(String, Vec<ContactId>)>> {
    let sql = match reason {
        DuplicateReason::Click => CLICKS,
        DuplicateReason::Phone => PHONES,
        DuplicateReason::Email => EMAILS,
        DuplicateReason::ExternalId => IDS,
    };
    let rows: Vec<(String, ContactId)> = on_tx!(tx, |c| sqlx::query_as(sql)
        .bind(workspace)
        .bind(after)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(c)
        .await)
    .db()?;
    let mut groups: Vec<(String, Vec<ContactId>)> = Vec::new();
    for (value, id) in rows {
        match groups.last_mut() {
            Some((last, ids)) if *last == value => ids.push(id),
            _ => groups.push((value, vec![id])),
        }
    }
    if reason == DuplicateReason::ExternalId {
        for (value, ids) in &mut groups {
            let owners: Vec<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(OWNERS)
                .bind(workspace)
                .bind(value.as_str())
                .fetch_all(c)
                .await)
            .db()?;
            ids.extend(owners);
            ids.sort_unstable();
            ids.dedup();
        }
    }
    Ok(groups)
}
