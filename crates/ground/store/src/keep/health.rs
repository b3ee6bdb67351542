//! What `tongban doctor` asks of the database and the files. Changes nothing.

use futures::TryStreamExt as _;
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::MigrationTrait;

use super::{
    KeepError,
    place::Place,
    schema::{Schema, names},
};
use crate::{Backend, BlobId, Store};

/// The state of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub backend: Backend,
    /// Migrations of this program that have not run.
    pub pending: Vec<String>,
    /// Migrations that ran and that this program does not know.
    pub unknown: Vec<String>,
    /// SQLite's own verdict on its file, `ok` when it is whole; `None` on PostgreSQL.
    pub integrity: Option<String>,
    /// Version of the PostgreSQL server, such as 150018; `None` on SQLite.
    pub server_version: Option<i32>,
}

/// Looks at a database without migrating or making it.
pub async fn examine(
    url: &str,
    migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
) -> Result<Health, KeepError> {
    let place = Place::existing(url).await?;
    let health = look(&place, names(&migrations())).await;
    place.close().await?;
    health
}

async fn look(place: &Place, known: Vec<String>) -> Result<Health, KeepError> {
    let one = async |sql: &str| place.connection.query_one_raw(place.statement(sql)).await;
    let mut health = Health {
        backend: place.backend,
        pending: Vec::new(),
        unknown: Vec::new(),
        integrity: None,
        server_version: None,
    };
    match place.backend {
        Backend::Sqlite => {
            let row = one("PRAGMA quick_check(1)").await?;
            health.integrity = row.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
        }
        Backend::Postgres => {
            let row = one("SELECT current_setting('server_version_num')::int AS version").await?;
            health.server_version = row.map(|row| row.try_get("", "version")).transpose()?;
        }
    }
    let schema = Schema::read(&place.connection, place.backend).await?;
    health.unknown = schema
        .migrations
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    health.pending = known
        .into_iter()
        .filter(|name| !schema.migrations.contains(name))
        .collect();
    Ok(health)
}

/// Jobs that wait and those that have failed at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobStanding {
    pub waiting: u64,
    pub failing: u64,
}

impl Store {
    /// How the jobs stand.
    pub async fn job_standing(&self) -> Result<JobStanding, KeepError> {
        let count = async |condition: &str| {
            let statement = Statement::from_string(
                self.reader().get_database_backend(),
                format!("SELECT COUNT(*) AS count FROM jobs {condition}"),
            );
            let row = self.reader().query_one_raw(statement).await?;
            let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
            Ok::<_, KeepError>(u64::try_from(count).unwrap_or(0))
        };
        Ok(JobStanding {
            waiting: count("").await?,
            failing: count("WHERE last_error IS NOT NULL").await?,
        })
    }

    /// Reads up to `most` files and compares each with its name. Answers how many were read, and those that differ.
    pub async fn sample_files(&self, most: usize) -> Result<(usize, Vec<BlobId>), KeepError> {
        let mut read = 0;
        let mut spoilt = Vec::new();
        let mut ids = self.blobs().list();
        while let Some(id) = ids.try_next().await? {
            let whole = match self.blobs().get(&id).await {
                Ok(content) => self.keys().content_name(&content) == id.as_str(),
                Err(crate::StoreError::Crypto(_)) => false,
                Err(error) => return Err(error.into()),
            };
            if !whole {
                spoilt.push(id);
            }
            read += 1;
            if read == most {
                break;
            }
        }
        Ok((read, spoilt))
    }
}
