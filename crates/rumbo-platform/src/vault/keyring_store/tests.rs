use std::collections::BTreeMap;
use std::sync::Mutex;

use super::super::SecretScope;
use super::*;

type Trouble = fn() -> keyring::Error;

/// Plays a keyring: holds items, or fails as told.
#[derive(Debug, Default)]
struct Played {
    items: Mutex<BTreeMap<String, Vec<u8>>>,
    failing: Option<Trouble>,
}

impl Played {
    fn failing(with: Trouble) -> Self {
        Self {
            failing: Some(with),
            ..Self::default()
        }
    }

    fn fail(&self) -> keyring::Result<()> {
        self.failing.map_or(Ok(()), |error| Err(error()))
    }
}

impl Keyring for Played {
    fn set(&self, user: &str, value: &[u8]) -> keyring::Result<()> {
        self.fail()?;
        self.items
            .lock()
            .unwrap()
            .insert(user.to_owned(), value.to_vec());
        Ok(())
    }

    fn get(&self, user: &str) -> keyring::Result<Vec<u8>> {
        self.fail()?;
        self.items
            .lock()
            .unwrap()
            .get(user)
            .cloned()
            .ok_or(keyring::Error::NoEntry)
    }

    fn delete(&self, user: &str) -> keyring::Result<()> {
        self.fail()?;
        let gone = self.items.lock().unwrap().remove(user);
        gone.map(|_| ()).ok_or(keyring::Error::NoEntry)
    }
}

fn at(name: &str) -> Address {
    Address::new(SecretScope::Global, name).unwrap()
}

#[test]
fn what_is_put_is_read_and_removed() {
    let store = KeyringStore::new(Played::default());
    assert_eq!(store.read(&at("a")).unwrap(), None);
    store.put(&at("a"), &"line one\nline two".into()).unwrap();
    assert_eq!(
        store.read(&at("a")).unwrap().unwrap().expose(),
        "line one\nline two"
    );
    assert_eq!(store.read(&at("b")).unwrap(), None);
    assert!(store.remove(&at("a")).unwrap());
    assert!(!store.remove(&at("a")).unwrap());
}

#[test]
fn an_item_that_somebody_changed_is_not_used() {
    let store = KeyringStore::new(Played::default());
    for changed in [
        &b"another program's secret"[..],
        b"rumbo1\nglobal/other\nmoved here",
        b"rumbo1\nglobal/a",
        b"\xff\xfe",
        b"",
    ] {
        store
            .0
            .items
            .lock()
            .unwrap()
            .insert("global/a".into(), changed.to_vec());
        let error = store.read(&at("a")).unwrap_err();
        assert_eq!(error.code(), Code::KeyringUnavailable);
        assert_eq!(error.reason_id(), Some(Reason::KeyringChanged));
    }
}

#[test]
fn each_trouble_says_what_to_do_and_nothing_is_taken_for_absent() {
    let cases: [(Trouble, Reason); 5] = [
        (
            || keyring::Error::NoStorageAccess("locked".into()),
            Reason::KeyringLocked,
        ),
        (|| keyring::Error::NoDefaultStore, Reason::KeyringMissing),
        (
            || keyring::Error::PlatformFailure("no bus".into()),
            Reason::KeyringMissing,
        ),
        (
            || keyring::Error::BadEncoding(b"EAAsecret".to_vec()),
            Reason::KeyringChanged,
        ),
        (
            || keyring::Error::TooLong("secret".into(), 2_560),
            Reason::KeyringRefuses,
        ),
    ];
    for (make, reason) in cases {
        let store = KeyringStore::new(Played::failing(make));
        for error in [
            store.read(&at("a")).unwrap_err(),
            store.put(&at("a"), &"x".into()).unwrap_err(),
            store.remove(&at("a")).unwrap_err(),
        ] {
            assert_eq!(error.code(), Code::KeyringUnavailable);
            assert_eq!(error.reason_id(), Some(reason));
            assert!(!format!("{error:?}").contains("EAAsecret"), "{error:?}");
        }
    }
}

#[test]
fn everything_of_a_workspace_goes_from_a_keyring_that_cannot_be_listed() {
    let store = KeyringStore::new(Played::default());
    let scope = |n| SecretScope::Workspace(rumbo_base::WorkspaceId(uuid::Uuid::from_u128(n)));
    for (n, name) in [
        (1, names::META_TOKEN),
        (1, names::META_APP_SECRET),
        (2, names::META_TOKEN),
    ] {
        let address = Address::new(scope(n), name).unwrap();
        store.put(&address, &"EAAsecret".into()).unwrap();
    }
    store.remove_all(scope(1)).unwrap();
    let left: Vec<String> = store.0.items.lock().unwrap().keys().cloned().collect();
    assert_eq!(left, [format!("{}/meta_token", scope(2))]);
}
