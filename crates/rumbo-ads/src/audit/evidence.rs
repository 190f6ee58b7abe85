//! What is stored of the days of an export, and what tells why a cell of it differs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Result, TimeZone};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_platform::Scope;

use super::cause::{Cause, settings_differ};
use super::directory::{Directory, Key};
use super::figure::{Figure, Printed, Stored, agree};
use super::file::{Export, FileRow, Level};
use super::sums::{Sums, Version};
use crate::insights::{StoredActions, decimal_micros};
use crate::objects::AdAccountRow;
use crate::runs::RunKind;
use crate::sync::{Kind, RESTATEMENT_DAYS, slices};

rumbo_db::statements! {
    STANDING = "SELECT day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, run, \
        CAST(NULL AS BIGINT) AS replaced_by_run \
        FROM ad_insights WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4 \
        ORDER BY day, ad_id";
    FORMER = "SELECT day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, \
        link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, run, \
        replaced_by_run \
        FROM ad_insight_journal WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4 \
        ORDER BY day, ad_id, replaced_by_run";
    RUNS = "SELECT seq, kind, started_at FROM sync_runs WHERE workspace_id = $1";
}

/// Ad-days in the order of their days, by what they are of.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    versions: Vec<Version>,
    places: HashMap<Level, HashMap<Key, Vec<usize>>>,
}

impl Shelf {
    fn new(versions: Vec<Version>, directory: &Directory, levels: &BTreeSet<Level>) -> Self {
        let mut places: HashMap<Level, HashMap<Key, Vec<usize>>> = HashMap::new();
        for level in levels {
            let of_level = places.entry(*level).or_default();
            for (at, version) in versions.iter().enumerate() {
                if let Some(key) = directory.of_ad(version.ad_id, *level) {
                    of_level.entry(key).or_default().push(at);
                }
            }
        }
        Self { versions, places }
    }

    /// Those of one object in these days.
    pub fn of(&self, key: Key, days: DateRange) -> impl Iterator<Item = &Version> + Clone {
        let places = self
            .places
            .get(&key.level)
            .and_then(|of_level| of_level.get(&key))
            .map_or(&[][..], Vec::as_slice);
        let day = |at: usize| self.versions.get(at).map(|version| version.day);
        let from = places.partition_point(|at| day(*at) < Some(days.from));
        let to = places.partition_point(|at| day(*at) <= Some(days.to));
        places
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .filter_map(|at| self.versions.get(*at))
    }

    /// The objects of a level that have any.
    pub fn keys(&self, level: Level) -> impl Iterator<Item = Key> + '_ {
        self.places
            .get(&level)
            .into_iter()
            .flat_map(|of_level| of_level.keys().copied())
    }
}

/// Everything the store knows of the days of an export.
#[derive(Debug)]
pub(super) struct Evidence {
    pub standing: Shelf,
    former: Shelf,
    /// Days that were read from Meta, and when.
    reads: Vec<(DateRange, DateTime<Utc>)>,
    /// Of each run whether it read a file, and when it began.
    runs: HashMap<i64, (bool, DateTime<Utc>)>,
    zone: TimeZone,
}

/// A row of the export and what is stored for it.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub export: &'a Export,
    pub row: &'a FileRow,
    pub key: Key,
    pub sums: &'a Sums,
}

impl Case<'_> {
    fn file(&self, figure: Figure) -> Option<Printed> {
        self.row.cells.get(&figure).copied().flatten()
    }

    fn stored(&self, figure: Figure, sums: &Sums) -> Stored {
        figure.of(sums, self.row.result_kind.as_deref())
    }

    /// Whether the cell says what these sums say.
    fn is_said_by(&self, figure: Figure, sums: &Sums) -> bool {
        let stored = match self.stored(figure, sums) {
            Stored::Number(number) => Some(number),
            Stored::Nothing => None,
            Stored::NotComparable(_) => return false,
        };
        agree(self.file(figure), stored, self.export.precision.of(figure)) == Some(true)
    }

    /// Whether every figure of the row that can be compared is what these sums say.
    fn is_all_said_by(&self, sums: &Sums) -> bool {
        self.row.cells.iter().all(|(figure, file)| {
            let stored = match self.stored(*figure, sums) {
                Stored::Number(number) => Some(number),
                Stored::Nothing => None,
                Stored::NotComparable(_) => return true,
            };
            agree(*file, stored, self.export.precision.of(*figure)) != Some(false)
        })
    }
}

impl Evidence {
    pub async fn load(
        tx: &mut Tx,
        scope: &Scope,
        account: &AdAccountRow,
        days: DateRange,
        directory: &Directory,
        levels: &BTreeSet<Level>,
    ) -> Result<Self> {
        // The days beside them tell whether the file's begin at another hour.
        let wider = DateRange {
            from: days.from.pred_opt().unwrap_or(days.from),
            to: days.to.succ_opt().unwrap_or(days.to),
        };
        let mut shelves = Vec::new();
        for statement in [STANDING, FORMER] {
            let versions: Vec<Version> = on_tx!(tx, |c| sqlx::query_as(statement)
                .bind(scope.workspace)
                .bind(account.id)
                .bind(wider.from)
                .bind(wider.to)
                .fetch_all(c)
                .await)
            .db()?;
            shelves.push(Shelf::new(versions, directory, levels));
        }
        let former = shelves.pop().unwrap_or_default();
        let standing = shelves.pop().unwrap_or_default();
        let runs: Vec<(i64, String, DateTime<Utc>)> = on_tx!(tx, |c| sqlx::query_as(RUNS)
            .bind(scope.workspace)
            .fetch_all(c)
            .await)
        .db()?;
        let reads = slices::load(
            tx,
            scope.workspace,
            &format!("act:{}", account.external_id),
            Kind::Insights,
        )
        .await?
        .into_iter()
        .filter_map(|slice| {
            let days = DateRange {
                from: slice.since,
                to: slice.until,
            };
            Some((days, slice.confirmed_at?))
        })
        .collect();
        Ok(Self {
            standing,
            former,
            reads,
            runs: runs
                .into_iter()
                .map(|(seq, kind, at)| (seq, (kind == RunKind::AdsImport.word(), at)))
                .collect(),
            zone: account.timezone(),
        })
    }

    /// When a day was last read from Meta.
    fn read_at(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        self.reads
            .iter()
            .filter(|(days, _)| days.contains(day))
            .map(|(_, at)| *at)
            .max()
    }

    /// When any of the days was last read from Meta.
    pub fn last_read(&self, days: DateRange) -> Option<DateTime<Utc>> {
        self.reads
            .iter()
            .filter(|(read, _)| read.from <= days.to && days.from <= read.to)
            .map(|(_, at)| *at)
            .max()
    }

    /// The currency of what is stored, where it is not the file's.
    pub fn other_currency(&self, case: &Case<'_>) -> Option<Cause> {
        let file = case.export.currency?;
        self.standing
            .of(case.key, case.row.days)
            .filter_map(|version| Currency::of_record(&version.currency).ok())
            .find(|stored| *stored != file)
            .map(|stored| Cause::OtherCurrency { file, stored })
    }

    /// Why these figures of a row differ: of each the best explained cause.
    pub fn causes(
        &self,
        directory: &Directory,
        case: &Case<'_>,
        differing: &BTreeSet<Figure>,
    ) -> BTreeMap<Figure, Cause> {
        let mut found: BTreeMap<Figure, Cause> = BTreeMap::new();
        if let Some(cause) = self.not_read(case) {
            return differing.iter().map(|f| (*f, cause.clone())).collect();
        }
        self.restated(case, differing, &mut found);
        if let Some(cause) = self.shifted(case) {
            for figure in differing {
                found.entry(*figure).or_insert_with(|| cause.clone());
            }
        }
        let versions: Vec<&Version> = self.standing.of(case.key, case.row.days).collect();
        let actions = ActionSums::of(&versions);
        let weak = self.weak(directory, case, &versions);
        for figure in differing {
            if found.contains_key(figure) {
                continue;
            }
            let cause = actions
                .counted(case, *figure)
                .or_else(|| other_setting(case, &versions, *figure))
                .or_else(|| follows(*figure, differing))
                .or_else(|| rounding(case, *figure))
                .or_else(|| weak.clone())
                .unwrap_or(Cause::Unknown);
            found.insert(*figure, cause);
        }
        found
    }

    /// Why nothing is stored for a row that has figures.
    pub fn absent(&self, directory: &Directory, case: &Case<'_>) -> Cause {
        self.not_read(case)
            .or_else(|| self.taken_away(case))
            .or_else(|| self.shifted(case))
            .or_else(|| self.weak(directory, case, &[]))
            .unwrap_or(Cause::Unknown)
    }

    /// Days of the row that neither Meta nor a file told.
    fn not_read(&self, case: &Case<'_>) -> Option<Cause> {
        let stored: BTreeSet<NaiveDate> = self
            .standing
            .of(case.key, case.row.days)
            .map(|version| version.day)
            .collect();
        let missing: Vec<NaiveDate> = case
            .row
            .days
            .iter()
            .filter(|day| !stored.contains(day) && self.read_at(*day).is_none())
            .collect();
        let first = missing.first().copied()?;
        let days = u32::try_from(missing.len()).unwrap_or(u32::MAX);
        Some(Cause::DaysNotRead { first, days })
    }

    fn run(&self, run: i64) -> Cause {
        match self.runs.get(&run).copied() {
            Some((true, at)) => Cause::ReplacedByFile { run, at },
            Some((false, at)) => Cause::Restated { run, at },
            None => Cause::Unknown,
        }
    }

    /// Walks back from what stands, run by run, and says of each step what was known before it.
    fn before_each_run(&self, case: &Case<'_>, mut say: impl FnMut(i64, &Sums)) {
        let standing = self.standing.of(case.key, case.row.days);
        let former = self.former.of(case.key, case.row.days);
        let mut runs: BTreeSet<i64> = standing.clone().map(|version| version.run).collect();
        for version in former.clone() {
            runs.insert(version.run);
            runs.extend(version.replaced_by_run);
        }
        let mut leaves: HashMap<i64, Vec<&Version>> = HashMap::new();
        let mut returns: HashMap<i64, Vec<&Version>> = HashMap::new();
        for version in standing.clone().chain(former.clone()) {
            leaves.entry(version.run).or_default().push(version);
        }
        for version in former {
            if let Some(run) = version.replaced_by_run {
                returns.entry(run).or_default().push(version);
            }
        }
        let actions = case.export.counts_actions();
        let mut sums = Sums::of(standing, actions);
        for run in runs.into_iter().rev() {
            for version in returns.get(&run).into_iter().flatten() {
                sums.add(version, actions);
            }
            for version in leaves.get(&run).into_iter().flatten() {
                sums.take(version, actions);
            }
            if sums.ad_days() > 0 {
                say(run, &sums);
            }
        }
    }

    /// What the file says is what Rumbo had before a run.
    fn restated(
        &self,
        case: &Case<'_>,
        differing: &BTreeSet<Figure>,
        found: &mut BTreeMap<Figure, Cause>,
    ) {
        self.before_each_run(case, |run, sums| {
            for figure in differing {
                if !found.contains_key(figure) && case.is_said_by(*figure, sums) {
                    found.insert(*figure, self.run(run));
                }
            }
        });
        // Reach and frequency are those of one row, and not of a sum that was walked back.
        for version in self.former.of(case.key, case.row.days) {
            let alone = Sums::of([version], false);
            for figure in differing.iter().filter(|figure| figure.is_one_answer()) {
                if let (true, Some(run)) =
                    (case.is_said_by(*figure, &alone), version.replaced_by_run)
                {
                    found.insert(*figure, self.run(run));
                }
            }
        }
        found.retain(|_, cause| *cause != Cause::Unknown);
    }

    /// A run took the whole row away.
    fn taken_away(&self, case: &Case<'_>) -> Option<Cause> {
        let mut found = None;
        self.before_each_run(case, |run, sums| {
            if found.is_none() && case.is_all_said_by(sums) {
                found = Some(self.run(run)).filter(|cause| *cause != Cause::Unknown);
            }
        });
        found
    }

    /// The row is what is stored for one day earlier or later.
    fn shifted(&self, case: &Case<'_>) -> Option<Cause> {
        let delivered = [Figure::Spend, Figure::Impressions].iter().any(|figure| {
            case.file(*figure)
                .is_some_and(|printed| printed.micros != 0)
        });
        if !delivered {
            return None;
        }
        [true, false].into_iter().find_map(|later| {
            let days = moved(case.row.days, later)?;
            let actions = case.export.counts_actions();
            let sums = Sums::of(self.standing.of(case.key, days), actions);
            (sums.ad_days() > 0 && case.is_all_said_by(&sums)).then_some(Cause::DayShift { later })
        })
    }

    /// What makes a difference likely without proving it.
    fn weak(&self, directory: &Directory, case: &Case<'_>, versions: &[&Version]) -> Option<Cause> {
        let unsettled = case
            .row
            .days
            .iter()
            .filter_map(|day| Some((day, self.read_at(day)?)))
            .filter(|(day, at)| {
                day.checked_add_days(Days::new(RESTATEMENT_DAYS))
                    .is_some_and(|until| self.zone.day_of(*at) <= until)
            })
            .last();
        if let Some((day, read_at)) = unsettled {
            return Some(Cause::NotSettled { day, read_at });
        }
        let from_file = versions
            .iter()
            .filter_map(|version| Some((version.run, self.runs.get(&version.run)?)))
            .find(|(_, (is_file, _))| *is_file);
        if let Some((run, (_, at))) = from_file {
            return Some(Cause::FromFile { run, at: *at });
        }
        directory
            .object(case.key)
            .and_then(|object| object.deleted_at)
            .map(|since| Cause::ObjectDeleted { since })
    }
}

fn moved(days: DateRange, later: bool) -> Option<DateRange> {
    let one = |day: NaiveDate| {
        if later {
            day.succ_opt()
        } else {
            day.pred_opt()
        }
    };
    Some(DateRange {
        from: one(days.from)?,
        to: one(days.to)?,
    })
}

/// The actions of some ad-days by type, and by window.
#[derive(Debug, Default)]
struct ActionSums {
    counts: BTreeMap<String, i64>,
    values: BTreeMap<String, i64>,
    count_windows: BTreeMap<(String, String), i64>,
    value_windows: BTreeMap<(String, String), i64>,
}

impl ActionSums {
    fn of(versions: &[&Version]) -> Self {
        let mut sums = Self::default();
        for text in versions.iter().filter_map(|v| v.actions.as_ref()) {
            let Ok(stored) = StoredActions::parse(text.as_str()) else {
                continue;
            };
            for (money, action) in stored
                .counts()
                .map(|action| (false, action))
                .chain(stored.values().map(|action| (true, action)))
            {
                let kind = action.action_type.into_owned();
                let (alone, windows) = if money {
                    (&mut sums.values, &mut sums.value_windows)
                } else {
                    (&mut sums.counts, &mut sums.count_windows)
                };
                for (window, value) in action.windows {
                    if let Some((micros, _)) = decimal_micros(&value) {
                        *windows
                            .entry((kind.clone(), window.into_owned()))
                            .or_default() += micros;
                    }
                }
                if let Some((micros, _)) = decimal_micros(&action.value) {
                    *alone.entry(kind).or_default() += micros;
                }
            }
        }
        sums
    }

    /// The file counts another type of action, or one window of it.
    fn counted(&self, case: &Case<'_>, figure: Figure) -> Option<Cause> {
        let file = case.file(figure).filter(|printed| printed.micros != 0)?;
        let own = figure.action(case.row.result_kind.as_deref());
        let (alone, windows) = if figure == Figure::PurchaseValue {
            (&self.values, &self.value_windows)
        } else {
            (&self.counts, &self.count_windows)
        };
        let decimals = case.export.precision.of(figure);
        let same = |micros: i64| super::figure::Exact::micros(micros).is_printed_as(file, decimals);
        alone
            .iter()
            .filter(|(kind, _)| figure.may_count(kind) && own != Some(kind.as_str()))
            .find(|(_, micros)| same(**micros))
            .map(|(kind, _)| Cause::ActionType {
                action: kind.clone(),
            })
            .or_else(|| {
                windows
                    .iter()
                    .filter(|((kind, _), _)| match own {
                        Some(own) => own == kind,
                        None => figure.may_count(kind),
                    })
                    .find(|(_, micros)| same(**micros))
                    .map(|((kind, window), _)| Cause::AttributionWindow {
                        action: kind.clone(),
                        window: window.clone(),
                    })
            })
    }
}

/// The file says another attribution setting than the stored rows.
fn other_setting(case: &Case<'_>, versions: &[&Version], figure: Figure) -> Option<Cause> {
    let file = case
        .row
        .attribution_setting
        .as_ref()
        .filter(|_| figure.is_attributed())?;
    versions
        .iter()
        .filter_map(|version| version.attribution_setting.as_ref())
        .find(|stored| settings_differ(file, stored))
        .map(|stored| Cause::AttributionSetting {
            file: file.clone(),
            stored: stored.clone(),
        })
}

/// A quotient differs as what it is made of.
pub(super) fn follows(figure: Figure, differing: &BTreeSet<Figure>) -> Option<Cause> {
    figure
        .parts()?
        .into_iter()
        .find(|part| differing.contains(part))
        .map(|figure| Cause::Follows { figure })
}

/// Each ad-day is rounded to coins, and Meta rounds the whole once.
fn rounding(case: &Case<'_>, figure: Figure) -> Option<Cause> {
    let file = case.file(figure)?;
    let Stored::Number(stored) = case.stored(figure, case.sums) else {
        return None;
    };
    let ad_days = case.sums.ad_days();
    let spread = case.export.precision.half_coin().saturating_mul(ad_days);
    let explains = match (figure, figure.parts()) {
        (Figure::Spend | Figure::PurchaseValue, _) => ad_days > 1 && stored.is_within(file, spread),
        (_, Some([part @ (Figure::Spend | Figure::PurchaseValue), _])) => {
            match case.stored(part, case.sums) {
                Stored::Number(part) => stored.is_within_share(file, spread, part),
                _ => false,
            }
        }
        _ => false,
    };
    explains.then(|| Cause::Rounding {
        parts: u32::try_from(ad_days).unwrap_or(u32::MAX),
    })
}
