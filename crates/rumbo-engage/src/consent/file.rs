//! Suppression lists as files: addresses that are never written to, from another system or for one.

use std::path::Path;

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Error, PageRequest, Reason, Result, TimeZone, day_in_future};
use rumbo_channels::ChannelKind;
use rumbo_platform::audit::{self, Deed};
use rumbo_platform::table_file::{
    self, CsvDialect, CsvWriter, DateOrder, Field, ReadOptions, Table,
};
use rumbo_platform::{Scope, workspaces};
use serde_json::json;

use super::{Reach, store};
use crate::address_list::{self, Wanted};
use crate::outbox::plausible;

const KIND: [&str; 4] = ["kind", "channel", "canal", "tipo"];
const SCOPE: [&str; 3] = ["scope", "alcance", "escopo"];
const NOTE: [&str; 5] = ["note", "reason", "nota", "motivo", "razon"];
const AT: [&str; 6] = ["date", "at", "occurred_at", "fecha", "data", "time"];

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// Addresses that are suppressed now and were not before, or later.
    pub added: u32,
    /// Addresses that were suppressed already.
    pub known: u32,
    pub rejected: Vec<Rejected>,
}

/// A row that was not taken.
#[derive(Clone, Debug)]
pub struct Rejected {
    /// As the file counts it.
    pub row: usize,
    pub value: String,
    pub why: std::sync::Arc<Error>,
}

impl PartialEq for Rejected {
    fn eq(&self, other: &Self) -> bool {
        (self.row, &self.value, self.why.message())
            == (other.row, &other.value, other.why.message())
    }
}

/// A row that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: ChannelKind,
    pub address: String,
    pub reach: Reach,
    pub note: Option<String>,
    /// When it was said, where the row tells.
    pub at: Option<DateTime<Utc>>,
}

/// A row as the file counts it, what it holds as its address, and what it says.
pub type Row = (usize, String, Result<Entry>);

/// What is known of a workspace when its files are read.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The kind of rows that do not name one.
    pub kind: Option<ChannelKind>,
    /// The country of phone numbers that do not name one.
    pub region: Option<String>,
    pub zone: TimeZone,
    pub now: DateTime<Utc>,
}

impl Reader {
    /// Reads a list of addresses: one column of them, with or without a heading, and if it has them a
    /// kind, a scope, a note and a date.
    ///
    /// # Errors
    /// `InvalidInput` for a table that holds no addresses, or does not say of which kind they are.
    pub fn rows(&self, table: &Table) -> Result<Vec<Row>> {
        let among = |names: &[&str]| {
            let header = table.header.as_ref()?;
            header
                .iter()
                .position(|name| names.contains(&table_file::fold(name).as_str()))
        };
        let kind_of = among(&KIND);
        if self.kind.is_none() && kind_of.is_none() {
            return Err(Error::new(
                Code::InvalidInput,
                "The file does not say of which kind of channel the addresses are. Say it, or give it a column kind.",
            )
            .reason(Reason::ValueMissing)
            .field("kind"));
        }
        let usual = self.kind.unwrap_or(ChannelKind::Telegram);
        let addresses = address_list::find(table, Wanted::On(usual), "file")?;
        let (reach_of, note_of, at_of) = (among(&SCOPE), among(&NOTE), among(&AT));
        let mut rows = Vec::with_capacity(table.rows.len());
        if let Some(first) = addresses.first.clone() {
            let entry = self.entry(first.clone(), None, None, None, Ok(None));
            rows.push((1, first, entry));
        }
        for row in &table.rows {
            let text = |column: Option<usize>| column.and_then(|column| row.cell(column).text());
            let at = match at_of {
                Some(column) => {
                    table_file::parse_instant(row.cell(column), DateOrder::YearFirst, self.zone)
                        .map_err(|why| why.in_column(&table.column_name(column)))
                }
                None => Ok(None),
            };
            let address = addresses.of(row).unwrap_or_default();
            let entry = self.entry(
                address.clone(),
                text(kind_of).as_deref(),
                text(reach_of).as_deref(),
                text(note_of),
                at,
            );
            rows.push((row.number, address, entry));
        }
        Ok(rows)
    }

    fn entry(
        &self,
        address: String,
        kind: Option<&str>,
        reach: Option<&str>,
        note: Option<String>,
        at: Result<Option<DateTime<Utc>>>,
    ) -> Result<Entry> {
        let missing = |what: &str, field: &str| {
            Error::new(
                Code::InvalidInput,
                format!("The {what} is missing. Enter it."),
            )
            .reason(Reason::ValueMissing)
            .field(field)
        };
        let kind = match kind {
            Some(word) => ChannelKind::read(&table_file::fold(word))?,
            None => self.kind.ok_or_else(|| missing("kind", "kind"))?,
        };
        let address = match kind {
            ChannelKind::Whatsapp | ChannelKind::Sms if !is_user_id(kind, &address) => {
                rumbo_crm::phone::e164(&address, self.region.as_deref())?
            }
            ChannelKind::Email => rumbo_crm::phone::email(&address)?,
            _ => address.trim().to_owned(),
        };
        if !plausible(&address, kind) {
            return Err(missing("address", "address"));
        }
        let reach = match reach {
            None => Reach::All,
            Some(word) => table_file::fold(word).parse()?,
        };
        let at = at?;
        if let Some(at) = at
            && at > self.now
        {
            return Err(day_in_future(at.date_naive()));
        }
        Ok(Entry {
            kind,
            address,
            reach,
            note,
            at,
        })
    }
}

/// Whether it is Meta's id of a person whose number is not shown, such as `US.1349`.
fn is_user_id(kind: ChannelKind, address: &str) -> bool {
    kind == ChannelKind::Whatsapp
        && address.trim().split_once('.').is_some_and(|(country, id)| {
            country.len() == 2
                && country.bytes().all(|b| b.is_ascii_uppercase())
                && !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

/// Takes a list of addresses, as [`Reader::rows`] reads it. Taken again, it changes nothing; whoever
/// asked to be written to after the date of a row is left as they wish.
///
/// # Errors
/// `InvalidInput` for a file that holds no addresses; `NotFound`.
pub async fn import_file(
    scope: &Scope,
    path: &Path,
    kind: Option<ChannelKind>,
) -> Result<Imported> {
    let path = path.to_owned();
    let table =
        tokio::task::spawn_blocking(move || table_file::read(&path, &ReadOptions::default()))
            .await
            .map_err(Error::internal)??;
    let mut tx = scope.write().await?;
    let workspace = workspaces::find(&mut tx, scope.workspace)
        .await?
        .ok_or_else(|| crate::outbox::gone("workspace"))?;
    let reader = Reader {
        kind,
        region: workspace.phone_region,
        zone: workspace.timezone,
        now: scope.now(),
    };
    let mut done = Imported::default();
    for (row, value, entry) in reader.rows(&table)? {
        match entry {
            Ok(entry) if store::take(&mut tx, scope, &entry).await? => done.added += 1,
            Ok(_) => done.known += 1,
            Err(why) => done.rejected.push(Rejected {
                row,
                value,
                why: std::sync::Arc::new(why),
            }),
        }
    }
    if done.added > 0 {
        let deed = Deed {
            action: "import_suppressions",
            object_kind: "suppressions",
            after: json!({ "added": done.added, "known": done.known, "rejected": done.rejected.len() }),
            ..Deed::default()
        };
        audit::record(&mut tx, scope, &deed).await?;
    }
    tx.commit().await?;
    Ok(done)
}

/// Every suppressed address as CSV, in a form that [`import_file`] takes, and how many they are.
///
/// # Errors
/// When the store cannot be read.
pub async fn csv(
    scope: &Scope,
    kind: Option<ChannelKind>,
    dialect: CsvDialect,
) -> Result<(Vec<u8>, u32)> {
    let mut tx = scope.read().await?;
    let mut writer = CsvWriter::new(Vec::new(), dialect)?;
    writer.row(["kind", "address", "scope", "source", "note", "date"].map(Field::from))?;
    let mut page = PageRequest::largest();
    let mut rows = 0_u32;
    loop {
        let found = store::suppressions(&mut tx, scope, kind, None, &page).await?;
        for row in found.rows {
            rows += 1;
            writer.row([
                Field::from(row.kind.word()),
                Field::from(row.address),
                Field::from(row.scope),
                Field::from(row.source),
                Field::from(row.note),
                Field::from(row.occurred_at.to_rfc3339()),
            ])?;
        }
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok((writer.finish()?, rows)),
        }
    }
}
