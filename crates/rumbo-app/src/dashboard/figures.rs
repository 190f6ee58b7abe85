//! Sums as text.

use rumbo_base::Currency;

use crate::wire::WithoutSpend;

/// A count for the wire. Counts beyond four thousand million are shown as that.
pub(crate) fn count(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// What came on days without spend, for the wire.
pub(crate) fn without_spend(w: &rumbo_insight::WithoutSpend, currency: Currency) -> WithoutSpend {
    WithoutSpend {
        meta_leads: count(w.meta_leads),
        meta_purchases: count(w.meta_purchases),
        meta_purchase_value: w.meta_purchase_value.to_text(currency),
        leads: count(w.leads),
        opportunities: w.opportunities.into(),
        sales: w.sales.into(),
        revenue: w.revenue.to_text(currency),
    }
}
