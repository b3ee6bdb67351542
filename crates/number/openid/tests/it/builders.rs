//! A client, a person, and the way between them.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use serde_json::Value;
use tongban_access::{Actor, Assurance, PartyKind, Post, Role};
use tongban_codes::{CitizenNumber, RegionCode};
use tongban_courier::ScreenSink;
use tongban_crypto::sha256_base64url;
use tongban_exchange::http_client;
use tongban_identity::{
    Browser, CodeFor, NewParty, RegisterWithCode, ServeAtWindow, ServedAtWindow, Session, hash_password,
    live_session, open_session_for, register_party, register_with_code, request_phone_code, serve_at_window,
    sign_out,
};
use tongban_openid::{
    Answer, Call, ClientAuth, ClientContent, ClientKind, Error, GrantType, Provider, Registered, Stop,
    Trouble, Weighed, register_sandbox_client,
};
use tongban_store::{Signer, Store, Worker};
use tongban_testkit::{Kit, MigrationTrait};
use uuid::Uuid;

pub const ISSUER: &str = "https://zw.example.gov.cn";
pub const BACK: &str = "https://parking.example/back";
pub const SECRET: &str = "a-secret-of-the-test";
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    [
        tongban_store::migrations(),
        tongban_exchange::migrations(),
        tongban_identity::migrations(),
        tongban_mandates::migrations(),
        tongban_openid::migrations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn content() -> ClientContent {
    ClientContent {
        name: "智慧停车".to_owned(),
        name_english: "Parking".to_owned(),
        organisation: "示范市城市管理局".to_owned(),
        purpose: "缴纳停车费".to_owned(),
        kind: ClientKind::Web,
        auth: ClientAuth::Secret,
        keys: None,
        redirect_uris: vec![BACK.to_owned()],
        post_logout_uris: vec!["https://parking.example/bye".to_owned()],
        back_channel_uri: None,
        sector: String::new(),
        scopes: [
            "openid",
            "profile",
            "number",
            "phone",
            "mandates",
            "offline_access",
            "parking.read",
        ]
        .map(str::to_owned)
        .to_vec(),
        grants: GrantType::ALL.to_vec(),
        algorithm: "ES256".to_owned(),
        pushed_only: false,
        proof_needed: false,
        introspects: false,
    }
}

pub async fn provider(kit: &Kit) -> Provider {
    provider_at(kit, ISSUER).await
}

pub async fn provider_at(kit: &Kit, issuer: &str) -> Provider {
    Provider::open(kit.store.clone(), issuer, http_client().unwrap())
        .await
        .unwrap()
}

/// A client that is in use, under this name and the secret of the test.
pub async fn registered(store: &Store, client_id: &str, content: ClientContent) -> Uuid {
    let input = Registered {
        client_id: client_id.to_owned(),
        secret: (content.auth == ClientAuth::Secret).then(|| SECRET.to_owned()),
        content,
    };
    store
        .write(Signer::system(), move |tx| {
            let input = input.clone();
            async move { register_sandbox_client(&tx, input).await }
        })
        .await
        .unwrap()
}

/// A person whose number begins with this sequence.
pub async fn person(store: &Store, sequence: u16) -> Uuid {
    let birth = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    let party = NewParty {
        kind: PartyKind::Person,
        name: "王小明".to_owned(),
        number: CitizenNumber::generate("519900", birth, sequence)
            .unwrap()
            .as_str()
            .to_owned(),
        phone: Some(format!("1001234{sequence:04}")),
        password: Some(hash_password("correct-horse-1").await.unwrap()),
    };
    store
        .write(Signer::system(), move |tx| {
            let party = party.clone();
            async move { register_party(&tx, &Actor::System, party).await }
        })
        .await
        .unwrap()
}

pub async fn signed_in(store: &Store, account: Uuid) -> Session {
    store
        .write(Signer::nobody(), move |tx| async move {
            open_session_for(&tx, account).await
        })
        .await
        .unwrap()
        .session
}

pub async fn signs_out(store: &Store, session: &Session) {
    let (actor, id) = (session.actor.clone(), session.id);
    store
        .write(actor.signer(), move |tx| {
            let actor = actor.clone();
            async move { sign_out(&tx, &actor, id).await }
        })
        .await
        .unwrap();
    assert!(
        live_session(store, session.account.id, session.id)
            .await
            .unwrap()
            .is_none()
    );
}

pub fn operator(account: u128) -> Actor {
    Actor::staff(
        Uuid::from_u128(account),
        Post {
            organisation: Uuid::from_u128(9),
            organisation_name: "示范市政务服务和数据局".to_owned(),
            region: RegionCode::parse("519900000000").unwrap(),
            role: Role::Operator,
        },
    )
}

pub fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// What the client asks for, with changes.
pub fn asks(client_id: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let challenge = sha256_base64url(VERIFIER);
    let mut params = pairs(&[
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", BACK),
        ("scope", "openid profile"),
        ("state", "of-the-client"),
        ("nonce", "of-the-request"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    for (name, value) in changes {
        params.retain(|(known, _)| known != name);
        params.push(((*name).to_owned(), (*value).to_owned()));
    }
    params
}

/// A parameter of an address.
pub fn param(address: &str, name: &str) -> Option<String> {
    let url = reqwest::Url::parse(address).unwrap();
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// Says yes; the code that the client gets.
pub async fn code_for(provider: &Provider, session: &Session, params: &[(String, String)]) -> String {
    let back = provider
        .answer(params, session, Answer::Yes)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(param(&back, "iss").unwrap(), provider.issuer());
    param(&back, "code").unwrap()
}

/// A call that shows the secret of the test.
pub fn call(client_id: &str, form: &[(&str, &str)]) -> Call {
    let mut form = pairs(form);
    form.extend(pairs(&[("client_id", client_id), ("client_secret", SECRET)]));
    Call {
        form,
        ..Call::default()
    }
}

pub async fn trade(provider: &Provider, client_id: &str, code: &str) -> Result<Value, Trouble> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    provider.token(&call(client_id, &form)).await
}

pub async fn refresh(provider: &Provider, client_id: &str, token: &str) -> Result<Value, Trouble> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    provider.token(&call(client_id, &form)).await
}

/// From nothing to tokens.
pub async fn tokens(provider: &Provider, session: &Session, client_id: &str, scope: &str) -> Value {
    let code = code_for(provider, session, &asks(client_id, &[("scope", scope)])).await;
    trade(provider, client_id, &code).await.unwrap()
}

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// What a token says, without a look at its signature.
pub fn claims(token: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[track_caller]
pub fn error_of<T>(answer: Result<T, Trouble>) -> &'static str {
    match answer {
        Ok(_) => panic!("it was granted"),
        Err(trouble) => {
            assert!(trouble.cause.is_none(), "{trouble:?}");
            trouble.error
        }
    }
}

/// Where a request is stopped: a code of ours, or the error that goes back.
#[track_caller]
pub fn stop_of<T>(answer: Result<T, Stop>) -> String {
    match answer {
        Ok(_) => panic!("nothing stopped it"),
        Err(Stop::Here(refusal)) => refusal.code.to_owned(),
        Err(Stop::Back(address)) => {
            assert_eq!(param(&address, "state").as_deref(), Some("of-the-client"));
            assert_eq!(param(&address, "iss").as_deref(), Some(ISSUER));
            param(&address, "error").unwrap()
        }
        Err(Stop::Failed(error)) => panic!("{error}"),
    }
}

#[track_caller]
pub fn code_of<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Err(Error::Refused(refusal)) => refusal.code,
        Err(other) => panic!("not refused but: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

/// A word for what comes next.
pub fn word(weighed: &Weighed) -> &'static str {
    match weighed {
        Weighed::SignIn { since: None } => "sign in",
        Weighed::SignIn { since: Some(_) } => "sign in anew",
        Weighed::Surer(Assurance::InPerson) => "in person",
        Weighed::Surer(_) => "surer",
        Weighed::Ask(_) => "ask",
        Weighed::Ready => "ready",
    }
}

pub async fn holds(provider: &Provider, client_id: &str, token: &str) -> bool {
    let answer = provider
        .introspect(&call(client_id, &[("token", token)]))
        .await
        .unwrap();
    answer["active"].as_bool().unwrap()
}

/// Lets the worker do what waits.
pub async fn work(kit: &Kit, provider: &Provider) {
    let worker = tongban_openid::wire(Worker::new(kit.store.clone()), provider);
    let worker = tongban_identity::wire(worker);
    worker.drain().await.unwrap();
}

pub fn later(kit: &Kit, time: Duration) {
    kit.clock.advance(time);
}

/// A program on somebody's device, without a secret.
pub fn app() -> ClientContent {
    ClientContent {
        kind: ClientKind::Native,
        auth: ClientAuth::None,
        sector: "apps".to_owned(),
        grants: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        ..content()
    }
}

/// The code that went to a phone.
async fn code_to(store: &Store, phone: &str, purpose: CodeFor) -> String {
    let sink = ScreenSink::new();
    let to = phone.to_owned();
    store
        .write(Signer::nobody(), move |tx| {
            let to = to.clone();
            async move { request_phone_code(&tx, &to, purpose).await }
        })
        .await
        .unwrap();
    let worker = tongban_courier::wire(Worker::new(store.clone()), Arc::new(sink.clone()));
    worker.drain().await.unwrap();
    let message = sink.messages(phone).into_iter().next().unwrap();
    message
        .chars()
        .skip_while(|letter| !letter.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect()
}

/// Somebody of whom nothing but the phone is known; and the phone.
pub async fn newcomer(store: &Store, sequence: u16) -> (Uuid, String) {
    let phone = format!("1001234{sequence:04}");
    let code = code_to(store, &phone, CodeFor::Register).await;
    let input = RegisterWithCode {
        phone: phone.clone(),
        code,
        browser: Browser::default(),
    };
    let opened = register_with_code(store, input).await.unwrap();
    (opened.session.account.id, phone)
}

/// Whoever holds a phone now shows at a window who they are.
pub async fn checked_at_window(store: &Store, phone: &str, sequence: u16) {
    let account = Uuid::from_u128(98);
    let Actor::Staff { post, .. } = operator(98) else {
        panic!("staff")
    };
    let clerk = Actor::staff(
        account,
        Post {
            role: Role::Clerk,
            ..post
        },
    );
    let code = code_to(store, phone, CodeFor::Window(account)).await;
    let birth = NaiveDate::from_ymd_opt(1990, 5, 17).unwrap();
    let input = ServeAtWindow {
        name: "王大明".to_owned(),
        number: CitizenNumber::generate("519900", birth, sequence)
            .unwrap()
            .as_str()
            .to_owned(),
        phone: phone.to_owned(),
        code,
        present: true,
    };
    assert_eq!(
        serve_at_window(store, &clerk, input).await.unwrap(),
        ServedAtWindow::Checked
    );
}
