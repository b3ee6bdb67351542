use serde_json::json;
use tongban_access::{Actor, PartyKind, Role};
use tongban_codes::LicenceIdentifier;
use tongban_licences::{
    Error, HeldLicence, IssueLicence, Issued, IssuedFilter, LicenceChanged, LicenceIssued, LicenceStatus,
    Reissue, StatusChange, held, held_in, licence_view, licences_issued, licences_of_case, my_licences,
    reissue,
};
use tongban_store::{PageRequest, Signer, Store, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{
    BUREAU, approver, change, citizen, day, fields, firm_licence, issued, migrations, party, person_licence,
    refusal, staff, try_issue, uscc, with_types,
};

async fn new_edition(store: &Store, actor: &Actor, input: Reissue) -> Result<Issued, Error> {
    let actor = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (actor.clone(), input.clone());
            async move { reissue(&tx, &actor, input).await }
        })
        .await
}

fn statuses(licences: &[HeldLicence]) -> Vec<(Uuid, LicenceStatus)> {
    licences
        .iter()
        .map(|licence| (licence.id, licence.status))
        .collect()
}

both! { migrations, async fn issues_with_identifier_record_and_code(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    let first = issued(&kit.store, firm_licence(&firm)).await;
    let second = issued(&kit.store, firm_licence(&firm)).await;
    let identifier = LicenceIdentifier::parse(&first.identifier).unwrap();
    assert_eq!((identifier.serial(), identifier.version()), ("20261120000001", 1));
    assert_eq!(identifier.issuer().unwrap().as_str(), uscc('1', "MB100003"));
    assert_eq!(LicenceIdentifier::parse(&second.identifier).unwrap().serial(), "20261120000002");
    assert!(first.verify_code.len() >= 27, "160 bits");

    let view = licence_view(&kit.store, &Actor::System, first.id).await.unwrap();
    let shown: Vec<_> = view.fields.iter().map(|field| (field.title.as_str(), field.value.as_str())).collect();
    let manager = format!("李四 5199**********{}", &citizen(333)[14..]);
    assert_eq!(shown, [("经营场所", "东城县人民路1号"), ("经营项目", "热食类食品制售、冷食类食品制售"), ("食品安全管理员", manager.as_str())]);
    assert!(view.invented && view.edition == 1 && view.status == LicenceStatus::Valid);
    assert_eq!(view.verify_code, Some(first.verify_code.clone()));
    assert!(view.record.contains(&first.identifier) && !view.record.contains(&firm) && !view.record.contains("13800001111"));

    // Everything that was given comes back for forms, also what is not printed.
    let held_licences = held(&kit.store, PartyKind::Enterprise, &format!(" {} ", firm.to_lowercase())).await.unwrap();
    assert_eq!(held_licences.len(), 2);
    assert_eq!(held_licences[0].id, second.id, "newest first");
    assert_eq!(held_licences[0].fields, firm_licence(&firm).fields);
    assert_eq!(licences_of_case(&kit.store, "519901202611200000015").await.unwrap().len(), 2);
    assert_eq!(held(&kit.store, PartyKind::Enterprise, "没有").await.unwrap(), []);
    assert_eq!(held(&kit.store, PartyKind::Person, &citizen(1)).await.unwrap(), []);
} }

/// With another check character.
fn wrong(number: &str) -> String {
    let last = if number.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &number[..17])
}

both! { migrations, async fn refuses_what_cannot_be_issued(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    for (input, code) in [
        (IssueLicence { type_code: "11100000000013338W011".to_owned(), ..firm_licence(&firm) }, "licence.type_unknown"),
        (IssueLicence { holder_kind: PartyKind::Person, ..firm_licence(&firm) }, "licence.holder_kind"),
        (IssueLicence { holder_name: " ".to_owned(), ..firm_licence(&firm) }, "licence.holder_name"),
        (firm_licence(&wrong(&firm)), "uscc.check_digit"),
        (person_licence(&wrong(&citizen(1))), "citizen.check_digit"),
        (IssueLicence { issuer_code: "4444444444".to_owned(), ..firm_licence(&firm) }, "licence.issuer_code"),
        (IssueLicence { issuer_name: String::new(), ..firm_licence(&firm) }, "licence.issuer_name"),
        (IssueLicence { valid_to: Some(day("2026-11-19")), ..firm_licence(&firm) }, "licence.period"),
    ] {
        assert_eq!(refusal(try_issue(&kit.store, input).await.unwrap_err()), code);
    }
    // A number is used by a licence or not at all.
    let licence = issued(&kit.store, firm_licence(&firm)).await;
    assert_eq!(LicenceIdentifier::parse(&licence.identifier).unwrap().serial(), "20261120000001");
} }

both! { migrations, async fn a_new_edition_replaces_the_old(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    let first = issued(&kit.store, firm_licence(&firm)).await;
    let input = Reissue {
        holder_name: Some("示范市阳光餐饮集团有限公司".to_owned()),
        valid_to: Some(None),
        fields: fields(json!({ "place": "东城县人民路2号" })),
        ..Reissue::unchanged(first.id, "变更名称和地址", 1)
    };
    let second = new_edition(&kit.store, &approver(BUREAU), input.clone()).await.unwrap();
    let (old, new) = (LicenceIdentifier::parse(&first.identifier).unwrap(), LicenceIdentifier::parse(&second.identifier).unwrap());
    assert_eq!((new.serial(), new.version()), (old.serial(), 2));
    assert_ne!(first.verify_code, second.verify_code);

    let view = licence_view(&kit.store, &Actor::System, second.id).await.unwrap();
    assert_eq!((view.holder_name.as_str(), view.valid_to, view.fields[0].value.as_str()), ("示范市阳光餐饮集团有限公司", None, "东城县人民路2号"));
    assert_eq!(view.fields[1].value, "热食类食品制售、冷食类食品制售");
    let view = licence_view(&kit.store, &Actor::System, first.id).await.unwrap();
    assert_eq!((view.status, view.history.len(), view.history[0].reason.as_str()), (LicenceStatus::Replaced, 1, "变更名称和地址"));
    assert_eq!(view.holder_name, firm_licence(&firm).holder_name, "history is never changed");

    // The holder holds the new one only; the old one has no further edition.
    assert_eq!(statuses(&held(&kit.store, PartyKind::Enterprise, &firm).await.unwrap()), [(second.id, LicenceStatus::Valid)]);
    let again = Reissue::unchanged(first.id, "变更", view.version);
    assert_eq!(refusal(new_edition(&kit.store, &approver(BUREAU), again).await.unwrap_err()), "licence.status");
    // Somebody who saw an older state is told.
    let stale = Reissue::unchanged(second.id, "变更", 7);
    assert!(matches!(new_edition(&kit.store, &approver(BUREAU), stale).await, Err(Error::Conflict)));
    let silent = Reissue::unchanged(second.id, " ", 1);
    assert_eq!(refusal(new_edition(&kit.store, &approver(BUREAU), silent).await.unwrap_err()), "licence.reason_missing");
    let reversed = Reissue { valid_to: Some(Some(day("2020-01-01"))), ..Reissue::unchanged(second.id, "变更", 1) };
    assert_eq!(refusal(new_edition(&kit.store, &approver(BUREAU), reversed).await.unwrap_err()), "licence.period");
    for actor in [approver(Uuid::from_u128(8)), staff(Role::Operator, BUREAU), Actor::Nobody] {
        let input = Reissue::unchanged(second.id, "变更", 1);
        assert!(matches!(new_edition(&kit.store, &actor, input).await, Err(Error::Denied(_))));
    }
} }

both! { migrations, async fn status_moves_by_the_issuer_alone(kit: Kit) {
    use LicenceStatus::{Revoked, Suspended, Valid};
    with_types(&kit).await;
    let number = citizen(101);
    let licence = issued(&kit.store, person_licence(&number)).await.id;
    let holder = party(&kit.store, PartyKind::Person, &number, "13900000001").await;
    for actor in [
        holder,
        Actor::Nobody,
        approver(Uuid::from_u128(8)),
        staff(Role::Clerk, BUREAU),
        staff(Role::Supervisor, BUREAU),
        staff(Role::Operator, BUREAU),
    ] {
        let answer = change(&kit.store, &actor, licence, StatusChange::Revoke, 1).await;
        assert!(matches!(answer, Err(Error::Denied(_))), "{}", actor.word());
    }
    let own = approver(BUREAU);
    assert_eq!(change(&kit.store, &own, licence, StatusChange::Suspend, 1).await.unwrap(), Suspended);
    assert!(matches!(change(&kit.store, &own, licence, StatusChange::Restore, 1).await, Err(Error::Conflict)));
    assert_eq!(change(&kit.store, &own, licence, StatusChange::Restore, 2).await.unwrap(), Valid);
    assert_eq!(change(&kit.store, &own, licence, StatusChange::Revoke, 3).await.unwrap(), Revoked);
    for next in StatusChange::ALL {
        assert_eq!(refusal(change(&kit.store, &own, licence, next, 4).await.unwrap_err()), "licence.status");
    }
    let view = licence_view(&kit.store, &own, licence).await.unwrap();
    let steps: Vec<_> = view.history.iter().map(|step| (step.from, step.to)).collect();
    assert_eq!(steps, [(Valid, Suspended), (Suspended, Valid), (Valid, Revoked)]);
    assert!(matches!(change(&kit.store, &own, Uuid::from_u128(1), StatusChange::Revoke, 1).await, Err(Error::NotFound)));
    let licence = issued(&kit.store, person_licence(&number)).await.id;
    assert_eq!(change(&kit.store, &own, licence, StatusChange::Cancel, 1).await.unwrap(), LicenceStatus::Cancelled);
} }

both! { migrations, async fn a_holder_sees_own_licences_only(kit: Kit) {
    with_types(&kit).await;
    let (wang, li, firm) = (citizen(101), citizen(102), uscc('9', "MA100001"));
    let of_wang = issued(&kit.store, person_licence(&wang)).await;
    let of_firm = issued(&kit.store, firm_licence(&firm)).await;
    let wang = party(&kit.store, PartyKind::Person, &wang, "13900000001").await;
    let li = party(&kit.store, PartyKind::Person, &li, "13900000002").await;
    let firm = party(&kit.store, PartyKind::Enterprise, &firm, "13900000003").await;

    assert_eq!(statuses(&my_licences(&kit.store, &wang).await.unwrap()), [(of_wang.id, LicenceStatus::Valid)]);
    assert_eq!(statuses(&my_licences(&kit.store, &li).await.unwrap()), []);
    assert_eq!(statuses(&my_licences(&kit.store, &firm).await.unwrap()), [(of_firm.id, LicenceStatus::Valid)]);
    assert!(matches!(my_licences(&kit.store, &Actor::Nobody).await, Err(Error::Denied(_))));
    assert!(matches!(my_licences(&kit.store, &approver(BUREAU)).await, Err(Error::Denied(_))));

    let view = licence_view(&kit.store, &wang, of_wang.id).await.unwrap();
    assert_eq!(view.verify_code, Some(of_wang.verify_code));
    assert!(view.masked_number.starts_with("5199**********"));
    // The issuer sees the licence, without the holder's link.
    assert_eq!(licence_view(&kit.store, &approver(BUREAU), of_wang.id).await.unwrap().verify_code, None);
    for other in [li, firm, Actor::Nobody, approver(Uuid::from_u128(8)), staff(Role::Clerk, BUREAU), staff(Role::Supervisor, BUREAU)] {
        assert!(matches!(licence_view(&kit.store, &other, of_wang.id).await, Err(Error::NotFound)), "{}", other.word());
    }

    let list = licences_issued(&kit.store, &approver(BUREAU), &IssuedFilter::default(), PageRequest::new(1, 1)).await.unwrap();
    assert_eq!((list.total, list.rows[0].id), (2, of_firm.id));
    assert_eq!(licences_issued(&kit.store, &approver(Uuid::from_u128(8)), &IssuedFilter::default(), PageRequest::new(1, 9)).await.unwrap().total, 0);
    let denied = licences_issued(&kit.store, &staff(Role::Clerk, BUREAU), &IssuedFilter::default(), PageRequest::new(1, 9)).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
} }

both! { migrations, async fn a_period_ends_with_its_last_day(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    let licence = issued(&kit.store, firm_licence(&firm)).await.id;
    let read = || async { held(&kit.store, PartyKind::Enterprise, &firm).await.unwrap().remove(0) };
    for (date, valid) in [("2026-11-19", false), ("2026-11-20", true), ("2031-11-19", true), ("2031-11-20", false)] {
        assert_eq!(read().await.is_valid_on(day(date)), valid, "{date}");
    }
    change(&kit.store, &approver(BUREAU), licence, StatusChange::Suspend, 1).await.unwrap();
    assert!(!read().await.is_valid_on(day("2026-11-20")));
    let inside = kit.store.write(Signer::system(), move |tx| {
        let firm = firm.clone();
        async move { held_in(&tx, PartyKind::Enterprise, &firm).await }
    }).await.unwrap();
    assert_eq!(statuses(&inside), [(licence, LicenceStatus::Suspended)]);
} }

both! { migrations, async fn later_rooms_are_told_once(kit: Kit) {
    use std::sync::{Arc, Mutex};
    with_types(&kit).await;
    let told: Arc<Mutex<Vec<(String, Uuid)>>> = Arc::default();
    let (first, second) = (Arc::clone(&told), Arc::clone(&told));
    let worker = Worker::new(kit.store.clone())
        .subscribe::<LicenceIssued, _, _>("test", move |_, message| {
            first.lock().unwrap().push(("issued".to_owned(), message.body.licence));
            async { Ok(()) }
        })
        .subscribe::<LicenceChanged, _, _>("test", move |_, message| {
            let word = message.body.status.as_str().to_owned();
            second.lock().unwrap().push((word, message.body.licence));
            async { Ok(()) }
        });
    let licence = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await.id;
    let next = new_edition(&kit.store, &approver(BUREAU), Reissue::unchanged(licence, "换发", 1)).await.unwrap().id;
    worker.drain().await.unwrap();
    let mut told = told.lock().unwrap().clone();
    told.sort();
    let mut expected = vec![("issued".to_owned(), licence), ("issued".to_owned(), next), ("replaced".to_owned(), licence)];
    expected.sort();
    assert_eq!(told, expected);
} }
