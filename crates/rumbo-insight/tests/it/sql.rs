//! What the databases make of the SQL.

use rumbo_db::testing::prepare_all;

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&rumbo_insight::statements()).await;
}

/// Tables of a few objects, and reads that end with the first row they meet or are only made of a
/// workspace without a currency and without an ad account.
const WHOLE: [&str; 6] = [
    "::directory::",
    "::place::ACCOUNTS",
    "::place::SALE_CURRENCY",
    "::ages::LAST_CONTACT_AS_OF",
    "::months::FIRST",
    "::months::LAST",
];

/// Home and the table of campaigns read rollups, and CRM rows by their instant: never a whole
/// table. (The plan of each statement whose table grows with the data.)
#[tokio::test]
async fn the_screens_read_no_table_from_end_to_end() {
    use rumbo_db::on_tx;
    use sqlx::Row as _;

    let test = rumbo_db::testing::TestDb::sqlite().await;
    let growing = [
        "contacts",
        "opportunities",
        "sales",
        "touchpoints",
        "ad_insights",
        "ad_insight_breakdowns",
        "account_breakdown_days",
        "breakdown_days",
        "campaign_days",
        "account_days",
        "account_day_readings",
        "day_readings",
        "sync_runs",
        "channel_spend",
        "channel_spend_versions",
    ];
    let mut tx = test.db.read_registry().await.unwrap();
    let mut seen = 0;
    for statement in rumbo_insight::statements().into_iter().flatten() {
        if WHOLE.iter().any(|name| statement.name.contains(name)) {
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
            let scans = step.strip_prefix("SCAN ").is_some_and(|of| {
                growing.contains(&of.split(' ').next().unwrap_or_default())
                    || of.starts_with("d ")
                    || of.starts_with("x ")
            });
            assert!(!scans, "{}: {plan:#?}", statement.name);
            // A single letter names a joined table; a step of one must narrow by more than the workspace.
            let narrow = !step.ends_with("(workspace_id=?)")
                || !(step.contains("SEARCH x ") || step.contains("SEARCH d "));
            assert!(narrow, "{}: {plan:#?}", statement.name);
        }
    }
    assert!(seen > 20, "{seen}");
}
