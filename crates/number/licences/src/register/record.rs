//! The signed record: the text that a licence stands for, whatever carries it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_access::PartyKind;
use tongban_codes::RegionCode;
use tongban_crypto::SignedRecord;
use tongban_store::Tx;

use super::domain::{IssueLicence, ShownField, shown_fields};
use crate::{Error, LicenceType};

/// The signing key's purpose in the key ring.
pub(crate) const PURPOSE: &str = "licence";

/// Names the form of the payload, so that a later form can be told apart.
const FORM: &str = "tongban-licence-1";

/// What is signed. The order of the members is the order of the text; the text is made once and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub form: String,
    pub identifier: String,
    pub type_code: String,
    pub name: String,
    pub number: String,
    pub edition: u16,
    pub definer: Named,
    pub holder: Holder,
    pub issuer: Named,
    pub region: RegionCode,
    pub issued_on: NaiveDate,
    pub valid_from: NaiveDate,
    /// `null` is 长期.
    pub valid_to: Option<NaiveDate>,
    pub item: Option<Named>,
    pub fields: Vec<ShownField>,
    /// A demonstration: not a licence.
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Named {
    pub name: String,
    pub code: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    pub kind: PartyKind,
    pub name: String,
    /// Masked: the record goes from hand to hand.
    pub number: String,
}

impl Payload {
    pub fn new(
        input: &IssueLicence,
        kind: &LicenceType,
        identifier: &tongban_codes::LicenceIdentifier,
    ) -> Self {
        Self {
            form: FORM.to_owned(),
            identifier: identifier.as_str().to_owned(),
            type_code: kind.code.clone(),
            name: kind.name.clone(),
            number: identifier.serial().to_owned(),
            edition: identifier.version(),
            definer: Named {
                name: kind.definer_name.clone(),
                code: Some(kind.definer_code.clone()),
            },
            holder: Holder {
                kind: input.holder_kind,
                name: input.holder_name.clone(),
                number: input.holder_kind.mask_number(&input.holder_number),
            },
            issuer: Named {
                name: input.issuer_name.clone(),
                code: Some(identifier.issuer_text().to_owned()),
            },
            region: input.region.clone(),
            issued_on: input.issued_on,
            valid_from: input.valid_from,
            valid_to: input.valid_to,
            item: input.item_name.clone().map(|name| Named {
                name,
                code: input.item_code.clone(),
            }),
            fields: shown_fields(kind, &input.fields, &input.holder_number),
            demo: kind.invented,
        }
    }

    /// The payload of a record; `None` if it is not one of ours by its form.
    pub fn read(record: &SignedRecord) -> Option<Self> {
        serde_json::from_str::<Self>(&record.payload)
            .ok()
            .filter(|payload| payload.form == FORM)
    }

    /// Signs the payload with the key of licences.
    pub fn sign(&self, tx: &Tx) -> Result<SignedRecord, Error> {
        let signer = tx.store().keys().signer(PURPOSE)?;
        Ok(SignedRecord::sign(&signer, serde_json::to_string(self)?))
    }
}
