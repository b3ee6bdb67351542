//! Screens without a keyboard.

use chrono::Duration;
use serde_json::Value;
use tongban_openid::{Error, Provider, Trouble};
use tongban_testkit::both;

use crate::builders::*;

async fn poll(provider: &Provider, code: &str) -> Result<Value, Trouble> {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code),
    ];
    provider.token(&call("kiosk", &form)).await
}

both! { migrations,
async fn a_kiosk_waits_for_a_yes_on_the_phone(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "kiosk", content()).await;
    registered(store, "other", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let asks = call("kiosk", &[("scope", "openid profile")]);
    let start = || provider.start_device(&asks);
    let device = start().await.unwrap();
    assert_eq!(error_of(poll(&provider, &device.device_code).await), "authorization_pending");
    assert_eq!(error_of(poll(&provider, &device.device_code).await), "slow_down");
    later(&kit, Duration::seconds(6));
    assert_eq!(error_of(poll(&provider, &device.device_code).await), "slow_down", "five seconds more are asked for");
    later(&kit, Duration::seconds(20));
    assert_eq!(error_of(poll(&provider, &device.device_code).await), "authorization_pending");
    let typed = device.user_code.to_lowercase().replace('-', " ");
    assert_eq!(provider.device_ask(&session, &typed).await.unwrap().code, device.user_code);
    assert_eq!(code_of(provider.device_ask(&session, "BCDF-GHJK").await), "openid.device_unknown");
    provider.answer_device(&session, &typed, true).await.unwrap();
    assert_eq!(code_of(provider.answer_device(&session, &typed, true).await), "openid.device_unknown", "once");
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.device_code.as_str())];
    assert_eq!(error_of(provider.token(&call("other", &form)).await), "invalid_grant", "another client's");
    let told = poll(&provider, &device.device_code).await.unwrap();
    assert!(holds(&provider, "kiosk", text(&told, "access_token")).await);
    assert_eq!(error_of(poll(&provider, &device.device_code).await), "invalid_grant", "it is answered once");

    let no = start().await.unwrap();
    provider.answer_device(&session, &no.user_code, false).await.unwrap();
    assert_eq!(error_of(poll(&provider, &no.device_code).await), "access_denied");
    let late = start().await.unwrap();
    later(&kit, Duration::minutes(11));
    assert_eq!(code_of(provider.device_ask(&session, &late.user_code).await), "openid.device_unknown");
    assert_eq!(error_of(poll(&provider, &late.device_code).await), "expired_token");

    // whoever signs out on the phone signs out at the kiosk
    signs_out(store, &session).await;
    assert!(!holds(&provider, "kiosk", text(&told, "access_token")).await);
}
}

both! { migrations,
async fn codes_are_not_guessed_and_levels_are_asked_for(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "kiosk", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let sure = call("kiosk", &[("scope", "openid"), ("acr_values", "urn:tongban:acr:3")]);
    let device = provider.start_device(&sure).await.unwrap();
    let Err(Error::Denied(denied)) = provider.device_ask(&session, &device.user_code).await else { panic!("not asked for") };
    assert_eq!(denied.needs, Some(tongban_access::Assurance::InPerson));
    for _ in 0..10 {
        assert_eq!(code_of(provider.device_ask(&session, "BCDF-GHJK").await), "openid.device_unknown");
    }
    assert_eq!(code_of(provider.device_ask(&session, "BCDF-GHJK").await), "openid.device_too_many");
    let mut web = content();
    web.grants.retain(|grant| grant.as_str() != "device_code");
    registered(store, "web", web).await;
    assert_eq!(error_of(provider.start_device(&call("web", &[("scope", "openid")])).await), "unauthorized_client");
    assert_eq!(error_of(provider.start_device(&call("kiosk", &[("scope", "openid secrets")])).await), "invalid_scope");
}
}
