//! `rumbo export`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    DateRange, ExportChart, ExportKind, ExportTable, GetHome, GetRoi, PictureFormat, ScreenFormat,
};

use super::import::absolute;
use super::pages::say_written;
use super::roi::{By, Compare, Within, once_each};
use super::stats::day_chart;
use crate::crediting::Crediting;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::period::{AsOf, PeriodArgs};
use crate::session::{Program, Session};
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
    /// Revenue and spend by day, as a picture
    Chart,
    Contacts,
    Opportunities,
    Sales,
    /// What was spent outside the ad accounts
    Spend,
}

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
    Svg,
    Png,
}

impl Format {
    /// By how the name of a file ends; `None` for a name without an ending.
    fn of(path: &Path, kind: Kind) -> Result<Option<Self>, Failure> {
        let Some(ending) = path.extension().map(|ending| ending.to_string_lossy()) else {
            return Ok(None);
        };
        match Self::from_str(&ending, true) {
            Ok(format) => Ok(Some(format)),
            Err(_) => {
                let known = if kind == Kind::Chart {
                    "A chart is written as .svg or .png."
                } else {
                    "A table is written as .csv or .xlsx."
                };
                Err(Failure::flag(
                    "out",
                    format!(
                        "\".{ending}\" is no kind of file that is written here. {known} Another name \
                         can be had with --format."
                    ),
                ))
            }
        }
    }
}

/// What to write and where.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Which table
    #[arg(value_enum)]
    kind: Kind,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The kind of file; else by how its name ends, else csv, and png for a chart
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// For a chart: its size in pixels, as 960x400. A PNG has twice as many dots each way
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "960x400")]
    size: (u32, u32),
    /// For a chart: the dashed line
    #[arg(long, value_enum, default_value = "previous")]
    compare: Compare,
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
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
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
            let format = match args.format {
                None => Format::of(&args.out, args.kind)?,
                given => given,
            };
            let kind = match args.kind {
                Kind::Chart => return chart(session, args, range, format).await,
                Kind::Roi => ExportKind::Roi,
                Kind::Insights => ExportKind::Insights,
                Kind::Creatives => ExportKind::Creatives,
                Kind::Contacts => ExportKind::Contacts,
                Kind::Opportunities => ExportKind::Opportunities,
                Kind::Sales => ExportKind::Sales,
                Kind::Spend => ExportKind::Spend,
            };
            let format = match format {
                None | Some(Format::Csv) => ScreenFormat::Csv,
                Some(Format::Xlsx) => ScreenFormat::Xlsx,
                Some(Format::Svg | Format::Png) => {
                    return Err(Failure::usage(
                        "A table is written as csv or xlsx. Pictures are of the chart: \
                         rumbo export chart --out chart.png",
                    ));
                }
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
                columns: once_each("columns", args.columns)?,
                row_ids: Vec::new(),
                semicolon: args.semicolon,
                format,
            };
            let exported = api::export_table(&session.cx, request).await?;
            say_written(&session.output, &exported);
            Ok(Exit::Done)
        })
        .await
}

/// Draws the chart of home into a file.
async fn chart(
    session: &Session,
    args: ExportArgs,
    range: DateRange,
    format: Option<Format>,
) -> Result<Exit, Failure> {
    let format = match format {
        None | Some(Format::Png) => PictureFormat::Png,
        Some(Format::Svg) => PictureFormat::Svg,
        Some(Format::Csv | Format::Xlsx) => {
            return Err(Failure::usage(
                "The chart is drawn as svg or png. Its figures by day: \
                 rumbo stats --json",
            ));
        }
    };
    let request = GetHome {
        from: range.from,
        to: range.to,
        currency: None,
        compare_with: args.compare.into(),
        attribution: args.crediting.asked(session).await?,
        convert_to: args.convert_to.clone(),
        as_of: args.as_of.at(session.zone()),
    };
    let as_of = request.as_of;
    let home = api::get_home(&session.cx, request).await?;
    let mut drawn = day_chart(&session.output, &home);
    if let Some(at) = as_of {
        let word = session.output.word(Word::AsOf);
        drawn.subtitle = format!(
            "{} · {word} {}",
            drawn.subtitle,
            at.format("%Y-%m-%d %H:%M UTC")
        );
    }
    let (width, height) = args.size;
    let request = ExportChart {
        path: absolute(&args.out)?,
        format,
        width,
        height,
        chart: drawn,
    };
    let exported = api::export_chart(&session.cx, request).await?;
    say_written(&session.output, &exported);
    Ok(Exit::Done)
}

/// Reads `960x400`.
fn size(text: &str) -> Result<(u32, u32), String> {
    text.split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .ok_or_else(|| "Write it like 960x400.".to_owned())
}
