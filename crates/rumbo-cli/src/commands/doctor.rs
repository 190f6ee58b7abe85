//! `rumbo doctor`

use rumbo_app::api;
use rumbo_app::wire::{DoctorCheck, RunDoctor};
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::grid::Grid;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

/// Examines the installation. A failed check makes the command fail; a warning does not.
pub async fn run(program: &Program) -> Result<Exit, Failure> {
    program
        .in_workspace_if_any(async |session| {
            let checks = api::run_doctor(&session.cx, RunDoctor {}).await?;
            session
                .output
                .result(&json!({ "checks": checks }), |output| text(output, &checks));
            let failed = checks.iter().any(|check| check.outcome == "failed");
            Ok(if failed { Exit::Failed } else { Exit::Done })
        })
        .await
}

fn text(output: &Output, checks: &[DoctorCheck]) -> String {
    let mut grid = Grid::new(
        &[output.word(Word::Check), output.word(Word::Answer), ""],
        &[],
    )
    .wrapped();
    for check in checks {
        grid.row([
            check.name.as_str(),
            check.outcome.as_str(),
            check.detail.as_str(),
        ]);
        if let Some(fix) = &check.fix {
            grid.row(["", "→", fix.as_str()]);
        }
    }
    grid.text()
}
