//! Home, ROI and creatives.

mod actions;
mod breakdown;
mod budget_move;
mod changes;
mod contributions;
mod figures;
mod gap;
mod home;
mod models;
mod pacing;
mod passport;
mod settle;
mod thumbnail;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, Currency, DateRange, Error, Micros, Reason, Result, day_in_future};
use rumbo_insight::{Comparison, CurrencyGroup, Filter, Grain, Parent, RoiRequest, Sum, lookup};

use crate::Context;
use crate::wire::{
    self, AccountCheck, AccountZone, Attribution, CheckAccounts, CompareWith, ConvertedFrom,
    CreativeFace, CreativeRow, DataAge, GetDataAges, GetRoi, GetThumbnail, ListCreatives, NamedRow,
    RoiBy, RoiFigures, RoiGroup, RoiReport, RoiRow, Thumbnail,
};
pub use actions::get_action_map;
pub use breakdown::get_breakdown;
pub use budget_move::simulate_budget_move;
pub use changes::{explain_change, get_changes};
pub use contributions::get_contributions;
pub(crate) use figures::count;
use figures::without_spend;
pub use gap::get_gap;
pub use home::{ChartWords, get_home, home_chart};
pub use models::{compare_models, get_learned};
pub use pacing::get_pacing;
pub use passport::explain_number;
pub use settle::get_settle_curve;
pub(crate) use thumbnail::folder as pictures_folder;

/// What every channel, account, campaign, ad set, ad or creative earned.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins; `NotFound` for an id that nothing here
/// has.
pub async fn get_roi(cx: &Context, req: GetRoi) -> Result<RoiReport> {
    let mut told = Box::pin(earned(cx, &req)).await?;
    // Meta counts the people of its objects alone.
    if req.people && !matches!(req.by, RoiBy::Creative | RoiBy::Channel) {
        Box::pin(crate::reach::tell_people(cx, &req, &mut told)).await?;
    }
    Ok(told)
}

/// The report without people, which are no sums.
async fn earned(cx: &Context, req: &GetRoi) -> Result<RoiReport> {
    let request = roi_request(cx, req).await?;
    let report = rumbo_insight::roi(cx.scope()?, request).await?;
    answer(cx, req, report)
}

/// The report that is asked for.
async fn roi_request(cx: &Context, req: &GetRoi) -> Result<RoiRequest> {
    Ok(RoiRequest {
        grain: grain(req.by),
        range: DateRange::new(req.from, req.to)?,
        comparison: if req.compare {
            comparison(req.compare_with)
        } else {
            Comparison::None
        },
        filter: filter(cx, req).await?,
        attribution: attribution(cx, req.attribution).await?,
        currency: None,
        convert_to: convert_to(req.convert_to.as_deref())?,
        without_spend: req.without_spend,
        new_customers: req.new_customers,
        as_of: come(cx, req.as_of).await?,
    })
}

/// A report for the wire.
fn answer(cx: &Context, req: &GetRoi, report: rumbo_insight::RoiReport) -> Result<RoiReport> {
    let main = match &report.exchanged {
        Some(exchanged) => exchanged.to.to_string(),
        None => report.main.to_string(),
    };
    let mut groups: Vec<RoiGroup> = report
        .groups
        .iter()
        .map(|g| group(cx, g, req))
        .collect::<Result<_>>()?;
    let first = match groups.iter().position(|g| g.currency == main) {
        Some(at) => groups.remove(at),
        // Nothing could be converted: 0 would be a wrong amount.
        None if report.exchanged.is_some() && !groups.is_empty() => groups.remove(0),
        None => empty_group(main, req.compare),
    };
    Ok(RoiReport {
        by: req.by,
        from: report.range.from,
        to: report.range.to,
        previous_period: report.previous.map(wire_range),
        attribution: Attribution::of(report.attribution),
        learned: report.learned.map(Into::into),
        currency: first.currency,
        rows: first.rows,
        attributed: first.attributed,
        unattributed: first.unattributed,
        total: first.total,
        previous_unattributed: first.previous_unattributed,
        previous_total: first.previous_total,
        other_currencies: groups,
        exchanged: report.exchanged.as_ref().map(Into::into),
        zones: AccountZone::list(&report.zones),
    })
}

/// The way to credit that is asked for, or else the workspace's.
///
/// # Errors
/// `InvalidInput` naming the number that cannot be used.
pub(crate) async fn attribution(
    cx: &Context,
    asked: Option<Attribution>,
) -> Result<rumbo_insight::Attribution> {
    match asked {
        Some(asked) => asked.checked(),
        None => Attribution::stored(&cx.workspace().await?.settings.attribution).checked(),
    }
}

/// The currency to bring everything to.
///
/// # Errors
/// `InvalidInput` for a currency that is none.
fn convert_to(asked: Option<&str>) -> Result<Option<Currency>> {
    asked
        .map(|code| {
            code.parse()
                .map_err(|error: Error| error.field("convert_to"))
        })
        .transpose()
}

/// The moment of a report, which has come: nobody knows what will be known. The end of a day that has
/// begun, and another clock, may be up to a day ahead.
///
/// # Errors
/// `InvalidInput` for a later one.
pub(crate) async fn come(
    cx: &Context,
    as_of: Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>> {
    let now = cx.scope()?.now();
    match as_of {
        Some(at) if at > now + TimeDelta::days(1) => {
            let zone = cx.workspace().await?.timezone;
            Err(day_in_future(zone.day_of(at)).field("as_of"))
        }
        as_of => Ok(as_of),
    }
}

/// What is told of ad objects alone.
///
/// # Errors
/// `InvalidInput` by channel.
fn refuse_channels(by: RoiBy) -> Result<()> {
    if by != RoiBy::Channel {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        "This is not told by channel. Ask by account, campaign, ad set or ad.",
    )
    .reason(Reason::ByChannelUnfit)
    .field("by"))
}

fn grain(by: RoiBy) -> Grain {
    match by {
        RoiBy::Channel => Grain::Channel,
        RoiBy::Account => Grain::Account,
        RoiBy::Campaign => Grain::Campaign,
        RoiBy::AdSet => Grain::AdSet,
        RoiBy::Ad => Grain::Ad,
        RoiBy::Creative => Grain::Creative,
    }
}

fn comparison(with: CompareWith) -> Comparison {
    match with {
        CompareWith::Previous => Comparison::Previous,
        CompareWith::Year => Comparison::LastYear,
    }
}

fn wire_range(range: DateRange) -> wire::DateRange {
    wire::DateRange {
        from: range.from,
        to: range.to,
    }
}

/// The part of the workspace that is asked for.
pub(crate) async fn filter(cx: &Context, req: &GetRoi) -> Result<Filter> {
    let (campaign, ad_set) = (req.campaign.as_deref(), req.ad_set.as_deref());
    within(cx, &req.accounts, campaign, ad_set).await
}

/// A part of the workspace. An id may be ours or Meta's; an object of Meta's that is here is found
/// whether it has figures in the period or not.
pub(crate) async fn within(
    cx: &Context,
    account_ids: &[String],
    campaign: Option<&str>,
    ad_set: Option<&str>,
) -> Result<Filter> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let workspace = scope.workspace;
    let mut accounts = Vec::new();
    for id in account_ids {
        let bare = id.strip_prefix("act_").unwrap_or(id);
        accounts.push(match id.parse() {
            Ok(own) => own,
            Err(_) => lookup::account_of(&mut tx, workspace, bare)
                .await?
                .ok_or_else(|| unknown("account", id))?,
        });
    }
    let parent = match (ad_set, campaign) {
        (Some(id), _) => Some(Parent::AdSet(match id.parse() {
            Ok(own) => own,
            Err(_) => lookup::ad_set_of(&mut tx, workspace, id)
                .await?
                .ok_or_else(|| unknown("ad_set", id))?,
        })),
        (None, Some(id)) => Some(Parent::Campaign(match id.parse() {
            Ok(own) => own,
            Err(_) => lookup::campaign_of(&mut tx, workspace, id)
                .await?
                .ok_or_else(|| unknown("campaign", id))?,
        })),
        (None, None) => None,
    };
    Ok(Filter { accounts, parent })
}

/// Refuses a number outside its bounds.
pub(crate) fn out_of_range(
    field: &'static str,
    value: impl std::fmt::Display,
    least: u32,
    most: u32,
) -> Error {
    Error::new(
        Code::InvalidInput,
        format!("{value} is not possible for {field}. Use {least} to {most}."),
    )
    .reason(Reason::NumberOutOfRange)
    .param("value", value)
    .param("least", least)
    .param("most", most)
    .field(field)
}

pub(crate) fn unknown(field: &str, id: &str) -> Error {
    let what = match field {
        "account" => "ad account",
        "campaign" => "ad campaign",
        "ad" => "ad",
        _ => "ad set",
    };
    Error::new(
        Code::NotFound,
        format!("No {what} of this workspace has the id \"{id}\". Look it up in the table above it, or sync first."),
    )
    .reason(Reason::IdUnknown)
    .param("what", field)
    .field(field)
    .param("id", id)
}

fn empty_group(currency: String, compare: bool) -> RoiGroup {
    let nothing = || RoiFigures {
        revenue: "0.00".to_owned(),
        margin: Some("0.00".to_owned()),
        cpa_conversion: rumbo_insight::CPA_CONVERSION.to_owned(),
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
    let sum = |sum: &Sum| RoiFigures::of(&sum.figures, group.currency);
    let past = group.previous.as_ref().filter(|_| req.compare);
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
        attributed: RoiFigures::of(&group.attributed()?, group.currency),
        unattributed: sum(&group.unattributed),
        total: sum(&group.total),
        previous_unattributed: past.map(|p| sum(&p.unattributed)),
        previous_total: past.map(|p| sum(&p.total)),
    })
}

/// Which row it is, without its figures: to tell them all takes long.
fn named(row: &rumbo_insight::RoiRow) -> NamedRow {
    let status = if row.deleted {
        Some("deleted".to_owned())
    } else {
        row.status.as_deref().map(str::to_lowercase)
    };
    NamedRow {
        key: row.key.clone(),
        id: row.id.map(|id| id.to_string()),
        external_id: row.external_id.clone(),
        name: row.name.clone(),
        status,
        remainder: row.remainder.map(|r| remainder(r).to_owned()),
    }
}

fn row(row: &rumbo_insight::RoiRow, currency: Currency) -> RoiRow {
    let NamedRow {
        key,
        id,
        external_id,
        name,
        status,
        remainder,
    } = named(row);
    RoiRow {
        key,
        id,
        external_id,
        name,
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
        remainder,
        without_spend: row
            .without_spend
            .as_ref()
            .map(|w| without_spend(w, currency)),
        currency: currency.to_string(),
        figures: RoiFigures::of(&row.figures, currency),
        previous: row
            .previous
            .as_ref()
            .map(|p| RoiFigures::of(&p.figures, currency)),
        spark: Vec::new(),
        converted: ConvertedFrom::list(&row.converted),
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
    let to = convert_to(req.convert_to.as_deref())?;
    let asked: Option<Currency> = req.currency.as_deref().map(str::parse).transpose()?;
    let range = DateRange::new(req.from, req.to)?;
    let request = RoiRequest {
        currency: asked,
        convert_to: to,
        attribution: attribution(cx, req.attribution).await?,
        as_of: come(cx, req.as_of).await?,
        ..RoiRequest::new(Grain::Creative, range)
    };
    let report = rumbo_insight::roi(cx.scope()?, request).await?;
    // What could not be converted is there too, in its own currency.
    let groups = report
        .groups
        .iter()
        .filter(|group| asked.is_some() || to.is_some() || group.currency == report.main);
    let rows = groups.flat_map(|group| {
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
                figures: RoiFigures::of(&row.figures, group.currency),
                converted: ConvertedFrom::list(&row.converted),
            })
        })
    });
    Ok(rows.collect())
}

/// What Meta says each ad account spent in its whole life, beside the sum of its campaigns.
pub async fn check_accounts(cx: &Context, req: CheckAccounts) -> Result<Vec<AccountCheck>> {
    let checks = rumbo_insight::account_checks(cx.scope()?, come(cx, req.as_of).await?).await?;
    Ok(checks
        .into_iter()
        .map(|check| {
            let money = |micros: Micros| micros.to_text(check.currency);
            AccountCheck {
                id: check.id.to_string(),
                external_id: check.external_id,
                name: check.name,
                currency: check.currency.to_string(),
                meta_total: check.meta_total.map(money),
                campaigns_total: money(check.campaigns),
                residual: check.meta_total.map(|total| money(total - check.campaigns)),
                first_day: check.first_day,
                last_day: check.last_day,
            }
        })
        .collect())
}

/// A creative's picture, as kept for offline use.
pub async fn get_thumbnail(cx: &Context, req: GetThumbnail) -> Result<Thumbnail> {
    Ok(thumbnail::read(cx, &req.creative_id))
}

/// How old each source of data is.
pub async fn get_data_ages(cx: &Context, _req: GetDataAges) -> Result<Vec<DataAge>> {
    home::data_ages(cx).await
}
