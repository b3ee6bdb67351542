//! Password hashes.

use tongban_crypto::password::{Cost, NOBODY, hash, hash_with_cost, needs_rehash, try_verify, verify};

#[test]
fn a_password_matches_its_hash_alone() {
    let stored = hash("通办-2026").unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    assert!(verify("通办-2026", &stored));
    assert!(!verify("通办-2025", &stored));
    assert!(!verify("", &stored));
    assert!(!needs_rehash(&stored));
}

#[test]
fn equal_passwords_have_different_hashes() {
    let [left, right] = [(); 2].map(|()| hash_with_cost("same", Cost::Testing).unwrap());
    assert_ne!(left, right);
    assert!(verify("same", &left) && verify("same", &right));
    assert!(needs_rehash(&left));
}

#[test]
fn passwords_out_of_bounds_are_refused() {
    assert!(hash("").is_err());
    assert!(hash_with_cost(&"长".repeat(342), Cost::Testing).is_err());
    assert!(hash_with_cost(&"x".repeat(1024), Cost::Testing).is_ok());
}

#[test]
fn nobody_has_a_readable_hash_that_nothing_matches() {
    assert!(!try_verify("anything", NOBODY).unwrap());
    assert!(!needs_rehash(NOBODY), "it costs what a real one costs");
}

#[test]
fn an_unreadable_hash_is_told_from_a_wrong_password() {
    for broken in ["", "secret", "$argon2id$", "$2b$12$abc"] {
        assert!(try_verify("x", broken).is_err() || !try_verify("x", broken).unwrap());
        assert!(!verify("x", broken));
    }
    assert!(try_verify("x", "plain text").is_err());
}
