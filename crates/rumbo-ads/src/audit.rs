//! An Ads Manager export against what is stored: every cell that differs, and why.
//!
//! The rows of the file are matched to stored objects by Meta's id, else by a name that one object
//! alone has; every figure is compared with the sum of the ad-days under it, for the days that the
//! row is of. `docs/csv-audit.md` says how causes are found. Nothing is written.

mod cause;
mod directory;
mod evidence;
mod figure;
mod file;
mod sums;
mod totals;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Code, Currency, DateRange, Error, Reason, Result, Told};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::import::place::{account_needed, asked_for, find as find_account, one_named};
use crate::import::rows::Named;
use crate::import::{self, AdsMapping};
use crate::objects::{AdAccountRow, accounts};
use directory::{Directory, Key, NoObject};
use evidence::{Case, Evidence};
use figure::{Printed, Stored, agree};
use file::{Export, FileRow};
use sums::Sums;

pub use cause::Cause;
pub use figure::{Figure, NotCompared};
pub use file::Level;

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![directory::STATEMENTS, evidence::STATEMENTS]
}

/// What an audit found.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The account that the file is of.
    pub account: AdAccountRow,
    /// Of the stored money.
    pub currency: Currency,
    /// Of the money of the file, where it says one.
    pub file_currency: Option<Currency>,
    /// The deepest level of its rows.
    pub level: Level,
    /// From the first day of its rows to the last.
    pub days: Option<DateRange>,
    /// When any of these days was last read from Meta.
    pub read_at: Option<DateTime<Utc>>,
    /// Rows of the file, totals among them.
    pub rows_read: u32,
    /// Rows that were compared, totals rows too.
    pub rows_compared: u32,
    pub totals_rows: u32,
    /// Rows that stand in the file twice, letter by letter, and count once.
    pub duplicates: u32,
    /// Cells of which one side says something.
    pub cells_compared: u32,
    /// Cells that are the same, to half of the last printed digit.
    pub cells_equal: u32,
    /// The others, in the order of the file.
    pub differences: Vec<Difference>,
    /// How many cells were not compared, by figure and reason.
    pub not_compared: BTreeMap<(Figure, NotCompared), u32>,
    /// Rows of the file without anything stored to compare them with.
    pub unmatched: Vec<Unmatched>,
    /// What is stored of the file's days and has no row in it.
    pub not_in_file: Vec<NotInFile>,
}

/// What something is called, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectNames {
    pub campaign: Option<String>,
    pub ad_set: Option<String>,
    pub ad: Option<String>,
}

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where its row stands in the file, counted from 1, the header included.
    pub row: usize,
    /// What it is of; `None` for a totals row, which is compared with the rows of the file.
    pub level: Option<Level>,
    pub names: ObjectNames,
    /// Meta's id of the object.
    pub external_id: Option<String>,
    pub days: DateRange,
    pub figure: Figure,
    /// Decimal text. `None` is an empty cell.
    pub file: Option<String>,
    /// Decimal text, rounded as the file is. `None` where nothing is stored.
    pub stored: Option<String>,
    /// The first less the second; `None` where they are money of two currencies.
    pub difference: Option<String>,
    pub cause: Cause,
}

/// A row of the file that was not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmatched {
    pub row: usize,
    pub level: Option<Level>,
    /// As the file calls it, by id where there is no name.
    pub names: ObjectNames,
    pub days: Option<DateRange>,
    pub spend: Option<String>,
    pub why: WhyUnmatched,
}

/// Why a row has nothing to be compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyUnmatched {
    /// Nothing here has this id of Meta's.
    UnknownId,
    /// Nothing here has this name.
    UnknownName,
    /// So many have it.
    SharedName(u32),
    /// It is of the same object and day as that other row: the file is broken down further.
    Twice(usize),
    /// The object is here, and nothing of these days.
    NotStored(Cause),
    /// It cannot be read.
    Unreadable(String, Told),
}

/// What is stored and has no row in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInFile {
    pub level: Level,
    pub names: ObjectNames,
    pub external_id: Option<String>,
    /// From the first such day to the last.
    pub days: DateRange,
    /// How many there are.
    pub day_count: u32,
    pub spend: Option<String>,
    pub impressions: Option<i64>,
}

/// Compares a file with what is stored.
///
/// # Errors
/// `NotFound` or `InvalidInput` when the file cannot be read as an export, or when it is not clear
/// which stored account it is of.
pub async fn run(scope: &Scope, path: &Path, mapping: Option<&AdsMapping>) -> Result<Audit> {
    let mapping = mapping.cloned().unwrap_or_default();
    let table = import::read(path, &mapping).await?;
    let rows_read = count(table.rows.len());
    let mut export = {
        let mapping = mapping.clone();
        tokio::task::spawn_blocking(move || file::parse(&table, &mapping))
            .await
            .map_err(Error::internal)??
    };
    let mut tx = scope.read().await?;
    let account = account_of(&mut tx, scope, &mapping, &export).await?;
    let currency = account.currency()?;
    export
        .precision
        .of_money_in(export.currency.unwrap_or(currency));
    let directory = Directory::load(&mut tx, scope.workspace, account.id).await?;
    let level = export.level();
    let levels: BTreeSet<Level> = export.rows.iter().map(FileRow::level).collect();
    let days = export.days();
    let mut audit = Audit {
        currency,
        account,
        file_currency: export.currency,
        level,
        days,
        read_at: None,
        rows_read,
        rows_compared: 0,
        totals_rows: export.totals_rows,
        duplicates: export.duplicates,
        cells_compared: 0,
        cells_equal: 0,
        differences: Vec::new(),
        not_compared: BTreeMap::new(),
        unmatched: export
            .unread
            .iter()
            .map(|unread| Unmatched {
                row: unread.number,
                level: None,
                names: ObjectNames::default(),
                days: None,
                spend: None,
                why: WhyUnmatched::Unreadable(unread.reason.clone(), unread.told.clone()),
            })
            .collect(),
        not_in_file: Vec::new(),
    };
    if let Some(days) = days {
        let evidence =
            Evidence::load(&mut tx, scope, &audit.account, days, &directory, &levels).await?;
        drop(tx);
        audit.read_at = evidence.last_read(days);
        // Comparing is work for a processor, and not for the thread that answers.
        audit = tokio::task::spawn_blocking(move || {
            compare(&mut audit, &export, &directory, &evidence);
            audit
        })
        .await
        .map_err(Error::internal)?;
    }
    Ok(audit)
}

/// The stored account that a file is of: the one named, or the only one, or the only one that has
/// any of its campaigns, or the only one with its currency.
async fn account_of(
    tx: &mut Tx,
    scope: &Scope,
    mapping: &AdsMapping,
    export: &Export,
) -> Result<AdAccountRow> {
    let stored = accounts(tx, scope.workspace).await?;
    let named = one_named(export.rows.iter().map(|row| &row.account))?;
    let asked = mapping.account.as_deref().map(asked_for);
    if let Some(wanted) = asked.as_ref().or(named) {
        let name = wanted.name.as_deref().or(wanted.id.as_deref());
        return find_account(&stored, wanted).cloned().ok_or_else(|| {
            let name = name.unwrap_or_default();
            Error::new(
                Code::NotFound,
                format!(
                    "There is no ad account \"{name}\" here. Choose one of those that are, or sync or import it first."
                ),
            )
            .reason(Reason::AccountUnknown)
            .param("account", name)
            .field("account")
        });
    }
    if let [only] = stored.as_slice() {
        return Ok(only.clone());
    }
    let of_campaigns = directory::accounts_of(tx, scope.workspace, &export.rows).await?;
    let mut having = stored.iter().filter(|row| of_campaigns.contains(&row.id));
    if let (Some(only), None) = (having.next(), having.next()) {
        return Ok(only.clone());
    }
    let mut fitting = stored.iter().filter(|row| {
        export
            .currency
            .is_some_and(|currency| row.currency().is_ok_and(|own| own == currency))
    });
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only.clone()),
        _ if stored.is_empty() => Err(Error::new(
            Code::NotFound,
            "There is no ad account here to compare the file with. Sync one, or import a file of it, first.",
        )
        .reason(Reason::NothingToCompare)
        .field("account")),
        _ => Err(account_needed()),
    }
}

fn compare(audit: &mut Audit, export: &Export, directory: &Directory, evidence: &Evidence) {
    let mut covered: HashMap<Key, Vec<DateRange>> = HashMap::new();
    let actions = export.counts_actions();
    let mut taken: HashMap<Key, Vec<(DateRange, usize)>> = HashMap::new();
    for row in &export.rows {
        let key = match directory.find(row) {
            Ok(key) => key,
            Err(none) => {
                let why = match none {
                    NoObject::UnknownId => WhyUnmatched::UnknownId,
                    NoObject::UnknownName => WhyUnmatched::UnknownName,
                    NoObject::SharedName(keys) => {
                        // Said once: they are not missing from the file as well.
                        for key in &keys {
                            covered.entry(*key).or_default().push(row.days);
                        }
                        WhyUnmatched::SharedName(count(keys.len()))
                    }
                };
                audit.unmatched.push(unmatched(row, export, why));
                continue;
            }
        };
        let same = taken.entry(key).or_default();
        let other = same
            .iter()
            .find(|(days, _)| days.from <= row.days.to && row.days.from <= days.to);
        if let Some((_, other)) = other {
            let why = WhyUnmatched::Twice(*other);
            audit.unmatched.push(unmatched(row, export, why));
            continue;
        }
        same.push((row.days, row.number));
        covered.entry(key).or_default().push(row.days);
        let sums = Sums::of(evidence.standing.of(key, row.days), actions);
        let case = Case {
            export,
            row,
            key,
            sums: &sums,
        };
        if sums.ad_days() == 0 && !row.is_nothing() {
            let why = WhyUnmatched::NotStored(evidence.absent(directory, &case));
            audit.unmatched.push(unmatched(row, export, why));
            continue;
        }
        audit.rows_compared += 1;
        compare_row(audit, directory, evidence, &case);
    }
    totals::compare(audit, export);
    not_in_file(audit, directory, evidence, &covered);
    audit.differences.sort_by_key(|found| found.row);
    audit.unmatched.sort_by_key(|found| found.row);
}

fn compare_row(audit: &mut Audit, directory: &Directory, evidence: &Evidence, case: &Case<'_>) {
    let (row, export) = (case.row, case.export);
    let other_currency = evidence.other_currency(case);
    let mut differing: BTreeMap<Figure, Stored> = BTreeMap::new();
    let mut of_other_currency: Vec<Figure> = Vec::new();
    for (figure, file) in &row.cells {
        let value = figure.of(case.sums, row.result_kind.as_deref());
        let stored = match value {
            Stored::Number(number) => Some(number),
            Stored::Nothing => None,
            Stored::NotComparable(why) => {
                if file.is_some() {
                    *audit.not_compared.entry((*figure, why)).or_default() += 1;
                }
                continue;
            }
        };
        let Some(equal) = agree(*file, stored, export.precision.of(*figure)) else {
            continue;
        };
        audit.cells_compared += 1;
        if figure.is_money() && other_currency.is_some() && file.is_some() {
            of_other_currency.push(*figure);
            differing.insert(*figure, value);
        } else if equal {
            audit.cells_equal += 1;
        } else {
            differing.insert(*figure, value);
        }
    }
    let unexplained: BTreeSet<Figure> = differing
        .keys()
        .copied()
        .filter(|figure| !of_other_currency.contains(figure))
        .collect();
    let mut causes = if unexplained.is_empty() {
        BTreeMap::new()
    } else {
        evidence.causes(directory, case, &unexplained)
    };
    for figure in of_other_currency {
        causes.extend(other_currency.clone().map(|cause| (figure, cause)));
    }
    for (figure, value) in differing {
        let decimals = export.precision.of(figure);
        let file = row.cells.get(&figure).copied().flatten();
        let stored = match value {
            Stored::Number(number) => Some(number),
            _ => None,
        };
        let cause = causes.remove(&figure).unwrap_or(Cause::Unknown);
        let comparable = !matches!(cause, Cause::OtherCurrency { .. });
        audit.differences.push(Difference {
            row: row.number,
            level: Some(case.key.level),
            names: names_of(directory, case.key),
            external_id: directory
                .object(case.key)
                .map(|object| object.external_id.clone()),
            days: row.days,
            figure,
            file: file.map(|printed| printed.text(decimals)),
            stored: stored.map(|number| number.text(decimals)),
            difference: comparable.then(|| {
                stored
                    .unwrap_or(figure::Exact::whole(0))
                    .taken_from(file)
                    .text(decimals)
            }),
            cause,
        });
    }
}

fn unmatched(row: &FileRow, export: &Export, why: WhyUnmatched) -> Unmatched {
    let called = |named: &Named| named.name.clone().or_else(|| named.id.clone());
    let spend = row.cells.get(&Figure::Spend).copied().flatten();
    Unmatched {
        row: row.number,
        level: Some(row.level()),
        names: ObjectNames {
            campaign: called(&row.campaign),
            ad_set: called(&row.ad_set),
            ad: called(&row.ad),
        },
        days: Some(row.days),
        spend: spend.map(|printed: Printed| printed.text(export.precision.of(Figure::Spend))),
        why,
    }
}

/// What is stored in the days of the file, at its level, and no row is of.
fn not_in_file(
    audit: &mut Audit,
    directory: &Directory,
    evidence: &Evidence,
    covered: &HashMap<Key, Vec<DateRange>>,
) {
    let Some(days) = audit.days else { return };
    let currency = audit.currency;
    let mut missing: Vec<NotInFile> = Vec::new();
    for key in evidence.standing.keys(audit.level) {
        let ranges = covered.get(&key).map_or(&[][..], Vec::as_slice);
        let left: Vec<_> = evidence
            .standing
            .of(key, days)
            .filter(|version| !ranges.iter().any(|range| range.contains(version.day)))
            .collect();
        let sums = Sums::of(left.iter().copied(), false);
        if sums.is_nothing() {
            // Ads Manager has no row of what did not happen.
            continue;
        }
        let told: BTreeSet<NaiveDate> = left.iter().map(|version| version.day).collect();
        let (Some(from), Some(to)) = (told.first(), told.last()) else {
            continue;
        };
        missing.push(NotInFile {
            level: key.level,
            names: names_of(directory, key),
            external_id: directory
                .object(key)
                .map(|object| object.external_id.clone()),
            days: DateRange {
                from: *from,
                to: *to,
            },
            day_count: count(told.len()),
            spend: sums
                .spend()
                .map(|micros| figure::Exact::micros(micros).text(currency.exponent())),
            impressions: sums.impressions(),
        });
    }
    missing.sort_by(|a, b| {
        let named = |one: &NotInFile| {
            let ObjectNames {
                campaign,
                ad_set,
                ad,
            } = one.names.clone();
            (campaign, ad_set, ad, one.external_id.clone())
        };
        named(a).cmp(&named(b))
    });
    audit.not_in_file = missing;
}

fn names_of(directory: &Directory, key: Key) -> ObjectNames {
    let name = |level: Level| {
        directory
            .above(key, level)
            .and_then(|key| directory.object(key))
            .map(|object| object.name.clone())
    };
    ObjectNames {
        campaign: name(Level::Campaign),
        ad_set: name(Level::AdSet),
        ad: name(Level::Ad),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
