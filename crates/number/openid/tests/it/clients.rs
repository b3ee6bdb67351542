//! Clients are written by one operator and approved by another.

use tongban_access::Actor;
use tongban_openid::{
    ClientContent, ClientStanding, Decision, Error, ProposeClient, client, hand_in_client, list_clients,
    new_client_secret, propose_client, review_client, suspend_client,
};
use tongban_store::{PageRequest, Store};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

async fn propose(
    store: &Store,
    actor: &Actor,
    known: Option<(Uuid, i32)>,
    content: ClientContent,
) -> Result<(Uuid, String), Error> {
    let (by, input) = (
        actor.clone(),
        ProposeClient {
            client: known,
            content,
        },
    );
    let new = store
        .write(actor.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { propose_client(&tx, &by, input).await }
        })
        .await?;
    Ok((new.id, new.client_id))
}

async fn hand_in(store: &Store, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let version = client(store, actor, id).await?.version;
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { hand_in_client(&tx, &by, id, version).await }
        })
        .await
}

async fn review(store: &Store, actor: &Actor, id: Uuid, decision: Decision) -> Result<(), Error> {
    let version = client(store, actor, id).await?.version;
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let (by, decision) = (by.clone(), decision.clone());
            async move { review_client(&tx, &by, id, version, decision).await }
        })
        .await
}

async fn secret(store: &Store, actor: &Actor, id: Uuid) -> Result<String, Error> {
    let version = client(store, actor, id).await?.version;
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { new_client_secret(&tx, &by, id, version).await }
        })
        .await
}

async fn suspend(store: &Store, actor: &Actor, id: Uuid, suspended: bool) -> Result<(), Error> {
    let version = client(store, actor, id).await?.version;
    let by = actor.clone();
    store
        .write(actor.signer(), move |tx| {
            let by = by.clone();
            async move { suspend_client(&tx, &by, id, version, suspended).await }
        })
        .await
}

both! { migrations,
async fn nothing_is_in_use_that_one_person_alone_wrote(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let (writer, reviewer) = (operator(1), operator(2));
    let (id, client_id) = propose(store, &writer, None, content()).await.unwrap();
    let params = asks(&client_id, &[]);
    assert_eq!(code_of(review(store, &reviewer, id, Decision::Approve).await), "openid.nothing_proposed", "not handed in");
    hand_in(store, &writer, id).await.unwrap();
    assert_eq!(code_of(review(store, &writer, id, Decision::Approve).await), "openid.own_review");
    assert_eq!(stop_of(provider.weigh(&params, None).await), "openid.client_unknown");
    assert_eq!(code_of(review(store, &reviewer, id, Decision::SendBack(" ".to_owned())).await), "openid.remark_missing");
    review(store, &reviewer, id, Decision::SendBack("哪个部门负责？".to_owned())).await.unwrap();
    assert_eq!(client(store, &writer, id).await.unwrap().remark.as_deref(), Some("哪个部门负责？"));
    hand_in(store, &writer, id).await.unwrap();
    review(store, &reviewer, id, Decision::Approve).await.unwrap();
    assert_eq!(word(&provider.weigh(&params, None).await.unwrap()), "sign in");
    let told = secret(store, &writer, id).await.unwrap();
    assert!(client(store, &writer, id).await.unwrap().has_secret);
    let mut machine = call(&client_id, &[("grant_type", "client_credentials")]);
    assert_eq!(error_of(provider.token(&machine).await), "invalid_client");
    machine.form.retain(|(name, _)| name != "client_secret");
    machine.form.push(("client_secret".to_owned(), told));
    assert!(provider.token(&machine).await.is_ok());
    secret(store, &writer, id).await.unwrap();
    assert_eq!(error_of(provider.token(&machine).await), "invalid_client", "the old secret is good no longer");
}
}

both! { migrations,
async fn a_change_is_in_use_only_when_it_is_approved(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let (writer, reviewer) = (operator(1), operator(2));
    let (id, client_id) = propose(store, &writer, None, content()).await.unwrap();
    hand_in(store, &writer, id).await.unwrap();
    review(store, &reviewer, id, Decision::Approve).await.unwrap();
    let session = signed_in(store, person(store, 12).await).await;
    let asked = asks(&client_id, &[("scope", "openid profile number")]);
    code_for(&provider, &session, &asked).await;
    let mut less = content();
    less.scopes.retain(|scope| scope != "number");
    let version = client(store, &writer, id).await.unwrap().version;
    propose(store, &writer, Some((id, version)), less.clone()).await.unwrap();
    assert!(matches!(propose(store, &writer, Some((id, version)), less.clone()).await, Err(Error::Conflict)), "a stale page");
    assert_eq!(word(&provider.weigh(&asked, Some(&session)).await.unwrap()), "ready", "not approved yet");
    hand_in(store, &writer, id).await.unwrap();
    review(store, &reviewer, id, Decision::Approve).await.unwrap();
    assert_eq!(stop_of(provider.weigh(&asked, Some(&session)).await), "invalid_scope");
    assert_eq!(word(&provider.weigh(&asks(&client_id, &[]), Some(&session)).await.unwrap()), "ready");
    let version = client(store, &writer, id).await.unwrap().version;
    let mut moved = content();
    moved.sector = "elsewhere.example".to_owned();
    assert_eq!(code_of(propose(store, &writer, Some((id, version)), moved).await), "openid.sector_stays");
    // given back what was taken, the number is asked for anew
    propose(store, &writer, Some((id, version)), content()).await.unwrap();
    hand_in(store, &writer, id).await.unwrap();
    review(store, &reviewer, id, Decision::Approve).await.unwrap();
    assert_eq!(word(&provider.weigh(&asked, Some(&session)).await.unwrap()), "ask");
}
}

both! { migrations,
async fn a_client_out_of_use_gets_nothing_and_nothing_of_it_holds(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let id = registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let told = tokens(&provider, &session, "parking", "openid offline_access").await;
    let mut gate = content();
    gate.introspects = true;
    registered(store, "gate", gate).await;
    assert!(holds(&provider, "gate", text(&told, "access_token")).await);
    suspend(store, &operator(1), id, true).await.unwrap();
    assert!(!holds(&provider, "gate", text(&told, "access_token")).await);
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_client");
    assert_eq!(stop_of(provider.weigh(&asks("parking", &[]), Some(&session)).await), "openid.client_unknown");
    assert_eq!(client(store, &operator(1), id).await.unwrap().standing, ClientStanding::Suspended);
    suspend(store, &operator(1), id, false).await.unwrap();
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant", "it stays ended");
    assert_eq!(word(&provider.weigh(&asks("parking", &[("scope", "openid")]), Some(&session)).await.unwrap()), "ready");
}
}

both! { migrations,
async fn only_operators_see_and_write_clients(kit: Kit) {
    let store = &kit.store;
    let id = registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    for actor in [Actor::Nobody, session.actor] {
        assert!(matches!(list_clients(store, &actor, PageRequest::new(1, 10)).await, Err(Error::Denied(_))));
        assert!(matches!(client(store, &actor, id).await, Err(Error::Denied(_))));
        assert!(matches!(propose(store, &actor, None, content()).await, Err(Error::Denied(_))));
    }
    assert_eq!(list_clients(store, &operator(1), PageRequest::new(1, 10)).await.unwrap().total, 1);
}
}
