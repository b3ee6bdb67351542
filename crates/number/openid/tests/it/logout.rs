//! Signing out, here and there.

use std::sync::{Arc, Mutex};

use axum::{Form, Router, extract::State, http::StatusCode, routing::post};
use chrono::Duration;
use tongban_store::PageRequest;
use tongban_testkit::both;

use crate::builders::*;

#[derive(Clone, Default)]
struct Heard {
    tokens: Arc<Mutex<Vec<String>>>,
    deaf: Arc<Mutex<bool>>,
}

async fn hear(State(heard): State<Heard>, Form(form): Form<Vec<(String, String)>>) -> StatusCode {
    if *heard.deaf.lock().unwrap() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    heard
        .tokens
        .lock()
        .unwrap()
        .extend(form.into_iter().map(|(_, token)| token));
    StatusCode::OK
}

/// A client's own server: its address, and what it heard.
async fn listens() -> (String, Heard) {
    let heard = Heard::default();
    let router = Router::new()
        .route("/heard", post(hear))
        .with_state(heard.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/heard", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, heard)
}

both! { migrations,
async fn clients_hear_that_somebody_signed_out(kit: Kit) {
    let store = &kit.store;
    // clients on the machine itself are told only where the provider stands there too: in the demo
    let provider = provider_at(&kit, "http://127.0.0.1:8080").await;
    let (address, heard) = listens().await;
    let mut listening = content();
    listening.back_channel_uri = Some(address);
    registered(store, "parking", listening).await;
    registered(store, "deaf", content()).await;
    let account = person(store, 12).await;
    let (session, other) = (signed_in(store, account).await, signed_in(store, account).await);
    let told = tokens(&provider, &session, "parking", "openid").await;
    let stays = tokens(&provider, &other, "parking", "openid").await;
    tokens(&provider, &session, "deaf", "openid").await;
    *heard.deaf.lock().unwrap() = true;
    later(&kit, Duration::seconds(1));
    signs_out(store, &session).await;
    work(&kit, &provider).await;
    assert!(heard.tokens.lock().unwrap().is_empty());
    assert_eq!(store.waiting_work(PageRequest::new(1, 10)).await.unwrap().total, 1, "it is tried again");
    *heard.deaf.lock().unwrap() = false;
    later(&kit, Duration::minutes(10));
    work(&kit, &provider).await;
    let words = heard.tokens.lock().unwrap().clone();
    assert_eq!(words.len(), 1);
    let word = claims(&words[0]);
    let id = claims(text(&told, "id_token"));
    assert_eq!((&word["sid"], &word["sub"], &word["aud"]), (&id["sid"], &id["sub"], &id["aud"]));
    assert!(word["events"].get("http://schemas.openid.net/event/backchannel-logout").is_some());
    assert!(word.get("nonce").is_none());
    assert!(holds(&provider, "parking", text(&stays, "refresh_token")).await, "the other session goes on");
}
}

both! { migrations,
async fn people_come_to_be_signed_out_and_go_back_where_they_may(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    registered(store, "other", content()).await;
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let told = tokens(&provider, &session, "parking", "openid").await;
    let hint = text(&told, "id_token");
    let bye = "https://parking.example/bye";
    let ask = provider.sign_out_ask(&pairs(&[("id_token_hint", hint), ("post_logout_redirect_uri", bye), ("state", "s")]), Some(&session)).await.unwrap();
    assert!(ask.sure);
    assert_eq!(ask.back.as_deref(), Some("https://parking.example/bye?state=s"));
    let other = signed_in(store, account).await;
    let ask = provider.sign_out_ask(&pairs(&[("id_token_hint", hint)]), Some(&other)).await.unwrap();
    assert!(!ask.sure, "another session: the person is asked");
    let ask = provider.sign_out_ask(&pairs(&[("client_id", "parking"), ("post_logout_redirect_uri", bye)]), Some(&session)).await.unwrap();
    assert!(!ask.sure && ask.back.is_some());
    for wrong in [
        pairs(&[("client_id", "parking"), ("post_logout_redirect_uri", "https://evil.example/")]),
        pairs(&[("post_logout_redirect_uri", bye)]),
        pairs(&[("client_id", "other"), ("id_token_hint", hint)]),
        pairs(&[("id_token_hint", text(&told, "access_token")), ("post_logout_redirect_uri", bye)]),
    ] {
        assert_eq!(stop_of(provider.sign_out_ask(&wrong, Some(&session)).await), "openid.logout_unknown", "{wrong:?}");
    }
}
}
