//! The department says what it did about a bad rating.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::RegionCode;
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use crate::{
    error::{Error, refused},
    row,
};

/// Answer a follow-up.
#[derive(Debug, Clone)]
pub struct AnswerFollowUp {
    pub follow_up: Uuid,
    pub answer: String,
}

/// Closes the follow-up with an answer. Refuses `rating.answer_missing`, `rating.answered`.
pub async fn answer_follow_up(tx: &Tx, actor: &Actor, input: AnswerFollowUp) -> Result<(), Error> {
    let found = row::find_follow_up(tx, input.follow_up)
        .await?
        .ok_or(Error::NotFound)?;
    let region = RegionCode::parse(&found.region)
        .map_err(|error| StoreError::Corrupt(format!("region of a follow-up: {error}")))?;
    permit(
        actor,
        Action::RatingFollowUp,
        &Thing::at(found.organisation, region),
    )
    .map_err(|_denied| Error::NotFound)?;
    if !found.open {
        return Err(refused("rating.answered"));
    }
    let answer = input.answer.trim().to_owned();
    if answer.is_empty() {
        return Err(refused("rating.answer_missing"));
    }
    let mut after = found.clone();
    after.open = false;
    after.answer = Some(answer);
    after.answered_at = Some(tx.now());
    after.version += 1;
    if !row::replace_follow_up(tx, found.version, after).await? {
        return Err(Error::Conflict);
    }
    tx.audit(AuditEntry::new("rating.answer_follow_up").on("follow_up", input.follow_up))
        .await?;
    Ok(())
}
