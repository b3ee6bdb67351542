//! What rests in the database and in the files, as text: for searching it.

use std::path::Path;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};
use tongban_testkit::{Database, Kit};

/// Every row of every table, and on SQLite the bytes of the data folder but the keys.
pub async fn everything_at_rest(kit: &Kit) -> String {
    let reader = kit.store.reader();
    let (backend, tables) = match kit.backend {
        Database::Sqlite => (
            DbBackend::Sqlite,
            "SELECT name FROM sqlite_master WHERE type = 'table'",
        ),
        Database::Postgres => (
            DbBackend::Postgres,
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
        ),
    };
    let mut text = String::new();
    for table in reader
        .query_all_raw(Statement::from_string(backend, tables))
        .await
        .unwrap()
    {
        let table: String = table.try_get("", "name").unwrap();
        let query = Statement::from_string(backend, format!("SELECT * FROM \"{table}\""));
        for row in reader.query_all_raw(query).await.unwrap() {
            for column in row.column_names() {
                if let Ok(Some(value)) = row.try_get::<Option<String>>("", &column) {
                    text.push_str(&value);
                    text.push('\n');
                }
            }
        }
    }
    bytes_below(kit.folder.path(), &mut text);
    text
}

fn bytes_below(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes_below(&path, text);
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
}
