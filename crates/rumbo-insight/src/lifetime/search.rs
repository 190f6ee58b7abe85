//! The top of a likelihood with a few positive parameters: BFGS (Nocedal, Wright (2006), Numerical
//! Optimization, 2nd ed., algorithm 6.1 with formula 6.17) over their logarithms, from several
//! starts. Own code: `argmin` has the same method, but no bounds, no several starts and no check that
//! what it stopped at is flat, so most of this file would stay.

use super::unfit::Unfit;

/// One parameter of a search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub name: &'static str,
    /// The bounds of what counts as an answer, in the search's own scale.
    pub least: f64,
    pub most: f64,
    /// What 1 in the search's scale is to the caller, for messages.
    pub unit: f64,
}

/// A search stops where no slope is steeper than this.
const FLAT: f64 = 1e-9;
/// Its answer counts when no slope is steeper than this: rounding can keep it from `FLAT`.
const FLAT_ENOUGH: f64 = 1e-6;
const MOST_STEPS: usize = 300;
/// No step changes the parameters by more than this factor, as a logarithm.
const LONGEST_STEP: f64 = 2.0;
const MOST_HALVINGS: i32 = 30;
/// What rounding may do to the sum over a million customers, as a share.
const ROUNDING: f64 = 1e-10;

/// Where the function is highest. It takes the parameters and gives its value and its slopes.
///
/// # Errors
/// `AtBound` when the best start ended outside the bounds, `NotConverged` when it came to no rest.
pub(super) fn highest<const N: usize>(
    axes: &[Axis; N],
    starts: &[[f64; N]],
    function: impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Result<[f64; N], Unfit> {
    let best = starts
        .iter()
        .map(|start| descend(start.map(f64::ln), &|at| depth(axes, at, &function)))
        .min_by(|one, other| one.depth.total_cmp(&other.depth));
    let failed = |slope| Unfit::NotConverged {
        slope,
        allowed: FLAT_ENOUGH,
    };
    let best = best.ok_or_else(|| failed(f64::INFINITY))?;
    for (axis, log) in axes.iter().zip(best.at) {
        let value = log.exp();
        let bound = value.clamp(axis.least, axis.most);
        if value < axis.least || value > axis.most {
            return Err(Unfit::AtBound {
                parameter: axis.name,
                value: value * axis.unit,
                bound: bound * axis.unit,
            });
        }
    }
    let slope = steepest(&best.slope);
    // Not the other way round: a slope that is not a number must not pass.
    if slope <= FLAT_ENOUGH {
        Ok(best.at.map(f64::exp))
    } else {
        Err(failed(slope))
    }
}

/// A place by the logarithms of the parameters, and the function there, upside down.
#[derive(Clone, Copy)]
struct Place<const N: usize> {
    at: [f64; N],
    depth: f64,
    slope: [f64; N],
}

/// Outside the bounds a parabola is added, which is smooth and brings a search to rest a little
/// outside, where `highest` sees it.
fn depth<const N: usize>(
    axes: &[Axis; N],
    at: [f64; N],
    function: &impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Place<N> {
    let parameters = at.map(f64::exp);
    let (value, rises) = function(&parameters);
    let mut place = Place {
        at,
        depth: -value,
        slope: rises,
    };
    let sides = parameters.iter().zip(axes).zip(at);
    for (slope, ((parameter, axis), log)) in place.slope.iter_mut().zip(sides) {
        let outside = log - log.clamp(axis.least.ln(), axis.most.ln());
        place.depth += outside * outside;
        // By the logarithm of the parameter, hence times the parameter.
        *slope = 2.0 * outside - *slope * parameter;
    }
    place
}

fn descend<const N: usize>(start: [f64; N], look: &impl Fn([f64; N]) -> Place<N>) -> Place<N> {
    let mut here = look(start);
    let mut inverse = identity();
    let mut fresh = true;
    for _ in 0..MOST_STEPS {
        if steepest(&here.slope) <= FLAT {
            break;
        }
        let mut step = inverse.map(|row| -dot(&row, &here.slope));
        let length = dot(&step, &step).sqrt();
        if length > LONGEST_STEP {
            step = step.map(|part| part * LONGEST_STEP / length);
        }
        match lower(&here, &step, look) {
            Some(next) => {
                improve(&mut inverse, &here, &next);
                here = next;
                fresh = false;
            }
            None if fresh => break,
            None => {
                inverse = identity();
                fresh = true;
            }
        }
    }
    here
}

/// A place along the step that is lower by enough, by halving (Armijo). Near the bottom the gain
/// drowns in the rounding of long sums; there a clearly flatter place will do (Hager, Zhang (2005),
/// A New Conjugate Gradient Method with Guaranteed Descent, formula 4.1).
fn lower<const N: usize>(
    here: &Place<N>,
    step: &[f64; N],
    look: &impl Fn([f64; N]) -> Place<N>,
) -> Option<Place<N>> {
    let descent = dot(step, &here.slope);
    if !descent.is_finite() || descent >= 0.0 {
        return None;
    }
    let noise = ROUNDING * here.depth.abs();
    (0..MOST_HALVINGS).find_map(|halvings| {
        let part = 0.5_f64.powi(halvings);
        let there = look(sum(&here.at, part, step));
        let lower = there.depth <= here.depth + 1e-4 * part * descent;
        let flatter = dot(step, &there.slope).abs() <= 0.5 * descent.abs();
        let enough = lower || (flatter && there.depth <= here.depth + noise);
        (enough && there.slope.iter().all(|slope| slope.is_finite())).then_some(there)
    })
}

/// The BFGS update of the inverse Hessian, left out where the curvature is not positive.
fn improve<const N: usize>(inverse: &mut [[f64; N]; N], here: &Place<N>, next: &Place<N>) {
    let moved = sum(&next.at, -1.0, &here.at);
    let bent = sum(&next.slope, -1.0, &here.slope);
    let curvature = dot(&moved, &bent);
    if curvature <= 1e-12 * (dot(&moved, &moved) * dot(&bent, &bent)).sqrt() {
        return;
    }
    let turned = inverse.map(|row| dot(&row, &bent));
    let own = (1.0 + dot(&bent, &turned) / curvature) / curvature;
    for ((row, s), h) in inverse.iter_mut().zip(moved).zip(turned) {
        for ((cell, t), g) in row.iter_mut().zip(moved).zip(turned) {
            *cell += own * s * t - (h * t + s * g) / curvature;
        }
    }
}

fn identity<const N: usize>() -> [[f64; N]; N] {
    std::array::from_fn(|row| std::array::from_fn(|column| f64::from(u8::from(row == column))))
}

fn dot<const N: usize>(one: &[f64; N], other: &[f64; N]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// `from + part · step`
fn sum<const N: usize>(from: &[f64; N], part: f64, step: &[f64; N]) -> [f64; N] {
    let mut to = *from;
    for (place, length) in to.iter_mut().zip(step) {
        *place += part * length;
    }
    to
}

/// Not a number if one of the slopes is none.
fn steepest<const N: usize>(slopes: &[f64; N]) -> f64 {
    slopes.iter().fold(0.0, |most: f64, slope| {
        if slope.is_nan() || slope.abs() > most {
            slope.abs()
        } else {
            most
        }
    })
}
