//! Where passkeys belong, and what is said about one.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder, WebauthnError};

/// How long a person may take over one ceremony.
pub(super) const LIVE: Duration = Duration::minutes(5);
/// Passkeys of one account.
pub(super) const MOST: usize = 10;
/// Longest name of a passkey, in characters.
pub(super) const LONGEST_NAME: usize = 40;

/// The site that passkeys are bound to. Cheap to clone.
#[derive(Clone)]
pub struct Passkeys {
    webauthn: Arc<Webauthn>,
    domain: String,
}

/// The site cannot have passkeys.
#[derive(Debug, thiserror::Error)]
pub enum PasskeysError {
    #[error("the address of the site is not an address")]
    Address,
    #[error("passkeys cannot be bound to this site: {0}")]
    Site(#[from] WebauthnError),
}

impl Passkeys {
    /// For the site reached at `address`; `name` is shown by the device. Passkeys are bound to a domain: where the address
    /// is the machine's own number (the demo), they belong to `localhost`, on any port.
    pub fn new(address: &str, name: &str) -> Result<Self, PasskeysError> {
        let address = Url::parse(address).map_err(|_| PasskeysError::Address)?;
        let local = ["127.0.0.1", "[::1]", "localhost"].contains(&address.host_str().unwrap_or_default());
        let origin = if local {
            Url::parse("http://localhost").map_err(|_| PasskeysError::Address)?
        } else {
            address
        };
        let domain = origin.domain().ok_or(PasskeysError::Address)?.to_owned();
        let webauthn = WebauthnBuilder::new(&domain, &origin)?
            .rp_name(name)
            .allow_any_port(local)
            .build()?;
        Ok(Self {
            webauthn: Arc::new(webauthn),
            domain,
        })
    }

    /// The domain that the browser must be on.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    pub(super) fn webauthn(&self) -> &Webauthn {
        &self.webauthn
    }
}

/// What the browser needs to ask the device.
#[derive(Debug, Clone, Serialize)]
pub struct Ceremony {
    /// To be sent back with the device's answer.
    pub ceremony: Uuid,
    /// `PublicKeyCredentialCreationOptionsJSON` or `…RequestOptionsJSON` under `publicKey`.
    pub options: Value,
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PasskeyView {
    pub id: Uuid,
    pub name: String,
    /// Whether it was bound when the person had been recognised at a window: then it recognises them.
    pub in_person: bool,
    pub created_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_domain() {
        for (address, domain) in [
            ("https://zw.example.gov.cn", Some("zw.example.gov.cn")),
            ("https://zw.example.gov.cn:8443/", Some("zw.example.gov.cn")),
            ("http://127.0.0.1:8080", Some("localhost")),
            ("http://[::1]:8080", Some("localhost")),
            ("https://10.1.2.3", None),
            ("nowhere", None),
        ] {
            let passkeys = Passkeys::new(address, "通办").ok();
            assert_eq!(passkeys.as_ref().map(Passkeys::domain), domain, "{address}");
        }
    }
}
