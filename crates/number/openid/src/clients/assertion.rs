//! A client shows itself by a key of its own (`private_key_jwt`, RFC 7523).

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{
    DecodingKey, Validation, dangerous::insecure_decode_claims, decode, decode_header, jwk::JwkSet,
};
use serde::Deserialize;
use serde_json::Value;

use super::domain::Client;
use crate::{
    Provider, Trouble,
    provider::{FOREIGN_ALGORITHMS, paths},
};

/// The longest that an assertion may live.
const LIVES: Duration = Duration::minutes(10);
/// How far the clocks of others may go.
const SKEW: Duration = Duration::seconds(60);

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: i64,
    jti: String,
}

/// The claimed client of an assertion. Believe it after [`check`] only.
pub(super) fn claimed(assertion: &str) -> Option<String> {
    let claims: Claims = insecure_decode_claims(assertion).ok()?;
    Some(claims.sub)
}

/// What is noted of an assertion that holds, so that it holds once, and until when.
pub(super) fn check(
    provider: &Provider,
    client: &Client,
    assertion: &str,
) -> Result<(String, DateTime<Utc>), Trouble> {
    let claims = verified(client, assertion).ok_or_else(Trouble::client)?;
    let now = provider.store.now();
    let until = DateTime::from_timestamp(claims.exp, 0).ok_or_else(Trouble::client)?;
    // the provider, or for older libraries the endpoint of tokens; and nobody else beside it
    let ours = [provider.issuer().to_owned(), provider.address(paths::TOKEN)];
    let for_us = match &claims.aud {
        Value::Array(all) if all.len() == 1 => ours.iter().any(|ours| all[0] == *ours),
        one => ours.iter().any(|ours| one == ours),
    };
    let holds = for_us
        && claims.iss == client.client_id
        && claims.sub == client.client_id
        && until > now - SKEW
        && until <= now + LIVES + SKEW
        && !claims.jti.is_empty()
        && claims.jti.len() <= 200;
    if !holds {
        return Err(Trouble::client());
    }
    Ok((format!("assertion|{}|{}", client.id, claims.jti), until + SKEW))
}

fn verified(client: &Client, assertion: &str) -> Option<Claims> {
    let header = decode_header(assertion).ok()?;
    let (_, algorithm) = FOREIGN_ALGORITHMS
        .into_iter()
        .find(|(_, algorithm)| *algorithm == header.alg)?;
    let keys: JwkSet = serde_json::from_value(client.content.keys.clone()?).ok()?;
    let mut rules = Validation::new(algorithm);
    // the clock and the audience are ours to look at
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    keys.keys
        .iter()
        .filter(|key| header.kid.is_none() || key.common.key_id.is_none() || key.common.key_id == header.kid)
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| decode::<Claims>(assertion, &key, &rules).ok())
        .map(|token| token.claims)
}
