//! How the log stands: what is covered, what waits, and whether it waits too long.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, QuerySelect};
use serde::Serialize;

use super::{checkpoint::Checkpoint, waiting};
use crate::{Store, StoreError, row::audit_checkpoint};

/// Rows that wait longer than this for their number are a fault.
pub(super) const FAULT_AFTER: Duration = Duration::seconds(60);

/// How the log stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogStanding {
    /// Rows under the last checkpoint.
    pub covered: u64,
    /// Committed rows that wait for a number.
    pub uncovered: u64,
    /// When the act began whose row has waited longest.
    pub oldest_uncovered: Option<DateTime<Utc>>,
    pub last_checkpoint: Option<Checkpoint>,
    /// A row has waited longer than 60 seconds: nobody numbers, or the log was changed by hand and is not continued. The
    /// program goes on; the rows are safe, but not yet under a signature.
    pub fault: bool,
}

impl Store {
    /// How the log stands. A few small reads, however long the log is.
    pub async fn log_standing(&self) -> Result<LogStanding, StoreError> {
        let (uncovered, oldest_uncovered) = waiting::queue(self.reader()).await?;
        let last_checkpoint = newest_checkpoint(self.reader()).await?;
        Ok(LogStanding {
            covered: last_checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size),
            uncovered,
            oldest_uncovered,
            last_checkpoint,
            fault: oldest_uncovered.is_some_and(|oldest| self.now() - oldest > FAULT_AFTER),
        })
    }
}

/// The checkpoint that covers most.
pub(super) async fn newest_checkpoint(
    connection: &impl ConnectionTrait,
) -> Result<Option<Checkpoint>, StoreError> {
    audit_checkpoint::Entity::find()
        .order_by_desc(audit_checkpoint::Column::Size)
        .limit(1)
        .one(connection)
        .await?
        .map(Checkpoint::from_row)
        .transpose()
}
