//! The program is really killed, over and over, and in the end nothing shows it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rumbo_ads::runs::{RunState, runs};
use rumbo_ads::sync::{PageAccess, SyncContext, SyncOptions, run};
use rumbo_base::{Clock, Entropy, WorkspaceId};
use rumbo_db::Db;
use rumbo_db::{on_tx, sqlx};
use rumbo_platform::{Scope, connections};
use rumbo_sandbox::Effect;
use tokio_util::sync::CancellationToken;

use crate::crm::Crm;
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
    let mut tx = scope.read().await.unwrap();
    let pages = connections::pages(&mut tx, scope.workspace).await.unwrap();
    drop(tx);
    assert!(!pages.is_empty());
    let cx = SyncContext {
        graph: graph(address, token, secret, &clock),
        pages: pages
            .into_iter()
            .map(|page| PageAccess {
                id: page.id,
                external_id: page.external_id,
                name: page.name,
            })
            .collect(),
        leads: Arc::new(Crm(scope.clone())),
        scope,
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
    let undisturbed = with_crm().await;
    let took = std::time::Instant::now();
    let report = undisturbed.sync(SINCE).await;
    assert_eq!(report.state, RunState::Done, "{:?}", report.issues);
    let took = took.elapsed();
    let all_leads = touchpoints(&undisturbed.scope).await;
    assert!(all_leads > 50, "{all_leads}");

    let world = with_crm().await;
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
    let mut among_leads = 0;
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
        let left = open(&file, &world.scope).await;
        among_leads += u32::from((1..all_leads).contains(&touchpoints(&left).await));
        left.db.close().await;
    }
    assert!(
        finished < KILLS / 2,
        "the process was too quick to be killed: {finished}"
    );
    assert!(
        among_leads > 2,
        "{among_leads} of {kills} kills fell while leads were read"
    );
    let world = World {
        scope: open(&file, &world.scope).await,
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
    // How many there are says little: a process that was done before its kill begins anew on a
    // blank file, and a kill may fall between the last commit and the end of a process.
    assert!(
        history
            .iter()
            .all(|run| matches!(run.state.as_str(), "interrupted" | "done")),
        "every run was cut short or came to its end"
    );
    assert_eq!(history[0].state, "done");
}

/// With pages, and with a Meta that takes its time over leads, so that there is time for a kill.
async fn with_crm() -> World {
    let world = World {
        crm: true,
        ..World::small().await.with_pages().await
    };
    world.fault("*/leads", 1, 0, Effect::Slow { milliseconds: 25 });
    world
}

async fn open(file: &Path, scope: &Scope) -> Scope {
    let clock = Clock::manual(crate::world::instant(crate::world::NOW));
    let (db, _) = Db::open_sqlite(file, &clock).await.unwrap();
    Scope {
        db,
        ..scope.clone()
    }
}

async fn touchpoints(scope: &Scope) -> i64 {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM touchpoints"
    )
    .fetch_one(c)
    .await)
    .unwrap()
}

/// Puts the file back to before the first sync.
fn restore(file: &Path, blank: &[u8]) {
    for end in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
    std::fs::write(file, blank).unwrap();
}
