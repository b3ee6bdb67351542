//! Somebody takes a copy of everything that is theirs.

use tongban_access::{Actor, Denied, PartyKind};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{Party, query};
use crate::{Error, error::own_account, sessions::query::signed_in_lately};

/// Records that the person who is signed in takes a copy of their data (个人信息保护法第四十五条), and answers who they are, number and phone in
/// clear. For themself alone, for whomever they act.
///
/// Refusals: `identity.sign_in_anew` (what leaves here is everything: it asks for something of the person's own within 15 minutes). Denied to firms
/// and staff, and with the level that is missing to people whose number nobody has checked.
pub async fn record_export(tx: &Tx, actor: &Actor, session: Uuid) -> Result<Party, Error> {
    const ACTION: &str = "identity.export";
    if actor.holder_kind() != Some(PartyKind::Person) {
        return Err(Denied::new(actor, ACTION).into());
    }
    let account = own_account(actor, ACTION)?;
    signed_in_lately(tx, actor, session).await?;
    let party = query::party_in(tx, account).await?.ok_or(Denied {
        needs: Some(tongban_access::Assurance::RealName),
        ..Denied::new(actor, ACTION)
    })?;
    tx.audit(AuditEntry::new("identity.exported").on("account", account))
        .await?;
    Ok(party)
}
