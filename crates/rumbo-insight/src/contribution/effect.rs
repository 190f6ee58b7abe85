//! Mix and rate of every row of a quotient.

use std::cmp::Reverse;

use crate::figures::Figures;
use crate::metric::Division;

/// What a row was and is.
pub(super) type Side = (Figures, Figures);

/// Units of the last place that is shown, in parts of a million: rows are rounded last, so that they
/// add up.
const FINE: i128 = 1_000_000;

/// By how much every row moved the quotient, in [`FINE`] parts of its last place.
#[derive(Debug)]
pub(super) struct Effects {
    mix: Vec<i128>,
    rate: Vec<i128>,
}

impl Effects {
    /// `None` where nothing is divided by on one side, or a number is too large.
    ///
    /// With n over d of a row and N over D of the whole, before and after (′): a row that kept n / d
    /// would have had m = n / d × d′ of N′. Its rate is (n′ − m) / D′, its mix what is left:
    /// m / D′ − n / D less the quotient of the whole for the weight it gained, d′ / D′ − d / D, so that a
    /// row which is as good as the whole moves nothing by growing. A row that was not there has no n / d:
    /// all that it brings is mix. One that is divided by nothing on both sides would have kept its n.
    pub fn of(division: Division, decimals: usize, sides: &[Side]) -> Option<Self> {
        let places = u32::try_from(decimals).ok()?;
        let unit = 10_i128.checked_pow(places)?.checked_mul(FINE)?;
        let unit = unit.checked_mul(division.times)?;
        let terms: Vec<Terms> = sides.iter().map(|side| Terms::of(division, side)).collect();
        let sum = |of: fn(&Terms) -> i128| {
            terms
                .iter()
                .try_fold(0_i128, |sum, term| sum.checked_add(of(term)))
        };
        let (n, d, d_after) = (sum(|t| t.n)?, sum(|t| t.d)?, sum(|t| t.d_after)?);
        if d == 0 || d_after == 0 {
            return None;
        }
        let over = |n: i128, d: i128| {
            let n = n.checked_mul(unit)?;
            n.checked_div(d.checked_mul(division.over)?)
        };
        let whole = over(n, d)?;
        let mut effects = Self {
            mix: Vec::with_capacity(terms.len()),
            rate: Vec::with_capacity(terms.len()),
        };
        for term in &terms {
            let kept = term.kept()?;
            let rate = (term.n_after.checked_mul(FINE)?).checked_sub(kept)?;
            let gained = whole.checked_mul(term.d_after)? / d_after;
            let gained = gained - whole.checked_mul(term.d)? / d;
            let mix = over(kept, d_after)? / FINE - over(term.n, d)? - gained;
            effects.rate.push(over(rate, d_after)? / FINE);
            effects.mix.push(mix);
        }
        Some(effects)
    }

    /// The rate of the whole, in units of its last place.
    pub fn whole_rate(&self) -> i128 {
        let sum: i128 = self.rate.iter().sum();
        let half = if sum < 0 { -FINE / 2 } else { FINE / 2 };
        (sum + half) / FINE
    }

    /// The rates of all rows, in units of the last place, which add up to that of the whole.
    pub fn rate_of(&self, whole: i128) -> Vec<i128> {
        rounded_to(&self.rate, whole)
    }

    /// The mixes of all rows likewise.
    pub fn mix_of(&self, whole: i128) -> Vec<i128> {
        rounded_to(&self.mix, whole)
    }
}

/// n and d of a row, before and after.
struct Terms {
    n: i128,
    d: i128,
    n_after: i128,
    d_after: i128,
}

impl Terms {
    fn of(division: Division, (before, after): &Side) -> Self {
        Self {
            n: division.dividend(before),
            d: division.divisor(before),
            n_after: division.dividend(after),
            d_after: division.divisor(after),
        }
    }

    /// What its dividend would be had it stayed as good as it was, in [`FINE`] parts.
    fn kept(&self) -> Option<i128> {
        match (self.d, self.d_after) {
            (0, 0) => self.n.checked_mul(FINE),
            (0, _) => self.n_after.checked_mul(FINE),
            (d, after) => self.n.checked_mul(after)?.checked_mul(FINE)?.checked_div(d),
        }
    }
}

/// Rounds fine numbers to whole ones that add up to `whole`: what is missing goes to those that lost most,
/// and never to one that is nothing as long as there are others.
fn rounded_to(fine: &[i128], whole: i128) -> Vec<i128> {
    let mut rounded: Vec<i128> = fine.iter().map(|one| one.div_euclid(FINE)).collect();
    let mut missing = whole - rounded.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..fine.len()).collect();
    let lost = |place: &usize| fine.get(*place).map_or(0, |one| one.rem_euclid(FINE));
    let nothing = |place: &usize| fine.get(*place) == Some(&0);
    let step = missing.signum();
    if step > 0 {
        order.sort_by_key(|place| (nothing(place), Reverse(lost(place))));
    } else {
        order.sort_by_key(|place| (nothing(place), lost(place)));
    }
    while missing != 0 && !order.is_empty() {
        for place in &order {
            if missing == 0 {
                break;
            }
            if let Some(one) = rounded.get_mut(*place) {
                *one += step;
                missing -= step;
            }
        }
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_the_sum() {
        let thirds = [FINE / 3, FINE / 3, FINE / 3, 0];
        assert_eq!(rounded_to(&thirds, 1), [1, 0, 0, 0]);
        assert_eq!(rounded_to(&[-FINE / 2, FINE * 3 / 2, 0], 1), [0, 1, 0]);
        assert_eq!(rounded_to(&[-FINE / 2, -FINE / 2, 0], -1), [0, -1, 0]);
        // What is too much is taken from those that lost least, and not from what is nothing.
        assert_eq!(rounded_to(&[0, FINE / 4, FINE * 2], 1), [0, 0, 1]);
        assert_eq!(rounded_to(&[0, 0], 0), [0, 0]);
    }
}
