//! `rumbo spend`

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{
    AddSpend, ChangeSpend, ListSpend, RemoveSpend, RestoreSpend, SpendRow, SpendSum, SumSpend,
};
use rumbo_base::ChannelSpendId;

use super::pages::{PageArgs, with_next};
use crate::exit::{Exit, Failure};
use crate::flags;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::{Word, channel};

/// Which rows.
#[derive(Debug, Args)]
pub struct Of {
    /// Only of this day and later
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    from: Option<NaiveDate>,
    /// Only of this day and earlier
    #[arg(long, value_name = "DAY", value_parser = flags::day)]
    to: Option<NaiveDate>,
    /// Only on this platform
    #[arg(long, value_name = "NAME")]
    platform: Option<String>,
}

/// What to do with what was spent outside the ad accounts.
#[derive(Debug, Subcommand)]
pub enum SpendCommand {
    /// List what was spent, the newest day first
    List {
        #[command(flatten)]
        of: Of,
        /// Only on the campaign of exactly this name
        #[arg(long, value_name = "NAME")]
        campaign: Option<String>,
        /// Also what was taken away
        #[arg(long)]
        removed: bool,
        #[command(flatten)]
        page: PageArgs,
    },
    /// Add up what was spent on each campaign of each platform
    Sums {
        #[command(flatten)]
        of: Of,
    },
    /// Enter what was spent: on a day, or spread evenly over several
    Add {
        /// google_ads, tiktok_ads, sms, email, agency, fee, other, or a word of your own
        #[arg(long, value_name = "NAME")]
        platform: String,
        /// Such as 1842.61: of all days together
        #[arg(long, value_parser = flags::amount)]
        amount: String,
        /// The day
        #[arg(long, value_name = "DAY", value_parser = flags::day)]
        day: NaiveDate,
        /// The last of several days
        #[arg(long, value_name = "DAY", value_parser = flags::day)]
        to: Option<NaiveDate>,
        /// The campaign there
        #[arg(long, value_name = "NAME")]
        campaign: Option<String>,
        /// The workspace's currency when absent
        #[arg(long, value_name = "CODE", value_parser = flags::currency)]
        currency: Option<String>,
        /// What it was for, as a reminder
        #[arg(long)]
        note: Option<String>,
    },
    /// Correct a row; what it said before is kept. What is left out stays
    Change {
        /// The row's id
        id: ChannelSpendId,
        /// Where it was spent, such as google_ads
        #[arg(long, value_name = "NAME")]
        platform: Option<String>,
        /// How much, such as 1842.61
        #[arg(long, value_parser = flags::amount)]
        amount: Option<String>,
        /// The day, such as 2026-03-31
        #[arg(long, value_name = "DAY", value_parser = flags::day)]
        day: Option<NaiveDate>,
        /// Empty to take it away
        #[arg(long, value_name = "NAME")]
        campaign: Option<String>,
        /// The currency's three letters, such as USD
        #[arg(long, value_name = "CODE", value_parser = flags::currency)]
        currency: Option<String>,
        /// Empty to take it away
        #[arg(long)]
        note: Option<String>,
    },
    /// Take a row away; it can be brought back
    Remove {
        /// The row's id
        id: ChannelSpendId,
    },
    /// Bring a row back that was taken away
    Restore {
        /// The row's id
        id: ChannelSpendId,
    },
}

/// Runs the command.
pub async fn run(program: &Program, command: SpendCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let row = match command {
                SpendCommand::List {
                    of,
                    campaign,
                    removed,
                    page,
                } => {
                    let request = ListSpend {
                        from: of.from,
                        to: of.to,
                        platform: of.platform,
                        campaign,
                        removed,
                        page: page.into(),
                    };
                    let page = api::list_spend(cx, request).await?;
                    output.result(&page, |output| {
                        with_next(output, rows_text(output, &page.rows), page.next.as_deref())
                    });
                    return Ok(Exit::Done);
                }
                SpendCommand::Sums { of } => {
                    let request = SumSpend {
                        from: of.from,
                        to: of.to,
                        platform: of.platform,
                    };
                    let sums = api::sum_spend(cx, request).await?;
                    output.result(&sums, |output| sums_text(output, &sums));
                    return Ok(Exit::Done);
                }
                SpendCommand::Add {
                    platform,
                    amount,
                    day,
                    to,
                    campaign,
                    currency,
                    note,
                } => {
                    let request = AddSpend {
                        from: day,
                        to,
                        platform,
                        campaign,
                        note,
                        amount,
                        currency,
                    };
                    let rows = api::add_spend(cx, request).await?;
                    output.result(&rows, |output| rows_text(output, &rows));
                    return Ok(Exit::Done);
                }
                SpendCommand::Change {
                    id,
                    platform,
                    amount,
                    day,
                    campaign,
                    currency,
                    note,
                } => {
                    let request = ChangeSpend {
                        id,
                        day,
                        platform,
                        campaign,
                        note,
                        amount,
                        currency,
                    };
                    api::change_spend(cx, request).await?
                }
                SpendCommand::Remove { id } => api::remove_spend(cx, RemoveSpend { id }).await?,
                SpendCommand::Restore { id } => api::restore_spend(cx, RestoreSpend { id }).await?,
            };
            output.result(&row, |output| rows_text(output, std::slice::from_ref(&row)));
            Ok(Exit::Done)
        })
        .await
}

fn rows_text(output: &Output, rows: &[SpendRow]) -> String {
    if rows.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings = [
        Word::Id,
        Word::Day,
        Word::MarketingChannel,
        Word::Campaign,
        Word::Source,
    ]
    .map(|word| output.word(word));
    let figures = [Word::Amount, Word::Before].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &figures);
    let numbers = output.numbers();
    for row in rows {
        let campaign = row.campaign.as_deref().map_or_else(String::new, short);
        let source = match (&row.removed_at, &row.file_name) {
            (Some(_), _) => output.word(Word::Removed).to_owned(),
            (None, Some(file)) => short(file),
            (None, None) => output.word(Word::ByHand).to_owned(),
        };
        let before = row.replaced.first();
        grid.row([
            row.id.to_string(),
            row.day.to_string(),
            channel(output, &row.platform),
            campaign,
            source,
            numbers.money(&row.amount, &row.currency),
            before.map_or_else(
                || NOTHING.to_owned(),
                |before| numbers.money(&before.amount, &before.currency),
            ),
        ]);
    }
    grid.text()
}

fn sums_text(output: &Output, sums: &[SpendSum]) -> String {
    if sums.is_empty() {
        return output.word(Word::None).to_owned();
    }
    let headings =
        [Word::MarketingChannel, Word::Campaign, Word::Period].map(|word| output.word(word));
    let figures = [Word::Rows, Word::Amount].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &figures);
    let numbers = output.numbers();
    for sum in sums {
        grid.row([
            channel(output, &sum.platform),
            sum.campaign.as_deref().map_or_else(String::new, short),
            format!("{} – {}", sum.first_day, sum.last_day),
            numbers.count(sum.entries),
            numbers.money(&sum.amount, &sum.currency),
        ]);
    }
    grid.text()
}
