//! Issues a licence, in the act that decides.

use tongban_codes::{LicenceIdentifier, LicenceTypeCode, Uscc};
use tongban_identity::subject_blind;
use tongban_store::{AuditEntry, Tx};
use uuid::Uuid;

use super::{
    domain::{self, IssueLicence, Issued},
    record::Payload,
    row::{self, NewLicence},
};
use crate::{Error, LicenceIssued, LicenceType, error::refused, types};

/// Issues a licence: identifier, signed record, code for verifying. Runs in the caller's act, who has already been
/// allowed to decide; the page is printed later, on first view.
///
/// Refusals: `licence.type_unknown`, `licence.issuer_code` (no valid unified social credit code),
/// `licence.holder_kind`, `licence.holder_name`, `licence.issuer_name`, `licence.period`, the codes of the holder number's form.
pub async fn issue(tx: &Tx, input: IssueLicence) -> Result<Issued, Error> {
    let kind = types::query::by_code(tx.connection(), &input.type_code)
        .await?
        .ok_or_else(|| refused("licence.type_unknown", [("type_code", input.type_code.clone())]))?;
    let input = domain::check(input, &kind)?;
    let identifier = first_identifier(tx, &input, &kind).await?;
    store(tx, &input, &kind, &identifier, None).await
}

/// The identifier of a new licence: day of issue and a running number of the day, for this type and issuer.
async fn first_identifier(
    tx: &Tx,
    input: &IssueLicence,
    kind: &LicenceType,
) -> Result<LicenceIdentifier, Error> {
    let type_code = LicenceTypeCode::parse(&kind.code)?;
    let issuer = Uscc::parse_lenient(&input.issuer_code).map_err(|error| {
        refused(
            "licence.issuer_code",
            [
                ("issuer", input.issuer_name.clone()),
                ("reason", error.code().to_owned()),
            ],
        )
    })?;
    let day = input.issued_on.format("%Y%m%d");
    let number = tx
        .next_number(&format!(
            "licence.{type_code}.{issuer}.{day}",
            type_code = type_code.as_str()
        ))
        .await?;
    Ok(LicenceIdentifier::build(
        &type_code,
        &issuer,
        &format!("{day}{number:06}"),
        1,
    )?)
}

/// Signs and writes a judged licence, and tells.
pub(super) async fn store(
    tx: &Tx,
    input: &IssueLicence,
    kind: &LicenceType,
    identifier: &LicenceIdentifier,
    replaces: Option<Uuid>,
) -> Result<Issued, Error> {
    let record = Payload::new(input, kind, identifier).sign(tx)?;
    let verify_code = tx.random_code();
    let new = NewLicence {
        input,
        kind,
        identifier,
        record: &record,
        verify_code: &verify_code,
        replaces,
    };
    let id = row::insert(tx, new).await?;
    tx.audit(
        AuditEntry::new("licence.issue")
            .on("licence", id)
            .about(&subject_blind(
                tx.store(),
                input.holder_kind,
                &input.holder_number,
            ))
            .with("identifier", identifier.as_str())
            .with("digest", record.digest.as_str())
            .with("key", record.key_id.as_str()),
    )
    .await?;
    tx.emit(&LicenceIssued { licence: id }).await?;
    Ok(Issued {
        id,
        identifier: identifier.as_str().to_owned(),
        verify_code,
    })
}
