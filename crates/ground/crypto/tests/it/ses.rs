//! Seals and what they were put to, well made, badly made and broken.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use tongban_crypto::{
    ses::{
        Certificate, Holders, Holds, Seal, SealForm, SealSignature,
        testing::{Listing, Party, SealPlan, element, root},
    },
    sm3,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn party(seed: u8, name: &str) -> Party {
    Party::new(seed, name, at("2026-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"))
}

static MAKER: LazyLock<Party> = LazyLock::new(|| party(1, "制章者"));
static SIGNER: LazyLock<Party> = LazyLock::new(|| party(2, "示范市市场监督管理局"));

fn plan(version: u8) -> SealPlan<'static> {
    SealPlan {
        version,
        name: "示范市电子证照专用章",
        maker: &MAKER,
        holders: vec![&MAKER, &SIGNER],
        listing: Listing::Certificates,
        from: at("2026-02-01T00:00:00Z"),
        to: at("2027-02-01T00:00:00Z"),
    }
}

fn put(plan: &SealPlan<'_>) -> Vec<u8> {
    let signed_at = at("2026-11-20T02:30:00Z");
    plan.put(
        &SIGNER,
        signed_at,
        &sm3("list"),
        "/Doc_0/Signs/Sign_0/Signature.xml",
    )
}

#[test]
fn a_certificate_is_read() {
    let certificate = Certificate::parse(&SIGNER.certificate).unwrap();
    assert_eq!(
        (certificate.subject.as_str(), certificate.issuer.as_str()),
        ("示范市市场监督管理局", "测试根证书")
    );
    assert_eq!(certificate.key.as_ref(), Some(SIGNER.signer.public_key()));
    assert!(certificate.may_sign() && certificate.issued_by(root().public_key()));
    assert!(!certificate.issued_by(MAKER.signer.public_key()));
    for (instant, inside) in [
        ("2025-12-31T23:59:59Z", false),
        ("2026-01-01T00:00:00Z", true),
        ("2028-01-01T00:00:00Z", true),
        ("2028-01-01T00:00:01Z", false),
    ] {
        assert_eq!(certificate.covers(at(instant)), inside, "{instant}");
    }
    assert!(Certificate::parse(b"").is_err());
}

#[test]
fn each_version_is_read_and_holds() {
    for (version, form) in [(1, SealForm::V1), (4, SealForm::V4), (5, SealForm::V4)] {
        let signature = SealSignature::parse(&put(&plan(version))).unwrap();
        assert_eq!((signature.form, signature.version), (form, u32::from(version)));
        assert_eq!(signature.verify(), Holds::Yes, "version {version}");
        assert_eq!(signature.signed_at, Some(at("2026-11-20T02:30:00Z")));
        assert_eq!(signature.data_hash, sm3("list"));
        assert_eq!(signature.place, "/Doc_0/Signs/Sign_0/Signature.xml");
        let seal = &signature.seal;
        assert_eq!((seal.form, seal.version), (form, u32::from(version)));
        assert_eq!(
            (seal.name.as_str(), seal.verify()),
            ("示范市电子证照专用章", Holds::Yes)
        );
        assert_eq!(seal.stamped, version == 5);
        assert!(seal.lists(signature.signer.as_ref().unwrap()));
        assert!(seal.covers(at("2026-02-01T00:00:00Z")) && !seal.covers(at("2027-02-01T00:00:01Z")));
        assert_eq!(signature.seal_bytes, plan(version).seal());
    }
}

#[test]
fn a_seal_lists_its_holders_by_certificate_or_by_digest() {
    let signer = Certificate::parse(&SIGNER.certificate).unwrap();
    for listing in [Listing::Certificates, Listing::Digests] {
        for (holders, listed) in [
            (vec![&*MAKER, &*SIGNER], true),
            (vec![&*MAKER], false),
            (vec![], false),
        ] {
            let plan = SealPlan {
                holders,
                listing,
                ..plan(4)
            };
            let seal = Seal::parse(&plan.seal()).unwrap();
            assert_eq!(seal.lists(&signer), listed, "{listing:?}");
            assert_eq!(
                matches!(seal.holders, Holders::Digests(_)),
                listing == Listing::Digests
            );
        }
    }
}

#[test]
fn a_changed_text_no_longer_holds() {
    let whole = put(&plan(4));
    let change = |from: &str, to: &str| {
        let at = whole
            .windows(from.len())
            .position(|window| window == from.as_bytes())
            .unwrap();
        let mut changed = whole.clone();
        changed[at..at + to.len()].copy_from_slice(to.as_bytes());
        SealSignature::parse(&changed).unwrap()
    };
    let place = change("Sign_0", "Sign_1");
    assert_eq!((place.verify(), place.seal.verify()), (Holds::No, Holds::Yes));
    let seal = change("电子证照专用章", "电子合同专用章");
    assert_eq!((seal.verify(), seal.seal.verify()), (Holds::No, Holds::No));
}

#[test]
fn what_is_not_in_the_form_is_refused() {
    for bytes in [
        Vec::new(),
        b"text".to_vec(),
        element(0x30, []),
        element(0x04, put(&plan(4))),
        [put(&plan(4)), vec![0]].concat(),
        // 3,000 sequences, one in the other
        (0..3_000).fold(Vec::new(), |inner, _| element(0x30, inner)),
        // a length that no machine has
        vec![0x30, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ] {
        assert!(SealSignature::parse(&bytes).is_err());
        assert!(Seal::parse(&bytes).is_err());
        assert!(Certificate::parse(&bytes).is_err());
    }
}

#[test]
fn signatures_of_others_come_in_several_forms() {
    let (key, other) = (SIGNER.signer.public_key(), MAKER.signer.public_key());
    let der = SIGNER.signer.sign(b"message");
    let numbers: Vec<[u8; 32]> = {
        let mut rest = &der[2..];
        let mut numbers = Vec::new();
        while let [2, length, tail @ ..] = rest {
            let (number, after) = tail.split_at(usize::from(*length));
            let digits = &number[number.len().saturating_sub(32)..];
            let mut padded = [0; 32];
            padded[32 - digits.len()..].copy_from_slice(digits);
            numbers.push(padded);
            rest = after;
        }
        numbers
    };
    let padded = element(
        0x30,
        numbers
            .iter()
            .map(|number| element(0x02, [&[0, 0], number.as_slice()].concat()))
            .collect::<Vec<_>>()
            .concat(),
    );
    for signature in [der.clone(), padded.clone(), numbers.concat()] {
        assert!(key.verify_any_form(b"message", &signature));
        assert!(!key.verify_any_form(b"massage", &signature));
        assert!(!other.verify_any_form(b"message", &signature));
    }
    assert!(!key.verify(b"message", &padded), "of our own there is one form");
    for broken in [
        &[][..],
        &[0; 64],
        &der[..der.len() - 1],
        &numbers.concat()[1..],
        &[0x30, 0],
    ] {
        assert!(!key.verify_any_form(b"message", broken));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_flipped_or_missing_byte_panics_or_holds(version in prop::sample::select(vec![1u8, 4, 5]), at in 0usize..4_000, with in 1u8.., cut in any::<bool>()) {
        let mut bytes = put(&plan(version));
        let at = at % bytes.len();
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= with;
        }
        let seen = SealSignature::parse(&bytes).ok().is_some_and(|signature| {
            // a byte of the signer's certificate can change without the signature failing, then it is another certificate
            let listed = signature.signer.as_ref().is_some_and(|signer| signature.seal.lists(signer));
            signature.verify() == Holds::Yes && signature.seal.verify() == Holds::Yes && listed
        });
        // the algorithm outside the signed part may be written anew only as itself; the rest is covered
        prop_assert!(!seen, "byte {at}");
    }

    #[test]
    fn no_bytes_at_all_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Seal::parse(&bytes);
        let _ = SealSignature::parse(&bytes);
        let _ = Certificate::parse(&element(0x30, &bytes));
    }
}
