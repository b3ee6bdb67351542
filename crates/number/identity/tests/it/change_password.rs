//! Changing the password.

use chrono::Duration;
use tongban_access::{Actor, PartyKind};
use tongban_identity::{AccountKind, ChangePassword, Error, OpenedSession, change_password, load_session};
use tongban_store::Store;
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

const NEW: &str = "battery-staple-2";

async fn change(store: &Store, opened: &OpenedSession, old: Option<&str>, new: &str) -> Result<(), Error> {
    let input = ChangePassword {
        session: opened.session.id,
        old: old.map(str::to_owned),
        new: new.to_owned(),
    };
    change_password(store, &opened.session.actor, input).await
}

both! { migrations,
async fn a_changed_password_ends_the_other_sessions(kit: Kit) {
    let id = person(&kit.store).await;
    let (here, there) = (signed_in(&kit.store).await, signed_in(&kit.store).await);
    change(&kit.store, &here, Some(PASSWORD), NEW).await.unwrap();
    assert!(load_session(&kit.store, &here.token).await.unwrap().is_some());
    assert!(load_session(&kit.store, &there.token).await.unwrap().is_none());
    assert_eq!(code_of(by_password(&kit.store, AccountKind::Person, PHONE, PASSWORD).await), "identity.sign_in_failed");
    by_password(&kit.store, AccountKind::Person, PHONE, NEW).await.unwrap();
    assert!(log_of(&kit.store, id).await.contains(&"identity.password_changed".to_owned()));
} }

both! { migrations,
async fn a_wrong_old_password_is_counted_too(kit: Kit) {
    person(&kit.store).await;
    let here = signed_in(&kit.store).await;
    for _ in 0..4 {
        assert_eq!(code_of(change(&kit.store, &here, Some("wrong-password-1"), NEW).await), "identity.old_password_wrong");
    }
    assert_eq!(code_of(change(&kit.store, &here, Some("wrong-password-1"), NEW).await), "identity.locked");
    assert_eq!(code_of(change(&kit.store, &here, Some(PASSWORD), NEW).await), "identity.locked");
    // The door has a counter of its own.
    signed_in(&kit.store).await;
    kit.clock.advance(Duration::minutes(15));
    change(&kit.store, &here, Some(PASSWORD), NEW).await.unwrap();
} }

both! { migrations,
async fn a_forgotten_password_is_replaced_after_a_one_time_code(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    let usual = signed_in(&kit.store).await;
    assert_eq!(code_of(change(&kit.store, &usual, None, NEW).await), "identity.old_password_needed");
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    let fresh = by_code(&kit.store, AccountKind::Person, PHONE, &code_on(&sink, PHONE)).await.unwrap();
    change(&kit.store, &fresh, None, NEW).await.unwrap();
    kit.clock.advance(Duration::minutes(15));
    assert_eq!(code_of(change(&kit.store, &fresh, None, PASSWORD).await), "identity.old_password_needed");
    by_password(&kit.store, AccountKind::Person, PHONE, NEW).await.unwrap();
} }

both! { migrations,
async fn a_new_password_is_judged_and_belongs_to_the_session(kit: Kit) {
    person(&kit.store).await;
    let here = signed_in(&kit.store).await;
    for (new, code) in [
        ("short1", "identity.password_short"),
        ("password1", "identity.password_weak"),
        (PASSWORD, "identity.password_same"),
    ] {
        assert_eq!(code_of(change(&kit.store, &here, Some(PASSWORD), new).await), code);
    }
    let input = ChangePassword { session: here.session.id, old: Some(PASSWORD.to_owned()), new: NEW.to_owned() };
    is_denied(change_password(&kit.store, &Actor::Nobody, input.clone()).await);
    let stranger = Actor::party(Uuid::from_u128(7), PartyKind::Person);
    assert!(matches!(change_password(&kit.store, &stranger, input).await, Err(Error::NotFound)));
} }
