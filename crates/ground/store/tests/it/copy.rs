//! Rows of every kind from one database to the other and back.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, Value},
};
use tongban_store::{
    LogLeader, Signer, StoreConfig, StoreError,
    keep::{KeepError, Step, copy_database},
    log::{CheckpointFile, LogReader, LogReport},
};

use crate::{
    kit::{Kit, database},
    log_leader::write_rows,
};

fn silent(_step: Step) {}

/// A table with every kind of column, which refers to itself, and one that refers to it.
struct EveryKind;

impl MigrationName for EveryKind {
    fn name(&self) -> &'static str {
        "m9000_every_kind"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for EveryKind {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("kinds")
                    .col(uuid("id").primary_key())
                    .col(uuid_null("parent"))
                    .col(timestamp_with_time_zone("instant"))
                    .col(timestamp_with_time_zone_null("instant_null"))
                    .col(date("day"))
                    .col(date_null("day_null"))
                    .col(boolean("flag"))
                    .col(boolean_null("flag_null"))
                    .col(small_integer("small"))
                    .col(integer("middle"))
                    .col(big_integer("large"))
                    .col(big_integer_null("large_null"))
                    .col(double("fraction"))
                    .col(string("short"))
                    .col(text_null("long"))
                    .col(json("document"))
                    .col(blob("bytes"))
                    .col(blob_null("bytes_null"))
                    .foreign_key(ForeignKey::create().from("kinds", "parent").to("kinds", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("a_child")
                    .col(big_integer("id").primary_key().auto_increment())
                    .col(uuid("kind"))
                    .foreign_key(ForeignKey::create().from("a_child", "kind").to("kinds", "id"))
                    .to_owned(),
            )
            .await
    }
}

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    let mut all = tongban_store::migrations();
    all.push(Box::new(EveryKind));
    all
}

const COLUMNS: &str = "id, parent, instant, instant_null, day, day_null, flag, flag_null, small, middle, large, \
                       large_null, fraction, short, long, document, bytes, bytes_null";

fn row(number: i64) -> Vec<Value> {
    use chrono::{DateTime, NaiveDate, Utc};
    let id =
        |number: i64| uuid::Uuid::from_u128(u128::try_from(number).unwrap() << 64 | 0xFFFE_0000_0000_0001);
    let odd = number % 2 == 1;
    // Microseconds that end in zeros, before 1970, and far ahead.
    let instant = DateTime::<Utc>::from_timestamp_micros((number - 600) * 1_000_000_123_450).unwrap();
    let day = NaiveDate::from_ymd_opt(1890, 1, 31).unwrap() + chrono::Days::new(number.unsigned_abs() * 60);
    vec![
        id(number).into(),
        None::<uuid::Uuid>.into(),
        instant.into(),
        odd.then_some(instant).into(),
        day.into(),
        (!odd).then_some(day).into(),
        odd.into(),
        (number % 3 == 0).then_some(odd).into(),
        ((number - 600) as i16).into(),
        (i32::MIN + number as i32).into(),
        (i64::MAX - number).into(),
        odd.then_some(i64::MIN).into(),
        (number as f64 / 3.0).into(),
        format!("第{number}行 '\"\\ 𠀀\n").into(),
        odd.then(String::new).into(),
        serde_json::json!({"a": [null, "值", 1.5], "z": number}).into(),
        number.to_be_bytes().to_vec().into(),
        odd.then(Vec::<u8>::new).into(),
    ]
}

async fn filled() -> Kit {
    let kit = crate::kit::open(false).await;
    kit.store.migrate(migrations()).await.unwrap();
    kit.store
        .write(Signer::system(), |tx| async move {
            let places: Vec<String> = (1..=18).map(|place| format!("${place}")).collect();
            let sql = format!("INSERT INTO kinds ({COLUMNS}) VALUES ({})", places.join(", "));
            let backend = tx.connection().get_database_backend();
            let run = async |sql: &str, values: Vec<Value>| {
                let statement = Statement::from_sql_and_values(backend, sql, values);
                tx.connection().execute_raw(statement).await.map(|_| ())
            };
            // More than two pages.
            for number in 1..=1_203 {
                run(&sql, row(number)).await?;
            }
            // Every row refers to the one after it, which is copied later.
            for number in 1..1_203 {
                let ids = vec![row(number + 1)[0].clone(), row(number)[0].clone()];
                run("UPDATE kinds SET parent = $1 WHERE id = $2", ids).await?;
            }
            for number in [1, 700] {
                run(
                    "INSERT INTO a_child (kind) VALUES ($1)",
                    vec![row(number)[0].clone()],
                )
                .await?;
            }
            tx.next_number("case.serial").await?;
            tx.once("a key").await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    kit
}

/// Every stored value as SQLite itself writes it down, so that two files are compared to the byte.
async fn written_down(url: &str) -> Vec<(String, Vec<String>)> {
    let connection = Database::connect(url).await.unwrap();
    let mut lines = Vec::new();
    let columns = texts(
        &connection,
        "SELECT m.name || '.' || c.name AS name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'seaql_migrations' ORDER BY 1",
        "name",
    )
    .await;
    assert!(columns.len() > 30, "the tables were found");
    for column in columns {
        let (table, name) = column.split_once('.').unwrap();
        // By the value too, since PostgreSQL keeps rows in no order.
        let sql = format!(
            "SELECT typeof(\"{name}\") || ' ' || quote(\"{name}\") AS value FROM \"{table}\" ORDER BY 1"
        );
        let values = texts(&connection, &sql, "value").await;
        lines.push((column, values));
    }
    connection.close().await.unwrap();
    lines
}

async fn texts(connection: &DatabaseConnection, sql: &str, column: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_goes_there_and_comes_back_the_same() {
    let kit = filled().await;
    let postgres = database().await;
    let steps = std::sync::Mutex::new(Vec::new());
    let there = copy_database(&kit.config.database_url, &postgres, migrations, &|step| {
        steps.lock().unwrap().push(step);
    })
    .await
    .unwrap();
    assert_eq!(there.tables["kinds"], 1_203);
    assert_eq!(there.tables["sequences"], 1);
    let last = *steps.lock().unwrap().last().unwrap();
    assert_eq!((last.done, last.all), (there.rows(), there.rows()));

    let connection = Database::connect(&postgres).await.unwrap();
    let shown = texts(
        &connection,
        "SELECT concat_ws(' ', id, instant AT TIME ZONE 'UTC', day, flag, small, middle, large, document->>'a') AS shown \
         FROM kinds ORDER BY id LIMIT 1",
        "shown",
    )
    .await;
    assert_eq!(
        shown,
        [
            "00000000-0000-0001-fffe-000000000001 1951-01-08 03:05:26.05345 1890-04-01 t -599 -2147483647 9223372036854775806 [null, \"值\", 1.5]"
        ]
    );
    // References are strict again, and the counter goes on after what was copied.
    let loose = texts(
        &connection,
        "SELECT COUNT(*) FILTER (WHERE condeferrable) || ' of ' || COUNT(*) AS n FROM pg_constraint \
         WHERE contype = 'f'",
        "n",
    )
    .await;
    assert_eq!(loose, ["0 of 2"]);
    let next = texts(
        &connection,
        "INSERT INTO a_child (kind) SELECT id FROM kinds LIMIT 1 RETURNING id::text AS id",
        "id",
    )
    .await;
    assert_eq!(next, ["3"]);
    connection
        .execute_unprepared("DELETE FROM a_child WHERE id = 3")
        .await
        .unwrap();
    connection.close().await.unwrap();

    let back = format!("sqlite:{}", kit.folder.path().join("back.db").display());
    let returned = copy_database(&postgres, &back, migrations, &silent)
        .await
        .unwrap();
    assert_eq!(returned, there);
    let (returned, original) = (
        written_down(&back).await,
        written_down(&kit.config.database_url).await,
    );
    assert_eq!(returned.len(), original.len());
    for ((column, returned), (_, original)) in returned.iter().zip(&original) {
        for (after, before) in returned.iter().zip(original) {
            assert_eq!(after, before, "{column}");
        }
        assert_eq!(returned.len(), original.len(), "{column}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_with_rows_is_refused_and_keeps_them() {
    let kit = filled().await;
    for target in [
        database().await,
        format!("sqlite:{}", kit.folder.path().join("full.db").display()),
    ] {
        copy_database(&kit.config.database_url, &target, migrations, &silent)
            .await
            .unwrap();
        let refused = copy_database(&kit.config.database_url, &target, migrations, &silent)
            .await
            .unwrap_err();
        assert!(matches!(&refused, KeepError::NotEmpty { .. }), "{refused}");
        let connection = Database::connect(&target).await.unwrap();
        let count = texts(&connection, "SELECT CAST(COUNT(*) AS TEXT) AS n FROM kinds", "n").await;
        assert_eq!(count, ["1203"]);
        connection.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_of_another_version_is_refused() {
    let kit = filled().await;
    let target = format!("sqlite:{}", kit.folder.path().join("target.db").display());
    let newer = copy_database(
        &kit.config.database_url,
        &target,
        tongban_store::migrations,
        &silent,
    )
    .await
    .unwrap_err();
    assert!(matches!(&newer, KeepError::Newer { migration, .. } if migration == "m9000_every_kind"));
    let behind = crate::kit::open(true).await;
    let refused = copy_database(&behind.config.database_url, &target, migrations, &silent)
        .await
        .unwrap_err();
    assert!(matches!(&refused, KeepError::Behind(name) if name == "m9000_every_kind"));
    let empty = copy_database(&database().await, &target, migrations, &silent)
        .await
        .unwrap_err();
    assert!(matches!(empty, KeepError::NotOurs));
    let missing = copy_database("sqlite:/no/such/file.db", &target, migrations, &silent)
        .await
        .unwrap_err();
    assert_eq!(missing.to_string(), "there is no database at /no/such/file.db");
    let address = copy_database("mysql://me:secret@host/x", &target, migrations, &silent)
        .await
        .unwrap_err();
    assert_eq!(
        address.to_string(),
        "the address mysql://host/x names neither sqlite: nor postgres:"
    );
}

/// What a look at the log of a database says, with the keys of the kit and a checkpoint that was kept elsewhere.
async fn judged(kit: &Kit, url: &str, kept: &str) -> LogReport {
    let config = StoreConfig {
        database_url: url.to_owned(),
        ..StoreConfig::in_folder(kit.folder.path())
    };
    let kept: CheckpointFile = serde_json::from_str(kept).unwrap();
    let reader = LogReader::open(&config).await.unwrap();
    reader
        .verify(kit.store.keys(), Some(kept.open().unwrap()), |_, _| {})
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_copy_is_as_sound_as_the_one_it_was_made_of() {
    let kit = filled().await;
    let leader = LogLeader::new(kit.store.clone());
    for _ in 0..3 {
        write_rows(&kit.store, 5).await;
        leader.drain().await.unwrap();
        kit.clock.advance(chrono::Duration::minutes(1));
    }
    let reader = LogReader::open(&kit.config).await.unwrap();
    let kept = reader.newest_checkpoint().await.unwrap().unwrap();
    let kept = serde_json::to_string(&kept.to_file(kit.store.keys()).unwrap()).unwrap();
    // Two rows that no checkpoint covers yet.
    write_rows(&kit.store, 2).await;

    let there = database().await;
    let back = format!("sqlite:{}", kit.folder.path().join("back.db").display());
    copy_database(&kit.config.database_url, &there, migrations, &silent)
        .await
        .unwrap();
    copy_database(&there, &back, migrations, &silent).await.unwrap();
    for copy in [&there, &back] {
        let report = judged(&kit, copy, &kept).await;
        assert!(report.is_intact(), "{copy}: {report:?}");
        assert_eq!(
            (report.covered, report.uncovered, report.checkpoints),
            (15, 2, 3),
            "{copy}"
        );

        // And what is changed in a copy is found there.
        let connection = Database::connect(copy.as_str()).await.unwrap();
        let changed = connection
            .execute_unprepared("UPDATE audit_entries SET action = 'test.other' WHERE id = (SELECT entry FROM audit_leaves WHERE number = 7)")
            .await
            .unwrap();
        assert_eq!(changed.rows_affected(), 1);
        connection.close().await.unwrap();
        assert!(!judged(&kit, copy, &kept).await.is_intact(), "{copy}");
    }
}
