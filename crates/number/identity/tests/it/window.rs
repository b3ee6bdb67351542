//! At a window: recognising somebody in a session of theirs, opening an account, giving one back.

use chrono::Duration;
use tongban_access::{Actor, Assurance, Role};
use tongban_identity::{
    AccountKind, CodeFor, Error, RecogniseAtWindow, ServeAtWindow, ServedAtWindow, find_party, load_session,
    recognise_at_window, serve_at_window, show_window_code,
};
use tongban_store::Store;
use tongban_testkit::both;

use crate::{
    assurance::{NEW_PHONE, Office},
    builders::*,
};

const CLERK: uuid::Uuid = uuid::Uuid::from_u128(98);

fn clerk() -> Actor {
    Actor::staff(CLERK, post(1, Role::Clerk))
}

fn recognise(code: &str) -> RecogniseAtWindow {
    RecogniseAtWindow {
        name: "王小明".to_owned(),
        number: citizen(),
        code: code.to_owned(),
        present: true,
    }
}

fn serve(phone: &str, code: &str) -> ServeAtWindow {
    ServeAtWindow {
        name: "王小明".to_owned(),
        number: citizen(),
        phone: phone.to_owned(),
        code: code.to_owned(),
        present: true,
    }
}

async fn shown(store: &Store, actor: &Actor, session: uuid::Uuid) -> String {
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { show_window_code(&tx, &by, session).await }
        })
        .await
        .unwrap()
        .code
}

both! { migrations,
async fn a_clerk_recognises_the_session_whose_code_is_read_out(kit: Kit) {
    let office = Office::open(&kit);
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    let other = signed_in(&kit.store).await;
    let (store, actor) = (&kit.store, &opened.session.actor);
    let code = shown(store, actor, opened.session.id).await;
    // Without the person, with another name or another code: nothing.
    let absent = RecogniseAtWindow { present: false, ..recognise(&code) };
    assert_eq!(code_of(recognise_at_window(store, &clerk(), absent).await), "identity.presence");
    let another_name = RecogniseAtWindow { name: "王大明".to_owned(), ..recognise(&code) };
    assert_eq!(code_of(recognise_at_window(store, &clerk(), another_name).await), "identity.window_code_wrong");
    assert_eq!(code_of(recognise_at_window(store, &clerk(), recognise(&another(&code))).await), "identity.window_code_wrong");
    is_denied(recognise_at_window(store, actor, recognise(&code)).await);
    is_denied(recognise_at_window(store, &operator(), recognise(&code)).await);
    recognise_at_window(store, &clerk(), recognise(&code)).await.unwrap();
    assert_eq!(office.session(&opened).await.actor.assurance(), Some(Assurance::InPerson));
    assert_eq!(office.session(&other).await.actor.assurance(), Some(Assurance::RealName));
    // Once.
    assert_eq!(code_of(recognise_at_window(store, &clerk(), recognise(&code)).await), "identity.window_code_wrong");
} }

both! { migrations,
async fn a_code_for_the_window_dies_by_age_and_by_guessing(kit: Kit) {
    Office::open(&kit);
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    let (store, actor, session) = (&kit.store, &opened.session.actor, opened.session.id);
    let code = shown(store, actor, session).await;
    kit.clock.advance(Duration::minutes(10));
    assert_eq!(code_of(recognise_at_window(store, &clerk(), recognise(&code)).await), "identity.window_code_wrong");
    let code = shown(store, actor, session).await;
    for _ in 0..5 {
        let wrong = recognise_at_window(store, &clerk(), recognise(&another(&code))).await;
        assert_eq!(code_of(wrong), "identity.window_code_wrong");
    }
    assert_eq!(code_of(recognise_at_window(store, &clerk(), recognise(&code)).await), "identity.window_code_wrong");
} }

both! { migrations,
async fn who_has_no_account_gets_one(kit: Kit) {
    let office = Office::open(&kit);
    let code = office.code_for(NEW_PHONE, CodeFor::Window(CLERK)).await;
    let store = &kit.store;
    let absent = ServeAtWindow { present: false, ..serve(NEW_PHONE, &code) };
    assert_eq!(code_of(serve_at_window(store, &clerk(), absent).await), "identity.presence");
    assert_eq!(code_of(serve_at_window(store, &clerk(), serve(NEW_PHONE, &another(&code))).await), "identity.code_wrong");
    is_denied(serve_at_window(store, &operator(), serve(NEW_PHONE, &code)).await);
    assert_eq!(serve_at_window(store, &clerk(), serve(NEW_PHONE, &code)).await.unwrap(), ServedAtWindow::Opened);
    kit.clock.advance(Duration::minutes(1));
    let opened = office.sign_in_by_phone().await;
    assert_eq!(opened.session.actor.assurance(), Some(Assurance::RealName));
} }

both! { migrations,
async fn who_has_opened_one_by_phone_is_checked(kit: Kit) {
    let office = Office::open(&kit);
    let opened = office.newcomer().await;
    kit.clock.advance(Duration::minutes(1));
    let code = office.code_for(NEW_PHONE, CodeFor::Window(CLERK)).await;
    assert_eq!(serve_at_window(&kit.store, &clerk(), serve(NEW_PHONE, &code)).await.unwrap(), ServedAtWindow::Checked);
    // Whoever sat in it may be an earlier holder of the phone: out, and in again by the phone.
    assert!(load_session(&kit.store, &opened.token).await.unwrap().is_none());
    assert_eq!(office.sign_in_by_phone().await.session.actor.assurance(), Some(Assurance::RealName));
    let found = find_party(&kit.store, tongban_access::PartyKind::Person, &citizen()).await.unwrap();
    assert_eq!(found, Some(opened.session.account.id));
} }

both! { migrations,
async fn a_lost_account_comes_back_with_a_new_phone(kit: Kit) {
    let office = Office::open(&kit);
    let id = person(&kit.store).await;
    let thief = signed_in(&kit.store).await;
    let newcomer = office.newcomer().await;
    kit.clock.advance(Duration::minutes(1));
    let code = office.code_for(NEW_PHONE, CodeFor::Window(CLERK)).await;
    let store = &kit.store;
    let another_name = ServeAtWindow { name: "王大明".to_owned(), ..serve(NEW_PHONE, &code) };
    assert_eq!(code_of(serve_at_window(store, &clerk(), another_name).await), "identity.name_differs");
    assert_eq!(serve_at_window(store, &clerk(), serve(NEW_PHONE, &code)).await.unwrap(), ServedAtWindow::Moved);
    // Whoever sat in it is out, the account that the phone had opened is merged, the old phone knows.
    for token in [&thief.token, &newcomer.token] {
        assert!(load_session(store, token).await.unwrap().is_none());
    }
    office.worker.drain().await.unwrap();
    assert!(office.sink.messages(PHONE)[0].contains("100****4444"));
    kit.clock.advance(Duration::minutes(1));
    assert_eq!(office.sign_in_by_phone().await.session.account.id, id);
    assert!(matches!(by_password(store, AccountKind::Person, PHONE, PASSWORD).await, Err(Error::Refused(_))));
    assert_eq!(code_of(by_password(store, AccountKind::Person, &citizen(), PASSWORD).await), "identity.sign_in_failed");
} }

both! { migrations,
async fn a_code_that_went_to_the_old_phone_is_dead(kit: Kit) {
    let office = Office::open(&kit);
    person(&kit.store).await;
    ask(&kit.store, AccountKind::Person, &citizen()).await.unwrap();
    office.worker.drain().await.unwrap();
    let old = code_on(&office.sink, PHONE);
    let code = office.code_for(NEW_PHONE, CodeFor::Window(CLERK)).await;
    serve_at_window(&kit.store, &clerk(), serve(NEW_PHONE, &code)).await.unwrap();
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, &citizen(), &old).await), "identity.code_wrong");
} }

both! { migrations,
async fn a_phone_that_changed_hands_leaves_its_old_account(kit: Kit) {
    let office = Office::open(&kit);
    let earlier = person(&kit.store).await;
    let session = signed_in(&kit.store).await;
    let code = office.code_for(PHONE, CodeFor::Window(CLERK)).await;
    let birth = chrono::NaiveDate::from_ymd_opt(1985, 2, 3).unwrap();
    let number = tongban_codes::CitizenNumber::generate("519900", birth, 77).unwrap();
    let input = ServeAtWindow {
        name: "赵新主".to_owned(),
        number: number.as_str().to_owned(),
        ..serve(PHONE, &code)
    };
    assert_eq!(serve_at_window(&kit.store, &clerk(), input).await.unwrap(), ServedAtWindow::Opened);
    assert!(load_session(&kit.store, &session.token).await.unwrap().is_none());
    assert!(log_of(&kit.store, earlier).await.contains(&"identity.phone_lost".to_owned()));
    // The old account is still there, by its number and password.
    by_password(&kit.store, AccountKind::Person, &citizen(), PASSWORD).await.unwrap();
} }

both! { migrations,
async fn another_clerk_uses_no_code_of_this_one(kit: Kit) {
    let office = Office::open(&kit);
    let code = office.code_for(NEW_PHONE, CodeFor::Window(uuid::Uuid::from_u128(97))).await;
    assert_eq!(code_of(serve_at_window(&kit.store, &clerk(), serve(NEW_PHONE, &code)).await), "identity.code_wrong");
} }
