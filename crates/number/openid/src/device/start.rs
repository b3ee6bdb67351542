//! A device begins to wait.

use serde::Serialize;
use tongban_store::Signer;
use uuid::Uuid;

use super::{
    domain::{INTERVAL, Standing, WAITS, shown, user_code},
    row::{self, device},
};
use crate::{
    Provider, Trouble,
    authorize::{level, needed, scopes},
    clients::{GrantType, authenticate::note},
    provider::paths,
    tokens::Call,
};

/// What a device shows and holds (RFC 8628 §3.2).
#[derive(Debug, Clone, Serialize)]
pub struct DeviceStarted {
    pub device_code: String,
    pub user_code: String,
    pub verification_uri: String,
    pub verification_uri_complete: String,
    /// In seconds.
    pub expires_in: i64,
    /// Seconds between two questions.
    pub interval: i32,
}

impl Provider {
    /// The device authorization endpoint.
    pub async fn start_device(&self, call: &Call) -> Result<DeviceStarted, Trouble> {
        let known = self.known(call).await?;
        let client = &known.client;
        if !client.may(GrantType::DeviceCode) {
            return Err(Trouble::new("unauthorized_client", "the client is no device"));
        }
        let scopes = scopes(client, call.one("scope")?)
            .map_err(|fault| Trouble::new(fault.error, fault.description))?;
        let needs = needed(&scopes, level(call.one("acr_values")?));
        let device_code = self.store.random_code();
        let user_code = user_code(&self.store.random_code());
        let row = device::Model {
            // given in the act
            id: Uuid::nil(),
            device_hash: row::device_hash(&self.store, &device_code),
            user_hash: row::user_hash(&self.store, &user_code),
            client: client.id,
            scopes,
            level: needs.as_str().to_owned(),
            standing: Standing::Waits.as_str().to_owned(),
            interval: INTERVAL,
            polled_at: None,
            account: None,
            session: None,
            until: self.store.now() + WAITS,
        };
        self.store
            .write(Signer::nobody(), move |tx| {
                let (known, row) = (known.clone(), row.clone());
                async move {
                    note(&tx, &known, None).await?;
                    row::erase_before(&tx, tx.now() - WAITS).await?;
                    let row = device::Model {
                        id: tx.random_id(),
                        ..row
                    };
                    row::insert(&tx, row).await?;
                    Ok::<_, Trouble>(())
                }
            })
            .await?;
        let code = shown(&user_code);
        let address = self.address(paths::DEVICE);
        Ok(DeviceStarted {
            device_code,
            verification_uri_complete: format!("{address}?user_code={code}"),
            verification_uri: address,
            user_code: code,
            expires_in: WAITS.num_seconds(),
            interval: INTERVAL,
        })
    }
}
