//! Who saw an ad: people stand on a line, and an ad reaches a stretch of it on a day.
//!
//! The people of several days or ads are the points under any of their stretches, so that a period
//! never has more people than its days together, nor fewer than its best day, and the levels agree:
//! a campaign has at least the people of each of its ads and at most those of all of them.

use crate::dice::Dice;
use crate::world::{Campaign, Day};

/// How many days of usual reach an audience holds.
const DAYS_OF_REACH: u64 = 12;
/// Where nobody knows what is usual, as in recorded files.
const UNKNOWN_AUDIENCE: u64 = 50_000;

/// Some people. Empty where nobody was reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct People {
    /// First place and length; they may overlap.
    stretches: Vec<(u64, u64)>,
}

impl People {
    /// Takes in others; who is here already is here once.
    pub(crate) fn add(&mut self, others: &Self) {
        self.stretches.extend_from_slice(&others.stretches);
    }

    /// How many they are.
    pub(crate) fn count(&self) -> u64 {
        if let [(_, length)] = self.stretches.as_slice() {
            return *length;
        }
        let mut stretches = self.stretches.clone();
        stretches.sort_unstable();
        let (mut count, mut reached) = (0, 0);
        for (start, length) in stretches {
            let end = start + length;
            count += end.saturating_sub(start.max(reached));
            reached = reached.max(end);
        }
        count
    }
}

/// The stretch of the line that a campaign is shown to in a week: its audience moves on slowly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    first: u64,
    size: u64,
}

impl Audience {
    pub(crate) fn of(campaign: &Campaign, world: Dice, day: Day) -> Self {
        let usual = campaign.daily_spend * 1000 / campaign.cpm.max(1) * 83 / 100;
        let size = match usual * DAYS_OF_REACH {
            0 => UNKNOWN_AUDIENCE,
            size => size,
        };
        let week = u64::try_from((day - campaign.start) / 7).unwrap_or(0);
        let first = world.with(campaign.id).with(61).below(size) + week * (size / 16);
        Self { first, size }
    }

    /// The part of an audience that has one value of a breakdown.
    pub(crate) fn part(self, weight: u64, total: u64) -> Self {
        Self {
            size: (self.size * weight / total.max(1)).max(1),
            ..self
        }
    }

    /// So many people, beginning at a place that the dice decide: of two counts with the same dice
    /// the smaller is contained in the larger.
    pub(crate) fn people(self, count: u64, dice: Dice) -> People {
        let stretches = if count == 0 {
            Vec::new()
        } else if count >= self.size {
            // More than are usual: the neighbours are reached too.
            vec![(self.first, count)]
        } else {
            let offset = dice.with(62).below(self.size);
            let before_end = count.min(self.size - offset);
            let mut stretches = vec![(self.first + offset, before_end)];
            if before_end < count {
                stretches.push((self.first, count - before_end));
            }
            stretches
        };
        People { stretches }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_reached_twice_are_counted_once() {
        let audience = Audience {
            first: 100,
            size: 1_000,
        };
        for seed in 0..200 {
            let days: Vec<People> = (0..30)
                .map(|day| {
                    let dice = Dice::new(seed).with(day);
                    audience.people(dice.with(1).below(400), dice)
                })
                .collect();
            let mut all = People::default();
            let mut before = 0;
            for day in &days {
                all.add(day);
                assert!(all.count() >= before.max(day.count()));
                assert!(all.count() <= before + day.count());
                before = all.count();
            }
            assert!(before <= 1_000);
        }
    }

    #[test]
    fn a_smaller_count_is_part_of_a_larger_one() {
        let audience = Audience {
            first: 7,
            size: 500,
        };
        for seed in 0..200 {
            let dice = Dice::new(seed);
            for larger in [1, 250, 499, 700] {
                let mut both = audience.people(larger, dice);
                if larger < 500 {
                    both.add(&audience.people(larger / 3, dice));
                }
                assert_eq!(both.count(), larger);
            }
        }
    }
}
