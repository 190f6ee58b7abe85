use rumbo_base::Code;
use rumbo_db::testing::{TestDb, on_both, prepare_all};

use super::*;

async fn make(test: &TestDb, name: &str) -> Workspace {
    let mut tx = test.db.write_registry().await.unwrap();
    let new = NewWorkspace {
        name: name.to_owned(),
        ..NewWorkspace::default()
    };
    let made = create(&mut tx, &test.clock, &test.entropy, new)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    made
}

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&[STATEMENTS, DELETE_STATEMENTS]).await;
}

#[tokio::test]
async fn a_workspace_comes_with_its_owner_and_a_slug_of_its_own() {
    on_both(|test| async move {
        let first = make(&test, "Casa Alba · São Paulo").await;
        let second = make(&test, "Casa Alba · São Paulo").await;
        assert_eq!(first.slug, "casa-alba-sao-paulo");
        assert_eq!(second.slug, "casa-alba-sao-paulo-2");
        let mut tx = test.db.read(first.id).await.unwrap();
        let owner = local_owner(&mut tx, first.id).await.unwrap();
        assert!(owner.is_some());
        let mut tx = test.db.read(second.id).await.unwrap();
        assert_eq!(local_owner(&mut tx, second.id).await.unwrap(), owner);
        let mut tx = test.db.read_registry().await.unwrap();
        assert_eq!(list(&mut tx).await.unwrap(), vec![first, second]);
    })
    .await;
}

#[tokio::test]
async fn an_update_that_changes_nothing_touches_nothing() {
    on_both(|test| async move {
        let mut workspace = make(&test, "A").await;
        test.clock.advance(std::time::Duration::from_mins(1));
        let mut tx = test.db.write(workspace.id).await.unwrap();
        update(&mut tx, &workspace, None, test.clock.now())
            .await
            .unwrap();
        assert_eq!(
            find(&mut tx, workspace.id).await.unwrap(),
            Some(workspace.clone())
        );
        workspace.settings.sync_interval_minutes = 60;
        update(&mut tx, &workspace, None, test.clock.now())
            .await
            .unwrap();
        let stored = find(&mut tx, workspace.id).await.unwrap().unwrap();
        assert_eq!(stored.settings.sync_interval_minutes, 60);
        assert_eq!(stored.updated_at, test.clock.now());
    })
    .await;
}

#[tokio::test]
async fn a_copy_of_a_workspace_holds_its_rows_and_no_one_elses() {
    let test = TestDb::sqlite().await;
    let (gone, kept) = (
        make(&test, "Gone").await,
        make(&test, "Kept Secretly").await,
    );
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("copy.db");
    back_up(&test.db, &test.clock, gone.id, &target)
        .await
        .unwrap();
    let files: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, ["copy.db"], "one whole file");
    let bytes = std::fs::read(&target).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(
        holds("Gone") && !holds("Kept Secretly"),
        "not even as waste"
    );
    let (copy, _) = rumbo_db::Db::open_sqlite(&target, &test.clock)
        .await
        .unwrap();
    let mut tx = copy.read(gone.id).await.unwrap();
    assert_eq!(list(&mut tx).await.unwrap(), vec![gone.clone()]);
    assert!(local_owner(&mut tx, gone.id).await.unwrap().is_some());
    let roles: i64 = rumbo_db::on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT COUNT(*) FROM roles"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!(roles, 6);
    drop(tx);
    copy.close().await;
    // The original is untouched.
    let mut tx = test.db.read_registry().await.unwrap();
    assert_eq!(list(&mut tx).await.unwrap(), vec![gone, kept]);
}

#[test]
fn locales_are_brought_to_one_form_or_refused() {
    assert_eq!(valid_locale("es_ar").unwrap(), "es-AR");
    assert_eq!(valid_locale("PT").unwrap(), "pt");
    for bad in ["fr", "", "es-ARG", "english"] {
        assert_eq!(
            valid_locale(bad).unwrap_err().code(),
            Code::InvalidInput,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn deleting_a_workspace_reaches_every_table_and_spares_the_others() {
    on_both(|test| async move {
        let (gone, kept) = (make(&test, "Gone").await, make(&test, "Kept").await);
        assert_eq!(
            confirm(&gone, "gone").unwrap_err().code(),
            Code::InvalidInput
        );
        confirm(&gone, "Gone").unwrap();
        let mut tx = test.db.write(gone.id).await.unwrap();
        delete(&mut tx, gone.id).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.read(kept.id).await.unwrap();
        assert_eq!(list(&mut tx).await.unwrap(), vec![kept.clone()]);
        assert!(local_owner(&mut tx, kept.id).await.unwrap().is_some());
    })
    .await;
    // A table that a later migration adds must be added to the list too. Those with a name like
    // _contact_keys are kept by triggers.
    let test = TestDb::sqlite().await;
    let mut tx = test.db.read_registry().await.unwrap();
    let tables: Vec<String> = rumbo_db::on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name = 'workspace_id' \
         AND m.name NOT LIKE '\\_%' ESCAPE '\\'"
    )
    .fetch_all(c)
    .await)
    .unwrap();
    for table in tables {
        let needle = format!("DELETE FROM {table} WHERE");
        assert!(
            DELETE_STATEMENTS
                .iter()
                .any(|s| s.sqlite.starts_with(&needle)),
            "{table} is left behind"
        );
    }
}
