//! Whether an access token holds.

use serde_json::Value;
use tongban_identity::{account_is_open, live_session};
use uuid::Uuid;

use super::{
    exchange::ActsFor,
    row::{by_id, family, was_seen},
};
use crate::{
    Provider, Trouble,
    clients::{Client, query::by_client_id},
    grants,
};

/// An access token that holds.
pub(super) struct Standing {
    pub claims: Value,
    pub client: Client,
    /// What it goes back to; none for what a client got for itself.
    pub family: Option<family::Model>,
    /// For whom its person acts, where it speaks of somebody else.
    pub acting: Option<ActsFor>,
}

impl Standing {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }
}

/// The word under which an access token was given back.
pub(super) fn given_back(jti: &str) -> String {
    format!("given-back|{jti}")
}

impl Provider {
    /// The access token, if it is ours, has not run out, and nobody has taken back what it goes back to.
    pub(super) async fn standing(&self, token: &str) -> Result<Option<Standing>, Trouble> {
        let Some(claims) = self.keys.verify(&self.store, "at+jwt", token).await? else {
            return Ok(None);
        };
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let exp = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
        let (Some(client_id), Some(jti)) = (text("client_id"), text("jti")) else {
            return Ok(None);
        };
        if exp <= self.store.now().timestamp() || text("iss") != Some(self.issuer()) {
            return Ok(None);
        }
        let Some(client) = by_client_id(self.store.reader(), client_id).await? else {
            return Ok(None);
        };
        let alone = text("fid").is_none() || text("mandate").is_some();
        if alone && was_seen(&self.store, &given_back(jti)).await? {
            return Ok(None);
        }
        let family = match text("fid") {
            None => None,
            Some(id) => {
                let id: Option<Uuid> = id.parse().ok();
                let found = match id {
                    Some(id) => by_id(self.store.reader(), id).await?,
                    None => None,
                };
                match found {
                    Some(family) if self.holds(&family).await? => Some(family),
                    _ => return Ok(None),
                }
            }
        };
        let acting = match (&family, text("mandate")) {
            (_, None) => None,
            // what was taken back takes its tokens along
            (Some(family), Some(mandate)) => {
                let mandate = mandate.parse().ok();
                let found = match mandate {
                    Some(mandate) => self.acts_for(family, mandate).await?,
                    None => None,
                };
                match found {
                    Some(acting) => Some(acting),
                    None => return Ok(None),
                }
            }
            (None, Some(_)) => return Ok(None),
        };
        Ok(Some(Standing {
            client,
            family,
            acting,
            claims,
        }))
    }

    /// Whether what goes back to a family holds.
    pub(super) async fn holds(&self, family: &family::Model) -> Result<bool, Trouble> {
        if family.ended_at.is_some() || family.ends_at <= self.store.now() {
            return Ok(false);
        }
        let grant = grants::row::standing(self.store.reader(), family.grant_id, family.started_at).await?;
        if grant.is_none() {
            return Ok(false);
        }
        if family.offline {
            return Ok(account_is_open(&self.store, family.account).await?);
        }
        Ok(live_session(&self.store, family.account, family.session)
            .await?
            .is_some())
    }
}
