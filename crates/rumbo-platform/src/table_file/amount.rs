//! Amounts and counts in everybody's way of writing them.

use rumbo_base::{Micros, Reason, parse_decimal_micros};
use serde::{Deserialize, Serialize};

use super::{Cell, Reading, Unreadable};

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

impl DecimalMark {
    fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// What a column of amounts says about its decimal mark. `1.234` alone can be a thousand or a
/// little more than one; in a currency without decimals (`decimals` is 0) it is a thousand.
pub fn decimal_mark<'a>(
    cells: impl Iterator<Item = (usize, &'a Cell)>,
    decimals: Option<u32>,
) -> Reading<DecimalMark> {
    Reading::of(cells.filter_map(|(row, cell)| {
        let Cell::Text(text) = cell else { return None };
        let bare = strip(text)?;
        says(&bare.digits, decimals).map(|says| ((row, text.trim().to_owned()), says))
    }))
}

/// One reading, two readings, or nothing to say.
fn says(digits: &str, decimals: Option<u32>) -> Option<Result<DecimalMark, ()>> {
    let count = |mark: DecimalMark| digits.matches(mark.character()).count();
    let (point, comma) = (DecimalMark::Point, DecimalMark::Comma);
    let only = match (count(point), count(comma)) {
        (0, 0) => return None,
        (_, 0) => point,
        (0, _) => comma,
        _ => {
            let last = digits.rfind(['.', ',']).and_then(|at| digits.get(at..=at));
            return Some(Ok(if last == Some(".") { point } else { comma }));
        }
    };
    if count(only) > 1 {
        return Some(Ok(only.other()));
    }
    let (whole, fraction) = digits.split_once(only.character())?;
    let group = fraction.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && whole.bytes().all(|b| b.is_ascii_digit());
    Some(match (group, decimals) {
        (true, Some(0)) => Ok(only.other()),
        (true, _) => Err(()),
        (false, _) => Ok(only),
    })
}

/// Reads an amount; `None` when the cell is missing. Currency signs, spaces and apostrophes
/// between thousands, a percent sign and accountants' parentheses are understood.
///
/// # Errors
/// The reason, for the person who has the file.
pub fn parse_amount(cell: &Cell, mark: DecimalMark) -> Result<Option<Micros>, Unreadable> {
    let Some(plain) = plain(cell, mark)? else {
        return Ok(None);
    };
    let plain = match cell {
        Cell::Number(_) => at_most_six_decimals(&plain),
        _ => plain,
    };
    parse_decimal_micros(&plain)
        .map(|m| Some(Micros(m)))
        .map_err(|_| not_amount(&cell.raw()))
}

/// Reads a number as plain decimal text, with every decimal that the cell has: a ratio is printed
/// finer than money can be; `None` when the cell is missing.
///
/// # Errors
/// The reason, for the person who has the file.
pub fn parse_decimal(cell: &Cell, mark: DecimalMark) -> Result<Option<String>, Unreadable> {
    let Some(plain) = plain(cell, mark)? else {
        return Ok(None);
    };
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if digits.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(not_amount(&cell.raw()));
    }
    Ok(Some(plain))
}

fn not_amount(text: &str) -> Unreadable {
    Unreadable::new(Reason::CellNotAmount, text.trim(), "is not an amount")
}

/// The number without anything around it and with a decimal point.
fn plain(cell: &Cell, mark: DecimalMark) -> Result<Option<String>, Unreadable> {
    let Some(text) = cell.text() else {
        return Ok(None);
    };
    Ok(Some(match cell {
        Cell::Empty => return Ok(None),
        Cell::Number(number) => number.clone(),
        Cell::Date(_) => {
            return Err(Unreadable::new(
                Reason::CellNotAmount,
                &text,
                "is a date, not an amount",
            ));
        }
        Cell::Text(_) => {
            let bare = strip(&text).ok_or_else(|| not_amount(&text))?;
            let digits = ungroup(&bare.digits, mark).ok_or_else(|| {
                let why = match mark {
                    DecimalMark::Point => "is not an amount with a decimal point",
                    DecimalMark::Comma => "is not an amount with a decimal comma",
                };
                Unreadable::new(Reason::CellOtherMark, &text, why).param("mark", mark.character())
            })?;
            if bare.negative {
                format!("-{digits}")
            } else {
                digits
            }
        }
    }))
}

/// Reads a whole number; `None` when the cell is missing.
///
/// # Errors
/// The reason, for the person who has the file.
pub fn parse_count(cell: &Cell, mark: DecimalMark) -> Result<Option<i64>, Unreadable> {
    match parse_amount(cell, mark)? {
        None => Ok(None),
        Some(Micros(n)) if n % 1_000_000 == 0 => Ok(Some(n / 1_000_000)),
        Some(_) => Err(Unreadable::new(
            Reason::CellNotWhole,
            cell.raw().trim(),
            "is not a whole number",
        )),
    }
}

/// What a formula of a spreadsheet gives may have more decimals than money can keep.
fn at_most_six_decimals(number: &str) -> String {
    match number.split_once('.') {
        Some((_, fraction)) if fraction.len() > 6 => number
            .parse::<f64>()
            .map_or_else(|_| number.to_owned(), |rounded| format!("{rounded:.6}")),
        _ => number.to_owned(),
    }
}

struct Bare {
    negative: bool,
    /// Digits, points and commas, spaces and apostrophes taken out.
    digits: String,
}

/// Takes off everything around the digits.
fn strip(text: &str) -> Option<Bare> {
    let mut rest = text.trim();
    let mut negative = false;
    let mut letters = 0;
    if let Some(inner) = rest.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        negative = true;
        rest = inner;
    }
    let mut after_letter = false;
    while let Some(first) = rest.chars().next() {
        let stripped = match first {
            '-' | '−' if !negative => {
                negative = true;
                true
            }
            // "S/.100", "Rs.100" and "Bs. 100": this point belongs to the currency.
            '.' => after_letter,
            _ => is_decoration(first),
        };
        if !stripped {
            break;
        }
        letters += usize::from(first.is_alphabetic());
        after_letter = first.is_alphabetic() || first == '/';
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    while let Some(last) = rest.chars().last() {
        let stripped = match last {
            '-' | '−' if !negative => {
                negative = true;
                true
            }
            '%' => true,
            _ => is_decoration(last),
        };
        if !stripped {
            break;
        }
        letters += usize::from(last.is_alphabetic());
        rest = rest.get(..rest.len() - last.len_utf8()).unwrap_or_default();
    }
    // A currency has few letters; more of them are words.
    if letters > 4 || !rest.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let spaced = rest
        .split(is_group_space)
        .skip(1)
        .all(|group| group.len() >= 3 && group.bytes().take(3).all(|b| b.is_ascii_digit()));
    if !spaced {
        return None;
    }
    let digits: String = rest.chars().filter(|c| !is_group_space(*c)).collect();
    digits
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        .then_some(Bare { negative, digits })
}

fn is_group_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\'' | '’')
}

fn is_decoration(c: char) -> bool {
    c.is_alphabetic()
        || c.is_whitespace()
        || matches!(
            c,
            '$' | '£' | '¥' | '¢' | '/' | '+' | '\u{20a0}'..='\u{20cf}'
        )
}

/// Takes out the marks between thousands and makes the decimal mark a point.
fn ungroup(digits: &str, mark: DecimalMark) -> Option<String> {
    let (whole, fraction) = digits.split_once(mark.character()).unwrap_or((digits, ""));
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(fraction) {
        return None;
    }
    let mut groups = whole.split(mark.other().character());
    let first = groups.next().filter(|g| all_digits(g))?;
    let mut plain = first.to_owned();
    let rest: Vec<&str> = groups.collect();
    if let Some((last, middle)) = rest.split_last() {
        // Thousands by three, or as in India by two before the last three.
        let fits = (1..=3).contains(&first.len())
            && last.len() == 3
            && middle.iter().all(|g| g.len() == 2 || g.len() == 3)
            && rest.iter().all(|g| all_digits(g));
        if !fits {
            return None;
        }
        plain.extend(rest);
    }
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}
