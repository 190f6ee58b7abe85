//! Days asked for, and how they are cut into rows.

use chrono::{Datelike, Months, NaiveDate};
use serde_json::Value;

use crate::graph::schema::check_enum;
use crate::graph::{GraphError, Params};
use crate::world::{Day, day_of, parse_day};

fn date_of(day: Day) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(day).unwrap_or_default()
}

/// The ranges asked for, each first and last day.
pub(super) fn ranges(params: &Params, today: Day) -> Result<Vec<(Day, Day)>, GraphError> {
    if let Some(Value::Array(ranges)) = params.json("time_ranges")? {
        return ranges.iter().map(range).collect();
    }
    if let Some(given) = params.json("time_range")? {
        return Ok(vec![range(&given)?]);
    }
    let preset = params.get("date_preset").unwrap_or("last_30d");
    check_enum("date_preset", "date_preset", preset)?;
    Ok(vec![preset_range(preset, today)])
}

fn range(given: &Value) -> Result<(Day, Day), GraphError> {
    let day = |name: &str| {
        given
            .get(name)
            .and_then(Value::as_str)
            .and_then(parse_day)
            .ok_or_else(|| {
                GraphError::parameter(format!(
                    "Param time_range[{name}] must be a date representation in the format YYYY-MM-DD"
                ))
            })
    };
    let (since, until) = (day("since")?, day("until")?);
    if since > until {
        return Err(GraphError::new(
            100,
            "(#100) Start date must be before or equal to end date in time_range",
        ));
    }
    Ok((since, until))
}

/// Meta keeps 37 months (error 3018).
pub(super) fn check_age(ranges: &[(Day, Day)], today: Day) -> Result<(), GraphError> {
    let oldest = date_of(today)
        .checked_sub_months(Months::new(37))
        .map_or(0, |date| date.num_days_from_ce() - 1);
    if ranges.iter().any(|(since, _)| *since < oldest) {
        return Err(GraphError::new(
            3018,
            "(#3018) The start date of the time range cannot be beyond 37 months from the current date",
        ));
    }
    Ok(())
}

/// Leaves out days that cannot have figures.
pub(super) fn clip(ranges: Vec<(Day, Day)>, first: Day, last: Day) -> Vec<(Day, Day)> {
    ranges
        .into_iter()
        .filter(|(since, until)| *until >= first && *since <= last)
        .map(|(since, until)| (since, until.min(last.max(since))))
        .collect()
}

fn preset_range(preset: &str, today: Day) -> (Day, Day) {
    let date = date_of(today);
    let back = |days: Day| (today - days, today - 1);
    let month = |date: NaiveDate| day_of(date.with_day(1).unwrap_or(date));
    let months_back = |months: u32| {
        let first = date.with_day(1).unwrap_or(date);
        day_of(
            first
                .checked_sub_months(Months::new(months))
                .unwrap_or(first),
        )
    };
    let into_quarter = date.month0() % 3;
    let year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map_or(today, day_of);
    let since_monday = Day::try_from(date.weekday().num_days_from_monday()).unwrap_or(0);
    let since_sunday = Day::try_from(date.weekday().num_days_from_sunday()).unwrap_or(0);
    match preset {
        "today" => (today, today),
        "yesterday" => (today - 1, today - 1),
        "last_3d" => back(3),
        "last_7d" => back(7),
        "last_14d" => back(14),
        "last_28d" => back(28),
        "last_90d" => back(90),
        "this_month" => (month(date), today),
        "last_month" => (months_back(1), month(date) - 1),
        "this_quarter" => (months_back(into_quarter), today),
        "last_quarter" => (months_back(into_quarter + 3), months_back(into_quarter) - 1),
        "this_year" => (year(date.year()), today),
        "last_year" => (year(date.year() - 1), year(date.year()) - 1),
        "this_week_mon_today" => (today - since_monday, today),
        "this_week_sun_today" => (today - since_sunday, today),
        "last_week_mon_sun" => (today - since_monday - 7, today - since_monday - 1),
        "last_week_sun_sat" => (today - since_sunday - 7, today - since_sunday - 1),
        "maximum" | "data_maximum" => (months_back(36), today),
        _ => back(30),
    }
}

/// How a range is cut into rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Increment {
    Days(Day),
    Monthly,
    Whole,
}

impl Increment {
    pub(super) fn read(params: &Params) -> Result<Self, GraphError> {
        match params
            .get("time_increment")
            .map(|text| text.trim_matches('"'))
        {
            None | Some("all_days") => Ok(Self::Whole),
            Some("monthly") => Ok(Self::Monthly),
            Some(text) => match text.parse() {
                Ok(days @ 1..=90) => Ok(Self::Days(days)),
                _ => Err(GraphError::parameter(
                    "time_increment must be between 1 and 90, or one of: monthly, all_days",
                )),
            },
        }
    }

    pub(super) fn cut(self, (since, until): (Day, Day)) -> Vec<(Day, Day)> {
        let mut pieces = Vec::new();
        let mut first = since;
        while first <= until {
            let last = match self {
                Self::Whole => until,
                Self::Days(days) => first + days - 1,
                Self::Monthly => {
                    let date = date_of(first);
                    date.with_day(1)
                        .and_then(|start| start.checked_add_months(Months::new(1)))
                        .map_or(until, |next| day_of(next) - 1)
                }
            };
            pieces.push((first, last.min(until)));
            first = last.max(first) + 1;
        }
        pieces
    }
}
