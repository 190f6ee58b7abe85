//! Actions as they are kept: compact, in a fixed order, with every attribution window.
//!
//! The column `actions` holds `{"a":[…],"v":[…]}`: `a` are the counts, `v` the values in money,
//! each entry `["type","value","window","value",…]`, sorted. A key without entries is absent, and
//! an ad-day without any is NULL. Arrays keep their order in JSONB, so the text is the same on
//! both databases.

use std::borrow::Cow;
use std::collections::HashMap;

use rumbo_base::{Error, Result};
use rumbo_meta::objects::ActionStat;
use serde::Deserialize;

use crate::JsonText;
use crate::action_map::{ActionMap, Event, Tiers};
use crate::json_text::push_string;

/// An action map made ready for many rows.
#[derive(Debug)]
pub(crate) struct CompiledMap {
    /// Action type → its tier among leads, and among purchases.
    tiers: HashMap<Box<str>, (Option<usize>, Option<usize>)>,
    lead_tiers: usize,
    purchase_tiers: usize,
}

impl From<&ActionMap> for CompiledMap {
    fn from(map: &ActionMap) -> Self {
        let mut tiers: HashMap<Box<str>, (Option<usize>, Option<usize>)> = HashMap::new();
        let each = |list: &Tiers| -> Vec<(Box<str>, usize)> {
            list.iter()
                .enumerate()
                .flat_map(|(tier, types)| types.iter().map(move |t| (t.as_str().into(), tier)))
                .collect()
        };
        for (action_type, tier) in each(&map.leads) {
            tiers.entry(action_type).or_default().0 = Some(tier);
        }
        for (action_type, tier) in each(&map.purchases) {
            tiers.entry(action_type).or_default().1 = Some(tier);
        }
        Self {
            tiers,
            lead_tiers: map.leads.len(),
            purchase_tiers: map.purchases.len(),
        }
    }
}

/// Leads, purchases and purchase value of one ad-day. `None` where Meta reported none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Derived {
    pub leads: Option<i64>,
    pub purchases: Option<i64>,
    pub purchase_value: Option<i64>,
}

impl CompiledMap {
    /// The place of an action type in the list of an event.
    pub(crate) fn tier(&self, event: Event, action_type: &str) -> Option<usize> {
        let (lead, purchase) = *self.tiers.get(action_type)?;
        match event {
            Event::Lead => lead,
            Event::Purchase => purchase,
        }
    }

    /// Takes each figure from the first tier that has any of its types.
    pub(crate) fn derive<'a>(
        &self,
        counts: impl Iterator<Item = (&'a str, &'a str)>,
        values: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Derived {
        let mut leads = Found::new(self.lead_tiers);
        let mut purchases = Found::new(self.purchase_tiers);
        for (action_type, value) in counts {
            if let Some((lead, purchase)) = self.tiers.get(action_type) {
                leads.add(*lead, value);
                purchases.add(*purchase, value);
            }
        }
        let mut money = Found::new(self.purchase_tiers);
        for (action_type, value) in values {
            if let Some((_, purchase)) = self.tiers.get(action_type) {
                money.add(*purchase, value);
            }
        }
        Derived {
            leads: leads.sum().map(whole),
            purchases: purchases.sum().map(whole),
            purchase_value: money.sum(),
        }
    }
}

/// The best tier seen so far and its sum.
struct Found {
    best: usize,
    sum: Option<i64>,
}

impl Found {
    fn new(tiers: usize) -> Self {
        Self {
            best: tiers,
            sum: None,
        }
    }

    fn add(&mut self, tier: Option<usize>, value: &str) {
        let Some(tier) = tier.filter(|tier| *tier <= self.best) else {
            return;
        };
        let Some((micros, _)) = decimal_micros(value) else {
            return;
        };
        if tier < self.best {
            self.best = tier;
            self.sum = Some(micros);
        } else {
            self.sum = Some(self.sum.unwrap_or(0).saturating_add(micros));
        }
    }

    fn sum(self) -> Option<i64> {
        self.sum
    }
}

/// Millionths to whole numbers, rounded half away from zero: counts that Meta models may carry
/// decimals.
pub(crate) fn whole(micros: i64) -> i64 {
    let half = if micros < 0 { -500_000 } else { 500_000 };
    micros.saturating_add(half) / 1_000_000
}

/// A decimal in millionths, and whether that is exact. Meta now and then writes the tail of a
/// binary fraction (`149.98999999999998`); it is rounded half away from zero at the sixth decimal.
/// `None` for what is no decimal.
pub(crate) fn decimal_micros(text: &str) -> Option<(i64, bool)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() <= 6 {
        return rumbo_base::parse_decimal_micros(text)
            .ok()
            .map(|micros| (micros, true));
    }
    if !fraction.is_ascii() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (kept, cut) = fraction.split_at(6);
    let micros = rumbo_base::parse_decimal_micros(&format!("{whole}.{kept}")).ok()?;
    let exact = cut.bytes().all(|b| b == b'0');
    let up = i64::from(cut.bytes().next().is_some_and(|b| b >= b'5'));
    let signed = if whole.trim_start().starts_with('-') {
        -up
    } else {
        up
    };
    Some((micros.checked_add(signed)?, exact))
}

/// Writes the compact form into `out`, sorting both lists. Nothing for no actions.
pub(crate) fn encode<'a>(
    out: &mut String,
    counts: &mut [ActionStat<'a>],
    values: &mut [ActionStat<'a>],
) -> Option<JsonText> {
    if counts.is_empty() && values.is_empty() {
        return None;
    }
    out.clear();
    out.push('{');
    for (key, list) in [("\"a\":[", counts), ("\"v\":[", values)] {
        if list.is_empty() {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(key);
        for action in list.iter_mut() {
            action.more.sort_unstable();
        }
        list.sort_unstable_by(|a, b| {
            (&a.action_type, &a.more, &a.value).cmp(&(&b.action_type, &b.more, &b.value))
        });
        for (index, action) in list.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push('[');
            push_string(out, &action.action_type);
            out.push(',');
            push_string(out, action.value.as_deref().unwrap_or_default());
            for (window, value) in &action.more {
                out.push(',');
                push_string(out, window);
                out.push(',');
                push_string(out, value);
            }
            out.push(']');
        }
        out.push(']');
    }
    out.push('}');
    Some(JsonText(out.as_str().into()))
}

/// One kept action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAction<'a> {
    /// Meta's name of it.
    pub action_type: Cow<'a, str>,
    /// The figure by the default attribution, as Meta wrote it.
    pub value: Cow<'a, str>,
    /// The same figure by attribution window (`7d_click`, `1d_view`, …).
    pub windows: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// The kept actions of one ad-day.
#[derive(Debug, Default, Deserialize)]
pub struct StoredActions<'a> {
    #[serde(borrow, default, rename = "a")]
    counts: Vec<Vec<Cow<'a, str>>>,
    #[serde(borrow, default, rename = "v")]
    values: Vec<Vec<Cow<'a, str>>>,
}

impl<'a> StoredActions<'a> {
    /// Reads the column `actions`.
    ///
    /// # Errors
    /// `Internal` for text that this crate did not write.
    pub fn parse(text: &'a str) -> Result<Self> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// Conversions by type.
    pub fn counts(&self) -> impl Iterator<Item = StoredAction<'a>> + '_ {
        self.counts.iter().filter_map(|entry| stored(entry))
    }

    /// Money by type, in the account's currency.
    pub fn values(&self) -> impl Iterator<Item = StoredAction<'a>> + '_ {
        self.values.iter().filter_map(|entry| stored(entry))
    }

    /// As Meta writes them in a row of insights: `actions` and `action_values`, each entry an object
    /// with its type, its value and one key for each attribution window.
    pub fn to_meta(&self) -> serde_json::Value {
        fn list<'b>(entries: impl Iterator<Item = StoredAction<'b>>) -> Vec<serde_json::Value> {
            entries
                .map(|action| {
                    let mut entry = serde_json::Map::new();
                    entry.insert("action_type".to_owned(), action.action_type.into());
                    entry.insert("value".to_owned(), action.value.into());
                    for (window, value) in action.windows {
                        entry.insert(window.into_owned(), value.into());
                    }
                    entry.into()
                })
                .collect()
        }
        let mut row = serde_json::Map::new();
        for (name, entries) in [
            ("actions", list(self.counts())),
            ("action_values", list(self.values())),
        ] {
            if !entries.is_empty() {
                row.insert(name.to_owned(), entries.into());
            }
        }
        row.into()
    }

    pub(crate) fn derive(&self, map: &CompiledMap) -> Derived {
        fn pairs<'b>(list: &'b [Vec<Cow<'_, str>>]) -> impl Iterator<Item = (&'b str, &'b str)> {
            list.iter().filter_map(|entry| match entry.as_slice() {
                [action_type, value, ..] => Some((action_type.as_ref(), value.as_ref())),
                _ => None,
            })
        }
        map.derive(pairs(&self.counts), pairs(&self.values))
    }
}

fn stored<'a>(entry: &[Cow<'a, str>]) -> Option<StoredAction<'a>> {
    let [action_type, value, windows @ ..] = entry else {
        return None;
    };
    let windows = windows
        .chunks_exact(2)
        .filter_map(|pair| match pair {
            [window, value] => Some((window.clone(), value.clone())),
            _ => None,
        })
        .collect();
    Some(StoredAction {
        action_type: action_type.clone(),
        value: value.clone(),
        windows,
    })
}
