use std::sync::LazyLock;

use special::Error as _;

use crate::float::from_count;
use crate::outlook::Outlook;

/// In so many equally probable parts a gamma variable is cut.
const PARTS: usize = 21;
/// And so many a sum of them, when two are put together.
const TOGETHER: usize = 101;

/// The middles of equally probable parts of a normal variable.
static NORMAL: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let middle = |at: usize| (from_count(at) + 0.5) / from_count(PARTS);
    (0..PARTS)
        .map(|at| std::f64::consts::SQRT_2 * (2.0 * middle(at) - 1.0).inv_error())
        .collect()
});

/// What something may be, and how probable each is.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// With their weights, which are 1 together.
    values: Vec<(f64, f64)>,
    mean: f64,
}

impl Spread {
    /// With some weight it is a gamma variable of this mean and variance, or what is as far below
    /// zero.
    pub(super) fn add(&mut self, mean: f64, variance: f64, weight: f64) {
        self.mean += mean * weight;
        if mean == 0.0 || variance <= 0.0 {
            self.values.push((mean, weight));
            return;
        }
        // Wilson, Hilferty (1931): its cube root is nearly normal.
        let shape = mean * mean / variance;
        let each = weight / from_count(PARTS);
        self.values.extend(NORMAL.iter().map(|normal| {
            let root = 1.0 - 1.0 / (9.0 * shape) + normal / (3.0 * shape.sqrt());
            (mean * root.max(0.0).powi(3), each)
        }));
    }

    /// The mean, and what is exceeded nine times and once in ten.
    pub fn outlook(&self) -> Outlook {
        let sorted = self.sorted();
        Outlook {
            expected: self.mean,
            low: place(&sorted, 0.1),
            high: place(&sorted, 0.9),
        }
    }

    fn sorted(&self) -> Vec<(f64, f64)> {
        let mut values = self.values.clone();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        values
    }

    /// As few equally probable values.
    fn few(&self) -> Vec<f64> {
        let sorted = self.sorted();
        let middle = |at: usize| (from_count(at) + 0.5) / from_count(TOGETHER);
        (0..TOGETHER).map(|at| place(&sorted, middle(at))).collect()
    }
}

/// The value below which so large a part of the weight lies.
fn place(sorted: &[(f64, f64)], part: f64) -> f64 {
    let all: f64 = sorted.iter().map(|(_, weight)| weight).sum();
    let mut below = 0.0;
    for (value, weight) in sorted {
        below += weight;
        if below >= part * all {
            return *value;
        }
    }
    sorted.last().map_or(0.0, |(value, _)| *value)
}

/// What moving money changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// How much more is expected, and between what it lies eight times in ten.
    pub change: Outlook,
    /// How probable it is that more comes in than without it.
    pub better: f64,
}

/// Both changes together: what one campaign loses, and what the other gains. None moves the other.
pub fn moved(from: &Spread, to: &Spread) -> Moved {
    let (lost, gained) = (from.few(), to.few());
    let each = 1.0 / from_count(TOGETHER * TOGETHER);
    let mut sums: Vec<(f64, f64)> = lost
        .iter()
        .flat_map(|lost| gained.iter().map(move |gained| (lost + gained, each)))
        .collect();
    sums.sort_by(|a, b| a.0.total_cmp(&b.0));
    let better = sums.iter().filter(|(sum, _)| *sum > 0.0).count();
    Moved {
        change: Outlook {
            expected: from.mean + to.mean,
            low: place(&sums, 0.1),
            high: place(&sums, 0.9),
        },
        better: from_count(better) * each,
    }
}
