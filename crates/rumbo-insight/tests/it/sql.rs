//! What the databases make of the SQL.

use rumbo_db::testing::prepare_all;

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&rumbo_insight::statements()).await;
}
