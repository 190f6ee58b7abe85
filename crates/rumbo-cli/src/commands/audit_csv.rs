//! `rumbo audit-csv`

use std::path::PathBuf;

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    AuditCsv, AuditDifference, AuditNames, AuditUnmatched, AuditUnmatchedWhy, CsvAudit, DateRange,
};

use super::import::{absolute, mapping_of};
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::{Output, note};
use crate::session::Program;
use crate::words::Word;

mod causes;

/// Lines of each table on a terminal; JSON has more.
const SHOWN: usize = 50;

/// Which file.
#[derive(Debug, Args)]
pub struct AuditCsvArgs {
    /// An export of Ads Manager: CSV, TSV, XLSX, XLS or ODS
    file: PathBuf,
    /// Which column fills which field: a JSON file, or the name of a saved mapping; found out
    /// from the headings when absent
    #[arg(long, value_name = "FILE or NAME")]
    map: Option<String>,
    /// The ad account the file is of, where it does not say: its number or its name
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

/// Compares the file with what is stored, cell by cell.
pub async fn run(program: &Program, args: AuditCsvArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let kind = rumbo_app::wire::ImportKind::Ads;
            let mut mapping = match &args.map {
                Some(map) => Some(mapping_of(session, kind, map).await?),
                None => None,
            };
            if let Some(account) = args.account {
                mapping
                    .get_or_insert_default()
                    .constants
                    .insert("account".to_owned(), account);
            }
            let request = AuditCsv {
                path: absolute(&args.file)?,
                mapping,
            };
            let audit = api::audit_csv(&session.cx, request).await?;
            session.output.result(&audit, |output| text(output, &audit));
            note(&summary(&audit));
            Ok(exit_of(&audit))
        })
        .await
}

/// Anything that one side says and the other does not makes the agreement partial.
fn exit_of(audit: &CsvAudit) -> Exit {
    if audit.cells_different == 0 && audit.unmatched_rows == 0 && audit.not_in_file_objects == 0 {
        Exit::Done
    } else {
        Exit::Partly
    }
}

fn summary(audit: &CsvAudit) -> String {
    let compared = audit.cells_compared;
    let said = match (audit.cells_different, compared) {
        (0, 0) => "No cell could be compared.".to_owned(),
        (0, 1) => "The one cell compared is equal.".to_owned(),
        (0, _) => format!("All {compared} cells compared are equal."),
        (different, _) => format!(
            "{different} of {compared} cells differ; {} are equal.",
            audit.cells_equal
        ),
    };
    let alone = [
        (
            audit.unmatched_rows,
            "rows of the file have nothing to be compared with.",
        ),
        (
            audit.not_in_file_objects,
            "objects have figures here that the file has not.",
        ),
    ];
    let alone = alone
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"));
    std::iter::once(said)
        .chain(alone)
        .collect::<Vec<_>>()
        .join(" ")
}

fn text(output: &Output, audit: &CsvAudit) -> String {
    let numbers = output.numbers();
    let mut head = Grid::pairs();
    head.row([
        output.word(Word::Account).to_owned(),
        format!(
            "{} ({}, {}, {})",
            audit.account, audit.account_id, audit.currency, audit.timezone
        ),
    ]);
    if let Some(days) = audit.days {
        head.row([output.word(Word::Period).to_owned(), period(days)]);
    }
    head.row([
        output.word(Word::CellsCompared).to_owned(),
        numbers.count(audit.cells_compared),
    ]);
    head.row([
        output.word(Word::CellsEqual).to_owned(),
        numbers.count(audit.cells_equal),
    ]);
    head.row([
        output.word(Word::CellsDifferent).to_owned(),
        numbers.count(audit.cells_different),
    ]);
    let mut parts = vec![head.text()];
    if !audit.differences.is_empty() {
        parts.push(differences(output, audit));
    }
    if !audit.not_compared.is_empty() {
        let mut grid = Grid::new(
            &[output.word(Word::NotCompared), output.word(Word::Reason)],
            &[output.word(Word::Cells)],
        );
        for one in &audit.not_compared {
            grid.row([
                figure(output, &one.figure),
                causes::not_compared(output, one.why).to_owned(),
                numbers.count(one.cells),
            ]);
        }
        parts.push(grid.text());
    }
    if !audit.unmatched.is_empty() {
        parts.push(unmatched(output, audit));
    }
    if !audit.not_in_file.is_empty() {
        let mut grid = Grid::new(
            &[output.word(Word::NotInFile), output.word(Word::Period)],
            &[output.word(Word::Days), output.metric("spend")],
        );
        for one in audit.not_in_file.iter().take(SHOWN) {
            let days = DateRange {
                from: one.from,
                to: one.to,
            };
            grid.row([
                name(&one.names).unwrap_or_else(|| audit.account.clone()),
                period(days),
                numbers.count(one.days),
                numbers.money_or_nothing(one.spend.as_deref(), &audit.currency),
            ]);
        }
        parts.push(grid.text());
    }
    parts.join("\n")
}

fn differences(output: &Output, audit: &CsvAudit) -> String {
    let mut grid = Grid::new(
        &[
            output.word(Word::Line),
            output.word(Word::Date),
            output.word(Word::Name),
            output.word(Word::Figure),
            output.word(Word::Reason),
        ],
        &[
            output.word(Word::File),
            "Rumbo",
            output.word(Word::Difference),
        ],
    );
    for found in audit.differences.iter().take(SHOWN) {
        let stored_in = audit.currency.as_str();
        let file_in = audit.file_currency.as_deref().unwrap_or(stored_in);
        let called = match found.level {
            None => output.word(Word::TotalsRow).to_owned(),
            Some(_) => name(&found.names).unwrap_or_else(|| audit.account.clone()),
        };
        grid.row([
            found.line.to_string(),
            period(found.days),
            called,
            figure(output, &found.figure),
            causes::why(output, found.cause, &found.evidence),
            value(output, found, found.file.as_deref(), file_in),
            value(output, found, found.stored.as_deref(), stored_in),
            value(output, found, found.difference.as_deref(), stored_in),
        ]);
    }
    grid.text()
}

fn unmatched(output: &Output, audit: &CsvAudit) -> String {
    let file_in = audit.file_currency.as_deref().unwrap_or(&audit.currency);
    let mut grid = Grid::new(
        &[
            output.word(Word::Line),
            output.word(Word::Date),
            output.word(Word::NotStored),
            output.word(Word::Reason),
        ],
        &[output.metric("spend")],
    );
    for row in audit.unmatched.iter().take(SHOWN) {
        grid.row([
            row.line.to_string(),
            row.days.map_or_else(|| NOTHING.to_owned(), period),
            name(&row.names).unwrap_or_else(|| NOTHING.to_owned()),
            why_unmatched(output, row),
            output
                .numbers()
                .money_or_nothing(row.spend.as_deref(), file_in),
        ]);
    }
    grid.text()
}

fn why_unmatched(output: &Output, row: &AuditUnmatched) -> String {
    match (row.why, row.cause, &row.reason) {
        (AuditUnmatchedWhy::NotStored, Some(cause), _) => causes::why(output, cause, &row.evidence),
        (AuditUnmatchedWhy::Unreadable, _, Some(reason)) => reason.clone(),
        (why, _, _) => causes::unmatched(output, why, &row.evidence),
    }
}

/// One day, or the first and the last.
fn period(days: DateRange) -> String {
    if days.from == days.to {
        days.from.to_string()
    } else {
        format!("{} – {}", days.from, days.to)
    }
}

/// What the names end with.
fn name(names: &AuditNames) -> Option<String> {
    [&names.ad, &names.ad_set, &names.campaign]
        .into_iter()
        .flatten()
        .next()
        .map(|name| short(name))
}

/// A metric's name, or that of a figure that is none.
fn figure(output: &Output, id: &str) -> String {
    let word = match id {
        "reach" => Word::Reach,
        "frequency" => Word::Frequency,
        "results" => Word::Results,
        "messaging_started" => Word::MessagingStarted,
        "landing_page_views" => Word::LandingPageViews,
        "cost_per_result" => Word::CostPerResult,
        metric => return output.metric(metric).to_owned(),
    };
    output.word(word).to_owned()
}

fn value(output: &Output, found: &AuditDifference, text: Option<&str>, currency: &str) -> String {
    let numbers = output.numbers();
    match (text, found.unit.as_str()) {
        (None, _) => NOTHING.to_owned(),
        (Some(text), "money") => numbers.money(text, currency),
        (Some(text), "percent") => numbers.percent(Some(text)),
        (Some(text), _) => numbers.decimal(text),
    }
}

#[cfg(test)]
mod tests;
