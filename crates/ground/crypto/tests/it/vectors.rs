//! Examples printed in the standards, and the shared table of vectors when it is at hand.

use std::io::Write as _;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, Payload};
use sm4::Sm4;
use sm4::cipher::{BlockCipherEncrypt, KeyInit};
use std::path::PathBuf;
use tongban_crypto::{Sm2Public, sm3_hex};

/// GB/T 32918.5-2017 A.2: the public key, the message and the signature printed there.
const SM2_PUBLIC: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                          ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const SM2_R: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
const SM2_S: &str = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

fn bytes<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// DER of two positive 32-byte numbers, written out by hand.
fn der(r: &str, s: &str) -> Vec<u8> {
    let integer = |text: &str| {
        let mut digits = hex::decode(text).unwrap();
        if digits[0] & 0x80 != 0 {
            digits.insert(0, 0);
        }
        [vec![0x02, digits.len() as u8], digits].concat()
    };
    let body = [integer(r), integer(s)].concat();
    [vec![0x30, body.len() as u8], body].concat()
}

fn sm4_block(key: &str, plain: &str, rounds: usize) -> String {
    let cipher = Sm4::new(&bytes::<16>(key).into());
    let mut block = bytes::<16>(plain).into();
    for _ in 0..rounds {
        cipher.encrypt_block(&mut block);
    }
    hex::encode(block)
}

#[test]
fn sm4_gives_the_examples_of_its_standard() {
    // GB/T 32907-2016 A.1 and A.2
    let key = "0123456789abcdeffedcba9876543210";
    assert_eq!(sm4_block(key, key, 1), "681edf34d206965e86b3e94f536e4246");
    assert_eq!(sm4_block(key, key, 1_000_000), "595298c7c6fd271f0402f804c33d3f66");
}

#[test]
fn sm4_in_gcm_mode_gives_the_example_of_rfc_8998() {
    // RFC 8998, appendix A.1
    let cipher = AesGcm::<Sm4, U12>::new(&bytes::<16>("0123456789abcdeffedcba9876543210").into());
    let plain = hex::decode(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    )
    .unwrap();
    let associated = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
    let nonce = bytes::<12>("00001234567800000000abcd").into();
    let sealed = cipher
        .encrypt(
            &nonce,
            Payload {
                msg: &plain,
                aad: &associated,
            },
        )
        .unwrap();
    assert_eq!(
        hex::encode(sealed),
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
         d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
         83de3541e4c2b58177e065a9bf7b62ec"
    );
}

#[test]
fn the_signature_printed_in_the_standard_verifies() {
    let key = Sm2Public::from_hex(SM2_PUBLIC).unwrap();
    assert!(key.verify(b"message digest", &der(SM2_R, SM2_S)));
    assert!(!key.verify(b"message digesT", &der(SM2_R, SM2_S)));
    assert!(!key.verify(b"message digest", &der(SM2_S, SM2_R)));
}

/// Tells the run whether real data was used; it counts the lines of the file named by `TONGBAN_REAL_DATA_LOG`.
fn say(line: &str) {
    eprintln!("{line}");
    if let Ok(log) = std::env::var("TONGBAN_REAL_DATA_LOG") {
        let mut log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        writeln!(log, "{line}").unwrap();
    }
}

fn shared_vectors() -> Option<serde_json::Value> {
    let folder = std::env::var_os("TONGBAN_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared")),
        PathBuf::from,
    );
    let path = folder.join("data/vectors/sm_vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        say("real-data: skipped crypto vectors: sm_vectors.json is not here (set TONGBAN_SHARED)");
        return None;
    };
    say("real-data: ran crypto vectors");
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn the_shared_vectors_agree() {
    let Some(vectors) = shared_vectors() else { return };
    let list = |name: &str| vectors[name].as_array().unwrap().clone();
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();

    let mut seen = 0;
    for row in list("sm3") {
        assert_eq!(
            sm3_hex(hex::decode(text(&row, "msg_hex")).unwrap()),
            text(&row, "digest"),
            "{row}"
        );
        seen += 1;
    }
    for row in list("sm4_ecb_block") {
        let rounds = row["rounds"].as_u64().unwrap_or(1) as usize;
        assert_eq!(
            sm4_block(&text(&row, "key"), &text(&row, "plain"), rounds),
            text(&row, "cipher"),
            "{row}"
        );
        seen += 1;
    }
    for row in list("sm2_sign") {
        let key = Sm2Public::from_hex(&format!("04{}{}", text(&row, "px"), text(&row, "py"))).unwrap();
        let message = hex::decode(text(&row, "msg")).unwrap();
        assert!(
            key.verify(&message, &der(&text(&row, "r"), &text(&row, "s"))),
            "{row}"
        );
        seen += 1;
    }
    assert!(seen >= 11, "only {seen} vectors were found");
}
