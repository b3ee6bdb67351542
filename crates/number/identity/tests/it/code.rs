//! One-time codes.

use chrono::Duration;
use tongban_access::Actor;
use tongban_identity::{AccountKind, Error, Way};
use tongban_testkit::both;

use crate::builders::*;

both! { migrations,
async fn a_code_signs_in_once(kit: Kit) {
    let id = person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Person, &citizen()).await.unwrap();
    worker.drain().await.unwrap();
    let code = code_on(&sink, PHONE);
    assert_eq!(code.len(), 6);
    // Asked for under one name, typed under another: the account is the same.
    let opened = by_code(&kit.store, AccountKind::Person, PHONE, &code).await.unwrap();
    assert_eq!((opened.session.account.id, opened.session.way), (id, Way::Code));
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, &code).await), "identity.code_wrong");
} }

both! { migrations,
async fn a_code_is_tried_five_times(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    let code = code_on(&sink, PHONE);
    for _ in 0..5 {
        let wrong = by_code(&kit.store, AccountKind::Person, PHONE, &another(&code)).await;
        assert_eq!(code_of(wrong), "identity.code_wrong");
    }
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, &code).await), "identity.code_wrong");
    // The way on: a new code.
    kit.clock.advance(Duration::minutes(1));
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    by_code(&kit.store, AccountKind::Person, PHONE, &code_on(&sink, PHONE)).await.unwrap();
} }

both! { migrations,
async fn guesses_at_once_are_all_counted(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    let code = code_on(&sink, PHONE);
    let guesses: Vec<_> = (0..5)
        .map(|_| {
            let (store, wrong) = (kit.store.clone(), another(&code));
            tokio::spawn(async move { by_code(&store, AccountKind::Person, PHONE, &wrong).await })
        })
        .collect();
    for guess in guesses {
        assert_eq!(code_of(guess.await.unwrap()), "identity.code_wrong");
    }
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, &code).await), "identity.code_wrong");
} }

both! { migrations,
async fn a_code_ends_after_five_minutes_or_with_the_next_one(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    let first = code_on(&sink, PHONE);
    kit.clock.advance(Duration::minutes(1));
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    worker.drain().await.unwrap();
    let second = code_on(&sink, PHONE);
    if first != second {
        assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, &first).await), "identity.code_wrong");
    }
    kit.clock.advance(Duration::minutes(5));
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, &second).await), "identity.code_wrong");
} }

both! { migrations,
async fn a_code_that_is_not_sent_in_time_is_not_sent(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    kit.clock.advance(Duration::minutes(5));
    worker.drain().await.unwrap();
    assert!(sink.messages(PHONE).is_empty());
} }

both! { migrations,
async fn codes_come_once_a_minute_and_ten_times_a_day(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    // An unknown name is counted like a known one, so the answers tell nothing.
    for name in [PHONE, "10000000000"] {
        ask(&kit.store, AccountKind::Person, name).await.unwrap();
        let soon = ask(&kit.store, AccountKind::Person, name).await;
        assert!(matches!(&soon, Err(Error::Refused(refusal)) if refusal.args["seconds"] == "60"));
        assert_eq!(code_of(soon), "identity.code_too_soon");
    }
    for _ in 1..10 {
        kit.clock.advance(Duration::minutes(2));
        for name in [PHONE, "10000000000"] {
            ask(&kit.store, AccountKind::Person, name).await.unwrap();
        }
        worker.drain().await.unwrap();
    }
    kit.clock.advance(Duration::minutes(2));
    for name in [PHONE, "10000000000"] {
        assert_eq!(code_of(ask(&kit.store, AccountKind::Person, name).await), "identity.code_too_many");
    }
    assert!(sink.messages("10000000000").is_empty());
    kit.clock.advance(Duration::days(1));
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
} }

both! { migrations,
async fn a_phone_gets_no_more_under_another_name(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Person, PHONE).await.unwrap();
    // Said in the same words, and silently not sent: the code that was sent stays good.
    ask(&kit.store, AccountKind::Person, &citizen()).await.unwrap();
    worker.drain().await.unwrap();
    assert_eq!(sink.messages(PHONE).len(), 1);
    by_code(&kit.store, AccountKind::Person, &citizen(), &code_on(&sink, PHONE)).await.unwrap();
} }

both! { migrations,
async fn two_requests_at_once_send_one_code(kit: Kit) {
    person(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    let (one, two) = tokio::join!(
        ask(&kit.store, AccountKind::Person, PHONE),
        ask(&kit.store, AccountKind::Person, PHONE)
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    worker.drain().await.unwrap();
    assert_eq!(sink.messages(PHONE).len(), 1);
} }

both! { migrations,
async fn a_firm_comes_back_by_code_and_staff_do_not(kit: Kit) {
    let id = firm(&kit.store).await;
    staff(&kit.store).await;
    let (sink, worker) = telephones(&kit.store);
    ask(&kit.store, AccountKind::Enterprise, &uscc()).await.unwrap();
    worker.drain().await.unwrap();
    let opened = by_code(&kit.store, AccountKind::Enterprise, &uscc(), &code_on(&sink, FIRM_PHONE)).await.unwrap();
    assert_eq!(opened.session.account.id, id);
    assert_eq!(code_of(ask(&kit.store, AccountKind::Staff, LOGIN).await), "identity.code_not_for_staff");
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Staff, LOGIN, "123456").await), "identity.code_wrong");
} }

both! { migrations,
async fn what_is_no_code_is_refused(kit: Kit) {
    let mut silent = new_person().await;
    silent.phone = None;
    register(&kit.store, Actor::System, silent).await.unwrap();
    let (_, worker) = telephones(&kit.store);
    for code in ["", "12345", "abcdef"] {
        assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, PHONE, code).await), "identity.code_format");
    }
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, "x", "123456").await), "identity.person_name_format");
    assert_eq!(code_of(ask(&kit.store, AccountKind::Person, "x").await), "identity.person_name_format");
    // Without a phone nothing is sent, and the answer is the same.
    ask(&kit.store, AccountKind::Person, &citizen()).await.unwrap();
    assert_eq!(worker.drain().await.unwrap(), 0);
    assert_eq!(code_of(by_code(&kit.store, AccountKind::Person, &citizen(), "123456").await), "identity.code_wrong");
} }
