//! Keys are published before they sign, and after.

use chrono::Duration;
use serde_json::Value;
use tongban_exchange::http_client;
use tongban_openid::{Provider, Rotation};
use tongban_testkit::both;

use crate::builders::*;

async fn kids(provider: &Provider) -> Vec<String> {
    let jwks = provider.jwks().await.unwrap();
    let all = jwks["keys"].as_array().unwrap();
    assert!(all.iter().all(|key| key.get("d").is_none()), "nothing private");
    all.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn signed_by(token: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

both! { migrations,
async fn a_new_key_is_seen_for_a_day_before_it_signs(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    assert_eq!(kids(&provider).await.len(), 1);
    let again = Provider::open(store.clone(), ISSUER, http_client().unwrap()).await.unwrap();
    assert_eq!(kids(&again).await, kids(&provider).await, "a second process makes no keys of its own");
    let before = tokens(&provider, &session, "parking", "openid").await;
    let old = signed_by(text(&before, "id_token"));
    provider.rotate_keys(Rotation::Planned).await.unwrap();
    assert_eq!(kids(&provider).await.len(), 2);
    let told = tokens(&provider, &session, "parking", "openid").await;
    assert_eq!(signed_by(text(&told, "id_token")), old);
    later(&kit, Duration::hours(25));
    let session = signed_in(store, session.account.id).await;
    let told = tokens(&provider, &session, "parking", "openid").await;
    let new = signed_by(text(&told, "id_token"));
    assert_ne!(new, old);
    assert!(kids(&provider).await.contains(&old), "what it signed is looked at still");
    later(&kit, Duration::days(2));
    work(&kit, &provider).await;
    assert!(!kids(&provider).await.contains(&old));
    assert!(kids(&provider).await.contains(&new));
}
}

both! { migrations,
async fn a_key_that_leaked_is_gone_at_once(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let told = tokens(&provider, &session, "parking", "openid").await;
    let old = signed_by(text(&told, "access_token"));
    provider.rotate_keys(Rotation::AtOnce).await.unwrap();
    assert!(!kids(&provider).await.contains(&old));
    assert!(!holds(&provider, "parking", text(&told, "access_token")).await);
    let told = refresh(&provider, "parking", text(&told, "refresh_token")).await.unwrap();
    assert_ne!(signed_by(text(&told, "access_token")), old);
    assert!(holds(&provider, "parking", text(&told, "access_token")).await);
}
}

both! { migrations,
async fn who_asks_for_sm2_gets_sm2(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let mut national = content();
    national.algorithm = "SM2".to_owned();
    registered(store, "parking", national).await;
    let session = signed_in(store, person(store, 12).await).await;
    let told = tokens(&provider, &session, "parking", "openid").await;
    let (usual, national) = (provider.jwks().await.unwrap(), provider.sm2_jwks().await.unwrap());
    let key = |jwks: &Value, token: &str| {
        let kid = signed_by(token);
        jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap().clone()
    };
    assert_eq!(key(&national, text(&told, "id_token"))["crv"], "SM2");
    assert_eq!(key(&usual, text(&told, "access_token"))["crv"], "P-256", "access tokens are for us and for systems that ask us");
}
}

both! { migrations,
async fn keys_are_rotated_by_themselves(kit: Kit) {
    let provider = provider(&kit).await;
    let first = kids(&provider).await;
    for _ in 0..95 {
        later(&kit, Duration::days(1));
        work(&kit, &provider).await;
        assert!(!kids(&provider).await.is_empty());
    }
    let now = kids(&provider).await;
    assert!(first.iter().all(|kid| !now.contains(kid)), "after three months others sign");
    assert_eq!(now.len(), 1);
}
}
