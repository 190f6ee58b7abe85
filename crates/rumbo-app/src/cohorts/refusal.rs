//! Why nothing is predicted, as a sentence and as its parts.

use std::collections::BTreeMap;

use rumbo_insight::cohort::{NotPredicted as Refused, WORST_BACKTEST};
use rumbo_insight::lifetime::{BacktestRefusal, Unfit};

use crate::wire::NotPredicted;

type Parts = (&'static str, Vec<(&'static str, String)>);

/// The refusal for the wire.
pub(super) fn told(refused: &Refused) -> NotPredicted {
    let (reason, params) = parts(refused);
    NotPredicted {
        reason: reason.to_owned(),
        params: params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        message: message(refused),
    }
}

fn parts(refused: &Refused) -> Parts {
    match refused {
        Refused::NoCustomers => ("no_customers", Vec::new()),
        Refused::Purchases(unfit) | Refused::Spend(unfit) => of_unfit(unfit),
        Refused::OutOfRange(_) => ("out_of_range", Vec::new()),
        Refused::NoBacktest(BacktestRefusal::Fit(Unfit::TooFewRepeatBuyers { found, needed })) => (
            "no_backtest",
            vec![("found", found.to_string()), ("needed", needed.to_string())],
        ),
        Refused::NoBacktest(_) => ("no_backtest", Vec::new()),
        Refused::Off(off) => (
            "backtest_off",
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
            "too_few_repeat_buyers",
            vec![("found", found.to_string()), ("needed", needed.to_string())],
        ),
        Unfit::TooManyUnpaid { found, of } => (
            "too_many_unpaid",
            vec![("found", found.to_string()), ("of", of.to_string())],
        ),
        Unfit::Correlated {
            correlation,
            allowed,
        } => (
            "correlated",
            vec![
                ("correlation", format!("{correlation:.2}")),
                ("allowed", allowed.to_string()),
            ],
        ),
        Unfit::AtBound { .. } | Unfit::NotConverged { .. } | Unfit::EndlessMean { .. } => {
            ("no_fit", Vec::new())
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
