use chrono::{Duration, NaiveDate};
use tongban_access::{Actor, Role};
use tongban_codes::civil::beijing_date;
use tongban_identity::{ChangeStaff, change_staff, staff_posts};
use tongban_staff::{
    DelegatePost, DelegationStanding, Error, Side, delegate_post, end_delegation, own_delegations, standing,
    stands_in, take_delegated_post,
};
use tongban_store::{Signer, Store};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::{act, again, code, employ, migrations, operator, post, sign_in, stranger};

fn input(post: Uuid, deputy: &str, days: (NaiveDate, i64)) -> DelegatePost {
    DelegatePost {
        post,
        deputy: deputy.to_owned(),
        starts_on: days.0,
        ends_on: days.0 + Duration::days(days.1),
        reason: "休假".to_owned(),
    }
}

async fn lend(store: &Store, by: &Actor, input: DelegatePost) -> Result<Uuid, Error> {
    act(store, by, move |tx, by| {
        let input = input.clone();
        async move { delegate_post(&tx, &by, input).await }
    })
    .await
}

async fn end(store: &Store, by: &Actor, id: Uuid) -> Option<&'static str> {
    code(
        act(store, by, move |tx, by| async move {
            end_delegation(&tx, &by, id).await
        })
        .await,
    )
}

async fn stands(store: &Store, actor: &Actor) -> bool {
    let actor = actor.clone();
    store
        .write(Signer::system(), move |tx| {
            let actor = actor.clone();
            async move { stands_in(&tx, &actor).await }
        })
        .await
        .unwrap()
}

both! { migrations, async fn a_post_is_lent_worked_on_and_taken_back(kit: Kit) {
    let store = &kit.store;
    let holder = employ(store, "holder", vec![post(1, Role::Approver)]).await;
    let deputy = employ(store, "deputy", vec![post(1, Role::Clerk)]).await;
    employ(store, "elsewhere", vec![post(2, Role::Approver)]).await;
    let own = staff_posts(store, holder).await.unwrap()[0].clone();
    let today = beijing_date(store.now());
    let by = Actor::staff(holder, post(1, Role::Approver));

    for (deputy, days, refusal) in [
        ("elsewhere", (today, 5), "staff.deputy_unknown"),
        ("nobody.there", (today, 5), "staff.deputy_unknown"),
        ("holder", (today, 5), "staff.deputy_oneself"),
        ("deputy", (today, -1), "staff.days_order"),
        ("deputy", (today - Duration::days(1), 5), "staff.days_past"),
        ("deputy", (today, 200), "staff.days_many"),
    ] {
        let refused = lend(store, &by, input(own.id, deputy, days)).await;
        assert_eq!(code(refused), Some(refusal), "{deputy} {days:?}");
    }
    let colleague = Actor::staff(deputy, post(1, Role::Clerk));
    assert_eq!(code(lend(store, &colleague, input(own.id, "deputy", (today, 5))).await), Some("denied"));
    assert_eq!(code(lend(store, &stranger(), input(own.id, "deputy", (today, 5))).await), Some("not found"));
    assert_eq!(
        code(lend(store, &by.clone().proven(false), input(own.id, "deputy", (today, 5))).await),
        Some("second factor")
    );
    let id = lend(store, &by, input(own.id, "deputy", (today + Duration::days(1), 2))).await.unwrap();
    assert_eq!(
        code(lend(store, &by, input(own.id, "deputy", (today, 1))).await),
        Some("staff.delegated_already")
    );

    let session = sign_in(store, "deputy").await;
    let take = |session: Uuid, by: Actor| async move {
        act(store, &by, move |tx, by| async move { take_delegated_post(&tx, &by, session, id).await }).await
    };
    // not yet
    assert_eq!(code(take(session.id, session.actor.clone()).await), Some("not found"));
    kit.clock.advance(Duration::days(1));
    let session = sign_in(store, "deputy").await;
    let listed = own_delegations(store, &session.actor).await.unwrap();
    assert_eq!((listed[0].side, listed[0].standing), (Side::Received, DelegationStanding::InForce));
    // somebody else's
    assert_eq!(code(take(session.id, by.clone()).await), Some("not found"));
    take(session.id, session.actor.clone()).await.unwrap();
    let live = again(store, &session).await.unwrap();
    let acting = standing(store, &live).await.unwrap().unwrap();
    assert_eq!((acting.role(), acting.deputy_for()), (Some(Role::Approver), Some(holder)));
    assert!(!acting.is_proven());
    let signer = acting.signer();
    assert_eq!((signer.id, signer.on_behalf_of), (Some(deputy), Some(holder)));
    assert!(stands(store, &acting).await);
    // what is lent is not lent on
    assert_eq!(code(lend(store, &acting.clone().proven(true), input(own.id, "holder", (today + Duration::days(5), 2))).await), Some("denied"));

    // whoever moves to another office is no colleague any more
    let away = |posts: Vec<tongban_access::Post>| {
        let store = store.clone();
        async move {
            let moved: Result<bool, tongban_identity::Error> = act(&store, &operator(), move |tx, by| {
                let input = ChangeStaff { account: deputy, name: "王deputy".to_owned(), posts: posts.clone() };
                async move { change_staff(&tx, &by, input).await }
            })
            .await;
            assert!(moved.unwrap());
        }
    };
    away(vec![post(2, Role::Clerk)]).await;
    assert!(!stands(store, &acting).await);
    let live = again(store, &session).await.unwrap();
    assert!(standing(store, &live).await.unwrap().is_none());
    away(vec![post(1, Role::Clerk)]).await;
    assert!(stands(store, &acting).await);

    // after the last day it is over by itself
    kit.clock.advance(Duration::days(3));
    assert!(!stands(store, &acting).await);
    assert!(own_delegations(store, &by).await.unwrap().is_empty());

    // an operator lends for somebody who fell ill, and never to themself; the holder takes it back at once
    let today = beijing_date(store.now());
    let oneself = employ(store, "operator", vec![post(1, Role::Operator)]).await;
    let ops = Actor::staff(oneself, post(1, Role::Operator));
    assert_eq!(code(lend(store, &ops, input(own.id, "operator", (today, 5))).await), Some("staff.own_account"));
    // nor does whoever stands in for an operator lend anything on
    let stand_in = Actor::Staff { account: deputy, post: post(1, Role::Operator), proven: true, deputy_for: Some(oneself) };
    assert_eq!(code(lend(store, &stand_in, input(own.id, "elsewhere", (today, 5))).await), Some("denied"));
    let id = lend(store, &operator(), input(own.id, "deputy", (today, 5))).await.unwrap();
    assert!(stands(store, &acting).await);
    assert_eq!(end(store, &stranger(), id).await, Some("not found"));
    assert_eq!(end(store, &by, id).await, None);
    assert!(!stands(store, &acting).await);
    assert_eq!(end(store, &by, id).await, Some("not found"));
} }

both! { migrations, async fn what_its_holder_loses_is_lent_no_more(kit: Kit) {
    let store = &kit.store;
    let holder = employ(store, "holder", vec![post(1, Role::Approver), post(1, Role::Clerk)]).await;
    employ(store, "deputy", vec![post(1, Role::Clerk)]).await;
    let own = staff_posts(store, holder).await.unwrap()[0].clone();
    let today = beijing_date(store.now());
    let by = Actor::staff(holder, post(1, Role::Approver));
    let id = lend(store, &by, input(own.id, "deputy", (today, 5))).await.unwrap();
    let session = sign_in(store, "deputy").await;
    act(store, &session.actor, move |tx, by| {
        let session = session.id;
        async move { take_delegated_post(&tx, &by, session, id).await }
    })
    .await
    .unwrap();
    let live = again(store, &session).await.unwrap();
    let acting = standing(store, &live).await.unwrap().unwrap();
    // the holder moves: the post goes, the other keeps its row
    let kept = staff_posts(store, holder).await.unwrap()[1].id;
    let moved: Result<bool, tongban_identity::Error> = act(store, &operator(), move |tx, by| async move {
        let input = ChangeStaff { account: holder, name: "王holder".to_owned(), posts: vec![post(1, Role::Clerk)] };
        change_staff(&tx, &by, input).await
    })
    .await;
    assert!(moved.unwrap());
    assert_eq!(staff_posts(store, holder).await.unwrap()[0].id, kept);
    assert!(standing(store, &live).await.unwrap().is_none());
    assert!(!stands(store, &acting).await);
    assert!(own_delegations(store, &by).await.unwrap().is_empty());
    // the session falls back on the deputy's own post
    let live = again(store, &session).await.unwrap();
    assert_eq!(live.actor.role(), Some(Role::Clerk));
    assert_eq!(live.actor.deputy_for(), None);
} }
