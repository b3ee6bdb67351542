//! The gateway over HTTP: what it posts, how answers are taken, whom it trusts.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use chrono::Duration;
use serde_json::Value;
use tongban_courier::{HttpGateway, SendError, SmsGateway as _, http_client, send_sms, wire};
use tongban_store::{Signer, Worker, migrations};
use tongban_testkit::{both, tls::serve_tls};
use uuid::Uuid;

use crate::PHONE;

/// What a provider was posted, and how it answers next.
#[derive(Clone, Default)]
struct Provider {
    posted: Arc<Mutex<Vec<(String, Value)>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Provider {
    fn answering(statuses: &[u16]) -> Self {
        let provider = Self::default();
        provider.answers.lock().unwrap().extend(statuses.iter().rev());
        provider
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/messages", post(take))
            .with_state(self.clone())
    }

    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/messages", listener.local_addr().unwrap());
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn posted(&self) -> Vec<(String, Value)> {
        self.posted.lock().unwrap().clone()
    }
}

async fn take(State(provider): State<Provider>, headers: HeaderMap, body: String) -> StatusCode {
    let bearer = headers
        .get("authorization")
        .map(|value| value.to_str().unwrap().to_owned());
    let body = serde_json::from_str(&body).unwrap();
    provider
        .posted
        .lock()
        .unwrap()
        .push((bearer.unwrap_or_default(), body));
    let status = provider.answers.lock().unwrap().pop().unwrap_or(200);
    StatusCode::from_u16(status).unwrap()
}

both! { migrations,
async fn a_message_is_posted_until_it_is_taken_always_under_the_same_id(kit: Kit) {
    let provider = Provider::answering(&[503, 400, 202]);
    let gateway = HttpGateway::new(&provider.listen().await, "a-secret", None).unwrap();
    let worker = wire(Worker::new(kit.store.clone()), Arc::new(gateway));
    kit.store.write(Signer::system(), |tx| async move { send_sms(&tx, PHONE, "您的办件已受理").await }).await.unwrap();
    for _ in 0..4 {
        worker.drain().await.unwrap();
        kit.clock.advance(Duration::seconds(10));
    }
    let posted = provider.posted();
    assert_eq!(posted.len(), 3, "twice not taken, once taken");
    for (bearer, body) in &posted {
        assert_eq!(bearer, "Bearer a-secret");
        assert_eq!(body["phone"], PHONE);
        assert_eq!(body["text"], "您的办件已受理");
        assert_eq!(body["id"], posted[0].1["id"]);
    }
    assert!(crate::jobs(&kit.store).await.is_empty());
} }

#[tokio::test]
async fn answers_are_told_apart() {
    for (status, refused) in [
        (200, None),
        (204, None),
        (400, Some(true)),
        (403, Some(true)),
        (429, Some(false)),
        (500, Some(false)),
        (302, Some(false)),
    ] {
        let provider = Provider::answering(&[status]);
        let gateway = HttpGateway::new(&provider.listen().await, "", None).unwrap();
        let answer = gateway.send(Uuid::nil(), PHONE, "text").await;
        assert_eq!(answer.is_ok(), refused.is_none(), "{status}");
        if let Err(error) = answer {
            assert_eq!(Some(matches!(error, SendError::Refused(_))), refused, "{status}");
            assert!(!error.to_string().contains(PHONE));
        }
        assert_eq!(provider.posted()[0].0, "", "without a secret none is sent");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_not_available() {
    let gateway = HttpGateway::new("http://127.0.0.1:9/messages", "a-secret", None).unwrap();
    let error = gateway.send(Uuid::nil(), PHONE, "text").await.unwrap_err();
    assert_eq!(error, SendError::Unavailable("not reachable".to_owned()));
    assert!(!format!("{gateway:?}").contains("a-secret"));
}

#[test]
fn an_address_is_judged_at_the_start() {
    for address in ["", "messages", "ftp://host/x", "https://user:word@host/x"] {
        assert!(HttpGateway::new(address, "", None).is_err(), "{address}");
    }
    for (address, clear) in [
        ("http://10.0.0.1/x", true),
        ("https://10.0.0.1/x", false),
        ("http://127.0.0.1:1/x", false),
    ] {
        assert_eq!(
            HttpGateway::new(address, "", None).unwrap().is_in_the_clear(),
            clear,
            "{address}"
        );
    }
}

#[tokio::test]
async fn tls_trusts_the_authority_of_the_installation_and_nobody_elses() {
    let provider = Provider::default();
    let server = serve_tls(provider.router()).await;
    let address = format!("{}/messages", server.address);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");

    let stranger = HttpGateway::new(&address, "a-secret", None).unwrap();
    stranger.send(Uuid::nil(), PHONE, "text").await.unwrap_err();
    assert!(
        provider.posted().is_empty(),
        "nothing is told to a server that nobody vouches for"
    );

    std::fs::write(&file, &server.authority).unwrap();
    let gateway = HttpGateway::new(&address, "a-secret", Some(&file)).unwrap();
    gateway.send(Uuid::nil(), PHONE, "text").await.unwrap();
    assert_eq!(provider.posted().len(), 1);

    // an authority that vouches for another server
    let other = serve_tls(provider.router()).await;
    std::fs::write(&file, &other.authority).unwrap();
    let gateway = HttpGateway::new(&address, "a-secret", Some(&file)).unwrap();
    gateway.send(Uuid::nil(), PHONE, "text").await.unwrap_err();
    assert_eq!(provider.posted().len(), 1);
}

#[test]
fn a_file_of_authorities_that_is_none_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    assert!(http_client("test", Some(&file)).is_err(), "it is not there");
    std::fs::write(&file, "no certificate").unwrap();
    assert!(http_client("test", Some(&file)).is_err(), "it holds none");
}
