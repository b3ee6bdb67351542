//! Clients that show themselves by a key, and tokens that are bound to one.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use tongban_crypto::sha256_base64url;
use tongban_openid::{Call, ClientAuth, InfoCall};
use tongban_store::Store;
use tongban_testkit::both;

use crate::builders::*;

/// A key of somebody else.
struct Key(SigningKey);

impl Key {
    fn new(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(&bytes[1..33]), "y": URL_SAFE_NO_PAD.encode(&bytes[33..]) })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature: Signature = self.0.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    fn proof(&self, store: &Store, change: &[(&str, Value)]) -> String {
        let mut claims = json!({
            "jti": store.random_code(), "htm": "POST", "htu": format!("{ISSUER}/openid/token"), "iat": store.now().timestamp(),
        });
        for (name, value) in change {
            claims[*name] = value.clone();
        }
        self.sign(
            &json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() }),
            &claims,
        )
    }
}

fn with_proof(mut call: Call, proof: &str) -> Call {
    call.proofs = vec![proof.to_owned()];
    call
}

both! { migrations,
async fn a_token_that_is_bound_to_a_key_is_nothing_without_it(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let mut bound = content();
    bound.proof_needed = true;
    registered(store, "parking", bound).await;
    let session = signed_in(store, person(store, 12).await).await;
    let (key, thief) = (Key::new(7), Key::new(9));
    let code = code_for(&provider, &session, &asks("parking", &[])).await;
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    let trade = call("parking", &form);
    assert_eq!(error_of(provider.token(&trade).await), "invalid_dpop_proof", "none");
    for (name, value) in [
        ("htm", json!("GET")),
        ("htu", json!("https://evil.example/openid/token")),
        ("iat", json!(store.now().timestamp() - 3600)),
        ("iat", json!(store.now().timestamp() + 3600)),
        ("ath", json!("x")),
        ("jti", json!("")),
    ] {
        let proof = key.proof(store, &[(name, value.clone())]);
        assert_eq!(error_of(provider.token(&with_proof(trade.clone(), &proof)).await), "invalid_dpop_proof", "{name} {value}");
    }
    let symmetric = key.sign(&json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": { "kty": "oct", "k": "c2VjcmV0" } }), &json!({}));
    let untyped = key.sign(&json!({ "typ": "JWT", "alg": "ES256", "jwk": key.jwk() }), &json!({ "jti": "1", "htm": "POST", "htu": format!("{ISSUER}/openid/token"), "iat": store.now().timestamp() }));
    let foreign = thief.sign(&json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk() }), &json!({ "jti": "1", "htm": "POST", "htu": format!("{ISSUER}/openid/token"), "iat": store.now().timestamp() }));
    for proof in [symmetric, untyped, foreign, "a.b.c".to_owned(), String::new()] {
        assert_eq!(error_of(provider.token(&with_proof(trade.clone(), &proof)).await), "invalid_dpop_proof", "{proof}");
    }
    let proof = key.proof(store, &[]);
    let told = provider.token(&with_proof(trade.clone(), &proof)).await.unwrap();
    assert_eq!(told["token_type"], "DPoP");
    let refresh = call("parking", &[("grant_type", "refresh_token"), ("refresh_token", text(&told, "refresh_token"))]);
    assert_eq!(error_of(provider.token(&with_proof(refresh.clone(), &proof)).await), "invalid_dpop_proof", "the proof was used");
    let told = provider.token(&with_proof(refresh, &key.proof(store, &[]))).await.unwrap();
    let access = text(&told, "access_token");
    let look = |scheme: &str, proof: Option<String>| InfoCall {
        method: "GET".to_owned(),
        authorization: Some(format!("{scheme} {access}")),
        proofs: proof.into_iter().collect(),
    };
    let for_info = |key: &Key| key.proof(store, &[
        ("htm", json!("GET")), ("htu", json!(format!("{ISSUER}/openid/userinfo"))), ("ath", json!(sha256_base64url(access))),
    ]);
    assert_eq!(provider.userinfo(look("Bearer", None)).await.unwrap_err().trouble.error, "invalid_token");
    assert_eq!(provider.userinfo(look("DPoP", None)).await.unwrap_err().trouble.error, "invalid_dpop_proof");
    assert_eq!(provider.userinfo(look("DPoP", Some(for_info(&thief)))).await.unwrap_err().trouble.error, "invalid_dpop_proof");
    let proof = for_info(&key);
    assert_eq!(provider.userinfo(look("DPoP", Some(proof.clone()))).await.unwrap()["name"], "王小明");
    assert_eq!(provider.userinfo(look("DPoP", Some(proof))).await.unwrap_err().trouble.error, "invalid_dpop_proof");
}
}

both! { migrations,
async fn a_code_that_was_asked_for_with_a_key_is_for_that_key(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "parking", content()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let (key, thief) = (Key::new(7), Key::new(9));
    let asked: Vec<(String, String)> = asks("parking", &[]);
    let form: Vec<(&str, &str)> = asked.iter().filter(|(name, _)| name != "client_id").map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let proof = key.proof(store, &[("htu", json!(format!("{ISSUER}/openid/par")))]);
    let pushed = provider.push(&with_proof(call("parking", &form), &proof)).await.unwrap();
    let code = code_for(&provider, &session, &pairs(&[("client_id", "parking"), ("request_uri", &pushed.request_uri)])).await;
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    let trade = call("parking", &form);
    assert_eq!(error_of(provider.token(&trade).await), "invalid_dpop_proof");
    assert_eq!(error_of(provider.token(&with_proof(trade.clone(), &thief.proof(store, &[]))).await), "invalid_dpop_proof");
    assert!(provider.token(&with_proof(trade, &key.proof(store, &[]))).await.is_ok());
}
}

both! { migrations,
async fn a_client_shows_itself_by_its_key_once_each_time(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    let (key, thief) = (Key::new(7), Key::new(9));
    let mut keyed = content();
    keyed.auth = ClientAuth::Key;
    keyed.keys = Some(json!({ "keys": [key.jwk()] }));
    registered(store, "parking", keyed).await;
    let now = store.now().timestamp();
    let assertion = |key: &Key, change: &[(&str, Value)]| {
        let mut claims = json!({ "iss": "parking", "sub": "parking", "aud": ISSUER, "exp": now + 60, "iat": now, "jti": store.random_code() });
        for (name, value) in change {
            claims[*name] = value.clone();
        }
        let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
        let form = pairs(&[
            ("grant_type", "client_credentials"),
            ("scope", "parking.read"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ]);
        Call { form, ..Call::default() }
    };
    let good = assertion(&key, &[("aud", json!([format!("{ISSUER}/openid/token")]))]);
    assert!(provider.token(&good).await.is_ok());
    assert_eq!(error_of(provider.token(&good).await), "invalid_client", "a second time");
    assert_eq!(error_of(provider.token(&assertion(&thief, &[])).await), "invalid_client");
    for (name, value) in [
        ("iss", json!("other")),
        ("sub", json!("other")),
        ("aud", json!("https://evil.example")),
        ("exp", json!(now - 3600)),
        ("exp", json!(now + 86_400)),
        ("jti", json!("")),
    ] {
        assert_eq!(error_of(provider.token(&assertion(&key, &[(name, value.clone())])).await), "invalid_client", "{name} {value}");
    }
    let with_secret = call("parking", &[("grant_type", "client_credentials")]);
    assert_eq!(error_of(provider.token(&with_secret).await), "invalid_client");
}
}

both! { migrations,
async fn a_client_without_a_secret_refreshes_with_its_first_key_alone(kit: Kit) {
    let store = &kit.store;
    let provider = provider(&kit).await;
    registered(store, "app", app()).await;
    let session = signed_in(store, person(store, 12).await).await;
    let (key, thief) = (Key::new(7), Key::new(9));
    let nameless = |form: &[(&str, &str)]| Call {
        form: [pairs(form), pairs(&[("client_id", "app")])].concat(),
        ..Call::default()
    };
    let code = code_for(&provider, &session, &asks("app", &[])).await;
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK), ("code_verifier", VERIFIER)];
    let told = provider.token(&with_proof(nameless(&form), &key.proof(store, &[]))).await.unwrap();
    let refresh = nameless(&[("grant_type", "refresh_token"), ("refresh_token", text(&told, "refresh_token"))]);
    assert_eq!(error_of(provider.token(&refresh).await), "invalid_dpop_proof");
    assert_eq!(error_of(provider.token(&with_proof(refresh.clone(), &thief.proof(store, &[]))).await), "invalid_dpop_proof");
    let told = provider.token(&with_proof(refresh, &key.proof(store, &[]))).await.unwrap();
    assert_eq!(told["token_type"], "DPoP");
    let asks_others = Call { form: pairs(&[("client_id", "app"), ("token", text(&told, "access_token"))]), ..Call::default() };
    assert_eq!(error_of(provider.introspect(&asks_others).await), "invalid_client", "who is nobody asks about nothing");
}
}
