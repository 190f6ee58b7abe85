//! Why nothing is predicted, as a sentence and as its parts.

use std::collections::BTreeMap;

use rumbo_insight::cohort::{NotPredicted as Refused, WORST_BACKTEST};
use rumbo_insight::lifetime::{BacktestRefusal, Unfit};

use crate::wire::{NotPredicted, NotPredictedReason as Reason};

type Parts = (Reason, Vec<(&'static str, String)>);

/// The refusal for the wire.
pub(super) fn told(refused: &Refused) -> NotPredicted {
    let (reason, params) = parts(refused);
    NotPredicted {
        reason,
        params: params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        message: message(refused),
    }
}

fn parts(refused: &Refused) -> Parts {
    match refused {
        Refused::NoCustomers => (Reason::NoCustomers, Vec::new()),
        Refused::Purchases(unfit) | Refused::Spend(unfit) => of_unfit(unfit),
        Refused::OutOfRange(_) => (Reason::OutOfRange, Vec::new()),
        Refused::NoBacktest(BacktestRefusal::Fit(Unfit::TooFewRepeatBuyers { found, needed })) => (
            Reason::NoBacktest,
            vec![("found", found.to_string()), ("needed", needed.to_string())],
        ),
        Refused::NoBacktest(_) => (Reason::NoBacktest, Vec::new()),
        Refused::Off(off) => (
            Reason::BacktestOff,
            off.iter()
                .map(|off| ("error_percent", format!("{off:.1}")))
                .chain([("allowed", format!("{WORST_BACKTEST:.0}"))])
                .collect(),
        ),
    }
}

fn of_unfit(unfit: &Unfit) -> Parts {
    match unfit {
        Unfit::TooFewRepeatBuyers { found, needed } => (
            Reason::TooFewRepeatBuyers,
            vec![("found", found.to_string()), ("needed", needed.to_string())],
        ),
        Unfit::TooManyUnpaid { found, of } => (
            Reason::TooManyUnpaid,
            vec![("found", found.to_string()), ("of", of.to_string())],
        ),
        Unfit::Correlated {
            correlation,
            allowed,
        } => (
            Reason::Correlated,
            vec![
                ("correlation", format!("{correlation:.2}")),
                ("allowed", allowed.to_string()),
            ],
        ),
        Unfit::AtBound { .. } | Unfit::NotConverged { .. } | Unfit::EndlessMean { .. } => {
            (Reason::NoFit, Vec::new())
        }
    }
}

fn message(refused: &Refused) -> String {
    match refused {
        Refused::NoCustomers => "Nobody has bought in this currency.".to_owned(),
        Refused::Purchases(unfit) | Refused::Spend(unfit) => unfit.to_string(),
        Refused::OutOfRange(fault) => fault.to_string(),
        Refused::NoBacktest(refusal) => {
            format!("The past is too short to check a prediction. {refusal}")
        }
        Refused::Off(None) => "Nothing was bought in the time that the check looks at.".to_owned(),
        Refused::Off(Some(off)) => format!(
            "On your own past the prediction would have been off by {off:.1} %. At most \
             {WORST_BACKTEST:.0} % either way is told."
        ),
    }
}
