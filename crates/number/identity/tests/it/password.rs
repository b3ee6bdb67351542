//! Signing in by password, lock-out, and the way back.

use chrono::Duration;
use tongban_access::{Actor, PartyKind, Role};
use tongban_crypto::password::{Cost, hash_with_cost, needs_rehash};
use tongban_identity::{
    AccountKind, Browser, Error, PasswordSignIn, hash_password, load_session, reset_password,
    sign_in_with_password, unlock_account,
};
use tongban_store::Store;
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

async fn fail(store: &Store, kind: AccountKind, name: &str, times: usize) -> Vec<&'static str> {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.push(code_of(by_password(store, kind, name, "wrong-password-1").await));
    }
    answers
}

async fn unlock(store: &Store, actor: Actor, account: Uuid) -> Result<(), Error> {
    store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move { unlock_account(&tx, &actor, account).await }
        })
        .await
}

async fn reset(store: &Store, actor: Actor, account: Uuid) -> Result<(), Error> {
    let hash = hash_password("another-password-7").await?;
    store
        .write(actor.signer(), move |tx| {
            let (actor, hash) = (actor.clone(), hash.clone());
            async move { reset_password(&tx, &actor, account, hash).await }
        })
        .await
}

both! { migrations,
async fn everybody_signs_in_under_every_name(kit: Kit) {
    let (resident, company, clerk) = (person(&kit.store).await, firm(&kit.store).await, staff(&kit.store).await);
    for (kind, name, account) in [
        (AccountKind::Person, citizen(), resident),
        (AccountKind::Person, citizen().to_lowercase(), resident),
        (AccountKind::Person, "100 1234 5678".to_owned(), resident),
        (AccountKind::Enterprise, uscc(), company),
        (AccountKind::Staff, "Clerk.Wang".to_owned(), clerk),
    ] {
        let opened = by_password(&kit.store, kind, &name, PASSWORD).await.unwrap();
        let session = load_session(&kit.store, &opened.token).await.unwrap().unwrap();
        assert_eq!(session, opened.session);
        assert_eq!((session.account.id, session.account.kind), (account, kind));
        let actor = match kind {
            AccountKind::Person => Actor::party(account, PartyKind::Person),
            AccountKind::Enterprise => Actor::party(account, PartyKind::Enterprise),
            AccountKind::Staff => Actor::staff(account, post(1, Role::Clerk)).proven(false),
        };
        assert_eq!(session.actor, actor);
    }
    assert_eq!(log_of(&kit.store, company).await, ["identity.party_registered", "identity.signed_in"]);
} }

both! { migrations,
async fn a_wrong_password_and_an_unknown_name_are_answered_alike(kit: Kit) {
    let id = person(&kit.store).await;
    for name in [PHONE, "10000000000"] {
        let answers = fail(&kit.store, AccountKind::Person, name, 5).await;
        assert_eq!(answers[..4], ["identity.sign_in_failed"; 4], "{name}");
        assert_eq!(answers[4], "identity.locked", "{name}");
    }
    let failed = ["identity.sign_in_failed"; 5];
    assert_eq!(log_of(&kit.store, id).await[1..6], failed);
    assert_eq!(log_of(&kit.store, id).await[6], "identity.locked");
    assert_eq!(log_of(&kit.store, "unknown").await[..5], failed);
    // The firm's number is no name of a person, and a kind does not open another kind's door.
    firm(&kit.store).await;
    assert_eq!(code_of(by_password(&kit.store, AccountKind::Person, FIRM_PHONE, PASSWORD).await), "identity.sign_in_failed");
} }

both! { migrations,
async fn what_is_no_name_is_refused(kit: Kit) {
    for (kind, name, code) in [
        (AccountKind::Person, "", "identity.person_name_format"),
        (AccountKind::Person, "110105194912310021", "identity.person_name_format"),
        (AccountKind::Enterprise, "abc", "identity.enterprise_name_format"),
        (AccountKind::Staff, "a b", "identity.login_format"),
    ] {
        assert_eq!(code_of(by_password(&kit.store, kind, name, PASSWORD).await), code);
    }
    for password in ["", &"long".repeat(1_000)] {
        assert_eq!(code_of(by_password(&kit.store, AccountKind::Person, PHONE, password).await), "identity.sign_in_failed");
    }
} }

both! { migrations,
async fn a_lock_holds_against_the_right_password_and_ends(kit: Kit) {
    person(&kit.store).await;
    fail(&kit.store, AccountKind::Person, PHONE, 5).await;
    let locked = by_password(&kit.store, AccountKind::Person, PHONE, PASSWORD).await;
    assert!(matches!(&locked, Err(Error::Refused(refusal)) if refusal.args["minutes"] == "15"));
    assert_eq!(code_of(locked), "identity.locked");
    kit.clock.advance(Duration::minutes(14));
    // Trying on does not make it longer.
    assert_eq!(fail(&kit.store, AccountKind::Person, PHONE, 1).await, ["identity.locked"]);
    kit.clock.advance(Duration::minutes(1));
    assert_eq!(fail(&kit.store, AccountKind::Person, PHONE, 4).await, ["identity.sign_in_failed"; 4]);
    signed_in(&kit.store).await;
} }

both! { migrations,
async fn the_right_password_begins_a_new_row(kit: Kit) {
    person(&kit.store).await;
    for _ in 0..3 {
        assert_eq!(fail(&kit.store, AccountKind::Person, PHONE, 4).await, ["identity.sign_in_failed"; 4]);
        signed_in(&kit.store).await;
    }
} }

both! { migrations,
async fn many_guesses_at_once_are_all_counted(kit: Kit) {
    person(&kit.store).await;
    let guesses = (0..8).map(|_| {
        let store = kit.store.clone();
        tokio::spawn(async move { by_password(&store, AccountKind::Person, PHONE, "wrong-password-1").await })
    });
    let mut answers = Vec::new();
    for guess in guesses.collect::<Vec<_>>() {
        answers.push(code_of(guess.await.unwrap()));
    }
    assert_eq!(answers.iter().filter(|code| **code == "identity.sign_in_failed").count(), 4, "{answers:?}");
    assert_eq!(code_of(by_password(&kit.store, AccountKind::Person, PHONE, PASSWORD).await), "identity.locked");
} }

both! { migrations,
async fn a_one_time_code_opens_a_lock(kit: Kit) {
    let id = person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    fail(&kit.store, AccountKind::Person, PHONE, 5).await;
    fail(&kit.store, AccountKind::Person, &citizen(), 5).await;
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    by_code(&kit.store, AccountKind::Person, PHONE, &code_on(&sink, PHONE)).await.unwrap();
    signed_in(&kit.store).await;
    by_password(&kit.store, AccountKind::Person, &citizen(), PASSWORD).await.unwrap();
    assert!(log_of(&kit.store, id).await.contains(&"identity.unlocked".to_owned()));
} }

both! { migrations,
async fn an_operator_unlocks_staff(kit: Kit) {
    let id = staff(&kit.store).await;
    assert_eq!(fail(&kit.store, AccountKind::Staff, LOGIN, 5).await[4], "identity.locked");
    let clerk = Actor::staff(id, post(1, Role::Clerk));
    is_denied(unlock(&kit.store, clerk, id).await);
    assert!(matches!(unlock(&kit.store, operator(), Uuid::from_u128(5)).await, Err(Error::NotFound)));
    unlock(&kit.store, operator(), id).await.unwrap();
    by_password(&kit.store, AccountKind::Staff, LOGIN, PASSWORD).await.unwrap();
} }

both! { migrations,
async fn an_operator_of_another_region_neither_unlocks_nor_resets(kit: Kit) {
    let id = staff(&kit.store).await;
    let mut elsewhere = post(9, Role::Operator);
    elsewhere.region = tongban_codes::RegionCode::parse("110000000000").unwrap();
    let stranger = Actor::staff(Uuid::from_u128(98), elsewhere);
    is_denied(unlock(&kit.store, stranger.clone(), id).await);
    is_denied(reset(&kit.store, stranger, id).await);
} }

both! { migrations,
async fn a_forgotten_password_of_staff_is_replaced(kit: Kit) {
    let id = staff(&kit.store).await;
    let opened = by_password(&kit.store, AccountKind::Staff, LOGIN, PASSWORD).await.unwrap();
    fail(&kit.store, AccountKind::Staff, LOGIN, 5).await;
    let clerk = Actor::staff(id, post(1, Role::Clerk));
    is_denied(reset(&kit.store, clerk, id).await);
    assert!(matches!(reset(&kit.store, operator(), Uuid::from_u128(5)).await, Err(Error::NotFound)));
    let resident = person(&kit.store).await;
    assert!(matches!(reset(&kit.store, operator(), resident).await, Err(Error::NotFound)));

    reset(&kit.store, operator(), id).await.unwrap();
    assert_eq!(load_session(&kit.store, &opened.token).await.unwrap(), None);
    assert_eq!(fail(&kit.store, AccountKind::Staff, LOGIN, 1).await, ["identity.sign_in_failed"]);
    by_password(&kit.store, AccountKind::Staff, LOGIN, "another-password-7").await.unwrap();
    assert!(log_of(&kit.store, id).await.contains(&"identity.password_reset".to_owned()));
} }

both! { migrations,
async fn an_account_without_a_password_has_no_right_one(kit: Kit) {
    let mut party = new_person().await;
    party.password = None;
    register(&kit.store, Actor::System, party).await.unwrap();
    for password in ["", PASSWORD] {
        assert_eq!(code_of(by_password(&kit.store, AccountKind::Person, PHONE, password).await), "identity.sign_in_failed");
    }
} }

both! { migrations,
async fn a_new_token_is_made_and_the_old_session_of_the_browser_ends(kit: Kit) {
    person(&kit.store).await;
    let first = signed_in(&kit.store).await;
    let sign_in = |replaces: &str| PasswordSignIn {
        kind: AccountKind::Person,
        name: PHONE.to_owned(),
        password: PASSWORD.to_owned(),
        browser: Browser { token: Some(replaces.to_owned()), ..Browser::default() },
    };
    let second = sign_in_with_password(&kit.store, sign_in(&first.token)).await.unwrap();
    assert_ne!(first.token, second.token);
    assert_ne!(first.session.csrf_seed, second.session.csrf_seed);
    assert!(load_session(&kit.store, &first.token).await.unwrap().is_none());
    // A token that somebody planted in the browser never becomes a session.
    let planted = "planted-by-somebody-else";
    let third = sign_in_with_password(&kit.store, sign_in(planted)).await.unwrap();
    assert_ne!(third.token, planted);
    assert!(load_session(&kit.store, planted).await.unwrap().is_none());
    assert!(load_session(&kit.store, &second.token).await.unwrap().is_some());
} }

both! { migrations,
async fn a_weak_hash_is_made_anew_at_sign_in(kit: Kit) {
    use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
    person(&kit.store).await;
    let weak = hash_with_cost(PASSWORD, Cost::Testing).unwrap();
    let writer = kit.store.writing_connection().unwrap_or(kit.store.reader());
    let backend = writer.get_database_backend();
    let update = Statement::from_sql_and_values(backend, "UPDATE accounts SET password_hash = $1", [weak.into()]);
    writer.execute_raw(update).await.unwrap();
    signed_in(&kit.store).await;
    let query = Statement::from_string(backend, "SELECT password_hash FROM accounts");
    let row = kit.store.reader().query_one_raw(query).await.unwrap().unwrap();
    assert!(!needs_rehash(&row.try_get::<String>("", "password_hash").unwrap()));
    signed_in(&kit.store).await;
} }
