//! Finds the licences of a holder by number, for the organisation that issued them.

use tongban_access::{Actor, PartyKind};
use tongban_codes::civil::beijing_date;
use tongban_identity::{subject_blind, subject_blinds};
use tongban_store::{AccessEntry, AuditEntry, Tx};

use super::{
    domain::check_number,
    query::{self, IssuedLicence},
    record_view::reader,
};
use crate::Error;

/// Whom one looks for. No `Debug` on purpose: it holds a number in clear.
#[derive(Clone)]
pub struct FindByNumber {
    /// Citizen number or unified social credit code, as typed.
    pub number: String,
}

/// The licences that the actor's organisation issued to a number, newest first, at most 50. That somebody looked is on record for the
/// holder, once a day for each member of staff.
///
/// Refuses a number in no valid form with the code of its form's rule.
pub async fn find_by_number(
    tx: &Tx,
    actor: &Actor,
    input: FindByNumber,
) -> Result<Vec<IssuedLicence>, Error> {
    let (kind, number) = check_number(PartyKind::Person, &input.number)
        .map(|number| (PartyKind::Person, number))
        .or_else(|refusal| {
            // what is neither is told as a wrong citizen number, which most people have
            check_number(PartyKind::Enterprise, &input.number)
                .map(|number| (PartyKind::Enterprise, number))
                .map_err(|_| refusal)
        })?;
    let found = query::issued_to(tx, actor, subject_blinds(tx.store(), kind, &number)).await?;
    let Actor::Staff { account, post, .. } = actor else {
        return Ok(found);
    };
    let blind = subject_blind(tx.store(), kind, &number);
    let day = beijing_date(tx.now());
    if !found.is_empty() && tx.once(&format!("licence.find:{blind}:{account}:{day}")).await? {
        tx.access_log(AccessEntry {
            subject_blind: blind.clone(),
            object_kind: "licence",
            object_id: String::new(),
            purpose: "按证件号码查找本机关颁发的证照".to_owned(),
            reader: reader(post),
        })
        .await?;
        tx.audit(AuditEntry::new("licence.find").on("licence", "").about(&blind))
            .await?;
    }
    Ok(found)
}
