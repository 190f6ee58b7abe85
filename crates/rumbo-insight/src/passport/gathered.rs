//! Which rows a number is made of, and which ones its currency has no rate for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rumbo_base::{Currency, Result};
use rumbo_platform::exchange_rates::Conversion;

use super::{AdDayEntry, Listed, OutcomeEntry, Passport, PassportRequest, SpendEntry};
use crate::exchange::{Converted, ConvertedParts, Exchange, Money, Turned};
use crate::figures::{Figures, Shares};
use crate::path::Path;

/// What a row was before it was converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    pub currency: Currency,
    /// What it adds in that currency.
    pub figures: Figures,
    /// The day whose rate it takes.
    pub day: NaiveDate,
    /// `None` where there is no rate: then the row adds nothing.
    pub conversion: Option<Conversion>,
}

/// Rows that have money and no rate for their day.
#[derive(Clone, Debug, Default)]
pub struct WithoutRate {
    pub ad_days: Vec<AdDayEntry>,
    pub ad_days_count: usize,
    pub outcomes: Vec<OutcomeEntry>,
    pub outcomes_count: usize,
    pub spend: Vec<SpendEntry>,
    pub spend_count: usize,
}

/// A row of the report.
pub(super) struct Part<'a> {
    pub path: &'a Path,
    /// Whether a part of this path is in the row of the number, where it is known.
    pub is_here: Option<bool>,
    pub currency: Currency,
    /// The day whose rate its money takes.
    pub valued_on: NaiveDate,
    /// As they are stored.
    pub figures: &'a Figures,
    /// As they are in the report.
    pub turned: Turned,
}

/// Where a row of the report belongs.
pub(super) enum Belongs {
    /// To the number: what it adds, and what it was if it was converted.
    Here(Figures, Option<Original>),
    /// To those that have no rate.
    WithoutRate(Original),
    Elsewhere,
}

/// What was found so far.
pub(super) struct Gathered<'a> {
    pub request: &'a PassportRequest,
    pub exchange: Exchange,
    pub passport: Passport,
    converted: ConvertedParts,
    /// The currencies and days whose rates the number uses.
    used: BTreeSet<(Currency, NaiveDate)>,
    /// Whether the report has the row of the number in its currency.
    in_report: bool,
    /// The currencies of what would be in the number if they had all their rates.
    left_out: BTreeSet<Currency>,
    without_rate: BTreeMap<Currency, WithoutRate>,
}

impl<'a> Gathered<'a> {
    pub fn new(request: &'a PassportRequest, exchange: Exchange) -> Self {
        Self {
            request,
            exchange,
            passport: Passport::default(),
            converted: ConvertedParts::default(),
            used: BTreeSet::new(),
            in_report: false,
            left_out: BTreeSet::new(),
            without_rate: BTreeMap::new(),
        }
    }

    /// Adds a row to the number if it is of it.
    pub fn take(&mut self, part: &Part<'_>) -> Result<Belongs> {
        let request = self.request;
        let original = |conversion| Original {
            currency: part.currency,
            figures: request.metric.only_its_sums(part.figures),
            day: part.valued_on,
            conversion,
        };
        let holds = || part.is_here.unwrap_or_else(|| request.holds(part.path));
        let needed = request.needed(&part.turned.figures);
        if part.turned.currency != request.currency {
            // Of a row of another currency only its rates may be what keeps it out.
            if self.exchange.to() != Some(request.currency) {
                return Ok(Belongs::Elsewhere);
            }
            if needed.is_some() && holds() {
                self.left_out.insert(part.currency);
            }
            let lacks = self
                .exchange
                .lacks(part.figures, part.currency, part.valued_on);
            return Ok(if lacks {
                Belongs::WithoutRate(original(None))
            } else {
                Belongs::Elsewhere
            });
        }
        // Which row it is costs most, and is not asked where it does not matter.
        if needed.is_none() && (self.in_report || self.exchange.to().is_none()) {
            return Ok(Belongs::Elsewhere);
        }
        if !holds() {
            return Ok(Belongs::Elsewhere);
        }
        self.in_report = true;
        let Some(figures) = needed else {
            return Ok(Belongs::Elsewhere);
        };
        self.passport.figures.add(&figures)?;
        let Some(origin) = &part.turned.origin else {
            return Ok(Belongs::Here(figures, None));
        };
        // Only the money that the metric is made of.
        self.converted.add(&Converted {
            money: Money::of(&request.metric.only_its_sums(part.figures)),
            ..*origin
        })?;
        self.used.insert((part.currency, part.valued_on));
        let conversion = self.exchange.rate(part.currency, part.valued_on);
        Ok(Belongs::Here(figures, Some(original(conversion))))
    }

    /// So many ad-days have no rate, of which these are listed.
    pub fn list_ad_days_without_rate(
        &mut self,
        currency: Currency,
        count: usize,
        listed: Vec<AdDayEntry>,
    ) {
        let rows = self.without_rate.entry(currency).or_default();
        rows.ad_days_count += count;
        rows.ad_days.extend(listed);
    }

    pub fn list_outcome_without_rate(&mut self, entry: OutcomeEntry) {
        let rows = self.without_rate.entry(entry.currency).or_default();
        rows.outcomes_count += 1;
        if self.request.listed == Listed::First && rows.outcomes.len() < self.request.limit {
            rows.outcomes.push(entry);
        }
    }

    /// Counts what was spent, and lists it where it is to be listed.
    pub fn list_spend(&mut self, entry: SpendEntry) {
        let nth = self.passport.spend_count;
        self.passport.spend_count += 1;
        let begun = self.request.first_spend().is_some_and(|first| nth >= first);
        if begun && self.passport.spend.len() < self.request.limit {
            self.passport.spend.push(entry);
        }
    }

    pub fn list_spend_without_rate(&mut self, entry: SpendEntry) {
        let rows = self.without_rate.entry(entry.currency).or_default();
        rows.spend_count += 1;
        if self.request.listed == Listed::First && rows.spend.len() < self.request.limit {
            rows.spend.push(entry);
        }
    }

    /// The passport of what was gathered.
    pub fn finished(self) -> Passport {
        let Self {
            request,
            mut exchange,
            mut passport,
            converted,
            used,
            in_report,
            left_out,
            without_rate,
            ..
        } = self;
        let mut missing = exchange.take_missing();
        missing.retain(|missing| left_out.contains(&missing.currency));
        passport.blank = !in_report && !missing.is_empty();
        // As in a report that asks for them: where none were found there are none.
        let none = Figures {
            new_customers: Some(Shares::ZERO),
            ..Figures::default()
        };
        if let Some(none) = request.metric.only_its_sums(&none).new_customers {
            passport.figures.new_customers.get_or_insert(none);
        }
        let sum = &mut passport.without_rate;
        for (currency, rows) in without_rate {
            if !left_out.contains(&currency) {
                continue;
            }
            sum.ad_days.extend(rows.ad_days);
            sum.ad_days_count += rows.ad_days_count;
            sum.outcomes.extend(rows.outcomes);
            sum.outcomes_count += rows.outcomes_count;
            sum.spend.extend(rows.spend);
            sum.spend_count += rows.spend_count;
        }
        sum.outcomes
            .sort_by_key(|entry| (entry.day, entry.happened, entry.id));
        passport.exchanged = exchange
            .told(converted.into_list(), missing, Vec::new())
            .map(|mut told| {
                told.rates
                    .retain(|rate| used.contains(&(rate.from, rate.day)));
                told
            });
        passport
    }
}
