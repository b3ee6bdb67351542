//! Signatures and signed records.

use crate::ring;
use proptest::prelude::*;
use tongban_crypto::{CryptoError, KeyRing, PURPOSES, SignedRecord, Sm2Public};

#[test]
fn a_signature_verifies_and_is_the_same_each_time() {
    for purpose in PURPOSES {
        let signer = ring().signer(purpose).unwrap();
        let signature = signer.sign("示范市".as_bytes());
        assert_eq!(signature, signer.sign("示范市".as_bytes()));
        assert!(signer.public_key().verify("示范市".as_bytes(), &signature));
        assert!(!signer.public_key().verify("示范县".as_bytes(), &signature));
    }
}

#[test]
fn each_purpose_has_its_own_key() {
    let ring = ring();
    let signature = ring.signer("licence").unwrap().sign(b"text");
    for purpose in ["checkpoint", "evidence", "document"] {
        assert!(
            !ring
                .signer(purpose)
                .unwrap()
                .public_key()
                .verify(b"text", &signature)
        );
    }
    assert!(matches!(
        ring.signer("gossip"),
        Err(CryptoError::UnknownPurpose { .. })
    ));
}

#[test]
fn no_flipped_bit_of_a_signature_is_accepted() {
    let signer = ring().signer("licence").unwrap();
    let signature = signer.sign(b"message");
    for position in 0..signature.len() {
        for bit in 0..8 {
            let mut changed = signature.clone();
            changed[position] ^= 1 << bit;
            assert!(
                !signer.public_key().verify(b"message", &changed),
                "byte {position} bit {bit}"
            );
        }
    }
    let longer = [signature.as_slice(), &[0]].concat();
    assert!(!signer.public_key().verify(b"message", &longer));
}

#[test]
fn a_public_key_travels_as_hexadecimal() {
    let signer = ring().signer("document").unwrap();
    let text = signer.public_key().to_hex();
    let read = Sm2Public::from_hex(&text).unwrap();
    assert_eq!(&read, signer.public_key());
    assert_eq!(read.key_id(), signer.key_id());
    assert_eq!(read.key_id(), &tongban_crypto::sm3_hex(read.as_bytes())[..16]);

    let mut off_the_curve = hex::decode(&text).unwrap();
    off_the_curve[64] ^= 1;
    assert!(Sm2Public::from_bytes(&off_the_curve).is_err());
    for wrong in ["", "04", &text[2..], &text.replace("04", "zz")] {
        assert!(Sm2Public::from_hex(wrong).is_err());
    }
    assert!(Sm2Public::from_bytes(&[0]).is_err(), "the point at infinity");
}

#[test]
fn after_a_rotation_old_signatures_are_still_ours() {
    let ring = ring();
    let old = ring.signer("licence").unwrap();
    let new_id = ring.rotate_signer("licence").unwrap();
    assert_eq!(ring.signer("licence").unwrap().key_id(), new_id);
    let ours = ring.public_keys("licence");
    assert_eq!(ours.len(), 2);
    assert!(ours.iter().any(|key| key.verify(b"text", &old.sign(b"text"))));
    assert!(ring.rotate_signer("gossip").is_err());
    assert!(ring.public_keys("gossip").is_empty());
}

fn record() -> SignedRecord {
    SignedRecord::sign(
        &ring().signer("licence").unwrap(),
        r#"{"name":"营业执照", "n":1.0}"#,
    )
}

#[test]
fn a_record_survives_json() {
    let text = serde_json::to_string(&record()).unwrap();
    let read: SignedRecord = serde_json::from_str(&text).unwrap();
    assert_eq!(read, record());
    assert!(read.verify().is_intact());
    assert!(read.signed_by(ring().signer("licence").unwrap().public_key()));
    assert_eq!(
        read.verify().key_id.as_deref(),
        Some(ring().signer("licence").unwrap().key_id())
    );
}

#[test]
fn printing_a_record_does_not_print_its_payload() {
    assert!(!format!("{:?}", record()).contains("营业执照"));
}

#[test]
fn a_changed_payload_fails_both_checks() {
    let mut changed = record();
    changed.payload = changed.payload.replace("1.0", "1.00");
    let check = changed.verify();
    assert!(!check.digest_ok && !check.signature_ok_under_carried_key && !check.is_intact());
}

#[test]
fn a_changed_payload_with_its_digest_mended_fails_the_signature() {
    let mut changed = record();
    changed.payload.push(' ');
    changed.digest = tongban_crypto::sm3_hex(&changed.payload);
    let check = changed.verify();
    assert!(check.digest_ok && !check.signature_ok_under_carried_key);
}

#[test]
fn a_record_signed_by_a_stranger_is_intact_but_not_ours() {
    let stranger = KeyRing::generate().unwrap();
    let forged = SignedRecord::sign(&stranger.signer("licence").unwrap(), record().payload);
    assert!(forged.verify().is_intact());
    assert!(!forged.signed_by(ring().signer("licence").unwrap().public_key()));
    // Claiming our key id, or carrying our key over the stranger's signature, is seen.
    let mut claimed = forged.clone();
    claimed.key_id = record().key_id;
    assert!(!claimed.verify().is_intact());
    claimed.public_key = record().public_key;
    assert!(!claimed.verify().is_intact());
}

#[test]
fn unreadable_parts_of_a_record_are_no_surprise() {
    for spoil in [
        |record: &mut SignedRecord| record.alg = "none".into(),
        |record: &mut SignedRecord| record.signature = String::new(),
        |record: &mut SignedRecord| record.signature = "不是".into(),
        |record: &mut SignedRecord| record.public_key = "04".into(),
    ] {
        let mut spoiled = record();
        spoil(&mut spoiled);
        assert!(!spoiled.verify().signature_ok_under_carried_key);
        assert!(spoiled.verify().digest_ok);
    }
}

proptest! {
    #[test]
    fn garbage_signatures_are_false(bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
        prop_assert!(!ring().signer("licence").unwrap().public_key().verify(b"message", &bytes));
    }

    #[test]
    fn garbage_keys_are_refused(bytes in proptest::collection::vec(any::<u8>(), 65)) {
        prop_assert!(Sm2Public::from_bytes(&bytes).is_err());
    }
}
