//! Remembers that a member of staff showed a second factor.

use tongban_access::{Actor, Denied};
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{SecondFactor, domain::Recognition, query::in_act, row::set_recognised};
use crate::{AccountKind, Error};

/// Marks a session of a member of staff as one in which a second factor was shown; it counts for twelve hours. Whether it was right, the room
/// of staff has looked.
pub async fn set_proven(tx: &Tx, actor: &Actor, session: Uuid, by: SecondFactor) -> Result<(), Error> {
    let Actor::Staff { account, .. } = actor else {
        return Err(Denied::new(actor, "identity.set_proven").into());
    };
    let by = Recognition::from(by);
    // in the act: a session that was ended a moment ago proves nothing any more
    in_act(tx, session)
        .await?
        .filter(|live| live.account.id == *account)
        .ok_or(Error::NotFound)?;
    if !set_recognised(tx, *account, session, by, AccountKind::Staff).await? {
        return Err(Error::NotFound);
    }
    tx.audit(
        AuditEntry::new("identity.second_factor_shown")
            .on("account", account)
            .with("by", by.as_str()),
    )
    .await?;
    Ok(())
}
