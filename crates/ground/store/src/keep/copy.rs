//! All rows of one database into another one, of whichever kind.
//!
//! One transaction reads a single state of the source, one transaction fills the target: what is interrupted leaves the target as
//! it was. References are checked at the end, so that neither the order of tables nor a row that refers to its own table matters.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, QueryResult, Statement, Value,
    sea_query::{Alias, Query, SimpleExpr},
};
use sea_orm_migration::MigrationTrait;

use super::{
    KeepError, Progress, Step,
    cell::Kind,
    place::{Place, shown},
    schema::{Schema, Table, count, names, quoted},
};
use crate::Backend;

/// Most rows of one statement.
const PAGE: usize = 500;
/// Most values of one statement: SQLite takes 32,766, PostgreSQL twice as many.
const VALUES: usize = 20_000;

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Rows of every table, the same on both sides.
    pub tables: BTreeMap<String, u64>,
}

impl Copied {
    pub fn rows(&self) -> u64 {
        self.tables.values().sum()
    }
}

/// Moves a grown installation into an empty database: `sqlite:FILE` or `postgres://…` on either side.
///
/// `migrations` is called for each database that needs them. The target is migrated here; one that holds rows is refused.
pub async fn copy_database(
    from: &str,
    to: &str,
    migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    progress: Progress<'_>,
) -> Result<Copied, KeepError> {
    let source = Place::existing(from).await?;
    let known = names(&migrations());
    Schema::read(&source.connection, source.backend)
        .await?
        .judge(&known, "the source")?;
    let target = Place::fresh(to).await?;
    let copied = into_empty(&source, &target, to, migrations, progress).await;
    source.close().await?;
    target.close().await?;
    copied
}

async fn into_empty(
    source: &Place,
    target: &Place,
    address: &str,
    migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
    progress: Progress<'_>,
) -> Result<Copied, KeepError> {
    refuse_rows(target, address, &names(&migrations())).await?;
    target.migrate(migrations()).await?;
    copy(source, target, progress).await
}

/// Refuses a database that holds somebody's rows, ours or another program's.
pub(super) async fn refuse_rows(target: &Place, address: &str, known: &[String]) -> Result<(), KeepError> {
    let schema = Schema::read(&target.connection, target.backend).await?;
    if !schema.migrations.is_empty() {
        schema.judge_not_newer(known, "the target")?;
    }
    for (table, rows) in schema.counts(&target.connection).await? {
        if rows > 0 {
            return Err(KeepError::NotEmpty {
                what: shown(address),
                found: format!("table {table} has {rows} rows"),
            });
        }
    }
    Ok(())
}

/// Copies everything from a migrated source into a target with the same tables. Rows of the target give way.
pub(super) async fn copy(
    source: &Place,
    target: &Place,
    progress: Progress<'_>,
) -> Result<Copied, KeepError> {
    let reading = source.snapshot().await?;
    let from = Schema::read(&reading, source.backend).await?;
    let into = Schema::read(&target.connection, target.backend).await?;
    same_tables(&from, &into)?;
    let counts = from.counts(&reading).await?;
    let all = counts.values().sum();
    let writing = target.filling().await?;
    let references = loosen(&writing, target.backend).await?;
    // Rows that migrations put there come along with the source; with references loosened the order is no matter.
    for table in into.tables.iter().rev() {
        writing
            .execute_unprepared(&format!("DELETE FROM {}", quoted(&table.name)))
            .await?;
    }
    let mut done = 0;
    for (number, (table, other)) in from.tables.iter().zip(matching(&from, &into)).enumerate() {
        let mut pages = Pages::open(&reading, source.backend, table, number).await?;
        let plan = Plan::new(table, other);
        while let Some(rows) = pages.next(&reading).await? {
            plan.insert(&writing, &rows).await?;
            done += rows.len() as u64;
            progress(Step {
                doing: "rows",
                done,
                all,
            });
        }
    }
    tighten(&writing, &references).await?;
    if target.backend == Backend::Postgres {
        wind_counters(&writing).await?;
    }
    for (table, expected) in &counts {
        let found = count(&writing, table).await?;
        if found != *expected {
            return Err(KeepError::Counts {
                table: table.clone(),
                expected: *expected,
                found,
            });
        }
    }
    writing.commit().await?;
    reading.rollback().await?;
    Ok(Copied { tables: counts })
}

/// Both sides ran the same migrations, so a difference is somebody's hand work: say where it is.
fn same_tables(from: &Schema, into: &Schema) -> Result<(), KeepError> {
    for (one, other) in [(from, into), (into, from)] {
        for table in &one.tables {
            let columns: Vec<&str> = match other.tables.iter().find(|there| there.name == table.name) {
                None => vec!["the whole table"],
                Some(there) => table
                    .columns
                    .iter()
                    .filter(|column| {
                        !there
                            .columns
                            .iter()
                            .any(|found| found.name == column.name && found.kind.fits(column.kind))
                    })
                    .map(|column| column.name.as_str())
                    .collect(),
            };
            if !columns.is_empty() {
                return Err(KeepError::Columns {
                    table: table.name.clone(),
                    columns: columns.join(", "),
                });
            }
        }
    }
    Ok(())
}

/// The target's table of each of the source's.
fn matching<'schema>(
    from: &'schema Schema,
    into: &'schema Schema,
) -> impl Iterator<Item = &'schema Table> + 'schema {
    from.tables
        .iter()
        .filter_map(|table| into.tables.iter().find(|there| there.name == table.name))
}

/// Reads a table page by page, in the one state of the snapshot.
struct Pages {
    backend: Backend,
    sql: String,
    /// SQLite: the last row read.
    after: i64,
    size: usize,
}

/// The row number of SQLite, under a name that no column of ours has.
const ROW: &str = "keep_rowid";

impl Pages {
    async fn open(
        reading: &DatabaseTransaction,
        backend: Backend,
        table: &Table,
        number: usize,
    ) -> Result<Self, KeepError> {
        let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
        let columns = columns.join(", ");
        let name = quoted(&table.name);
        let size = (VALUES / table.columns.len().max(1)).clamp(1, PAGE);
        let sql = match backend {
            Backend::Sqlite => {
                format!(
                    "SELECT rowid AS {ROW}, {columns} FROM {name} WHERE rowid > $1 ORDER BY rowid LIMIT {size}"
                )
            }
            Backend::Postgres => {
                // A cursor of its own name: the driver keeps what it knows of a statement by its text.
                let cursor = format!("keep_{number}");
                reading
                    .execute_unprepared(&format!(
                        "DECLARE {cursor} NO SCROLL CURSOR FOR SELECT {columns} FROM {name}"
                    ))
                    .await?;
                format!("FETCH {size} FROM {cursor}")
            }
        };
        Ok(Self {
            backend,
            sql,
            after: i64::MIN,
            size,
        })
    }

    /// The next page; `None` after the last one.
    async fn next(&mut self, reading: &DatabaseTransaction) -> Result<Option<Vec<QueryResult>>, KeepError> {
        let backend = reading.get_database_backend();
        let statement = match self.backend {
            Backend::Sqlite => Statement::from_sql_and_values(backend, &self.sql, [self.after.into()]),
            Backend::Postgres => Statement::from_string(backend, &self.sql),
        };
        let rows = reading.query_all_raw(statement).await?;
        debug_assert!(rows.len() <= self.size, "a page is never larger than asked");
        match rows.last() {
            None => return Ok(None),
            Some(last) if self.backend == Backend::Sqlite => self.after = last.try_get("", ROW)?,
            Some(_) => {}
        }
        Ok(Some(rows))
    }
}

/// How rows of one table are carried over.
struct Plan<'table> {
    table: &'table str,
    /// Name, kind at the source, kind at the target.
    columns: Vec<(&'table str, Kind, Kind)>,
}

impl<'table> Plan<'table> {
    fn new(from: &'table Table, into: &'table Table) -> Self {
        let columns = from
            .columns
            .iter()
            .zip(&into.columns)
            .map(|(source, target)| (source.name.as_str(), source.kind, target.kind))
            .collect();
        Self {
            table: &from.name,
            columns,
        }
    }

    async fn insert(&self, writing: &DatabaseTransaction, rows: &[QueryResult]) -> Result<(), KeepError> {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(self.table))
            .columns(self.columns.iter().map(|(name, ..)| Alias::new(*name)));
        for row in rows {
            let values = self
                .columns
                .iter()
                .map(|(name, source, target)| {
                    source
                        .read(row, name, *target)
                        .map(|value: Value| SimpleExpr::from(value))
                        .map_err(|source| KeepError::Cell {
                            table: self.table.to_owned(),
                            column: (*name).to_owned(),
                            source,
                        })
                })
                .collect::<Result<Vec<_>, _>>()?;
            insert
                .values(values)
                .map_err(|error| DbErr::Type(format!("a row of {}: {error}", self.table)))?;
        }
        writing.execute(&insert).await?;
        Ok(())
    }
}

/// Lets references be checked at the end. Answers those that [`tighten`] must make strict again, as table and name.
async fn loosen(writing: &DatabaseTransaction, backend: Backend) -> Result<Vec<(String, String)>, KeepError> {
    if backend == Backend::Sqlite {
        writing
            .execute_unprepared("PRAGMA defer_foreign_keys = ON")
            .await?;
        return Ok(Vec::new());
    }
    let statement = Statement::from_string(
        writing.get_database_backend(),
        "SELECT conrelid::regclass::text AS table_name, quote_ident(conname) AS name FROM pg_constraint \
         WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace",
    );
    let mut references = Vec::new();
    for row in writing.query_all_raw(statement).await? {
        let (table, name): (String, String) = (row.try_get("", "table_name")?, row.try_get("", "name")?);
        writing
            .execute_unprepared(&format!("ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE"))
            .await?;
        references.push((table, name));
    }
    writing.execute_unprepared("SET CONSTRAINTS ALL DEFERRED").await?;
    Ok(references)
}

/// Checks all references and makes them strict again. On SQLite the commit checks them.
async fn tighten(writing: &DatabaseTransaction, references: &[(String, String)]) -> Result<(), KeepError> {
    if !references.is_empty() {
        writing
            .execute_unprepared("SET CONSTRAINTS ALL IMMEDIATE")
            .await?;
    }
    for (table, name) in references {
        writing
            .execute_unprepared(&format!(
                "ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE"
            ))
            .await?;
    }
    Ok(())
}

/// Columns that count by themselves on PostgreSQL go on after the highest number that was copied.
async fn wind_counters(writing: &DatabaseTransaction) -> Result<(), KeepError> {
    let backend = writing.get_database_backend();
    let statement = Statement::from_string(
        backend,
        "SELECT table_name::text AS table_name, column_name::text AS name, \
         pg_get_serial_sequence(quote_ident(table_name), column_name) AS counter \
         FROM information_schema.columns WHERE table_schema = current_schema() \
         AND (column_default LIKE 'nextval(%' OR is_identity = 'YES')",
    );
    for row in writing.query_all_raw(statement).await? {
        let (table, name): (String, String) = (row.try_get("", "table_name")?, row.try_get("", "name")?);
        let Some(counter) = row.try_get::<Option<String>>("", "counter")? else {
            continue;
        };
        let sql = format!(
            "SELECT setval('{counter}', MAX({})) FROM {} HAVING MAX({}) IS NOT NULL",
            quoted(&name),
            quoted(&table),
            quoted(&name),
        );
        writing
            .query_all_raw(Statement::from_string(backend, sql))
            .await?;
    }
    Ok(())
}
