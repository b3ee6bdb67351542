//! What tables and columns a database has, read off the database itself.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::MigrationTrait;

use super::{KeepError, cell::Kind};
use crate::Backend;

/// Where migrations are recorded; copied by running them, not by its rows.
const MIGRATIONS: &str = "seaql_migrations";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    /// By name.
    pub columns: Vec<Column>,
}

/// All tables, those that are referred to before those that refer to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schema {
    pub tables: Vec<Table>,
    /// What has run, by name.
    pub migrations: Vec<String>,
}

/// A name as SQL takes it on both databases.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The names of migrations that this program knows.
pub(super) fn names(migrations: &[Box<dyn MigrationTrait>]) -> Vec<String> {
    migrations
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

impl Schema {
    pub async fn read(connection: &impl ConnectionTrait, backend: Backend) -> Result<Self, KeepError> {
        let reader = Reader { connection, backend };
        let names = reader.table_names().await?;
        let migrations = if names.contains(MIGRATIONS) {
            reader
                .texts(
                    &format!("SELECT version AS name FROM {MIGRATIONS} ORDER BY version"),
                    "name",
                )
                .await?
        } else {
            Vec::new()
        };
        let mut columns = reader.columns(&names).await?;
        let parents = reader.parents(&names).await?;
        let tables = parents_first(names.iter().filter(|name| *name != MIGRATIONS), &parents)
            .into_iter()
            .map(|name| Table {
                columns: columns.remove(&name).unwrap_or_default(),
                name,
            })
            .collect();
        Ok(Self { tables, migrations })
    }

    /// Refuses a database that this program did not make, that is behind, or that is ahead.
    pub fn judge(&self, known: &[String], what: &'static str) -> Result<(), KeepError> {
        self.judge_not_newer(known, what)?;
        match known.iter().find(|name| !self.migrations.contains(name)) {
            Some(missing) => Err(KeepError::Behind(missing.clone())),
            None => Ok(()),
        }
    }

    /// Refuses a database that this program did not make, or that is ahead.
    pub fn judge_not_newer(&self, known: &[String], what: &'static str) -> Result<(), KeepError> {
        if self.migrations.is_empty() {
            return Err(KeepError::NotOurs);
        }
        match self.migrations.iter().find(|name| !known.contains(name)) {
            Some(unknown) => Err(KeepError::Newer {
                what,
                migration: unknown.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Rows of every table.
    pub async fn counts(
        &self,
        connection: &impl ConnectionTrait,
    ) -> Result<BTreeMap<String, u64>, KeepError> {
        let mut counts = BTreeMap::new();
        for table in &self.tables {
            counts.insert(table.name.clone(), count(connection, &table.name).await?);
        }
        Ok(counts)
    }
}

/// Rows of one table.
pub(super) async fn count(connection: &impl ConnectionTrait, table: &str) -> Result<u64, KeepError> {
    let statement = Statement::from_string(
        connection.get_database_backend(),
        format!("SELECT COUNT(*) AS count FROM {}", quoted(table)),
    );
    let row = connection.query_one_raw(statement).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

struct Reader<'connection, C> {
    connection: &'connection C,
    backend: Backend,
}

impl<C: ConnectionTrait> Reader<'_, C> {
    fn statement(&self, sql: &str) -> Statement {
        Statement::from_string(self.connection.get_database_backend(), sql)
    }

    async fn texts(&self, sql: &str, column: &str) -> Result<Vec<String>, KeepError> {
        let rows = self.connection.query_all_raw(self.statement(sql)).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get("", column))
            .collect::<Result<_, _>>()?)
    }

    async fn table_names(&self) -> Result<BTreeSet<String>, KeepError> {
        let sql = match self.backend {
            Backend::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS name FROM information_schema.tables \
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
            }
        };
        Ok(self.texts(sql, "name").await?.into_iter().collect())
    }

    async fn columns(&self, tables: &BTreeSet<String>) -> Result<BTreeMap<String, Vec<Column>>, KeepError> {
        let mut columns: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        let rows = match self.backend {
            Backend::Sqlite => {
                // One row a column of every table; hidden and generated ones are left out by this pragma.
                "SELECT m.name AS table_name, c.name AS name, c.type AS type FROM sqlite_master m \
                 JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.name"
            }
            Backend::Postgres => {
                "SELECT table_name::text AS table_name, column_name::text AS name, data_type::text AS type \
                 FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND is_generated = 'NEVER' ORDER BY 1, 2"
            }
        };
        for row in self.connection.query_all_raw(self.statement(rows)).await? {
            let table: String = row.try_get("", "table_name")?;
            if !tables.contains(&table) || table == MIGRATIONS {
                continue;
            }
            let name: String = row.try_get("", "name")?;
            let declared: String = row.try_get("", "type")?;
            let kind = Kind::of(self.backend, &declared).ok_or_else(|| KeepError::ColumnType {
                table: table.clone(),
                column: name.clone(),
                kind: declared.clone(),
            })?;
            columns.entry(table).or_default().push(Column { name, kind });
        }
        // The databases sort names by their own rules.
        for list in columns.values_mut() {
            list.sort_by(|one, other| one.name.cmp(&other.name));
        }
        Ok(columns)
    }

    /// Child and parent of every reference.
    async fn parents(&self, tables: &BTreeSet<String>) -> Result<Vec<(String, String)>, KeepError> {
        let sql = match self.backend {
            Backend::Sqlite => {
                "SELECT m.name AS child, f.\"table\" AS parent FROM sqlite_master m \
                 JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
            }
            Backend::Postgres => {
                "SELECT child.relname::text AS child, parent.relname::text AS parent FROM pg_constraint c \
                 JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid \
                 WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace"
            }
        };
        let mut parents = Vec::new();
        for row in self.connection.query_all_raw(self.statement(sql)).await? {
            let pair: (String, String) = (row.try_get("", "child")?, row.try_get("", "parent")?);
            if tables.contains(&pair.0) && pair.0 != pair.1 {
                parents.push(pair);
            }
        }
        Ok(parents)
    }
}

/// Tables in an order in which every table comes after those it refers to; the rest of a circle follows by name.
fn parents_first<'name>(
    names: impl Iterator<Item = &'name String>,
    references: &[(String, String)],
) -> Vec<String> {
    let mut left: BTreeSet<&String> = names.collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let ready: Vec<&String> = left
            .iter()
            .filter(|name| {
                !references
                    .iter()
                    .any(|(child, parent)| child == **name && left.contains(parent))
            })
            .copied()
            .collect();
        let ready = if ready.is_empty() {
            left.iter().copied().collect()
        } else {
            ready
        };
        for name in ready {
            left.remove(name);
            order.push(name.clone());
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::parents_first;

    #[test]
    fn parents_come_first_and_circles_come_last() {
        let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
        let references = [("a", "c"), ("c", "e"), ("b", "d"), ("d", "b")]
            .map(|(child, parent)| (child.to_owned(), parent.to_owned()));
        assert_eq!(
            parents_first(names.iter(), &references),
            ["e", "c", "a", "b", "d"]
        );
    }
}
