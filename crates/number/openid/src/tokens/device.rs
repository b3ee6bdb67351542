//! A device asks whether the person has said yes (RFC 8628 §3.4).

use chrono::Duration;
use serde_json::Value;
use tongban_identity::live_session_held;
use tongban_store::{Signer, Tx};

use super::{Call, Proof, code::new_family, mint::Issued, row};
use crate::{
    Provider, Trouble,
    clients::authenticate::{Known, note},
    device::{self, INTERVAL_STEP, Standing},
    grants,
};

impl Provider {
    pub(super) async fn trade_device(
        &self,
        known: Known,
        call: &Call,
        proof: Option<Proof>,
    ) -> Result<Value, Trouble> {
        let code = call.needed("device_code")?.to_owned();
        let client = known.client.clone();
        let issued: Result<Issued, Trouble> = self
            .store
            .write(Signer::nobody(), move |tx| {
                let (known, proof, code) = (known.clone(), proof.clone(), code.clone());
                async move {
                    note(&tx, &known, proof.as_ref()).await?;
                    trade(&tx, &known, proof, &code).await
                }
            })
            .await?;
        self.told(&client, issued?).await
    }
}

/// The outer result undoes the act, the inner one does not.
async fn trade(
    tx: &Tx,
    known: &Known,
    proof: Option<Proof>,
    code: &str,
) -> Result<Result<Issued, Trouble>, Trouble> {
    let client = &known.client;
    let Some(device) = device::row::asking(tx, code, client.id).await? else {
        return Ok(Err(Trouble::grant()));
    };
    if device.until <= tx.now() {
        return Ok(Err(Trouble::new("expired_token", "the device waited too long")));
    }
    let too_soon = device
        .polled_at
        .is_some_and(|at| tx.now() < at + Duration::seconds(device.interval.into()));
    match Standing::from_word(&device.standing) {
        Some(Standing::Waits) if too_soon => {
            device::row::polled(tx, device.id, device.interval + INTERVAL_STEP).await?;
            return Ok(Err(Trouble::new("slow_down", "the device asks too often")));
        }
        Some(Standing::Waits) => {
            device::row::polled(tx, device.id, device.interval).await?;
            return Ok(Err(Trouble::new(
                "authorization_pending",
                "the person has not answered yet",
            )));
        }
        Some(Standing::Approved) => {}
        Some(Standing::Refused) | None => {
            device::row::take(tx, device.id).await?;
            return Ok(Err(Trouble::new("access_denied", "the person said no")));
        }
    }
    if !device::row::take(tx, device.id).await? {
        return Ok(Err(Trouble::grant()));
    }
    let (Some(account), Some(session)) = (device.account, device.session) else {
        return Ok(Err(Trouble::grant()));
    };
    let session = live_session_held(tx, session)
        .await?
        .filter(|session| session.account.id == account);
    let grant = grants::row::of(tx.connection(), account, client.id)
        .await?
        .filter(|grant| grant.revoked_at.is_none());
    let (Some(session), Some(grant)) = (session, grant) else {
        return Ok(Err(Trouble::grant()));
    };
    let proof_key = proof.map(|proof| proof.key);
    let (family, refresh) = new_family(tx, client, grant, &session, device.scopes, proof_key);
    row::insert_family(tx, family.clone()).await?;
    Ok(Ok(Issued {
        family,
        nonce: None,
        refresh,
    }))
}
