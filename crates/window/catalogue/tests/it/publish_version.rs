use std::sync::{Arc, Mutex};

use chrono::{Duration, NaiveDate};
use tongban_catalogue::{
    Catalogue, CatalogueChanged, DraftVersion, Error, ItemRef, PublishVersion, SearchRequest, Synonyms,
    applicable, findings_of, published, wire,
};
use tongban_store::{Message, Worker};
use tongban_testkit::both;

use crate::{draft, in_force, migrations, new_draft, operator, operator_of, others, publish, refusal, sound};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

both! { migrations, async fn puts_a_draft_in_force_and_tells(kit: Kit) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let worker = Worker::new(kit.store.clone()).subscribe("test", move |_store, message: Message<CatalogueChanged>| {
        ear.lock().unwrap().extend(message.body.items);
        async { Ok(()) }
    });
    let done = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    assert_eq!((done.effective_from, done.debts.len()), (day("2026-11-20"), 0));
    worker.drain().await.unwrap();
    assert_eq!(*heard.lock().unwrap(), [done.item]);
    let found = published(&kit.store, ItemRef::Code("XK00101001"), day("2026-11-20")).await.unwrap().unwrap();
    assert_eq!(found.id, done.version);
    assert!(applicable(&found));
    assert_eq!(published(&kit.store, ItemRef::Id(done.item), day("2026-11-19")).await.unwrap(), None);
    assert_eq!(kit.store.log_of("item", &done.item.to_string()).await.unwrap().len(), 2);
} }

both! { migrations, async fn a_planned_version_comes_into_force_on_its_day(kit: Kit) {
    let folder = kit.folder.path().join("search");
    let catalogue = Catalogue::open(kit.store.clone(), &folder, Synonyms::builtin()).await.unwrap();
    let worker = wire(Worker::new(kit.store.clone()), &catalogue);
    let first = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let next = DraftVersion { item: Some(first.item), ..new_draft("", sound("餐饮服务许可")) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    let input = PublishVersion { version: next.version, effective_from: Some(day("2026-12-01")), ..PublishVersion::default() };
    publish(&kit.store, &operator(), input).await.unwrap();
    worker.drain().await.unwrap();
    let name = |on: &str| {
        let (store, on, item) = (kit.store.clone(), day(on), first.item);
        async move { published(&store, ItemRef::Id(item), on).await.unwrap().unwrap().content.name.clone() }
    };
    assert_eq!(name("2026-11-30").await, "食品经营许可");
    assert_eq!(name("2026-12-01").await, "餐饮服务许可");
    let found = |query: &str| {
        let request = SearchRequest { query: query.to_owned(), ..SearchRequest::default() };
        catalogue.search(&request).unwrap().hits.first().map(|hit| hit.name.clone())
    };
    assert_eq!(found("食品经营许可").as_deref(), Some("食品经营许可"));
    // 30 November, 23:59 in Beijing: not yet.
    kit.clock.advance(Duration::days(10) + Duration::hours(13) + Duration::minutes(29));
    worker.drain().await.unwrap();
    assert_eq!(found("食品经营许可").as_deref(), Some("食品经营许可"));
    kit.clock.advance(Duration::minutes(1));
    worker.drain().await.unwrap();
    assert_eq!(found("餐饮服务许可").as_deref(), Some("餐饮服务许可"));
    // The job and the event may come twice.
    catalogue.refresh().await.unwrap();
    assert_eq!(catalogue.len(), 1);
} }

both! { migrations, async fn findings_block_and_name_the_field(kit: Kit) {
    let mut content = sound("食品经营许可");
    content.consult_phone = None;
    content.steps.clear();
    let drafted = draft(&kit.store, &operator(), new_draft("XK00101001", content)).await.unwrap();
    let input = PublishVersion { version: drafted.version, ..PublishVersion::default() };
    match publish(&kit.store, &operator(), input.clone()).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.code, "item.lint");
            let args: Vec<(&str, &str)> = refusal.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(args, [("count", "2"), ("field", "consult_phone"), ("finding", "lint.missing")]);
        }
        other => panic!("{other:?}"),
    }
    // Kept as debts where that is wanted; the next version has its own.
    let done = publish(&kit.store, &operator(), PublishVersion { allow_debts: true, ..input }).await.unwrap();
    assert_eq!(done.debts.len(), 2);
    assert_eq!(findings_of(&kit.store, done.item).await.unwrap(), done.debts);
    let next = DraftVersion { item: Some(done.item), ..new_draft("", sound("食品经营许可")) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    publish(&kit.store, &operator(), PublishVersion { version: next.version, ..PublishVersion::default() }).await.unwrap();
    assert!(findings_of(&kit.store, done.item).await.unwrap().is_empty());
} }

both! { migrations, async fn refuses_by_rule(kit: Kit) {
    let done = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let again = PublishVersion { version: done.version, ..PublishVersion::default() };
    assert_eq!(refusal(publish(&kit.store, &operator(), again).await), "version.not_draft");
    let next = DraftVersion { item: Some(done.item), ..new_draft("", sound("食品经营许可")) };
    let next = draft(&kit.store, &operator(), next).await.unwrap();
    let stale = PublishVersion { version: next.version, expected: Some(7), ..PublishVersion::default() };
    assert!(matches!(publish(&kit.store, &operator(), stale).await, Err(Error::Conflict)));
    let nothing = PublishVersion::default();
    assert!(matches!(publish(&kit.store, &operator(), nothing).await, Err(Error::NotFound)));
} }

both! { migrations, async fn refuses_by_permission(kit: Kit) {
    let drafted = draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    for actor in others().into_iter().chain([operator_of("5198")]) {
        let refused = publish(&kit.store, &actor, PublishVersion { version: drafted.version, ..PublishVersion::default() }).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{actor:?}");
    }
} }

both! { migrations, async fn rejects_a_day_that_has_passed(kit: Kit) {
    let drafted = draft(&kit.store, &operator(), new_draft("XK00101001", sound("食品经营许可"))).await.unwrap();
    let input = PublishVersion { version: drafted.version, effective_from: Some(day("2026-11-19")), ..PublishVersion::default() };
    assert_eq!(refusal(publish(&kit.store, &operator(), input).await), "version.effective_past");
} }
