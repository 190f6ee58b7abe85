//! One insight row as it stands in the bytes of a page, borrowed from them.
//!
//! Scalars are taken as their raw JSON text: Meta writes numbers as strings, and a number that is
//! not one keeps its digits this way too, without passing through floating point.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The body of a page.
#[derive(Debug, serde::Deserialize)]
pub(super) struct WirePage<'a> {
    #[serde(borrow, default = "Vec::new")]
    pub data: Vec<WireRow<'a>>,
}

/// One row of `level=ad`, `time_increment=1`.
#[derive(Debug, Default)]
pub(super) struct WireRow<'a> {
    pub ad_id: Option<Cow<'a, str>>,
    pub ad_set_id: Option<Cow<'a, str>>,
    pub campaign_id: Option<Cow<'a, str>>,
    pub date_start: Option<Cow<'a, str>>,
    pub date_stop: Option<Cow<'a, str>>,
    pub currency: Option<Cow<'a, str>>,
    pub attribution_setting: Option<Cow<'a, str>>,
    pub impressions: Option<Cow<'a, str>>,
    pub reach: Option<Cow<'a, str>>,
    pub frequency: Option<Cow<'a, str>>,
    pub clicks: Option<Cow<'a, str>>,
    pub link_clicks: Option<Cow<'a, str>>,
    pub spend: Option<Cow<'a, str>>,
    pub actions: Vec<WireAction<'a>>,
    pub action_values: Vec<WireAction<'a>>,
    /// Everything else that was in the row, as it stood.
    pub rest: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// One entry of `actions` or `action_values`.
#[derive(Debug, Default)]
pub(super) struct WireAction<'a> {
    pub action_type: Cow<'a, str>,
    pub value: Cow<'a, str>,
    /// Attribution windows and breakdowns, by key.
    pub more: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// A key of an object, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }
            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// The text of a scalar: a string without its quotes, a number as written, nothing for `null`.
pub(super) fn scalar(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Some(Cow::Borrowed(inner)),
        Some(_) => serde_json::from_str(text).ok().map(Cow::Owned),
        None if text == "null" => None,
        None => Some(Cow::Borrowed(text)),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for WireRow<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RowVisitor;
        impl<'de> Visitor<'de> for RowVisitor {
            type Value = WireRow<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an insight row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireRow<'de>, A::Error> {
                let mut row = WireRow::default();
                while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
                    let slot = match key.as_ref() {
                        "ad_id" => &mut row.ad_id,
                        "adset_id" => &mut row.ad_set_id,
                        "campaign_id" => &mut row.campaign_id,
                        "date_start" => &mut row.date_start,
                        "date_stop" => &mut row.date_stop,
                        "account_currency" => &mut row.currency,
                        "attribution_setting" => &mut row.attribution_setting,
                        "impressions" => &mut row.impressions,
                        "reach" => &mut row.reach,
                        "frequency" => &mut row.frequency,
                        "clicks" => &mut row.clicks,
                        "inline_link_clicks" => &mut row.link_clicks,
                        "spend" => &mut row.spend,
                        "actions" => {
                            row.actions = map.next_value::<Option<_>>()?.unwrap_or_default();
                            continue;
                        }
                        "action_values" => {
                            row.action_values = map.next_value::<Option<_>>()?.unwrap_or_default();
                            continue;
                        }
                        // Names belong to the objects and change without the day changing.
                        "account_id" | "account_name" | "campaign_name" | "adset_name"
                        | "ad_name" => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                        _ => {
                            let value = map.next_value::<&'de RawValue>()?;
                            row.rest.push((key, value));
                            continue;
                        }
                    };
                    *slot = scalar(map.next_value::<&'de RawValue>()?);
                }
                Ok(row)
            }
        }
        deserializer.deserialize_map(RowVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for WireAction<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActionVisitor;
        impl<'de> Visitor<'de> for ActionVisitor {
            type Value = WireAction<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an action")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WireAction<'de>, A::Error> {
                let mut action = WireAction::default();
                while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
                    let Some(value) = scalar(map.next_value::<&'de RawValue>()?) else { continue };
                    match key.as_ref() {
                        "action_type" => action.action_type = value,
                        "value" => action.value = value,
                        _ => action.more.push((key, value)),
                    }
                }
                Ok(action)
            }
        }
        deserializer.deserialize_map(ActionVisitor)
    }
}
