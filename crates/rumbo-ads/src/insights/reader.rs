//! Page bytes to ad-days.

use std::borrow::Cow;
use std::sync::Arc;

use rumbo_base::{Breakdown, Code, Currency, DateRange, Error, Frequency, Reach, Reason, Result};
use rumbo_meta::objects::{ActionStat, Actions, InsightRow};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::actions::{CompiledMap, decimal_micros, encode};
use super::ad_day::{AdDay, Figures};
use super::ad_index::AdIndex;
use super::parts::{AdDayPart, fields};
use crate::JsonText;
use crate::action_map::{AFTER_VIEW, ActionMap};
use crate::json_text::canonical;

/// Reads insight rows of one account (`level=ad`, `time_increment=1`) and gathers them.
#[derive(Debug)]
pub struct RowReader {
    map: CompiledMap,
    currency: Currency,
    days: DateRange,
    rows: Vec<AdDay>,
    /// Fields that tell the part a row is of; none where rows are whole.
    split_by: &'static [&'static str],
    /// The part of each row, where rows are parts.
    parts: Vec<Arc<str>>,
    /// Every part that was met: there are few.
    known: Vec<Arc<str>>,
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
            split_by: &[],
            parts: Vec::new(),
            known: Vec::new(),
            scratch: String::new(),
            setting: None,
            unreadable: 0,
        }
    }

    /// The rows are parts of ad-days.
    #[must_use]
    pub fn by(mut self, breakdown: Breakdown) -> Self {
        self.split_by = fields(breakdown);
        self
    }

    /// Reads the body of a page, `{"data":[…],…}`, and says how many rows it had.
    ///
    /// # Errors
    /// `MetaUnavailable` for bytes that are not such a page, or as [`RowReader::read_rows`].
    pub fn read_page(&mut self, body: &[u8], index: &mut AdIndex) -> Result<usize> {
        #[derive(Deserialize)]
        struct Page<'a> {
            #[serde(borrow)]
            data: &'a RawValue,
        }
        let page: Page<'_> = serde_json::from_slice(body).map_err(|e| broken().source(e))?;
        let rows: Vec<InsightRow<'_>> =
            serde_json::from_str(page.data.get()).map_err(|e| broken().source(e))?;
        self.read_rows(rows, index)
    }

    /// Reads rows and says how many they were.
    ///
    /// # Errors
    /// `MetaUnavailable` for a row without an ad, or of a day that was not asked for. None of the
    /// rows is kept then.
    pub fn read_rows(&mut self, rows: Vec<InsightRow<'_>>, index: &mut AdIndex) -> Result<usize> {
        let before = self.rows.len();
        let count = rows.len();
        self.rows.reserve(count);
        for row in rows {
            if let Err(error) = self.read(row, index) {
                self.truncate(before);
                return Err(error);
            }
        }
        Ok(count)
    }

    /// How many rows were gathered.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none were.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Forgets all rows but the first ones.
    pub fn truncate(&mut self, rows: usize) {
        self.rows.truncate(rows);
        self.parts.truncate(rows);
    }

    /// How many figures could not be read as numbers. They are kept as text in `rest`.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// The rows, for [`super::write_slice`].
    pub fn into_rows(self) -> Vec<AdDay> {
        self.rows
    }

    /// The rows with the parts they are of, for [`super::write_parts`].
    pub fn into_parts(self) -> Vec<AdDayPart> {
        self.parts
            .into_iter()
            .zip(self.rows)
            .map(|(value, of)| AdDayPart { value, of })
            .collect()
    }

    /// The part that a row is of; what Meta does not name is `unknown`, as Meta writes it.
    fn part(&mut self, row: &InsightRow<'_>) -> Arc<str> {
        self.scratch.clear();
        for name in self.split_by {
            if !self.scratch.is_empty() {
                self.scratch.push('/');
            }
            self.scratch
                .push_str(row.breakdown(name).unwrap_or("unknown"));
        }
        match self.known.iter().find(|known| ***known == *self.scratch) {
            Some(known) => Arc::clone(known),
            None => {
                let part: Arc<str> = self.scratch.as_str().into();
                self.known.push(Arc::clone(&part));
                part
            }
        }
    }

    fn read(&mut self, row: InsightRow<'_>, index: &mut AdIndex) -> Result<()> {
        let Some(ad) = row.ad_id.as_deref() else {
            return Err(broken());
        };
        let day = row.date_start;
        if row.date_stop != day || !self.days.contains(day) {
            return Err(broken());
        }
        // Without ids above it the ad stands by itself until a listing shows them.
        let ad_set = row.adset_id.as_deref().unwrap_or(ad);
        let campaign = row.campaign_id.as_deref().unwrap_or(ad);
        let place = index.place(ad, ad_set, campaign);
        let part = (!self.split_by.is_empty()).then(|| self.part(&row));
        let mut counts = entries(row.actions)?;
        let mut values = entries(row.action_values)?;
        let derived = self.map.derive(pairs(&counts), pairs(&values));
        let actions = encode(&mut self.scratch, &mut counts, &mut values);
        let mut rest = Rest::default();
        let mut figures = Figures {
            currency: row
                .account_currency
                .as_deref()
                .and_then(|code| code.parse().ok())
                .filter(|code| *code != self.currency),
            attribution_setting: row.attribution_setting.as_deref().map(|s| self.intern(s)),
            impressions: rest.bounded("impressions", row.impressions),
            reach: rest.bounded("reach", row.reach).map(Reach),
            frequency: rest.float("frequency", row.frequency).map(Frequency),
            clicks: rest.bounded("clicks", row.clicks),
            link_clicks: rest.bounded("inline_link_clicks", row.inline_link_clicks),
            spend_micros: rest.money("spend", row.spend),
            actions,
            ..Figures::default()
        };
        figures.set_derived(derived);
        self.unreadable += rest.unreadable;
        for (name, text) in row.texts {
            // Names belong to the objects, and change without the day changing.
            if !self.split_by.contains(&name.as_ref())
                && !matches!(
                    name.as_ref(),
                    "account_name" | "campaign_name" | "adset_name" | "ad_name"
                )
            {
                rest.keep(&name, &text);
            }
        }
        figures.rest = rest.finish(row.rest)?;
        self.parts.extend(part);
        self.rows.push(AdDay {
            day,
            ad: place,
            figures,
        });
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

fn entries(actions: Option<Actions<'_>>) -> Result<Vec<ActionStat<'_>>> {
    let Some(actions) = actions else {
        return Ok(Vec::new());
    };
    let mut entries = actions.entries().map_err(|e| broken().source(e))?;
    for action in &mut entries {
        if !action.more.is_empty() && !is_conversion(&action.action_type) {
            action.more.retain(|(window, _)| window != AFTER_VIEW);
        }
    }
    Ok(entries)
}

/// Whether it is told how much of it came after a view: of clicks and engagements, which are most of
/// what Meta tells, nothing reads it.
fn is_conversion(action_type: &str) -> bool {
    ["lead", "purchase", "custom"]
        .iter()
        .any(|name| action_type.contains(name))
}

fn pairs<'b>(list: &'b [ActionStat<'_>]) -> impl Iterator<Item = (&'b str, &'b str)> {
    list.iter()
        .filter_map(|action| Some((action.action_type.as_ref(), action.value.as_deref()?)))
}

/// No figure of a day is larger; beyond it the sums would not fit.
const LARGEST: i64 = 1_000_000_000_000_000;

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

    fn bounded(&mut self, name: &str, number: Option<i64>) -> Option<i64> {
        let number = number?;
        if (-LARGEST..=LARGEST).contains(&number) {
            return Some(number);
        }
        self.unreadable += 1;
        self.keep(name, &number.to_string());
        None
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
        match decimal_micros(&text).filter(|(micros, _)| micros.abs() <= LARGEST) {
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

    fn finish(mut self, more: Vec<(Cow<'_, str>, &RawValue)>) -> Result<Option<JsonText>> {
        for (key, raw) in more {
            let value = serde_json::from_str(raw.get()).map_err(|e| broken().source(e))?;
            self.object.insert(key.into_owned(), value);
        }
        if self.object.is_empty() {
            return Ok(None);
        }
        Ok(Some(
            canonical(&serde_json::Value::Object(self.object)).into(),
        ))
    }
}

/// What Meta sent is no row of figures.
pub(crate) fn broken() -> Error {
    Error::new(
        Code::MetaUnavailable,
        "Meta answered with figures that cannot be read. They were not stored; the next sync asks again.",
    )
    .reason(Reason::FiguresUnreadable)
}
