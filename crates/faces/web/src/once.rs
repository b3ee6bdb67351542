//! What is sent twice is done once.
//!
//! A program that lost the answer sends its request again with the same `Idempotency-Key`. A person clicks twice, or a browser
//! sends again what it does not know the fate of: a form that creates something carries a one-time key that was made with
//! its page (the macro `once()` of `parts/forms.html`). Both ways the first run does the work and keeps its answer in the same
//! act, and every later one answers it again, for two days (`tongban_store::ANSWERS_KEPT`); after that the key is a new one. What was
//! refused or failed has kept nothing, so the same key tries again.
//!
//! Key and request are kept as keyed hashes, and kept answers hold ids only: the table tells nobody who asked for what. An
//! account is part of every key, so nobody gets the answer of another.

use std::future::Future;

use axum::http::{HeaderMap, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use tongban_access::Actor;
use tongban_store::{Replay, Store, StoreError, Tx};

use crate::{csrf::Pairs, errors::WebError, kit::Kit};

/// The header of a program.
const HEADER: &str = "idempotency-key";
/// The hidden field of a form.
pub const FIELD: &str = "_once";
/// Longest key, in characters.
const LONGEST: usize = 255;

/// A key of one account on one route, and what was asked under it.
#[derive(Clone)]
pub struct OnceKey {
    key: String,
    request: String,
}

impl OnceKey {
    /// The key that a program sent, if it sent one. `thing` is what the address names, `body` what was sent.
    ///
    /// The same key with another request is refused by [`once`].
    pub fn of_program<T: Serialize>(
        kit: &Kit,
        headers: &HeaderMap,
        actor: &Actor,
        route: &str,
        thing: &str,
        body: &T,
    ) -> Result<Option<Self>, WebError> {
        let Some(given) = headers.get(HEADER) else {
            return Ok(None);
        };
        let given =
            given.to_str().ok().filter(|given| is_key(given)).ok_or_else(|| {
                WebError::bad_input("Idempotency-Key is 1 to 255 printable ASCII characters")
            })?;
        let account = account(actor);
        let body = serde_json::to_string(body).map_err(WebError::internal)?;
        let hash = |text: String| kit.surroundings.keyed_hash(&text);
        Ok(Some(Self {
            key: format!("api:{}", hash(format!("idempotency|{account}|{route}|{given}"))),
            request: hash(format!("request|{route}|{thing}|{body}")),
        }))
    }

    /// The key of a posted form. `thing` is what the fields do not say: what the address names, the files.
    ///
    /// What was typed is part of the key: who goes back, puts something right and sends again asks for something else, and is
    /// not to be refused for it. A form without a key is done as often as it is sent.
    pub fn of_form<T: Serialize>(
        kit: &Kit,
        actor: &Actor,
        route: &str,
        thing: &T,
        posted: &Pairs,
    ) -> Result<Option<Self>, WebError> {
        let Some(given) = posted.get(FIELD).filter(|given| is_key(given)) else {
            return Ok(None);
        };
        let account = account(actor);
        let typed: Vec<_> = posted.0.iter().filter(|(name, _)| name != FIELD).collect();
        let asked = serde_json::to_string(&(thing, typed)).map_err(WebError::internal)?;
        let hash = |text: String| kit.surroundings.keyed_hash(&text);
        let request = hash(format!("form-request|{route}|{asked}"));
        Ok(Some(Self {
            key: format!("form:{}", hash(format!("form|{account}|{given}|{request}"))),
            request,
        }))
    }
}

fn is_key(given: &str) -> bool {
    !given.is_empty() && given.len() <= LONGEST && given.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn account(actor: &Actor) -> String {
    // what an agent does for somebody is not what that one does
    [actor.account(), actor.agency().map(|agency| agency.agent)]
        .into_iter()
        .flatten()
        .map(|account| account.to_string())
        .collect::<Vec<_>>()
        .join("|")
}

/// What went wrong in the act.
enum Failure {
    Told(WebError),
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for WebError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Told(error) => error,
            Failure::Store(error) => error.into(),
        }
    }
}

/// Runs a use case once for its key, and answers what the first run answered. Without a key it runs.
///
/// Refuses `api.idempotency_mismatch` where the key was used for another request.
pub async fn once<I, T, F, Answer>(
    store: &Store,
    actor: &Actor,
    key: Option<OnceKey>,
    input: I,
    use_case: F,
) -> Result<T, WebError>
where
    I: Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(Tx, Actor, I) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let done = run(store, actor, key.clone(), input, use_case).await;
    let (failure, key) = match (done, key) {
        (Ok(answer), _) => return Ok(answer),
        (Err(failure), None) => return Err(failure.into()),
        (Err(failure), Some(key)) => (failure, key),
    };
    // The twin of this request may have been quicker, and be the reason why this one failed; then its answer stands there by now.
    // The use case does not run a second time: what is refused is refused.
    match store.replay(&key.key, &key.request).await? {
        Replay::Again(answer) => Ok(read(&answer)?),
        Replay::Mismatch => Err(mismatch()),
        Replay::First => Err(failure.into()),
    }
}

fn read<T: DeserializeOwned>(answer: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_str(answer)?)
}

fn mismatch() -> WebError {
    let none: [(&str, &str); 0] = [];
    WebError::refused("api.idempotency_mismatch", none, StatusCode::UNPROCESSABLE_ENTITY)
}

async fn run<I, T, F, Answer>(
    store: &Store,
    actor: &Actor,
    key: Option<OnceKey>,
    input: I,
    use_case: F,
) -> Result<T, Failure>
where
    I: Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(Tx, Actor, I) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let by = actor.clone();
    let work = move |tx: Tx| {
        let (by, key, input, use_case) = (by.clone(), key.clone(), input.clone(), use_case.clone());
        async move {
            let Some(key) = key else {
                return use_case(tx, by, input).await.map_err(Failure::Told);
            };
            match tx.replay(&key.key, &key.request).await? {
                Replay::Again(answer) => return Ok(read(&answer)?),
                Replay::Mismatch => return Err(Failure::Told(mismatch())),
                Replay::First => {}
            }
            let answer = use_case(tx.clone(), by, input).await.map_err(Failure::Told)?;
            let text = serde_json::to_string(&answer).map_err(StoreError::from)?;
            tx.remember(&key.key, &key.request, &text).await?;
            Ok(answer)
        }
    };
    store.write(actor.signer(), work).await
}
