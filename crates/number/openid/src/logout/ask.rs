//! A system of others sends people to be signed out (OpenID Connect RP-Initiated Logout 1.0).

use serde_json::Value;
use tongban_identity::Session;

use crate::{
    Provider,
    authorize::{Stop, one, with_query},
    clients::query::by_client_id,
    error::Refusal,
};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOutAsk {
    /// Where people go afterwards, if the client may name it.
    pub back: Option<String>,
    /// What the client is called, if it has said who it is: Chinese, English.
    pub client: Option<(String, String)>,
    /// Whether the client has shown that this very session is meant: then nobody is asked.
    pub sure: bool,
}

impl Provider {
    /// Reads the request of a client to sign somebody out.
    ///
    /// Refusal: `openid.logout_unknown` (an address that the client is not registered with, or no client).
    pub async fn sign_out_ask(
        &self,
        params: &[(String, String)],
        session: Option<&Session>,
    ) -> Result<SignOutAsk, Stop> {
        let refused = || {
            Stop::Here(Refusal {
                code: "openid.logout_unknown",
                args: std::collections::BTreeMap::default(),
            })
        };
        let text = |name: &str| one(params, name).map_err(|_| refused());
        // the hint may have run out long ago: it says who, not that it holds
        let hint = match text("id_token_hint")? {
            Some(token) => self.keys.verify(&self.store, "JWT", token).await?,
            None => None,
        };
        let says = |name: &str| {
            hint.as_ref()
                .and_then(|claims| claims.get(name))
                .and_then(Value::as_str)
        };
        let named = text("client_id")?;
        let client_id = match (named, says("aud")) {
            (Some(named), Some(hinted)) if named != hinted => return Err(refused()),
            (named, hinted) => named.or(hinted),
        };
        let client = match client_id {
            Some(id) => by_client_id(self.store.reader(), id).await?,
            None => None,
        };
        let back = match text("post_logout_redirect_uri")? {
            None => None,
            Some(address) => {
                let known = client.as_ref().is_some_and(|client| {
                    client
                        .content
                        .post_logout_uris
                        .iter()
                        .any(|known| known == address)
                });
                if !known {
                    return Err(refused());
                }
                let state: Vec<(&str, &str)> =
                    text("state")?.map(|state| ("state", state)).into_iter().collect();
                Some(if state.is_empty() {
                    address.to_owned()
                } else {
                    with_query(address, &state)
                })
            }
        };
        let sure = match (session, &client, says("sid")) {
            (Some(session), Some(client), Some(sid)) => self.sid(session.id, client.id) == sid,
            _ => false,
        };
        Ok(SignOutAsk {
            back,
            client: client.map(|client| (client.content.name, client.content.name_english)),
            sure,
        })
    }
}
