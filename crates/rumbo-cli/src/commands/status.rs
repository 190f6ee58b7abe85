//! `rumbo status`

use rumbo_app::api;
use rumbo_app::wire::{
    AppInfo, Connection, DataAge, GetAppInfo, GetConnection, GetDataAges, GetSetupState,
    ListSyncRuns, PageRequest, SetupState, SyncRunRow,
};
use serde::Serialize;

use super::connect::connection_text;
use super::sync::state_name;
use crate::exit::{Exit, Failure};
use crate::grid::{Grid, short};
use crate::numbers::NOTHING;
use crate::output::Output;
use crate::session::Program;
use crate::words::Word;

#[derive(Debug, Serialize)]
struct Status {
    setup: SetupState,
    connection: Connection,
    last_sync: Option<SyncRunRow>,
    data_ages: Vec<DataAge>,
    app: AppInfo,
}

/// Says how everything stands, without asking Meta.
pub async fn run(program: &Program) -> Result<Exit, Failure> {
    program
        .in_workspace(async |session| {
            let cx = &session.cx;
            let newest = ListSyncRuns {
                page: PageRequest {
                    limit: Some(1),
                    cursor: None,
                },
            };
            let status = Status {
                setup: api::get_setup_state(cx, GetSetupState {}).await?,
                connection: api::get_connection(cx, GetConnection {}).await?,
                last_sync: api::list_sync_runs(cx, newest)
                    .await?
                    .rows
                    .into_iter()
                    .next(),
                data_ages: api::get_data_ages(cx, GetDataAges {}).await?,
                app: api::get_app_info(cx, GetAppInfo {}).await?,
            };
            session
                .output
                .result(&status, |output| text(output, &status));
            Ok(Exit::Done)
        })
        .await
}

fn text(output: &Output, status: &Status) -> String {
    let numbers = output.numbers();
    let name = status
        .setup
        .workspace
        .as_ref()
        .map_or(NOTHING, |row| row.name.as_str());
    let mut here = Grid::pairs();
    here.row([output.word(Word::Workspace).to_owned(), short(name)]);
    here.row([
        output.word(Word::DataFolder).to_owned(),
        status.app.data_dir.clone(),
    ]);
    here.row([
        output.word(Word::AdAccounts).to_owned(),
        numbers.count(status.setup.ad_accounts),
    ]);
    let last = status.last_sync.as_ref().map_or_else(
        || output.word(Word::Never).to_owned(),
        |run| {
            format!(
                "{} {}",
                run.started_at.format("%Y-%m-%d %H:%M UTC"),
                state_name(run.state)
            )
        },
    );
    here.row([output.word(Word::LastSync).to_owned(), last]);
    let mut ages = Grid::new(&[output.word(Word::Data), output.word(Word::AsOf)], &[]);
    for age in &status.data_ages {
        let as_of = age.as_of.map_or_else(
            || output.word(Word::Never).to_owned(),
            |at| at.format("%Y-%m-%d %H:%M UTC").to_string(),
        );
        ages.row([age.source.clone(), as_of]);
    }
    let connection = connection_text(output, &status.connection);
    format!("{}\n{connection}\n{}", here.text(), ages.text())
}
