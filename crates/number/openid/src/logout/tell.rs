//! Clients hear that somebody signed out (OpenID Connect Back-Channel Logout 1.0).

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tongban_identity::SessionsEnded;
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError};
use uuid::Uuid;

use crate::{
    Provider,
    clients::query,
    grants,
    tokens::row::{by_id, end_of_others, end_of_session, family, offline_of_session},
};

/// How long a client that does not answer is told again.
const TRIES_FOR: Duration = Duration::days(1);
/// How long the word that it is told lives.
const LIVES: Duration = Duration::minutes(2);
/// How long a client may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Tells one client that somebody signed out.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BackChannel {
    family: Uuid,
}

impl Job for BackChannel {
    const KIND: &'static str = "openid.back_channel";
}

/// Plans to tell the clients of families that have ended.
pub(crate) async fn tell(tx: &Tx, ended: &[family::Model]) -> Result<(), StoreError> {
    for family in ended {
        let found = query::by_id(tx.connection(), family.client).await?;
        let listens = match found {
            Some(row) => row
                .in_use()?
                .is_some_and(|client| client.content.back_channel_uri.is_some()),
            None => false,
        };
        if listens {
            tx.enqueue(&BackChannel { family: family.id }, tx.now()).await?;
        }
    }
    Ok(())
}

/// Sessions have ended: so has what hangs on them.
pub(crate) async fn on_sessions_ended(
    store: Store,
    message: Message<SessionsEnded>,
) -> Result<(), WorkError> {
    // the word may come late: what began since then is not meant
    let (event, at) = (message.body, message.at);
    store
        .write(Signer::system(), move |tx| async move {
            let account = event.account;
            let ended = match event.session {
                _ if event.for_good => {
                    grants::row::revoke_all(&tx, account, at).await?;
                    end_of_others(&tx, account, None, at, "account_ended").await?
                }
                Some(session) => {
                    let mut told = end_of_session(&tx, account, session, at, "signed_out").await?;
                    told.extend(offline_of_session(&tx, account, session, at).await?);
                    told
                }
                None => end_of_others(&tx, account, event.kept, at, "signed_out").await?,
            };
            tell(&tx, &ended).await
        })
        .await
        .map_err(|error: StoreError| error.into())
}

/// Sends the word. A client that does not take it is told again, for a day.
pub(crate) async fn send(provider: Provider, message: Message<BackChannel>) -> Result<(), WorkError> {
    let store = &provider.store;
    let Some(family) = by_id(store.reader(), message.body.family).await? else {
        return Ok(());
    };
    let client = match query::by_id(store.reader(), family.client).await? {
        Some(row) => row.in_use()?,
        None => None,
    };
    let Some((client, address)) = client.and_then(|client| {
        let address = client.content.back_channel_uri.clone()?;
        Some((client, address))
    }) else {
        return Ok(());
    };
    if is_loopback(&address) && !is_loopback(provider.issuer()) {
        // this machine is none of theirs
        tracing::warn!(client.id = %client.id, "a client listens on this very machine: it is not told that somebody signed out");
        return Ok(());
    }
    let now = store.now();
    let claims = json!({
        "iss": provider.issuer(),
        "aud": client.client_id,
        "iat": now.timestamp(),
        "exp": (now + LIVES).timestamp(),
        "jti": store.random_code(),
        "sub": family.subject,
        "sid": provider.sid(family.session, client.id),
        "events": { EVENT: {} },
    });
    let key = provider.signing(client.algorithm()).await?;
    let token = key
        .sign("logout+jwt", &claims)
        .map_err(|error| WorkError(error.to_string()))?;
    let sent = provider
        .http
        .post(&address)
        .timeout(PATIENCE)
        .header("content-type", "application/x-www-form-urlencoded")
        // a signed token has no character that a form would write otherwise
        .body(format!("logout_token={token}"))
        .send()
        .await;
    let trouble = match sent {
        Ok(answer) if answer.status().is_success() => return Ok(()),
        Ok(answer) => format!("the client answered {}", answer.status()),
        Err(error) => format!("the client was not reached: {}", error.without_url()),
    };
    if now - message.at > TRIES_FOR {
        tracing::warn!(client.id = %client.id, trouble, "a client was not told that somebody signed out: given up after a day");
        return Ok(());
    }
    Err(WorkError(trouble))
}

/// Whether an address names the machine itself.
fn is_loopback(address: &str) -> bool {
    reqwest::Url::parse(address)
        .is_ok_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost")))
}
