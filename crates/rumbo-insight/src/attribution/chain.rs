//! The Markov chain over paths of touches, and what each channel's removal would cost.
//!
//! A path goes from the start through its channels to the sale, or to nothing. The chain knows only
//! how often each channel came after each other one. The removal effect of a channel is the part of
//! the sales that the chain would lose if everyone who came to the channel were lost there (Anderl,
//! Becker, von Wangenheim, Schumann 2016).

use rustc_hash::FxHashMap;

use crate::read::spread::threads;

/// So many channels are told apart: a system of that many equations is solved in a moment. Of more,
/// those on the fewest paths are one, whose effect each has in proportion to its paths.
const MOST: usize = 600;

/// How often what came after what, on all paths so far.
#[derive(Clone, Debug)]
pub struct Chain {
    /// By channel: paths that began with it, that ended in a sale from it, and all its visits.
    started: Vec<u32>,
    sold: Vec<u32>,
    visited: Vec<u32>,
    steps: FxHashMap<(u32, u32), u32>,
}

impl Chain {
    pub fn new(channels: usize) -> Self {
        Self {
            started: vec![0; channels],
            sold: vec![0; channels],
            visited: vec![0; channels],
            steps: FxHashMap::default(),
        }
    }

    /// Counts paths of the same channels, none of which stands twice in a row: that would change
    /// nothing, for who returns to where they are goes on from there as before.
    pub fn walk(&mut self, channels: &[u32], sold: bool, times: u32) {
        let count = |counts: &mut [u32], channel: Option<&u32>| {
            let at = channel.and_then(|channel| usize::try_from(*channel).ok());
            if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
                *count = count.saturating_add(times);
            }
        };
        count(&mut self.started, channels.first());
        for channel in channels {
            count(&mut self.visited, Some(channel));
        }
        for step in channels
            .iter()
            .copied()
            .zip(channels.iter().copied().skip(1))
        {
            let count = self.steps.entry(step).or_default();
            *count = count.saturating_add(times);
        }
        if sold {
            count(&mut self.sold, channels.last());
        }
    }

    /// Takes in the paths of another one of the same channels.
    pub fn join(&mut self, other: &Self) {
        add_all(&mut self.started, &other.started);
        add_all(&mut self.sold, &other.sold);
        add_all(&mut self.visited, &other.visited);
        for (step, more) in &other.steps {
            let count = self.steps.entry(*step).or_default();
            *count = count.saturating_add(*more);
        }
    }

    /// What was counted, to be kept.
    pub fn counts(self) -> Counts {
        let steps = self.steps.into_iter();
        Counts {
            started: self.started,
            sold: self.sold,
            visited: self.visited,
            steps: steps.map(|((from, to), times)| (from, to, times)).collect(),
        }
    }
}

fn add_all(counts: &mut [u32], more: &[u32]) {
    for (count, more) in counts.iter_mut().zip(more) {
        *count = count.saturating_add(*more);
    }
}

/// What was counted of some paths.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    started: Vec<u32>,
    sold: Vec<u32>,
    visited: Vec<u32>,
    steps: Vec<(u32, u32, u32)>,
}

impl Counts {
    /// The room it takes.
    pub fn bytes(&self) -> usize {
        let channels = self.started.len() + self.sold.len() + self.visited.len();
        channels * size_of::<u32>() + self.steps.len() * size_of::<(u32, u32, u32)>()
    }
}

/// The chain over all paths that were counted, of the same channels.
#[derive(Debug)]
pub struct Counted<'a> {
    parts: &'a [&'a Counts],
    visited: Vec<u32>,
}

impl<'a> Counted<'a> {
    pub fn of(parts: &'a [&'a Counts]) -> Self {
        let visited = summed(parts, |part| &part.visited);
        Self { parts, visited }
    }

    /// Whether the channel stands on a path.
    pub fn knows(&self, channel: u32) -> bool {
        let at = usize::try_from(channel).ok();
        at.and_then(|at| self.visited.get(at))
            .is_some_and(|n| *n > 0)
    }

    /// The removal effect of each channel, 0 to 1; 0 for one from which no step leads on to a sale.
    ///
    /// With F = (I − Q)⁻¹, Q the chain's steps between channels: the chain comes to a channel at all
    /// with the probability of its expected visits from the start over those from itself, and from
    /// there to a sale with x = F·r, r being the steps to a sale. The sales that the removal would
    /// cost are the product of the two. Solving the chain anew with the channel taken out gives the
    /// same, once for each channel; this inverts one matrix. Its diagonal outweighs each row, so that
    /// no pivoting is needed, and everything is added up in the order of the channels: the same paths
    /// give the same bits.
    pub fn effects(&self) -> Vec<f64> {
        let (places, count) = self.places();
        let all_started = summed(self.parts, |part| &part.started);
        let all_sold = summed(self.parts, |part| &part.sold);
        let mut started = vec![0.0; count];
        let mut sold = vec![0.0; count];
        let mut visited = vec![0.0; count];
        let add = |sums: &mut [f64], place: Option<usize>, more: u32| {
            if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
                *sum += f64::from(more);
            }
        };
        for (at, place) in places.iter().enumerate() {
            let of = |counts: &[u32]| counts.get(at).copied().unwrap_or_default();
            add(&mut started, *place, of(&all_started));
            add(&mut sold, *place, of(&all_sold));
            add(&mut visited, *place, of(&self.visited));
        }
        let place_of = |channel: u32| *places.get(usize::try_from(channel).ok()?)?;
        // Whole numbers, whose sums are the same in any order.
        let mut steps = vec![vec![0.0; count]; count];
        for (from, to, times) in self.parts.iter().flat_map(|part| &part.steps) {
            if let Some(row) = place_of(*from).and_then(|from| steps.get_mut(from)) {
                add(row, place_of(*to), *times);
            }
        }
        let effects = solved(&started, steps, &sold, &visited);
        places
            .iter()
            .zip(&self.visited)
            .map(|(place, visits)| {
                let place = (*place)?;
                let all = visited.get(place)?;
                // Its own, or its part of those that are one.
                Some(effects.get(place)? * share(f64::from(*visits), *all))
            })
            .map(Option::unwrap_or_default)
            .collect()
    }

    /// The place of each channel among those that are told apart, and how many those are.
    fn places(&self) -> (Vec<Option<usize>>, usize) {
        let mut known: Vec<usize> = (0..self.visited.len())
            .filter(|at| self.visited.get(*at).is_some_and(|n| *n > 0))
            .collect();
        let all = known.len();
        known.sort_by_key(|at| std::cmp::Reverse(self.visited.get(*at).copied()));
        known.truncate(MOST);
        known.sort_unstable();
        let rest = (all > known.len()).then_some(known.len());
        let mut places = vec![rest; self.visited.len()];
        for (place, at) in known.iter().enumerate() {
            if let Some(of) = places.get_mut(*at) {
                *of = Some(place);
            }
        }
        (places, known.len() + usize::from(rest.is_some()))
    }
}

fn summed(parts: &[&Counts], column: impl Fn(&Counts) -> &[u32]) -> Vec<u32> {
    let channels = parts.iter().map(|part| column(part).len()).max();
    let mut sums = vec![0; channels.unwrap_or(0)];
    for part in parts {
        add_all(&mut sums, column(part));
    }
    sums
}

fn share(part: f64, of: f64) -> f64 {
    if of > 0.0 { part / of } else { 0.0 }
}

fn solved(started: &[f64], mut steps: Vec<Vec<f64>>, sold: &[f64], visited: &[f64]) -> Vec<f64> {
    let all: f64 = started.iter().sum();
    // I − Q in place of the counts.
    for (at, (row, visited)) in steps.iter_mut().zip(visited).enumerate() {
        for (to, step) in row.iter_mut().enumerate() {
            let own = if at == to { 1.0 } else { 0.0 };
            *step = own - share(*step, *visited);
        }
    }
    let visits_from = inverse(steps);
    let to_sale: Vec<f64> = visits_from
        .iter()
        .map(|row| {
            row.iter()
                .zip(sold.iter().zip(visited))
                .map(|(visits, (sold, visited))| visits * share(*sold, *visited))
                .sum()
        })
        .collect();
    let mut visits = vec![0.0; started.len()];
    for (row, count) in visits_from.iter().zip(started) {
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

/// Rows that are worked off together: each other row is gone over once for all of them.
const BLOCK: usize = 32;

/// The inverse of a matrix whose diagonal outweighs each row, by Gauss and Jordan in its own place.
/// The rows outside of a block do not depend on each other, so that any number of threads gives the
/// same bits.
fn inverse(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let count = rows.len();
    let threads = if count > BLOCK * 4 { threads() } else { 1 };
    for at in (0..count).step_by(BLOCK) {
        let own = rows.iter_mut().skip(at).take(BLOCK);
        let block = inverse_of_block(own.map(std::mem::take).collect(), at);
        let work = |rows: &mut [Vec<f64>]| {
            for row in rows.iter_mut().filter(|row| !row.is_empty()) {
                clear_block(row, at, &block);
            }
        };
        if threads == 1 {
            work(&mut rows);
        } else {
            std::thread::scope(|scope| {
                for part in rows.chunks_mut(count.div_ceil(threads)) {
                    scope.spawn(|| work(part));
                }
            });
        }
        for (row, own) in rows.iter_mut().skip(at).zip(block) {
            *row = own;
        }
    }
    rows
}

/// Works off the rows of a block among themselves; the first one is the matrix's row `at`.
fn inverse_of_block(mut block: Vec<Vec<f64>>, at: usize) -> Vec<Vec<f64>> {
    for nth in 0..block.len() {
        let Some(mut own) = block.get_mut(nth).map(std::mem::take) else {
            continue;
        };
        let diagonal = own.get_mut(at + nth);
        let pivot = diagonal.map_or(1.0, |diagonal| std::mem::replace(diagonal, 1.0));
        for value in &mut own {
            *value /= pivot;
        }
        for row in block.iter_mut().filter(|row| !row.is_empty()) {
            let factor = row.get_mut(at + nth).map(std::mem::take);
            subtract(row, factor.unwrap_or_default(), &own);
        }
        if let Some(row) = block.get_mut(nth) {
            *row = own;
        }
    }
    block
}

/// Takes from a row what it has in the columns of a block.
fn clear_block(row: &mut [f64], at: usize, block: &[Vec<f64>]) {
    let mut factors = [0.0; BLOCK];
    for (factor, value) in factors
        .iter_mut()
        .zip(row.iter_mut().skip(at).take(block.len()))
    {
        *factor = std::mem::take(value);
    }
    for (four, factors) in block.chunks(4).zip(factors.chunks(4)) {
        if let ([a, b, c, d], [of_a, of_b, of_c, of_d]) = (four, factors) {
            for ((((value, a), b), c), d) in row.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *value -= of_a * a + of_b * b + of_c * c + of_d * d;
            }
        } else {
            for (own, factor) in four.iter().zip(factors) {
                subtract(row, *factor, own);
            }
        }
    }
}

fn subtract(row: &mut [f64], factor: f64, own: &[f64]) {
    // Most campaigns never follow one another.
    if factor != 0.0 {
        for (value, of) in row.iter_mut().zip(own) {
            *value -= factor * of;
        }
    }
}

#[cfg(test)]
mod tests;
