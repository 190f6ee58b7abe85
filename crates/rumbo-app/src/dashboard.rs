//! Home, ROI and creatives.

mod figures;
mod home;
mod thumbnail;

use std::str::FromStr;

use rumbo_base::{Code, Currency, DateRange, Error, Result};
use rumbo_insight::{Comparison, CurrencyGroup, Figures, Filter, Grain, Parent, RoiRequest, Sum};

use crate::Context;
use crate::wire::{
    Attribution, CreativeFace, CreativeRow, DataAge, GetDataAges, GetRoi, GetThumbnail,
    ListCreatives, RoiBy, RoiFigures, RoiGroup, RoiReport, RoiRow, Thumbnail,
};
pub(crate) use figures::count;
use figures::{figures, without_spend};
pub use home::{get_home, home_chart_text};
pub(crate) use thumbnail::folder as pictures_folder;

/// What every account, campaign, ad set, ad or creative earned.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins, or an id that cannot be read.
pub async fn get_roi(cx: &Context, req: GetRoi) -> Result<RoiReport> {
    let range = DateRange::new(req.from, req.to)?;
    let request = RoiRequest {
        grain: grain(req.by),
        range,
        comparison: if req.compare {
            Comparison::Previous
        } else {
            Comparison::None
        },
        filter: filter(&req)?,
        currency: None,
        without_spend: req.without_spend,
    };
    let report = rumbo_insight::roi(cx.scope()?, request).await?;
    let main = cx.workspace().await?.reporting_currency().to_string();
    let mut groups: Vec<RoiGroup> = report
        .groups
        .iter()
        .map(|g| group(cx, g, &req))
        .collect::<Result<_>>()?;
    let first = match groups.iter().position(|g| g.currency == main) {
        Some(at) => groups.remove(at),
        None => empty_group(main, req.compare),
    };
    Ok(RoiReport {
        by: req.by,
        from: range.from,
        to: range.to,
        attribution: Attribution {
            model: report.attribution.model.to_owned(),
            basis: report.attribution.basis.to_owned(),
            window_days: report.attribution.window_days,
        },
        currency: first.currency,
        rows: first.rows,
        attributed: first.attributed,
        unattributed: first.unattributed,
        total: first.total,
        previous_unattributed: first.previous_unattributed,
        previous_total: first.previous_total,
        other_currencies: groups,
    })
}

fn grain(by: RoiBy) -> Grain {
    match by {
        RoiBy::Account => Grain::Account,
        RoiBy::Campaign => Grain::Campaign,
        RoiBy::AdSet => Grain::AdSet,
        RoiBy::Ad => Grain::Ad,
        RoiBy::Creative => Grain::Creative,
    }
}

fn filter(req: &GetRoi) -> Result<Filter> {
    let accounts = req
        .accounts
        .iter()
        .map(|id| local_id("accounts", id))
        .collect::<Result<_>>()?;
    let parent = match (&req.ad_set, &req.campaign) {
        (Some(id), _) => Some(Parent::AdSet(local_id("ad_set", id)?)),
        (None, Some(id)) => Some(Parent::Campaign(local_id("campaign", id)?)),
        (None, None) => None,
    };
    Ok(Filter { accounts, parent })
}

/// Reads one of our own ids.
pub(crate) fn local_id<I: FromStr>(field: &str, text: &str) -> Result<I> {
    text.parse().map_err(|_| {
        Error::new(
            Code::InvalidInput,
            format!("\"{text}\" is not an id of this workspace."),
        )
        .field(field)
    })
}

fn empty_group(currency: String, compare: bool) -> RoiGroup {
    let nothing = || RoiFigures {
        revenue: "0.00".to_owned(),
        ..RoiFigures::default()
    };
    RoiGroup {
        currency,
        rows: Vec::new(),
        attributed: nothing(),
        unattributed: nothing(),
        total: nothing(),
        previous_unattributed: compare.then(nothing),
        previous_total: compare.then(nothing),
    }
}

fn group(cx: &Context, group: &CurrencyGroup, req: &GetRoi) -> Result<RoiGroup> {
    let sum = |sum: &Sum| figures(&sum.figures, &sum.ratios, group.currency);
    let past = group.previous.as_ref().filter(|_| req.compare);
    let mut attributed = Figures::default();
    for row in &group.rows {
        attributed.add(&row.figures)?;
    }
    // Pictures are looked up one by one: not for ads, of which there are many.
    let faces = req.by == RoiBy::Creative;
    let rows = group.rows.iter().map(|r| RoiRow {
        creative: r
            .creative
            .as_ref()
            .filter(|_| faces)
            .map(|face| CreativeFace {
                headline: face.headline.clone(),
                body: face.body.clone(),
                call_to_action: face.call_to_action.clone(),
                link_url: face.link_url.clone(),
                has_thumbnail: thumbnail::find(cx, &face.id.to_string()).is_some(),
            }),
        ..row(r, group.currency)
    });
    Ok(RoiGroup {
        currency: group.currency.to_string(),
        rows: rows.collect(),
        attributed: figures(
            &attributed,
            &attributed.ratios(group.currency),
            group.currency,
        ),
        unattributed: sum(&group.unattributed),
        total: sum(&group.total),
        previous_unattributed: past.map(|p| sum(&p.unattributed)),
        previous_total: past.map(|p| sum(&p.total)),
    })
}

fn row(row: &rumbo_insight::RoiRow, currency: Currency) -> RoiRow {
    let status = if row.deleted {
        Some("deleted".to_owned())
    } else {
        row.status.as_deref().map(str::to_lowercase)
    };
    RoiRow {
        key: row.key.clone(),
        id: row.id.map(|id| id.to_string()),
        external_id: row.external_id.clone(),
        name: row.name.clone(),
        status,
        account_id: row.account_id.map(|id| id.to_string()),
        account_name: row.account_name.clone(),
        campaign_id: row.campaign_id.map(|id| id.to_string()),
        campaign_name: row.campaign_name.clone(),
        ad_set_id: row.ad_set_id.map(|id| id.to_string()),
        ad_set_name: row.ad_set_name.clone(),
        creative_id: row.creative.as_ref().map(|c| c.id.to_string()),
        creative: None,
        objective: row.objective.clone(),
        waiting_for_sync: row.waiting,
        no_spend: row.no_spend,
        other_currency: row.other_currency,
        remainder: row.remainder.map(|r| remainder(r).to_owned()),
        without_spend: row
            .without_spend
            .as_ref()
            .map(|w| without_spend(w, currency)),
        currency: currency.to_string(),
        figures: figures(&row.figures, &row.ratios, currency),
        previous: row
            .previous
            .as_ref()
            .map(|p| figures(&p.figures, &p.ratios, currency)),
        spark: Vec::new(),
    }
}

fn remainder(remainder: rumbo_insight::Remainder) -> &'static str {
    match remainder {
        rumbo_insight::Remainder::NoAccount => "no_account",
        rumbo_insight::Remainder::NoCampaign => "no_campaign",
        rumbo_insight::Remainder::NoAdSet => "no_ad_set",
        rumbo_insight::Remainder::NoAd => "no_ad",
        rumbo_insight::Remainder::NoCreative => "no_creative",
    }
}

/// Creatives and what their ads earned.
///
/// # Errors
/// As [`get_roi`].
pub async fn list_creatives(cx: &Context, req: ListCreatives) -> Result<Vec<CreativeRow>> {
    let currency = match &req.currency {
        Some(code) => code.parse()?,
        None => cx.workspace().await?.reporting_currency(),
    };
    let range = DateRange::new(req.from, req.to)?;
    let request = RoiRequest {
        currency: Some(currency),
        ..RoiRequest::new(Grain::Creative, range)
    };
    let report = rumbo_insight::roi(cx.scope()?, request).await?;
    let rows = report.groups.iter().flat_map(|group| {
        group.rows.iter().filter_map(|row| {
            let face = row.creative.as_ref()?;
            Some(CreativeRow {
                id: face.id.to_string(),
                external_id: face.external_id.clone(),
                name: row.name.clone(),
                headline: face.headline.clone(),
                body: face.body.clone(),
                call_to_action: face.call_to_action.clone(),
                link_url: face.link_url.clone(),
                campaign_name: row.campaign_name.clone(),
                has_thumbnail: thumbnail::find(cx, &face.id.to_string()).is_some(),
                currency: group.currency.to_string(),
                figures: figures(&row.figures, &row.ratios, group.currency),
            })
        })
    });
    Ok(rows.collect())
}

/// A creative's picture, as kept for offline use.
pub async fn get_thumbnail(cx: &Context, req: GetThumbnail) -> Result<Thumbnail> {
    Ok(thumbnail::read(cx, &req.creative_id))
}

/// How old each source of data is.
pub async fn get_data_ages(cx: &Context, _req: GetDataAges) -> Result<Vec<DataAge>> {
    home::data_ages(cx).await
}
