use chrono::{DateTime, Duration, Utc};
use tongban_access::{Action, Actor, Role, Thing, permit};
use tongban_identity::{Browser, ChangePassword, Session, change_password, load_session};
use tongban_staff::{
    Error, FirstSignIn, NewTotp, close_staff, confirm_totp, factors_of, first_sign_in, give_staff_code,
    own_factors, remove_totp, reset_staff, show_second_factor, start_totp,
};
use tongban_store::Store;
use tongban_testkit::both;
use totp_rs::{Builder, Secret};
use uuid::Uuid;

use crate::builders::{PASSWORD, act, again, code, employ, migrations, operator, post, sign_in, stranger};

async fn give(store: &Store, by: &Actor, account: Uuid) -> Result<String, Error> {
    act(store, by, move |tx, by| async move {
        give_staff_code(&tx, &by, account).await.map(|given| given.code)
    })
    .await
}

async fn show(store: &Store, session: &Session, typed: &str) -> Option<&'static str> {
    code(show_second_factor(store, &session.actor, session.id, typed).await)
}

async fn start(store: &Store, session: &Session) -> Result<NewTotp, Error> {
    let id = session.id;
    act(store, &session.actor, move |tx, by| async move {
        start_totp(&tx, &by, id, "示范市:政务", "approver").await
    })
    .await
}

async fn confirm(store: &Store, session: &Session, typed: &str) -> Option<&'static str> {
    let (id, typed) = (session.id, typed.to_owned());
    code(
        act(store, &session.actor, move |tx, by| {
            let typed = typed.clone();
            async move { confirm_totp(&tx, &by, id, &typed).await }
        })
        .await,
    )
}

/// What a device shows that has read the secret.
fn device(made: &NewTotp, now: DateTime<Utc>) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(&made.secret).unwrap())
        .build()
        .unwrap();
    totp.generate(u64::try_from(now.timestamp()).unwrap()).to_string()
}

fn decides(session: &Session) -> bool {
    let post = session.actor.post().unwrap();
    let thing = Thing::at(post.organisation, post.region.clone());
    permit(&session.actor, Action::CaseDecide, &thing).is_ok()
}

both! { migrations, async fn a_password_alone_decides_nothing_and_a_code_of_an_operator_opens_the_way(kit: Kit) {
    let store = &kit.store;
    let account = employ(store, "approver", vec![post(1, Role::Approver)]).await;
    let session = sign_in(store, "approver").await;
    assert!(!decides(&session));
    // whoever stole the password sets up nothing
    assert_eq!(code(start(store, &session).await), Some("second factor"));
    assert_eq!(show(store, &session, "123456").await, Some("staff.factor_none"));
    assert_eq!(show(store, &session, "12345").await, Some("staff.factor_format"));
    assert_eq!(show(store, &session, "1234567890").await, Some("staff.code_wrong"));

    let given = give(store, &operator(), account).await.unwrap();
    assert!(factors_of(store, &operator(), account).await.unwrap().code_until.is_some());
    assert_eq!(show(store, &session, &given).await, None);
    let session = again(store, &session).await.unwrap();
    assert!(decides(&session));
    // once
    assert_eq!(show(store, &session, &given).await, Some("staff.code_wrong"));

    let made = start(store, &session).await.unwrap();
    assert!(made.address.starts_with("otpauth://totp/"), "{}", made.address);
    assert_eq!(own_factors(store, &session.actor).await.unwrap().totp_since, None);
    assert_eq!(confirm(store, &session, "000000").await, Some("staff.factor_wrong"));
    assert_eq!(confirm(store, &session, &device(&made, store.now())).await, None);
    assert!(own_factors(store, &session.actor).await.unwrap().totp_since.is_some());

    // another session shows it itself; the password that confirmed the device is not taken again
    let next = sign_in(store, "approver").await;
    assert!(!decides(&next));
    assert_eq!(show(store, &next, &device(&made, store.now())).await, Some("staff.factor_wrong"));
    kit.clock.advance(Duration::seconds(30));
    let shown = device(&made, store.now());
    assert_eq!(show(store, &next, &shown).await, None);
    assert!(decides(&again(store, &next).await.unwrap()));
    let third = sign_in(store, "approver").await;
    assert_eq!(show(store, &third, &shown).await, Some("staff.factor_wrong"));
} }

both! { migrations, async fn a_second_factor_counts_for_twelve_hours_and_five_wrong_ones_close_the_way(kit: Kit) {
    let store = &kit.store;
    let account = employ(store, "approver", vec![post(1, Role::Approver)]).await;
    let given = give(store, &operator(), account).await.unwrap();
    let session = sign_in(store, "approver").await;
    assert_eq!(show(store, &session, &given).await, None);
    let session = again(store, &session).await.unwrap();
    let made = start(store, &session).await.unwrap();
    assert_eq!(confirm(store, &session, &device(&made, store.now())).await, None);
    let wrong = sign_in(store, "approver").await;
    for _ in 0..4 {
        assert_eq!(show(store, &wrong, "000000").await, Some("staff.factor_wrong"));
    }
    assert_eq!(show(store, &wrong, "000000").await, Some("staff.factor_locked"));
    kit.clock.advance(Duration::minutes(1));
    assert_eq!(show(store, &wrong, &device(&made, store.now())).await, Some("staff.factor_locked"));
    // an operator's code is the way round
    let given = give(store, &operator(), account).await.unwrap();
    assert_eq!(show(store, &wrong, &given).await, None);
    kit.clock.advance(Duration::minutes(15));
    let later = sign_in(store, "approver").await;
    assert_eq!(show(store, &later, &device(&made, store.now())).await, None);

    // a session that is used goes on, its second factor does not
    let mut live = again(store, &later).await.unwrap();
    assert!(decides(&live));
    // later than 15 minutes nothing new is bound, whatever was shown
    kit.clock.advance(Duration::minutes(16));
    assert_eq!(code(start(store, &live).await), Some("identity.sign_in_anew"));
    // beside a password a code opens nothing
    let given = give(store, &operator(), account).await.unwrap();
    assert_eq!(code(first(store, "approver", &given).await), Some("staff.code_wrong"));
    act(store, &operator(), move |tx, by| async move { reset_staff(&tx, &by, account).await }).await.unwrap();
    let opened = first(store, "approver", &give(store, &operator(), account).await.unwrap()).await.unwrap();
    for _ in 0..30 {
        kit.clock.advance(Duration::minutes(25));
        live = load_session(store, &opened.token).await.unwrap().unwrap();
    }
    assert!(!decides(&live));
} }

async fn first(store: &Store, login: &str, given: &str) -> Result<tongban_identity::OpenedSession, Error> {
    let input = FirstSignIn {
        login: login.to_owned(),
        code: given.to_owned(),
        browser: Browser::default(),
    };
    first_sign_in(store, input).await
}

both! { migrations, async fn the_first_day_begins_with_a_code(kit: Kit) {
    let store = &kit.store;
    let account = employ(store, "clerk", vec![post(1, Role::Clerk)]).await;
    act(store, &operator(), move |tx, by| async move { reset_staff(&tx, &by, account).await }).await.unwrap();
    for (login, given) in [("clerk", "1234567890"), ("nobody", "1234567890")] {
        assert_eq!(code(first(store, login, given).await), Some("staff.code_wrong"));
    }
    assert_eq!(code(first(store, "clerk", "123456").await), Some("staff.factor_format"));
    let given = give(store, &operator(), account).await.unwrap();
    let opened = first(store, "CLERK", &given).await.unwrap();
    assert!(opened.session.actor.is_proven());
    let session = opened.session;
    // a password without the old one, in this session only
    let input = ChangePassword { session: session.id, old: None, new: "mingyueqiansong".to_owned() };
    change_password(store, &session.actor, input).await.unwrap();
    assert!(start(store, &session).await.is_ok());
    assert_eq!(code(first(store, "clerk", &given).await), Some("staff.code_wrong"));

    // it lives for 72 hours and twenty tries
    act(store, &operator(), move |tx, by| async move { reset_staff(&tx, &by, account).await }).await.unwrap();
    let given = give(store, &operator(), account).await.unwrap();
    kit.clock.advance(Duration::hours(72));
    assert_eq!(code(first(store, "clerk", &given).await), Some("staff.code_wrong"));
    let given = give(store, &operator(), account).await.unwrap();
    for _ in 0..20 {
        assert_eq!(code(first(store, "clerk", "0000000000").await), Some("staff.code_wrong"));
    }
    assert_eq!(code(first(store, "clerk", &given).await), Some("staff.code_wrong"));
} }

both! { migrations, async fn only_an_operator_of_the_region_gives_takes_and_closes(kit: Kit) {
    let store = &kit.store;
    let account = employ(store, "approver", vec![post(1, Role::Approver)]).await;
    let clerk = Actor::staff(Uuid::from_u128(7), post(1, Role::Clerk));
    assert_eq!(code(give(store, &clerk, account).await), Some("denied"));
    assert_eq!(code(give(store, &operator().proven(false), account).await), Some("second factor"));
    // to an operator of another region they do not exist
    assert_eq!(code(give(store, &stranger(), account).await), Some("not found"));
    assert_eq!(code(factors_of(store, &stranger(), account).await), Some("not found"));
    let oneself = employ(store, "operator", vec![post(9, Role::Operator)]).await;
    let own = Actor::staff(oneself, post(9, Role::Operator));
    assert_eq!(code(give(store, &own, oneself).await), Some("staff.own_account"));

    let given = give(store, &operator(), account).await.unwrap();
    let session = sign_in(store, "approver").await;
    assert_eq!(show(store, &session, &given).await, None);
    let session = again(store, &session).await.unwrap();
    let made = start(store, &session).await.unwrap();
    assert_eq!(confirm(store, &session, &device(&made, store.now())).await, None);
    let waits = give(store, &operator(), account).await.unwrap();
    // lost: everything goes, and all sessions end
    act(store, &operator(), move |tx, by| async move { reset_staff(&tx, &by, account).await }).await.unwrap();
    assert!(again(store, &session).await.is_none());
    assert_eq!(code(first(store, "approver", &waits).await), Some("staff.code_wrong"));
    let given = give(store, &operator(), account).await.unwrap();
    let session = first(store, "approver", &given).await.unwrap().session;
    let input = ChangePassword { session: session.id, old: None, new: PASSWORD.to_owned() };
    change_password(store, &session.actor, input).await.unwrap();
    let session = sign_in(store, "approver").await;
    kit.clock.advance(Duration::seconds(30));
    assert_eq!(show(store, &session, &device(&made, store.now())).await, Some("staff.factor_none"));
    // a stolen password changes nothing
    let input = ChangePassword { session: session.id, old: Some(PASSWORD.to_owned()), new: "mingyueqiansong".to_owned() };
    assert!(change_password(store, &session.actor, input).await.is_err());
    let removed = act(store, &session.actor, |tx, by| async move { remove_totp(&tx, &by).await }).await;
    assert_eq!(code(removed), Some("second factor"));

    // who has left signs in no more
    act(store, &operator(), move |tx, by| async move { close_staff(&tx, &by, account).await }).await.unwrap();
    assert!(again(store, &session).await.is_none());
    assert_eq!(code(give(store, &operator(), account).await), Some("not found"));
} }
