//! Reading and writing working days.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set, sea_query::OnConflict};
use tongban_store::{Store, Tx};

use super::{REVISION, import::Day};
use crate::{Error, import::Stage, row::calendar_day};

/// Rows of one INSERT: three parameters a row, far below the limit of both databases.
const INSERT_ROWS: usize = 500;

pub(super) async fn days_from(store: &Store, year: i32) -> Result<Vec<(NaiveDate, bool, String)>, Error> {
    let mut query = calendar_day::Entity::find().order_by_asc(calendar_day::Column::Date);
    if let Some(first) = NaiveDate::from_ymd_opt(year, 1, 1) {
        query = query.filter(calendar_day::Column::Date.gte(first));
    }
    let rows = query.all(store.reader()).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.date, row.workday, row.name.unwrap_or_default()))
        .collect())
}

/// The days from one date to another, as a stage of an import sees them.
pub(super) async fn staged(
    stage: &Stage,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<BTreeMap<NaiveDate, Day>, Error> {
    let rows = calendar_day::Entity::find()
        .filter(calendar_day::Column::Date.between(first, last))
        .all(&stage.executor())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            (
                row.date,
                Day {
                    workday: row.workday,
                    name: row.name,
                },
            )
        })
        .collect())
}

/// Writes days over what is there.
pub(super) async fn save(tx: &Tx, days: &[(NaiveDate, Day)]) -> Result<(), Error> {
    if days.is_empty() {
        return Ok(());
    }
    for some in days.chunks(INSERT_ROWS) {
        let rows = some.iter().map(|(date, day)| calendar_day::ActiveModel {
            date: Set(*date),
            workday: Set(day.workday),
            name: Set(day.name.clone()),
        });
        calendar_day::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::column(calendar_day::Column::Date)
                    .update_columns([calendar_day::Column::Workday, calendar_day::Column::Name])
                    .to_owned(),
            )
            .exec_without_returning(tx.connection())
            .await?;
    }
    tx.next_number(REVISION).await?;
    Ok(())
}
