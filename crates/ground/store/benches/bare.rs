//! Bare durable inserts: what the disk and the database give without any of our own work. `cargo xtask bench` reads the lines.
//!
//! `bare sqlite FOLDER` one connection, one row a commit, WAL and `synchronous=FULL` as the writer of the store has it.
//! `bare postgres URL` eight connections, one row a commit.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

const SECONDS: u64 = 4;
const POSTGRES_CLIENTS: u64 = 8;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    match words[..] {
        ["sqlite", folder] => runtime.block_on(sqlite(folder)),
        ["postgres", url] => runtime.block_on(postgres(url)),
        // `cargo bench` and `cargo test --benches` start it without saying what to do.
        _ => println!("bare sqlite FOLDER | bare postgres URL"),
    }
}

/// As `Store::open` sets the writing connection.
async fn sqlite(folder: &str) {
    let mut options = ConnectOptions::new(format!("sqlite://{folder}/bare.sqlite?mode=rwc"));
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
        run(&database, DbBackend::Sqlite, 1).await,
        "1 client",
    );
}

async fn postgres(url: &str) {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(u32::try_from(POSTGRES_CLIENTS).unwrap())
        .sqlx_logging(false);
    let database = Database::connect(options).await.unwrap();
    let rate = run(&database, DbBackend::Postgres, POSTGRES_CLIENTS).await;
    report("bare_postgres_per_s", rate, "8 clients");
}

/// Rows a second.
async fn run(database: &DatabaseConnection, backend: DbBackend, clients: u64) -> f64 {
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

fn report(name: &str, rate: f64, clients: &str) {
    println!(
        "FIGURE {{\"name\":\"{name}\",\"value\":{rate:.0},\"data\":\"one row a commit, {clients}, {SECONDS} s\"}}"
    );
}
