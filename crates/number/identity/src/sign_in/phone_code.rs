//! Whether somebody reads what is sent to a phone.

use tongban_store::{StoreError, Tx};

use super::{
    domain::SentCode,
    request_code::{is_code, phone_key},
    row,
};
use crate::accounts::name::SignInName;

/// Tries a code that was sent to this phone under its own name. A right one is used up, a wrong one counted: the caller
/// must commit either way.
pub(crate) async fn try_code(tx: &Tx, phone: &str, digits: &str) -> Result<bool, StoreError> {
    let store = tx.store();
    let name_key = SignInName::Phone(phone.to_owned()).key(store);
    let sent = row::last_code_to(tx, &name_key, &phone_key(store, phone))
        .await?
        .filter(|row| SentCode::from(row).is_live(tx.now()));
    let Some(sent) = sent else {
        return Ok(false);
    };
    if is_code(store, &sent, digits) {
        row::use_code(tx, sent.id).await?;
        Ok(true)
    } else {
        row::count_attempt(tx, sent.id).await?;
        Ok(false)
    }
}
