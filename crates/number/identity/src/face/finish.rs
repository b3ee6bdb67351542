//! Takes the provider's word for who is at the device.

use tongban_access::Actor;
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use super::{
    provider::{FaceOutcome, FaceProvider},
    row::{self, REFERENCE_FIELD},
};
use crate::{
    AccountKind, Error,
    error::own_account,
    sessions::{domain::Recognition, row::set_recognised},
};

/// How a check ended, and where the person wanted to go.
#[derive(Clone)]
pub struct FinishedFaceCheck {
    pub outcome: FaceOutcome,
    /// The provider does not answer now; the check goes on.
    pub silent: bool,
    pub back: String,
    /// A form that waits, sealed by the face.
    pub kept: Option<String>,
}

/// Asks the provider how a check of this session ended. Where it was passed, the session is at level 3 for an hour. A check
/// ends once: coming back to the page does not lengthen the hour.
pub async fn finish_face_check(
    store: &Store,
    provider: &dyn FaceProvider,
    actor: &Actor,
    session: Uuid,
    id: Uuid,
) -> Result<FinishedFaceCheck, Error> {
    let account = own_account(actor, "identity.finish_face_check")?;
    let check = row::running(store, account, session, id)
        .await?
        .ok_or(Error::NotFound)?;
    let mut silent = false;
    let outcome = match (&check.outcome, &check.reference_sealed) {
        (Some(outcome), _) if outcome == "passed" => FaceOutcome::Passed,
        (Some(_), _) => FaceOutcome::Failed,
        (None, None) => FaceOutcome::Pending,
        (None, Some(sealed)) => {
            let reference = store.unseal(REFERENCE_FIELD, sealed)?;
            let outcome = match provider.outcome(&reference).await {
                Ok(outcome) => outcome,
                Err(trouble) => {
                    tracing::warn!(error = %trouble, "the outcome of a face check could not be fetched");
                    silent = true;
                    FaceOutcome::Pending
                }
            };
            if outcome != FaceOutcome::Pending {
                store
                    .write(actor.as_holder().signer(), move |tx| async move {
                        record(&tx, account, session, id, outcome).await
                    })
                    .await?;
            }
            outcome
        }
    };
    Ok(FinishedFaceCheck {
        outcome,
        silent,
        back: check.back,
        kept: check.kept,
    })
}

async fn record(
    tx: &Tx,
    account: Uuid,
    session: Uuid,
    id: Uuid,
    outcome: FaceOutcome,
) -> Result<(), StoreError> {
    let passed = outcome == FaceOutcome::Passed;
    let word = if passed { "passed" } else { "failed" };
    if !row::end(tx, id, word).await? {
        return Ok(());
    }
    if passed {
        set_recognised(tx, account, session, Recognition::Face, AccountKind::Person).await?;
    }
    tx.audit(
        AuditEntry::new("identity.face_checked")
            .on("account", account)
            .with("outcome", word),
    )
    .await
}
