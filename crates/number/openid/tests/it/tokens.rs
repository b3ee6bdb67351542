//! Codes and refresh tokens hold once; what goes back to them ends together.

use chrono::Duration;
use tongban_openid::{InfoCall, linked_apps, unlink_app};
use tongban_store::{PageRequest, Stream};
use tongban_testkit::both;

use crate::builders::*;

fn bearer(token: &str) -> InfoCall {
    InfoCall {
        method: "GET".to_owned(),
        authorization: Some(format!("Bearer {token}")),
        proofs: Vec::new(),
    }
}

both! { migrations,
async fn a_code_becomes_tokens_that_say_who_signed_in_where(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let told = tokens(&provider, &session, "parking", "openid profile number phone").await;
    assert_eq!((text(&told, "token_type"), told["expires_in"].as_i64()), ("Bearer", Some(300)));
    let id = claims(text(&told, "id_token"));
    assert_eq!((text(&id, "iss"), text(&id, "aud"), text(&id, "nonce")), (ISSUER, "parking", "of-the-request"));
    assert_eq!(text(&id, "acr"), "urn:tongban:acr:2");
    assert!(id.get("auth_time").is_none(), "two clients that are told one instant could join people by it");
    assert!(id.get("name").is_none(), "names are told by userinfo, where it is noted");
    let info = provider.userinfo(bearer(text(&told, "access_token"))).await.unwrap();
    assert_eq!((text(&info, "sub"), text(&info, "name"), text(&info, "phone_number")), (text(&id, "sub"), "王小明", "+8610012340012"));
    let number = text(&info, "citizen_number");
    let blinds = tongban_identity::subject_blinds(store, tongban_access::PartyKind::Person, number);
    let looks = store.log_about(Stream::Access, &blinds, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(looks.total, 1, "the person sees who looked");
    let little = tokens(&provider, &session, "parking", "openid").await;
    let info = provider.userinfo(bearer(text(&little, "access_token"))).await.unwrap();
    assert!(info.get("name").is_none(), "{info}");
    assert_eq!(store.log_about(Stream::Access, &blinds, PageRequest::new(1, 10)).await.unwrap().total, 1);
}
}

both! { migrations,
async fn two_sectors_know_a_person_by_two_names(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let mut sister = content();
    sister.name = "停车月票".to_owned();
    registered(store, "monthly", sister).await;
    let mut other = content();
    other.sector = "health.example".to_owned();
    registered(store, "health", other).await;
    let (one, two) = (person(store, 12).await, person(store, 14).await);
    let mut subjects = Vec::new();
    for account in [one, two] {
        let session = signed_in(store, account).await;
        for client in ["parking", "monthly", "health"] {
            let told = tokens(&provider, &session, client, "openid").await;
            let id = claims(text(&told, "id_token"));
            subjects.push((text(&id, "sub").to_owned(), text(&id, "sid").to_owned()));
        }
    }
    assert_eq!(subjects[0].0, subjects[1].0, "one sector");
    assert_ne!(subjects[0].0, subjects[2].0, "two sectors");
    assert_ne!(subjects[0].0, subjects[3].0, "two people");
    assert_ne!(subjects[0].1, subjects[1].1, "two clients do not see that it is one session");
    let session = signed_in(store, one).await;
    let again = tokens(&provider, &session, "parking", "openid").await;
    assert_eq!(text(&claims(text(&again, "id_token")), "sub"), subjects[0].0, "the same at every sign-in");
}
}

both! { migrations,
async fn a_code_that_comes_twice_ends_what_the_first_brought(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    registered(store, "other", content()).await;
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let params = asks("parking", &[]);
    let code = code_for(&provider, &session, &params).await;
    assert_eq!(error_of(trade(&provider, "other", &code).await), "invalid_grant", "somebody else's");
    for (name, wrong) in [
        ("redirect_uri", "https://parking.example/other"),
        ("code_verifier", "another-verifier-that-is-long-enough-for-the-rule"),
        ("code", "unknown"),
    ] {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
        form.retain(|(known, _)| *known != name);
        form.push((name, wrong));
        assert_eq!(error_of(provider.token(&call("parking", &form)).await), "invalid_grant", "{name}");
    }
    let told = trade(&provider, "parking", &code).await.unwrap();
    let access = text(&told, "access_token");
    assert!(holds(&provider, "parking", access).await);
    assert_eq!(error_of(trade(&provider, "parking", &code).await), "invalid_grant");
    assert!(!holds(&provider, "parking", access).await);
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
    let actions: Vec<String> = store.log_of("account", &account.to_string()).await.unwrap().into_iter().map(|line| line.action).collect();
    assert!(actions.iter().any(|action| action == "openid.replayed"), "{actions:?}");
    let late = code_for(&provider, &session, &params).await;
    later(&kit, Duration::seconds(61));
    assert_eq!(error_of(trade(&provider, "parking", &late).await), "invalid_grant", "too late");
    let over = code_for(&provider, &session, &params).await;
    signs_out(store, &session).await;
    assert_eq!(error_of(trade(&provider, "parking", &over).await), "invalid_grant", "signed out before it came");
}
}

both! { migrations,
async fn a_refresh_token_holds_once_and_a_second_use_ends_the_family(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let first = tokens(&provider, &session, "parking", "openid profile offline_access").await;
    let second = refresh(&provider, "parking", text(&first, "refresh_token")).await.unwrap();
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_eq!(claims(text(&first, "id_token"))["sub"], claims(text(&second, "id_token"))["sub"]);
    assert!(claims(text(&second, "id_token")).get("nonce").is_none());
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&second, "refresh_token")), ("scope", "openid")];
    let third = provider.token(&call("parking", &form)).await.unwrap();
    assert_eq!(third["scope"], "openid", "less may be asked for");
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&third, "refresh_token")), ("scope", "openid number")];
    assert_eq!(error_of(provider.token(&call("parking", &form)).await), "invalid_scope", "more may not");
    let fourth = refresh(&provider, "parking", text(&third, "refresh_token")).await.unwrap();
    assert_eq!(fourth["scope"], "openid profile offline_access", "what was granted is granted still");
    assert_eq!(error_of(refresh(&provider, "parking", text(&second, "refresh_token")).await), "invalid_grant");
    assert_eq!(error_of(refresh(&provider, "parking", text(&fourth, "refresh_token")).await), "invalid_grant", "both are told");
    assert!(!holds(&provider, "parking", text(&fourth, "access_token")).await);
}
}

both! { migrations,
async fn of_two_that_refresh_at_once_both_are_told(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    for _ in 0..5 {
        let told = tokens(&provider, &session, "parking", "openid offline_access").await;
        let token = text(&told, "refresh_token").to_owned();
        let (one, two) = tokio::join!(refresh(&provider, "parking", &token), refresh(&provider, "parking", &token));
        let won: Vec<_> = [one, two].into_iter().filter_map(Result::ok).collect();
        assert!(won.len() <= 1, "both got a token");
        for told in won {
            assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
            assert!(!holds(&provider, "parking", text(&told, "access_token")).await);
        }
    }
}
}

both! { migrations,
async fn without_the_person_only_what_was_asked_for_goes_on(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let bound = tokens(&provider, &session, "parking", "openid").await;
    let offline = tokens(&provider, &session, "parking", "openid offline_access").await;
    signs_out(store, &session).await;
    assert!(!holds(&provider, "parking", text(&bound, "access_token")).await);
    assert_eq!(error_of(refresh(&provider, "parking", text(&bound, "refresh_token")).await), "invalid_grant");
    work(&kit, &provider).await;
    let offline = refresh(&provider, "parking", text(&offline, "refresh_token")).await.unwrap();
    later(&kit, Duration::days(29));
    let offline = refresh(&provider, "parking", text(&offline, "refresh_token")).await.unwrap();
    later(&kit, Duration::days(31));
    assert_eq!(error_of(refresh(&provider, "parking", text(&offline, "refresh_token")).await), "invalid_grant", "it rested too long");
}
}

both! { migrations,
async fn what_is_taken_back_holds_no_longer(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let told = tokens(&provider, &session, "parking", "openid profile offline_access").await;
    let stranger = signed_in(store, person(store, 14).await).await;
    let apps = linked_apps(store, &session.actor, PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(apps.rows[0].name, "智慧停车");
    assert_eq!(linked_apps(store, &stranger.actor, PageRequest::new(1, 10)).await.unwrap().total, 0);
    let id = apps.rows[0].id;
    let unlink = |session: &tongban_identity::Session| {
        let actor = session.actor.clone();
        store.write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move { unlink_app(&tx, &actor, id).await }
        })
    };
    assert!(matches!(unlink(&stranger).await, Err(tongban_openid::Error::NotFound)), "not theirs");
    unlink(&session).await.unwrap();
    assert!(matches!(unlink(&session).await, Err(tongban_openid::Error::NotFound)), "a second time there is nothing");
    assert!(!holds(&provider, "parking", text(&told, "access_token")).await);
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
    assert_eq!(provider.userinfo(bearer(text(&told, "access_token"))).await.unwrap_err().trouble.error, "invalid_token");
    assert_eq!(word(&provider.weigh(&asks("parking", &[]), Some(&session)).await.unwrap()), "ask", "it is asked anew");
    let again = tokens(&provider, &session, "parking", "openid").await;
    assert_eq!(claims(text(&again, "id_token"))["sub"], claims(text(&told, "id_token"))["sub"]);
    let call = call("parking", &[("token", text(&again, "refresh_token"))]);
    provider.revoke(&call).await.unwrap();
    provider.revoke(&call).await.unwrap();
    assert!(!holds(&provider, "parking", text(&again, "access_token")).await, "the client gave it back");
}
}

both! { migrations,
async fn a_closed_account_is_closed_everywhere(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let told = tokens(&provider, &session, "parking", "openid offline_access").await;
    later(&kit, Duration::seconds(1));
    tongban_identity::close_account(store, &session.actor, session.id).await.unwrap();
    later(&kit, Duration::seconds(1));
    work(&kit, &provider).await;
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
}
}

both! { migrations,
async fn machines_get_tokens_for_themselves_and_for_nobody_else(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    registered(store, "other", content()).await;
    let mut gate = content();
    gate.introspects = true;
    registered(store, "gate", gate).await;
    let ask = |scope: &'static str| call("parking", &[("grant_type", "client_credentials"), ("scope", scope)]);
    let told = provider.token(&ask("parking.read")).await.unwrap();
    let access = text(&told, "access_token");
    assert_eq!((text(&claims(access), "sub"), told.get("refresh_token")), ("parking", None));
    assert_eq!(error_of(provider.token(&ask("profile")).await), "invalid_scope", "a person's is a person's to give");
    assert_eq!(error_of(provider.token(&ask("parking.write")).await), "invalid_scope");
    assert!(holds(&provider, "parking", access).await);
    assert!(holds(&provider, "gate", access).await, "registered to ask");
    assert!(!holds(&provider, "other", access).await);
    assert_eq!(provider.userinfo(bearer(access)).await.unwrap_err().trouble.error, "insufficient_scope");
    provider.revoke(&call("other", &[("token", access)])).await.unwrap();
    assert!(holds(&provider, "parking", access).await, "not theirs to give back");
    provider.revoke(&call("parking", &[("token", access)])).await.unwrap();
    assert!(!holds(&provider, "parking", access).await);
    let told = provider.token(&ask("parking.read")).await.unwrap();
    later(&kit, Duration::minutes(5));
    assert!(!holds(&provider, "parking", text(&told, "access_token")).await, "it ran out");
}
}

both! { migrations,
async fn who_a_client_is_must_be_shown_in_its_own_way(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    registered(store, "app", app()).await;
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let basic = |pair: &str| Some(format!("Basic {}", STANDARD.encode(pair)));
    let machine = pairs(&[("grant_type", "client_credentials"), ("scope", "parking.read")]);
    let with = |authorization: Option<String>, more: &[(&str, &str)]| tongban_openid::Call {
        form: [machine.clone(), pairs(more)].concat(),
        authorization,
        proofs: Vec::new(),
        ..tongban_openid::Call::default()
    };
    assert!(provider.token(&with(basic(&format!("parking:{SECRET}")), &[])).await.is_ok());
    for (call, error) in [
        (with(basic("parking:wrong"), &[]), "invalid_client"),
        (with(basic("unknown:wrong"), &[]), "invalid_client"),
        (with(basic("app:"), &[]), "invalid_client"),
        (with(Some("Basic %%%".to_owned()), &[]), "invalid_client"),
        (with(None, &[]), "invalid_client"),
        (with(None, &[("client_id", "parking")]), "invalid_client"),
        (with(None, &[("client_id", "parking"), ("client_secret", "")]), "invalid_client"),
        (with(basic(&format!("parking:{SECRET}")), &[("client_secret", SECRET)]), "invalid_request"),
        (with(basic(&format!("parking:{SECRET}")), &[("client_id", "app")]), "invalid_client"),
        (with(None, &[("client_assertion_type", "urn:x"), ("client_assertion", "a.b.c")]), "invalid_client"),
        (with(None, &[("client_id", "app")]), "unauthorized_client"),
        (with(None, &[("client_id", "app"), ("client_secret", SECRET)]), "invalid_client"),
    ] {
        assert_eq!(error_of(provider.token(&call).await), error, "{call:?}");
    }
    let foreign = pairs(&[("grant_type", "password"), ("client_id", "app")]);
    let call = tongban_openid::Call { form: foreign, ..Default::default() };
    assert_eq!(error_of(provider.token(&call).await), "unsupported_grant_type");
}
}

both! { migrations,
async fn who_wants_everybody_out_gets_everybody_out(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let account = person(store, 12).await;
    let session = signed_in(store, account).await;
    let told = tokens(&provider, &session, "parking", "openid offline_access").await;
    later(&kit, Duration::seconds(1));
    let actor = session.actor.clone();
    store.write(actor.signer(), move |tx| {
        let actor = actor.clone();
        async move { tongban_identity::sign_out_everywhere(&tx, &actor).await }
    }).await.unwrap();
    let session = signed_in(store, account).await;
    later(&kit, Duration::seconds(1));
    let after = tokens(&provider, &session, "parking", "openid offline_access").await;
    work(&kit, &provider).await;
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
    assert!(refresh(&provider, "parking", text(&after, "refresh_token")).await.is_ok(), "what began since then stays");
}
}

both! { migrations,
async fn a_closed_account_holds_nothing_before_any_word_of_it_comes(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let told = tokens(&provider, &session, "parking", "openid offline_access").await;
    tongban_identity::close_account(store, &session.actor, session.id).await.unwrap();
    assert!(!holds(&provider, "parking", text(&told, "access_token")).await);
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
}
}

both! { migrations,
async fn what_was_taken_back_does_not_come_back_with_a_new_yes(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let told = tokens(&provider, &session, "parking", "openid offline_access").await;
    let id = linked_apps(store, &session.actor, PageRequest::new(1, 1)).await.unwrap().rows[0].id;
    later(&kit, Duration::seconds(1));
    let actor = session.actor.clone();
    store.write(actor.signer(), move |tx| {
        let actor = actor.clone();
        async move { unlink_app(&tx, &actor, id).await }
    }).await.unwrap();
    later(&kit, Duration::seconds(1));
    tokens(&provider, &session, "parking", "openid offline_access").await;
    assert_eq!(error_of(refresh(&provider, "parking", text(&told, "refresh_token")).await), "invalid_grant");
    assert!(!holds(&provider, "parking", text(&told, "access_token")).await);
}
}

both! { migrations,
async fn whoever_has_the_phone_now_is_somebody_else_to_systems_of_others(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let (account, number) = newcomer(store, 12).await;
    let before = signed_in(store, account).await;
    let old = tokens(&provider, &before, "parking", "openid offline_access").await;
    later(&kit, Duration::days(400));
    // the number was given to somebody else, who shows at a window to be the holder
    checked_at_window(store, &number, 14).await;
    let after = signed_in(store, account).await;
    assert_eq!(word(&provider.weigh(&asks("parking", &[("scope", "openid")]), Some(&after)).await.unwrap()), "ask");
    later(&kit, Duration::seconds(1));
    let new = tokens(&provider, &after, "parking", "openid").await;
    assert_ne!(claims(text(&new, "id_token"))["sub"], claims(text(&old, "id_token"))["sub"]);
    assert_eq!(error_of(refresh(&provider, "parking", text(&old, "refresh_token")).await), "invalid_grant");
}
}
