//! The person has said yes or no, and the client gets its answer.

use chrono::Duration;
use tongban_identity::{Session, live_session_held};
use tongban_store::AuditEntry;

use super::{
    Stop, Weighed,
    domain::{Fault, with_query},
    row,
    weigh::here,
};
use crate::{
    Error, Provider,
    grants::{self, row::Giver},
    tokens::row::{code, code_hash, insert_code},
};

/// How long a code waits for its client.
const CODE_WAITS: Duration = Duration::seconds(60);

/// What the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// Nothing: it was all said before.
    AsBefore,
}

impl Provider {
    /// Answers a request of a client: the address that the browser goes to, with a code or an error. `None` where something is
    /// to be done first: weigh the request again.
    pub async fn answer(
        &self,
        params: &[(String, String)],
        session: &Session,
        answer: Answer,
    ) -> Result<Option<String>, Stop> {
        let resolved = self.resolve(params).await?;
        let weighed = self.weigh_resolved(&resolved, params, Some(session)).await?;
        let (client, request) = (resolved.client, resolved.request);
        match (answer, weighed) {
            (Answer::Yes, Weighed::Ask(_) | Weighed::Ready) | (Answer::AsBefore, Weighed::Ready) => {}
            (Answer::No, Weighed::Ask(_) | Weighed::Ready) => {
                let fault = Fault {
                    error: "access_denied",
                    description: "the person said no",
                };
                return Err(self.back(&request.redirect_uri, request.state.as_deref(), fault));
            }
            _ => return Ok(None),
        }
        let given = self.store.random_code();
        let (account, id) = (session.account.id, session.id);
        let giver = Giver::of(session);
        let tells_time = request.max_age.is_some() || request.prompt.login;
        let (told, asked, handle) = (given.clone(), request.clone(), resolved.handle);
        let written: Result<bool, Error> = self
            .store
            .write(session.actor.signer(), move |tx| {
                let (client, asked) = (client.clone(), asked.clone());
                let (told, handle) = (told.clone(), handle.clone());
                async move {
                    if let Some(handle) = handle
                        && !row::take(&tx, &handle).await?
                    {
                        return Ok(false);
                    }
                    if live_session_held(&tx, id).await?.is_none() {
                        return Ok(false);
                    }
                    let (grant, more) = grants::row::give(&tx, giver, &client, &asked.scopes).await?;
                    let code = code::Model {
                        code_hash: code_hash(tx.store(), &told),
                        grant_id: grant.id,
                        client: client.id,
                        account,
                        session: id,
                        redirect_uri: asked.redirect_uri,
                        scopes: asked.scopes.clone(),
                        nonce: asked.nonce,
                        challenge: asked.challenge,
                        tells_time,
                        proof_key: asked.proof_key,
                        until: tx.now() + CODE_WAITS,
                        family: None,
                    };
                    insert_code(&tx, code).await?;
                    let action = if more {
                        "openid.consented"
                    } else {
                        "openid.signed_in"
                    };
                    tx.audit(
                        AuditEntry::new(action)
                            .on("account", account)
                            .with("client", client.id.to_string())
                            .with("app", client.content.name)
                            .with("scopes", asked.scopes),
                    )
                    .await?;
                    Ok(true)
                }
            })
            .await;
        if !written? {
            return Err(here("openid.request_over"));
        }
        let mut answer = vec![("code", given.as_str())];
        answer.extend(request.state.as_deref().map(|state| ("state", state)));
        answer.push(("iss", self.issuer()));
        Ok(Some(with_query(&request.redirect_uri, &answer)))
    }
}
