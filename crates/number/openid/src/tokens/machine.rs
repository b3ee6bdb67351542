//! A client gets a token for itself (RFC 6749 §4.4).

use serde_json::Value;
use tongban_store::{AuditEntry, Signer};

use super::{Call, Proof};
use crate::{
    Provider, Trouble,
    clients::authenticate::{Known, note},
    scope::{Scope, words},
};

impl Provider {
    pub(super) async fn machine_token(
        &self,
        known: Known,
        call: &Call,
        proof: Option<Proof>,
    ) -> Result<Value, Trouble> {
        let client = known.client.clone();
        // what belongs to persons is theirs to give
        let own = |word: &&str| Scope::from_word(word).is_none();
        let registered: Vec<&str> = client
            .content
            .scopes
            .iter()
            .map(String::as_str)
            .filter(own)
            .collect();
        let scopes = match call.one("scope")? {
            None => registered,
            Some(asked) => words(asked),
        };
        let allowed = |word: &&str| own(word) && client.content.scopes.iter().any(|scope| scope == word);
        if scopes.is_empty() || !scopes.iter().all(allowed) {
            return Err(Trouble::new(
                "invalid_scope",
                "the client is not registered for that scope",
            ));
        }
        let scopes = scopes.join(" ");
        let jti = self.store.random_code();
        let proof_key = proof.as_ref().map(|proof| proof.key.clone());
        let (noted, number) = (scopes.clone(), jti.clone());
        self.store
            .write(Signer::nobody(), move |tx| {
                let (known, proof) = (known.clone(), proof.clone());
                let (scopes, jti) = (noted.clone(), number.clone());
                async move {
                    note(&tx, &known, proof.as_ref()).await?;
                    tx.audit(
                        AuditEntry::new("openid.machine_token")
                            .on("client", known.client.id)
                            .with("scopes", scopes)
                            .with("token", jti),
                    )
                    .await?;
                    Ok::<_, Trouble>(())
                }
            })
            .await?;
        self.told_machine(&client, &scopes, jti, proof_key).await
    }
}
