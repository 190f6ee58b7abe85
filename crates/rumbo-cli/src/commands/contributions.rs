//! `rumbo contributions`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    Contribution, ContributionGroup, Contributions, GetContributions, GetRoi, metric,
};

use super::roi::{By, Compare, Within, short_name};
use crate::crediting::{Crediting, stands_on};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags::{self, Moment};
use crate::grid::Grid;
use crate::numbers::{NOTHING, signed};
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs, end};
use crate::session::Program;
use crate::words::Word;

/// Which number, and against what.
#[derive(Debug, Args)]
pub struct ContributionsArgs {
    /// The number of the whole that moved
    #[arg(long, value_name = "ID", default_value = "roas", value_parser = flags::metric)]
    metric: String,
    /// What a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: By,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    within: Within,
    #[command(flatten)]
    crediting: Crediting,
    /// Bring everything to this currency, each row by the rate of its day
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    convert_to: Option<String>,
    /// The period to compare with
    #[arg(long, value_enum, default_value = "previous")]
    compare: Compare,
    /// Compare with the same days as they were known at a moment: an instant, or the end of a day
    #[arg(long, value_name = "TIME", value_parser = flags::moment, conflicts_with = "compare")]
    since: Option<Moment>,
    #[command(flatten)]
    as_of: AsOf,
}

/// Prints by how much each row moved the number, by its weight and by itself.
pub async fn run(program: &Program, args: ContributionsArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let zone = session.zone();
            let (since, as_of) = (args.since.map(|at| end(at, zone)), args.as_of.at(zone));
            let request = GetContributions {
                report: GetRoi {
                    compare_with: args.compare.into(),
                    attribution: args.crediting.asked(session).await?,
                    as_of,
                    convert_to: args.convert_to,
                    ..args
                        .within
                        .request(args.by, args.period.range(session.today())?)
                },
                metric: args.metric,
                since,
            };
            let moved = api::get_contributions(&session.cx, request).await?;
            session.output.result(&moved, |output| text(output, &moved));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, moved: &Contributions) -> String {
    let against = match moved.since {
        Some(since) => since.format("%Y-%m-%d %H:%M UTC").to_string(),
        None => format!("{} – {}", moved.compared.from, moved.compared.to),
    };
    let mut text = format!(
        "{}: {against}\n{}",
        output.word(Word::Before),
        stands_on(output, moved.from, moved.to, &moved.attribution)
    );
    for group in &moved.groups {
        text.push('\n');
        text.push_str(&rows(output, group, &moved.metric));
    }
    text.push_str(&exchanged::lines(output, moved.exchanged.as_ref()));
    text
}

fn rows(output: &Output, group: &ContributionGroup, id: &str) -> String {
    let numbers = output.numbers();
    // Only a quotient is moved by weights.
    let weighs = group.whole.mix.is_some();
    let mut heads = vec![output.word(Word::Before), output.word(Word::Now)];
    if weighs {
        heads.extend(
            [Word::Weight, Word::MixOfWeights, Word::OwnRate].map(|word| output.word(word)),
        );
    }
    heads.push(output.word(Word::Contribution));
    let first = format!("{} ({})", output.metric(id), group.currency);
    let mut grid = Grid::new(&[&first], &heads);
    let value = |text: &Option<String>| {
        text.as_deref()
            .map_or_else(|| NOTHING.to_owned(), |text| numbers.decimal(text))
    };
    let signed = |text: &Option<String>| signed(&value(text));
    let mut line = |name: String, one: &Contribution| {
        let mut cells = vec![name, value(&one.before), value(&one.after)];
        if weighs {
            let weight = |text: &Option<String>| numbers.percent(text.as_deref());
            cells.push(match (&one.weight_before, &one.weight_after) {
                (None, None) => String::new(),
                (before, after) => format!("{} → {}", weight(before), weight(after)),
            });
            cells.extend([signed(&one.mix), signed(&one.rate)]);
        }
        cells.push(signed(&one.contribution));
        grid.row(cells);
    };
    for row in &group.rows {
        line(short_name(output, &row.row), &row.moved);
    }
    if let Some(unattributed) = &group.unattributed {
        line(output.word(Word::NotAttributed).to_owned(), unattributed);
    }
    // What sets the CRM against Meta is of what is attributed.
    let of_attributed =
        metric(id).is_some_and(|known| known.source == "both" && known.quotient.is_some());
    let whole = if of_attributed {
        Word::OfAttributed
    } else {
        Word::Total
    };
    line(output.word(whole).to_owned(), &group.whole);
    grid.text()
}
