//! The files in which the European Central Bank publishes its euro reference rates.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use std::path::Path;

use chrono::NaiveDate;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rumbo_base::{Code, Currency, Error, Rate, Reason, Result};

use super::RejectedLine;
use super::store::Entry;
use crate::table_file;

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct EcbFile {
    pub entries: Vec<Entry>,
    pub rejected: Vec<RejectedLine>,
    seen: HashMap<(NaiveDate, Currency), Rate>,
}

pub(super) fn read(path: &Path) -> Result<EcbFile> {
    parse(&table_file::bytes(path)?)
}

pub(super) fn parse(bytes: &[u8]) -> Result<EcbFile> {
    if bytes.starts_with(b"PK") {
        return parse(&unpacked(bytes)?);
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let file = if text.trim_start().starts_with('<') {
        xml(text)?
    } else {
        csv(text)?
    };
    if file.entries.is_empty() && file.rejected.is_empty() {
        return Err(unfit());
    }
    Ok(file)
}

fn unfit() -> Error {
    Error::new(
        Code::InvalidInput,
        "This is not a file of the ECB's reference rates. Choose eurofxref-hist.zip, \
         eurofxref-hist.csv or eurofxref-daily.xml.",
    )
    .reason(Reason::RatesFileUnfit)
    .field("file")
}

/// The first CSV or XML file of a zip.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| unfit().source(e))?;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|e| unfit().source(e))?;
        let name = file.name().map_err(|e| unfit().source(e))?;
        let kind = Path::new(name.as_ref())
            .extension()
            .map(std::ffi::OsStr::to_ascii_lowercase);
        if kind.is_some_and(|kind| kind == "csv" || kind == "xml") {
            let mut content = Vec::new();
            file.take(table_file::MAX_BYTES)
                .read_to_end(&mut content)
                .map_err(|e| unfit().source(e))?;
            // A zip in a zip is nothing of the ECB's.
            return if content.starts_with(b"PK") {
                Err(unfit())
            } else {
                Ok(content)
            };
        }
    }
    Err(unfit())
}

impl EcbFile {
    /// Takes a rate; the first one of a day and currency counts.
    fn take(&mut self, line: u64, day: NaiveDate, quote: Currency, text: &str) {
        if matches!(text, "" | "N/A") {
            return;
        }
        let rate = match text.parse::<Rate>() {
            Ok(rate) => rate,
            Err(error) => return self.reject(line, error),
        };
        match self.seen.insert((day, quote), rate) {
            None => self.entries.push(Entry {
                base: Currency::EUR,
                quote,
                day,
                rate,
            }),
            Some(before) if before == rate => {}
            Some(before) => {
                self.seen.insert((day, quote), before);
                self.reject(
                    line,
                    Error::new(
                        Code::InvalidInput,
                        format!("{day} stands in the file before with another rate for {quote}. The first one counts."),
                    )
                    .reason(Reason::RateTwice)
                    .param("day", day)
                    .param("currency", quote),
                );
            }
        }
    }

    fn reject(&mut self, line: u64, error: Error) {
        self.rejected.push(RejectedLine { line, error });
    }
}

/// A day as the ECB writes it: `2026-04-13` in the history, `13 April 2026` in the daily file.
fn day(text: &str) -> Result<NaiveDate> {
    text.parse()
        .or_else(|_| NaiveDate::parse_from_str(text, "%d %B %Y"))
        .map_err(|e| {
            Error::new(
                Code::InvalidInput,
                format!("\"{text}\" is not a day. Write it like 1990-12-31."),
            )
            .reason(Reason::DayUnreadable)
            .param("value", text)
            .source(e)
        })
}

/// A column for each currency, a line for each day.
fn csv(text: &str) -> Result<EcbFile> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| unfit().source(e))?.clone();
    let mut names = header.iter();
    if !names
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case("date"))
    {
        return Err(unfit());
    }
    // The history ends every line with a comma: its last column has no name.
    let currencies = names
        .filter(|name| !name.is_empty())
        .map(|name| {
            Currency::of_record(name)
                .ok()
                .filter(|c| *c != Currency::EUR)
        })
        .collect::<Option<Vec<_>>>()
        .filter(|currencies| !currencies.is_empty())
        .ok_or_else(unfit)?;
    let mut file = EcbFile::default();
    for record in reader.records() {
        let record = record.map_err(|e| unfit().source(e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells = record.iter();
        match day(cells.next().unwrap_or_default()) {
            Ok(day) => {
                for (currency, cell) in currencies.iter().zip(cells) {
                    file.take(line, day, *currency, cell);
                }
            }
            Err(error) => file.reject(line, error),
        }
    }
    Ok(file)
}

/// `Cube` elements: one with a `time` for each day, in it one with `currency` and `rate` for each.
fn xml(text: &str) -> Result<EcbFile> {
    let mut reader = Reader::from_str(text);
    let mut file = EcbFile::default();
    let mut of: Option<NaiveDate> = None;
    let (mut read, mut line) = (0, 1);
    loop {
        let event = reader.read_event().map_err(|e| unfit().source(e))?;
        let cube = match &event {
            Event::Eof => break,
            Event::Start(cube) | Event::Empty(cube) if cube.local_name().as_ref() == "Cube" => cube,
            _ => continue,
        };
        let now = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let lines = text.as_bytes().get(read..now).unwrap_or_default();
        line += lines
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        read = now;
        if let Some(time) = attribute(cube, "time") {
            of = None;
            match day(&time) {
                Ok(day) => of = Some(day),
                Err(error) => file.reject(line, error),
            }
        }
        let quote = attribute(cube, "currency").zip(attribute(cube, "rate"));
        if let (Some((currency, rate)), Some(day)) = (quote, of) {
            match Currency::of_record(&currency) {
                Ok(currency) if currency != Currency::EUR => file.take(line, day, currency, &rate),
                Ok(_) => {}
                Err(error) => file.reject(line, error),
            }
        }
    }
    Ok(file)
}

fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok().flatten()?;
    Some(found.value.trim().to_owned())
}
