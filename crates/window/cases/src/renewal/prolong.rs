//! A granted renewal: the licence gets a new edition whose validity is longer.

use chrono::NaiveDate;
use tongban_access::Actor;
use tongban_catalogue::ItemVersion;
use tongban_codes::civil::beijing_date;
use tongban_licences::{HeldLicence, Issued, Reissue, reissue};
use tongban_procedure::renewal;
use tongban_store::{StoreError, Tx};
use uuid::Uuid;

use super::row::Model;
use crate::{
    case::{query::party_kind, row::case, save},
    error::{Error, refused},
};

/// The licence that a case renews, as its holder has it now; `None` where a later edition stands in its place.
pub(crate) async fn licence_of(
    tx: &Tx,
    case: &case::Model,
    licence: Uuid,
) -> Result<Option<HeldLicence>, Error> {
    let number = tx
        .store()
        .unseal(save::number_field(&case.party_kind), &case.applicant_sealed)?;
    let held = tongban_licences::held_in(tx, party_kind(case)?, &number).await?;
    Ok(held.into_iter().find(|held| held.id == licence))
}

/// Issues the new edition, in the act that decides or in that of time. Answers it with its last day. Refuses `case.renewal_gone` where the
/// licence was replaced meanwhile, and with the licence room's words where it is not in force.
pub(crate) async fn prolong(
    tx: &Tx,
    case: &case::Model,
    item: &ItemVersion,
    renewal: &Model,
    reason: &str,
    counts_on: bool,
) -> Result<(Issued, NaiveDate), Error> {
    let licence = licence_of(tx, case, renewal.licence)
        .await?
        .ok_or_else(|| refused("case.renewal_gone"))?;
    let months = item
        .content
        .renewal()
        .ok_or_else(|| StoreError::Corrupt("a renewal whose item renews nothing".to_owned()))?
        .months;
    let (from, last) = renewal::period(
        licence.valid_from,
        renewal.expires_on,
        months,
        beijing_date(tx.now()),
        counts_on,
    )
    .ok_or_else(|| StoreError::Corrupt("the period of a renewal".to_owned()))?;
    let input = Reissue {
        valid_from: Some(from),
        valid_to: Some(Some(last)),
        ..Reissue::unchanged(licence.id, reason, licence.version)
    };
    // Whoever decides the case has been allowed to; the new edition follows from it.
    let issued = reissue(tx, &Actor::System, input).await?;
    Ok((issued, last))
}
