//! `docs/data-model.md`: every table with its columns, by the room that owns it, read from a migrated database.

use std::{collections::BTreeSet, fmt::Write as _};

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult, Statement};
use tongban_store::Backend;

use crate::generated;

async fn ask(reader: &DatabaseConnection, query: &str) -> Vec<QueryResult> {
    reader
        .query_all_raw(Statement::from_string(DbBackend::Postgres, query))
        .await
        .unwrap()
}

async fn tables(reader: &DatabaseConnection) -> BTreeSet<String> {
    let rows = ask(
        reader,
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
    )
    .await;
    rows.iter()
        .map(|row| row.try_get::<String>("", "name").unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_data_model_is_what_the_migrations_make() {
    let kit = tongban_testkit::open(Backend::Postgres, Vec::new()).await;
    let reader = kit.store.reader();
    let mut text = String::from(
        "# Data model\n\n\
         Written by `cargo xtask gen` from a migrated PostgreSQL database; a test compares. On SQLite the same migrations make the\n\
         same tables: ids are blobs of 16 bytes, instants are text in UTC, `bigint` and `integer` are integers.\n\n\
         What is called `…_sealed` is encrypted with the key ring, `…_blind` and `…_hash` are keyed digests\n\
         ([ADR 5](adr/0005-sealed-identifiers-and-blind-indexes.md)). JSON stands in `text` and is never queried. A room reads its own tables only.\n",
    );
    let mut known = tables(reader).await;
    let mut applied = Vec::new();
    for (room, migrations) in tongban::migrations::by_room() {
        applied.push(room);
        let so_far = applied.len();
        let all = tongban::migrations::by_room()
            .into_iter()
            .take(so_far)
            .flat_map(|(_, migrations)| migrations);
        let own = migrations.len();
        kit.store.migrate(all.collect()).await.unwrap();
        let now = tables(reader).await;
        let new: Vec<_> = now
            .difference(&known)
            .filter(|table| *table != "seaql_migrations")
            .cloned()
            .collect();
        writeln!(text, "\n## {room}\n\nTables {}, migrations {own}.", new.len()).unwrap();
        for table in new {
            let columns = ask(
                reader,
                &format!(
                    "SELECT c.column_name::text AS name, c.data_type::text AS kind, c.is_nullable::text AS nullable, \
                     EXISTS (SELECT 1 FROM information_schema.key_column_usage k JOIN information_schema.table_constraints t \
                     ON t.constraint_name = k.constraint_name AND t.table_schema = k.table_schema WHERE k.table_schema = 'public' \
                     AND k.table_name = c.table_name AND k.column_name = c.column_name AND t.constraint_type = 'PRIMARY KEY') AS key \
                     FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = '{table}' ORDER BY c.ordinal_position"
                ),
            )
            .await;
            writeln!(text, "\n### {table}\n\n| column | type | |\n|---|---|---|").unwrap();
            for column in columns {
                let get = |name: &str| column.try_get::<String>("", name).unwrap();
                let mut notes = Vec::new();
                if column.try_get::<bool>("", "key").unwrap() {
                    notes.push("key");
                }
                if get("nullable") == "YES" {
                    notes.push("may be empty");
                }
                writeln!(
                    text,
                    "| {} | {} | {} |",
                    get("name"),
                    get("kind"),
                    notes.join(", ")
                )
                .unwrap();
            }
            let indexes = ask(
                reader,
                &format!(
                    "SELECT pg_get_indexdef(i.indexrelid)::text AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                     WHERE i.indrelid = '{table}'::regclass AND NOT i.indisprimary ORDER BY c.relname"
                ),
            )
            .await;
            if !indexes.is_empty() {
                writeln!(text).unwrap();
            }
            for index in indexes {
                let sql = index.try_get::<String>("", "text").unwrap();
                let unique = if sql.starts_with("CREATE UNIQUE") {
                    "unique: "
                } else {
                    ""
                };
                let (_, rest) = sql.split_once(" USING btree ").unwrap_or(("", &sql));
                writeln!(text, "- index {unique}`{rest}`").unwrap();
            }
        }
        known = now;
    }
    generated::check("docs/data-model.md", &text);
}
