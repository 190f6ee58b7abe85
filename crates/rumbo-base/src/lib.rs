//! Ids, money, clock, randomness, secrets, errors, pages and cache tags: the words every other
//! crate speaks in. Nothing here opens a database, a socket or a window.

mod action;
mod breakdown;
mod clock;
mod currency;
mod entropy;
mod error;
mod ids;
mod language;
mod money;
mod one_question;
mod page;
mod period;
mod rate;
mod reason;
mod secret;
mod tag;

pub use action::{ActionKind, ActionPlace};
pub use breakdown::Breakdown;
pub use clock::Clock;
pub use currency::Currency;
pub use entropy::Entropy;
pub use error::{Code, Error, Result};
pub use ids::*;
pub use language::Language;
pub use money::{Few, Micros, allocate, parse_decimal_micros, percent, ratio, split};
pub use one_question::{Frequency, Reach, UniqueClicks};
pub use page::{Page, PageRequest, instant_cursor, two_parts};
pub use period::{DateRange, TimeZone, day_in_future};
pub use rate::{Factor, Rate, ReadyFactor};
pub use reason::{Reason, Told};
pub use secret::Secret;
pub use tag::CacheTag;
