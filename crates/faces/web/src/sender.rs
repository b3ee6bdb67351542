//! Where a request comes from, and how often from there. One hall or one firm may stand behind an address, so the limits are
//! wide: they stop floods, not people. They are kept in the database, so that all nodes share them and a restart does not
//! loosen them.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use chrono::Duration;
use tongban_store::{Brake, Store};

use crate::{errors::WebError, kit::Kit};

/// One-time codes that are asked for from one address.
pub const CODES: Brake = Brake {
    kind: "codes-from",
    most: 60,
    window: Duration::hours(1),
};
/// Accounts that are opened from one address: a code goes to a phone that nobody knows yet.
pub const REGISTRATIONS: Brake = Brake {
    kind: "registrations-from",
    most: 20,
    window: Duration::hours(1),
};
/// Passwords that are tried from one address, over all accounts.
pub const SIGN_INS: Brake = Brake {
    kind: "sign-ins-from",
    most: 300,
    window: Duration::minutes(15),
};
/// Challenges and pictures that are asked for from one address.
pub const CHALLENGES: Brake = Brake {
    kind: "challenges-from",
    most: 300,
    window: Duration::minutes(15),
};

/// The address that a request came from. None where it is not known, or is the machine itself: the demo, the bench and the
/// tests are not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender(Option<IpAddr>);

impl Sender {
    fn of(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> Self {
        let Some(peer) = peer.map(|peer| peer.to_canonical()) else {
            return Self(None);
        };
        let trusted = peer.is_loopback() || proxies.contains(&peer);
        let told = || {
            // The last one is what our own proxy saw; what stands before it anybody can write.
            let last = headers
                .get_all("x-forwarded-for")
                .iter()
                .next_back()?
                .to_str()
                .ok()?;
            last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        };
        let address = if trusted { told().unwrap_or(peer) } else { peer };
        let address = address.to_canonical();
        Self((!address.is_loopback()).then_some(address))
    }

    /// Whether requests from here are counted at all.
    pub fn is_counted(self) -> bool {
        self.0.is_some()
    }

    /// Counts a request from here and refuses when there were too many.
    pub async fn count(self, store: &Store, brake: Brake) -> Result<(), WebError> {
        let Some(address) = self.0 else {
            return Ok(());
        };
        // Of IPv6 a household has a whole network of 64 bits.
        let about = match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Ipv6Addr::from_bits(network).to_string()
            }
        };
        match store.brake(brake, &about).await? {
            None => Ok(()),
            Some(seconds) => Err(WebError::too_many(seconds)),
        }
    }
}

impl<S> FromRequestParts<S> for Sender
where
    S: Send + Sync,
    Kit: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let kit = Kit::from_ref(state);
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip());
        Ok(Self::of(peer, &parts.headers, &kit.settings.proxies))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn an_address_is_believed_of_our_own_proxy_alone() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxy = address("10.0.0.7");
        for (peer, told, from) in [
            (None, None, None),
            (Some("127.0.0.1"), None, None),
            (Some("::1"), None, None),
            (Some("::ffff:127.0.0.1"), None, None),
            (Some("203.0.113.5"), None, Some("203.0.113.5")),
            // Whoever writes the header themselves stays who they are.
            (Some("203.0.113.5"), Some("198.51.100.1"), Some("203.0.113.5")),
            (Some("10.0.0.7"), Some("198.51.100.1"), Some("198.51.100.1")),
            (
                Some("127.0.0.1"),
                Some("1.2.3.4, 198.51.100.1"),
                Some("198.51.100.1"),
            ),
            (Some("10.0.0.7"), Some("nonsense"), Some("10.0.0.7")),
            (Some("10.0.0.7"), Some("2001:db8::9"), Some("2001:db8::9")),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(told) = told {
                headers.insert("x-forwarded-for", HeaderValue::from_static(told));
            }
            assert_eq!(
                Sender::of(peer.map(address), &headers, &[proxy]),
                Sender(from.map(address)),
                "{peer:?} {told:?}"
            );
        }
    }
}
