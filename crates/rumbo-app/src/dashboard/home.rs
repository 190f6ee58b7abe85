//! The home screen and the ages of its sources.

use std::collections::BTreeMap;

use rumbo_base::{Code, Currency, DateRange, Error, Micros, Reason, Result};
use rumbo_insight::metric::Rise;
use rumbo_insight::{Alert, BehindKind, Comparison, HomeRequest, RoiRequest, Sum, Unusual};

use super::figures::count;
use super::{row, thumbnail};
use crate::Context;
use crate::wire::{
    AccountZone, Attention, Attribution, ConvertedFrom, CreativeRow, DataAge, DayPoint, GetHome,
    Home, Kpi, LeadSplit, RoiFigures, RoiRow, ScreenChart, ScreenSeries, SeriesShape,
};

/// A hundred years: home has a row for each day, whether anything happened on it or not.
const MOST_DAYS: i64 = 36_525;

/// The home screen.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins or has more days than a hundred years, or a
/// currency that is none.
pub async fn get_home(cx: &Context, req: GetHome) -> Result<Home> {
    let range = DateRange::new(req.from, req.to)?;
    if range.days() > MOST_DAYS {
        let days = range.days();
        return Err(Error::new(
            Code::InvalidInput,
            format!("{days} days are not possible here. Use 1 to {MOST_DAYS}."),
        )
        .reason(Reason::NumberOutOfRange)
        .param("value", days)
        .param("least", 1)
        .param("most", MOST_DAYS)
        .field("to"));
    }
    let request = HomeRequest {
        currency: req.currency.as_deref().map(str::parse).transpose()?,
        convert_to: super::convert_to(req.convert_to.as_deref())?,
        comparison: super::comparison(req.compare_with),
        attribution: super::attribution(cx, req.attribution).await?,
        as_of: super::come(cx, req.as_of).await?,
        ..HomeRequest::new(range)
    };
    // Of an earlier moment nothing is told of settings: marks are of now.
    let settings = match req.as_of {
        None => crate::setting_changes::attention(cx).await?,
        Some(_) => None,
    };
    let home = rumbo_insight::home(cx.scope()?, request).await?;
    let currency = home.currency;
    let sum = |sum: &Sum| RoiFigures::of(&sum.figures, currency);
    let money = |micros: Micros| micros.to_text(currency);
    let before = home
        .previous_total
        .as_ref()
        .map_or(Micros::ZERO, |t| t.figures.revenue);
    Ok(Home {
        from: range.from,
        to: range.to,
        previous: home.previous_range.unwrap_or_else(|| range.previous()),
        attribution: Attribution::of(home.attribution),
        currency: currency.to_string(),
        currencies: home.currencies.iter().map(Currency::to_string).collect(),
        kpis: home.kpis.into_iter().map(kpi).collect(),
        days: home
            .days
            .iter()
            .map(|day| DayPoint {
                day: day.day,
                spend: day.figures.spend.map(money),
                revenue: money(day.figures.revenue),
                previous_revenue: day.previous.as_ref().map(|p| money(p.revenue)),
                settling: day.settling,
                complete: super::settle::complete(day),
            })
            .collect(),
        total_spend: home.total.figures.spend.map(money),
        total_revenue: money(home.total.figures.revenue),
        previous_revenue: money(before),
        leads: LeadSplit {
            meta: count(home.leads.meta),
            other: count(home.leads.other),
            unknown: count(home.leads.unknown),
        },
        campaigns: home
            .campaigns
            .iter()
            .map(|campaign| RoiRow {
                spark: campaign.revenue.iter().map(|r| money(*r)).collect(),
                ..row(&campaign.row, currency)
            })
            .collect(),
        campaign_count: u32::try_from(home.campaign_count).unwrap_or(u32::MAX),
        others: sum(&home.others),
        unattributed: sum(&home.unattributed),
        attributed: sum(&home.attributed),
        total: sum(&home.total),
        creatives: home
            .creatives
            .iter()
            .map(|creative| CreativeRow {
                id: creative.face.id.to_string(),
                external_id: creative.face.external_id.clone(),
                name: creative.name.clone(),
                headline: creative.face.headline.clone(),
                body: creative.face.body.clone(),
                call_to_action: creative.face.call_to_action.clone(),
                link_url: creative.face.link_url.clone(),
                campaign_name: home
                    .campaigns
                    .iter()
                    .find(|c| c.row.id == Some(creative.campaign_id.0))
                    .map(|c| c.row.name.clone()),
                has_thumbnail: thumbnail::find(cx, &creative.face.id.to_string()).is_some(),
                currency: currency.to_string(),
                figures: sum(&creative.sum),
                converted: ConvertedFrom::list(&creative.converted),
            })
            .collect(),
        creative_count: u32::try_from(home.creative_count).unwrap_or(u32::MAX),
        attention: home
            .alerts
            .into_iter()
            .map(|a| attention(a, currency))
            .chain(settings)
            .collect(),
        exchanged: home.exchanged.as_ref().map(Into::into),
        zones: AccountZone::list(&home.zones),
    })
}

fn kpi(kpi: rumbo_insight::Kpi) -> Kpi {
    let definition = kpi.metric.definition();
    Kpi {
        metric: definition.id.to_owned(),
        unit: crate::wire::unit(definition.unit).to_owned(),
        source: crate::wire::source(definition.source).to_owned(),
        value: kpi.value,
        previous: kpi.previous,
        delta: kpi.delta,
        spark: kpi.series,
        as_of: kpi.as_of,
    }
}

fn attention(alert: Alert, currency: Currency) -> Attention {
    let params = |pairs: &[(&str, String)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    };
    match alert {
        Alert::SpendWithoutSales {
            campaign,
            name,
            spend,
            leads,
            sales_of_others,
        } => Attention {
            kind: "spend_without_sales".to_owned(),
            about: Some(campaign.to_string()),
            name: Some(name),
            params: params(&[
                ("spend", spend.to_text(currency)),
                ("currency", currency.to_string()),
                ("leads", leads.to_string()),
                ("sales_of_others", sales_of_others.to_string()),
            ]),
            at: None,
        },
        Alert::WaitingForSync {
            objects,
            leads,
            revenue,
        } => Attention {
            kind: "waiting_for_sync".to_owned(),
            about: None,
            name: None,
            params: params(&[
                ("objects", objects.to_string()),
                ("leads", leads.to_string()),
                ("revenue", revenue.to_text(currency)),
                ("currency", currency.to_string()),
            ]),
            at: None,
        },
        Alert::AccountFailing {
            account,
            name,
            error_code,
        } => Attention {
            kind: "account_failing".to_owned(),
            about: Some(account.to_string()),
            name: Some(name),
            params: params(&[("code", error_code)]),
            at: None,
        },
        Alert::AccountStale {
            account,
            name,
            last_synced_at,
            hours,
        } => Attention {
            kind: "account_stale".to_owned(),
            about: Some(account.to_string()),
            name: Some(name),
            params: params(&[("hours", hours.to_string())]),
            at: Some(last_synced_at),
        },
        Alert::Unusual(unusual) => attention_of_unusual(unusual, currency),
        Alert::Tired(tired) => {
            let mut numbers = vec![
                ("from", tired.days.from.to_string()),
                ("to", tired.days.to.to_string()),
                ("now", tired.now),
                ("before", tired.before),
                ("sure", tired.sure_percent),
                ("campaign", tired.campaign_name),
            ];
            numbers.extend(tired.frequency.map(|frequency| ("frequency", frequency)));
            Attention {
                kind: "ad_tired".to_owned(),
                about: Some(tired.campaign.to_string()),
                name: Some(tired.name),
                params: params(&numbers),
                at: None,
            }
        }
    }
}

fn attention_of_unusual(unusual: Unusual, currency: Currency) -> Attention {
    let metric = unusual.metric.definition();
    let better = match (metric.rise, unusual.up) {
        (Rise::Good, true) | (Rise::Bad, false) => "yes",
        (Rise::Good, false) | (Rise::Bad, true) => "no",
        (Rise::Neither, _) => "neither",
    };
    let mut params = vec![
        ("metric", metric.id.to_owned()),
        ("unit", crate::wire::unit(metric.unit).to_owned()),
        ("from", unusual.days.from.to_string()),
        ("to", unusual.days.to.to_string()),
        ("value", unusual.value),
        ("expected", unusual.expected),
        ("change", unusual.change_percent),
        ("cost", unusual.cost.to_text(currency)),
        ("currency", currency.to_string()),
        ("better", better.to_owned()),
    ];
    if let Some(behind) = unusual.behind {
        let kind = match behind.kind {
            BehindKind::Itself => "itself",
            BehindKind::Share => "share",
        };
        params.extend([
            ("cause", kind.to_owned()),
            ("campaign", behind.name),
            ("campaign_id", behind.campaign.to_string()),
            ("share", behind.share_percent),
        ]);
    }
    Attention {
        kind: if unusual.up {
            "unusual_up"
        } else {
            "unusual_down"
        }
        .to_owned(),
        about: Some(unusual.account.to_string()),
        name: Some(unusual.account_name),
        params: params
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        at: None,
    }
}

pub(super) async fn data_ages(cx: &Context) -> Result<Vec<DataAge>> {
    let scope = cx.scope()?;
    let today = cx.workspace().await?.timezone.day_of(scope.now());
    // Any report knows the ages of its sources; this one reads a single day.
    let range = DateRange::new(today, today)?;
    let request = RoiRequest::new(rumbo_insight::Grain::Account, range);
    let request = RoiRequest {
        comparison: Comparison::None,
        ..request
    };
    let ages = rumbo_insight::roi(scope, request).await?.ages;
    let failing = ages.accounts.iter().any(|a| a.last_error_code.is_some());
    let age = |source: &str, as_of, failing| DataAge {
        source: source.to_owned(),
        as_of,
        failing,
    };
    Ok(vec![
        age("meta_ads", ages.ads(), failing),
        age("contacts", ages.contacts, false),
        age("opportunities", ages.opportunities, false),
        age("sales", ages.sales, false),
    ])
}

/// The words of [`home_chart`].
#[derive(Clone, Debug)]
pub struct ChartWords {
    pub title: String,
    /// What the figures stand on.
    pub subtitle: String,
    pub revenue: String,
    pub spend: String,
    /// What they come to, as it is written.
    pub revenue_total: String,
    pub spend_total: String,
    /// Of the period compared with; `None` where it is not drawn.
    pub before: Option<String>,
    pub decimal_comma: bool,
}

/// Revenue as bars and spend as a line over it, by day, from the very days home shows.
pub fn home_chart(home: &Home, words: ChartWords) -> ScreenChart {
    let series = |name, shape, total, value: fn(&DayPoint) -> Option<String>| ScreenSeries {
        name,
        shape,
        values: home.days.iter().map(value).collect(),
        total,
    };
    let mut all = vec![
        series(
            words.revenue,
            SeriesShape::Bars,
            Some(words.revenue_total),
            |day| Some(day.revenue.clone()),
        ),
        series(
            words.spend,
            SeriesShape::Line,
            Some(words.spend_total),
            |day| day.spend.clone(),
        ),
    ];
    if let Some(before) = words.before {
        all.push(series(before, SeriesShape::Dashes, None, |day| {
            day.previous_revenue.clone()
        }));
    }
    let decimals = home
        .currency
        .parse::<Currency>()
        .map_or(2, |currency| currency.exponent());
    ScreenChart {
        title: words.title,
        subtitle: words.subtitle,
        places: home
            .days
            .iter()
            .map(|point| point.day.format("%m-%d").to_string())
            .collect(),
        series: all,
        open: 0,
        decimal_comma: words.decimal_comma,
        decimals,
    }
}
