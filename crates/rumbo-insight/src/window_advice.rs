//! How far back touches lie before a sale, and what a window would leave out.

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{DateRange, Result, percent};
use rumbo_platform::Scope;

use crate::read::outcome;
use crate::read::place::Place;

/// Windows that are looked at, in days.
const WINDOWS: [u32; 9] = [1, 7, 14, 28, 60, 90, 180, 365, 730];
/// Fewer sales with a touch than this tell nothing.
const LEAST_SALES: u32 = 30;
/// A window that holds so many of 100 sales is wide enough.
const ENOUGH: u32 = 95;

/// What the workspace's own sales say of windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowAdvice {
    /// Completed on these days, refunded ones too.
    pub sales: u32,
    /// Of these, those with a touch before them, however long ago.
    pub with_touch: u32,
    /// Narrow to wide.
    pub windows: Vec<WindowShare>,
    /// The narrowest window of the list that keeps 95 % of the sales with a touch. `None` when none
    /// does, or when there are fewer than 30 of them.
    pub suggested: Option<u32>,
}

/// What one window holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowShare {
    pub days: u32,
    /// Sales whose last touch lies within it: the others would become not attributed.
    pub kept: u32,
    /// The same of the sales with a touch, in percent, 2 decimals.
    pub kept_percent: Option<String>,
    /// Sales all of whose touches lie within it: of the others a model of several touches would
    /// see a part.
    pub whole: u32,
    /// The same of the sales with a touch, in percent, 2 decimals.
    pub whole_percent: Option<String>,
}

/// Looks at the sales completed on these days; with `as_of` at those known then.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn window_advice(
    scope: &Scope,
    range: DateRange,
    as_of: Option<DateTime<Utc>>,
) -> Result<WindowAdvice> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, as_of).await?;
    let mut sales = 0_u32;
    let mut with_touch = 0_u32;
    let mut kept = [0_u32; WINDOWS.len()];
    let mut whole = [0_u32; WINDOWS.len()];
    outcome::lags(&mut tx, &place, range, |lags| {
        sales += 1;
        let (Some(oldest), Some(newest)) = (lags.first(), lags.last()) else {
            return;
        };
        with_touch += 1;
        for ((days, kept), whole) in WINDOWS.iter().zip(&mut kept).zip(&mut whole) {
            let window = TimeDelta::days((*days).into());
            *kept += u32::from(*newest <= window);
            *whole += u32::from(*oldest <= window);
        }
    })
    .await?;
    let of = |part: u32| percent(part.into(), with_touch.into(), 2);
    let windows: Vec<WindowShare> = WINDOWS
        .into_iter()
        .zip(kept.into_iter().zip(whole))
        .map(|(days, (kept, whole))| WindowShare {
            days,
            kept,
            kept_percent: of(kept),
            whole,
            whole_percent: of(whole),
        })
        .collect();
    let wide_enough = |window: &&WindowShare| {
        u64::from(window.kept) * 100 >= u64::from(with_touch) * u64::from(ENOUGH)
    };
    let suggested = windows
        .iter()
        .find(wide_enough)
        .filter(|_| with_touch >= LEAST_SALES)
        .map(|window| window.days);
    Ok(WindowAdvice {
        sales,
        with_touch,
        windows,
        suggested,
    })
}
