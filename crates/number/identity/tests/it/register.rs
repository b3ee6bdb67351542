//! Registering parties and staff, and looking them up.

use tongban_access::{Actor, PartyKind, Role};
use tongban_identity::{
    AccountKind, account, find_party, hash_password, list_staff, party, party_in, subject_blind,
};
use tongban_store::{PageRequest, Signer};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

both! { migrations,
async fn a_person_is_registered(kit: Kit) {
    let id = register(&kit.store, operator(), new_person().await).await.unwrap();
    let shown = account(&kit.store, id).await.unwrap().unwrap();
    assert_eq!((shown.kind, shown.name.as_str()), (AccountKind::Person, "王小明"));
    assert_eq!(shown.masked_phone.as_deref(), Some("100****5678"));
    assert_eq!(shown.masked_number.as_deref().map(|number| &number[4..14]), Some("**********"));
    assert!(shown.has_password && shown.posts.is_empty());
    let whole = party(&kit.store, id).await.unwrap().unwrap();
    assert_eq!((whole.kind, whole.number.clone(), whole.phone.as_deref()), (PartyKind::Person, citizen(), Some(PHONE)));
    assert!(!format!("{whole:?}").contains(&whole.number));
    let inside = kit.store.write(Signer::system(), move |tx| async move { party_in(&tx, id).await }).await.unwrap();
    assert_eq!(inside, Some(whole));
    assert_eq!(find_party(&kit.store, PartyKind::Person, &citizen()).await.unwrap(), Some(id));
    assert_eq!(find_party(&kit.store, PartyKind::Enterprise, &uscc()).await.unwrap(), None);
    assert_eq!(log_of(&kit.store, id).await, ["identity.party_registered"]);
    assert_eq!(log_about(&kit.store, subject_blind(&kit.store, PartyKind::Person, &citizen())).await, 1);
} }

both! { migrations,
async fn a_number_and_a_phone_are_registered_once(kit: Kit) {
    person(&kit.store).await;
    assert_eq!(code_of(register(&kit.store, Actor::System, new_person().await).await), "identity.number_taken");
    let mut other = new_person().await;
    other.number = "11010519491231002X".to_owned();
    assert_eq!(code_of(register(&kit.store, Actor::System, other.clone()).await), "identity.phone_taken");
    other.phone = None;
    register(&kit.store, Actor::System, other).await.unwrap();
    // A firm may have the phone of its agent: nobody signs in as a firm by phone.
    let mut company = new_firm().await;
    company.phone = Some(PHONE.to_owned());
    register(&kit.store, Actor::System, company).await.unwrap();
} }

both! { migrations,
async fn two_acts_at_once_register_a_number_once(kit: Kit) {
    let party = new_person().await;
    let (one, two) = tokio::join!(
        register(&kit.store, Actor::System, party.clone()),
        register(&kit.store, Actor::System, party)
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    let refused = if one.is_err() { one } else { two };
    assert!(["identity.number_taken", "identity.phone_taken"].contains(&code_of(refused)));
} }

both! { migrations,
async fn only_operators_and_the_platform_register(kit: Kit) {
    let clerk = Actor::staff(Uuid::from_u128(1), post(1, Role::Clerk));
    let resident = Actor::party(Uuid::from_u128(1), PartyKind::Person);
    for actor in [Actor::Nobody, resident, clerk] {
        is_denied(register(&kit.store, actor.clone(), new_person().await).await);
        is_denied(employ(&kit.store, actor, new_staff().await).await);
    }
} }

both! { migrations,
async fn a_party_in_the_wrong_form_is_refused(kit: Kit) {
    let good = new_person().await;
    let mut cases = vec![good.clone(); 5];
    cases[0].name = " ".to_owned();
    cases[1].number = "110105194912310021".to_owned();
    cases[2].phone = Some("12345".to_owned());
    (cases[3].phone, cases[3].password) = (None, None);
    cases[4].kind = PartyKind::Enterprise;
    let codes =
        ["identity.name_missing", "citizen.check_digit", "phone.length", "identity.no_way_in", "uscc.check_digit"];
    for (party, code) in cases.into_iter().zip(codes) {
        assert_eq!(code_of(register(&kit.store, Actor::System, party).await), code);
    }
    assert_eq!(code_of(hash_password("12345678").await), "identity.password_weak");
} }

both! { migrations,
async fn staff_are_registered_and_listed(kit: Kit) {
    let id = employ(&kit.store, operator(), new_staff().await).await.unwrap();
    person(&kit.store).await;
    let list = list_staff(&kit.store, &operator(), "", PageRequest::new(1, 20)).await.unwrap();
    assert_eq!(list.total, 1);
    assert_eq!((list.rows[0].id, list.rows[0].login.as_deref()), (id, Some(LOGIN)));
    assert_eq!(list.rows[0].posts, [post(1, Role::Clerk), post(2, Role::Approver)]);
    assert_eq!(account(&kit.store, id).await.unwrap().as_ref(), list.rows.first());
    assert!(party(&kit.store, id).await.unwrap().is_none());
    is_denied(list_staff(&kit.store, &Actor::Nobody, "", PageRequest::new(1, 20)).await);
} }

both! { migrations,
async fn staff_in_the_wrong_form_are_refused(kit: Kit) {
    staff(&kit.store).await;
    let good = new_staff().await;
    let mut cases = vec![good.clone(); 4];
    cases[0].login = "Clerk.Wang".to_owned();
    cases[1].login = "王".to_owned();
    cases[2].posts.clear();
    cases[3].posts = vec![post(1, Role::Clerk), post(1, Role::Clerk)];
    cases[2].login = "other".to_owned();
    cases[3].login = "other".to_owned();
    let codes = ["identity.login_taken", "identity.login_format", "identity.no_post", "identity.post_twice"];
    for (new, code) in cases.into_iter().zip(codes) {
        assert_eq!(code_of(employ(&kit.store, Actor::System, new).await), code);
    }
} }
