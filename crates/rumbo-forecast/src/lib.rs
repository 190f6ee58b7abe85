//! Looking ahead, from daily figures alone: where a month will end and how sure that is,
//! what is out of the ordinary, whether an ad has been seen enough, what moving a budget would
//! change, and how much of a figure is there while it is still being restated.
//!
//! Everything here is pure: figures and days go in, estimates come out, and the same figures give
//! the same estimate. Nothing is known of databases, ads or currencies. Estimates are `f64`: none
//! of them belongs in a ledger.
//!
//! What is here ships with how well it did on series that others published: docs/backtests.md,
//! whose tables a test works out again.

mod float;
mod history;
mod level;
mod month;
mod outlook;
mod response;
mod settle;
mod unusual;
mod wear;
mod weekday;

#[cfg(test)]
pub(crate) mod backtest;

pub use history::{History, LEAST_DAYS};
pub use month::{MonthTrial, PUBLISHED, Verdict, past_months, verdict};
pub use outlook::{Outlook, outlook};
pub use response::{
    LEAST_EVENTS, LEAST_HELD, LEAST_SPENT_DAYS, LEAST_WEEKS, Learned, Moved, PUBLISHED_WEEKS,
    PastWeek, Response, Spent, Spread, Unready, learn, moved, past_weeks, pooled,
};
pub use settle::{
    Completeness, HELD_OUT_DAYS, Held, LEARNED_DAYS, LEAST_SETTLED_DAYS, LEAST_TRIED, NOMINAL,
    SettleCurve, SettledDay, Settling, TOLERANCE,
};
pub use unusual::{Judged, Part, Step, Undone, Watch, chance, judge, judge_from, undone};
pub use wear::{SURE, Shown, Wear, wear};
pub use weekday::Weekdays;
