//! Progress without signing in: by the secret link, or by the number and a second fact.

use tongban_cases::{State, progress_by_code, progress_by_number};
use tongban_testkit::both;

use crate::world::*;

both! { migrations, async fn by_link_or_by_number_and_last_four(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "王小明的合同缺页")).await.unwrap();
    let (store, calendar) = (&world.store, &world.calendar);
    let last_four = citizen(101)[14..].to_owned();
    let by_code = progress_by_code(store, calendar, &submitted.progress_code).await.unwrap().unwrap();
    let by_number = progress_by_number(store, calendar, &submitted.number, &last_four.to_lowercase()).await.unwrap().unwrap();
    for progress in [by_code, by_number] {
        assert_eq!((progress.number.as_str(), progress.state), (submitted.number.as_str(), State::Supplement));
        assert!(progress.clock.is_none(), "the office does not wait");
        assert!(progress.history.iter().all(|line| line.note.is_none() && line.document.is_none()));
        let shown = serde_json::to_string(&progress).unwrap();
        for private in ["王小明", &last_four, ADDRESS, "阳光小馆"] {
            assert!(!shown.contains(private), "{private}: {shown}");
        }
    }
    // A miss and a mismatch are the same answer.
    let mismatch = progress_by_number(store, calendar, &submitted.number, "0000").await.unwrap();
    let miss = progress_by_number(store, calendar, "519901202611209999990", &last_four).await.unwrap();
    assert!(mismatch.is_none() && miss.is_none());
    assert!(progress_by_number(store, calendar, &submitted.number, "").await.unwrap().is_none());
    assert!(progress_by_number(store, calendar, "", &last_four).await.unwrap().is_none());
    assert!(progress_by_code(store, calendar, "not-a-code").await.unwrap().is_none());
    assert!(progress_by_code(store, calendar, "").await.unwrap().is_none());
    // A draft has neither.
    let draft = world.draft(&world.person("李四", 102).await).await;
    assert!(tongban_cases::progress_code(store, &world.applicant, draft).await.unwrap().is_none());
} }
