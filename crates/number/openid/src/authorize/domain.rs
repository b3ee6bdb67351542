//! What a client asks for, read strictly. Pure.

use chrono::Duration;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use tongban_access::Assurance;

use crate::{
    Error,
    clients::Client,
    error::Refusal,
    scope::{Scope, has, level_of, words},
};

/// Longest of what a client may hang on a request, in bytes.
const LONGEST: usize = 600;

/// Why people do not go on.
#[derive(Debug)]
pub enum Stop {
    /// Nobody is sent anywhere: who asks, or where to send people back, is not known. For a page.
    Here(Refusal),
    /// Back to the client with an error of the standards: the whole address.
    Back(String),
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub redirect_uri: String,
    pub scopes: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// Of PKCE (RFC 7636), by S256.
    pub challenge: String,
    pub proof_key: Option<String>,
    pub prompt: Prompt,
    /// Seconds since the person signed in.
    pub max_age: Option<i64>,
    pub level: Option<Assurance>,
    /// Whom the client thinks it is: the subject of an ID token of ours that it showed.
    pub hint: Option<String>,
}

/// What the client wants the person to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Prompt {
    pub none: bool,
    pub login: bool,
    pub consent: bool,
}

/// What is wrong with a request, in the words of the standards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub error: &'static str,
    pub description: &'static str,
}

fn fault(error: &'static str, description: &'static str) -> Fault {
    Fault { error, description }
}

/// The one value of a parameter. Empty counts as absent (RFC 6749 §3.1); twice is wrong.
pub(crate) fn one<'a>(params: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Fault> {
    let mut values = params
        .iter()
        .filter(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.as_str());
    let value = values.next();
    match values.next() {
        None => Ok(value),
        Some(_) => Err(fault("invalid_request", "a parameter stands there twice")),
    }
}

/// Where to send people back, if the client may name it. One that has a single address need not name it.
pub(crate) fn redirect_of(client: &Client, params: &[(String, String)]) -> Option<String> {
    match one(params, "redirect_uri") {
        Ok(Some(address)) => client.knows_redirect(address).then(|| address.to_owned()),
        _ => None,
    }
}

/// What the client asks for, with every rule of it.
pub(crate) fn read(
    client: &Client,
    redirect_uri: String,
    params: &[(String, String)],
) -> Result<Request, Fault> {
    for (name, error) in [
        ("request", "request_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if one(params, name)?.is_some() {
            return Err(fault(error, "not supported"));
        }
    }
    match one(params, "response_type")? {
        Some("code") => {}
        Some(_) => return Err(fault("unsupported_response_type", "only code is issued")),
        None => return Err(fault("invalid_request", "response_type is missing")),
    }
    if !matches!(one(params, "response_mode")?, None | Some("query")) {
        return Err(fault(
            "invalid_request",
            "only the response mode query is supported",
        ));
    }
    let challenge = match (
        one(params, "code_challenge")?,
        one(params, "code_challenge_method")?,
    ) {
        (Some(challenge), Some("S256")) if is_challenge(challenge) => challenge.to_owned(),
        (Some(_), Some("S256")) => return Err(fault("invalid_request", "code_challenge is not one of S256")),
        (Some(_), _) => return Err(fault("invalid_request", "code_challenge_method must be S256")),
        (None, _) => {
            return Err(fault(
                "invalid_request",
                "PKCE is required: code_challenge is missing",
            ));
        }
    };
    let scopes = scopes(client, one(params, "scope")?)?;
    let text = |name| -> Result<Option<String>, Fault> {
        match one(params, name)? {
            Some(text) if text.len() > LONGEST => Err(fault("invalid_request", "a parameter is too long")),
            text => Ok(text.map(str::to_owned)),
        }
    };
    let prompt = prompt(one(params, "prompt")?)?;
    let max_age = match one(params, "max_age")? {
        None => None,
        Some(seconds) => Some(
            seconds
                .parse::<u32>()
                .map(i64::from)
                .map_err(|_| fault("invalid_request", "max_age is no number of seconds"))?,
        ),
    };
    let level = level(one(params, "acr_values")?);
    let proof_key = text("dpop_jkt")?;
    if proof_key.as_deref().is_some_and(|key| !is_challenge(key)) {
        return Err(fault("invalid_request", "dpop_jkt is no thumbprint"));
    }
    Ok(Request {
        redirect_uri,
        scopes,
        state: text("state")?,
        nonce: text("nonce")?,
        challenge,
        proof_key,
        prompt,
        max_age,
        level,
        hint: None,
    })
}

/// 32 bytes in base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// The scopes that a client asks for, if it may. Refresh tokens are for those who can use them.
pub(crate) fn scopes(client: &Client, asked: Option<&str>) -> Result<String, Fault> {
    let asked = words(asked.unwrap_or_default());
    if !asked.contains(&Scope::OpenId.as_str()) {
        return Err(fault("invalid_scope", "the scope openid is missing"));
    }
    // what is between machines no person gives
    let known = |word: &&str| {
        Scope::from_word(word).is_some() && client.content.scopes.iter().any(|scope| scope == word)
    };
    if !asked.iter().all(known) {
        return Err(fault("invalid_scope", "the client is not registered for a scope"));
    }
    // OpenID Connect Core §11: asked for by who cannot use it, it is ignored
    let refreshes = client.may(crate::clients::GrantType::RefreshToken);
    let asked: Vec<&str> = asked
        .into_iter()
        .filter(|word| refreshes || *word != Scope::OfflineAccess.as_str())
        .collect();
    Ok(asked.join(" "))
}

fn prompt(asked: Option<&str>) -> Result<Prompt, Fault> {
    let asked = words(asked.unwrap_or_default());
    let prompt = Prompt {
        none: asked.contains(&"none"),
        login: asked
            .iter()
            .any(|word| matches!(*word, "login" | "select_account")),
        consent: asked.contains(&"consent"),
    };
    if prompt.none && asked.len() > 1 {
        return Err(fault("invalid_request", "prompt none goes with nothing else"));
    }
    Ok(prompt)
}

/// How well a person must be known for these scopes, and for what the client asks for besides.
pub(crate) fn needed(scopes: &str, level: Option<Assurance>) -> Assurance {
    let asked = Scope::ALL.into_iter().filter(|scope| has(scopes, *scope));
    asked
        .map(Scope::needs)
        .chain(level)
        .max()
        .unwrap_or(Assurance::Registered)
}

/// The level that a client asks for. Voluntary by the standard: what we do not know asks for nothing; of what we know, the first counts.
pub(crate) fn level(asked: Option<&str>) -> Option<Assurance> {
    words(asked?).into_iter().find_map(level_of)
}

impl Request {
    /// How well the person must be known for what is asked.
    pub(crate) fn needs(&self) -> Assurance {
        needed(&self.scopes, self.level)
    }

    /// The longest that the sign-in may lie back.
    pub(crate) fn age(&self) -> Option<Duration> {
        self.max_age.map(Duration::seconds)
    }
}

/// An address with further parameters.
pub(crate) fn with_query(address: &str, params: &[(&str, &str)]) -> String {
    match Url::parse(address) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(params);
            url.into()
        }
        // every address was parsed when it was registered
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clients::{ClientAuth, ClientContent, ClientKind, GrantType};

    fn client() -> Client {
        Client {
            id: Uuid::nil(),
            client_id: "client".to_owned(),
            secret_hash: None,
            sandbox: false,
            content: ClientContent {
                name: String::new(),
                name_english: String::new(),
                organisation: String::new(),
                purpose: String::new(),
                kind: ClientKind::Web,
                auth: ClientAuth::Secret,
                keys: None,
                redirect_uris: vec!["https://a.example/back?keep=1".to_owned()],
                post_logout_uris: Vec::new(),
                back_channel_uri: None,
                sector: "a.example".to_owned(),
                scopes: ["openid", "profile", "offline_access"]
                    .map(str::to_owned)
                    .to_vec(),
                grants: vec![GrantType::AuthorizationCode],
                algorithm: "ES256".to_owned(),
                pushed_only: false,
                proof_needed: false,
                introspects: false,
            },
        }
    }

    fn params(change: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut params: Vec<(String, String)> = [
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", "s"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        for (name, value) in change {
            params.retain(|(known, _)| known != name);
            params.push(((*name).to_owned(), (*value).to_owned()));
        }
        params
    }

    fn reads(change: &[(&str, &str)]) -> Result<Request, &'static str> {
        read(&client(), String::new(), &params(change)).map_err(|fault| fault.error)
    }

    #[test]
    fn a_request_is_read_strictly() {
        let request = reads(&[("acr_values", "foreign urn:tongban:acr:3"), ("max_age", "60")]).unwrap();
        assert_eq!(request.level, Some(Assurance::InPerson));
        assert_eq!(request.needs(), Assurance::InPerson);
        assert_eq!(request.max_age, Some(60));
        assert_eq!(
            reads(&[]).unwrap().needs(),
            Assurance::RealName,
            "a name is of somebody who was checked"
        );
        assert_eq!(
            reads(&[("scope", "openid")]).unwrap().needs(),
            Assurance::Registered
        );
        assert_eq!(
            reads(&[("scope", "openid offline_access")]).unwrap().scopes,
            "openid",
            "who cannot refresh gets nothing to refresh"
        );
    }

    #[test]
    fn what_is_wrong_is_told_in_the_words_of_the_standard() {
        for (change, error) in [
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", ""), "invalid_request"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", "short"), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("scope", "profile"), "invalid_scope"),
            (("scope", "openid phone"), "invalid_scope"),
            (("prompt", "none login"), "invalid_request"),
            (("max_age", "-1"), "invalid_request"),
            (("request", "eyJ"), "request_not_supported"),
            (("response_mode", "fragment"), "invalid_request"),
            (("dpop_jkt", "x"), "invalid_request"),
        ] {
            assert_eq!(reads(&[change]).unwrap_err(), error, "{change:?}");
        }
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(reads(&[("state", &long)]).unwrap_err(), "invalid_request");
        let mut twice = params(&[]);
        twice.push(("scope".to_owned(), "openid".to_owned()));
        assert_eq!(
            read(&client(), String::new(), &twice).unwrap_err().error,
            "invalid_request"
        );
    }

    #[test]
    fn an_address_keeps_its_own_parameters() {
        assert_eq!(
            with_query(
                "https://a.example/back?keep=1",
                &[("code", "a b"), ("state", "&")]
            ),
            "https://a.example/back?keep=1&code=a+b&state=%26"
        );
        assert_eq!(
            with_query("com.example.app:/back", &[("code", "x")]),
            "com.example.app:/back?code=x"
        );
    }
}
