//! Shows the holder's number in full: with a cause, and on record.

use tongban_access::{Action, Actor, permit, permit_looking};
use tongban_store::{AccessEntry, AuditEntry, Tx};
use uuid::Uuid;

use super::{change_status::thing, query, record_view::reader};
use crate::{Error, error::refused};

/// Why somebody needs the full number. A closed list: a free text would end up holding the number itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberCause {
    /// 核对持有人身份
    VerifyIdentity,
    /// 办理证照状态变更
    ChangeLicence,
}

impl NumberCause {
    pub const ALL: [Self; 2] = [Self::VerifyIdentity, Self::ChangeLicence];

    /// The stable word, as forms post it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyIdentity => "verify_identity",
            Self::ChangeLicence => "change_licence",
        }
    }

    /// The cause of a posted word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }

    /// As the holder reads it.
    fn words(self) -> &'static str {
        match self {
            Self::VerifyIdentity => "核对身份",
            Self::ChangeLicence => "办理证照变更",
        }
    }
}

/// Asks for the full number.
#[derive(Debug, Clone)]
pub struct RevealHolderNumber {
    pub licence: Uuid,
    /// The word of a [`NumberCause`].
    pub cause: String,
}

/// The holder's number in clear, for one page, once; never into a list, a log or a cookie. Writes that down for the holder and for
/// the audit.
///
/// Refuses `licence.number_cause_missing`. For whoever may not manage the licence there is none (`NotFound`).
pub async fn reveal_holder_number(
    tx: &Tx,
    actor: &Actor,
    input: RevealHolderNumber,
) -> Result<String, Error> {
    let row = query::by_id(tx.connection(), input.licence)
        .await?
        .ok_or(Error::NotFound)?;
    permit_looking(actor, Action::LicenceManage, &thing(&row)?).map_err(|_| Error::NotFound)?;
    permit(actor, Action::LicenceManage, &thing(&row)?)?;
    let post = actor.post().ok_or(Error::NotFound)?;
    let cause =
        NumberCause::from_word(&input.cause).ok_or_else(|| refused("licence.number_cause_missing", []))?;
    let number = row.number(tx.store())?;
    tx.access_log(AccessEntry {
        subject_blind: row.holder_blind.clone(),
        object_kind: "licence",
        object_id: row.id.to_string(),
        purpose: format!("查看完整号码：{}（“{}”）", cause.words(), row.type_name),
        reader: reader(post),
    })
    .await?;
    tx.audit(
        AuditEntry::new("licence.reveal_number")
            .on("licence", row.id)
            .about(&row.holder_blind)
            .with("cause", cause.as_str()),
    )
    .await?;
    Ok(number)
}
