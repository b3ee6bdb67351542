//! Signed tokens (JWS in compact form, RFC 7515) and the public keys that verify them (JWK, RFC 7517).

use ::sm2::{
    dsa::{
        Signature as Sm2Signature, SigningKey as Sm2SigningKey,
        signature::{Signer as _, Verifier as _},
    },
    elliptic_curve::sec1::ToSec1Point as _,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature as P256Signature, SigningKey as P256SigningKey};
use rand::TryRng as _;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{CryptoError, USER_ID};

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenAlgorithm {
    /// ECDSA over P-256 with SHA-256 (RFC 7518): what every library knows.
    Es256,
    /// SM2 with SM3 and the usual user id (GB/T 32918.2). No RFC names it: header `alg` and `crv` say `SM2`, the signature is
    /// r ‖ s as with ES256.
    Sm2,
}

impl TokenAlgorithm {
    pub const ALL: [Self; 2] = [Self::Es256, Self::Sm2];

    /// What the header of a token says.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Sm2 => "SM2",
        }
    }

    /// The algorithm of what a header says.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == word)
    }

    fn curve(self) -> &'static str {
        match self {
            Self::Es256 => "P-256",
            Self::Sm2 => "SM2",
        }
    }
}

enum Private {
    Es256(P256SigningKey),
    Sm2(Sm2SigningKey),
}

/// A key that signs tokens and verifies its own.
pub struct TokenKey {
    algorithm: TokenAlgorithm,
    private: Private,
    /// The coordinates of the public point, base64url.
    x: String,
    y: String,
    kid: String,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl TokenKey {
    /// A fresh key, with the secret number that is to be kept sealed.
    pub fn generate(algorithm: TokenAlgorithm) -> Result<([u8; 32], Self), CryptoError> {
        loop {
            let mut secret = [0u8; 32];
            rand::rngs::SysRng
                .try_fill_bytes(&mut secret)
                .map_err(|_| CryptoError::Random)?;
            // of random numbers one in 2³² lies outside the curve's order
            if let Some(key) = Self::from_secret(algorithm, &secret) {
                return Ok((secret, key));
            }
        }
    }

    /// The key of a secret number; `None` if the number is none of the curve.
    pub fn from_secret(algorithm: TokenAlgorithm, secret: &[u8; 32]) -> Option<Self> {
        let (private, point) = match algorithm {
            TokenAlgorithm::Es256 => {
                let key = P256SigningKey::from_slice(secret).ok()?;
                let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (Private::Es256(key), point)
            }
            TokenAlgorithm::Sm2 => {
                let key = Sm2SigningKey::from_slice(USER_ID, secret).ok()?;
                let _: Sm2Signature = key.try_sign(b"").ok()?;
                let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (Private::Sm2(key), point)
            }
        };
        let (x, y) = point.get(1..)?.split_at_checked(32)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        // RFC 7638: the members that are required, in the order of their names
        let kid = sha256_base64url(&format!(
            r#"{{"crv":"{}","kty":"EC","x":"{x}","y":"{y}"}}"#,
            algorithm.curve()
        ));
        Some(Self {
            algorithm,
            private,
            x,
            y,
            kid,
        })
    }

    pub fn algorithm(&self) -> TokenAlgorithm {
        self.algorithm
    }

    /// The thumbprint of the public key (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key for others.
    pub fn jwk(&self) -> Value {
        json!({
            "kty": "EC", "crv": self.algorithm.curve(), "x": self.x, "y": self.y,
            "kid": self.kid, "alg": self.algorithm.as_str(), "use": "sig",
        })
    }

    /// A signed token. `kind` is the `typ` of its header: `JWT`, `at+jwt`, `logout+jwt`.
    pub fn sign(&self, kind: &str, claims: &impl Serialize) -> Result<String, CryptoError> {
        let header = json!({ "alg": self.algorithm.as_str(), "typ": kind, "kid": self.kid });
        let claims = serde_json::to_vec(claims).map_err(|_| CryptoError::Malformed)?;
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let message = token.as_bytes();
        let signature = match &self.private {
            Private::Es256(key) => {
                let signature: P256Signature = key.try_sign(message).map_err(|_| CryptoError::Refused)?;
                signature.to_bytes().to_vec()
            }
            Private::Sm2(key) => {
                let signature: Sm2Signature = key.try_sign(message).map_err(|_| CryptoError::Refused)?;
                signature.to_bytes().to_vec()
            }
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The key that a token says it was signed with, and the `typ` of its header. Believe neither before [`TokenKey::verify`].
    pub fn named_by(token: &str) -> Option<(String, String)> {
        let header = decode_part(token.split('.').next()?)?;
        let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((text("kid")?, text("typ")?))
    }

    /// The claims of a token that this key signed with this `typ`; `None` for any other.
    pub fn verify(&self, kind: &str, token: &str) -> Option<Value> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let header = decode_part(header)?;
        let says = |name: &str, value: &str| header.get(name).and_then(Value::as_str) == Some(value);
        if !says("alg", self.algorithm.as_str()) || !says("kid", &self.kid) || !says("typ", kind) {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let holds = match &self.private {
            Private::Es256(key) => key
                .verifying_key()
                .verify(message.as_bytes(), &P256Signature::from_slice(&signature).ok()?)
                .is_ok(),
            Private::Sm2(key) => key
                .verifying_key()
                .verify(message.as_bytes(), &Sm2Signature::from_slice(&signature).ok()?)
                .is_ok(),
        };
        if holds { decode_part(claims) } else { None }
    }
}

fn decode_part(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// SHA-256 in base64url: what PKCE (RFC 7636), DPoP (RFC 9449) and thumbprints compare.
pub fn sha256_base64url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}
