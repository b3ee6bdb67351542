//! What a system may know of the person who signed in (OpenID Connect Core §5.3).

use serde_json::{Value, json};
use tongban_access::PartyKind;
use tongban_identity::{Party, party_in, subject_blind};
use tongban_mandates::mandates_in_force;
use tongban_store::{AccessEntry, Signer};
use uuid::Uuid;

use super::{Call, row::first_time};
use crate::{
    Error, Provider, Trouble,
    provider::paths,
    scope::{Scope, acr, has},
};

/// A request for it.
#[derive(Debug, Clone, Default)]
pub struct InfoCall {
    /// `GET` or `POST`.
    pub method: String,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// Every `DPoP` header.
    pub proofs: Vec<String>,
}

/// Why nothing is told, and how to ask (`WWW-Authenticate`).
#[derive(Debug)]
pub struct InfoTrouble {
    pub trouble: Trouble,
    /// `Bearer` or `DPoP`.
    pub scheme: &'static str,
}

fn claims_of(party: &Party, scopes: &str, claims: &mut Value) {
    if has(scopes, Scope::Profile) {
        claims["name"] = json!(party.name);
        claims["party"] = json!(party.kind.as_str());
    }
    if has(scopes, Scope::Number) {
        let name = match party.kind {
            PartyKind::Person => "citizen_number",
            PartyKind::Enterprise => "uscc",
        };
        claims[name] = json!(party.number);
    }
    if has(scopes, Scope::Phone)
        && let Some(phone) = &party.phone
    {
        claims["phone_number"] = json!(format!("+86{phone}"));
        claims["phone_number_verified"] = json!(true);
    }
}

impl Provider {
    /// For whom the person may act in everything.
    async fn mandates_of(&self, account: Uuid) -> Result<Value, Trouble> {
        let found = mandates_in_force(&self.store, account)
            .await
            .map_err(Error::from)?;
        Ok(found
            .into_iter()
            .filter(|mandate| mandate.everything)
            .map(|mandate| {
                json!({
                    "id": mandate.id,
                    "kind": mandate.kind.as_str(),
                    "party": mandate.principal_kind.as_str(),
                    "name": mandate.principal_name,
                    "until": mandate.ends_on,
                })
            })
            .collect())
    }

    /// What the person let the client know, by an access token. Every look is a line under "who read my data".
    pub async fn userinfo(&self, call: InfoCall) -> Result<Value, InfoTrouble> {
        let header = call.authorization.clone().unwrap_or_default();
        let (scheme, token) = header.split_once(' ').unwrap_or_default();
        let scheme = if scheme.eq_ignore_ascii_case("dpop") {
            "DPoP"
        } else {
            "Bearer"
        };
        self.told_of_person(&call, scheme, token.trim())
            .await
            .map_err(|trouble| InfoTrouble { trouble, scheme })
    }

    async fn told_of_person(&self, call: &InfoCall, scheme: &str, token: &str) -> Result<Value, Trouble> {
        let wrong = || Trouble::new("invalid_token", "the token does not hold");
        let standing = self.standing(token).await?.ok_or_else(wrong)?;
        let bound = standing
            .claims
            .pointer("/cnf/jkt")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let proofs = Call {
            proofs: call.proofs.clone(),
            ..Call::default()
        };
        let proof = match (&bound, scheme) {
            (None, "Bearer") => None,
            (Some(key), "DPoP") => {
                let proof = self
                    .proof(&proofs, &call.method, paths::USERINFO, Some(token))?
                    .filter(|proof| proof.key == *key)
                    .ok_or_else(|| Trouble::new("invalid_dpop_proof", "the token is bound to a key"))?;
                Some(proof)
            }
            _ => return Err(wrong()),
        };
        let scopes = standing.text("scope").unwrap_or_default().to_owned();
        let family = match &standing.family {
            Some(family) if has(&scopes, Scope::OpenId) => family.clone(),
            _ => {
                return Err(Trouble::new(
                    "insufficient_scope",
                    "nobody signed in for this token",
                ));
            }
        };
        let content = standing.client.content.clone();
        let acting = standing.acting.clone();
        let mut claims = json!({ "sub": standing.text("sub").unwrap_or_default() });
        if let Some(acting) = &acting {
            claims["act"] = json!({ "sub": family.subject });
            claims["mandate"] = json!({ "id": acting.mandate, "kind": acting.kind.as_str() });
        }
        claims["acr"] = json!(acr(family.level_at(self.store.now())?));
        if acting.is_none() && has(&scopes, Scope::Mandates) {
            claims["mandates"] = self.mandates_of(family.account).await?;
        }
        let told = [Scope::Profile, Scope::Number, Scope::Phone]
            .into_iter()
            .any(|scope| has(&scopes, scope));
        if !told && proof.is_none() {
            return Ok(claims);
        }
        self.store
            .write(Signer::nobody(), move |tx| {
                let (content, claims) = (content.clone(), claims.clone());
                let (scopes, proof) = (scopes.clone(), proof.clone());
                let of = acting.as_ref().map_or(family.account, |acting| acting.principal);
                let through = if acting.is_some() {
                    "，由代办人办理"
                } else {
                    ""
                };
                async move {
                    if let Some(proof) = proof
                        && !first_time(&tx, &proof.once, proof.until).await?
                    {
                        return Err(Trouble::new("invalid_dpop_proof", "the proof was used before"));
                    }
                    if !told {
                        return Ok(claims);
                    }
                    let party = party_in(&tx, of).await?;
                    let party = party.ok_or_else(|| Trouble::from(Error::NotFound))?;
                    let mut claims = claims;
                    claims_of(&party, &scopes, &mut claims);
                    tx.access_log(AccessEntry {
                        subject_blind: subject_blind(tx.store(), party.kind, &party.number),
                        object_kind: "openid.userinfo",
                        object_id: scopes,
                        purpose: format!("{}{through}", content.purpose),
                        reader: format!("{}（{}）", content.organisation, content.name),
                    })
                    .await?;
                    Ok(claims)
                }
            })
            .await
    }
}
