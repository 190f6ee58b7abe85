//! The totals row of an export against its own rows.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{Exact, Printed, Stored, agree};
use super::file::{Export, FileRow, TotalsRow};
use super::{Audit, Cause, Difference, Figure, NotCompared, ObjectNames, count, evidence};

/// Compares every totals row.
pub(super) fn compare(audit: &mut Audit, export: &Export) {
    let Some(days) = audit.days else { return };
    let level = audit.level;
    let rows: Vec<&FileRow> = export
        .rows
        .iter()
        .filter(|row| row.level() == level)
        .collect();
    for totals in &export.totals {
        let mut differing: BTreeMap<Figure, Option<Exact>> = BTreeMap::new();
        audit.rows_compared += 1;
        for (figure, file) in &totals.cells {
            // What Ads Manager does not sum, such as results of several kinds, it leaves empty.
            if file.is_none() {
                continue;
            }
            let sum = match sum_of(*figure, &rows) {
                Stored::Number(sum) => Some(sum),
                Stored::Nothing => None,
                Stored::NotComparable(why) => {
                    *audit.not_compared.entry((*figure, why)).or_default() += 1;
                    continue;
                }
            };
            let Some(equal) = agree(*file, sum, export.precision.of(*figure)) else {
                continue;
            };
            audit.cells_compared += 1;
            if equal {
                audit.cells_equal += 1;
            } else {
                differing.insert(*figure, sum);
            }
        }
        let together: BTreeSet<Figure> = differing.keys().copied().collect();
        for (figure, sum) in differing {
            let decimals = export.precision.of(figure);
            let file = totals.cells.get(&figure).copied().flatten();
            audit.differences.push(Difference {
                row: totals.number,
                level: None,
                names: ObjectNames::default(),
                external_id: None,
                days,
                figure,
                file: file.map(|printed| printed.text(decimals)),
                stored: sum.map(|sum| sum.text(decimals)),
                difference: Some(
                    sum.unwrap_or(Exact::whole(0))
                        .taken_from(file)
                        .text(decimals),
                ),
                cause: cause(export, &rows, totals, figure, sum, &together),
            });
        }
    }
}

fn cause(
    export: &Export,
    rows: &[&FileRow],
    totals: &TotalsRow,
    figure: Figure,
    sum: Option<Exact>,
    together: &BTreeSet<Figure>,
) -> Cause {
    if !export.unread.is_empty() {
        return Cause::RowsNotRead {
            rows: count(export.unread.len()),
        };
    }
    if let Some(cause) = evidence::follows(figure, together) {
        return cause;
    }
    let file = totals.cells.get(&figure).copied().flatten();
    let spread = |of: Figure| {
        let half = 10_i64.pow(6_u32.saturating_sub(export.precision.of(of))) / 2;
        half.saturating_mul(i64::try_from(rows.len()).unwrap_or(i64::MAX))
    };
    let rounded = match (file, sum, figure.parts()) {
        (Some(file), Some(sum), None) => rows.len() > 1 && sum.is_within(file, spread(figure)),
        (Some(file), Some(sum), Some([part, _])) => match sum_of(part, rows) {
            Stored::Number(number) => sum.is_within_share(file, spread(part), number),
            _ => false,
        },
        _ => false,
    };
    // Whole numbers are not rounded.
    let whole = figure.parts().is_none() && export.precision.of(figure) == 0;
    if rounded && !whole {
        return Cause::Rounding {
            parts: count(rows.len()),
        };
    }
    Cause::Unknown
}

/// What the rows sum to: a quotient is that of the sums.
fn sum_of(figure: Figure, rows: &[&FileRow]) -> Stored {
    if figure.is_one_answer() {
        return Stored::NotComparable(NotCompared::OneAnswer);
    }
    if let Some([dividend, divisor]) = figure.parts() {
        return match (sum_of(dividend, rows), sum_of(divisor, rows)) {
            (Stored::Number(n), Stored::Number(d)) => n.over(d, figure.times()),
            (Stored::NotComparable(why), _) | (_, Stored::NotComparable(why)) => {
                Stored::NotComparable(why)
            }
            _ => Stored::NotComparable(NotCompared::PartsMissing),
        };
    }
    if figure == Figure::Results {
        let kinds: BTreeSet<Option<&str>> = rows
            .iter()
            .filter(|row| row.cells.get(&figure).is_some_and(Option::is_some))
            .map(|row| row.result_kind.as_deref())
            .collect();
        if kinds.len() > 1 || kinds.contains(&None) {
            return Stored::NotComparable(NotCompared::ResultKindUnknown);
        }
    }
    let cells: Vec<Printed> = rows
        .iter()
        .filter_map(|row| row.cells.get(&figure).copied().flatten())
        .collect();
    if cells.is_empty() {
        return Stored::Nothing;
    }
    let sum = cells
        .iter()
        .fold(0_i64, |sum, printed| sum.saturating_add(printed.micros));
    Stored::Number(Exact::micros(sum))
}
