//! Weights of touches.

use chrono::{DateTime, Utc};
use rumbo_base::Few;
use smallvec::smallvec;

use super::{Model, Touch};

/// Weights of time decay and removal effects are whole numbers of this: fine enough that no coin moves, and the same
/// on every machine.
const FINENESS: f64 = 1_099_511_627_776.0; // 2^40

/// The weights of touches that count, in their order (oldest first, of two at one instant the one
/// with the lower id). Only their proportions mean something; none for no touches.
pub fn weights(model: Model, touches: &[Touch]) -> Few<u64> {
    let Some(last) = touches.len().checked_sub(1) else {
        return Few::new();
    };
    if let Some(only) = model.only(touches) {
        return (0..=last).map(|place| u64::from(place == only)).collect();
    }
    match model {
        Model::LastTouch | Model::FirstTouch | Model::LastNonDirect => Few::new(),
        Model::Linear => smallvec![1; touches.len()],
        Model::PositionBased => position_based(last),
        Model::TimeDecay { half_life } => {
            let newest = touches.last().map_or(DateTime::UNIX_EPOCH, |t| t.at);
            touches
                .iter()
                .map(|touch| decayed(newest, touch.at, half_life.get()))
                .collect()
        }
        Model::Markov => by_effect(touches),
    }
}

/// The effect of each channel, shared evenly by its touches. Where nothing was learned of any, all
/// the same.
fn by_effect(touches: &[Touch]) -> Few<u64> {
    let of = |touch: &Touch| {
        let same = touches.iter().filter(|t| t.channel == touch.channel);
        let same = u64::try_from(same.count()).unwrap_or(u64::MAX);
        (touch.effect / same).max(touch.effect.min(1))
    };
    if touches.iter().all(|touch| touch.effect == 0) {
        return smallvec![1; touches.len()];
    }
    touches.iter().map(of).collect()
}

/// A removal effect (0 to 1) as a weight; of what counts at all never less than 1.
pub fn effect_weight(effect: f64) -> u64 {
    if effect > 0.0 {
        whole(effect * FINENESS).max(1)
    } else {
        0
    }
}

/// 2/5 to either end and 1/5 to those between, in whole numbers.
fn position_based(last: usize) -> Few<u64> {
    if last < 2 {
        return smallvec![1; last + 1];
    }
    let between = u64::try_from(last - 1).unwrap_or(u64::MAX);
    let end = between.saturating_mul(2);
    (0..=last)
        .map(|place| if place == 0 || place == last { end } else { 1 })
        .collect()
}

/// 2^(−days / half-life), counted from the newest touch, which does not change the proportions.
fn decayed(newest: DateTime<Utc>, at: DateTime<Utc>, half_life: u32) -> u64 {
    let days = (newest - at).as_seconds_f64() / 86_400.0;
    let weight = (-days / f64::from(half_life)).exp2() * FINENESS;
    // At most 2^40, and never less than 1: what counts is never worth nothing.
    whole(weight).max(1)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a weight is at least 0 and at most 2^40"
)]
fn whole(weight: f64) -> u64 {
    weight.round() as u64
}
