//! Whatever is changed in a covered log is found, and named.

use chrono::Duration;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement, Value};
use tongban_crypto::KeyRing;
use tongban_store::{
    AuditEntry, LogLeader, Signer, StoreError,
    log::{CheckpointFile, LogReader, LogReport},
};
use uuid::Uuid;

use crate::{
    kit::{Kit, both},
    log_leader::{findings, write_rows},
};

/// Changes the database as somebody with a database tool would; says how many rows it touched.
async fn tamper(kit: &Kit, sql: &str, values: Vec<Value>) -> u64 {
    let connection = kit.store.reader();
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.execute_raw(statement).await.unwrap().rows_affected()
}

async fn row_of(kit: &Kit, number: i64) -> Uuid {
    let connection = kit.store.reader();
    let statement = Statement::from_sql_and_values(
        connection.get_database_backend(),
        "SELECT entry FROM audit_leaves WHERE number = $1",
        [number.into()],
    );
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "entry").unwrap()
}

/// Twelve rows under three checkpoints, at 4, 8 and 12.
async fn covered(kit: &Kit) {
    let leader = LogLeader::new(kit.store.clone());
    for _ in 0..3 {
        write_rows(&kit.store, 4).await;
        leader.drain().await.unwrap();
        kit.clock.advance(Duration::minutes(1));
    }
}

async fn report(kit: &Kit, kept: Option<CheckpointFile>) -> LogReport {
    let kept = kept.map(|file| file.open().unwrap());
    let reader = LogReader::open(&kit.config).await.unwrap();
    reader.verify(kit.store.keys(), kept, |_, _| {}).await.unwrap()
}

async fn keep(kit: &Kit) -> CheckpointFile {
    let reader = LogReader::open(&kit.config).await.unwrap();
    let checkpoint = reader.newest_checkpoint().await.unwrap().unwrap();
    let text = serde_json::to_string(&checkpoint.to_file(kit.store.keys()).unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

both! { async fn a_clean_log_is_intact(kit: Kit) {
    assert!(report(&kit, None).await.is_intact(), "an empty log too");
    covered(&kit).await;
    let early = keep(&kit).await;
    write_rows(&kit.store, 2).await;
    let mut steps = Vec::new();
    let reader = LogReader::open(&kit.config).await.unwrap();
    let report = reader
        .verify(kit.store.keys(), Some(early.open().unwrap()), |done, all| steps.push((done, all)))
        .await
        .unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert_eq!((report.covered, report.uncovered, report.checkpoints), (12, 2, 3));
    assert_eq!(report.newest.unwrap().size, 12);
    assert_eq!(steps, [(0, 12), (12, 12)]);
} }

// One column of one row after the other, each put back: every one is under the hash.
both! { async fn a_change_of_any_column_is_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    // The rows of these tests leave some columns empty; a covered row that does not.
    let id = || Value::from(Uuid::from_u128(7));
    let columns: [(&str, Value); 10] = [
        ("stream", "access".into()),
        ("at", kit.store.now().into()),
        ("signer_kind", "staff".into()),
        ("signer_id", id()),
        ("on_behalf_of", id()),
        ("action", "test.other".into()),
        ("object_kind", "other".into()),
        ("object_id", "".into()),
        ("subject", "".into()),
        ("detail", "{\"turn\": 1}".into()),
    ];
    for (column, value) in columns {
        let before = findings(&kit).await;
        assert_eq!(before, Vec::<String>::new());
        tamper(&kit, "CREATE TABLE copy_of_row AS SELECT * FROM audit_entries WHERE id = $1", vec![row.into()]).await;
        let touched = tamper(
            &kit,
            &format!("UPDATE audit_entries SET {column} = $1 WHERE id = $2"),
            vec![value, row.into()],
        )
        .await;
        assert_eq!(touched, 1);
        assert_eq!(
            findings(&kit).await,
            [format!("row {row} (number 6) was changed: it is not what was numbered and signed")],
            "{column}"
        );
        tamper(&kit, &format!("UPDATE audit_entries SET {column} = (SELECT {column} FROM copy_of_row) WHERE id = $1"), vec![row.into()]).await;
        tamper(&kit, "DROP TABLE copy_of_row", vec![]).await;
    }
    // The last column is the id itself.
    let other = Uuid::from_u128(7);
    tamper(&kit, "UPDATE audit_entries SET id = $1 WHERE id = $2", vec![other.into(), row.into()]).await;
    let found = findings(&kit).await;
    assert_eq!(found[0], format!("row {row} (number 6) is gone"));
    assert!(found[1].starts_with(&format!("row {other} has no number")), "{found:?}");
    assert_eq!(found.len(), 2);
} }

// That the list above names every column.
both! { async fn no_column_was_forgotten(kit: Kit) {
    covered(&kit).await;
    let connection = kit.store.reader();
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT * FROM audit_entries LIMIT 1");
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    let mut names = row.column_names();
    names.sort();
    assert_eq!(names, [
        "action", "at", "detail", "id", "object_id", "object_kind", "on_behalf_of", "signer_id", "signer_kind", "stream", "subject",
    ]);
} }

/// SQLite takes anything in any column; the reading must not stumble over it.
#[tokio::test]
async fn rubbish_in_a_column_is_a_finding() {
    let kit = crate::kit::open(false).await;
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    let touched = tamper(
        &kit,
        "UPDATE audit_entries SET at = 'yesterday' WHERE id = $1",
        vec![row.into()],
    )
    .await;
    assert_eq!(touched, 1);
    assert_eq!(
        findings(&kit).await,
        [format!(
            "row {row} (number 6) was changed: a column of it cannot be read"
        )]
    );
    tamper(
        &kit,
        "UPDATE audit_leaves SET hash = 'none' WHERE number = 2",
        vec![],
    )
    .await;
    let found = findings(&kit).await;
    assert!(
        found[0].starts_with("the leaf with number 2 was changed"),
        "{found:?}"
    );
    tamper(
        &kit,
        "UPDATE audit_checkpoints SET at = 'never' WHERE size = 8",
        vec![],
    )
    .await;
    let found = findings(&kit).await;
    assert!(
        found.contains(
            &"a checkpoint after the one at 4 was changed: a column of it cannot be read".to_owned()
        ),
        "{found:?}"
    );
}

both! { async fn a_removed_row_is_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    tamper(&kit, "DELETE FROM audit_entries WHERE id = $1", vec![row.into()]).await;
    assert_eq!(findings(&kit).await, [format!("row {row} (number 6) is gone")]);
} }

both! { async fn a_row_put_back_otherwise_is_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    tamper(&kit, "CREATE TABLE copy_of_row AS SELECT * FROM audit_entries WHERE id = $1", vec![row.into()]).await;
    tamper(&kit, "DELETE FROM audit_entries WHERE id = $1", vec![row.into()]).await;
    tamper(&kit, "UPDATE copy_of_row SET action = 'test.nothing'", vec![]).await;
    tamper(&kit, "INSERT INTO audit_entries SELECT * FROM copy_of_row", vec![]).await;
    assert_eq!(
        findings(&kit).await,
        [format!("row {row} (number 6) was changed: it is not what was numbered and signed")]
    );
} }

both! { async fn two_rows_that_changed_places_are_found(kit: Kit) {
    covered(&kit).await;
    let (one, two) = (row_of(&kit, 2).await, row_of(&kit, 3).await);
    let aside = Uuid::from_u128(7);
    for (to, from) in [(aside, one), (one, two), (two, aside)] {
        tamper(&kit, "UPDATE audit_entries SET id = $1 WHERE id = $2", vec![to.into(), from.into()]).await;
    }
    assert_eq!(findings(&kit).await, [
        format!("row {one} (number 2) was changed: it is not what was numbered and signed"),
        format!("row {two} (number 3) was changed: it is not what was numbered and signed"),
    ]);
} }

both! { async fn reordered_leaves_are_found(kit: Kit) {
    covered(&kit).await;
    for (to, from) in [(100, 6), (6, 7), (7, 100)] {
        tamper(&kit, "UPDATE audit_leaves SET number = $1 WHERE number = $2", vec![to.into(), from.into()]).await;
    }
    let found = findings(&kit).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("the leaves with numbers 5 to 8 are not what the checkpoint at 8 was signed over"));
} }

both! { async fn a_changed_leaf_is_told_from_a_changed_row(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    tamper(&kit, "UPDATE audit_leaves SET hash = $1 WHERE number = 6", vec![vec![9_u8; 32].into()]).await;
    assert_eq!(
        findings(&kit).await,
        [format!("the leaf with number 6 was changed; its row {row} is as it was signed")]
    );
} }

both! { async fn a_row_written_anew_with_its_leaf_is_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    // The leaf of number 7 is a good leaf, though not that of this row.
    tamper(&kit, "UPDATE audit_entries SET action = 'test.other' WHERE id = $1", vec![row.into()]).await;
    tamper(&kit, "UPDATE audit_leaves SET hash = (SELECT hash FROM audit_leaves WHERE number = 7) WHERE number = 6", vec![]).await;
    let found = findings(&kit).await;
    assert_eq!(found, [
        "the leaves with numbers 5 to 8 are not what the checkpoint at 8 was signed over: exchanged, reordered, removed or written anew".to_owned(),
        format!("row {row} and its leaf (number 6) do not fit each other: one of them was changed"),
    ]);
} }

both! { async fn a_removed_leaf_is_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 6).await;
    tamper(&kit, "DELETE FROM audit_leaves WHERE number = 6", vec![]).await;
    let found = findings(&kit).await;
    assert_eq!(found[0], "the leaf with number 6 is gone");
    assert!(found[1].starts_with(&format!("row {row} has no number")), "{found:?}");
} }

both! { async fn a_changed_checkpoint_is_found(kit: Kit) {
    covered(&kit).await;
    let changes: [(&str, Value); 5] = [
        ("previous", 3_i64.into()),
        ("root", "00".repeat(32).into()),
        ("at", kit.store.now().into()),
        ("key_id", "0123456789abcdef".into()),
        ("signature", "AAAA".into()),
    ];
    for (column, value) in changes {
        tamper(&kit, "CREATE TABLE copy_of_row AS SELECT * FROM audit_checkpoints WHERE size = 8", vec![]).await;
        tamper(&kit, &format!("UPDATE audit_checkpoints SET {column} = $1 WHERE size = 8"), vec![value]).await;
        let found = findings(&kit).await;
        assert_eq!(found.len(), 1, "{column}: {found:?}");
        assert!(found[0].starts_with("the checkpoint at 8 "), "{column}: {found:?}");
        tamper(&kit, "DELETE FROM audit_checkpoints WHERE size = 8", vec![]).await;
        tamper(&kit, "INSERT INTO audit_checkpoints SELECT * FROM copy_of_row", vec![]).await;
        tamper(&kit, "DROP TABLE copy_of_row", vec![]).await;
        assert_eq!(findings(&kit).await, Vec::<String>::new(), "put back");
    }
    tamper(&kit, "UPDATE audit_checkpoints SET size = 9 WHERE size = 8", vec![]).await;
    assert_eq!(findings(&kit).await, [
        "the checkpoint at 9 was changed: its signature does not fit what it says",
        "a checkpoint at 8 stood before the one at 12 and is gone",
    ]);
} }

both! { async fn a_removed_checkpoint_is_found(kit: Kit) {
    covered(&kit).await;
    tamper(&kit, "DELETE FROM audit_checkpoints WHERE size = 8", vec![]).await;
    assert_eq!(findings(&kit).await, ["a checkpoint at 8 stood before the one at 12 and is gone"]);
    tamper(&kit, "DELETE FROM audit_checkpoints WHERE size = 12", vec![]).await;
    assert_eq!(findings(&kit).await, ["the leaves with numbers 5 to 12 are under no checkpoint"]);
} }

both! { async fn checkpoints_of_a_stranger_are_found(kit: Kit) {
    covered(&kit).await;
    let reader = LogReader::open(&kit.config).await.unwrap();
    let report = reader.verify(&KeyRing::from_seed([7; 32]), None, |_, _| {}).await.unwrap();
    let found = report.findings[0].to_string();
    assert!(found.starts_with("the checkpoint at 4 names the key ") && found.ends_with("which the key ring does not hold"), "{found}");
} }

both! { async fn the_newest_row_and_leaf_cut_off_are_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 12).await;
    tamper(&kit, "DELETE FROM audit_entries WHERE id = $1", vec![row.into()]).await;
    tamper(&kit, "DELETE FROM audit_leaves WHERE number = 12", vec![]).await;
    assert_eq!(findings(&kit).await, [
        "a checkpoint at 12 covers more rows than the 11 leaves that there are: the end was cut off",
        "the stored frontier of the tree does not fit the leaves",
    ]);
} }

// The end with all that belongs to it, put back to an older state: only a checkpoint kept elsewhere tells.
both! { async fn a_tail_cut_off_whole_is_found_with_a_kept_checkpoint(kit: Kit) {
    let leader = LogLeader::new(kit.store.clone());
    write_rows(&kit.store, 4).await;
    leader.drain().await.unwrap();
    tamper(&kit, "CREATE TABLE copy_of_head AS SELECT * FROM log_head", vec![]).await;
    let early = keep(&kit).await;
    kit.clock.advance(Duration::minutes(1));
    write_rows(&kit.store, 4).await;
    leader.drain().await.unwrap();
    let late = keep(&kit).await;
    assert!(report(&kit, Some(late.clone())).await.is_intact());

    tamper(&kit, "DELETE FROM audit_entries WHERE id IN (SELECT entry FROM audit_leaves WHERE number > 4)", vec![]).await;
    tamper(&kit, "DELETE FROM audit_leaves WHERE number > 4", vec![]).await;
    tamper(&kit, "DELETE FROM audit_checkpoints WHERE size > 4", vec![]).await;
    tamper(&kit, "DELETE FROM log_head", vec![]).await;
    tamper(&kit, "INSERT INTO log_head SELECT * FROM copy_of_head", vec![]).await;
    assert!(report(&kit, None).await.is_intact(), "the log alone cannot know");
    assert!(report(&kit, Some(early)).await.is_intact(), "nor does an older checkpoint");
    let report = report(&kit, Some(late)).await;
    let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["the log ends at 4, but the checkpoint kept elsewhere covers 8 rows: the end was cut off"]);
} }

// A thief with the database and the key ring writes the whole log anew and signs it: only a kept checkpoint tells.
both! { async fn a_log_signed_anew_is_found_with_a_kept_checkpoint(kit: Kit) {
    covered(&kit).await;
    let kept = keep(&kit).await;
    let row = row_of(&kit, 6).await;
    tamper(&kit, "UPDATE audit_entries SET action = 'test.other' WHERE id = $1", vec![row.into()]).await;
    for table in ["audit_leaves", "audit_checkpoints", "log_head"] {
        tamper(&kit, &format!("DELETE FROM {table}"), vec![]).await;
    }
    tamper(&kit, "INSERT INTO log_waiting (entry, at) SELECT id, at FROM audit_entries", vec![]).await;
    LogLeader::new(kit.store.clone()).drain().await.unwrap();
    assert!(report(&kit, None).await.is_intact(), "the log alone cannot know");
    let report = report(&kit, Some(kept)).await;
    let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("the first 12 rows are not those of the checkpoint kept elsewhere"));
} }

both! { async fn a_row_slipped_in_is_found(kit: Kit) {
    covered(&kit).await;
    let row = row_of(&kit, 2).await;
    let other = Uuid::from_u128(7);
    tamper(&kit, "CREATE TABLE copy_of_row AS SELECT * FROM audit_entries WHERE id = $1", vec![row.into()]).await;
    tamper(&kit, "UPDATE copy_of_row SET id = $1", vec![other.into()]).await;
    tamper(&kit, "INSERT INTO audit_entries SELECT * FROM copy_of_row", vec![]).await;
    let found = findings(&kit).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with(&format!("row {other} has no number and does not wait for one")), "{found:?}");
    // Entered into the waiting list too, it is older than the checkpoints say it can be.
    tamper(&kit, "INSERT INTO log_waiting (entry, at) SELECT id, at FROM copy_of_row", vec![]).await;
    let found = findings(&kit).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with(&format!("row {other} of 2026-11-20T02:30:00Z waits for a number")), "{found:?}");
} }

both! { async fn a_row_removed_before_it_was_covered_is_found(kit: Kit) {
    write_rows(&kit.store, 2).await;
    tamper(&kit, "DELETE FROM audit_entries WHERE object_id = '0'", vec![]).await;
    let leader = LogLeader::new(kit.store.clone());
    assert_eq!(leader.drain().await.unwrap(), 1, "the other row gets its number");
    let found = findings(&kit).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with("is gone before it got a number"), "{found:?}");
    kit.clock.advance(Duration::seconds(61));
    assert!(kit.store.log_standing().await.unwrap().fault);
} }

// A leader signs nothing that goes on from a state it did not sign.
both! { async fn nothing_is_appended_to_a_forged_state(kit: Kit) {
    covered(&kit).await;
    let forgeries = [
        // The rows behind the frontier were written anew.
        "UPDATE log_head SET frontier = '{\"size\":12,\"peaks\":[\"00\",\"00\"]}'",
        "UPDATE audit_checkpoints SET root = 'aa' WHERE size = 12",
        "UPDATE audit_checkpoints SET previous = 4 WHERE size = 12",
        "DELETE FROM audit_checkpoints WHERE size = 12",
    ];
    write_rows(&kit.store, 1).await;
    for forgery in forgeries {
        for table in ["log_head", "audit_checkpoints"] {
            tamper(&kit, &format!("CREATE TABLE copy_of_{table} AS SELECT * FROM {table}"), vec![]).await;
        }
        tamper(&kit, forgery, vec![]).await;
        let leader = LogLeader::new(kit.store.clone());
        let refused = leader.turn().await.unwrap_err();
        assert!(matches!(refused, StoreError::Corrupt(_)), "{forgery}: {refused:?}");
        assert_eq!(kit.store.log_standing().await.unwrap().uncovered, 1);
        for table in ["log_head", "audit_checkpoints"] {
            tamper(&kit, &format!("DELETE FROM {table}"), vec![]).await;
            tamper(&kit, &format!("INSERT INTO {table} SELECT * FROM copy_of_{table}"), vec![]).await;
            tamper(&kit, &format!("DROP TABLE copy_of_{table}"), vec![]).await;
        }
    }
    let other_ring = LogLeader::new(kit.store.clone());
    assert_eq!(other_ring.turn().await.unwrap(), 1, "put back, it goes on");
} }

/// On a folder that stands still nothing is written, not even beside the database.
#[tokio::test]
async fn a_look_leaves_no_trace() {
    let kit = crate::kit::open(false).await;
    kit.store
        .write(Signer::system(), |tx| async move {
            tx.audit(AuditEntry::new("test.act")).await
        })
        .await
        .unwrap();
    kit.store.close().await.unwrap();
    let look = || {
        let mut seen: Vec<(std::path::PathBuf, Vec<u8>)> = std::fs::read_dir(kit.folder.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
            .collect();
        seen.sort();
        seen
    };
    // The threads of closed connections may take a moment to let go of their files.
    let mut before = look();
    for _ in 0..200 {
        if before.len() == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        before = look();
    }
    assert_eq!(before.len(), 1, "a stopped program leaves one file");
    let report = report(&kit, None).await;
    assert!(report.is_intact());
    assert_eq!(report.covered, 1);
    assert_eq!(look(), before);
}
