//! `rumbo actions`

use clap::Args;
use rumbo_app::api;
use rumbo_app::wire::{
    ActionEvent, ActionMapReport, ActionTypeRow, ActionValue, CountedActions, GetActionMap,
    GetWorkspaceSettings,
};

use crate::exit::{Exit, Failure};
use crate::grid::Grid;
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::period::{AsOf, PeriodArgs};
use crate::session::{Program, Session};
use crate::words::Word;

/// Which actions, or which to count from now on.
#[derive(Debug, Args)]
pub struct ActionsArgs {
    #[command(flatten)]
    period: PeriodArgs,
    /// Only this ad account; may be repeated
    #[arg(long = "account", value_name = "ID")]
    accounts: Vec<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Count these as leads: entries, most wanted first, types joined by + are summed; `default`
    /// for the usual list. Everything stored is counted anew
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    leads: Option<Vec<String>>,
    /// Count these as purchases, likewise
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    purchases: Option<Vec<String>>,
}

/// Prints every action type of a period and what is counted of it.
pub async fn run(program: &Program, args: ActionsArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            if args.leads.is_some() || args.purchases.is_some() {
                save(session, args.leads, args.purchases).await?;
            }
            let range = args.period.range(session.today())?;
            let request = GetActionMap {
                from: range.from,
                to: range.to,
                accounts: args.accounts,
                as_of: args.as_of.at(session.zone()),
            };
            let report = api::get_action_map(&session.cx, request).await?;
            session
                .output
                .result(&report, |output| text(output, &report));
            Ok(Exit::Done)
        })
        .await
}

async fn save(
    session: &Session,
    leads: Option<Vec<String>>,
    purchases: Option<Vec<String>>,
) -> Result<(), Failure> {
    let list = |list: Vec<String>| match list.as_slice() {
        [only] if only == "default" => Vec::new(),
        _ => list,
    };
    let mut settings = api::get_workspace_settings(&session.cx, GetWorkspaceSettings {}).await?;
    if let Some(leads) = leads {
        settings.lead_actions = list(leads);
    }
    if let Some(purchases) = purchases {
        settings.purchase_actions = list(purchases);
    }
    api::save_workspace_settings(&session.cx, settings).await?;
    Ok(())
}

fn text(output: &Output, report: &ActionMapReport) -> String {
    let mut text = format!(
        "{}: {} – {}\n",
        output.word(Word::Period),
        report.from,
        report.to,
    );
    for (metric, event) in [
        ("meta_leads", &report.leads),
        ("meta_purchases", &report.purchases),
    ] {
        text.push('\n');
        text.push_str(&counted(output, output.metric(metric), event));
    }
    text.push('\n');
    if report.types.is_empty() {
        text.push_str(output.word(Word::None));
        text.push('\n');
        return text;
    }
    let mut grid = Grid::new(
        &[output.word(Word::ActionType)],
        &[
            output.word(Word::Told),
            output.word(Word::Value),
            output.word(Word::Ads),
            output.word(Word::Days),
            output.word(Word::Counts),
            output.word(Word::Overlaps),
            output.word(Word::SameEvents),
        ],
    );
    for row in &report.types {
        grid.row(cells(output, row));
    }
    text.push_str(&grid.text());
    text
}

/// What counts as leads or purchases, and what a sum over all types would have been.
fn counted(output: &Output, name: &str, event: &ActionEvent) -> String {
    let numbers = output.numbers();
    let mut lines = vec![format!(
        "{name}: {} ({})",
        numbers.decimal(&event.figure.to_string()),
        event.list.join(", "),
    )];
    if event.types > 1 {
        let (word, sum) = (
            output.word(Word::SumOfTypes),
            amounts(output, &event.summed),
        );
        lines.push(format!("  {word}: {sum}"));
    }
    lines.extend(event.fallbacks.iter().map(|fallback| {
        let taken = if fallback.taken.is_empty() {
            output.word(Word::NotCounted).to_owned()
        } else {
            fallback.taken.join("+")
        };
        format!(
            "  {}, {} {}: {taken} {}",
            fallback.account_name,
            numbers.count(fallback.ad_days),
            output.word(Word::AdDays),
            numbers.shares(fallback.count),
        )
    }));
    lines.extend(event.added_twice.iter().map(|twice| {
        let word = output.word(Word::CountsTwice);
        format!("  {word}: {} + {}", twice.one, twice.other)
    }));
    lines.join("\n") + "\n"
}

fn amounts(output: &Output, of: &CountedActions) -> String {
    let mut all = vec![output.numbers().shares(of.count)];
    all.extend(of.values.iter().map(|value| money(output, value)));
    all.join(", ")
}

fn money(output: &Output, value: &ActionValue) -> String {
    output.numbers().money(&value.amount, &value.currency)
}

fn cells(output: &Output, row: &ActionTypeRow) -> [String; 8] {
    let numbers = output.numbers();
    let values: Vec<String> = row.told.values.iter().map(|v| money(output, v)).collect();
    let counts = [&row.as_leads, &row.as_purchases]
        .into_iter()
        .flatten()
        .map(|part| numbers.shares(part.count))
        .collect::<Vec<_>>();
    let or_nothing = |texts: Vec<String>| {
        if texts.is_empty() {
            NOTHING.to_owned()
        } else {
            texts.join(", ")
        }
    };
    [
        row.action_type.clone(),
        numbers.shares(row.told.count),
        or_nothing(values),
        numbers.count(row.ads),
        numbers.count(row.days),
        or_nothing(counts),
        row.overlaps.len().to_string(),
        row.within.clone().unwrap_or_else(|| NOTHING.to_owned()),
    ]
}
