//! The person looks at what a device asks for, on the phone, and says yes or no.

use chrono::Duration;
use serde::Serialize;
use tongban_access::{Actor, Assurance, Denied};
use tongban_identity::{Session, live_session_held};
use tongban_store::{AuditEntry, Brake, StoreError};
use uuid::Uuid;

use super::{
    domain::{Standing, shown, typed},
    row,
};
use crate::{
    Error, Provider,
    clients::{Client, query},
    error::refused,
    grants::{self, row::Giver},
    scope::words,
};

/// Codes that an account may type wrong.
const GUESSES: Brake = Brake {
    kind: "device-codes",
    most: 10,
    window: Duration::minutes(15),
};

/// What a device asks for.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceAsk {
    pub name: String,
    pub name_english: String,
    pub organisation: String,
    pub purpose: String,
    /// Words of scopes.
    pub scopes: Vec<String>,
    pub sandbox: bool,
    /// The code as the device shows it.
    pub code: String,
}

impl Provider {
    /// What the device of a code asks for.
    ///
    /// Refusals: `openid.device_unknown` (no such code, answered, or too late), `openid.device_too_many{seconds}`. A denial says which
    /// level of assurance is missing.
    pub async fn device_ask(&self, session: &Session, code: &str) -> Result<DeviceAsk, Error> {
        let (device, client) = self.waiting(session, code).await?;
        Ok(DeviceAsk {
            name: client.content.name,
            name_english: client.content.name_english,
            organisation: client.content.organisation,
            purpose: client.content.purpose,
            scopes: words(&device.scopes).into_iter().map(str::to_owned).collect(),
            sandbox: client.sandbox,
            code: shown(&typed(code)),
        })
    }

    /// Says yes or no to the device of a code. Refusals as [`Provider::device_ask`].
    pub async fn answer_device(&self, session: &Session, code: &str, yes: bool) -> Result<(), Error> {
        let (device, client) = self.waiting(session, code).await?;
        let (account, id) = (session.account.id, session.id);
        let giver = Giver::of(session);
        let standing = if yes {
            Standing::Approved
        } else {
            Standing::Refused
        };
        let answered: Result<bool, Error> = self
            .store
            .write(session.actor.signer(), move |tx| {
                let (device, client) = (device.clone(), client.clone());
                async move {
                    if live_session_held(&tx, id).await?.is_none() {
                        return Ok(false);
                    }
                    if !row::answer(&tx, device.id, standing, account, id).await? {
                        return Ok(false);
                    }
                    if yes {
                        grants::row::give(&tx, giver, &client, &device.scopes).await?;
                    }
                    let action = if yes {
                        "openid.consented"
                    } else {
                        "openid.device_refused"
                    };
                    tx.audit(
                        AuditEntry::new(action)
                            .on("account", account)
                            .with("client", client.id.to_string())
                            .with("app", client.content.name)
                            .with("scopes", device.scopes),
                    )
                    .await?;
                    Ok(true)
                }
            })
            .await;
        if answered? {
            Ok(())
        } else {
            Err(refused("openid.device_unknown", []))
        }
    }

    /// The waiting device of a code, for a person who is known well enough.
    async fn waiting(&self, session: &Session, code: &str) -> Result<(row::device::Model, Client), Error> {
        let Actor::Party { assurance, .. } = session.actor else {
            return Err(Denied::new(&session.actor, "openid.device").into());
        };
        let account = session.account.id;
        let found = row::by_user_code(self.store.reader(), &self.store, &typed(code)).await?;
        let client = match &found {
            Some(device) => self.client_in_use(device.client).await?,
            None => None,
        };
        let Some((device, client)) = found.zip(client) else {
            if let Some(seconds) = self.store.brake(GUESSES, &account.to_string()).await? {
                return Err(refused(
                    "openid.device_too_many",
                    [("seconds", seconds.to_string())],
                ));
            }
            return Err(refused("openid.device_unknown", []));
        };
        let needs = Assurance::from_word(&device.level)
            .ok_or_else(|| StoreError::Corrupt(format!("level of device {}", device.id)))?;
        if assurance < needs {
            return Err(Denied {
                needs: Some(needs),
                ..Denied::new(&session.actor, "openid.device")
            }
            .into());
        }
        Ok((device, client))
    }

    async fn client_in_use(&self, id: Uuid) -> Result<Option<Client>, StoreError> {
        match query::by_id(self.store.reader(), id).await? {
            Some(row) => row.in_use(),
            None => Ok(None),
        }
    }
}
