//! What the issuing organ does at its desk.

use serde_json::json;
use tongban_access::{Actor, PartyKind, Role};
use tongban_codes::LicenceIdentifier;
use tongban_identity::subject_blinds;
use tongban_licences::{
    ChangeStatus, Error, FindByNumber, IssuedFilter, IssuedLicence, LicenceStatus, Reissue,
    RevealHolderNumber, StatusCause, StatusChange, change_status, edition_form, editions, find_by_number,
    licence_notice_in, licence_view, licences_issued, record_licence_view, reissue, reveal_holder_number,
};
use tongban_store::{PageRequest, Store, Stream};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{
    BUREAU, approver, change, citizen, fields, firm_licence, issued, migrations, party, person_licence,
    refusal, staff, uscc, with_types,
};

const OTHER: Uuid = Uuid::from_u128(8);

fn strangers() -> [Actor; 5] {
    [
        approver(OTHER),
        staff(Role::Clerk, BUREAU),
        staff(Role::Supervisor, BUREAU),
        staff(Role::Operator, BUREAU),
        Actor::Nobody,
    ]
}

/// Why the person's data was read, as the person sees it.
async fn read_by(store: &Store, kind: PartyKind, number: &str) -> Vec<String> {
    let blinds = subject_blinds(store, kind, number);
    let lines = store
        .log_about(Stream::Access, &blinds, PageRequest::new(1, 50))
        .await
        .unwrap();
    let mut purposes: Vec<_> = lines
        .rows
        .iter()
        .map(|line| line.detail["purpose"].as_str().unwrap().to_owned())
        .collect();
    purposes.sort();
    purposes
}

async fn find(store: &Store, actor: &Actor, number: &str) -> Result<Vec<IssuedLicence>, Error> {
    let (by, input) = (
        actor.clone(),
        FindByNumber {
            number: number.to_owned(),
        },
    );
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { find_by_number(&tx, &by, input).await }
        })
        .await
}

async fn look(store: &Store, actor: &Actor, licence: Uuid) -> Result<(), Error> {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { record_licence_view(&tx, &by, licence).await }
        })
        .await
}

async fn reveal(store: &Store, actor: &Actor, licence: Uuid, cause: &str) -> Result<String, Error> {
    let (by, input) = (
        actor.clone(),
        RevealHolderNumber {
            licence,
            cause: cause.to_owned(),
        },
    );
    store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { reveal_holder_number(&tx, &by, input).await }
        })
        .await
}

async fn new_edition(store: &Store, input: Reissue) -> Result<tongban_licences::Issued, Error> {
    let actor = approver(BUREAU);
    store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (approver(BUREAU), input.clone());
            async move { reissue(&tx, &actor, input).await }
        })
        .await
}

both! { migrations, async fn the_list_is_filtered(kit: Kit) {
    with_types(&kit).await;
    let first = issued(&kit.store, firm_licence(&uscc('9', "MA100001"))).await;
    let second = issued(&kit.store, firm_licence(&uscc('9', "MA100002"))).await;
    change(&kit.store, &approver(BUREAU), first.id, StatusChange::Revoke, 1).await.unwrap();
    let list = |filter: IssuedFilter| {
        let store = kit.store.clone();
        async move {
            let page = licences_issued(&store, &approver(BUREAU), &filter, PageRequest::new(1, 10)).await.unwrap();
            page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(IssuedFilter::default()).await, [second.id, first.id]);
    let serial = LicenceIdentifier::parse(&second.identifier).unwrap().serial().to_owned();
    for identifier in [format!(" {} ", second.identifier), serial] {
        let filter = IssuedFilter { identifier: Some(identifier), ..IssuedFilter::default() };
        assert_eq!(list(filter).await, [second.id]);
    }
    let filter = IssuedFilter { status: Some(LicenceStatus::Revoked), ..IssuedFilter::default() };
    assert_eq!(list(filter).await, [first.id]);
    let filter = IssuedFilter { identifier: Some("'; DROP".to_owned()), ..IssuedFilter::default() };
    assert_eq!(list(filter).await, [] as [Uuid; 0]);
} }

both! { migrations, async fn a_holder_is_found_by_number_and_on_record(kit: Kit) {
    with_types(&kit).await;
    let (number, firm) = (citizen(101), uscc('9', "MA100001"));
    let of_person = issued(&kit.store, person_licence(&number)).await.id;
    let of_firm = issued(&kit.store, firm_licence(&firm)).await.id;
    let own = approver(BUREAU);
    for (typed, expected) in [(format!(" {} ", number.to_lowercase()), of_person), (firm.to_lowercase(), of_firm)] {
        for _ in 0..2 {
            let found = find(&kit.store, &own, &typed).await.unwrap();
            assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [expected]);
        }
    }
    assert_eq!(read_by(&kit.store, PartyKind::Person, &number).await, ["按证件号码查找本机关颁发的证照"], "once a day");
    assert_eq!(read_by(&kit.store, PartyKind::Enterprise, &firm).await.len(), 1);
    // what is not there is not on record
    assert_eq!(find(&kit.store, &own, &citizen(7)).await.unwrap(), []);
    assert_eq!(read_by(&kit.store, PartyKind::Person, &citizen(7)).await, [] as [String; 0]);

    assert_eq!(find(&kit.store, &approver(OTHER), &number).await.unwrap(), [], "another organisation finds nothing");
    for actor in &strangers()[1..] {
        assert!(matches!(find(&kit.store, actor, &number).await, Err(Error::Denied(_))), "{}", actor.word());
    }
    assert_eq!(refusal(find(&kit.store, &own, "12345").await.unwrap_err()), "citizen.length");
    assert!(matches!(find(&kit.store, &own, "").await, Err(Error::Refused(_))));
} }

both! { migrations, async fn looking_and_revealing_are_on_record(kit: Kit) {
    with_types(&kit).await;
    let number = citizen(101);
    let licence = issued(&kit.store, person_licence(&number)).await.id;
    let own = approver(BUREAU);
    for _ in 0..2 {
        look(&kit.store, &own, licence).await.unwrap();
    }
    assert_eq!(read_by(&kit.store, PartyKind::Person, &number).await.len(), 1, "once a day");
    assert_eq!(reveal(&kit.store, &own, licence, "verify_identity").await.unwrap(), number);
    assert_eq!(reveal(&kit.store, &own, licence, "change_licence").await.unwrap(), number);
    let purposes = read_by(&kit.store, PartyKind::Person, &number).await;
    assert_eq!(purposes.len(), 3);
    assert!(purposes.iter().any(|purpose| purpose.starts_with("查看完整号码：核对身份")), "{purposes:?}");

    for cause in ["", "curiosity"] {
        assert_eq!(refusal(reveal(&kit.store, &own, licence, cause).await.unwrap_err()), "licence.number_cause_missing");
    }
    for actor in strangers() {
        assert!(matches!(look(&kit.store, &actor, licence).await, Err(Error::NotFound)), "{}", actor.word());
        assert!(matches!(reveal(&kit.store, &actor, licence, "verify_identity").await, Err(Error::NotFound)));
        assert!(matches!(editions(&kit.store, &actor, licence).await, Err(Error::NotFound)));
        assert!(matches!(edition_form(&kit.store, &actor, licence).await, Err(Error::NotFound)));
    }
    assert!(matches!(look(&kit.store, &own, Uuid::from_u128(1)).await, Err(Error::NotFound)));
    assert_eq!(read_by(&kit.store, PartyKind::Person, &number).await.len(), 3);
} }

both! { migrations, async fn a_change_names_its_cause(kit: Kit) {
    with_types(&kit).await;
    let licence = issued(&kit.store, person_licence(&citizen(101))).await.id;
    let attempt = |cause: &str| {
        let (store, cause) = (kit.store.clone(), cause.to_owned());
        async move {
            let by = approver(BUREAU);
            store.write(by.signer(), move |tx| {
                let input = ChangeStatus { licence, change: StatusChange::Revoke, cause: cause.clone(), reason: "经查属实".to_owned(), version: 1 };
                async move { change_status(&tx, &approver(BUREAU), input).await }
            }).await
        }
    };
    for cause in ["", "renewal", "penalty_suspension"] {
        assert_eq!(refusal(attempt(cause).await.unwrap_err()), "licence.cause_missing");
    }
    assert_eq!(attempt("obtained_by_fraud").await.unwrap(), LicenceStatus::Revoked);
    let view = licence_view(&kit.store, &approver(BUREAU), licence).await.unwrap();
    assert_eq!((view.history[0].cause, view.history[0].reason.as_str()), (Some(StatusCause::ObtainedByFraud), "经查属实"));
    let other = issued(&kit.store, person_licence(&citizen(101))).await.id;
    let input = Reissue { cause: "obtained_by_fraud".to_owned(), ..Reissue::unchanged(other, "换发", 1) };
    assert_eq!(refusal(new_edition(&kit.store, input).await.unwrap_err()), "licence.cause_missing");
} }

both! { migrations, async fn a_corrected_edition_keeps_what_was_not_typed(kit: Kit) {
    with_types(&kit).await;
    let firm = uscc('9', "MA100001");
    let first = issued(&kit.store, firm_licence(&firm)).await.id;
    let form = edition_form(&kit.store, &approver(BUREAU), first).await.unwrap();
    let shown: Vec<_> = form.iter().map(|field| field.shown.as_str()).collect();
    assert!(shown.iter().any(|shown| shown.contains("**********")), "numbers are masked: {shown:?}");
    assert!(form.iter().filter(|field| field.private).all(|field| field.shown.is_empty()));

    let masked = form.iter().find(|field| field.shown.contains("**")).unwrap();
    let copied = Reissue { fields: fields(json!({ (masked.name.as_str()): (masked.shown.as_str()) })), ..Reissue::unchanged(first, "更正", 1) };
    assert_eq!(refusal(new_edition(&kit.store, copied).await.unwrap_err()), "licence.masked_value");

    let typed = Reissue {
        cause: StatusCause::Correction.as_str().to_owned(),
        fields: fields(json!({ "place": "东城县人民路3号" })),
        ..Reissue::unchanged(first, "地址有误", 1)
    };
    let second = new_edition(&kit.store, typed).await.unwrap().id;
    let view = licence_view(&kit.store, &approver(BUREAU), second).await.unwrap();
    assert_eq!(view.fields[0].value, "东城县人民路3号");
    let before = licence_view(&kit.store, &approver(BUREAU), first).await.unwrap();
    assert_eq!(view.fields[1..], before.fields[1..]);
    assert_eq!(before.history[0].cause, Some(StatusCause::Correction));
    for (licence, other) in [(first, second), (second, first)] {
        let others = editions(&kit.store, &approver(BUREAU), licence).await.unwrap();
        assert_eq!(others.iter().map(|edition| edition.id).collect::<Vec<_>>(), [other]);
    }
} }

both! { migrations, async fn a_holder_with_an_account_can_be_told(kit: Kit) {
    with_types(&kit).await;
    let number = citizen(101);
    let licence = issued(&kit.store, person_licence(&number)).await.id;
    let notice = |licence: Uuid| {
        let store = kit.store.clone();
        async move { store.write(Actor::System.signer(), move |tx| async move { licence_notice_in(&tx, licence).await }).await.unwrap() }
    };
    assert!(notice(licence).await.is_none(), "no account");
    let holder = party(&kit.store, PartyKind::Person, &number, "13900000001").await;
    let found = notice(licence).await.unwrap();
    assert_eq!((Some(found.account), found.phone.as_deref()), (holder.account(), Some("13900000001")));
    assert!(notice(Uuid::from_u128(1)).await.is_none());
} }
