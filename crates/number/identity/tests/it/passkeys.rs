//! Passkeys, as far as they go without a device: the walks in the browser have one.

use chrono::Duration;
use serde_json::json;
use tongban_identity::{
    BindPasskey, Browser, Error, PasskeySignIn, Passkeys, bind_passkey, own_passkeys, recognise_by_passkey,
    remove_passkey, sign_in_with_passkey, start_binding, start_passkey,
};
use tongban_testkit::both;
use uuid::Uuid;

use crate::builders::*;

fn site() -> Passkeys {
    Passkeys::new("https://zw.example.gov.cn", "通办").unwrap()
}

both! { migrations,
async fn a_key_is_asked_for_soon_after_signing_in(kit: Kit) {
    let store = &kit.store;
    person(store).await;
    let opened = signed_in(store).await;
    let (actor, session) = (&opened.session.actor, opened.session.id);
    let asked = start_binding(store, &site(), actor, session).await.unwrap();
    let options = &asked.options["publicKey"];
    assert_eq!(options["rp"]["id"], "zw.example.gov.cn");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    // What the device keeps about the person is masked.
    assert_eq!(options["user"]["name"], "100****5678");
    // Another session's challenge is none of this one's; an answer that is none ends it.
    let other = signed_in(store).await;
    let answer = |session| BindPasskey { session, ceremony: asked.ceremony, answer: json!({}), name: "手机".to_owned() };
    let foreign = bind_passkey(store, &site(), &other.session.actor, answer(other.session.id)).await;
    assert_eq!(code_of(foreign), "identity.passkey_failed");
    assert_eq!(code_of(bind_passkey(store, &site(), actor, answer(session)).await), "identity.passkey_failed");
    assert!(own_passkeys(store, actor).await.unwrap().is_empty());
    kit.clock.advance(Duration::minutes(15));
    assert_eq!(code_of(start_binding(store, &site(), actor, session).await), "identity.sign_in_anew");
} }

both! { migrations,
async fn a_challenge_is_good_once_and_for_five_minutes(kit: Kit) {
    let store = &kit.store;
    person(store).await;
    let opened = signed_in(store).await;
    let asked = start_passkey(store, &site()).await.unwrap();
    assert!(asked.options.get("mediation").is_none());
    assert_eq!(asked.options["publicKey"]["rpId"], "zw.example.gov.cn");
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    let answer = json!({"id": id, "rawId": id, "type": "public-key", "response": {
        "authenticatorData": id, "clientDataJSON": id, "signature": id, "userHandle": id}});
    let passkeys = site();
    let try_it = |ceremony| sign_in_with_passkey(store, &passkeys, PasskeySignIn { ceremony, answer: answer.clone(), browser: Browser::default() });
    for ceremony in [asked.ceremony, asked.ceremony, Uuid::nil()] {
        assert_eq!(code_of(try_it(ceremony).await), "identity.passkey_failed");
    }
    let (actor, session) = (&opened.session.actor, opened.session.id);
    let late = start_passkey(store, &site()).await.unwrap();
    kit.clock.advance(Duration::minutes(5));
    let answered = recognise_by_passkey(store, &site(), actor, session, late.ceremony, answer.clone()).await;
    assert_eq!(code_of(answered), "identity.passkey_failed");
    let by = actor.clone();
    let removed = store.write(actor.signer(), move |tx| {
        let by = by.clone();
        async move { remove_passkey(&tx, &by, Uuid::nil()).await }
    }).await;
    assert!(matches!(removed, Err(Error::NotFound)));
} }
