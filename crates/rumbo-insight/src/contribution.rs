//! Which rows moved a number of the whole.
//!
//! A sum moves by what its rows move by. A quotient moves for two reasons: its rows have another
//! weight in it (*mix*), or are another quotient themselves (*rate*). Mix is how far the whole would
//! have moved had every row stayed as good as it was, with the weight it has now; rate is the rest.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rumbo_base::{Currency, DateRange, Result, percent};
use rumbo_platform::Scope;
use rustc_hash::FxHashMap;

use crate::decimal_text::{difference, places, scaled, written};
use crate::exchange::MissingRates;
use crate::figures::Figures;
use crate::metric::{Division, Metric};
use crate::read::spread::mapped;
use crate::roi::{Comparison, CurrencyGroup, Ledger, Periods, RoiReport, RoiRequest, RoiRow, roi};

mod effect;

use effect::{Effects, Side};

/// What the report is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Another period, known as this one is.
    Period(Comparison),
    /// The same days, as they were known at an earlier moment.
    Moment(DateTime<Utc>),
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ContributionsRequest {
    /// The later report. Its comparison is not looked at.
    pub report: RoiRequest,
    pub earlier: Earlier,
    /// A metric made of sums.
    pub metric: Metric,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Contributions {
    /// The later report, without its rows.
    pub report: RoiReport,
    /// The days of the earlier one.
    pub compared: DateRange,
    /// The workspace's currency first, or the one converted to; then by code. Where a currency could be
    /// converted in one report alone there is no group of it, and none of the one converted to: a part
    /// would be compared with the whole. `report.exchanged` tells which lack rates.
    pub groups: Vec<ContributionGroup>,
}

/// Everything in one currency.
#[derive(Clone, Debug)]
pub struct ContributionGroup {
    pub currency: Currency,
    /// All rows together, and what is not attributed where that counts. Its `contribution` is what the
    /// number moved by.
    pub whole: Contribution,
    /// Those that moved it most first.
    pub rows: Vec<ContributionRow>,
    /// What is not attributed; `None` where nothing is, and for what sets the CRM against Meta, which is
    /// of what is attributed.
    pub unattributed: Option<Contribution>,
}

/// A row of one report or both.
#[derive(Clone, Debug)]
pub struct ContributionRow {
    pub row: RoiRow,
    pub contribution: Contribution,
}

/// What one row said then and says now, and by how much it moved the whole. The contributions of all
/// rows, and of what is not attributed where that counts, are what the whole moved by, exactly; so are
/// their parts. Decimal texts; `None` where it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contribution {
    pub before: Option<String>,
    pub after: Option<String>,
    /// Its part of what the whole is divided by, in percent. Of quotients.
    pub weight_before: Option<String>,
    pub weight_after: Option<String>,
    /// By how much another weight of it moved the whole. Of quotients.
    pub mix: Option<String>,
    /// By how much being another quotient itself moved the whole. Of quotients.
    pub rate: Option<String>,
    /// By how much it moved the whole: mix and rate, or its own change where the metric is a sum.
    pub contribution: Option<String>,
}

/// Finds out which rows moved a number of the whole.
///
/// # Errors
/// As [`roi`].
pub async fn contributions(scope: &Scope, request: ContributionsRequest) -> Result<Contributions> {
    let ContributionsRequest {
        mut report,
        earlier,
        metric,
    } = request;
    report.new_customers |= metric.needs_new_customers();
    let (idle, customers) = (report.without_spend, report.new_customers);
    let convert_to = report.convert_to;
    let (mut later, before, alone) = match earlier {
        Earlier::Period(comparison) => {
            report.comparison = comparison;
            let mut before = Vec::new();
            let tell = |now: Ledger<'_>, earlier: Option<Ledger<'_>>| {
                if let Some(earlier) = earlier {
                    before = earlier.into_groups(idle, customers);
                }
                now.into_groups(idle, customers)
            };
            let read = Periods::read(scope, &report, tell);
            let periods = scope.db.attentively(Box::pin(read)).await?;
            // What cannot be converted in the later one stays what it is in both.
            let missing = periods.missing_before.iter();
            let alone: Vec<Currency> = missing.map(|missing| missing.currency).collect();
            (periods.told(convert_to), before, alone)
        }
        Earlier::Moment(at) => {
            report.comparison = Comparison::None;
            let then = RoiRequest {
                as_of: Some(at),
                ..report.clone()
            };
            let before = roi(scope, then).await?;
            let mut later = roi(scope, report).await?;
            let missing = before.exchanged.map(|exchanged| exchanged.missing);
            let missing = missing.unwrap_or_default();
            let mut alone = Vec::new();
            if let Some(exchanged) = &mut later.exchanged {
                alone = in_one_alone(&missing, &exchanged.missing);
                exchanged.missing_before = missing;
            }
            (later, before.groups, alone)
        }
    };
    let after = std::mem::take(&mut later.groups);
    let mut groups = side_by_side(before, after, metric)?;
    if let Some(to) = convert_to.filter(|_| !alone.is_empty()) {
        groups.retain(|group| group.currency != to && !alone.contains(&group.currency));
    }
    Ok(Contributions {
        compared: later.previous.unwrap_or(later.range),
        report: later,
        groups,
    })
}

/// The currencies that could be converted in one report and not in the other.
fn in_one_alone(before: &[MissingRates], after: &[MissingRates]) -> Vec<Currency> {
    let lacks = |side: &[MissingRates], currency| side.iter().any(|m| m.currency == currency);
    let both = before.iter().chain(after).map(|missing| missing.currency);
    both.filter(|currency| lacks(before, *currency) != lacks(after, *currency))
        .collect()
}

fn side_by_side(
    before: Vec<CurrencyGroup>,
    after: Vec<CurrencyGroup>,
    metric: Metric,
) -> Result<Vec<ContributionGroup>> {
    let mut earlier: HashMap<Currency, CurrencyGroup> = HashMap::new();
    let mut order: Vec<CurrencyGroup> = after;
    for group in before {
        if !order.iter().any(|known| known.currency == group.currency) {
            order.push(CurrencyGroup::empty(group.currency));
        }
        earlier.insert(group.currency, group);
    }
    order
        .into_iter()
        .map(|after| {
            let before = earlier
                .remove(&after.currency)
                .unwrap_or_else(|| CurrencyGroup::empty(after.currency));
            group(before, after, metric)
        })
        .collect()
}

fn group(before: CurrencyGroup, after: CurrencyGroup, metric: Metric) -> Result<ContributionGroup> {
    let currency = after.currency;
    let attributed = (before.attributed()?, after.attributed()?);
    // Rows are large: each is moved once.
    let mut rows: Vec<ContributionRow> = after.rows.into_iter().map(Into::into).collect();
    let mut sides: Vec<Side> = rows
        .iter()
        .map(|one| (Figures::default(), one.row.figures))
        .collect();
    let keys = rows.iter().map(|one| one.row.key.clone());
    let mut known: FxHashMap<String, usize> = keys.zip(0..).collect();
    for row in before.rows {
        match known.remove(&row.key).and_then(|at| sides.get_mut(at)) {
            Some((before, _)) => *before = row.figures,
            None => {
                sides.push((row.figures, Figures::default()));
                rows.push(row.into());
            }
        }
    }
    let whole = if metric.is_of_attributed() {
        attributed
    } else {
        sides.push((before.unattributed.figures, after.unattributed.figures));
        (before.total.figures, after.total.figures)
    };
    let (whole, mut each) = told(metric, currency, &whole, &sides);
    let rest = (sides.len() > rows.len()).then(|| each.pop()).flatten();
    let unattributed = rest
        .zip(sides.last())
        .filter(|(told, side)| told.is_there(metric, side));
    for (one, told) in rows.iter_mut().zip(each) {
        one.contribution = told;
    }
    let mut of_row = sides.iter();
    rows.retain(|one| {
        let side = of_row.next();
        side.is_some_and(|side| one.contribution.is_there(metric, side))
    });
    rows.sort_by_cached_key(|one| Reverse(one.contribution.size()));
    Ok(ContributionGroup {
        currency,
        whole,
        rows,
        unattributed: unattributed.map(|(told, _)| told),
    })
}

impl From<RoiRow> for ContributionRow {
    fn from(row: RoiRow) -> Self {
        Self {
            row,
            contribution: Contribution::default(),
        }
    }
}

/// The whole, and each of its rows.
fn told(
    metric: Metric,
    currency: Currency,
    whole: &Side,
    sides: &[Side],
) -> (Contribution, Vec<Contribution>) {
    let values = |side: &Side| Contribution {
        before: metric.text(&side.0, currency),
        after: metric.text(&side.1, currency),
        ..Contribution::default()
    };
    let mut total = values(whole);
    let Some(division) = metric.division() else {
        let known = (total.before.as_deref(), total.after.as_deref());
        let moved = |(before, after): &Side| {
            let mut moved = *after;
            moved.add(&before.negated()).ok()?;
            metric.moved_text(known, &moved, currency)
        };
        let each = mapped(sides, |side| Contribution {
            contribution: moved(side),
            ..values(side)
        });
        total.contribution = moved(whole);
        return (total, each);
    };
    let effects = effects(division, &total, sides);
    if let Some(effects) = &effects {
        effects.whole.write(&mut total);
    }
    let nth: Vec<(usize, &Side)> = sides.iter().enumerate().collect();
    let each = mapped(&nth, |(nth, side)| {
        let mut row = Contribution {
            weight_before: weight(division, &side.0, &whole.0),
            weight_after: weight(division, &side.1, &whole.1),
            ..values(side)
        };
        let moved = effects.as_ref().and_then(|effects| effects.each.get(*nth));
        if let Some(moved) = moved {
            moved.write(&mut row);
        }
        row
    });
    (total, each)
}

/// The part of a row in what the whole is divided by.
fn weight(division: Division, row: &Figures, whole: &Figures) -> Option<String> {
    let part = |figures: &Figures| i64::try_from(division.divisor(figures)).ok();
    percent(part(row)?, part(whole)?, 2)
}

/// What a quotient moved by, of the whole and row by row.
struct Moved {
    whole: MixAndRate,
    each: Vec<MixAndRate>,
}

/// In units of the last of so many places.
struct MixAndRate {
    mix: i128,
    rate: i128,
    decimals: usize,
}

impl MixAndRate {
    fn write(&self, row: &mut Contribution) {
        let text = |number| Some(written(number, self.decimals));
        row.mix = text(self.mix);
        row.rate = text(self.rate);
        row.contribution = text(self.mix + self.rate);
    }
}

/// Splits what a quotient moved by into mix and rate, row by row; `None` where it is not known.
fn effects(division: Division, total: &Contribution, sides: &[Side]) -> Option<Moved> {
    let (before, after) = (total.before.as_ref()?, total.after.as_ref()?);
    let decimals = places(before).max(places(after));
    let moved = difference(after, before).and_then(|text| scaled(&text, decimals))?;
    let effects = Effects::of(division, decimals, sides)?;
    let of = |mix, rate| MixAndRate {
        mix,
        rate,
        decimals,
    };
    let rate = effects.whole_rate();
    let mix = moved - rate;
    let parts = effects.mix_of(mix).into_iter().zip(effects.rate_of(rate));
    Some(Moved {
        whole: of(mix, rate),
        each: parts.map(|(mix, rate)| of(mix, rate)).collect(),
    })
}

impl Contribution {
    /// How far it moved the whole, to set rows in order.
    fn size(&self) -> i128 {
        let text = self.contribution.as_deref();
        let number = text.and_then(|text| scaled(text, places(text)));
        number.map_or(0, i128::abs)
    }

    /// Whether there is anything to tell of the row.
    fn is_there(&self, metric: Metric, (before, after): &Side) -> bool {
        let has = |figures: &Figures| !metric.only_its_sums(figures).is_nothing();
        self.size() != 0 || has(before) || has(after)
    }
}
