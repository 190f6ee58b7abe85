mod kill;
mod same;
mod sending;
mod several;
mod told;

use rumbo_db::on_tx;
use rumbo_db::testing::{TestDb, prepare_all};
use sqlx::Row as _;

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&crate::statements()).await;
}

/// What is counted over everything that a workspace ever sent, asked by a person; and all of a few.
const WHOLE: [&str; 3] = ["by_hand::STANDING", "message::ALL", "sender::ALL"];

#[tokio::test]
async fn sending_and_planning_read_no_table_from_end_to_end() {
    let test = TestDb::sqlite().await;
    let mut tx = test.db.read_registry().await.unwrap();
    let mut seen = 0;
    let mut groups = super::statements();
    groups.push(crate::bulk_sends::STATEMENTS);
    groups.push(crate::consent::STATEMENTS);
    groups.push(crate::conversations::outgoing::STATEMENTS);
    for statement in groups.into_iter().flatten() {
        if WHOLE.iter().any(|name| statement.name.ends_with(name)) {
            continue;
        }
        let text = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sqlite));
        let plan: Vec<String> = on_tx!(&mut tx, |c| sqlx::query(text).fetch_all(c).await.map(
            |rows| rows
                .iter()
                .map(|row| row.get::<String, _>("detail"))
                .collect()
        ))
        .unwrap();
        for step in &plan {
            seen += 1;
            let scanned = step.strip_prefix("SCAN ").map(|of| of.split(' ').next());
            let small = [
                Some("json_each"),
                Some("p"),
                Some("q"),
                Some("(subquery-1)"),
                Some("CONSTANT"),
            ];
            assert!(
                scanned.is_none_or(|of| small.contains(&of)),
                "{}: {plan:#?}",
                statement.name
            );
        }
    }
    assert!(seen > 60, "{seen}");
}
