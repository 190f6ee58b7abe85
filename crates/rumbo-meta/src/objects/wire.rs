//! How Meta writes things: times, amounts in minor units, and fields nobody asked a type for.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, Error, Micros};
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An instant. Meta writes `2026-11-21T10:00:00-0300` or Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetaTime(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for MetaTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = MetaTime;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-11-21T10:00:00-0300, or Unix seconds")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<MetaTime, E> {
                DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z")
                    .or_else(|_| DateTime::parse_from_rfc3339(text))
                    .map(|at| MetaTime(at.with_timezone(&Utc)))
                    .or_else(|_| {
                        text.parse()
                            .ok()
                            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
                            .map(MetaTime)
                            .ok_or_else(|| E::custom("not a time"))
                    })
            }
            fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<MetaTime, E> {
                DateTime::from_timestamp(seconds, 0)
                    .map(MetaTime)
                    .ok_or_else(|| E::custom("not a time"))
            }
            fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<MetaTime, E> {
                self.visit_i64(i64::try_from(seconds).map_err(|_| E::custom("not a time"))?)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// An amount in Meta's own minor unit, which is not ISO 4217's; written as text or as a number.
/// `"0"` stands for "no cap" in `spend_cap`; that is for the reader to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinorUnits(pub i64);

impl MinorUnits {
    /// The amount.
    ///
    /// # Errors
    /// `InvalidInput` when it does not fit.
    pub fn to_micros(self, currency: Currency) -> Result<Micros, Error> {
        Micros::from_meta_minor(self.0, currency)
    }
}

impl<'de> Deserialize<'de> for MinorUnits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Count::deserialize(deserializer).map(|count| Self(count.0))
    }
}

/// A whole number, written as text or as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub i64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Count, E> {
                text.parse()
                    .map(Count)
                    .map_err(|_| E::custom("not a whole number"))
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Count, E> {
                Ok(Count(number))
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Count, E> {
                i64::try_from(number)
                    .map(Count)
                    .map_err(|_| E::custom("not a whole number"))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// What Meta sent beyond the typed fields, or a field kept as it came: compact JSON by name,
/// sorted, so that equal answers give equal text.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Rest(BTreeMap<String, Box<RawValue>>);

impl Rest {
    pub(crate) fn put(&mut self, name: String, value: Box<RawValue>) {
        self.0.insert(name, value);
    }

    /// One field, as JSON.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it as one JSON object.
    pub fn to_json(&self) -> String {
        // A map from text to finished JSON always has a JSON form.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

impl PartialEq for Rest {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .0
                .iter()
                .zip(&other.0)
                .all(|((a, x), (b, y))| a == b && x.get() == y.get())
    }
}

/// Defines a node: its typed fields by Meta's names, the rest kept as JSON, and the list of
/// fields to ask for.
macro_rules! node {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$field_meta:meta])* $field:ident: $kind:ty ),* $(,)? }
        also [ $($raw:literal),* $(,)? ]
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Default)]
        pub struct $name {
            /// Meta's id.
            pub id: String,
            $( $(#[$field_meta])* pub $field: Option<$kind>, )*
            /// Fields asked for without a type of their own, and whatever else came.
            pub rest: $crate::objects::Rest,
        }

        impl $name {
            /// The fields asked for.
            pub const FIELDS: &'static [&'static str] =
                &["id", $( stringify!($field), )* $( $raw, )*];
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl<'de> serde::de::Visitor<'de> for Reader {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("a ", stringify!($name)))
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$name, A::Error> {
                        let mut node = $name::default();
                        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                            match &*key {
                                "id" => node.id = map.next_value()?,
                                $( stringify!($field) => node.$field = map.next_value()?, )*
                                _ => node.rest.put(key.into_owned(), map.next_value()?),
                            }
                        }
                        if node.id.is_empty() {
                            return Err(serde::de::Error::missing_field("id"));
                        }
                        Ok(node)
                    }
                }
                deserializer.deserialize_map(Reader)
            }
        }
    };
}
pub(super) use node;
