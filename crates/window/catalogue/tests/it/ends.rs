//! Versions that end: until when they are in force, what is said afterwards, and that nothing older comes back.

use chrono::{Duration, NaiveDate};
use tongban_catalogue::{
    Catalogue, DraftVersion, ItemImport, ItemRef, PublishVersion, WithdrawVersion, ended, import_items, item,
    published, topic_counts, wire, withdraw_version,
};
use tongban_directory::import::{ImportOptions, ImportReport};
use tongban_search::{SearchRequest, Synonyms};
use tongban_store::{Store, Worker};
use tongban_testkit::{Kit, both};

use crate::{draft, in_force, migrations, new_draft, operator, publish, refusal, sound, source};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn until(name: &str, last_day: &str) -> tongban_catalogue::ItemContent {
    tongban_catalogue::ItemContent {
        effective_until: Some(day(last_day)),
        ..sound(name)
    }
}

async fn open(kit: &Kit) -> Catalogue {
    Catalogue::open(
        kit.store.clone(),
        &kit.folder.path().join("search"),
        Synonyms::builtin(),
    )
    .await
    .unwrap()
}

fn found(catalogue: &Catalogue) -> usize {
    catalogue.search(&SearchRequest::default()).unwrap().total
}

async fn import(store: &Store, text: &str) -> ImportReport {
    let (how, options) = (ItemImport { publish: true }, ImportOptions::silent());
    import_items(store, &operator(), &source("items.jsonl", text), how, &options)
        .await
        .unwrap()
}

// The clock of the tests stands at 20 November 2026, 10:30 in Beijing.
both! { migrations, async fn it_is_offered_to_the_end_of_its_last_day(kit: Kit) {
    let catalogue = open(&kit).await;
    let worker = wire(Worker::new(kit.store.clone()), &catalogue);
    let first = in_force(&kit.store, "XK1", sound("食品经营许可")).await;
    let next = DraftVersion { item: Some(first.item), ..new_draft("", until("食品经营许可（旧）", "2026-11-30")) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    publish(&kit.store, &operator(), PublishVersion { version: next.version, ..PublishVersion::default() }).await.unwrap();
    worker.drain().await.unwrap();
    let which = ItemRef::Id(first.item);
    assert_eq!(published(&kit.store, which, day("2026-11-30")).await.unwrap().unwrap().id, next.version);
    assert_eq!(ended(&kit.store, which, day("2026-11-30")).await.unwrap(), None);
    assert_eq!(published(&kit.store, which, day("2026-12-01")).await.unwrap(), None, "what it replaced does not come back");
    let over = ended(&kit.store, which, day("2026-12-01")).await.unwrap().unwrap();
    assert_eq!((over.version.id, over.last_day, over.withdrawn), (next.version, day("2026-11-30"), false));

    // 30 November, 23:59 in Beijing: still there.
    kit.clock.advance(Duration::days(10) + Duration::hours(13) + Duration::minutes(29));
    worker.drain().await.unwrap();
    assert_eq!((found(&catalogue), topic_counts(&kit.store, None).await.unwrap().len()), (1, 1));
    kit.clock.advance(Duration::minutes(1));
    worker.drain().await.unwrap();
    assert_eq!((found(&catalogue), topic_counts(&kit.store, None).await.unwrap().len()), (0, 0));
    assert!(catalogue.suggest("食品", 5).is_empty());
    assert_eq!(item(&kit.store, which).await.unwrap().unwrap().current, None);

    // a new version brings it back
    let again = DraftVersion { item: Some(first.item), ..new_draft("", sound("食品经营许可")) };
    let again = draft(&kit.store, &operator(), again).await.unwrap();
    publish(&kit.store, &operator(), PublishVersion { version: again.version, ..PublishVersion::default() }).await.unwrap();
    worker.drain().await.unwrap();
    assert_eq!(found(&catalogue), 1);
    assert_eq!(ended(&kit.store, which, day("2026-12-01")).await.unwrap(), None);
} }

both! { migrations, async fn it_may_not_end_before_it_begins(kit: Kit) {
    for (last_day, from) in [("2026-11-19", None), ("2026-11-30", Some(day("2026-12-01")))] {
        let drafted = draft(&kit.store, &operator(), new_draft(&format!("XK-{last_day}"), until("某许可", last_day))).await.unwrap();
        let input = PublishVersion { version: drafted.version, effective_from: from, ..PublishVersion::default() };
        assert_eq!(refusal(publish(&kit.store, &operator(), input).await), "version.ends_before");
    }
    // one day is enough
    in_force(&kit.store, "XK-today", until("某许可", "2026-11-20")).await;
} }

both! { migrations, async fn a_withdrawn_one_says_since_when(kit: Kit) {
    let only = in_force(&kit.store, "XK1", sound("某许可")).await;
    let withdraw = WithdrawVersion { version: only.version, reason: "取消".to_owned() };
    kit.store
        .write(operator().signer(), move |tx| {
            let withdraw = withdraw.clone();
            async move { withdraw_version(&tx, &operator(), withdraw).await }
        })
        .await
        .unwrap();
    let over = ended(&kit.store, ItemRef::Code("XK1"), day("2026-11-20")).await.unwrap().unwrap();
    assert_eq!((over.last_day, over.withdrawn), (day("2026-11-20"), true));
    assert_eq!(ended(&kit.store, ItemRef::Code("nothing"), day("2026-11-20")).await.unwrap(), None);
    // a draft was never in force
    draft(&kit.store, &operator(), new_draft("XK2", sound("某许可"))).await.unwrap();
    assert_eq!(ended(&kit.store, ItemRef::Code("XK2"), day("2026-11-20")).await.unwrap(), None);
} }

both! { migrations, async fn lists_bring_their_planned_ends(kit: Kit) {
    let catalogue = open(&kit).await;
    let worker = wire(Worker::new(kit.store.clone()), &catalogue);
    let row = |code: &str, end: &str| format!(r#"{{"region_code":"519901000000","item_code":"{code}","org_code":"11511301008778183N","name":"某备案","department":"县经信局","task_type":"10","plan_cancel_date":"{end}"}}"#);
    let list = [
        row("A-1", "2026-11-30"), row("A-2", "2026年11月30日"), row("A-3", "20261130 00:00:00"),
        row("A-4", "2026/11/1"), row("A-5", "长期"), row("A-6", ""),
        r#"{"code":"A-7","region_code":"519901000000","org_code":"11511301008778183N","department":"县经信局","content":{"name":"某备案","item_type":"10","effective_until":"2026-11-30"}}"#.to_owned(),
    ].join("\n");
    let report = import(&kit.store, &list).await;
    let unreadable = |row: usize| report.fates[row].findings().iter().any(|finding| finding.code == "item.last_day_unreadable");
    assert_eq!((0..7).filter(|row| unreadable(*row)).collect::<Vec<_>>(), [4]);
    worker.drain().await.unwrap();
    assert_eq!(found(&catalogue), 6, "one had ended before it came");
    for code in ["A-1", "A-2", "A-3", "A-7"] {
        let content = published(&kit.store, ItemRef::Code(code), day("2026-11-30")).await.unwrap().unwrap().content;
        assert_eq!(content.effective_until, Some(day("2026-11-30")), "{code}");
        assert!(!content.extra.contains_key("plan_cancel_date"), "{code}");
    }
    assert_eq!(ended(&kit.store, ItemRef::Code("A-4"), day("2026-11-20")).await.unwrap().unwrap().last_day, day("2026-11-01"));
    kit.clock.advance(Duration::days(11));
    worker.drain().await.unwrap();
    assert_eq!(found(&catalogue), 2);
    worker.drain().await.unwrap();
    assert_eq!(catalogue.refresh().await.unwrap(), 0, "following twice changes nothing");
} }
