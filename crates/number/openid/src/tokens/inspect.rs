//! Whether a token holds, for systems that are shown one (RFC 7662).

use serde_json::{Value, json};
use tongban_crypto::constant_time_eq;
use tongban_store::Signer;

use super::{Call, row};
use crate::{
    Provider, Trouble,
    clients::{
        Client, ClientAuth,
        authenticate::{Known, note},
    },
    scope::acr,
};

fn inactive() -> Value {
    json!({ "active": false })
}

impl Provider {
    /// Notes an assertion where a client showed itself by one, in an act of its own.
    pub(super) async fn note_alone(&self, known: &Known) -> Result<(), Trouble> {
        if !known.shows_once() {
            return Ok(());
        }
        let known = known.clone();
        self.store
            .write(Signer::nobody(), move |tx| {
                let known = known.clone();
                async move { note(&tx, &known, None).await }
            })
            .await
    }

    /// What a token says, while it holds. Its own client may ask, and clients that were registered to.
    pub async fn introspect(&self, call: &Call) -> Result<Value, Trouble> {
        let known = self.known(call).await?;
        self.count(&known, call).await?;
        if known.client.content.auth == ClientAuth::None {
            return Err(Trouble::client());
        }
        self.note_alone(&known).await?;
        let asks = &known.client;
        let token = call.needed("token")?;
        if let Some(standing) = self.standing(token).await? {
            if !may_see(asks, &standing.client) {
                return Ok(inactive());
            }
            let Value::Object(mut answer) = standing.claims else {
                return Ok(inactive());
            };
            answer.remove("fid");
            answer.insert("active".to_owned(), json!(true));
            let kind = if answer.contains_key("cnf") {
                "DPoP"
            } else {
                "Bearer"
            };
            answer.insert("token_type".to_owned(), json!(kind));
            return Ok(Value::Object(answer));
        }
        let Some((handle, tail)) = token.split_once('.') else {
            return Ok(inactive());
        };
        let Some(family) = row::by_handle(self.store.reader(), &self.store, handle).await? else {
            return Ok(inactive());
        };
        let newest = family
            .tail_hash
            .as_deref()
            .is_some_and(|hash| constant_time_eq(hash, row::tail_hash(&self.store, tail)));
        // a refresh token is for its own client alone
        if family.client != asks.id || !newest || !self.holds(&family).await? {
            return Ok(inactive());
        }
        Ok(json!({
            "active": true,
            "client_id": asks.client_id,
            "sub": family.subject,
            "scope": family.scopes,
            "iss": self.issuer(),
            "iat": family.used_at.timestamp(),
            "exp": family.ends_at.timestamp(),
            "acr": acr(family.level_at(self.store.now())?),
        }))
    }
}

fn may_see(asks: &Client, of: &Client) -> bool {
    asks.id == of.id || asks.content.introspects
}
