//! Figures one after the other, in as little room as they need.

use super::known::Weighed;

/// A column of figures.
#[derive(Debug, Default)]
pub(crate) enum Column {
    /// All of them are 0.
    #[default]
    Zeros,
    Small(Vec<i32>),
    Large(Vec<i64>),
}

impl Column {
    pub fn of(figures: impl Iterator<Item = i64> + Clone) -> Self {
        if figures.clone().all(|figure| figure == 0) {
            return Self::Zeros;
        }
        let small = figures.clone().map(|figure| i32::try_from(figure).ok());
        match small.collect() {
            Some(small) => Self::Small(small),
            None => Self::Large(figures.collect()),
        }
    }

    /// The figure at a place of the column.
    pub fn get(&self, nth: usize) -> i64 {
        match self {
            Self::Zeros => 0,
            Self::Small(figures) => figures.get(nth).copied().map_or(0, i64::from),
            Self::Large(figures) => figures.get(nth).copied().unwrap_or_default(),
        }
    }
}

impl Weighed for Column {
    fn bytes(&self) -> usize {
        match self {
            Self::Zeros => 0,
            Self::Small(figures) => figures.bytes(),
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
