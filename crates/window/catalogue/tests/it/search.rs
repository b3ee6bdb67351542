//! The index follows the database: after an event, after a restart, on its day, and when it was lost.

use std::path::PathBuf;

use chrono::{Duration, NaiveDate};
use tongban_catalogue::{
    Catalogue, DraftVersion, PublishVersion, PublishedVersion, WithdrawVersion, wire, withdraw_version,
};
use tongban_search::{SearchRequest, Synonyms};
use tongban_store::{Store, Worker};
use tongban_testkit::{Kit, both};

use crate::{draft, in_force, migrations, new_draft, operator, publish, sound};

fn folder(kit: &Kit) -> PathBuf {
    kit.folder.path().join("search")
}

async fn open(kit: &Kit) -> Catalogue {
    Catalogue::open(kit.store.clone(), &folder(kit), Synonyms::builtin())
        .await
        .unwrap()
}

fn found(catalogue: &Catalogue, query: &str) -> Vec<String> {
    let request = SearchRequest {
        query: query.to_owned(),
        ..SearchRequest::default()
    };
    catalogue
        .search(&request)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.name)
        .collect()
}

async fn next_version(
    store: &Store,
    first: &PublishedVersion,
    name: &str,
    from: Option<NaiveDate>,
) -> PublishedVersion {
    let input = DraftVersion {
        item: Some(first.item),
        ..new_draft("", sound(name))
    };
    let drafted = draft(store, &operator(), input).await.unwrap();
    let input = PublishVersion {
        version: drafted.version,
        effective_from: from,
        ..PublishVersion::default()
    };
    publish(store, &operator(), input).await.unwrap()
}

async fn withdraw(store: &Store, published: &PublishedVersion) {
    let (by, input) = (
        operator(),
        WithdrawVersion {
            version: published.version,
            reason: "取消".to_owned(),
        },
    );
    store
        .write(operator().signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { withdraw_version(&tx, &by, input).await }
        })
        .await
        .unwrap();
}

both! { migrations, async fn follows_events_and_forgets_what_was_withdrawn(kit: Kit) {
    let catalogue = open(&kit).await;
    assert!(catalogue.is_empty());
    let worker = wire(Worker::new(kit.store.clone()), &catalogue);
    let first = in_force(&kit.store, "A1", sound("食品经营许可")).await;
    assert!(found(&catalogue, "开饭馆").is_empty(), "not before the event");
    worker.drain().await.unwrap();
    assert_eq!(found(&catalogue, "开饭馆"), ["食品经营许可"]);
    let second = next_version(&kit.store, &first, "餐饮服务许可", None).await;
    worker.drain().await.unwrap();
    assert_eq!(found(&catalogue, "餐饮服务"), ["餐饮服务许可"]);
    assert_eq!(catalogue.len(), 1, "a new version takes the place of the old one");
    withdraw(&kit.store, &second).await;
    withdraw(&kit.store, &first).await;
    worker.drain().await.unwrap();
    assert!(catalogue.is_empty());
    assert_eq!(catalogue.refresh().await.unwrap(), 0, "following twice changes nothing");
} }

both! { migrations, async fn a_planned_version_is_found_from_its_day(kit: Kit) {
    let catalogue = open(&kit).await;
    let worker = wire(Worker::new(kit.store.clone()), &catalogue);
    let first = in_force(&kit.store, "A1", sound("食品经营许可")).await;
    next_version(&kit.store, &first, "户外广告登记", Some("2026-11-23".parse().unwrap())).await;
    worker.drain().await.unwrap();
    assert!(found(&catalogue, "户外广告登记").is_empty());
    kit.clock.advance(Duration::days(3));
    worker.drain().await.unwrap();
    assert_eq!(found(&catalogue, "户外广告登记"), ["户外广告登记"]);
} }

both! { migrations, async fn catches_up_after_a_restart_and_after_a_loss(kit: Kit) {
    in_force(&kit.store, "A1", sound("食品经营许可")).await;
    drop(open(&kit).await);
    in_force(&kit.store, "A2", sound("户外广告登记")).await;
    let again = open(&kit).await;
    assert_eq!((again.len(), found(&again, "广告牌")), (2, vec!["户外广告登记".to_owned()]));
    drop(again);
    std::fs::remove_dir_all(folder(&kit).join("index")).unwrap();
    assert_eq!(open(&kit).await.len(), 2, "a lost index is built anew");
    std::fs::write(folder(&kit).join("followed.json"), "?").unwrap();
    assert_eq!(open(&kit).await.len(), 2, "so is one that lost its mark");
} }
