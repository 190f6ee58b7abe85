//! A workspace to test in, on either database.

use std::future::Future;

use rumbo_base::{Clock, Entropy};
use rumbo_db::Db;
use rumbo_db::testing::TestDb;

use crate::Scope;
use crate::workspaces::{self, NewWorkspace};

/// A new workspace of this name, and nothing said of it besides.
pub fn named(name: &str) -> NewWorkspace {
    NewWorkspace {
        name: name.to_owned(),
        ..NewWorkspace::default()
    }
}

/// A new workspace that reports in reais, in Brazil.
pub fn in_brazil() -> NewWorkspace {
    NewWorkspace {
        currency: Some("BRL".to_owned()),
        timezone: Some("America/Sao_Paulo".to_owned()),
        locale: Some("pt-BR".to_owned()),
        ..named("Casa Alba")
    }
}

/// Makes a workspace in a store; nobody acts in it.
///
/// # Panics
/// When it cannot be made.
#[expect(clippy::expect_used, reason = "a test without its workspace must fail")]
pub async fn make(db: Db, clock: Clock, entropy: Entropy, new: NewWorkspace) -> Scope {
    let mut tx = db.write_registry().await.expect("a store");
    let made = workspaces::create(&mut tx, &clock, &entropy, new)
        .await
        .expect("a workspace");
    tx.commit().await.expect("a workspace that is kept");
    Scope {
        db,
        clock,
        entropy,
        workspace: made.id,
        actor: None,
    }
}

/// Makes a workspace in a store of tests.
pub async fn make_in(test: &TestDb, new: NewWorkspace) -> Scope {
    let (db, clock, entropy) = (test.db.clone(), test.clock.clone(), test.entropy.clone());
    make(db, clock, entropy, new).await
}

/// A scope in a new workspace in Brazil.
pub async fn scope(test: &TestDb) -> Scope {
    make_in(test, in_brazil()).await
}

/// A scope in a second workspace of the same store.
pub async fn scope_beside(scope: &Scope) -> Scope {
    let new = NewWorkspace {
        name: "Casa Bruma".to_owned(),
        ..in_brazil()
    };
    let Scope {
        db, clock, entropy, ..
    } = scope.clone();
    make(db, clock, entropy, new).await
}

/// The same workspace, in which its owner acts.
///
/// # Panics
/// When the store cannot be read.
#[expect(clippy::expect_used, reason = "a test without its workspace must fail")]
pub async fn owned(scope: Scope) -> Scope {
    let mut tx = scope.read().await.expect("a store");
    let actor = workspaces::local_owner(&mut tx, scope.workspace)
        .await
        .expect("an owner");
    Scope { actor, ..scope }
}

/// Runs one test in a new workspace on each database.
pub async fn in_both<F, Fut>(test: F)
where
    F: Fn(Scope) -> Fut,
    Fut: Future<Output = ()>,
{
    for db in [TestDb::sqlite().await, TestDb::postgres().await] {
        test(scope(&db).await).await;
    }
}
