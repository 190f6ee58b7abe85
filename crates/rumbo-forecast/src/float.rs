//! Counts as floats.

/// Exact: nothing here counts past four billion.
pub(crate) fn from_count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The mean. `None` of nothing.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values
        .into_iter()
        .fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / from_count(count))
}

/// The value below which so large a part of the values lies, with a straight line between the two
/// nearest. `None` of nothing.
pub(crate) fn quantile(mut values: Vec<f64>, part: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let place = part.clamp(0.0, 1.0) * from_count(last);
    let below = (0..=last)
        .take_while(|at| from_count(*at) <= place)
        .last()?;
    let (low, high) = (*values.get(below)?, *values.get((below + 1).min(last))?);
    Some(low + (high - low) * (place - from_count(below)))
}

/// The middle one, or the mean of the two in the middle. `None` of nothing.
pub(crate) fn median(values: Vec<f64>) -> Option<f64> {
    quantile(values, 0.5)
}
