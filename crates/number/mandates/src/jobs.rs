//! The daily work: what ends soon is told, what has run out is erased.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use tongban_codes::civil::beijing_date;
use tongban_identity::SessionsEnded;
use tongban_store::{Job, Message, Signer, Store, StoreError, Tx, WorkError, Worker};

use crate::{
    Error,
    events::{Change, MandateChanged},
    mandate, representation,
};

/// How long checks rest after no rule looks at them.
const KEPT: Duration = Duration::days(2);
/// How many days before its last day a mandate is told to end.
const WARNED: i64 = 14;

/// Tells of mandates that end in two weeks; erases checks that are over.
/// Planned by the first act of a day that needs a mandate.
#[derive(Debug, Serialize, Deserialize)]
pub struct Daily {}

impl Job for Daily {
    const KIND: &'static str = "mandates.daily";
}

/// Gives the worker the job of this room.
#[must_use]
pub fn wire(worker: Worker) -> Worker {
    worker
        .job::<Daily, _, _>(daily)
        .subscribe::<SessionsEnded, _, _>("mandates", taken_back)
}

/// An account was closed, or given back at a window: whoever used it before may have let somebody act. What was given on its pages ends; what a window
/// recorded stays.
async fn taken_back(store: Store, delivery: Message<SessionsEnded>) -> Result<(), WorkError> {
    if !delivery.body.for_good {
        return Ok(());
    }
    let account = delivery.body.account;
    store
        .write(Signer::system(), move |tx| async move {
            for open in mandate::row::given_online(&tx, account).await? {
                mandate::end::end_with_account(&tx, &open).await?;
            }
            Ok::<_, Error>(())
        })
        .await
        .map_err(|error| WorkError(error.to_string()))
}

/// Plans the daily work, once a day.
pub(crate) async fn plan(tx: &Tx) -> Result<(), StoreError> {
    let now = tx.now();
    if tx.once(&format!("mandates.daily.{}", beijing_date(now))).await? {
        tx.enqueue(&Daily {}, now).await?;
    }
    Ok(())
}

async fn daily(store: Store, _: Message<Daily>) -> Result<(), WorkError> {
    let (erased, warned) = store
        .write(Signer::system(), |tx| async move {
            let before = tx.now() - KEPT;
            let erased = representation::row::erase_before(&tx, before).await?;
            let last = beijing_date(tx.now()) + Duration::days(WARNED);
            let mut warned = 0_u64;
            for id in mandate::row::ending_by(&tx, last).await? {
                if tx.once(&format!("mandates.ending:{id}")).await? {
                    tx.emit(&MandateChanged {
                        mandate: id,
                        change: Change::Ending,
                    })
                    .await?;
                    warned += 1;
                }
            }
            Ok::<_, StoreError>((erased, warned))
        })
        .await?;
    tracing::info!(
        rows.erased = erased,
        mandates.warned = warned,
        "mandates that end soon were told"
    );
    Ok(())
}
