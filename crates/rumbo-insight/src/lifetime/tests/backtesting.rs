use super::{assert_close, cdnow};
use crate::lifetime::{
    BacktestRefusal, FrequencyClass, Grain, Purchase, PurchaseModel, Unfit, backtest,
};

/// The numbers of the table in the comment of [`backtest`].
#[test]
fn cdnow_39_weeks_ahead() {
    let histories = cdnow::histories();
    let found = backtest(&histories, cdnow::split(), cdnow::end(), Grain::DaysInWeeks).unwrap();
    let table = [
        (1411, 317.598, 334),
        (439, 229.655, 306),
        (214, 223.445, 298),
        (100, 152.028, 156),
        (62, 134.160, 157),
        (38, 100.846, 112),
        (29, 101.617, 112),
        (64, 394.060, 407),
    ];
    for (class, (customers, predicted, real)) in found.by_frequency.iter().zip(table) {
        assert_eq!((class.customers, class.real), (customers, real));
        assert_close(class.predicted, predicted, 1e-4);
    }
    assert_close(found.total.error_percent().unwrap(), -12.146, 1e-3);
    assert_eq!(FrequencyClass::default().error_percent(), None);
    assert_eq!(found.total.customers, 2357);
    let predicted: f64 = found.by_frequency.iter().map(|class| class.predicted).sum();
    assert_close(predicted, found.total.predicted, 1e-12);
    let real: usize = found.by_frequency.iter().map(|class| class.real).sum();
    assert_eq!(real, found.total.real);
    let fitted = PurchaseModel::fit(&cdnow::customers())
        .unwrap()
        .parameters();
    assert_close(found.model.parameters().alpha, fitted.alpha, 0.002);
}

#[test]
fn refusals_say_why() {
    let mut histories = cdnow::histories();
    let (split, end) = (cdnow::split(), cdnow::end());
    let at = |histories: &[Vec<Purchase>]| backtest(histories, split, end, Grain::Days);
    let few = Unfit::TooFewRepeatBuyers {
        found: 0,
        needed: 100,
    };
    assert_eq!(at(&[]).err(), Some(BacktestRefusal::Fit(few)));
    let backwards = backtest(&histories, end, split, Grain::Days);
    assert!(matches!(backwards, Err(BacktestRefusal::Window(_))));
    let nothing = backtest(&histories, split, split, Grain::Days);
    assert!(matches!(nothing, Err(BacktestRefusal::Window(_))));
    histories[7][0].day = "0097-01-01".parse().unwrap();
    let wrong = at(&histories).unwrap_err();
    assert!(
        matches!(wrong, BacktestRefusal::Customer { place: 7, .. }),
        "{wrong}"
    );
}

/// Who came after the split is neither fitted nor counted.
#[test]
fn newcomers_after_the_split_are_left_out() {
    let mut histories = cdnow::histories();
    let (split, end) = (cdnow::split(), cdnow::end());
    let before = backtest(&histories, split, end, Grain::Days).unwrap();
    let late = Purchase {
        day: "1998-01-05".parse().unwrap(),
        amount_micros: 1,
    };
    histories.push(vec![late; 3]);
    assert_eq!(
        backtest(&histories, split, end, Grain::Days).unwrap(),
        before
    );
}
