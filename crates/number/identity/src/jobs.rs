//! The daily sweep: what has run out does not rest longer than it must.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};

use crate::{face, passkeys, real_name, scan, sessions, sign_in, upstream, window};

/// How long sessions, codes and counters rest after no rule looks at them.
const KEPT: Duration = Duration::days(2);

/// Erases ended sessions, old one-time codes, checks and counters. Planned by the first sign-in of a day.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "identity.sweep";
}

/// Gives the worker the job of this room.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    worker.job::<Sweep, _, _>(sweep)
}

/// Plans the sweep once a day (of UTC: nobody sees it).
pub(crate) async fn plan_sweep(tx: &Tx) -> Result<(), StoreError> {
    let now = tx.now();
    if tx.once(&format!("identity.sweep.{}", now.date_naive())).await? {
        tx.enqueue(&Sweep {}, now).await?;
    }
    Ok(())
}

async fn sweep(store: Store, _: Message<Sweep>) -> Result<(), WorkError> {
    let erased: u64 = store
        .write(Signer::system(), |tx| async move {
            let before = tx.now() - KEPT;
            let sessions = sessions::row::erase_ended_before(&tx, before).await?;
            let rest = sign_in::row::erase_before(&tx, before).await?;
            let checks = real_name::row::erase_before(&tx, before).await?
                + face::row::erase_before(&tx, before).await?
                + passkeys::row::erase_before(&tx, before).await?
                + scan::row::erase_before(&tx, before).await?
                + upstream::row::erase_before(&tx, before).await?
                + window::row::erase_before(&tx, before).await?;
            Ok::<_, StoreError>(sessions + rest + checks)
        })
        .await?;
    tracing::info!(
        rows.erased = erased,
        "sessions, codes, checks and counters that had run out were erased"
    );
    Ok(())
}
