//! What a person must do before a client gets its answer.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use tongban_access::{Actor, Assurance, PartyKind};
use tongban_crypto::constant_time_eq;
use tongban_identity::{Session, Way};

use super::{
    Request, Stop,
    domain::{Fault, one, read, redirect_of, with_query},
    pushed::PREFIX,
    row,
};
use crate::{
    Provider,
    clients::{Client, ClientAuth, GrantType, query::by_client_id},
    error::Refusal,
    grants::row::{Giver, of},
    scope::{covers, words},
};

/// What we hang on the address while somebody signs in anew: since when the sign-in counts.
const ASKED: &str = "asked_at";
/// How long that may take.
const ASKED_HOLDS: Duration = Duration::minutes(15);

/// What comes next.
#[derive(Debug, Clone)]
pub enum Weighed {
    /// The person signs in. `since` is to be added to the address where a sign-in that exists is not new enough.
    SignIn { since: Option<(String, String)> },
    /// The person is to be known better.
    Surer(Assurance),
    /// The person is asked.
    Ask(ConsentAsk),
    /// Everything was said before.
    Ready,
}

/// What the page of consent says.
#[derive(Debug, Clone, Serialize)]
pub struct ConsentAsk {
    pub name: String,
    pub name_english: String,
    pub organisation: String,
    pub purpose: String,
    /// Words of scopes.
    pub scopes: Vec<String>,
    /// Whether anybody may try this client.
    pub sandbox: bool,
    /// The host of the address that people go back to.
    pub back_to: String,
    /// The origin that the browser will be sent to, for the policy of the page.
    pub back_origin: String,
}

/// A request that may be answered, and its client.
pub(super) struct Resolved {
    pub client: Client,
    pub request: Request,
    /// Of a request that was pushed.
    pub handle: Option<String>,
}

pub(super) fn here(code: &'static str) -> Stop {
    Stop::Here(Refusal {
        code,
        args: std::collections::BTreeMap::default(),
    })
}

impl Provider {
    /// Says what a person must do before the client of a request gets its answer.
    ///
    /// Refusals on a page: `openid.client_unknown`, `openid.redirect_unknown`, `openid.request_over`. Everything else goes back to the client.
    pub async fn weigh(
        &self,
        params: &[(String, String)],
        session: Option<&Session>,
    ) -> Result<Weighed, Stop> {
        let resolved = self.resolve(params).await?;
        self.weigh_resolved(&resolved, params, session).await
    }

    /// The address with an error for the client.
    pub(super) fn back(&self, redirect_uri: &str, state: Option<&str>, fault: Fault) -> Stop {
        let mut answer = vec![("error", fault.error), ("error_description", fault.description)];
        answer.extend(state.map(|state| ("state", state)));
        answer.push(("iss", self.issuer()));
        Stop::Back(with_query(redirect_uri, &answer))
    }

    pub(super) async fn resolve(&self, params: &[(String, String)]) -> Result<Resolved, Stop> {
        let unknown = || here("openid.client_unknown");
        let client_id = one(params, "client_id").ok().flatten().ok_or_else(unknown)?;
        let client = by_client_id(self.store.reader(), client_id)
            .await?
            .filter(|client| client.may(GrantType::AuthorizationCode))
            .ok_or_else(unknown)?;
        let request_uri = one(params, "request_uri").map_err(|_| here("openid.request_over"))?;
        let pushed;
        let (asked, handle) = match request_uri {
            None => (params, None),
            Some(uri) => {
                let handle = uri
                    .strip_prefix(PREFIX)
                    .ok_or_else(|| here("openid.request_over"))?;
                pushed = row::find(&self.store, handle, client.id)
                    .await?
                    .ok_or_else(|| here("openid.request_over"))?;
                (pushed.as_slice(), Some(handle.to_owned()))
            }
        };
        let redirect = redirect_of(&client, asked).ok_or_else(|| here("openid.redirect_unknown"))?;
        let fault = if client.content.pushed_only && handle.is_none() {
            Err(Fault {
                error: "invalid_request",
                description: "this client pushes its requests",
            })
        } else {
            read(&client, redirect.clone(), asked)
        };
        let hint = match one(asked, "id_token_hint").ok().flatten() {
            Some(token) => self.hinted(&client.client_id, token).await?,
            None => None,
        };
        match fault {
            Ok(request) => Ok(Resolved {
                client,
                request: Request { hint, ..request },
                handle,
            }),
            Err(fault) => {
                let state = one(asked, "state").ok().flatten();
                Err(self.back(&redirect, state, fault))
            }
        }
    }

    pub(super) async fn weigh_resolved(
        &self,
        resolved: &Resolved,
        params: &[(String, String)],
        session: Option<&Session>,
    ) -> Result<Weighed, Stop> {
        let Resolved { client, request, .. } = resolved;
        let silent = |error: &'static str| {
            let fault = Fault {
                error,
                description: "the person would have to do something, and prompt is none",
            };
            Err(self.back(&request.redirect_uri, request.state.as_deref(), fault))
        };
        // staff sign in to their desk; here persons and firms do
        let Some((session, account, party, known)) = session.and_then(|session| match session.actor {
            // whoever is signed in signs in there as themself, for whomever they act here
            Actor::Party { assurance, .. } => {
                let party = session.actor.holder_kind()?;
                Some((session, session.account.id, party, assurance))
            }
            _ => None,
        }) else {
            return if request.prompt.none {
                silent("login_required")
            } else {
                Ok(Weighed::SignIn { since: None })
            };
        };
        let now = self.store.now();
        // a platform of others that did not ask the person anew says nothing of when they showed themself
        let silently = session.way == Way::Upstream;
        let too_old = request
            .age()
            .is_some_and(|age| silently || session.opened_at + age < now);
        if request.prompt.login || too_old {
            let since = self.asked_at(params);
            if since.is_none_or(|since| silently || session.opened_at < since) {
                if request.prompt.none {
                    return silent("login_required");
                }
                let since = match since {
                    Some(_) => None,
                    None => Some((ASKED.to_owned(), self.asked_word(params, now))),
                };
                return Ok(Weighed::SignIn { since });
            }
        }
        let needs = request.needs();
        if known < needs {
            if party == PartyKind::Enterprise {
                let fault = Fault {
                    error: "unmet_authentication_requirements",
                    description: "a firm cannot be known that well",
                };
                return Err(self.back(&request.redirect_uri, request.state.as_deref(), fault));
            }
            return if request.prompt.none {
                silent("interaction_required")
            } else {
                Ok(Weighed::Surer(needs))
            };
        }
        if let Some(hint) = &request.hint {
            let known = of(self.store.reader(), account, client.id).await?;
            if known.is_none_or(|grant| grant.subject != *hint) {
                let fault = Fault {
                    error: "login_required",
                    description: "somebody else is signed in than the hint says",
                };
                return Err(self.back(&request.redirect_uri, request.state.as_deref(), fault));
            }
        }
        let given = of(self.store.reader(), account, client.id)
            .await?
            .filter(|grant| grant.revoked_at.is_none() && Giver::of(session).owns(grant));
        // RFC 8252 §8.6: any program of the device may say that it is this one, so a person is asked each time
        let sure_of_client =
            client.content.auth != ClientAuth::None || request.redirect_uri.starts_with("https://");
        if !request.prompt.consent
            && sure_of_client
            && given.is_some_and(|grant| covers(&grant.scopes, &request.scopes))
        {
            return Ok(Weighed::Ready);
        }
        if request.prompt.none {
            return silent("consent_required");
        }
        let back = reqwest::Url::parse(&request.redirect_uri).ok();
        let host = back.as_ref().and_then(|url| url.host_str()).map(str::to_owned);
        let origin = back.map(|url| match url.host_str() {
            Some(_) if matches!(url.scheme(), "http" | "https") => url.origin().ascii_serialization(),
            _ => format!("{}:", url.scheme()),
        });
        let content = client.content.clone();
        Ok(Weighed::Ask(ConsentAsk {
            back_to: host.unwrap_or_else(|| content.name.clone()),
            back_origin: origin.unwrap_or_default(),
            name: content.name,
            name_english: content.name_english,
            organisation: content.organisation,
            purpose: content.purpose,
            scopes: words(&request.scopes).into_iter().map(str::to_owned).collect(),
            sandbox: client.sandbox,
        }))
    }

    /// Whom an ID token of ours for this client is about. It may have run out long ago: it says who, not that it holds.
    async fn hinted(&self, client_id: &str, token: &str) -> Result<Option<String>, Stop> {
        let claims = self.keys.verify(&self.store, "JWT", token).await?;
        Ok(claims
            .filter(|claims| claims["aud"] == client_id)
            .and_then(|claims| claims["sub"].as_str().map(str::to_owned)))
    }

    /// An instant in a form that only we can write, for one request.
    fn asked_word(&self, params: &[(String, String)], at: DateTime<Utc>) -> String {
        let at = at.timestamp_micros();
        let request: Vec<&(String, String)> = params.iter().filter(|(name, _)| name != ASKED).collect();
        let mut mark = self
            .store
            .keys()
            .token_hash(&format!("openid-asked|{at}|{request:?}"));
        mark.truncate(32);
        format!("{at}.{mark}")
    }

    fn asked_at(&self, params: &[(String, String)]) -> Option<DateTime<Utc>> {
        let (_, word) = params.iter().rev().find(|(name, _)| name == ASKED)?;
        let at = DateTime::from_timestamp_micros(word.split_once('.')?.0.parse().ok()?)?;
        let ours = constant_time_eq(self.asked_word(params, at), word);
        let now = self.store.now();
        (ours && at <= now && now - at < ASKED_HOLDS).then_some(at)
    }
}
