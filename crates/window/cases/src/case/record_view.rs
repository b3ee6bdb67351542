//! A member of staff or an agent opened a case: the applicant finds that under "who read my data".

use tongban_access::{Action, Actor};
use tongban_codes::civil::beijing_date;
use tongban_procedure::State;
use tongban_store::{AccessEntry, Tx};
use uuid::Uuid;

use super::{access, save};
use crate::error::Error;

/// Writes one line a day for each member of staff or agent and case. An applicant who looks at the own case leaves none.
///
/// Answers [`Error::NotFound`] for a case that the actor may not see, and for a draft: it belongs to who fills it.
pub async fn record_view(tx: &Tx, actor: &Actor, case: Uuid) -> Result<(), Error> {
    let loaded = save::load(tx, actor, Action::CaseView, case).await?;
    if loaded.state == State::Draft {
        return Err(Error::NotFound);
    }
    let (account, reader) = match (actor, actor.agency()) {
        (Actor::Staff { account, post, .. }, _) => (*account, access::reader(post)),
        (_, Some(agency)) => (agency.agent, "代办人".to_owned()),
        _ => return Ok(()),
    };
    let day = beijing_date(tx.now());
    if tx.once(&format!("case.view:{case}:{account}:{day}")).await? {
        let entry = AccessEntry {
            subject_blind: loaded.row.applicant_blind.clone(),
            object_kind: "case",
            object_id: case.to_string(),
            purpose: format!("办理“{}”", loaded.row.item_name),
            reader,
        };
        tx.access_log(entry).await?;
    }
    Ok(())
}
