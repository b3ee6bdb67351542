//! Bare durable inserts, the limit of the same run: what disk and database give without any of our own work. SQLite: one
//! connection, one row a commit, WAL and `synchronous=FULL` as the writer of the store has it. PostgreSQL: eight connections,
//! one row a commit.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

use crate::report;

const SECONDS: u64 = 4;
const POSTGRES_CLIENTS: u64 = 8;

/// `url`: a PostgreSQL database, else SQLite in the folder.
pub fn run(url: Option<&str>, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    match url {
        Some(url) => runtime.block_on(postgres(url)),
        None => runtime.block_on(sqlite(folder)),
    }
}

/// As `Store::open` sets the writing connection.
async fn sqlite(folder: &Path) {
    let mut options = ConnectOptions::new(format!(
        "sqlite://{}?mode=rwc",
        folder.join("bare.sqlite").display()
    ));
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
        });
    let database = Database::connect(options).await.unwrap();
    report(
        "bare_sqlite_per_s",
        inserts(&database, DbBackend::Sqlite, 1).await,
        &data(1),
    );
}

async fn postgres(url: &str) {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(u32::try_from(POSTGRES_CLIENTS).unwrap())
        .sqlx_logging(false);
    let database = Database::connect(options).await.unwrap();
    let rate = inserts(&database, DbBackend::Postgres, POSTGRES_CLIENTS).await;
    report("bare_postgres_per_s", rate, &data(POSTGRES_CLIENTS));
}

fn data(clients: u64) -> String {
    format!("one row a commit, clients: {clients}, {SECONDS} s")
}

/// Rows a second.
async fn inserts(database: &DatabaseConnection, backend: DbBackend, clients: u64) -> f64 {
    let make = "CREATE TABLE bare_rows (id BIGINT PRIMARY KEY, words TEXT NOT NULL)";
    database.execute_unprepared(make).await.unwrap();
    let started = Instant::now();
    let until = started + Duration::from_secs(SECONDS);
    let work = (0..clients).map(|client| {
        let database = database.clone();
        tokio::spawn(async move {
            let mut rows = 0_u64;
            while Instant::now() < until {
                let id = i64::try_from(client << 40 | rows).unwrap();
                let insert = Statement::from_sql_and_values(
                    backend,
                    "INSERT INTO bare_rows (id, words) VALUES ($1, $2)",
                    [id.into(), "一行字".into()],
                );
                database.execute_raw(insert).await.unwrap();
                rows += 1;
            }
            rows
        })
    });
    let mut rows = 0;
    for client in work.collect::<Vec<_>>() {
        rows += client.await.unwrap();
    }
    let rate = rows as f64 / started.elapsed().as_secs_f64();
    database.execute_unprepared("DROP TABLE bare_rows").await.unwrap();
    rate
}
