//! Hand the paper result over: 窗口领取 or 邮寄.

use tongban_access::{Action, Actor};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::decide::waits_for_delivery;
use crate::{
    case::{history::Line, save},
    error::{Error, refused},
};

/// Hand a result over.
#[derive(Debug, Clone)]
pub struct Deliver {
    pub case: Uuid,
    pub seen: Option<i32>,
    /// To whom, or the number of the parcel.
    pub note: String,
}

/// Records the handing over and closes the case. Refuses `case.nothing_to_deliver`, `case.delivery_note_missing`.
pub async fn deliver(tx: &Tx, actor: &Actor, input: Deliver) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseDeliver, input.case).await?;
    save::same_version(&loaded, input.seen)?;
    if !waits_for_delivery(&loaded.row) {
        return Err(refused("case.nothing_to_deliver"));
    }
    let note = input.note.trim();
    if note.is_empty() {
        return Err(refused("case.delivery_note_missing"));
    }
    let mut row = loaded.row.clone();
    row.delivered_at = Some(tx.now());
    row.closed_at = Some(tx.now());
    let row = save::store(tx, &loaded, row).await?;
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "delivered",
            note: Some(note),
            document: None,
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.deliver")
            .on("case", input.case)
            .about(&row.applicant_blind),
    )
    .await?;
    Ok(())
}
