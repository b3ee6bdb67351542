//! Progress without signing in: by the secret link, or by the number and a second fact.

use tongban_cases::{
    applicants_case_of_link, case_of_link, progress_by_code, progress_by_number, progress_code_in,
};
use tongban_procedure::State;
use tongban_testkit::both;

use crate::world::*;

both! { migrations, async fn from_the_link_to_the_case(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    let code = submitted.progress_code;
    let last_four = citizen(101)[14..].to_owned();
    assert_eq!(case_of_link(&world.store, &code).await.unwrap(), Some(case));
    assert_eq!(case_of_link(&world.store, "not-a-code").await.unwrap(), None);
    let draft = world.draft(&world.person("李四", 102).await).await;
    let answers = world
        .store
        .write(tongban_store::Signer::nobody(), move |tx| {
            let (code, last_four) = (code.clone(), last_four.clone());
            async move {
                assert_eq!(progress_code_in(&tx, case).await?, Some(code.clone()));
                assert_eq!(progress_code_in(&tx, draft).await?, None);
                let right = applicants_case_of_link(&tx, &code, &format!(" {last_four} ")).await?;
                let mut wrong = Vec::new();
                for (code, fact) in [(code.as_str(), "0000"), (code.as_str(), ""), ("not-a-code", last_four.as_str()), ("", "")] {
                    wrong.push(applicants_case_of_link(&tx, code, fact).await?);
                }
                Ok::<_, tongban_cases::Error>((right, wrong))
            }
        })
        .await
        .unwrap();
    assert_eq!(answers, (Some(case), vec![None; 4]));
} }

both! { migrations, async fn by_link_or_by_number_and_last_four(kit: Kit) {
    let world = World::open(&kit).await;
    let (case, submitted) = world.submitted(&world.applicant).await;
    world.ask_supplement(&world.clerk(), world.ask_input(case, "王小明的合同缺页")).await.unwrap();
    let (store, calendar) = (&world.store, &world.calendar);
    let last_four = citizen(101)[14..].to_owned();
    let by_code = progress_by_code(store, calendar, &submitted.progress_code).await.unwrap().unwrap();
    let (found, by_number) = progress_by_number(store, calendar, &submitted.number, &last_four.to_lowercase()).await.unwrap().unwrap();
    assert_eq!(found, case);
    for progress in [by_code, by_number] {
        assert_eq!((progress.number.as_str(), progress.state), (submitted.number.as_str(), State::Supplement));
        assert!(progress.clock.is_none(), "the office does not wait");
        assert!(!progress.alone && progress.letters.is_empty(), "who has an account reads there");
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
