//! Rate a case that has been decided, once.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_cases::{CaseSummary, case_summary_in};
use tongban_codes::civil::beijing_date;
use tongban_procedure::State;
use tongban_store::{AuditEntry, StoreError, Tx};
use uuid::Uuid;

use super::domain::{is_bad, known_tags};
use crate::{
    error::{Error, refused},
    row::{self, follow_up, rated, rating},
};

/// Longest words of a rating, in characters.
const LONGEST_WORDS: usize = 1_000;

/// A rating.
#[derive(Debug, Clone)]
pub struct GiveRating {
    pub case: Uuid,
    /// 1 (very bad) to 5 (very good).
    pub score: u8,
    pub tags: Vec<String>,
    pub words: String,
    pub anonymous: bool,
}

/// Takes the applicant's rating; a bad one opens a follow-up for the department.
///
/// Refuses `rating.score` (not 1 to 5), `rating.too_early` (nothing decided yet), `rating.once`, `rating.too_long`.
pub async fn give_rating(tx: &Tx, actor: &Actor, input: GiveRating) -> Result<(), Error> {
    let case = case_summary_in(tx, input.case).await?.ok_or(Error::NotFound)?;
    let thing = Thing::at(case.organisation, case.region.clone())
        .about(case.item)
        .owned_by(case.account);
    // To anybody else the case does not exist.
    permit(actor, Action::RatingGive, &thing).map_err(|_denied| Error::NotFound)?;
    take(tx, case, input).await
}

/// Takes a rating of one who may give it.
pub(super) async fn take(tx: &Tx, case: CaseSummary, input: GiveRating) -> Result<(), Error> {
    if !(1..=5).contains(&input.score) {
        return Err(refused("rating.score"));
    }
    if !matches!(case.state, State::Granted | State::Refused | State::NotAccepted) {
        return Err(refused("rating.too_early"));
    }
    let words = input.words.trim().to_owned();
    if words.chars().count() > LONGEST_WORDS {
        return Err(refused("rating.too_long"));
    }
    if !row::mark_rated(
        tx,
        rated::Model {
            case_id: input.case,
            anonymous: input.anonymous,
        },
    )
    .await?
    {
        return Err(refused("rating.once"));
    }
    let today = beijing_date(tx.now());
    // The usual id would keep the time of day.
    let new_id = || {
        if input.anonymous {
            tx.random_id()
        } else {
            tx.new_id()
        }
    };
    let id = new_id();
    let new = rating::Model {
        id,
        case_id: (!input.anonymous).then_some(input.case),
        item: case.item,
        item_name: case.item_name,
        organisation: case.organisation,
        region: case.region.as_str().to_owned(),
        score: i32::from(input.score),
        tags: serde_json::to_string(&known_tags(&input.tags)).map_err(StoreError::from)?,
        words,
        anonymous: input.anonymous,
        on_day: today,
        at: (!input.anonymous).then(|| tx.now()),
    };
    row::insert_rating(tx, new).await?;
    if is_bad(input.score) {
        let task = follow_up::Model {
            id: new_id(),
            rating: id,
            organisation: case.organisation,
            region: case.region.as_str().to_owned(),
            open: true,
            opened_on: today,
            answer: None,
            answered_at: None,
            version: 1,
        };
        row::insert_follow_up(tx, task).await?;
    }
    let entry = AuditEntry::new("rating.give").with("anonymous", input.anonymous);
    // The log names who acts and when: of an anonymous rating it says neither the case nor the level.
    tx.audit(if input.anonymous {
        entry
    } else {
        entry.on("case", input.case).with("score", input.score)
    })
    .await?;
    Ok(())
}
