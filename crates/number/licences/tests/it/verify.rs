use bytes::Bytes;
use serde_json::Value;
use tongban_access::Actor;
use tongban_crypto::{KeyRing, SignedRecord};
use tongban_licences::{
    RECORD_NAME, Reissue, StatusChange, Verdict, Verification, licence_view, reissue, verify_code,
    verify_file, verify_identifier, verify_upload,
};
use tongban_press::{BlankTypesetter, Page, Typesetter};
use tongban_store::Store;
use tongban_testkit::both;
use uuid::Uuid;

use crate::{
    BUREAU, approver, change, citizen, day, firm_licence, issued, migrations, person_licence, printed, uscc,
    with_types,
};

async fn upload(store: &Store, bytes: impl Into<Vec<u8>>) -> Verification {
    verify_upload(store, Bytes::from(bytes.into())).await.unwrap()
}

/// The codes of the checks that failed.
fn failed(verification: &Verification) -> Vec<(&str, &str)> {
    verification
        .checks
        .iter()
        .filter(|check| !check.ok)
        .map(|check| (check.name, check.code))
        .collect()
}

async fn record(store: &Store, licence: Uuid) -> SignedRecord {
    let view = licence_view(store, &Actor::System, licence).await.unwrap();
    serde_json::from_str(&view.record).unwrap()
}

/// A PDF that carries any text under the name of our record.
fn page_with(text: &[u8]) -> Vec<u8> {
    let at = "2026-11-20T02:30:00Z".parse().unwrap();
    let record = Some((RECORD_NAME.to_owned(), text.to_vec()));
    BlankTypesetter
        .pdf(&Page {
            template: String::new(),
            data: Value::Null,
            record,
            at,
        })
        .unwrap()
}

fn page_of(record: &SignedRecord) -> Vec<u8> {
    page_with(&serde_json::to_vec(record).unwrap())
}

fn resigned(record: &SignedRecord, change: impl Fn(&str) -> String) -> SignedRecord {
    let stranger = KeyRing::from_seed([9; 32]);
    SignedRecord::sign(&stranger.signer("licence").unwrap(), change(&record.payload))
}

both! { migrations, async fn what_was_given_out_is_valid(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let page = printed(&kit.store, licence.id).await;
    let by_page = upload(&kit.store, page).await;
    let names: Vec<_> = by_page.checks.iter().map(|check| check.name).collect();
    assert_eq!(names, ["carrier", "structure", "digest", "signature", "signer", "record", "file", "status", "validity"]);
    assert_eq!(failed(&by_page), []);
    let by_record = upload(&kit.store, serde_json::to_vec(&record(&kit.store, licence.id).await).unwrap()).await;
    let by_code = verify_code(&kit.store, &licence.verify_code).await.unwrap();
    for verification in [by_page, by_record, by_code] {
        assert_eq!(verification.verdict, Verdict::Valid);
        let face = verification.face.unwrap();
        assert_eq!((face.licence_name.as_str(), face.issuer_name.as_str()), ("食品经营许可证", "东城县市场监督管理局"));
        assert_eq!((face.issued_on, face.valid_to), (day("2026-11-20"), Some(day("2031-11-19"))));
        assert_eq!(face.holder, "示范市东******有限公司");
        assert!(face.demo);
    }
} }

both! { migrations, async fn each_status_has_its_word(kit: Kit) {
    with_types(&kit).await;
    for (change_to, verdict) in [
        (StatusChange::Suspend, Verdict::Suspended),
        (StatusChange::Revoke, Verdict::Revoked),
        (StatusChange::Cancel, Verdict::Cancelled),
    ] {
        let licence = issued(&kit.store, person_licence(&citizen(101))).await;
        let page = printed(&kit.store, licence.id).await;
        change(&kit.store, &approver(BUREAU), licence.id, change_to, 1).await.unwrap();
        for verification in [verify_code(&kit.store, &licence.verify_code).await.unwrap(), upload(&kit.store, page).await] {
            assert_eq!(verification.verdict, verdict);
            assert_eq!(failed(&verification), [("status", verdict.as_str())]);
            assert_eq!(verification.face.unwrap().holder, "王**");
        }
    }
    let licence = issued(&kit.store, person_licence(&citizen(101))).await;
    let next = kit.store.write(Actor::System.signer(), move |tx| async move {
        reissue(&tx, &Actor::System, Reissue::unchanged(licence.id, "换发", 1)).await
    }).await.unwrap();
    assert_eq!(verify_code(&kit.store, &licence.verify_code).await.unwrap().verdict, Verdict::Replaced);
    assert_eq!(verify_code(&kit.store, &next.verify_code).await.unwrap().verdict, Verdict::Valid);
} }

both! { migrations, async fn time_runs_out_at_midnight_in_beijing(kit: Kit) {
    with_types(&kit).await;
    let mut input = firm_licence(&uscc('9', "MA100001"));
    (input.valid_from, input.valid_to) = (day("2026-12-01"), Some(day("2026-12-31")));
    let licence = issued(&kit.store, input).await;
    for (instant, verdict, code) in [
        ("2026-11-30T15:59:00Z", Verdict::Suspended, "not_yet"),
        ("2026-11-30T16:01:00Z", Verdict::Valid, "in_period"),
        ("2026-12-31T15:59:00Z", Verdict::Valid, "in_period"),
        ("2026-12-31T16:01:00Z", Verdict::Expired, "over"),
    ] {
        kit.clock.set(instant.parse().unwrap());
        let verification = verify_code(&kit.store, &licence.verify_code).await.unwrap();
        assert_eq!((verification.verdict, verification.check("validity").unwrap().code), (verdict, code), "{instant}");
    }
    // What was suspended and is over is over; what was revoked stays revoked.
    change(&kit.store, &approver(BUREAU), licence.id, StatusChange::Suspend, 1).await.unwrap();
    assert_eq!(verify_code(&kit.store, &licence.verify_code).await.unwrap().verdict, Verdict::Expired);
    change(&kit.store, &approver(BUREAU), licence.id, StatusChange::Revoke, 2).await.unwrap();
    assert_eq!(verify_code(&kit.store, &licence.verify_code).await.unwrap().verdict, Verdict::Revoked);
} }

both! { migrations, async fn a_changed_page_or_record_is_altered(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let true_record = record(&kit.store, licence.id).await;

    // Nothing was printed yet, so no page of it can be true.
    assert_eq!(failed(&upload(&kit.store, page_of(&true_record)).await), [("file", "differs")]);
    let page = printed(&kit.store, licence.id).await;
    assert_eq!(upload(&kit.store, page.clone()).await.verdict, Verdict::Valid);

    // The page changes, the record does not.
    let mut painted = page.clone();
    painted.extend_from_slice(b"% another name painted over\n");
    let mut sized = page.clone();
    let at = page.windows(7).position(|window| window == b"595 842").unwrap();
    sized[at] = b'6';
    for changed in [painted, sized] {
        let verification = upload(&kit.store, changed).await;
        assert_eq!((verification.verdict, failed(&verification)), (Verdict::Altered, vec![("file", "differs")]));
        assert_eq!(verification.face, None);
    }

    // The text of the record changes.
    let mut longer = true_record.clone();
    longer.payload = longer.payload.replace("2031-11-19", "2091-11-19");
    let verification = upload(&kit.store, page_of(&longer)).await;
    assert_eq!((verification.verdict, failed(&verification)), (Verdict::Altered, vec![("digest", "differs"), ("signature", "fails")]));
    // … and its digest with it.
    let rehashed = SignedRecord { digest: tongban_crypto::sm3_hex(&longer.payload), ..longer.clone() };
    assert_eq!(failed(&upload(&kit.store, page_of(&rehashed)).await), [("signature", "fails")]);
    // … and is signed anew by somebody else under our identifier.
    let forged = resigned(&true_record, |text| text.replace("2031-11-19", "2091-11-19"));
    let verification = upload(&kit.store, page_of(&forged)).await;
    assert_eq!((verification.verdict, failed(&verification)), (Verdict::Altered, vec![("signer", "not_ours"), ("record", "differs")]));
    // … or loses its signature or its key.
    let unsigned = SignedRecord { signature: String::new(), ..true_record.clone() };
    let keyless = SignedRecord { public_key: String::new(), ..true_record.clone() };
    for (record, code) in [(unsigned, "unsigned"), (keyless, "no_key")] {
        let verification = upload(&kit.store, page_of(&record)).await;
        assert_eq!((verification.verdict, failed(&verification)), (Verdict::Altered, vec![("signature", code), ("record", "differs")]));
    }
    // What stands under the name of our record and is none.
    let verification = upload(&kit.store, page_with(b"{\"payload\": ")).await;
    assert_eq!((verification.verdict, failed(&verification)), (Verdict::Altered, vec![("structure", "unreadable")]));
} }

both! { migrations, async fn any_changed_byte_of_the_record_is_seen(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let page = printed(&kit.store, licence.id).await;
    for at in (0..page.len()).step_by(61) {
        let mut changed = page.clone();
        changed[at] ^= 0x01;
        let verdict = upload(&kit.store, changed).await.verdict;
        assert!(matches!(verdict, Verdict::Altered | Verdict::Unknown), "byte {at}: {verdict}");
    }
} }

both! { migrations, async fn what_is_not_ours_is_unknown(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let true_record = record(&kit.store, licence.id).await;
    let other = "1.2.156.3005.2.11100000000013338W011.11110000000021135M.20230329701.003.Y";
    let foreign = resigned(&true_record, |text| text.replace(&licence.identifier, other));
    let unsigned = SignedRecord { signature: String::new(), ..foreign.clone() };
    let nameless = resigned(&true_record, |text| text.replace(&licence.identifier, "\\u0000"));
    let document = resigned(&true_record, |_| "{\"form\":\"something else\"}".to_owned());
    let nothing = BlankTypesetter
        .pdf(&Page { template: String::new(), data: Value::Null, record: None, at: kit.store.now() })
        .unwrap();
    for (bytes, expected) in [
        (page_of(&foreign), vec![("signer", "not_ours"), ("record", "not_found")]),
        (page_of(&unsigned), vec![("signature", "unsigned"), ("record", "not_found")]),
        (page_of(&nameless), vec![("signer", "not_ours"), ("record", "not_found")]),
        (page_of(&document), vec![("structure", "not_a_licence")]),
        (nothing, vec![("carrier", "no_record")]),
        (b"PK\x03\x04OFD.xml".to_vec(), vec![("carrier", "damaged")]),
        ("一张照片".as_bytes().to_vec(), vec![("carrier", "unreadable")]),
        (b"{\"code\":1}".to_vec(), vec![("structure", "unreadable")]),
        (Vec::new(), vec![("carrier", "unreadable")]),
    ] {
        let verification = upload(&kit.store, bytes).await;
        assert_eq!((verification.verdict, failed(&verification)), (Verdict::Unknown, expected));
        assert_eq!(verification.face, None);
    }
    // The same licence in another city's installation: a true record, but not of this register.
    let elsewhere = tongban_testkit::open(kit.backend, migrations()).await;
    let verification = upload(&elsewhere.store, printed(&kit.store, licence.id).await).await;
    assert_eq!((verification.verdict, failed(&verification)), (Verdict::Unknown, vec![("signer", "not_ours"), ("record", "not_found")]));
} }

both! { migrations, async fn codes_and_second_facts(kit: Kit) {
    with_types(&kit).await;
    let number = citizen(101);
    let licence = issued(&kit.store, person_licence(&number)).await;
    for code in ["", "nothing", &licence.identifier, "\0"] {
        let verification = verify_code(&kit.store, code).await.unwrap();
        assert_eq!((verification.verdict, failed(&verification)), (Verdict::Unknown, vec![("record", "not_found")]));
    }
    let ask = |identifier: &str, fact: &str| {
        let (store, identifier, fact) = (kit.store.clone(), identifier.to_owned(), fact.to_owned());
        async move { verify_identifier(&store, &identifier, &fact).await.unwrap() }
    };
    let last_four = &number[14..];
    assert_eq!(ask(&licence.identifier, &format!(" {} ", last_four.to_lowercase())).await.verdict, Verdict::Valid);
    // A miss and a mismatch answer alike.
    let other = "1.2.156.3005.2.11100000000013338W011.11110000000021135M.20230329701.003.Y";
    let miss = ask(other, last_four).await;
    assert_eq!(miss.verdict, Verdict::Unknown);
    for (identifier, fact) in [(licence.identifier.as_str(), "0000"), (&licence.identifier, ""), ("1.2.3", last_four), ("\0", "\0")] {
        assert_eq!(ask(identifier, fact).await, miss);
    }
} }

both! { migrations, async fn the_register_itself_cannot_be_changed_unseen(kit: Kit) {
    use sea_orm_migration::sea_orm::ConnectionTrait;
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let writer = kit.store.writing_connection().unwrap_or_else(|| kit.store.reader());
    writer.execute_unprepared("UPDATE licences SET valid_to = '2091-11-19'").await.unwrap();
    let verification = verify_code(&kit.store, &licence.verify_code).await.unwrap();
    assert_eq!((verification.verdict, failed(&verification)), (Verdict::Altered, vec![("structure", "differs")]));
} }

both! { migrations, async fn a_file_is_judged_without_a_register(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let page = printed(&kit.store, licence.id).await;
    let record = record(&kit.store, licence.id).await;
    let today = day("2026-11-20");

    let verification = verify_file(&page, &[], today);
    assert_eq!((verification.verdict, failed(&verification)), (Verdict::Unknown, vec![("signer", "untrusted")]));
    for trust in [record.key_id.clone(), record.public_key.to_uppercase()] {
        let verification = verify_file(&page, &[trust], today);
        assert_eq!((verification.verdict, failed(&verification)), (Verdict::Valid, vec![("file", "not_compared"), ("status", "not_asked")]));
    }
    assert_eq!(verify_file(&page, std::slice::from_ref(&record.key_id), day("2031-11-20")).verdict, Verdict::Expired);

    let trust = [record.key_id.clone()];
    let mut changed = record.clone();
    changed.payload = changed.payload.replace("阳光", "月光");
    assert_eq!(verify_file(&page_of(&changed), &trust, today).verdict, Verdict::Altered);
    // The name of a trusted key on another's signature does not help.
    let posing = SignedRecord { key_id: record.key_id.clone(), ..resigned(&record, str::to_owned) };
    assert_eq!(verify_file(&page_of(&posing), &trust, today).verdict, Verdict::Altered);
    let stranger = resigned(&record, str::to_owned);
    assert_eq!(verify_file(&page_of(&stranger), &trust, today).verdict, Verdict::Unknown);
    let unsigned = SignedRecord { signature: String::new(), ..record };
    assert_eq!(verify_file(&page_of(&unsigned), &trust, today).verdict, Verdict::Unknown);
} }

both! { migrations, async fn the_answer_has_the_shape_that_others_read(kit: Kit) {
    let answer = serde_json::to_value(upload(&kit.store, "x").await).unwrap();
    assert_eq!(answer["verdict"], "unknown");
    let check = &answer["checks"][0];
    assert!(check["name"].is_string() && check["ok"].is_boolean() && check["detail"].is_string(), "{check}");
    let words: Vec<_> = Verdict::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(words.join(" "), "valid expired suspended revoked cancelled replaced altered unknown");
} }
