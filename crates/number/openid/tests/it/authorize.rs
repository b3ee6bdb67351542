//! What a person must do before a client gets its answer.

use chrono::Duration;
use tongban_openid::{Answer, Weighed};
use tongban_testkit::both;

use crate::builders::*;

both! { migrations,
async fn a_person_signs_in_says_yes_once_and_is_not_asked_again(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let params = asks("parking", &[]);
    assert_eq!(word(&provider.weigh(&params, None).await.unwrap()), "sign in");
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let Weighed::Ask(ask) = provider.weigh(&params, Some(&session)).await.unwrap() else { panic!("nobody asks") };
    assert_eq!((ask.name.as_str(), ask.scopes.join(" ").as_str()), ("智慧停车", "openid profile"));
    assert_eq!(ask.back_origin, "https://parking.example");
    assert!(provider.answer(&params, &session, Answer::AsBefore).await.unwrap().is_none(), "it was never said");
    code_for(&provider, &session, &params).await;
    assert_eq!(word(&provider.weigh(&params, Some(&session)).await.unwrap()), "ready");
    let more = asks("parking", &[("scope", "openid profile number")]);
    assert_eq!(word(&provider.weigh(&more, Some(&session)).await.unwrap()), "ask", "more is asked for");
    let anew = asks("parking", &[("prompt", "consent")]);
    assert_eq!(word(&provider.weigh(&anew, Some(&session)).await.unwrap()), "ask");
    assert_eq!(stop_of(provider.answer(&more, &session, Answer::No).await), "access_denied");
}
}

both! { migrations,
async fn nobody_is_sent_to_an_address_that_nobody_registered(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    for (changes, code) in [
        (("client_id", "unknown"), "openid.client_unknown"),
        (("client_id", ""), "openid.client_unknown"),
        (("redirect_uri", "https://evil.example/back"), "openid.redirect_unknown"),
        (("redirect_uri", "https://parking.example/back/"), "openid.redirect_unknown"),
        (("redirect_uri", "https://parking.example/back?x=1"), "openid.redirect_unknown"),
        (("redirect_uri", ""), "openid.redirect_unknown"),
        (("request_uri", "https://evil.example/request"), "openid.request_over"),
        (("request_uri", "urn:ietf:params:oauth:request_uri:unknown"), "openid.request_over"),
    ] {
        assert_eq!(stop_of(provider.weigh(&asks("parking", &[changes]), None).await), code, "{changes:?}");
    }
    // whatever else is wrong goes back to where it came from, with the name of who says so
    for (changes, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("scope", "openid secrets"), "invalid_scope"),
    ] {
        assert_eq!(stop_of(provider.weigh(&asks("parking", &[changes]), None).await), error, "{changes:?}");
    }
}
}

both! { migrations,
async fn a_silent_request_never_shows_a_page(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let silent = asks("parking", &[("prompt", "none")]);
    assert_eq!(stop_of(provider.weigh(&silent, None).await), "login_required");
    let session = signed_in(store, person(store, 12).await).await;
    assert_eq!(stop_of(provider.weigh(&silent, Some(&session)).await), "consent_required");
    code_for(&provider, &session, &asks("parking", &[])).await;
    assert_eq!(word(&provider.weigh(&silent, Some(&session)).await.unwrap()), "ready");
    let surer = asks("parking", &[("prompt", "none"), ("acr_values", "urn:tongban:acr:3")]);
    assert_eq!(stop_of(provider.weigh(&surer, Some(&session)).await), "interaction_required");
    let surer = asks("parking", &[("acr_values", "urn:tongban:acr:3")]);
    assert_eq!(word(&provider.weigh(&surer, Some(&session)).await.unwrap()), "in person");
}
}

both! { migrations,
async fn a_sign_in_that_is_too_old_is_done_anew(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    registered(store, "other", content()).await;
    let account = person(store, 12).await;
    let old = signed_in(store, account).await;
    later(&kit, Duration::minutes(10));
    let fresh = asks("parking", &[("max_age", "900")]);
    assert_eq!(word(&provider.weigh(&fresh, Some(&old)).await.unwrap()), "ask");
    for asked in [asks("parking", &[("max_age", "300")]), asks("parking", &[("prompt", "login")])] {
        let Weighed::SignIn { since: Some(since) } = provider.weigh(&asked, Some(&old)).await.unwrap() else {
            panic!("{asked:?}")
        };
        let marked = |since: &(String, String)| [asked.clone(), vec![since.clone()]].concat();
        assert_eq!(word(&provider.weigh(&marked(&since), Some(&old)).await.unwrap()), "sign in");
        let new = signed_in(store, account).await;
        assert_eq!(word(&provider.weigh(&marked(&since), Some(&new)).await.unwrap()), "ask");
        // nobody writes such a mark but us, for this request, and it does not hold for long
        let forged = (since.0.clone(), since.1.replacen('1', "2", 1));
        assert_eq!(word(&provider.weigh(&marked(&forged), Some(&old)).await.unwrap()), "sign in anew");
        let mut another = marked(&since);
        another.retain(|(name, _)| name != "state");
        assert_eq!(word(&provider.weigh(&another, Some(&old)).await.unwrap()), "sign in anew");
        later(&kit, Duration::minutes(16));
        assert_eq!(word(&provider.weigh(&marked(&since), Some(&old)).await.unwrap()), "sign in anew");
    }
}
}

both! { migrations,
async fn a_program_that_cannot_show_who_it_is_asks_each_time(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let mut local = app();
    local.redirect_uris = vec!["http://127.0.0.1/back".to_owned()];
    registered(store, "app", local).await;
    let session = signed_in(store, person(store, 12).await).await;
    let asked = asks("app", &[("redirect_uri", "http://127.0.0.1:51234/back")]);
    for _ in 0..2 {
        assert_eq!(word(&provider.weigh(&asked, Some(&session)).await.unwrap()), "ask");
        code_for(&provider, &session, &asked).await;
    }
    assert_eq!(stop_of(provider.weigh(&asks("app", &[("redirect_uri", "http://127.0.0.1:5/back"), ("prompt", "none")]), Some(&session)).await), "consent_required");
    assert_eq!(stop_of(provider.weigh(&asks("app", &[("redirect_uri", "http://127.0.0.1:5/other")]), Some(&session)).await), "openid.redirect_unknown");
}
}

both! { migrations,
async fn a_hint_of_somebody_else_is_told(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let other = signed_in(store, person(store, 14).await).await;
    let told = tokens(&provider, &session, "parking", "openid").await;
    let hinted = asks("parking", &[("scope", "openid"), ("id_token_hint", text(&told, "id_token"))]);
    assert_eq!(word(&provider.weigh(&hinted, Some(&session)).await.unwrap()), "ready");
    assert_eq!(stop_of(provider.weigh(&hinted, Some(&other)).await), "login_required");
}
}

both! { migrations,
async fn a_pushed_request_is_for_its_client_and_for_one_answer(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let mut pushing = content();
    pushing.pushed_only = true;
    registered(store, "parking", pushing).await;
    registered(store, "other", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    assert_eq!(stop_of(provider.weigh(&asks("parking", &[]), None).await), "invalid_request");
    let push = |changes: &'static [(&'static str, &'static str)]| {
        let form: Vec<(String, String)> = asks("parking", changes);
        let form: Vec<(&str, &str)> = form.iter().filter(|(name, _)| name != "client_id").map(|(name, value)| (name.as_str(), value.as_str())).collect();
        call("parking", &form)
    };
    assert_eq!(error_of(provider.push(&push(&[("redirect_uri", "https://evil.example/")])).await), "invalid_request");
    assert_eq!(error_of(provider.push(&push(&[("scope", "openid secrets")])).await), "invalid_scope");
    assert_eq!(error_of(provider.push(&push(&[("client_secret", "wrong")])).await), "invalid_request", "it stands there twice");
    let pushed = provider.push(&push(&[])).await.unwrap();
    let comes = |client: &str| pairs(&[("client_id", client), ("request_uri", &pushed.request_uri)]);
    assert_eq!(stop_of(provider.weigh(&comes("other"), None).await), "openid.request_over");
    let params = comes("parking");
    assert_eq!(word(&provider.weigh(&params, Some(&session)).await.unwrap()), "ask");
    let code = code_for(&provider, &session, &params).await;
    assert_eq!(stop_of(provider.answer(&params, &session, Answer::Yes).await), "openid.request_over");
    assert_eq!(trade(&provider, "parking", &code).await.unwrap()["scope"], "openid profile");
    let pushed = provider.push(&push(&[])).await.unwrap();
    later(&kit, Duration::minutes(10));
    let late = pairs(&[("client_id", "parking"), ("request_uri", &pushed.request_uri)]);
    assert_eq!(stop_of(provider.weigh(&late, None).await), "openid.request_over");
}
}
