//! One HTTP call to a department's system: bounded in time and size, never redirected.

use std::{path::Path, time::Duration};

use reqwest::{Client, Response, header::CONTENT_TYPE};
use serde_json::json;

use super::domain::{Source, Subject, Trouble};
use crate::Error;

/// The largest answer that is read: 64 KiB.
const LARGEST_ANSWER: usize = 64 * 1024;

/// The client for calls to department systems: follows no redirect, asks no proxy of the machine's environment, trusts the
/// authorities of the machine.
pub fn http_client() -> Result<Client, Error> {
    http_client_trusting(None)
}

/// The same, which trusts the authorities of a file (PEM) as well: departments often have one of their own.
pub fn http_client_trusting(authorities: Option<&Path>) -> Result<Client, Error> {
    tongban_courier::http_client(
        concat!("tongban-exchange/", env!("CARGO_PKG_VERSION")),
        authorities,
    )
    .map_err(Error::Client)
}

/// What came back.
pub(super) enum Reply {
    /// A whole answer; a later room's has no status.
    Body {
        status: Option<u16>,
        body: Vec<u8>,
    },
    Trouble {
        status: Option<u16>,
        trouble: Trouble,
    },
}

/// Asks, and gives up when the budget is spent.
pub(super) async fn ask(
    client: &Client,
    url: &str,
    secret: &str,
    question: Vec<u8>,
    budget: Duration,
) -> Reply {
    let call = async {
        let sent = client
            .post(url)
            .bearer_auth(secret)
            .header(CONTENT_TYPE, "application/json")
            .body(question)
            .send()
            .await;
        match sent {
            Ok(response) => read(response, url).await,
            Err(error) if error.is_timeout() => Reply::Trouble {
                status: None,
                trouble: Trouble::TooSlow,
            },
            Err(error) if error.is_redirect() => Reply::Trouble {
                status: None,
                trouble: Trouble::Redirected,
            },
            Err(_) => Reply::Trouble {
                status: None,
                trouble: Trouble::Unreachable,
            },
        }
    };
    tokio::time::timeout(budget, call)
        .await
        .unwrap_or(Reply::Trouble {
            status: None,
            trouble: Trouble::TooSlow,
        })
}

/// Asks a later room, which answers as a department's system would.
pub(super) async fn ask_source(
    source: &dyn Source,
    code: &str,
    subject: &Subject,
    budget: Duration,
) -> Reply {
    let trouble = |trouble| Reply::Trouble {
        status: None,
        trouble,
    };
    match tokio::time::timeout(budget, source.facts(code, subject)).await {
        Err(_) => trouble(Trouble::TooSlow),
        Ok(Err(error)) => {
            tracing::error!(
                resource.code = code,
                error = &error as &dyn std::error::Error,
                "a room did not answer for its resource"
            );
            trouble(Trouble::ServerError)
        }
        Ok(Ok(facts)) => {
            let body = match facts {
                Some(facts) => {
                    json!({ "found": true, "subject": { "number": subject.number }, "facts": facts })
                }
                None => json!({ "found": false }),
            };
            Reply::Body {
                status: None,
                body: body.to_string().into_bytes(),
            }
        }
    }
}

async fn read(mut response: Response, asked: &str) -> Reply {
    let status = response.status();
    let trouble = |trouble| Reply::Trouble {
        status: Some(status.as_u16()),
        trouble,
    };
    // A client that was handed in may follow redirects; the answer then comes from elsewhere.
    let moved = reqwest::Url::parse(asked).map_or(true, |asked| asked != *response.url());
    if moved || status.is_redirection() {
        return trouble(Trouble::Redirected);
    }
    if status.is_server_error() {
        return trouble(Trouble::ServerError);
    }
    if !status.is_success() {
        return trouble(Trouble::Rejected);
    }
    if response
        .content_length()
        .is_some_and(|length| length > LARGEST_ANSWER as u64)
    {
        return trouble(Trouble::TooLarge);
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST_ANSWER => {
                return trouble(Trouble::TooLarge);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => {
                return Reply::Body {
                    status: Some(status.as_u16()),
                    body,
                };
            }
            Err(error) if error.is_timeout() => return trouble(Trouble::TooSlow),
            Err(_) => return trouble(Trouble::Unreachable),
        }
    }
}
