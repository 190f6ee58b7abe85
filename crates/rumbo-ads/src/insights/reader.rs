//! Page bytes to ad-days.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;
use rumbo_base::{Code, Currency, DateRange, Error, Result};

use super::actions::{CompiledMap, decimal_micros, encode};
use super::ad_day::{AdDay, Figures};
use super::ad_index::AdIndex;
use super::wire::{WirePage, WireRow};
use crate::JsonText;
use crate::action_map::ActionMap;
use crate::json_text::canonical;

/// Reads insight rows of one account (`level=ad`, `time_increment=1`) and gathers them.
#[derive(Debug)]
pub struct RowReader {
    map: CompiledMap,
    currency: Currency,
    days: DateRange,
    rows: Vec<AdDay>,
    scratch: String,
    setting: Option<Arc<str>>,
    unreadable: u64,
}

impl RowReader {
    /// A reader for the rows of some days of one account.
    pub fn new(map: &ActionMap, currency: Currency, days: DateRange) -> Self {
        Self {
            map: map.into(),
            currency,
            days,
            rows: Vec::new(),
            scratch: String::new(),
            setting: None,
            unreadable: 0,
        }
    }

    /// Reads the body of a page, `{"data":[…],…}`, and says how many rows it had.
    ///
    /// # Errors
    /// `MetaUnavailable` for bytes that are not such a page, or a row without ad or day, or of a
    /// day that was not asked for. Nothing of the page is kept then.
    pub fn read_page(&mut self, body: &[u8], index: &mut AdIndex) -> Result<usize> {
        let text = std::str::from_utf8(body).map_err(|e| broken().source(e))?;
        let page: WirePage<'_> = serde_json::from_str(text).map_err(|e| broken().source(e))?;
        let before = self.rows.len();
        let count = page.data.len();
        self.rows.reserve(count);
        for row in page.data {
            if let Err(error) = self.read(row, index) {
                self.rows.truncate(before);
                return Err(error);
            }
        }
        Ok(count)
    }

    /// Reads one row, `{"ad_id":…}`.
    ///
    /// # Errors
    /// As [`RowReader::read_page`].
    pub fn read_row(&mut self, row: &str, index: &mut AdIndex) -> Result<()> {
        let row: WireRow<'_> = serde_json::from_str(row).map_err(|e| broken().source(e))?;
        self.read(row, index)
    }

    /// How many rows were gathered.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none were.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many figures could not be read as numbers. They are kept as text in `rest`.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// The rows, for [`super::write_slice`].
    pub fn into_rows(self) -> Vec<AdDay> {
        self.rows
    }

    fn read(&mut self, mut row: WireRow<'_>, index: &mut AdIndex) -> Result<()> {
        let (Some(ad), Some(start)) = (row.ad_id.as_deref(), row.date_start.as_deref()) else {
            return Err(broken());
        };
        let day: NaiveDate = day(start).ok_or_else(broken)?;
        if row.date_stop.as_deref().is_some_and(|stop| stop != start) || !self.days.contains(day) {
            return Err(broken());
        }
        // Without ids above it the ad stands by itself until a listing shows them.
        let ad_set = row.ad_set_id.as_deref().unwrap_or(ad);
        let campaign = row.campaign_id.as_deref().unwrap_or(ad);
        let place = index.place(ad, ad_set, campaign);
        let derived = self.map.derive(
            row.actions.iter().map(|a| (a.action_type.as_ref(), a.value.as_ref())),
            row.action_values.iter().map(|a| (a.action_type.as_ref(), a.value.as_ref())),
        );
        let actions = encode(&mut self.scratch, &mut row.actions, &mut row.action_values);
        let mut rest = Rest::default();
        let mut figures = Figures {
            currency: row
                .currency
                .as_deref()
                .and_then(|code| code.parse().ok())
                .filter(|code| *code != self.currency),
            attribution_setting: row.attribution_setting.as_deref().map(|s| self.intern(s)),
            impressions: rest.whole("impressions", row.impressions),
            reach: rest.whole("reach", row.reach),
            frequency: rest.float("frequency", row.frequency),
            clicks: rest.whole("clicks", row.clicks),
            link_clicks: rest.whole("inline_link_clicks", row.link_clicks),
            spend_micros: rest.money("spend", row.spend),
            actions,
            ..Figures::default()
        };
        figures.set_derived(derived);
        self.unreadable += rest.unreadable;
        figures.rest = rest.finish(row.rest)?;
        self.rows.push(AdDay { day, ad: place, figures });
        Ok(())
    }

    /// Settings repeat from row to row: keep one copy.
    fn intern(&mut self, text: &str) -> Arc<str> {
        match &self.setting {
            Some(last) if **last == *text => Arc::clone(last),
            _ => Arc::clone(self.setting.insert(text.into())),
        }
    }
}

/// `2026-01-31`, without the generality that costs time.
fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Figures that could not be read, and whatever nobody asked for.
#[derive(Default)]
struct Rest {
    object: serde_json::Map<String, serde_json::Value>,
    unreadable: u64,
}

impl Rest {
    fn keep(&mut self, name: &str, text: &str) {
        self.object.insert(name.to_owned(), text.into());
    }

    fn whole(&mut self, name: &str, text: Option<Cow<'_, str>>) -> Option<i64> {
        let text = text?;
        let number = text.parse().ok();
        if number.is_none() {
            self.unreadable += 1;
            self.keep(name, &text);
        }
        number
    }

    fn float(&mut self, name: &str, text: Option<Cow<'_, str>>) -> Option<f64> {
        let text = text?;
        let number = text.parse().ok().filter(|f: &f64| f.is_finite());
        if number.is_none() {
            self.unreadable += 1;
            self.keep(name, &text);
        }
        number
    }

    fn money(&mut self, name: &str, text: Option<Cow<'_, str>>) -> Option<i64> {
        let text = text?;
        match decimal_micros(&text) {
            Some((micros, true)) => Some(micros),
            // Rounded: what Meta wrote stays beside it.
            Some((micros, false)) => {
                self.keep(name, &text);
                Some(micros)
            }
            None => {
                self.unreadable += 1;
                self.keep(name, &text);
                None
            }
        }
    }

    fn finish(
        mut self,
        more: Vec<(Cow<'_, str>, &serde_json::value::RawValue)>,
    ) -> Result<Option<JsonText>> {
        for (key, raw) in more {
            let value = serde_json::from_str(raw.get()).map_err(|e| broken().source(e))?;
            self.object.insert(key.into_owned(), value);
        }
        if self.object.is_empty() {
            return Ok(None);
        }
        Ok(Some(canonical(&serde_json::Value::Object(self.object)).into()))
    }
}

fn broken() -> Error {
    Error::new(
        Code::MetaUnavailable,
        "Meta answered with figures that cannot be read. They were not stored; the next sync asks again.",
    )
}
