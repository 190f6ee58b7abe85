//! `rumbo demo`

mod person;

use chrono::Days;
use clap::Args;
use rumbo_app::wire::{
    CompareWith, Connection, GetConnection, GetHome, GetRoi, ListAssets, OpenSampleWorkspace,
    PullTemplates, RoiBy, RoiReport, SelectAssets, StartSignIn, StartSync, SyncProgress,
};
use rumbo_app::{api, exports};
use rumbo_base::DateRange;
use serde::Serialize;

use super::connect::wait_for_sign_in;
use super::stats::{CHART_COLUMNS, CHART_LINES, day_chart};
use super::sync::{exit_of, to_the_end};
use super::{roi, sync};
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::session::{Program, Session};

/// How much to show.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Days to read, today included
    #[arg(long, value_name = "N", default_value = "90", value_parser = clap::value_parser!(u32).range(1..=1000))]
    days: u32,
}

#[derive(Debug, Serialize)]
struct Demo {
    connection: Connection,
    sync: SyncProgress,
    roi: RoiReport,
    data_dir: String,
}

/// Does the main job from beginning to end on the sample workspace.
pub async fn run(program: &Program, args: DemoArgs) -> Result<Exit, Failure> {
    // The sandbox's dialog is answered here, so no browser is needed. What is said around the
    // tables is English, and so are their headings unless asked for otherwise.
    let mut program = program.clone();
    program.no_browser = true;
    program.global.lang.get_or_insert_with(|| "en".to_owned());
    program
        .anywhere(async |session| {
            let opened = api::open_sample_workspace(&session.cx, OpenSampleWorkspace {});
            let opened = Box::pin(opened).await?;
            let session = session.switched(&opened).await?;
            session.output.say(&format!(
                "{}: the sample workspace. A sandbox plays Meta on this machine.\n",
                opened.name
            ));
            let connection = Box::pin(connect(&session)).await?;
            Box::pin(keep_everything(&session)).await?;
            let templates = api::pull_templates(&session.cx, PullTemplates::default());
            Box::pin(templates).await?;
            show(&session, args.days, connection).await
        })
        .await
}

async fn connect(session: &Session) -> Result<Connection, Failure> {
    let cx = &session.cx;
    let started = api::start_sign_in(cx, StartSignIn { rerequest: false }).await?;
    person::approve(&started.url, session.clock()).await?;
    wait_for_sign_in(session).await?;
    let connection = api::get_connection(cx, GetConnection {}).await?;
    let name = connection.user_name.as_deref().unwrap_or_default();
    session.output.say(&format!("Signed in as {name}."));
    Ok(connection)
}

async fn keep_everything(session: &Session) -> Result<(), Failure> {
    let offered = api::list_assets(&session.cx, ListAssets::default()).await?;
    let accounts = offered
        .ad_accounts
        .iter()
        .filter(|account| account.selectable);
    let request = SelectAssets {
        ad_account_ids: accounts.map(|account| account.id.clone()).collect(),
        page_ids: offered.pages.iter().map(|page| page.id.clone()).collect(),
        whatsapp_ids: offered.whatsapp.iter().map(|one| one.id.clone()).collect(),
        ..SelectAssets::default()
    };
    session.output.say(&format!(
        "{} ad accounts and {} pages are kept.\n",
        request.ad_account_ids.len(),
        request.page_ids.len()
    ));
    api::select_assets(&session.cx, request).await?;
    Ok(())
}

async fn show(session: &Session, days: u32, connection: Connection) -> Result<Exit, Failure> {
    let to = session.today();
    let back = Days::new(u64::from(days.saturating_sub(1)));
    let range = DateRange::new(to.checked_sub_days(back).unwrap_or(to), to)?;
    let request = StartSync {
        since: Some(range.from),
        full: false,
    };
    let progress = to_the_end(session, request).await?;
    let request = GetRoi {
        by: RoiBy::Campaign,
        from: range.from,
        to: range.to,
        accounts: Vec::new(),
        campaign: None,
        ad_set: None,
        compare: false,
        compare_with: CompareWith::default(),
        without_spend: false,
        new_customers: true,
        people: false,
        attribution: None,
        convert_to: None,
        as_of: None,
    };
    let demo = Demo {
        connection,
        roi: api::get_roi(&session.cx, request).await?,
        data_dir: session.app.data_dir().display().to_string(),
        sync: progress,
    };
    let days = GetHome {
        from: range.from,
        to: range.to,
        currency: None,
        compare_with: CompareWith::default(),
        attribution: None,
        convert_to: None,
        as_of: None,
    };
    let home = api::get_home(&session.cx, days).await?;
    let chart = exports::chart_text(
        day_chart(&session.output, &home),
        CHART_COLUMNS,
        CHART_LINES,
    )?;
    session
        .output
        .result(&demo, |output| text(output, &demo, &chart));
    Ok(exit_of(&demo.sync))
}

fn text(output: &Output, demo: &Demo, chart: &str) -> String {
    format!(
        "{}\n{}\n{chart}\nThe data is in {}. It can be read without any network: \
         rumbo --data-dir \"{}\" roi",
        sync::text(output, &demo.sync),
        roi::text(output, &demo.roi),
        demo.data_dir,
        demo.data_dir,
    )
}
