//! `rumbo export`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{ExportKind, ExportTable, GetRoi};

use super::import::absolute;
use super::roi::{By, Within};
use crate::crediting::Crediting;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The ROI report of a period
    Roi,
    /// Meta's figures by ad and day
    Insights,
    /// Creatives and what their ads earned
    Creatives,
    Contacts,
    Opportunities,
    Sales,
}

/// What to write and where.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Which table
    #[arg(value_enum)]
    kind: Kind,
    /// The CSV file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// For roi: what a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: By,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    within: Within,
    #[command(flatten)]
    crediting: Crediting,
    /// For roi and creatives: bring everything to this currency, each row by the rate of its day
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    convert_to: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Columns in this order, separated by commas; all when absent
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    columns: Vec<String>,
    /// Separate by semicolons and write a decimal comma, as spreadsheets in Spanish and
    /// Portuguese expect
    #[arg(long)]
    semicolon: bool,
}

/// Writes the file.
pub async fn run(program: &Program, args: ExportArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let kind = match args.kind {
                Kind::Roi => ExportKind::Roi,
                Kind::Insights => ExportKind::Insights,
                Kind::Creatives => ExportKind::Creatives,
                Kind::Contacts => ExportKind::Contacts,
                Kind::Opportunities => ExportKind::Opportunities,
                Kind::Sales => ExportKind::Sales,
            };
            let period = matches!(args.kind, Kind::Roi | Kind::Insights | Kind::Creatives);
            let request = ExportTable {
                kind,
                path: absolute(&args.out)?,
                roi: if period {
                    Some(GetRoi {
                        attribution: args.crediting.asked(session).await?,
                        convert_to: args.convert_to,
                        as_of: args.as_of.at(session.zone()),
                        ..args.within.request(args.by, range)
                    })
                } else {
                    None
                },
                columns: args.columns,
                row_ids: Vec::new(),
                semicolon: args.semicolon,
            };
            let exported = api::export_table(&session.cx, request).await?;
            session.output.result(&exported, |output: &Output| {
                let rows = output.numbers().count(exported.rows);
                format!("{} ({}: {rows})", exported.path, output.word(Word::Rows))
            });
            Ok(Exit::Done)
        })
        .await
}
