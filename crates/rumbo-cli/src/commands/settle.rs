//! `rumbo settle`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{GetSettleCurve, SettleMetric, SettleReport};

use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::Grid;
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::period::AsOf;
use crate::session::Program;
use crate::words::Word;

/// Of which accounts.
#[derive(Debug, Args)]
pub struct SettleArgs {
    /// Only this ad account, by Meta's id or Rumbo's
    #[arg(long, value_name = "ID", conflicts_with = "currency")]
    account: Option<String>,
    /// The ad accounts in this currency; in the workspace's own when absent
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    currency: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

/// Prints how much of a day is there at each age, and how often that held.
pub async fn run(program: &Program, args: SettleArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let request = GetSettleCurve {
                currency: args.currency,
                account: args.account,
                as_of: args.as_of.at(session.zone()),
            };
            let report = api::get_settle_curve(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, report: &SettleReport) -> String {
    let mut text = String::new();
    for metric in &report.metrics {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&table(output, metric));
    }
    text
}

fn table(output: &Output, metric: &SettleMetric) -> String {
    let name = output.metric(&metric.metric);
    if metric.ages.is_empty() {
        let why = if metric.happened {
            Word::NotEnoughHistory
        } else {
            Word::None
        };
        return [name, ": ", output.word(why), "\n"].concat();
    }
    let numbers = output.numbers();
    let heads = [Word::Complete, Word::EightInTenDays, Word::DaysSeen];
    let first = format!("{name}: {}", output.word(Word::AgeInDays));
    let mut grid = Grid::new(&[&first], &heads.map(|word| output.word(word)));
    for at in &metric.ages {
        let range = match (at.low.as_deref(), at.high.as_deref()) {
            (Some(low), Some(high)) => {
                format!("{} – {}", numbers.decimal(low), numbers.decimal(high))
            }
            _ => NOTHING.to_owned(),
        };
        grid.row([
            at.age.to_string(),
            numbers.decimal(&at.percent),
            range,
            numbers.count(at.days),
        ]);
    }
    let mut text = grid.text();
    if let Some(age) = metric.settled_from {
        text.push_str(&[output.word(Word::SettledFrom), ": ", &age.to_string(), "\n"].concat());
    }
    let held = metric.held;
    if held.tried > 0 {
        let told = [
            output.word(Word::IntervalsHeld),
            ": ",
            &numbers.count(held.inside),
            " / ",
            &numbers.count(held.tried),
            "\n",
        ];
        text.push_str(&told.concat());
    }
    if held.tried > 0 && !held.shown {
        text.push_str(output.word(Word::IntervalsNotShown));
        text.push('\n');
    }
    text
}
