use std::sync::Arc;

use rumbo_base::WorkspaceId;
use uuid::Uuid;

use super::super::SecretScope;
use super::*;

const CHEAP: Cost = Cost {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

fn store(folder: &Path, passphrase: &str) -> SealedFile {
    SealedFile {
        cost: CHEAP,
        ..SealedFile::new(
            folder.join("sub/vault"),
            passphrase.into(),
            Entropy::system(),
        )
    }
}

impl SealedFile {
    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }
}

fn at(name: &str) -> Address {
    Address::new(SecretScope::Global, name).unwrap()
}

fn own(workspace: u128, name: &str) -> Address {
    let id = WorkspaceId(Uuid::from_u128(workspace));
    Address::new(SecretScope::Workspace(id), name).unwrap()
}

#[test]
fn secrets_come_back_by_scope_and_name_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path(), "open sesame");
    assert_eq!(first.read(&at("token")).unwrap(), None);
    assert!(!first.remove(&at("token")).unwrap());
    first.put(&at("token"), &"EAAglobal".into()).unwrap();
    first.put(&own(1, "token"), &"EAAone".into()).unwrap();
    first.put(&own(2, "token"), &"EAAtwo".into()).unwrap();
    first.put(&own(2, "token"), &"EAAtwo again".into()).unwrap();

    let second = store(folder.path(), "open sesame");
    let read = |at: &Address| second.read(at).unwrap().map(|s| s.expose().clone());
    assert_eq!(read(&at("token")).as_deref(), Some("EAAglobal"));
    assert_eq!(read(&own(1, "token")).as_deref(), Some("EAAone"));
    assert_eq!(read(&own(2, "token")).as_deref(), Some("EAAtwo again"));
    assert_eq!(read(&own(3, "token")), None);
    assert!(second.remove(&own(1, "token")).unwrap());
    assert_eq!(read(&own(1, "token")), None);
    assert_eq!(read(&at("token")).as_deref(), Some("EAAglobal"));
}

#[test]
fn nothing_of_a_secret_is_in_the_file_and_equal_secrets_look_different() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), "open sesame");
    store.put(&at("a"), &"EAAsamesecret".into()).unwrap();
    store.put(&at("b"), &"EAAsamesecret".into()).unwrap();
    let text = store.text();
    assert!(!text.contains("EAAsamesecret") && !text.contains("sesame"));
    assert!(!text.contains(&STANDARD.encode("EAAsamesecret")));
    let contents = parse(text.as_bytes()).unwrap();
    assert_ne!(
        contents.entries[0].sealed.text,
        contents.entries[1].sealed.text
    );
    assert_ne!(
        contents.entries[0].sealed.nonce,
        contents.entries[1].sealed.nonce
    );
    assert!(!format!("{store:?}").contains("sesame"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&store.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only the owner reads it");
    }
}

#[test]
fn a_wrong_passphrase_is_told_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let right = store(folder.path(), "open sesame");
    right.put(&at("a"), &"EAAsecret".into()).unwrap();
    let before = right.text();
    for passphrase in ["open Sesame", "open sesame ", ""] {
        let wrong = store(folder.path(), passphrase);
        for error in [
            wrong.read(&at("a")).unwrap_err(),
            wrong.put(&at("a"), &"x".into()).unwrap_err(),
            wrong.remove(&at("a")).unwrap_err(),
        ] {
            assert_eq!(error.code(), Code::WrongPassphrase, "{passphrase:?}");
        }
    }
    assert_eq!(right.text(), before);
}

#[test]
fn a_flipped_byte_or_a_cut_end_is_damage_not_a_wrong_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), "open sesame");
    store.put(&at("a"), &"EAAsecret".into()).unwrap();
    let whole = std::fs::read(&store.path).unwrap();
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 1;
        std::fs::write(&store.path, &flipped).unwrap();
        let error = store.read(&at("a")).unwrap_err();
        assert_eq!(error.code(), Code::DataCorrupt, "byte {place}");
    }
    for end in 0..whole.len() {
        std::fs::write(&store.path, &whole[..end]).unwrap();
        assert_eq!(
            store.read(&at("a")).unwrap_err().code(),
            Code::DataCorrupt,
            "{end} bytes"
        );
        assert_eq!(
            store.put(&at("b"), &"x".into()).unwrap_err().code(),
            Code::DataCorrupt,
            "never written over"
        );
    }
    std::fs::write(&store.path, &whole).unwrap();
    assert_eq!(store.read(&at("a")).unwrap().unwrap().expose(), "EAAsecret");
}

#[test]
fn entries_cannot_stand_in_for_each_other_even_with_a_right_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), "open sesame");
    store.put(&own(1, "token"), &"one".into()).unwrap();
    store.put(&own(2, "token"), &"two".into()).unwrap();
    let mut contents = parse(store.text().as_bytes()).unwrap();
    let other = contents.entries[1].sealed.clone();
    contents.entries[0].sealed = other;
    write(&store.path, &contents).unwrap();
    assert_eq!(
        store.read(&own(1, "token")).unwrap_err().code(),
        Code::DataCorrupt
    );
    assert_eq!(
        store.read(&own(2, "token")).unwrap().unwrap().expose(),
        "two"
    );
}

#[test]
fn a_file_that_asks_for_all_the_memory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), "open sesame");
    store.put(&at("a"), &"x".into()).unwrap();
    let mut contents = parse(store.text().as_bytes()).unwrap();
    contents.cost.memory_kib = u32::MAX;
    write(&store.path, &contents).unwrap();
    assert_eq!(store.read(&at("a")).unwrap_err().code(), Code::DataCorrupt);
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = Arc::new(folder.path().to_owned());
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let path = path.clone();
            std::thread::spawn(move || {
                // A store of its own, as another program has.
                let store = store(&path, "open sesame");
                for n in 0..10 {
                    store
                        .put(
                            &at(&format!("w{writer}-{n}")),
                            &format!("{writer}{n}").into(),
                        )
                        .unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let store = store(&path, "open sesame");
    for writer in 0..8 {
        for n in 0..10 {
            let secret = store.read(&at(&format!("w{writer}-{n}"))).unwrap().unwrap();
            assert_eq!(*secret.expose(), format!("{writer}{n}"));
        }
    }
}

#[test]
fn the_real_cost_works_and_is_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = SealedFile::new(folder.path().join("v"), "p".into(), Entropy::system());
    store.put(&at("a"), &"x".into()).unwrap();
    assert_eq!(parse(store.text().as_bytes()).unwrap().cost, COST);
    assert_eq!(store.read(&at("a")).unwrap().unwrap().expose(), "x");
}

#[test]
fn everything_of_a_workspace_goes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let vault = store(folder.path(), "open sesame");
    let nothing = SecretScope::Workspace(WorkspaceId(Uuid::from_u128(1)));
    vault.remove_all(nothing).unwrap();
    for address in [
        own(1, "token"),
        own(1, "of_any_name"),
        own(2, "token"),
        at("token"),
    ] {
        vault.put(&address, &"EAAsecret".into()).unwrap();
    }
    vault.remove_all(nothing).unwrap();
    assert_eq!(vault.read(&own(1, "token")).unwrap(), None);
    assert!(!vault.text().contains("of_any_name"));
    assert!(vault.read(&own(2, "token")).unwrap().is_some());
    assert!(vault.read(&at("token")).unwrap().is_some());
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let vault = store(folder.path(), "open sesame");
    vault.put(&at("token"), &"EAAsecret".into()).unwrap();
    vault.put(&at("token"), &"EAAagain".into()).unwrap();
    let mode = std::fs::metadata(&vault.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
