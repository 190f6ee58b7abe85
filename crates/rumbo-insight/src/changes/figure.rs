//! One metric of a change.

use rumbo_base::Currency;

use super::Change;
use crate::decimal_text::difference;
use crate::figures::Figures;
use crate::metric::Metric;

/// What one metric said then and says now. `before` and all parts are `after`, as they are
/// written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricChange {
    pub metric: Metric,
    pub before: Option<String>,
    pub after: Option<String>,
    /// One for each of [`super::Cause::ALL`]. A quotient has no parts of its own: the causes are
    /// laid on its sums one after the other, and each is what the quotient moved by. `None` where
    /// one of the two values is not known; of a sum that may lack a row (of any but the margin) where
    /// neither is. A cause that moved nothing is 0.
    pub parts: Vec<Option<String>>,
}

impl Change {
    /// The change of one metric.
    pub fn of(&self, metric: Metric, currency: Currency) -> MetricChange {
        let text = |figures: &Figures| metric.text(figures, currency);
        let (before, after) = (text(&self.before), text(&self.after));
        let parts = if metric.is_sum() {
            let values = (before.as_deref(), after.as_deref());
            let part = |moved: &Figures| metric.moved_text(values, moved, currency);
            self.parts.iter().map(part).collect()
        } else {
            self.steps(metric, currency)
                .unwrap_or_else(|| vec![None; self.parts.len()])
        };
        MetricChange {
            metric,
            before,
            after,
            parts,
        }
    }

    fn steps(&self, metric: Metric, currency: Currency) -> Option<Vec<Option<String>>> {
        let mut sums = self.before;
        let mut last = metric.text(&sums, currency)?;
        metric.text(&self.after, currency)?;
        let mut steps = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            sums.add(part).ok()?;
            // Where there is nothing to divide by for a moment, the next cause takes the step.
            let next = metric.text(&sums, currency).unwrap_or_else(|| last.clone());
            steps.push(Some(difference(&next, &last)?));
            last = next;
        }
        Some(steps)
    }
}

#[cfg(test)]
mod tests {
    use rumbo_base::Micros;

    use super::*;
    use crate::figures::Shares;

    #[test]
    fn what_meta_claims_otherwise_is_told_though_no_day_was_added() {
        let of = |ad_days, meta_leads| Figures {
            ad_days,
            meta_leads,
            ..Figures::default()
        };
        let change = Change {
            before: of(3, 7),
            after: of(2, 4),
            parts: vec![of(0, -2), of(-1, -1), of(0, 0)],
        };
        let leads = change.of(Metric::MetaLeads, Currency::USD);
        let parts: Vec<_> = leads.parts.iter().map(Option::as_deref).collect();
        assert_eq!(parts, [Some("-2"), Some("-1"), Some("0")]);
        let unknown = Change {
            before: of(0, 0),
            after: of(0, 0),
            parts: vec![of(0, 0)],
        };
        assert_eq!(unknown.of(Metric::MetaLeads, Currency::USD).parts, [None]);
    }

    #[test]
    fn a_cost_that_was_set_right_moves_the_margin_though_no_sale_came() {
        let of = |sales, costed, revenue: i64, cost: i64| Figures {
            sales: Shares::whole(sales),
            costed_sales: Shares::whole(costed),
            revenue: Micros(revenue * 1_000_000),
            cost: Micros(cost * 1_000_000),
            ..Figures::default()
        };
        let change = Change {
            before: of(2, 2, 100, 40),
            after: of(3, 3, 150, 70),
            parts: vec![of(1, 1, 50, 20), of(0, 0, 0, 10)],
        };
        let texts = |change: &Change, metric| {
            let told = change.of(metric, Currency::USD);
            let parts = told.parts.into_iter().map(Option::unwrap_or_default);
            (told.before, told.after, parts.collect::<Vec<_>>())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            texts(&change, Metric::Margin),
            (
                some("60.00"),
                some("80.00"),
                vec!["30.00".into(), "-10.00".into()]
            )
        );
        // The cost of a sale became known: there was no margin before it that anything was added to.
        let learned = Change {
            before: of(2, 1, 100, 40),
            after: of(2, 2, 100, 70),
            parts: vec![of(0, 1, 0, 30)],
        };
        assert_eq!(
            texts(&learned, Metric::Margin),
            (None, some("30.00"), vec![String::new()])
        );
        assert_eq!(
            texts(&learned, Metric::Cost),
            (some("40.00"), some("70.00"), vec!["30.00".into()])
        );
    }

    #[test]
    fn the_parts_of_a_quotient_are_its_steps() {
        let of = |spend: i64, revenue: i64| Figures {
            spend: Some(Micros(spend * 1_000_000)),
            revenue: Micros(revenue * 1_000_000),
            ..Figures::default()
        };
        let change = Change {
            before: of(100, 300),
            after: of(150, 400),
            parts: vec![of(50, 50), of(0, 50)],
        };
        let roas = change.of(Metric::Roas, Currency::USD);
        assert_eq!(roas.before.as_deref(), Some("3.0000"));
        assert_eq!(roas.after.as_deref(), Some("2.6667"));
        let parts: Vec<_> = roas.parts.iter().map(Option::as_deref).collect();
        assert_eq!(parts, [Some("-0.6667"), Some("0.3334")]);
        let unknown = Change {
            before: Figures::default(),
            ..change
        };
        assert_eq!(unknown.of(Metric::Roas, Currency::USD).parts, [None, None]);
    }
}
