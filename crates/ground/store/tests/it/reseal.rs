//! New keys, everything made anew, old keys forgotten.

use tongban_crypto::KeyRing;
use tongban_store::{
    Signer, StoreError,
    keep::{
        FieldWord, KeepError, Resealed, SealedColumn, SealedKind, Step, key_use, open_samples, reseal,
        text_columns,
    },
};

use crate::kit::{Kit, both};

fn silent(_step: Step) {}

/// Two columns of a table that has nothing to do with it, taken for this test.
const COLUMNS: &[SealedColumn] = &[
    SealedColumn {
        table: "once_keys",
        id: "key",
        column: "answer",
        kind: SealedKind::Sealed(FieldWord::By {
            column: "request",
            words: &[("firm", "uscc")],
            otherwise: "citizen",
        }),
    },
    SealedColumn {
        table: "outbox",
        id: "id",
        column: "payload",
        kind: SealedKind::Members(&[("phone", "phone")]),
    },
];

#[derive(serde::Serialize, serde::Deserialize)]
struct Told {
    phone: String,
    other: String,
}

impl tongban_store::Event for Told {
    const TOPIC: &'static str = "told";
}

async fn remember(kit: &Kit, from: usize, to: usize) {
    kit.store
        .write(Signer::system(), move |tx| async move {
            for number in from..to {
                let (word, request) = if number % 2 == 0 {
                    ("uscc", "firm")
                } else {
                    ("citizen", "person")
                };
                let sealed = tx.store().seal(word, &format!("number {number}"))?;
                tx.remember(&format!("key {number:05}"), request, &sealed).await?;
            }
            let phone = tx.store().seal("phone", "10012345678")?;
            tx.emit(&Told {
                phone,
                other: "plain".to_owned(),
            })
            .await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
}

both! { async fn everything_is_made_anew_once_and_the_old_key_can_go(kit: Kit) {
    remember(&kit, 0, 450).await;
    let file = kit.store.blobs().put(b"a file of before").await.unwrap();
    let old = kit.store.keys().field_key_ids()[0].clone();
    assert_eq!(open_samples(&kit.store, COLUMNS).await.unwrap(), 1);

    // Another process rotates; this one goes on and needs no word of it.
    let folder = kit.folder.path().join("keys");
    let other = KeyRing::load(&folder).unwrap().unwrap();
    let new = other.rotate_field_key().unwrap();
    other.save(&folder).unwrap();
    remember(&kit, 450, 460).await;
    let used = key_use(&kit.store, &old, &silent).await.unwrap();
    assert_eq!((used.columns["once_keys.answer"], used.columns["outbox.payload"], used.files), (450, 1, 1));
    assert!(!used.is_free() && !used.only_in_log());

    let done = reseal(&kit.store, COLUMNS, &silent).await.unwrap();
    assert_eq!((done.columns["once_keys.answer"], done.columns["outbox.payload"], done.files, done.left), (450, 1, 1, 0));
    assert!(key_use(&kit.store, &old, &silent).await.unwrap().is_free());
    assert_eq!(reseal(&kit.store, COLUMNS, &silent).await.unwrap(), Resealed::default());
    let now = key_use(&kit.store, &new, &silent).await.unwrap();
    assert_eq!((now.columns["once_keys.answer"], now.columns["outbox.payload"], now.files), (460, 2, 1));

    kit.store.keys().retire_field_key(&old).unwrap();
    assert_eq!(kit.store.blobs().get(&file).await.unwrap().as_ref(), b"a file of before");
    for (key, word, plain) in [("key 00000", "uscc", "number 0"), ("key 00449", "citizen", "number 449")] {
        let request = if word == "uscc" { "firm" } else { "person" };
        let answer = kit
            .store
            .write(Signer::system(), move |tx| async move { tx.replay(key, request).await })
            .await
            .unwrap();
        let tongban_store::Replay::Again(sealed) = answer else { panic!("{answer:?}") };
        assert_eq!(kit.store.unseal(word, &sealed).unwrap(), plain);
    }
} }

both! { async fn a_run_that_stopped_goes_on_where_it_was(kit: Kit) {
    remember(&kit, 0, 450).await;
    let old = kit.store.keys().field_key_ids()[0].clone();
    kit.store.keys().rotate_field_key().unwrap();
    // It stops after the first act: the same as a process that is killed there.
    let stopped = std::panic::AssertUnwindSafe(reseal(&kit.store, COLUMNS, &|step| {
        assert!(step.done < 400, "killed here");
    }));
    futures::FutureExt::catch_unwind(stopped).await.unwrap_err();
    let left = key_use(&kit.store, &old, &silent).await.unwrap().columns["once_keys.answer"];
    assert_eq!(left, 50);
    let done = reseal(&kit.store, COLUMNS, &silent).await.unwrap();
    assert_eq!(done.columns["once_keys.answer"], 50);
    assert!(key_use(&kit.store, &old, &silent).await.unwrap().is_free());
} }

both! { async fn a_forgotten_column_is_found_by_its_key_and_a_wrong_one_is_named(kit: Kit) {
    remember(&kit, 0, 3).await;
    let old = kit.store.keys().field_key_ids()[0].clone();
    kit.store.keys().rotate_field_key().unwrap();
    reseal(&kit.store, &[], &silent).await.unwrap();
    let used = key_use(&kit.store, &old, &silent).await.unwrap();
    assert_eq!(used.columns["once_keys.answer"], 3);
    let wrong = [SealedColumn::sealed("once_keys", "no_such_column", "word")];
    let refused = reseal(&kit.store, &wrong, &silent).await.unwrap_err();
    assert!(matches!(&refused, KeepError::Store(StoreError::Corrupt(why)) if why.contains("once_keys.no_such_column")));
    let columns = text_columns(&kit.store).await.unwrap();
    assert!(columns.contains(&("once_keys".to_owned(), "answer".to_owned())));
} }
