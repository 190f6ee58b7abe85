//! The list.

use super::{
    BaseSum::{
        Clicks, Cost, CostedSales, Impressions, Leads, LinkClicks, Margin, MetaLeads,
        MetaPurchaseValue, MetaPurchases, NewCustomers, Opportunities, Revenue, Sales, Spend,
    },
    Decimals::{Coins, Fixed},
    Definition,
    Formula::{self, Quotient, Sum},
    Names,
    Rise::{Bad, Good, Neither},
    Source::{Asked, Both, Crm, Meta},
    Unit::{Count, Money, Percent, Ratio},
};

macro_rules! names {
    ($en:literal, $es:literal, $pt:literal) => {
        Names {
            en: $en,
            es: $es,
            pt: $pt,
        }
    };
}

macro_rules! formula {
    (sum $sum:ident) => {
        Sum($sum)
    };
    (asked $what:literal) => {
        Formula::Asked($what)
    };
    ($times:literal * ($of:ident - $less:ident) / $by:ident, $decimals:expr) => {
        Quotient {
            times: $times,
            of: $of,
            less: Some($less),
            by: $by,
            decimals: $decimals,
        }
    };
    ($times:literal * $of:ident / $by:ident, $decimals:expr) => {
        Quotient {
            times: $times,
            of: $of,
            less: None,
            by: $by,
            decimals: $decimals,
        }
    };
}

macro_rules! short {
    () => {
        None
    };
    ($($short:literal),+) => {
        Some(names!($($short),+))
    };
}

macro_rules! metrics {
    ($($metric:ident $id:literal [$($name:literal),+] $(/ [$($short:literal),+])?
        $unit:ident $source:ident $rise:ident ($($formula:tt)+) $note:literal;)+) => {
        /// A metric, in the order of menus.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Metric { $($metric,)+ }

        impl Metric {
            /// All of them.
            pub const ALL: [Self; [$($id,)+].len()] = [$(Self::$metric,)+];

            /// What it is.
            pub const fn definition(self) -> Definition {
                match self {
                    $(Self::$metric => Definition {
                        id: $id,
                        names: names!($($name),+),
                        short: short!($($($short),+)?),
                        unit: $unit,
                        source: $source,
                        rise: $rise,
                        formula: formula!($($formula)+),
                        note: $note,
                    },)+
                }
            }
        }
    };
}

metrics! {
    Spend "spend" ["Spend", "Inversión", "Investimento"]
        Money Meta Neither (sum Spend)
        "Meta's `spend`, from ad-days; the ad account's day. [By channel](#channels) also what was entered or imported of others";
    Impressions "impressions" ["Impressions", "Impresiones", "Impressões"] / ["Impr.", "Impr.", "Impr."]
        Count Meta Neither (sum Impressions)
        "Meta's `impressions`, from ad-days; the ad account's day";
    Clicks "clicks" ["Clicks", "Clics", "Cliques"]
        Count Meta Neither (sum Clicks)
        "Meta's `clicks`, of every kind; the ad account's day";
    LinkClicks "link_clicks" ["Link clicks", "Clics en enlace", "Cliques no link"]
        Count Meta Neither (sum LinkClicks)
        "Meta's `inline_link_clicks`; the ad account's day";
    Reach "reach" ["Reach", "Alcance", "Alcance"]
        Count Asked Neither (asked "Meta's `reach` of these days")
        "how many people saw it at least once";
    Frequency "frequency" ["Frequency", "Frecuencia", "Frequência"] / ["Freq.", "Frec.", "Freq."]
        Ratio Asked Neither (asked "impressions / reach of the same answer")
        "how often each of them saw it, on average; four decimals";
    UniqueClicks "unique_clicks" ["Unique clicks", "Clics únicos", "Cliques únicos"]
        Count Asked Neither (asked "Meta's `unique_clicks` of these days")
        "how many people clicked, whatever on; Meta tells it of 13 months";
    UniqueLinkClicks "unique_link_clicks" ["Unique link clicks", "Clics únicos en enlace", "Cliques únicos no link"]
        Count Asked Neither (asked "Meta's `unique_inline_link_clicks` of these days")
        "how many people clicked on the link; Meta tells it of 13 months";
    Ctr "ctr" ["CTR", "CTR", "CTR"]
        Percent Meta Good (100 * Clicks / Impressions, Fixed(4))
        "Meta's own CTR: clicks of every kind";
    LinkCtr "link_ctr" ["Link CTR", "CTR enlace", "CTR link"]
        Percent Meta Good (100 * LinkClicks / Impressions, Fixed(4))
        "";
    Cpc "cpc" ["CPC", "CPC", "CPC"]
        Money Meta Bad (1 * Spend / Clicks, Coins(2))
        "";
    LinkCpc "link_cpc" ["Link CPC", "CPC enlace", "CPC link"]
        Money Meta Bad (1 * Spend / LinkClicks, Coins(2))
        "";
    Cpm "cpm" ["CPM", "CPM", "CPM"]
        Money Meta Bad (1000 * Spend / Impressions, Coins(2))
        "";
    MetaLeads "meta_leads" ["Leads (Meta)", "Leads (Meta)", "Leads (Meta)"]
        Count Meta Good (sum MetaLeads)
        "leads that Meta claims, from one tier of its action types ([below](#metas-actions)); the ad account's day";
    MetaCpl "meta_cpl" ["CPL (Meta)", "CPL (Meta)", "CPL (Meta)"]
        Money Meta Bad (1 * Spend / MetaLeads, Coins(0))
        "beside CPL, never mixed with it";
    MetaPurchases "meta_purchases" ["Purchases (Meta)", "Compras (Meta)", "Compras (Meta)"]
        Count Meta Good (sum MetaPurchases)
        "purchases that Meta claims, from one tier of its action types; the ad account's day";
    MetaPurchaseValue "meta_purchase_value" ["Purchase value (Meta)", "Valor de compras (Meta)", "Valor das compras (Meta)"]
        Money Meta Good (sum MetaPurchaseValue)
        "the value of these purchases, as Meta claims it";
    MetaRoas "meta_roas" ["ROAS (Meta)", "ROAS (Meta)", "ROAS (Meta)"]
        Ratio Meta Good (1 * MetaPurchaseValue / Spend, Fixed(4))
        "what Meta claims; beside ROAS, never mixed with it";
    Leads "leads" ["Leads", "Leads", "Leads"]
        Count Crm Good (sum Leads)
        "contacts, except those of kind `internal`; first seen";
    LeadsPerMetaLead "leads_per_meta_lead_percent" ["CRM / Meta, leads", "CRM / Meta, leads", "CRM / Meta, leads"]
        Percent Both Neither (100 * Leads / MetaLeads, Fixed(2))
        "of what Meta claims, how much the CRM holds; may pass 100";
    LeadsPerClick "leads_per_click_percent" ["Leads per click", "Leads por clic", "Leads por clique"]
        Percent Both Good (100 * Leads / LinkClicks, Fixed(2))
        "of link clicks; may pass 100: people also come by view";
    Cpl "cpl" ["CPL", "CPL", "CPL"]
        Money Both Bad (1 * Spend / Leads, Coins(0))
        "0 when leads came without spend";
    Cpa "cpa" ["CPA", "CPA", "CPA"]
        Money Both Bad (1 * Spend / Leads, Coins(0))
        "the conversion is the CRM lead; equals CPL until another conversion is chosen";
    Opportunities "opportunities" ["Opportunities", "Oportunidades", "Oportunidades"] / ["Opps", "Oport.", "Oport."]
        Count Crm Good (sum Opportunities)
        "opportunities, in any state; opened";
    OpportunitiesPerLead "opportunities_per_lead_percent" ["Opportunities per lead", "Oportunidades por lead", "Oportunidades por lead"]
        / ["Opps / lead", "Oport. / lead", "Oport. / lead"]
        Percent Crm Good (100 * Opportunities / Leads, Fixed(2))
        "of the same period, not a cohort";
    CostPerOpportunity "cost_per_opportunity" ["Cost per opportunity", "Costo por oportunidad", "Custo por oportunidade"]
        / ["Cost / opp", "Costo / oport.", "Custo / oport."]
        Money Both Bad (1 * Spend / Opportunities, Coins(0))
        "";
    Sales "sales" ["Sales", "Ventas", "Vendas"]
        Count Crm Good (sum Sales)
        "sales with status completed or refunded; completed";
    SalesPerLead "sales_per_lead_percent" ["Sales per lead", "Ventas por lead", "Vendas por lead"]
        Percent Crm Good (100 * Sales / Leads, Fixed(2))
        "of the same period, not a cohort";
    CostPerSale "cost_per_sale" ["Cost per sale", "Costo por venta", "Custo por venda"]
        Money Both Bad (1 * Spend / Sales, Coins(0))
        "";
    SalesPerMetaPurchase "sales_per_meta_purchase_percent" ["CRM / Meta, sales", "CRM / Meta, ventas", "CRM / Meta, vendas"]
        Percent Both Neither (100 * Sales / MetaPurchases, Fixed(2))
        "of the purchases Meta claims, how many sales the CRM holds; may pass 100";
    NewCustomers "new_customers" ["New customers", "Clientes nuevos", "Clientes novos"]
        Count Crm Good (sum NewCustomers)
        "of these sales, those that are the first ever of their contact; completed";
    Cac "cac" ["CAC", "CAC", "CAC"]
        Money Both Bad (1 * Spend / NewCustomers, Coins(0))
        "advertising spend only; of a campaign, the new customers credited to it; `null` where they were not asked for";
    Revenue "revenue" ["Revenue", "Ingresos", "Receita"]
        Money Crm Good (sum Revenue)
        "gross less what was refunded so far, of these sales; completed";
    RevenuePerMetaValue "revenue_per_meta_value_percent" ["CRM / Meta, revenue", "CRM / Meta, ingresos", "CRM / Meta, receita"]
        Percent Both Neither (100 * Revenue / MetaPurchaseValue, Fixed(2))
        "of the purchase value Meta claims, how much revenue the CRM holds; may pass 100";
    RevenuePerSale "revenue_per_sale" ["Revenue per sale", "Ingreso por venta", "Receita por venda"]
        Money Crm Good (1 * Revenue / Sales, Coins(0))
        "also known as average order value";
    Roas "roas" ["ROAS", "ROAS", "ROAS"]
        Ratio Both Good (1 * Revenue / Spend, Fixed(4))
        "`null` when spend is 0";
    Roi "roi_percent" ["ROI", "ROI", "ROI"]
        Percent Both Good (100 * (Revenue - Spend) / Spend, Fixed(2))
        "−100 when nothing was sold";
    Cost "cost" ["Cost of sales", "Costo de ventas", "Custo das vendas"]
        / ["Cost", "Costo", "Custo"]
        Money Crm Neither (sum Cost)
        "what those of these sales cost of which it is known; a refund leaves it as it is; completed";
    CostedSales "sales_with_cost" ["Sales with a cost", "Ventas con costo", "Vendas com custo"]
        / ["With cost", "Con costo", "Com custo"]
        Count Crm Neither (sum CostedSales)
        "of these sales, those of which it is known what they cost; completed";
    Margin "margin" ["Margin", "Margen", "Margem"]
        Money Crm Good (sum Margin)
        "revenue − cost of sales; `null` where a sale in it has [no known cost](#cost-and-margin)";
    Poas "poas" ["POAS", "POAS", "POAS"]
        Ratio Both Good (1 * Margin / Spend, Fixed(4))
        "profit on ad spend; `null` where a sale in it has no known cost";
    ContributionRoi "contribution_roi_percent" ["Contribution ROI", "ROI de contribución", "ROI de contribuição"]
        / ["Contr. ROI", "ROI contr.", "ROI contr."]
        Percent Both Good (100 * (Margin - Spend) / Spend, Fixed(2))
        "the return after what the sales cost; 0 where POAS is 1; `null` where a sale in it has no known cost";
}
