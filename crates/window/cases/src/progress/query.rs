//! Where a case stands, for its applicant's link and for whoever knows the number and a second fact; from a case to its link, and back.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tongban_access::{Action, Actor, permit};
use tongban_codes::{WorkCalendar, civil::beijing_date};
use tongban_procedure::State;
use tongban_store::{Store, Tx};
use uuid::Uuid;

use crate::{
    case::{
        query::{corrupt, documents_of, find, history_of},
        row::{self, case},
        save,
        view::Progress,
    },
    clock::query::clocks_of,
    error::Error,
};

/// The code of a case's link, for subscribers who write to the applicant; `None` for a draft.
pub async fn progress_code_in(tx: &Tx, case: Uuid) -> Result<Option<String>, Error> {
    let sealed = row::find(tx, case).await?.and_then(|row| row.progress_sealed);
    Ok(sealed
        .map(|sealed| tx.store().unseal("progress", &sealed))
        .transpose()?)
}

/// The case behind a link.
pub async fn case_of_link(store: &Store, code: &str) -> Result<Option<Uuid>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::ProgressHash.eq(store.keys().token_hash(code)))
        .one(store.reader())
        .await?;
    Ok(row.map(|row| row.id))
}

/// The case behind a link, for one who also knows the last four characters of the applicant's number. A code that leads
/// nowhere and a wrong second fact answer alike.
pub async fn applicants_case_of_link(tx: &Tx, code: &str, last_four: &str) -> Result<Option<Uuid>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::ProgressHash.eq(tx.store().keys().token_hash(code)))
        .one(tx.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(is_second_fact(tx.store(), &row, last_four)?.then_some(row.id))
}

/// The case of a number, for one who also knows the last four characters of the applicant's number. A miss and a mismatch answer alike.
pub async fn applicants_case_of_number(
    tx: &Tx,
    number: &str,
    last_four: &str,
) -> Result<Option<Uuid>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::Number.eq(number))
        .one(tx.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(is_second_fact(tx.store(), &row, last_four)?.then_some(row.id))
}

/// Whether these are the last four characters of the applicant's number.
fn is_second_fact(store: &Store, row: &case::Model, last_four: &str) -> Result<bool, Error> {
    let number = store.unseal(save::number_field(&row.party_kind), &row.applicant_sealed)?;
    let hidden = number.chars().count().saturating_sub(4);
    let known: String = number.chars().skip(hidden).collect();
    let given = last_four.trim().to_ascii_uppercase();
    Ok(tongban_crypto::constant_time_eq(
        known.as_bytes(),
        given.as_bytes(),
    ))
}

/// The link code of a case's progress page, for its applicant.
pub async fn progress_code(store: &Store, actor: &Actor, id: Uuid) -> Result<Option<String>, Error> {
    let Some(row) = find(store, id).await? else {
        return Ok(None);
    };
    if permit(actor, Action::CaseView, &save::thing(&row)?).is_err() {
        return Ok(None);
    }
    Ok(row
        .progress_sealed
        .map(|sealed| store.unseal(save::PROGRESS, &sealed))
        .transpose()?)
}

/// What stands behind a progress link.
pub async fn progress_by_code(
    store: &Store,
    calendar: &WorkCalendar,
    code: &str,
) -> Result<Option<Progress>, Error> {
    let hash = store.keys().token_hash(code);
    let row = case::Entity::find()
        .filter(case::Column::ProgressHash.eq(hash))
        .one(store.reader())
        .await?;
    match row {
        Some(row) => Ok(Some(progress(store, row, calendar).await?)),
        None => Ok(None),
    }
}

/// What stands behind a case number, for one who knows the last four characters of the applicant's number, with the id of the case.
/// A miss and a mismatch answer alike. Where the case has no account behind it, the documents come along: nobody could read them elsewhere.
pub async fn progress_by_number(
    store: &Store,
    calendar: &WorkCalendar,
    number: &str,
    last_four: &str,
) -> Result<Option<(Uuid, Progress)>, Error> {
    let row = case::Entity::find()
        .filter(case::Column::Number.eq(number))
        .one(store.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    if !is_second_fact(store, &row, last_four)? {
        return Ok(None);
    }
    let case = row.id;
    let mut progress = progress(store, row, calendar).await?;
    if progress.alone {
        progress.letters = documents_of(store, case).await?;
    }
    Ok(Some((case, progress)))
}

async fn progress(store: &Store, row: case::Model, calendar: &WorkCalendar) -> Result<Progress, Error> {
    let clock = clocks_of(store, row.id)
        .await?
        .iter()
        .find(|clock| clock.is_of_office())
        .map(|clock| clock.reading(calendar, beijing_date(store.now())));
    let mut history = history_of(store, row.id).await?;
    for line in &mut history {
        // Opinions and reasons are for the parties of the case.
        line.note = None;
        line.document = None;
    }
    Ok(Progress {
        number: row.number.unwrap_or_default(),
        state: State::from_word(&row.state).ok_or_else(|| corrupt("state"))?,
        item_name: row.item_name,
        organisation_name: row.organisation_name,
        history,
        alone: row.account.is_none(),
        letters: Vec::new(),
        clock: clock.filter(|clock| clock.ended_on.is_none()),
    })
}
