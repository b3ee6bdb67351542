//! Access tokens (RFC 9068) and ID tokens (OpenID Connect Core §2).

use chrono::Duration;
use serde::Serialize;
use serde_json::{Value, json};
use tongban_crypto::TokenAlgorithm;
use uuid::Uuid;

use super::row::family;
use crate::{
    Provider, Trouble,
    clients::Client,
    scope::{Scope, acr, has},
};

/// How long an access token lives. A system that looks at the signature alone learns so late that it was taken back.
const ACCESS_LIVES: Duration = Duration::minutes(5);
/// How long an ID token says who signed in.
const ID_LIVES: Duration = Duration::minutes(5);

#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    scope: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    /// The family that it goes back to; says nothing to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    fid: Option<String>,
    /// The mandate under which it speaks of somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    mandate: Option<String>,
    /// Through whom (RFC 8693 §4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Value>,
}

/// What was decided in an act, to be signed after it.
pub(super) struct Issued {
    pub family: family::Model,
    pub nonce: Option<String>,
    /// The next refresh token.
    pub refresh: Option<String>,
}

impl Provider {
    /// The answer to a client that signs somebody in.
    pub(super) async fn told(&self, client: &Client, issued: Issued) -> Result<Value, Trouble> {
        let Issued {
            family,
            nonce,
            refresh,
        } = issued;
        let now = self.store.now();
        let level = family.level_at(now)?;
        let access = AccessClaims {
            iss: self.issuer(),
            sub: &family.subject,
            aud: self.issuer(),
            client_id: &client.client_id,
            scope: &family.scopes,
            iat: now.timestamp(),
            exp: (now + ACCESS_LIVES).timestamp(),
            jti: self.store.random_code(),
            acr: Some(acr(level)),
            fid: Some(family.id.to_string()),
            mandate: None,
            act: None,
            cnf: family.proof_key.as_ref().map(|key| json!({ "jkt": key })),
        };
        let key = self.signing(TokenAlgorithm::Es256).await?;
        let mut answer = json!({
            "access_token": key.sign("at+jwt", &access)?,
            "token_type": if family.proof_key.is_some() { "DPoP" } else { "Bearer" },
            "expires_in": ACCESS_LIVES.num_seconds(),
            "scope": family.scopes,
        });
        if let Some(refresh) = refresh {
            answer["refresh_token"] = json!(refresh);
        }
        if has(&family.scopes, Scope::OpenId) {
            let mut claims = json!({
                "iss": self.issuer(),
                "sub": family.subject,
                "aud": client.client_id,
                "iat": now.timestamp(),
                "exp": (now + ID_LIVES).timestamp(),
                "acr": acr(level),
                "sid": self.sid(family.session, client.id),
            });
            if family.tells_time {
                claims["auth_time"] = json!(family.signed_in_at.timestamp());
            }
            if let Some(nonce) = nonce {
                claims["nonce"] = json!(nonce);
            }
            let key = self.signing(client.algorithm()).await?;
            answer["id_token"] = json!(key.sign("JWT", &claims)?);
        }
        Ok(answer)
    }

    /// The answer to a client whose person acts for somebody else.
    pub(super) async fn told_acting(
        &self,
        client: &Client,
        actor: &family::Model,
        mandate: Uuid,
        subject: &str,
        scopes: &str,
    ) -> Result<Value, Trouble> {
        let now = self.store.now();
        let access = AccessClaims {
            iss: self.issuer(),
            sub: subject,
            aud: self.issuer(),
            client_id: &client.client_id,
            scope: scopes,
            iat: now.timestamp(),
            exp: (now + ACCESS_LIVES).timestamp(),
            jti: self.store.random_code(),
            acr: Some(acr(actor.level_at(now)?)),
            fid: Some(actor.id.to_string()),
            mandate: Some(mandate.to_string()),
            act: Some(json!({ "sub": actor.subject })),
            cnf: actor.proof_key.as_ref().map(|key| json!({ "jkt": key })),
        };
        let key = self.signing(TokenAlgorithm::Es256).await?;
        Ok(json!({
            "access_token": key.sign("at+jwt", &access)?,
            "token_type": if actor.proof_key.is_some() { "DPoP" } else { "Bearer" },
            "expires_in": ACCESS_LIVES.num_seconds(),
            "scope": scopes,
        }))
    }

    /// The answer to a client that asks for itself.
    pub(super) async fn told_machine(
        &self,
        client: &Client,
        scopes: &str,
        jti: String,
        proof_key: Option<String>,
    ) -> Result<Value, Trouble> {
        let now = self.store.now();
        let access = AccessClaims {
            iss: self.issuer(),
            sub: &client.client_id,
            aud: self.issuer(),
            client_id: &client.client_id,
            scope: scopes,
            iat: now.timestamp(),
            exp: (now + ACCESS_LIVES).timestamp(),
            jti,
            acr: None,
            fid: None,
            mandate: None,
            act: None,
            cnf: proof_key.as_ref().map(|key| json!({ "jkt": key })),
        };
        let key = self.signing(TokenAlgorithm::Es256).await?;
        Ok(json!({
            "access_token": key.sign("at+jwt", &access)?,
            "token_type": if proof_key.is_some() { "DPoP" } else { "Bearer" },
            "expires_in": ACCESS_LIVES.num_seconds(),
            "scope": scopes,
        }))
    }
}
