//! How the values of flags are read. A value that cannot be read is wrong usage.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_app::wire;
use rumbo_base::{Currency, Micros, TimeZone};

/// A day such as `2026-03-31`.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_| "write a day as 2026-03-31".to_owned())
}

/// A day, or nothing to take one away.
pub fn day_or_nothing(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    day(text).map(|day| day.to_string())
}

/// An amount, or nothing to take one away.
pub fn amount_or_nothing(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    amount(text)
}

/// A moment: an instant, or a day that begins in the workspace's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Instant(DateTime<Utc>),
    Day(NaiveDate),
}

impl Moment {
    /// The instant meant, in a workspace of this time zone.
    pub fn at(self, zone: TimeZone) -> DateTime<Utc> {
        match self {
            Self::Instant(at) => at,
            Self::Day(day) => zone.start_of(day),
        }
    }
}

/// A moment such as `2026-03-31T10:00:00-03:00`, or a day.
pub fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(day) = text.parse() {
        return Ok(Moment::Day(day));
    }
    DateTime::parse_from_rfc3339(text)
        .map(|at| Moment::Instant(at.with_timezone(&Utc)))
        .map_err(|_| "write a day as 2026-03-31, or an instant as 2026-03-31T10:00:00-03:00".into())
}

/// An instant such as `2026-03-31T10:00:00Z`.
pub fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .map_err(|_| "write an instant as 2026-03-31T10:00:00Z".to_owned())
}

/// The id of a row, as lists have it.
pub fn id<T: FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| {
        "write an id as the list has it, such as 01a1fdd6-51a5-7be9-bbdc-6b4624ff4947".to_owned()
    })
}

/// An amount of money, kept as the exact text.
pub fn amount(text: &str) -> Result<String, String> {
    match Micros::parse(text) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err("write an amount as 1842.61".to_owned()),
    }
}

/// A three-letter currency.
pub fn currency(text: &str) -> Result<String, String> {
    text.parse::<Currency>()
        .map(|c| c.to_string())
        .map_err(|e| e.message().to_owned())
}

/// The id of a metric.
pub fn metric(text: &str) -> Result<String, String> {
    match wire::metric(text.trim()) {
        Some(metric) => Ok(metric.id.to_owned()),
        None => Err("write one of docs/metrics.md, such as revenue".to_owned()),
    }
}

/// An IANA time zone.
pub fn timezone(text: &str) -> Result<String, String> {
    text.parse::<TimeZone>()
        .map(|z| z.to_string())
        .map_err(|e| e.message().to_owned())
}

/// A language of Rumbo, with or without a region.
pub fn locale(text: &str) -> Result<String, String> {
    match text.split(['-', '_']).next() {
        Some("en" | "es" | "pt") => Ok(text.replace('_', "-")),
        _ => Err("use en, es or pt, with a region if you like, such as es-AR".to_owned()),
    }
}

/// The address of a site.
pub fn address(text: &str) -> Result<url::Url, String> {
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err("write an address as https://graph.facebook.com".to_owned()),
    }
}

#[cfg(test)]
mod tests;
