//! The program is really killed, over and over, and in the end nothing shows it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rumbo_ads::runs::{RunState, runs};
use rumbo_ads::sync::{NoLeads, SyncContext, SyncOptions, run};
use rumbo_base::{Clock, Entropy, WorkspaceId};
use rumbo_db::Db;
use rumbo_platform::Scope;
use tokio_util::sync::CancellationToken;

use crate::world::{World, assert_same, day, dump, graph};

const SINCE: &str = "2026-08-23";
const KILLS: u32 = 60;

/// What a process of its own needs to sync: file, workspace, address, token, secret.
const ORDER: &str = "RUMBO_TEST_SYNC";

#[expect(
    clippy::disallowed_methods,
    reason = "a test is the edge of its own program"
)]
fn order() -> Option<Vec<String>> {
    std::env::var(ORDER)
        .ok()
        .map(|order| order.split('\n').map(ToOwned::to_owned).collect())
}

/// Not a test by itself: the process that [`a_process_killed_at_any_point_loses_and_repeats_nothing`]
/// starts and kills. Without an order it does nothing.
#[tokio::test]
async fn process_to_be_killed() {
    let Some(order) = order() else { return };
    let [file, workspace, address, token, secret] = order.as_slice() else {
        panic!("not an order")
    };
    let clock = Clock::manual(crate::world::instant(crate::world::NOW));
    let (db, _) = Db::open_sqlite(&PathBuf::from(file), &clock).await.unwrap();
    let workspace: WorkspaceId = workspace.parse().unwrap();
    let scope = Scope {
        db,
        clock: clock.clone(),
        entropy: Entropy::system(),
        workspace,
        actor: None,
    };
    let cx = SyncContext {
        graph: graph(address, token, secret, &clock),
        scope,
        pages: Vec::new(),
        leads: Arc::new(NoLeads),
        progress: None,
        cancel: CancellationToken::new(),
    };
    let report = run(
        &cx,
        &SyncOptions {
            since: Some(day(SINCE)),
            ..SyncOptions::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_point_loses_and_repeats_nothing() {
    let undisturbed = World::small().await;
    let took = std::time::Instant::now();
    assert_eq!(undisturbed.sync(SINCE).await.state, RunState::Done);
    let took = took.elapsed();

    let world = World::small().await;
    let card = world.sandbox.announcement();
    let file = world.folder.path().join("rumbo.db");
    let order = [
        file.display().to_string(),
        world.scope.workspace.to_string(),
        card.graph_url.clone(),
        card.access_token.clone(),
        card.app_secret.clone(),
    ]
    .join("\n");
    world.scope.db.close().await;
    let blank = std::fs::read(&file).unwrap();
    let me = std::env::current_exe().unwrap();
    let entropy = Entropy::system();
    let mut kills = 0;
    let mut finished = 0;
    while kills < KILLS {
        let mut child = Command::new(&me)
            .args(["--exact", "killed::process_to_be_killed", "--nocapture"])
            .env(ORDER, &order)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Anywhere from before the first write to a good part of the work.
        let wait = took.mul_f64(0.35 * entropy.fraction()) + Duration::from_millis(15);
        tokio::time::sleep(wait).await;
        if child
            .try_wait()
            .unwrap()
            .is_some_and(|status| status.success())
        {
            // It was done before it was killed: the next one begins anew.
            finished += 1;
            restore(&file, &blank);
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(
        finished < KILLS / 2,
        "the process was too quick to be killed: {finished}"
    );
    let clock = Clock::manual(crate::world::instant(crate::world::NOW));
    let (db, _) = Db::open_sqlite(&file, &clock).await.unwrap();
    let world = World {
        scope: Scope {
            db,
            ..world.scope.clone()
        },
        ..world
    };
    world.check().await;
    let report = world.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    assert_same(&dump(&world.scope).await, &dump(&undisturbed.scope).await);
    let history = runs(
        &mut world.scope.read().await.unwrap(),
        world.scope.workspace,
        500,
    )
    .await
    .unwrap();
    assert!(history.iter().all(|run| run.state != "running"));
    let cut = history
        .iter()
        .filter(|run| run.state == "interrupted")
        .count();
    assert!(
        cut > 5,
        "{cut} of {} runs were cut short, {finished} finished",
        history.len()
    );
}

/// Puts the file back to before the first sync.
fn restore(file: &std::path::Path, blank: &[u8]) {
    for end in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
    std::fs::write(file, blank).unwrap();
}
