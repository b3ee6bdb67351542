//! A client acts for whom its person may act for (RFC 8693).
//!
//! The mandate is the subject's word, the person's access token the actor's: what comes out speaks of the principal, and says in `act`
//! through whom.

use serde_json::Value;
use tongban_identity::{account, party_in, subject_blind};
use tongban_mandates::{InForce, mandate_in_force};
use tongban_store::{AuditEntry, Signer};
use uuid::Uuid;

use super::{Call, Proof, row::family, standing::Standing};
use crate::{
    Error, Provider, Trouble,
    clients::authenticate::{Known, note},
    grants,
    scope::{Scope, covers, has, words},
};

/// A mandate as a subject token: its id, as userinfo told it.
const MANDATE: &str = "urn:tongban:params:oauth:token-type:mandate";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl Provider {
    /// An access token that speaks of the principal of a mandate. It holds as long as the actor's, and no longer than the mandate: every
    /// endpoint of ours looks at both. There is no refresh token; the actor's is the one that passes on.
    pub(super) async fn exchange_token(
        &self,
        known: Known,
        call: &Call,
        proof: Option<Proof>,
    ) -> Result<Value, Trouble> {
        if call.needed("subject_token_type")? != MANDATE {
            return Err(Trouble::request("the subject token is no mandate"));
        }
        if call.needed("actor_token_type")? != ACCESS_TOKEN {
            return Err(Trouble::request("the actor token is no access token"));
        }
        if call
            .one("requested_token_type")?
            .is_some_and(|wanted| wanted != ACCESS_TOKEN)
        {
            return Err(Trouble::request("only access tokens are issued"));
        }
        for target in ["resource", "audience"] {
            if call.one(target)?.is_some_and(|wanted| wanted != self.issuer()) {
                return Err(Trouble::new("invalid_target", "tokens are for this issuer"));
            }
        }
        let actor = self
            .actor(&known, call.needed("actor_token")?, proof.as_ref())
            .await?;
        let mandate = self
            .mandate(&actor, call.needed("subject_token")?)
            .await?
            .ok_or_else(Trouble::grant)?;
        let scopes = scopes(call.one("scope")?, &actor.scopes)?;
        let noted = (actor.clone(), scopes.clone());
        let client = known.client.clone();
        let principal = mandate.clone();
        let subject = self
            .store
            .write(Signer::nobody(), move |tx| {
                let (known, proof) = (known.clone(), proof.clone());
                let (mandate, (actor, scopes)) = (principal.clone(), noted.clone());
                async move {
                    note(&tx, &known, proof.as_ref()).await?;
                    let party = party_in(&tx, mandate.principal).await?;
                    let party = party.ok_or_else(|| Trouble::from(Error::NotFound))?;
                    let subject =
                        grants::principal::subject(&tx, mandate.giver(), &known.client.content.sector)
                            .await?;
                    tx.audit(
                        AuditEntry::new("openid.acting_token")
                            .on("client", known.client.id)
                            .about(&subject_blind(tx.store(), party.kind, &party.number))
                            .with("mandate", mandate.mandate.to_string())
                            .with("family", actor.id.to_string())
                            .with("scopes", scopes),
                    )
                    .await?;
                    Ok::<_, Trouble>(subject)
                }
            })
            .await?;
        let mut answer = self
            .told_acting(&client, &actor, mandate.mandate, &subject, &scopes)
            .await?;
        answer["issued_token_type"] = Value::from(ACCESS_TOKEN);
        Ok(answer)
    }

    /// What the access token of the person goes back to: the client's own, with a yes to be told of mandates.
    async fn actor(
        &self,
        known: &Known,
        token: &str,
        proof: Option<&Proof>,
    ) -> Result<family::Model, Trouble> {
        let wrong = Trouble::grant;
        let standing: Standing = self.standing(token).await?.ok_or_else(wrong)?;
        let acting = standing.acting.is_some();
        let family = standing
            .family
            .filter(|family| family.client == known.client.id)
            .ok_or_else(wrong)?;
        // nobody passes on what they were trusted with
        if acting || !has(&family.scopes, Scope::Mandates) || !has(&family.scopes, Scope::OpenId) {
            return Err(wrong());
        }
        match (&family.proof_key, proof) {
            (Some(key), Some(proof)) if *key == proof.key => Ok(family),
            (Some(_), _) => Err(Trouble::new(
                "invalid_dpop_proof",
                "the actor token is bound to a key",
            )),
            (None, _) => Ok(family),
        }
    }

    async fn mandate(&self, actor: &family::Model, id: &str) -> Result<Option<ActsFor>, Trouble> {
        let Ok(id) = id.parse::<Uuid>() else {
            return Ok(None);
        };
        self.acts_for(actor, id).await
    }

    /// For whom a mandate lets the person of a family act now. Only one for everything is passed to systems of others: what matters and departments are,
    /// they do not know.
    pub(super) async fn acts_for(&self, actor: &family::Model, id: Uuid) -> Result<Option<ActsFor>, Trouble> {
        let found = mandate_in_force(&self.store, id, actor.account)
            .await
            .map_err(Error::from)?;
        let Some(InForce { principal, kind, .. }) = found.filter(|mandate| mandate.everything) else {
            return Ok(None);
        };
        let since = account(&self.store, principal)
            .await?
            .and_then(|account| account.checked_at);
        Ok(Some(ActsFor {
            mandate: id,
            kind,
            principal,
            since,
        }))
    }
}

/// What may be told of the principal: of what the person let the client know of themself, what was asked for.
fn scopes(asked: Option<&str>, held: &str) -> Result<String, Trouble> {
    let may = [Scope::OpenId, Scope::Profile, Scope::Number, Scope::Phone];
    let own: Vec<&str> = words(held)
        .into_iter()
        .filter(|word| may.iter().any(|scope| scope.as_str() == *word))
        .collect();
    let own = own.join(" ");
    match asked {
        None => Ok(own),
        Some(asked) if covers(&own, asked) && has(asked, Scope::OpenId) => Ok(words(asked).join(" ")),
        Some(_) => Err(Trouble::new(
            "invalid_scope",
            "no more than the person let the client know of themself",
        )),
    }
}

/// For whom somebody acts at a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActsFor {
    pub mandate: Uuid,
    pub kind: tongban_access::MandateKind,
    /// The account of the principal.
    pub principal: Uuid,
    since: Option<chrono::DateTime<chrono::Utc>>,
}

impl ActsFor {
    fn giver(&self) -> grants::row::Giver {
        grants::row::Giver {
            account: self.principal,
            since: self.since,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::scopes;

    #[test]
    fn no_more_than_the_person_gave() {
        let held = "openid profile mandates offline_access parking.read";
        assert_eq!(scopes(None, held).unwrap(), "openid profile");
        assert_eq!(scopes(Some("openid"), held).unwrap(), "openid");
        for asked in [
            "openid number",
            "profile",
            "openid mandates",
            "openid offline_access",
            "parking.read",
        ] {
            assert_eq!(
                scopes(Some(asked), held).unwrap_err().error,
                "invalid_scope",
                "{asked}"
            );
        }
    }
}
