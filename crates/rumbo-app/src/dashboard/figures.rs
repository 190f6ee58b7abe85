//! Sums and ratios as text.

use rumbo_base::Currency;
use rumbo_insight::{Figures, Ratios};

use crate::wire::{RoiFigures, WithoutSpend};

/// A count for the wire. Counts beyond four thousand million are shown as that.
pub(crate) fn count(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// Figures and their ratios for the wire. Meta's are null when no row of Meta's covers them.
pub(crate) fn figures(f: &Figures, ratios: &Ratios, currency: Currency) -> RoiFigures {
    let meta = |n: i64| (f.ad_days > 0).then(|| count(n));
    RoiFigures {
        spend: f.spend.map(|s| s.to_text(currency)),
        impressions: f.impressions.map(count),
        clicks: f.clicks.map(count),
        link_clicks: f.link_clicks.map(count),
        meta_leads: meta(f.meta_leads),
        meta_purchases: meta(f.meta_purchases),
        meta_purchase_value: (f.ad_days > 0).then(|| f.meta_purchase_value.to_text(currency)),
        leads: count(f.leads),
        opportunities: count(f.opportunities),
        sales: count(f.sales),
        revenue: f.revenue.to_text(currency),
        ctr: ratios.ctr.clone(),
        link_ctr: ratios.link_ctr.clone(),
        cpc: ratios.cpc.clone(),
        cpm: ratios.cpm.clone(),
        cpl: ratios.cpl.clone(),
        meta_cpl: ratios.cpl_meta.clone(),
        cpa: ratios.cpa.clone(),
        cpa_conversion: rumbo_insight::CPA_CONVERSION.to_owned(),
        cost_per_sale: ratios.cost_per_sale.clone(),
        new_customers: f.new_customers.map(count),
        cac: ratios.cac.clone(),
        roas: ratios.roas.clone(),
        roi_percent: ratios.roi_percent.clone(),
    }
}

/// What came on days without spend, for the wire.
pub(crate) fn without_spend(w: &rumbo_insight::WithoutSpend, currency: Currency) -> WithoutSpend {
    WithoutSpend {
        meta_leads: count(w.meta_leads),
        meta_purchases: count(w.meta_purchases),
        meta_purchase_value: w.meta_purchase_value.to_text(currency),
        leads: count(w.leads),
        opportunities: count(w.opportunities),
        sales: count(w.sales),
        revenue: w.revenue.to_text(currency),
    }
}
