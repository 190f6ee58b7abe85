//! Why a report says something else than before.
//!
//! The difference between a report as of one moment and as of a later one is cut into causes,
//! row by row, so that the parts add up to it exactly. A row of the CRM goes from what it was to
//! what it is in steps, each of which is one cause: first its refunds, then its amount, then the
//! touches it is credited to. What Meta says goes ad-day by ad-day. What is left at the end comes
//! from how a report counts: its way of crediting, the time zone of the workspace or an account.
//!
//! Of reports in one currency the rates come first: what the rows of the earlier one are worth by the
//! rates of the later one, less what they were worth. Every other cause is valued by the later rates.

mod behind;
mod cause;
mod figure;
mod merged;
mod steps;
mod valued;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, Currency, DateRange, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use uuid::Uuid;

use crate::attribution::{Attribution, Model};
use crate::data_driven::Lesson;
use crate::exchange::{ChangedRate, Exchange, Exchanged, MissingRates};
use crate::figures::Figures;
use crate::path::{Grain, Path};
use crate::read::delivered::{self, AdDayVersion, ad_days, daily};
use crate::read::directory::Directory;
use crate::read::moment::{Moment, NEVER};
use crate::read::origin::Origins;
use crate::read::outcome::packed::runs;
use crate::read::outcome::{self, Crediting, Kind, Outcome, Question};
use crate::read::place::Place;
use crate::roi::{Filter, Ledger, RoiRow};

use behind::{Behind, Gathering};
pub use behind::{ChangedRowsRequest, changed_rows};
pub use cause::Cause;
pub use figure::MetricChange;
use merged::side_by_side;
pub(crate) use steps::STATEMENTS;
use steps::{Since, steps};
use valued::{AdDays, Rates};

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
    /// Bring both to this currency, row by row at the rate of its day, each by the rates that were
    /// kept at its moment.
    pub convert_to: Option<Currency>,
}

/// The answer. The workspace's currency first, or the one converted to; then by code.
#[derive(Clone, Debug)]
pub struct Changes {
    pub groups: Vec<ChangeGroup>,
    /// How the later report came into one currency, when that was asked for.
    pub exchanged: Option<Exchanged>,
    /// What could not be converted of the earlier one, and had a group of its own.
    pub missing_then: Vec<MissingRates>,
    /// The rates for the rows of the earlier report that are others now, by currency and day.
    pub rates: Vec<ChangedRate>,
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
    scope
        .db
        .attentively(Box::pin(made(scope, &request, None)))
        .await
}

/// The changes; what is gathered is told from which rows they come.
async fn made(
    scope: &Scope,
    request: &ChangesRequest,
    mut gathering: Option<&mut Gathering<'_>>,
) -> Result<Changes> {
    let mut tx = scope.read().await?;
    let then = Place::read(&mut tx, scope, Some(request.since)).await?;
    let until = request.until.unwrap_or(NEVER);
    let now = Place::read(&mut tx, scope, Some(until)).await?;
    let directory = Directory::read(&mut tx, &now, request.grain.max(Grain::Ad)).await?;
    let ledger = |exchange: &Exchange| {
        Ledger::new(request.grain, &now, &directory, &request.filter).exchanging(exchange)
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
        let mut origins = origins_now.clone();
        let learned = Lesson::of(scope, &now, &directory, request.range, window)
            .learn(&mut tx, &mut origins)
            .await?;
        origins_since = learned.is_enough().then_some(origins);
    }
    let (credits, credited) = (request.attribution, request.attribution_then);
    let same = (credits.model, credits.window) == (credited.model, credited.window);
    match &origins_since {
        // Learned already: once is enough.
        Some(since) if same => origins_now = since.clone(),
        _ => {
            Lesson::of(scope, &now, &directory, request.range, credits.window)
                .for_report(&mut tx, &mut origins_now, credits)
                .await?;
        }
    }
    let told = Told {
        request,
        rows_apart: gathering.is_some(),
        then: &then,
        now: &now,
        directory: &directory,
        origins_then: &origins_then,
        origins_now: &origins_now,
        origins_since: origins_since.as_ref(),
    };
    let mut rates = Rates::read(&mut tx, &told).await?;
    let before = loop {
        let mut before = ledger(&rates.then);
        let question = told.question_then();
        told.report(&mut tx, question, &mut rates.then, &mut before)
            .await?;
        if !rates.then.keeps_more() {
            break before;
        }
    };
    let after = loop {
        let mut after = ledger(&rates.now);
        let question = told.question_now();
        told.report(&mut tx, question, &mut rates.now, &mut after)
            .await?;
        if !rates.now.keeps_more() {
            break after;
        }
    };
    rates.begin_steps();
    let causes = loop {
        let mut causes: Vec<Ledger> = Cause::ALL.iter().map(|_| ledger(&rates.steps)).collect();
        if let Some(gathering) = gathering.as_deref_mut() {
            gathering.begin();
        }
        let mut part = |cause: Cause,
                        behind: Behind<'_>,
                        path: &Path,
                        currency: Currency,
                        figures: &Figures| {
            if let Some(gathering) = gathering.as_deref_mut() {
                gathering.take(cause, behind, path, currency, figures)?;
            }
            let at = Cause::ALL.iter().position(|known| *known == cause);
            match at.and_then(|at| causes.get_mut(at)) {
                Some(ledger) if !figures.is_nothing() => ledger.add(path, currency, figures),
                _ => Ok(()),
            }
        };
        told.ad_days(&mut tx, &mut rates, &mut part).await?;
        told.rows(&mut tx, &mut rates.steps, &mut part).await?;
        told.revalued(&mut tx, &mut rates, &mut part).await?;
        if !rates.steps.keeps_more() {
            break causes;
        }
    };
    if let Some(gathering) = gathering {
        gathering.finish(&mut tx, (&then, &now), &directory).await?;
    }
    let groups = |ledger: Ledger<'_>| ledger.into_groups(false, false);
    let after = groups(after);
    let changed = rates.then.changed_in(&rates.now);
    let missing_then = rates.then.take_missing();
    let exchanged = {
        let to = rates.now.to();
        let group = after.iter().find(|group| Some(group.currency) == to);
        let converted = group.map(|group| group.converted.clone());
        let missing = rates.now.take_missing();
        let converted = converted.unwrap_or_default();
        rates.now.told(converted, missing, Vec::new())
    };
    let causes = causes.into_iter().map(groups).collect();
    Ok(Changes {
        groups: side_by_side(groups(before), after, causes),
        exchanged,
        missing_then,
        rates: changed,
    })
}

/// Both moments, and what is asked of them.
struct Told<'a> {
    request: &'a ChangesRequest,
    /// Whether each row is to be told from the others, which takes longer.
    rows_apart: bool,
    then: &'a Place,
    now: &'a Place,
    directory: &'a Directory,
    origins_then: &'a Origins,
    origins_now: &'a Origins,
    /// Those of the later report with what was learned for it in the way of the earlier one.
    origins_since: Option<&'a Origins>,
}

impl<'a> Told<'a> {
    fn question(
        &self,
        place: &'a Place,
        origins: &'a Origins,
        attribution: Attribution,
    ) -> Question<'a> {
        Question {
            place,
            origins,
            range: self.request.range,
            attribution,
            customers: true,
            by_source: false,
        }
    }

    /// That of the earlier report.
    fn question_then(&self) -> Question<'a> {
        let attribution = self.request.attribution_then;
        self.question(self.then, self.origins_then, attribution)
    }

    /// That of the later one.
    fn question_now(&self) -> Question<'a> {
        self.question(self.now, self.origins_now, self.request.attribution)
    }

    /// What the report of a moment says.
    async fn report(
        &self,
        tx: &mut Tx,
        question: Question<'a>,
        exchange: &mut Exchange,
        ledger: &mut Ledger<'_>,
    ) -> Result<()> {
        let ChangesRequest {
            range,
            grain,
            filter,
            ..
        } = self.request;
        let place = question.place;
        for (path, sum) in exchange
            .delivered(tx, place, self.directory, *range, *grain, filter)
            .await?
        {
            ledger.add_turned(&path, &sum)?;
        }
        outcome::read(tx, question, |row| {
            if filter.allows(row.path) {
                ledger.add_turned(row.path, &exchange.turn_outcome(row)?)
            } else {
                Ok(())
            }
        })
        .await
    }

    /// What Meta says: each ad-day that is another one than then, and what the rates make of it.
    async fn ad_days(
        &self,
        tx: &mut Tx,
        rates: &mut Rates,
        part: &mut (impl FnMut(Cause, Behind<'_>, &Path, Currency, &Figures) -> Result<()> + Send),
    ) -> Result<()> {
        let ChangesRequest {
            range,
            grain,
            filter,
            ..
        } = self.request;
        let moment = |place: &Place| place.moment.unwrap_or(Moment::LAST);
        let ends = rates.ends();
        let accounts = self.now.allowed(filter);
        let days = if ends.then || ends.now {
            let all: BTreeSet<NaiveDate> = range.iter().collect();
            let accounts = accounts.iter();
            accounts.map(|account| (account.id, all.clone())).collect()
        } else {
            // A day that is as it was, by the same rates, adds nothing.
            let since = [self.then, self.now].into_iter();
            let since = since.min_by_key(|place| moment(place).run);
            let since = since.unwrap_or(self.then);
            ad_days::changed_since(tx, since, &accounts, *range).await?
        };
        for account in accounts {
            let (mut before, mut after) = (HashMap::new(), HashMap::new());
            for days in days.get(&account.id).map(runs).unwrap_or_default() {
                for (place, versions) in [(self.then, &mut before), (self.now, &mut after)] {
                    let moment = moment(place);
                    versions
                        .extend(delivered::versions(tx, place, moment, days, account.id).await?);
                }
            }
            let open = self.open_day(account.id);
            let known: HashSet<NaiveDate> = before.keys().map(|(day, _)| *day).collect();
            let mut keys: Vec<_> = before.keys().chain(after.keys()).copied().collect();
            keys.sort_by_cached_key(|(day, ad)| (*day, daily::within_day(*ad, self.directory)));
            keys.dedup();
            let mut ad_days = AdDays::default();
            for key in keys {
                let (old, new) = (before.get(&key), after.get(&key));
                if old == new && rates.are_none() {
                    continue;
                }
                let (day, ad) = key;
                let path = delivered::path(*grain, ad, account.id, self.directory);
                if !filter.allows(&path) {
                    continue;
                }
                let cause = if day >= open || !known.contains(&day) {
                    Cause::NewDays
                } else {
                    Cause::Restated
                };
                let row = |version: &AdDayVersion| daily::Row {
                    id: ad.0,
                    account: account.id,
                    currency: version.currency,
                    day,
                    figures: version.figures,
                };
                let parts = ad_days.parts(rates, cause, old.map(row), new.map(row))?;
                let behind = Behind::AdDay {
                    day,
                    account: account.id,
                    ad,
                    is_there: new.is_some(),
                };
                for ((cause, currency), figures) in &parts {
                    part(*cause, behind, &path, *currency, figures)?;
                }
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
        exchange: &mut Exchange,
        part: &mut (impl FnMut(Cause, Behind<'_>, &Path, Currency, &Figures) -> Result<()> + Send),
    ) -> Result<()> {
        let (request, since) = (self.request, self.request.since);
        // The steps of a row count as the earlier report did, with the accounts of today.
        let as_then = self.now.counting_as(self.then);
        let mut origins_as_then = Origins::read(tx, &as_then, self.directory).await?;
        origins_as_then.weigh_as(self.origins_then);
        let mut origins_learned = None;
        if let Some(since) = self.origins_since {
            let mut origins = origins_as_then.clone();
            origins.weigh_as(since);
            origins_learned = Some(origins);
        }
        let then = Question {
            place: &as_then,
            origins: &origins_as_then,
            ..self.question_then()
        };
        let old = outcome::changed(tx, &self.question_then(), since).await?;
        let new = outcome::changed(tx, &then, since).await?;
        let keys: BTreeSet<&(Kind, Uuid)> = old.keys().chain(new.keys()).collect();
        let model = [request.attribution_then.model];
        let mut crediting = Crediting::new(then, &model);
        let basis = request.attribution_then.basis;
        let since = Since::read(tx, as_then.workspace, since, basis).await?;
        for key in keys {
            let steps = steps(*key, old.get(key), new.get(key), &since);
            for (cause, from, to) in &steps {
                let mut parts: HashMap<(Path, Currency), (Figures, NaiveDate)> = HashMap::new();
                for (row, sign) in [(from, false), (to, true)] {
                    let Some(row) = row else { continue };
                    crediting.credit(key.0, row, &mut |_, outcome| {
                        if !request.range.contains(outcome.day)
                            || !request.filter.allows(outcome.path)
                        {
                            return Ok(());
                        }
                        let turned = exchange.turn_outcome(outcome)?;
                        let (sum, day) = parts
                            .entry((outcome.path.clone(), turned.currency))
                            .or_default();
                        *day = outcome.day;
                        sum.add(&signed(&turned.figures, sign))
                    })?;
                }
                let Some(row) = to.as_ref().or(from.as_ref()) else {
                    continue;
                };
                for ((path, currency), (figures, day)) in &parts {
                    let (kind, id, day) = (key.0, key.1, *day);
                    let behind = Behind::Row { kind, id, row, day };
                    part(*cause, behind, path, *currency, figures)?;
                }
            }
        }
        // The same rows with what the data-driven model learned since.
        let learned = Question {
            origins: origins_learned.as_ref().unwrap_or(&origins_as_then),
            ..then
        };
        if origins_learned.is_some() {
            self.whole(tx, (then, learned), Cause::Reattributed, exchange, part)
                .await?;
        }
        if as_then.counts_as(self.now) && request.attribution == request.attribution_then {
            return Ok(());
        }
        self.whole(
            tx,
            (learned, self.question_now()),
            Cause::Definition,
            exchange,
            part,
        )
        .await
    }

    /// Everything once more, as one question counts it and as the other does.
    async fn whole(
        &self,
        tx: &mut Tx,
        (before, after): (Question<'_>, Question<'_>),
        cause: Cause,
        exchange: &mut Exchange,
        part: &mut (impl FnMut(Cause, Behind<'_>, &Path, Currency, &Figures) -> Result<()> + Send),
    ) -> Result<()> {
        for (question, sign) in [(before, false), (after, true)] {
            self.outcomes(tx, question, |behind, row| {
                let turned = exchange.turn_outcome(row)?;
                let figures = signed(&turned.figures, sign);
                part(cause, behind, row.path, turned.currency, &figures)
            })
            .await?;
        }
        Ok(())
    }

    /// Goes through what the CRM says in answer to a question, each row by itself where they are to
    /// be told apart.
    async fn outcomes(
        &self,
        tx: &mut Tx,
        question: Question<'_>,
        mut each: impl FnMut(Behind<'_>, &Outcome<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let ChangesRequest { range, filter, .. } = self.request;
        if !self.rows_apart {
            return outcome::read(tx, question, |outcome| {
                if filter.allows(outcome.path) {
                    each(Behind::Sums, outcome)
                } else {
                    Ok(())
                }
            })
            .await;
        }
        let model = [question.attribution.model];
        let mut crediting = Crediting::new(question, &model);
        outcome::identified(
            tx,
            question,
            |_| true,
            |kind, id, row| {
                crediting.credit(kind, row, &mut |_, outcome| {
                    if !range.contains(outcome.day) || !filter.allows(outcome.path) {
                        return Ok(());
                    }
                    let day = outcome.day;
                    each(Behind::Row { kind, id, row, day }, outcome)
                })
            },
        )
        .await
    }

    /// What the CRM said then by the rates of the steps, less what it was worth then; and what is left
    /// between the steps and the later report.
    async fn revalued(
        &self,
        tx: &mut Tx,
        rates: &mut Rates,
        part: &mut (impl FnMut(Cause, Behind<'_>, &Path, Currency, &Figures) -> Result<()> + Send),
    ) -> Result<()> {
        let ends = rates.ends();
        for (question, moves, end) in [
            (self.question_then(), ends.then, false),
            (self.question_now(), ends.now, true),
        ] {
            if !moves {
                continue;
            }
            self.outcomes(tx, question, |behind, row| {
                let own = if end { &mut rates.now } else { &mut rates.then };
                let own = own.turn_outcome(row)?;
                let step = rates.steps.turn_outcome(row)?;
                for (turned, sign) in [(own, end), (step, !end)] {
                    let figures = signed(&turned.figures, sign);
                    part(Cause::Currency, behind, row.path, turned.currency, &figures)?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }
}

/// Figures that come in, or that go out.
fn signed(figures: &Figures, comes: bool) -> Figures {
    if comes { *figures } else { figures.negated() }
}
