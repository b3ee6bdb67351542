//! Requests that come by the back door (RFC 9126): the browser carries a handle only.

use chrono::Duration;
use serde::Serialize;
use tongban_store::Signer;

use super::{
    domain::{read, redirect_of},
    row,
};
use crate::{
    Provider, Trouble,
    clients::{GrantType, authenticate::note},
    provider::paths,
    tokens::Call,
};

/// How long a request waits: as long as signing in may take.
const WAITS: Duration = Duration::minutes(10);
/// Longest parameter, in bytes: an ID token as a hint.
const LONGEST: usize = 2_000;
/// Before the handle.
pub(super) const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// What a request is made of. The rest is not kept: whoever has no secret could fill the table with it.
const OF_THE_REQUEST: [&str; 13] = [
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "acr_values",
    "dpop_jkt",
    "response_mode",
    "id_token_hint",
];

/// Where a request was kept.
#[derive(Debug, Clone, Serialize)]
pub struct Pushed {
    pub request_uri: String,
    /// In seconds.
    pub expires_in: i64,
}

impl Provider {
    /// Keeps a request of a client until a browser comes with its handle.
    pub async fn push(&self, call: &Call) -> Result<Pushed, Trouble> {
        let known = self.known(call).await?;
        let client = &known.client;
        if !client.may(GrantType::AuthorizationCode) {
            return Err(Trouble::new("unauthorized_client", "the client signs nobody in"));
        }
        let mut params: Vec<(String, String)> = call
            .form
            .iter()
            .filter(|(name, _)| OF_THE_REQUEST.contains(&name.as_str()))
            .cloned()
            .collect();
        if call
            .form
            .iter()
            .any(|(name, _)| name == "request_uri" || name == "request")
        {
            return Err(Trouble::request("such a request cannot be pushed"));
        }
        if params.iter().any(|(_, value)| value.len() > LONGEST) {
            return Err(Trouble::request("a parameter is too long"));
        }
        let redirect = redirect_of(client, &params)
            .ok_or_else(|| Trouble::request("redirect_uri is not one that the client is registered with"))?;
        let request =
            read(client, redirect, &params).map_err(|fault| Trouble::new(fault.error, fault.description))?;
        let proof = self.proof(call, "POST", paths::PUSHED, None)?;
        if let Some(proof) = &proof {
            match &request.proof_key {
                Some(named) if *named != proof.key => {
                    return Err(Trouble::new("invalid_dpop_proof", "dpop_jkt names another key"));
                }
                Some(_) => {}
                None => params.push(("dpop_jkt".to_owned(), proof.key.clone())),
            }
        }
        let handle = self.store.random_code();
        let (id, kept) = (client.id, handle.clone());
        self.store
            .write(Signer::nobody(), move |tx| {
                let (known, proof) = (known.clone(), proof.clone());
                let (handle, params) = (kept.clone(), params.clone());
                async move {
                    note(&tx, &known, proof.as_ref()).await?;
                    row::erase_before(&tx, tx.now()).await?;
                    row::keep(&tx, &handle, id, &params, tx.now() + WAITS).await?;
                    Ok::<_, Trouble>(())
                }
            })
            .await?;
        Ok(Pushed {
            request_uri: format!("{PREFIX}{handle}"),
            expires_in: WAITS.num_seconds(),
        })
    }
}
