//! Signing in on a screen by a phone that is signed in.

use chrono::Duration;
use tongban_access::Actor;
use tongban_identity::{
    Browser, Passkeys, ScanStanding, StartedScan, Way, answer_scan, claim_scan, close_account, scan_standing,
    see_scan, sign_out_everywhere, start_binding, start_scan,
};
use tongban_store::{Signer, Store};
use tongban_testkit::both;

use crate::builders::*;

async fn start(store: &Store) -> StartedScan {
    store
        .write(
            Signer::nobody(),
            |tx| async move { start_scan(&tx, "Firefox").await },
        )
        .await
        .unwrap()
}

async fn phone(store: &Store) -> Actor {
    person(store).await;
    signed_in(store).await.session.actor
}

both! { migrations,
async fn a_yes_on_the_phone_signs_the_screen_in_once(kit: Kit) {
    let store = &kit.store;
    let actor = phone(store).await;
    let started = start(store).await;
    let standing = || scan_standing(store, &started.browser);
    assert_eq!(standing().await.unwrap(), ScanStanding::Open);
    assert_eq!(code_of(claim_scan(store, &started.browser, Browser::default()).await), "identity.scan_not_approved");
    assert_eq!(see_scan(store, &actor, &started.code).await.unwrap().device, "Firefox");
    assert_eq!(standing().await.unwrap(), ScanStanding::Seen);
    answer_scan(store, &actor, &started.code, true).await.unwrap();
    assert_eq!(standing().await.unwrap(), ScanStanding::Approved);
    // What stands in the picture opens nothing.
    assert_eq!(code_of(claim_scan(store, &started.code, Browser::default()).await), "identity.scan_not_approved");
    let opened = claim_scan(store, &started.browser, Browser::default()).await.unwrap();
    assert_eq!((opened.session.way, opened.session.actor.account()), (Way::Scan, actor.account()));
    assert_eq!(code_of(claim_scan(store, &started.browser, Browser::default()).await), "identity.scan_not_approved");
    assert_eq!(standing().await.unwrap(), ScanStanding::Ended);
} }

both! { migrations,
async fn a_no_or_three_minutes_end_it(kit: Kit) {
    let store = &kit.store;
    let actor = phone(store).await;
    let started = start(store).await;
    answer_scan(store, &actor, &started.code, false).await.unwrap();
    assert_eq!(scan_standing(store, &started.browser).await.unwrap(), ScanStanding::Refused);
    assert_eq!(code_of(answer_scan(store, &actor, &started.code, true).await), "identity.scan_ended");
    assert_eq!(code_of(claim_scan(store, &started.browser, Browser::default()).await), "identity.scan_not_approved");
    let late = start(store).await;
    answer_scan(store, &actor, &late.code, true).await.unwrap();
    kit.clock.advance(Duration::minutes(3));
    assert_eq!(code_of(claim_scan(store, &late.browser, Browser::default()).await), "identity.scan_not_approved");
    assert_eq!(code_of(see_scan(store, &actor, &late.code).await), "identity.scan_ended");
} }

both! { migrations,
async fn nobody_and_staff_answer_no_screen(kit: Kit) {
    let store = &kit.store;
    staff(store).await;
    let started = start(store).await;
    for actor in [Actor::Nobody, operator()] {
        is_denied(see_scan(store, &actor, &started.code).await);
        is_denied(answer_scan(store, &actor, &started.code, true).await);
    }
    assert_eq!(scan_standing(store, &started.browser).await.unwrap(), ScanStanding::Open);
} }

both! { migrations,
async fn a_screen_that_was_let_in_changes_no_way_in(kit: Kit) {
    let store = &kit.store;
    let actor = phone(store).await;
    let started = start(store).await;
    answer_scan(store, &actor, &started.code, true).await.unwrap();
    let opened = claim_scan(store, &started.browser, Browser::default()).await.unwrap();
    let site = Passkeys::new("https://zw.example.gov.cn", "通办").unwrap();
    let asked = start_binding(store, &site, &opened.session.actor, opened.session.id).await;
    assert_eq!(code_of(asked), "identity.sign_in_anew");
    assert_eq!(code_of(close_account(store, &opened.session.actor, opened.session.id).await), "identity.sign_in_anew");
} }

both! { migrations,
async fn signing_out_everywhere_takes_a_yes_back(kit: Kit) {
    let store = &kit.store;
    let actor = phone(store).await;
    let started = start(store).await;
    answer_scan(store, &actor, &started.code, true).await.unwrap();
    let by = actor.clone();
    store.write(actor.signer(), move |tx| {
        let by = by.clone();
        async move { sign_out_everywhere(&tx, &by).await }
    }).await.unwrap();
    assert_eq!(code_of(claim_scan(store, &started.browser, Browser::default()).await), "identity.scan_not_approved");
} }
