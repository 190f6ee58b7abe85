//! Insight rows, read in place: texts borrow from the page and the nested lists stay unread
//! until somebody needs them. A first sync reads millions of these.

use std::borrow::Cow;

use chrono::NaiveDate;
use rumbo_base::{Error, Micros};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::wire::Count;

/// The grain of insight rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InsightsLevel {
    /// One row a day for the account.
    Account,
    /// One a campaign and day.
    Campaign,
    /// One an ad set and day.
    AdSet,
    /// One an ad and day: the grain Rumbo keeps.
    Ad,
}

impl InsightsLevel {
    /// All of them, from the outside in.
    pub const ALL: [Self; 4] = [Self::Account, Self::Campaign, Self::AdSet, Self::Ad];

    /// The one of Meta's word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }

    /// Meta's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Campaign => "campaign",
            Self::AdSet => "adset",
            Self::Ad => "ad",
        }
    }
}

/// A row of insights. Counts come as text; a missing value means no data and not zero.
#[derive(Clone, Debug, Default)]
pub struct InsightRow<'a> {
    /// The bare number of the account.
    pub account_id: Option<Cow<'a, str>>,
    /// At campaign level and below.
    pub campaign_id: Option<Cow<'a, str>>,
    /// At ad set level and below.
    pub adset_id: Option<Cow<'a, str>>,
    /// At ad level.
    pub ad_id: Option<Cow<'a, str>>,
    /// First day of the row, in the account's time zone.
    pub date_start: NaiveDate,
    /// Last day of the row.
    pub date_stop: NaiveDate,
    /// ISO 4217.
    pub account_currency: Option<Cow<'a, str>>,
    /// How the ad set credits actions, such as `7d_click_1d_view`.
    pub attribution_setting: Option<Cow<'a, str>>,
    /// Times shown.
    pub impressions: Option<i64>,
    /// People. Never to be added up.
    pub reach: Option<i64>,
    /// Impressions for each person, decimal text. Never to be added up.
    pub frequency: Option<Cow<'a, str>>,
    /// Clicks of all kinds.
    pub clicks: Option<i64>,
    /// Clicks on the link.
    pub inline_link_clicks: Option<i64>,
    /// Decimal text in major units; see [`InsightRow::spend_micros`].
    pub spend: Option<Cow<'a, str>>,
    /// Counts by action type.
    pub actions: Option<Actions<'a>>,
    /// Values by action type, major units.
    pub action_values: Option<Actions<'a>>,
    /// Breakdown keys and values, such as `age` and `25-34`, and other plain texts.
    pub texts: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Every further field, by name, as it came.
    pub rest: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl InsightRow<'_> {
    /// The fields asked for at ad level. `wish_bid` is never asked for: it breaks jobs.
    pub const FIELDS: &'static [&'static str] = &[
        "account_id",
        "campaign_id",
        "adset_id",
        "ad_id",
        "account_currency",
        "attribution_setting",
        "impressions",
        "reach",
        "frequency",
        "clicks",
        "inline_link_clicks",
        "spend",
        "actions",
        "action_values",
    ];

    /// What is asked for of a period as a whole: people, and what they are of.
    pub const PEOPLE: &'static [&'static str] = &[
        "impressions",
        "reach",
        "frequency",
        "clicks",
        "inline_link_clicks",
        "unique_clicks",
        "unique_inline_link_clicks",
    ];

    /// By which windows actions are told: as the ad set counts them, and how much of that came after a
    /// view alone.
    pub const WINDOWS: &'static [&'static str] = &["default", "1d_view"];

    /// What the figures may be split by, where somebody asks for it.
    pub const BREAKDOWNS: &'static [&'static str] = &[
        "age",
        "gender",
        "country",
        "publisher_platform",
        "platform_position",
        "device_platform",
    ];

    /// The spend.
    ///
    /// # Errors
    /// `InvalidInput` when Meta sent something that is no amount.
    pub fn spend_micros(&self) -> Result<Option<Micros>, Error> {
        self.spend.as_deref().map(Micros::parse).transpose()
    }

    /// A count among [`Self::texts`], such as `unique_clicks`; `None` where Meta left it out.
    pub fn count(&self, name: &str) -> Option<i64> {
        self.breakdown(name)?.parse().ok()
    }

    /// A breakdown's value.
    pub fn breakdown(&self, name: &str) -> Option<&str> {
        self.texts
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| &**value)
    }
}

/// A list of action statistics, unread.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct Actions<'a>(#[serde(borrow)] &'a RawValue);

impl<'a> Actions<'a> {
    /// The JSON as it came: to compare and to keep.
    pub fn json(&self) -> &'a str {
        self.0.get()
    }

    /// The entries. Their types nest (`lead` contains `onsite_conversion.lead_grouped`): they
    /// must never be added up across types.
    ///
    /// # Errors
    /// `MetaRefused` when it is no list of statistics.
    pub fn entries(&self) -> Result<Vec<ActionStat<'a>>, Error> {
        serde_json::from_str(self.0.get())
            .map_err(|error| crate::error::MetaError::Shape(format!("actions: {error}")).into())
    }
}

/// One entry of a list of action statistics.
#[derive(Clone, Debug, Default)]
pub struct ActionStat<'a> {
    /// Such as `lead` or `offsite_conversion.fb_pixel_purchase`.
    pub action_type: Cow<'a, str>,
    /// By the ad set's own attribution, decimal text.
    pub value: Option<Cow<'a, str>>,
    /// By other windows (`1d_click`, …) and further breakdown keys, as text.
    pub more: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Text, or a number taken as text, or anything else taken as nothing.
struct Loose<'a>(Option<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Loose<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Loose<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Loose(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                // Meta writes decimals as text; this gives back the digits of any it would not.
                Ok(Loose(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Loose(None))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Loose(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose(None))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The text of a JSON string, borrowed unless it holds escapes.
fn text_of(raw: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    match raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        _ => serde_json::from_str::<String>(raw).map(Cow::Owned),
    }
}

impl<'de> Deserialize<'de> for ActionStat<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = ActionStat<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an action statistic")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut stat = ActionStat::default();
                while let Some(BorrowedText(key)) = map.next_key()? {
                    match (&*key, map.next_value::<Loose<'de>>()?.0) {
                        ("action_type", Some(kind)) => stat.action_type = kind,
                        ("value", value) => stat.value = value,
                        (_, Some(value)) => stat.more.push((key, value)),
                        (_, None) => {}
                    }
                }
                Ok(stat)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A key or text that borrows from the page wherever it holds no escapes.
struct BorrowedText<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for BorrowedText<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = BorrowedText<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(BorrowedText(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(BorrowedText(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

impl<'de> Deserialize<'de> for InsightRow<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = InsightRow<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an insight row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut row = InsightRow::default();
                let (mut start, mut stop) = (None, None);
                while let Some(BorrowedText(key)) = map.next_key()? {
                    match &*key {
                        "account_id" => row.account_id = text(&mut map)?,
                        "campaign_id" => row.campaign_id = text(&mut map)?,
                        "adset_id" => row.adset_id = text(&mut map)?,
                        "ad_id" => row.ad_id = text(&mut map)?,
                        "date_start" => start = Some(map.next_value::<BorrowedText<'de>>()?.0),
                        "date_stop" => stop = Some(map.next_value::<BorrowedText<'de>>()?.0),
                        "account_currency" => row.account_currency = text(&mut map)?,
                        "attribution_setting" => row.attribution_setting = text(&mut map)?,
                        "impressions" => row.impressions = count(&mut map)?,
                        "reach" => row.reach = count(&mut map)?,
                        "frequency" => row.frequency = text(&mut map)?,
                        "clicks" => row.clicks = count(&mut map)?,
                        "inline_link_clicks" => row.inline_link_clicks = count(&mut map)?,
                        "spend" => row.spend = text(&mut map)?,
                        "actions" => row.actions = map.next_value()?,
                        "action_values" => row.action_values = map.next_value()?,
                        _ => {
                            let raw: &'de RawValue = map.next_value()?;
                            match raw.get().as_bytes().first() {
                                Some(b'"') => {
                                    let value = text_of(raw.get())
                                        .map_err(|_| serde::de::Error::custom("not text"))?;
                                    row.texts.push((key, value));
                                }
                                Some(b'n') => {}
                                _ => row.rest.push((key, raw)),
                            }
                        }
                    }
                }
                let start = start.ok_or_else(|| serde::de::Error::missing_field("date_start"))?;
                let stop = stop.ok_or_else(|| serde::de::Error::missing_field("date_stop"))?;
                row.date_start = day(&start).ok_or_else(|| serde::de::Error::custom("no day"))?;
                row.date_stop = if stop == start {
                    row.date_start
                } else {
                    day(&stop).ok_or_else(|| serde::de::Error::custom("no day"))?
                };
                Ok(row)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Reads `2026-02-01`. Millions of them are read, each with few digits and no surprises.
fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    Ok(map.next_value::<Loose<'de>>()?.0)
}

fn count<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<i64>, A::Error> {
    Ok(map.next_value::<Option<Count>>()?.map(|count| count.0))
}
