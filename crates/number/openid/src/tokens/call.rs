//! A call of a client, as it came.

use chrono::Duration;
use serde_json::Value;
use tongban_store::{AuditEntry, Brake, Signer};

use crate::{
    Provider, Trouble,
    clients::{ClientAuth, GrantType, authenticate::Known},
    provider::paths,
};

/// What a client posted, and the two headers that count.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// The pairs of the body, in order.
    pub form: Vec<(String, String)>,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// Every `DPoP` header.
    pub proofs: Vec<String>,
    /// Whether its client is counted: not on the machine itself, where the bench and the tests call.
    pub counted: bool,
}

/// Calls of one client that has shown who it is, however many machines it calls from: a thousand a second, kept up for ten minutes. It stops a program that
/// has gone wild, not a city at work.
const CALLS: Brake = Brake {
    kind: "openid-client",
    most: 600_000,
    window: Duration::minutes(10),
};
/// Calls that one write pays for.
const LOT: i32 = 1_000;

impl Call {
    /// Whether nothing of it shows who calls: a client without a secret, or somebody who says so.
    pub fn shows_nothing(&self) -> bool {
        let named = ["client_secret", "client_assertion"];
        self.authorization.is_none() && !self.form.iter().any(|(name, _)| named.contains(&name.as_str()))
    }

    /// The one value of a parameter. Empty counts as absent; twice is wrong (RFC 6749 §3.2).
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Trouble> {
        let mut values = self
            .form
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str());
        let value = values.next();
        match values.next() {
            None => Ok(value),
            Some(_) => Err(Trouble::request("a parameter stands there twice")),
        }
    }

    /// A parameter that must be there.
    pub(crate) fn needed(&self, name: &str) -> Result<&str, Trouble> {
        self.one(name)?
            .ok_or_else(|| Trouble::request("a parameter is missing"))
    }
}

impl Provider {
    /// The token endpoint (RFC 6749 §3.2).
    pub async fn token(&self, call: &Call) -> Result<Value, Trouble> {
        let known = self.known(call).await?;
        let client = known.client.id;
        let shown = known.client.content.auth != ClientAuth::None;
        let asked = call.needed("grant_type")?;
        self.count(&known, call).await?;
        let answer = match GrantType::asked(asked) {
            None => Err(Trouble::new(
                "unsupported_grant_type",
                "the grant type is not one of ours",
            )),
            Some(grant) if !known.client.may(grant) => Err(Trouble::new(
                "unauthorized_client",
                "the client is not registered for this grant type",
            )),
            Some(grant) => self.trade(grant, known, call).await,
        };
        if let Err(trouble) = &answer
            && trouble.cause.is_none()
            // of a client without a secret anybody may call, and nobody fills the log so
            && shown
            // a device asks every few seconds
            && !matches!(trouble.error, "authorization_pending" | "slow_down")
        {
            self.note_refused(client, trouble.error).await;
        }
        answer
    }

    /// Counts a call of a client that has shown who it is. A client without a secret is counted by address: anybody may call under its name.
    pub(super) async fn count(&self, known: &Known, call: &Call) -> Result<(), Trouble> {
        if !call.counted || known.client.content.auth == ClientAuth::None {
            return Ok(());
        }
        let client = known.client.id.to_string();
        match self.store.brake_in_lots(CALLS, &client, LOT).await? {
            None => Ok(()),
            Some(seconds) => Err(Trouble {
                retry_after: Some(seconds),
                ..Trouble::new("temporarily_unavailable", "too many calls of this client")
            }),
        }
    }

    async fn trade(&self, grant: GrantType, known: Known, call: &Call) -> Result<Value, Trouble> {
        let proof = self.proof(call, "POST", paths::TOKEN, None)?;
        if known.client.content.proof_needed && proof.is_none() {
            return Err(Trouble::new(
                "invalid_dpop_proof",
                "this client proves that it holds a key",
            ));
        }
        match grant {
            GrantType::AuthorizationCode => self.trade_code(known, call, proof).await,
            GrantType::RefreshToken => self.refresh(known, call, proof).await,
            GrantType::ClientCredentials => self.machine_token(known, call, proof).await,
            GrantType::DeviceCode => self.trade_device(known, call, proof).await,
            GrantType::TokenExchange => self.exchange_token(known, call, proof).await,
        }
    }

    /// A line in the log for what a client was refused. Whoever calls under a known client's name has shown that it is theirs.
    async fn note_refused(&self, client: uuid::Uuid, error: &'static str) {
        let noted: Result<(), tongban_store::StoreError> = self
            .store
            .write(Signer::nobody(), move |tx| async move {
                tx.audit(
                    AuditEntry::new("openid.refused")
                        .on("client", client)
                        .with("error", error),
                )
                .await
            })
            .await;
        if let Err(error) = noted {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a refusal could not be noted"
            );
        }
    }
}
