//! The clocks of cases, with what stopped or extended them.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tongban_procedure::{CaseClock, limits};
use tongban_store::{Store, StoreError, Tx};
use uuid::Uuid;

use super::run::clock_of;
use crate::{
    case::row::{self, case, clock},
    special::row::{self as special, of_cases},
};

/// The clocks of a case, the running ones first, of these the one of the decision before what runs beside it.
pub async fn clocks_of(store: &Store, id: Uuid) -> Result<Vec<CaseClock>, StoreError> {
    clocks_with(store, id, &of_cases(store, &[id]).await?).await
}

/// The same where the special procedures of the case are known already.
pub(crate) async fn clocks_with(
    store: &Store,
    id: Uuid,
    procedures: &[special::Model],
) -> Result<Vec<CaseClock>, StoreError> {
    let mut rows = clock::Entity::find()
        .filter(clock::Column::CaseId.eq(id))
        .order_by_desc(clock::Column::Id)
        .all(store.reader())
        .await?;
    rows.sort_by_key(|row| {
        (
            row.ended_on.is_some(),
            row.ended_on.is_none() && row.rule == limits::FIRST_REVIEW,
        )
    });
    rows.iter().map(|row| clock_of(row, procedures)).collect()
}

/// Whether the clock of a rule runs for a case, for subscribers of later rooms.
pub async fn clock_runs_in(tx: &Tx, case: Uuid, rule: &str) -> Result<bool, StoreError> {
    Ok(row::running_clock(tx, case, rule).await?.is_some())
}

/// The running clocks of a page of cases, in two statements.
pub(crate) async fn running_of(store: &Store, cases: &[Uuid]) -> Result<Vec<(Uuid, CaseClock)>, StoreError> {
    let running = clock::Entity::find()
        .filter(clock::Column::CaseId.is_in(cases.iter().copied()))
        .filter(clock::Column::EndedOn.is_null())
        .all(store.reader())
        .await?;
    let procedures = of_cases(store, cases).await?;
    running
        .iter()
        .map(|row| Ok((row.case_id, clock_of(row, &procedures)?)))
        .collect()
}

/// Whether a special procedure stops the clocks of a case now.
pub async fn stands_still_in(tx: &Tx, case: Uuid) -> Result<bool, StoreError> {
    let procedures = special::of_cases_in(tx, &[case]).await?;
    Ok(procedures.iter().any(special::Model::is_open))
}

/// A running clock with the item version of its case. Not scoped: for jobs.
pub(crate) async fn running_with_item(
    store: &Store,
    id: Uuid,
) -> Result<Option<(clock::Model, Uuid)>, StoreError> {
    let row = clock::Entity::find_by_id(id)
        .filter(clock::Column::EndedOn.is_null())
        .one(store.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let case = case::Entity::find_by_id(row.case_id).one(store.reader()).await?;
    Ok(case.map(|case| (row, case.item_version)))
}

/// Clocks that run, from one id on: id, case, clock; in two statements. Not scoped: for jobs.
pub(crate) async fn running_page(
    store: &Store,
    after: Uuid,
    limit: u64,
) -> Result<Vec<(Uuid, Uuid, CaseClock)>, StoreError> {
    let running = clock::Entity::find()
        .filter(clock::Column::Id.gt(after))
        .filter(clock::Column::EndedOn.is_null())
        .order_by_asc(clock::Column::Id)
        .limit(limit)
        .all(store.reader())
        .await?;
    let cases: Vec<Uuid> = running.iter().map(|row| row.case_id).collect();
    let procedures = of_cases(store, &cases).await?;
    running
        .iter()
        .map(|row| Ok((row.id, row.case_id, clock_of(row, &procedures)?)))
        .collect()
}

/// The ids of clocks that run, from one on. Not scoped: for jobs.
pub(crate) async fn running_after(store: &Store, after: Uuid, limit: u64) -> Result<Vec<Uuid>, StoreError> {
    Ok(clock::Entity::find()
        .select_only()
        .column(clock::Column::Id)
        .filter(clock::Column::Id.gt(after))
        .filter(clock::Column::EndedOn.is_null())
        .order_by_asc(clock::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(store.reader())
        .await?)
}
