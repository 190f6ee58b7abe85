//! The Markov chain over paths of touches, and what each channel's removal would cost.
//!
//! A path goes from the start through its channels to the sale, or to nothing. The chain knows only
//! how often each channel came after each other one. The removal effect of a channel is the part of
//! the sales that the chain would lose if everyone who came to the channel were lost there (Anderl,
//! Becker, von Wangenheim, Schumann 2016).

/// Paths of the same channels in the same order.
#[derive(Clone, Copy, Debug)]
pub struct Paths<'a> {
    /// At least one; none twice in a row, which would change nothing: who returns to where they are
    /// goes on from there as before.
    pub channels: &'a [u32],
    /// How many ended in a sale.
    pub sold: u32,
    /// How many ended in nothing.
    pub unsold: u32,
}

/// The removal effect of each channel, 0 to 1; 0 for one from which no step leads on to a sale.
///
/// With F = (I − Q)⁻¹, Q the chain's steps between channels: the chain comes to a channel at all with
/// the probability of its expected visits from the start over those from itself, and from there to a
/// sale with x = F·r, r being the steps to a sale. The sales that the removal would cost are the
/// product of the two. Solving the chain anew with the channel taken out gives the same, once for
/// each channel; this inverts one matrix. It is diagonally dominant, so that no pivoting is needed,
/// and everything is added up in the order of the channels: the same paths give the same bits.
pub fn removal_effects<'a>(channels: usize, paths: impl Iterator<Item = Paths<'a>>) -> Vec<f64> {
    let mut chain = Chain::new(channels);
    for path in paths {
        chain.count(path);
    }
    chain.effects()
}

/// Counts of steps, and of those who left each channel.
struct Chain {
    started: Vec<f64>,
    steps: Vec<Vec<f64>>,
    sold: Vec<f64>,
    left: Vec<f64>,
}

impl Chain {
    fn new(channels: usize) -> Self {
        Self {
            started: vec![0.0; channels],
            steps: vec![vec![0.0; channels]; channels],
            sold: vec![0.0; channels],
            left: vec![0.0; channels],
        }
    }

    fn count(&mut self, path: Paths<'_>) {
        let Paths {
            channels,
            sold,
            unsold,
        } = path;
        let all = f64::from(sold) + f64::from(unsold);
        let places: Vec<usize> = channels
            .iter()
            .filter_map(|channel| usize::try_from(*channel).ok())
            .collect();
        if let Some(started) = places.first().and_then(|at| self.started.get_mut(*at)) {
            *started += all;
        }
        for at in &places {
            if let Some(left) = self.left.get_mut(*at) {
                *left += all;
            }
        }
        for (from, to) in places.iter().zip(places.iter().skip(1)) {
            if let Some(step) = self.steps.get_mut(*from).and_then(|row| row.get_mut(*to)) {
                *step += all;
            }
        }
        if let Some(to_sale) = places.last().and_then(|at| self.sold.get_mut(*at)) {
            *to_sale += f64::from(sold);
        }
    }

    fn effects(self) -> Vec<f64> {
        let Self {
            started,
            mut steps,
            sold,
            left,
        } = self;
        let all: f64 = started.iter().sum();
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        // I − Q in place of the counts. Nobody goes on from a channel that nobody left.
        for (at, (row, left)) in steps.iter_mut().zip(&left).enumerate() {
            for (to, step) in row.iter_mut().enumerate() {
                let own = if at == to { 1.0 } else { 0.0 };
                *step = own - share(*step, *left);
            }
        }
        let visits_from = inverse(steps);
        let to_sale: Vec<f64> = visits_from
            .iter()
            .map(|row| {
                row.iter()
                    .zip(sold.iter().zip(&left))
                    .map(|(visits, (sold, left))| visits * share(*sold, *left))
                    .sum()
            })
            .collect();
        let mut visits = vec![0.0; started.len()];
        for (row, count) in visits_from.iter().zip(&started) {
            let begins = share(*count, all);
            if begins > 0.0 {
                for (sum, more) in visits.iter_mut().zip(row) {
                    *sum += begins * more;
                }
            }
        }
        let sales: f64 = started
            .iter()
            .zip(&to_sale)
            .map(|(count, to_sale)| share(*count, all) * to_sale)
            .sum();
        visits_from
            .iter()
            .enumerate()
            .zip(visits.iter().zip(&to_sale))
            .map(|((at, row), (visits, to_sale))| {
                let own = row.get(at).copied().unwrap_or(1.0);
                share(visits / own * to_sale, sales).clamp(0.0, 1.0)
            })
            .collect()
    }
}

/// The inverse of a matrix whose diagonal outweighs each row, by Gauss and Jordan in its own place.
fn inverse(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for at in 0..rows.len() {
        let Some(mut own) = rows.get_mut(at).map(std::mem::take) else {
            continue;
        };
        let pivot = own.get(at).copied().unwrap_or(1.0);
        if let Some(diagonal) = own.get_mut(at) {
            *diagonal = 1.0;
        }
        for value in &mut own {
            *value /= pivot;
        }
        for row in rows.iter_mut().filter(|row| !row.is_empty()) {
            let Some(factor) = row.get_mut(at).map(std::mem::take) else {
                continue;
            };
            // Most campaigns never follow one another.
            if factor != 0.0 {
                for (value, of) in row.iter_mut().zip(&own) {
                    *value -= factor * of;
                }
            }
        }
        if let Some(row) = rows.get_mut(at) {
            *row = own;
        }
    }
    rows
}

#[cfg(test)]
mod tests;
