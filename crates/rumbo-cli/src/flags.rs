//! How the values of flags are read. A value that cannot be read is wrong usage.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rumbo_app::wire;
use rumbo_base::{Currency, Micros, TimeZone, parse_decimal_micros};

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

/// A moment: an instant, or a time or a day in the workspace's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Instant(DateTime<Utc>),
    Local(NaiveDateTime),
    Day(NaiveDate),
}

impl Moment {
    /// The instant meant, in a workspace of this time zone.
    pub fn at(self, zone: TimeZone) -> DateTime<Utc> {
        match self {
            Self::Instant(at) => at,
            Self::Local(at) => zone.instant_of(at),
            Self::Day(day) => zone.start_of(day),
        }
    }
}

/// How a time without a zone may be written.
const LOCAL: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
];

/// A moment such as `2026-03-31T10:00:00-03:00` or `2026-03-31 10:00`, or a day.
pub fn moment(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    if let Ok(day) = text.parse() {
        return Ok(Moment::Day(day));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(Moment::Instant(at.with_timezone(&Utc)));
    }
    LOCAL
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(Moment::Local)
        .ok_or_else(|| {
            "write a day as 2026-03-31, or an instant as 2026-03-31T10:00:00-03:00; without the zone \
             it is the workspace's"
                .to_owned()
        })
}

/// An instant such as `2026-03-31T10:00:00Z`.
pub fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .map_err(|_| "write an instant as 2026-03-31T10:00:00Z".to_owned())
}

/// An amount of money, kept as the exact text.
pub fn amount(text: &str) -> Result<String, String> {
    match Micros::parse(text) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err("write an amount as 1842.61".to_owned()),
    }
}

/// A percentage, kept as the exact text.
pub fn percent(text: &str) -> Result<String, String> {
    match parse_decimal_micros(text.trim()) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err("write a percentage as 1.5".to_owned()),
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
