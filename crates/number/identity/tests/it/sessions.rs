//! Sessions: how long they live, and how they end.

use chrono::Duration;
use tongban_access::{Actor, PartyKind, Post, Role};
use tongban_identity::{
    AccountKind, Browser, ChoosePost, Error, OpenedSession, PasswordSignIn, Way, choose_post, close_account,
    load_session, open_session_for, own_history, own_sessions, sign_in_with_password, sign_out,
    sign_out_everywhere,
};
use tongban_store::{PageRequest, Signer, Store};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

async fn alive(store: &Store, opened: &OpenedSession) -> bool {
    load_session(store, &opened.token).await.unwrap().is_some()
}

async fn leave(store: &Store, actor: Actor, session: Uuid) -> Result<(), Error> {
    store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move { sign_out(&tx, &actor, session).await }
        })
        .await
}

async fn leave_everywhere(store: &Store, actor: Actor) -> Result<u64, Error> {
    store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move { sign_out_everywhere(&tx, &actor).await }
        })
        .await
}

async fn work_as(store: &Store, actor: Actor, input: ChoosePost) -> Result<Post, Error> {
    store
        .write(actor.signer(), move |tx| {
            let (actor, input) = (actor.clone(), input.clone());
            async move { choose_post(&tx, &actor, input).await }
        })
        .await
}

both! { migrations,
async fn a_session_at_a_desk_ends_after_half_an_hour_of_rest(kit: Kit) {
    staff(&kit.store).await;
    let opened = by_password(&kit.store, AccountKind::Staff, LOGIN, PASSWORD).await.unwrap();
    for _ in 0..4 {
        kit.clock.advance(Duration::minutes(29));
        let session = load_session(&kit.store, &opened.token).await.unwrap().unwrap();
        assert_eq!(session.expires, kit.store.now() + Duration::minutes(30));
    }
    kit.clock.advance(Duration::minutes(30));
    assert!(!alive(&kit.store, &opened).await);
} }

both! { migrations,
async fn no_session_is_older_than_a_day(kit: Kit) {
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    kit.clock.advance(Duration::hours(11));
    assert!(alive(&kit.store, &opened).await);
    kit.clock.advance(Duration::hours(11));
    let session = load_session(&kit.store, &opened.token).await.unwrap().unwrap();
    assert_eq!(session.expires, opened.session.opened_at + Duration::hours(24));
    kit.clock.advance(Duration::hours(2));
    assert!(!alive(&kit.store, &opened).await);
} }

both! { migrations,
async fn a_resident_may_rest_for_half_a_day(kit: Kit) {
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    kit.clock.advance(Duration::hours(12) - Duration::seconds(1));
    assert!(alive(&kit.store, &opened).await);
    let other = signed_in(&kit.store).await;
    kit.clock.advance(Duration::hours(12));
    assert!(!alive(&kit.store, &other).await);
} }

both! { migrations,
async fn a_session_is_marked_at_most_every_three_minutes(kit: Kit) {
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    kit.clock.advance(Duration::seconds(179));
    let early = load_session(&kit.store, &opened.token).await.unwrap().unwrap();
    assert_eq!(early.expires, opened.session.expires);
    kit.clock.advance(Duration::seconds(1));
    let marked = load_session(&kit.store, &opened.token).await.unwrap().unwrap();
    assert_eq!(marked.expires, opened.session.expires + Duration::minutes(3));
} }

both! { migrations,
async fn what_is_no_token_finds_nothing(kit: Kit) {
    person(&kit.store).await;
    let opened = signed_in(&kit.store).await;
    for token in ["", "x", &opened.token[1..], &opened.token.to_lowercase(), &"x".repeat(10_000)] {
        assert!(load_session(&kit.store, token).await.unwrap().is_none());
    }
} }

both! { migrations,
async fn signing_out_ends_this_session_only(kit: Kit) {
    let id = person(&kit.store).await;
    let (here, there) = (signed_in(&kit.store).await, signed_in(&kit.store).await);
    let actor = here.session.actor.clone();
    // Somebody else's session is none of theirs; nothing tells whether it exists.
    let stranger = Actor::party(Uuid::from_u128(7), PartyKind::Person);
    leave(&kit.store, stranger, here.session.id).await.unwrap();
    assert!(alive(&kit.store, &here).await);
    is_denied(leave(&kit.store, Actor::Nobody, here.session.id).await);
    leave(&kit.store, actor.clone(), here.session.id).await.unwrap();
    assert!(!alive(&kit.store, &here).await);
    assert!(alive(&kit.store, &there).await);
    leave(&kit.store, actor, here.session.id).await.unwrap();
    let log = log_of(&kit.store, id).await;
    assert_eq!(log.iter().filter(|action| *action == "identity.signed_out").count(), 1);
} }

both! { migrations,
async fn signing_out_everywhere_ends_all_own_sessions(kit: Kit) {
    person(&kit.store).await;
    firm(&kit.store).await;
    let company = by_password(&kit.store, AccountKind::Enterprise, &uscc(), PASSWORD).await.unwrap();
    let (here, there) = (signed_in(&kit.store).await, signed_in(&kit.store).await);
    is_denied(leave_everywhere(&kit.store, Actor::Nobody).await);
    assert_eq!(leave_everywhere(&kit.store, here.session.actor.clone()).await.unwrap(), 2);
    assert!(!alive(&kit.store, &here).await && !alive(&kit.store, &there).await);
    assert!(alive(&kit.store, &company).await);
} }

both! { migrations,
async fn a_member_of_staff_goes_to_another_post(kit: Kit) {
    let id = staff(&kit.store).await;
    let opened = by_password(&kit.store, AccountKind::Staff, LOGIN, PASSWORD).await.unwrap();
    let actor = opened.session.actor.clone();
    let wanted = ChoosePost { session: opened.session.id, organisation: Uuid::from_u128(2), role: Role::Approver };
    assert_eq!(work_as(&kit.store, actor.clone(), wanted.clone()).await.unwrap(), post(2, Role::Approver));
    let session = load_session(&kit.store, &opened.token).await.unwrap().unwrap();
    assert_eq!(session.actor, Actor::staff(id, post(2, Role::Approver)).proven(false));
    // A post that they do not hold, a session that is not theirs, somebody who is no staff.
    let strange = ChoosePost { role: Role::Operator, ..wanted.clone() };
    assert!(matches!(work_as(&kit.store, actor.clone(), strange).await, Err(Error::NotFound)));
    let elsewhere = ChoosePost { session: Uuid::from_u128(5), ..wanted.clone() };
    assert!(matches!(work_as(&kit.store, actor, elsewhere).await, Err(Error::NotFound)));
    let resident = Actor::party(id, PartyKind::Person);
    is_denied(work_as(&kit.store, resident, wanted).await);
} }

both! { migrations,
async fn the_demo_opens_a_session_without_a_proof(kit: Kit) {
    let id = person(&kit.store).await;
    let open = |account| kit.store.write(Signer::nobody(), move |tx| async move { open_session_for(&tx, account).await });
    let opened = open(id).await.unwrap();
    assert_eq!(opened.session.way, Way::Demo);
    assert!(alive(&kit.store, &opened).await);
    assert!(matches!(open(Uuid::from_u128(3)).await, Err(Error::NotFound)));
} }

both! { migrations,
async fn everybody_sees_and_ends_the_own_sessions_alone(kit: Kit) {
    let store = &kit.store;
    person(store).await;
    firm(store).await;
    let sign_in = |device: &str| PasswordSignIn {
        kind: AccountKind::Person,
        name: PHONE.to_owned(),
        password: PASSWORD.to_owned(),
        browser: Browser { token: None, device: device.to_owned() },
    };
    let first = sign_in_with_password(store, sign_in("Windows · Edge")).await.unwrap();
    kit.clock.advance(Duration::minutes(1));
    let second = sign_in_with_password(store, sign_in("Android · Chrome")).await.unwrap();
    let other = by_password(store, AccountKind::Enterprise, &uscc(), PASSWORD).await.unwrap();
    let (actor, stranger) = (&second.session.actor, &other.session.actor);
    let devices: Vec<_> = own_sessions(store, actor).await.unwrap().into_iter().map(|open| open.device).collect();
    assert_eq!(devices, ["Android · Chrome", "Windows · Edge"]);
    // A stranger's hand ends nothing of it.
    for (by, left) in [(stranger, 2), (actor, 1)] {
        let (by, id) = (by.clone(), first.session.id);
        store.write(by.signer(), move |tx| {
            let by = by.clone();
            async move { sign_out(&tx, &by, id).await }
        }).await.unwrap();
        assert_eq!(own_sessions(store, actor).await.unwrap().len(), left);
    }
    // What is over by rest is not shown.
    kit.clock.advance(Duration::hours(13));
    assert!(own_sessions(store, actor).await.unwrap().is_empty());
    let history = own_history(store, actor, &[], PageRequest::new(1, 10)).await.unwrap();
    let told: Vec<_> = history.rows.iter().map(|line| (line.action.as_str(), line.device.as_deref())).collect();
    assert_eq!(told, [
        ("identity.signed_out", None),
        ("identity.signed_in", Some("Android · Chrome")),
        ("identity.signed_in", Some("Windows · Edge")),
    ]);
    is_denied(own_sessions(store, &Actor::Nobody).await);
    is_denied(own_history(store, &Actor::Nobody, &[], PageRequest::new(1, 10)).await);
} }

both! { migrations,
async fn a_closed_account_opens_nothing_and_frees_its_names(kit: Kit) {
    let store = &kit.store;
    let id = person(store).await;
    let opened = signed_in(store).await;
    let (actor, session) = (&opened.session.actor, opened.session.id);
    let firm = { firm(store).await; by_password(store, AccountKind::Enterprise, &uscc(), PASSWORD).await.unwrap() };
    assert_eq!(code_of(close_account(store, &firm.session.actor, firm.session.id).await), "identity.persons_only");
    assert!(matches!(close_account(store, actor, firm.session.id).await, Err(Error::NotFound)));
    kit.clock.advance(Duration::minutes(15));
    assert_eq!(code_of(close_account(store, actor, session).await), "identity.sign_in_anew");
    let anew = signed_in(store).await;
    close_account(store, actor, anew.session.id).await.unwrap();
    for token in [&opened.token, &anew.token] {
        assert!(load_session(store, token).await.unwrap().is_none());
    }
    assert_eq!(code_of(by_password(store, AccountKind::Person, PHONE, PASSWORD).await), "identity.sign_in_failed");
    // The number may open an account again: another one.
    assert_ne!(person(store).await, id);
} }
