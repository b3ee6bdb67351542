//! A refresh token is traded for the next one. One that comes twice ends them all (RFC 9700 §4.14).

use serde_json::Value;
use tongban_crypto::constant_time_eq;
use tongban_identity::{account_is_open_in, live_session_in};
use tongban_store::{Signer, Tx};

use super::{
    Call, Proof,
    code::{OFFLINE_LIVES, OFFLINE_RESTS, replayed},
    mint::Issued,
    row,
};
use crate::{
    Provider, Trouble,
    clients::{
        ClientAuth,
        authenticate::{Known, note},
    },
    grants,
    scope::{covers, joined, words},
};

impl Provider {
    pub(super) async fn refresh(
        &self,
        known: Known,
        call: &Call,
        proof: Option<Proof>,
    ) -> Result<Value, Trouble> {
        let token = call.needed("refresh_token")?.to_owned();
        let scopes = call.one("scope")?.map(str::to_owned);
        let client = known.client.clone();
        let issued: Result<Issued, Trouble> = self
            .store
            .write(Signer::nobody(), move |tx| {
                let (known, proof) = (known.clone(), proof.clone());
                let (token, scopes) = (token.clone(), scopes.clone());
                async move {
                    note(&tx, &known, proof.as_ref()).await?;
                    trade(&tx, &known, proof, &token, scopes.as_deref()).await
                }
            })
            .await?;
        self.told(&client, issued?).await
    }
}

async fn trade(
    tx: &Tx,
    known: &Known,
    proof: Option<Proof>,
    token: &str,
    scopes: Option<&str>,
) -> Result<Result<Issued, Trouble>, Trouble> {
    let refused = || Ok(Err(Trouble::grant()));
    let Some((handle, tail)) = token.split_once('.') else {
        return refused();
    };
    let found = row::by_handle(tx.connection(), tx.store(), handle).await?;
    let Some(mut family) = found.filter(|family| family.client == known.client.id) else {
        return refused();
    };
    if family.ended_at.is_some() || family.ends_at <= tx.now() {
        return refused();
    }
    let newest = family
        .tail_hash
        .as_deref()
        .is_some_and(|hash| constant_time_eq(hash, row::tail_hash(tx.store(), tail)));
    if !newest {
        return replayed(tx, known.client.id, family.id).await;
    }
    let shown = proof.map(|proof| proof.key);
    // RFC 9449 §5: a refresh token of a client that shows who it is is bound by that; its access tokens by the key of the moment
    let pinned = known.client.content.auth == ClientAuth::None;
    let fits = match (&family.proof_key, &shown) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(bound), Some(shown)) => !pinned || bound == shown,
    };
    if !fits {
        return Ok(Err(Trouble::new(
            "invalid_dpop_proof",
            "the token is bound to another key",
        )));
    }
    let Some(grant) = grants::row::standing(tx.connection(), family.grant_id, family.started_at).await?
    else {
        return refused();
    };
    let there = if family.offline {
        account_is_open_in(tx, family.account).await?
    } else {
        live_session_in(tx, family.session).await?.is_some()
    };
    if !there {
        return refused();
    }
    // what the client may not have any more is not handed on
    let granted = words(&grant.scopes);
    let held: Vec<&str> = words(&family.scopes)
        .into_iter()
        .filter(|word| granted.contains(word))
        .collect();
    let held = held.join(" ");
    let narrowed = match scopes {
        None => held,
        Some(asked) if covers(&held, asked) => joined("", asked),
        Some(_) => return Ok(Err(Trouble::new("invalid_scope", "that was not granted"))),
    };
    let ends_at = if family.offline {
        std::cmp::min(tx.now() + OFFLINE_RESTS, family.started_at + OFFLINE_LIVES)
    } else {
        family.ends_at
    };
    let next = tx.random_code();
    if !row::pass_on(tx, family.id, tail, &next, ends_at).await? {
        // somebody else passed it on between our look and our act
        return replayed(tx, known.client.id, family.id).await;
    }
    family.scopes = narrowed;
    family.proof_key = shown;
    Ok(Ok(Issued {
        family,
        nonce: None,
        refresh: Some(format!("{handle}.{next}")),
    }))
}
