//! Why a cell differs: causes with their evidence.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::Currency;

use super::figure::Figure;
use crate::attribution_setting::AttributionSetting;

/// Why two figures that should be the same are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The money of the file is another currency than the stored one: nothing is compared.
    OtherCurrency { file: Currency, stored: Currency },
    /// So many days, from this one on, were never read from Meta.
    DaysNotRead { first: NaiveDate, days: u32 },
    /// Before this run Rumbo had what the file says: Meta restated it.
    Restated { run: i64, at: DateTime<Utc> },
    /// Before this import Rumbo had what the file says.
    ReplacedByFile { run: i64, at: DateTime<Utc> },
    /// The whole row is what Rumbo has of one day later, or earlier: the days of the file begin at
    /// another hour than those of the account's time zone.
    DayShift { later: bool },
    /// The file counts the actions of this type, and Rumbo's action lists another.
    ActionType { action: String },
    /// The file counts this window of the action alone.
    AttributionWindow { action: String, window: String },
    /// The file was made with another attribution setting.
    AttributionSetting { file: String, stored: String },
    /// It is a quotient of this figure, which differs in the same row.
    Follows { figure: Figure },
    /// It is a sum of so many figures, each rounded by itself: they may be this far off.
    Rounding { parts: u32 },
    /// Meta still restates these days after Rumbo last read them.
    NotSettled {
        day: NaiveDate,
        read_at: DateTime<Utc>,
    },
    /// What Rumbo has came from a file and not from Meta.
    FromFile { run: i64, at: DateTime<Utc> },
    /// Meta no longer lists it, and its days are not read again.
    ObjectDeleted { since: DateTime<Utc> },
    /// Of a totals row: so many rows of the file cannot be read.
    RowsNotRead { rows: u32 },
    /// None of the above.
    Unknown,
}

impl Cause {
    /// Its name in JSON.
    pub fn id(&self) -> &'static str {
        match self {
            Self::OtherCurrency { .. } => "other_currency",
            Self::DaysNotRead { .. } => "days_not_read",
            Self::Restated { .. } => "restated",
            Self::ReplacedByFile { .. } => "replaced_by_file",
            Self::DayShift { .. } => "day_shift",
            Self::ActionType { .. } => "action_type",
            Self::AttributionWindow { .. } => "attribution_window",
            Self::AttributionSetting { .. } => "attribution_setting",
            Self::Follows { .. } => "follows",
            Self::Rounding { .. } => "rounding",
            Self::NotSettled { .. } => "not_settled",
            Self::FromFile { .. } => "from_file",
            Self::ObjectDeleted { .. } => "object_deleted",
            Self::RowsNotRead { .. } => "rows_not_read",
            Self::Unknown => "unknown",
        }
    }

    /// Its evidence, by name.
    pub fn evidence(&self) -> BTreeMap<&'static str, String> {
        let pairs: Vec<(&'static str, String)> = match self {
            Self::OtherCurrency { file, stored } => {
                vec![("file", file.to_string()), ("stored", stored.to_string())]
            }
            Self::DaysNotRead { first, days } => {
                vec![("day", first.to_string()), ("days", days.to_string())]
            }
            Self::Restated { run, at }
            | Self::ReplacedByFile { run, at }
            | Self::FromFile { run, at } => {
                vec![("run", run.to_string()), ("at", instant(*at))]
            }
            Self::DayShift { later } => {
                let day = if *later { "next" } else { "previous" };
                vec![("day", day.to_owned())]
            }
            Self::ActionType { action } => vec![("action", action.clone())],
            Self::AttributionWindow { action, window } => {
                vec![("action", action.clone()), ("window", window.clone())]
            }
            Self::AttributionSetting { file, stored } => {
                vec![("file", file.clone()), ("stored", stored.clone())]
            }
            Self::Follows { figure } => vec![("figure", figure.id().to_owned())],
            Self::Rounding { parts } => vec![("parts", parts.to_string())],
            Self::NotSettled { day, read_at } => {
                vec![("day", day.to_string()), ("at", instant(*read_at))]
            }
            Self::ObjectDeleted { since } => vec![("at", instant(*since))],
            Self::RowsNotRead { rows } => vec![("rows", rows.to_string())],
            Self::Unknown => Vec::new(),
        };
        pairs.into_iter().collect()
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Whether two attribution settings are known to be different.
pub(super) fn settings_differ(one: &str, other: &str) -> bool {
    let read = AttributionSetting::of;
    matches!((read(one), read(other)), (Some(one), Some(other)) if one != other)
}

#[cfg(test)]
mod tests {
    use super::settings_differ;

    #[test]
    fn attribution_settings_are_the_same_in_every_wording() {
        let api = "7d_click_1d_view";
        for same in [
            "7-day click or 1-day view",
            "7-day click, 1-day view",
            "7 días de clic o 1 día de visualización",
            "Clique de 7 dias ou visualização de 1 dia",
            "1-day view and 7-day click",
            // Not understood is no evidence.
            "Default",
            "Multiple attribution settings",
        ] {
            assert!(!settings_differ(api, same), "{same}");
        }
        for other in [
            "1-day click",
            "7-day click",
            "7-day click, 1-day engaged-view",
        ] {
            assert!(settings_differ(api, other), "{other}");
        }
    }
}
