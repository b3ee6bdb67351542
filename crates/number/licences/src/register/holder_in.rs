//! Whom to tell about a licence.

use tongban_identity::{find_party_in, party_in};
use tongban_store::Tx;
use uuid::Uuid;

use super::query;
use crate::Error;

/// A licence and its holder, for a message. No `Debug` on purpose: it holds a phone in clear.
#[derive(Clone)]
pub struct LicenceNotice {
    /// 食品经营许可证
    pub name: String,
    pub issuer_name: String,
    /// The holder's account.
    pub account: Uuid,
    /// Where the account has one.
    pub phone: Option<String>,
}

/// What a message about a licence needs; `None` where the holder has no account here.
pub async fn licence_notice_in(tx: &Tx, licence: Uuid) -> Result<Option<LicenceNotice>, Error> {
    let Some(row) = query::by_id(tx.connection(), licence).await? else {
        return Ok(None);
    };
    let number = row.number(tx.store())?;
    let Some(account) = find_party_in(tx, row.holder_kind()?, &number).await? else {
        return Ok(None);
    };
    Ok(party_in(tx, account).await?.map(|party| LicenceNotice {
        name: row.type_name,
        issuer_name: row.issuer_name,
        account,
        phone: party.phone,
    }))
}
