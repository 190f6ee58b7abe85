use std::fmt;

/// Why a model was not fitted. Where one of these comes back, fall back to segments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unfit {
    /// Too few customers bought again.
    TooFewRepeatBuyers { found: usize, needed: usize },
    /// Too many of the customers who bought again paid nothing or less on average.
    TooManyUnpaid { found: usize, of: usize },
    /// How often and how much customers buy goes together, which Gamma-Gamma rules out.
    Correlated { correlation: f64, allowed: f64 },
    /// The likelihood has no top within reason: it still rises at the bound of a parameter. The
    /// data cannot tell the customers apart in this respect.
    AtBound {
        parameter: &'static str,
        value: f64,
        bound: f64,
    },
    /// The search came to no rest. The slope is that of the mean log-likelihood of a customer, by
    /// the logarithm of a parameter.
    NotConverged { slope: f64, allowed: f64 },
    /// Gamma-Gamma with q of 1 or less has no mean: the spend of customers differs too wildly.
    EndlessMean { q: f64 },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRepeatBuyers { found, needed } => write!(
                f,
                "{found} customers bought again. At least {needed} are needed."
            ),
            Self::TooManyUnpaid { found, of } => write!(
                f,
                "{found} of the {of} customers who bought again paid nothing on average."
            ),
            Self::Correlated {
                correlation,
                allowed,
            } => write!(
                f,
                "Frequency and spend correlate by {correlation:.3}. At most {allowed} either way \
                 is allowed."
            ),
            Self::AtBound {
                parameter,
                value,
                bound,
            } => write!(
                f,
                "The best {parameter} lies at its bound, {bound}: the search reached {value}."
            ),
            Self::NotConverged { slope, allowed } => write!(
                f,
                "The search did not converge: a slope of {slope:e} is left. At most {allowed:e} \
                 is allowed."
            ),
            Self::EndlessMean { q } => write!(
                f,
                "The spend of customers has no mean: q is {q}. It must be more than 1."
            ),
        }
    }
}

impl std::error::Error for Unfit {}
