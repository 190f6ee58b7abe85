//! `rumbo drift`

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{
    ListSettingChanges, MarkSettingChange, SettingChange, SettingKind, Severity,
};
use rumbo_base::SettingChangeId;

use super::pages::{PageArgs, with_next};
use crate::exit::{Exit, Failure};
use crate::flags::{self, Moment};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::period::end;
use crate::session::Program;
use crate::words::Word;

/// What a changed setting is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Enhancement,
    Automation,
    Budget,
    Bidding,
    Status,
    Audience,
    Placement,
    Measurement,
    Schedule,
    Creative,
    Other,
}

impl From<Kind> for SettingKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Enhancement => Self::Enhancement,
            Kind::Automation => Self::Automation,
            Kind::Budget => Self::Budget,
            Kind::Bidding => Self::Bidding,
            Kind::Status => Self::Status,
            Kind::Audience => Self::Audience,
            Kind::Placement => Self::Placement,
            Kind::Measurement => Self::Measurement,
            Kind::Schedule => Self::Schedule,
            Kind::Creative => Self::Creative,
            Kind::Other => Self::Other,
        }
    }
}

/// Which changed settings, or which to mark.
#[derive(Debug, Args)]
pub struct DriftArgs {
    /// Only those seen then or later: an instant such as 2026-03-31T10:00:00-03:00, or a day and what follows it
    #[arg(long, value_name = "TIME", value_parser = flags::moment)]
    since: Option<Moment>,
    /// Only of this ad account, by Meta's id or Rumbo's
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only those about this
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Those that somebody marked as meant, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    page: PageArgs,
    /// Instead of listing: mark this one as meant; may be repeated
    #[arg(long, value_name = "ID", conflicts_with_all = ["since", "account", "kind", "all", "unmark"])]
    mark: Vec<SettingChangeId>,
    /// Instead of listing: take the mark away from this one; may be repeated
    #[arg(long, value_name = "ID", conflicts_with_all = ["since", "account", "kind", "all"])]
    unmark: Vec<SettingChangeId>,
}

/// Prints what is set otherwise at Meta than at the sync before, or marks what was meant.
pub async fn run(program: &Program, args: DriftArgs) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            if !args.mark.is_empty() || !args.unmark.is_empty() {
                let expected = !args.mark.is_empty();
                let ids = if expected { args.mark } else { args.unmark };
                let marked =
                    api::mark_setting_change(cx, MarkSettingChange { ids, expected }).await?;
                output.result(&marked, |output| rows_text(output, &marked.rows));
                return Ok(Exit::Done);
            }
            let zone = session.zone();
            let since = args.since.map(|since| match since {
                // From the day's beginning on.
                Moment::Day(day) => end(Moment::Day(day.pred_opt().unwrap_or(day)), zone),
                instant => end(instant, zone),
            });
            let request = ListSettingChanges {
                account: args.account,
                kind: args.kind.map(Into::into),
                expected_too: args.all,
                since,
                page: args.page.into(),
            };
            let page = api::list_setting_changes(cx, request).await?;
            output.result(&page, |output| {
                with_next(output, rows_text(output, &page.rows), page.next.as_deref())
            });
            Ok(Exit::Done)
        })
        .await
}

fn rows_text(output: &Output, rows: &[SettingChange]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::Id,
        Word::SeenAt,
        Word::Kind,
        Word::Weight,
        Word::Name,
        Word::Setting,
        Word::Before,
        Word::After,
        Word::Meant,
    ]
    .map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[]);
    let instant = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    for row in rows {
        let values = |values: &[String], sign: &str| {
            let numbers = output.numbers();
            let told: Vec<String> = values
                .iter()
                .map(|value| match &row.currency {
                    Some(currency) => format!("{} {currency}", numbers.decimal(value)),
                    None if row.list => format!("{sign}{value}"),
                    None => value.clone(),
                })
                .collect();
            if told.is_empty() {
                NOTHING.to_owned()
            } else {
                short(&told.join(", "))
            }
        };
        let weight = match row.severity {
            Severity::High => Word::High,
            Severity::Medium => Word::Medium,
            Severity::Low => Word::Low,
        };
        grid.row([
            row.id.to_string(),
            instant(row.seen_at),
            output.word(kind(row.kind)).to_owned(),
            output.word(weight).to_owned(),
            short(&row.name),
            row.field.clone(),
            values(&row.before, "−"),
            values(&row.after, "+"),
            output
                .word(if row.expected_at.is_some() {
                    Word::Yes
                } else {
                    Word::No
                })
                .to_owned(),
        ]);
    }
    grid.text()
}

fn kind(kind: SettingKind) -> Word {
    match kind {
        SettingKind::Enhancement => Word::SettingEnhancement,
        SettingKind::Automation => Word::SettingAutomation,
        SettingKind::Budget => Word::SettingBudget,
        SettingKind::Bidding => Word::SettingBidding,
        SettingKind::Status => Word::Status,
        SettingKind::Audience => Word::SettingAudience,
        SettingKind::Placement => Word::SettingPlacement,
        SettingKind::Measurement => Word::SettingMeasurement,
        SettingKind::Schedule => Word::SettingSchedule,
        SettingKind::Creative => Word::SettingCreative,
        SettingKind::Other => Word::SettingOther,
    }
}
