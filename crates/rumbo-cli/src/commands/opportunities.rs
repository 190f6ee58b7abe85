//! `rumbo opportunities`

mod stages;

use clap::{Args, Subcommand};
use rumbo_app::api;
use rumbo_app::wire::{Board, GetBoard, MoveOpportunity, OpportunityCard, SaveOpportunity};
use rumbo_base::{ContactId, OpportunityId};

pub use stages::StagesCommand;
use stages::stage_of;

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
        /// Name or id of a stage; the first open one when absent
        #[arg(long)]
        stage: Option<String>,
        #[command(flatten)]
        fields: OpportunityFields,
    },
    /// Change an opportunity; what is left out stays
    Change {
        /// The opportunity's id
        id: OpportunityId,
        /// The id of the contact it belongs to
        #[arg(long, value_name = "ID")]
        contact: Option<ContactId>,
        #[command(flatten)]
        fields: OpportunityFields,
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
    /// The stages of the pipeline
    #[command(subcommand)]
    Stages(StagesCommand),
}

/// Fields of an opportunity.
#[derive(Debug, Args)]
pub struct OpportunityFields {
    /// What it is about
    #[arg(long)]
    name: Option<String>,
    /// Such as 1842.61; empty takes it away
    #[arg(long, value_name = "AMOUNT", value_parser = flags::amount_or_nothing)]
    value: Option<String>,
    /// The workspace's currency when absent
    #[arg(long, value_name = "CODE", value_parser = flags::currency)]
    currency: Option<String>,
    /// The id of the member who looks after it; empty takes the owner away
    #[arg(long, value_name = "ID")]
    owner: Option<String>,
    /// The day it should close; empty takes it away
    #[arg(long, value_name = "DAY", value_parser = flags::day_or_nothing)]
    expected_close: Option<String>,
    /// When something has to have happened: an instant, or a day
    #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
    deadline: Option<Moment>,
    /// When it began: an instant, or a day; now when absent
    #[arg(long, value_name = "WHEN", value_parser = flags::moment)]
    at: Option<Moment>,
}

impl OpportunityFields {
    fn request(self, session: &Session) -> SaveOpportunity {
        let moment = |at: Option<Moment>| at.map(|at| at.at(session.zone()));
        SaveOpportunity {
            name: self.name,
            value: self.value,
            currency: self.currency,
            owner_id: self.owner,
            expected_close: self.expected_close,
            deadline_at: moment(self.deadline).map(|at| at.to_rfc3339()),
            opened_at: moment(self.at),
            ..SaveOpportunity::default()
        }
    }
}

/// Runs the command.
pub async fn run(program: &Program, command: OpportunitiesCommand) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let (cx, output) = (&session.cx, &session.output);
            let card = match command {
                OpportunitiesCommand::Add {
                    contact,
                    stage,
                    fields,
                } => {
                    let stage_id = match stage {
                        Some(stage) => Some(stage_of(session, &stage).await?),
                        None => None,
                    };
                    let request = SaveOpportunity {
                        contact_id: Some(contact),
                        stage_id,
                        ..fields.request(session)
                    };
                    api::save_opportunity(cx, request).await?
                }
                OpportunitiesCommand::Change {
                    id,
                    contact,
                    fields,
                } => {
                    let request = SaveOpportunity {
                        id: Some(id),
                        contact_id: contact,
                        ..fields.request(session)
                    };
                    api::save_opportunity(cx, request).await?
                }
                OpportunitiesCommand::Stages(command) => {
                    stages::run(session, command).await?;
                    return Ok(Exit::Done);
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
                    api::move_opportunity(cx, request).await?
                }
                OpportunitiesCommand::List { search } => {
                    let board = api::get_board(cx, GetBoard { search }).await?;
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
