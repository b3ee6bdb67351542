//! Drafts that are thrown away, and drafts that nobody touches any more.

use chrono::TimeDelta;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use tongban_access::Actor;
use tongban_cases::{DiscardDraft, Error, StartDraft, events::DraftExpiring, resting_draft_in};
use tongban_directory::{
    REGIONS,
    import::{ReceiveUpload, UPLOAD_KEPT_DAYS, look_over, receive_upload},
};
use tongban_store::{BlobId, Job, Message, Signer, Store, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::world::*;

const NOBODY: [Uuid; 0] = [];

/// Drains the jobs of this room; answers the drafts that were told about.
async fn drain(store: &Store) -> Vec<Uuid> {
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&told);
    tongban_cases::wire(Worker::new(store.clone()))
        .subscribe("test", move |_store, message: Message<DraftExpiring>| {
            heard.lock().unwrap().push(message.body.case);
            async { Ok(()) }
        })
        .drain()
        .await
        .unwrap();
    std::mem::take(&mut told.lock().unwrap())
}

/// The name of the file that `World::filled` hands in; equal files have one name.
async fn lease(world: &World) -> BlobId {
    world.attach_input(Uuid::nil(), "lease").await.blob
}

/// Rows of drafts with their materials and facts.
async fn rows(store: &Store) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["cases", "case_materials", "case_facts"] {
        let query = Statement::from_string(
            store.reader().get_database_backend(),
            format!("SELECT COUNT(*) AS rows_there FROM {table}"),
        );
        let row = store.reader().query_one_raw(query).await.unwrap().unwrap();
        counts.push(row.try_get("", "rows_there").unwrap());
    }
    counts
}

async fn is_there(store: &Store, file: &BlobId) -> bool {
    store.blobs().get(file).await.is_ok()
}

async fn actions(store: &Store, case: Uuid) -> Vec<String> {
    let lines = store.log_of("case", &case.to_string()).await.unwrap();
    lines.into_iter().map(|line| line.action).collect()
}

both! { migrations, async fn a_draft_is_erased_with_everything_in_it(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let file = lease(&world).await;
    let seen = world.own_view(case).await.version;
    assert_eq!(rows(&world.store).await, [1, 2, 1]);

    world.discard_draft(&world.applicant, DiscardDraft { case, seen: Some(seen) }).await.unwrap();
    assert!(world.view(&world.applicant, case).await.is_none());
    assert_eq!(rows(&world.store).await, [0, 0, 0]);
    let log = store_lines(&world.store, case).await;
    assert_eq!(log.last().map(|(action, detail)| (action.as_str(), detail.clone())), Some(("case.discard", serde_json::Value::Null)));

    // The file goes an hour later, when an upload of the same that was under way has ended.
    drain(&world.store).await;
    assert!(is_there(&world.store, &file).await);
    kit.clock.advance(TimeDelta::hours(1));
    drain(&world.store).await;
    assert!(!is_there(&world.store, &file).await);
    let fresh = world.draft(&world.applicant).await;
    assert_ne!(fresh, case, "the next one begins anew");
} }

async fn store_lines(store: &Store, case: Uuid) -> Vec<(String, serde_json::Value)> {
    let lines = store.log_of("case", &case.to_string()).await.unwrap();
    let empty = |detail: serde_json::Value| match detail {
        serde_json::Value::Object(fields) if fields.is_empty() => serde_json::Value::Null,
        other => other,
    };
    lines
        .into_iter()
        .map(|line| (line.action, empty(line.detail)))
        .collect()
}

both! { migrations, async fn a_file_that_another_case_holds_stays(kit: Kit) {
    let world = World::open(&kit).await;
    let other = world.person("李四", 102).await;
    let kept = world.filled(&other).await;
    let case = world.filled(&world.applicant).await;
    let file = lease(&world).await;
    world.discard_draft(&world.applicant, DiscardDraft { case, seen: None }).await.unwrap();
    kit.clock.advance(TimeDelta::hours(2));
    drain(&world.store).await;
    assert!(is_there(&world.store, &file).await);
    world.discard_draft(&other, DiscardDraft { case: kept, seen: None }).await.unwrap();
    kit.clock.advance(TimeDelta::hours(2));
    drain(&world.store).await;
    assert!(!is_there(&world.store, &file).await, "the last one takes it along");
} }

both! { migrations, async fn a_file_that_is_taken_off_goes_too(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let file = lease(&world).await;
    let material = world.own_view(case).await.materials.iter().find(|there| there.has_file).unwrap().id;
    world.detach(&world.applicant, case, material).await.unwrap();
    kit.clock.advance(TimeDelta::hours(2));
    drain(&world.store).await;
    assert!(!is_there(&world.store, &file).await);
} }

both! { migrations, async fn only_a_draft_and_only_by_who_fills_it(kit: Kit) {
    let world = World::open(&kit).await;
    let (me, clerk) = (world.applicant.clone(), world.clerk());
    let case = world.filled(&me).await;
    let stranger = world.person("李四", 102).await;
    for other in [&stranger, &clerk, &world.approver(), &Actor::Nobody] {
        let answer = world.discard_draft(other, DiscardDraft { case, seen: None }).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{other:?}: {answer:?}");
    }
    let stale = world.discard_draft(&me, DiscardDraft { case, seen: Some(1) }).await;
    assert!(matches!(stale, Err(Error::Conflict)), "{stale:?}");
    let unknown = world.discard_draft(&me, DiscardDraft { case: Uuid::from_u128(404), seen: None }).await;
    assert!(matches!(unknown, Err(Error::NotFound)));
    world.submit(&me, world.submit_input(case)).await.unwrap();
    assert_eq!(refusal(world.discard_draft(&me, DiscardDraft { case, seen: None }).await), "case.wrong_state");
    assert_eq!(world.own_view(case).await.materials.len(), 2, "nothing was taken from it");

    let input = StartDraft { present: true, ..world.start_input(&stranger).await };
    let at_window = world.start_draft(&clerk, input).await.unwrap().case;
    let answer = world.discard_draft(&stranger, DiscardDraft { case: at_window, seen: None }).await;
    assert!(matches!(answer, Err(Error::NotFound)), "the clerk fills it");
    world.discard_draft(&clerk, DiscardDraft { case: at_window, seen: None }).await.unwrap();
    assert!(world.view(&clerk, at_window).await.is_none());
} }

both! { migrations, async fn a_draft_that_nobody_touches_is_told_about_and_then_erased(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let (filed, _) = world.submitted(&world.person("李四", 102).await).await;
    let days = |count: i64| kit.clock.advance(TimeDelta::days(count));
    assert_eq!(drain(&world.store).await, NOBODY);
    days(24);
    assert_eq!(drain(&world.store).await, NOBODY);
    days(1);
    assert_eq!(drain(&world.store).await, [case]);
    // The sweep of the same day comes once more: nobody is told twice.
    again(&world.store).await;
    assert_eq!(drain(&world.store).await, NOBODY);
    let told = world
        .store
        .write(Signer::system(), move |tx| async move { resting_draft_in(&tx, case).await })
        .await
        .unwrap()
        .unwrap();
    assert_eq!((told.until, told.own), (day("2026-12-20"), true));
    days(4);
    assert_eq!(drain(&world.store).await, NOBODY);
    assert!(world.view(&world.applicant, case).await.is_some());
    days(1);
    drain(&world.store).await;
    again(&world.store).await;
    drain(&world.store).await;
    assert!(world.view(&world.applicant, case).await.is_none());
    let erased: Vec<_> = actions(&world.store, case).await.into_iter().filter(|action| action == "case.erase_draft").collect();
    assert_eq!(erased.len(), 1);
    days(60);
    drain(&world.store).await;
    assert!(!actions(&world.store, filed).await.contains(&"case.erase_draft".to_owned()), "what was filed stays");
} }

/// Plans the sweep a second time.
async fn again(store: &Store) {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Again {}
    impl Job for Again {
        const KIND: &'static str = "cases.sweep_drafts";
    }
    store
        .write(Signer::system(), |tx| async move {
            tx.enqueue(&Again {}, tx.now()).await?;
            Ok::<_, tongban_store::StoreError>(())
        })
        .await
        .unwrap();
}

both! { migrations, async fn touching_a_draft_begins_its_rest_anew(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.filled(&world.applicant).await;
    let days = |count: i64| kit.clock.advance(TimeDelta::days(count));
    days(25);
    assert_eq!(drain(&world.store).await, [case]);
    world.save_draft(&world.applicant, world.save_input(case, serde_json::json!({ "area": 90 }))).await.unwrap();
    days(6);
    assert_eq!(drain(&world.store).await, NOBODY);
    assert!(world.view(&world.applicant, case).await.is_some());
    days(19);
    assert_eq!(drain(&world.store).await, [case], "told about its own rest");
    days(5);
    drain(&world.store).await;
    assert!(world.view(&world.applicant, case).await.is_none());
} }

/// An uploaded list that nobody imports, with this content.
async fn upload(world: &World, content: &[u8]) {
    let by = staff_of(tongban_access::Role::Operator, Uuid::from_u128(1), "519900000000");
    let text = content.to_vec();
    let looked = look_over(REGIONS, "区划.csv".to_owned(), None, text.clone())
        .await
        .unwrap();
    let input = ReceiveUpload {
        list: REGIONS,
        file: "区划.csv".to_owned(),
        sheet: None,
        blob: world.store.blobs().put(&text).await.unwrap(),
        looked,
        publish: false,
    };
    world
        .store
        .write(by.signer(), move |tx| {
            let (by, input) = (by.clone(), input.clone());
            async move { receive_upload(&tx, &by, input).await }
        })
        .await
        .unwrap();
}

both! { migrations, async fn the_file_of_a_list_that_nobody_imports_goes_where_nobody_else_holds_it(kit: Kit) {
    let world = World::open(&kit).await;
    let drain = async || {
        tongban_cases::wire(tongban_directory::wire(Worker::new(world.store.clone()))).drain().await.unwrap();
    };
    let (free, held) = (b"code,name\n519900000000,A\n", b"code,name\n519900000000,B\n");
    upload(&world, free).await;
    upload(&world, held).await;
    drain().await;
    let (free, held) = (world.store.blobs().put(free).await.unwrap(), world.store.blobs().put(held).await.unwrap());
    kit.clock.advance(TimeDelta::days(UPLOAD_KEPT_DAYS + 1));
    drain().await;
    // Somebody hands in a file that is the same, byte for byte.
    let case = world.draft(&world.applicant).await;
    let input = world.attach_input(case, "lease").await;
    world.attach(&world.applicant, tongban_cases::Attach { blob: held.clone(), ..input }).await.unwrap();
    assert!(is_there(&world.store, &free).await, "an upload of the same that is under way still finds it");
    kit.clock.advance(TimeDelta::hours(1));
    drain().await;
    assert_eq!((is_there(&world.store, &free).await, is_there(&world.store, &held).await), (false, true));

    // The other way about: a list that waits keeps a file that a draft lets go of.
    let again = b"code,name\n519900000000,C\n";
    upload(&world, again).await;
    let again = world.store.blobs().put(again).await.unwrap();
    let input = world.attach_input(case, "plan").await;
    world.attach(&world.applicant, tongban_cases::Attach { blob: again.clone(), ..input }).await.unwrap();
    let seen = world.own_view(case).await.version;
    world.discard_draft(&world.applicant, DiscardDraft { case, seen: Some(seen) }).await.unwrap();
    kit.clock.advance(TimeDelta::hours(1));
    drain().await;
    assert_eq!((is_there(&world.store, &again).await, is_there(&world.store, &held).await), (true, false));
} }
