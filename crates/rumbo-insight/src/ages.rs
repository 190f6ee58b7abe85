//! How old the figures are, by source.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{AdAccountId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use uuid::Uuid;

use crate::read::moment::{NEVER, as_of};
use crate::read::outcome::first_id;
use crate::read::place::Place;

/// The newest row of a table as of a moment, of ids below one.
macro_rules! last {
    ($from:literal) => {
        concat!(
            "SELECT created_at, id FROM ",
            $from,
            " WHERE workspace_id = $1 AND created_at <= $2 AND id < $3 ORDER BY id DESC LIMIT 1"
        )
    };
}

statements! {
    // Ids are made in order of time, so the last one is the newest row.
    LAST_CONTACT = last!("contacts");
    // Contacts go and come back: those that were there.
    LAST_CONTACT_AS_OF = concat!(
        as_of!("x.created_at, x.id", "contacts", "contact_versions", " AND x.id < $3", " AND x.present", "$2"),
        " ORDER BY id DESC LIMIT 1");
    LAST_OPPORTUNITY = last!("opportunities");
    LAST_SALE = last!("sales");
}

/// A row that was there as of a moment has an id that was made by then; clocks of several computers differ.
const AFTER_ITS_ROW: TimeDelta = TimeDelta::hours(1);

/// When each source was last heard of. `None` is never.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// The ad accounts that are synced, or were.
    pub accounts: Vec<AccountAge>,
    /// When the newest contact, opportunity and sale were entered.
    pub contacts: Option<DateTime<Utc>>,
    pub opportunities: Option<DateTime<Utc>>,
    pub sales: Option<DateTime<Utc>>,
}

/// The age of one ad account's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountAge {
    pub id: AdAccountId,
    pub external_id: String,
    pub name: String,
    pub last_synced_at: Option<DateTime<Utc>>,
    /// Why the last sync of it failed.
    pub last_error_code: Option<String>,
}

impl Ages {
    /// The oldest of the ad accounts: every figure of Meta's is at least this new. `None` when
    /// there is no account, or one was never synced.
    pub fn ads(&self) -> Option<DateTime<Utc>> {
        self.accounts
            .iter()
            .map(|a| a.last_synced_at)
            .min()
            .flatten()
    }
}

pub(crate) async fn read(tx: &mut Tx, place: &Place) -> Result<Ages> {
    let until = place.moment.map_or(NEVER, |moment| moment.at);
    let last_contact = place.moment.map_or(LAST_CONTACT, |_| LAST_CONTACT_AS_OF);
    let below = until.checked_add_signed(AFTER_ITS_ROW).unwrap_or(until);
    let mut newest = [None; 3];
    for (age, text) in newest
        .iter_mut()
        .zip([last_contact, LAST_OPPORTUNITY, LAST_SALE])
    {
        let last: Option<(DateTime<Utc>, Uuid)> = on_tx!(tx, |c| {
            sqlx::query_as(text)
                .bind(place.workspace)
                .bind(until)
                .bind(first_id(below))
                .fetch_optional(c)
                .await
        })
        .db()?;
        *age = last.map(|(created_at, _)| created_at);
    }
    let [contacts, opportunities, sales] = newest;
    Ok(Ages {
        accounts: place
            .accounts
            .iter()
            .filter(|a| a.selected || a.last_synced_at.is_some())
            .map(|a| AccountAge {
                id: a.id,
                external_id: a.external_id.clone(),
                name: a.name.clone(),
                last_synced_at: a.last_synced_at,
                last_error_code: a.last_error_code.clone(),
            })
            .collect(),
        contacts,
        opportunities,
        sales,
    })
}
