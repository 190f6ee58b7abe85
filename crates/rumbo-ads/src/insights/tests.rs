use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use rumbo_base::{Code, Currency, DateRange, WorkspaceId};
use rumbo_db::testing::{TestDb, on_both};
use rumbo_db::{Tx, on_tx};

use super::{
    AccountKey, AdIndex, Covers, RowReader, Slice, SliceCounts, Versions, as_of, check_sums,
    each_actions, remap, write_slice,
};
use crate::action_map::{ActionMap, ActionTally};
use crate::testing::{account, range, workspace};

mod readings;

fn page(rows: &[String]) -> String {
    format!(
        r#"{{"data":[{}],"paging":{{"cursors":{{"before":"a","after":"b"}}}}}}"#,
        rows.join(",")
    )
}

fn row(ad: &str, day: &str, spend: &str, leads: u32) -> String {
    format!(
        r#"{{"account_id":"1","campaign_id":"c{campaign}","adset_id":"s{campaign}","ad_id":"{ad}","date_start":"{day}",
        "date_stop":"{day}","account_currency":"USD","attribution_setting":"7d_click","impressions":"100","reach":"80",
        "frequency":"1.25","clicks":"9","inline_link_clicks":"4","spend":"{spend}",
        "actions":[{{"action_type":"link_click","value":"4","1d_view":"1"}},{{"action_type":"lead","value":"{leads}","7d_click":"{leads}","1d_view":"0"}}],
        "action_values":[{{"action_type":"omni_purchase","value":"12.5"}}]}}"#,
        campaign = ad.chars().next().unwrap_or('0'),
    )
}

struct World {
    test: TestDb,
    workspace: WorkspaceId,
    account: AccountKey,
}

impl World {
    async fn new(test: TestDb) -> Self {
        let workspace = workspace(&test).await;
        let mut tx = test.db.write(workspace).await.unwrap();
        let account = account(&test, &mut tx, workspace, "1").await;
        tx.commit().await.unwrap();
        Self {
            test,
            workspace,
            account,
        }
    }

    async fn write(
        &self,
        run: i64,
        days: DateRange,
        complete: bool,
        rows: &[String],
    ) -> SliceCounts {
        let mut tx = self.test.db.write(self.workspace).await.unwrap();
        let mut index = AdIndex::load(&mut tx, self.workspace, self.account.id)
            .await
            .unwrap();
        let mut reader = RowReader::new(&ActionMap::default(), self.account.currency, days);
        assert_eq!(
            reader.read_page(page(rows).as_bytes(), &mut index).unwrap(),
            rows.len()
        );
        index
            .store_unknown(
                &mut tx,
                self.workspace,
                &self.test.entropy,
                self.test.clock.now(),
                None,
            )
            .await
            .unwrap();
        let counts = write_slice(
            &mut tx,
            Slice {
                workspace: self.workspace,
                map: &ActionMap::default(),
                run,
                account: self.account,
                days,
                covers: if complete {
                    Covers::Everything
                } else {
                    Covers::Some
                },
            },
            &index,
            reader.into_rows(),
        )
        .await
        .unwrap();
        assert_eq!(check_sums(&mut tx, self.workspace).await.unwrap(), vec![]);
        tx.commit().await.unwrap();
        counts
    }

    /// Ad, day, spend and leads of every row, and of every row as `run` knew it.
    async fn rows(&self, run: i64) -> Vec<String> {
        let mut tx = self.test.db.read(self.workspace).await.unwrap();
        let names: BTreeMap<uuid::Uuid, String> =
            on_tx!(&mut tx, |c| sqlx::query_as::<_, (uuid::Uuid, String)>(
                "SELECT id, external_id FROM ads"
            )
            .fetch_all(c)
            .await)
            .unwrap()
            .into_iter()
            .collect();
        let mut rows: Vec<String> = as_of(
            &mut tx,
            self.workspace,
            self.account.id,
            range("2020-01-01", "2030-01-01"),
            run,
        )
        .await
        .unwrap()
        .into_iter()
        .map(|(day, ad, figures)| {
            let mut text = format!("{day} {}", names[&ad.0]);
            write!(
                text,
                " {:?} {:?}",
                figures.spend_micros.unwrap(),
                figures.meta_leads
            )
            .unwrap();
            text
        })
        .collect();
        rows.sort();
        rows
    }
}

fn counts(added: u64, changed: u64, unchanged: u64, removed: u64) -> SliceCounts {
    SliceCounts {
        added,
        changed,
        unchanged,
        removed,
    }
}

async fn dump(tx: &mut Tx) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "SELECT CAST(day AS TEXT) || currency || COALESCE(CAST(actions AS TEXT), '') || run || first_run FROM ad_insights ORDER BY day, ad_id",
        "SELECT CAST(day AS TEXT) || ad_rows || spend_micros || meta_leads FROM campaign_days ORDER BY day, ad_campaign_id",
        "SELECT CAST(day AS TEXT) || ad_rows || spend_micros || meta_leads || digest FROM account_days ORDER BY day",
        "SELECT CAST(day AS TEXT) || run || replaced_by_run FROM ad_insight_journal ORDER BY day, ad_id",
        "SELECT external_id || CAST(updated_at AS TEXT) FROM ads ORDER BY id",
    ] {
        let rows: Vec<String> = on_tx!(tx, |c| sqlx::query_scalar(sql).fetch_all(c).await).unwrap();
        all.extend(rows);
    }
    all
}

#[tokio::test]
async fn rows_are_added_restated_kept_and_taken_away() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let days = range("2026-11-01", "2026-11-02");
        let first = [
            row("11", "2026-11-01", "10.00", 1),
            row("12", "2026-11-01", "20.00", 2),
            row("21", "2026-11-02", "0.71", 0),
        ];
        assert_eq!(world.write(1, days, true, &first).await, counts(3, 0, 0, 0));
        let before = dump(&mut world.test.db.read(world.workspace).await.unwrap()).await;
        assert_eq!(world.write(2, days, true, &first).await, counts(0, 0, 3, 0));
        // The order of rows and of actions means nothing.
        let mut turned = first.clone();
        turned.reverse();
        turned[0] = turned[0]
            .replace(
                r#"{"action_type":"link_click","value":"4","1d_view":"1"},"#,
                "",
            )
            .replace(
                r#""1d_view":"0"}]"#,
                r#""1d_view":"0"},{"value":"4","action_type":"link_click"}]"#,
            );
        assert_eq!(
            world.write(3, days, true, &turned).await,
            counts(0, 0, 3, 0)
        );
        assert_eq!(
            dump(&mut world.test.db.read(world.workspace).await.unwrap()).await,
            before
        );

        let second = [
            row("11", "2026-11-01", "11.50", 3),
            row("21", "2026-11-02", "0.71", 0),
        ];
        assert_eq!(
            world.write(4, days, true, &second).await,
            counts(0, 1, 1, 1)
        );
        assert_eq!(
            world.rows(1).await,
            [
                "2026-11-01 11 10000000 Some(1)",
                "2026-11-01 12 20000000 Some(2)",
                "2026-11-02 21 710000 Some(0)"
            ]
        );
        assert_eq!(world.rows(3).await, world.rows(1).await);
        assert_eq!(
            world.rows(4).await,
            [
                "2026-11-01 11 11500000 Some(3)",
                "2026-11-02 21 710000 Some(0)"
            ]
        );
        // It comes back.
        assert_eq!(world.write(6, days, true, &first).await, counts(1, 1, 1, 0));
        assert_eq!(world.rows(6).await, world.rows(1).await);
        assert_eq!(world.rows(5).await, world.rows(4).await);
        // A read that was not of every ad takes nothing away.
        assert_eq!(
            world.write(7, days, false, &second[..1]).await,
            counts(0, 1, 0, 0)
        );
        assert_eq!(world.rows(7).await.len(), 3);
        // A day that is all gone.
        assert_eq!(
            world
                .write(8, range("2026-11-02", "2026-11-02"), true, &[])
                .await,
            counts(0, 0, 0, 1)
        );
        assert_eq!(world.rows(8).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_a_deleted_ad_spent_stays() {
    let world = World::new(TestDb::sqlite().await).await;
    let days = range("2026-11-01", "2026-11-01");
    world
        .write(
            1,
            days,
            true,
            &[
                row("11", "2026-11-01", "10", 1),
                row("12", "2026-11-01", "5", 1),
            ],
        )
        .await;
    let mut tx = world.test.db.write(world.workspace).await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE ads SET status = 'DELETED' WHERE external_id = '12'"
    )
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let left = [row("11", "2026-11-01", "10", 1)];
    assert_eq!(world.write(2, days, true, &left).await, counts(0, 0, 1, 0));
    assert_eq!(world.rows(2).await.len(), 2);
    let before = dump(&mut world.test.db.read(world.workspace).await.unwrap()).await;
    assert_eq!(world.write(3, days, true, &left).await, counts(0, 0, 1, 0));
    assert_eq!(
        dump(&mut world.test.db.read(world.workspace).await.unwrap()).await,
        before
    );
}

#[tokio::test]
async fn odd_figures_are_kept_as_they_came() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let days = range("2026-11-01", "2026-11-01");
        let odd = r#"{"ad_id":"11","adset_id":"s1","campaign_id":"c1","date_start":"2026-11-01","date_stop":"2026-11-01",
            "spend":"149.98999999999998","impressions":"9999999999999999","results":[{"b":1, "aa":"x"}],"reach":12,
            "actions":[{"action_type":"purchase","value":"2.0"}],"action_values":[{"action_type":"purchase","value":"0.30000000000000004"}]}"#;
        let rows = [odd.to_owned()];
        assert_eq!(world.write(1, days, true, &rows).await, counts(1, 0, 0, 0));
        assert_eq!(world.write(2, days, true, &rows).await, counts(0, 0, 1, 0));
        // A day whose digest is lost is compared row by row, and is the same too.
        let mut tx = world.test.db.write(world.workspace).await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query("UPDATE account_days SET digest = NULL").execute(c).await.map(|_| ()))
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.write(3, days, true, &rows).await, counts(0, 0, 1, 0));
        let mut tx = world.test.db.read(world.workspace).await.unwrap();
        let found = as_of(&mut tx, world.workspace, world.account.id, days, 9).await.unwrap();
        let figures = &found[0].2;
        assert_eq!((figures.spend_micros, figures.impressions, figures.reach), (Some(149_990_000), None, Some(rumbo_base::Reach(12))));
        assert_eq!((figures.meta_purchases, figures.meta_purchase_micros), (Some(2), Some(300_000)));
        assert_eq!(
            figures.rest.as_ref().unwrap().as_str(),
            r#"{"spend":"149.98999999999998","results":[{"b":1,"aa":"x"}],"impressions":"9999999999999999"}"#
        );
        let (digest,): (Option<i64>,) =
            on_tx!(&mut tx, |c| sqlx::query_as("SELECT digest FROM account_days").fetch_one(c).await).unwrap();
        assert!(digest.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_page_that_cannot_be_trusted_is_refused_whole() {
    let world = World::new(TestDb::sqlite().await).await;
    let mut tx = world.test.db.read(world.workspace).await.unwrap();
    let mut index = AdIndex::load(&mut tx, world.workspace, world.account.id)
        .await
        .unwrap();
    let days = range("2026-11-01", "2026-11-01");
    let mut reader = RowReader::new(&ActionMap::default(), Currency::USD, days);
    let good = row("11", "2026-11-01", "1", 0);
    let whole = page(std::slice::from_ref(&good));
    for bad in [
        page(&[good.clone(), row("11", "2026-11-09", "1", 0)]),
        page(&[good.clone(), good.replace("\"ad_id\"", "\"id\"")]),
        page(&[good.replace(r#""date_stop":"2026-11-01""#, r#""date_stop":"2026-11-07""#)]),
        whole[..whole.len() / 2].to_owned(),
        "<html>".to_owned(),
    ] {
        assert_eq!(
            reader
                .read_page(bad.as_bytes(), &mut index)
                .unwrap_err()
                .code(),
            Code::MetaUnavailable,
            "{bad}"
        );
        assert!(reader.is_empty());
    }
}

#[tokio::test]
async fn another_map_gives_other_figures_and_the_same_sums() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let days = range("2026-11-01", "2026-11-02");
        world
            .write(
                1,
                days,
                true,
                &[
                    row("11", "2026-11-01", "1", 3),
                    row("21", "2026-11-02", "2", 1),
                ],
            )
            .await;
        world
            .write(
                2,
                days,
                true,
                &[
                    row("11", "2026-11-01", "1", 5),
                    row("21", "2026-11-02", "2", 1),
                ],
            )
            .await;
        let map = ActionMap {
            leads: vec![vec!["link_click".to_owned()]],
            purchases: ActionMap::default().purchases,
        };
        let mut tx = world.test.db.write(world.workspace).await.unwrap();
        let done = remap(&mut tx, world.workspace, &map).await.unwrap();
        assert_eq!((done.rows, done.changed), (2, 2));
        assert_eq!(
            remap(&mut tx, world.workspace, &map).await.unwrap().changed,
            0
        );
        assert_eq!(check_sums(&mut tx, world.workspace).await.unwrap(), vec![]);
        assert_eq!(
            ActionMap::load(&mut tx, world.workspace).await.unwrap(),
            map
        );
        let account = world.account.id;
        let mut tally = ActionTally::new(&map);
        each_actions(
            &mut tx,
            world.workspace,
            account,
            days,
            Versions::Now,
            |told, _| tally.add(told),
        )
        .await
        .unwrap();
        let (types, [leads, purchases]) = tally.finish();
        let of = |name: &str| types.iter().find(|told| told.name == name).unwrap();
        assert_eq!(of("lead").told.count_micros, 6_000_000);
        assert_eq!((of("lead").ads, of("lead").days), (2, 2));
        assert_eq!(of("lead").windows["7d_click"], 6_000_000);
        assert_eq!(of("lead").windows["1d_view"], 0);
        assert!(of("link_click").windows.is_empty(), "nothing reads it");
        assert!(of("lead").as_leads.is_empty());
        assert_eq!(of("link_click").as_leads.count_micros, 8_000_000);
        assert_eq!((leads.figure, leads.summed.count_micros), (8, 14_000_000));
        let value = purchases.counted.values[&Currency::USD];
        assert_eq!(value.0, 25_000_000);
        tx.commit().await.unwrap();
        assert_eq!(
            world.rows(2).await,
            [
                "2026-11-01 11 1000000 Some(4)",
                "2026-11-02 21 2000000 Some(4)"
            ]
        );
        assert_eq!(
            world.rows(1).await,
            [
                "2026-11-01 11 1000000 Some(4)",
                "2026-11-02 21 2000000 Some(4)"
            ]
        );
        // What Meta said is the same, so the digests hold.
        let again = world
            .write(
                3,
                days,
                true,
                &[
                    row("11", "2026-11-01", "1", 5),
                    row("21", "2026-11-02", "2", 1),
                ],
            )
            .await;
        assert_eq!(again, counts(0, 0, 2, 0));
        // Read with the map of before, as by a sync that was going on when it was changed.
        let restated = [
            row("11", "2026-11-01", "1.50", 5),
            row("21", "2026-11-02", "2", 1),
        ];
        world.write(4, days, true, &restated).await;
        assert_eq!(
            world.rows(4).await,
            [
                "2026-11-01 11 1500000 Some(4)",
                "2026-11-02 21 2000000 Some(4)"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn the_upgrade_counts_which_rows_tell_a_figure() {
    const UPGRADE: &str = include_str!("../../../../migrations/sqlite/0004_known_sums.sql");
    on_both(|test| async move {
        let world = World::new(test).await;
        let days = range("2026-11-01", "2026-11-02");
        let silent = row("21", "2026-11-02", "2", 1).replace("\"spend\":\"2\",", "");
        assert!(!silent.contains("spend"));
        world
            .write(1, days, true, &[row("11", "2026-11-01", "1", 3), silent])
            .await;
        let mut tx = world.test.db.write(world.workspace).await.unwrap();
        for table in ["campaign_days", "account_days"] {
            let known: Vec<i64> = on_tx!(&mut tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(
                format!("SELECT spend_rows FROM {table} ORDER BY day")
            ))
            .fetch_all(c)
            .await)
            .unwrap();
            assert_eq!(known, [1, 0], "{table}");
            on_tx!(&mut tx, |c| sqlx::query(sqlx::AssertSqlSafe(format!(
                "UPDATE {table} SET impressions_rows = 0, clicks_rows = 0, link_clicks_rows = 0, spend_rows = 0"
            )))
            .execute(c)
            .await
            .map(|_| ()))
            .unwrap();
        }
        assert_ne!(check_sums(&mut tx, world.workspace).await.unwrap(), vec![]);
        for update in UPGRADE.split(';').filter(|text| text.contains("UPDATE")) {
            on_tx!(&mut tx, |c| sqlx::query(update).execute(c).await.map(|_| ())).unwrap();
        }
        assert_eq!(check_sums(&mut tx, world.workspace).await.unwrap(), vec![]);
    })
    .await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    /// Whatever the reads say, the store says the same after each, the sums hold, and every
    /// earlier state can be read back.
    #[test]
    fn the_store_follows_any_sequence_of_reads(
        reads in prop::collection::vec(prop::collection::btree_map((1_u8..5, 1_u8..4), (0_u32..1000, 0_u32..3), 0..10), 1..6)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(TestDb::sqlite().await).await;
            let days = range("2026-11-01", "2026-11-03");
            let mut states: Vec<Vec<String>> = Vec::new();
            for (run, read) in (1_i64..).zip(&reads) {
                let rows: Vec<String> = read
                    .iter()
                    .map(|((ad, day), (cents, leads))| {
                        row(&format!("{}{ad}", ad % 2), &format!("2026-11-0{day}"), &format!("{}.{:02}", cents / 100, cents % 100), *leads)
                    })
                    .collect();
                world.write(run, days, true, &rows).await;
                let mut expected: Vec<String> = read
                    .iter()
                    .map(|((ad, day), (cents, leads))| {
                        format!("2026-11-0{day} {}{ad} {} Some({leads})", ad % 2, i64::from(*cents) * 10_000)
                    })
                    .collect();
                expected.sort();
                states.push(expected);
                for (known, state) in (1_i64..).zip(&states) {
                    assert_eq!(&world.rows(known).await, state);
                }
            }
        });
    }
}
