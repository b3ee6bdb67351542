//! Opens what wrong passwords and one-time passwords have locked.

use tongban_access::Actor;
use tongban_identity::unlock_account;
use tongban_store::Tx;
use uuid::Uuid;

use super::{domain::Guard, row};
use crate::Error;

/// Forgets the wrong passwords of a member of staff, those of their device too. For operators of the region of all posts.
pub async fn unlock_staff(tx: &Tx, actor: &Actor, account: Uuid) -> Result<(), Error> {
    unlock_account(tx, actor, account).await?;
    row::save_guard(tx, account, Guard::default()).await?;
    Ok(())
}
