//! Registers a licence type, or changes one.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_store::{AuditEntry, Tx};

use super::{domain::LicenceType, query, row};
use crate::Error;

/// Registers a type; one that is there under the same code is changed. Licences that were issued before keep the name
/// and the fields that were signed. Answers whether anything changed.
///
/// Refusals: those of a type's form (`licence.type`, `licence_type.…`).
pub async fn register_licence_type(tx: &Tx, actor: &Actor, input: LicenceType) -> Result<bool, Error> {
    permit(actor, Action::ItemManage, &Thing::none())?;
    input.check()?;
    let changed = save(tx, &input).await?;
    if changed {
        tx.audit(AuditEntry::new("licence_type.register").on("licence_type", &input.code))
            .await?;
    }
    Ok(changed)
}

/// Writes a judged type. Answers whether anything changed.
async fn save(tx: &Tx, input: &LicenceType) -> Result<bool, Error> {
    match query::by_code(tx.connection(), &input.code).await? {
        Some(old) if old == *input => return Ok(false),
        Some(_) => row::update(tx, input).await?,
        None => row::insert(tx, input).await?,
    }
    Ok(true)
}
