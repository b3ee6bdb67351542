//! A proof that whoever calls holds a key (DPoP, RFC 9449).

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{
    DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, Jwk, ThumbprintHash},
};
use serde::Deserialize;
use tongban_crypto::sha256_base64url;

use super::Call;
use crate::{Provider, Trouble, provider::FOREIGN_ALGORITHMS};

/// How old a proof may be, and how far the clocks of others may go ahead.
const HOLDS: Duration = Duration::seconds(120);
/// Longer ones are none.
const LONGEST: usize = 4096;

/// A proof that holds.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    /// Thumbprint of the key (RFC 7638).
    pub key: String,
    /// What is noted of it, so that it holds once.
    pub once: String,
    pub until: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    ath: Option<String>,
}

fn wrong(description: &'static str) -> Trouble {
    Trouble::new("invalid_dpop_proof", description)
}

impl Provider {
    /// The proof of a call to an endpoint; `token` is the access token that it goes with. None where none was sent.
    pub(crate) fn proof(
        &self,
        call: &Call,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> Result<Option<Proof>, Trouble> {
        let [proof] = call.proofs.as_slice() else {
            return if call.proofs.is_empty() {
                Ok(None)
            } else {
                Err(wrong("more than one proof"))
            };
        };
        let (key, claims) = verified(proof).ok_or_else(|| wrong("the proof does not verify"))?;
        let now = self.store.now();
        let at = DateTime::from_timestamp(claims.iat, 0).ok_or_else(|| wrong("the proof has no time"))?;
        let here = self.address(path);
        // RFC 9449 §4.3: without query and fragment
        let there = claims.htu.split(['?', '#']).next().unwrap_or_default();
        if claims.htm != method || there != here {
            return Err(wrong("the proof is for another request"));
        }
        if at < now - HOLDS || at > now + HOLDS {
            return Err(wrong("the proof is too old, or a clock is wrong"));
        }
        if claims.ath != token.map(sha256_base64url) {
            return Err(wrong("the proof is for another token"));
        }
        if claims.jti.is_empty() || claims.jti.len() > 200 {
            return Err(wrong("the proof has no number"));
        }
        Ok(Some(Proof {
            once: format!("proof|{key}|{}", claims.jti),
            key,
            until: at + HOLDS + HOLDS,
        }))
    }
}

fn verified(proof: &str) -> Option<(String, Claims)> {
    if proof.len() > LONGEST {
        return None;
    }
    let header = decode_header(proof).ok()?;
    let known = FOREIGN_ALGORITHMS
        .iter()
        .any(|(_, algorithm)| *algorithm == header.alg);
    let jwk: Jwk = header.jwk?;
    let symmetric = matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_));
    if !known || symmetric || header.typ.as_deref() != Some("dpop+jwt") {
        return None;
    }
    let mut rules = Validation::new(header.alg);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    let claims = decode::<Claims>(proof, &key, &rules).ok()?.claims;
    Some((jwk.thumbprint(ThumbprintHash::SHA256).ok()?, claims))
}
