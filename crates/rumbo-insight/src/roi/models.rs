//! All models side by side, and how far they disagree.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use rumbo_base::{Currency, DateRange, Result, percent, ratio};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::{CurrencyGroup, Filter, Ledger, RoiRow};
use crate::attribution::{Attribution, Model};
use crate::data_driven::{Learned, Lesson};
use crate::exchange::{Exchange, Exchanged, Valuing};
use crate::figures::Figures;
use crate::path::Grain;
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::{self, Outcome, Tally, Under};
use crate::read::place::Place;
use crate::read::spread::Apart;

/// Every model on the same touches.
#[derive(Clone, Debug)]
pub struct ModelComparison {
    /// The columns, in this order. The data-driven model only where it has enough to learn from.
    pub models: Vec<Model>,
    /// What the data-driven model learned, or would.
    pub learned: Learned,
    /// The workspace's currency first, or the one converted to; then by code.
    pub groups: Vec<ModelGroup>,
    /// How it came into one currency, when that was asked for.
    pub exchanged: Option<Exchanged>,
}

/// Everything in one currency.
#[derive(Clone, Debug)]
pub struct ModelGroup {
    pub currency: Currency,
    /// By spend, then revenue under the first model, largest first.
    pub rows: Vec<ModelRow>,
    /// Under each model: what no touch stands behind, and what went to touches that name no ad.
    pub unattributed: Vec<Figures>,
    /// Under each model. It is the same where all accounts have one currency and count one zone's
    /// days: an opportunity counts in the currency of the account that it is credited to, and
    /// everything on that account's days.
    pub totals: Vec<Figures>,
    /// For each two models the part of the revenue that one gives to another row (or to none) than
    /// the other: Σ |a − b| / Σ (a + b) over all rows and what is not attributed, 0 to 1, 4 decimals.
    /// `None` without revenue.
    pub disagreement: Vec<Vec<Option<String>>>,
}

/// One row under every model.
#[derive(Clone, Debug)]
pub struct ModelRow {
    /// The row, with its figures under the first model that gives it any.
    pub row: RoiRow,
    /// Its figures under each model.
    pub figures: Vec<Figures>,
    /// How much its revenue depends on the model: (largest − smallest) / largest, in percent,
    /// 2 decimals. `None` when no model gives it any.
    pub spread: Option<String>,
}

/// Makes the comparison: the models of the list with the window, basis and refunds of
/// `attribution`, and its half-life where it has one. With `convert_to` every row is brought to that
/// currency at the rate of its day.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn compare_models(
    scope: &Scope,
    range: DateRange,
    grain: Grain,
    attribution: Attribution,
    as_of: Option<DateTime<Utc>>,
    convert_to: Option<Currency>,
) -> Result<ModelComparison> {
    let made = made(scope, range, grain, attribution, as_of, convert_to);
    scope.db.attentively(Box::pin(made)).await
}

async fn made(
    scope: &Scope,
    range: DateRange,
    grain: Grain,
    attribution: Attribution,
    as_of: Option<DateTime<Utc>>,
    convert_to: Option<Currency>,
) -> Result<ModelComparison> {
    let decays = |model: &Model| matches!(model, Model::TimeDecay { .. });
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, as_of).await?;
    let directory = Directory::read(&mut tx, &place, grain).await?;
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    let learned = Lesson::of(scope, &place, &directory, range, attribution.window)
        .learn(&mut tx, &mut origins)
        .await?;
    let models: Vec<Model> = Model::ALL
        .into_iter()
        .filter(|model| *model != Model::Markov || learned.is_enough())
        .map(|model| {
            if decays(&model) && decays(&attribution.model) {
                attribution.model
            } else {
                model
            }
        })
        .collect();
    let filter = Filter::default();
    let mut exchange = Exchange::read(
        &mut tx,
        &place,
        convert_to,
        attribution,
        std::iter::once(range),
    )
    .await?;
    let question = outcome::Question {
        place: &place,
        origins: &origins,
        range,
        attribution,
        customers: false,
        by_source: false,
    };
    let ledgers = ledgers(
        &mut tx,
        &directory,
        question,
        grain,
        &filter,
        &models,
        &mut exchange,
    )
    .await?;
    let mut by_currency: BTreeMap<Currency, Vec<CurrencyGroup>> = BTreeMap::new();
    for (nth, ledger) in ledgers.into_iter().enumerate() {
        for group in ledger.into_groups(false, false) {
            let groups = by_currency.entry(group.currency).or_default();
            // A model that has nothing in a currency has an empty place.
            while groups.len() < nth {
                groups.push(CurrencyGroup::empty(group.currency));
            }
            groups.push(group);
        }
    }
    let first = convert_to.unwrap_or(place.main);
    let converted = by_currency
        .get(&first)
        .and_then(|groups| groups.first())
        .map(|group| group.converted.clone());
    let mut groups: Vec<ModelGroup> = by_currency
        .into_iter()
        .map(|(currency, mut groups)| {
            while groups.len() < models.len() {
                groups.push(CurrencyGroup::empty(currency));
            }
            side_by_side(currency, groups)
        })
        .collect();
    groups.sort_by_key(|group| (group.currency != first, group.currency != place.main));
    let missing = exchange.take_missing();
    Ok(ModelComparison {
        models,
        learned,
        groups,
        exchanged: exchange.told(converted.unwrap_or_default(), missing, Vec::new()),
    })
}

/// One ledger for each of the models. What was delivered, and the rows of what came of it, are read
/// once for all of them.
pub(crate) async fn ledgers<'a>(
    tx: &mut Tx,
    directory: &'a Directory,
    question: outcome::Question<'a>,
    grain: Grain,
    filter: &'a Filter,
    models: &[Model],
    exchange: &mut Exchange,
) -> Result<Vec<Ledger<'a>>> {
    let outcome::Question { place, range, .. } = question;
    loop {
        let ledger = || Ledger::new(grain, place, directory, filter).exchanging(exchange);
        let ledgers = models.iter().map(|_| ledger()).collect();
        let mut common = ledger();
        for (path, sum) in exchange
            .delivered(tx, place, directory, range, grain, filter)
            .await?
        {
            common.add_turned(&path, &sum)?;
        }
        let tally = SideBySide {
            ledgers,
            common,
            filter,
            valuing: Valuing::by(exchange),
        };
        let tallied = outcome::tallied(tx, question, models, tally).await?;
        let SideBySide {
            mut ledgers,
            common,
            ..
        } = tallied;
        if !exchange.keeps_more() {
            for ledger in &mut ledgers {
                ledger.merge(&common)?;
            }
            return Ok(ledgers);
        }
    }
}

/// Tallies in a ledger for each model.
struct SideBySide<'a, 'e> {
    ledgers: Vec<Ledger<'a>>,
    /// What every model gives alike is added up once.
    common: Ledger<'a>,
    filter: &'a Filter,
    valuing: Valuing<'e>,
}

impl Tally for SideBySide<'_, '_> {
    fn add(&mut self, under: Under, row: &Outcome<'_>) -> Result<()> {
        // What is not in the report needs no rate.
        if !self.filter.allows(row.path) {
            return Ok(());
        }
        let worth = self.valuing.worth(row)?;
        let ledger = match under {
            Under::All => Some(&mut self.common),
            Under::Model(nth) => self.ledgers.get_mut(nth),
        };
        ledger.map_or(Ok(()), |ledger| ledger.add_outcome(row, &worth))
    }
}

impl Apart for SideBySide<'_, '_> {
    fn apart(&self) -> Option<Self> {
        Some(Self {
            ledgers: self.ledgers.iter().map(Ledger::apart).collect(),
            common: self.common.apart(),
            filter: self.filter,
            valuing: self.valuing.apart(),
        })
    }

    fn join(&mut self, other: Self) -> Result<()> {
        self.valuing.join(other.valuing);
        for (own, other) in self.ledgers.iter_mut().zip(&other.ledgers) {
            own.merge(other)?;
        }
        self.common.merge(&other.common)
    }
}

fn side_by_side(currency: Currency, groups: Vec<CurrencyGroup>) -> ModelGroup {
    let models = groups.len();
    let totals: Vec<Figures> = groups.iter().map(|group| group.total.figures).collect();
    let unattributed: Vec<Figures> = groups
        .iter()
        .map(|group| group.unattributed.figures)
        .collect();
    let mut rows: Vec<ModelRow> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (nth, group) in groups.into_iter().enumerate() {
        for row in group.rows {
            let figures = row.figures;
            let at = *places.entry(row.key.clone()).or_insert_with(|| {
                rows.push(ModelRow {
                    row,
                    figures: vec![Figures::default(); models],
                    spread: None,
                });
                rows.len() - 1
            });
            if let Some(place) = rows.get_mut(at).and_then(|row| row.figures.get_mut(nth)) {
                *place = figures;
            }
        }
    }
    for row in &mut rows {
        row.spread = spread(&row.figures);
    }
    ModelGroup {
        currency,
        disagreement: disagreement(&rows, &unattributed, &totals),
        rows,
        unattributed,
        totals,
    }
}

fn spread(figures: &[Figures]) -> Option<String> {
    let revenue = || figures.iter().map(|figures| figures.revenue.0);
    let (least, most) = (revenue().min()?, revenue().max().filter(|most| *most > 0)?);
    percent(most.checked_sub(least)?, most, 2)
}

fn disagreement(
    rows: &[ModelRow],
    unattributed: &[Figures],
    totals: &[Figures],
) -> Vec<Vec<Option<String>>> {
    let all = || {
        rows.iter()
            .map(|row| row.figures.as_slice())
            .chain([unattributed])
    };
    let between = |a: usize, b: usize| {
        let of = |figures: &[Figures], model: usize| {
            figures.get(model).map_or(0, |figures| figures.revenue.0)
        };
        let apart = all().try_fold(0_i64, |sum, figures| {
            sum.checked_add(of(figures, a).checked_sub(of(figures, b))?.checked_abs()?)
        })?;
        ratio(apart, of(totals, a).checked_add(of(totals, b))?, 4)
    };
    let models = 0..unattributed.len();
    models
        .clone()
        .map(|a| models.clone().map(|b| between(a, b)).collect())
        .collect()
}
