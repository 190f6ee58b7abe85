//! What a campaign brings in for what is spent on it a day, and what moving money between two
//! would change.
//!
//! On a day `t` a campaign brings in about `A(t) · w(t) · f(x)`: its level, its weekday's part of it,
//! and the saturating response (Michaelis–Menten) to `x`, what was spent in parts of its median day:
//! `f(x) = x / (e + (1 − e) x)`. It rises, ever slower. `e` is the elasticity at the median day: with
//! 0.6, a per cent more spend brings 0.6 % more.
//!
//! The level drifts: it is a gamma variable that is known less with every day by a discount
//! (Harvey, Fernandes (1989), Time Series Models for Count or Qualitative Observations, JBES 7(4)),
//! so that what a campaign brought in half a year ago is not taken for a response to its spend then.
//! What comes in beyond its mean scatters as counts do, times a dispersion that the days tell.
//! Everything is summed over a grid of elasticities and discounts: no sampling, the same answer
//! every time. Campaigns lend each other their elasticities ([`pooled`]).
//!
//! It is what went together in the past. Where the budget was raised because more came in, it
//! overstates what a raise does.

use chrono::NaiveDate;

mod learn;
mod past;
mod pool;
mod spread;
#[cfg(test)]
mod tests;

pub use learn::{LEAST_EVENTS, LEAST_SPENT_DAYS, Learned, learn};
pub use past::{LEAST_HELD, LEAST_WEEKS, PUBLISHED_WEEKS, PastWeek, past_weeks};
pub use pool::{Response, pooled};
pub use spread::{Moved, Spread, moved};

/// One day of a campaign. Days without spend in between are left out or have a spend of 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    pub day: NaiveDate,
    /// In any unit, the same for all days of a campaign.
    pub spend: f64,
    /// What came of it: a count, or money. What is below zero counts as zero.
    pub outcome: f64,
    /// How many leads or sales that was.
    pub events: f64,
}

/// Why nothing can be said of a campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unready {
    /// Spent on fewer days than [`LEAST_SPENT_DAYS`]: this many.
    FewDays(usize),
    /// Spent about the same on nearly every day: between these.
    HardlyVaried(f64, f64),
    /// Fewer leads or sales than [`LEAST_EVENTS`]: this many.
    FewEvents(f64),
}
