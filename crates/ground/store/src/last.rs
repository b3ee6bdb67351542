//! What an act leaves to the end: the lines of the log, the events and the jobs. Nobody reads them before the commit, so all acts
//! of a commit write theirs together, in a few statements instead of three or more for each act.

use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};

use crate::{
    StoreError, log,
    row::{audit_entry, job, outbox},
};

/// Rows of one statement: eleven values each, and a database takes some thousands.
const CHUNK: usize = 200;

/// One row that is written with the commit.
#[derive(Debug, Clone)]
pub(crate) enum Last {
    Log(audit_entry::Model),
    Event(outbox::Model),
    Job(job::Model),
}

/// Writes what acts have left, before their commit, and notes which log rows wait for their number.
pub(crate) async fn write(transaction: &DatabaseTransaction, rows: Vec<Last>) -> Result<(), StoreError> {
    let (mut lines, mut events, mut jobs) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        match row {
            Last::Log(row) => lines.push(row),
            Last::Event(row) => events.push(row),
            Last::Job(row) => jobs.push(row),
        }
    }
    for lines in lines.chunks(CHUNK) {
        audit_entry::Entity::insert_many(lines.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(transaction)
            .await?;
        log::note(transaction, lines).await?;
    }
    for events in events.chunks(CHUNK) {
        outbox::Entity::insert_many(events.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(transaction)
            .await?;
    }
    for jobs in jobs.chunks(CHUNK) {
        job::Entity::insert_many(jobs.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}
