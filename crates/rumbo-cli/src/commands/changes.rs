//! `rumbo changes`

use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    ChangeGroup, Changes, GetChanges, GetRoi, MetricChange, change_causes, is_something,
};

use super::roi::{ByAdObject, Within, short_name};
use crate::crediting::{Crediting, stands_on};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags::{self, Moment};
use crate::grid::Grid;
use crate::numbers::{NOTHING, signed};
use crate::output::Output;
use crate::period::{PeriodArgs, end};
use crate::session::Program;
use crate::words::Word;

/// Which two reports.
#[derive(Debug, Args)]
pub struct ChangesArgs {
    /// The moment of the earlier report: an instant such as 2026-03-31T10:00:00-03:00, or the end of a day
    #[arg(long, value_name = "TIME", value_parser = flags::moment)]
    from: Moment,
    /// The moment of the later report; now when absent
    #[arg(long, value_name = "TIME", value_parser = flags::moment)]
    to: Option<Moment>,
    /// First day of both reports; 30 days up to --last-day when absent
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    first_day: Option<NaiveDate>,
    /// Last day of both reports; today when absent
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    last_day: Option<NaiveDate>,
    /// What a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: ByAdObject,
    #[command(flatten)]
    within: Within,
    #[command(flatten)]
    crediting: Crediting,
    /// Bring both reports to this currency, each row by the rate of its day that was kept at the moment
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    convert_to: Option<String>,
    /// The metric whose rows are told one by one
    #[arg(long, value_name = "ID", default_value = "revenue")]
    metric: String,
}

/// Prints what every cause added, and the rows of one metric.
pub async fn run(program: &Program, args: ChangesArgs) -> Result<Exit, Failure> {
    if rumbo_app::wire::metric(&args.metric).is_none() {
        return Err(Failure::flag(
            "metric",
            "There is no metric of this id. Write one of docs/metrics.md, such as revenue.",
        ));
    }
    program
        .in_workspace(async |session| {
            let period = PeriodArgs {
                from: args.first_day,
                to: args.last_day,
                last: None,
            };
            let zone = session.zone();
            let (since, until) = (end(args.from, zone), args.to.map(|to| end(to, zone)));
            if until.is_some_and(|until| until <= since) {
                return Err(Failure::flag(
                    "to",
                    "The later moment, --to, must come after the earlier one, --from. Swap the two.",
                ));
            }
            let request = GetChanges {
                report: GetRoi {
                    attribution: args.crediting.asked(session).await?,
                    as_of: until,
                    convert_to: args.convert_to,
                    ..args.within.request(args.by, period.range(session.today())?)
                },
                since,
                attribution_then: None,
            };
            let changes = api::get_changes(&session.cx, request).await?;
            session
                .output
                .result(&changes, |output| text(output, &changes, &args.metric));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, changes: &Changes, metric: &str) -> String {
    let instant = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    let since = instant(changes.since);
    let until = changes
        .until
        .map_or_else(|| output.word(Word::Now).to_owned(), instant);
    let mut text = format!(
        "{since} → {until}\n{}",
        stands_on(output, changes.from, changes.to, &changes.attribution)
    );
    for group in &changes.groups {
        text.push('\n');
        text.push_str(&totals(output, group));
        text.push('\n');
        text.push_str(&rows(output, group, metric));
    }
    let exchanged = changes.exchanged.as_ref();
    text.push_str(&exchanged::lines(output, exchanged));
    text.push_str(&exchanged::since(
        output,
        exchanged,
        &changes.missing_then,
        &changes.rates,
    ));
    text
}

/// The causes that moved anything, by their places.
fn moving<'a>(metrics: impl Iterator<Item = &'a MetricChange>) -> Vec<usize> {
    let mut places: Vec<usize> = metrics
        .flat_map(|metric| metric.parts.iter().enumerate())
        .filter(|(_, part)| part.as_deref().is_some_and(is_something))
        .map(|(place, _)| place)
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn heads(output: &Output, places: &[usize]) -> Vec<&'static str> {
    let causes = change_causes();
    let mut heads = vec![output.word(Word::Before)];
    heads.extend(
        places
            .iter()
            .filter_map(|place| causes.get(*place))
            .map(|cause| output.of(cause.names.clone())),
    );
    heads.push(output.word(Word::Now));
    heads
}

fn line(output: &Output, name: String, change: &MetricChange, places: &[usize]) -> Vec<String> {
    let numbers = output.numbers();
    let value = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(|| NOTHING.to_owned(), |text| numbers.decimal(text))
    };
    let mut cells = vec![name, value(&change.before)];
    cells.extend(places.iter().map(|place| {
        let part = change.parts.get(*place).cloned().flatten();
        match part.as_deref() {
            Some(part) if is_something(part) => signed(&numbers.decimal(part)),
            _ => String::new(),
        }
    }));
    cells.push(value(&change.after));
    cells
}

/// Every metric of the whole that changed.
fn totals(output: &Output, group: &ChangeGroup) -> String {
    let changed = || group.total.iter().filter(|metric| metric.moved());
    let places = moving(changed());
    let first = format!("{} ({})", output.word(Word::Total), group.currency);
    let mut grid = Grid::new(&[&first], &heads(output, &places));
    for metric in changed() {
        let name = output.metric(&metric.metric).to_owned();
        grid.row(line(output, name, metric, &places));
    }
    grid.text()
}

/// Every row in which the metric changed.
fn rows(output: &Output, group: &ChangeGroup, metric: &str) -> String {
    fn of<'a>(metrics: &'a [MetricChange], metric: &str) -> Option<&'a MetricChange> {
        metrics.iter().find(|known| known.metric == metric)
    }
    let changes: Vec<(String, &MetricChange)> = group
        .rows
        .iter()
        .filter_map(|row| {
            let name = short_name(output, &row.row);
            Some((name, of(&row.metrics, metric)?))
        })
        .chain(
            of(&group.unattributed, metric)
                .map(|change| (output.word(Word::NotAttributed).to_owned(), change)),
        )
        .collect();
    let places = moving(changes.iter().map(|(_, change)| *change));
    let first = format!("{} ({})", output.metric(metric), group.currency);
    let mut grid = Grid::new(&[&first], &heads(output, &places));
    for (name, change) in changes {
        grid.row(line(output, name, change, &places));
    }
    grid.text()
}
