//! The same request sent twice is done once.
//!
//! A program that lost the answer sends its request again with the same `Idempotency-Key` and gets the answer of the
//! first. Key and request are kept as keyed hashes, and answers hold ids only: the table tells nobody who asked for what.

use std::future::Future;

use axum::http::{HeaderMap, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use tongban_access::Actor;
use tongban_store::{Replay, StoreError, Tx};
use tongban_web::WebError;

use crate::ApiState;

/// The header.
const HEADER: &str = "idempotency-key";
/// Longest key, in characters.
const LONGEST: usize = 255;

/// A key of one account on one route, and what was asked under it.
#[derive(Clone)]
pub(crate) struct Key {
    key: String,
    request: String,
}

impl Key {
    /// The key of a request, if it has one. `thing` is what the address names, `body` what was sent.
    pub(crate) fn of<T: Serialize>(
        state: &ApiState,
        headers: &HeaderMap,
        actor: &Actor,
        route: &str,
        thing: &str,
        body: &T,
    ) -> Result<Option<Self>, WebError> {
        let Some(given) = headers.get(HEADER) else {
            return Ok(None);
        };
        let given = given
            .to_str()
            .ok()
            .filter(|given| !given.is_empty() && given.len() <= LONGEST)
            .ok_or_else(|| WebError::bad_input("Idempotency-Key is 1 to 255 printable ASCII characters"))?;
        let account = actor
            .account()
            .map(|account| account.to_string())
            .unwrap_or_default();
        let body = serde_json::to_string(body).map_err(WebError::internal)?;
        let hash = |text: String| state.kit.surroundings.keyed_hash(&text);
        Ok(Some(Self {
            key: format!("api:{}", hash(format!("idempotency|{account}|{route}|{given}"))),
            request: hash(format!("request|{route}|{thing}|{body}")),
        }))
    }
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

/// Runs a use case once for its key, and answers what the first run answered.
///
/// Refuses `api.idempotency_mismatch` where the key was used for another request.
pub(crate) async fn once<T, F, Answer>(
    state: &ApiState,
    actor: &Actor,
    key: Option<Key>,
    use_case: F,
) -> Result<T, WebError>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(Tx, Actor) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let first = run(state, actor, key.clone(), use_case.clone()).await;
    // The twin of this request may have been quicker; then its answer stands there by now.
    let answer = if first.is_err() && key.is_some() {
        run(state, actor, key, use_case).await
    } else {
        first
    };
    answer.map_err(|failure| match failure {
        Failure::Told(error) => error,
        Failure::Store(error) => WebError::from(error),
    })
}

async fn run<T, F, Answer>(
    state: &ApiState,
    actor: &Actor,
    key: Option<Key>,
    use_case: F,
) -> Result<T, Failure>
where
    T: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(Tx, Actor) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<T, WebError>> + Send + 'static,
{
    let by = actor.clone();
    let work = move |tx: Tx| {
        let (by, key, use_case) = (by.clone(), key.clone(), use_case.clone());
        async move {
            let Some(key) = key else {
                return use_case(tx, by).await.map_err(Failure::Told);
            };
            match tx.replay(&key.key, &key.request).await? {
                Replay::Again(answer) => {
                    return serde_json::from_str(&answer).map_err(|error| StoreError::from(error).into());
                }
                Replay::Mismatch => {
                    let none: [(&str, &str); 0] = [];
                    let refusal =
                        WebError::refused("api.idempotency_mismatch", none, StatusCode::UNPROCESSABLE_ENTITY);
                    return Err(Failure::Told(refusal));
                }
                Replay::First => {}
            }
            let answer = use_case(tx.clone(), by).await.map_err(Failure::Told)?;
            let text = serde_json::to_string(&answer).map_err(StoreError::from)?;
            tx.remember(&key.key, &key.request, &text).await?;
            Ok(answer)
        }
    };
    state.store.write(actor.signer(), work).await
}
