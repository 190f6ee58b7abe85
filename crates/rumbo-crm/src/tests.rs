use rumbo_db::testing::prepare_all;

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&crate::statements()).await;
}
