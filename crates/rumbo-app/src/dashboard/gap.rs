//! What Meta claims beside what the CRM holds.

use rumbo_base::{Currency, Micros, Result};
use rumbo_insight::{Figures, GapAmounts, SettingInForce, Shares};

use super::{answer, count, refuse_channels, roi_request};
use crate::Context;
use crate::wire::{
    GapCause, GapGroup, GapLine, GapOf, GapPart, GapReport, GetGap, MetaSetting, NoRatio,
};

/// Meta's leads, purchases and their value beside the CRM's leads, sales and revenue, and why they
/// differ.
///
/// # Errors
/// As [`super::get_roi`]; `InvalidInput` by channel.
pub async fn get_gap(cx: &Context, req: GetGap) -> Result<GapReport> {
    let mut req = req.report;
    req.compare = false;
    refuse_channels(req.by)?;
    let request = roi_request(cx, &req).await?;
    let found = rumbo_insight::gap(cx.scope()?, request).await?;
    let lines: Vec<GapGroup> = found
        .report
        .groups
        .iter()
        .zip(&found.groups)
        .map(|(report, gaps)| group(report, gaps))
        .collect::<Result<_>>()?;
    let report = answer(cx, &req, found.report)?;
    // The report's own currency comes first there, also where nothing is in it.
    let currencies = std::iter::once(&report.currency)
        .chain(report.other_currencies.iter().map(|group| &group.currency));
    let groups = currencies
        .map(|currency| {
            let found = lines.iter().find(|group| group.currency == *currency);
            found.cloned().unwrap_or_else(|| empty(currency))
        })
        .collect();
    let meta_settings: Vec<MetaSetting> = found.settings.iter().map(setting).collect();
    let meta_window = meta_settings
        .iter()
        .find(|setting| setting.click_days.is_some())
        .cloned();
    Ok(GapReport {
        report,
        groups,
        meta_settings,
        meta_window,
        tells_views: found.tells_views,
    })
}

fn setting(of: &SettingInForce) -> MetaSetting {
    MetaSetting {
        setting: of.setting.clone(),
        ad_days: count(i64::try_from(of.ad_days).unwrap_or(i64::MAX)),
        click_days: of.window.and_then(|window| window.click_days),
        view_days: of.window.and_then(|window| window.view_days),
    }
}

fn group(
    report: &rumbo_insight::CurrencyGroup,
    gaps: &rumbo_insight::GapGroup,
) -> Result<GapGroup> {
    let currency = report.currency;
    let mut attributed = Figures::default();
    for row in &report.rows {
        attributed.add(&row.figures)?;
    }
    Ok(GapGroup {
        currency: currency.to_string(),
        rows: report
            .rows
            .iter()
            .zip(&gaps.rows)
            .map(|(row, gap)| line(&row.key, &row.figures, gap, currency))
            .collect(),
        attributed: line("attributed", &attributed, &gaps.attributed, currency),
        unattributed: line(
            "unattributed",
            &report.unattributed.figures,
            &gaps.unattributed,
            currency,
        ),
        total: line("total", &report.total.figures, &gaps.total, currency),
    })
}

fn empty(currency: &str) -> GapGroup {
    let nothing = |key: &str| {
        line(
            key,
            &Figures::default(),
            &rumbo_insight::GapLine::default(),
            currency.parse().unwrap_or(Currency::NONE),
        )
    };
    GapGroup {
        currency: currency.to_owned(),
        rows: Vec::new(),
        attributed: nothing("attributed"),
        unattributed: nothing("unattributed"),
        total: nothing("total"),
    }
}

/// A gap in leads, in sales or in revenue, with the parts that are something.
fn of<T: PartialEq + Default>(
    gap: &rumbo_insight::GapLine,
    take: impl Fn(&GapAmounts) -> T,
    text: impl Fn(T) -> String,
    no_ratio: Option<NoRatio>,
) -> GapOf {
    let parts = gap.causes.iter().filter_map(|(cause, amounts)| {
        let amount = take(amounts);
        (amount != T::default()).then(|| GapPart {
            cause: (*cause).into(),
            amount: text(amount),
        })
    });
    GapOf {
        gap: text(take(&gap.gap)),
        parts: parts.collect(),
        no_ratio,
    }
}

fn line(key: &str, figures: &Figures, gap: &rumbo_insight::GapLine, currency: Currency) -> GapLine {
    let no_ratio = |claims: i64| match (figures.ad_days, claims) {
        (0, _) => Some(NoRatio::MetaUnknown),
        (_, 0) => Some(NoRatio::MetaNone),
        _ => None,
    };
    GapLine {
        key: key.to_owned(),
        leads: of(
            gap,
            |amounts| amounts.leads,
            |leads| leads.to_string(),
            no_ratio(figures.meta_leads),
        ),
        sales: of(
            gap,
            |amounts| amounts.sales,
            |sales: Shares| sales.to_string(),
            no_ratio(figures.meta_purchases),
        ),
        revenue: of(
            gap,
            |amounts| amounts.revenue,
            |revenue: Micros| revenue.to_text(currency),
            no_ratio(figures.meta_purchase_value.0),
        ),
    }
}

impl From<rumbo_insight::GapCause> for GapCause {
    fn from(cause: rumbo_insight::GapCause) -> Self {
        use rumbo_insight::GapCause as Cause;
        match cause {
            Cause::FormsNotArrived => Self::FormsNotArrived,
            Cause::AlreadyKnown => Self::AlreadyKnown,
            Cause::Messages => Self::Messages,
            Cause::ViewThrough => Self::ViewThrough,
            Cause::WithoutClaim => Self::WithoutClaim,
            Cause::OnlyMeta => Self::OnlyMeta,
            Cause::Window => Self::Window,
            Cause::Model => Self::Model,
            Cause::Basis => Self::Basis,
            Cause::Refunds => Self::Refunds,
            Cause::OtherCurrency => Self::OtherCurrency,
            Cause::NotAttributed => Self::NotAttributed,
            Cause::NotExplained => Self::NotExplained,
        }
    }
}
