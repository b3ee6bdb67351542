//! A client gives a token back (RFC 7009).

use chrono::DateTime;
use serde_json::Value;
use tongban_store::{AuditEntry, Signer};
use uuid::Uuid;

use super::{Call, row, standing::given_back};
use crate::{Provider, Trouble};

impl Provider {
    /// Gives a token back. Access token or refresh token, the whole family goes: its client wants none of it. A token that
    /// holds no longer, or is of others, is no error.
    pub async fn revoke(&self, call: &Call) -> Result<(), Trouble> {
        let known = self.known(call).await?;
        self.note_alone(&known).await?;
        let client = &known.client;
        let token = call.needed("token")?;
        if let Some(claims) = self.keys.verify(&self.store, "at+jwt", token).await? {
            let text = |name: &str| claims.get(name).and_then(Value::as_str);
            let exp = claims.get("exp").and_then(Value::as_i64).unwrap_or_default();
            if text("client_id") != Some(client.client_id.as_str()) || exp <= self.store.now().timestamp() {
                return Ok(());
            }
            // one that speaks of somebody else goes alone
            let whole = text("fid").filter(|_| text("mandate").is_none());
            if let Some(family) = whole.and_then(|id| id.parse().ok()) {
                return self.give_back(client.id, family).await;
            }
            let until = DateTime::from_timestamp(exp, 0).unwrap_or_else(|| self.store.now());
            if let Some(jti) = text("jti").map(str::to_owned) {
                self.store
                    .write(Signer::nobody(), move |tx| {
                        let what = given_back(&jti);
                        async move { row::first_time(&tx, &what, until).await }
                    })
                    .await?;
            }
            return Ok(());
        }
        let Some((handle, _)) = token.split_once('.') else {
            return Ok(());
        };
        match row::by_handle(self.store.reader(), &self.store, handle).await? {
            Some(family) if family.client == client.id => self.give_back(client.id, family.id).await,
            _ => Ok(()),
        }
    }

    async fn give_back(&self, client: Uuid, family: Uuid) -> Result<(), Trouble> {
        self.store
            .write(Signer::nobody(), move |tx| async move {
                for family in row::end(&tx, family, "given_back").await? {
                    tx.audit(
                        AuditEntry::new("openid.given_back")
                            .on("account", family.account)
                            .with("client", client.to_string()),
                    )
                    .await?;
                }
                Ok::<_, Trouble>(())
            })
            .await
    }
}
