//! Gapless numbers: case serials, document numbers. The row is locked until the act commits, so a number
//! is used by a committed act or not at all.

use sea_orm::{ConnectionTrait, Statement};

use crate::{Store, StoreError, Tx};

impl Tx {
    /// The next number of a named sequence; the first is 1.
    pub async fn next_number(&self, sequence: &str) -> Result<i64, StoreError> {
        let [number] = self.next_numbers([sequence]).await?;
        Ok(number)
    }

    /// The next numbers of several sequences, in their order. Acts that take from the same sequences name them in the same order,
    /// and take them as late as they can: others wait for them until the commit.
    pub async fn next_numbers<const COUNT: usize>(
        &self,
        sequences: [&str; COUNT],
    ) -> Result<[i64; COUNT], StoreError> {
        let connection = self.connection();
        let wanted: Vec<String> = (1..=COUNT).map(|index| format!("(${index}, 1)")).collect();
        // One text for both databases: sqlx takes `$1` on SQLite too.
        let statement = Statement::from_sql_and_values(
            connection.get_database_backend(),
            format!(
                "INSERT INTO sequences (name, value) VALUES {} \
                 ON CONFLICT (name) DO UPDATE SET value = sequences.value + 1 RETURNING name, value",
                wanted.join(", ")
            ),
            sequences.map(Into::into),
        );
        let rows = connection.query_all_raw(statement).await?;
        let mut numbers = [0; COUNT];
        for (number, sequence) in numbers.iter_mut().zip(sequences) {
            for row in &rows {
                if row.try_get::<String>("", "name")? == sequence {
                    *number = row.try_get("", "value")?;
                }
            }
            if *number == 0 {
                return Err(StoreError::Corrupt("a sequence answered nothing".to_owned()));
            }
        }
        Ok(numbers)
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
