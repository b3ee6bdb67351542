//! What is done every day: keys are rotated, what has run out goes. And what the worker does for this room.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use tongban_identity::SessionsEnded;
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};

use crate::{
    Provider, authorize, device, keys,
    logout::{self, BackChannel},
    tokens,
};

/// How long codes, requests and families rest after no rule looks at them.
const KEPT: Duration = Duration::days(2);

/// Rotates keys that are due and erases what has run out. Plans itself for the next day.
#[derive(Debug, Serialize, Deserialize)]
pub struct Daily {}

impl Job for Daily {
    const KIND: &'static str = "openid.daily";
}

/// Gives the worker the work of this room.
#[must_use]
pub fn wire(worker: Worker, provider: &Provider) -> Worker {
    let teller = provider.clone();
    worker
        .job::<Daily, _, _>(daily)
        .job::<BackChannel, _, _>(move |_, message| logout::send(teller.clone(), message))
        .subscribe::<SessionsEnded, _, _>("openid", logout::on_sessions_ended)
}

/// Plans the work of today, once, when a process starts.
pub(crate) async fn begin(store: &Store) -> Result<(), StoreError> {
    store
        .write(Signer::system(), |tx| async move { plan(&tx, 0).await })
        .await
}

async fn plan(tx: &Tx, in_days: i64) -> Result<(), StoreError> {
    let at = tx.now() + Duration::days(in_days);
    if tx.once(&format!("{}:{}", Daily::KIND, at.date_naive())).await? {
        tx.enqueue(&Daily {}, at).await?;
    }
    Ok(())
}

async fn daily(store: Store, _: Message<Daily>) -> Result<(), WorkError> {
    let erased = store
        .write(Signer::system(), |tx| async move {
            plan(&tx, 1).await?;
            keys::rotate_if_due(&tx).await?;
            let before = tx.now() - KEPT;
            let erased = tokens::row::erase_before(&tx, before).await?
                + authorize::row::erase_before(&tx, before).await?
                + device::row::erase_before(&tx, before).await?;
            Ok::<_, StoreError>(erased)
        })
        .await?;
    tracing::info!(
        rows.erased = erased,
        "codes, requests and families that had run out were erased"
    );
    Ok(())
}
