//! Finds the session of a request.

use tongban_store::{Store, StoreError};

use super::{Session, domain, query::by_token, row::touch};
use crate::Error;

/// No token of ours is longer.
const LONGEST_TOKEN: usize = 64;

/// The live session of a token; `None` when the token is unknown or the session has ended, which look the same.
/// Marks the session as seen, at most every three minutes. Never called inside a `write`.
pub async fn load_session(store: &Store, token: &str) -> Result<Option<Session>, Error> {
    if token.is_empty() || token.len() > LONGEST_TOKEN {
        return Ok(None);
    }
    let Some((row, mut session)) = by_token(store, token).await? else {
        return Ok(None);
    };
    let now = store.now();
    if domain::is_seen_anew(row.seen_at, now) {
        let marked = store
            .write(session.actor.as_holder().signer(), move |tx| async move {
                touch(&tx, row.id).await
            })
            .await;
        match marked {
            Ok(()) => session.expires = domain::expires(session.account.kind, now, row.ends_at),
            // The request goes on: reading works while writing does not.
            Err(error) => {
                let error: &StoreError = &error;
                tracing::warn!(session.id = %row.id, error = error as &dyn std::error::Error, "a session could not be marked as seen");
            }
        }
    }
    Ok(Some(session))
}
