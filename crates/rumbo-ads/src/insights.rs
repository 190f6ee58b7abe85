//! Daily figures of ads, as Meta gives them: the store of ad-days, their history, and the sums by
//! campaign and account.
//!
//! - [`RowReader`] turns the bytes of Graph pages into [`AdDay`]s.
//! - [`write_slice`] brings the store to what a complete read of some days of one account said.
//!   It touches only rows whose content changed, leaves what they said before in the journal, and
//!   moves the sums in the same transaction.
//! - [`write_parts`] does the same for parts of ad-days: by age, gender, country, placement or
//!   device.
//! - [`remap()`] derives leads and purchases again after the action map changed.
//! - [`each_actions()`] goes through what Meta told of actions.
//! - [`named()`] reads them with the names of what they are of.
//! - [`READING_AGES`] are the ages at which the sums of a day are kept as they were read.
//! - [`check_sums`] recomputes every sum, [`as_of()`] reads the figures as an earlier run knew them.

mod actions;
mod ad_day;
mod ad_index;
mod as_of;
mod bulk;
mod check;
mod named;
mod parts;
mod reader;
mod readings;
mod remap;
mod sum_columns;
mod told;
mod write;

pub(crate) use actions::{CompiledMap, decimal_micros, encode, whole};
pub use actions::{StoredAction, StoredActions};
pub use ad_day::{AdDay, Figures};
pub use ad_index::{AdIndex, AdKey};
pub(crate) use ad_index::{Stub, ads_by_campaign};
pub use as_of::as_of;
pub use check::{SumDifference, SumOf, check_sums, rebuild_sums};
pub use named::{NamedAdDay, named};
pub use parts::{AdDayPart, check_part_sums, fields, write_parts};
pub use reader::RowReader;
pub(crate) use reader::broken;
pub use readings::{READING_AGES, correct_readings, fill_together, reading_age};
pub use remap::{Remapped, remap};
#[cfg(test)]
pub(crate) use told::take_apart;
pub use told::{ActionShape, ShapedAction, ToldActions, VersionRuns, Versions, each_actions};
pub use write::{AccountKey, Covers, Slice, SliceCounts, write_slice};

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![
        ad_index::STATEMENTS,
        as_of::STATEMENTS,
        check::STATEMENTS,
        named::STATEMENTS,
        parts::STATEMENTS,
        readings::STATEMENTS,
        remap::STATEMENTS,
        told::STATEMENTS,
        write::STATEMENTS,
    ]
}

#[cfg(test)]
mod tests;
