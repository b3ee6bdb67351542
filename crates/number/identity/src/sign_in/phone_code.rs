//! Whether somebody reads what is sent to a phone.

use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::{
    domain::{CodeFor, SentCode},
    request_code::{is_code, phone_key},
    row,
};

/// Tries a code that was sent to this phone for this purpose; answers its row. A wrong one is counted: the caller must commit
/// either way, and use the right one up once it has done what it is for.
pub(crate) async fn right_code(
    tx: &Tx,
    phone: &str,
    purpose: CodeFor,
    digits: &str,
) -> Result<Option<Uuid>, StoreError> {
    let store = tx.store();
    let sent = row::last_code_to(tx, &phone_key(store, phone, purpose), purpose)
        .await?
        .filter(|row| SentCode::from(row).is_live(tx.now()));
    let Some(sent) = sent else {
        return Ok(None);
    };
    if is_code(store, &sent, digits) {
        Ok(Some(sent.id))
    } else {
        row::count_attempt(tx, sent.id).await?;
        Ok(None)
    }
}

/// As [`right_code`], and a right one is used up at once.
pub(crate) async fn try_code(
    tx: &Tx,
    phone: &str,
    purpose: CodeFor,
    digits: &str,
) -> Result<bool, StoreError> {
    match right_code(tx, phone, purpose, digits).await? {
        Some(code) => {
            row::use_code(tx, code).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}
