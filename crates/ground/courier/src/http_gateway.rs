//! A provider of short messages over HTTP. The small protocol is in the README of this room.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use reqwest::{Client, StatusCode, Url};
use serde::Serialize;
use uuid::Uuid;

use crate::{ClientError, SendError, SmsGateway, http_client};

/// How long the provider may take: less than the courier waits, so that its words are heard.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);

/// Why there is no gateway.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    #[error("the address of the short message gateway is no http or https address without user and password")]
    Address,
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Posts each message to one address.
pub struct HttpGateway {
    client: Client,
    address: Url,
    secret: String,
}

/// What is posted.
#[derive(Serialize)]
struct Outgoing<'text> {
    /// The same at every try: a provider that has taken it takes it once.
    id: Uuid,
    phone: &'text str,
    text: &'text str,
}

impl HttpGateway {
    /// `secret` travels as a bearer token; empty: none is sent. `authorities` as for [`http_client`].
    pub fn new(address: &str, secret: &str, authorities: Option<&Path>) -> Result<Self, GatewayError> {
        let address = Url::parse(address).map_err(|_| GatewayError::Address)?;
        let plain = address.username().is_empty() && address.password().is_none();
        if !matches!(address.scheme(), "http" | "https") || !plain {
            return Err(GatewayError::Address);
        }
        Ok(Self {
            client: http_client(
                concat!("tongban-courier/", env!("CARGO_PKG_VERSION")),
                authorities,
            )?,
            address,
            secret: secret.to_owned(),
        })
    }

    /// Whether numbers and texts travel unencrypted to another machine.
    pub fn is_in_the_clear(&self) -> bool {
        let host = self.address.host_str().unwrap_or_default();
        self.address.scheme() == "http" && !matches!(host, "localhost" | "127.0.0.1" | "[::1]")
    }
}

impl std::fmt::Debug for HttpGateway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HttpGateway").finish_non_exhaustive()
    }
}

#[async_trait]
impl SmsGateway for HttpGateway {
    async fn send(&self, id: Uuid, phone: &str, text: &str) -> Result<(), SendError> {
        let mut request = self
            .client
            .post(self.address.clone())
            .timeout(LONGEST_ANSWER)
            .json(&Outgoing { id, phone, text });
        if !self.secret.is_empty() {
            request = request.bearer_auth(&self.secret);
        }
        // The error of a client names the address, which may hold a word of the operator: only its kind is told.
        let answer = request.send().await.map_err(|error| {
            SendError::Unavailable(
                if error.is_timeout() {
                    "no answer in time"
                } else {
                    "not reachable"
                }
                .to_owned(),
            )
        })?;
        let status = answer.status();
        match status {
            _ if status.is_success() => Ok(()),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Err(SendError::Unavailable(format!("status {}", status.as_u16())))
            }
            _ if status.is_client_error() => Err(SendError::Refused(format!("status {}", status.as_u16()))),
            _ => Err(SendError::Unavailable(format!("status {}", status.as_u16()))),
        }
    }

    fn simulated(&self) -> bool {
        false
    }
}
