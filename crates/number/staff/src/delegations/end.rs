//! Ends a delegation before its last day.

use tongban_access::{Actor, require_second_factor};
use tongban_codes::civil::beijing_date;
use tongban_identity::may_manage_staff;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{DelegationStanding, standing},
    row,
};
use crate::Error;

/// Takes a post back, or gives it back: by its holder, by the deputy, or by an operator. It ends at once, also inside what is under way.
pub async fn end_delegation(tx: &Tx, actor: &Actor, id: Uuid) -> Result<(), Error> {
    let read = row::held(tx, id).await?.ok_or(Error::NotFound)?;
    let own = [read.holder, read.deputy]
        .into_iter()
        .any(|one| actor.account() == Some(one));
    if own {
        require_second_factor(actor, "staff.end_delegation")?;
    } else {
        may_manage_staff(tx, actor, read.holder).await?;
    }
    let today = beijing_date(tx.now());
    let ended = read.ended_at.is_some();
    if standing(read.starts_on, read.ends_on, ended, today) == DelegationStanding::Over
        || !row::end(tx, id).await?
    {
        return Err(Error::NotFound);
    }
    tx.audit(
        AuditEntry::new("staff.delegation_ended")
            .on("account", read.holder)
            .with("delegation", id.to_string())
            .with("deputy", read.deputy.to_string()),
    )
    .await?;
    Ok(())
}
