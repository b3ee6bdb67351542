//! A platform of others that can lie, and what of it is believed.

use std::sync::{Arc, Mutex};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tongban_identity::{UpstreamAnswer, UpstreamAsked, UpstreamPerson, UpstreamProvider, UpstreamTrouble};
use tongban_store::Store;
use tongban_testkit::both;
use tongban_upstream::{UpstreamSetting, check, upstream_providers};

const SECRET: &str = "a secret of two sides";
const NUMBER: &str = "519900199005170129";

/// How a platform lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    None,
    OtherIssuer,
    OtherAudience,
    AnAudienceMore,
    OtherParty,
    OtherNonce,
    NoNonce,
    NoSignature,
    SharedSecret,
    OtherKey,
    Expired,
    LongAgo,
    FromTomorrow,
    NoToken,
    NobodyNamed,
    OtherPerson,
    Huge,
    Elsewhere,
    Broken,
    Silent,
    DiscoversAnother,
    PageInTheClear,
}

struct Liar {
    base: String,
    now: DateTime<Utc>,
    lie: Mutex<Lie>,
    /// The key that signs, and its name.
    key: Mutex<(u8, &'static str)>,
    asked: Mutex<Option<(UpstreamAsked, String)>>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

impl Liar {
    fn lies(&self, lie: Lie) -> bool {
        *self.lie.lock().unwrap() == lie
    }

    fn token(&self) -> String {
        let (asked, _) = self.asked.lock().unwrap().clone().unwrap();
        let now = self.now.timestamp();
        let mut claims = json!({
            "iss": self.base, "sub": "person-1", "aud": "tongban", "exp": now + 300, "iat": now, "nonce": asked.nonce,
            "auth_time": now, "name": "王小明",
        });
        let lie = *self.lie.lock().unwrap();
        match lie {
            Lie::OtherIssuer => claims["iss"] = json!("https://elsewhere.example"),
            Lie::OtherAudience => claims["aud"] = json!("another"),
            Lie::AnAudienceMore => claims["aud"] = json!(["tongban", "another"]),
            Lie::OtherParty => claims["azp"] = json!("another"),
            Lie::OtherNonce => claims["nonce"] = json!("another"),
            Lie::NoNonce => {
                claims.as_object_mut().unwrap().remove("nonce");
            }
            Lie::Expired => claims["exp"] = json!(now),
            Lie::LongAgo => claims["iat"] = json!(now - 601),
            Lie::FromTomorrow => claims["iat"] = json!(now + 86_400),
            Lie::NobodyNamed => claims["sub"] = json!(""),
            _ => {}
        }
        let (seed, kid) = *self.key.lock().unwrap();
        let algorithm = match lie {
            Lie::NoSignature => "none",
            Lie::SharedSecret => "HS256",
            _ => "ES256",
        };
        let head = json!({ "alg": algorithm, "typ": "JWT", "kid": kid });
        let words = format!("{}.{}", encoded(&head), encoded(&claims));
        let signed = match lie {
            Lie::NoSignature => Vec::new(),
            Lie::SharedSecret => mac_of(&words),
            _ => {
                let seed = if lie == Lie::OtherKey { 99 } else { seed };
                let signature: Signature = key(seed).sign(words.as_bytes());
                signature.to_bytes().to_vec()
            }
        };
        format!("{words}.{}", URL_SAFE_NO_PAD.encode(signed))
    }
}

/// HMAC-SHA256 under the client's secret: a signature that would hold, if such were believed.
fn mac_of(words: &str) -> Vec<u8> {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(words.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

async fn discovery(State(liar): State<Arc<Liar>>) -> Json<Value> {
    let base = &liar.base;
    let issuer = if liar.lies(Lie::DiscoversAnother) {
        "https://elsewhere.example"
    } else {
        base
    };
    let page = if liar.lies(Lie::PageInTheClear) {
        "http://elsewhere.example/authorize".to_owned()
    } else {
        format!("{base}/authorize")
    };
    Json(json!({
        "issuer": issuer, "authorization_endpoint": page, "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"), "userinfo_endpoint": format!("{base}/person"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(liar): State<Arc<Liar>>) -> Json<Value> {
    let (seed, kid) = *liar.key.lock().unwrap();
    let point = key(seed).verifying_key().to_sec1_point(false);
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({ "keys": [
        { "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": part(point.x().unwrap()), "y": part(point.y().unwrap()) },
        { "kty": "a kind that nobody knows" },
    ]}))
}

async fn token(
    State(liar): State<Arc<Liar>>,
    headers: HeaderMap,
    Form(posted): Form<Map<String, Value>>,
) -> Response {
    let lie = *liar.lie.lock().unwrap();
    match lie {
        Lie::Silent => {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
        Lie::Broken => return StatusCode::BAD_GATEWAY.into_response(),
        Lie::Elsewhere => return Redirect::temporary("http://127.0.0.1:9/token").into_response(),
        Lie::Huge => return ("x".repeat(300 * 1024)).into_response(),
        _ => {}
    }
    let (asked, challenge) = liar.asked.lock().unwrap().clone().unwrap();
    let verifier = posted["code_verifier"].as_str().unwrap();
    use sha2::Digest as _;
    let hash = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
    let good = hash == challenge
        && posted["code"] == "the code"
        && posted["redirect_uri"] == asked.redirect.as_str()
        && headers[header::AUTHORIZATION]
            .to_str()
            .unwrap()
            .starts_with("Basic ");
    if !good {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    }
    let mut answer =
        json!({ "access_token": "an access token", "token_type": "Bearer", "id_token": liar.token() });
    if lie == Lie::NoToken {
        answer.as_object_mut().unwrap().remove("id_token");
    }
    Json(answer).into_response()
}

async fn person(State(liar): State<Arc<Liar>>, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers[header::AUTHORIZATION], "Bearer an access token");
    let subject = if liar.lies(Lie::OtherPerson) {
        "person-2"
    } else {
        "person-1"
    };
    Json(json!({
        "sub": subject, "citizen_number": NUMBER, "phone_number": "+8610033334444", "phone_number_verified": true,
        // what a token says goes before it
        "name": "王大明",
    }))
}

/// A platform on loopback, and this house's side of it.
async fn platform(store: &Store, vouches: bool) -> (Arc<Liar>, Arc<dyn UpstreamProvider>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let liar = Arc::new(Liar {
        base: base.clone(),
        now: store.now(),
        lie: Mutex::new(Lie::None),
        key: Mutex::new((7, "key-1")),
        asked: Mutex::default(),
    });
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .route("/person", get(person))
        .with_state(Arc::clone(&liar));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let provider = upstream_providers(&[setting(&base, vouches)], None, store)
        .unwrap()
        .remove(0);
    (liar, provider)
}

fn setting(issuer: &str, vouches: bool) -> UpstreamSetting {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), SECRET).unwrap();
    let (_, kept) = file.keep().unwrap();
    let setting = json!({
        "id": "province", "name": "省政务平台", "issuer": issuer, "client_id": "tongban",
        "client_secret_file": kept, "vouches": vouches,
    });
    serde_json::from_value(setting).unwrap()
}

fn asked(anew: bool) -> UpstreamAsked {
    UpstreamAsked {
        state: "the state".to_owned(),
        nonce: "the nonce".to_owned(),
        verifier: "v".repeat(54),
        redirect: "https://zw.example.gov.cn/sign-in/upstream/province/callback".to_owned(),
        anew,
    }
}

/// Sends somebody there, and takes note of what the platform would.
async fn sends(liar: &Liar, provider: &dyn UpstreamProvider) -> Result<String, UpstreamTrouble> {
    let asked = asked(false);
    let address = provider.address(&asked).await?;
    let challenge = query(&address, "code_challenge").unwrap();
    *liar.asked.lock().unwrap() = Some((asked, challenge));
    Ok(address)
}

fn query(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
}

async fn named(liar: &Liar, provider: &dyn UpstreamProvider) -> Result<UpstreamPerson, UpstreamTrouble> {
    sends(liar, provider).await?;
    let asked = asked(false);
    provider
        .person(&UpstreamAnswer {
            code: "the code".to_owned(),
            issuer: Some(liar.base.clone()),
            nonce: asked.nonce,
            verifier: asked.verifier,
            redirect: asked.redirect,
        })
        .await
}

both! { tongban_store::migrations,
async fn an_honest_platform_names_somebody(kit: Kit) {
    let (liar, provider) = platform(&kit.store, true).await;
    let address = sends(&liar, provider.as_ref()).await.unwrap();
    assert!(address.starts_with(&format!("{}/authorize?", liar.base)));
    for (name, value) in [
        ("response_type", Some("code")),
        ("client_id", Some("tongban")),
        ("state", Some("the+state")),
        ("nonce", Some("the+nonce")),
        ("code_challenge_method", Some("S256")),
        ("scope", Some("openid+profile")),
        ("prompt", None),
        ("max_age", None),
    ] {
        assert_eq!(query(&address, name).as_deref(), value, "{name}");
    }
    assert!(!address.contains(&asked(false).verifier));
    let anew = provider.address(&asked(true)).await.unwrap();
    assert_eq!(query(&anew, "prompt").as_deref(), Some("login"));
    assert_eq!(query(&anew, "max_age").as_deref(), Some("60"));

    let person = named(&liar, provider.as_ref()).await.unwrap();
    assert_eq!((person.issuer.as_str(), person.subject.as_str()), (liar.base.as_str(), "person-1"));
    assert_eq!((person.name.as_deref(), person.number.as_deref()), (Some("王小明"), Some(NUMBER)));
    assert_eq!((person.phone.as_deref(), person.authenticated_at), (Some("+8610033334444"), Some(liar.now)));
    // a key that is new is fetched, once it is met
    *liar.key.lock().unwrap() = (8, "key-2");
    assert!(named(&liar, provider.as_ref()).await.is_ok());
    // what nobody lets vouch is asked for no number
    let (liar, provider) = platform(&kit.store, false).await;
    let person = named(&liar, provider.as_ref()).await.unwrap();
    assert_eq!((person.name.as_deref(), person.number, person.phone), (Some("王小明"), None, None));
} }

both! { tongban_store::migrations,
async fn no_lie_of_a_platform_is_believed(kit: Kit) {
    let (liar, provider) = platform(&kit.store, true).await;
    for (lie, silent, reason) in [
        (Lie::OtherIssuer, false, "another issuer"),
        (Lie::OtherAudience, false, "is for somebody else"),
        (Lie::AnAudienceMore, false, "is for somebody else"),
        (Lie::OtherParty, false, "given to somebody else"),
        (Lie::OtherNonce, false, "another request"),
        (Lie::NoNonce, false, "another request"),
        (Lie::NoSignature, false, "signature"),
        (Lie::SharedSecret, false, "signature"),
        (Lie::OtherKey, false, "signature"),
        (Lie::Expired, false, "not of now"),
        (Lie::LongAgo, false, "not of now"),
        (Lie::FromTomorrow, false, "not of now"),
        (Lie::NoToken, false, "no token"),
        (Lie::NobodyNamed, false, "names nobody"),
        (Lie::OtherPerson, false, "describes somebody else"),
        (Lie::Huge, false, "too long"),
        (Lie::Elsewhere, false, "its answer to the code"),
        (Lie::Broken, true, "not reachable"),
        (Lie::Silent, true, "not reachable"),
    ] {
        *liar.lie.lock().unwrap() = lie;
        let Err(trouble) = named(&liar, provider.as_ref()).await else {
            panic!("{lie:?} is believed");
        };
        assert_eq!(matches!(trouble, UpstreamTrouble::Silent(_)), silent, "{lie:?}: {trouble}");
        assert!(trouble.to_string().contains(reason), "{lie:?}: {trouble}");
    }
    *liar.lie.lock().unwrap() = Lie::None;
    assert!(named(&liar, provider.as_ref()).await.is_ok(), "and then it is honest again");
    // Who answered is looked at: another platform's code is none of this one's, and silence about it neither.
    for issuer in [None, Some("https://elsewhere.example".to_owned())] {
        let asked = asked(false);
        let answer = UpstreamAnswer {
            code: "the code".to_owned(), issuer, nonce: asked.nonce, verifier: asked.verifier, redirect: asked.redirect,
        };
        assert!(matches!(provider.person(&answer).await, Err(UpstreamTrouble::Unfit(_))));
    }
    for lie in [Lie::DiscoversAnother, Lie::PageInTheClear] {
        let (liar, provider) = platform(&kit.store, true).await;
        *liar.lie.lock().unwrap() = lie;
        assert!(matches!(sends(&liar, provider.as_ref()).await, Err(UpstreamTrouble::Unfit(_))), "{lie:?}");
    }
    let dead = upstream_providers(&[setting("http://127.0.0.1:9", true)], None, &kit.store).unwrap().remove(0);
    assert!(matches!(dead.address(&asked(false)).await, Err(UpstreamTrouble::Silent(_))));
} }

#[test]
fn settings_that_make_no_sense_are_told_at_the_start() {
    let told = |change: &dyn Fn(&mut Value)| {
        let mut value = json!({ "id": "province", "name": "省政务平台", "issuer": "https://id.example.gov.cn", "client_id": "tongban" });
        change(&mut value);
        let setting = serde_json::from_value(value).unwrap();
        check(&[setting]).map_err(|error| error.to_string())
    };
    assert_eq!(told(&|_| ()), Ok(()));
    assert_eq!(
        told(&|value| value["issuer"] = json!("http://127.0.0.1:9000/op")),
        Ok(())
    );
    assert_eq!(
        told(&|value| value["issuer"] = json!("http://[::1]:9000")),
        Ok(())
    );
    for (name, wrong) in [
        ("id", "Province"),
        ("id", ""),
        ("id", "a/b"),
        ("name", " "),
        ("client_id", ""),
        ("issuer", "http://id.example.gov.cn"),
        ("issuer", "http://127.0.0.1.example"),
        ("issuer", "https://id.example.gov.cn/?a"),
        ("issuer", "id.example.gov.cn"),
    ] {
        let words = told(&|value| value[name] = json!(wrong)).unwrap_err();
        assert!(words.starts_with("upstream"), "{name} {wrong}: {words}");
    }
    let vouches = |value: &mut Value| {
        value["vouches"] = json!(true);
        value["number_claim"] = json!("");
    };
    assert!(told(&vouches).unwrap_err().contains("number_claim"));
    let one = setting("https://id.example.gov.cn", false);
    let twice = check(&[one.clone(), one]).unwrap_err();
    assert!(twice.to_string().contains("two platforms"));
}
