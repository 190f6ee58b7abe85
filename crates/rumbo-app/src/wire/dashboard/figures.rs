//! The figures of a report, one field for each metric.

use rumbo_base::{Currency, parse_decimal_micros};
use rumbo_insight::metric::Value;
use rumbo_insight::{Figures, Metric};
use serde::{Deserialize, Serialize};
use specta::Type;

/// How a field is written: what may be unknown is null.
macro_rules! field {
    (type text) => { Option<String> };
    (type count) => { Option<u32> };
    (type known_text) => { String };
    (type known_count) => { u32 };
    (type shares) => { Option<Shares> };
    (type known_shares) => { Shares };
    (make text $value:expr, $currency:expr) => { $value.map(|value| value.into_text($currency)) };
    (make count $value:expr, $currency:expr) => { $value.as_ref().map(whole) };
    (make known_text $value:expr, $currency:expr) => {
        $value.map(|value| value.into_text($currency)).unwrap_or_default()
    };
    (make known_count $value:expr, $currency:expr) => {
        $value.as_ref().map(whole).unwrap_or_default()
    };
    (make shares $value:expr, $currency:expr) => { $value.as_ref().map(shares) };
    (make known_shares $value:expr, $currency:expr) => {
        $value.as_ref().map(shares).unwrap_or_default()
    };
    (show text $field:expr) => { $field.clone() };
    (show count $field:expr) => { $field.map(|n| n.to_string()) };
    (show known_text $field:expr) => { Some($field.clone()) };
    (show known_count $field:expr) => { Some($field.to_string()) };
    (show shares $field:expr) => { $field.map(|shares| shares.to_string()) };
    (show known_shares $field:expr) => { Some($field.to_string()) };
}

macro_rules! figures {
    (with text $($all:tt)+) => {
        figures! { $($all)+ }
        figures! { @text $($all)+ }
    };
    (@text $(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $field:ident: $kind:ident = $metric:ident;)+
    } $($more:tt)*) => {
        impl $name {
            /// The value of a metric as text; `None` where it is not known.
            pub(crate) fn text(&self, metric: Metric) -> Option<String> {
                match metric {
                    $(Metric::$metric => field!(show $kind self.$field),)+
                }
            }
        }
    };
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $field:ident: $kind:ident = $metric:ident;)+
    } $($(#[$constant_doc:meta])* $constant:ident = $value:expr;)?) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, Serialize, Deserialize, Type)]
        pub struct $name {
            $($(#[$doc])* pub $field: field!(type $kind),)+
            $($(#[$constant_doc])* pub $constant: String,)?
        }

        impl $name {
            /// Every metric of these sums.
            pub(crate) fn of(figures: &Figures, currency: Currency) -> Self {
                Self {
                    $($field: field!(make $kind Metric::$metric.definition().value(figures, currency), currency),)+
                    $($constant: $value.to_owned(),)?
                }
            }
        }
    };
}

impl RoiFigures {
    /// The value of the metric of an id, as text; `None` where it is not known, or there is no such
    /// metric.
    pub fn text_of(&self, id: &str) -> Option<String> {
        Metric::by_id(id).and_then(|metric| self.text(metric))
    }
}

/// A count of which only a part may be credited: in JSON a number, whole where nothing is split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Type)]
#[specta(type = u32)]
pub struct Shares(rumbo_insight::Shares);

impl Shares {
    /// Whether it is 0.
    pub fn is_nothing(self) -> bool {
        self.0 == rumbo_insight::Shares::ZERO
    }
}

impl From<rumbo_insight::Shares> for Shares {
    fn from(shares: rumbo_insight::Shares) -> Self {
        Self(shares)
    }
}

impl std::fmt::Display for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Shares {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let number: serde_json::Number = self.to_string().parse().map_err(S::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Shares {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let number = serde_json::Number::deserialize(deserializer)?.to_string();
        let millionths = parse_decimal_micros(&number).map_err(D::Error::custom)?;
        Ok(Self(rumbo_insight::Shares(millionths)))
    }
}

/// A count in whole things. Beyond four thousand million it is shown as that.
fn whole(value: &Value) -> u32 {
    let count = shares(value).0.0 / rumbo_insight::Shares::ONE.0;
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// A count; what is none counts nothing.
fn shares(value: &Value) -> Shares {
    match value {
        Value::Count(shares) => Shares(*shares),
        Value::Money(_) | Value::Ratio(_) => Shares::default(),
    }
}

figures! {
    with text
    /// Base sums and ratios of one row, of what is not attributed, or of the total. Each field
    /// is the metric of that name (docs/metrics.md).
    RoiFigures {
    /// Null when no ad figures tell it, as the three that follow: unknown, not 0.
    spend: text = Spend;
    impressions: count = Impressions;
    clicks: count = Clicks;
    link_clicks: count = LinkClicks;
    /// Leads as Meta reports them, by the action map.
    meta_leads: count = MetaLeads;
    /// Purchases as Meta reports them, by the action map.
    meta_purchases: count = MetaPurchases;
    meta_purchase_value: text = MetaPurchaseValue;
    /// Leads in the CRM.
    leads: known_count = Leads;
    opportunities: known_shares = Opportunities;
    sales: known_shares = Sales;
    /// Completed sales less refunds.
    revenue: known_text = Revenue;
    /// Clicks / impressions, in percent.
    ctr: text = Ctr;
    /// Link clicks / impressions, in percent.
    link_ctr: text = LinkCtr;
    /// Spend / clicks.
    cpc: text = Cpc;
    /// Spend / link clicks.
    #[serde(default)]
    link_cpc: text = LinkCpc;
    /// 1,000 × spend / impressions.
    cpm: text = Cpm;
    /// Spend / CRM leads.
    cpl: text = Cpl;
    /// Spend / leads that Meta reports.
    meta_cpl: text = MetaCpl;
    /// Spend / the conversion that `cpa_conversion` names.
    cpa: text = Cpa;
    /// CRM leads / link clicks, in percent.
    #[serde(default)]
    leads_per_click_percent: text = LeadsPerClick;
    /// Spend / opportunities.
    #[serde(default)]
    cost_per_opportunity: text = CostPerOpportunity;
    /// Opportunities / leads of the same period, in percent.
    #[serde(default)]
    opportunities_per_lead_percent: text = OpportunitiesPerLead;
    /// Spend / sales.
    cost_per_sale: text = CostPerSale;
    /// Sales / leads of the same period, in percent.
    #[serde(default)]
    sales_per_lead_percent: text = SalesPerLead;
    /// Revenue / sales.
    #[serde(default)]
    revenue_per_sale: text = RevenuePerSale;
    /// Of the sales, those that are the first ever of their contact; null when not asked for.
    #[serde(default)]
    new_customers: shares = NewCustomers;
    /// Customer acquisition cost: spend / new customers.
    #[serde(default)]
    cac: text = Cac;
    /// Revenue / spend.
    roas: text = Roas;
    /// (Revenue − spend) / spend, in percent.
    roi_percent: text = Roi;
    /// Purchase value that Meta reports / spend.
    #[serde(default)]
    meta_roas: text = MetaRoas;
    /// What those of the sales cost of which it is known; null where it is known of none.
    #[serde(default)]
    cost: text = Cost;
    /// Of the sales, those of which it is known what they cost.
    #[serde(default)]
    sales_with_cost: known_shares = CostedSales;
    /// Revenue − cost; null where a sale in it has no known cost, as the two that follow.
    #[serde(default)]
    margin: text = Margin;
    /// Margin / spend.
    #[serde(default)]
    poas: text = Poas;
    /// (Margin − spend) / spend, in percent.
    #[serde(default)]
    contribution_roi_percent: text = ContributionRoi;
    /// People, as Meta answered for exactly these days; null unless it was asked, as the three that
    /// follow. Never to be added up.
    #[serde(default)]
    reach: count = Reach;
    /// Impressions / reach of the same answer.
    #[serde(default)]
    frequency: text = Frequency;
    /// People who clicked.
    #[serde(default)]
    unique_clicks: count = UniqueClicks;
    /// People who clicked on the link.
    #[serde(default)]
    unique_link_clicks: count = UniqueLinkClicks;
    /// CRM leads / leads that Meta reports, in percent.
    #[serde(default)]
    leads_per_meta_lead_percent: text = LeadsPerMetaLead;
    /// Sales / purchases that Meta reports, in percent.
    #[serde(default)]
    sales_per_meta_purchase_percent: text = SalesPerMetaPurchase;
    /// Revenue / purchase value that Meta reports, in percent.
    #[serde(default)]
    revenue_per_meta_value_percent: text = RevenuePerMetaValue;
    }
    /// What `cpa` divides by: `lead`, the CRM lead.
    #[serde(default)]
    cpa_conversion = rumbo_insight::CPA_CONVERSION;
}

figures! {
    /// The sums and ratios that are Meta's alone. Null where Meta does not tell them. Counts are
    /// numbers that may be below zero: where parts are more than their whole, the rest is less than
    /// nothing.
    MetaFigures {
    spend: text = Spend;
    impressions: shares = Impressions;
    clicks: shares = Clicks;
    link_clicks: shares = LinkClicks;
    ctr: text = Ctr;
    link_ctr: text = LinkCtr;
    cpc: text = Cpc;
    link_cpc: text = LinkCpc;
    cpm: text = Cpm;
    meta_leads: shares = MetaLeads;
    meta_cpl: text = MetaCpl;
    meta_purchases: shares = MetaPurchases;
    meta_purchase_value: text = MetaPurchaseValue;
    meta_roas: text = MetaRoas;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_of_a_breakdown_are_those_that_are_metas_alone() {
        let figures = MetaFigures::of(&Figures::default(), Currency::USD);
        let json = serde_json::to_value(&figures).unwrap();
        let mut fields: Vec<&str> = json
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut metas: Vec<&str> = Metric::ALL
            .iter()
            .map(|metric| metric.definition())
            .filter(|metric| metric.source == rumbo_insight::metric::Source::Meta)
            .map(|metric| metric.id)
            .collect();
        fields.sort_unstable();
        metas.sort_unstable();
        assert_eq!(fields, metas);
    }

    #[test]
    fn each_metric_is_the_field_of_its_name() {
        let figures = RoiFigures::of(
            &Figures {
                ad_days: 1,
                impressions: Some(1_000),
                ..Figures::default()
            },
            Currency::USD,
        );
        let json = serde_json::to_value(&figures).unwrap();
        let mut fields: Vec<&str> = json
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        fields.retain(|field| *field != "cpa_conversion");
        fields.sort_unstable();
        let mut metrics = Metric::ALL.map(|metric| metric.definition().id);
        metrics.sort_unstable();
        assert_eq!(fields, metrics);
        for metric in Metric::ALL {
            let field = &json[metric.definition().id];
            let text = field.as_str().map(str::to_owned);
            let shown = text.or_else(|| field.as_u64().map(|n| n.to_string()));
            assert_eq!(figures.text(metric), shown, "{metric:?}");
        }
    }
}
