//! `rumbo import`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    AdsImportChecks, CurrencyAmount, ImportKind, ImportMapping, ImportReport, ListMappings,
    PreviewImport, RunImport, SaveMapping,
};
use rumbo_base::{Code, Error, Reason};

use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::output::{Output, note};
use crate::session::{Program, Session};
use crate::words::Word;

/// Rejected rows shown on a terminal; the file has them all.
const SHOWN_REJECTIONS: usize = 20;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// An Ads Manager export
    Ads,
    Contacts,
    Opportunities,
    Sales,
    /// What was spent outside the ad accounts
    Spend,
}

impl From<Kind> for ImportKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Ads => Self::Ads,
            Kind::Contacts => Self::Contacts,
            Kind::Opportunities => Self::Opportunities,
            Kind::Sales => Self::Sales,
            Kind::Spend => Self::Spend,
        }
    }
}

/// What to import and how.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What the file holds
    #[arg(value_enum)]
    kind: Kind,
    /// A CSV, TSV, XLSX, XLS or ODS file
    file: PathBuf,
    /// Which column fills which field: a JSON file, or the name of a saved mapping; found out
    /// from the headings when absent
    #[arg(long, value_name = "FILE or NAME")]
    map: Option<String>,
    /// For spend: the platform of every row, where no column says it: google_ads, sms, agency
    #[arg(long, value_name = "NAME")]
    platform: Option<String>,
    /// Keep the mapping under this name
    #[arg(long, value_name = "NAME", conflicts_with = "dry_run")]
    save_map: Option<String>,
    /// Change nothing; say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Where to write the rows that were not imported; beside the file when absent, and nowhere in a
    /// dry run
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
}

/// Imports.
pub async fn run(program: &Program, args: ImportArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let kind = ImportKind::from(args.kind);
            let path = absolute(&args.file)?;
            let mut mapping = match &args.map {
                Some(map) => Some(mapping_of(session, kind, map).await?),
                None => None,
            };
            if let Some(platform) = args.platform {
                let named = with_platform(session, kind, &path, mapping, platform).await?;
                mapping = Some(named);
            }
            if let Some(name) = args.save_map {
                let kept = match mapping {
                    Some(mapping) => mapping,
                    None => suggested(session, kind, &path).await?,
                };
                let request = SaveMapping {
                    kind,
                    name,
                    mapping: kept.clone(),
                };
                api::save_mapping(&session.cx, request).await?;
                mapping = Some(kept);
            }
            let request = RunImport {
                kind,
                path,
                mapping,
                dry_run: args.dry_run,
                rejected_path: args.rejected.as_deref().map(absolute).transpose()?,
            };
            let report = api::run_import(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            if let Some(sentence) = report.ads.as_ref().and_then(difference_sentence) {
                note(&sentence);
            }
            if report.rejected > 0 {
                note(&rejected_sentence(&report));
            }
            Ok(exit_of(&report))
        })
        .await
}

/// Rejected rows make an import partial; nothing but rejected rows, a failure.
fn exit_of(report: &ImportReport) -> Exit {
    match (
        report.rejected,
        report.added + report.changed + report.unchanged,
    ) {
        (0, _) => Exit::Done,
        (_, 0) => Exit::Failed,
        _ => Exit::Partly,
    }
}

fn rejected_sentence(report: &ImportReport) -> String {
    let where_to = report.rejected_file.as_ref().map_or_else(String::new, |file| {
        format!(" They are in {file}, each with its reason: correct them there and import that file.")
    });
    let first = report.rejections.first().map_or_else(String::new, |row| {
        format!(" The first is line {}: {}", row.line, row.reason)
    });
    let became = match (report.dry_run, report.rejected) {
        (true, 1) => "row would not be imported",
        (true, _) => "rows would not be imported",
        (false, 1) => "row was not imported",
        (false, _) => "rows were not imported",
    };
    format!("{} {became}.{where_to}{first}", report.rejected)
}

/// The core may run elsewhere than in this folder: it gets whole paths.
pub fn absolute(path: &Path) -> Result<String, Failure> {
    let whole = std::path::absolute(path).map_err(|error| {
        Failure::usage(format!(
            "\"{}\" is not a usable path: {error}.",
            path.display()
        ))
    })?;
    whole.into_os_string().into_string().map_err(|_| {
        Failure::usage(format!(
            "The path \"{}\" is not plain text.",
            path.display()
        ))
    })
}

/// The mapping in a JSON file, or else the saved one of that name.
pub async fn mapping_of(
    session: &Session,
    kind: ImportKind,
    map: &str,
) -> Result<ImportMapping, Failure> {
    if Path::new(map).is_file() {
        let text = std::fs::read_to_string(map).map_err(|error| {
            Error::new(
                Code::InvalidInput,
                format!("The mapping {map} cannot be read: {error}."),
            )
            .reason(Reason::FileUnreadable)
            .param("path", map)
            .field("map")
        })?;
        let text = text.trim_start_matches('\u{feff}');
        return serde_json::from_str(text).map_err(|error| {
            Error::new(
                Code::InvalidInput,
                format!("The mapping {map} is not understood: {error}. See docs/cli.md."),
            )
            .reason(Reason::MappingUnreadable)
            .param("map", map)
            .field("map")
            .into()
        });
    }
    let saved = api::list_mappings(&session.cx, ListMappings { kind }).await?;
    let names: Vec<String> = saved.iter().map(|it| it.name.clone()).collect();
    match saved.into_iter().find(|it| it.name == map) {
        Some(found) => Ok(found.mapping),
        None => Err(Error::new(
            Code::NotFound,
            format!(
                "There is neither a file nor a saved mapping \"{map}\". Saved ones: {}.",
                if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                }
            ),
        )
        .reason(Reason::MappingUnknown)
        .field("map")
        .param("map", map)
        .into()),
    }
}

/// The mapping with a platform for the rows of which no column says one.
async fn with_platform(
    session: &Session,
    kind: ImportKind,
    path: &str,
    mapping: Option<ImportMapping>,
    platform: String,
) -> Result<ImportMapping, Failure> {
    if kind != ImportKind::Spend {
        return Err(Failure::usage(
            "Only what was spent has a platform: rumbo import spend FILE --platform google_ads",
        ));
    }
    let mut named = match mapping {
        Some(mapping) => mapping,
        None => {
            let request = PreviewImport {
                kind,
                path: path.to_owned(),
                mapping: None,
            };
            api::preview_import(&session.cx, request).await?.mapping
        }
    };
    named.constants.insert("platform".to_owned(), platform);
    Ok(named)
}

async fn suggested(
    session: &Session,
    kind: ImportKind,
    path: &str,
) -> Result<ImportMapping, Failure> {
    let request = PreviewImport {
        kind,
        path: path.to_owned(),
        mapping: None,
    };
    let preview = api::preview_import(&session.cx, request).await?;
    match preview.problems.into_iter().next() {
        Some(problem) => Err(problem.into()),
        None => Ok(preview.mapping),
    }
}

fn text(output: &Output, report: &ImportReport) -> String {
    let numbers = output.numbers();
    let headings = [
        Word::Rows,
        Word::Added,
        Word::Changed,
        Word::Unchanged,
        Word::Rejected,
        Word::ContactsAdded,
    ]
    .map(|word| output.word(word));
    let mut counts = Grid::new(&[], &headings);
    counts.row([
        numbers.count(report.rows_read),
        numbers.count(report.added),
        numbers.count(report.changed),
        numbers.count(report.unchanged),
        numbers.count(report.rejected),
        numbers.count(report.contacts_added),
    ]);
    let mut parts = vec![counts.text()];
    for total in &report.totals {
        let amount = numbers.money(&total.amount, &total.currency);
        parts.push(format!("{}: {amount}\n", output.word(Word::Total)));
    }
    if report.ads.is_none() && report.totals_rows > 0 {
        let count = numbers.count(report.totals_rows);
        parts.push(format!("{}: {count}\n", output.word(Word::TotalsRows)));
    }
    if let Some(ads) = &report.ads {
        parts.extend(checks(output, ads, &report.totals));
    }
    if !report.rejections.is_empty() {
        let mut grid = Grid::new(&[output.word(Word::Line), output.word(Word::Reason)], &[]);
        for row in report.rejections.iter().take(SHOWN_REJECTIONS) {
            grid.row([row.line.to_string(), row.reason.clone()]);
        }
        parts.push(grid.text());
    }
    if report.dry_run {
        parts.push(output.word(Word::DryRun).to_owned());
    }
    parts.join("\n")
}

/// Where an Ads Manager file went, and what does not agree.
fn checks(output: &Output, ads: &AdsImportChecks, totals: &[CurrencyAmount]) -> Vec<String> {
    let numbers = output.numbers();
    let mut counts = Grid::new(
        &[output.word(Word::Account)],
        &[
            Word::Removed,
            Word::TotalsRows,
            Word::Duplicates,
            Word::Covered,
        ]
        .map(|word| output.word(word)),
    );
    counts.row([
        short(&ads.account),
        numbers.count(ads.removed),
        numbers.count(ads.totals_rows),
        numbers.count(ads.duplicates),
        numbers.count(ads.covered),
    ]);
    let mut parts = vec![counts.text()];
    if ads.differences.is_empty() {
        return parts;
    }
    let currency = totals.first().map_or("", |total| total.currency.as_str());
    let mut grid = Grid::new(
        &[output.word(Word::Date), output.word(Word::Figure)],
        &[output.word(Word::File), output.word(Word::Said)],
    );
    for found in ads.differences.iter().take(SHOWN_REJECTIONS) {
        let money = found.figure == "spend";
        let shown = |figure: &str| {
            if money {
                numbers.money(figure, currency)
            } else {
                numbers.decimal(figure)
            }
        };
        grid.row([
            found.day.map_or_else(
                || output.word(Word::Total).to_owned(),
                |day| day.to_string(),
            ),
            output.metric(&found.figure).to_owned(),
            shown(&found.file),
            shown(&found.other),
        ]);
    }
    parts.push(grid.text());
    parts
}

/// What does not agree, in a sentence.
fn difference_sentence(ads: &AdsImportChecks) -> Option<String> {
    let count = ads.differences.len();
    let first = ads.differences.first()?;
    let whose = match first.day {
        None => "the totals row says".to_owned(),
        Some(day) => format!("the sync has for {day}"),
    };
    Some(format!(
        "{count} figures of the file do not agree. The first: {whose} {} {}, and the rows of the file sum to {}.",
        first.other, first.figure, first.file
    ))
}

#[cfg(test)]
mod tests;
