//! A draft became a case: what it read was read for something.

use tongban_store::Tx;

use super::{domain::PurposeRef, row};
use crate::Error;

/// Takes the reads of a purpose out of those "never filed". Called in the act that files; may run again.
pub async fn mark_filed(tx: &Tx, purpose: &PurposeRef) -> Result<(), Error> {
    row::mark_filed(tx, purpose).await?;
    Ok(())
}
