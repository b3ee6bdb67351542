//! Show the applicant's number and phone in full: with a cause, and on record.

use tongban_access::{Action, Actor};
use tongban_procedure::State;
use tongban_store::{AccessEntry, AuditEntry, Tx};
use uuid::Uuid;

use super::{access, save};
use crate::error::{Error, refused};

/// Why somebody needs the full number. A closed list: a free text would end up holding the number itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevealCause {
    /// 核对身份
    VerifyIdentity,
    /// 联系申请人
    ContactApplicant,
    /// 审查材料
    ExamineMaterials,
}

impl RevealCause {
    pub const ALL: [Self; 3] = [
        Self::VerifyIdentity,
        Self::ContactApplicant,
        Self::ExamineMaterials,
    ];

    /// The stable word, as forms post it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyIdentity => "verify_identity",
            Self::ContactApplicant => "contact_applicant",
            Self::ExamineMaterials => "examine_materials",
        }
    }

    /// The cause of a posted word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }

    /// As the applicant reads it.
    fn words(self) -> &'static str {
        match self {
            Self::VerifyIdentity => "核对身份",
            Self::ContactApplicant => "联系申请人",
            Self::ExamineMaterials => "审查材料",
        }
    }
}

/// Ask for the full number.
#[derive(Debug, Clone)]
pub struct RevealNumber {
    pub case: Uuid,
    /// The word of a [`RevealCause`].
    pub cause: String,
}

/// The number and phone in clear. For one page, once; never into a list, a log or a cookie. No `Debug` on purpose.
#[derive(Clone)]
pub struct RevealedNumber {
    pub number: String,
    pub phone: Option<String>,
}

/// Shows the number to a member of staff who may see the case, and writes that down for the applicant and for the audit.
///
/// Refuses `case.cause_missing`. Answers [`Error::NotFound`] for drafts and for whoever is not staff.
pub async fn reveal_number(tx: &Tx, actor: &Actor, input: RevealNumber) -> Result<RevealedNumber, Error> {
    let loaded = save::load(tx, actor, Action::NumberReveal, input.case).await?;
    let Some(post) = actor.post().filter(|_| loaded.state != State::Draft) else {
        return Err(Error::NotFound);
    };
    let cause = RevealCause::from_word(&input.cause).ok_or_else(|| refused("case.cause_missing"))?;
    let row = &loaded.row;
    let number = tx
        .store()
        .unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let phone = match &row.phone_sealed {
        Some(sealed) => Some(tx.store().unseal(save::PHONE, sealed)?),
        None => None,
    };
    let entry = AccessEntry {
        subject_blind: row.applicant_blind.clone(),
        object_kind: "case",
        object_id: input.case.to_string(),
        purpose: format!("查看完整号码：{}（“{}”）", cause.words(), row.item_name),
        reader: access::reader(post),
    };
    tx.access_log(entry).await?;
    tx.audit(
        AuditEntry::new("case.reveal_number")
            .on("case", input.case)
            .about(&row.applicant_blind)
            .with("cause", cause.as_str()),
    )
    .await?;
    Ok(RevealedNumber { number, phone })
}
