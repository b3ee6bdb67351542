//! 送达回证 of a notice: an applicant without an account is handed what an account would have shown. The term of a supplement stays the one that
//! the notice names.

use tongban_access::{Action, Actor};
use tongban_catalogue::ItemVersion;
use tongban_procedure::{DocumentKind, State};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use crate::{
    case::{history::Line, row, save, view::CaseView},
    document::issue::{self, Particulars},
    error::{Error, refused},
};

/// Record that the notice of a case reached its applicant.
#[derive(Debug, Clone)]
pub struct ServeNotice {
    pub case: Uuid,
    pub item: ItemVersion,
    pub seen: Option<i32>,
    /// To whom, or the number of the parcel.
    pub note: String,
}

/// The notice that a case without an account has in this state, and the line of the history that says it was handed over.
fn notice_of(state: State) -> Option<(DocumentKind, &'static str)> {
    match state {
        State::Supplement => Some((DocumentKind::SupplementNotice, "supplement_served")),
        State::NotAccepted => Some((DocumentKind::NonAcceptance, "non_acceptance_served")),
        State::Lapsed => Some((DocumentKind::Lapse, "lapse_served")),
        _ => None,
    }
}

/// The notice that has still to be handed over.
pub fn notice_to_serve(view: &CaseView) -> Option<DocumentKind> {
    let (notice, line) = notice_of(view.state).filter(|_| view.account.is_none())?;
    (!view.history.iter().any(|said| said.kind == line)).then_some(notice)
}

/// Records the handing over with its 送达回证, once for a notice. Refuses `case.nothing_to_deliver`, `case.delivery_note_missing`.
pub async fn serve_notice(tx: &Tx, actor: &Actor, input: ServeNotice) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseDeliver, input.case).await?;
    save::same_version(&loaded, input.seen)?;
    save::same_item(&loaded, &input.item)?;
    let (notice, kind) = notice_of(loaded.state)
        .filter(|_| loaded.row.account.is_none())
        .ok_or_else(|| refused("case.nothing_to_deliver"))?;
    if row::last_line_at(tx, input.case, &[kind]).await?.is_some() {
        return Err(refused("case.nothing_to_deliver"));
    }
    let note = input.note.trim();
    if note.is_empty() {
        return Err(refused("case.delivery_note_missing"));
    }
    let row = save::store(tx, &loaded, loaded.row.clone()).await?;
    let particulars = Particulars {
        reasons: Some(note.to_owned()),
        served: Some(notice),
        ..Particulars::default()
    };
    let document = issue::issue(tx, &row, &input.item, DocumentKind::DeliveryReceipt, &particulars).await?;
    let line = Line {
        case: input.case,
        kind,
        note: Some(note),
        document: Some(document),
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.serve")
            .on("case", input.case)
            .about(&row.applicant_blind)
            .with("notice", notice.as_str()),
    )
    .await?;
    Ok(())
}
