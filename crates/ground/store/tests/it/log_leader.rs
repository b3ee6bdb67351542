//! Numbering: every committed row gets one number, once, whoever leads.

use chrono::Duration;
use tongban_crypto::merkle::Frontier;
use tongban_store::{AuditEntry, LogLeader, Signer, Store, StoreError, log::LogReader};

use crate::kit::{Kit, both};

/// Writes log rows, each in an act of its own.
pub async fn write_rows(store: &Store, count: u32) {
    for turn in 0..count {
        store
            .write(Signer::system(), move |tx| async move {
                tx.audit(AuditEntry::new("test.act").on("thing", turn).with("turn", turn))
                    .await
            })
            .await
            .unwrap();
    }
}

/// What a look at the log finds, in words.
pub async fn findings(kit: &Kit) -> Vec<String> {
    let reader = LogReader::open(&kit.config).await.unwrap();
    let report = reader.verify(kit.store.keys(), None, |_, _| {}).await.unwrap();
    report.findings.iter().map(ToString::to_string).collect()
}

both! { async fn committed_rows_are_covered_at_once(kit: Kit) {
    write_rows(&kit.store, 3).await;
    let refused: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            tx.audit(AuditEntry::new("test.refused")).await?;
            Err(StoreError::Conflict("row"))
        })
        .await;
    refused.unwrap_err();
    let before = kit.store.log_standing().await.unwrap();
    assert_eq!((before.covered, before.uncovered, before.fault), (0, 3, false));
    assert_eq!(before.oldest_uncovered, Some(kit.store.now()));
    assert_eq!(before.last_checkpoint, None);

    let leader = LogLeader::new(kit.store.clone());
    assert_eq!(leader.turn().await.unwrap(), 3);
    let after = kit.store.log_standing().await.unwrap();
    assert_eq!((after.covered, after.uncovered, after.oldest_uncovered), (3, 0, None));
    let checkpoint = after.last_checkpoint.unwrap();
    assert_eq!((checkpoint.size, checkpoint.previous, checkpoint.at), (3, 0, kit.store.now()));
    assert!(checkpoint.is_ours(kit.store.keys()));
    assert_eq!(leader.turn().await.unwrap(), 0, "a second turn finds nothing to do");
    assert_eq!(findings(&kit).await, Vec::<String>::new());
} }

both! { async fn rows_that_wait_longer_than_a_minute_are_a_fault(kit: Kit) {
    write_rows(&kit.store, 1).await;
    kit.clock.advance(Duration::seconds(60));
    assert!(!kit.store.log_standing().await.unwrap().fault);
    kit.clock.advance(Duration::seconds(1));
    assert!(kit.store.log_standing().await.unwrap().fault);
    LogLeader::new(kit.store.clone()).turn().await.unwrap();
    assert!(!kit.store.log_standing().await.unwrap().fault);
} }

both! { async fn one_checkpoint_a_minute_stays(kit: Kit) {
    let leader = LogLeader::new(kit.store.clone());
    let mut sizes = Vec::new();
    for _ in 0..4 {
        write_rows(&kit.store, 1).await;
        leader.drain().await.unwrap();
        kit.clock.advance(Duration::seconds(25));
        let checkpoint = kit.store.log_standing().await.unwrap().last_checkpoint.unwrap();
        sizes.push((checkpoint.size, checkpoint.previous));
    }
    // At 0, 25 and 50 seconds each replaces the one before; the fourth belongs to the next minute.
    assert_eq!(sizes, [(1, 0), (2, 0), (3, 0), (4, 3)]);
    let report = LogReader::open(&kit.config).await.unwrap().verify(kit.store.keys(), None, |_, _| {}).await.unwrap();
    assert!(report.is_intact());
    assert_eq!((report.checkpoints, report.covered), (2, 4));
} }

both! { async fn more_rows_than_one_batch_are_numbered_in_turns(kit: Kit) {
    kit.store
        .write(Signer::system(), |tx| async move {
            for turn in 0..1_203 {
                tx.audit(AuditEntry::new("test.act").on("thing", turn)).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let leader = LogLeader::new(kit.store.clone());
    assert_eq!(leader.turn().await.unwrap(), 500);
    assert_eq!(leader.drain().await.unwrap(), 703);
    assert_eq!(kit.store.log_standing().await.unwrap().covered, 1_203);
    assert_eq!(findings(&kit).await, Vec::<String>::new());
} }

both! { async fn the_lease_keeps_the_second_leader_away_until_it_runs_out(kit: Kit) {
    let other = kit.another().await;
    let (first, second) = (LogLeader::new(kit.store.clone()), LogLeader::new(other.clone()));
    write_rows(&kit.store, 2).await;
    assert_eq!(first.turn().await.unwrap(), 2);
    write_rows(&other, 3).await;
    assert_eq!(second.turn().await.unwrap(), 0, "the first leads");
    assert_eq!(first.turn().await.unwrap(), 3, "it numbers the rows of the other process too");
    write_rows(&other, 1).await;
    kit.clock.advance(Duration::seconds(6));
    assert_eq!(second.turn().await.unwrap(), 1, "the first has fallen silent");
    write_rows(&kit.store, 1).await;
    assert_eq!(first.turn().await.unwrap(), 0, "now the second leads");
    second.finish().await.unwrap();
    assert_eq!(kit.store.log_standing().await.unwrap().uncovered, 0, "it covers all before it goes");
    write_rows(&kit.store, 1).await;
    assert_eq!(first.turn().await.unwrap(), 1, "and gives its lease back");
    assert_eq!(findings(&kit).await, Vec::<String>::new());
    other.close().await.unwrap();
} }

// The clock jumps past the lease at every turn, so all leaders believe that they may append: the frontier decides.
both! { async fn leaders_at_once_never_fork(kit: Kit) {
    let stores = [kit.another().await, kit.another().await, kit.store.clone()];
    let mut tasks = Vec::new();
    for store in &stores {
        let (store, clock) = (store.clone(), kit.clock.clone());
        tasks.push(tokio::spawn(async move {
            let leader = LogLeader::new(store.clone());
            for _ in 0..30 {
                write_rows(&store, 2).await;
                clock.advance(Duration::seconds(7));
                // Another may have numbered the rows meanwhile; a lost race is no error.
                leader.turn().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    kit.clock.advance(Duration::seconds(7));
    LogLeader::new(kit.store.clone()).drain().await.unwrap();
    let standing = kit.store.log_standing().await.unwrap();
    assert_eq!((standing.covered, standing.uncovered), (180, 0));
    assert_eq!(findings(&kit).await, Vec::<String>::new());
} }

both! { async fn a_restart_goes_on_from_the_stored_frontier(kit: Kit) {
    write_rows(&kit.store, 5).await;
    LogLeader::new(kit.store.clone()).drain().await.unwrap();
    let first = kit.store.log_standing().await.unwrap().last_checkpoint.unwrap();
    kit.clock.advance(Duration::minutes(3));
    // The first leader was killed: its lease was never given back.
    let again = kit.another().await;
    write_rows(&again, 4).await;
    LogLeader::new(again.clone()).drain().await.unwrap();
    let second = again.log_standing().await.unwrap().last_checkpoint.unwrap();
    assert_eq!((second.size, second.previous), (9, first.size));
    assert_eq!(findings(&kit).await, Vec::<String>::new());
    again.close().await.unwrap();
} }

both! { async fn closing_covers_everything(kit: Kit) {
    let again = kit.another().await;
    write_rows(&again, 7).await;
    again.close().await.unwrap();
    let standing = kit.store.log_standing().await.unwrap();
    assert_eq!((standing.covered, standing.uncovered), (7, 0));
    // Who only looked leaves nothing behind and needs no tables.
    let idle = kit.another().await;
    idle.close().await.unwrap();
    assert_eq!(findings(&kit).await, Vec::<String>::new());
} }

both! { async fn the_loop_covers_what_is_written_and_the_rest_when_told_to_stop(kit: Kit) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(LogLeader::new(kit.store.clone()).run(stopped));
    write_rows(&kit.store, 3).await;
    let covered = async {
        while kit.store.log_standing().await.unwrap().covered < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), covered).await.expect("the loop numbers rows");
    write_rows(&kit.store, 2).await;
    stop.send(true).unwrap();
    running.await.unwrap();
    let standing = kit.store.log_standing().await.unwrap();
    assert_eq!((standing.covered, standing.uncovered), (5, 0));
} }

both! { async fn keys_that_were_rotated_away_still_verify(kit: Kit) {
    let leader = LogLeader::new(kit.store.clone());
    write_rows(&kit.store, 2).await;
    leader.drain().await.unwrap();
    let old = kit.store.log_standing().await.unwrap().last_checkpoint.unwrap().key_id;
    let new = kit.store.keys().rotate_signer("checkpoint").unwrap();
    kit.clock.advance(Duration::minutes(2));
    write_rows(&kit.store, 2).await;
    leader.drain().await.unwrap();
    let checkpoint = kit.store.log_standing().await.unwrap().last_checkpoint.unwrap();
    assert_eq!((checkpoint.key_id.as_str(), checkpoint.previous), (new.as_str(), 2));
    assert_ne!(old, new);
    assert_eq!(findings(&kit).await, Vec::<String>::new());
} }

// The tree is that of RFC 6962: whoever has the leaves can compute the root without this program.
both! { async fn the_root_is_that_of_the_leaves(kit: Kit) {
    use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
    write_rows(&kit.store, 11).await;
    LogLeader::new(kit.store.clone()).drain().await.unwrap();
    let connection = kit.store.reader();
    let statement = Statement::from_string(
        connection.get_database_backend(),
        "SELECT hash FROM audit_leaves ORDER BY number",
    );
    let mut tree = Frontier::new();
    for row in connection.query_all_raw(statement).await.unwrap() {
        let hash: Vec<u8> = row.try_get("", "hash").unwrap();
        tree.append(hash.try_into().unwrap());
    }
    let checkpoint = kit.store.log_standing().await.unwrap().last_checkpoint.unwrap();
    assert_eq!(tree.size(), 11);
    assert_eq!(hex::encode(tree.root()), checkpoint.root);
} }
