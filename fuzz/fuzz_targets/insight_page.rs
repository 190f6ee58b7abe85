//! Any bytes as a page of insights.
#![no_main]

use std::sync::{LazyLock, Mutex};

use chrono::NaiveDate;
use libfuzzer_sys::fuzz_target;
use rumbo_ads::action_map::ActionMap;
use rumbo_ads::insights::{AdIndex, RowReader};
use rumbo_base::{AdAccountId, Clock, DateRange, WorkspaceId};
use rumbo_db::Db;
use uuid::Uuid;

static INDEX: LazyLock<Mutex<AdIndex>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let index = runtime.block_on(async {
        let path = folder.path().join("rumbo.db");
        let (db, _) = Db::open_sqlite(&path, &Clock::system())
            .await
            .expect("a file");
        let workspace = WorkspaceId(Uuid::from_u128(1));
        let mut tx = db.read(workspace).await.expect("a transaction");
        AdIndex::load(&mut tx, workspace, AdAccountId(Uuid::from_u128(2))).await
    });
    Mutex::new(index.expect("an index"))
});

fuzz_target!(|bytes: &[u8]| {
    let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).expect("a day");
    let days = DateRange::new(day(1), day(30)).expect("a month");
    let currency = "USD".parse().expect("a currency");
    let mut reader = RowReader::new(&ActionMap::default(), currency, days);
    let mut index = INDEX.lock().expect("one thread");
    let before = reader.len();
    if reader.read_page(bytes, &mut index).is_err() {
        assert_eq!(reader.len(), before, "a refused page keeps no row");
    }
});
