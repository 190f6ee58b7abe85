//! The sales of CDNOW, through a saved mapping.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::*;
use crate::credit::check_credit;
use crate::testing::{dump, in_both};

const FILE: &str = "fixtures/CDNOW_sample.txt";

/// Rows, customers, cents and pieces, and rows of zero dollars: read here by the places of the
/// characters, in no way of the importer's.
fn in_the_file() -> (u32, usize, i64, i64, usize) {
    let text = std::fs::read_to_string(FILE).unwrap();
    let (mut rows, mut customers, mut cents, mut pieces, mut free) = (0, HashSet::new(), 0, 0, 0);
    for line in text.lines() {
        rows += 1;
        customers.insert(line[7..11].to_owned());
        pieces += line[20..23].trim().parse::<i64>().unwrap();
        let (dollars, hundredths) = line[23..].trim().split_once('.').unwrap();
        assert_eq!(hundredths.len(), 2);
        let amount = dollars.parse::<i64>().unwrap() * 100 + hundredths.parse::<i64>().unwrap();
        cents += amount;
        free += usize::from(amount == 0);
    }
    (rows, customers.len(), cents, pieces, free)
}

#[tokio::test]
async fn cdnow_imports_to_the_cent_and_a_second_time_changes_nothing() {
    let mapping: Mapping = serde_json::from_str(
        r##"{
            "header": false,
            "delimiter": "whitespace",
            "columns": { "customer_id": "#2", "date": "#3", "quantity": "#4", "amount": "#5" },
            "constants": { "system": "cdnow" },
            "currency": "USD",
            "timezone": "America/New_York"
        }"##,
    )
    .unwrap();
    let (rows, customers, cents, pieces, free) = in_the_file();
    assert_eq!(
        (rows, customers, cents, free),
        (6_919, 2_357, 24_409_194, 8)
    );
    in_both(|scope| {
        let mapping = mapping.clone();
        async move {
            let mut tx = scope.write().await.unwrap();
            save_mapping(&mut tx, &scope, ImportKind::Sales.as_str(), "CDNOW", &mapping).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = scope.read().await.unwrap();
            let saved = get_mapping(&mut tx, scope.workspace, ImportKind::Sales.as_str(), "CDNOW").await.unwrap();
            drop(tx);
            assert_eq!(saved.mapping, mapping);
            let options = RunOptions { mapping: Some(&saved.mapping), ..RunOptions::default() };

            let dry = RunOptions { dry_run: true, ..options };
            let would = run(&scope, ImportKind::Sales, Path::new(FILE), dry).await.unwrap();
            assert_eq!(count(&scope, "SELECT COUNT(*) FROM sales WHERE workspace_id = $1").await, 0);
            assert_eq!(count(&scope, "SELECT COUNT(*) FROM imports WHERE workspace_id = $1").await, 0);

            let started = Instant::now();
            let report = run(&scope, ImportKind::Sales, Path::new(FILE), options).await.unwrap();
            let took = started.elapsed();
            assert_eq!(ImportReport { dry_run: false, ..would }, report);
            assert_eq!(counts(&report), [rows, 0, 0, 0]);
            assert_eq!(usize::try_from(report.contacts_added).unwrap(), customers);
            assert_eq!(report.totals.len(), 1);
            assert_eq!(report.totals[0].amount.0, cents * 10_000);
            for (sql, sum) in [
                ("SELECT CAST(SUM(gross_micros) AS BIGINT) FROM sales WHERE workspace_id = $1", cents * 10_000),
                ("SELECT CAST(SUM(quantity) AS BIGINT) FROM sales WHERE workspace_id = $1", pieces),
                ("SELECT COUNT(*) FROM sales WHERE workspace_id = $1", i64::from(rows)),
                ("SELECT COUNT(DISTINCT reference) FROM sales WHERE workspace_id = $1", i64::from(rows)),
                ("SELECT COUNT(*) FROM contacts WHERE workspace_id = $1 AND status = 'customer'", i64::try_from(customers).unwrap()),
                ("SELECT COUNT(*) FROM sales WHERE workspace_id = $1 AND gross_micros = 0", i64::try_from(free).unwrap()),
            ] {
                assert_eq!(count(&scope, sql).await, sum, "{sql}");
            }
            let mut tx = scope.read().await.unwrap();
            assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
            drop(tx);
            // The first purchase of the file is also when the customer was first seen.
            assert_eq!(
                count(&scope, "SELECT COUNT(*) FROM contacts k WHERE k.workspace_id = $1 AND k.first_seen_at <> \
                    (SELECT MIN(s.completed_at) FROM sales s WHERE s.contact_id = k.id)").await,
                0
            );
            assert_eq!(
                count(&scope, "SELECT COUNT(*) FROM contacts WHERE workspace_id = $1 AND first_seen_at > '1997-04-02'").await,
                0
            );

            let before = dump(&scope).await;
            assert!(before.len() > 11_000);
            scope.clock.advance(Duration::from_hours(1));
            let again = run(&scope, ImportKind::Sales, Path::new(FILE), options).await.unwrap();
            assert_eq!((counts(&again), again.contacts_added), ([0, 0, rows, 0], 0));
            assert_eq!(again.totals, report.totals);
            assert!(dump(&scope).await == before, "a second import changed a row");
            let mut tx = scope.read().await.unwrap();
            let done = history(&mut tx, scope.workspace, 10).await.unwrap();
            assert_eq!(done.iter().map(|r| (r.rows_added, r.rows_unchanged)).collect::<Vec<_>>(), [(0, 6_919), (6_919, 0)]);
            assert!(took < Duration::from_secs(20), "{took:?}");
        }
    })
    .await;
}
