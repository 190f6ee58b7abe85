//! Figures one after the other, in as little room as they need.

use super::known::Weighed;

/// A column of figures.
#[derive(Debug, Default)]
pub(crate) enum Column {
    /// All of them are 0.
    #[default]
    Zeros,
    Small(Vec<i32>),
    /// Of micros that are all whole hundredths, as most currencies are spent.
    Hundredths(Vec<i32>),
    Large(Vec<i64>),
}

/// So many micros are a hundredth.
const HUNDREDTH: i64 = 10_000;

impl Column {
    pub fn of(figures: impl Iterator<Item = i64> + Clone) -> Self {
        if figures.clone().all(|figure| figure == 0) {
            return Self::Zeros;
        }
        if let Some(small) = in_32_bits(figures.clone().map(Some)) {
            return Self::Small(small);
        }
        let hundredths = figures.clone().map(|figure| {
            let count = figure / HUNDREDTH;
            (count * HUNDREDTH == figure).then_some(count)
        });
        match in_32_bits(hundredths) {
            Some(hundredths) => Self::Hundredths(hundredths),
            None => Self::Large(figures.collect()),
        }
    }

    /// The figure at a place of the column.
    pub fn get(&self, nth: usize) -> i64 {
        match self {
            Self::Zeros => 0,
            Self::Small(figures) => figures.get(nth).copied().map_or(0, i64::from),
            Self::Hundredths(figures) => figures
                .get(nth)
                .map_or(0, |count| i64::from(*count) * HUNDREDTH),
            Self::Large(figures) => figures.get(nth).copied().unwrap_or_default(),
        }
    }
}

/// All of them, if each is there and fits.
fn in_32_bits(figures: impl Iterator<Item = Option<i64>>) -> Option<Vec<i32>> {
    let figures = figures.map(|figure| i32::try_from(figure?).ok());
    let mut small: Vec<i32> = figures.collect::<Option<_>>()?;
    small.shrink_to_fit();
    Some(small)
}

impl Weighed for Column {
    fn bytes(&self) -> usize {
        match self {
            Self::Zeros => 0,
            Self::Small(figures) | Self::Hundredths(figures) => figures.bytes(),
            Self::Large(figures) => figures.bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_comes_back() {
        let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
        for (figures, bytes) in [
            (vec![], 0),
            (vec![0, 0, 0], 0),
            (vec![0, least, most], 12),
            (vec![0, least * 10_000, most * 10_000], 12),
            (vec![10_000, most * 10_000 + 1, 0], 24),
            (vec![10_000, (most + 1) * 10_000, 0], 24),
            (vec![1, least - 1, 0], 24),
            (vec![most + 1, i64::MIN, i64::MAX], 24),
        ] {
            let column = Column::of(figures.iter().copied());
            let back: Vec<i64> = (0..figures.len()).map(|nth| column.get(nth)).collect();
            assert_eq!(back, figures);
            assert!(column.bytes() >= bytes, "{column:?}");
            assert_eq!(column.bytes() > 0, bytes > 0, "{column:?}");
            assert_eq!(
                matches!(column, Column::Large(_)),
                bytes == 24,
                "{column:?}"
            );
        }
    }
}
