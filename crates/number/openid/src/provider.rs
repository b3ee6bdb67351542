//! The provider: where its parts meet.

use std::sync::Arc;

use serde_json::{Value, json};
use tongban_access::Assurance;
use tongban_crypto::{TokenAlgorithm, TokenKey};
use tongban_store::{Store, StoreError};
use uuid::Uuid;

use crate::{
    Error, jobs,
    keys::{self, Ring},
    scope::{Scope, acr},
};

/// Where the endpoints lie below the issuer.
pub mod paths {
    pub const AUTHORIZE: &str = "/openid/authorize";
    pub const TOKEN: &str = "/openid/token";
    pub const PUSHED: &str = "/openid/par";
    pub const INTROSPECT: &str = "/openid/introspect";
    pub const REVOKE: &str = "/openid/revoke";
    pub const USERINFO: &str = "/openid/userinfo";
    /// Where a device begins to wait.
    pub const DEVICE_STARTS: &str = "/openid/device_authorization";
    /// Where a person types its code.
    pub const DEVICE: &str = "/openid/device";
    pub const KEYS: &str = "/openid/jwks";
    pub const SM2_KEYS: &str = "/openid/jwks-sm2";
    pub const SIGN_OUT: &str = "/openid/logout";
}

/// How foreign tokens may be signed: what clients say of themselves, and proofs of possession.
pub(crate) const FOREIGN_ALGORITHMS: [(&str, jsonwebtoken::Algorithm); 5] = [
    ("ES256", jsonwebtoken::Algorithm::ES256),
    ("ES384", jsonwebtoken::Algorithm::ES384),
    ("PS256", jsonwebtoken::Algorithm::PS256),
    ("RS256", jsonwebtoken::Algorithm::RS256),
    ("EdDSA", jsonwebtoken::Algorithm::EdDSA),
];

/// Signs people in for systems of others: OpenID Connect Core 1.0 with PKCE, and the standards beside it. Cheap to clone.
#[derive(Clone)]
pub struct Provider {
    pub(crate) store: Store,
    issuer: Arc<str>,
    pub(crate) keys: Ring,
    /// Tells clients that somebody signed out.
    pub(crate) http: reqwest::Client,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Provider")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Provider {
    /// Opens the provider, with its first keys where there are none. `issuer` is the address of the site, without a slash at
    /// the end; clients compare it letter by letter.
    pub async fn open(store: Store, issuer: &str, http: reqwest::Client) -> Result<Self, Error> {
        keys::ensure(&store).await?;
        jobs::begin(&store).await?;
        Ok(Self {
            store,
            issuer: issuer.into(),
            keys: Ring::default(),
            http,
        })
    }

    /// Who signs the tokens: the `iss` of all of them.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The whole address of an endpoint.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// The public keys (RFC 7517).
    pub async fn jwks(&self) -> Result<Value, Error> {
        Ok(self.keys.jwks(&self.store, TokenAlgorithm::Es256).await?)
    }

    /// The public keys of SM2, at an address of their own: many libraries give up the whole list at a curve that they do not know.
    pub async fn sm2_jwks(&self) -> Result<Value, Error> {
        Ok(self.keys.jwks(&self.store, TokenAlgorithm::Sm2).await?)
    }

    pub(crate) async fn signing(&self, algorithm: TokenAlgorithm) -> Result<Arc<TokenKey>, StoreError> {
        self.keys.signing(&self.store, algorithm).await
    }

    /// Takes new keys, and uses them here at once where they sign at once.
    pub async fn rotate_keys(&self, rotation: keys::Rotation) -> Result<Vec<String>, Error> {
        let kids = keys::rotate_keys(&self.store, rotation).await?;
        self.keys.forget();
        Ok(kids)
    }

    /// The name of a session for one client: two clients cannot tell that it is one session.
    pub(crate) fn sid(&self, session: Uuid, client: Uuid) -> String {
        let mut sid = self
            .store
            .keys()
            .token_hash(&format!("openid-sid|{session}|{client}"));
        sid.truncate(32);
        sid
    }

    /// What a library finds out about the provider by itself (OpenID Connect Discovery 1.0, RFC 8414).
    pub fn metadata(&self) -> Value {
        let address = |path| self.address(path);
        let foreign: Vec<&str> = FOREIGN_ALGORITHMS.iter().map(|(name, _)| *name).collect();
        let levels: Vec<String> = Assurance::ALL.into_iter().map(acr).collect();
        let ways = [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
            "none",
        ];
        json!({
            "issuer": self.issuer(),
            "authorization_endpoint": address(paths::AUTHORIZE),
            "token_endpoint": address(paths::TOKEN),
            "pushed_authorization_request_endpoint": address(paths::PUSHED),
            "introspection_endpoint": address(paths::INTROSPECT),
            "revocation_endpoint": address(paths::REVOKE),
            "userinfo_endpoint": address(paths::USERINFO),
            "device_authorization_endpoint": address(paths::DEVICE_STARTS),
            "jwks_uri": address(paths::KEYS),
            "sm2_jwks_uri": address(paths::SM2_KEYS),
            "end_session_endpoint": address(paths::SIGN_OUT),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code", "refresh_token", "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
                "urn:ietf:params:oauth:grant-type:token-exchange"
            ],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": TokenAlgorithm::ALL.map(TokenAlgorithm::as_str),
            "scopes_supported": Scope::ALL.map(Scope::as_str),
            "claims_supported": [
                "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "sid",
                "name", "party", "citizen_number", "uscc", "phone_number", "phone_number_verified", "mandates", "act"
            ],
            "acr_values_supported": levels,
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ways,
            "token_endpoint_auth_signing_alg_values_supported": foreign,
            "introspection_endpoint_auth_methods_supported": ways[..3],
            "introspection_endpoint_auth_signing_alg_values_supported": foreign,
            "revocation_endpoint_auth_methods_supported": ways,
            "revocation_endpoint_auth_signing_alg_values_supported": foreign,
            "dpop_signing_alg_values_supported": foreign,
            "authorization_response_iss_parameter_supported": true,
            "backchannel_logout_supported": true,
            "backchannel_logout_session_supported": true,
            "claims_parameter_supported": false,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
            "require_pushed_authorization_requests": false,
            "ui_locales_supported": ["zh-CN", "en"],
        })
    }
}
