//! Dates in everybody's way of writing them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use rumbo_base::{Reason, TimeZone};
use serde::{Deserialize, Serialize};

use super::{Cell, Reading, Unreadable, fold};

/// In which order a date such as `03/04/2026` is written. Dates that begin with the year or name
/// the month do not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 3 April 2026.
    DayMonth,
    /// March 4th, 2026.
    MonthDay,
    /// Only dates that begin with the year, or name the month, are read.
    YearFirst,
}

/// What a column of dates says about the order of day and month: a day after the 12th tells.
pub fn date_order<'a>(cells: impl Iterator<Item = (usize, &'a Cell)>) -> Reading<DateOrder> {
    Reading::of(cells.filter_map(|(row, cell)| {
        let Cell::Text(text) = cell else { return None };
        let (date, _) = split(text.trim());
        let Shape::Numbers { first, second, .. } = shape(date)? else {
            return None;
        };
        let says = match (first > 12, second > 12) {
            (true, false) => Ok(DateOrder::DayMonth),
            (false, true) => Ok(DateOrder::MonthDay),
            (false, false) if first != second => Err(()),
            _ => return None,
        };
        Some(((row, text.trim().to_owned()), says))
    }))
}

/// Reads a day; `None` when the cell is missing. A time beside it is left out.
///
/// # Errors
/// The reason, for the person who has the file.
pub fn parse_date(cell: &Cell, order: DateOrder) -> Result<Option<NaiveDate>, Unreadable> {
    let Some(text) = cell.text() else {
        return Ok(None);
    };
    match cell {
        Cell::Date(at) => Ok(Some(at.date())),
        _ => day(split(&text).0, &text, order).map(Some),
    }
}

/// Reads an instant; `None` when the cell is missing. A date without a time begins its day, and
/// a time without an offset is local, both in `zone`.
///
/// # Errors
/// The reason, for the person who has the file.
pub fn parse_instant(
    cell: &Cell,
    order: DateOrder,
    zone: TimeZone,
) -> Result<Option<DateTime<Utc>>, Unreadable> {
    let Some(text) = cell.text() else {
        return Ok(None);
    };
    if let Cell::Date(at) = cell {
        return Ok(Some(zone.instant_of(*at)));
    }
    let (date, time) = split(&text);
    let day = day(date, &text, order)?;
    let Some(time) = time else {
        return Ok(Some(zone.start_of(day)));
    };
    let (time, offset) = clock_time(time).ok_or_else(|| {
        Unreadable::new(
            Reason::CellNoTime,
            &text,
            "has no time of day that can be read",
        )
    })?;
    Ok(Some(match offset {
        Some(offset) => day
            .and_time(time)
            .and_local_timezone(offset)
            .single()
            .map_or_else(
                || zone.instant_of(day.and_time(time)),
                |at| at.with_timezone(&Utc),
            ),
        None => zone.instant_of(day.and_time(time)),
    }))
}

/// The date and the time of a text that may have both.
fn split(text: &str) -> (&str, Option<&str>) {
    let at = match text.find(':') {
        // The time begins after the last space or T before its first colon.
        Some(colon) => text
            .get(..colon)
            .and_then(|t| t.rfind([' ', 'T', ',', '\u{a0}'])),
        None => None,
    };
    match at.and_then(|at| text.split_at_checked(at)) {
        Some((date, time)) => (
            date.trim().trim_end_matches(','),
            Some(time.trim_start_matches(['T', ',']).trim()),
        ),
        None => (text, None),
    }
}

enum Shape {
    Sure { year: i32, month: u32, day: u32 },
    Numbers { first: u32, second: u32, year: i32 },
    MonthOnly,
}

fn shape(date: &str) -> Option<Shape> {
    let words: Vec<&str> = date
        .split(|c: char| matches!(c, '/' | '-' | '.' | ',') || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    let number = |word: &str| -> Option<u32> {
        (word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit())).then(|| word.parse().ok())?
    };
    if let [whole] = words.as_slice() {
        if whole.len() != 8 || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = |range: std::ops::Range<usize>| whole.get(range)?.parse::<u32>().ok();
        return Some(Shape::Sure {
            year: i32::try_from(part(0..4)?).ok()?,
            month: part(4..6)?,
            day: part(6..8)?,
        });
    }
    let words: Vec<&str> = words
        .into_iter()
        .filter(|w| !matches!(fold(w).as_str(), "de" | "of" | "del"))
        .collect();
    let numbers: Vec<Option<u32>> = words
        .iter()
        .map(|w| number(w).or_else(|| ordinal(w)))
        .collect();
    match (words.as_slice(), numbers.as_slice()) {
        ([a, _, _], [Some(year), Some(month), Some(day)]) if a.len() == 4 => Some(Shape::Sure {
            year: i32::try_from(*year).ok()?,
            month: *month,
            day: *day,
        }),
        ([_, _, c], [Some(first), Some(second), Some(year)]) => Some(Shape::Numbers {
            first: *first,
            second: *second,
            year: full_year(*year, c)?,
        }),
        ([_, name, c], [Some(day), None, Some(year)])
        | ([name, _, c], [None, Some(day), Some(year)]) => Some(Shape::Sure {
            year: full_year(*year, c)?,
            month: month_named(name)?,
            day: *day,
        }),
        ([_, _], [Some(_), Some(_)]) => Some(Shape::MonthOnly),
        ([name, _], [None, Some(_)]) if month_named(name).is_some() => Some(Shape::MonthOnly),
        _ => None,
    }
}

/// "1st", "2nd", "1º".
fn ordinal(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let ending = word.get(digits.len()..)?;
    matches!(ending, "st" | "nd" | "rd" | "th" | "º" | "°").then(|| digits.parse().ok())?
}

/// Two digits mean 1970 to 2069.
fn full_year(year: u32, text: &str) -> Option<i32> {
    let year = i32::try_from(year).ok()?;
    match text.len() {
        4 => Some(year),
        2 if year >= 70 => Some(1900 + year),
        2 => Some(2000 + year),
        _ => None,
    }
}

/// The month of an English, Spanish or Portuguese name, whole or by its first three letters.
fn month_named(name: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["january", "enero", "janeiro"],
        &["february", "febrero", "fevereiro"],
        &["march", "marzo", "marco"],
        &["april", "abril"],
        &["may", "mayo", "maio"],
        &["june", "junio", "junho"],
        &["july", "julio", "julho"],
        &["august", "agosto"],
        &["september", "septiembre", "setiembre", "setembro"],
        &["october", "octubre", "outubro"],
        &["november", "noviembre", "novembro"],
        &["december", "diciembre", "dezembro"],
    ];
    let name = fold(name);
    let at = NAMES.iter().position(|names| {
        names.iter().any(|full| {
            *full == name
                || (name.len() == 3 && full.starts_with(&name))
                || (name == "sept" && full.starts_with("sept"))
        })
    })?;
    u32::try_from(at + 1).ok()
}

fn day(date: &str, text: &str, order: DateOrder) -> Result<NaiveDate, Unreadable> {
    let invalid = || Unreadable::new(Reason::CellNotDate, text, "is not a date");
    let (year, month, day) = match shape(date).ok_or_else(invalid)? {
        Shape::Sure { year, month, day } => (year, month, day),
        Shape::Numbers {
            first,
            second,
            year,
        } => match order {
            DateOrder::DayMonth => (year, second, first),
            DateOrder::MonthDay => (year, first, second),
            DateOrder::YearFirst => {
                return Err(Unreadable::new(
                    Reason::CellOtherOrder,
                    text,
                    "does not begin with the year",
                ));
            }
        },
        Shape::MonthOnly => {
            return Err(Unreadable::new(
                Reason::CellMonthOnly,
                text,
                "is a month; a day is needed",
            ));
        }
    };
    if !(1900..=2200).contains(&year) {
        return Err(invalid());
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| {
        let why = match order {
            DateOrder::DayMonth => "is not a date with day before month",
            DateOrder::MonthDay => "is not a date with month before day",
            DateOrder::YearFirst => "is not a date with the year first",
        };
        Unreadable::new(Reason::CellOtherOrder, text, why)
    })
}

/// `14:05`, `14:05:09.5`, `2:05 PM`, each with or without `Z` or an offset.
fn clock_time(text: &str) -> Option<(NaiveTime, Option<FixedOffset>)> {
    let (time, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(time) => (time, FixedOffset::east_opt(0)),
        None => match text.rfind(['+', '-']) {
            Some(at) => {
                let (time, offset) = text.split_at_checked(at)?;
                (time, Some(utc_offset(offset)?))
            }
            None => (text, None),
        },
    };
    let lower = time
        .to_lowercase()
        .replace("a.m.", "am")
        .replace("p.m.", "pm")
        .replace([' ', '\u{a0}', '\u{202f}'], "");
    let (time, half) = if let Some(t) = lower.strip_suffix("am") {
        (t.to_owned(), Some(0))
    } else if let Some(t) = lower.strip_suffix("pm") {
        (t.to_owned(), Some(12))
    } else {
        (time.trim().to_owned(), None)
    };
    let mut parts = time.split(':');
    let hour: u32 = parts.next()?.trim().parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let seconds = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let micro: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second.parse().ok()?, micro)?;
    Some((time, offset))
}

fn utc_offset(text: &str) -> Option<FixedOffset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (
            digits.get(..2)?.parse::<i32>().ok()?,
            digits.get(2..)?.parse::<i32>().ok()?,
        ),
        _ => return None,
    };
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}
