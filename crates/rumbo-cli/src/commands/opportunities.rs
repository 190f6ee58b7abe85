//! `rumbo opportunities`

use chrono::NaiveDate;
use clap::Subcommand;
use rumbo_app::pipeline;
use rumbo_app::wire::{Board, GetBoard, MoveOpportunity, OpportunityCard, SaveOpportunity};
use rumbo_base::{Code, ContactId, Error, OpportunityId, StageId};

use crate::exit::{Exit, Failure};
use crate::flags::{self, Moment};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::{Program, Session};
use crate::words::Word;

/// What to do with opportunities.
#[derive(Debug, Subcommand)]
pub enum OpportunitiesCommand {
    /// Make an opportunity
    Add {
        /// The contact's id
        #[arg(long, value_name = "ID")]
        contact: ContactId,
        #[arg(long)]
        name: Option<String>,
        /// Such as 1842.61
        #[arg(long, value_name = "AMOUNT", value_parser = flags::amount)]
        value: Option<String>,
        /// The workspace's currency when absent
        #[arg(long, value_name = "CODE", value_parser = flags::currency)]
        currency: Option<String>,
        /// Name or id of a stage; the first when absent
        #[arg(long)]
        stage: Option<String>,
        /// The day it should close
        #[arg(long, value_name = "DAY", value_parser = flags::day)]
        expected_close: Option<NaiveDate>,
        /// When something has to have happened: an instant, or a day
        #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
        deadline: Option<Moment>,
        /// When it began: an instant, or a day; now when absent
        #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
        at: Option<Moment>,
    },
    /// Move an opportunity to another stage
    Move {
        /// The opportunity's id
        id: OpportunityId,
        /// Name or id of the stage
        stage: String,
        /// Why, when the stage means lost
        #[arg(long, value_name = "TEXT")]
        lost_reason: Option<String>,
    },
    /// List opportunities by stage
    List {
        /// Part of an opportunity's or contact's name
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
}

/// Runs the command.
pub async fn run(program: &Program, command: OpportunitiesCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let moment = |at: Option<Moment>| at.map(|at| at.at(session.zone()));
            let card = match command {
                OpportunitiesCommand::Add {
                    contact,
                    name,
                    value,
                    currency,
                    stage,
                    expected_close,
                    deadline,
                    at,
                } => {
                    let stage_id = match stage {
                        Some(stage) => Some(stage_of(session, &stage).await?),
                        None => None,
                    };
                    let request = SaveOpportunity {
                        id: None,
                        contact_id: Some(contact),
                        name,
                        value,
                        currency,
                        stage_id,
                        expected_close,
                        deadline_at: moment(deadline),
                        opened_at: moment(at),
                    };
                    pipeline::save_opportunity(cx, request).await?
                }
                OpportunitiesCommand::Move {
                    id,
                    stage,
                    lost_reason,
                } => {
                    let stage_id = stage_of(session, &stage).await?;
                    let request = MoveOpportunity {
                        id,
                        stage_id,
                        lost_reason,
                    };
                    pipeline::move_opportunity(cx, request).await?
                }
                OpportunitiesCommand::List { search } => {
                    let board = pipeline::get_board(cx, GetBoard { search }).await?;
                    output.result(&board, |output| board_text(output, &board));
                    return Ok(Exit::Done);
                }
            };
            output.result(&card, |output| {
                let mut grid = grid(output);
                grid.row(cells(output, &card.state, &card));
                grid.text()
            });
            Ok(Exit::Done)
        })
        .await
}

/// The stage with this id, or of this name in any case.
async fn stage_of(session: &Session, stage: &str) -> Result<StageId, Failure> {
    if let Ok(id) = stage.parse() {
        return Ok(id);
    }
    let board = pipeline::get_board(&session.cx, GetBoard { search: None }).await?;
    let wanted = stage.to_lowercase();
    let found = board
        .columns
        .iter()
        .find(|column| column.name.to_lowercase() == wanted);
    if let Some(column) = found {
        return Ok(column.stage_id);
    }
    let known: Vec<&str> = board.columns.iter().map(|c| c.name.as_str()).collect();
    Err(Error::new(
        Code::NotFound,
        format!(
            "There is no stage \"{stage}\". There is: {}.",
            known.join(", ")
        ),
    )
    .field("stage")
    .param("stage", stage)
    .into())
}

fn grid(output: &Output) -> Grid {
    let headings = [
        Word::Id,
        Word::Stage,
        Word::Opportunity,
        Word::Contact,
        Word::Campaign,
        Word::Closing,
    ]
    .map(|word| output.word(word));
    Grid::new(&headings, &[output.word(Word::Value)])
}

fn cells(output: &Output, stage: &str, card: &OpportunityCard) -> [String; 7] {
    let close = card.expected_close.map(|day| day.to_string());
    [
        card.id.to_string(),
        short(stage),
        short(&card.name),
        short(&card.contact_name),
        card.campaign
            .as_deref()
            .map_or_else(|| NOTHING.to_owned(), short),
        close.unwrap_or_else(|| NOTHING.to_owned()),
        output
            .numbers()
            .money_or_nothing(card.value.as_deref(), &card.currency),
    ]
}

fn board_text(output: &Output, board: &Board) -> String {
    let mut grid = grid(output);
    for column in &board.columns {
        for card in &column.cards {
            grid.row(cells(output, &column.name, card));
        }
    }
    if grid.is_empty() {
        output.word(Word::None).to_owned()
    } else {
        grid.text()
    }
}
