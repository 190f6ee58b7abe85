//! `rumbo opportunities stages`

use clap::{Subcommand, ValueEnum};
use rumbo_app::api;
use rumbo_app::wire::{ListStages, OrderStages, RemoveStage, SaveStage, StageRow};
use rumbo_base::{Code, Error, Reason, StageId};

use crate::exit::Failure;
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Session;
use crate::words::Word;

/// What it means to be in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    Open,
    Won,
    Lost,
}

/// What to do with stages.
#[derive(Debug, Subcommand)]
pub enum StagesCommand {
    /// List the stages in their order
    List,
    /// Make a stage, behind the others of its meaning
    Add {
        /// What it is called
        name: String,
        /// Percent, 0 to 100
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
        probability: Option<u32>,
        /// What it means; open when absent
        #[arg(long, value_enum)]
        outcome: Option<Outcome>,
    },
    /// Change a stage; what is left out stays
    Change {
        /// Name or id of the stage
        stage: String,
        /// What it is called from now on
        #[arg(long)]
        name: Option<String>,
        /// Percent, 0 to 100
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
        probability: Option<u32>,
        /// What it means
        #[arg(long, value_enum)]
        outcome: Option<Outcome>,
    },
    /// Put the stages in order
    Order {
        /// Every stage once, by name or id
        #[arg(required = true)]
        stages: Vec<String>,
    },
    /// Remove a stage
    Remove {
        /// Name or id of the stage
        stage: String,
        /// The stage that its opportunities move to, by name or id
        #[arg(long, value_name = "STAGE")]
        move_to: Option<String>,
    },
}

/// Runs the command.
pub async fn run(session: &Session, command: StagesCommand) -> Result<(), Failure> {
    let cx = &session.cx;
    let word = |outcome: Option<Outcome>| {
        outcome.map(|outcome| {
            match outcome {
                Outcome::Open => "open",
                Outcome::Won => "won",
                Outcome::Lost => "lost",
            }
            .to_owned()
        })
    };
    let saved = match command {
        StagesCommand::Add {
            name,
            probability,
            outcome,
        } => {
            let request = SaveStage {
                id: None,
                name: Some(name),
                probability,
                outcome: word(outcome),
            };
            api::save_stage(cx, request).await?
        }
        StagesCommand::Change {
            stage,
            name,
            probability,
            outcome,
        } => {
            let request = SaveStage {
                id: Some(stage_of(session, &stage).await?),
                name,
                probability,
                outcome: word(outcome),
            };
            api::save_stage(cx, request).await?
        }
        StagesCommand::List => {
            let rows = api::list_stages(cx, ListStages {}).await?;
            session
                .output
                .result(&rows, |output| rows_text(output, &rows));
            return Ok(());
        }
        StagesCommand::Order { stages } => {
            let mut ids = Vec::with_capacity(stages.len());
            for stage in &stages {
                ids.push(stage_of(session, stage).await?);
            }
            let rows = api::order_stages(cx, OrderStages { ids }).await?;
            session
                .output
                .result(&rows, |output| rows_text(output, &rows));
            return Ok(());
        }
        StagesCommand::Remove { stage, move_to } => {
            let id = stage_of(session, &stage).await?;
            let move_to = match move_to {
                Some(stage) => Some(stage_of(session, &stage).await?),
                None => None,
            };
            let rows = api::remove_stage(cx, RemoveStage { id, move_to }).await?;
            session
                .output
                .result(&rows, |output| rows_text(output, &rows));
            return Ok(());
        }
    };
    session.output.result(&saved, |output| {
        rows_text(output, std::slice::from_ref(&saved))
    });
    Ok(())
}

/// The stage with this id, or of this name in any case.
pub async fn stage_of(session: &Session, stage: &str) -> Result<StageId, Failure> {
    if let Ok(id) = stage.parse() {
        return Ok(id);
    }
    let stages = api::list_stages(&session.cx, ListStages {}).await?;
    let wanted = stage.to_lowercase();
    let found = stages.iter().find(|one| one.name.to_lowercase() == wanted);
    if let Some(found) = found {
        return Ok(found.id);
    }
    let known: Vec<&str> = stages.iter().map(|one| one.name.as_str()).collect();
    Err(Error::new(
        Code::NotFound,
        format!(
            "There is no stage \"{stage}\". There is: {}.",
            known.join(", ")
        ),
    )
    .reason(Reason::IdUnknown)
    .param("what", "stage")
    .param("id", stage)
    .field("stage")
    .param("stage", stage)
    .into())
}

fn rows_text(output: &Output, stages: &[StageRow]) -> String {
    let headings = [Word::Id, Word::Stage, Word::Outcome].map(|word| output.word(word));
    let mut grid = Grid::new(&headings, &[output.word(Word::Probability)]);
    for stage in stages {
        grid.row([
            stage.id.to_string(),
            short(&stage.name),
            stage.outcome.clone().unwrap_or_else(|| NOTHING.to_owned()),
            format!("{} %", stage.probability),
        ]);
    }
    grid.text()
}
