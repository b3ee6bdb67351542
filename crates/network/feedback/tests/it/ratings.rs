//! Giving a rating, showing it, summing up.

use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use tongban_access::Actor;
use tongban_cases::Withdraw;
use tongban_feedback::{Error, GiveRating, ItemRating, follow_ups, item_rating, rating_of};
use tongban_store::PageRequest;
use tongban_testkit::both;
use uuid::Uuid;

use crate::{give, migrations, rating, refused, world::*};

both! { migrations, async fn once_for_each_case(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.decided(&world.applicant, true).await;
    let (store, me) = (&world.store, &world.applicant);
    assert!(rating_of(store, me, case).await.unwrap().is_none());
    let tags = ["fast", "no_such_tag", "fast"].map(str::to_owned).to_vec();
    let words = "  很快  ".to_owned();
    give(store, me, GiveRating { tags, words, ..rating(case, 5) }).await.unwrap();
    let view = rating_of(store, me, case).await.unwrap().unwrap();
    assert_eq!((view.score, view.words.as_str(), view.on_day), (Some(5), "很快", Some(day("2026-11-20"))));
    assert_eq!(view.tags, ["fast"]);
    assert_eq!(refused(give(store, me, rating(case, 1)).await), "rating.once");
    assert_eq!(rating_of(store, me, case).await.unwrap().unwrap().score, Some(5));
    let open = follow_ups(store, &world.approver(), PageRequest::new(1, 10)).await.unwrap();
    assert_eq!(open.total, 0, "a good one asks for nothing");
} }

both! { migrations, async fn twice_at_once_counts_once(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.decided(&world.applicant, true).await;
    let (first, second) = tokio::join!(
        give(&world.store, &world.applicant, rating(case, 5)),
        give(&world.store, &world.applicant, rating(case, 5)),
    );
    assert!(first.is_ok() != second.is_ok());
    assert_eq!(item_rating(&world.store, world.item.item).await.unwrap().unwrap().count, 1);
} }

both! { migrations, async fn only_what_is_decided_and_only_the_applicant(kit: Kit) {
    let world = World::open(&kit).await;
    let (store, me) = (&world.store, &world.applicant);
    let draft = world.draft(me).await;
    assert_eq!(refused(give(store, me, rating(draft, 5)).await), "rating.too_early");
    let (case, _) = world.submitted(me).await;
    assert_eq!(refused(give(store, me, rating(case, 5)).await), "rating.too_early");
    let (back, _) = world.submitted(me).await;
    world.withdraw(me, Withdraw { case: back, seen: None }).await.unwrap();
    assert_eq!(refused(give(store, me, rating(back, 5)).await), "rating.too_early", "nothing was decided");
    world.not_accept(&world.clerk(), world.not_accept_input(case, "不属于职权范围")).await.unwrap();
    for score in [0, 6] {
        assert_eq!(refused(give(store, me, rating(case, score)).await), "rating.score");
    }
    let long = GiveRating { words: "长".repeat(1_001), ..rating(case, 5) };
    assert_eq!(refused(give(store, me, long).await), "rating.too_long");
    let stranger = world.person("李四", 102).await;
    for other in [&stranger, &world.clerk(), &world.approver(), &Actor::Nobody] {
        assert!(matches!(give(store, other, rating(case, 5)).await, Err(Error::NotFound)), "{other:?}");
        assert!(rating_of(store, other, case).await.unwrap().is_none());
    }
    assert!(matches!(give(store, me, rating(Uuid::from_u128(404), 5)).await, Err(Error::NotFound)));
    give(store, me, GiveRating { words: "长".repeat(1_000), ..rating(case, 3) }).await.unwrap();
    assert!(rating_of(store, &stranger, case).await.unwrap().is_none());
} }

both! { migrations, async fn an_anonymous_one_keeps_neither_case_nor_hour(kit: Kit) {
    let world = World::open(&kit).await;
    let (store, me) = (&world.store, &world.applicant);
    let case = world.decided(me, false).await;
    let words = "窗口让我跑了三趟".to_owned();
    give(store, me, GiveRating { words, anonymous: true, ..rating(case, 1) }).await.unwrap();
    let view = rating_of(store, me, case).await.unwrap().unwrap();
    assert_eq!((view.anonymous, view.score, view.words.as_str(), view.on_day), (true, None, "", None));
    assert_eq!(refused(give(store, me, rating(case, 5)).await), "rating.once");
    let lines = follow_ups(store, &world.approver(), PageRequest::new(1, 10)).await.unwrap().rows;
    assert_eq!((lines[0].case, lines[0].anonymous, lines[0].words.as_str()), (None, true, "窗口让我跑了三趟"));
    // The ids do not tell the instant either, and the log does not tell the level.
    let row = store
        .reader()
        .query_one_raw(Statement::from_string(
            store.reader().get_database_backend(),
            "SELECT r.id AS rating, f.id AS task, r.at AS hour FROM ratings r JOIN rating_follow_ups f ON f.rating = r.id",
        ))
        .await
        .unwrap()
        .unwrap();
    let ids = ["rating", "task"].map(|column| row.try_get::<Uuid>("", column).unwrap().get_version_num());
    assert_eq!(ids, [4, 4]);
    assert_eq!(row.try_get::<Option<chrono::DateTime<chrono::Utc>>>("", "hour").unwrap(), None);
    let log = store.log_of("case", &case.to_string()).await.unwrap();
    assert!(log.iter().all(|line| line.action != "rating.give"));
    let log = store.log_of("", "").await.unwrap();
    let line = log.iter().find(|line| line.action == "rating.give").unwrap();
    assert_eq!(line.detail, serde_json::json!({ "anonymous": true }));
} }

both! { migrations, async fn an_item_shows_its_mean(kit: Kit) {
    let world = World::open(&kit).await;
    let store = &world.store;
    assert_eq!(item_rating(store, world.item.item).await.unwrap(), None);
    for (sequence, score) in [(201, 5), (202, 4), (203, 2)] {
        let person = world.person("某人", sequence).await;
        let case = world.decided(&person, true).await;
        give(store, &person, rating(case, score)).await.unwrap();
    }
    let mean = item_rating(store, world.item.item).await.unwrap();
    assert_eq!(mean, Some(ItemRating { average_tenths: 37, count: 3, bad: 1 }));
    assert_eq!(item_rating(store, Uuid::from_u128(404)).await.unwrap(), None);
} }
