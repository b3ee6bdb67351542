//! Which client calls.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use reqwest::Url;
use tongban_crypto::constant_time_eq;
use tongban_store::Tx;

use super::{
    assertion,
    domain::{Client, ClientAuth},
    manage::secret_hash,
    query::by_client_id,
};
use crate::{
    Provider, Trouble,
    tokens::{Call, Proof, row::first_time},
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that has shown who it is.
#[derive(Clone)]
pub(crate) struct Known {
    pub client: Client,
    /// What shows it holds once: to be noted in the act, until an instant.
    once: Option<(String, DateTime<Utc>)>,
}

impl Known {
    /// Whether something of how the client showed itself holds once.
    pub(crate) fn shows_once(&self) -> bool {
        self.once.is_some()
    }
}

/// Notes what may come once: an assertion, a proof. In the act that it is for.
pub(crate) async fn note(tx: &Tx, known: &Known, proof: Option<&Proof>) -> Result<(), Trouble> {
    if let Some((what, until)) = &known.once
        && !first_time(tx, what, *until).await?
    {
        return Err(Trouble::client());
    }
    if let Some(proof) = proof
        && !first_time(tx, &proof.once, proof.until).await?
    {
        return Err(Trouble::new("invalid_dpop_proof", "the proof was used before"));
    }
    Ok(())
}

/// A pair of `Authorization: Basic …`, each half form-encoded (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, pair) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |half: &str| {
        let mut url = Url::parse("https://form.invalid").ok()?;
        url.set_query(Some(&format!("half={}", half.replace('&', "%26"))));
        let (_, value) = url.query_pairs().next()?;
        Some(value.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}

impl Provider {
    /// The client of a call, by the one way that it is registered with.
    pub(crate) async fn known(&self, call: &Call) -> Result<Known, Trouble> {
        let named = call.one("client_id")?;
        let by_basic = match call.authorization.as_deref() {
            Some(header) => Some(basic(header).ok_or_else(Trouble::client)?),
            None => None,
        };
        let by_post = call.one("client_secret")?;
        let assertion = match (call.one("client_assertion_type")?, call.one("client_assertion")?) {
            (None, None) => None,
            (Some(ASSERTION), Some(assertion)) => Some(assertion),
            _ => return Err(Trouble::client()),
        };
        let ways = [by_basic.is_some(), by_post.is_some(), assertion.is_some()];
        if ways.iter().filter(|way| **way).count() > 1 {
            return Err(Trouble::request("the client shows itself in more than one way"));
        }
        let client_id = match (&by_basic, assertion) {
            (Some((id, _)), _) => Some(id.clone()),
            (None, Some(assertion)) => assertion::claimed(assertion),
            _ => named.map(str::to_owned),
        };
        let client_id = client_id.ok_or_else(Trouble::client)?;
        if named.is_some_and(|named| named != client_id) {
            return Err(Trouble::client());
        }
        let client = by_client_id(self.store.reader(), &client_id)
            .await?
            .ok_or_else(Trouble::client)?;
        let secret = by_basic.as_ref().map(|(_, secret)| secret.as_str()).or(by_post);
        let once = match (client.content.auth, secret, assertion) {
            (ClientAuth::None, None, None) => None,
            (ClientAuth::Secret, Some(secret), None) => {
                let given = secret_hash(&self.store, client.id, secret);
                let holds = client
                    .secret_hash
                    .as_deref()
                    .is_some_and(|hash| constant_time_eq(hash, given));
                if !holds {
                    return Err(Trouble::client());
                }
                None
            }
            (ClientAuth::Key, None, Some(assertion)) => Some(assertion::check(self, &client, assertion)?),
            _ => return Err(Trouble::client()),
        };
        Ok(Known { client, once })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_are_form_encoded() {
        let header = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert_eq!(
            basic(&header("id:se%3Acret+1")),
            Some(("id".to_owned(), "se:cret 1".to_owned()))
        );
        assert_eq!(
            basic(&header("id:a&b#c")),
            Some(("id".to_owned(), "a&b#c".to_owned()))
        );
        assert_eq!(basic(&header("nothing")), None);
        assert_eq!(basic("Bearer x"), None);
        assert_eq!(basic("Basic %%%"), None);
    }
}
