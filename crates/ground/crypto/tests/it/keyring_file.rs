//! The ring on disk.

use crate::ring;
use std::fs;
use tongban_crypto::{CryptoError, KeyRing};

#[test]
fn a_folder_keeps_its_ring() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("keys");
    assert!(KeyRing::load(&inner).unwrap().is_none());
    let made = KeyRing::load_or_create(&inner).unwrap();
    let read = KeyRing::load_or_create(&inner).unwrap();
    assert_eq!(
        read.unseal("f", &made.seal("f", b"value").unwrap()).unwrap(),
        b"value"
    );
    assert_eq!(read.blind("f", "v"), made.blind("f", "v"));
    assert_eq!(read.token_hash("t"), made.token_hash("t"));
    assert_eq!(read.content_name(b"c"), made.content_name(b"c"));
    assert_eq!(
        read.signer("licence").unwrap().key_id(),
        made.signer("licence").unwrap().key_id()
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
    }
    assert_eq!(
        fs::read_dir(&inner).unwrap().count(),
        1,
        "no temporary file is left"
    );
}

#[test]
fn rotated_keys_are_saved_with_the_old_ones() {
    let folder = tempfile::tempdir().unwrap();
    let ring = ring();
    let old = ring.seal("f", b"old").unwrap();
    ring.rotate_field_key().unwrap();
    ring.rotate_index_key().unwrap();
    ring.rotate_signer("licence").unwrap();
    ring.save(folder.path()).unwrap();
    ring.save(folder.path()).unwrap();

    let read = KeyRing::load(folder.path()).unwrap().unwrap();
    assert_eq!(read.field_key_ids(), ring.field_key_ids());
    assert_eq!(read.index_key_ids(), ring.index_key_ids());
    assert_eq!(read.public_keys("licence"), ring.public_keys("licence"));
    assert_eq!(
        read.signer("licence").unwrap().key_id(),
        ring.signer("licence").unwrap().key_id()
    );
    assert_eq!(read.unseal("f", &old).unwrap(), b"old");
    assert!(!read.is_current(&old));
}

#[test]
fn all_that_start_at_once_get_one_ring() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| KeyRing::load_or_create(folder.path()).unwrap().field_key_ids()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    KeyRing::load_or_create(folder.path()).unwrap();
    let file = folder.path().join("keyring.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    for loose in [0o640, 0o604, 0o644, 0o666] {
        fs::set_permissions(&file, fs::Permissions::from_mode(loose)).unwrap();
        match KeyRing::load_or_create(folder.path()) {
            Err(CryptoError::LoosePermissions { mode, .. }) => assert_eq!(mode, loose),
            other => panic!("{other:?}"),
        }
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(KeyRing::load(folder.path()).unwrap().is_some());
}

#[test]
fn a_broken_file_is_refused_without_quoting_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyring.json");
    KeyRing::load_or_create(folder.path()).unwrap();
    let whole = fs::read_to_string(&file).unwrap();
    let cases = [
        String::new(),
        "secret-looking text".to_owned(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace("\"version\": 1", "\"version\": 2"),
        whole.replace("licence", "license"),
        whole.replacen("\"token\": \"", "\"token\": \"zz", 1),
    ];
    for text in cases {
        fs::write(&file, &text).unwrap();
        let error = KeyRing::load_or_create(folder.path()).unwrap_err();
        assert!(matches!(error, CryptoError::KeyRingFile { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("secret-looking"));
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            text,
            "a broken ring is never replaced"
        );
    }
}

#[test]
fn a_running_process_follows_what_another_one_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let running = KeyRing::load_or_create(folder.path()).unwrap();
    let clone = running.clone();
    let old = running.blind("f", "v");

    let other = KeyRing::load(folder.path()).unwrap().unwrap();
    let field = other.rotate_field_key().unwrap();
    let index = other.rotate_index_key().unwrap();
    other.rotate_signer("licence").unwrap();
    assert_eq!(
        running.field_key_ids().len(),
        1,
        "nothing is known before it is saved"
    );
    other.save(folder.path()).unwrap();

    let sealed = other.seal("f", b"value").unwrap();
    assert_eq!(clone.unseal("f", &sealed).unwrap(), b"value");
    assert_eq!(running.field_key_ids().last(), Some(&field));
    assert_eq!(running.index_key_ids().last(), Some(&index));
    assert!(running.is_current(&sealed));
    assert_eq!(running.blinds("f", "v"), [other.blind("f", "v"), old]);
    assert_eq!(running.public_keys("licence").len(), 2);

    // A file that is spoilt or gone does not take the keys away from a running process.
    fs::write(folder.path().join("keyring.json"), "spoilt").unwrap();
    assert_eq!(running.unseal("f", &sealed).unwrap(), b"value");
    fs::remove_file(folder.path().join("keyring.json")).unwrap();
    assert_eq!(running.unseal("f", &sealed).unwrap(), b"value");
}

#[test]
fn a_rotation_waits_for_the_other_and_keeps_its_key() {
    let folder = tempfile::tempdir().unwrap();
    KeyRing::load_or_create(folder.path()).unwrap();
    let rotations: Vec<_> = (0..4)
        .map(|_| {
            let path = folder.path().to_path_buf();
            std::thread::spawn(move || {
                let _lock = tongban_crypto::KeyRingLock::take(&path).unwrap();
                let ring = KeyRing::load(&path).unwrap().unwrap();
                ring.rotate_field_key().unwrap();
                ring.save(&path).unwrap();
            })
        })
        .collect();
    for rotation in rotations {
        rotation.join().unwrap();
    }
    let ring = KeyRing::load(folder.path()).unwrap().unwrap();
    assert_eq!(ring.field_key_ids().len(), 5);
}

#[test]
fn a_retired_field_key_opens_nothing_and_the_current_one_is_kept() {
    let ring = ring();
    let sealed = ring.seal("f", b"value").unwrap();
    let old = ring.field_key_ids()[0].clone();
    assert!(matches!(
        ring.retire_field_key(&old),
        Err(CryptoError::KeyInUse { .. })
    ));
    let new = ring.rotate_field_key().unwrap();
    let blob = ring.encrypt_blob(b"file").unwrap();
    assert_eq!(KeyRing::blob_key_id(&blob), Some(new.as_str()));
    assert_eq!(KeyRing::blob_key_id(b"no file"), None);
    ring.retire_field_key(&old).unwrap();
    assert!(matches!(
        ring.unseal("f", &sealed),
        Err(CryptoError::UnknownKey { .. })
    ));
    assert!(matches!(
        ring.retire_field_key("00000000"),
        Err(CryptoError::UnknownKey { .. })
    ));
}
