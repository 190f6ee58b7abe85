//! Why a report says something else than before.
//!
//! The difference between a report as of one moment and as of a later one is cut into causes,
//! row by row, so that the parts add up to it exactly. A row of the CRM goes from what it was to
//! what it is in steps, each of which is one cause: first its refunds, then its amount, then the
//! touches it is credited to. What Meta says goes ad-day by ad-day. What is left at the end comes
//! from how a report counts: its way of crediting, the time zone of the workspace or an account.

mod figure;
mod steps;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, Currency, DateRange, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use uuid::Uuid;

use crate::attribution::{Attribution, Model};
use crate::data_driven::Lesson;
use crate::figures::Figures;
use crate::metric::Names;
use crate::path::{Grain, Path};
use crate::read::delivered::{self, AdDayVersion};
use crate::read::directory::Directory;
use crate::read::moment::{Moment, NEVER};
use crate::read::origin::Origins;
use crate::read::outcome::{self, Crediting, Kind, Question};
use crate::read::place::Place;
use crate::roi::{CurrencyGroup, Filter, Ledger, RoiRow};

pub use figure::MetricChange;
use steps::steps;

/// Why a figure changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// Days that had not ended then, with what was delivered and sold on them.
    NewDays,
    /// Meta says something else of a day that was known.
    Restated,
    /// Leads, opportunities and sales of earlier days that became known or were completed later.
    Late,
    /// Money given back since.
    Refunds,
    /// Amounts and days that were set right, sales that were cancelled.
    Corrected,
    /// The same leads, opportunities and sales, credited to something else or with another day:
    /// touches became known, contacts were merged, the data-driven model learned more.
    Reattributed,
    /// Another way of crediting, another time zone.
    Definition,
    /// What none of these explains: always nothing, or Rumbo is wrong.
    Unexplained,
}

impl Cause {
    /// In the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::NewDays,
        Self::Restated,
        Self::Late,
        Self::Refunds,
        Self::Corrected,
        Self::Reattributed,
        Self::Definition,
        Self::Unexplained,
    ];

    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NewDays => "new_days",
            Self::Restated => "restated",
            Self::Late => "late",
            Self::Refunds => "refunds",
            Self::Corrected => "corrected",
            Self::Reattributed => "reattributed",
            Self::Definition => "definition",
            Self::Unexplained => "unexplained",
        }
    }

    /// Its name for people.
    pub const fn names(self) -> Names {
        let (en, es, pt) = match self {
            Self::NewDays => ("New days", "Días nuevos", "Dias novos"),
            Self::Restated => (
                "Restated by Meta",
                "Corregido por Meta",
                "Corrigido pela Meta",
            ),
            Self::Late => ("Known later", "Conocido después", "Conhecido depois"),
            Self::Refunds => ("Refunds", "Devoluciones", "Devoluções"),
            Self::Corrected => ("Set right", "Corregido en el CRM", "Corrigido no CRM"),
            Self::Reattributed => ("Re-attributed", "Reatribuido", "Reatribuído"),
            Self::Definition => ("Definition", "Definición", "Definição"),
            Self::Unexplained => ("Unexplained", "Sin explicar", "Sem explicação"),
        };
        Names { en, es, pt }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct ChangesRequest {
    pub grain: Grain,
    /// The days of both reports.
    pub range: DateRange,
    pub filter: Filter,
    /// How the earlier report credits.
    pub attribution_then: Attribution,
    /// How the later one does.
    pub attribution: Attribution,
    /// The moment of the earlier report.
    pub since: DateTime<Utc>,
    /// The moment of the later one; now without one.
    pub until: Option<DateTime<Utc>>,
}

/// The answer. The workspace's currency first, then by code.
#[derive(Clone, Debug)]
pub struct Changes {
    pub groups: Vec<ChangeGroup>,
}

/// Everything in one currency.
#[derive(Clone, Debug)]
pub struct ChangeGroup {
    pub currency: Currency,
    /// Rows in which something changed, as the later report orders them.
    pub rows: Vec<ChangeRow>,
    pub unattributed: Change,
    pub total: Change,
}

/// One row of both reports.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    pub row: RoiRow,
    pub change: Change,
}

/// `before` and all `parts` are `after`, exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub before: Figures,
    pub after: Figures,
    /// One for each of [`Cause::ALL`].
    pub parts: Vec<Figures>,
}

/// Finds out why a report changed.
///
/// # Errors
/// `NotFound` for a workspace that is gone.
pub async fn changes(scope: &Scope, request: ChangesRequest) -> Result<Changes> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: ChangesRequest) -> Result<Changes> {
    let mut tx = scope.read().await?;
    let workspace = scope.workspace;
    let then = Place::read(&mut tx, workspace, Some(request.since)).await?;
    let until = request.until.unwrap_or(NEVER);
    let now = Place::read(&mut tx, workspace, Some(until)).await?;
    let directory = Directory::read(&mut tx, &now, request.grain.max(Grain::Ad)).await?;
    let ledger = || Ledger::new(request.grain, &now, &directory, &request.filter);
    let mut causes: Vec<Ledger> = Cause::ALL.iter().map(|_| ledger()).collect();
    let mut part = |cause: Cause, path: &Path, currency: Currency, figures: &Figures| {
        let at = Cause::ALL.iter().position(|known| *known == cause);
        match at.and_then(|at| causes.get_mut(at)) {
            Some(ledger) if !figures.is_nothing() => ledger.add(path, currency, figures),
            _ => Ok(()),
        }
    };
    let mut origins_then = Origins::read(&mut tx, &then, &directory).await?;
    let mut origins_now = Origins::read(&mut tx, &now, &directory).await?;
    // How the later report would credit as the earlier one did: a channel whose effect became
    // another one re-attributes rows that stayed the same.
    let mut origins_since = None;
    if request.attribution_then.model == Model::Markov {
        let window = request.attribution_then.window;
        Lesson::of(scope, &then, &directory, request.range, window)
            .for_report(&mut tx, &mut origins_then, request.attribution_then)
            .await?;
        let mut origins = Origins::read(&mut tx, &now, &directory).await?;
        let learned = Lesson::of(scope, &now, &directory, request.range, window)
            .learn(&mut tx, &mut origins)
            .await?;
        origins_since = learned.is_enough().then_some(origins);
    }
    Lesson::of(
        scope,
        &now,
        &directory,
        request.range,
        request.attribution.window,
    )
    .for_report(&mut tx, &mut origins_now, request.attribution)
    .await?;
    let told = Told {
        request: &request,
        then: &then,
        now: &now,
        directory: &directory,
        origins_then: &origins_then,
        origins_now: &origins_now,
        origins_since: origins_since.as_ref(),
    };
    told.ad_days(&mut tx, &mut part).await?;
    told.rows(&mut tx, &mut part).await?;
    let (mut before, mut after) = (ledger(), ledger());
    told.report(
        &mut tx,
        &then,
        &origins_then,
        request.attribution_then,
        &mut before,
    )
    .await?;
    told.report(&mut tx, &now, &origins_now, request.attribution, &mut after)
        .await?;
    Ok(side_by_side(before, after, causes))
}

/// Both moments, and what is asked of them.
struct Told<'a> {
    request: &'a ChangesRequest,
    then: &'a Place,
    now: &'a Place,
    directory: &'a Directory,
    origins_then: &'a Origins,
    origins_now: &'a Origins,
    /// Those of the later report with what was learned for it in the way of the earlier one.
    origins_since: Option<&'a Origins>,
}

impl Told<'_> {
    fn question<'q>(
        &'q self,
        place: &'q Place,
        origins: &'q Origins,
        attribution: Attribution,
    ) -> Question<'q> {
        Question {
            place,
            origins,
            range: self.request.range,
            attribution,
            customers: true,
        }
    }

    /// What the report of a moment says.
    async fn report(
        &self,
        tx: &mut Tx,
        place: &Place,
        origins: &Origins,
        attribution: Attribution,
        ledger: &mut Ledger<'_>,
    ) -> Result<()> {
        let Told {
            request, directory, ..
        } = self;
        let (range, filter) = (request.range, &request.filter);
        for row in delivered::read(tx, place, directory, range, request.grain, filter).await? {
            ledger.add(&row.path, row.currency, &row.figures)?;
        }
        outcome::read(tx, self.question(place, origins, attribution), |row| {
            ledger.add(row.path, row.currency, &row.figures)
        })
        .await
    }

    /// What Meta says: each ad-day that is another one than then.
    async fn ad_days(
        &self,
        tx: &mut Tx,
        part: &mut impl FnMut(Cause, &Path, Currency, &Figures) -> Result<()>,
    ) -> Result<()> {
        let range = self.request.range;
        let moment = |place: &Place| place.moment.unwrap_or(Moment::LAST);
        for account in &self.now.accounts {
            let before =
                delivered::versions(tx, self.then, moment(self.then), range, account.id).await?;
            let after =
                delivered::versions(tx, self.now, moment(self.now), range, account.id).await?;
            let open = self.open_day(account.id);
            let known: HashSet<NaiveDate> = before.keys().map(|(day, _)| *day).collect();
            let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let (old, new) = (before.get(key), after.get(key));
                if old == new {
                    continue;
                }
                let cause = if key.0 >= open || !known.contains(&key.0) {
                    Cause::NewDays
                } else {
                    Cause::Restated
                };
                let path = delivered::path(self.request.grain, key.1, account.id, self.directory);
                let AdDayVersion { currency, .. } = match new.or(old) {
                    Some(version) => version.clone(),
                    None => continue,
                };
                // An account has one currency for life; of two each has its own sum.
                for (version, sign) in [(old, false), (new, true)] {
                    if let Some(version) = version.filter(|v| v.currency != currency) {
                        let whole = if sign {
                            version.figures
                        } else {
                            version.figures.negated()
                        };
                        part(cause, &path, version.currency, &whole)?;
                    }
                }
                let of = |version: Option<&AdDayVersion>| {
                    version
                        .filter(|v| v.currency == currency)
                        .map_or_else(Figures::default, |v| v.figures)
                };
                let mut difference = of(new);
                difference.add(&of(old).negated())?;
                part(cause, &path, currency, &difference)?;
            }
        }
        Ok(())
    }

    /// The day that had not ended then.
    fn open_day(&self, account: AdAccountId) -> NaiveDate {
        let zone = self
            .then
            .account(account)
            .map_or(self.then.zone, |account| account.zone);
        zone.day_of(self.request.since)
    }

    /// What the CRM says: each row that is another one than then.
    async fn rows(
        &self,
        tx: &mut Tx,
        part: &mut impl FnMut(Cause, &Path, Currency, &Figures) -> Result<()>,
    ) -> Result<()> {
        let (request, since) = (self.request, self.request.since);
        // The steps of a row count as the earlier report did, with the accounts of today.
        let as_then = self.now.counting_as(self.then);
        let mut origins_as_then = Origins::read(tx, &as_then, self.directory).await?;
        origins_as_then.weigh_as(self.origins_then);
        let mut origins_learned = None;
        if let Some(since) = self.origins_since {
            let mut origins = Origins::read(tx, &as_then, self.directory).await?;
            origins.weigh_as(since);
            origins_learned = Some(origins);
        }
        let then = self.question(&as_then, &origins_as_then, request.attribution_then);
        let now = self.question(self.now, self.origins_now, request.attribution);
        let old = {
            let question = self.question(self.then, self.origins_then, request.attribution_then);
            outcome::changed(tx, &question, since).await?
        };
        let new = outcome::changed(tx, &then, since).await?;
        let keys: BTreeSet<&(Kind, Uuid)> = old.keys().chain(new.keys()).collect();
        let model = [request.attribution_then.model];
        let mut crediting = Crediting::new(then, &model);
        for key in keys {
            let steps = steps(key.0, old.get(key), new.get(key), since);
            for (cause, from, to) in &steps {
                let mut parts: HashMap<(Path, Currency), Figures> = HashMap::new();
                for (row, sign) in [(from, false), (to, true)] {
                    let Some(row) = row else { continue };
                    crediting.credit(key.0, row, &mut |_, outcome| {
                        if !request.range.contains(outcome.day) {
                            return Ok(());
                        }
                        let figures = if sign {
                            outcome.figures
                        } else {
                            outcome.figures.negated()
                        };
                        parts
                            .entry((outcome.path.clone(), outcome.currency))
                            .or_default()
                            .add(&figures)
                    })?;
                }
                for ((path, currency), figures) in &parts {
                    part(*cause, path, *currency, figures)?;
                }
            }
        }
        // The same rows with what the data-driven model learned since.
        let learned = Question {
            origins: origins_learned.as_ref().unwrap_or(&origins_as_then),
            ..then
        };
        if origins_learned.is_some() {
            whole(tx, (then, learned), Cause::Reattributed, part).await?;
        }
        if as_then.counts_as(self.now) && request.attribution == request.attribution_then {
            return Ok(());
        }
        whole(tx, (learned, now), Cause::Definition, part).await
    }
}

/// Everything once more, as one question counts it and as the other does.
async fn whole(
    tx: &mut Tx,
    (before, after): (Question<'_>, Question<'_>),
    cause: Cause,
    part: &mut impl FnMut(Cause, &Path, Currency, &Figures) -> Result<()>,
) -> Result<()> {
    for (question, sign) in [(before, false), (after, true)] {
        outcome::read(tx, question, |row| {
            let figures = if sign {
                row.figures
            } else {
                row.figures.negated()
            };
            part(cause, row.path, row.currency, &figures)
        })
        .await?;
    }
    Ok(())
}

/// The rows of all ledgers by their keys.
fn side_by_side(before: Ledger<'_>, after: Ledger<'_>, causes: Vec<Ledger<'_>>) -> Changes {
    let mut order: Vec<Currency> = Vec::new();
    let mut groups: BTreeMap<Currency, Merged> = BTreeMap::new();
    let places = causes.len();
    let mut take = |ledger: Ledger<'_>, at: At| {
        for group in ledger.into_groups(false, false) {
            if !order.contains(&group.currency) {
                order.push(group.currency);
            }
            groups
                .entry(group.currency)
                .or_default()
                .take(group, at, places);
        }
    };
    take(after, At::After);
    take(before, At::Before);
    for (nth, cause) in causes.into_iter().enumerate() {
        take(cause, At::Part(nth));
    }
    Changes {
        groups: order
            .into_iter()
            .filter_map(|currency| {
                let merged = groups.remove(&currency)?;
                Some(merged.finished(currency))
            })
            .collect(),
    }
}

#[derive(Clone, Copy)]
enum At {
    Before,
    After,
    Part(usize),
}

#[derive(Default)]
struct Merged {
    rows: Vec<ChangeRow>,
    by_key: HashMap<String, usize>,
    unattributed: Change,
    total: Change,
}

impl Merged {
    fn take(&mut self, group: CurrencyGroup, at: At, places: usize) {
        for row in group.rows {
            let figures = row.figures;
            let place = *self.by_key.entry(row.key.clone()).or_insert_with(|| {
                let change = Change::default();
                self.rows.push(ChangeRow { row, change });
                self.rows.len() - 1
            });
            if let Some(row) = self.rows.get_mut(place) {
                row.change.set(at, figures, places);
            }
        }
        self.unattributed
            .set(at, group.unattributed.figures, places);
        self.total.set(at, group.total.figures, places);
    }

    fn finished(mut self, currency: Currency) -> ChangeGroup {
        for change in self
            .rows
            .iter_mut()
            .map(|row| &mut row.change)
            .chain([&mut self.unattributed, &mut self.total])
        {
            change.explain_rest();
        }
        self.rows
            .retain(|row| row.change.parts.iter().any(|part| !part.is_nothing()));
        ChangeGroup {
            currency,
            rows: self.rows,
            unattributed: self.unattributed,
            total: self.total,
        }
    }
}

impl Change {
    fn set(&mut self, at: At, figures: Figures, places: usize) {
        self.parts.resize(places, Figures::default());
        match at {
            At::Before => self.before = figures,
            At::After => self.after = figures,
            At::Part(nth) => {
                if let Some(part) = self.parts.get_mut(nth) {
                    *part = figures;
                }
            }
        }
    }

    /// Whatever the causes leave over is told as such.
    fn explain_rest(&mut self) {
        let mut rest = self.after;
        let known = self.parts.iter().chain([&self.before]);
        if known
            .map(Figures::negated)
            .try_for_each(|part| rest.add(&part))
            .is_ok()
            && !rest.is_nothing()
            && let Some(last) = self.parts.last_mut()
        {
            *last = rest;
        }
    }
}
