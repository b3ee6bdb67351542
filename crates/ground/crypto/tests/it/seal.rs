//! Sealed fields, blobs, blind indexes, and the rotation of their keys.

use crate::ring;
use proptest::prelude::*;
use std::collections::HashSet;
use tongban_crypto::{CryptoError, KeyRing};

const FIELD: &str = "identity.citizen_number";

#[test]
fn a_sealed_value_opens_under_its_field_alone() {
    let ring = ring();
    let sealed = ring.seal(FIELD, "张三 519900199001010018".as_bytes()).unwrap();
    assert_eq!(
        ring.unseal(FIELD, &sealed).unwrap(),
        "张三 519900199001010018".as_bytes()
    );
    assert!(matches!(
        ring.unseal("identity.phone", &sealed),
        Err(CryptoError::Refused)
    ));
    assert!(matches!(ring.unseal("", &sealed), Err(CryptoError::Refused)));
}

#[test]
fn a_sealed_value_says_its_form_and_key_and_nothing_else() {
    let ring = ring();
    let sealed = ring.seal(FIELD, b"secret").unwrap();
    let parts: Vec<&str> = sealed.split('.').collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[0], "sm4gcm");
    assert_eq!(parts[1], ring.field_key_ids()[0]);
    // 12 bytes of nonce, 6 of text, 16 of tag: 34 bytes are 46 characters.
    assert_eq!(parts[2].len(), 46);
}

#[test]
fn equal_values_are_sealed_differently() {
    let ring = ring();
    let all: HashSet<String> = (0..100).map(|_| ring.seal(FIELD, b"same").unwrap()).collect();
    assert_eq!(all.len(), 100);
}

#[test]
fn no_flipped_bit_of_a_sealed_text_is_accepted() {
    let ring = ring();
    let sealed = ring.seal(FIELD, "一号申请".as_bytes()).unwrap();
    for position in 0..sealed.len() {
        for bit in 0..7 {
            let mut bytes = sealed.clone().into_bytes();
            bytes[position] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(ring.unseal(FIELD, &changed).is_err(), "byte {position} bit {bit}");
        }
    }
}

#[test]
fn no_cut_or_lengthened_sealed_text_is_accepted() {
    let ring = ring();
    let sealed = ring.seal(FIELD, b"value").unwrap();
    for length in 0..sealed.len() {
        assert!(ring.unseal(FIELD, &sealed[..length]).is_err(), "{length}");
    }
    for tail in ["=", "A", ".", " ", "\n"] {
        assert!(ring.unseal(FIELD, &format!("{sealed}{tail}")).is_err());
    }
}

#[test]
fn an_error_does_not_repeat_what_was_handed_in() {
    let ring = ring();
    for text in [
        "519900199001010018",
        "李四.519900199001010018.x",
        "sm4gcm.519900199001010018.x",
        "sm4gcm.李四.x",
    ] {
        let error = ring.unseal(FIELD, text).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains("5199") && !told.contains("李四"), "{told}");
    }
}

#[test]
fn another_ring_opens_nothing() {
    let sealed = ring().seal(FIELD, b"value").unwrap();
    let stranger = KeyRing::generate().unwrap();
    assert!(matches!(
        stranger.unseal(FIELD, &sealed),
        Err(CryptoError::UnknownKey { .. })
    ));
    assert_ne!(stranger.blind(FIELD, "value"), ring().blind(FIELD, "value"));
}

#[test]
fn rotating_the_field_key_keeps_old_values_readable() {
    let ring = ring();
    let shared = ring.clone();
    let old = ring.seal(FIELD, b"old").unwrap();
    let old_blob = ring.encrypt_blob(b"old blob").unwrap();
    let kid = ring.rotate_field_key().unwrap();

    let new = shared.seal(FIELD, b"new").unwrap();
    assert!(
        new.starts_with(&format!("sm4gcm.{kid}.")),
        "a clone sees the rotation"
    );
    assert!(ring.is_current(&new) && !ring.is_current(&old) && !ring.is_current("plain"));
    assert_eq!(ring.unseal(FIELD, &old).unwrap(), b"old");
    assert_eq!(ring.unseal(FIELD, &new).unwrap(), b"new");
    assert_eq!(ring.decrypt_blob(&old_blob).unwrap(), b"old blob");

    // The body of one key's value under the name of the other.
    let swapped = new.replace(&kid, &ring.field_key_ids()[0]);
    assert!(matches!(ring.unseal(FIELD, &swapped), Err(CryptoError::Refused)));
}

#[test]
fn a_blind_index_is_equal_for_equal_values_of_one_field() {
    let ring = ring();
    let index = ring.blind(FIELD, "519900199001010018");
    assert_eq!(index, ring.blind(FIELD, "519900199001010018"));
    assert_ne!(index, ring.blind("engage.phone", "519900199001010018"));
    assert_ne!(index, ring.blind(FIELD, "519900199001010026"));
    assert!(index.starts_with("hmacsm3."));
    assert_eq!(ring.blinds(FIELD, "519900199001010018"), [index]);
}

#[test]
fn while_the_index_key_rotates_look_ups_try_both() {
    let ring = ring();
    let old = ring.blind(FIELD, "value");
    let old_kid = ring.index_key_ids()[0].clone();
    let new_kid = ring.rotate_index_key().unwrap();

    let new = ring.blind(FIELD, "value");
    assert_ne!(old, new);
    assert_eq!(ring.blinds(FIELD, "value"), [new.clone(), old]);

    assert!(matches!(
        ring.retire_index_key(&new_kid),
        Err(CryptoError::KeyInUse { .. })
    ));
    assert!(matches!(
        ring.retire_index_key("00000000"),
        Err(CryptoError::UnknownKey { .. })
    ));
    ring.retire_index_key(&old_kid).unwrap();
    assert_eq!(ring.blinds(FIELD, "value"), [new]);
}

#[test]
fn names_and_token_hashes_outlive_rotations() {
    let ring = ring();
    let (name, hash) = (ring.content_name(b"file"), ring.token_hash("token"));
    ring.rotate_index_key().unwrap();
    ring.rotate_field_key().unwrap();
    assert_eq!(ring.content_name(b"file"), name);
    assert_eq!(ring.token_hash("token"), hash);
    assert_eq!((name.len(), hash.len()), (64, 64));
    assert_ne!(name, tongban_crypto::sm3_hex("file"), "a name is keyed");
    assert_ne!(ring.content_name(b"x"), ring.token_hash("x"));
}

#[test]
fn no_flipped_bit_of_a_blob_is_accepted() {
    let ring = ring();
    let encrypted = ring.encrypt_blob(b"a short file").unwrap();
    assert_eq!(encrypted.len(), b"a short file".len() + 40);
    for position in 0..encrypted.len() {
        for bit in 0..8 {
            let mut changed = encrypted.clone();
            changed[position] ^= 1 << bit;
            assert!(ring.decrypt_blob(&changed).is_err(), "byte {position} bit {bit}");
        }
    }
    for length in 0..encrypted.len() {
        assert!(ring.decrypt_blob(&encrypted[..length]).is_err());
    }
}

#[test]
fn a_field_does_not_open_as_a_blob() {
    let ring = ring();
    let sealed = ring.seal("", b"value").unwrap();
    let body = sealed.rsplit('.').next().unwrap();
    use base64::Engine;
    let body = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(body)
        .unwrap();
    let disguised = [b"TBB1", ring.field_key_ids()[0].as_bytes(), &body].concat();
    assert!(matches!(ring.decrypt_blob(&disguised), Err(CryptoError::Refused)));
}

#[test]
fn printing_a_ring_prints_key_ids_alone() {
    let printed = format!("{:?}", ring());
    assert!(printed.contains(&ring().field_key_ids()[0]));
    assert!(printed.len() < 120, "{printed}");
}

proptest! {
    #[test]
    fn what_is_sealed_opens(field in ".{0,40}", plain in proptest::collection::vec(any::<u8>(), 0..300)) {
        let ring = ring();
        prop_assert_eq!(ring.unseal(&field, &ring.seal(&field, &plain).unwrap()).unwrap(), plain.clone());
        prop_assert_eq!(ring.decrypt_blob(&ring.encrypt_blob(&plain).unwrap()).unwrap(), plain);
    }

    #[test]
    fn garbage_is_refused_quietly(text in ".{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let ring = ring();
        prop_assert!(ring.unseal("field", &text).is_err());
        let named = format!("sm4gcm.{}.{text}", ring.field_key_ids()[0]);
        prop_assert!(ring.unseal("field", &named).is_err());
        prop_assert!(ring.decrypt_blob(&bytes).is_err());
    }

    #[test]
    fn different_values_have_different_indexes(left in ".{0,20}", right in ".{0,20}") {
        let ring = ring();
        prop_assert_eq!(left == right, ring.blind("f", &left) == ring.blind("f", &right));
    }
}
