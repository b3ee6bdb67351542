//! What a client is, and what may be written of one. Pure.

use std::str::FromStr as _;

use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet, ThumbprintHash};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tongban_crypto::TokenAlgorithm;
use uuid::Uuid;

use crate::{Error, error::refused, scope::Scope};

/// Longest word of one field of a client, in characters.
const LONGEST: usize = 200;
/// Longest address, in bytes.
const LONGEST_ADDRESS: usize = 500;
/// Most addresses of one list.
const MOST_ADDRESSES: usize = 20;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a stored or posted word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }
    };
}

words! {
    /// What runs the client.
    ClientKind {
        /// A server that keeps a secret.
        Web = "web",
        /// A program on somebody's own device, or a page without a server: it keeps no secret.
        Native = "native",
        /// A system that signs nobody in.
        Service = "service",
    }
}

words! {
    /// How a client shows who it is.
    ClientAuth {
        /// A secret of 160 bits (`client_secret_basic`, `client_secret_post`).
        Secret = "secret",
        /// A key of its own (`private_key_jwt`, RFC 7523).
        Key = "key",
        /// Not at all; the code's own proof (PKCE) must do.
        None = "none",
    }
}

words! {
    /// What a client may trade for tokens.
    GrantType {
        AuthorizationCode = "authorization_code",
        RefreshToken = "refresh_token",
        ClientCredentials = "client_credentials",
        DeviceCode = "device_code",
        /// For whom the person who signed in acts (RFC 8693).
        TokenExchange = "token_exchange",
    }
}

impl GrantType {
    /// The grant type that a call names.
    pub(crate) fn asked(word: &str) -> Option<Self> {
        match word {
            "urn:ietf:params:oauth:grant-type:device_code" => Some(Self::DeviceCode),
            "urn:ietf:params:oauth:grant-type:token-exchange" => Some(Self::TokenExchange),
            "device_code" | "token_exchange" => None,
            other => Self::from_word(other),
        }
    }
}

words! {
    /// Where a client stands.
    ClientStanding {
        /// Written, never approved.
        New = "new",
        Active = "active",
        /// Taken out of use by an operator: nothing is issued, nothing holds.
        Suspended = "suspended",
    }
}

/// What an operator writes of a client and another one approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientContent {
    /// What people call it.
    pub name: String,
    /// The same in English.
    pub name_english: String,
    /// Who runs it and answers for it.
    pub organisation: String,
    /// What for, in the words that people read before they say yes.
    pub purpose: String,
    pub kind: ClientKind,
    pub auth: ClientAuth,
    /// Its public keys (RFC 7517), where it shows itself by a key.
    pub keys: Option<Value>,
    /// Where people go back to. Compared letter by letter; the port of a loopback address may differ (RFC 8252 §7.3).
    pub redirect_uris: Vec<String>,
    /// Where people may go after signing out.
    pub post_logout_uris: Vec<String>,
    /// Where it hears that somebody signed out (OpenID Connect Back-Channel Logout).
    pub back_channel_uri: Option<String>,
    /// Clients of one sector know a person by the same name, others by another.
    pub sector: String,
    /// What it may ask for.
    pub scopes: Vec<String>,
    pub grants: Vec<GrantType>,
    /// `ES256` or `SM2`: how ID tokens for it are signed.
    pub algorithm: String,
    /// Its requests come by the back door only (RFC 9126).
    pub pushed_only: bool,
    /// Its tokens hold with a proof of possession only (RFC 9449).
    pub proof_needed: bool,
    /// It may ask whether tokens of others hold (RFC 7662).
    pub introspects: bool,
}

/// A client that is in use.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub id: Uuid,
    pub client_id: String,
    pub secret_hash: Option<String>,
    pub content: ClientContent,
    pub sandbox: bool,
}

impl Client {
    pub(crate) fn may(&self, grant: GrantType) -> bool {
        self.content.grants.contains(&grant)
    }

    pub(crate) fn algorithm(&self) -> TokenAlgorithm {
        TokenAlgorithm::from_word(&self.content.algorithm).unwrap_or(TokenAlgorithm::Es256)
    }

    /// Whether people may be sent back to an address.
    pub(crate) fn knows_redirect(&self, address: &str) -> bool {
        self.content.redirect_uris.iter().any(|known| {
            known == address || (self.content.kind == ClientKind::Native && same_loopback(known, address))
        })
    }
}

/// Whether two addresses differ in nothing but the port of the machine itself.
fn same_loopback(known: &str, asked: &str) -> bool {
    let (Ok(known), Ok(mut asked)) = (Url::parse(known), Url::parse(asked)) else {
        return false;
    };
    let loopback = matches!(known.host_str(), Some("127.0.0.1" | "[::1]"));
    loopback && known.scheme() == "http" && asked.set_port(known.port()).is_ok() && known == asked
}

/// Whether a server's address keeps what is sent there from others' eyes.
fn is_https_or_loopback(address: &Url) -> bool {
    match address.scheme() {
        "https" => true,
        "http" => matches!(address.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")),
        _ => false,
    }
}

fn parse_address(address: &str) -> Option<Url> {
    let plain = address.len() <= LONGEST_ADDRESS && address.bytes().all(|byte| byte.is_ascii_graphic());
    Url::parse(address).ok().filter(|url| {
        plain && url.fragment().is_none() && url.username().is_empty() && url.password().is_none()
    })
}

/// A server's address in the form in which it is compared.
fn server_address(address: &str, code: &'static str) -> Result<Url, Error> {
    parse_address(address)
        .filter(is_https_or_loopback)
        .ok_or_else(|| refused(code, [("address", address.chars().take(80).collect())]))
}

impl ClientContent {
    /// The thumbprints of its public keys (RFC 7638), for those who compare them.
    pub fn key_prints(&self) -> Vec<String> {
        let set: Option<JwkSet> = self
            .keys
            .clone()
            .and_then(|keys| serde_json::from_value(keys).ok());
        let keys = set.map(|set| set.keys).unwrap_or_default();
        keys.iter()
            .filter_map(|key| key.thumbprint(ThumbprintHash::SHA256).ok())
            .collect()
    }

    /// The same content in its strict form.
    ///
    /// Refusals: `openid.name_missing`, `words_long{limit}`, `organisation_missing`, `purpose_missing`, `grant_missing`,
    /// `grant_not_for_service`, `native_keeps_no_secret`, `auth_needed`, `keys_format`, `redirect_missing`,
    /// `redirect_format{address}`, `logout_format{address}`, `addresses_many{limit}`, `sector_needed`, `scope_missing`,
    /// `scope_format{scope}`, `algorithm_unknown`.
    pub fn checked(mut self) -> Result<Self, Error> {
        for (text, missing) in [
            (&mut self.name, "openid.name_missing"),
            (&mut self.organisation, "openid.organisation_missing"),
            (&mut self.purpose, "openid.purpose_missing"),
        ] {
            *text = text.trim().to_owned();
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err(refused(missing, []));
            }
        }
        self.name_english = self.name_english.trim().to_owned();
        let texts = [&self.name, &self.name_english, &self.organisation, &self.purpose];
        if texts.iter().any(|text| text.chars().count() > LONGEST) {
            return Err(refused("openid.words_long", [("limit", LONGEST.to_string())]));
        }
        self.check_grants()?;
        self.check_addresses()?;
        self.check_scopes()?;
        if TokenAlgorithm::from_word(&self.algorithm).is_none() {
            return Err(refused("openid.algorithm_unknown", []));
        }
        Ok(self)
    }

    /// Whether it sends people here, and has addresses to send them back to.
    fn sends_people(&self) -> bool {
        self.grants.contains(&GrantType::AuthorizationCode)
    }

    fn signs_people_in(&self) -> bool {
        self.sends_people() || self.grants.contains(&GrantType::DeviceCode)
    }

    fn check_grants(&mut self) -> Result<(), Error> {
        if self.grants.is_empty() {
            return Err(refused("openid.grant_missing", []));
        }
        let people = self
            .grants
            .iter()
            .any(|grant| *grant != GrantType::ClientCredentials);
        if self.kind == ClientKind::Service && people {
            return Err(refused("openid.grant_not_for_service", []));
        }
        if self.kind == ClientKind::Native
            && (self.auth == ClientAuth::Secret || self.grants.contains(&GrantType::ClientCredentials))
        {
            return Err(refused("openid.native_keeps_no_secret", []));
        }
        if self.grants.contains(&GrantType::TokenExchange) {
            if self.auth == ClientAuth::None {
                return Err(refused("openid.auth_needed", []));
            }
            if !self.signs_people_in() {
                return Err(refused("openid.grant_missing", []));
            }
        }
        if self.introspects && self.auth == ClientAuth::None {
            return Err(refused("openid.auth_needed", []));
        }
        if self.kind != ClientKind::Native && self.auth == ClientAuth::None {
            return Err(refused("openid.auth_needed", []));
        }
        if self.grants.contains(&GrantType::RefreshToken) && !self.signs_people_in() {
            return Err(refused("openid.grant_missing", []));
        }
        self.keys = match (self.auth, self.keys.take()) {
            (ClientAuth::Key, Some(keys)) => Some(public_keys(keys)?),
            (ClientAuth::Key, None) => return Err(refused("openid.keys_format", [])),
            _ => None,
        };
        Ok(())
    }

    fn check_addresses(&mut self) -> Result<(), Error> {
        for list in [&mut self.redirect_uris, &mut self.post_logout_uris] {
            list.iter_mut()
                .for_each(|address| *address = address.trim().to_owned());
            list.retain(|address| !address.is_empty());
            list.dedup();
            if list.len() > MOST_ADDRESSES {
                return Err(refused(
                    "openid.addresses_many",
                    [("limit", MOST_ADDRESSES.to_string())],
                ));
            }
        }
        self.back_channel_uri = self
            .back_channel_uri
            .take()
            .map(|address| address.trim().to_owned())
            .filter(|address| !address.is_empty());
        if let Some(address) = &self.back_channel_uri {
            server_address(address, "openid.logout_format")?;
        }
        if !self.sends_people() {
            self.redirect_uris.clear();
            self.post_logout_uris.clear();
            self.sector = self.sector.trim().to_owned();
            let named = !self.sector.is_empty() && self.sector.bytes().all(|byte| byte.is_ascii_graphic());
            return if named || !self.signs_people_in() {
                Ok(())
            } else {
                Err(refused("openid.sector_needed", []))
            };
        }
        if self.redirect_uris.is_empty() {
            return Err(refused("openid.redirect_missing", []));
        }
        let mut hosts: Vec<String> = Vec::new();
        for address in &self.redirect_uris {
            let url = self.redirect_address(address)?;
            hosts.push(url.host_str().unwrap_or_else(|| url.scheme()).to_owned());
        }
        for address in &self.post_logout_uris {
            self.redirect_address(address).map_err(|_| {
                refused(
                    "openid.logout_format",
                    [("address", address.chars().take(80).collect())],
                )
            })?;
        }
        // OpenID Connect Core §8.1: one host is the sector; several need a word that says what they are together
        self.sector = self.sector.trim().to_owned();
        hosts.dedup();
        if self.sector.is_empty() {
            match hosts.as_slice() {
                // every program on every device has this one, and some have none
                [host] if self.kind != ClientKind::Native => self.sector.clone_from(host),
                _ => return Err(refused("openid.sector_needed", [])),
            }
        }
        if self.sector.len() > LONGEST || !self.sector.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refused("openid.sector_needed", []));
        }
        Ok(())
    }

    /// An address to send people back to: a server's, or for programs on a device one of their own scheme.
    fn redirect_address(&self, address: &str) -> Result<Url, Error> {
        let refusal = || {
            refused(
                "openid.redirect_format",
                [("address", address.chars().take(80).collect())],
            )
        };
        let url = parse_address(address).ok_or_else(refusal)?;
        let own_scheme = self.kind == ClientKind::Native && url.scheme().contains('.');
        if is_https_or_loopback(&url) || own_scheme {
            Ok(url)
        } else {
            Err(refusal())
        }
    }

    fn check_scopes(&mut self) -> Result<(), Error> {
        self.scopes
            .iter_mut()
            .for_each(|scope| *scope = scope.trim().to_owned());
        self.scopes.retain(|scope| !scope.is_empty());
        self.scopes.dedup();
        for scope in &self.scopes {
            let fits = scope.len() <= 60
                && scope.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._:-".contains(&byte)
                });
            if !fits {
                return Err(refused(
                    "openid.scope_format",
                    [("scope", scope.chars().take(60).collect())],
                ));
            }
        }
        let openid = Scope::OpenId.as_str();
        if self.signs_people_in() && !self.scopes.iter().any(|scope| scope == openid) {
            self.scopes.insert(0, openid.to_owned());
        }
        if self.scopes.is_empty() {
            return Err(refused("openid.scope_missing", []));
        }
        Ok(())
    }
}

/// Public keys in their own form: nothing private stays, whatever was pasted.
fn public_keys(keys: Value) -> Result<Value, Error> {
    let refusal = || refused("openid.keys_format", []);
    let set: JwkSet = serde_json::from_value(keys.clone()).map_err(|_| refusal())?;
    let asymmetric = set.keys.iter().all(|key| {
        !matches!(key.algorithm, AlgorithmParameters::OctetKey(_))
            && jsonwebtoken::DecodingKey::from_jwk(key).is_ok()
    });
    let private = keys.get("keys").and_then(Value::as_array).is_none_or(|keys| {
        keys.iter()
            .any(|key| ["d", "p", "q", "k"].iter().any(|name| key.get(name).is_some()))
    });
    if set.keys.is_empty() || !asymmetric || private {
        return Err(refusal());
    }
    serde_json::to_value(set).map_err(|_| refusal())
}

/// Keys as they are pasted into a form. Refusal: `openid.keys_format`.
pub fn keys_of_text(text: &str) -> Result<Option<Value>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    Value::from_str(text)
        .map(Some)
        .map_err(|_| refused("openid.keys_format", []))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(crate) fn content() -> ClientContent {
        ClientContent {
            name: " 智慧停车 ".to_owned(),
            name_english: "Parking".to_owned(),
            organisation: "示范市城管局".to_owned(),
            purpose: "缴纳停车费".to_owned(),
            kind: ClientKind::Web,
            auth: ClientAuth::Secret,
            keys: None,
            redirect_uris: vec!["https://parking.example/back".to_owned()],
            post_logout_uris: Vec::new(),
            back_channel_uri: None,
            sector: String::new(),
            scopes: vec!["profile".to_owned()],
            grants: vec![GrantType::AuthorizationCode],
            algorithm: "ES256".to_owned(),
            pushed_only: false,
            proof_needed: false,
            introspects: false,
        }
    }

    fn code(changed: impl FnOnce(&mut ClientContent)) -> &'static str {
        let mut content = content();
        changed(&mut content);
        match content.checked() {
            Err(Error::Refused(refusal)) => refusal.code,
            Ok(_) => "taken",
            Err(_) => "failed",
        }
    }

    #[test]
    fn a_client_is_brought_into_its_form() {
        let checked = content().checked().unwrap();
        assert_eq!(checked.name, "智慧停车");
        assert_eq!(checked.sector, "parking.example");
        assert_eq!(
            checked.scopes,
            ["openid", "profile"],
            "whoever signs people in asks for that"
        );
    }

    #[test]
    fn what_no_client_may_be() {
        let redirect = |address: &'static str| {
            move |content: &mut ClientContent| content.redirect_uris = vec![address.to_owned()]
        };
        assert_eq!(code(redirect("http://127.0.0.1:5000/back")), "taken");
        for address in [
            "http://parking.example/back",
            "https://parking.example/back#here",
            "https://me:secret@parking.example/back",
            "javascript:alert(1)",
            "com.example.app:/back",
            "//parking.example",
            "https://parking.example/ back",
        ] {
            assert_eq!(code(redirect(address)), "openid.redirect_format", "{address}");
        }
        assert_eq!(
            code(|content| content.redirect_uris.clear()),
            "openid.redirect_missing"
        );
        assert_eq!(
            code(|content| content
                .redirect_uris
                .push("https://other.example/back".to_owned())),
            "openid.sector_needed"
        );
        assert_eq!(
            code(|content| content.auth = ClientAuth::None),
            "openid.auth_needed"
        );
        assert_eq!(
            code(|content| content.kind = ClientKind::Native),
            "openid.native_keeps_no_secret"
        );
        assert_eq!(
            code(|content| content.kind = ClientKind::Service),
            "openid.grant_not_for_service"
        );
        assert_eq!(
            code(|content| content.auth = ClientAuth::Key),
            "openid.keys_format"
        );
        assert_eq!(
            code(|content| content.scopes.push("a b".to_owned())),
            "openid.scope_format"
        );
        assert_eq!(
            code(|content| content.algorithm = "none".to_owned()),
            "openid.algorithm_unknown"
        );
        assert_eq!(
            code(|content| content.name = " ".to_owned()),
            "openid.name_missing"
        );
    }

    #[test]
    fn keys_are_public_and_of_two_halves() {
        let es = json!({ "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
        assert!(public_keys(json!({ "keys": [es] })).is_ok());
        let mut with_private = es.clone();
        with_private["d"] = json!("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
        for bad in [
            json!({ "keys": [with_private] }),
            json!({ "keys": [] }),
            json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }),
            es,
            json!("keys"),
        ] {
            assert!(public_keys(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_the_machine_itself_may_differ() {
        let known = "http://127.0.0.1/back";
        assert!(same_loopback(known, "http://127.0.0.1:51234/back"));
        for other in [
            "http://127.0.0.1:51234/other",
            "http://localhost:51234/back",
            "https://127.0.0.1:51234/back",
            "http://127.0.0.1.evil.example/back",
            "http://evil.example:51234/back",
            "http://127.0.0.1@evil.example/back",
        ] {
            assert!(!same_loopback(known, other), "{other}");
        }
        assert!(!same_loopback(
            "https://a.example/back",
            "https://a.example:444/back"
        ));
    }
}
