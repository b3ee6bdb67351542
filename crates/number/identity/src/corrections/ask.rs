//! A person says that the name of their account is wrong.

use tongban_access::{Actor, Denied, PartyKind};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::row::{self, OPEN, correction};
use crate::{
    Error,
    accounts::{domain::check_display_name, query},
    error::{own_account, refused},
};

/// What is wrong.
#[derive(Clone)]
pub struct AskCorrection {
    /// The name as it should be.
    pub wanted: String,
}

/// Asks for the name of the own account to be corrected (个人信息保护法第四十六条). A window answers it, document in hand; until then nothing changes.
/// Number and phone are no names: a phone the person changes themself, a number that is wrong is somebody else's. Answers the id.
///
/// Refusals: `identity.name_missing`, `identity.name_too_long`, `identity.correction_same`, `identity.correction_open` (one waits already). Denied to firms and staff, and with the level that is missing to people whose name nobody has checked.
pub async fn ask_correction(tx: &Tx, actor: &Actor, input: AskCorrection) -> Result<Uuid, Error> {
    const ACTION: &str = "identity.ask_correction";
    if actor.holder_kind() != Some(PartyKind::Person) {
        return Err(Denied::new(actor, ACTION).into());
    }
    let account = own_account(actor, ACTION)?;
    // held, so that of two at once one waits
    query::by_id_held(tx, account).await?;
    let party = query::party_in(tx, account).await?.ok_or(Denied {
        needs: Some(tongban_access::Assurance::RealName),
        ..Denied::new(actor, ACTION)
    })?;
    let wanted = check_display_name(&input.wanted)?;
    if wanted == party.name {
        return Err(refused("identity.correction_same", []));
    }
    if row::open_of(tx, account).await? > 0 {
        return Err(refused("identity.correction_open", []));
    }
    let new = correction::Model {
        id: tx.new_id(),
        account,
        was: party.name,
        wanted,
        state: OPEN.to_owned(),
        asked_at: tx.now(),
        answered_at: None,
        clerk: None,
        organisation_name: None,
        answer: None,
    };
    let id = new.id;
    row::insert(tx, new).await?;
    tx.audit(AuditEntry::new("identity.correction_asked").on("account", account))
        .await?;
    Ok(id)
}
