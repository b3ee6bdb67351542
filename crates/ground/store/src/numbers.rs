//! Gapless numbers: case serials, document numbers. The row is locked until the act commits, so a number
//! is used by a committed act or not at all.

use sea_orm::{ConnectionTrait, Statement};

use crate::{Store, StoreError, Tx};

impl Tx {
    /// The next number of a named sequence; the first is 1.
    pub async fn next_number(&self, sequence: &str) -> Result<i64, StoreError> {
        let connection = self.connection();
        // One text for both databases: sqlx takes `$1` on SQLite too.
        let statement = Statement::from_sql_and_values(
            connection.get_database_backend(),
            "INSERT INTO sequences (name, value) VALUES ($1, 1) \
             ON CONFLICT (name) DO UPDATE SET value = sequences.value + 1 RETURNING value",
            [sequence.into()],
        );
        let row = connection
            .query_one_raw(statement)
            .await?
            .ok_or_else(|| StoreError::Corrupt("a sequence answered nothing".to_owned()))?;
        Ok(row.try_get("", "value")?)
    }
}

impl Store {
    /// The last number of a named sequence; 0 before its first. For revisions: what was made from rows may be kept until the
    /// number that those rows bump has moved.
    pub async fn last_number(&self, sequence: &str) -> Result<i64, StoreError> {
        let connection = self.reader();
        let statement = Statement::from_sql_and_values(
            connection.get_database_backend(),
            "SELECT value FROM sequences WHERE name = $1",
            [sequence.into()],
        );
        match connection.query_one_raw(statement).await? {
            Some(row) => Ok(row.try_get("", "value")?),
            None => Ok(0),
        }
    }
}
