//! The provider of face checks of an installation, over HTTP. The small protocol is in the README of the room of identity.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Url};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tongban_courier::http_client;
use tongban_identity::{FaceOutcome, FaceProvider, FaceStarted, FaceSubject, FaceTrouble};

use crate::settings::Settings;

/// A person waits for it.
const LONGEST_ANSWER: Duration = Duration::from_secs(8);

/// Asks one address, `…/checks`.
struct HttpFaces {
    client: Client,
    checks: Url,
    /// Where the provider's pages are, to which people are sent and nowhere else.
    pages: String,
    secret: String,
}

#[derive(Serialize)]
struct NewCheck<'text> {
    name: &'text str,
    number: &'text str,
    back: &'text str,
}

#[derive(Deserialize)]
struct BegunCheck {
    reference: String,
    address: String,
}

#[derive(Deserialize)]
struct EndedCheck {
    outcome: String,
}

/// The provider that the settings name, and where its pages are.
pub fn face_provider(settings: &Settings) -> anyhow::Result<Option<(Arc<dyn FaceProvider>, String)>> {
    if settings.face_gateway.is_empty() {
        return Ok(None);
    }
    let faces = HttpFaces::new(
        &settings.face_gateway,
        &settings.face_pages,
        settings.face_word()?.reveal(),
        settings.authorities.as_deref(),
    )
    .context("the setting face_gateway")?;
    let pages = faces.pages.clone();
    Ok(Some((Arc::new(faces), pages)))
}

impl HttpFaces {
    fn new(address: &str, pages: &str, secret: &str, authorities: Option<&Path>) -> anyhow::Result<Self> {
        let checks = Url::parse(&format!("{}/checks", address.trim_end_matches('/')))?;
        anyhow::ensure!(
            matches!(checks.scheme(), "http" | "https"),
            "an http or https address is needed"
        );
        let pages = if pages.is_empty() {
            checks.origin()
        } else {
            Url::parse(pages).context("the setting face_pages")?.origin()
        };
        Ok(Self {
            client: http_client(concat!("tongban/", env!("CARGO_PKG_VERSION")), authorities)?,
            checks,
            pages: pages.ascii_serialization(),
            secret: secret.to_owned(),
        })
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, FaceTrouble> {
        let request = request.timeout(LONGEST_ANSWER);
        let request = if self.secret.is_empty() {
            request
        } else {
            request.bearer_auth(&self.secret)
        };
        // The error of a client names the address, which may hold a word of the operator: only its kind is told.
        let answer = request
            .send()
            .await
            .map_err(|_| FaceTrouble("not reachable".to_owned()))?;
        if !answer.status().is_success() {
            return Err(FaceTrouble(format!("status {}", answer.status().as_u16())));
        }
        answer
            .json()
            .await
            .map_err(|_| FaceTrouble("an answer that cannot be read".to_owned()))
    }
}

#[async_trait]
impl FaceProvider for HttpFaces {
    fn is_simulated(&self) -> bool {
        false
    }

    async fn begin(&self, who: FaceSubject, back: &str) -> Result<FaceStarted, FaceTrouble> {
        let new = NewCheck {
            name: &who.name,
            number: &who.number,
            back,
        };
        let begun: BegunCheck = self.ask(self.client.post(self.checks.clone()).json(&new)).await?;
        let ours = Url::parse(&begun.address)
            .is_ok_and(|address| address.origin().ascii_serialization() == self.pages);
        if !ours {
            return Err(FaceTrouble("it sends people elsewhere".to_owned()));
        }
        Ok(FaceStarted {
            reference: begun.reference,
            address: begun.address,
        })
    }

    async fn outcome(&self, reference: &str) -> Result<FaceOutcome, FaceTrouble> {
        let mut address = self.checks.clone();
        address
            .path_segments_mut()
            .map_err(|()| FaceTrouble("the address takes no path".to_owned()))?
            .push(reference);
        let ended: EndedCheck = self.ask(self.client.get(address)).await?;
        match ended.outcome.as_str() {
            "passed" => Ok(FaceOutcome::Passed),
            "failed" => Ok(FaceOutcome::Failed),
            "pending" => Ok(FaceOutcome::Pending),
            _ => Err(FaceTrouble("an outcome that nobody knows".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        Json, Router,
        extract::Path,
        http::{HeaderMap, StatusCode},
        routing::{get, post},
    };
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;

    /// A provider on loopback whose pages are at `pages`.
    async fn provider(pages: &'static str) -> HttpFaces {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/api", listener.local_addr().unwrap());
        let begin = move |headers: HeaderMap, Json(new): Json<Value>| async move {
            if headers["authorization"] != "Bearer word" {
                return (StatusCode::UNAUTHORIZED, Json(json!({})));
            }
            assert_eq!((&new["name"], &new["number"]), (&json!("示范甲"), &json!("519")));
            let address = format!("{pages}/look?back={}", new["back"].as_str().unwrap());
            (
                StatusCode::OK,
                Json(json!({ "reference": "a/b", "address": address })),
            )
        };
        let end = async |Path(reference): Path<String>| {
            let outcome = if reference == "a/b" { "passed" } else { "lost" };
            Json(json!({ "outcome": outcome }))
        };
        let app = Router::new()
            .route("/api/checks", post(begin))
            .route("/api/checks/{reference}", get(end));
        tokio::spawn(async move { axum::serve(listener, app).await });
        HttpFaces::new(&address, "https://face.example.gov.cn/", "word", None).unwrap()
    }

    fn somebody() -> FaceSubject {
        FaceSubject {
            name: "示范甲".to_owned(),
            number: "519".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_check_begins_and_ends_at_the_provider() {
        let faces = provider("https://face.example.gov.cn").await;
        let started = faces.begin(somebody(), "https://site/my").await.unwrap();
        assert_eq!(
            started.address,
            "https://face.example.gov.cn/look?back=https://site/my"
        );
        assert_eq!(
            faces.outcome(&started.reference).await.unwrap(),
            FaceOutcome::Passed
        );
        assert!(
            faces.outcome("another").await.is_err(),
            "an outcome that nobody knows is none"
        );
    }

    #[tokio::test]
    async fn people_are_sent_to_the_provider_and_nowhere_else() {
        let faces = provider("https://elsewhere.example").await;
        assert!(faces.begin(somebody(), "https://site/my").await.is_err());
    }
}
