//! Acts: all or nothing, together and apart.

use tongban_store::{AuditEntry, PageRequest, Replay, Signer, StoreError, Stream};

use crate::kit::both;

both! { async fn keeps_what_was_answered(kit: Kit) {
    let number = kit.store.write(Signer::system(), |tx| async move { tx.next_number("a").await }).await.unwrap();
    assert_eq!(number, 1);
    let number = kit.store.write(Signer::system(), |tx| async move { tx.next_number("a").await }).await.unwrap();
    assert_eq!(number, 2);
} }

both! { async fn numbers_two_sequences_at_once(kit: Kit) {
    let first = kit.store.write(Signer::system(), |tx| async move { tx.next_number("b").await }).await.unwrap();
    assert_eq!(first, 1);
    for turn in 1..=3 {
        let numbers = kit.store.write(Signer::system(), |tx| async move { tx.next_numbers(["a", "b"]).await }).await.unwrap();
        assert_eq!(numbers, [turn, turn + 1], "in the order of their names");
    }
} }

both! { async fn forgets_what_was_refused(kit: Kit) {
    let refused: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            tx.next_number("a").await?;
            Err(StoreError::Conflict("row"))
        })
        .await;
    assert!(matches!(refused, Err(StoreError::Conflict("row"))));
    let number = kit.store.write(Signer::system(), |tx| async move { tx.next_number("a").await }).await.unwrap();
    assert_eq!(number, 1);
} }

both! { async fn survives_a_panic(kit: Kit) {
    let stopped: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            tx.next_number("a").await?;
            panic!("a bug")
        })
        .await;
    assert!(matches!(stopped, Err(StoreError::Panicked)));
    let number = kit.store.write(Signer::system(), |tx| async move { tx.next_number("a").await }).await.unwrap();
    assert_eq!(number, 1);
} }

both! { async fn refuses_a_write_inside_a_write(kit: Kit) {
    let inner = kit.store.clone();
    let outcome: Result<i64, StoreError> = kit
        .store
        .write(Signer::system(), move |_tx| {
            let inner = inner.clone();
            async move { inner.write(Signer::system(), |tx| async move { tx.next_number("a").await }).await }
        })
        .await;
    assert!(matches!(outcome, Err(StoreError::Nested)));
} }

both! { async fn two_hundred_at_once_number_without_gap(kit: Kit) {
    let acts = (0..200).map(|turn| {
        let store = kit.store.clone();
        tokio::spawn(async move {
            store
                .write(Signer::system(), move |tx| async move {
                    let number = tx.next_number("serial").await?;
                    // Every tenth act is refused after it took its number: the number must come back.
                    if turn % 10 == 0 { Err(StoreError::Conflict("row")) } else { Ok(number) }
                })
                .await
        })
    });
    let mut numbers = Vec::new();
    for act in acts {
        if let Ok(number) = act.await.unwrap() {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=180).collect::<Vec<i64>>());
} }

both! { async fn honours_a_key_once(kit: Kit) {
    let once = || kit.store.write(Signer::system(), |tx| async move { tx.once("key").await });
    assert!(once().await.unwrap());
    assert!(!once().await.unwrap());
    let look = |request: &'static str| {
        kit.store.write(Signer::system(), move |tx| async move { tx.replay("post", request).await })
    };
    assert_eq!(look("a").await.unwrap(), Replay::First);
    kit.store
        .write(Signer::system(), |tx| async move { tx.remember("post", "a", "made 7").await })
        .await
        .unwrap();
    assert_eq!(look("a").await.unwrap(), Replay::Again("made 7".to_owned()));
    assert_eq!(look("b").await.unwrap(), Replay::Mismatch);
} }

both! { async fn ids_grow(kit: Kit) {
    let ids = kit
        .store
        .write(Signer::system(), |tx| async move {
            Ok::<_, StoreError>((0..1_000).map(|_| tx.new_id()).collect::<Vec<_>>())
        })
        .await
        .unwrap();
    assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
} }

both! { async fn seals_and_files_come_back(kit: Kit) {
    let sealed = kit.store.seal("phone", "13800000000").unwrap();
    assert!(!sealed.contains("13800000000"));
    assert_eq!(kit.store.unseal("phone", &sealed).unwrap(), "13800000000");
    kit.store.unseal("citizen", &sealed).unwrap_err();
    let first = kit.store.blobs().put(b"a file").await.unwrap();
    let again = kit.store.blobs().put(b"a file").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(kit.store.blobs().get(&first).await.unwrap().as_ref(), b"a file");
    assert_eq!(kit.store.blobs().remove(&first).await.unwrap().as_deref(), Some(&b"a file"[..]));
    assert!(kit.store.blobs().get(&first).await.is_err(), "it is gone");
    assert_eq!(kit.store.blobs().remove(&first).await.unwrap(), None);
} }

both! { async fn audit_rows_stand_or_fall_with_the_act(kit: Kit) {
    let refused: Result<(), StoreError> = kit
        .store
        .write(Signer::system(), |tx| async move {
            tx.audit(AuditEntry::new("test.act").on("thing", 1).about("blind")).await?;
            Err(StoreError::Conflict("row"))
        })
        .await;
    refused.unwrap_err();
    assert!(kit.store.log_of("thing", "1").await.unwrap().is_empty());
    kit.store
        .write(Signer::system(), |tx| async move {
            tx.audit(AuditEntry::new("test.act").on("thing", 1).about("blind").with("why", "because")).await
        })
        .await
        .unwrap();
    let lines = kit.store.log_of("thing", "1").await.unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].detail["why"], "because");
    let about = kit.store.log_about(Stream::Audit, &["blind".to_owned()], PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(about.total, 1);
} }

/// That an acknowledged act has reached the disk rests on this setting of the writing connection.
#[tokio::test]
async fn the_writing_connection_flushes_every_commit() {
    use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
    let kit = crate::kit::open(false).await;
    let connection = kit.store.writing_connection().unwrap();
    let read = async |pragma: &str| {
        let statement = Statement::from_string(connection.get_database_backend(), format!("PRAGMA {pragma}"));
        connection.query_one_raw(statement).await.unwrap().unwrap()
    };
    assert_eq!(
        read("synchronous").await.try_get_by_index::<i32>(0).unwrap(),
        2,
        "2 is FULL"
    );
    assert_eq!(
        read("journal_mode").await.try_get_by_index::<String>(0).unwrap(),
        "wal"
    );
    assert_eq!(read("foreign_keys").await.try_get_by_index::<i32>(0).unwrap(), 1);
}

/// Closing waits for queued acts, and the file holds them when it is opened again.
#[tokio::test]
async fn reopened_database_holds_everything() {
    let kit = crate::kit::open(false).await;
    kit.store
        .write(Signer::system(), |tx| async move { tx.next_number("a").await })
        .await
        .unwrap();
    kit.store.close().await.unwrap();
    let config = tongban_store::StoreConfig::in_folder(kit.folder.path());
    let keys = tongban_crypto::KeyRing::load_or_create(&kit.folder.path().join("keys")).unwrap();
    let again = tongban_store::Store::open(&config, keys, kit.clock.clone())
        .await
        .unwrap();
    let number = again
        .write(Signer::system(), |tx| async move { tx.next_number("a").await })
        .await
        .unwrap();
    assert_eq!(number, 2);
}
