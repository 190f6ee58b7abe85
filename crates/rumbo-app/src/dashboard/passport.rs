//! Where a number comes from.

use std::collections::BTreeSet;

use rumbo_base::{Code, Currency, DateRange, Error, Frequency, Micros, Reach, Reason, Result};
use rumbo_insight::metric::{BaseSum, Formula};
use rumbo_insight::{
    AdDayEntry, Figures, Listed, Metric, Original, OutcomeEntry, OutcomeKind, PassportRequest,
    RoiRequest, RowOf, SpendEntry,
};

use super::{attribution, come, convert_to, filter, grain};
use crate::Context;
use crate::wire::{
    Attribution, ExplainNumber, KnownCosts, NumberPassport, PassportAdDay, PassportKind,
    PassportOriginal, PassportOutcome, PassportSpend, PassportSum, PassportWithoutRate, UsedRate,
    no_number,
};

/// How many rows are listed when nobody says.
const LIMIT: u32 = 1_000;

/// What Meta tells of an ad on a day that can be added up.
const TOLD: [Metric; 7] = [
    Metric::Spend,
    Metric::Impressions,
    Metric::Clicks,
    Metric::LinkClicks,
    Metric::MetaLeads,
    Metric::MetaPurchases,
    Metric::MetaPurchaseValue,
];

/// Every row that went into a number, with what it adds.
///
/// # Errors
/// As [`super::get_roi`]; `InvalidInput` for a metric that there is not; `NotFound` for a row or a
/// currency that the report has not.
pub async fn explain_number(cx: &Context, req: ExplainNumber) -> Result<NumberPassport> {
    let metric = metric(&req.metric)?;
    let range = DateRange::new(req.report.from, req.report.to)?;
    let currency: Currency = req.currency.parse()?;
    let base = attribution(cx, req.report.attribution).await?;
    let limit = limit(req.limit);
    let request = PassportRequest {
        report: RoiRequest {
            filter: filter(cx, &req.report).await?,
            attribution: base,
            new_customers: true,
            as_of: come(cx, req.report.as_of).await?,
            convert_to: convert_to(req.report.convert_to.as_deref())?,
            ..RoiRequest::new(grain(req.report.by), range)
        },
        currency,
        row: row_of(&req.row)?,
        metric,
        limit,
        listed: match (req.ad_days_from, req.outcomes_from, req.spend_from) {
            (None, None, None) => Listed::First,
            (Some(from), ..) => Listed::AdDaysFrom(place(from)),
            (None, Some(from), _) => Listed::OutcomesFrom(place(from)),
            (None, None, Some(from)) => Listed::SpendFrom(place(from)),
        },
    };
    let (report, row) = (request.report.clone(), request.row.clone());
    let found = rumbo_insight::passport(cx.scope()?, request).await?;
    if may_not_be(&found, &row) {
        refuse_what_is_not_there(cx, report, currency, &row).await?;
    }
    let listing = Listing::of(metric, currency);
    // What is not known is not 0.
    let known = |text: Option<String>| text.filter(|_| !found.blank);
    let without_rate = found.without_rate;
    Ok(NumberPassport {
        id: req.id(),
        metric: req.metric,
        value: known(metric.text(&found.figures, currency)),
        formula: metric.formula_text(),
        by: req.report.by,
        row: req.row,
        from: range.from,
        to: range.to,
        currency: currency.to_string(),
        attribution: Attribution::of(base),
        learned: found.learned.map(Into::into),
        as_of: req.report.as_of,
        sums: listing
            .sums(&found.figures)
            .into_iter()
            .map(|sum| PassportSum {
                value: known(sum.value),
                ..sum
            })
            .collect(),
        costs: metric.needs_every_row().then(|| KnownCosts {
            known: found.figures.costed_sales.into(),
            sales: found.figures.sales.into(),
        }),
        ad_days: listing.ad_days(found.ad_days),
        ad_days_count: many(found.ad_days_count),
        outcomes: listing.outcomes(found.outcomes),
        outcomes_count: many(found.outcomes_count),
        spend: listing.spend(found.spend),
        spend_count: many(found.spend_count),
        exchanged: found.exchanged.as_ref().map(Into::into),
        without_rate: PassportWithoutRate {
            ad_days: listing.ad_days(without_rate.ad_days),
            ad_days_count: many(without_rate.ad_days_count),
            outcomes: listing.outcomes(without_rate.outcomes),
            outcomes_count: many(without_rate.outcomes_count),
            spend: listing.spend(without_rate.spend),
            spend_count: many(without_rate.spend_count),
        },
    })
}

/// Whether the report may lack the number: nothing was found for it, or not for all of its rows.
fn may_not_be(found: &rumbo_insight::Passport, row: &RowOf) -> bool {
    match row {
        // Beside a row that is there, one that is not adds nothing and is not missed.
        RowOf::Keys(keys) | RowOf::AllBut(keys) if !keys.is_empty() => true,
        _ => {
            // A row without rates is there, and what it comes to is not known.
            !found.blank && found.ad_days_count + found.outcomes_count + found.spend_count == 0
        }
    }
}

/// Refuses a row or a currency that the report has not: its figures are not 0.
async fn refuse_what_is_not_there(
    cx: &Context,
    report: RoiRequest,
    currency: Currency,
    row: &RowOf,
) -> Result<()> {
    let wanted: Vec<&String> = match row {
        RowOf::Total | RowOf::Unattributed => Vec::new(),
        RowOf::Key(key) => vec![key],
        RowOf::Keys(keys) | RowOf::AllBut(keys) => keys.iter().collect(),
    };
    let main = match report.convert_to {
        Some(to) => to,
        None => cx.workspace().await?.reporting_currency(),
    };
    let report = rumbo_insight::roi(cx.scope()?, report).await?;
    let group = report
        .groups
        .iter()
        .find(|group| group.currency == currency);
    // Nothing at all is nothing in the workspace's currency, as the report says it.
    if group.is_none() && currency != main {
        let mut known: Vec<Currency> = report.groups.iter().map(|group| group.currency).collect();
        if known.is_empty() {
            known.push(main);
        }
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        let known = known.join(", ");
        return Err(Error::new(
            Code::NotFound,
            format!(
                "The report of this number has nothing in {currency}. Use one of these: {known}."
            ),
        )
        .reason(Reason::NumberCurrencyUnknown)
        .param("currency", currency)
        .param("currencies", known)
        .field("currency"));
    }
    let is_there = |key: &str| {
        let rows = group.map_or_else(Default::default, |group| group.rows.as_slice());
        rows.iter().any(|row| row.key == key)
    };
    match wanted.into_iter().find(|key| !is_there(key)) {
        None => Ok(()),
        Some(key) => Err(Error::new(
            Code::NotFound,
            format!(
                "The report of this number has no row \"{key}\". Take a number's id from the window, \
                 or write the key of a row as `rumbo roi --json` gives it, or total."
            ),
        )
        .reason(Reason::NumberRowUnknown)
        .param("row", key)
        .field("row")),
    }
}

/// The metric of an id, of which rows can be listed.
pub(super) fn metric(id: &str) -> Result<Metric> {
    let metric = Metric::by_id(id).ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "There is no metric of this id. Write one of docs/metrics.md, such as revenue.",
        )
        .reason(Reason::MetricUnknown)
        .field("metric")
    })?;
    if metric.is_asked() {
        return Err(Error::new(
            Code::InvalidInput,
            "People are no sum of rows: they are Meta's own answer. Ask explain_reach for it.",
        )
        .reason(Reason::ReachIsNoSum)
        .field("metric"));
    }
    Ok(metric)
}

/// How many rows are listed.
pub(super) fn limit(asked: Option<u32>) -> usize {
    place(asked.unwrap_or(LIMIT))
}

/// How rows are listed under a number.
pub(super) struct Listing {
    /// The sums under it.
    sums: Vec<Metric>,
    currency: Currency,
    /// Whether it is what a figure moved by, which is known though the figure was known before.
    moves: bool,
}

impl Listing {
    fn of(metric: Metric, currency: Currency) -> Self {
        Self {
            sums: sums(metric),
            currency,
            moves: false,
        }
    }

    /// Of what moved a number.
    pub(super) fn of_changes(metric: Metric, currency: Currency) -> Self {
        Self {
            moves: true,
            ..Self::of(metric, currency)
        }
    }

    fn text(&self, sum: Metric, figures: &Figures, currency: Currency) -> Option<String> {
        if self.moves {
            sum.part_text(figures, currency)
        } else {
            sum.text(figures, currency)
        }
    }

    /// What all of them add up to.
    pub(super) fn sums(&self, figures: &Figures) -> Vec<PassportSum> {
        let sums = self.sums.iter();
        sums.map(|sum| PassportSum {
            metric: sum.definition().id.to_owned(),
            value: self.text(*sum, figures, self.currency),
        })
        .collect()
    }

    fn adds(&self, figures: &Figures, currency: Currency) -> Vec<Option<String>> {
        let sums = self.sums.iter();
        sums.map(|sum| self.text(*sum, figures, currency)).collect()
    }

    /// What a row adds: nothing where it has no rate.
    fn adds_here(&self, figures: &Figures, original: Option<&Original>) -> Vec<Option<String>> {
        match original {
            Some(original) if original.conversion.is_none() => vec![None; self.sums.len()],
            _ => self.adds(figures, self.currency),
        }
    }

    fn original(&self, original: &Original) -> PassportOriginal {
        let Original {
            currency,
            figures,
            day,
            conversion,
        } = original;
        PassportOriginal {
            currency: currency.to_string(),
            adds: self.adds(figures, *currency),
            day: *day,
            rate: conversion
                .as_ref()
                .map(|conversion| UsedRate::of(*currency, *day, conversion)),
        }
    }

    pub(super) fn ad_days(&self, entries: Vec<AdDayEntry>) -> Vec<PassportAdDay> {
        entries
            .into_iter()
            .map(|entry| PassportAdDay {
                day: entry.day,
                account_id: entry.account.to_string(),
                ad_external_id: entry.ad_external_id,
                ad_name: entry.ad_name,
                campaign_name: entry.campaign_name,
                adds: self.adds_here(&entry.figures, entry.original.as_ref()),
                original: entry.original.as_ref().map(|of| self.original(of)),
                told: TOLD
                    .iter()
                    .map(|metric| PassportSum {
                        metric: metric.definition().id.to_owned(),
                        value: metric.text(&entry.told, entry.currency),
                    })
                    .collect(),
                currency: entry.currency.to_string(),
                reach: entry.reach.map(|Reach(people)| super::count(people)),
                frequency: entry.frequency.map(|Frequency(times)| times.to_string()),
                attribution_setting: entry.attribution_setting,
                run: super::count(entry.run),
                run_started_at: entry.run_started_at,
                actions: entry.actions,
                rest: entry.rest,
            })
            .collect()
    }

    fn spend(&self, entries: Vec<SpendEntry>) -> Vec<PassportSpend> {
        entries
            .into_iter()
            .map(|entry| PassportSpend {
                id: entry.id.to_string(),
                day: entry.day,
                channel: entry.channel.code().to_owned(),
                campaign: Some(entry.campaign).filter(|name| !name.is_empty()),
                note: entry.note,
                amount: entry.amount.to_text(entry.currency),
                currency: entry.currency.to_string(),
                adds: self.adds_here(&entry.figures, entry.original.as_ref()),
                original: entry.original.as_ref().map(|of| self.original(of)),
            })
            .collect()
    }

    pub(super) fn outcomes(&self, entries: Vec<OutcomeEntry>) -> Vec<PassportOutcome> {
        entries
            .into_iter()
            .map(|entry| {
                let currency = match entry.kind {
                    OutcomeKind::Sale | OutcomeKind::Refund => Some(entry.currency),
                    OutcomeKind::Lead | OutcomeKind::Opportunity => None,
                };
                let money = |amount: Micros| currency.map(|currency| amount.to_text(currency));
                PassportOutcome {
                    kind: match entry.kind {
                        OutcomeKind::Lead => PassportKind::Lead,
                        OutcomeKind::Opportunity => PassportKind::Opportunity,
                        OutcomeKind::Sale => PassportKind::Sale,
                        OutcomeKind::Refund => PassportKind::Refund,
                    },
                    id: entry.id.to_string(),
                    contact_id: entry.contact_id.map(|id| id.to_string()),
                    contact: entry.contact,
                    reference: entry.reference,
                    day: entry.day,
                    happened_at: entry.happened,
                    gross: money(entry.gross),
                    refunded: money(entry.refunded),
                    cost: entry.cost.and_then(money),
                    currency: currency.map(|currency| currency.to_string()),
                    adds: self.adds_here(&entry.figures, entry.original.as_ref()),
                    original: entry.original.as_ref().map(|of| self.original(of)),
                }
            })
            .collect()
    }
}

fn place(nth: u32) -> usize {
    usize::try_from(nth).unwrap_or(usize::MAX)
}

/// The row that is named.
///
/// # Errors
/// `InvalidInput` for what no row can be called.
pub(super) fn row_of(row: &str) -> Result<RowOf> {
    let key = |key: &str| {
        let is_key = rumbo_insight::is_row_key(key);
        is_key.then(|| key.to_owned())
    };
    let keys = |list: &str| -> Option<BTreeSet<String>> {
        let plain = |part: &str| {
            let (text, _) = url::form_urlencoded::parse(part.as_bytes()).next()?;
            key(&text)
        };
        // None of the rows, or all.
        let parts = list.split(',').filter(|_| !list.is_empty());
        parts.map(plain).collect()
    };
    let named = match row {
        "total" => Some(RowOf::Total),
        "unattributed" => Some(RowOf::Unattributed),
        "attributed" => Some(RowOf::AllBut(BTreeSet::new())),
        row => {
            if let Some(list) = row.strip_prefix("rows:") {
                keys(list).map(RowOf::Keys)
            } else if let Some(list) = row.strip_prefix("but:") {
                keys(list).map(RowOf::AllBut)
            } else {
                key(row).map(RowOf::Key)
            }
        }
    };
    named.ok_or_else(|| no_number("row"))
}

pub(super) fn many(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The sums that a metric is made of, each as the metric that shows it.
fn sums(metric: Metric) -> Vec<Metric> {
    match metric.definition().formula {
        Formula::Sum(sum) => vec![sum.metric()],
        Formula::Quotient { of, less, by, .. } => {
            let mut sums = vec![of.metric()];
            sums.extend(less.map(BaseSum::metric));
            sums.push(by.metric());
            sums.dedup();
            sums
        }
        // Refused before anything is read.
        Formula::Asked(_) => Vec::new(),
    }
}
