//! Tokens that systems of others verify.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use tongban_crypto::{TokenAlgorithm, TokenKey, sha256_base64url};

#[test]
fn a_token_holds_for_its_key_its_kind_and_its_words() {
    for algorithm in TokenAlgorithm::ALL {
        let (secret, key) = TokenKey::generate(algorithm).unwrap();
        let token = key
            .sign("at+jwt", &json!({ "sub": "somebody", "exp": 5 }))
            .unwrap();
        assert_eq!(
            TokenKey::named_by(&token).unwrap(),
            (key.kid().to_owned(), "at+jwt".to_owned())
        );
        let again = TokenKey::from_secret(algorithm, &secret).unwrap();
        assert_eq!(again.jwk(), key.jwk(), "the secret is the key");
        assert_eq!(again.verify("at+jwt", &token).unwrap()["sub"], "somebody");
        assert!(key.verify("JWT", &token).is_none(), "another kind");
        let (_, other) = TokenKey::generate(algorithm).unwrap();
        assert!(other.verify("at+jwt", &token).is_none(), "another key");
        for position in [3, token.len() / 2, token.len() - 3] {
            let mut spoilt = token.clone().into_bytes();
            spoilt[position] = if spoilt[position] == b'A' { b'B' } else { b'A' };
            let spoilt = String::from_utf8(spoilt).unwrap();
            assert!(
                key.verify("at+jwt", &spoilt).is_none(),
                "{algorithm:?} {position}"
            );
        }
        for nonsense in ["", ".", "..", "a.b.c", "e30.e30.", &token[..token.len() - 4]] {
            assert!(key.verify("at+jwt", nonsense).is_none(), "{nonsense}");
        }
    }
}

#[test]
fn nobody_talks_a_key_into_no_signature() {
    let (_, key) = TokenKey::generate(TokenAlgorithm::Es256).unwrap();
    let token = key.sign("at+jwt", &json!({ "sub": "somebody" })).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    for algorithm in ["none", "None", "HS256", "SM2"] {
        let header = json!({ "alg": algorithm, "typ": "at+jwt", "kid": key.kid() }).to_string();
        let forged = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(header));
        assert!(key.verify("at+jwt", &forged).is_none(), "{algorithm}");
    }
}

#[test]
fn the_challenge_of_the_standard() {
    // RFC 7636, appendix B
    assert_eq!(
        sha256_base64url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}
