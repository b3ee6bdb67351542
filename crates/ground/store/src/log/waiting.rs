//! Which committed rows still wait for a number.
//!
//! Rows commit in another order than that of their ids, and ten million rows cannot be searched every second for those that
//! have no leaf. So each commit notes the ids of its log rows, all in one statement, and the leader takes them off
//! again in the transaction that numbers them.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryOrder, QuerySelect, Set,
};

use crate::{
    StoreError,
    row::{audit_entry, log_waiting},
};

/// Notes log rows that are about to be committed.
pub(crate) async fn note(
    transaction: &DatabaseTransaction,
    rows: &[audit_entry::Model],
) -> Result<(), StoreError> {
    let rows = rows.iter().map(|row| log_waiting::ActiveModel {
        entry: Set(row.id),
        at: Set(row.at),
    });
    log_waiting::Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Rows that wait, oldest first. One that is gone although it was committed goes on waiting, and so becomes a fault.
pub(super) async fn oldest(
    connection: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, StoreError> {
    let rows = log_waiting::Entity::find()
        .find_both_related(audit_entry::Entity)
        .order_by_asc(log_waiting::Column::Entry)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// How many rows wait, and since when.
pub(super) async fn queue(
    connection: &impl ConnectionTrait,
) -> Result<(u64, Option<DateTime<Utc>>), StoreError> {
    let count = log_waiting::Entity::find().count(connection).await?;
    let oldest = log_waiting::Entity::find()
        .order_by_asc(log_waiting::Column::At)
        .limit(1)
        .one(connection)
        .await?;
    Ok((count, oldest.map(|row| row.at)))
}
