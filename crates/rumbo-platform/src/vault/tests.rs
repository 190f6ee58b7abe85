use uuid::Uuid;

use super::*;

fn workspace(n: u128) -> WorkspaceId {
    WorkspaceId(Uuid::from_u128(n))
}

fn vault(environment: &[(&str, &str)]) -> Vault {
    let environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Secret::from(*value)));
    Vault::open(
        VaultChoice::Memory,
        environment.collect(),
        &Entropy::seeded(1),
    )
}

#[tokio::test]
async fn the_workspaces_own_comes_first_then_the_programs_then_the_environment() {
    let vault = vault(&[("META_APP_SECRET", "from env"), ("META_APP_ID", "")]);
    let name = names::META_APP_SECRET;
    let source = async |n| {
        vault
            .find(workspace(n), name)
            .await
            .unwrap()
            .map(|f| f.source)
    };
    assert_eq!(source(1).await, Some(SecretSource::Environment));
    vault
        .set(SecretScope::Global, name, "global".into())
        .await
        .unwrap();
    assert_eq!(source(1).await, Some(SecretSource::Global));
    vault
        .set(SecretScope::Workspace(workspace(1)), name, "own".into())
        .await
        .unwrap();
    assert_eq!(source(1).await, Some(SecretSource::Workspace));
    assert_eq!(
        source(2).await,
        Some(SecretSource::Global),
        "another workspace has none"
    );
    let found = vault.find(workspace(1), name).await.unwrap().unwrap();
    assert_eq!(found.secret.expose(), "own");
    assert!(
        vault
            .delete(SecretScope::Workspace(workspace(1)), name)
            .await
            .unwrap()
    );
    assert_eq!(source(1).await, Some(SecretSource::Global));
    assert!(
        vault
            .find(workspace(1), names::META_APP_ID)
            .await
            .unwrap()
            .is_none(),
        "empty is none"
    );
}

#[tokio::test]
async fn forgetting_a_workspace_spares_the_others_and_the_programs() {
    let vault = vault(&[]);
    let scopes = [
        SecretScope::Workspace(workspace(1)),
        SecretScope::Workspace(workspace(2)),
        SecretScope::Global,
    ];
    for scope in scopes {
        for name in names::ALL {
            vault.set(scope, name, "EAAsecret".into()).await.unwrap();
        }
    }
    vault.forget(scopes[0]).await.unwrap();
    for (scope, kept) in scopes.into_iter().zip([false, true, true]) {
        for name in names::ALL {
            let found = vault.get(scope, name).await.unwrap();
            assert_eq!(found.is_some(), kept, "{scope} {name}");
        }
    }
}

/// A store that cannot be read.
#[derive(Debug)]
struct Locked;

impl Store for Locked {
    fn put(&self, _: &Address, _: &Secret) -> Result<(), Error> {
        Err(keyring_store::changed())
    }
    fn read(&self, _: &Address) -> Result<Option<Secret>, Error> {
        Err(keyring_store::changed())
    }
    fn remove(&self, _: &Address) -> Result<bool, Error> {
        Err(keyring_store::changed())
    }
    fn remove_all(&self, _: SecretScope) -> Result<(), Error> {
        Err(keyring_store::changed())
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_read_never_gives_way_to_another() {
    let vault = Vault {
        kind: VaultKind::Keyring,
        store: Arc::new(Locked),
        ..vault(&[("X", "env")])
    };
    let error = vault.find(workspace(1), "x").await.unwrap_err();
    assert_eq!(error.code(), Code::KeyringUnavailable);
    assert_eq!(
        vault.check().await.unwrap_err().code(),
        Code::KeyringUnavailable
    );
}

#[tokio::test]
async fn a_secret_that_should_be_there_and_is_not_is_said() {
    let memory = vault(&[]);
    let gone = memory
        .require(SecretScope::Global, "meta_token/1")
        .await
        .unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
    let keyring = Vault {
        kind: VaultKind::Keyring,
        ..memory
    };
    let gone = keyring
        .require(SecretScope::Global, "meta_token/1")
        .await
        .unwrap_err();
    assert_eq!(gone.code(), Code::KeyringUnavailable);
    assert_eq!(gone.reason_id(), Some(Reason::KeyringChanged));
}

#[tokio::test]
async fn names_are_plain_and_the_vault_shows_no_secret() {
    let vault = vault(&[("A", "EAAenvironment")]);
    for bad in ["", "a b", "a\nb", "é"] {
        let error = vault.get(SecretScope::Global, bad).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{bad:?}");
    }
    vault
        .set(SecretScope::Global, "a", "EAAsecret".into())
        .await
        .unwrap();
    let shown = format!("{vault:?}");
    assert!(
        !shown.contains("EAAsecret") && !shown.contains("EAAenvironment"),
        "{shown}"
    );
    vault.check().await.unwrap();
    assert_eq!(vault.describe().word(), "memory");
}
