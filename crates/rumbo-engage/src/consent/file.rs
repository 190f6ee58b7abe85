//! Suppression lists as files: addresses that are never written to, from another system or for one.

use std::path::Path;

use chrono::{DateTime, Utc};
use rumbo_base::{Code, Error, PageRequest, Reason, Result};
use rumbo_channels::ChannelKind;
use rumbo_platform::table_file::{self, CsvDialect, CsvWriter, DateOrder, Field, ReadOptions};
use rumbo_platform::{Scope, workspaces};

use super::{Reach, Source, store};
use crate::outbox::{kind_word, plausible};

/// Names a column of addresses may have, without case and accents.
const ADDRESS: [&str; 14] = [
    "address",
    "phone",
    "phone number",
    "telefono",
    "celular",
    "telefone",
    "numero",
    "number",
    "email",
    "e-mail",
    "correo",
    "mail",
    "direccion",
    "endereco",
];
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

/// Takes a list of addresses: one column of them, with or without a heading, and if it has them a
/// scope, a note and a date. Taken again, it changes nothing.
///
/// # Errors
/// `InvalidInput` for a file that holds no addresses; `NotFound`.
pub async fn import_file(scope: &Scope, path: &Path, kind: ChannelKind) -> Result<Imported> {
    let path = path.to_owned();
    let table =
        tokio::task::spawn_blocking(move || table_file::read(&path, &ReadOptions::default()))
            .await
            .map_err(Error::internal)??;
    let among = |names: &[&str]| {
        let header = table.header.as_ref()?;
        header
            .iter()
            .position(|name| names.contains(&table_file::fold(name).as_str()))
    };
    // A heading that was taken for one is an address where the file is a bare list.
    let bare = table.header.as_ref().is_some_and(|header| {
        header.len() == 1 && header.iter().all(|name| looks_like_address(name))
    });
    let address = match (among(&ADDRESS), table.width) {
        (Some(column), _) => column,
        (None, 1) => 0,
        (None, _) if table.header.is_none() => 0,
        (None, _) => {
            return Err(Error::new(
                Code::InvalidInput,
                "No column of this file is called address, phone or email. Name the one that holds the addresses.",
            )
            .reason(Reason::AddressColumnMissing)
            .field("file"));
        }
    };
    let (reach_of, note_of, at_of) = (among(&SCOPE), among(&NOTE), among(&AT));
    let mut tx = scope.write().await?;
    let workspace = workspaces::find(&mut tx, scope.workspace)
        .await?
        .ok_or_else(|| crate::outbox::gone("workspace"))?;
    let now = scope.now();
    let mut done = Imported::default();
    let heading = table
        .header
        .iter()
        .flatten()
        .take(usize::from(bare))
        .map(|name| (1, Taken::plain(name.clone())));
    let rows = table.rows.iter().map(|row| {
        let text = |column: Option<usize>| column.and_then(|column| row.cell(column).text());
        let at = match at_of {
            Some(column) => table_file::parse_instant(
                row.cell(column),
                DateOrder::YearFirst,
                workspace.timezone,
            )
            .map_err(|why| why.in_column(&table.column_name(column))),
            None => Ok(None),
        };
        (
            row.number,
            Taken {
                address: row.cell(address).text().unwrap_or_default(),
                reach: text(reach_of),
                note: text(note_of),
                at,
            },
        )
    });
    for (number, taken) in heading.chain(rows) {
        let value = taken.address.clone();
        let read = taken.read(kind, workspace.phone_region.as_deref(), now);
        match read {
            Ok((address, reach, note, at)) => {
                let source = Source::Import.word();
                let note = note.as_deref();
                let new = store::suppress(&mut tx, scope, kind, &address, reach, source, note, at)
                    .await?;
                if new {
                    done.added += 1;
                } else {
                    done.known += 1;
                }
            }
            Err(why) => done.rejected.push(Rejected {
                row: number,
                value,
                why: std::sync::Arc::new(why),
            }),
        }
    }
    tx.commit().await?;
    Ok(done)
}

fn looks_like_address(text: &str) -> bool {
    text.contains('@') || text.chars().filter(char::is_ascii_digit).count() >= 6
}

/// A row as the file has it.
struct Taken {
    address: String,
    reach: Option<String>,
    note: Option<String>,
    at: Result<Option<DateTime<Utc>>>,
}

impl Taken {
    fn plain(address: String) -> Self {
        Self {
            address,
            reach: None,
            note: None,
            at: Ok(None),
        }
    }

    fn read(
        self,
        kind: ChannelKind,
        region: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(String, Reach, Option<String>, DateTime<Utc>)> {
        let address = match kind {
            ChannelKind::Whatsapp | ChannelKind::Sms => {
                rumbo_crm::phone::e164(&self.address, region)?
            }
            ChannelKind::Email => rumbo_crm::phone::email(&self.address)?,
            ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => {
                self.address.trim().to_owned()
            }
        };
        if !plausible(&address, kind) {
            return Err(
                Error::new(Code::InvalidInput, "The address is missing. Enter it.")
                    .reason(Reason::ValueMissing)
                    .field("address"),
            );
        }
        let reach = match self.reach.as_deref() {
            None => Reach::All,
            Some(word) => word.parse()?,
        };
        let at = self.at?.unwrap_or(now);
        if at > now {
            return Err(Error::new(
                Code::InvalidInput,
                format!(
                    "{} lies in the future. Choose an earlier day.",
                    at.date_naive()
                ),
            )
            .reason(Reason::DayInFuture)
            .param("day", at.date_naive()));
        }
        Ok((address, reach, self.note, at))
    }
}

/// Every suppressed address as CSV, in a form that [`import_file`] takes.
///
/// # Errors
/// `DiskFull` or `InvalidInput` when it cannot be written.
pub async fn export_csv(
    scope: &Scope,
    path: &Path,
    kind: Option<ChannelKind>,
    dialect: CsvDialect,
) -> Result<u32> {
    let mut tx = scope.read().await?;
    let mut writer = CsvWriter::new(Vec::new(), dialect)?;
    writer.row(["kind", "address", "scope", "source", "note", "date"].map(Field::from))?;
    let mut page = PageRequest {
        limit: Some(1_000),
        cursor: None,
    };
    let mut rows = 0_u32;
    loop {
        let found = store::suppressions(&mut tx, scope, kind, None, &page).await?;
        for row in found.rows {
            rows += 1;
            writer.row([
                Field::from(kind_word(row.kind)),
                Field::from(row.address),
                Field::from(row.scope),
                Field::from(row.source),
                Field::from(row.note),
                Field::from(row.occurred_at.to_rfc3339()),
            ])?;
        }
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    let bytes = writer.finish()?;
    let target = path.to_owned();
    tokio::task::spawn_blocking(move || std::fs::write(&target, bytes))
        .await
        .map_err(Error::internal)?
        .map_err(|error| {
            Error::new(
                Code::InvalidInput,
                format!("{} cannot be written: {error}.", path.display()),
            )
            .reason(Reason::FileUnwritable)
            .param("path", path.display())
            .field("path")
            .source(error)
        })?;
    Ok(rows)
}
