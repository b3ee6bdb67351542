//! OFDs: our own small ones, changed in every way, and those of others.

use std::sync::LazyLock;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::Value;
use tongban_crypto::{
    DigestMethod,
    ses::{
        Holds, Seal,
        testing::{Listing, Party, SealPlan, root},
    },
    sm3,
};
use tongban_licences::{Verdict, Verification, verify_file, verify_upload};
use tongban_press::ofd::testing::{Parts, SIGNATURE, SIGNED_VALUE};
use tongban_testkit::{both, real_data};

use crate::{day, migrations};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

static MAKER: LazyLock<Party> = LazyLock::new(|| {
    Party::new(
        1,
        "制章者",
        at("2026-01-01T00:00:00Z"),
        at("2028-01-01T00:00:00Z"),
    )
});
static SIGNER: LazyLock<Party> =
    LazyLock::new(|| Party::new(2, "某局", at("2026-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z")));
static STRANGER: LazyLock<Party> =
    LazyLock::new(|| Party::new(3, "某人", at("2026-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z")));

fn plan(version: u8) -> SealPlan<'static> {
    SealPlan {
        version,
        name: "某局电子证照专用章",
        maker: &MAKER,
        holders: vec![&SIGNER],
        listing: Listing::Certificates,
        from: at("2026-02-01T00:00:00Z"),
        to: at("2027-02-01T00:00:00Z"),
    }
}

fn put(plan: &SealPlan<'_>, signer: &Party, list: &[u8]) -> Vec<u8> {
    plan.put(
        signer,
        at("2026-11-20T02:30:00Z"),
        &sm3(list),
        &format!("/{SIGNATURE}"),
    )
}

fn sealed(version: u8) -> Parts {
    Parts::signed(|list| put(&plan(version), &SIGNER, list))
}

fn judge(parts: &Parts) -> Verification {
    verify_file(&parts.pack(), &[], day("2026-11-20"))
}

/// The checks that failed, with the part that they name.
fn failed(verification: &Verification) -> Vec<(&str, &str, &str)> {
    verification
        .checks
        .iter()
        .filter(|check| !check.ok)
        .map(|check| {
            let part = check.args.get("part").map_or("", String::as_str);
            (check.name, check.code, part)
        })
        .collect()
}

const UNTRUSTED: [(&str, &str, &str); 2] = [
    ("signer", "certificate_untrusted", ""),
    ("maker", "certificate_untrusted", ""),
];

fn expect(parts: &Parts, verdict: Verdict, mut expected: Vec<(&str, &str, &str)>) {
    let verification = judge(parts);
    expected.extend(UNTRUSTED);
    let mut found = failed(&verification);
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!((verification.verdict, found), (verdict, expected));
    assert_eq!(verification.face, None);
}

const PAGE: &str = "Doc_0/Pages/Page_1/Content.xml";
const PLACE: &str = "/Doc_0/Pages/Page_1/Content.xml";

#[test]
fn what_is_true_and_untrusted_is_unknown() {
    for version in [1, 4, 5] {
        expect(&sealed(version), Verdict::Unknown, vec![]);
    }
    let verification = judge(&sealed(4));
    let names: Vec<_> = verification.checks.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "carrier",
            "digest",
            "structure",
            "binding",
            "signature",
            "seal",
            "holder",
            "validity",
            "signer",
            "maker",
            "coverage"
        ]
    );
    assert_eq!(verification.check("digest").unwrap().args["count"], "4");
}

#[test]
fn who_is_trusted_makes_it_valid() {
    let keys = |parties: &[&Party]| -> Vec<String> {
        parties
            .iter()
            .map(|party| party.signer.key_id().to_owned())
            .collect()
    };
    let packed = sealed(4).pack();
    let on = |trust: &[String], date: &str| verify_file(&packed, trust, day(date)).verdict;
    let both_keys = keys(&[&SIGNER, &MAKER]);
    let issuer = vec![root().public_key().to_hex()];
    assert_eq!(on(&both_keys, "2026-11-20"), Verdict::Valid);
    assert_eq!(on(&issuer, "2026-11-20"), Verdict::Valid);
    assert_eq!(on(&issuer, "2027-02-02"), Verdict::Expired, "the seal is over");
    for trust in [
        keys(&[&SIGNER]),
        keys(&[&MAKER]),
        keys(&[&STRANGER]),
        vec![String::new(), "0".repeat(130)],
    ] {
        assert_eq!(on(&trust, "2026-11-20"), Verdict::Unknown);
    }
    // what anybody may have added is not vouched for
    let mut added = sealed(4);
    added.set("Doc_0/Annots.xml", "<x/>");
    assert_eq!(
        verify_file(&added.pack(), &issuer, day("2026-11-20")).verdict,
        Verdict::Unknown
    );
}

#[test]
fn a_changed_part_is_named() {
    let mut changed = sealed(4);
    let mut page = changed.get(PAGE).to_vec();
    page[12] ^= 1;
    changed.set(PAGE, page);
    expect(
        &changed,
        Verdict::Altered,
        vec![("digest", "page_differs", PLACE)],
    );
    assert_eq!(judge(&changed).check("digest").unwrap().args["page"], "2");

    let mut removed = sealed(4);
    removed.remove(PAGE);
    expect(
        &removed,
        Verdict::Altered,
        vec![("digest", "part_missing", PLACE)],
    );

    let mut added = sealed(4);
    added.set("Doc_0/Pages/Page_2/Content.xml", "<ofd:Page/>");
    expect(
        &added,
        Verdict::Unknown,
        vec![("coverage", "part_outside", "/Doc_0/Pages/Page_2/Content.xml")],
    );
}

#[test]
fn a_signature_of_another_text_is_altered() {
    let place = "/Doc_0/Signs/Sign_0/Signature.xml";
    // the signature of another document in its place
    let mut swapped = sealed(4);
    swapped.set(SIGNED_VALUE, put(&plan(4), &SIGNER, b"another list"));
    expect(&swapped, Verdict::Altered, vec![("binding", "other_list", place)]);
    // a part is changed and its digest with it
    let mut rewritten = sealed(4);
    let list = String::from_utf8(rewritten.get(SIGNATURE).to_vec()).unwrap();
    rewritten.set(
        SIGNATURE,
        list.replace("2026-11-20 10:30:00", "2026-11-21 10:30:00"),
    );
    expect(
        &rewritten,
        Verdict::Altered,
        vec![("binding", "other_list", place)],
    );
}

#[test]
fn a_signature_that_fails_is_altered() {
    // somebody else's certificate on the signature: the signed bytes are the same
    let mut parts = sealed(4);
    let mut value = parts.get(SIGNED_VALUE).to_vec();
    let last = value.len() - 1;
    value[last] ^= 1;
    parts.set(SIGNED_VALUE, value);
    expect(&parts, Verdict::Altered, vec![("signature", "fails", "")]);
    // the seal is renamed, and put by its holder
    let renamed = Parts::signed(|list| {
        let whole = put(&plan(4), &SIGNER, list);
        let (from, to) = ("某局电子证照专用章", "某局电子合同专用章");
        let at = whole
            .windows(from.len())
            .position(|window| window == from.as_bytes())
            .unwrap();
        [&whole[..at], to.as_bytes(), &whole[at + from.len()..]].concat()
    });
    expect(
        &renamed,
        Verdict::Altered,
        vec![("signature", "fails", ""), ("seal", "fails", "")],
    );
}

#[test]
fn what_cannot_be_judged_is_unknown() {
    // unsigned
    let verification = judge(&Parts::unsigned());
    assert_eq!(
        (verification.verdict, failed(&verification)),
        (Verdict::Unknown, vec![("signature", "unsigned", "")])
    );
    // broken DER, a bare signature, nothing
    for (value, expected) in [
        (
            b"0\x80broken".to_vec(),
            vec![
                ("structure", "seal_unreadable", ""),
                ("signature", "no_certificate", ""),
            ],
        ),
        (
            SIGNER.signer.sign(b"list"),
            vec![("structure", "no_seal", ""), ("signature", "no_certificate", "")],
        ),
    ] {
        let verification = judge(&Parts::signed(|_| value));
        assert_eq!(
            (verification.verdict, failed(&verification)),
            (Verdict::Unknown, expected)
        );
    }
    let mut missing = sealed(4);
    missing.remove(SIGNED_VALUE);
    let verification = judge(&missing);
    assert_eq!(
        (verification.verdict, failed(&verification)),
        (Verdict::Unknown, vec![("signature", "unsigned", "")])
    );
    // … but a changed part is a changed part
    missing.set(PAGE, "other");
    assert_eq!(judge(&missing).verdict, Verdict::Altered);
    // a digest that is not known, and one that can be forged
    let unknown = Parts::signed_by("GOST", DigestMethod::Sm3, |list| put(&plan(4), &SIGNER, list));
    expect(&unknown, Verdict::Unknown, vec![("digest", "method", "")]);
    let weak = Parts::signed_by("MD5", DigestMethod::Md5, |list| put(&plan(4), &SIGNER, list));
    expect(&weak, Verdict::Unknown, vec![("digest", "weak", "")]);
}

#[test]
fn holders_and_periods_are_looked_at() {
    let with = |plan: SealPlan<'_>, signer: &Party| Parts::signed(|list| put(&plan, signer, list));
    expect(
        &with(plan(4), &STRANGER),
        Verdict::Unknown,
        vec![("holder", "not_listed", "")],
    );
    let late = SealPlan {
        from: at("2026-12-01T00:00:00Z"),
        ..plan(4)
    };
    expect(
        &with(late, &SIGNER),
        Verdict::Unknown,
        vec![("validity", "seal_outside", "")],
    );
    let expired = Party::new(
        4,
        "旧证书",
        at("2020-01-01T00:00:00Z"),
        at("2022-01-01T00:00:00Z"),
    );
    let old = SealPlan {
        holders: vec![&expired],
        ..plan(4)
    };
    expect(
        &with(old, &expired),
        Verdict::Unknown,
        vec![("validity", "certificate_outside", "")],
    );
    let made = SealPlan {
        maker: &expired,
        ..plan(4)
    };
    expect(
        &with(made, &SIGNER),
        Verdict::Unknown,
        vec![("validity", "maker_outside", "")],
    );
    let digests = SealPlan {
        listing: Listing::Digests,
        ..plan(4)
    };
    expect(&with(digests, &SIGNER), Verdict::Unknown, vec![]);
}

#[test]
fn the_seal_that_is_shown_is_the_one_that_was_put() {
    let with_copy = |copy: Vec<u8>| {
        let mut parts = Parts::signed(|_| Vec::new());
        let list = String::from_utf8(parts.get(SIGNATURE).to_vec()).unwrap();
        let seal =
            "<ofd:Seal><ofd:BaseLoc>/Doc_0/Signs/Sign_0/Seal.esl</ofd:BaseLoc></ofd:Seal><ofd:References";
        let list = list.replace("<ofd:References", seal);
        parts.set(SIGNED_VALUE, put(&plan(4), &SIGNER, list.as_bytes()));
        parts.set(SIGNATURE, list);
        parts.set("Doc_0/Signs/Sign_0/Seal.esl", copy);
        failed(&judge(&parts))
            .iter()
            .filter(|(name, _, _)| *name == "seal")
            .count()
    };
    assert_eq!(with_copy(plan(4).seal()), 0);
    assert_eq!(with_copy(plan(5).seal()), 1);
}

#[test]
fn packages_that_would_do_harm_are_told_apart() {
    let with = |name: &str, bytes: Vec<u8>| {
        let mut parts = sealed(4);
        parts.set(name, bytes);
        parts
    };
    let dtd = b"<!DOCTYPE x [<!ENTITY a \"a\"><!ENTITY b \"&a;&a;\">]><OFD>&b;</OFD>".to_vec();
    let mut crowd = sealed(4);
    crowd
        .0
        .extend((0..20_000).map(|number| (format!("a/{number}"), Vec::new())));
    let mut other = Parts::default();
    other.set("word/document.xml", "<w/>");
    for (parts, code) in [
        (with(PAGE, vec![0; 33 << 20]), "too_large"),
        (with("../x", Vec::new()), "escapes"),
        (with("OFD.xml", dtd), "part_unreadable"),
        (crowd, "too_large"),
        (other, "not_ofd"),
    ] {
        let verification = judge(&parts);
        assert_eq!(verification.verdict, Verdict::Unknown);
        assert_eq!(
            (verification.checks.len(), verification.checks[0].code),
            (1, code)
        );
    }
}

both! { migrations, async fn an_upload_is_judged_the_same(kit: Kit) {
    let upload = |parts: &Parts| {
        let (store, bytes) = (kit.store.clone(), Bytes::from(parts.pack()));
        async move { verify_upload(&store, bytes).await.unwrap() }
    };
    let mut changed = sealed(4);
    changed.set(PAGE, "other");
    assert_eq!(upload(&sealed(4)).await, judge(&sealed(4)));
    assert_eq!(upload(&changed).await.verdict, Verdict::Altered);
} }

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_flipped_or_missing_byte_panics_or_is_valid(at in any::<prop::sample::Index>(), with in 1u8.., cut in any::<bool>()) {
        let mut bytes = sealed(4).pack();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= with;
        }
        let verdict = verify_file(&bytes, &[], day("2026-11-20")).verdict;
        prop_assert!(matches!(verdict, Verdict::Altered | Verdict::Unknown));
    }

    #[test]
    fn no_flipped_byte_of_a_signature_passes_for_the_true_one(at in any::<prop::sample::Index>(), with in 1u8..) {
        let mut parts = sealed(4);
        let mut value = parts.get(SIGNED_VALUE).to_vec();
        let at = at.index(value.len());
        value[at] ^= with;
        parts.set(SIGNED_VALUE, value);
        let trust = [root().public_key().to_hex()];
        prop_assert_ne!(verify_file(&parts.pack(), &trust, day("2026-11-20")).verdict, Verdict::Valid);
    }
}

/// What others found out about a file, one line for each of its signatures.
#[test]
fn files_of_others_are_judged_as_others_judged_them() {
    let Some(path) = real_data("licences::foreign_ofd", "vectors/ofd/expected_verification.jsonl") else {
        return;
    };
    let folder = path.parent().unwrap();
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let judge = |name: &str| verify_file(&read(name), &[], day("2026-11-20"));
    let lines = std::fs::read_to_string(&path).unwrap();
    let mut seen = 0;
    for line in lines.lines() {
        seen += 1;
        let expected: Value = serde_json::from_str(line).unwrap();
        let file = expected["file"].as_str().unwrap();
        let verification = judge(file);
        let tampered = file.contains("TAMPERED");
        assert_eq!(
            verification.verdict,
            if tampered {
                Verdict::Altered
            } else {
                Verdict::Unknown
            },
            "{file}"
        );

        // which parts are what was signed
        let bad: Vec<&str> = verification
            .checks
            .iter()
            .filter(|check| ["page_differs", "part_differs"].contains(&check.code))
            .map(|check| check.args["part"].as_str())
            .collect();
        let expected_bad: Vec<&str> = expected["refs_bad"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part.as_str().unwrap())
            .collect();
        assert_eq!(bad, expected_bad, "{file}");
        assert_eq!(
            expected["refs"].as_u64().unwrap() - expected["refs_ok"].as_u64().unwrap(),
            bad.len() as u64
        );
        if !tampered {
            let digest = verification.check("digest").unwrap();
            assert!(digest.ok, "{file}");
            assert_eq!(
                (&digest.args["count"], &digest.args["method"]),
                (
                    &expected["refs"].to_string(),
                    &expected["check_method"].as_str().unwrap().to_owned()
                )
            );
        } else {
            assert_eq!(verification.check("digest").unwrap().args["page"], "1");
        }

        // the signature and the seal
        let word = |name: &str, arg: &str| verification.check(name).unwrap().args[arg].clone();
        if expected.get("ses_fmt").is_none() {
            assert_eq!(verification.check("structure").unwrap().code, "no_seal");
            continue;
        }
        for (name, arg, key) in [
            ("structure", "form", "ses_fmt"),
            ("structure", "version", "tbs_version"),
            ("structure", "seal_form", "seal_fmt"),
            ("structure", "seal_version", "seal_hdr_version"),
            ("signature", "algorithm", "alg"),
            ("seal", "algorithm", "seal_alg"),
        ] {
            let expected = expected[key]
                .as_str()
                .map_or_else(|| expected[key].to_string(), str::to_owned);
            assert_eq!(word(name, arg), expected, "{file} {key}");
        }
        for (name, key) in [("signature", "signer_cn"), ("seal", "maker_cn")] {
            assert_eq!(
                word(name, "name"),
                expected[key][0].as_str().unwrap(),
                "{file} {key}"
            );
        }
        for (name, key) in [
            ("signature", "tbs_sig_ok"),
            ("binding", "datahash_is_sm3_of_Signature_xml"),
            ("seal", "seal_sig_ok"),
        ] {
            assert_eq!(
                Value::Bool(verification.check(name).unwrap().ok),
                expected[key],
                "{file} {key}"
            );
        }
    }
    assert_eq!(seen, 5);
    let unsigned = judge("helloworld_unsigned.ofd");
    assert_eq!(
        (unsigned.verdict, failed(&unsigned)),
        (Verdict::Unknown, vec![("signature", "unsigned", "")])
    );
}

/// Every byte of a true file of somebody else, flipped one after another: never a panic, never a true one.
#[test]
fn files_of_others_survive_being_broken() {
    let Some(path) = real_data("licences::foreign_ofd_broken", "vectors/ofd/SESV4SignDoc.ofd") else {
        return;
    };
    let whole = std::fs::read(path).unwrap();
    for at in (0..whole.len()).step_by(37) {
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        let verdict = verify_file(&changed, &[], day("2026-11-20")).verdict;
        assert!(
            matches!(verdict, Verdict::Altered | Verdict::Unknown),
            "byte {at}"
        );
    }
}

#[test]
fn seals_of_others_are_read() {
    let Some(path) = real_data("licences::foreign_seals", "vectors/ofd/expected_seals.json") else {
        return;
    };
    let folder = path.parent().unwrap();
    let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for (file, facts) in expected.as_object().unwrap() {
        let seal = Seal::parse(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        assert_eq!(seal.form.as_str(), facts["seal_fmt"], "{file}");
        assert_eq!(seal.version, facts["seal_hdr_version"], "{file}");
        assert_eq!(seal.algorithm, facts["seal_alg"].as_str().unwrap(), "{file}");
        assert_eq!(
            seal.maker.as_ref().unwrap().subject,
            facts["maker_cn"][0].as_str().unwrap(),
            "{file}"
        );
        assert_eq!(
            Value::Bool(seal.verify() == Holds::Yes),
            facts["seal_sig_ok"],
            "{file}"
        );
        assert_eq!(seal.stamped, file.ends_with("_ts.esl"), "{file}");
    }
    assert_eq!(expected.as_object().unwrap().len(), 5);
    // what was put with a seal of version 5
    let value = std::fs::read(folder.join("SignedValueV5.dat")).unwrap();
    let put = tongban_crypto::ses::SealSignature::parse(&value).unwrap();
    assert_eq!(
        (put.version, put.seal.version, put.verify(), put.seal.verify()),
        (5, 5, Holds::Yes, Holds::Yes)
    );
}
