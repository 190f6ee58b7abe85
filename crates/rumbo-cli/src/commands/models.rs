//! `rumbo models`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{CompareModels, ModelComparison, ModelGroup};

use super::roi::{ByAdObject, short_name};
use crate::crediting::{Crediting, learned_from, stands_on};
use crate::exchanged;
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::Grid;
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::Program;
use crate::words::Word;

/// Which comparison.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    /// What a row is
    #[arg(long, value_enum, default_value = "campaign")]
    by: ByAdObject,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    crediting: Crediting,
    /// Bring everything to this currency, each row by the rate of its day
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    convert_to: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

/// Prints the revenue under every model, how far the models disagree, and what windows keep.
pub async fn run(program: &Program, args: ModelsArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let range = args.period.range(session.today())?;
            let request = CompareModels {
                by: args.by.into(),
                from: range.from,
                to: range.to,
                attribution: args.crediting.asked(session).await?,
                convert_to: args.convert_to,
                as_of: args.as_of.at(session.zone()),
            };
            let compared = api::compare_models(&session.cx, request).await?;
            session
                .output
                .result(&compared, |output| text(output, &compared));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, compared: &ModelComparison) -> String {
    let names: Vec<&'static str> = compared
        .models
        .iter()
        .map(|model| output.of(model.names()))
        .collect();
    let mut text = stands_on(output, compared.from, compared.to, &compared.attribution);
    text.push_str(&learned_from(output, Some(&compared.learned)));
    for group in &compared.groups {
        text.push('\n');
        text.push_str(&revenue(output, group, &names));
        text.push('\n');
        text.push_str(&disagreement(output, group, &names));
    }
    text.push('\n');
    text.push_str(&windows(output, compared));
    text.push_str(&exchanged::lines(output, compared.exchanged.as_ref()));
    text
}

/// Revenue of each row under each model.
fn revenue(output: &Output, group: &ModelGroup, names: &[&'static str]) -> String {
    let numbers = output.numbers();
    let mut heads = names.to_vec();
    heads.push(output.word(Word::Spread));
    let first = format!("{} ({})", output.metric("revenue"), group.currency);
    let mut grid = Grid::new(&[&first], &heads);
    let mut line = |name: String, amounts: &mut dyn Iterator<Item = &str>, spread: String| {
        let mut cells = vec![name];
        cells.extend(amounts.map(|amount| numbers.amount(amount, &group.currency)));
        cells.push(spread);
        grid.row(cells);
    };
    for row in &group.rows {
        let name = short_name(output, &row.row);
        let mut amounts = row.figures.iter().map(|figures| figures.revenue.as_str());
        line(name, &mut amounts, numbers.percent(row.spread.as_deref()));
    }
    let mut amounts = group
        .unattributed
        .iter()
        .map(|figures| figures.revenue.as_str());
    line(
        output.word(Word::NotAttributed).to_owned(),
        &mut amounts,
        NOTHING.to_owned(),
    );
    let mut amounts = group.totals.iter().map(|figures| figures.revenue.as_str());
    line(
        output.word(Word::Total).to_owned(),
        &mut amounts,
        NOTHING.to_owned(),
    );
    grid.text()
}

/// How much of the revenue each two models give to different rows.
fn disagreement(output: &Output, group: &ModelGroup, names: &[&'static str]) -> String {
    let numbers = output.numbers();
    let mut grid = Grid::new(&[output.word(Word::Disagreement)], names);
    for (name, indexes) in names.iter().zip(&group.disagreement) {
        let mut cells = vec![(*name).to_owned()];
        cells.extend(indexes.iter().map(|index| numbers.ratio(index.as_deref())));
        grid.row(cells);
    }
    grid.text()
}

/// What each window keeps of the sales with a touch.
fn windows(output: &Output, compared: &ModelComparison) -> String {
    let numbers = output.numbers();
    let advice = &compared.windows;
    let mut grid = Grid::new(
        &[output.word(Word::Window)],
        &[
            output.word(Word::WithinWindow),
            output.word(Word::WholePaths),
        ],
    );
    for window in &advice.windows {
        let mark = if advice.suggested == Some(window.days) {
            " *"
        } else {
            ""
        };
        grid.row([
            format!("{} d{mark}", window.days),
            numbers.percent(window.kept_percent.as_deref()),
            numbers.percent(window.whole_percent.as_deref()),
        ]);
    }
    grid.text()
}
