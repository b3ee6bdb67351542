//! Hand the result or the decision over, where it does not reach the applicant by itself: 窗口领取 or 邮寄.

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_codes::civil::beijing_date;
use tongban_procedure::DocumentKind;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::decide::waits_for_delivery;
use crate::{
    case::{history::Line, row, save},
    document::issue::{self, Particulars},
    error::{Error, refused},
    events::CaseDelivered,
};

/// Hand a result over.
#[derive(Debug, Clone)]
pub struct Deliver {
    pub case: Uuid,
    pub item: ItemVersion,
    pub seen: Option<i32>,
    /// To whom, or the number of the parcel.
    pub note: String,
}

/// Records the handing over with its 送达回证, ends the clock of the delivery and closes the case. Refuses `case.nothing_to_deliver`, `case.delivery_note_missing`.
pub async fn deliver(tx: &Tx, actor: &Actor, input: Deliver) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseDeliver, input.case).await?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
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
    (row.due_on, row.due_earliest) = (None, None);
    row::end_clocks(tx, input.case, beijing_date(tx.now())).await?;
    let row = save::store(tx, &loaded, row).await?;
    let particulars = Particulars {
        reasons: Some(note.to_owned()),
        ..Particulars::default()
    };
    let document = issue::issue(tx, &row, &input.item, DocumentKind::DeliveryReceipt, &particulars).await?;
    save::note(
        tx,
        actor,
        Line {
            case: input.case,
            kind: "delivered",
            note: Some(note),
            document: Some(document),
        },
    )
    .await?;
    tx.audit(
        AuditEntry::new("case.deliver")
            .on("case", input.case)
            .about(&row.applicant_blind),
    )
    .await?;
    tx.emit(&CaseDelivered { case: input.case }).await?;
    Ok(())
}
