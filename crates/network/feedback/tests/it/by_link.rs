//! Rating by the link or the number of a case, and being asked for it.

use chrono::TimeDelta;
use tongban_cases::progress_code_in;
use tongban_engage::{MessageKind, Settings, messages};
use tongban_feedback::{
    Error, RateByLink, RateByNumber, follow_ups, give_rating_by_link, give_rating_by_number, is_rated,
    rating_of,
};
use tongban_store::{Job, PageRequest, Signer, Store, Worker};
use tongban_testkit::both;
use uuid::Uuid;

use crate::{give, migrations, rating, refused, world::*};

async fn code_of(store: &Store, case: Uuid) -> String {
    store
        .write(Signer::system(), move |tx| async move {
            progress_code_in(&tx, case).await
        })
        .await
        .unwrap()
        .unwrap()
}

async fn rate(store: &Store, code: &str, last_four: &str, score: u8) -> Result<(), Error> {
    let input = RateByLink {
        code: code.to_owned(),
        last_four: last_four.to_owned(),
        score,
        tags: vec!["fast".to_owned()],
        words: String::new(),
        anonymous: false,
    };
    store
        .write(Signer::nobody(), move |tx| {
            let input = input.clone();
            async move { give_rating_by_link(&tx, input).await }
        })
        .await
}

both! { migrations, async fn who_holds_the_link_and_knows_the_number_rates_once(kit: Kit) {
    let world = World::open(&kit).await;
    let (store, me) = (&world.store, &world.applicant);
    let case = world.decided(me, true).await;
    let code = code_of(store, case).await;
    let last_four = citizen(101)[14..].to_owned();
    for (code, fact) in [(code.as_str(), "0000"), (code.as_str(), ""), ("not-a-code", last_four.as_str())] {
        assert_eq!(refused(rate(store, code, fact, 5).await), "rating.second_fact", "a miss and a mismatch answer alike");
    }
    assert_eq!(refused(rate(store, &code, &last_four, 6).await), "rating.score");
    assert!(!is_rated(store, case).await.unwrap());
    rate(store, &code, &last_four.to_lowercase(), 2).await.unwrap();
    assert!(is_rated(store, case).await.unwrap());
    assert_eq!(refused(rate(store, &code, &last_four, 5).await), "rating.once");
    assert_eq!(refused(give(store, me, rating(case, 5)).await), "rating.once", "also from the account");
    assert_eq!(rating_of(store, me, case).await.unwrap().unwrap().score, Some(2));
    assert_eq!(follow_ups(store, &world.approver(), PageRequest::new(1, 10)).await.unwrap().total, 1);
    let (open, submitted) = world.submitted(me).await;
    assert_eq!(refused(rate(store, &submitted.progress_code, &last_four, 5).await), "rating.too_early");
    assert!(!is_rated(store, open).await.unwrap());
} }

async fn rate_by_number(store: &Store, number: &str, last_four: &str, score: u8) -> Result<(), Error> {
    let input = RateByNumber {
        number: number.to_owned(),
        last_four: last_four.to_owned(),
        score,
        tags: vec!["clear".to_owned()],
        words: "说得很清楚".to_owned(),
        anonymous: false,
    };
    store
        .write(Signer::nobody(), move |tx| {
            let input = input.clone();
            async move { give_rating_by_number(&tx, input).await }
        })
        .await
}

both! { migrations, async fn who_knows_both_numbers_rates_once(kit: Kit) {
    let world = World::open(&kit).await;
    let (store, me) = (&world.store, &world.applicant);
    let case = world.decided(me, true).await;
    let number = world.own_view(case).await.number.unwrap();
    let last_four = citizen(101)[14..].to_owned();
    for (number, fact) in [(number.as_str(), "0000"), (number.as_str(), ""), ("519901202611209999999", last_four.as_str()), ("", last_four.as_str())] {
        assert_eq!(refused(rate_by_number(store, number, fact, 5).await), "rating.second_fact", "a miss and a mismatch answer alike");
    }
    assert_eq!(refused(rate_by_number(store, &number, &last_four, 0).await), "rating.score");
    assert!(!is_rated(store, case).await.unwrap());
    rate_by_number(store, &number, &last_four, 4).await.unwrap();
    let kept = rating_of(store, me, case).await.unwrap().unwrap();
    assert_eq!((kept.score, kept.words.as_str()), (Some(4), "说得很清楚"));
    assert_eq!(refused(rate_by_number(store, &number, &last_four, 5).await), "rating.once");
    let code = code_of(store, case).await;
    assert_eq!(refused(rate(store, &code, &last_four, 5).await), "rating.once", "also by the link");
    let (open, submitted) = world.submitted(me).await;
    assert_eq!(refused(rate_by_number(store, &submitted.number, &last_four, 5).await), "rating.too_early");
    assert!(!is_rated(store, open).await.unwrap());
} }

/// This room's worker; the job of another name runs it a second time.
fn worker(store: &Store) -> Worker {
    let settings = Settings {
        public_address: "https://tongban.example.invalid".to_owned(),
    };
    tongban_feedback::wire(Worker::new(store.clone()), &settings)
}

async fn asked(world: &World) -> usize {
    let page = messages(&world.store, &world.applicant, PageRequest::new(1, 50))
        .await
        .unwrap();
    let asking = page
        .rows
        .iter()
        .filter(|message| message.kind == MessageKind::RatingAsked);
    asking.count()
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Again {
    case: Uuid,
}

impl Job for Again {
    const KIND: &'static str = "feedback.ask_rating";
}

both! { migrations, async fn the_applicant_is_asked_once_some_days_later(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.decided(&world.applicant, false).await;
    worker(&world.store).drain().await.unwrap();
    assert_eq!(asked(&world).await, 0, "not at once");
    kit.clock.advance(TimeDelta::days(3));
    worker(&world.store).drain().await.unwrap();
    assert_eq!(asked(&world).await, 1);
    let page = messages(&world.store, &world.applicant, PageRequest::new(1, 50)).await.unwrap();
    assert_eq!(page.rows[0].link, format!("/my/cases/{case}#rating"));
    world
        .store
        .write(Signer::system(), move |tx| async move { tx.enqueue(&Again { case }, tx.now()).await })
        .await
        .unwrap();
    let runs = worker(&world.store).drain().await.unwrap();
    assert_eq!((runs, asked(&world).await), (1, 1), "it came again and told nobody");
} }

both! { migrations, async fn who_has_rated_is_not_asked(kit: Kit) {
    let world = World::open(&kit).await;
    let case = world.decided(&world.applicant, true).await;
    worker(&world.store).drain().await.unwrap();
    give(&world.store, &world.applicant, rating(case, 5)).await.unwrap();
    kit.clock.advance(TimeDelta::days(4));
    assert_eq!(worker(&world.store).drain().await.unwrap(), 1);
    assert_eq!(asked(&world).await, 0);
} }
