use std::sync::{Arc, Mutex};

use chrono::{Duration, NaiveDate};
use tongban_access::{Actor, PartyKind};
use tongban_catalogue::{
    Catalogue, CatalogueChanged, DebtFilter, DraftVersion, Error, ItemRef, Material, PublishVersion,
    Replacement, VersionDue, applicable, debt_counts, findings_of, item, item_history, lint, published,
    quality_days, registered, wire,
};
use tongban_exchange::{Field, Resource, ShareClass, register_resource};
use tongban_search::{SearchRequest, Synonyms};
use tongban_store::{Message, Signer, Worker};
use tongban_testkit::both;

use crate::{
    BUREAU, draft, in_force, migrations, new_draft, operator, operator_of, others, publish, refusal, sound,
};

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

both! { migrations, async fn the_job_of_a_planned_version_may_come_twice(kit: Kit) {
    let heard = Arc::new(Mutex::new(0));
    let ear = Arc::clone(&heard);
    let folder = kit.folder.path().join("search");
    let catalogue = Catalogue::open(kit.store.clone(), &folder, Synonyms::builtin()).await.unwrap();
    let worker = wire(Worker::new(kit.store.clone()), &catalogue).subscribe("test", move |_store, _: Message<CatalogueChanged>| {
        *ear.lock().unwrap() += 1;
        async { Ok(()) }
    });
    let first = in_force(&kit.store, "XK00101001", sound("食品经营许可")).await;
    let mut lacking = sound("餐饮服务许可");
    lacking.consult_phone = None;
    let next = draft(&kit.store, &operator(), DraftVersion { item: Some(first.item), ..new_draft("", lacking) }).await.unwrap();
    let input = PublishVersion { version: next.version, effective_from: Some(day("2026-12-01")), allow_debts: true, ..PublishVersion::default() };
    publish(&kit.store, &operator(), input).await.unwrap();
    worker.drain().await.unwrap();
    kit.clock.advance(Duration::days(11));
    worker.drain().await.unwrap();
    let standing = async || {
        let line = item(&kit.store, ItemRef::Id(first.item)).await.unwrap().unwrap();
        let findings = findings_of(&kit.store, first.item).await.unwrap();
        let versions = item_history(&kit.store, first.item).await.unwrap();
        let days = quality_days(&kit.store, None, day("2026-11-01")).await.unwrap();
        let log = kit.store.log_of("item", &first.item.to_string()).await.unwrap().len();
        (line, findings, versions, days, log)
    };
    let once = standing().await;
    assert_eq!((once.0.current, once.0.name.as_str(), once.1.len()), (Some(next.version), "餐饮服务许可", 1));
    let told = *heard.lock().unwrap();
    for _again in 0..2 {
        let due = VersionDue { item: first.item };
        kit.store
            .write(Signer::system(), move |tx| {
                let due = due.clone();
                async move { tx.enqueue(&due, tx.now()).await }
            })
            .await
            .unwrap();
        worker.drain().await.unwrap();
        assert_eq!(standing().await, once);
        let request = SearchRequest { query: "餐饮服务许可".to_owned(), ..SearchRequest::default() };
        assert_eq!((catalogue.len(), catalogue.search(&request).unwrap().hits.len()), (1, 1));
    }
    assert_eq!(*heard.lock().unwrap(), told + 2, "the job ran each time");
    // One about an item that is not there does nothing.
    let due = VersionDue { item: uuid::Uuid::from_u128(404) };
    kit.store
        .write(Signer::system(), move |tx| {
            let due = due.clone();
            async move { tx.enqueue(&due, tx.now()).await }
        })
        .await
        .unwrap();
    worker.drain().await.unwrap();
    assert_eq!(*heard.lock().unwrap(), told + 2);
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

both! { migrations, async fn what_is_not_registered_blocks_until_it_is(kit: Kit) {
    let code = "11100000000013338W001";
    let mut content = sound("食品经营许可");
    content.materials = vec![
        Material {
            replaced_by: Some(Replacement::Resource { resource: "population.basic".to_owned(), fields: Vec::new() }),
            ..Material::new("M1", "身份证明")
        },
        Material {
            replaced_by: Some(Replacement::Licence { licence_type: code.to_owned() }),
            ..Material::new("M2", "原证")
        },
    ];
    let drafted = draft(&kit.store, &operator(), new_draft("XK00101001", content.clone())).await.unwrap();
    let input = PublishVersion { version: drafted.version, ..PublishVersion::default() };
    match publish(&kit.store, &operator(), input.clone()).await {
        Err(Error::Refused(refusal)) => {
            let args: Vec<&str> = refusal.args.values().map(String::as_str).collect();
            assert_eq!((refusal.code, args), ("item.lint", vec!["2", "materials[0].replaced_by", "lint.resource_unknown"]));
        }
        other => panic!("{other:?}"),
    }
    // the page of the editor sees the same
    let seen = lint(&content, &registered(&kit.store, &content).await.unwrap());
    let seen: Vec<&str> = seen.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(seen, ["lint.resource_unknown", "lint.licence_type_unknown"]);
    kit.store
        .write(Signer::system(), |tx| async move {
            let resource = Resource {
                code: "population.basic".to_owned(),
                name: "人口基本信息".to_owned(),
                organisation: BUREAU,
                organisation_name: "示范市公安局".to_owned(),
                share_class: ShareClass::Conditional,
                url: "http://127.0.0.1:9/population".to_owned(),
                fields: vec![Field { name: "name".to_owned(), title: "姓名".to_owned() }],
                subject: PartyKind::Person,
            };
            register_resource(&tx, &Actor::System, resource, "sixteen-letters!").await
        })
        .await
        .unwrap();
    let seen = lint(&content, &registered(&kit.store, &content).await.unwrap());
    assert_eq!(seen.len(), 1, "{seen:?}");
    // kept as a debt where that is wanted, and found on the board
    let done = publish(&kit.store, &operator(), PublishVersion { allow_debts: true, ..input }).await.unwrap();
    let counts = debt_counts(&kit.store, &DebtFilter::default()).await.unwrap();
    assert_eq!(counts.iter().map(|count| (count.value.as_str(), count.items)).collect::<Vec<_>>(), [("lint.licence_type_unknown", 1)]);
    assert_eq!(done.debts[0].args["licence_type"], code);
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
