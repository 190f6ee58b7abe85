//! What the tests of this crate share.

use rumbo_base::{AdAccountId, Currency, DateRange, WorkspaceId};
use rumbo_db::testing::TestDb;
use rumbo_db::{Tx, on_tx};
use rumbo_platform::testing;

use crate::insights::AccountKey;

pub(crate) fn range(from: &str, to: &str) -> DateRange {
    DateRange::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

pub(crate) async fn workspace(test: &TestDb) -> WorkspaceId {
    testing::make_in(test, testing::named("a")).await.workspace
}

pub(crate) async fn account(
    test: &TestDb,
    tx: &mut Tx,
    workspace: WorkspaceId,
    external: &str,
) -> AccountKey {
    let id: AdAccountId = test.entropy.id(test.clock.now());
    on_tx!(tx, |c| sqlx::query(
        "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, \
         status, selected, rest, first_seen_at, created_at, updated_at) \
         VALUES ($1, $2, 'meta', $3, $3, 'USD', 'UTC', 'ACTIVE', TRUE, '{}', $4, $4, $4)"
    )
    .bind(workspace)
    .bind(id)
    .bind(external)
    .bind(test.clock.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    AccountKey {
        id,
        currency: Currency::USD,
    }
}
