//! 窗口代办: an applicant with an account stands at a window, and a clerk hands in for them what is missing. For that day only.

use tongban_access::{Action, Actor, permit};
use tongban_procedure::State;
use tongban_store::{AuditEntry, Store, StoreError, Tx};
use uuid::Uuid;

use crate::{
    case::{
        history::Line,
        row::{self, case},
        save,
    },
    draft::deferred::takes_deferred,
    error::{Error, refused, refused_with},
};

/// Record that the applicant stands at the window.
#[derive(Debug, Clone)]
pub struct Attend {
    pub case: Uuid,
    /// The clerk has seen the person and the document.
    pub present: bool,
}

/// From now on to the end of the civil day the clerk fills the supplement of the case, and hands in what may follow. The applicant reads it
/// in the history.
///
/// Refuses `case.presence`, and `case.wrong_state` where the state of the case takes nothing more (a draft, a decided or closed case).
pub async fn attend(tx: &Tx, actor: &Actor, input: Attend) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseFileAtWindow, input.case).await?;
    if !takes_more(loaded.state) {
        return Err(refused_with(
            "case.wrong_state",
            &[("state", loaded.state.as_str())],
        ));
    }
    if !input.present {
        return Err(refused("case.presence"));
    }
    let Some(clerk) = actor.account() else {
        return Err(Error::NotFound);
    };
    // the second of two clicks
    if row::is_present(tx.connection(), input.case, clerk, tx.now()).await? {
        return Ok(());
    }
    row::add_presence(tx, input.case, clerk).await?;
    let line = Line {
        case: input.case,
        kind: "attended",
        note: None,
        document: None,
    };
    save::note(tx, actor, line).await?;
    tx.audit(
        AuditEntry::new("case.attend")
            .on("case", input.case)
            .about(&loaded.row.applicant_blind)
            .with("presence", "recorded"),
    )
    .await?;
    Ok(())
}

/// Whether a filed case in this state takes anything more from its applicant.
fn takes_more(state: State) -> bool {
    state == State::Supplement || takes_deferred(state)
}

/// Whether this clerk has recorded today that the applicant stands at the window, and the case takes something more.
pub(crate) async fn attends_in(tx: &Tx, actor: &Actor, row: &case::Model) -> Result<bool, StoreError> {
    match attending(actor, row)? {
        Some(clerk) => row::is_present(tx.connection(), row.id, clerk, tx.now()).await,
        None => Ok(false),
    }
}

/// The same for pages.
pub(crate) async fn attends(store: &Store, actor: &Actor, row: &case::Model) -> Result<bool, StoreError> {
    match attending(actor, row)? {
        Some(clerk) => row::is_present(store.reader(), row.id, clerk, store.now()).await,
        None => Ok(false),
    }
}

/// The clerk who may attend to the applicant of this case at all.
fn attending(actor: &Actor, row: &case::Model) -> Result<Option<Uuid>, StoreError> {
    let state = State::from_word(&row.state);
    let may = actor.post().is_some()
        && state.is_some_and(takes_more)
        && permit(actor, Action::CaseFileAtWindow, &save::thing(row)?).is_ok();
    Ok(actor.account().filter(|_| may))
}
