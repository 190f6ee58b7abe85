//! Settings that somebody changed at Meta, planted one by one, and what the syncs tell of them.

mod plants;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use chrono::TimeDelta;
use rumbo_ads::runs::RunState;
use rumbo_ads::setting_changes::{
    SettingChange, SettingChangeFilter, SettingKind, list, unexpected,
};
use rumbo_base::PageRequest;
use rumbo_db::{on_tx, sqlx};
use serde_json::json;

use self::plants::{Does, Plant, plants};
use crate::world::World;

/// The account that is played with: 12 campaigns' worth of ads, nobody's in particular.
const ACCOUNT: &str = "act_418209377716";
/// Each setting is changed so often, in other objects each time.
const ROUNDS: usize = 3;
/// So many settings change between two syncs.
const BETWEEN_SYNCS: usize = 8;

/// Meta's ids of the objects that run, by table.
async fn objects(world: &World) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let mut all = BTreeMap::new();
    let mut tx = world.scope.read().await.unwrap();
    for table in ["ad_campaigns", "ad_sets", "ads", "ad_creatives"] {
        let shown = if table == "ad_creatives" {
            "AND EXISTS (SELECT 1 FROM ads d WHERE d.ad_creative_id = x.id)"
        } else {
            ""
        };
        let sql = format!(
            "SELECT x.external_id, x.status FROM {table} x JOIN ad_accounts a ON a.id = x.ad_account_id \
             WHERE '{ACCOUNT}' = 'act_' || a.external_id AND x.deleted_at IS NULL {shown} ORDER BY 1"
        );
        let ids: Vec<(String, String)> = on_tx!(&mut tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(
            sql.as_str()
        ))
        .fetch_all(c)
        .await)
        .unwrap();
        all.insert(table, ids);
    }
    all
}

async fn changes(world: &World) -> Vec<SettingChange> {
    let mut tx = world.scope.read().await.unwrap();
    let page = PageRequest {
        limit: Some(1_000),
        cursor: None,
    };
    let filter = SettingChangeFilter::default();
    list(&mut tx, world.scope.workspace, &filter, &page)
        .await
        .unwrap()
        .rows
}

/// What moves between syncs without anybody setting anything.
fn noise(world: &World, objects: &BTreeMap<&'static str, Vec<(String, String)>>, sync: usize) {
    let control = world.sandbox.control();
    control.restate(Some(ACCOUNT), "2026-11-01", "2026-11-19", 1_010, 990);
    let origin = world.sandbox.announcement().graph_url;
    for (at, (id, _)) in objects["ad_creatives"].iter().enumerate() {
        let picture = json!(format!("{origin}/images/{id}_64.svg?oe={sync}{at}"));
        let post = json!(format!("https://x/{sync}"));
        // Not those that an edit has just replaced: they are not there any more.
        if control.set(id, "thumbnail_url", picture).is_ok() {
            control.set(id, "instagram_permalink_url", post).unwrap();
        }
    }
    for (id, _) in &objects["ad_sets"] {
        control
            .set(
                id,
                "learning_stage_info",
                json!({ "status": "LEARNING" }).to_string().into(),
            )
            .unwrap();
        control
            .set(id, "issues_info", json!(format!("{sync}")))
            .unwrap();
    }
    for table in ["ad_campaigns", "ad_sets", "ads"] {
        let ids = &objects[table];
        let (id, _) = &ids[sync % ids.len()];
        assert!(control.edit(id, None, Some(&format!("Renamed {sync}"))));
    }
}

fn pass(world: &World) {
    world.sandbox.control().advance(TimeDelta::hours(4));
    world
        .scope
        .clock
        .advance(std::time::Duration::from_hours(4));
}

/// A creative and those that take its place are set alike: their ids differ in the last digit.
fn lineage(id: &str) -> String {
    id[..id.len() - 1].to_owned()
}

#[derive(Default)]
struct Told {
    planted: usize,
    found: usize,
    right: usize,
}

/// Plants every change and tells, by kind, how many the next sync found, and how many rows mean
/// no planted change.
async fn backtest() -> (BTreeMap<&'static str, Told>, usize, usize, usize) {
    let world = World::small().await;
    world.select(&[ACCOUNT.to_owned()]).await;
    world.sync("2026-11-15").await;
    let mut syncs = 0;
    let mut told: BTreeMap<&'static str, Told> = BTreeMap::new();
    let mut false_alarms = 0;
    let mut known = BTreeSet::new();
    // Every change in an object of its own.
    let mut used: BTreeSet<(String, &'static str)> = BTreeSet::new();
    let mut queue: Vec<Plant> = Vec::new();
    for _ in 0..ROUNDS {
        queue.extend(plants());
    }
    let mut chunks: Vec<Vec<Plant>> = queue.chunks(BETWEEN_SYNCS).map(<[_]>::to_vec).collect();
    // Between the last two syncs, and now and then, nothing changes but what always moves.
    for at in [0, 5, 11] {
        chunks.insert(at, Vec::new());
    }
    chunks.push(Vec::new());
    for chunk in chunks {
        let objects = objects(&world).await;
        let control = world.sandbox.control();
        let mut expected: Vec<(String, Plant)> = Vec::new();
        for plant in chunk {
            let (table, wanted) = match &plant.does {
                Does::Sets(table, ..) => (*table, None),
                Does::Turns(table, to) => (*table, Some(*to)),
                Does::Edits(..) => ("ads", None),
            };
            let ids: Vec<&String> = objects[table]
                .iter()
                .filter(|(id, status)| {
                    wanted.is_none_or(|to| (to == "ACTIVE") == (status == "PAUSED"))
                        && !expected.iter().any(|(other, _)| other == id)
                        && !used.contains(&(lineage(id), plant.path))
                })
                .map(|(id, _)| id)
                .collect();
            let Some(id) = ids.first() else {
                continue;
            };
            used.insert((lineage(id), plant.path));
            match &plant.does {
                Does::Sets(_, field, value) => control.set(id, field, value.clone()).unwrap(),
                Does::Turns(_, to) => assert!(control.edit(id, Some(to), None)),
                Does::Edits(field, value) => {
                    let new = control.replace_creative(id).unwrap();
                    control.set(&new, field, value.clone()).unwrap();
                }
            }
            expected.push(((*id).clone(), plant));
        }
        noise(&world, &objects, syncs);
        pass(&world);
        let report = world.sync_due().await;
        assert_eq!(report.state, RunState::Done, "{report:?}");
        syncs += 1;
        let rows: Vec<SettingChange> = changes(&world)
            .await
            .into_iter()
            .filter(|row| known.insert(row.id))
            .collect();
        for (id, plant) in &expected {
            let tally = told.entry(plant.kind.word()).or_default();
            tally.planted += 1;
            let row = rows
                .iter()
                .find(|row| row.external_id == *id && row.field.starts_with(plant.path));
            tally.found += usize::from(row.is_some());
            tally.right += usize::from(
                row.is_some_and(|row| row.kind == plant.kind && row.severity == plant.severity),
            );
            if row.is_none() {
                println!("{} of {id} is not told: {rows:#?}", plant.path);
            }
        }
        for row in &rows {
            let first = row.field.split('.').next().unwrap();
            let meant = expected.iter().any(|(id, plant)| {
                let planted = plant.path.split('.').next();
                // Without its story a creative has no link either.
                let follows = planted == Some("object_story_spec") && first == "link_url";
                *id == row.external_id && (planted == Some(first) || follows)
            });
            if !meant {
                false_alarms += 1;
                println!("nobody changed {} of {}: {row:?}", row.field, row.name);
            }
        }
    }
    let objects: usize = objects(&world).await.values().map(Vec::len).sum();
    (told, syncs, objects, false_alarms)
}

/// docs/backtests.md says what this finds. With `RUMBO_WRITE_GENERATED` it is written.
#[tokio::test]
async fn the_backtest_of_changed_settings_is_current() {
    let (told, syncs, objects, false_alarms) = Box::pin(backtest()).await;
    let mut table = String::from(
        "| kind | changes planted | found by the next sync | told as what they are |\n|---|---:|---:|---:|\n",
    );
    let mut all = Told::default();
    let ordered = SettingKind::ALL.map(SettingKind::word);
    for kind in ordered {
        let Some(one) = told.get(kind) else { continue };
        writeln!(
            table,
            "| {kind} | {} | {} | {} |",
            one.planted, one.found, one.right
        )
        .unwrap();
        all.planted += one.planted;
        all.found += one.found;
        all.right += one.right;
    }
    writeln!(
        table,
        "| all | {} | {} | {} |\n\nSyncs: {syncs}, of {objects} objects each. Changes told that nobody made: {false_alarms}.",
        all.planted, all.found, all.right
    )
    .unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/backtests.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (open, close) = ("<!-- settings -->\n", "<!-- end of settings -->");
    let from = page.find(open).unwrap() + open.len();
    let to = page.find(close).unwrap();
    let mut made = page.clone();
    made.replace_range(from..to, &table);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of its own program"
    )]
    if std::env::var_os("RUMBO_WRITE_GENERATED").is_some() {
        std::fs::write(&path, &made).unwrap();
        return;
    }
    assert!(
        page == made,
        "docs/backtests.md is not what the syncs find: cargo xtask generate\n{table}"
    );
}

#[tokio::test]
async fn the_first_sync_and_a_field_that_meta_refuses_are_no_change() {
    let world = World::small().await;
    world.select(&[ACCOUNT.to_owned()]).await;
    world.sync("2026-11-15").await;
    let mut tx = world.scope.read().await.unwrap();
    let none = unexpected(&mut tx, world.scope.workspace).await.unwrap();
    drop(tx);
    assert_eq!((none.count, none.latest), (0, None));
    // One sync without the field, and one with it again.
    world.fault_of(
        "GET",
        "act_*/adsets",
        1,
        rumbo_sandbox::Effect::Error {
            status: 400,
            code: 100,
            subcode: None,
            message: "(#100) Tried accessing nonexisting field (targeting) on node type (AdSet)"
                .to_owned(),
            is_transient: None,
            error_data: Some(json!({ "blame_field_specs": [["targeting"]] })),
            http_ok: false,
        },
    );
    for _ in 0..2 {
        pass(&world);
        world.sync_due().await;
    }
    assert_eq!(changes(&world).await, []);
    // And it is compared again.
    let objects = objects(&world).await;
    let (set, _) = &objects["ad_sets"][0];
    world
        .sandbox
        .control()
        .set(set, "targeting", json!({ "age_min": 30 }))
        .unwrap();
    pass(&world);
    world.sync_due().await;
    let rows = changes(&world).await;
    assert!(
        rows.iter()
            .any(|row| row.field == "targeting.age_min" && row.after == Some(json!(30))),
        "{rows:?}"
    );
    assert!(rows.iter().all(|row| row.external_id == *set));
    let expected = rows[0].seen_at - TimeDelta::hours(4);
    assert_eq!(rows[0].last_read_at, expected, "the sync before");
}
