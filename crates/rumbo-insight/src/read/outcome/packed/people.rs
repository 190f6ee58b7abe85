//! Whose the rows of packed days are, packed beside them: who follows people from their lead to what they
//! bought reads both, and nobody else reads more than before.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{DateRange, Error, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    FORMAT, Packed, StoredDay, bytes, changed, each_packed, next, runs, start, unreadable,
};
use crate::read::outcome::row::Row;
use crate::read::outcome::{OF_LEADS, OF_SALES, Texts};
use crate::read::place::Place;
use crate::read::spread::Taking;

statements! {
    OF_DAY_LEADS = "SELECT x.first_seen_at, x.id, x.id FROM contacts x WHERE x.workspace_id = $1 \
        AND x.first_seen_at >= $2 AND x.first_seen_at < $3 AND x.kind <> 'internal'";
    OF_DAY_SALES = "SELECT x.completed_at, x.id, x.contact_id FROM sales x WHERE x.workspace_id = $1 \
        AND x.completed_at >= $2 AND x.completed_at < $3 AND x.status IN ('completed', 'refunded')";
}

/// How people are packed now. Where they are packed otherwise the rows are read.
pub(super) const PEOPLE_FORMAT: i64 = 1;

/// What of people is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read) enum Followed {
    Leads,
    Sales,
}

impl Followed {
    const ALL: [Self; 2] = [Self::Leads, Self::Sales];

    fn texts(self) -> &'static Texts {
        match self {
            Self::Leads => &OF_LEADS,
            Self::Sales => &OF_SALES,
        }
    }

    /// What its packed people are called.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Leads => "lead-people",
            Self::Sales => "sale-people",
        }
    }

    /// That whose days are packed under this name.
    pub(super) fn beside(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.texts().name == name)
    }

    /// That whose people are.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.word() == word)
    }
}

/// In the order of the rows of the day, 16 bytes each.
#[derive(Debug, Serialize, Deserialize)]
struct People<'a> {
    rows: &'a [u8],
    /// Nothing of leads, which are contacts themselves.
    contacts: &'a [u8],
}

impl People<'_> {
    fn each(&self) -> impl Iterator<Item = (Uuid, Uuid)> {
        let ids = |of| <[u8]>::chunks_exact(of, 16).filter_map(|id| Uuid::from_slice(id).ok());
        let contacts = if self.contacts.is_empty() {
            self.rows
        } else {
            self.contacts
        };
        ids(self.rows).zip(ids(contacts))
    }
}

/// Whose the rows of a day are as they are packed; none where there are no rows.
pub(super) async fn pack_people(
    tx: &mut Tx,
    workspace: WorkspaceId,
    of: Followed,
    day: NaiveDate,
) -> Result<Option<Vec<u8>>> {
    let text = match of {
        Followed::Leads => OF_DAY_LEADS,
        Followed::Sales => OF_DAY_SALES,
    };
    let mut rows: Vec<(DateTime<Utc>, Uuid, Uuid)> = on_tx!(tx, |c| sqlx::query_as(text)
        .bind(workspace)
        .bind(start(day))
        .bind(start(next(day)))
        .fetch_all(c)
        .await)
    .db()?;
    if rows.is_empty() {
        return Ok(None);
    }
    rows.sort_unstable();
    let ids: Vec<u8> = rows.iter().flat_map(|(_, id, _)| id.into_bytes()).collect();
    let contacts: Vec<u8> = match of {
        Followed::Leads => Vec::new(),
        Followed::Sales => {
            let contacts = rows.iter().map(|(_, _, contact)| contact.into_bytes());
            contacts.flatten().collect()
        }
    };
    let people = People {
        rows: &ids,
        contacts: &contacts,
    };
    bytes(&people).map(Some)
}

/// Goes through the rows between two instants as they are packed, each with its id and its contact. The rows
/// between the instants that it gives are to be read themselves: as of a moment that is all of them.
pub(in crate::read) async fn with_people(
    tx: &mut Tx,
    place: &Place,
    of: Followed,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    mut each: impl FnMut(&Row, Uuid, Uuid) -> Result<()> + Send,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    if place.moment.is_some() {
        return Ok(vec![(from, to)]);
    }
    let (workspace, texts) = (place.workspace, of.texts());
    let days = DateRange {
        from: from.date_naive(),
        to: to.date_naive(),
    };
    let mut unpacked = changed(tx, workspace, texts.name, days).await?;
    unpacked.extend(changed(tx, workspace, of.word(), days).await?);
    let mut people: HashMap<NaiveDate, Vec<u8>> = HashMap::new();
    let mut taking = Taking(|(day, format, packed): StoredDay| {
        if format == PEOPLE_FORMAT {
            people.insert(day, packed);
        }
        Ok(())
    });
    each_packed(tx, workspace, of.word(), days, &mut taking).await?;
    let mut row = Row::default();
    let mut taking = Taking(|(day, format, packed): StoredDay| {
        if unpacked.contains(&day) {
            return Ok(());
        }
        let Some(of_day) = people.remove(&day).filter(|_| format == FORMAT) else {
            unpacked.insert(day);
            return Ok(());
        };
        let people: People<'_> = postcard::from_bytes(&of_day).map_err(unreadable)?;
        let mut people = people.each();
        let packed: Packed = postcard::from_bytes(&packed).map_err(unreadable)?;
        packed.each(day, texts.kind, &mut row, |row| {
            let next = people.next();
            let (id, contact) = next.ok_or_else(|| Error::internal("a packed day of nobody"))?;
            if from <= row.dated && row.dated < to {
                each(row, id, contact)?;
            }
            Ok(())
        })
    });
    each_packed(tx, workspace, texts.name, days, &mut taking).await?;
    Ok(between(&unpacked, (from, to)))
}

/// What of days lies between two instants.
pub(super) fn between(
    days: &BTreeSet<NaiveDate>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let days = runs(days).into_iter();
    days.map(|days| (from.max(start(days.from)), to.min(start(next(days.to)))))
        .collect()
}
