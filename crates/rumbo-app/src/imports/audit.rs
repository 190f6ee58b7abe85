//! An Ads Manager export against what is stored.

use std::collections::BTreeMap;
use std::path::Path;

use rumbo_ads::audit::{
    self, Audit, Cause, Difference, Figure, Level, NotCompared, NotInFile, ObjectNames, Unmatched,
    WhyUnmatched,
};
use rumbo_base::{Result, Told};

use super::{ads, whole};
use crate::Context;
use crate::wire::{
    AuditCause, AuditCauseCount, AuditCsv, AuditDifference, AuditLevel, AuditNames,
    AuditNotCompared, AuditNotComparedWhy, AuditNotInFile, AuditUnmatched, AuditUnmatchedWhy,
    CsvAudit, DateRange,
};

/// How many differing cells are told; they are counted all.
const MOST_CELLS: usize = 5_000;

/// How many rows without a counterpart are told.
const MOST_ROWS: usize = 1_000;

/// Compares a file with what is stored, cell by cell.
///
/// # Errors
/// `NotFound` or `InvalidInput` when the file cannot be read as an export of Ads Manager, or when
/// it is not clear which account it is of.
pub async fn audit_csv(cx: &Context, req: AuditCsv) -> Result<CsvAudit> {
    let mapping = req.mapping.map(ads::inside).transpose()?;
    let found = audit::run(cx.scope()?, Path::new(&req.path), mapping.as_ref()).await?;
    Ok(outside(found))
}

fn outside(found: Audit) -> CsvAudit {
    let mut causes: BTreeMap<AuditCause, u32> = BTreeMap::new();
    for difference in &found.differences {
        *causes.entry(cause(&difference.cause)).or_default() += 1;
    }
    let mut causes: Vec<AuditCauseCount> = causes
        .into_iter()
        .map(|(cause, cells)| AuditCauseCount { cause, cells })
        .collect();
    causes.sort_by_key(|one| std::cmp::Reverse(one.cells));
    CsvAudit {
        account: found.account.name.clone(),
        account_id: found.account.external_id.clone(),
        timezone: found.account.timezone().to_string(),
        currency: found.currency.to_string(),
        file_currency: found.file_currency.map(|currency| currency.to_string()),
        level: level(found.level),
        days: found.days.map(range),
        read_at: found.read_at,
        rows_read: found.rows_read,
        rows_compared: found.rows_compared,
        totals_rows: found.totals_rows,
        duplicates: found.duplicates,
        cells_compared: found.cells_compared,
        cells_equal: found.cells_equal,
        cells_different: whole(found.differences.len()),
        causes,
        not_compared: found
            .not_compared
            .iter()
            .map(|((figure, why), cells)| AuditNotCompared {
                figure: figure.id().to_owned(),
                why: match why {
                    NotCompared::OneAnswer => AuditNotComparedWhy::OneAnswer,
                    NotCompared::ResultKindUnknown => AuditNotComparedWhy::ResultKindUnknown,
                    NotCompared::PartsMissing => AuditNotComparedWhy::PartsMissing,
                },
                cells: *cells,
            })
            .collect(),
        unmatched_rows: whole(found.unmatched.len()),
        not_in_file_objects: whole(found.not_in_file.len()),
        differences: found
            .differences
            .into_iter()
            .take(MOST_CELLS)
            .map(difference)
            .collect(),
        unmatched: found
            .unmatched
            .into_iter()
            .take(MOST_ROWS)
            .map(unmatched)
            .collect(),
        not_in_file: found
            .not_in_file
            .into_iter()
            .take(MOST_ROWS)
            .map(not_in_file)
            .collect(),
    }
}

fn range(days: rumbo_base::DateRange) -> DateRange {
    DateRange {
        from: days.from,
        to: days.to,
    }
}

fn level(level: Level) -> AuditLevel {
    match level {
        Level::Account => AuditLevel::Account,
        Level::Campaign => AuditLevel::Campaign,
        Level::AdSet => AuditLevel::AdSet,
        Level::Ad => AuditLevel::Ad,
    }
}

fn cause(cause: &Cause) -> AuditCause {
    match cause {
        Cause::OtherCurrency { .. } => AuditCause::OtherCurrency,
        Cause::DaysNotRead { .. } => AuditCause::DaysNotRead,
        Cause::Restated { .. } => AuditCause::Restated,
        Cause::ReplacedByFile { .. } => AuditCause::ReplacedByFile,
        Cause::DayShift { .. } => AuditCause::DayShift,
        Cause::ActionType { .. } => AuditCause::ActionType,
        Cause::AttributionWindow { .. } => AuditCause::AttributionWindow,
        Cause::AttributionSetting { .. } => AuditCause::AttributionSetting,
        Cause::Follows { .. } => AuditCause::Follows,
        Cause::Rounding { .. } => AuditCause::Rounding,
        Cause::NotSettled { .. } => AuditCause::NotSettled,
        Cause::FromFile { .. } => AuditCause::FromFile,
        Cause::ObjectDeleted { .. } => AuditCause::ObjectDeleted,
        Cause::RowsNotRead { .. } => AuditCause::RowsNotRead,
        Cause::Unknown => AuditCause::Unknown,
    }
}

fn evidence(cause: &Cause) -> BTreeMap<String, String> {
    cause
        .evidence()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn names(names: ObjectNames) -> AuditNames {
    AuditNames {
        campaign: names.campaign,
        ad_set: names.ad_set,
        ad: names.ad,
    }
}

fn unit(figure: Figure) -> &'static str {
    match figure {
        Figure::Ctr | Figure::LinkCtr => "percent",
        Figure::Frequency | Figure::Roas => "ratio",
        _ if figure.is_money() => "money",
        _ => "count",
    }
}

fn difference(found: Difference) -> AuditDifference {
    AuditDifference {
        line: whole(found.row),
        level: found.level.map(level),
        names: names(found.names),
        external_id: found.external_id,
        days: range(found.days),
        figure: found.figure.id().to_owned(),
        unit: unit(found.figure).to_owned(),
        file: found.file,
        stored: found.stored,
        difference: found.difference,
        cause: cause(&found.cause),
        evidence: evidence(&found.cause),
    }
}

fn unmatched(found: Unmatched) -> AuditUnmatched {
    let mut row = AuditUnmatched {
        line: whole(found.row),
        level: found.level.map(level),
        names: names(found.names),
        days: found.days.map(range),
        spend: found.spend,
        why: AuditUnmatchedWhy::UnknownId,
        evidence: BTreeMap::new(),
        cause: None,
        reason: None,
        reason_id: None,
        params: BTreeMap::new(),
    };
    match found.why {
        WhyUnmatched::UnknownId => {}
        WhyUnmatched::UnknownName => row.why = AuditUnmatchedWhy::UnknownName,
        WhyUnmatched::SharedName(count) => {
            row.why = AuditUnmatchedWhy::SharedName;
            row.evidence.insert("count".to_owned(), count.to_string());
        }
        WhyUnmatched::Twice(other) => {
            row.why = AuditUnmatchedWhy::Twice;
            row.evidence.insert("line".to_owned(), other.to_string());
        }
        WhyUnmatched::NotStored(why) => {
            row.why = AuditUnmatchedWhy::NotStored;
            row.evidence = evidence(&why);
            row.cause = Some(cause(&why));
        }
        WhyUnmatched::Unreadable(sentence, Told { reason, params, .. }) => {
            row.why = AuditUnmatchedWhy::Unreadable;
            row.reason = Some(sentence);
            row.reason_id = reason;
            row.params = params;
        }
    }
    row
}

fn not_in_file(found: NotInFile) -> AuditNotInFile {
    AuditNotInFile {
        level: level(found.level),
        names: names(found.names),
        external_id: found.external_id,
        from: found.days.from,
        to: found.days.to,
        days: found.day_count,
        spend: found.spend,
        impressions: found.impressions.map(|n| n.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use rumbo_ads::audit::Figure;

    use super::unit;
    use crate::wire;

    /// A figure that is a metric has its name, its unit and its place in the one list.
    #[test]
    fn figures_are_those_of_the_list_of_metrics_where_there_is_one() {
        let apart = [
            "reach",
            "frequency",
            "results",
            "messaging_started",
            "landing_page_views",
            "cost_per_result",
        ];
        for figure in Figure::ALL {
            match wire::metric(figure.id()) {
                Some(metric) => {
                    let known = serde_json::to_value(metric).unwrap();
                    assert_eq!(known["unit"], unit(figure), "{figure:?}");
                }
                None => assert!(apart.contains(&figure.id()), "{figure:?}"),
            }
        }
    }
}
