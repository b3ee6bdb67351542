//! A code is traded for tokens, once.

use chrono::Duration;
use serde_json::Value;
use tongban_access::Assurance;
use tongban_crypto::{constant_time_eq, sha256_base64url};
use tongban_identity::{Session, live_session_held};
use tongban_store::{AuditEntry, Signer, Tx};

use super::{Call, Proof, mint::Issued, row};
use crate::{
    Provider, Trouble,
    clients::{
        Client, GrantType,
        authenticate::{Known, note},
    },
    grants, logout,
    scope::{Scope, has},
};

/// How long a family lives that hangs on a session: no session is longer.
const WITH_SESSION: Duration = Duration::hours(24);
/// How long one that goes on without the person rests unused.
pub(super) const OFFLINE_RESTS: Duration = Duration::days(30);
/// How long it lives in all.
pub(super) const OFFLINE_LIVES: Duration = Duration::days(180);

/// What was posted with a code.
#[derive(Clone)]
struct Shown {
    code: String,
    redirect_uri: String,
    verifier: String,
}

impl Provider {
    pub(super) async fn trade_code(
        &self,
        known: Known,
        call: &Call,
        proof: Option<Proof>,
    ) -> Result<Value, Trouble> {
        let shown = Shown {
            code: call.needed("code")?.to_owned(),
            redirect_uri: call.needed("redirect_uri")?.to_owned(),
            verifier: call.needed("code_verifier")?.to_owned(),
        };
        let client = known.client.clone();
        let issued: Result<Issued, Trouble> = self
            .store
            .write(Signer::nobody(), move |tx| {
                let (known, proof, shown) = (known.clone(), proof.clone(), shown.clone());
                async move {
                    note(&tx, &known, proof.as_ref()).await?;
                    trade(&tx, &known, proof, &shown).await
                }
            })
            .await?;
        self.told(&client, issued?).await
    }
}

/// The outer result undoes the act, the inner one does not: what a wrong code brings about stays.
async fn trade(
    tx: &Tx,
    known: &Known,
    proof: Option<Proof>,
    shown: &Shown,
) -> Result<Result<Issued, Trouble>, Trouble> {
    let client = &known.client;
    let hash = row::code_hash(tx.store(), &shown.code);
    let Some(code) = row::code(tx, &hash)
        .await?
        .filter(|code| code.client == client.id)
    else {
        return Ok(Err(Trouble::grant()));
    };
    let shows = code.redirect_uri == shown.redirect_uri
        && (43..=128).contains(&shown.verifier.len())
        && constant_time_eq(&code.challenge, sha256_base64url(&shown.verifier));
    if !shows {
        return Ok(Err(Trouble::grant()));
    }
    if let Some(family) = code.family {
        // RFC 6749 §4.1.2: a code that comes twice was stolen, before or after
        return replayed(tx, client.id, family).await;
    }
    if code.until <= tx.now() {
        return Ok(Err(Trouble::grant()));
    }
    let proof_key = proof.map(|proof| proof.key);
    if code.proof_key.is_some() && code.proof_key != proof_key {
        return Ok(Err(Trouble::new(
            "invalid_dpop_proof",
            "the code was asked for with another key",
        )));
    }
    let session = live_session_held(tx, code.session)
        .await?
        .filter(|session| session.account.id == code.account);
    let grant = grants::row::standing(tx.connection(), code.grant_id, tx.now()).await?;
    let (Some(session), Some(grant)) = (session, grant) else {
        return Ok(Err(Trouble::grant()));
    };
    let (family, refresh) = new_family(tx, client, grant, &session, code.scopes, proof_key);
    let family = row::family::Model {
        tells_time: code.tells_time,
        ..family
    };
    if !row::take_code(tx, &hash, family.id).await? {
        // somebody else was faster by a moment
        return match row::code(tx, &hash).await?.and_then(|code| code.family) {
            Some(family) => replayed(tx, client.id, family).await,
            None => Ok(Err(Trouble::grant())),
        };
    }
    row::insert_family(tx, family.clone()).await?;
    Ok(Ok(Issued {
        family,
        nonce: code.nonce,
        refresh,
    }))
}

/// What begins with a yes of a person in a session; and the first refresh token, where the client may have one.
pub(super) fn new_family(
    tx: &Tx,
    client: &Client,
    grant: grants::row::grant::Model,
    session: &Session,
    scopes: String,
    proof_key: Option<String>,
) -> (row::family::Model, Option<String>) {
    let offline = has(&scopes, Scope::OfflineAccess);
    let refresh = client
        .may(GrantType::RefreshToken)
        .then(|| (tx.random_code(), tx.random_code()));
    let family = row::family::Model {
        id: tx.random_id(),
        handle_hash: refresh
            .as_ref()
            .map(|(handle, _)| row::handle_hash(tx.store(), handle)),
        tail_hash: refresh.as_ref().map(|(_, tail)| row::tail_hash(tx.store(), tail)),
        grant_id: grant.id,
        client: client.id,
        account: grant.account,
        session: session.id,
        offline,
        subject: grant.subject,
        scopes,
        level: session
            .actor
            .assurance()
            .unwrap_or(Assurance::Registered)
            .as_str()
            .to_owned(),
        surer_until: session.recognised_until,
        signed_in_at: session.opened_at,
        tells_time: false,
        proof_key,
        started_at: tx.now(),
        used_at: tx.now(),
        ends_at: tx.now() + if offline { OFFLINE_RESTS } else { WITH_SESSION },
        ended_at: None,
        ended_by: None,
    };
    (family, refresh.map(|(handle, tail)| format!("{handle}.{tail}")))
}

/// Something came a second time that holds once: whoever has the first of it may be a thief, so nothing of it holds any more.
pub(super) async fn replayed(
    tx: &Tx,
    client: uuid::Uuid,
    family: uuid::Uuid,
) -> Result<Result<Issued, Trouble>, Trouble> {
    let ended = row::end(tx, family, "replayed").await?;
    logout::tell(tx, &ended).await?;
    for family in ended {
        tx.audit(
            AuditEntry::new("openid.replayed")
                .on("account", family.account)
                .with("client", client.to_string()),
        )
        .await?;
    }
    Ok(Err(Trouble::grant()))
}
